#pragma once

/*
 * Spool: what waits to be sent, encrypted, until the server has it
 *
 * A queue of batches in segment files. A batch gets its sequence number when it is appended, and
 * that number never stands for another batch, whatever dies whenever: what may have been written or
 * sent under a number is never written again, but for texts that are taken out of it. A batch
 * counts when spool_append() returned 0 (fsync), and is deleted only after spool_done(). Holds at
 * most SPOOL_AGE_MS or SPOOL_SPANS_MAX; the oldest segment goes first, and what went is told by
 * spool_gap().
 *
 * One process holds a spool (lock file). Not for threads to share.
 */

#include <stdint.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/id.h"
#include "base/moment.h"
#include "base/result.h"
#include "wire/batch.h"

#define SPOOL_AGE_MS (14 * MS_PER_DAY)
#define SPOOL_SPANS_MAX 1000000
#define SPOOL_SEGMENT_BYTES (256 * 1024)

enum {
    SPOOL_EMPTY = 1, /* nothing waits */
    SPOOL_ABSENT,    /* no record of that number is held */
    SPOOL_LOCKED,    /* another process has it */
};

struct spool;

struct spool_config {
    const char *directory; /* made if absent */
    struct bytes key;      /* 32 bytes */
    struct device_id device;
    uint32_t epoch;
    uint64_t spans_max; /* 0: SPOOL_SPANS_MAX */
};

/* Opens and verifies everything. SPOOL_LOCKED. */
RESULT spool_open(struct spool **ret_spool, const struct spool_config *config, int64_t now_at);
struct spool *spool_free(struct spool *spool);
DEFINE_CLEANUP(struct spool *, spool_free)

/* The sequence number that the next appended batch must carry. */
uint64_t spool_sequence(const struct spool *spool);

/* Appends a batch that carries spool_sequence(). After a fault that number may have changed: encode
 * the batch again. ERR_FULL: no room on the disk; nothing was lost that counted. */
RESULT spool_append(struct spool *spool, struct bytes batch, uint32_t spans, int64_t now_at);

/* Appends the oldest waiting batch to ret_batch. SPOOL_EMPTY. */
RESULT spool_peek(struct spool *spool, struct buffer *ret_batch, uint64_t *ret_sequence);

/* The batch of that sequence is the server's now. Ignored when it is not the oldest. */
RESULT spool_done(struct spool *spool, uint64_t sequence);

/* Appends the batch of any sequence still held, sent or not. SPOOL_ABSENT. */
RESULT spool_read(struct spool *spool, uint64_t sequence, struct buffer *ret_batch);

/* Appends what is to stand in the place of a batch; nothing: it stays as it is. */
typedef int spool_change(const void *context, struct bytes batch, struct buffer *ret_batch);

/*
 * Changes batches where they wait, sent ones that are still held too, under the numbers that they
 * have: for texts that must be kept nowhere (docs/formats/spool.md), and for nothing else. A
 * segment is replaced as a whole; on a fault those before it are changed, and it can be called
 * again.
 */
RESULT spool_rewrite(struct spool *spool, spool_change *change, const void *context,
                     uint64_t *ret_changed);

/* Drops what is too old. Called now and then. */
RESULT spool_trim(struct spool *spool, int64_t now_at);

struct spool_gap {
    enum batch_gap_reason reason;
    int64_t from_at;
    int64_t to_at;
    uint64_t spans; /* 0: not known */
};

/* The next thing that was lost and not told yet, or false. */
bool spool_gap(struct spool *spool, struct spool_gap *ret_gap);

uint64_t spool_waiting(const struct spool *spool);       /* records */
uint64_t spool_waiting_spans(const struct spool *spool); /* spans in them */
int64_t spool_oldest_at(const struct spool *spool);      /* 0: nothing waits */
