#include "store/records/nouns.h"
#include "store/records/records-private.h"

#define COLUMNS                                                                                    \
    "host_name, epoch, certificate, certificate_next, certificate_to_at, revoked_at, version,"     \
    " seen_at, waiting, device_id, enrolled_at"

static int take_device(struct sql_statement *row, struct arena *arena,
                       struct records_device *ret_device)
{
    struct records_device device = {
        .epoch = (uint32_t)sql_i64(row, 1),
        .certificate_to_at = sql_i64(row, 4),
        .revoked_at = sql_i64(row, 5),
        .seen_at = sql_i64(row, 7),
        .waiting = (uint64_t)sql_i64(row, 8),
        .enrolled_at = sql_i64(row, 10),
    };
    struct bytes id = sql_bytes(row, 9);
    int r = records_take_hash(row, 2, &device.certificate);

    if (r == 0 && id.len != DEVICE_ID_SIZE)
        r = FAULT(ERR_CORRUPT);
    if (r)
        return r;
    memcpy(device.id.at, id.at, DEVICE_ID_SIZE);
    r = records_take_hash(row, 3, &device.certificate_next);
    if (r == 0)
        r = records_take_text(row, 0, arena, &device.host_name);
    if (r == 0)
        r = records_take_text(row, 6, arena, &device.version);
    if (r)
        return r;
    *ret_device = device;
    return 0;
}

/* Everything but enrolled_at, as parameters 1 to 10. */
static void bind_device(struct sql_statement *statement, const struct records_device *device)
{
    sql_bind_text(statement, 1, device->host_name);
    sql_bind_i64(statement, 2, device->epoch);
    records_bind_hash(statement, 3, &device->certificate);
    records_bind_hash(statement, 4, &device->certificate_next);
    sql_bind_i64(statement, 5, device->certificate_to_at);
    sql_bind_i64(statement, 6, device->revoked_at);
    sql_bind_text(statement, 7, device->version);
    sql_bind_i64(statement, 8, device->seen_at);
    sql_bind_i64(statement, 9, (int64_t)device->waiting);
    sql_bind_bytes(statement, 10, (struct bytes){device->id.at, DEVICE_ID_SIZE});
}

int records_device_add(struct records_tx *tx, const struct records_device *device)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "INSERT INTO device (" COLUMNS ")"
                        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                        &statement);

    if (r)
        return r;
    bind_device(statement, device);
    sql_bind_i64(statement, 11, device->enrolled_at);
    return records_run(statement);
}

int records_device_get(struct records_tx *tx, struct device_id id, struct arena *arena,
                       struct records_device *ret_device)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "SELECT " COLUMNS " FROM device WHERE device_id = $1", &statement);

    if (r)
        return r;
    sql_bind_bytes(statement, 1, (struct bytes){id.at, DEVICE_ID_SIZE});
    r = records_one(statement);
    return r ? r : take_device(statement, arena, ret_device);
}

int records_device_set(struct records_tx *tx, const struct records_device *device)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "UPDATE device SET host_name = $1, epoch = $2, certificate = $3,"
                        " certificate_next = $4, certificate_to_at = $5, revoked_at = $6,"
                        " version = $7, seen_at = $8, waiting = $9 WHERE device_id = $10",
                        &statement);

    if (r)
        return r;
    bind_device(statement, device);
    return records_run_one(tx, statement);
}

int records_device_list(struct records_tx *tx, struct arena *arena,
                        struct records_device **ret_devices, size_t *ret_count)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct records_rows rows = {.arena = arena, .row_size = sizeof(struct records_device)};
    int r = sql_prepare(tx->sql,
                        "SELECT " COLUMNS " FROM device ORDER BY host_name, enrolled_at, device_id",
                        &statement);

    while (r == 0 && (r = sql_next(statement)) == 0) {
        struct records_device *device = records_rows_add(&rows);

        r = device ? take_device(statement, arena, device) : FAULT(ERR_MEMORY);
    }
    if (r != SQL_DONE)
        return r;
    *ret_devices = rows.at;
    *ret_count = rows.count;
    return 0;
}
