#include "access/decision.h"

#include "base/moment.h"
#include "os/clock.h"
#include "os/zone.h"

const char *access_reason_word(enum access_reason reason)
{
    static const char *const words[] = {
        [ACCESS_ALLOWED] = "allowed",        [ACCESS_DENIED_HOURS] = "hours",
        [ACCESS_DENIED_NETWORK] = "network", [ACCESS_DENIED_PERMISSION] = "permission",
        [ACCESS_DENIED_FACTOR] = "factor",   [ACCESS_DENIED_UNTIED] = "untied",
        [ACCESS_DENIED_SCOPE] = "scope",
    };

    return (size_t)reason < sizeof words / sizeof *words ? words[reason] : "";
}

void access_subject_place(struct access_subject *subject, int64_t at, struct text source)
{
    const char *zone = subject->class ? subject->class->zone : NULL;
    int64_t offset_ms = clock_offset_minutes(at) * MS_PER_MINUTE;

    subject->at = at;
    subject->source = access_address_of(source);
    subject->lost = zone && *zone && zone_offset(text_of(zone), at, &offset_ms) != 0;
    subject->local_at = at + offset_ms;
}

enum access_reason access_admits(const struct access_subject *subject)
{
    const struct access_conditions *conditions = subject->class ? subject->class->conditions : NULL;

    if (!conditions || subject->unconditional)
        return ACCESS_ALLOWED;
    if (conditions->by_hours && (subject->lost || !access_in_hours(conditions, subject->local_at)))
        return ACCESS_DENIED_HOURS;
    if (!access_in_networks(conditions, &subject->source))
        return ACCESS_DENIED_NETWORK;
    return ACCESS_ALLOWED;
}

/* A clock that was set back makes no proof young for longer than it would be. */
static bool factor_fresh(const struct access_subject *subject)
{
    const struct access_conditions *conditions = subject->class->conditions;
    int64_t age = subject->at - subject->factor_at;
    int64_t most;

    if (!conditions || !conditions->factor_minutes || subject->unconditional)
        return true;
    most = conditions->factor_minutes * MS_PER_MINUTE;
    return subject->factor_at && age < most && age > -most;
}

static enum access_reason reach_of(const struct access_subject *subject,
                                   const struct access_request *request)
{
    switch (subject->class->reach) {
    case ACCESS_REACH_EVERYONE:
        return ACCESS_ALLOWED;
    case ACCESS_REACH_SELF:
        if (!subject->person.number)
            return ACCESS_DENIED_UNTIED;
        return !request->person.number || request->person.number == subject->person.number
                   ? ACCESS_ALLOWED
                   : ACCESS_DENIED_SCOPE;
    default:
        return ACCESS_DENIED_SCOPE;
    }
}

static enum access_reason reason_of(const struct access_subject *subject,
                                    const struct access_request *request)
{
    enum access_reason reason = access_admits(subject);

    if (reason != ACCESS_ALLOWED)
        return reason;
    if (!access_class_may(subject->class, request->permission))
        return ACCESS_DENIED_PERMISSION;
    return factor_fresh(subject) ? reach_of(subject, request) : ACCESS_DENIED_FACTOR;
}

/* Whole days of the class's clocks, as a moment. */
static int64_t window_of(const struct access_subject *subject)
{
    const struct access_conditions *conditions = subject->class->conditions;
    int64_t from = conditions ? access_window_from(conditions, subject->local_at) : INT64_MIN;

    return from == INT64_MIN ? from : from - (subject->local_at - subject->at);
}

void access_decide(const struct access_subject *subject, const struct access_request *request,
                   struct access_decision *ret_decision)
{
    struct access_decision decision = {.reason = reason_of(subject, request), .from_at = INT64_MIN};

    if (decision.reason == ACCESS_ALLOWED) {
        decision.only =
            subject->class->reach == ACCESS_REACH_SELF ? subject->person : request->person;
        decision.from_at = window_of(subject);
    }
    *ret_decision = decision;
}
