#pragma once

/*
 * Decisions: may this subject do that, about whom; and if not, the first reason why. Pure, and
 * without allocation.
 */

#include "access/class.h"
#include "base/id.h"

struct access_subject {
    const struct access_class *class; /* NULL: of no class, may nothing */
    struct person_id person;          /* who they are themselves; 0: not said */
    int64_t factor_at;                /* second factor of the session proven last; 0: none */
    int64_t at;                       /* now */
    int64_t local_at;                 /* now, by the clocks that the class goes by */
    bool lost;                        /* the zone of those clocks is not known any more */
    struct access_address source;     /* where from; not known: from no network */
    bool unconditional;               /* asked about, not asking: conditions are told, not judged */
};

struct access_request {
    enum access_permission permission;
    struct person_id person; /* whom it is about; 0: whoever the subject may see */
};

/* In the order in which they are looked at. */
enum access_reason {
    ACCESS_ALLOWED,
    ACCESS_DENIED_HOURS,      /* the class has hours, and these are others */
    ACCESS_DENIED_NETWORK,    /* the class has networks, and this is another */
    ACCESS_DENIED_PERMISSION, /* the class's row of the matrix does not have it */
    ACCESS_DENIED_FACTOR,     /* the class asks for a second factor that is fresher */
    ACCESS_DENIED_UNTIED,     /* the class sees oneself only, and who that is was never said */
    ACCESS_DENIED_SCOPE,      /* not of this person */
};

struct access_decision {
    enum access_reason reason;
    struct person_id only; /* when allowed: the one person that may be seen; 0: everyone */
    int64_t from_at;       /* when allowed: nothing before is seen; INT64_MIN: no limit */
};

/* The word of the API; empty: no such reason. */
const char *access_reason_word(enum access_reason reason);

/* Fills in when and where a subject asks; the server's clocks hold where the class has no zone. */
void access_subject_place(struct access_subject *subject, int64_t at, struct text source);

/* Do conditions that hold whatever is asked let the subject through: hours and networks? */
enum access_reason access_admits(const struct access_subject *subject);

void access_decide(const struct access_subject *subject, const struct access_request *request,
                   struct access_decision *ret_decision);
