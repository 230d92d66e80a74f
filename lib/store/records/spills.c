#include "store/records/nouns.h"
#include "store/records/records-private.h"

#define COLUMNS                                                                                    \
    "spill_id, begun_at, begun_by, purpose, rule, rule_until, policy, done_at, receipt, "          \
    "incident_id"

static int take_spill(struct sql_statement *row, struct arena *arena,
                      struct records_spill *ret_spill)
{
    struct records_spill spill = {
        .number = (uint64_t)sql_i64(row, 0),
        .begun_at = sql_i64(row, 1),
        .rule_until = sql_i64(row, 5),
        .policy = (uint64_t)sql_i64(row, 6),
        .done_at = sql_i64(row, 7),
        .incident = (uint64_t)sql_i64(row, 9),
    };
    int r = records_take_text(row, 2, arena, &spill.begun_by);

    if (r == 0)
        r = records_take_text(row, 3, arena, &spill.purpose);
    if (r == 0)
        r = records_take_bytes(row, 4, arena, &spill.rule);
    if (r == 0)
        r = records_take_text(row, 8, arena, &spill.receipt);
    if (r)
        return r;
    *ret_spill = spill;
    return 0;
}

int records_spill_number(struct records_tx *tx, uint64_t *ret_number)
{
    int64_t number;
    int r = records_next_number(tx, "spill", &number);

    if (r)
        return r;
    *ret_number = (uint64_t)number;
    return 0;
}

int records_spill_add(struct records_tx *tx, const struct records_spill *spill)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "INSERT INTO spill (" COLUMNS ")"
                        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, (int64_t)spill->number);
    sql_bind_i64(statement, 2, spill->begun_at);
    sql_bind_text(statement, 3, spill->begun_by);
    sql_bind_text(statement, 4, spill->purpose);
    sql_bind_bytes(statement, 5, spill->rule);
    sql_bind_i64(statement, 6, spill->rule_until);
    sql_bind_i64(statement, 7, (int64_t)spill->policy);
    sql_bind_i64(statement, 8, spill->done_at);
    sql_bind_text(statement, 9, spill->receipt);
    sql_bind_i64(statement, 10, (int64_t)spill->incident);
    return records_run(statement);
}

int records_spill_set(struct records_tx *tx, const struct records_spill *spill)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "UPDATE spill SET rule = $2, policy = $3, done_at = $4, receipt = $5"
                        " WHERE spill_id = $1",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, (int64_t)spill->number);
    sql_bind_bytes(statement, 2, spill->rule);
    sql_bind_i64(statement, 3, (int64_t)spill->policy);
    sql_bind_i64(statement, 4, spill->done_at);
    sql_bind_text(statement, 5, spill->receipt);
    return records_run_one(tx, statement);
}

int records_spill_get(struct records_tx *tx, uint64_t number, struct arena *arena,
                      struct records_spill *ret_spill)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "SELECT " COLUMNS " FROM spill WHERE spill_id = $1", &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, (int64_t)number);
    r = records_one(statement);
    return r ? r : take_spill(statement, arena, ret_spill);
}

int records_spill_list(struct records_tx *tx, size_t limit, struct arena *arena,
                       struct records_spill **ret_spills, size_t *ret_count)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct records_rows rows = {.arena = arena, .row_size = sizeof(struct records_spill)};
    int r = sql_prepare(tx->sql, "SELECT " COLUMNS " FROM spill ORDER BY spill_id DESC LIMIT $1",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, (int64_t)limit);
    while ((r = sql_next(statement)) == 0) {
        struct records_spill *row = records_rows_add(&rows);

        r = row ? take_spill(statement, arena, row) : FAULT(ERR_MEMORY);
        if (r)
            return r;
    }
    if (r != SQL_DONE)
        return r;
    *ret_spills = rows.at;
    *ret_count = rows.count;
    return 0;
}

/* ---- days ---- */

static struct bytes key_bytes(const uint8_t key[RECORDS_KEY_ID_SIZE])
{
    return (struct bytes){.at = key, .len = RECORDS_KEY_ID_SIZE};
}

int records_spill_day_set(struct records_tx *tx, const struct records_spill_day *day)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "INSERT INTO spill_day (spill_id, day, texts, old_key, new_key, done_at)"
                        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (spill_id, day, old_key)"
                        " DO UPDATE SET texts = excluded.texts, new_key = excluded.new_key,"
                        " done_at = excluded.done_at",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, (int64_t)day->spill);
    sql_bind_i64(statement, 2, day->day);
    sql_bind_i64(statement, 3, (int64_t)day->texts);
    sql_bind_bytes(statement, 4, key_bytes(day->old_key));
    sql_bind_bytes(statement, 5, key_bytes(day->new_key));
    sql_bind_i64(statement, 6, day->done_at);
    return records_run(statement);
}

static int take_key(struct sql_statement *row, int column, uint8_t ret_key[RECORDS_KEY_ID_SIZE])
{
    struct bytes bytes = sql_bytes(row, column);

    if (bytes.len != RECORDS_KEY_ID_SIZE)
        return FAULT(ERR_CORRUPT);
    memcpy(ret_key, bytes.at, RECORDS_KEY_ID_SIZE);
    return 0;
}

int records_spill_day_list(struct records_tx *tx, uint64_t spill, struct arena *arena,
                           struct records_spill_day **ret_days, size_t *ret_count)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct records_rows rows = {.arena = arena, .row_size = sizeof(struct records_spill_day)};
    int r = sql_prepare(tx->sql,
                        "SELECT day, texts, old_key, new_key, done_at FROM spill_day"
                        " WHERE spill_id = $1 ORDER BY day, done_at",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, (int64_t)spill);
    while ((r = sql_next(statement)) == 0) {
        struct records_spill_day *row = records_rows_add(&rows);

        if (!row)
            return FAULT(ERR_MEMORY);
        *row = (struct records_spill_day){.spill = spill,
                                          .day = (int32_t)sql_i64(statement, 0),
                                          .texts = (uint64_t)sql_i64(statement, 1),
                                          .done_at = sql_i64(statement, 4)};
        r = take_key(statement, 2, row->old_key);
        if (r == 0)
            r = take_key(statement, 3, row->new_key);
        if (r)
            return r;
    }
    if (r != SQL_DONE)
        return r;
    *ret_days = rows.at;
    *ret_count = rows.count;
    return 0;
}

/* ---- devices ---- */

int records_spill_device_add(struct records_tx *tx, uint64_t spill, struct device_id device)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "INSERT INTO spill_device (spill_id, device_id, clean_at)"
                        " VALUES ($1, $2, 0) ON CONFLICT (spill_id, device_id) DO NOTHING",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, (int64_t)spill);
    sql_bind_bytes(statement, 2, (struct bytes){.at = device.at, .len = DEVICE_ID_SIZE});
    return records_run(statement);
}

int records_spill_device_clean(struct records_tx *tx, struct device_id device, uint64_t policy,
                               int64_t at, uint64_t *ret_count)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "UPDATE spill_device SET clean_at = $3"
                        " WHERE device_id = $1 AND clean_at = 0 AND spill_id IN"
                        " (SELECT spill_id FROM spill WHERE policy > 0 AND policy <= $2)",
                        &statement);

    if (r)
        return r;
    sql_bind_bytes(statement, 1, (struct bytes){.at = device.at, .len = DEVICE_ID_SIZE});
    sql_bind_i64(statement, 2, (int64_t)policy);
    sql_bind_i64(statement, 3, at);
    r = records_run(statement);
    if (r)
        return r;
    *ret_count = (uint64_t)sql_changes(tx->sql);
    return 0;
}

int records_spill_device_list(struct records_tx *tx, uint64_t spill, struct arena *arena,
                              struct records_spill_device **ret_devices, size_t *ret_count)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct records_rows rows = {.arena = arena, .row_size = sizeof(struct records_spill_device)};
    int r = sql_prepare(tx->sql,
                        "SELECT device_id, clean_at FROM spill_device WHERE spill_id = $1"
                        " ORDER BY device_id",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, (int64_t)spill);
    while ((r = sql_next(statement)) == 0) {
        struct records_spill_device *row = records_rows_add(&rows);
        struct bytes id = sql_bytes(statement, 0);

        if (!row)
            return FAULT(ERR_MEMORY);
        if (id.len != DEVICE_ID_SIZE)
            return FAULT(ERR_CORRUPT);
        row->spill = spill;
        memcpy(row->device.at, id.at, DEVICE_ID_SIZE);
        row->clean_at = sql_i64(statement, 1);
    }
    if (r != SQL_DONE)
        return r;
    *ret_devices = rows.at;
    *ret_count = rows.count;
    return 0;
}
