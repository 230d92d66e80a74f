#pragma once

/* Inside the writer: what a batch puts into the tables, in the transaction that is open. */

#include "store/spans/embedded-private.h"

/* 0, SPANS_REPEATED, SPANS_STALE, or a fault; on a fault the caller undoes what was done. */
RESULT writer_put(struct writer *writer, struct job *job);

/* The key of a day; made when it is absent. Outcome: KEYRING_DESTROYED. */
RESULT writer_day_key(struct writer *writer, int32_t day, uint8_t ret_key[KEYRING_KEY_SIZE]);

/* What a batch tells of rules (evidence_rows.c). */
RESULT evidence_put(struct writer *writer, const struct job *job);
