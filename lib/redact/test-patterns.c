#include "redact/test-patterns.h"

struct places {
    bool at[ORACLE_TEXT_MAX + 1];
};

struct oracle {
    const struct pattern_form *form;
    const struct oracle_list *lists;
    const uint8_t *lower;
    size_t len;
};

static struct places walk(const struct oracle *oracle, uint16_t at, struct places from);

static struct places walk_leaf(const struct oracle *oracle, const struct pattern_part *part,
                               struct places from)
{
    struct places to = {0};

    for (size_t i = 0; i < oracle->len; i++) {
        uint8_t c = oracle->lower[i];

        if (from.at[i] && part->kind == PART_SET && c < 128 && part->set[c / 64] >> c % 64 & 1)
            to.at[i + 1] = true;
        for (size_t e = 0;
             from.at[i] && part->kind == PART_LIST && e < oracle->lists[part->list].count; e++) {
            const char *entry = oracle->lists[part->list].entries[e];
            size_t len = strlen(entry);

            if (len <= oracle->len - i && memcmp(oracle->lower + i, entry, len) == 0)
                to.at[i + len] = true;
        }
    }
    return to;
}

static void both(struct places *to, const struct places *more)
{
    for (size_t i = 0; i <= ORACLE_TEXT_MAX; i++)
        to->at[i] = to->at[i] || more->at[i];
}

static struct places walk_once(const struct oracle *oracle, const struct pattern_part *part,
                               struct places from)
{
    struct places to = {0};

    if (part->kind == PART_SET || part->kind == PART_LIST)
        return walk_leaf(oracle, part, from);
    for (uint16_t child = part->child; child; child = oracle->form->part[child].next) {
        struct places one = walk(oracle, child, from);

        if (part->kind == PART_ROW)
            to = from = one;
        else
            both(&to, &one);
    }
    return to;
}

static struct places walk(const struct oracle *oracle, uint16_t at, struct places from)
{
    const struct pattern_part *part = &oracle->form->part[at];
    struct places to = {0};

    if (part->least == 0)
        to = from;
    for (unsigned i = 1; i <= part->most; i++) {
        from = walk_once(oracle, part, from);
        if (i >= part->least)
            both(&to, &from);
    }
    return to;
}

static bool between(const struct oracle *oracle, size_t i)
{
    return i > 0 && i < oracle->len && is_alnum(oracle->lower[i - 1]) && is_alnum(oracle->lower[i]);
}

size_t oracle_match(const struct pattern_form *form, const struct oracle_list *lists,
                    const uint8_t *lower, size_t len, size_t start)
{
    struct oracle oracle = {form, lists, lower, len};
    struct places from = {0};

    if (between(&oracle, start))
        return start;
    from.at[start] = true;
    struct places to = walk(&oracle, form->root, from);
    for (size_t end = len; end > start; end--)
        if (to.at[end] && !between(&oracle, end))
            return end;
    return start;
}
