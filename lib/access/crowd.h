#pragma once

/*
 * Crowds: what may leave of counts that few people made
 *
 * A cell (a bucket of time, a name, a kind) that fewer than CROWD_LEAST different people made is
 * hidden, and a name that fewer made in a bucket is not told. To whoever may not see identities the
 * least is never lower, buckets are whole weeks that are over, and counts are rounded; there is no
 * choice of people, and no number that holds a hidden cell's. So every answer is put together from
 * the same published weeks, and no two of them can be subtracted to a hidden one
 * (docs/formats/flows.md). A person is whoever accounts belong to; a station is one. Pure.
 */

#include <stdbool.h>
#include <stdint.h>

#include "access/class.h"
#include "base/arena.h"
#include "base/result.h"
#include "store/spans/spans.h"

#define CROWD_LEAST 5
/* What counts are rounded to, so that what one computer sends late is not seen as a difference. */
#define CROWD_ROUND 5

enum {
    CROWD_DENIED = 1, /* only for whoever may see identities */
    CROWD_LARGE,      /* the answer would not fit the arena */
};

struct crowd_ask {
    const struct access_class *class;
    enum spans_bucket bucket;
    uint32_t least; /* people a cell must have to be shown, from 1 */
    int32_t from_day;
    int32_t to_day;
    int32_t today;
    int32_t window_day; /* the first day that the class's window leaves whole; INT32_MIN: all */
};

struct crowd_rule {
    enum spans_bucket bucket;
    uint32_t least;
    bool rounded;     /* counts are rounded, and how many people there were is not told */
    int32_t from_day; /* of whole buckets; after to_day when none is over yet */
    int32_t to_day;
};

/* What is answered to that, denied unless the class may see it. Outcome: CROWD_DENIED. */
RESULT crowd_rule(const struct crowd_ask *ask, struct crowd_rule *ret_rule);

struct crowd_cell {
    int32_t day; /* the first of its bucket */
    struct text name;
    bool site;
    enum redact_kind kind;
    bool hidden;     /* fewer people than the least: no numbers */
    uint64_t count;  /* 0: hidden */
    uint32_t people; /* 0: hidden, or not told */
};

/* Names of a bucket that are not told, since fewer people than the least came by each. */
struct crowd_untold {
    int32_t day;
    uint32_t names;
};

struct crowd_answer {
    struct crowd_cell *cells; /* by name, then day, then kind */
    size_t cell_count;
    struct crowd_untold *untold; /* by day; days with none are left out */
    size_t untold_count;
};

/* What may leave of flows, which are sorted in place. Texts are the flows'. Outcome: CROWD_LARGE.
 */
RESULT crowd_publish(const struct crowd_rule *rule, const struct spans_flows *flows,
                     struct arena *arena, struct crowd_answer *ret_answer);
