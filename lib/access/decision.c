#include "access/decision.h"

static enum access_reason reason_of(const struct access_subject *subject,
                                    const struct access_request *request)
{
    if (!access_class_may(subject->class, request->permission))
        return ACCESS_DENIED_PERMISSION;
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

void access_decide(const struct access_subject *subject, const struct access_request *request,
                   struct access_decision *ret_decision)
{
    struct access_decision decision = {.reason = reason_of(subject, request)};

    if (decision.reason == ACCESS_ALLOWED)
        decision.only =
            subject->class->reach == ACCESS_REACH_SELF ? subject->person : request->person;
    *ret_decision = decision;
}
