/*
 * Signing in by a passkey
 *
 *     after the password      the second factor: a touch is enough, since the password was given
 *     instead of both         the authenticator verifies its user (a PIN or a finger), and chooses
 *                             who they are
 *     signed in already       the second factor once more (step_up.c says why)
 */

#include "base/wipe.h"
#include "routes.h"
#include "server/serve/api/factor.h"
#include "server/serve/api/passkeys.h"
#include "server/serve/api/signin.h"
#include "server/serve/serve.h"

enum {
    PASSKEY_OVER = 280, /* the session, or who would have had one, is not there any more */
    PASSKEY_STAGE,      /* this is not the step that comes next */
};

struct proving {
    struct api_call *call;
    struct access_limits limits;
    struct passkeys_proof proof;
    char token[ACCESS_TOKEN_SIZE];
    uint64_t ended; /* number of the session that ended for the new one; 0: none */
};

/* ---- what is asked ---- */

struct own {
    struct api_call *call;
    struct records_passkey *passkeys;
    size_t count;
};

static int list(struct records_tx *tx, void *context)
{
    struct own *own = context;

    return records_passkey_list(tx, own->call->who.session.user.id, own->call->arena,
                                &own->passkeys, &own->count);
}

static int reply_question(struct api_call *call, enum challenge_purpose purpose,
                          const struct webauthn_party *party, const struct own *own)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    uint8_t challenge[CHALLENGE_SIZE];
    int r = passkeys_ask(call, purpose, challenge);

    if (r)
        return r;
    json_out_object(&out, NULL);
    json_out_base64url(&out, "challenge", (struct bytes){challenge, sizeof challenge});
    json_out_text(&out, "party", party->id);
    passkeys_write_allowed(&out, "allow", party, own->passkeys, own->count);
    json_out_boolean(&out, "verified", purpose == CHALLENGE_SIGN_IN);
    json_out_integer(&out, "timeout_ms", PASSKEYS_TIMEOUT_MS);
    json_out_object_end(&out);
    return api_reply(call, 200, &out);
}

static int refuse_stage(struct api_call *call)
{
    return api_problem(call, 409, "stage", "This is not the step that comes next",
                       "Reload the page: it shows where the sign-in stands.");
}

static bool any_of(const struct own *own, const struct webauthn_party *party)
{
    for (size_t i = 0; i < own->count; i++)
        if (text_equal(own->passkeys[i].party, party->id))
            return true;
    return false;
}

int api_ask_passkey(struct api_call *call)
{
    struct webauthn_party party;
    struct own own = {.call = call};
    int r;

    if (call->who.session.record.stage == RECORDS_STAGE_TOTP_ENROL)
        return refuse_stage(call);
    r = passkeys_party(call, &party);
    if (r)
        return r < 0 ? r : passkeys_refuse_nameless(call);
    r = records_read(call->serve->records, list, &own);
    if (r)
        return r > 0 ? FAULT(ERR_CORRUPT) : r;
    if (!any_of(&own, &party))
        return api_problem(call, 409, "no-passkey", "You have no passkey for this address",
                           "Use the code of your authenticator.");
    return reply_question(call, CHALLENGE_PROVE, &party, &own);
}

/* Nobody's: whoever asks learns nothing of who is there. */
int api_ask_passkey_alone(struct api_call *call)
{
    const struct own nobody = {.call = call};
    struct webauthn_party party;
    int r = passkeys_party(call, &party);

    if (r)
        return r < 0 ? r : passkeys_refuse_nameless(call);
    return reply_question(call, CHALLENGE_SIGN_IN, &party, &nobody);
}

/* ---- what is answered ---- */

/* The session that gave the password goes on signed in; one that was signed in goes on fresh. */
static int prove(struct records_tx *tx, void *context)
{
    struct proving *proving = context;
    struct api_call *call = proving->call;
    struct access_session *session = &call->who.session;
    struct api_entry entry = {.action = "login", .factors = text_of("password+passkey")};
    struct signin_as as = {.stage = RECORDS_STAGE_SIGNED_IN, .limits = proving->limits};
    int r =
        access_session_find(tx, call->who.token, &proving->limits, call->now, call->arena, session);

    if (r)
        return r < 0 ? r : PASSKEY_OVER;
    if (session->record.stage == RECORDS_STAGE_TOTP_ENROL)
        return PASSKEY_STAGE;
    proving->proof.user = session->user.id;
    r = passkeys_judge(tx, call, &proving->proof);
    if (r)
        return r;
    if (session->record.stage == RECORDS_STAGE_SIGNED_IN) {
        entry = (struct api_entry){.action = "login.step_up", .factors = text_of("passkey")};
        r = access_session_renew(tx, session, call->now, proving->token);
    } else {
        as.user = session->user.id;
        r = signin_begin(tx, call, &as, proving->token, &proving->ended);
    }
    return r ? r : api_audit(tx, call, &entry);
}

/* Whoever it is the passkey of is still there; a session that came along ends. */
static int sign_in_alone(struct records_tx *tx, void *context)
{
    struct proving *proving = context;
    struct api_call *call = proving->call;
    struct api_entry entry = {.action = "login", .factors = text_of("passkey")};
    struct signin_as as = {.stage = RECORDS_STAGE_SIGNED_IN, .limits = proving->limits};
    struct records_user user;
    int r = passkeys_judge(tx, call, &proving->proof);

    if (!r)
        r = records_user_get(tx, proving->proof.passkey.user, call->arena, &user);
    if (r)
        return r;
    /* A link that was made, but not used yet, leaves both factors as they are. */
    if (user.disabled_at || !user.password_hash.len) {
        proving->proof.reason = "user";
        return PASSKEY_WRONG;
    }
    as.user = user.id;
    r = signin_begin(tx, call, &as, proving->token, &proving->ended);
    return r ? r : api_audit(tx, call, &entry);
}

static int reply(struct api_call *call, struct proving *proving)
{
    int r = signin_set_cookie(call, proving->token);

    if (!r)
        r = signin_reply(call, text_of(proving->token));
    wipe(proving->token, sizeof proving->token);
    if (!r && proving->ended)
        events_end_session(call->serve->events, proving->ended);
    events_audit(call->serve->events);
    return r;
}

static int refuse(struct api_call *call, int outcome, const struct proving *proving)
{
    bool stays =
        call->who.kind == WHO_USER && call->who.session.record.stage == RECORDS_STAGE_SIGNED_IN;

    if (outcome == PASSKEY_STAGE)
        return refuse_stage(call);
    if (outcome != PASSKEY_WRONG)
        return api_problem(call, 401, "signed-out", "Nobody is signed in",
                           "Sign in, and try again.");
    /* Not 401 where a session stays what it was. */
    return passkeys_refuse(call, stays ? 403 : 401, &proving->proof);
}

static int act(struct api_call *call, struct proving *proving, records_job *job,
               struct backoff_try attempt)
{
    int64_t wait;
    int r = passkeys_party(call, &proving->proof.party);

    if (r)
        return r < 0 ? r : passkeys_refuse_nameless(call);
    wait = backoff_begin(call->serve->backoff, &attempt, call->now);
    if (wait)
        return factor_refuse_limited(call, wait);
    r = records_act(call->serve->records, job, proving);
    if (r == 0)
        backoff_succeeded(call->serve->backoff, &attempt);
    else if (r != PASSKEY_WRONG)
        backoff_take_back(call->serve->backoff, &attempt);
    if (r < 0)
        return r;
    return r ? refuse(call, r, proving) : reply(call, proving);
}

int api_prove_passkey(struct api_call *call)
{
    struct proving proving = {.call = call,
                              .limits = settings_limits(call->serve->settings),
                              .proof = {.purpose = CHALLENGE_PROVE}};
    struct backoff_try attempt = factor_try(call);

    if (call->who.session.record.stage == RECORDS_STAGE_TOTP_ENROL)
        return refuse_stage(call);
    attempt.what = BACKOFF_PASSKEY;
    return act(call, &proving, prove, attempt);
}

int api_sign_in_by_passkey(struct api_call *call)
{
    struct proving proving = {.call = call,
                              .limits = settings_limits(call->serve->settings),
                              .proof = {.purpose = CHALLENGE_SIGN_IN}};
    const struct backoff_try attempt = {.what = BACKOFF_PASSKEY,
                                        .source = http_source(call->request)};

    return act(call, &proving, sign_in_alone, attempt);
}
