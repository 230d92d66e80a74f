/*
 * The organisation's own patterns: docs/formats/patterns.md
 *
 * A pattern becomes a row of at most WINDOW positions, each a set of ASCII characters, some of them
 * optional. It is run as a bit set of positions, so that a start costs WINDOW steps at most however
 * the pattern is written.
 */

#include <stdlib.h>

#include "redact/redact-private.h"

#define PATTERNS_MAX 128

struct pattern {
    enum redact_kind kind;
    unsigned len;
    uint64_t optional;   /* positions that may be passed by */
    uint64_t tail;       /* positions behind which everything is optional */
    uint64_t match[128]; /* by character: the positions that take it */
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

static RESULT patterns_add(struct patterns *patterns, struct text line)
{
    if (patterns->count == PATTERNS_MAX)
        return REDACT_INVALID;
    struct pattern *more = realloc(patterns->at, (patterns->count + 1) * sizeof(*more));
    if (!more)
        return FAULT(ERR_MEMORY);
    patterns->at = more;
    if (!pattern_parse(&more[patterns->count], line))
        return REDACT_INVALID;
    patterns->count++;
    return 0;
}

RESULT patterns_parse(struct patterns *patterns, struct text source, size_t *ret_line)
{
    size_t number = 0;

    while (source.len) {
        const char *end = memchr(source.at, '\n', source.len);
        struct text line = {.at = source.at, .len = end ? (size_t)(end - source.at) : source.len};

        source.at += line.len + (end != NULL);
        source.len -= line.len + (end != NULL);
        number++;
        if (line.len && line.at[line.len - 1] == '\r')
            line.len--;
        if (line.len == 0 || line.at[0] == '#')
            continue;
        int r = patterns_add(patterns, line);
        if (r == REDACT_INVALID && ret_line)
            *ret_line = number;
        if (r)
            return r;
    }
    return 0;
}

void patterns_deinit(struct patterns *patterns)
{
    free(patterns->at);
    *patterns = (struct patterns){0};
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
static size_t pattern_match(const struct pattern *pattern, const struct view *view, size_t start)
{
    uint64_t states = closure(1, pattern->optional);
    size_t end = start;

    for (size_t i = start; states && i < view->len; i++) {
        uint8_t c = view_at(view, i);
        uint64_t taken = c < 128 ? states & pattern->match[c] : 0;
        bool whole = taken >> (pattern->len - 1) & 1;

        states = closure(taken << 1, pattern->optional);
        whole = whole || (taken && states & pattern->tail);
        if (whole && !(is_alnum(c) && is_alnum(view_at(view, i + 1))))
            end = i + 1;
    }
    return end;
}

void recognise_patterns(struct view *view)
{
    const struct patterns *patterns = &view->redactor->patterns;

    for (size_t i = 0; patterns->count && i < view->len; i++) {
        if (i > 0 && is_alnum(view->at[i]) && is_alnum(view->at[i - 1]))
            continue;
        for (size_t p = 0; p < patterns->count; p++) {
            size_t end = pattern_match(&patterns->at[p], view, i);

            if (end > i)
                hits_add(view, i, end, patterns->at[p].kind, 1);
        }
    }
}
