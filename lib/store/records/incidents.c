#include "store/records/nouns.h"
#include "store/records/records-private.h"

#define COLUMNS "incident_id, kind, summary, opened_at, opened_by, closed_at, closed_by, note"

static int take_incident(struct sql_statement *row, struct arena *arena,
                         struct records_incident *ret_incident)
{
    struct records_incident incident = {
        .number = (uint64_t)sql_i64(row, 0),
        .opened_at = sql_i64(row, 3),
        .closed_at = sql_i64(row, 5),
    };
    int r = records_take_text(row, 1, arena, &incident.kind);

    if (r == 0)
        r = records_take_text(row, 2, arena, &incident.summary);
    if (r == 0)
        r = records_take_text(row, 4, arena, &incident.opened_by);
    if (r == 0)
        r = records_take_text(row, 6, arena, &incident.closed_by);
    if (r == 0)
        r = records_take_text(row, 7, arena, &incident.note);
    if (r)
        return r;
    *ret_incident = incident;
    return 0;
}

int records_incident_open(struct records_tx *tx, const struct records_incident *incident,
                          uint64_t *ret_number)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int64_t number = 0;
    int r = records_next_number(tx, "incident", &number);

    if (r == 0)
        r = sql_prepare(tx->sql,
                        "INSERT INTO incident (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, 0, '', '')",
                        &statement);
    if (r)
        return r;
    sql_bind_i64(statement, 1, number);
    sql_bind_text(statement, 2, incident->kind);
    sql_bind_text(statement, 3, incident->summary);
    sql_bind_i64(statement, 4, incident->opened_at);
    sql_bind_text(statement, 5, incident->opened_by);
    r = records_run(statement);
    if (r)
        return r;
    *ret_number = (uint64_t)number;
    return 0;
}

int records_incident_get(struct records_tx *tx, uint64_t number, struct arena *arena,
                         struct records_incident *ret_incident)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r =
        sql_prepare(tx->sql, "SELECT " COLUMNS " FROM incident WHERE incident_id = $1", &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, (int64_t)number);
    r = records_one(statement);
    return r ? r : take_incident(statement, arena, ret_incident);
}

static int closed_at(struct records_tx *tx, uint64_t number, int64_t *ret_closed_at)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r =
        sql_prepare(tx->sql, "SELECT closed_at FROM incident WHERE incident_id = $1", &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, (int64_t)number);
    r = records_one(statement);
    if (r)
        return r;
    *ret_closed_at = sql_i64(statement, 0);
    return 0;
}

int records_incident_close(struct records_tx *tx, uint64_t number, int64_t at, struct text by,
                           struct text note)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int64_t closed = 0;
    int r = closed_at(tx, number, &closed);

    if (r == 0 && closed)
        return RECORDS_STALE;
    if (r == 0)
        r = sql_prepare(tx->sql,
                        "UPDATE incident SET closed_at = $2, closed_by = $3, note = $4"
                        " WHERE incident_id = $1",
                        &statement);
    if (r)
        return r;
    sql_bind_i64(statement, 1, (int64_t)number);
    sql_bind_i64(statement, 2, at);
    sql_bind_text(statement, 3, by);
    sql_bind_text(statement, 4, note);
    return records_run_one(tx, statement);
}

int records_incident_list(struct records_tx *tx, size_t limit, struct arena *arena,
                          struct records_incident **ret_incidents, size_t *ret_count)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct records_rows rows = {.arena = arena, .row_size = sizeof(struct records_incident)};
    int r = sql_prepare(
        tx->sql, "SELECT " COLUMNS " FROM incident ORDER BY incident_id DESC LIMIT $1", &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, (int64_t)limit);
    while ((r = sql_next(statement)) == 0) {
        struct records_incident *row = records_rows_add(&rows);

        r = row ? take_incident(statement, arena, row) : FAULT(ERR_MEMORY);
        if (r)
            return r;
    }
    if (r != SQL_DONE)
        return r;
    *ret_incidents = rows.at;
    *ret_count = rows.count;
    return 0;
}
