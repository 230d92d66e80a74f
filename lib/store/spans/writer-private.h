#pragma once

/* Inside the writer: what a batch puts into the tables, in the transaction that is open. */

#include "store/spans/embedded-private.h"

/* 0, SPANS_REPEATED, SPANS_STALE, or a fault; on a fault the caller undoes what was done. */
RESULT writer_put(struct writer *writer, struct job *job);

/* The key of a day; made when it is absent. Outcome: KEYRING_DESTROYED. */
RESULT writer_day_key(struct writer *writer, int32_t day, uint8_t ret_key[KEYRING_KEY_SIZE]);

/* What a batch tells of rules (evidence_rows.c). */
RESULT evidence_put(struct writer *writer, const struct job *job);
/* Whether after a fault the disk can still be believed. */
bool writer_disk_holds(int r);

/* ---- writer-rewrite.c ---- */

/* A day that is to be rewritten; result is set on 0. */
struct rewriting {
    int32_t day;
    spans_judge *judge;
    const void *context;
    struct text instead;
    struct spans_rewritten result;
};

/* A job_task. */
int writer_rewrite(struct writer *writer, void *rewriting);
