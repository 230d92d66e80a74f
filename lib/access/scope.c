#include "access/scope.h"

RESULT scope_make(struct records_tx *tx, const struct access_subject *subject,
                  const struct access_request *request, int64_t from_at, int64_t to_at,
                  struct arena *arena, struct spans_scope *ret_scope,
                  struct scope_people *ret_people)
{
    struct access_decision decision;
    struct scope_people people = {0};
    struct spans_scope scope = {.from_at = from_at, .to_at = to_at};
    struct account_id *ids;
    struct person_id *persons;
    struct person_id person;
    size_t kept = 0;
    int r;

    access_decide(subject, request, &decision);
    if (decision.reason != ACCESS_ALLOWED)
        return decision.reason == ACCESS_DENIED_UNTIED ? SCOPE_UNTIED : SCOPE_DENIED;
    person = decision.only;
    r = records_account_list(tx, arena, &people.accounts, &people.account_count);
    if (!r)
        r = records_person_list(tx, arena, &people.people, &people.person_count);
    if (r)
        return r;
    ids = arena_take_array(arena, people.account_count, sizeof *ids);
    persons = arena_take_array(arena, people.account_count, sizeof *persons);
    if (!ids || !persons)
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; i < people.account_count; i++) {
        if (person.number && people.accounts[i].person.number != person.number)
            continue;
        people.accounts[kept] = people.accounts[i];
        persons[kept] = people.accounts[i].person;
        ids[kept++] = people.accounts[i].id;
    }
    people.account_count = kept;
    if (person.number) {
        size_t at = 0;

        while (at < people.person_count && people.people[at].id.number != person.number)
            at++;
        if (at == people.person_count)
            return SCOPE_ABSENT;
        people.people[0] = people.people[at];
        people.person_count = 1;
    }
    scope.accounts = ids;
    scope.persons = persons;
    scope.account_count = kept;
    *ret_scope = scope;
    *ret_people = people;
    return 0;
}

RESULT scope_of_device(struct records_tx *tx, struct device_id device, int64_t from_at,
                       int64_t to_at, struct arena *arena, struct spans_scope *ret_scope)
{
    struct records_account *accounts;
    struct account_id *ids;
    size_t count;
    size_t kept = 0;
    int r = records_account_list(tx, arena, &accounts, &count);

    if (r)
        return r;
    ids = arena_take_array(arena, count, sizeof *ids);
    if (!ids)
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; i < count; i++)
        if (device_id_equal(accounts[i].device, device))
            ids[kept++] = accounts[i].id;
    *ret_scope = (struct spans_scope){
        .accounts = ids, .account_count = kept, .from_at = from_at, .to_at = to_at};
    return 0;
}
