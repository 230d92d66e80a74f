#include "store/records/nouns.h"
#include "store/records/records-private.h"

#define COLUMNS                                                                                    \
    "missed_id, device_id, day, kind, rule, hash, same, count, first_at, last_at,"                 \
    " acknowledged_at, acknowledged_by, note"

/* One more of what is there and not acknowledged. Outcome: RECORDS_ABSENT. */
static int add_to_open(struct records_tx *tx, const struct records_missed *missed)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "UPDATE missed SET count = count + $1, last_at = $2"
                        " WHERE device_id = $3 AND day = $4 AND kind = $5 AND rule = $6"
                        " AND hash = $7 AND acknowledged_at = 0",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, (int64_t)missed->count);
    sql_bind_i64(statement, 2, missed->last_at);
    sql_bind_bytes(statement, 3, (struct bytes){missed->device.at, DEVICE_ID_SIZE});
    sql_bind_i64(statement, 4, missed->day);
    sql_bind_text(statement, 5, missed->kind);
    sql_bind_text(statement, 6, missed->rule);
    records_bind_hash(statement, 7, &missed->rules);
    return records_run_one(tx, statement);
}

int records_missed_add(struct records_tx *tx, const struct records_missed *missed)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int64_t number = 0;
    int r = add_to_open(tx, missed);

    if (r != RECORDS_ABSENT)
        return r;
    r = records_next_number(tx, "missed", &number);
    if (r == 0)
        r = sql_prepare(tx->sql,
                        "INSERT INTO missed (" COLUMNS ")"
                        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, 0, '', '')",
                        &statement);
    if (r)
        return r;
    sql_bind_i64(statement, 1, number);
    sql_bind_bytes(statement, 2, (struct bytes){missed->device.at, DEVICE_ID_SIZE});
    sql_bind_i64(statement, 3, missed->day);
    sql_bind_text(statement, 4, missed->kind);
    sql_bind_text(statement, 5, missed->rule);
    records_bind_hash(statement, 6, &missed->rules);
    sql_bind_i64(statement, 7, missed->same);
    sql_bind_i64(statement, 8, (int64_t)missed->count);
    sql_bind_i64(statement, 9, missed->last_at);
    return records_run(statement);
}

static int take_missed(struct sql_statement *row, struct arena *arena,
                       struct records_missed *ret_missed)
{
    struct records_missed missed = {
        .number = (uint64_t)sql_i64(row, 0),
        .day = (int32_t)sql_i64(row, 2),
        .same = sql_i64(row, 6) != 0,
        .count = (uint64_t)sql_i64(row, 7),
        .first_at = sql_i64(row, 8),
        .last_at = sql_i64(row, 9),
        .acknowledged_at = sql_i64(row, 10),
    };
    struct bytes id = sql_bytes(row, 1);
    int r =
        id.len == DEVICE_ID_SIZE ? records_take_hash(row, 5, &missed.rules) : FAULT(ERR_CORRUPT);

    if (r)
        return r;
    memcpy(missed.device.at, id.at, DEVICE_ID_SIZE);
    r = records_take_text(row, 3, arena, &missed.kind);
    if (r == 0)
        r = records_take_text(row, 4, arena, &missed.rule);
    if (r == 0)
        r = records_take_text(row, 11, arena, &missed.acknowledged_by);
    if (r == 0)
        r = records_take_text(row, 12, arena, &missed.note);
    if (r == 0)
        *ret_missed = missed;
    return r;
}

int records_missed_list(struct records_tx *tx, size_t limit, struct arena *arena,
                        struct records_missed **ret_missed, size_t *ret_count)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct records_rows rows = {.arena = arena, .row_size = sizeof(struct records_missed)};
    int r = sql_prepare(tx->sql,
                        "SELECT " COLUMNS " FROM missed"
                        " ORDER BY acknowledged_at > 0, same DESC, last_at DESC, missed_id DESC"
                        " LIMIT $1",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, (int64_t)limit);
    while ((r = sql_next(statement)) == 0) {
        struct records_missed *missed = records_rows_add(&rows);

        r = missed ? take_missed(statement, arena, missed) : FAULT(ERR_MEMORY);
        if (r)
            return r;
    }
    if (r != SQL_DONE)
        return r;
    *ret_missed = rows.at;
    *ret_count = rows.count;
    return 0;
}

int records_missed_open(struct records_tx *tx, uint64_t *ret_open, uint64_t *ret_same)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "SELECT coalesce(sum(count), 0), coalesce(sum(count * same), 0)"
                        " FROM missed WHERE acknowledged_at = 0",
                        &statement);

    if (r == 0)
        r = records_one(statement);
    if (r)
        return r;
    *ret_open = (uint64_t)sql_i64(statement, 0);
    *ret_same = (uint64_t)sql_i64(statement, 1);
    return 0;
}

static int is_there(struct records_tx *tx, uint64_t number)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "SELECT 1 FROM missed WHERE missed_id = $1", &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, (int64_t)number);
    return records_one(statement);
}

int records_missed_acknowledge(struct records_tx *tx, uint64_t number, int64_t at, struct text by,
                               struct text note)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = is_there(tx, number);

    if (r == 0)
        r = sql_prepare(tx->sql,
                        "UPDATE missed SET acknowledged_at = $1, acknowledged_by = $2, note = $3"
                        " WHERE missed_id = $4 AND acknowledged_at = 0",
                        &statement);
    if (r)
        return r;
    sql_bind_i64(statement, 1, at);
    sql_bind_text(statement, 2, by);
    sql_bind_text(statement, 3, note);
    sql_bind_i64(statement, 4, (int64_t)number);
    r = records_run_one(tx, statement);
    return r == RECORDS_ABSENT ? RECORDS_STALE : r;
}
