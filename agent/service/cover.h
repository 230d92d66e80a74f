#pragma once

/*
 * Cover: what time of an account is told already, so that two sessions of one account never count
 * a minute twice
 *
 * A span is cut down to the parts that no other session of the account has told; the same span of
 * the same session again (a report that was repeated) is nothing. Locked spans yield to all others
 * and never push one away: a session in the background does not hide the one in front. Knows the
 * last COVER_MAX spans. Pure.
 */

#include <stddef.h>
#include <stdint.h>

#include "activity/span.h"

#define COVER_MAX 128
#define COVER_PIECES_MAX 16

struct cover_interval {
    int64_t start_at;
    int64_t end_at;
    uint64_t session;
    bool locked;
};

struct cover {
    struct cover_interval intervals[COVER_MAX]; /* a ring */
    size_t next;
};

/*
 * The parts of [start_at, end_at) that are new, ascending; they are remembered. Returns how many.
 * session 0: not known, other than all.
 */
size_t cover_take(struct cover *cover, uint64_t session, int64_t start_at, int64_t end_at,
                  enum span_state state, struct cover_interval ret_pieces[COVER_PIECES_MAX]);
