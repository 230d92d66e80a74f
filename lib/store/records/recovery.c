#include "store/records/nouns.h"
#include "store/records/records-private.h"

int records_recovery_remove_of(struct records_tx *tx, struct user_id user)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "DELETE FROM recovery_code WHERE user_id = $1", &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, user.number);
    return records_run(statement);
}

static int add(struct records_tx *tx, struct user_id user, const struct hash *hash, int64_t at)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "INSERT INTO recovery_code (code_hash, user_id, made_at)"
                        " VALUES ($1, $2, $3)",
                        &statement);

    if (r)
        return r;
    records_bind_hash(statement, 1, hash);
    sql_bind_i64(statement, 2, user.number);
    sql_bind_i64(statement, 3, at);
    return records_run(statement);
}

int records_recovery_set(struct records_tx *tx, struct user_id user, const struct hash *hashes,
                         size_t count, int64_t at)
{
    int r = records_recovery_remove_of(tx, user);

    for (size_t i = 0; r == 0 && i < count; i++)
        r = add(tx, user, &hashes[i], at);
    return r;
}

int records_recovery_list(struct records_tx *tx, struct user_id user, struct arena *arena,
                          struct hash **ret_hashes, size_t *ret_count, int64_t *ret_made_at)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct records_rows rows = {.arena = arena, .row_size = sizeof(struct hash)};
    int64_t made_at = 0;
    int r = sql_prepare(tx->sql,
                        "SELECT code_hash, made_at FROM recovery_code WHERE user_id = $1"
                        " ORDER BY code_hash",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, user.number);
    while (r == 0 && (r = sql_next(statement)) == 0) {
        struct hash *hash = records_rows_add(&rows);

        made_at = sql_i64(statement, 1);
        r = hash ? records_take_hash(statement, 0, hash) : FAULT(ERR_MEMORY);
    }
    if (r != SQL_DONE)
        return r;
    *ret_hashes = rows.at;
    *ret_count = rows.count;
    *ret_made_at = made_at;
    return 0;
}

int records_recovery_remove(struct records_tx *tx, const struct hash *hash)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "DELETE FROM recovery_code WHERE code_hash = $1", &statement);

    if (r)
        return r;
    records_bind_hash(statement, 1, hash);
    return records_run_one(tx, statement);
}
