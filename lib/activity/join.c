/*
 * A sweep over the beginnings: pieces that have begun wait in a heap, the one that the second
 * belongs to on top. One that has ended is thrown out when it gets there.
 */

#include "activity/join.h"

#include <assert.h>
#include <stdbool.h>

struct joining {
    const struct join_piece *pieces;
    size_t *heap;
    size_t heap_count;
    struct join_slice *slices;
    size_t slice_count;
};

static bool goes_before(const struct joining *joining, size_t left, size_t right)
{
    const struct join_piece *a = &joining->pieces[left];
    const struct join_piece *b = &joining->pieces[right];

    if (a->state != b->state)
        return a->state < b->state;
    if (a->start_at != b->start_at)
        return a->start_at > b->start_at;
    return left < right;
}

static void swap(size_t *a, size_t *b)
{
    size_t kept = *a;

    *a = *b;
    *b = kept;
}

static void push(struct joining *joining, size_t piece)
{
    size_t *heap = joining->heap;
    size_t at = joining->heap_count++;

    heap[at] = piece;
    while (at && goes_before(joining, heap[at], heap[(at - 1) / 2])) {
        swap(&heap[at], &heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
}

static void pop(struct joining *joining)
{
    size_t *heap = joining->heap;
    size_t at = 0;

    heap[0] = heap[--joining->heap_count];
    for (;;) {
        size_t first = at;

        for (size_t child = 2 * at + 1; child <= 2 * at + 2; child++)
            if (child < joining->heap_count && goes_before(joining, heap[child], heap[first]))
                first = child;
        if (first == at)
            return;
        swap(&heap[at], &heap[first]);
        at = first;
    }
}

static void cover(struct joining *joining, size_t piece, int64_t from_at, int64_t to_at)
{
    size_t count = joining->slice_count;

    if (count && joining->slices[count - 1].piece == piece &&
        joining->slices[count - 1].end_at == from_at) {
        joining->slices[count - 1].end_at = to_at;
        return;
    }
    joining->slices[count] = (struct join_slice){from_at, to_at, piece};
    joining->slice_count++;
}

size_t join_pieces(const struct join_piece *pieces, size_t count, struct join_slice *slices,
                   size_t *waiting)
{
    struct joining joining = {.pieces = pieces, .heap = waiting, .slices = slices};
    int64_t now = INT64_MIN;
    size_t next = 0;

    while (next < count || joining.heap_count) {
        if (!joining.heap_count && pieces[next].start_at > now)
            now = pieces[next].start_at;
        for (; next < count && pieces[next].start_at <= now; next++) {
            assert(next == 0 || pieces[next - 1].start_at <= pieces[next].start_at);
            push(&joining, next);
        }
        while (joining.heap_count && pieces[joining.heap[0]].end_at <= now)
            pop(&joining);
        if (!joining.heap_count)
            continue;

        size_t top = joining.heap[0];
        int64_t until = pieces[top].end_at;

        if (next < count && pieces[next].start_at < until)
            until = pieces[next].start_at;
        cover(&joining, top, now, until);
        now = until;
    }
    return joining.slice_count;
}
