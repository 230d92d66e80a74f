#pragma once

/*
 * From a decoded batch, which nobody believes, to one that the store takes: redacted again,
 * bounded, cut at midnight UTC. Pure: accounts are given, time is a parameter.
 */

#include "base/arena.h"
#include "redact/denied.h"
#include "redact/redact.h"
#include "server/serve/ingest/accounts.h"
#include "store/spans/spans.h"
#include "wire/batch.h"

/* A clock that is further off than this is flagged. */
#define PREPARE_SKEW_MS (10 * 60 * 1000)

enum {
    PREPARE_NAME = 1, /* not a login name: empty, too long, not UTF-8, or with control characters */
};

/* Texts of a batch, on one day, in which a rule of ours found something that a device with these
 * rules removes in any profile. */
struct prepare_missed {
    int32_t day;
    enum redact_kind kind;
    const char *rule;
    uint64_t count;
};

#define PREPARE_MISSED_MAX 256

struct prepare {
    const struct redactor *redactor; /* strict: what is kept went through it */
    const struct redactor *balanced; /* what it finds, every device should have removed */
    const struct denied *denied;     /* texts that hold one of these are not kept */
    const struct batch *batch;
    const struct account_known *accounts; /* as many as the batch's, in its order */
    int64_t now;
    int64_t retention_ms;
    int64_t enrolled_at;
    struct arena *arena;
    struct prepare_missed missed[PREPARE_MISSED_MAX]; /* out */
    size_t missed_count;
};

/*
 * Makes the store's batch; everything is in the arena. ret_changed: texts that redaction changed
 * once more. Those in which the balanced redactor finds something too are missed: nothing is kept
 * of such a title, and of a name of an application or site what redaction leaves.
 */
RESULT prepare_batch(struct prepare *prepare, struct spans_batch *ret_batch, uint64_t *ret_changed);

/* A login name, which names a member of the workforce and no patient: checked, not redacted.
 * Outcome: PREPARE_NAME. */
RESULT prepare_account_name(struct raw_text name, struct arena *arena, struct text *ret_name);
