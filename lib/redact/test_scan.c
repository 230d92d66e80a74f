/* The scan by vectors answers as the scan byte by byte, whatever stands where. */

#include <stdlib.h>
#include <string.h>

#include "redact/scan.h"
#include "tap.h"

static uint64_t state = 0x9e3779b97f4a7c15;

/* xorshift64: the same texts each time */
static uint64_t next(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state >> 11;
}

struct answer {
    struct scan scan;
    uint8_t lower[REDACT_TEXT_MAX + 1 + SCAN_PAD];
    unsigned signs;
};

static bool equal(const struct answer *a, const struct answer *b, size_t len)
{
    size_t words = len / 64 + 1;

    return a->signs == b->signs && memcmp(a->lower, b->lower, len) == 0 &&
           memcmp(a->scan.letter, b->scan.letter, words * sizeof(uint64_t)) == 0 &&
           memcmp(a->scan.digit, b->scan.digit, words * sizeof(uint64_t)) == 0 &&
           memcmp(a->scan.upper, b->scan.upper, words * sizeof(uint64_t)) == 0;
}

static bool agree(const uint8_t *at, size_t len)
{
    static struct answer plain;
    static struct answer fast;

    plain.signs = scan_plain(at, len, plain.lower, &plain.scan);
    fast.signs = scan_fast(at, len, fast.lower, &fast.scan);
    return equal(&plain, &fast, len);
}

/* A text that is called quiet has no loud sign, and where the machine has the fast look, every text
 * without one is called so. at stands at the end of what may be read. */
static bool quiet_agrees(const uint8_t *at, size_t len)
{
    static struct answer plain;
    uint8_t *copy = malloc(len ? len : 1);
    bool has_look = scan_quiet((const uint8_t *)"", 0);

    if (!copy)
        return false;

    memcpy(copy, at, len);
    bool quiet = scan_quiet(copy, len);
    free(copy);
    bool silent = !(scan_plain(at, len, plain.lower, &plain.scan) & SIGNS_LOUD);
    return has_look ? quiet == silent : !quiet;
}

static void every_byte_at_every_place_has_one_answer(void)
{
    uint8_t at[160 + SCAN_PAD] = {0};

    for (size_t len = 1; len <= 160; len += len < 70 ? 1 : 13) {
        for (unsigned c = 0; c < 256; c++) {
            memset(at, 0, sizeof(at));
            memset(at, 'x', len);
            at[(c * 7) % len] = (uint8_t)c;
            at[len - 1] = (uint8_t)c;
            CHECK(agree(at, len));
            CHECK(quiet_agrees(at, len));
            at[len - 1] = 'x';
            CHECK(quiet_agrees(at, len));
        }
    }
}

static void random_texts_have_one_answer(void)
{
    static uint8_t at[REDACT_TEXT_MAX + SCAN_PAD];

    for (size_t round = 0; round < 2000; round++) {
        size_t len = next() % (round % 50 ? 300 : REDACT_TEXT_MAX + 1);
        uint64_t range = round % 2 ? 256 : 96;

        memset(at, 0, sizeof(at));
        for (size_t i = 0; i < len; i++)
            at[i] = (uint8_t)(range == 256 ? next() % 256 : 32 + next() % range);
        CHECK(agree(at, len));
        CHECK(quiet_agrees(at, len));
    }
}

static void the_next_bit_is_found_across_words(void)
{
    uint64_t mask[4] = {0};

    mask[0] = 1;
    mask[2] = UINT64_C(1) << 5;
    CHECK(scan_next(mask, 0, 192) == 0);
    CHECK(scan_next(mask, 1, 192) == 133);
    CHECK(scan_next(mask, 1, 100) == 100);
    CHECK(scan_next(mask, 134, 192) == 192);
    memset(mask, 0xff, sizeof(mask));
    mask[1] = ~(UINT64_C(1) << 3);
    CHECK(scan_next_clear(mask, 0, 192) == 67);
    CHECK(scan_next_clear(mask, 68, 192) == 192);
    CHECK(scan_next_clear(mask, 0, 50) == 50);
}

int main(void)
{
    RUN(every_byte_at_every_place_has_one_answer);
    RUN(random_texts_have_one_answer);
    RUN(the_next_bit_is_found_across_words);
    return tap_done();
}
