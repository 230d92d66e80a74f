#include "access/scope.h"

#include "base/moment.h"

static int32_t day_within(int64_t at)
{
    if (at < 0)
        return RECORDS_DAY_FIRST;
    return at / MS_PER_DAY >= RECORDS_DAY_NEVER - 1 ? RECORDS_DAY_NEVER - 1 : time_day(at);
}

/* Outcome: SCOPE_ABSENT. */
static int find_people(struct records_tx *tx, struct person_id only, struct arena *arena,
                       struct scope_people *people)
{
    int r;

    if (!only.number)
        return records_person_list(tx, arena, &people->people, &people->person_count);
    people->people = arena_take(arena, sizeof *people->people);
    if (!people->people)
        return FAULT(ERR_MEMORY);
    people->person_count = 1;
    r = records_person_get(tx, only, arena, people->people);
    if (r == 0 && people->people->merged_into.number)
        return SCOPE_ABSENT;
    return r == RECORDS_ABSENT ? SCOPE_ABSENT : r;
}

/* As the store wants them. */
static RESULT take_owners(const struct scope_people *people, struct arena *arena,
                          struct spans_scope *scope)
{
    struct spans_owner *owners = arena_take_array(arena, people->owner_count, sizeof *owners);

    if (!owners)
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; i < people->owner_count; i++)
        owners[i] = (struct spans_owner){people->owners[i].account, people->owners[i].person,
                                         people->owners[i].from_day, people->owners[i].until_day};
    scope->owners = owners;
    scope->owner_count = people->owner_count;
    return 0;
}

int32_t scope_window_day(const struct access_subject *subject)
{
    const struct access_conditions *conditions = subject->class ? subject->class->conditions : NULL;
    int64_t from = conditions ? access_window_from(conditions, subject->local_at) : INT64_MIN;

    if (from == INT64_MIN)
        return INT32_MIN;
    return time_day(from - (subject->local_at - subject->at) + MS_PER_DAY - 1);
}

static int outcome_of(enum access_reason reason)
{
    switch (reason) {
    case ACCESS_ALLOWED:
        return 0;
    case ACCESS_DENIED_HOURS:
    case ACCESS_DENIED_NETWORK:
    case ACCESS_DENIED_FACTOR:
        return SCOPE_CONDITION;
    case ACCESS_DENIED_UNTIED:
        return SCOPE_UNTIED;
    case ACCESS_DENIED_PERMISSION:
    case ACCESS_DENIED_SCOPE:
    default:
        return SCOPE_DENIED;
    }
}

/* What the window leaves of what was asked. */
static void cut(const struct access_decision *decision, struct spans_scope *scope,
                struct scope_people *people)
{
    if (scope->from_at >= decision->from_at)
        return;
    people->cut_at = decision->from_at;
    scope->from_at = decision->from_at;
    if (scope->to_at < scope->from_at)
        scope->to_at = scope->from_at;
}

RESULT scope_make(struct records_tx *tx, const struct access_subject *subject,
                  const struct access_request *request, int64_t from_at, int64_t to_at,
                  struct arena *arena, struct spans_scope *ret_scope,
                  struct scope_people *ret_people)
{
    struct access_decision decision;
    struct scope_people people = {0};
    struct spans_scope scope = {.from_at = from_at, .to_at = to_at};
    int r;

    access_decide(subject, request, &decision);
    if (decision.reason != ACCESS_ALLOWED)
        return outcome_of(decision.reason);
    cut(&decision, &scope, &people);
    r = find_people(tx, decision.only, arena, &people);
    if (!r)
        r = records_owner_list(tx, decision.only, day_within(scope.from_at),
                               day_within(scope.to_at - 1) + 1, arena, &people.owners,
                               &people.owner_count);
    if (!r)
        r = take_owners(&people, arena, &scope);
    if (r)
        return r;
    *ret_scope = scope;
    *ret_people = people;
    return 0;
}

struct person_id scope_owner(const struct scope_people *people, struct account_id account,
                             int32_t day)
{
    size_t low = 0;
    size_t high = people->owner_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct records_owner *owner = &people->owners[middle];

        if (owner->account.number < account.number ||
            (owner->account.number == account.number && owner->until_day <= day))
            low = middle + 1;
        else
            high = middle;
    }
    if (low == people->owner_count || people->owners[low].account.number != account.number ||
        people->owners[low].from_day > day)
        return (struct person_id){0};
    return people->owners[low].person;
}

RESULT scope_of_device(struct records_tx *tx, struct device_id device, int64_t from_at,
                       int64_t to_at, struct arena *arena, struct spans_scope *ret_scope)
{
    struct records_account *accounts;
    struct spans_owner *owners;
    size_t count;
    int r = records_account_list_of(tx, device, arena, &accounts, &count);

    if (r)
        return r;
    owners = arena_take_array(arena, count, sizeof *owners);
    if (!owners)
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; i < count; i++)
        owners[i] = spans_owner_ever(accounts[i].id, (struct person_id){0});
    *ret_scope = (struct spans_scope){
        .owners = owners, .owner_count = count, .from_at = from_at, .to_at = to_at};
    return 0;
}
