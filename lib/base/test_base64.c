#include "base/base64.h"
#include "tap.h"

static void every_length_goes_there_and_back(void)
{
    uint8_t bytes[40];
    uint8_t again[40];
    char text[100];

    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)(i * 37 + 200);
    for (size_t len = 0; len <= sizeof(bytes); len++) {
        CLEANUP(buffer_deinit) struct buffer padded = buffer_init(100);
        struct text plain;

        base64url_print((struct bytes){bytes, len}, text);
        CHECK(strlen(text) + 1 == BASE64URL_SIZE(len));
        CHECK(base64url_parse(text_of(text), again, len) == 0 && memcmp(bytes, again, len) == 0);
        base64_append(&padded, (struct bytes){bytes, len});
        plain = text_of_bytes(buffer_bytes(&padded));
        CHECK(plain.len % 4 == 0 && base64_len(plain) == len);
        CHECK(base64_parse(plain, again, len) == 0 && memcmp(bytes, again, len) == 0);
    }
}

/* RFC 4648 §10. */
static void the_vectors_of_the_standard_hold(void)
{
    static const char *const rows[][2] = {{"f", "Zg=="},         {"fo", "Zm8="},
                                          {"foo", "Zm9v"},       {"foob", "Zm9vYg=="},
                                          {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CLEANUP(buffer_deinit) struct buffer out = buffer_init(100);

        base64_append(&out, bytes_of_text(text_of(rows[i][0])));
        CHECK(text_equal(text_of_bytes(buffer_bytes(&out)), text_of(rows[i][1])));
    }
}

static void wrong_characters_lengths_and_padding_are_refused(void)
{
    static const char *const wrong[] = {
        "Zg=", "Zg", "Zg==Zg==", "Z===", "====", "Zm9-", "Zm9v=", "Zg=g"};
    uint8_t out[8] = {9};

    CHECK(base64url_parse(text_of("ab+"), out, 2) == BASE64_INVALID);
    CHECK(base64url_parse(text_of("ab"), out, 2) == BASE64_INVALID);
    CHECK(base64url_parse((struct text){"a\0c", 3}, out, 2) == BASE64_INVALID);
    CHECK(out[0] == 9);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct text text = text_of(wrong[i]);

        CHECK(base64_len(text) <= sizeof(out));
        CHECK(base64_parse(text, out, base64_len(text)) == BASE64_INVALID);
    }
}

static void a_second_spelling_of_the_same_bytes_is_refused(void)
{
    uint8_t out[1];

    CHECK(base64url_parse(text_of("_w"), out, 1) == 0 && out[0] == 0xff);
    CHECK(base64url_parse(text_of("_x"), out, 1) == BASE64_INVALID);
    CHECK(base64_parse(text_of("/w=="), out, 1) == 0 && out[0] == 0xff);
    CHECK(base64_parse(text_of("/x=="), out, 1) == BASE64_INVALID);
}

int main(void)
{
    RUN(every_length_goes_there_and_back);
    RUN(the_vectors_of_the_standard_hold);
    RUN(wrong_characters_lengths_and_padding_are_refused);
    RUN(a_second_spelling_of_the_same_bytes_is_refused);
    return tap_done();
}
