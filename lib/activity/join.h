#pragma once

/*
 * Joining: the pieces of several accounts of one person become one timeline without overlaps
 *
 * A person who is signed in at two computers lives each second once. Where pieces overlap, the
 * second belongs to
 *
 *   1. the state that says most about the person: active before passive before idle before locked
 *      (a screen locked in the next room takes nothing from work at this one);
 *   2. of one state, the piece that began later: what they turned to last;
 *   3. of one beginning, the piece that was given first.
 *
 * So the joined time is the time that any piece covers, and of it the active time is the time that
 * any active piece covers. Pure; takes no memory of its own and cannot fail.
 */

#include <stddef.h>
#include <stdint.h>

#include "activity/span.h"

struct join_piece {
    int64_t start_at;
    int64_t end_at; /* one that ends where it starts, or before, is nothing */
    enum span_state state;
};

/* A stretch of the timeline, and which piece it is of. */
struct join_slice {
    int64_t start_at;
    int64_t end_at;
    size_t piece;
};

/* How many slices there can be of that many pieces. */
#define JOIN_SLICES(pieces) ((pieces)*2)

/*
 * Joins pieces, which ascend by start_at, into slices, which ascend and do not overlap; those of
 * one piece that touch are one. slices has room for JOIN_SLICES(count), waiting for count. Returns
 * how many slices there are.
 */
size_t join_pieces(const struct join_piece *pieces, size_t count, struct join_slice *slices,
                   size_t *waiting);
