#include "base/moment.h"
#include "crypto/totp.h"
#include "tap.h"

/* RFC 6238 appendix B, SHA-1; the last six of its eight digits. */
static const struct {
    int64_t at_s;
    const char *code;
} vectors[] = {
    {59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
    {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"},
};

static struct bytes seed(void)
{
    return bytes_of_text(text_of("12345678901234567890"));
}

static void codes_agree_with_rfc_6238(void)
{
    char code[7];

    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        int64_t step = 0;

        CHECK(totp_code(seed(), vectors[i].at_s * MS_PER_SECOND, code) == 0);
        CHECK(strcmp(code, vectors[i].code) == 0);
        CHECK(totp_check(seed(), text_of(code), vectors[i].at_s * MS_PER_SECOND, 0, &step) == 0);
        CHECK(step == vectors[i].at_s / 30);
    }
}

static void a_code_holds_one_step_either_way_and_no_more(void)
{
    const int64_t at = 1234567890 * MS_PER_SECOND;
    const int64_t begins_at = at / 30000 * 30000;
    const struct text code = text_of("005924");
    int64_t step = 0;

    CHECK(totp_check(seed(), code, begins_at - 30000, 0, &step) == 0 && step == at / 30000);
    step = 0;
    CHECK(totp_check(seed(), code, begins_at + 59999, 0, &step) == 0 && step == at / 30000);
    step = 77;
    CHECK(totp_check(seed(), code, begins_at - 30001, 0, &step) == TOTP_WRONG);
    CHECK(totp_check(seed(), code, begins_at + 60000, 0, &step) == TOTP_WRONG);
    CHECK(step == 77);
}

static void a_code_works_once(void)
{
    const int64_t at = 1234567890 * MS_PER_SECOND;
    char earlier[7];
    int64_t step = 0;

    CHECK(totp_check(seed(), text_of("005924"), at, 0, &step) == 0);
    int64_t last = step;
    CHECK(totp_check(seed(), text_of("005924"), at, last, &step) == TOTP_USED);
    CHECK(totp_check(seed(), text_of("005924"), at + 30000, last, &step) == TOTP_USED);
    /* Nor does one from before it, though it is within the window and was never used. */
    CHECK(totp_code(seed(), at - 30000, earlier) == 0);
    CHECK(totp_check(seed(), text_of(earlier), at, last, &step) == TOTP_USED);
    CHECK(step == last);
}

static void other_texts_are_wrong(void)
{
    static const char *const texts[] = {"",     "005925", "00592", "0059244",
                                        "5924", " 05924", "00592a"};
    const int64_t at = 1234567890 * MS_PER_SECOND;
    int64_t step = 77;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        CHECK(totp_check(seed(), text_of(texts[i]), at, 0, &step) == TOTP_WRONG);
    CHECK(totp_check((struct bytes){NULL, 0}, text_of("005924"), at, 0, &step) == ERR_CORRUPT);
    CHECK(step == 77);
}

static void seeds_print_as_authenticators_read_them(void)
{
    char text[33];

    totp_seed_print(seed().at, text);
    CHECK(strcmp(text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ") == 0);
}

int main(void)
{
    RUN(codes_agree_with_rfc_6238);
    RUN(a_code_holds_one_step_either_way_and_no_more);
    RUN(a_code_works_once);
    RUN(other_texts_are_wrong);
    RUN(seeds_print_as_authenticators_read_them);
    return tap_done();
}
