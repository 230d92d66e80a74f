#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "redact/redact.h"
#include "tap.h"

/* Put in by the linker: allocation number fail_at, counted from 1, is refused. */
static unsigned fail_at;

void *__real_calloc(size_t count, size_t size);
void *__real_malloc(size_t size);
void *__real_realloc(void *at, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_malloc(size_t size);
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

void *__wrap_malloc(size_t size)
{
    return refused() ? NULL : __real_malloc(size);
}

static struct redactor_error error;

static int make(struct redactor **ret_redactor, enum redact_profile profile, const char *patterns,
                const char *words)
{
    struct redactor_options options = {
        .profile = profile, .patterns = text_of(patterns), .words = text_of(words)};

    error = (struct redactor_error){0};
    return redactor_new(ret_redactor, &options, &error);
}

static void an_organisations_pattern_finds_its_kind(void)
{
    CLEANUP(redactor_free) struct redactor *redactor = NULL;
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct redaction redaction;
    char raw[] = "ward ABC-12x and abc-1234 study-7";

    CHECK(arena_new(&arena, 65536) == 0);
    CHECK(make(&redactor, REDACT_BALANCED,
               "# ours\n\nmrn\tABC-\\d{2,4}x?\r\nother_id\tstudy\\-[0-9a-f]\n", "") == 0);
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
    CHECK(make(&redactor, REDACT_BALANCED, "mrn\tab\\d", "") == 0);
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

        (void)snprintf(source, sizeof(source), "# first\nmrn\tok\\d\n%s\n", bad[i]);
        CHECK(make(&redactor, REDACT_STRICT, source, "") == REDACT_INVALID);
        CHECK(error.line == 3 && redactor == NULL);
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
    CHECK(make(&redactor, REDACT_BALANCED, "device\tq{64}", "") == 0);
    CHECK(redact(redactor, (struct raw_text){.at = raw, .len = 64}, arena, &redaction) == 0);
    CHECK(text_equal(clean_text_view(redaction.clean), text_of("[device]")));
}

static void any_allocation_may_be_refused(void)
{
    int r = ERR_MEMORY;

    for (unsigned n = 1; r == ERR_MEMORY; n++) {
        struct redactor *redactor = NULL;

        CHECK(n < 30);
        fail_at = n;
        r = make(&redactor, REDACT_STRICT, "mrn\ta\nmrn\tb\n", "zorbium\n");
        CHECK((r == 0) == (redactor != NULL));
        redactor_free(redactor);
    }
    fail_at = 0;
    CHECK(r == 0);
}

static void strict_keeps_the_words_that_an_organisation_calls_safe(void)
{
    CLEANUP(redactor_free) struct redactor *redactor = NULL;
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct redaction redaction;
    char raw[] = "Zorbium QUUXI zorbiums Qu\xc3\xbcuxi zor1";

    CHECK(arena_new(&arena, 65536) == 0);
    CHECK(make(&redactor, REDACT_STRICT, "", "# ours\nzorbium\n\nQuuxi\r\nquuuxi\nsmith!\n") == 0);
    CHECK(redact(redactor, (struct raw_text){.at = raw, .len = strlen(raw)}, arena, &redaction) ==
          0);
    CHECK(text_equal(clean_text_view(redaction.clean),
                     text_of("Zorbium QUUXI [unknown] Qu\xc3\xbcuxi [unknown]")));
}

static void what_is_no_safe_word_is_refused_with_its_place(void)
{
    static const struct {
        const char *word;
        size_t column;
    } bad[] = {
        {"a", 2},         {"ab1", 3},
        {"two words", 4}, {"smith", 1},
        {"Mary", 1},      {"\xd0\x98\xd0\xb2", 1},
        {"ab\xff", 3},    {"abcdefghijklmnopqrstuvwxyzabcdefghi", 33},
        {"!", 1},
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct redactor *redactor = NULL;
        char source[64];

        (void)snprintf(source, sizeof(source), "zorbium\n%s\n", bad[i].word);
        CHECK(make(&redactor, REDACT_STRICT, "", source) == REDACT_INVALID);
        CHECK(redactor == NULL && error.line == 2 && error.column == bad[i].column);
        CHECK(strcmp(error.field, "word") == 0);
    }
}

static void a_finding_names_the_organisations_rule(void)
{
    CLEANUP(redactor_free) struct redactor *redactor = NULL;
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct redaction redaction;
    char raw[] = "see ab1";

    CHECK(arena_new(&arena, 65536) == 0);
    CHECK(make(&redactor, REDACT_BALANCED, "mrn\tab\\d", "") == 0);
    CHECK(redact(redactor, (struct raw_text){.at = raw, .len = strlen(raw)}, arena, &redaction) ==
          0);
    CHECK(redaction.found_count == 1 && redaction.found[0].rule == REDACT_RULE_OWN);
    CHECK(strncmp(redactor_rule_word(redactor, REDACT_RULE_OWN), "org.", 4) == 0);
    CHECK(redactor_rule_word(redactor, REDACT_RULE_OWN + 1) == NULL);
    CHECK(strcmp(redactor_rule_word(redactor, 0), redact_rule_word(0)) == 0);
}

int main(void)
{
    RUN(an_organisations_pattern_finds_its_kind);
    RUN(a_match_neither_begins_nor_ends_inside_a_run);
    RUN(what_does_not_parse_is_refused_with_its_line);
    RUN(the_longest_pattern_allowed_matches);
    RUN(strict_keeps_the_words_that_an_organisation_calls_safe);
    RUN(what_is_no_safe_word_is_refused_with_its_place);
    RUN(a_finding_names_the_organisations_rule);
    RUN(any_allocation_may_be_refused);
    return tap_done();
}
