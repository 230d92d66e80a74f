/*
 * The organisation's own patterns: docs/formats/patterns.md
 *
 * A pattern becomes a row of at most WINDOW positions, each a set of ASCII characters, some of them
 * optional. It is run as a bit set of positions, so that a start costs WINDOW steps at most however
 * the pattern is written.
 */

#include <stdio.h>
#include <stdlib.h>

#include "redact/patterns-private.h"

struct pattern {
    enum redact_kind kind;
    unsigned len;
    uint64_t optional;   /* positions that may be passed by */
    uint64_t tail;       /* positions behind which everything is optional */
    uint64_t match[128]; /* by character: the positions that take it */
    char word[24];
};

struct patterns {
    struct pattern *at;
    size_t count;
    struct patterns_words *words;
};

static bool kind_of(struct text word, enum redact_kind *ret_kind)
{
    for (unsigned kind = 0; kind < REDACT_KINDS; kind++)
        if (text_equal(word, text_of(redact_kind_word((enum redact_kind)kind)))) {
            *ret_kind = (enum redact_kind)kind;
            return true;
        }
    return false;
}

struct set {
    bool has[128];
};

static void set_add(struct set *set, char first, char last)
{
    for (unsigned c = (unsigned char)first; c <= (unsigned char)last; c++) {
        set->has[c] = true;
        if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z' && (c & 0x40)) {
            set->has[c | 0x20] = true;
            set->has[c & ~0x20u] = true;
        }
    }
}

static bool is_plain(char c)
{
    return c >= ' ' && c < 0x7f;
}

/* "\d", "\a", "\w", or a sign taken literally; *at stands behind the backslash. */
static bool parse_escape(struct text line, size_t *at, struct set *set)
{
    if (*at >= line.len || !is_plain(line.at[*at]))
        return false;
    char c = line.at[(*at)++];
    if (c == 'd' || c == 'w')
        set_add(set, '0', '9');
    if (c == 'a' || c == 'w')
        set_add(set, 'a', 'z');
    if (c == 'd' || c == 'w' || c == 'a')
        return true;
    if (is_alnum((uint8_t)c))
        return false;
    set_add(set, c, c);
    return true;
}

/* "[a-z0-9]"; *at stands behind the bracket. */
static bool parse_class(struct text line, size_t *at, struct set *set)
{
    bool any = false;

    while (*at < line.len && line.at[*at] != ']') {
        char first = line.at[*at];
        char last = first;

        if (!is_plain(first) || first == '\\' || first == '[' || first == '^')
            return false;
        ++*at;
        if (*at + 1 < line.len && line.at[*at] == '-' && line.at[*at + 1] != ']') {
            last = line.at[*at + 1];
            *at += 2;
        }
        if (!is_plain(last) || last < first)
            return false;
        set_add(set, first, last);
        any = true;
    }
    return any && (*at)++ < line.len;
}

static bool parse_count(struct text line, size_t *at, unsigned *ret_count)
{
    unsigned count = 0;
    size_t start = *at;

    for (; *at < line.len && is_digit((uint8_t)line.at[*at]) && *at - start < 2; ++*at)
        count = count * 10 + (unsigned)(line.at[*at] - '0');
    *ret_count = count;
    return *at > start;
}

/* "{m}", "{m,n}", "?" or nothing. */
static bool parse_times(struct text line, size_t *at, unsigned *ret_least, unsigned *ret_most)
{
    *ret_least = *ret_most = 1;
    if (*at >= line.len)
        return true;
    if (line.at[*at] == '?') {
        ++*at;
        *ret_least = 0;
        return true;
    }
    if (line.at[*at] != '{')
        return true;
    ++*at;
    if (!parse_count(line, at, ret_least))
        return false;
    *ret_most = *ret_least;
    if (*at < line.len && line.at[*at] == ',') {
        ++*at;
        if (!parse_count(line, at, ret_most))
            return false;
    }
    return *at < line.len && line.at[(*at)++] == '}' && *ret_least <= *ret_most && *ret_most >= 1 &&
           *ret_most <= WINDOW;
}

static bool parse_element(struct pattern *pattern, struct text line, size_t *at)
{
    struct set set = {0};
    unsigned least;
    unsigned most;
    char c = line.at[(*at)++];

    if (c == '\\') {
        if (!parse_escape(line, at, &set))
            return false;
    } else if (c == '[') {
        if (!parse_class(line, at, &set))
            return false;
    } else if (is_plain(c) && !strchr("]{}?*+.|()^$", c)) {
        set_add(&set, c, c);
    } else {
        return false;
    }
    if (!parse_times(line, at, &least, &most) || pattern->len + most > WINDOW)
        return false;
    for (unsigned i = 0; i < most; i++, pattern->len++) {
        uint64_t bit = (uint64_t)1 << pattern->len;

        pattern->optional |= i >= least ? bit : 0;
        for (unsigned b = 0; b < sizeof(set.has); b++)
            pattern->match[b] |= set.has[b] ? bit : 0;
    }
    return true;
}

static bool pattern_parse(struct pattern *pattern, struct text line)
{
    const char *tab = memchr(line.at, '\t', line.len);

    *pattern = (struct pattern){0};
    if (!tab)
        return false;
    size_t at = (size_t)(tab - line.at) + 1;
    if (!kind_of((struct text){.at = line.at, .len = at - 1}, &pattern->kind))
        return false;
    while (at < line.len)
        if (!parse_element(pattern, line, &at))
            return false;
    for (unsigned i = pattern->len; i > 0 && pattern->optional >> (i - 1) & 1; i--)
        pattern->tail |= (uint64_t)1 << (i - 1);
    /* What matches nothing would match everywhere. */
    return pattern->len > 0 && !(pattern->tail & 1);
}

static RESULT patterns_add(struct patterns *patterns, struct text line, size_t number)
{
    if (patterns->count == PATTERNS_MAX)
        return REDACT_INVALID;
    struct pattern *more = realloc(patterns->at, (patterns->count + 1) * sizeof(*more));
    if (!more)
        return FAULT(ERR_MEMORY);
    patterns->at = more;
    if (!pattern_parse(&more[patterns->count], line))
        return REDACT_INVALID;
    (void)snprintf(more[patterns->count].word, sizeof(more->word), "org.line-%zu", number);
    patterns->count++;
    return 0;
}

bool patterns_line_next(struct text *source, struct text *ret_line)
{
    if (source->len == 0)
        return false;
    const char *end = memchr(source->at, '\n', source->len);
    struct text line = {.at = source->at, .len = end ? (size_t)(end - source->at) : source->len};

    source->at += line.len + (end != NULL);
    source->len -= line.len + (end != NULL);
    if (line.len && line.at[line.len - 1] == '\r')
        line.len--;
    *ret_line = line;
    return true;
}

static RESULT patterns_parse(struct patterns *patterns, struct text source,
                             struct redactor_error *ret_error)
{
    struct text line;
    size_t number = 0;

    while (patterns_line_next(&source, &line)) {
        number++;
        if (line.len == 0 || line.at[0] == '#')
            continue;
        int r = patterns_add(patterns, line, number);
        if (r == REDACT_INVALID)
            *ret_error = (struct redactor_error){.line = number,
                                                 .column = 1,
                                                 .field = "pattern",
                                                 .expected = "a kind, a tab, a pattern"};
        if (r)
            return r;
    }
    return 0;
}

RESULT patterns_new(struct patterns **ret_patterns, struct text source, struct text words,
                    struct redactor_error *ret_error)
{
    CLEANUP(patterns_free) struct patterns *patterns = calloc(1, sizeof(*patterns));
    struct redactor_error error;

    if (!patterns)
        return FAULT(ERR_MEMORY);
    int r = patterns_parse(patterns, source, &error);
    if (r == 0)
        r = patterns_words_new(&patterns->words, words, &error);
    if (r == REDACT_INVALID && ret_error)
        *ret_error = error;
    if (r)
        return r;
    *ret_patterns = TAKE(patterns);
    return 0;
}

struct patterns *patterns_free(struct patterns *patterns)
{
    if (patterns) {
        patterns_words_free(patterns->words);
        free(patterns->at);
        free(patterns);
    }
    return NULL;
}

size_t patterns_count(const struct patterns *patterns)
{
    return patterns->count;
}

const char *patterns_rule_word(const struct patterns *patterns, size_t pattern)
{
    return pattern < patterns->count ? patterns->at[pattern].word : NULL;
}

enum redact_kind patterns_kind(const struct patterns *patterns, size_t pattern)
{
    return patterns->at[pattern].kind;
}

bool patterns_word_is_safe(const struct patterns *patterns, const uint8_t *lower, size_t len)
{
    return patterns_words_have(patterns->words, lower, len);
}

static uint64_t closure(uint64_t states, uint64_t optional)
{
    uint64_t more = states | (states & optional) << 1;

    while (more != states) {
        states = more;
        more = states | (states & optional) << 1;
    }
    return states;
}

/* End of the longest match at start that does not end inside a run, or start. */
static size_t pattern_match(const struct pattern *pattern, const uint8_t *lower, size_t len,
                            size_t start)
{
    uint64_t states = closure(1, pattern->optional);
    size_t end = start;

    for (size_t i = start; states && i < len; i++) {
        uint8_t c = lower[i];
        uint64_t taken = c < 128 ? states & pattern->match[c] : 0;
        bool whole = taken >> (pattern->len - 1) & 1;

        states = closure(taken << 1, pattern->optional);
        whole = whole || (taken && states & pattern->tail);
        if (whole && !(is_alnum(c) && i + 1 < len && is_alnum(lower[i + 1])))
            end = i + 1;
    }
    return end;
}

size_t patterns_match(const struct patterns *patterns, const uint8_t *lower, size_t len,
                      size_t start, struct pattern_match *ret_match)
{
    size_t longest = start;

    if (start > 0 && is_alnum(lower[start]) && is_alnum(lower[start - 1]))
        return 0;
    for (size_t p = 0; p < patterns->count; p++) {
        size_t end = pattern_match(&patterns->at[p], lower, len, start);

        if (end > longest) {
            longest = end;
            *ret_match = (struct pattern_match){.end = end, .pattern = p};
        }
    }
    return longest - start;
}

bool patterns_may_start(const struct patterns *patterns, uint8_t byte)
{
    return patterns->count > 0 && byte < 128;
}

void recognise_patterns(struct view *view)
{
    const struct patterns *patterns = view->redactor->patterns;

    for (size_t i = 0; patterns->count && i < view->len; i++) {
        struct pattern_match match;

        if (patterns_may_start(patterns, view_at(view, i)) &&
            patterns_match(patterns, view->lower, view->len, i, &match)) {
            view->rule = (uint8_t)(REDACT_RULE_OWN + match.pattern);
            hits_add(view, i, match.end, patterns_kind(patterns, match.pattern), 1);
        }
    }
}
