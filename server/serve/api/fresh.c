#include "server/serve/api/fresh.h"

#include "server/serve/api/factor.h"
#include "server/serve/serve.h"

/* The user as they are now; the step that matched is kept with the judgement. */
static int judge_code(struct records_tx *tx, void *context)
{
    struct api_call *call = context;
    const char *factor;
    struct records_user user;
    int r = records_user_get(tx, call->who.session.user.id, call->arena, &user);

    if (r)
        return r;
    return user.totp_confirmed ? factor_judge(tx, call, &user, api_body_text(call, "code"), &factor)
                               : FACTOR_WRONG;
}

static int refuse_code(struct api_call *call)
{
    int r = api_audit_denied(call, "code");

    return r ? r
             : api_problem(call, 403, "fresh-code", "The code does not fit",
                           "Give the code that your authenticator shows now; each works once.");
}

RESULT fresh_check(struct api_call *call, bool *ret_pass)
{
    struct backoff_try attempt = factor_try(call);
    int64_t wait;
    int r;

    *ret_pass = call->who.kind == WHO_OPERATOR;
    if (*ret_pass)
        return 0;
    if (api_body_text(call, "code").len == 0)
        return api_problem(call, 403, "fresh-code", "A fresh code is needed",
                           "Give the code that your authenticator shows now, as \"code\".");
    wait = backoff_begin(call->serve->backoff, &attempt, call->now);
    if (wait)
        return factor_refuse_limited(call, wait);
    r = records_act(call->serve->records, judge_code, call);
    if (r == FACTOR_WRONG)
        return refuse_code(call);
    if (r) {
        backoff_take_back(call->serve->backoff, &attempt);
        return r < 0 ? r : FAULT(ERR_CORRUPT);
    }
    backoff_succeeded(call->serve->backoff, &attempt);
    *ret_pass = true;
    return 0;
}
