/* Signing in and out: links, password, second factor. The diagram is in access/session.h. */

#include <stdio.h>

#include "base/wipe.h"
#include "crypto/password.h"
#include "crypto/totp.h"
#include "os/secret.h"
#include "routes.h"
#include "server/serve/api/call.h"
#include "server/serve/api/people.h"
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
    json_out_string(out, "csrf", csrf);
    json_out_moment(out, "idle_expires_at", session->idle_expires_at);
    json_out_moment(out, "expires_at", session->expires_at);
    json_out_object_end(out);
    return buffer_check(&out->buffer);
}

static int reply_session(struct api_call *call, struct text token)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    char csrf[ACCESS_TOKEN_SIZE];
    int r = access_token_csrf(token, csrf);

    if (!r)
        r = write_session(call, &out, csrf);
    wipe(csrf, sizeof csrf);
    return r ? (r < 0 ? r : FAULT(ERR_SYSTEM)) : api_reply(call, 200, &out);
}

static int set_cookie(struct api_call *call, const char *token)
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

/* What every step of signing in does in its one transaction. */
struct step {
    struct api_call *call;
    struct records_user user; /* as it is to be kept */
    bool set_user;
    enum records_stage stage;
    struct api_entry entry;
    struct access_limits limits;
    char token[ACCESS_TOKEN_SIZE];
    /* of a link */
    struct hash link;
    bool first;
    struct text display_name;
};

/* The old session, if there is one, ends; a new one begins, with a new token. */
static int begin(struct records_tx *tx, struct step *step)
{
    struct api_call *call = step->call;
    uint64_t number;
    int r = 0;

    if (call->who.kind == WHO_USER)
        r = records_session_remove(tx, &call->who.session.record.token_hash);
    if (r < 0)
        return r;
    r = access_session_begin(tx, step->user.id, step->stage, http_source(call->request), call->now,
                             step->token, &number);
    if (!r)
        r = access_session_find(tx, text_of(step->token), &step->limits, call->now, call->arena,
                                &call->who.session);
    if (r)
        return r;
    call->who.kind = WHO_USER;
    return api_audit(tx, call, &step->entry);
}

static int take_step(struct records_tx *tx, void *context)
{
    struct step *step = context;
    int r = step->set_user ? records_user_set(tx, &step->user) : 0;

    return r ? r : begin(tx, step);
}

static int finish_step(struct api_call *call, struct step *step, int r)
{
    if (!r)
        r = set_cookie(call, step->token);
    if (!r)
        r = reply_session(call, text_of(step->token));
    wipe(step->token, sizeof step->token);
    events_audit(call->serve->events);
    return r > 0 ? FAULT(ERR_CORRUPT) : r;
}

static enum records_stage stage_after_password(const struct records_user *user)
{
    return user->totp_confirmed ? RECORDS_STAGE_TOTP : RECORDS_STAGE_TOTP_ENROL;
}

/* ---- limits ---- */

static int refuse_limited(struct api_call *call, int64_t wait_ms)
{
    struct text seconds = arena_print(call->arena, "%lld", (long long)((wait_ms + 999) / 1000));

    if (!seconds.at)
        return FAULT(ERR_MEMORY);
    http_reply_header(call->request, "Retry-After", seconds);
    return api_problem(call, 429, "too-many-tries", "Too many tries",
                       "Wait as long as Retry-After says, then try again.");
}

/* Of the two, the one that waits longer. */
static int64_t wait_ms(struct api_call *call, struct text name)
{
    int64_t by_name = backoff_wait_ms(call->serve->backoff, name, call->now);
    int64_t by_source =
        backoff_wait_ms(call->serve->backoff, http_source(call->request), call->now);

    return by_name > by_source ? by_name : by_source;
}

static int note_failure(struct api_call *call, struct text name, const struct api_entry *entry)
{
    if (name.len)
        backoff_failed(call->serve->backoff, name, BACKOFF_NAME_TRIES, call->now);
    backoff_failed(call->serve->backoff, http_source(call->request), BACKOFF_SOURCE_TRIES,
                   call->now);
    return api_audit_alone(call, entry);
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
    int r = note_failure(call, name, &entry);

    if (r)
        return r;
    return api_problem(call, 401, "name-or-password", "Name or password is wrong",
                       "Try again, or ask an administrator for a new one-time link.");
}

int api_sign_in(struct api_call *call)
{
    struct looking looking = {.call = call, .name = api_body_text(call, "name")};
    struct step step = {.call = call, .limits = settings_limits(call->serve->settings)};
    int64_t wait = wait_ms(call, looking.name);
    const char *hash;
    int r;

    if (wait)
        return refuse_limited(call, wait);
    r = records_read(call->serve->records, look_up, &looking);
    if (r < 0)
        return r;
    hash = r || looking.user.disabled_at || !looking.user.password_hash.len
               ? password_nobody()
               : looking.user.password_hash.at;
    r = password_check(api_body_text(call, "password"), hash);
    if (r < 0)
        return r;
    if (r || hash == password_nobody())
        return refuse_password(call, looking.name);
    backoff_clear(call->serve->backoff, looking.name);
    step.user = looking.user;
    step.stage = stage_after_password(&step.user);
    step.entry = (struct api_entry){.action = "login.password", .factors = text_of("password")};
    return finish_step(call, &step, records_act(call->serve->records, take_step, &step));
}

/* ---- session ---- */

int api_get_session(struct api_call *call)
{
    return reply_session(call, call->who.token);
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
        r = set_cookie(call, "");
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
    int r = note_failure(call, call->who.session.user.name, &entry);

    if (r)
        return r;
    return api_problem(call, 401, "code", "The code does not fit",
                       "Wait for the next code of your authenticator. If none fits, check the "
                       "clock of the device that shows it.");
}

/* Judges the code and, when it fits, signs in; the step that matched is kept with it. */
static int take_code(struct api_call *call, const char *action)
{
    struct step step = {.call = call,
                        .user = call->who.session.user,
                        .set_user = true,
                        .stage = RECORDS_STAGE_SIGNED_IN,
                        .limits = settings_limits(call->serve->settings),
                        .entry = {.action = action, .factors = text_of("password+totp")}};
    int64_t wait = wait_ms(call, step.user.name);
    int r;

    if (wait)
        return refuse_limited(call, wait);
    r = totp_check(step.user.totp_seed, api_body_text(call, "code"), call->now,
                   step.user.totp_last_step, &step.user.totp_last_step);
    if (r)
        return r < 0 ? r : refuse_code(call);
    step.user.totp_confirmed = true;
    backoff_clear(call->serve->backoff, step.user.name);
    return finish_step(call, &step, records_act(call->serve->records, take_step, &step));
}

int api_check_totp(struct api_call *call)
{
    if (call->who.session.record.stage != RECORDS_STAGE_TOTP)
        return refuse_stage(call);
    return take_code(call, "login");
}

static int keep_seed(struct records_tx *tx, void *context)
{
    return records_user_set(tx, context);
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

int api_begin_totp(struct api_call *call)
{
    struct records_user user = call->who.session.user;
    uint8_t seed[TOTP_SEED_SIZE];
    int r;

    if (call->who.session.record.stage != RECORDS_STAGE_TOTP_ENROL)
        return refuse_stage(call);
    r = secret_random(seed, sizeof seed);
    if (r)
        return r;
    user.totp_seed = (struct bytes){.at = seed, .len = sizeof seed};
    user.totp_confirmed = false;
    user.totp_last_step = 0;
    r = records_act(call->serve->records, keep_seed, &user);
    if (!r)
        r = reply_seed(call, seed);
    wipe(seed, sizeof seed);
    return r > 0 ? FAULT(ERR_CORRUPT) : r;
}

int api_confirm_totp(struct api_call *call)
{
    if (call->who.session.record.stage != RECORDS_STAGE_TOTP_ENROL)
        return refuse_stage(call);
    if (call->who.session.user.totp_seed.len != TOTP_SEED_SIZE)
        return api_problem(call, 409, "no-seed", "There is no second factor to confirm yet",
                           "Begin setting it up first.");
    return take_code(call, "totp.enrol");
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
    int r = note_failure(call, (struct text){0}, &entry);

    if (r)
        return r;
    return api_problem(call, 404, "link", "This link does not work any more",
                       "It was used, or its time is over. Ask an administrator for a new one; the "
                       "first administrator's is printed when wardd starts.");
}

/* *ret_found false: answered. */
static int check_link(struct api_call *call, struct link_state *state, bool *ret_found)
{
    int64_t wait = backoff_wait_ms(call->serve->backoff, http_source(call->request), call->now);
    int r;

    *ret_found = false;
    if (wait)
        return refuse_limited(call, wait);
    r = access_token_hash(api_body_text(call, "token"), &state->hash);
    if (!r)
        r = records_read(call->serve->records, find_link, state);
    if (r < 0)
        return r;
    if (r || call->now >= state->expires_at || (!state->first && state->user.disabled_at))
        return refuse_link(call);
    *ret_found = true;
    return 0;
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

/* Uses the link, whichever it is, and begins a session: all or nothing. */
static int use_link(struct records_tx *tx, void *context)
{
    struct step *step = context;
    int64_t expires_at;
    int r;

    if (step->first) {
        r = setup_link_find(tx, &step->link, &expires_at);
        if (!r)
            r = setup_link_remove(tx);
        if (!r)
            r = records_user_add(tx, &step->user, &step->user.id);
    } else {
        struct records_link link;

        r = records_link_find(tx, &step->link, &link);
        if (!r)
            r = records_link_remove_of(tx, step->user.id);
        if (!r)
            r = records_session_remove_of(tx, step->user.id);
        if (!r)
            r = records_user_set(tx, &step->user);
    }
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

static int judge_password(struct api_call *call, struct text name, bool *ret_fits)
{
    static const char *const words[] = {
        [PASSWORD_SHORT] = "15 characters or more: a few unrelated words do well",
        [PASSWORD_LONG] = "256 bytes at most",
        [PASSWORD_COMMON] = "a password that is harder to guess: a few unrelated words do well",
    };
    int r = password_judge(api_body_text(call, "password"), name);

    *ret_fits = r == 0;
    if (r <= 0)
        return r;
    return api_problem_field(call, "/password", words[r]);
}

int api_use_link(struct api_call *call)
{
    struct link_state state = {.call = call};
    struct step step = {.call = call, .limits = settings_limits(call->serve->settings)};
    struct text display_name = api_body_text(call, "display_name");
    char hash[PASSWORD_HASH_SIZE];
    bool fits;
    int r = check_link(call, &state, &fits);

    if (r || !fits)
        return r;
    step.user = state.user;
    step.first = state.first;
    step.link = state.hash;
    if (state.first) {
        step.user.name = api_body_text(call, "name");
        step.user.role = RECORDS_ADMIN;
        step.user.created_at = call->now;
        step.user.display_name = display_name.len ? display_name : step.user.name;
        r = judge_name(call, step.user.name, &fits);
        if (r || !fits)
            return r;
    } else if (display_name.len) {
        step.user.display_name = display_name;
    }
    r = judge_password(call, step.user.name, &fits);
    if (r || !fits)
        return r;
    r = password_hash(api_body_text(call, "password"), hash);
    if (r)
        return r;
    step.user.password_hash = text_of(hash);
    /* A link sets both factors: whoever has it has proven neither. */
    step.user.totp_seed = (struct bytes){0};
    step.user.totp_confirmed = false;
    step.user.totp_last_step = 0;
    step.stage = RECORDS_STAGE_TOTP_ENROL;
    step.entry = (struct api_entry){.action = "setup.done", .factors = text_of("link")};
    /* Nobody is signed in by the cookie that may have come with the request. */
    call->who = (struct api_who){0};
    r = records_act(call->serve->records, use_link, &step);
    if (r > 0)
        return r == RECORDS_EXISTS ? api_problem_field(call, "/name", "a name that is not taken")
                                   : refuse_link(call);
    return finish_step(call, &step, r);
}
