#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "redact/patterns.h"
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

static bool allocation_refused(void)
{
    return fail_at && --fail_at == 0;
}

void *__wrap_calloc(size_t count, size_t size)
{
    return allocation_refused() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *at, size_t size)
{
    return allocation_refused() ? NULL : __real_realloc(at, size);
}

void *__wrap_malloc(size_t size)
{
    return allocation_refused() ? NULL : __real_malloc(size);
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

/* What the balanced profile leaves of a text with those patterns. */
static const char *left_of(const char *patterns, const char *text)
{
    static char left[512];
    CLEANUP(redactor_free) struct redactor *redactor = NULL;
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct redaction redaction;
    char raw[256];

    (void)snprintf(raw, sizeof(raw), "%s", text);
    if (make(&redactor, REDACT_BALANCED, patterns, "") || arena_new(&arena, 65536) ||
        redact(redactor, (struct raw_text){.at = raw, .len = strlen(raw)}, arena, &redaction))
        return "refused";
    struct text clean = clean_text_view(redaction.clean);
    (void)snprintf(left, sizeof(left), "%.*s", (int)clean.len, clean.at);
    return left;
}

static bool leaves(const char *patterns, const char *text, const char *expected)
{
    const char *left = left_of(patterns, text);
    bool same = strcmp(left, expected) == 0;

    if (!same)
        (void)printf("# left: %s\n", left);
    return same;
}

#define LEFT(patterns, text, expected) CHECK(leaves(patterns, text, expected))

static void an_organisations_pattern_finds_its_kind(void)
{
    const char *ours = "# ours\n\nward\tmrn\tABC-#{2-4}X?\r\nstudy\tother_id\tstudy-[0-9a-f]\n";

    LEFT(ours, "ward ABC-12x and abc-1234 study-7", "ward [mrn] and [mrn] [other_id]");
    LEFT(ours,
         "\xef\xbc\xa1\xef\xbc\xa2\xef\xbc\xa3-12 st\xc3\xba"
         "dy-b",
         "[mrn] [other_id]");
    LEFT(ours, "see %41BC-12", "see [mrn]");
}

static void every_element_of_a_template_takes_what_it_says(void)
{
    LEFT("p\tmrn\tQ#@*", "qb3c q3bc q3b- q33c q3b3", "qb3c [mrn] q3b- q33c [mrn]");
    LEFT("p\tmrn\tq{2 letters}", "qab qa1", "[mrn] qa1");
    LEFT("p\tmrn\tw{2-3 hex digits}.", "wa1. waded.", "[mrn] waded.");
    LEFT("p\tmrn\tq{2 letters or digits}!", "qa1! qa-!", "[mrn] qa-!");
    LEFT("p\tmrn\tq{2 letters or digits}\\?", "qa1? qa-?", "[mrn] qa-?");
    LEFT("p\tmrn\t\"q#@\"#", "q#@1 qab1", "[mrn] qab1");
    LEFT("p\tmrn\tq(ab|c(d|e)?)", "qab qc qcd qb", "[mrn] [mrn] [mrn] qb");
    LEFT("p\tmrn\tqq|zz#", "qq zz zz1", "[mrn] zz [mrn]");
    LEFT("p\tmrn\t(q-){2}z", "q-q-z q-z", "[mrn] q-z");
}

static void a_list_takes_any_of_its_entries_in_any_case(void)
{
    const char *ours = "list\tfacility\n\tNC\n\tSaint M\xc3\xa4ry \n\tnc\n\nlist\tsite\n\tB\n"
                       "p\tmrn\t{facility}-###\nq\taccount\t{site}{facility}";

    LEFT(ours, "NC-123 saint mary-456 xc-123 bNC", "[mrn] [mrn] xc-123 [account]");
}

static void context_words_must_stand_before(void)
{
    const char *ours = "p\tother_id\tz##\tchart, R\xc3\xa9"
                       "cord\t2\n";

    LEFT(ours, "z11 chart z12 record: the z13", "z11 chart [other_id] record: the [other_id]");
    LEFT(ours, "chart of the z14, chartz15 charts z16", "chart of the z14, chartz15 charts z16");
    LEFT("p\tother_id\tz##\tchart", "chart a b z14 chart a b c z15",
         "chart a b [other_id] chart a b c z15");
    /* No further than 64 bytes, and no part of a word. */
    LEFT(ours, "chart ......................................................... z17",
         "chart ......................................................... [other_id]");
    LEFT(ours, "chart ........................................................... z17",
         "chart ........................................................... z17");
    /* A pattern whose words are missing does not stand in another's way. */
    LEFT("p\tother_id\tz##-#\tchart\nq\tmrn\tz##", "z11-2", "[mrn]-2");
}

static void a_match_neither_begins_nor_ends_inside_a_run(void)
{
    LEFT("p\tmrn\tzb#", "xzb1 zb12 zb1 zb1x _zb1", "xzb1 zb12 [mrn] zb1x _[mrn]");
    LEFT("p\tmrn\t-zb#-", "x-zb1-x", "x[mrn]x");
}

static void the_longest_of_several_patterns_wins(void)
{
    LEFT("p\tmrn\tz#\nq\taccount\tz#-#\nr\tdevice\tz#", "z1-2 z3", "[account] [mrn]");
}

static void ordinary_regular_expressions_are_read(void)
{
    LEFT("p\tmrn\t/\\bQ[A-C1-3_]{2}(?:x|y)?\\d\\b/", "qa_1 qbbx2 qd_1", "[mrn] [mrn] qd_1");
    LEFT("p\tmrn\t/z\\d+-\\w*/3", "z12-ab z1234-a", "[mrn] [other_id]-a");
    LEFT("p\tmrn\t/z{2,}[^a-z]\\.#@/3", "zz1.#@ z1.#@ zz\\.#@", "[mrn] z1.#@ [mrn]");
    LEFT("p\tmrn\t/q\\sq\\/\\-/", "q q/-", "[mrn]");
}

struct refusal {
    const char *line;
    const char *field;
    size_t column;
};

static void refused(const struct refusal *refusals, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct redactor *redactor = NULL;
        char source[512];

        (void)snprintf(source, sizeof(source), "# first\nlist\tl\n\tx\nok\tmrn\tok#\n%s\n",
                       refusals[i].line);
        CHECK(make(&redactor, REDACT_STRICT, source, "") == REDACT_INVALID);
        if (error.column != refusals[i].column || strcmp(error.field, refusals[i].field) != 0)
            (void)printf("# %s: %s at %zu, not %s at %zu\n", refusals[i].line, error.field,
                         error.column, refusals[i].field, refusals[i].column);
        CHECK(redactor == NULL && error.line == 5 && error.column == refusals[i].column);
        CHECK(strcmp(error.field, refusals[i].field) == 0 && strlen(error.expected) > 4);
    }
}

#define REFUSED(...)                                                                               \
    do {                                                                                           \
        static const struct refusal refusals[] = {__VA_ARGS__};                                    \
        refused(refusals, sizeof(refusals) / sizeof(refusals[0]));                                 \
    } while (0)

static void what_does_not_parse_is_refused_with_its_place(void)
{
    REFUSED({"\tentry", "entry", 1}, {"list\tl", "list", 6}, {"list\tL", "list", 6},
            {"list\tm\tfile.txt", "list", 8}, {"list\tm\n", "list", 1}, {"list\t-", "list", 6},
            {"ok\tmrn\ta", "name", 1}, {"Ok\tmrn\ta", "name", 1},
            {"abcdefghijklmnopqrstuvwxy\tmrn\ta", "name", 1}, {"\xc3\xa9\tmrn\ta", "name", 1},
            {"a", "kind", 2}, {"a\tnokind\tabc", "kind", 3}, {"a\tunknown\tabc", "kind", 3},
            {"a\tmrn", "template", 6}, {"a\tmrn\t", "template", 7},
            {"a\tmrn\tab\tx-y", "context", 11}, {"a\tmrn\tab\tx\t9", "within", 12},
            {"a\tmrn\tab\tx\t0", "within", 12}, {"a\tmrn\tab\t\t2", "within", 11},
            {"a\tmrn\tab\tx\t2\tz", "within", 13},
            {"a\tmrn\tab\t1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17", "context", 49});
}

static void templates_that_do_not_parse_are_refused_with_their_place(void)
{
    REFUSED({"a\tmrn\t[abc", "template", 11}, {"a\tmrn\t[]", "template", 8},
            {"a\tmrn\t[z-a]", "template", 8}, {"a\tmrn\t[^a]", "template", 8},
            {"a\tmrn\tb{65}", "template", 9}, {"a\tmrn\tb{3-2}", "template", 9},
            {"a\tmrn\tb{", "template", 9}, {"a\tmrn\tb{2", "template", 10},
            {"a\tmrn\tb{0}", "template", 9}, {"a\tmrn\tb+", "template", 8},
            {"a\tmrn\tb|", "template", 9}, {"a\tmrn\t()", "template", 8},
            {"a\tmrn\t(b", "template", 9}, {"a\tmrn\tb)", "template", 8},
            {"a\tmrn\tb?\?", "template", 9}, {"a\tmrn\t#{2}{2}", "template", 11},
            {"a\tmrn\t^b", "template", 7}, {"a\tmrn\t\\d", "template", 8},
            {"a\tmrn\tb\\", "template", 9}, {"a\tmrn\tb?", "template", 7},
            {"a\tmrn\t\"\"", "template", 8}, {"a\tmrn\t\"bc", "template", 10},
            {"a\tmrn\t{nolist}", "template", 8}, {"a\tmrn\t{8 things}", "template", 10},
            {"a\tmrn\t{8}", "template", 9}, {"a\tmrn\t{65 digits}", "template", 8},
            {"a\tmrn\tb{33}c{32}", "template", 7}, {"a\tmrn\t\xd0\x98", "template", 7},
            {"a\tmrn\tb\xff", "template", 8}, {"a\tmrn\t\xc3\xa9?b{2-1}", "template", 11},
            {"a\tmrn\t(((((((((b)))))))))", "template", 16});
}

static void expressions_that_are_not_linear_are_refused_with_what_to_write(void)
{
    REFUSED({"a\tmrn\t/b", "template", 9}, {"a\tmrn\t/", "template", 8},
            {"a\tmrn\t/b+/", "template", 9}, {"a\tmrn\t/b{2,}/", "template", 11},
            {"a\tmrn\t/b*/0", "template", 11}, {"a\tmrn\t/b*/65", "template", 11},
            {"a\tmrn\t/b{4,}/3", "template", 11}, {"a\tmrn\t/b*/x", "template", 11},
            {"a\tmrn\t/.b/", "template", 8}, {"a\tmrn\t/^b/", "template", 8},
            {"a\tmrn\t/b$/", "template", 9}, {"a\tmrn\t/(?=b)/", "template", 8},
            {"a\tmrn\t/(b)\\1/", "template", 11}, {"a\tmrn\t/b\\bc/", "template", 9},
            {"a\tmrn\t/b?\?/", "template", 10}, {"a\tmrn\t/b\\S/", "template", 9},
            {"a\tmrn\t/[b-\\S]/", "template", 11}, {"a\tmrn\t/[[:digit:]]/", "template", 9},
            {"a\tmrn\t/b{2/", "template", 11}, {"a\tmrn\t/\\b/", "template", 10},
            {"a\tmrn\t/[b/", "template", 10}, {"a\tmrn\t/?b/", "template", 8});
    struct redactor *redactor = NULL;

    CHECK(make(&redactor, REDACT_STRICT, "a\tmrn\t/b+/", "") == REDACT_INVALID);
    CHECK(strstr(error.expected, "{1,16}") != NULL);
}

static void a_pattern_of_the_old_form_is_refused_with_the_new_one(void)
{
    struct redactor *redactor = NULL;

    CHECK(make(&redactor, REDACT_STRICT, "mrn\tNC\\-\\d{6,8}\n", "") == REDACT_INVALID);
    CHECK(error.line == 1 && strstr(error.expected, "mrn-1<TAB>mrn<TAB>/") != NULL);
    LEFT("mrn-1\tmrn\t/NC\\-\\d{6,8}/\n", "NC-123456", "[mrn]");
}

typedef int print_line(char *to, size_t room, unsigned i);

static int print_pattern(char *to, size_t room, unsigned i)
{
    return snprintf(to, room, "p%u\tmrn\ta\n", i);
}

static int print_list(char *to, size_t room, unsigned i)
{
    return snprintf(to, room, "list\tl%u\n\ta\n", i);
}

static int print_entry(char *to, size_t room, unsigned i)
{
    return snprintf(to, room, "%s\t%u\n", i ? "" : "list\tl\n", i);
}

static int print_comment(char *to, size_t room, unsigned i)
{
    return snprintf(to, room, "# %60u\n", i);
}

/* A document of so many lines. */
static int lines(print_line *print, unsigned count)
{
    CLEANUP(redactor_free) struct redactor *redactor = NULL;
    size_t room = 2 * PATTERNS_BYTES_MAX;
    char *source = malloc(room);
    size_t len = 0;

    if (!source)
        return ERR_MEMORY;
    for (unsigned i = 0; i < count && len < room; i++)
        len += (size_t)print(source + len, room - len, i);
    int r = make(&redactor, REDACT_BALANCED, source, "");
    free(source);
    return r;
}

#define LONG_ENTRY "1234567890123456789012345678901234567890123456789012345678901234"

static void every_ceiling_is_reached_and_not_passed(void)
{
    CHECK(lines(print_pattern, PATTERNS_MAX) == 0);
    CHECK(lines(print_pattern, PATTERNS_MAX + 1) == REDACT_INVALID);
    CHECK(error.line == PATTERNS_MAX + 1);
    CHECK(lines(print_list, PATTERNS_LISTS_MAX) == 0);
    CHECK(lines(print_list, PATTERNS_LISTS_MAX + 1) == REDACT_INVALID);
    CHECK(lines(print_entry, PATTERNS_ENTRIES_MAX) == 0);
    CHECK(lines(print_entry, PATTERNS_ENTRIES_MAX + 1) == REDACT_INVALID);
    CHECK(lines(print_comment, PATTERNS_BYTES_MAX / 63) == 0);
    CHECK(lines(print_comment, PATTERNS_BYTES_MAX / 63 + 1) == REDACT_INVALID);
    CHECK(error.line == 1 && strcmp(error.field, "document") == 0);
    LEFT("list\tl\n\t" LONG_ENTRY "\np\tmrn\t{l}{l}\n", LONG_ENTRY LONG_ENTRY, "[mrn]");
    LEFT("list\tl\n\t" LONG_ENTRY "\np\tmrn\t{l}{l}a\n", "", "refused");
    CHECK(strcmp(error.field, "template") == 0);
    LEFT("list\tl\n\t" LONG_ENTRY "5\n", "", "refused");
    CHECK(strcmp(error.field, "entry") == 0 && error.line == 2 && error.column == 66);
    LEFT("p\tdevice\tq{64}", "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq",
         "[device]");
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

static void a_survey_says_what_a_pattern_takes_that_is_nobody_s(void)
{
    CLEANUP(patterns_free) struct patterns *patterns = NULL;
    const char *source = "tight\tmrn\tZQ-######\nbroad\tmrn\t{4-8 letters}\nfew\tmrn\t(the|with)\n"
                         "date\tmrn\t####-##-##\nasked\tmrn\t{4-8 letters}\tchart\n";

    CHECK(patterns_new(&patterns, text_of(source), (struct text){0}, NULL) == 0);
    struct patterns_survey tight = patterns_survey(patterns, 0);
    struct patterns_survey broad = patterns_survey(patterns, 1);
    struct patterns_survey few = patterns_survey(patterns, 2);
    struct patterns_survey date = patterns_survey(patterns, 3);
    CHECK(tight.asked > 3000 && tight.words == 0 && !tight.moment);
    CHECK(broad.words * 100 > broad.asked * PATTERNS_BROAD_PERCENT && broad.examples[2]);
    CHECK(few.words > 0 && few.words * 100 < few.asked * PATTERNS_BROAD_PERCENT);
    CHECK(strcmp(few.examples[0], "the") == 0);
    CHECK(date.words == 0 && strcmp(date.moment, "2026-11-27") == 0);
    /* What asks for a word before it takes no word alone. */
    CHECK(patterns_survey(patterns, 4).words == 0);
}

static void any_allocation_may_be_refused(void)
{
    int r = ERR_MEMORY;

    for (unsigned n = 1; r == ERR_MEMORY; n++) {
        struct redactor *redactor = NULL;

        CHECK(n < 40);
        fail_at = n;
        r = make(&redactor, REDACT_STRICT, "list\tl\n\tx\np\tmrn\ta{l}\nq\tmrn\tb\n", "zorbium\n");
        CHECK((r == 0) == (redactor != NULL));
        redactor_free(redactor);
    }
    fail_at = 0;
    CHECK(r == 0);
}

static void a_finding_names_the_organisations_rule(void)
{
    CLEANUP(redactor_free) struct redactor *redactor = NULL;
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct redaction redaction;
    char raw[] = "see ab1";

    CHECK(arena_new(&arena, 65536) == 0);
    CHECK(make(&redactor, REDACT_BALANCED, "q\tmrn\tq#\nnorth-1\tmrn\tab#", "") == 0);
    CHECK(redact(redactor, (struct raw_text){.at = raw, .len = strlen(raw)}, arena, &redaction) ==
          0);
    CHECK(redaction.found_count == 1 && redaction.found[0].rule == REDACT_RULE_OWN + 1);
    CHECK(strcmp(redactor_rule_word(redactor, REDACT_RULE_OWN + 1), "org.north-1") == 0);
    CHECK(redactor_rule_word(redactor, REDACT_RULE_OWN + 2) == NULL);
    CHECK(strcmp(redactor_rule_word(redactor, 0), redact_rule_word(0)) == 0);
}

int main(void)
{
    RUN(an_organisations_pattern_finds_its_kind);
    RUN(every_element_of_a_template_takes_what_it_says);
    RUN(a_list_takes_any_of_its_entries_in_any_case);
    RUN(context_words_must_stand_before);
    RUN(a_match_neither_begins_nor_ends_inside_a_run);
    RUN(the_longest_of_several_patterns_wins);
    RUN(ordinary_regular_expressions_are_read);
    RUN(what_does_not_parse_is_refused_with_its_place);
    RUN(templates_that_do_not_parse_are_refused_with_their_place);
    RUN(expressions_that_are_not_linear_are_refused_with_what_to_write);
    RUN(a_pattern_of_the_old_form_is_refused_with_the_new_one);
    RUN(every_ceiling_is_reached_and_not_passed);
    RUN(strict_keeps_the_words_that_an_organisation_calls_safe);
    RUN(what_is_no_safe_word_is_refused_with_its_place);
    RUN(a_finding_names_the_organisations_rule);
    RUN(a_survey_says_what_a_pattern_takes_that_is_nobody_s);
    RUN(any_allocation_may_be_refused);
    return tap_done();
}
