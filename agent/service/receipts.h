#pragma once

/*
 * Receipts: what redaction did on each of the last days, added up from the batches that entered the
 * spool, and signed with the device's key (docs/formats/receipt.md)
 *
 * Kept in a sealed file, so that a restart loses nothing: batches that entered after it was written
 * are added again from the spool. Time is a parameter.
 */

#include "audit/receipt.h"
#include "base/cleanup.h"
#include "common/canary.h"
#include "service/identity.h"
#include "service/spool.h"
#include "wire/batch.h"

#define RECEIPTS_EVERY_MS                                                                          \
    ((int64_t)15 * 60 * 1000)                        /* a provisional one, when something changed  \
                                                      */
#define RECEIPTS_SETTLE_MS ((int64_t)10 * 60 * 1000) /* after midnight UTC */

enum {
    RECEIPTS_NONE = 1, /* none is due */
};

struct receipts;

/* Recalls what was kept, and adds what the spool has beyond it. identity and spool are borrowed. */
RESULT receipts_new(struct receipts **ret_receipts, const char *directory,
                    const struct identity *identity, struct spool *spool, int64_t now_at);
struct receipts *receipts_free(struct receipts *receipts);
DEFINE_CLEANUP(struct receipts *, receipts_free)

/* A batch entered the spool. */
RESULT receipts_batch(struct receipts *receipts, struct bytes batch);

/* Canaries ran. */
void receipts_canaries(struct receipts *receipts, const struct canary_verdict *verdict,
                       int64_t now_at);

/* Something of those days was lost: they are not whole. */
void receipts_lost(struct receipts *receipts, int64_t from_at, int64_t to_at);

/* The server wants the newest of today. */
void receipts_ask(struct receipts *receipts);
bool receipts_asked(const struct receipts *receipts);

/*
 * The next receipt that is due, signed; kept before it leaves. Only when every batch was sent.
 * RECEIPTS_NONE.
 */
RESULT receipts_next(struct receipts *receipts, int64_t now_at, struct buffer *ret_signed);
/* When one is due at the earliest, if nothing else happens. */
int64_t receipts_wake_at(const struct receipts *receipts, int64_t now_at);
/* It is the server's now, or will never be. */
void receipts_done(struct receipts *receipts, int64_t now_at);

/* It could not be sent: it is due again. */
void receipts_failed(struct receipts *receipts);

/* Writes down what changed. */
RESULT receipts_store(struct receipts *receipts);
