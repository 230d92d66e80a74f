#pragma once

/* What the engines of the span store share. */

#include "store/spans/spans.h"

struct spans_engine {
    void (*free)(struct spans *spans);
    int (*commit)(struct spans *spans, const struct spans_batch *batch, spans_done *done,
                  void *context);
    int (*sequence)(struct spans *spans, struct device_id device, uint32_t *ret_epoch,
                    uint64_t *ret_sequence, uint64_t *ret_missing);
    int (*timeline)(struct spans *spans, const struct spans_scope *scope, struct arena *arena,
                    struct spans_answer **ret_answers, size_t *ret_count);
    int (*usage)(struct spans *spans, const struct spans_scope *scope, struct arena *arena,
                 struct spans_usage **ret_usage, size_t *ret_count);
    int (*removed)(struct spans *spans, const struct spans_scope *scope, struct arena *arena,
                   struct spans_removed **ret_removed, size_t *ret_count);
    int (*flows)(struct spans *spans, const struct spans_scope *scope, enum spans_bucket bucket,
                 struct arena *arena, struct spans_flows *ret_flows);
    int (*look)(struct spans *spans, const struct needles *needles, struct spans_found *ret_found);
    int (*dropped)(struct spans *spans, const struct spans_scope *scope, struct arena *arena,
                   struct spans_dropped **ret_dropped, size_t *ret_count);
    int (*gaps)(struct spans *spans, struct device_id device, size_t limit, struct arena *arena,
                struct spans_gap **ret_gaps, size_t *ret_count);
    int (*rules)(struct spans *spans, struct device_id device, struct arena *arena,
                 struct spans_rules **ret_rules, size_t *ret_count);
    int (*evidence)(struct spans *spans, struct device_id device, int32_t from_day, int32_t to_day,
                    struct arena *arena, struct evidence *ret_evidence);
    int (*settle)(struct spans *spans);
    int (*days)(struct spans *spans, struct arena *arena, int32_t **ret_days, size_t *ret_count);
    int (*search)(struct spans *spans, int32_t day, spans_judge *judge, const void *context,
                  uint64_t *ret_texts);
    int (*rewrite)(struct spans *spans, int32_t day, spans_judge *judge, const void *context,
                   const struct clean_text *instead, struct spans_rewritten *ret_rewritten);
};

/* The first member of every engine's own struct. */
struct spans {
    const struct spans_engine *engine;
};

/* Where a device stands; all 0 before its first batch. */
struct spans_position {
    uint32_t epoch;
    uint64_t sequence;
    uint64_t missing;
    int64_t received_at;
};

/*
 * What a batch does to its device's position: 0 and the new one, with the number of sequences that
 * were skipped, or SPANS_REPEATED or SPANS_STALE. Pure.
 */
RESULT spans_position_next(const struct spans_position *position, const struct spans_batch *batch,
                           struct spans_position *ret_next, uint64_t *ret_skipped);

/* The gap that skipped sequences leave. Pure. */
struct spans_gap spans_position_gap(const struct spans_position *position,
                                    const struct spans_batch *batch);

/* The first day of the bucket that a day is in. Pure. */
int32_t spans_bucket_day(enum spans_bucket bucket, int32_t day);

/* What application 0 is called in answers. Outcome: SPANS_LARGE. */
RESULT spans_unknown(struct arena *arena, const struct clean_text **ret_clean);
