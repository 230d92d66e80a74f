/*
 * Named lists of an organisation's patterns: up to a hundred thousand entries
 *
 * An entry is looked for by narrowing a range of the sorted entries, character by character. A list
 * takes as much memory as its characters and an offset each.
 */

#include <stdlib.h>

#include "redact/patterns-private.h"

/* Doubles what is full: count is a power of two then. */
static RESULT grow(void *at, size_t count, size_t size)
{
    void *old;

    memcpy(&old, at, sizeof(old));
    if (count & (count - 1))
        return 0;
    void *more = realloc(old, (count ? count * 2 : 1) * size);
    if (!more)
        return FAULT(ERR_MEMORY);
    memcpy(at, &more, sizeof(more));
    return 0;
}

static RESULT entry_fold(struct text line, size_t at, uint8_t *to, size_t *ret_len,
                         struct redactor_error *error)
{
    size_t len = 0;

    while (at < line.len) {
        size_t before = at;
        int c = patterns_fold_next(line, &at);

        if (c < 0)
            return patterns_refuse(error, line, before, "entry",
                                   "letters, digits and signs of the Latin alphabet");
        if (c == 0)
            continue;
        if (len == PATTERNS_ENTRY_MAX)
            return patterns_refuse(error, line, before, "entry", "at most 64 characters");
        to[len++] = (uint8_t)c;
    }
    while (len && to[len - 1] == ' ')
        len--;
    if (len == 0)
        return patterns_refuse(error, line, line.len, "entry", "an entry behind the tab");
    *ret_len = len;
    return 0;
}

RESULT patterns_list_add(struct patterns_lists *lists, struct text line, size_t at,
                         struct redactor_error *error)
{
    struct patterns_list *list = &lists->at[lists->count - 1];
    uint8_t folded[PATTERNS_ENTRY_MAX];
    size_t len = 0;
    int r = entry_fold(line, at, folded, &len, error);

    if (r)
        return r;
    if (lists->entries == PATTERNS_ENTRIES_MAX)
        return patterns_refuse(error, line, at, "entry", "at most 100,000 entries in all lists");
    for (size_t i = 0; i < len; i++) {
        r = grow(&list->text, list->len, 1);
        if (r)
            return r;
        list->text[list->len++] = folded[i];
    }
    r = grow(&list->at, list->count, sizeof(*list->at));
    if (r)
        return r;
    list->at[list->count++] = (uint32_t)list->len; /* where it ends, until the list is closed */
    lists->entries++;
    return 0;
}

struct entry {
    const uint8_t *at;
    size_t len;
};

static int entries_compare(const void *a, const void *b)
{
    const struct entry *left = a;
    const struct entry *right = b;
    int order = memcmp(left->at, right->at, left->len < right->len ? left->len : right->len);

    return order ? order : (left->len > right->len) - (left->len < right->len);
}

/* Writes sorted entries to a block of their own, each once, and counts by first character. */
static void entries_write(struct patterns_list *list, const struct entry *entries, uint8_t *text,
                          uint32_t *at)
{
    size_t count = 0;
    size_t len = 0;

    for (size_t i = 0; i < list->count; i++) {
        if (i > 0 && entries_compare(&entries[i - 1], &entries[i]) == 0)
            continue;
        at[count++] = (uint32_t)len;
        memcpy(text + len, entries[i].at, entries[i].len);
        len += entries[i].len;
        list->first[entries[i].at[0] + 1]++;
        list->longest = entries[i].len > list->longest ? entries[i].len : list->longest;
    }
    at[count] = (uint32_t)len;
    for (size_t c = 1; c < sizeof(list->first) / sizeof(list->first[0]); c++)
        list->first[c] += list->first[c - 1];
    list->count = count;
    list->len = len;
}

RESULT patterns_list_close(struct patterns_lists *lists)
{
    struct patterns_list *list = &lists->at[lists->count - 1];

    if (list->count == 0)
        return REDACT_INVALID;
    struct entry *entries = calloc(list->count, sizeof(*entries));
    uint8_t *text = malloc(list->len);
    uint32_t *at = calloc(list->count + 1, sizeof(*at));
    if (!entries || !text || !at) {
        free(entries);
        free(text);
        free(at);
        return FAULT(ERR_MEMORY);
    }
    for (size_t i = 0, start = 0; i < list->count; start = list->at[i++])
        entries[i] = (struct entry){.at = list->text + start, .len = list->at[i] - start};
    qsort(entries, list->count, sizeof(*entries), entries_compare);
    entries_write(list, entries, text, at);
    free(entries);
    free(list->text);
    free(list->at);
    list->text = text;
    list->at = at;
    return 0;
}

void patterns_lists_deinit(struct patterns_lists *lists)
{
    for (size_t i = 0; i < lists->count; i++) {
        free(lists->at[i].text);
        free(lists->at[i].at);
    }
    lists->count = 0;
}

struct patterns_walk patterns_walk_begin(const struct patterns_list *list)
{
    return (struct patterns_walk){.high = list->count};
}

/* The first entry in [low, high) whose character at depth is not below c; one that ends there
 * comes before all that go on. */
static size_t narrow(const struct patterns_list *list, size_t low, size_t high, size_t depth,
                     unsigned c)
{
    while (low < high) {
        size_t middle = (low + high) / 2;
        size_t at = list->at[middle] + depth;

        if (at == list->at[middle + 1] || list->text[at] < c)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool patterns_walk_step(const struct patterns_list *list, struct patterns_walk *walk, uint8_t c)
{
    if (c >= 128)
        return false;
    if (walk->depth == 0) {
        walk->low = list->first[c];
        walk->high = list->first[c + 1];
    } else {
        walk->low = narrow(list, walk->low, walk->high, walk->depth, c);
        walk->high = narrow(list, walk->low, walk->high, walk->depth, c + 1u);
    }
    walk->depth++;
    return walk->low < walk->high;
}

bool patterns_walk_whole(const struct patterns_list *list, const struct patterns_walk *walk)
{
    return list->at[walk->low + 1] - list->at[walk->low] == walk->depth;
}
