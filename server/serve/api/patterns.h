#pragma once

/* The organisation's own patterns and safe words in the API: checked, told, audited. */

#include "activity/policy.h"
#include "server/serve/api/call.h"

enum {
    PATTERNS_REFUSED = 1, /* the problem is on its way */
};

/* What the policy in force says, in the caller's arena. */
RESULT policy_in_force(struct api_call *call, struct arena *arena, struct policy *ret_policy);

/* Refuses documents that do not compile, as a problem of the field that holds the place. */
RESULT patterns_judge(struct api_call *call, struct text patterns, struct text words);

/* An entry for each pattern, list and the safe words that differ: a pattern before and after, of
 * lists and words how many there are and which (SHA-256). */
RESULT patterns_audit(struct records_tx *tx, const struct api_call *call,
                      const struct policy *before, const struct policy *after);
