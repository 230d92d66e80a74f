#include "store/records/nouns.h"
#include "store/records/records-private.h"

#define COLUMNS "number, token_hash, note, uses_left, uses, created_at, expires_at, created_by"

static int take_package(struct sql_statement *row, struct arena *arena,
                        struct records_package *ret_package)
{
    struct records_package package = {
        .number = (uint64_t)sql_i64(row, 0),
        .uses_left = (uint32_t)sql_i64(row, 3),
        .uses = (uint32_t)sql_i64(row, 4),
        .created_at = sql_i64(row, 5),
        .expires_at = sql_i64(row, 6),
    };
    int r = records_take_hash(row, 1, &package.token_hash);

    if (r == 0)
        r = records_take_text(row, 2, arena, &package.note);
    if (r == 0)
        r = records_take_text(row, 7, arena, &package.created_by);
    if (r)
        return r;
    *ret_package = package;
    return 0;
}

int records_package_add(struct records_tx *tx, const struct records_package *package,
                        uint64_t *ret_number)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int64_t number = 0;
    int r = records_next_number(tx, "package", &number);

    if (r == 0)
        r = sql_prepare(tx->sql,
                        "INSERT INTO package (" COLUMNS ")"
                        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                        &statement);
    if (r)
        return r;
    sql_bind_i64(statement, 1, number);
    records_bind_hash(statement, 2, &package->token_hash);
    sql_bind_text(statement, 3, package->note);
    sql_bind_i64(statement, 4, package->uses_left);
    sql_bind_i64(statement, 5, package->uses);
    sql_bind_i64(statement, 6, package->created_at);
    sql_bind_i64(statement, 7, package->expires_at);
    sql_bind_text(statement, 8, package->created_by);
    r = records_run(statement);
    if (r)
        return r;
    *ret_number = (uint64_t)number;
    return 0;
}

int records_package_find(struct records_tx *tx, const struct hash *token_hash, struct arena *arena,
                         struct records_package *ret_package)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r =
        sql_prepare(tx->sql, "SELECT " COLUMNS " FROM package WHERE token_hash = $1", &statement);

    if (r)
        return r;
    records_bind_hash(statement, 1, token_hash);
    r = records_one(statement);
    return r ? r : take_package(statement, arena, ret_package);
}

int records_package_use(struct records_tx *tx, uint64_t number)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "UPDATE package SET uses_left = uses_left - 1"
                        " WHERE number = $1 AND uses_left > 0",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, (int64_t)number);
    r = records_run_one(tx, statement);
    return r == RECORDS_ABSENT ? RECORDS_STALE : r;
}

int records_package_list(struct records_tx *tx, struct arena *arena,
                         struct records_package **ret_packages, size_t *ret_count)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct records_rows rows = {.arena = arena, .row_size = sizeof(struct records_package)};
    int r =
        sql_prepare(tx->sql, "SELECT " COLUMNS " FROM package ORDER BY number DESC", &statement);

    while (r == 0 && (r = sql_next(statement)) == 0) {
        struct records_package *package = records_rows_add(&rows);

        r = package ? take_package(statement, arena, package) : FAULT(ERR_MEMORY);
    }
    if (r != SQL_DONE)
        return r;
    *ret_packages = rows.at;
    *ret_count = rows.count;
    return 0;
}
