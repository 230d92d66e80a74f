#pragma once

/*
 * Scopes: who may be seen, made from who asks; the only way to ask the span store anything
 *
 * For now a role sees everyone or nobody; departments and date windows come with the access
 * programme, and only here. Runs inside a records job.
 */

#include "access/permission.h"
#include "base/arena.h"
#include "store/records/nouns.h"
#include "store/spans/spans.h"

enum {
    SCOPE_DENIED = 1, /* that role sees nothing of this */
    SCOPE_ABSENT,     /* no such person */
};

/* Who is in a scope, beside their accounts. */
struct scope_people {
    struct records_account *accounts;
    size_t account_count;
    struct records_person *people;
    size_t person_count;
};

/* Everything that one device sent, for what the server compares by itself and shows nobody. */
RESULT scope_of_device(struct records_tx *tx, struct device_id device, int64_t from_at,
                       int64_t to_at, struct arena *arena, struct spans_scope *ret_scope);

/*
 * The scope of a question under a permission, over everyone (person.number 0) or one person,
 * between two moments. Everything is in the arena. Outcomes: SCOPE_DENIED, SCOPE_ABSENT.
 */
RESULT scope_make(struct records_tx *tx, enum records_role role, enum access_permission permission,
                  struct person_id person, int64_t from_at, int64_t to_at, struct arena *arena,
                  struct spans_scope *ret_scope, struct scope_people *ret_people);
