/*
 * From a form to the automaton of its positions (Glushkov): one bit a character, no empty moves
 *
 * A repeat is written out, so that a pattern has as many positions as its longest match has
 * characters, lists counting as one.
 */

#include "redact/patterns-private.h"

/* What a part of the form comes to. */
struct fragment {
    uint64_t first;
    uint64_t last;
    size_t longest; /* characters */
    bool empty;     /* it may match nothing */
};

struct build {
    struct pattern *pattern;
    const struct pattern_form *form;
    const struct patterns_lists *lists;
    unsigned positions;
    const char **ret_expected;
};

static const struct fragment nothing = {.empty = true};

static void follow(struct pattern *pattern, uint64_t from, uint64_t to)
{
    for (; from; from &= from - 1)
        pattern->follow[__builtin_ctzll(from)] |= to;
}

static struct fragment joined(struct pattern *pattern, struct fragment a, struct fragment b)
{
    follow(pattern, a.last, b.first);
    return (struct fragment){
        .first = a.first | (a.empty ? b.first : 0),
        .last = b.last | (b.empty ? a.last : 0),
        .longest = a.longest + b.longest,
        .empty = a.empty && b.empty,
    };
}

static struct fragment either(struct fragment a, struct fragment b)
{
    return (struct fragment){
        .first = a.first | b.first,
        .last = a.last | b.last,
        .longest = a.longest > b.longest ? a.longest : b.longest,
        .empty = a.empty || b.empty,
    };
}

static int build_leaf(struct build *build, const struct pattern_part *part, struct fragment *ret)
{
    struct pattern *pattern = build->pattern;
    unsigned position = build->positions;

    if (position == PATTERNS_POSITIONS_MAX) {
        *build->ret_expected = "at most 64 characters in its longest match";
        return REDACT_INVALID;
    }
    build->positions++;
    uint64_t bit = (uint64_t)1 << position;
    *ret = (struct fragment){.first = bit, .last = bit, .longest = 1};
    if (part->kind == PART_LIST) {
        pattern->lists |= bit;
        pattern->list_of[position] = part->list;
        ret->longest = build->lists->at[part->list].longest;
        return 0;
    }
    for (unsigned c = 0; c < 128; c++)
        if (part->set[c / 64] >> c % 64 & 1)
            pattern->match[c] |= bit;
    return 0;
}

static int build_part(struct build *build, uint16_t at, struct fragment *ret);

/* A part as it stands, without its repeat. Depth is bounded by PARTS_DEPTH. */
static int build_once(struct build *build, const struct pattern_part *part, struct fragment *ret)
{
    struct fragment whole = nothing;
    bool any = false;
    int r = 0;

    if (part->kind == PART_SET || part->kind == PART_LIST)
        return build_leaf(build, part, ret);
    for (uint16_t child = part->child; child && r == 0; child = build->form->part[child].next) {
        struct fragment one;

        r = build_part(build, child, &one);
        if (r)
            return r;
        if (part->kind == PART_ROW)
            whole = joined(build->pattern, whole, one);
        else
            whole = any ? either(whole, one) : one;
        any = true;
    }
    *ret = whole;
    return r;
}

static int build_part(struct build *build, uint16_t at, struct fragment *ret)
{
    const struct pattern_part *part = &build->form->part[at];
    struct fragment whole = nothing;
    int r = 0;

    for (unsigned i = 0; i < part->most && r == 0; i++) {
        struct fragment one;

        r = build_once(build, part, &one);
        if (r)
            return r;
        one.empty = one.empty || i >= part->least;
        whole = joined(build->pattern, whole, one);
    }
    *ret = whole;
    return r;
}

RESULT pattern_build(struct pattern *pattern, const struct pattern_form *form,
                     const struct patterns_lists *lists, const char **ret_expected)
{
    struct build build = {
        .pattern = pattern, .form = form, .lists = lists, .ret_expected = ret_expected};
    struct fragment whole = nothing;
    int r = build_part(&build, form->root, &whole);

    if (r)
        return r;
    if (whole.empty) {
        *ret_expected = "something that must stand there: all of it is optional";
        return REDACT_INVALID;
    }
    if (whole.longest > PATTERNS_MATCH_MAX) {
        *ret_expected = "at most 128 characters in its longest match, with the longest entries";
        return REDACT_INVALID;
    }
    pattern->first = whole.first;
    pattern->last = whole.last;
    return 0;
}
