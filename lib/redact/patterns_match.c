/* Running an organisation's patterns over a view. */

#include "redact/patterns-private.h"

/* A row of places where entries of lists end: bit p of at[i] says that position p of the pattern
 * took an entry that ends i characters behind the start. */
struct arrivals {
    uint64_t at[PATTERNS_MATCH_MAX + 1];
    size_t end; /* none beyond */
};

struct run {
    const struct patterns *patterns;
    const uint8_t *lower;
    size_t len;
    size_t start;
    uint64_t *steps;
};

static void ask_lists(const struct run *run, const struct pattern *pattern, uint64_t positions,
                      size_t i, struct arrivals *arrivals)
{
    for (; positions; positions &= positions - 1) {
        unsigned position = (unsigned)__builtin_ctzll(positions);
        const struct patterns_list *list = &run->patterns->lists->at[pattern->list_of[position]];
        struct patterns_walk walk = patterns_walk_begin(list);

        for (size_t at = i; at < run->len; at++) {
            ++*run->steps;
            if (!patterns_walk_step(list, &walk, run->lower[at]))
                break;
            size_t behind = at + 1 - run->start;
            if (!patterns_walk_whole(list, &walk))
                continue;
            for (; arrivals->end < behind; arrivals->end++)
                arrivals->at[arrivals->end + 1] = 0;
            arrivals->at[behind] |= (uint64_t)1 << position;
        }
    }
}

static uint64_t followers(const struct pattern *pattern, uint64_t taken)
{
    uint64_t states = 0;

    for (; taken; taken &= taken - 1)
        states |= pattern->follow[__builtin_ctzll(taken)];
    return states;
}

/* True when a match may end before view byte i. */
static bool may_end(const struct run *run, size_t i)
{
    return i == run->len || !is_alnum(run->lower[i]) || !is_alnum(run->lower[i - 1]);
}

/* Where the longest match at the run's start ends, or the start. */
static size_t pattern_run(const struct run *run, const struct pattern *pattern)
{
    struct arrivals arrivals;
    uint64_t states = pattern->first;
    size_t end = run->start;

    arrivals.end = 0;
    for (size_t i = run->start; i < run->len; i++) {
        size_t behind = i + 1 - run->start;
        uint8_t c = run->lower[i];
        uint64_t taken = c < 128 ? states & pattern->match[c] : 0;

        ++*run->steps;
        if (states & pattern->lists)
            ask_lists(run, pattern, states & pattern->lists, i, &arrivals);
        if (behind <= arrivals.end)
            taken |= arrivals.at[behind]; /* NOLINT: ask_lists() set it */
        if (taken & pattern->last && may_end(run, i + 1))
            end = i + 1;
        states = followers(pattern, taken);
        if (!states && arrivals.end <= behind)
            break;
    }
    return end;
}

static bool context_has(const struct pattern *pattern, const uint8_t *word, size_t len)
{
    const uint8_t *at = pattern->context;

    for (size_t i = 0; i < pattern->context_count; at += pattern->context_len[i++])
        if (pattern->context_len[i] == len && memcmp(at, word, len) == 0)
            return true;
    return false;
}

/* True when the pattern asks for no word before it, or one stands there. */
static bool context_holds(const struct run *run, const struct pattern *pattern)
{
    size_t least = run->start > PATTERNS_BEHIND_MAX ? run->start - PATTERNS_BEHIND_MAX : 0;
    size_t i = run->start;

    if (pattern->context_count == 0)
        return true;
    for (unsigned words = 0; words < pattern->within; words++) {
        for (; i > least && !is_alnum(run->lower[i - 1]); i--)
            ++*run->steps;
        size_t end = i;
        for (; i > least && is_alnum(run->lower[i - 1]); i--)
            ++*run->steps;
        /* A word that begins beyond what is looked at is not known. */
        if (i == end || (i > 0 && is_alnum(run->lower[i - 1])))
            return false;
        if (context_has(pattern, run->lower + i, end - i))
            return true;
    }
    return false;
}

size_t patterns_match_counted(const struct patterns *patterns, const uint8_t *lower, size_t len,
                              size_t start, struct pattern_match *ret_match, uint64_t *steps)
{
    struct run run = {patterns, lower, len, start, steps};
    size_t longest = start;

    ++*steps;
    if (!patterns->starts[lower[start]] ||
        (start > 0 && is_alnum(lower[start]) && is_alnum(lower[start - 1])))
        return 0;
    for (size_t half = 0; half < PATTERNS_MAX / 64; half++)
        for (uint64_t some = patterns->by_first[lower[start]][half]; some; some &= some - 1) {
            size_t at = half * 64 + (size_t)__builtin_ctzll(some);
            size_t end = pattern_run(&run, &patterns->at[at]);

            if (end > longest && context_holds(&run, &patterns->at[at])) {
                longest = end;
                *ret_match = (struct pattern_match){.end = end, .pattern = at};
            }
        }
    return longest - start;
}

size_t patterns_match(const struct patterns *patterns, const uint8_t *lower, size_t len,
                      size_t start, struct pattern_match *ret_match)
{
    uint64_t steps = 0;

    return patterns_match_counted(patterns, lower, len, start, ret_match, &steps);
}

size_t patterns_match_only(const struct patterns *patterns, size_t pattern, const uint8_t *lower,
                           size_t len, size_t start)
{
    uint64_t steps = 0;
    struct run run = {patterns, lower, len, start, &steps};
    size_t end = pattern_run(&run, &patterns->at[pattern]);

    return end > start && context_holds(&run, &patterns->at[pattern]) ? end - start : 0;
}

void recognise_patterns(struct view *view)
{
    const struct patterns *patterns = view->redactor->patterns;
    const uint8_t *starts = patterns_starts(patterns);
    uint64_t steps = 0;

    for (size_t i = 0; starts && i < view->len; i++) {
        struct pattern_match match;

        if (!starts[view->lower[i]] ||
            !patterns_match_counted(patterns, view->lower, view->len, i, &match, &steps))
            continue;
        view->rule = (uint8_t)(REDACT_RULE_OWN + match.pattern);
        hits_add(view, i, match.end, patterns_kind(patterns, match.pattern), 1);
    }
    view_step(view, steps);
}
