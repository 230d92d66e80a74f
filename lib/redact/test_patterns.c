#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "redact/redact.h"
#include "tap.h"

/* Put in by the linker: allocation number fail_at, counted from 1, is refused. */
static unsigned fail_at;

void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *at, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *at, size_t size);

static bool refused(void)
{
    return fail_at && --fail_at == 0;
}

void *__wrap_calloc(size_t count, size_t size)
{
    return refused() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *at, size_t size)
{
    return refused() ? NULL : __real_realloc(at, size);
}

static void an_organisations_pattern_finds_its_kind(void)
{
    CLEANUP(redactor_free) struct redactor *redactor = NULL;
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct redaction redaction;
    char raw[] = "ward ABC-12x and abc-1234 study-7";

    CHECK(arena_new(&arena, 65536) == 0);
    CHECK(redactor_new(&redactor, REDACT_BALANCED,
                       text_of("# ours\n\nmrn\tABC-\\d{2,4}x?\r\nother_id\tstudy\\-[0-9a-f]\n"),
                       NULL) == 0);
    CHECK(redact(redactor, (struct raw_text){.at = raw, .len = strlen(raw)}, arena, &redaction) ==
          0);
    CHECK(text_equal(clean_text_view(redaction.clean), text_of("ward [mrn] and [mrn] [other_id]")));
}

static void a_match_neither_begins_nor_ends_inside_a_run(void)
{
    CLEANUP(redactor_free) struct redactor *redactor = NULL;
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct redaction redaction;
    char raw[] = "xab1 ab12 ab1";

    CHECK(arena_new(&arena, 65536) == 0);
    CHECK(redactor_new(&redactor, REDACT_BALANCED, text_of("mrn\tab\\d"), NULL) == 0);
    CHECK(redact(redactor, (struct raw_text){.at = raw, .len = strlen(raw)}, arena, &redaction) ==
          0);
    CHECK(text_equal(clean_text_view(redaction.clean), text_of("xab1 ab12 [mrn]")));
}

static void what_does_not_parse_is_refused_with_its_line(void)
{
    static const char *const bad[] = {
        "mrn",           "mrn\t",
        "nokind\tabc",   "mrn\t[abc",
        "mrn\t[]",       "mrn\t[z-a]",
        "mrn\ta{65}",    "mrn\ta{3,2}",
        "mrn\ta{",       "mrn\ta{2",
        "mrn\ta*",       "mrn\ta+",
        "mrn\t(a)",      "mrn\ta|b",
        "mrn\t.",        "mrn\t\\q",
        "mrn\t\\",       "mrn\ta?",
        "mrn\ta?b{0,3}", "mrn\ta{0}",
        "mrn\t[^a]",     "mrn\tcaf\xc3\xa9",
        "mrn\t{2}",      "mrn\ta{33}b{32}",
        "mrn a",
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct redactor *redactor = NULL;
        char source[64];
        size_t line = 0;

        (void)snprintf(source, sizeof(source), "# first\nmrn\tok\\d\n%s\n", bad[i]);
        CHECK(redactor_new(&redactor, REDACT_STRICT, text_of(source), &line) == REDACT_INVALID);
        CHECK(line == 3 && redactor == NULL);
    }
}

static void the_longest_pattern_allowed_matches(void)
{
    CLEANUP(redactor_free) struct redactor *redactor = NULL;
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct redaction redaction;
    char raw[65];

    memset(raw, 'q', 64);
    raw[64] = 0;
    CHECK(arena_new(&arena, 65536) == 0);
    CHECK(redactor_new(&redactor, REDACT_BALANCED, text_of("device\tq{64}"), NULL) == 0);
    CHECK(redact(redactor, (struct raw_text){.at = raw, .len = 64}, arena, &redaction) == 0);
    CHECK(text_equal(clean_text_view(redaction.clean), text_of("[device]")));
}

static void any_allocation_may_be_refused(void)
{
    int r = ERR_MEMORY;

    for (unsigned n = 1; r == ERR_MEMORY; n++) {
        struct redactor *redactor = NULL;

        CHECK(n < 10);
        fail_at = n;
        r = redactor_new(&redactor, REDACT_STRICT, text_of("mrn\ta\nmrn\tb\n"), NULL);
        CHECK((r == 0) == (redactor != NULL));
        redactor_free(redactor);
    }
    fail_at = 0;
    CHECK(r == 0);
}

int main(void)
{
    RUN(an_organisations_pattern_finds_its_kind);
    RUN(a_match_neither_begins_nor_ends_inside_a_run);
    RUN(what_does_not_parse_is_refused_with_its_line);
    RUN(the_longest_pattern_allowed_matches);
    RUN(any_allocation_may_be_refused);
    return tap_done();
}
