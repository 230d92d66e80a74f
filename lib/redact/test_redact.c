/* The contract of redact.h: what holds whatever the recognisers know. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "redact/redact-private.h"
#include "tap.h"

#define ROOM ((size_t)1 << 20)

static struct redactor *strict;
static struct redactor *balanced;
static struct arena *arena;

static struct raw_text raw_of(const char *string)
{
    struct text copy = arena_copy_text(arena, text_of(string));

    CHECK(copy.at);
    return (struct raw_text){.at = (char *)(uintptr_t)copy.at, .len = copy.len};
}

static bool becomes(const struct redactor *redactor, const char *raw, const char *clean)
{
    struct redaction redaction;
    int r = redact(redactor, raw_of(raw), arena, &redaction);

    if (r == 0 && text_equal(clean_text_view(redaction.clean), text_of(clean)))
        return true;
    struct text view = r ? text_of("(refused)") : clean_text_view(redaction.clean);
    printf("# %s\n#   gave   %.*s\n#   wanted %s\n", raw, (int)view.len, view.at, clean);
    return false;
}

static void what_was_found_is_a_placeholder_and_the_rest_stays(void)
{
    struct redaction redaction;

    CHECK(redact(balanced, raw_of("SSN 233-67-2090 ok"), arena, &redaction) == 0);
    CHECK(text_equal(clean_text_view(redaction.clean), text_of("SSN [ssn] ok")));
    CHECK(redaction.found_count == 1 && redaction.counts[REDACT_SSN] == 1);
    CHECK(redaction.found[0].start == 4 && redaction.found[0].end == 15);
    CHECK(redaction.found[0].score > 0.5f && redaction.found[0].score <= 1.0f);
}

static void the_empty_text_is_clean(void)
{
    struct redaction redaction;

    CHECK(redact(strict, (struct raw_text){0}, arena, &redaction) == 0);
    CHECK(clean_text_view(redaction.clean).len == 0 && redaction.found_count == 0);
    CHECK(clean_text_view(NULL).len == 0);
}

static void a_text_over_the_ceiling_is_refused_whole(void)
{
    struct redaction redaction = {.found_count = 7};
    char *at = arena_take(arena, REDACT_TEXT_MAX + 1);

    CHECK(at);
    memset(at, 'a', REDACT_TEXT_MAX + 1);
    struct raw_text raw = {.at = at, .len = REDACT_TEXT_MAX + 1};
    CHECK(redact(balanced, raw, arena, &redaction) == REDACT_LONG);
    CHECK(redaction.found_count == 7 && redaction.clean == NULL);
    raw.len--;
    CHECK(redact(balanced, raw, arena, &redaction) == 0);
}

static void what_is_not_plain_utf_8_is_refused_whole(void)
{
    static const char *const bad[] = {"a\xff",    "\xc0\xaf", "\xed\xa0\x80", "a\x01z",      "a\nb",
                                      "a\x1b[0m", "a\x7f",    "a\xc2\x9bz",   "cut \xe2\x82"};
    struct redaction redaction;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CHECK(redact(balanced, raw_of(bad[i]), arena, &redaction) == REDACT_INVALID);
    CHECK(redact(balanced, raw_of("a\tb"), arena, &redaction) == 0);
}

static void a_text_crowded_with_findings_is_refused_whole(void)
{
    struct redaction redaction;
    char *at = arena_take(arena, REDACT_TEXT_MAX);

    CHECK(at);
    for (size_t i = 0; i < REDACT_TEXT_MAX; i++)
        at[i] = "a@b.co / "[i % 9];
    struct raw_text raw = {.at = at, .len = REDACT_TEXT_MAX - 8};
    CHECK(redact(balanced, raw, arena, &redaction) == REDACT_CROWDED);
}

static void what_would_grow_over_the_ceiling_is_refused(void)
{
    struct redaction redaction;
    char *at = arena_take(arena, REDACT_TEXT_MAX);

    /* 200 findings of 3 bytes, each of which becomes 7, in a text that has no room. */
    CHECK(at);
    memset(at, '*', REDACT_TEXT_MAX);
    for (size_t i = 0; i < 200; i++)
        at[i * 20] = at[i * 20 + 2] = 'a', at[i * 20 + 1] = '@';
    struct raw_text raw = {.at = at, .len = REDACT_TEXT_MAX};
    CHECK(redact(balanced, raw, arena, &redaction) == REDACT_LONG);
}

static void placeholders_survive_a_second_redaction(void)
{
    for (unsigned kind = 0; kind < REDACT_KINDS; kind++) {
        char text[64];

        (void)snprintf(text, sizeof(text), "patient [%s], chart [%s]",
                       redact_kind_word((enum redact_kind)kind),
                       redact_kind_word((enum redact_kind)kind));
        CHECK(becomes(strict, text, text));
        CHECK(becomes(balanced, text, text));
    }
    CHECK(becomes(balanced, "[nonsense] [ssn", "[nonsense] [ssn"));
}

static void cleaning_twice_is_cleaning_once(void)
{
    static const char *const texts[] = {
        "DOE, JOHN A | DOB: 01-23-2002 | MRN: Z4125376 - PowerChart",
        "https://x.example.org/chart/1234567/encounters/99?name=J%2520Doe#top",
        "Xyzzyq, JOHN Q - pt qqz [7712345] 555-1212 call mom@x",
        "a%2@b.c %4a%4fhn Smith 1 2 3 4 5 6 7 8 9",
        "%5Bmrn%5D 12345678 Zoë Müller-O'Brien 12 Main St, Erie, PA 16501",
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        const struct redactor *redactors[] = {strict, balanced};

        for (size_t p = 0; p < 2; p++) {
            struct redaction first;

            CHECK(redact(redactors[p], raw_of(texts[i]), arena, &first) == 0);
            CHECK(becomes(redactors[p], clean_text_view(first.clean).at,
                          clean_text_view(first.clean).at));
        }
    }
}

static void look_alikes_and_hidden_characters_hide_nothing(void)
{
    CHECK(becomes(balanced, "ssn ２３３－６７－２０９０.", "ssn [ssn]."));
    CHECK(becomes(balanced, "ssn 233\u200b-67\u00ad-2090.", "ssn [ssn]."));
    CHECK(becomes(balanced, "call 233\u00a0555\u00a01234 now", "call [phone] now"));
    CHECK(becomes(balanced, "x john%2Edoe%40example%2Ecom y", "x [email] y"));
    CHECK(becomes(balanced, "x john%252Edoe%2540example%252Ecom y", "x [email] y"));
    CHECK(becomes(balanced, "ssn \U0001d7d0\U0001d7d1\U0001d7d1-67-2090", "ssn [ssn]"));
}

static void no_character_is_split(void)
{
    struct redaction redaction;

    CHECK(redact(strict, raw_of("Żółć 日本語 é\u0301 \U0001f600 María"), arena, &redaction) == 0);
    CHECK(utf8_valid(clean_text_view(redaction.clean)));
}

static uint64_t steps_of(const struct redactor *redactor, const char *unit, size_t len)
{
    struct redaction redaction;
    uint64_t steps = 0;
    char *at = arena_take(arena, len);

    CHECK(at);
    for (size_t i = 0; i < len; i++)
        at[i] = unit[i % strlen(unit)];
    int r = redact_counted(redactor, (struct raw_text){.at = at, .len = len}, arena, &redaction,
                           &steps);
    CHECK(r == 0 || r == REDACT_CROWDED || r == REDACT_LONG);
    return steps;
}

/* By steps, not by clock. Eight times the text costs eight times the steps a round, and may need a
 * round or two more; were it quadratic, it would be sixty-four times. */
static void time_is_linear_in_the_length(void)
{
    static const char *const units[] = {
        "a",
        "1",
        "a.",
        "1-",
        "a@",
        "@",
        ":",
        "a:",
        "f:",
        "1.",
        "1 ",
        "A",
        "Aa",
        "mrn ",
        "John ",
        "a1",
        "%41",
        "%",
        "://",
        "a/1?b=",
        "12/",
        "Smith, ",
        "PO Box ",
        "[mrn]",
        "Mr. A. ",
        "chart 12 ",
        "::1 ",
        "1/2/",
        "TX ",
        "é",
        "-",
        "x_y-Z9",
        "Doe John 5 Main ",
        "name=",
        "233-67-2090 ",
        "jan 1 ",
        "\\users\\",
    };

    for (size_t i = 0; i < 2 * (sizeof(units) / sizeof(units[0])); i++) {
        const struct redactor *redactor = i % 2 ? strict : balanced;
        uint64_t small = steps_of(redactor, units[i / 2], 500);
        uint64_t large = steps_of(redactor, units[i / 2], 4000);

        if (small && large > 20 * small)
            printf("# %s: %llu then %llu\n", units[i / 2], (unsigned long long)small,
                   (unsigned long long)large);
        CHECK(small == 0 || large <= 20 * small);
    }
}

static void an_application_keeps_its_name_in_lower_case(void)
{
    struct redaction redaction;

    CHECK(redact_application(strict, raw_of("Google-Chrome"), arena, &redaction) == 0);
    CHECK(text_equal(clean_text_view(redaction.clean), text_of("google-chrome")));
    CHECK(redact_application(strict, raw_of("POWERPNT.EXE"), arena, &redaction) == 0);
    CHECK(text_equal(clean_text_view(redaction.clean), text_of("powerpnt.exe")));
    CHECK(redact_application(strict, raw_of("viewer 233-67-2090"), arena, &redaction) == 0);
    CHECK(text_equal(clean_text_view(redaction.clean), text_of("viewer [ssn]")));
}

static void an_application_that_is_no_name_is_refused(void)
{
    static const char *const bad[] = {
        "",
        "a/b",
        "C:\\x.exe",
        "caf\xc3\xa9",
        "x;y",
        "233-67-2090",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    struct redaction redaction;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CHECK(redact_application(balanced, raw_of(bad[i]), arena, &redaction) == REDACT_INVALID);
}

static void a_domain_is_kept_only_if_it_is_one(void)
{
    static const char *const bad[] = {"",     "localhost", "a..b",  ".a.b",     "a.b.", "-a.b",
                                      "a.b-", "a_b.c",     "a.b/c", "10.2.3.4", "x y.z"};
    struct redaction redaction;

    CHECK(redact_domain(strict, raw_of("Example.ORG"), arena, &redaction) == 0);
    CHECK(text_equal(clean_text_view(redaction.clean), text_of("example.org")));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CHECK(redact_domain(strict, raw_of(bad[i]), arena, &redaction) == REDACT_INVALID);
}

static void restored_and_copied_text_is_the_same(void)
{
    const struct clean_text *clean;
    const struct clean_text *copy;

    CHECK(redact_restore(bytes_of_text(text_of("Chart [mrn]")), arena, &clean) == 0);
    CHECK(redact_copy(clean, arena, &copy) == 0 && copy != clean);
    CHECK(text_equal(clean_text_view(copy), text_of("Chart [mrn]")));
    CHECK(redact_restore(bytes_of_text(text_of("\xff")), arena, &clean) == REDACT_INVALID);
    CHECK(redact_restore((struct bytes){0}, arena, &clean) == 0);
}

static void no_room_in_the_arena_is_a_fault_and_no_text(void)
{
    struct redaction redaction = {.found_count = 7};
    struct arena *small = NULL;

    CHECK(arena_new(&small, 64) == 0);
    CHECK(arena_take(small, 32));
    CHECK(redact(balanced, raw_of("SSN 233-67-2090 and some more text behind it"), small,
                 &redaction) == ERR_MEMORY);
    CHECK(redaction.found_count == 7 && redaction.clean == NULL);
    arena_free(small);
}

int main(void)
{
    CHECK(arena_new(&arena, ROOM) == 0);
    CHECK(redactor_new(&strict, &(struct redactor_options){.profile = REDACT_STRICT}, NULL) == 0);
    CHECK(redactor_new(&balanced, &(struct redactor_options){.profile = REDACT_BALANCED}, NULL) ==
          0);
    RUN(what_was_found_is_a_placeholder_and_the_rest_stays);
    RUN(the_empty_text_is_clean);
    RUN(a_text_over_the_ceiling_is_refused_whole);
    RUN(what_is_not_plain_utf_8_is_refused_whole);
    RUN(a_text_crowded_with_findings_is_refused_whole);
    RUN(what_would_grow_over_the_ceiling_is_refused);
    RUN(placeholders_survive_a_second_redaction);
    RUN(cleaning_twice_is_cleaning_once);
    RUN(look_alikes_and_hidden_characters_hide_nothing);
    RUN(no_character_is_split);
    RUN(time_is_linear_in_the_length);
    RUN(an_application_keeps_its_name_in_lower_case);
    RUN(an_application_that_is_no_name_is_refused);
    RUN(a_domain_is_kept_only_if_it_is_one);
    RUN(restored_and_copied_text_is_the_same);
    RUN(no_room_in_the_arena_is_a_fault_and_no_text);
    arena_free(arena);
    redactor_free(strict);
    redactor_free(balanced);
    return tap_done();
}
