/*
 * Stepping up: a session that is signed in proves its second factor again, for what asks for one
 * that was proven just now
 *
 * The session goes on under another token, so that whoever had the old one gains nothing by it.
 */

#include "base/wipe.h"
#include "routes.h"
#include "server/serve/api/factor.h"
#include "server/serve/api/signin.h"
#include "server/serve/serve.h"

enum { STEP_UP_OVER = 230 /* the session has ended meanwhile, or never was signed in */ };

struct stepping {
    struct api_call *call;
    struct access_limits limits;
    char token[ACCESS_TOKEN_SIZE];
};

static int renew(struct records_tx *tx, void *context)
{
    struct stepping *stepping = context;
    struct api_call *call = stepping->call;
    struct access_session *session = &call->who.session;
    struct api_entry entry = {.action = "login.step_up"};
    const char *factor = "";
    int r = access_session_find(tx, call->who.token, &stepping->limits, call->now, call->arena,
                                session);

    if (r || session->record.stage != RECORDS_STAGE_SIGNED_IN || !session->user.totp_confirmed)
        return r < 0 ? r : STEP_UP_OVER;
    r = factor_judge(tx, call, &session->user, api_body_text(call, "code"), &factor);
    entry.factors = text_of(factor);
    if (!r)
        r = access_session_renew(tx, session, call->now, stepping->token);
    return r ? r : api_audit(tx, call, &entry);
}

static int refuse(struct api_call *call, int outcome)
{
    struct api_entry entry = {.action = "login.totp_failed", .outcome = AUDIT_DENIED};
    int r;

    if (outcome != FACTOR_WRONG)
        return api_problem(call, 401, "signed-out", "Nobody is signed in",
                           "Sign in, and try again.");
    r = api_audit_alone(call, &entry);
    /* Not 401: the session stays what it was. */
    return r ? r
             : api_problem(call, 403, "fresh-code", "The code does not fit",
                           "Give the code that your authenticator shows now; each works once.");
}

static int reply(struct api_call *call, struct stepping *stepping)
{
    int r = signin_set_cookie(call, stepping->token);

    if (!r)
        r = signin_reply(call, text_of(stepping->token));
    wipe(stepping->token, sizeof stepping->token);
    events_audit(call->serve->events);
    return r;
}

int api_step_up(struct api_call *call)
{
    struct stepping stepping = {.call = call, .limits = settings_limits(call->serve->settings)};
    struct backoff_try attempt = factor_try(call);
    int64_t wait;
    int r;

    if (call->who.session.record.stage != RECORDS_STAGE_SIGNED_IN)
        return api_problem(call, 409, "stage", "This is not the step that comes next",
                           "Reload the page: it shows where the sign-in stands.");
    wait = backoff_begin(call->serve->backoff, &attempt, call->now);
    if (wait)
        return factor_refuse_limited(call, wait);
    r = records_act(call->serve->records, renew, &stepping);
    if (r == 0)
        backoff_succeeded(call->serve->backoff, &attempt);
    else if (r != FACTOR_WRONG)
        backoff_take_back(call->serve->backoff, &attempt);
    if (r < 0)
        return r;
    return r ? refuse(call, r) : reply(call, &stepping);
}
