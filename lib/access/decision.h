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
};

struct access_request {
    enum access_permission permission;
    struct person_id person; /* whom it is about; 0: whoever the subject may see */
};

/* In the order in which they are looked at. */
enum access_reason {
    ACCESS_ALLOWED,
    ACCESS_DENIED_PERMISSION, /* the class's row of the matrix does not have it */
    ACCESS_DENIED_UNTIED,     /* the class sees oneself only, and who that is was never said */
    ACCESS_DENIED_SCOPE,      /* not of this person */
};

struct access_decision {
    enum access_reason reason;
    struct person_id only; /* when allowed: the one person that may be seen; 0: everyone */
};

void access_decide(const struct access_subject *subject, const struct access_request *request,
                   struct access_decision *ret_decision);
