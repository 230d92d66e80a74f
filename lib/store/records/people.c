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

int records_reports(struct records_tx *tx, struct person_id manager, bool below,
                    struct arena *arena, struct person_id **ret_people, size_t *ret_count)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = below ? sql_prepare(tx->sql,
                                "WITH RECURSIVE report (person_id) AS ("
                                " SELECT person_id FROM person WHERE manager_id = $1"
                                " AND merged_into IS NULL"
                                " UNION SELECT person.person_id FROM report JOIN person"
                                "  ON person.manager_id = report.person_id"
                                "  WHERE person.merged_into IS NULL)"
                                " SELECT person_id FROM report WHERE person_id <> $1"
                                " ORDER BY person_id",
                                &statement)
                  : sql_prepare(tx->sql,
                                "SELECT person_id FROM person WHERE manager_id = $1"
                                " AND merged_into IS NULL AND person_id <> $1"
                                " ORDER BY person_id",
                                &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, manager.number);
    return records_take_people(statement, arena, ret_people, ret_count);
}
