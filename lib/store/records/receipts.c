#include "store/records/nouns.h"
#include "store/records/records-private.h"

#define COLUMNS                                                                                    \
    "device_id, epoch, day, revision, final, received_at, verdict, difference, signed, "           \
    "certificate"

static const char *const verdict_words[] = {
    [RECORDS_RECEIPT_SAME] = "same",
    [RECORDS_RECEIPT_DIFFERS] = "differs",
    [RECORDS_RECEIPT_UNCOMPARED] = "uncompared",
};

#define VERDICTS (sizeof(verdict_words) / sizeof(verdict_words[0]))

const char *records_verdict_word(enum records_verdict verdict)
{
    return verdict_words[verdict];
}

static int newest_revision(struct records_tx *tx, const struct records_receipt *receipt,
                           int64_t *ret_revision)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "SELECT coalesce(max(revision), -1) FROM receipt"
                        " WHERE device_id = $1 AND epoch = $2 AND day = $3",
                        &statement);

    if (r)
        return r;
    sql_bind_bytes(statement, 1, (struct bytes){receipt->device.at, DEVICE_ID_SIZE});
    sql_bind_i64(statement, 2, receipt->epoch);
    sql_bind_i64(statement, 3, receipt->day);
    r = records_one(statement);
    if (r == 0)
        *ret_revision = sql_i64(statement, 0);
    return r;
}

int records_receipt_put(struct records_tx *tx, const struct records_receipt *receipt)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int64_t revision = -1;
    int r = newest_revision(tx, receipt, &revision);

    if (r)
        return r;
    if (revision > (int64_t)receipt->revision)
        return RECORDS_STALE;
    r = sql_prepare(tx->sql,
                    "INSERT INTO receipt (" COLUMNS ")"
                    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
                    " ON CONFLICT (device_id, epoch, day) DO UPDATE SET"
                    " revision = excluded.revision, final = excluded.final,"
                    " received_at = excluded.received_at, verdict = excluded.verdict,"
                    " difference = excluded.difference, signed = excluded.signed,"
                    " certificate = excluded.certificate",
                    &statement);
    if (r)
        return r;
    sql_bind_bytes(statement, 1, (struct bytes){receipt->device.at, DEVICE_ID_SIZE});
    sql_bind_i64(statement, 2, receipt->epoch);
    sql_bind_i64(statement, 3, receipt->day);
    sql_bind_i64(statement, 4, receipt->revision);
    sql_bind_i64(statement, 5, receipt->final);
    sql_bind_i64(statement, 6, receipt->received_at);
    sql_bind_i64(statement, 7, receipt->verdict);
    sql_bind_text(statement, 8, receipt->difference);
    sql_bind_text(statement, 9, receipt->signed_text);
    sql_bind_bytes(statement, 10, receipt->certificate);
    return records_run(statement);
}

static int take_receipt(struct sql_statement *row, struct arena *arena,
                        struct records_receipt *ret_receipt)
{
    struct records_receipt receipt = {
        .epoch = (uint32_t)sql_i64(row, 1),
        .day = (int32_t)sql_i64(row, 2),
        .revision = (uint32_t)sql_i64(row, 3),
        .final = sql_i64(row, 4) != 0,
        .received_at = sql_i64(row, 5),
    };
    struct bytes id = sql_bytes(row, 0);
    int64_t verdict = sql_i64(row, 6);
    int r = id.len == DEVICE_ID_SIZE && verdict >= 0 && verdict < (int64_t)VERDICTS
                ? 0
                : FAULT(ERR_CORRUPT);

    if (r)
        return r;
    receipt.verdict = (enum records_verdict)verdict;
    memcpy(receipt.device.at, id.at, DEVICE_ID_SIZE);
    r = records_take_text(row, 7, arena, &receipt.difference);
    if (r == 0)
        r = records_take_text(row, 8, arena, &receipt.signed_text);
    if (r == 0)
        r = records_take_bytes(row, 9, arena, &receipt.certificate);
    if (r == 0)
        *ret_receipt = receipt;
    return r;
}

int records_receipt_list(struct records_tx *tx, struct device_id device, int32_t day, size_t limit,
                         struct arena *arena, struct records_receipt **ret_receipts,
                         size_t *ret_count)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct records_rows rows = {.arena = arena, .row_size = sizeof(struct records_receipt)};
    int r = sql_prepare(tx->sql,
                        "SELECT " COLUMNS " FROM receipt WHERE device_id = $1"
                        " AND ($2 < 0 OR day = $2) ORDER BY day DESC, epoch DESC LIMIT $3",
                        &statement);

    if (r)
        return r;
    sql_bind_bytes(statement, 1, (struct bytes){device.at, DEVICE_ID_SIZE});
    sql_bind_i64(statement, 2, day);
    sql_bind_i64(statement, 3, (int64_t)limit);
    while ((r = sql_next(statement)) == 0) {
        struct records_receipt *receipt = records_rows_add(&rows);

        r = receipt ? take_receipt(statement, arena, receipt) : FAULT(ERR_MEMORY);
        if (r)
            return r;
    }
    if (r != SQL_DONE)
        return r;
    *ret_receipts = rows.at;
    *ret_count = rows.count;
    return 0;
}

int records_receipt_last(struct records_tx *tx, struct device_id device, uint32_t epoch,
                         int32_t day, struct arena *arena, struct records_receipt *ret_receipt)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "SELECT " COLUMNS " FROM receipt WHERE device_id = $1 AND epoch <= $2"
                        " AND day <= $3 ORDER BY day DESC, epoch DESC LIMIT 1",
                        &statement);

    if (r)
        return r;
    sql_bind_bytes(statement, 1, (struct bytes){device.at, DEVICE_ID_SIZE});
    sql_bind_i64(statement, 2, epoch);
    sql_bind_i64(statement, 3, day);
    r = records_one(statement);
    return r ? r : take_receipt(statement, arena, ret_receipt);
}
