#include "store/records/nouns.h"
#include "store/records/records-private.h"

#define COLUMNS                                                                                    \
    "emergency_id, user_id, class, reason, opened_at, until_at, ended_at, ended_by, review_by_at," \
    " overdue_at, reviewed_at, reviewed_by, justified, note"

static int take_emergency(struct sql_statement *row, struct arena *arena,
                          struct records_emergency *ret_emergency)
{
    struct records_emergency emergency = {
        .number = (uint64_t)sql_i64(row, 0),
        .user = {(uint32_t)sql_i64(row, 1)},
        .opened_at = sql_i64(row, 4),
        .until_at = sql_i64(row, 5),
        .ended_at = sql_i64(row, 6),
        .review_by_at = sql_i64(row, 8),
        .overdue_at = sql_i64(row, 9),
        .reviewed_at = sql_i64(row, 10),
        .justified = sql_i64(row, 12) != 0,
    };
    int r = records_take_text(row, 2, arena, &emergency.class);

    if (r == 0)
        r = records_take_text(row, 3, arena, &emergency.reason);
    if (r == 0)
        r = records_take_text(row, 7, arena, &emergency.ended_by);
    if (r == 0)
        r = records_take_text(row, 11, arena, &emergency.reviewed_by);
    if (r == 0)
        r = records_take_text(row, 13, arena, &emergency.note);
    if (r)
        return r;
    *ret_emergency = emergency;
    return 0;
}

int records_emergency_open(struct records_tx *tx, const struct records_emergency *emergency,
                           uint64_t *ret_number)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int64_t number = 0;
    int r = records_next_number(tx, "emergency", &number);

    if (r == 0)
        r = sql_prepare(tx->sql,
                        "INSERT INTO emergency (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, 0, '',"
                        " $7, 0, 0, '', 0, '')",
                        &statement);
    if (r)
        return r;
    sql_bind_i64(statement, 1, number);
    sql_bind_i64(statement, 2, emergency->user.number);
    sql_bind_text(statement, 3, emergency->class);
    sql_bind_text(statement, 4, emergency->reason);
    sql_bind_i64(statement, 5, emergency->opened_at);
    sql_bind_i64(statement, 6, emergency->until_at);
    sql_bind_i64(statement, 7, emergency->review_by_at);
    r = records_run(statement);
    if (r)
        return r;
    *ret_number = (uint64_t)number;
    return 0;
}

int records_emergency_get(struct records_tx *tx, uint64_t number, struct arena *arena,
                          struct records_emergency *ret_emergency)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "SELECT " COLUMNS " FROM emergency WHERE emergency_id = $1",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, (int64_t)number);
    r = records_one(statement);
    return r ? r : take_emergency(statement, arena, ret_emergency);
}

int records_emergency_of(struct records_tx *tx, struct user_id user, int64_t now,
                         struct arena *arena, struct records_emergency *ret_emergency)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "SELECT " COLUMNS " FROM emergency WHERE user_id = $1 AND ended_at = 0"
                        " AND until_at > $2 ORDER BY emergency_id DESC LIMIT 1",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, user.number);
    sql_bind_i64(statement, 2, now);
    r = records_one(statement);
    return r ? r : take_emergency(statement, arena, ret_emergency);
}

int records_emergency_end(struct records_tx *tx, uint64_t number, int64_t at, struct text by)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "UPDATE emergency SET ended_at = $2, ended_by = $3"
                        " WHERE emergency_id = $1 AND ended_at = 0",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, (int64_t)number);
    sql_bind_i64(statement, 2, at);
    sql_bind_text(statement, 3, by);
    r = records_run_one(tx, statement);
    return r == RECORDS_ABSENT ? RECORDS_STALE : r;
}

int records_emergency_overdue(struct records_tx *tx, uint64_t number, int64_t at)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "UPDATE emergency SET overdue_at = $2 WHERE emergency_id = $1",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, (int64_t)number);
    sql_bind_i64(statement, 2, at);
    return records_run_one(tx, statement);
}

int records_emergency_review(struct records_tx *tx, uint64_t number, int64_t at, struct text by,
                             bool justified, struct text note)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "UPDATE emergency SET reviewed_at = $2, reviewed_by = $3, justified = $4,"
                        " note = $5 WHERE emergency_id = $1 AND ended_at <> 0 AND reviewed_at = 0",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, (int64_t)number);
    sql_bind_i64(statement, 2, at);
    sql_bind_text(statement, 3, by);
    sql_bind_i64(statement, 4, justified);
    sql_bind_text(statement, 5, note);
    r = records_run_one(tx, statement);
    return r == RECORDS_ABSENT ? RECORDS_STALE : r;
}

static int take_all(struct sql_statement *statement, struct arena *arena,
                    struct records_emergency **ret_emergencies, size_t *ret_count)
{
    struct records_rows rows = {.arena = arena, .row_size = sizeof(struct records_emergency)};
    int r;

    while ((r = sql_next(statement)) == 0) {
        struct records_emergency *row = records_rows_add(&rows);

        r = row ? take_emergency(statement, arena, row) : FAULT(ERR_MEMORY);
        if (r)
            return r;
    }
    if (r != SQL_DONE)
        return r;
    *ret_emergencies = rows.at;
    *ret_count = rows.count;
    return 0;
}

int records_emergency_list(struct records_tx *tx, size_t limit, struct arena *arena,
                           struct records_emergency **ret_emergencies, size_t *ret_count)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "SELECT " COLUMNS " FROM emergency ORDER BY emergency_id DESC LIMIT $1",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, (int64_t)limit);
    return take_all(statement, arena, ret_emergencies, ret_count);
}

int records_emergency_unfinished(struct records_tx *tx, struct arena *arena,
                                 struct records_emergency **ret_emergencies, size_t *ret_count)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "SELECT " COLUMNS " FROM emergency WHERE reviewed_at = 0"
                        " ORDER BY emergency_id",
                        &statement);

    return r ? r : take_all(statement, arena, ret_emergencies, ret_count);
}

int records_emergency_acts(struct records_tx *tx, uint64_t number, size_t limit,
                           struct arena *arena, struct records_audit_row **ret_rows,
                           size_t *ret_count)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "SELECT audit_entry.idx, entry FROM emergency_act JOIN audit_entry"
                        " ON audit_entry.idx = emergency_act.idx WHERE emergency_id = $1"
                        " ORDER BY audit_entry.idx DESC LIMIT $2",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, (int64_t)number);
    sql_bind_i64(statement, 2, (int64_t)limit);
    return records_take_audit_rows(statement, arena, ret_rows, ret_count);
}
