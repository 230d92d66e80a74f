/* Texts of any length: cut anywhere, and nothing at a cut is judged by its half. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "redact/redact.h"
#include "tap.h"

#define LONG_LEN ((size_t)20000)

static struct redactor *balanced;

/* Redacts all of raw into out; false on any refusal. */
static bool redact_all(struct raw_text raw, char *out, size_t room)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct redact_pieces pieces = {.carried = 0};
    size_t len = 0;

    if (arena_new(&arena, 65536))
        return false;
    while (raw.len) {
        struct redaction redaction;
        size_t used = 0;

        if (redact_piece(balanced, &pieces, raw, arena, &redaction, &used) || used == 0)
            return false;
        struct text clean = clean_text_view(redaction.clean);
        if (len + clean.len >= room)
            return false;
        memcpy(out + len, clean.at, clean.len);
        len += clean.len;
        raw.at += used;
        raw.len -= used;
        arena_reset(arena);
    }
    out[len] = 0;
    return true;
}

/* A long text of ordinary words with one identifier at every place in turn, so that cuts fall
 * before it, behind it and inside it. */
static void an_identifier_at_any_cut_is_removed_whole(void)
{
    static const char *const identifiers[] = {"233-67-2090", "4111 1111 1111 1111", "MRN: 00481923",
                                              "jane.doe@mail.example.org"};
    static char raw[LONG_LEN + 64];
    static char out[2 * LONG_LEN];

    for (size_t n = 0; n < sizeof(identifiers) / sizeof(identifiers[0]); n++) {
        size_t len = strlen(identifiers[n]);

        for (size_t at = 1200; at < 2400; at += 7) {
            for (size_t i = 0; i < LONG_LEN; i++)
                raw[i] = "table "[i % 6];
            memcpy(raw + at, identifiers[n], len);
            raw[at - 1] = ' ';
            raw[at + len] = ' ';
            CHECK(redact_all((struct raw_text){.at = raw, .len = LONG_LEN}, out, sizeof(out)));
            const char *digits = n == 0 ? "2090" : n == 1 ? "1111" : n == 2 ? "81923" : "doe";
            CHECK(strstr(out, digits) == NULL);
        }
    }
}

static void a_short_text_is_one_piece_and_as_redact_makes_it(void)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct redact_pieces pieces = {.carried = 0};
    struct redaction one;
    struct redaction whole;
    char raw[] = "DOE, JOHN | DOB: 01/02/1960 | MRN: 1234567 - Chart";
    size_t used = 0;
    struct raw_text text = {.at = raw, .len = strlen(raw)};

    CHECK(arena_new(&arena, 65536) == 0);
    CHECK(redact_piece(balanced, &pieces, text, arena, &one, &used) == 0);
    CHECK(used == text.len);
    CHECK(redact(balanced, text, arena, &whole) == 0);
    CHECK(text_equal(clean_text_view(one.clean), clean_text_view(whole.clean)));
}

static void characters_are_never_split(void)
{
    static char raw[LONG_LEN + 4];
    static char out[8 * LONG_LEN];

    for (size_t i = 0; i + 3 <= LONG_LEN; i += 3)
        memcpy(raw + i, "\xe6\x97\xa5", 3);
    size_t len = LONG_LEN / 3 * 3;
    CHECK(redact_all((struct raw_text){.at = raw, .len = len}, out, sizeof(out)));
    raw[len - 1] = 'x';
    CHECK(!redact_all((struct raw_text){.at = raw, .len = len}, out, sizeof(out)));
}

static void a_crowded_piece_goes_whole(void)
{
    static char raw[LONG_LEN];
    static char out[8 * LONG_LEN];

    for (size_t i = 0; i + 12 <= LONG_LEN; i += 12)
        memcpy(raw + i, "1.2.3.4 a@b ", 12);
    CHECK(redact_all((struct raw_text){.at = raw, .len = LONG_LEN / 12 * 12}, out, sizeof(out)));
    CHECK(strstr(out, "1.2.3.4") == NULL && strstr(out, "a@b") == NULL);
}

int main(void)
{
    CHECK(redactor_new(&balanced, &(struct redactor_options){.profile = REDACT_BALANCED}, NULL) ==
          0);
    RUN(an_identifier_at_any_cut_is_removed_whole);
    RUN(a_short_text_is_one_piece_and_as_redact_makes_it);
    RUN(characters_are_never_split);
    RUN(a_crowded_piece_goes_whole);
    redactor_free(balanced);
    return tap_done();
}
