#pragma once

/* The signed receipts of computers that counted a trial: is what they counted in them? */

#include "server/serve/api/call.h"
#include "server/serve/trial/trials.h"

struct trial_receipt {
    bool there; /* false: it has made none yet */
    int32_t day;
    uint32_t revision;
    bool final;
    int64_t made_at;
    enum records_verdict verdict;
    bool covers; /* it was signed over the batches that counted the trial */
};

/* The newest of each computer in seen, as many and in that order. */
RESULT trial_receipts_read(struct records_tx *tx, const struct trial_state *state,
                           struct arena *arena, struct trial_receipt **ret_receipts);

/* As a member "receipt"; null when there is none. */
void trial_receipt_write(const struct trial_receipt *receipt, struct json_out *out);
