#pragma once

/*
 * Scopes: who may be seen, made from who asks; the only way to ask the span store anything
 *
 * access_decide() judges; what it allows is cut out here, and only here. Runs inside a records job.
 */

#include "access/decision.h"
#include "base/arena.h"
#include "store/records/nouns.h"
#include "store/spans/spans.h"

enum {
    SCOPE_DENIED = 1, /* the class sees nothing of this */
    SCOPE_CONDITION,  /* a condition of the class does not let it: hours, network, second factor */
    SCOPE_UNTIED,     /* it sees oneself only, and who that is was never said */
    SCOPE_ABSENT,     /* no such person */
};

/* Who is in a scope, and which accounts they have on its days (UTC). */
struct scope_people {
    struct records_owner *owners; /* by account, then day */
    size_t owner_count;
    struct records_person *people; /* by number */
    size_t person_count;
    int64_t
        cut_at; /* nothing before was let through, though it was asked for; 0: nothing was cut */
};

/* The first whole UTC day that a subject's window leaves; INT32_MIN: it has none. */
int32_t scope_window_day(const struct access_subject *subject);

/* Everything that one device sent, for what the server compares by itself and shows nobody. */
RESULT scope_of_device(struct records_tx *tx, struct device_id device, int64_t from_at,
                       int64_t to_at, struct arena *arena, struct spans_scope *ret_scope);

/*
 * The scope of a subject's question, over everyone whom they may see (request.person 0) or one
 * person, between two moments, of which the class's window may cut the first. Everything is in the
 * arena. Whether somebody exists is told to nobody who may not see them. Outcomes: SCOPE_DENIED,
 * SCOPE_CONDITION, SCOPE_UNTIED, SCOPE_ABSENT.
 */
RESULT scope_make(struct records_tx *tx, const struct access_subject *subject,
                  const struct access_request *request, int64_t from_at, int64_t to_at,
                  struct arena *arena, struct spans_scope *ret_scope,
                  struct scope_people *ret_people);

/* Whose an account is on a day, if that is in the scope; 0: it is not. */
struct person_id scope_owner(const struct scope_people *people, struct account_id account,
                             int32_t day);
