/* People: who works here, or is a computer that is shared. */

#include "store/records/people.h"
#include "store/records/people-private.h"
#include "store/records/records-private.h"

#define COLUMNS                                                                                    \
    "person_id, name, device_id, email, employee_id, coalesce(manager_id, 0), time_zone,"          \
    " schedule, created_at, ended_at, confirmed, coalesce(merged_into, 0)"

int records_take_device(struct sql_statement *statement, int column, struct device_id *ret_device)
{
    struct bytes device = sql_bytes(statement, column);

    if (device.len != DEVICE_ID_SIZE)
        return FAULT(ERR_CORRUPT);
    memcpy(ret_device->at, device.at, DEVICE_ID_SIZE);
    return 0;
}

int records_take_people(struct sql_statement *statement, struct arena *arena,
                        struct person_id **ret_people, size_t *ret_count)
{
    struct records_rows rows = {.arena = arena, .row_size = sizeof(struct person_id)};
    int r;

    while ((r = sql_next(statement)) == 0) {
        struct person_id *person = records_rows_add(&rows);

        if (!person)
            return FAULT(ERR_MEMORY);
        person->number = (uint32_t)sql_i64(statement, 0);
    }
    if (r != SQL_DONE)
        return r;
    *ret_people = rows.at;
    *ret_count = rows.count;
    return 0;
}

static int take_person(struct sql_statement *row, struct arena *arena,
                       struct records_person *ret_person)
{
    struct records_person person = {
        .id = {(uint32_t)sql_i64(row, 0)},
        .station = !sql_is_null(row, 2),
        .manager = {(uint32_t)sql_i64(row, 5)},
        .created_at = sql_i64(row, 8),
        .ended_at = sql_i64(row, 9),
        .confirmed = sql_i64(row, 10) != 0,
        .merged_into = {(uint32_t)sql_i64(row, 11)},
    };
    int r = records_take_text(row, 1, arena, &person.name);

    if (r == 0)
        r = records_take_text(row, 3, arena, &person.email);
    if (r == 0)
        r = records_take_text(row, 4, arena, &person.employee_id);
    if (r == 0)
        r = records_take_text(row, 6, arena, &person.time_zone);
    if (r == 0)
        r = records_take_text(row, 7, arena, &person.schedule);
    if (r)
        return r;
    *ret_person = person;
    return 0;
}

int records_person_insert(struct records_tx *tx, const struct records_person *person,
                          const struct device_id *station, struct person_id *ret_person)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int64_t number = 0;
    int r = records_next_number(tx, "person", &number);

    if (r == 0)
        r = sql_prepare(tx->sql,
                        "INSERT INTO person (person_id, name, device_id, email, employee_id,"
                        " manager_id, time_zone, schedule, created_at, ended_at, confirmed)"
                        " VALUES ($1, $2, $3, $4, $5, nullif($6, 0), $7, $8, $9, $10, $11)",
                        &statement);
    if (r)
        return r;
    sql_bind_i64(statement, 1, number);
    sql_bind_text(statement, 2, person->name);
    if (station)
        sql_bind_bytes(statement, 3, (struct bytes){station->at, DEVICE_ID_SIZE});
    sql_bind_text(statement, 4, person->email);
    sql_bind_text(statement, 5, person->employee_id);
    sql_bind_i64(statement, 6, person->manager.number);
    sql_bind_text(statement, 7, person->time_zone);
    sql_bind_text(statement, 8, person->schedule);
    sql_bind_i64(statement, 9, person->created_at);
    sql_bind_i64(statement, 10, person->ended_at);
    sql_bind_i64(statement, 11, person->confirmed);
    r = records_run(statement);
    if (r)
        return r;
    ret_person->number = (uint32_t)number;
    return 0;
}

int records_person_list(struct records_tx *tx, struct arena *arena,
                        struct records_person **ret_people, size_t *ret_count)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct records_rows rows = {.arena = arena, .row_size = sizeof(struct records_person)};
    int r = sql_prepare(tx->sql,
                        "SELECT " COLUMNS " FROM person WHERE merged_into IS NULL"
                        " ORDER BY person_id",
                        &statement);

    while (r == 0 && (r = sql_next(statement)) == 0) {
        struct records_person *person = records_rows_add(&rows);

        r = person ? take_person(statement, arena, person) : FAULT(ERR_MEMORY);
    }
    if (r != SQL_DONE)
        return r;
    *ret_people = rows.at;
    *ret_count = rows.count;
    return 0;
}

int records_person_get(struct records_tx *tx, struct person_id id, struct arena *arena,
                       struct records_person *ret_person)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "SELECT " COLUMNS " FROM person WHERE person_id = $1", &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, id.number);
    r = records_one(statement);
    return r ? r : take_person(statement, arena, ret_person);
}

/* ---- changes ---- */

/* Whether a statement that is bound has a row. */
static int has_row(struct sql_statement *statement, bool *ret_has)
{
    int r = records_one(statement);

    if (r < 0)
        return r;
    *ret_has = r == 0;
    return 0;
}

static int check_unique(struct records_tx *tx, const struct records_person *person)
{
    CLEANUP(sql_end) struct sql_statement *email = NULL;
    CLEANUP(sql_end) struct sql_statement *employee_id = NULL;
    bool taken = false;
    int r = sql_prepare(tx->sql,
                        "SELECT 1 FROM person WHERE email = $1 AND email <> ''"
                        " AND person_id <> $2",
                        &email);

    if (r)
        return r;
    sql_bind_text(email, 1, person->email);
    sql_bind_i64(email, 2, person->id.number);
    r = has_row(email, &taken);
    if (r || taken)
        return r ? r : RECORDS_PERSON_EMAIL;
    r = sql_prepare(tx->sql,
                    "SELECT 1 FROM person WHERE employee_id = $1 AND employee_id <> ''"
                    " AND person_id <> $2",
                    &employee_id);
    if (r)
        return r;
    sql_bind_text(employee_id, 1, person->employee_id);
    sql_bind_i64(employee_id, 2, person->id.number);
    r = has_row(employee_id, &taken);
    return r ? r : taken ? RECORDS_PERSON_EMPLOYEE_ID : 0;
}

int records_person_above(struct records_tx *tx, struct person_id manager, struct person_id whom,
                         bool *ret_above)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "WITH RECURSIVE up (person_id) AS (SELECT $1"
                        " UNION SELECT manager_id FROM up JOIN person"
                        "  ON person.person_id = up.person_id WHERE manager_id IS NOT NULL)"
                        " SELECT 1 FROM up WHERE person_id = $2",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, manager.number);
    sql_bind_i64(statement, 2, whom.number);
    return has_row(statement, ret_above);
}

static int check_manager(struct records_tx *tx, const struct records_person *person,
                         struct arena *arena)
{
    struct records_person manager;
    bool above = false;
    int r;

    if (!person->manager.number)
        return 0;
    r = records_person_get(tx, person->manager, arena, &manager);
    if (r)
        return r == RECORDS_ABSENT ? RECORDS_PERSON_MANAGER : r;
    if (manager.merged_into.number || manager.station)
        return RECORDS_PERSON_MANAGER;
    r = person->id.number ? records_person_above(tx, person->manager, person->id, &above) : 0;
    return r ? r : above ? RECORDS_PERSON_MANAGER : 0;
}

static int check(struct records_tx *tx, struct records_person *person, struct arena *arena)
{
    int r;

    if (person->email.len) {
        person->email = records_small_copy(arena, person->email);
        if (!person->email.at)
            return FAULT(ERR_MEMORY);
    }
    r = check_unique(tx, person);
    return r ? r : check_manager(tx, person, arena);
}

int records_person_add(struct records_tx *tx, const struct records_person *person,
                       struct arena *arena, struct person_id *ret_person)
{
    struct records_person checked = *person;
    int r;

    checked.id.number = 0;
    r = check(tx, &checked, arena);
    return r ? r : records_person_insert(tx, &checked, NULL, ret_person);
}

int records_person_set(struct records_tx *tx, const struct records_person *person,
                       struct arena *arena)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct records_person checked = *person;
    int r = check(tx, &checked, arena);

    if (r == 0)
        r = sql_prepare(tx->sql,
                        "UPDATE person SET name = $1, email = $2, employee_id = $3,"
                        " manager_id = nullif($4, 0), time_zone = $5, schedule = $6,"
                        " ended_at = $7, confirmed = $8"
                        " WHERE person_id = $9 AND merged_into IS NULL",
                        &statement);
    if (r)
        return r;
    sql_bind_text(statement, 1, checked.name);
    sql_bind_text(statement, 2, checked.email);
    sql_bind_text(statement, 3, checked.employee_id);
    sql_bind_i64(statement, 4, checked.manager.number);
    sql_bind_text(statement, 5, checked.time_zone);
    sql_bind_text(statement, 6, checked.schedule);
    sql_bind_i64(statement, 7, checked.ended_at);
    sql_bind_i64(statement, 8, checked.confirmed);
    sql_bind_i64(statement, 9, checked.id.number);
    return records_run_one(tx, statement);
}

/* ---- looking ---- */

#define FOUND                                                                                      \
    " FROM person WHERE merged_into IS NULL AND ($2 = 0 OR confirmed = 0)"                         \
    " AND ($3 = 1 OR ended_at = 0)"                                                                \
    " AND ($1 = '' OR instr(lower(name), $1) > 0 OR instr(email, $1) > 0"                          \
    "  OR instr(lower(employee_id), $1) > 0 OR person_id IN ("                                     \
    "   SELECT account_owner.person_id FROM account_owner JOIN account"                            \
    "   ON account.account_id = account_owner.account_id"                                          \
    "   WHERE instr(lower(account.name), $1) > 0))"

static void bind_search(struct sql_statement *statement, const struct records_person_search *search)
{
    sql_bind_text(statement, 1, search->words);
    sql_bind_i64(statement, 2, search->unconfirmed);
    sql_bind_i64(statement, 3, search->ended);
}

static int count_found(struct records_tx *tx, const struct records_person_search *search,
                       size_t *ret_total)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "SELECT count(*)" FOUND, &statement);

    if (r)
        return r;
    bind_search(statement, search);
    r = records_one(statement);
    if (r)
        return r;
    *ret_total = (size_t)sql_i64(statement, 0);
    return 0;
}

int records_person_search(struct records_tx *tx, const struct records_person_search *search,
                          struct arena *arena, struct records_person **ret_people,
                          size_t *ret_count, size_t *ret_total)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct records_rows rows = {.arena = arena, .row_size = sizeof(struct records_person)};
    struct records_person_search small = *search;
    size_t total = 0;
    int r;

    small.words = records_small_copy(arena, search->words);
    if (!small.words.at)
        return FAULT(ERR_MEMORY);
    r = count_found(tx, &small, &total);
    if (r == 0)
        r = sql_prepare(tx->sql,
                        "SELECT " COLUMNS FOUND " ORDER BY lower(name), person_id"
                        " LIMIT $4 OFFSET $5",
                        &statement);
    if (r)
        return r;
    bind_search(statement, &small);
    sql_bind_i64(statement, 4, (int64_t)search->limit);
    sql_bind_i64(statement, 5, (int64_t)search->offset);
    while (r == 0 && (r = sql_next(statement)) == 0) {
        struct records_person *person = records_rows_add(&rows);

        r = person ? take_person(statement, arena, person) : FAULT(ERR_MEMORY);
    }
    if (r != SQL_DONE)
        return r;
    *ret_people = rows.at;
    *ret_count = rows.count;
    *ret_total = total;
    return 0;
}

int records_person_accounts(struct records_tx *tx, struct person_id person, struct arena *arena,
                            struct records_person_account **ret_accounts, size_t *ret_count)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct records_rows rows = {.arena = arena, .row_size = sizeof(struct records_person_account)};
    int r = sql_prepare(tx->sql,
                        "SELECT account.account_id, account.name, device.host_name, identity.kind,"
                        " from_day, until_day FROM identity_owner"
                        " JOIN account ON account.identity_id = identity_owner.identity_id"
                        " JOIN identity ON identity.identity_id = identity_owner.identity_id"
                        " JOIN device ON device.device_id = account.device_id"
                        " WHERE identity_owner.person_id = $1"
                        " ORDER BY account.account_id, from_day",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, person.number);
    while (r == 0 && (r = sql_next(statement)) == 0) {
        struct records_person_account *account = records_rows_add(&rows);

        if (!account)
            return FAULT(ERR_MEMORY);
        account->account.number = (uint32_t)sql_i64(statement, 0);
        account->kind = (enum records_identity_kind)sql_i64(statement, 3);
        account->from_day = (int32_t)sql_i64(statement, 4);
        account->until_day = (int32_t)sql_i64(statement, 5);
        r = records_take_text(statement, 1, arena, &account->name);
        if (r == 0)
            r = records_take_text(statement, 2, arena, &account->host_name);
    }
    if (r != SQL_DONE)
        return r;
    *ret_accounts = rows.at;
    *ret_count = rows.count;
    return 0;
}

int records_reports(struct records_tx *tx, struct person_id manager, struct arena *arena,
                    struct person_id **ret_people, size_t *ret_count)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "SELECT person_id FROM person WHERE manager_id = $1"
                        " AND merged_into IS NULL AND person_id <> $1 ORDER BY person_id",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, manager.number);
    return records_take_people(statement, arena, ret_people, ret_count);
}
