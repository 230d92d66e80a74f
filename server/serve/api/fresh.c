#include "server/serve/api/fresh.h"

#include "crypto/totp.h"
#include "server/serve/serve.h"

enum { FRESH_CODE = 100 /* it does not fit, or was used */ };

/* The user as they are now; the step that matched is kept with the judgement. */
static int judge_code(struct records_tx *tx, void *context)
{
    struct api_call *call = context;
    struct records_user user;
    int r = records_user_get(tx, call->who.session.user.id, call->arena, &user);

    if (r)
        return r;
    if (!user.totp_confirmed || user.totp_seed.len != TOTP_SEED_SIZE)
        return FRESH_CODE;
    r = totp_check(user.totp_seed, api_body_text(call, "code"), call->now, user.totp_last_step,
                   &user.totp_last_step);
    if (r)
        return r < 0 ? r : FRESH_CODE;
    return records_user_set(tx, &user);
}

static int refuse_code(struct api_call *call)
{
    struct api_entry entry = {.action = "access.denied",
                              .target = text_of(call->route->operation),
                              .outcome = AUDIT_DENIED,
                              .detail = text_of("{\"reason\":\"code\"}")};
    int r = api_audit_alone(call, &entry);

    return r ? r
             : api_problem(call, 403, "fresh-code", "The code does not fit",
                           "Give the code that your authenticator shows now; each works once.");
}

static int refuse_limited(struct api_call *call, int64_t wait_ms)
{
    struct text seconds = arena_print(call->arena, "%lld", (long long)((wait_ms + 999) / 1000));

    if (!seconds.at)
        return FAULT(ERR_MEMORY);
    http_reply_header(call->request, "Retry-After", seconds);
    return api_problem(call, 429, "too-many-tries", "Too many tries",
                       "Wait as long as Retry-After says, then try again.");
}

RESULT fresh_check(struct api_call *call, bool *ret_pass)
{
    struct backoff_try attempt = {.what = BACKOFF_CODE,
                                  .name = call->who.session.user.name,
                                  .source = http_source(call->request)};
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
        return refuse_limited(call, wait);
    r = records_act(call->serve->records, judge_code, call);
    if (r == FRESH_CODE)
        return refuse_code(call);
    if (r) {
        backoff_take_back(call->serve->backoff, &attempt);
        return r < 0 ? r : FAULT(ERR_CORRUPT);
    }
    backoff_succeeded(call->serve->backoff, &attempt);
    *ret_pass = true;
    return 0;
}
