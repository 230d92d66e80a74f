/*
 * Emergency access (45 CFR 164.312(a)(2)(ii)): whoever was named for it takes another class for a
 * time, with a reason; everybody is told at once, and a second person reviews it.
 */

#include "audit/actions.h"
#include "base/moment.h"
#include "base/wipe.h"
#include "routes.h"
#include "server/serve/alarm.h"
#include "server/serve/api/call.h"
#include "server/serve/api/look.h"
#include "server/serve/api/signin.h"
#include "server/serve/emergencies.h"
#include "server/serve/serve.h"

#define LIST_MAX 500
#define ACTS_MAX 200
#define ARENA_MAX ((size_t)16 << 20)

enum {
    EMERGENCY_UNNAMED = 100, /* the user is not named for it, or not any more */
    EMERGENCY_TWICE,         /* the user has one open */
    EMERGENCY_OWN,           /* nobody reviews their own */
};

/* What one request reads, changes and answers. */
struct act {
    struct api_call *call;
    struct arena *arena;
    uint64_t number;
    struct records_emergency *rows;
    size_t count;
    struct records_emergency row;
    struct records_user *users; /* beside rows, or of row */
    struct records_audit_row *acts;
    size_t act_count;
    bool with_acts;
    char token[ACCESS_TOKEN_SIZE]; /* of the session, once it goes on under another */
};

static bool is_own(const struct api_call *call, const struct records_emergency *row)
{
    return call->who.kind == WHO_USER && call->who.session.user.id.number == row->user.number;
}

/* ---- out ---- */

static int write_act(struct json_out *out, const struct records_audit_row *row, struct arena *arena)
{
    struct audit_entry entry;
    const char *label;
    int r = audit_entry_decode(row->entry, arena, &entry);

    if (r)
        return r < 0 ? r : FAULT(ERR_CORRUPT);
    label = audit_action_label(entry.action);
    json_out_object(out, NULL);
    json_out_integer(out, "index", (int64_t)row->index);
    json_out_moment(out, "at", entry.at);
    json_out_text(out, "action", entry.action);
    json_out_text(out, "label", label ? text_of(label) : entry.action);
    json_out_text(out, "target", entry.target);
    json_out_string(out, "outcome", audit_outcome_word(entry.outcome));
    json_out_text(out, "purpose", entry.purpose);
    json_out_object_end(out);
    return 0;
}

static int write_emergency(struct json_out *out, const struct act *act,
                           const struct records_emergency *row, const struct records_user *user)
{
    enum emergency_state state = emergency_state(row, act->call->now);
    int r = 0;

    json_out_object(out, NULL);
    json_out_integer(out, "id", (int64_t)row->number);
    json_out_integer(out, "user", row->user.number);
    json_out_text(out, "name", user->name);
    json_out_text(out, "display_name", user->display_name);
    json_out_text(out, "class", row->class);
    json_out_text(out, "reason", row->reason);
    json_out_string(out, "state", emergency_state_word(state));
    json_out_moment(out, "opened_at", row->opened_at);
    json_out_moment(out, "until_at", row->until_at);
    json_out_moment_or_null(out, "ended_at", row->ended_at);
    json_out_text_or_null(out, "ended_by", row->ended_by);
    json_out_moment(out, "review_by_at", row->review_by_at);
    json_out_moment_or_null(out, "reviewed_at", row->reviewed_at);
    json_out_text_or_null(out, "reviewed_by", row->reviewed_by);
    if (row->reviewed_at)
        json_out_boolean(out, "justified", row->justified);
    else
        json_out_null(out, "justified");
    json_out_text_or_null(out, "note", row->note);
    if (act->with_acts) {
        json_out_array(out, "acts");
        for (size_t i = 0; i < act->act_count && r == 0; i++)
            r = write_act(out, &act->acts[i], act->arena);
        json_out_array_end(out);
    }
    json_out_object_end(out);
    return r;
}

static int reply_one(const struct act *act, unsigned status)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    int r = write_emergency(&out, act, &act->row, act->users);

    return r ? r : api_reply(act->call, status, &out);
}

/* ---- read ---- */

static int read_users(struct records_tx *tx, struct act *act)
{
    int r = 0;

    act->users = arena_take(act->arena, (act->count + 1) * sizeof *act->users);
    if (!act->users)
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; i < act->count && r == 0; i++)
        r = records_user_get(tx, act->rows[i].user, act->arena, &act->users[i]);
    return r > 0 ? FAULT(ERR_CORRUPT) : r;
}

static int read_list(struct records_tx *tx, void *context)
{
    struct act *act = context;
    int r = records_emergency_list(tx, LIST_MAX, act->arena, &act->rows, &act->count);

    return r ? r : read_users(tx, act);
}

static int read_unfinished(struct records_tx *tx, void *context)
{
    struct act *act = context;
    int r = records_emergency_unfinished(tx, act->arena, &act->rows, &act->count);

    return r ? r : read_users(tx, act);
}

static int read_one(struct records_tx *tx, void *context)
{
    struct act *act = context;
    int r = records_emergency_get(tx, act->number, act->arena, &act->row);

    if (r)
        return r;
    act->rows = &act->row;
    act->count = 1;
    r = read_users(tx, act);
    if (r == 0 && act->with_acts)
        r = records_emergency_acts(tx, act->number, ACTS_MAX, act->arena, &act->acts,
                                   &act->act_count);
    return r;
}

int api_list_emergencies(struct api_call *call)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct act act = {.call = call};
    int r = arena_new(&arena, ARENA_MAX);

    act.arena = arena;
    if (!r)
        r = records_read(call->serve->records, read_list, &act);
    if (r)
        return r;
    json_out_object(&out, NULL);
    json_out_array(&out, "emergencies");
    for (size_t i = 0; i < act.count && r == 0; i++)
        r = write_emergency(&out, &act, &act.rows[i], &act.users[i]);
    json_out_array_end(&out);
    json_out_object_end(&out);
    return r ? r : api_reply(call, 200, &out);
}

static int refuse_absent(struct api_call *call)
{
    return api_problem(call, 404, "absent", "There is no such emergency access", "See the list.");
}

int api_get_emergency(struct api_call *call)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct act act = {
        .call = call, .number = (uint64_t)api_integer(call, "emergency", 0), .with_acts = true};
    struct look look = {.call = call};
    int r = arena_new(&arena, ARENA_MAX);

    act.arena = arena;
    if (!r)
        r = records_read(call->serve->records, read_one, &act);
    if (r)
        return r == RECORDS_ABSENT ? refuse_absent(call) : r;
    /* What somebody did is shown: that is looked at like the audit log. */
    r = look_note(&look, "emergency.view", (struct text){0}, (int32_t)act.number);
    return r ? r : reply_one(&act, 200);
}

/* ---- what stands on everybody's page ---- */

/* Open and overdue ones concern everybody; one that waits in time, whoever may review it. */
static bool concerns(const struct api_call *call, const struct records_emergency *row)
{
    enum emergency_state state = emergency_state(row, call->now);

    return state == EMERGENCY_OPEN || state == EMERGENCY_OVERDUE ||
           (state == EMERGENCY_REVIEW && api_may(call, ACCESS_EMERGENCIES_REVIEW) &&
            !is_own(call, row));
}

static void write_notice(struct json_out *out, const struct act *act, size_t index)
{
    const struct records_emergency *row = &act->rows[index];
    bool own = is_own(act->call, row);
    bool reasons = own || api_may(act->call, ACCESS_EMERGENCIES_VIEW);

    json_out_object(out, NULL);
    json_out_integer(out, "id", (int64_t)row->number);
    json_out_text(out, "who", act->users[index].display_name);
    json_out_boolean(out, "own", own);
    json_out_string(out, "state", emergency_state_word(emergency_state(row, act->call->now)));
    json_out_moment(out, "opened_at", row->opened_at);
    json_out_moment(out, "until_at", row->ended_at ? row->ended_at : row->until_at);
    json_out_text_or_null(out, "reason", reasons ? row->reason : (struct text){0});
    json_out_object_end(out);
}

int api_get_notices(struct api_call *call)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct act act = {.call = call};
    struct settings settings;
    int r = arena_new(&arena, ARENA_MAX);

    act.arena = arena;
    if (!r)
        r = records_read(call->serve->records, read_unfinished, &act);
    if (r)
        return r;
    settings_get(call->serve->settings, &settings);
    json_out_object(&out, NULL);
    json_out_array(&out, "emergencies");
    for (size_t i = 0; i < act.count; i++)
        if (concerns(call, &act.rows[i]))
            write_notice(&out, &act, i);
    json_out_array_end(&out);
    json_out_text(&out, "may_open", call->who.session.user.emergency);
    json_out_integer(&out, "minutes", settings.emergency_minutes);
    json_out_object_end(&out);
    return api_reply(call, 200, &out);
}

/* ---- open ---- */

/* Whoever has a copy of an older token does not get the other class by it. */
static int go_on(struct records_tx *tx, struct act *act)
{
    struct access_session *session = &act->call->who.session;
    struct access_limits limits = settings_limits(act->call->serve->settings);
    int r = access_session_renew(tx, session, session->record.factor_at, act->token);

    if (!r)
        r = records_session_remove_others(tx, session->user.id, session->record.number);
    if (!r)
        r = access_session_find(tx, text_of(act->token), &limits, act->call->now, act->arena,
                                session);
    return r > 0 ? EMERGENCY_UNNAMED : r;
}

static int open(struct records_tx *tx, void *context)
{
    struct act *act = context;
    struct api_call *call = act->call;
    struct records_user *user = act->users;
    struct api_entry entry = {.action = "emergency.open", .purpose = act->row.reason};
    struct records_emergency before;
    bool changed;
    int r = records_user_get(tx, call->who.session.user.id, act->arena, user);

    if (r)
        return r < 0 ? r : EMERGENCY_UNNAMED;
    if (user->disabled_at || user->emergency.len == 0)
        return EMERGENCY_UNNAMED;
    r = records_emergency_of(tx, user->id, call->now, act->arena, &before);
    if (r != RECORDS_ABSENT)
        return r ? r : EMERGENCY_TWICE;
    /* One whose time is over may not have been said to have ended yet. */
    r = emergencies_settle(tx, call->now, act->arena, &changed);
    act->row.class = user->emergency;
    if (!r)
        r = records_emergency_open(tx, &act->row, &act->row.number);
    if (!r)
        r = go_on(tx, act);
    if (r)
        return r;
    entry.target = arena_print(act->arena, "emergency:%llu", (unsigned long long)act->row.number);
    entry.detail = arena_print(
        act->arena, "{\"class\":\"%.*s\",\"minutes\":%lld}", (int)act->row.class.len,
        act->row.class.at, (long long)((act->row.until_at - act->row.opened_at) / MS_PER_MINUTE));
    return api_audit(tx, call, &entry);
}

static int refuse_open(struct api_call *call, int outcome)
{
    int r = 0;

    if (outcome == EMERGENCY_TWICE)
        return api_problem(call, 409, "emergency-open", "You have emergency access already",
                           "End it before you open it anew.");
    r = api_audit_denied(call, "not-named");
    return r ? r
             : api_problem(call, 403, "not-permitted", "You are not named for emergency access",
                           "An administrator of Ward names who may open it, under Users.");
}

int api_open_emergency(struct api_call *call)
{
    struct records_user user = {0};
    struct act act = {.call = call, .arena = call->arena, .users = &user};
    struct settings settings;
    int64_t minutes = api_body_integer(call, "minutes");
    int r;

    settings_get(call->serve->settings, &settings);
    if (minutes > settings.emergency_minutes)
        return api_problem_field(call, "/minutes", "no more minutes than the settings allow");
    act.row =
        (struct records_emergency){.user = call->who.session.user.id,
                                   .reason = api_body_text(call, "reason"),
                                   .opened_at = call->now,
                                   .until_at = call->now + minutes * MS_PER_MINUTE,
                                   .review_by_at = call->now + minutes * MS_PER_MINUTE +
                                                   settings.emergency_review_hours * MS_PER_HOUR};
    r = records_act(call->serve->records, open, &act);
    if (r)
        return r < 0 ? r : refuse_open(call, r);
    /* Streams that were opened as somebody of the own class. */
    events_end_user(call->serve->events, act.row.user);
    alarm_emergency(call->serve, ALARM_EMERGENCY, act.row.number, act.row.user);
    r = signin_set_cookie(call, act.token);
    if (!r)
        r = signin_reply(call, text_of(act.token));
    wipe(act.token, sizeof act.token);
    return r;
}

/* ---- end ---- */

static int end(struct records_tx *tx, void *context)
{
    struct act *act = context;
    struct api_call *call = act->call;
    struct api_entry entry = {.action = "emergency.end"};
    int r = 0;

    /* One's own has no number in the request. */
    if (!act->number) {
        r = records_emergency_of(tx, call->who.session.user.id, call->now, act->arena, &act->row);
        act->number = act->row.number;
    }
    if (!r)
        r = records_emergency_end(tx, act->number, call->now, api_by(call));
    if (r)
        return r;
    entry.target = arena_print(act->arena, "emergency:%llu", (unsigned long long)act->number);
    r = api_audit(tx, call, &entry);
    return r ? r : read_one(tx, act);
}

static int finish_end(struct act *act)
{
    struct api_call *call = act->call;
    int r = records_act(call->serve->records, end, act);

    if (r == RECORDS_ABSENT || r == RECORDS_STALE)
        return api_problem(call, 409, "emergency-ended", "No such emergency access is open",
                           "Nothing is to be done but its review.");
    if (r)
        return r;
    events_end_user(call->serve->events, act->row.user);
    events_audit(call->serve->events);
    events_notices(call->serve->events);
    return reply_one(act, 200);
}

int api_end_own_emergency(struct api_call *call)
{
    struct act act = {.call = call, .arena = call->arena};

    return finish_end(&act);
}

int api_end_emergency(struct api_call *call)
{
    struct act act = {
        .call = call, .arena = call->arena, .number = (uint64_t)api_integer(call, "emergency", 0)};

    return finish_end(&act);
}

/* ---- review ---- */

static int review(struct records_tx *tx, void *context)
{
    struct act *act = context;
    struct api_call *call = act->call;
    struct api_entry entry = {
        .action = "emergency.review",
        .target = arena_print(act->arena, "emergency:%llu", (unsigned long long)act->number),
        .purpose = api_body_text(call, "note"),
        .detail = api_body_boolean(call, "justified") ? text_of("{\"justified\":true}")
                                                      : text_of("{\"justified\":false}")};
    bool changed;
    int r = emergencies_settle(tx, call->now, act->arena, &changed);

    if (!r)
        r = read_one(tx, act);
    if (r)
        return r;
    /* Nor with a class that was taken in an emergency. */
    if (is_own(call, &act->row) || call->who.session.emergency)
        return EMERGENCY_OWN;
    r = records_emergency_review(tx, act->number, call->now, api_by(call),
                                 api_body_boolean(call, "justified"), entry.purpose);
    if (!r)
        r = api_audit(tx, call, &entry);
    return r ? r : read_one(tx, act);
}

static int refuse_own(struct api_call *call)
{
    struct api_entry entry = {.action = "emergency.review", .outcome = AUDIT_DENIED};
    int r = api_audit_alone(call, &entry);

    return r ? r
             : api_problem(call, 403, "second-person", "A second person reviews it",
                           "Ask somebody else whose class reviews emergency access, and who does "
                           "not use it now.");
}

int api_review_emergency(struct api_call *call)
{
    struct act act = {
        .call = call, .arena = call->arena, .number = (uint64_t)api_integer(call, "emergency", 0)};
    int r = records_act(call->serve->records, review, &act);

    if (r == RECORDS_ABSENT)
        return refuse_absent(call);
    if (r == EMERGENCY_OWN)
        return refuse_own(call);
    if (r == RECORDS_STALE)
        return act.row.reviewed_at ? api_problem(call, 409, "emergency-reviewed",
                                                 "It was reviewed already", "See what was said.")
                                   : api_problem(call, 409, "emergency-open", "It is open still",
                                                 "End it first, or wait until it ends.");
    if (r)
        return r;
    events_audit(call->serve->events);
    events_notices(call->serve->events);
    return reply_one(&act, 200);
}
