#pragma once

/*
 * The second factor of a user who has one: signing in, stepping up and what cannot be undone all
 * judge it here
 */

#include "server/serve/api/call.h"

enum {
    FACTOR_WRONG = 220, /* it does not fit, or was used */
};

/* Judges a code of the user's authenticator, or one of their recovery codes, as the job finds them;
 * what was used up is kept with the judgement. *ret_factor: "totp" or "recovery", for the audit
 * log. Outcome: FACTOR_WRONG. */
RESULT factor_judge(struct records_tx *tx, const struct api_call *call, struct records_user *user,
                    struct text code, const char **ret_factor);

/* Of the authenticator only: to set one up proves that it works. Outcome: FACTOR_WRONG. */
RESULT factor_judge_totp(struct records_tx *tx, const struct api_call *call,
                         struct records_user *user, struct text code);

/* Who tries, for the back-off. */
struct backoff_try factor_try(struct api_call *call);

/* Too many tries: answers with Retry-After. */
RESULT factor_refuse_limited(struct api_call *call, int64_t wait_ms);
