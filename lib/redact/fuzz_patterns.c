/*
 * Patterns of anything, on texts of anything. Input: a template, a NUL, a text.
 *
 * What is refused names a place in the document. What is accepted finds at every place of the text
 * what the oracle finds, in no more steps than the contract says, and leaves a redactor whose
 * output redacts to itself.
 */

#include <stdio.h>
#include <stdlib.h>

#include "redact/test-patterns.h"

#define HOLDS(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            (void)fprintf(stderr, "does not hold: %s\n", #condition);                              \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

#define HEAD "list\tfew\n\tab\n\ta\n\t12\n\ta b\nlist\tone\n\tq-9\nx\tmrn\t"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct oracle_list lists[] = {
    {(const char *const[]){"ab", "a", "12", "a b"}, 4},
    {(const char *const[]){"q-9"}, 1},
};

/* The form of the template that the last line of a document that was accepted holds. */
static void form_of(struct pattern_form *form, struct text template)
{
    struct patterns_lists named = {.count = 2};
    struct redactor_error error;

    memcpy(named.at[0].name, "few", sizeof("few"));
    memcpy(named.at[1].name, "one", sizeof("one"));
    HOLDS(pattern_form_parse(form, &named, template, 0, template.len, &error) == 0);
}

static void agree(const struct patterns *patterns, const struct pattern_form *form,
                  struct text text)
{
    uint8_t lower[ORACLE_TEXT_MAX];
    size_t len = text.len < 100 ? text.len : 100;

    for (size_t i = 0; i < len; i++)
        lower[i] = text.at[i] >= 'A' && text.at[i] <= 'Z' ? (uint8_t)text.at[i] | 0x20
                                                          : (uint8_t)text.at[i];
    for (size_t start = 0; start < len; start++) {
        struct pattern_match match = {0};
        uint64_t steps = 0;
        size_t expected = oracle_match(form, lists, lower, len, start);
        size_t found = patterns_match_counted(patterns, lower, len, start, &match, &steps);

        HOLDS(found == expected - start && (found == 0 || match.end == expected));
        HOLDS(steps <= 1 + PATTERNS_MATCH_MAX * (1 + PATTERNS_POSITIONS_MAX * 4));
    }
}

static void whole(struct text document, struct text text)
{
    CLEANUP(redactor_free) struct redactor *redactor = NULL;
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct redactor_options options = {.profile = REDACT_BALANCED, .patterns = document};
    struct redaction once;
    struct redaction twice;
    char copy[100];
    size_t len = text.len < sizeof(copy) ? text.len : sizeof(copy);

    HOLDS(redactor_new(&redactor, &options, NULL) == 0 && arena_new(&arena, 65536) == 0);
    memcpy(copy, text.at, len);
    int r = redact(redactor, (struct raw_text){.at = copy, .len = len}, arena, &once);
    HOLDS(r >= 0);
    if (r)
        return;
    struct text clean = clean_text_view(once.clean);
    char *again = arena_take(arena, clean.len + 1);
    HOLDS(again != NULL);
    memcpy(again, clean.at, clean.len);
    r = redact(redactor, (struct raw_text){.at = again, .len = clean.len}, arena, &twice);
    HOLDS(r == 0 && text_equal(clean_text_view(twice.clean), clean));
}

static struct text trimmed(struct text line)
{
    while (line.len && line.at[0] == ' ')
        line = (struct text){line.at + 1, line.len - 1};
    while (line.len && (line.at[line.len - 1] == ' ' || line.at[line.len - 1] == '\r'))
        line.len--;
    return line;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(patterns_free) struct patterns *patterns = NULL;
    static struct pattern_form form;
    const uint8_t *nul = memchr(data, 0, size);
    size_t len = nul ? (size_t)(nul - data) : size;
    struct text text = {.at = (const char *)data + len, .len = size - len};
    struct redactor_error error = {0};
    char document[sizeof(HEAD) + 1024];

    if (len > 1024)
        return 0;
    memcpy(document, HEAD, sizeof(HEAD) - 1);
    memcpy(document + sizeof(HEAD) - 1, data, len);
    struct text source = {.at = document, .len = sizeof(HEAD) - 1 + len};
    int r = patterns_new(&patterns, source, (struct text){0}, &error);
    if (r > 0)
        HOLDS(error.line > 0 && error.line <= 10 + len && error.column > 0 &&
              error.column <= len + 10 && error.field && error.expected);
    if (r || memchr(data, '\n', len) || memchr(data, '\t', len))
        return 0;
    form_of(&form, trimmed((struct text){(const char *)data, len}));
    agree(patterns, &form, text);
    whole(source, text);
    return 0;
}
