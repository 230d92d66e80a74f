/*
 * Signing in and out: links, password, second factor. The diagram is in access/session.h.
 *
 * What was read before a job may be over when the job runs: hashing a password takes long enough
 * for somebody to be disabled. So each job reads user, session and link again, judges them there,
 * and changes only what its step is about.
 */

#include <stdio.h>

#include "access/slots.h"
#include "base/wipe.h"
#include "crypto/password.h"
#include "crypto/totp.h"
#include "os/secret.h"
#include "routes.h"
#include "server/serve/api/factor.h"
#include "server/serve/api/people.h"
#include "server/serve/api/signin.h"
#include "server/serve/serve.h"
#include "server/serve/setup_link.h"

/* The order of RECORDS_STAGE_*. */
static const char *const stage_words[] = {"totp", "totp_enrol", "signed_in"};

/* ---- the answer ---- */

static int write_session(struct api_call *call, struct json_out *out, const char *csrf)
{
    const struct access_session *session = &call->who.session;

    json_out_object(out, NULL);
    json_out_string(out, "stage", stage_words[session->record.stage]);
    api_write_user(out, "user", &session->user);
    json_out_array(out, "permissions");
    for (unsigned i = 0; i < ACCESS_PERMISSION_COUNT; i++)
        if (api_may(call, (enum access_permission)i))
            json_out_string(out, NULL, access_permission_word((enum access_permission)i));
    json_out_array_end(out);
    json_out_array(out, "factors");
    if (session->user.totp_confirmed)
        json_out_string(out, NULL, "totp");
    if (session->user.passkeys)
        json_out_string(out, NULL, "passkey");
    json_out_array_end(out);
    json_out_string(out, "csrf", csrf);
    json_out_moment(out, "idle_expires_at", session->idle_expires_at);
    json_out_moment(out, "expires_at", session->expires_at);
    json_out_moment_or_null(out, "factor_at", session->record.factor_at);
    json_out_object_end(out);
    return buffer_check(&out->buffer);
}

RESULT signin_reply(struct api_call *call, struct text token)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    char csrf[ACCESS_TOKEN_SIZE];
    int r = access_token_csrf(token, csrf);

    if (!r)
        r = write_session(call, &out, csrf);
    wipe(csrf, sizeof csrf);
    return r ? (r < 0 ? r : FAULT(ERR_SYSTEM)) : api_reply(call, 200, &out);
}

RESULT signin_set_cookie(struct api_call *call, const char *token)
{
    struct text cookie =
        arena_print(call->arena, "%s=%s; Path=/; Secure; HttpOnly; SameSite=Strict%s",
                    API_SESSION_COOKIE, token, token[0] ? "" : "; Max-Age=0");

    if (!cookie.at)
        return FAULT(ERR_MEMORY);
    http_reply_header(call->request, "Set-Cookie", cookie);
    return 0;
}

/* ---- a session at a new stage ---- */

/* Outcomes of the jobs. */
enum {
    STEP_OVER = 200, /* user, session or link is not there any more, or not as it was */
    STEP_STAGE,      /* another step comes next */
    STEP_SEED,       /* there is no second factor yet */
};

/* What every step of signing in does in its one transaction. */
struct step {
    struct api_call *call;
    struct records_user user; /* as the job found or made it */
    enum records_stage stage; /* of the new session */
    struct api_entry entry;
    struct access_limits limits;
    char token[ACCESS_TOKEN_SIZE];
    uint64_t ended;            /* number of the session that ended for the new one; 0: none */
    struct text password_hash; /* judged, or new with a link */
    enum records_stage from;   /* of a code: where the session has to be */
    /* of a link */
    struct hash link;
    bool first;
    struct text display_name; /* empty: as it is */
};

RESULT signin_begin(struct records_tx *tx, struct api_call *call, const struct signin_as *as,
                    char ret_token[ACCESS_TOKEN_SIZE], uint64_t *ret_ended)
{
    uint64_t ended = 0;
    uint64_t number;
    int r = 0;

    if (call->who.kind == WHO_USER) {
        ended = call->who.session.record.number;
        r = records_session_remove(tx, &call->who.session.record.token_hash);
    }
    if (r < 0)
        return r;
    r = access_session_begin(tx, as->user, as->stage, http_source(call->request), call->now,
                             ret_token, &number);
    if (!r)
        r = access_session_find(tx, text_of(ret_token), &as->limits, call->now, call->arena,
                                &call->who.session);
    if (r)
        return r;
    call->who.kind = WHO_USER;
    *ret_ended = ended;
    return 0;
}

static int begin(struct records_tx *tx, struct step *step)
{
    const struct signin_as as = {step->user.id, step->stage, step->limits};
    int r = signin_begin(tx, step->call, &as, step->token, &step->ended);

    return r ? r : api_audit(tx, step->call, &step->entry);
}

/* The session of the request as it is now, at the stage that the step begins from. */
static int find_again(struct records_tx *tx, struct step *step)
{
    struct api_call *call = step->call;
    int r = access_session_find(tx, call->who.token, &step->limits, call->now, call->arena,
                                &call->who.session);

    if (r)
        return r < 0 ? r : STEP_OVER;
    step->user = call->who.session.user;
    return call->who.session.record.stage == step->from ? 0 : STEP_STAGE;
}

static int finish_step(struct api_call *call, struct step *step, int r)
{
    if (!r)
        r = signin_set_cookie(call, step->token);
    if (!r)
        r = signin_reply(call, text_of(step->token));
    wipe(step->token, sizeof step->token);
    if (!r && step->ended)
        events_end_session(call->serve->events, step->ended);
    events_audit(call->serve->events);
    return r > 0 ? FAULT(ERR_CORRUPT) : r;
}

/* ---- limits ---- */

/* Each hashing takes 64 MiB and a core for 150 ms, and holds a worker, of which others need one. */
#define HASHINGS_AT_ONCE 2
#define HASHINGS_WAITING 1
#define HASHING_WAIT_MS 5000

static struct slots hashings = SLOTS_INIT(HASHINGS_AT_ONCE, HASHINGS_WAITING);

static int check_password(struct text password, const char *hash)
{
    int r = slots_take(&hashings, HASHING_WAIT_MS);

    if (r)
        return r;
    r = password_check(password, hash);
    slots_give(&hashings);
    return r;
}

static int hash_password(struct text password, char ret_hash[PASSWORD_HASH_SIZE])
{
    int r = slots_take(&hashings, HASHING_WAIT_MS);

    if (r)
        return r;
    r = password_hash(password, ret_hash);
    slots_give(&hashings);
    return r;
}

static struct backoff_try try_of(struct api_call *call, enum backoff_what what, struct text name)
{
    return (struct backoff_try){.what = what, .name = name, .source = http_source(call->request)};
}

/* ---- password ---- */

struct looking {
    struct api_call *call;
    struct text name;
    struct records_user user;
};

static int look_up(struct records_tx *tx, void *context)
{
    struct looking *looking = context;

    return records_user_find(tx, looking->name, looking->call->arena, &looking->user);
}

static int refuse_password(struct api_call *call, struct text name)
{
    struct api_entry entry = {.action = "login.failed", .target = name, .outcome = AUDIT_DENIED};
    int r = api_audit_alone(call, &entry);

    if (r)
        return r;
    return api_problem(call, 401, "name-or-password", "Name or password is wrong",
                       "Try again, or ask an administrator for a new one-time link.");
}

/* The user is still there, and the password that was judged is still theirs. */
static int take_password(struct records_tx *tx, void *context)
{
    struct step *step = context;
    struct records_user user;
    int r = records_user_get(tx, step->user.id, step->call->arena, &user);

    if (r)
        return r < 0 ? r : STEP_OVER;
    if (user.disabled_at || !text_equal(user.password_hash, step->password_hash))
        return STEP_OVER;
    step->user = user;
    step->stage = user.totp_confirmed ? RECORDS_STAGE_TOTP : RECORDS_STAGE_TOTP_ENROL;
    return begin(tx, step);
}

/* Judges the password of whoever was looked up; with none the same time passes. */
static int judge_password_of(struct api_call *call, const struct records_user *user)
{
    bool there = user && !user->disabled_at && user->password_hash.len;
    int r = check_password(api_body_text(call, "password"),
                           there ? user->password_hash.at : password_nobody());

    return r == 0 && !there ? PASSWORD_WRONG : r;
}

int api_sign_in(struct api_call *call)
{
    struct looking looking = {.call = call, .name = api_body_text(call, "name")};
    struct step step = {.call = call, .limits = settings_limits(call->serve->settings)};
    struct backoff_try attempt = try_of(call, BACKOFF_PASSWORD, looking.name);
    int64_t wait = backoff_begin(call->serve->backoff, &attempt, call->now);
    int r;

    if (wait)
        return factor_refuse_limited(call, wait);
    r = records_read(call->serve->records, look_up, &looking);
    if (r >= 0)
        r = judge_password_of(call, r ? NULL : &looking.user);
    if (r == 0) {
        step.user = looking.user;
        step.password_hash = looking.user.password_hash;
        step.entry = (struct api_entry){.action = "login.password", .factors = text_of("password")};
        r = records_act(call->serve->records, take_password, &step);
    }
    /* Right, of somebody who was changed meanwhile: it was no guess. */
    if (r == STEP_OVER)
        backoff_take_back(call->serve->backoff, &attempt);
    if (r == PASSWORD_WRONG || r == STEP_OVER)
        return refuse_password(call, looking.name);
    if (r < 0)
        backoff_take_back(call->serve->backoff, &attempt);
    else
        backoff_succeeded(call->serve->backoff, &attempt);
    return finish_step(call, &step, r);
}

/* ---- session ---- */

int api_get_session(struct api_call *call)
{
    return signin_reply(call, call->who.token);
}

static int end(struct records_tx *tx, void *context)
{
    struct api_call *call = context;
    struct api_entry entry = {.action = "logout"};
    int r = records_session_remove(tx, &call->who.session.record.token_hash);

    return r < 0 ? r : api_audit(tx, call, &entry);
}

int api_sign_out(struct api_call *call)
{
    int r = records_act(call->serve->records, end, call);

    if (!r)
        r = signin_set_cookie(call, "");
    if (r)
        return r;
    events_end_session(call->serve->events, call->who.session.record.number);
    return api_reply_empty(call);
}

/* ---- second factor ---- */

static int refuse_stage(struct api_call *call)
{
    return api_problem(call, 409, "stage", "This is not the step that comes next",
                       "Reload the page: it shows where the sign-in stands.");
}

static int refuse_code(struct api_call *call)
{
    struct api_entry entry = {.action = "login.totp_failed", .outcome = AUDIT_DENIED};
    int r = api_audit_alone(call, &entry);

    if (r)
        return r;
    return api_problem(call, 401, "code", "The code does not fit",
                       "Wait for the next code of your authenticator. If none fits, check the "
                       "clock of the device that shows it.");
}

static int refuse_step(struct api_call *call, int outcome)
{
    if (outcome == FACTOR_WRONG)
        return refuse_code(call);
    if (outcome == STEP_STAGE)
        return refuse_stage(call);
    if (outcome == STEP_SEED)
        return api_problem(call, 409, "no-seed", "There is no second factor to confirm yet",
                           "Begin setting it up first.");
    return api_problem(call, 401, "signed-out", "Nobody is signed in", "Sign in, and try again.");
}

/* Of all that give one code at once, one finds session and step as they were. */
static int take_code(struct records_tx *tx, void *context)
{
    struct step *step = context;
    struct api_call *call = step->call;
    const char *factor = "";
    int r = find_again(tx, step);

    if (r)
        return r;
    if (step->user.totp_confirmed != (step->from == RECORDS_STAGE_TOTP))
        return STEP_STAGE;
    if (step->user.totp_seed.len != TOTP_SEED_SIZE)
        return STEP_SEED;
    if (step->from == RECORDS_STAGE_TOTP) {
        r = factor_judge(tx, call, &step->user, api_body_text(call, "code"), &factor);
        step->entry.factors = arena_print(call->arena, "password+%s", factor);
    } else {
        step->user.totp_confirmed = true;
        r = factor_judge_totp(tx, call, &step->user, api_body_text(call, "code"));
    }
    return r ? r : begin(tx, step);
}

/* Judges the code and, when it fits, signs in; the step that matched is kept with it. */
static int give_code(struct api_call *call, enum records_stage from, const char *action)
{
    struct step step = {.call = call,
                        .from = from,
                        .stage = RECORDS_STAGE_SIGNED_IN,
                        .limits = settings_limits(call->serve->settings),
                        .entry = {.action = action, .factors = text_of("password+totp")}};
    struct backoff_try attempt = factor_try(call);
    int64_t wait;
    int r;

    if (call->who.session.record.stage != from)
        return refuse_stage(call);
    wait = backoff_begin(call->serve->backoff, &attempt, call->now);
    if (wait)
        return factor_refuse_limited(call, wait);
    r = records_act(call->serve->records, take_code, &step);
    if (r == 0)
        backoff_succeeded(call->serve->backoff, &attempt);
    else if (r != FACTOR_WRONG)
        backoff_take_back(call->serve->backoff, &attempt);
    return r >= STEP_OVER ? refuse_step(call, r) : finish_step(call, &step, r);
}

int api_check_totp(struct api_call *call)
{
    return give_code(call, RECORDS_STAGE_TOTP, "login");
}

static int reply_seed(struct api_call *call, const uint8_t seed[TOTP_SEED_SIZE])
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(4096);
    struct text name = call->who.session.user.name;
    struct text uri;
    char base32[33];

    totp_seed_print(seed, base32);
    uri = arena_print(call->arena, "otpauth://totp/Ward:%.*s?secret=%s&issuer=Ward", (int)name.len,
                      name.at, base32);
    if (!uri.at)
        return FAULT(ERR_MEMORY);
    json_out_object(&out, NULL);
    json_out_string(&out, "seed", base32);
    json_out_text(&out, "uri", uri);
    json_out_object_end(&out);
    wipe(base32, sizeof base32);
    return api_reply(call, 200, &out);
}

struct seeding {
    struct step step;
    uint8_t seed[TOTP_SEED_SIZE];
};

static int keep_seed(struct records_tx *tx, void *context)
{
    struct seeding *seeding = context;
    struct records_user *user = &seeding->step.user;
    int r = find_again(tx, &seeding->step);

    if (r)
        return r;
    /* Confirmed meanwhile: whoever has only the password does not take it away again. */
    if (user->totp_confirmed)
        return STEP_STAGE;
    user->totp_seed = (struct bytes){.at = seeding->seed, .len = sizeof seeding->seed};
    user->totp_last_step = 0;
    r = records_user_set(tx, user);
    return r ? r : api_audit(tx, seeding->step.call, &seeding->step.entry);
}

int api_begin_totp(struct api_call *call)
{
    struct seeding seeding = {.step = {.call = call,
                                       .from = RECORDS_STAGE_TOTP_ENROL,
                                       .limits = settings_limits(call->serve->settings),
                                       .entry = {.action = "totp.enrol",
                                                 .factors = text_of("password"),
                                                 .detail = text_of("{\"step\":\"seed\"}")}}};
    int r = secret_random(seeding.seed, sizeof seeding.seed);

    if (!r)
        r = records_act(call->serve->records, keep_seed, &seeding);
    if (!r)
        r = reply_seed(call, seeding.seed);
    wipe(seeding.seed, sizeof seeding.seed);
    events_audit(call->serve->events);
    if (r >= STEP_OVER)
        return refuse_step(call, r);
    return r > 0 ? FAULT(ERR_CORRUPT) : r;
}

int api_confirm_totp(struct api_call *call)
{
    return give_code(call, RECORDS_STAGE_TOTP_ENROL, "totp.enrol");
}

/* ---- one-time links ---- */

struct link_state {
    struct api_call *call;
    struct hash hash;
    bool first;
    int64_t expires_at;
    struct records_user user; /* unless first */
};

/* Outcome: RECORDS_ABSENT. */
static int find_link(struct records_tx *tx, void *context)
{
    struct link_state *state = context;
    struct records_link link;
    int r = setup_link_find(tx, &state->hash, &state->expires_at);

    state->first = r == 0;
    if (r <= 0)
        return r;
    r = records_link_find(tx, &state->hash, &link);
    if (r)
        return r;
    state->expires_at = link.expires_at;
    return records_user_get(tx, link.user, state->call->arena, &state->user);
}

static int refuse_link(struct api_call *call)
{
    struct api_entry entry = {.action = "setup.failed", .outcome = AUDIT_DENIED};
    int r = api_audit_alone(call, &entry);

    if (r)
        return r;
    return api_problem(call, 404, "link", "This link does not work any more",
                       "It was used, or its time is over. Ask an administrator for a new one; the "
                       "first administrator's is printed when wardd starts.");
}

/* *ret_found false: answered. */
static int check_link(struct api_call *call, struct link_state *state, bool *ret_found)
{
    struct backoff_try attempt = try_of(call, BACKOFF_LINK, (struct text){0});
    int64_t wait = backoff_begin(call->serve->backoff, &attempt, call->now);
    int r;

    *ret_found = false;
    if (wait)
        return factor_refuse_limited(call, wait);
    r = access_token_hash(api_body_text(call, "token"), &state->hash);
    if (!r)
        r = records_read(call->serve->records, find_link, state);
    if (!r && (call->now >= state->expires_at || (!state->first && state->user.disabled_at)))
        r = STEP_OVER;
    if (r > 0)
        return refuse_link(call);
    backoff_take_back(call->serve->backoff, &attempt);
    *ret_found = r == 0;
    return r;
}

int api_check_link(struct api_call *call)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(4096);
    struct link_state state = {.call = call};
    bool found;
    int r = check_link(call, &state, &found);

    if (r || !found)
        return r;
    json_out_object(&out, NULL);
    json_out_text(&out, "name", state.user.name);
    json_out_text(&out, "display_name", state.user.display_name);
    json_out_boolean(&out, "first", state.first);
    json_out_moment(&out, "expires_at", state.expires_at);
    json_out_object_end(&out);
    return api_reply(call, 200, &out);
}

/* The first administrator's: makes them. */
static int use_first_link(struct records_tx *tx, struct step *step)
{
    int64_t expires_at;
    int r = setup_link_find(tx, &step->link, &expires_at);

    if (r || step->call->now >= expires_at)
        return r < 0 ? r : STEP_OVER;
    r = setup_link_remove(tx);
    step->user.password_hash = step->password_hash;
    return r ? r : records_user_add(tx, &step->user, &step->user.id);
}

/* A user's: sets both factors anew, since whoever has it has proven neither. Role and disabling are
 * others' business and stay as they are now. */
static int use_user_link(struct records_tx *tx, struct step *step)
{
    struct records_link link;
    struct records_user *user = &step->user;
    int r = records_link_find(tx, &step->link, &link);

    if (!r)
        r = records_user_get(tx, link.user, step->call->arena, user);
    if (r || step->call->now >= link.expires_at || user->disabled_at)
        return r < 0 ? r : STEP_OVER;
    user->password_hash = step->password_hash;
    user->totp_seed = (struct bytes){0};
    user->totp_confirmed = false;
    user->totp_last_step = 0;
    if (step->display_name.len)
        user->display_name = step->display_name;
    r = records_link_remove_of(tx, user->id);
    if (!r)
        r = records_session_remove_of(tx, user->id);
    if (!r)
        r = records_passkey_remove_of(tx, user->id);
    if (!r)
        r = records_recovery_remove_of(tx, user->id);
    user->passkeys = 0;
    return r ? r : records_user_set(tx, user);
}

/* Uses the link, whichever it is, and begins a session: all or nothing. */
static int use_link(struct records_tx *tx, void *context)
{
    struct step *step = context;
    int r = step->first ? use_first_link(tx, step) : use_user_link(tx, step);

    return r ? r : begin(tx, step);
}

static int judge_name(struct api_call *call, struct text name, bool *ret_fits)
{
    *ret_fits = name.len > 0 && name.len <= 64;
    for (size_t i = 0; i < name.len && *ret_fits; i++) {
        char at = name.at[i];
        bool plain = (at >= 'a' && at <= 'z') || (at >= '0' && at <= '9');

        *ret_fits = plain || (i && (at == '.' || at == '_' || at == '@' || at == '-'));
    }
    return *ret_fits ? 0
                     : api_problem_field(call, "/name",
                                         "small letters, digits and . _ @ -, beginning with a "
                                         "letter or digit");
}

/* Nor may it be made of the names of its user and of the organisation. */
static int judge_password(struct api_call *call, const struct records_user *user, bool *ret_fits)
{
    static const char *const words[] = {
        [PASSWORD_SHORT] = "15 characters or more: a few unrelated words do well",
        [PASSWORD_LONG] = "256 bytes at most",
        [PASSWORD_COMMON] = "a password that is harder to guess: a few unrelated words do well",
        [PASSWORD_INVALID] = "text without control characters",
    };
    struct settings settings;
    struct text names;
    int r;

    settings_get(call->serve->settings, &settings);
    names = arena_print(call->arena, "%.*s %.*s %.*s %s", (int)user->name.len, user->name.at,
                        (int)user->display_name.len, user->display_name.at,
                        (int)api_body_text(call, "display_name").len,
                        api_body_text(call, "display_name").at, settings.organisation);
    if (!names.at)
        return FAULT(ERR_MEMORY);
    r = password_judge(api_body_text(call, "password"), names);
    *ret_fits = r == 0;
    return r <= 0 ? r : api_problem_field(call, "/password", words[r]);
}

/* The first administrator as the body describes them. */
static struct records_user first_user(const struct api_call *call)
{
    struct text display_name = api_body_text(call, "display_name");
    struct text name = api_body_text(call, "name");

    return (struct records_user){.name = name,
                                 .display_name = display_name.len ? display_name : name,
                                 .class = text_of(ACCESS_CLASS_ADMIN),
                                 .created_at = call->now};
}

static int finish_link(struct api_call *call, struct step *step)
{
    int r;

    /* Nobody is signed in by the cookie that may have come with the request. */
    call->who = (struct api_who){0};
    r = records_act(call->serve->records, use_link, step);
    if (r == RECORDS_EXISTS)
        return api_problem_field(call, "/name", "a name that is not taken");
    if (r > 0)
        return refuse_link(call);
    if (!r)
        events_end_user(call->serve->events, step->user.id);
    return finish_step(call, step, r);
}

int api_use_link(struct api_call *call)
{
    struct link_state state = {.call = call};
    struct step step = {.call = call,
                        .limits = settings_limits(call->serve->settings),
                        .stage = RECORDS_STAGE_TOTP_ENROL,
                        .entry = {.action = "setup.done", .factors = text_of("link")},
                        .display_name = api_body_text(call, "display_name")};
    char hash[PASSWORD_HASH_SIZE];
    bool fits;
    int r = check_link(call, &state, &fits);

    if (r || !fits)
        return r;
    step.user = state.first ? first_user(call) : state.user;
    step.first = state.first;
    step.link = state.hash;
    if (state.first)
        r = judge_name(call, step.user.name, &fits);
    if (!r && fits)
        r = judge_password(call, &step.user, &fits);
    if (r || !fits)
        return r;
    r = hash_password(api_body_text(call, "password"), hash);
    if (r)
        return r > 0 ? FAULT(ERR_SYSTEM) : r;
    step.password_hash = text_of(hash);
    return finish_link(call, &step);
}
