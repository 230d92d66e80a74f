/* Sessions: one's own to see and to end, and those of a user to whoever manages users. */

#include "access/class_kept.h"
#include "routes.h"
#include "server/serve/api/call.h"
#include "server/serve/serve.h"

enum { SESSIONS_ABSENT = 240 /* no such user, or no such session of theirs */ };

struct ending {
    struct api_call *call;
    struct access_limits limits; /* of the server's settings */
    struct access_limits own;    /* of the user's class */
    struct user_id user;
    uint64_t number; /* only this one; 0: all but the caller's own */
    struct records_session *sessions;
    size_t count;
};

static struct ending ending_of(struct api_call *call)
{
    return (struct ending){.call = call, .limits = settings_limits(call->serve->settings)};
}

static uint64_t own_number(const struct api_call *call)
{
    return call->who.kind == WHO_USER ? call->who.session.record.number : 0;
}

static int list(struct records_tx *tx, void *context)
{
    struct ending *ending = context;
    struct api_call *call = ending->call;
    const struct access_class *class;
    struct records_user user;
    int r = records_user_get(tx, ending->user, call->arena, &user);

    if (r)
        return r < 0 ? r : SESSIONS_ABSENT;
    /* Of the user whose they are, not of whoever asks. */
    r = access_class_load(tx, user.class, call->arena, &class);
    if (r)
        return r;
    ending->own = access_class_limits(class, &ending->limits);
    return access_session_list(tx, ending->user, &ending->limits, call->now, call->arena,
                               &ending->sessions, &ending->count);
}

static void write_one(struct json_out *out, const struct ending *ending,
                      const struct records_session *session)
{
    struct access_ends ends = access_session_ends(session, &ending->own);

    json_out_object(out, NULL);
    json_out_integer(out, "number", (int64_t)session->number);
    json_out_boolean(out, "signed_in", session->stage == RECORDS_STAGE_SIGNED_IN);
    json_out_boolean(out, "current", session->number == own_number(ending->call));
    json_out_moment(out, "created_at", session->created_at);
    json_out_moment(out, "seen_at", session->seen_at);
    json_out_moment_or_null(out, "factor_at", session->factor_at);
    json_out_moment(out, "idle_expires_at", ends.idle_at);
    json_out_moment(out, "expires_at", ends.absolute_at);
    json_out_text(out, "source", session->source);
    json_out_object_end(out);
}

static int refuse_absent(struct api_call *call)
{
    return api_problem(call, 404, "absent", "There is no such session", "Reload the list.");
}

static int reply_list(struct api_call *call, struct ending *ending)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    int r = records_read(call->serve->records, list, ending);

    if (r)
        return r < 0 ? r : refuse_absent(call);
    json_out_object(&out, NULL);
    json_out_array(&out, "sessions");
    for (size_t i = 0; i < ending->count; i++)
        write_one(&out, ending, &ending->sessions[i]);
    json_out_array_end(&out);
    json_out_object_end(&out);
    return api_reply(call, 200, &out);
}

int api_list_own_sessions(struct api_call *call)
{
    struct ending ending = ending_of(call);

    ending.user = call->who.session.user.id;
    return reply_list(call, &ending);
}

int api_list_user_sessions(struct api_call *call)
{
    struct ending ending = ending_of(call);

    ending.user.number = (uint32_t)api_integer(call, "user", 0);
    return reply_list(call, &ending);
}

/* Keeps in the list only what was ended. */
static int end_listed(struct records_tx *tx, struct ending *ending)
{
    size_t ended = 0;

    for (size_t i = 0; i < ending->count; i++) {
        uint64_t number = ending->sessions[i].number;
        int r;

        if (ending->number ? number != ending->number : number == own_number(ending->call))
            continue;
        r = records_session_remove(tx, &ending->sessions[i].token_hash);
        if (r)
            return r;
        ending->sessions[ended++] = ending->sessions[i];
    }
    ending->count = ended;
    return ending->number && !ended ? SESSIONS_ABSENT : 0;
}

static int end(struct records_tx *tx, void *context)
{
    struct ending *ending = context;
    struct api_call *call = ending->call;
    struct api_entry entry = {.action = "session.end"};
    int r = list(tx, ending);

    if (!r)
        r = end_listed(tx, ending);
    if (r)
        return r;
    entry.target = ending->number ? arena_print(call->arena, "session:%llu",
                                                (unsigned long long)ending->number)
                                  : arena_print(call->arena, "user:%u", ending->user.number);
    entry.detail = arena_print(call->arena, "{\"sessions\":%zu}", ending->count);
    return api_audit(tx, call, &entry);
}

/* Ended where it is kept first, then whatever is open by it. */
static int reply_end(struct api_call *call, struct ending *ending)
{
    int r = records_act(call->serve->records, end, ending);

    if (r)
        return r < 0 ? r : refuse_absent(call);
    for (size_t i = 0; i < ending->count; i++)
        events_end_session(call->serve->events, ending->sessions[i].number);
    events_audit(call->serve->events);
    return api_reply_empty(call);
}

int api_end_own_session(struct api_call *call)
{
    struct ending ending = ending_of(call);

    ending.user = call->who.session.user.id;
    ending.number = (uint64_t)api_integer(call, "session", 0);
    return reply_end(call, &ending);
}

int api_end_own_other_sessions(struct api_call *call)
{
    struct ending ending = ending_of(call);

    ending.user = call->who.session.user.id;
    return reply_end(call, &ending);
}

int api_end_user_sessions(struct api_call *call)
{
    struct ending ending = ending_of(call);

    ending.user.number = (uint32_t)api_integer(call, "user", 0);
    return reply_end(call, &ending);
}
