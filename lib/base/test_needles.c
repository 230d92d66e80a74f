/* The contract of needles.h, and a slow search beside it. */

#include "base/needles.h"

#include <string.h>
#include <strings.h>

#include "tap.h"

static uint64_t found_in(const struct needles *needles, const char *text)
{
    struct needles_sweep sweep = {0};

    needles_look(needles, bytes_of_text(text_of(text)), &sweep);
    CHECK(sweep.texts == 1 && sweep.bytes == strlen(text));
    return sweep.found;
}

static void a_needle_is_found_in_any_case_and_anywhere(void)
{
    struct needles needles = {0};

    CHECK(needles_add(&needles, text_of("Zyllowska")) == 0);
    CHECK(found_in(&needles, "zyllowska") == 1);
    CHECK(found_in(&needles, "xZYLLOWSKAzyLLowska") == 2);
    CHECK(found_in(&needles, "zyllowsk") == 0);
    CHECK(found_in(&needles, "zyllowsk a") == 0);
    CHECK(found_in(&needles, "") == 0);
}

static void bytes_that_are_no_text_are_looked_through_too(void)
{
    static const uint8_t bytes[] = {0, 0xff, '8', '4', '4', '1', 0, '8', '4', '4', '1', '2'};
    struct needles needles = {0};
    struct needles_sweep sweep = {0};

    CHECK(needles_add(&needles, text_of("84412")) == 0);
    needles_look(&needles, (struct bytes){bytes, sizeof(bytes)}, &sweep);
    CHECK(sweep.found == 1);
    needles_look(&needles, (struct bytes){bytes, sizeof(bytes) - 1}, &sweep);
    CHECK(sweep.found == 1 && sweep.texts == 2 && sweep.bytes == 2 * sizeof(bytes) - 1);
}

static void what_is_there_already_is_not_there_twice(void)
{
    struct needles needles = {0};

    CHECK(needles_add(&needles, text_of("maribeth")) == 0);
    CHECK(needles_add(&needles, text_of("MARIBETH")) == 0);
    CHECK(needles.count == 1 && found_in(&needles, "Maribeth") == 1);
}

static void what_is_short_or_long_or_one_too_many_is_refused(void)
{
    struct needles needles = {0};
    char text[NEEDLE_BYTES_MAX + 1];

    memset(text, 'x', sizeof(text));
    CHECK(needles_add(&needles, text_of("abc")) == NEEDLES_SHORT);
    CHECK(needles_add(&needles, (struct text){text, sizeof(text)}) == NEEDLES_FULL);
    CHECK(needles_add(&needles, (struct text){text, sizeof(text) - 1}) == 0);
    for (size_t i = 1; i < NEEDLES_MAX; i++) {
        const char four[] = {'n', 'o', (char)('a' + i / 16), (char)('a' + i % 16)};

        CHECK(needles_add(&needles, (struct text){four, 4}) == 0);
    }
    CHECK(needles_add(&needles, text_of("other")) == NEEDLES_FULL);
    CHECK(needles.count == NEEDLES_MAX);
}

static void lines_are_needles_of_their_own(void)
{
    struct needles needles = {0};

    CHECK(needles_add_lines(&needles, text_of("doe, jane\n\n219-09-9142\n")) == 0);
    CHECK(needles.count == 2 && found_in(&needles, "Doe, Jane 219-09-9142") == 2);
    CHECK(needles_add_lines(&needles, text_of("good one\nbad")) == NEEDLES_SHORT);
}

/* Against the obvious way, on texts of few letters, where much nearly fits. */
static void a_slow_search_finds_as_many(void)
{
    uint64_t state = 99;

    for (int turn = 0; turn < 300; turn++) {
        struct needles needles = {0};
        char text[200];
        uint64_t slow = 0;

        for (size_t i = 0; i < sizeof(text); i++) {
            state = state * UINT64_C(6364136223846793005) + 1442695040888963407u;
            text[i] = "abABa"[(state >> 33) % 5];
        }
        for (size_t i = 0; i < 8; i++)
            CHECK(needles_add(&needles, (struct text){text + i * 20, 4 + i % 3}) == 0);
        for (size_t n = 0; n < needles.count; n++)
            for (size_t at = 0; at + needles.each[n].len <= sizeof(text); at++)
                slow += strncasecmp(text + at, needles.each[n].at, needles.each[n].len) == 0;
        struct needles_sweep sweep = {0};
        needles_look(&needles, (struct bytes){(const uint8_t *)text, sizeof(text)}, &sweep);
        CHECK(sweep.found == slow && slow >= 8);
    }
}

int main(void)
{
    RUN(a_needle_is_found_in_any_case_and_anywhere);
    RUN(bytes_that_are_no_text_are_looked_through_too);
    RUN(what_is_there_already_is_not_there_twice);
    RUN(what_is_short_or_long_or_one_too_many_is_refused);
    RUN(lines_are_needles_of_their_own);
    RUN(a_slow_search_finds_as_many);
    return tap_done();
}
