#include "redact/redact-private.h"

/* An organisation's own pattern; anything less yields to what machines made. */
#define CERTAIN 1.0f

/* The first hit that ends behind at. */
static size_t hits_after(const struct hits *hits, uint32_t at)
{
    size_t low = 0;
    size_t high = hits->count;

    /* Mostly texts are found from their beginning to their end. */
    if (high == 0 || hits->at[high - 1].end <= at)
        return high;
    while (low < high) {
        size_t middle = (low + high) / 2;

        if (hits->at[middle].end <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void cover(struct hits *hits, size_t start, size_t end)
{
    for (size_t block = start / 64; block * 64 < end; block++) {
        size_t first = block * 64 < start ? start % 64 : 0;
        uint64_t bits = ~UINT64_C(0) << first;

        if (end - block * 64 < 64)
            bits &= (UINT64_C(1) << (end - block * 64)) - 1;
        hits->cover[block] |= bits;
    }
}

void hits_begin(struct hits *hits, size_t len)
{
    for (size_t block = 0; block <= len / 64; block++)
        hits->cover[block] = 0;
    for (size_t i = 0; i < hits->count; i++)
        cover(hits, hits->at[i].start, hits->at[i].end < len ? hits->at[i].end : len);
}

/* Overlapping findings become one that covers them all: what any of them removes stays removed. */
void hits_add_raw(struct hits *hits, struct redact_found found)
{
    size_t first = hits_after(hits, found.start);
    size_t last = first;

    if (found.start >= found.end)
        return;
    if (first < hits->count && hits->at[first].start <= found.start &&
        hits->at[first].end >= found.end) {
        if (hits->at[first].score < found.score) {
            hits->at[first].kind = found.kind;
            hits->at[first].rule = found.rule;
            hits->at[first].score = found.score;
        }
        return;
    }
    hits->changed = true;
    cover(hits, found.start, found.end);
    for (; last < hits->count && hits->at[last].start < found.end; last++) {
        const struct redact_found *old = &hits->at[last];

        if (old->start < found.start)
            found.start = old->start;
        if (old->end > found.end)
            found.end = old->end;
        if (old->score > found.score) {
            found.kind = old->kind;
            found.rule = old->rule;
            found.score = old->score;
        }
    }
    size_t room = last - first;
    if (room == 0 && hits->count == REDACT_FOUND_MAX) {
        hits->crowded = true;
        return;
    }
    memmove(&hits->at[first + 1], &hits->at[last], (hits->count - last) * sizeof(found));
    hits->at[first] = found;
    hits->count = hits->count + 1 - room;
}

void hits_add(struct view *view, size_t start, size_t end, enum redact_kind kind, float score)
{
    hits_put(view, start, end, kind, view->rule, score);
}

void hits_put(struct view *view, size_t start, size_t end, enum redact_kind kind,
              enum redact_rule rule, float score)
{
    bool real = view->plain;
    bool machine_made = score < CERTAIN && view->any_machine_made;

    if (start >= end)
        return;
    /* A finding of placeholders alone is none: that is what lets them survive. Two codes that a
     * machine made do not make what joins them one: "<code>@<code>" is an address. */
    for (size_t i = start; i < end && !(real && !machine_made); i++) {
        view_step(view, 1);
        real = real || !is_placeholder(view->at[i]);
        machine_made = machine_made && view_machine_made(view, i);
    }
    if (real && !machine_made)
        hits_add_raw(view->hits, (struct redact_found){
                                     .kind = kind,
                                     .rule = (uint8_t)rule,
                                     .start = (uint32_t)view_raw(view, start),
                                     .end = (uint32_t)view_raw(view, end),
                                     .score = score,
                                 });
}

bool hits_identify(const struct view *view, size_t i)
{
    uint8_t c = view_at(view, i);
    enum redact_kind kind = REDACT_KINDS;

    if (is_placeholder(c)) {
        kind = (enum redact_kind)(c - VIEW_PLACEHOLDER);
    } else if (hits_cover(view, i)) {
        uint32_t raw = (uint32_t)view_raw(view, i);
        size_t at = hits_after(view->hits, raw);

        if (at < view->hits->count && view->hits->at[at].start <= raw)
            kind = view->hits->at[at].kind;
    }
    return kind != REDACT_KINDS && kind != REDACT_NAME && kind != REDACT_UNKNOWN;
}
