/* Random templates and regular expressions on random texts: the automaton finds what the oracle
 * finds, and its steps are linear. */

#include <stdio.h>
#include <stdlib.h>

#include "redact/test-patterns.h"
#include "tap.h"

#define HEAD "list\tfew\n\tAB\n\ta\n\t12\n\ta b\nlist\tone\n\tq-9\n\tAB\n"

static const struct oracle_list lists[] = {
    {(const char *const[]){"ab", "a", "12", "a b"}, 4},
    {(const char *const[]){"q-9", "ab"}, 2},
};

static uint64_t seed = 0x9e3779b97f4a7c15;

static unsigned random_below(unsigned limit)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)(seed >> 33) % limit;
}

struct maker {
    char at[512];
    size_t len;
    bool regex;
};

static void put(struct maker *maker, const char *string)
{
    size_t len = strlen(string);

    if (maker->len + len < sizeof(maker->at)) {
        memcpy(maker->at + maker->len, string, len + 1);
        maker->len += len;
    }
}

static void put_row(struct maker *maker, unsigned depth);

static void put_group(struct maker *maker, unsigned depth)
{
    put(maker, maker->regex && random_below(2) ? "(?:" : "(");
    put_row(maker, depth + 1);
    for (unsigned more = random_below(3); more; more--) {
        put(maker, "|");
        put_row(maker, depth + 1);
    }
    put(maker, ")");
}

static void put_element(struct maker *maker, unsigned depth)
{
    static const char *const plain[] = {"#",
                                        "@",
                                        "*",
                                        "a",
                                        "B",
                                        "1",
                                        "-",
                                        " ",
                                        "[a1-3-]",
                                        "\"a-\"",
                                        "\\#",
                                        "{few}",
                                        "{one}",
                                        "{2 digits}",
                                        "{1-3 letters}",
                                        "{0-2 hex digits}"};
    static const char *const regex[] = {"\\d", "\\w",   "a",       "B",   "1",       "-",
                                        " ",   "[a-c]", "[^a\\d]", "\\-", "[1\\s_]", "#"};
    static const char *const times[] = {"?", "{2}", "{0,2}", "{1,3}"};

    if (depth < 3 && random_below(5) == 0)
        put_group(maker, depth);
    else if (maker->regex)
        put(maker, regex[random_below(sizeof(regex) / sizeof(regex[0]))]);
    else
        put(maker, plain[random_below(sizeof(plain) / sizeof(plain[0]))]);
    if (random_below(4) == 0)
        put(maker, times[random_below(4)]);
    else if (maker->regex && random_below(8) == 0)
        put(maker, random_below(2) ? "+" : "*");
}

static void put_row(struct maker *maker, unsigned depth)
{
    for (unsigned i = 1 + random_below(depth ? 3 : 5); i; i--)
        put_element(maker, depth);
}

static size_t random_text(uint8_t *to, size_t most)
{
    static const char characters[] = "aaabbb1122q9-- c_#.3";
    size_t len = 1 + random_below((unsigned)most);

    for (size_t i = 0; i < len; i++)
        to[i] = random_below(20) ? (uint8_t)characters[random_below(sizeof(characters) - 1)]
                                 : (uint8_t)(0x80 + random_below(128));
    return len;
}

/* 0 when all starts agree. */
static int compare(const struct patterns *patterns, const struct pattern_form *form,
                   const char *template, unsigned *matches)
{
    uint8_t lower[40];
    size_t len = random_text(lower, sizeof(lower));

    for (size_t start = 0; start < len; start++) {
        struct pattern_match match = {0};
        size_t expected = oracle_match(form, lists, lower, len, start);
        size_t found = patterns_match(patterns, lower, len, start, &match);

        *matches += found > 0;
        if (found != expected - start || (found && match.end != expected)) {
            (void)printf("# %s on %.*s at %zu: %zu, not %zu\n", template, (int)len, (char *)lower,
                         start, found, expected - start);
            return 1;
        }
    }
    return 0;
}

static void form_of(struct pattern_form *form, const char *template)
{
    struct patterns_lists named = {.count = 2};
    struct redactor_error error;

    memcpy(named.at[0].name, "few", sizeof("few"));
    memcpy(named.at[1].name, "one", sizeof("one"));
    CHECK(pattern_form_parse(form, &named, text_of(template), 0, strlen(template), &error) == 0);
}

static void random_patterns(bool regex)
{
    static struct pattern_form form;
    unsigned accepted = 0;
    unsigned matches = 0;
    int wrong = 0;

    for (unsigned i = 0; i < 2500 && !wrong; i++) {
        CLEANUP(patterns_free) struct patterns *patterns = NULL;
        struct maker maker = {.regex = regex};
        char document[1024];

        put(&maker, regex ? "/" : "");
        put_row(&maker, 0);
        put(&maker, regex ? "/3" : "");
        (void)snprintf(document, sizeof(document), "%sx\tmrn\t%s\n", HEAD, maker.at);
        int r = patterns_new(&patterns, text_of(document), (struct text){0}, NULL);
        CHECK(r >= 0);
        if (r)
            continue;
        accepted++;
        while (maker.at[maker.len - 1] == ' ')
            maker.at[--maker.len] = 0;
        form_of(&form, maker.at + strspn(maker.at, " "));
        for (unsigned text = 0; text < 8 && !wrong; text++)
            wrong = compare(patterns, &form, maker.at, &matches);
    }
    (void)printf("# %u accepted, %u matches\n", accepted, matches);
    CHECK(!wrong);
    CHECK(accepted > 1000 && matches > 4000);
}

static void random_templates_find_what_the_oracle_finds(void)
{
    random_patterns(false);
}

static void random_regular_expressions_find_what_the_oracle_finds(void)
{
    random_patterns(true);
}

static uint64_t steps_of(const struct patterns *patterns, const uint8_t *lower, size_t len)
{
    uint64_t steps = 0;

    for (size_t start = 0; start < len; start++) {
        struct pattern_match match;

        (void)!patterns_match_counted(patterns, lower, len, start, &match, &steps);
    }
    return steps;
}

/* What makes a backtracking matcher explode: nested and adjoining optional repeats that cannot
 * succeed. */
static void twice_the_text_is_twice_the_steps_whatever_the_pattern(void)
{
    static const char *const patterns_of[] = {
        "(a?){32}a{32}",    "((a|a)?){30}#",       "/(?:a+)+b/7", "/(?:a|a|a|a){1,15}b/",
        "([a-][a-]?){31}#", "({few}?{few}?){10}#", "(-?){60}#",
    };
    static uint8_t lower[8192];

    for (size_t p = 0; p < sizeof(patterns_of) / sizeof(patterns_of[0]); p++)
        for (unsigned shape = 0; shape < 3; shape++) {
            CLEANUP(patterns_free) struct patterns *patterns = NULL;
            char document[512];

            for (size_t i = 0; i < sizeof(lower); i++)
                lower[i] = shape == 0 ? 'a' : shape == 1 ? (i % 2 ? '-' : 'a') : '-';
            (void)snprintf(document, sizeof(document), "%sx\tmrn\t%s\n", HEAD, patterns_of[p]);
            CHECK(patterns_new(&patterns, text_of(document), (struct text){0}, NULL) == 0);
            uint64_t half = steps_of(patterns, lower, sizeof(lower) / 2);
            uint64_t full = steps_of(patterns, lower, sizeof(lower));
            CHECK(full <= half * 2 + half / 5);
            CHECK(full <= sizeof(lower) * PATTERNS_MATCH_MAX * 8);
        }
}

static void a_list_of_a_hundred_thousand_entries_is_found_whole(void)
{
    CLEANUP(patterns_free) struct patterns *patterns = NULL;
    char *document = malloc(PATTERNS_BYTES_MAX);
    size_t len = 0;
    unsigned wrong = 0;

    CHECK(document != NULL);
    len += (size_t)snprintf(document, PATTERNS_BYTES_MAX, "list\tall\n");
    /* In no order: 7919 has no divisor in common with the count. */
    for (unsigned i = 0; i < PATTERNS_ENTRIES_MAX; i++)
        len += (size_t)snprintf(document + len, PATTERNS_BYTES_MAX - len, "\tN%u\n",
                                i * 7919u % (unsigned)PATTERNS_ENTRIES_MAX);
    len += (size_t)snprintf(document + len, PATTERNS_BYTES_MAX - len, "x\tmrn\t{all}/#\n");
    CHECK(patterns_new(&patterns, (struct text){document, len}, (struct text){0}, NULL) == 0);
    for (unsigned i = 0; i < PATTERNS_ENTRIES_MAX + 10; i++) {
        struct pattern_match match;
        char text[32];
        uint64_t steps = 0;
        size_t size = (size_t)snprintf(text, sizeof(text), "n%u/7", i);
        size_t found = patterns_match_counted(patterns, (uint8_t *)text, size, 0, &match, &steps);

        wrong += found != (i < PATTERNS_ENTRIES_MAX ? size : 0) || steps > 24;
    }
    CHECK(wrong == 0);
    free(document);
}

int main(void)
{
    RUN(random_templates_find_what_the_oracle_finds);
    RUN(random_regular_expressions_find_what_the_oracle_finds);
    RUN(twice_the_text_is_twice_the_steps_whatever_the_pattern);
    RUN(a_list_of_a_hundred_thousand_entries_is_found_whole);
    return tap_done();
}
