#pragma once

/*
 * Jobs: a batch on its way to the writer, with everything done that needs no database
 *
 * Made on the caller's thread: rows sorted by day, account and start, and each day of an account
 * encoded as columns (box.h). What is left to the writer is to number the strings, to put heads
 * before the columns, and to seal. A job owns what it points to. Pure.
 */

#include <stdint.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/result.h"
#include "store/spans/box.h"
#include "store/spans/dictionary.h"
#include "store/spans/spans.h"

/* The rows of one account on one day. */
struct job_part {
    int32_t day;
    struct account_id account;
    uint32_t row_count;
    const uint32_t *strings; /* the job's string of every place, from place 1 */
    size_t string_count;
    struct bytes columns;
};

struct job_gap {
    struct account_id account;
    int64_t from_at;
    int64_t to_at;
    enum batch_gap_reason reason;
    uint64_t spans;
    struct text reason_text; /* empty: none */
};

struct writer;

/* Something else for the writer to do, alone between batches. */
typedef int job_task(struct writer *writer, void *context);

struct job {
    struct job *next; /* in the writer's queue */
    struct arena *arena;
    job_task *task; /* NULL: a batch, which is all that follows result */
    void *task_context;
    spans_done *done;
    void *context;
    int result;
    size_t size_bytes;

    /* Device, epoch, sequence, times, and counts and drops sorted by day and account; the other
     * pointers are NULL: they were the caller's. */
    struct spans_batch batch;
    const struct text *strings; /* of the batch; empty: none */
    const uint64_t *hashes;
    struct job_part *parts; /* by day, then account */
    size_t part_count;
    struct job_gap *gaps;
    size_t gap_count;
};

RESULT job_new(struct job **ret_job, const struct spans_batch *batch, struct box_coder *coder,
               const struct dictionary_seed *seed, spans_done *done, void *context);
struct job *job_free(struct job *job);
DEFINE_CLEANUP(struct job *, job_free)
