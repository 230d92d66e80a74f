/* The event stream of an open page. */

#include "base/moment.h"
#include "routes.h"
#include "server/serve/api/call.h"
#include "server/serve/serve.h"

/* Kinds of events, and what one must be permitted to see of them. */
static const struct {
    enum event_kind kind;
    enum access_permission permission;
} kinds[] = {
    {EVENT_PEOPLE, ACCESS_PEOPLE_VIEW},
    {EVENT_DEVICES, ACCESS_DEVICES_VIEW},
    {EVENT_AUDIT, ACCESS_AUDIT_VIEW},
};

/* Is the session still there, and sees the same? */
static int look_again(struct records_tx *tx, void *context)
{
    const struct api_call *call = context;
    struct access_limits limits = settings_limits(call->serve->settings);
    struct access_session session;
    int r = access_session_find(tx, call->who.token, &limits, call->now, call->arena, &session);

    if (r)
        return r;
    return text_equal(session.user.class, call->who.session.user.class) &&
                   session.emergency == call->who.session.emergency
               ? 0
               : ACCESS_NOBODY;
}

/* When something ends that the stream was opened by: the session, the hours of the class, or the
 * freshness of its second factor. */
static int64_t until_of(const struct api_call *call, const struct access_subject *subject)
{
    const struct access_conditions *conditions = subject->class ? subject->class->conditions : NULL;
    int64_t until_at = call->who.session.expires_at;
    int64_t factor_until_at;

    if (!conditions)
        return until_at;
    until_at = call->now + access_hours_left(conditions, subject->local_at, until_at - call->now);
    factor_until_at = subject->factor_at + conditions->factor_minutes * MS_PER_MINUTE;
    if (conditions->factor_minutes && factor_until_at > call->now && factor_until_at < until_at)
        until_at = factor_until_at;
    return until_at;
}

int api_stream_events(struct api_call *call)
{
    struct access_subject subject = api_subject(call);
    struct access_request request = {.permission = ACCESS_PEOPLE_VIEW};
    struct access_decision decision;
    struct http_stream *stream = NULL;
    int64_t until_at;
    unsigned seen = EVENT_NOTICES;
    int r;

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (api_gate(call, kinds[i].permission) == ACCESS_ALLOWED)
            seen |= kinds[i].kind;
    /* Whose activity is new is itself something of them. */
    access_decide(&subject, &request, &decision);
    if (decision.reason != ACCESS_ALLOWED)
        seen &= ~(unsigned)EVENT_PEOPLE;
    if (call->who.session.record.stage != RECORDS_STAGE_SIGNED_IN)
        return api_problem(call, 403, "second-factor", "Give the second factor first",
                           "Finish signing in.");
    if (access_admits(&subject) != ACCESS_ALLOWED)
        return api_refuse_gate(call, access_admits(&subject));
    if (!events_room(call->serve->events))
        return ERR_BUSY;
    r = http_stream_open(call->request, &stream);
    if (r)
        return r;
    until_at = until_of(call, &subject);
    if (call->who.session.emergency && call->who.session.emergency_until_at < until_at)
        until_at = call->who.session.emergency_until_at;
    r = events_add(call->serve->events, stream, seen, decision.only, call->who.session.user.id,
                   call->who.session.record.number, until_at);
    if (r) {
        /* Answered already: the stream just ends, and the page asks again. */
        http_stream_close(stream);
        http_stream_unref(stream);
        return 0;
    }
    /* Whoever ended the session before the stream was listed could not end the stream. */
    if (records_read(call->serve->records, look_again, call))
        events_end_session(call->serve->events, call->who.session.record.number);
    return 0;
}
