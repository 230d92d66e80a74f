#include "store/records/nouns.h"
#include "store/records/records-private.h"

int records_link_add(struct records_tx *tx, const struct records_link *link)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "INSERT INTO link (token_hash, user_id, expires_at) VALUES ($1, $2, $3)",
                        &statement);

    if (r)
        return r;
    records_bind_hash(statement, 1, &link->token_hash);
    sql_bind_i64(statement, 2, link->user.number);
    sql_bind_i64(statement, 3, link->expires_at);
    return records_run(statement);
}

int records_link_find(struct records_tx *tx, const struct hash *token_hash,
                      struct records_link *ret_link)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "SELECT user_id, expires_at FROM link WHERE token_hash = $1",
                        &statement);

    if (r)
        return r;
    records_bind_hash(statement, 1, token_hash);
    r = records_one(statement);
    if (r)
        return r;
    *ret_link = (struct records_link){
        .token_hash = *token_hash,
        .user = {(uint32_t)sql_i64(statement, 0)},
        .expires_at = sql_i64(statement, 1),
    };
    return 0;
}

int records_link_remove(struct records_tx *tx, const struct hash *token_hash)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "DELETE FROM link WHERE token_hash = $1", &statement);

    if (r)
        return r;
    records_bind_hash(statement, 1, token_hash);
    return records_run(statement);
}

int records_link_remove_of(struct records_tx *tx, struct user_id user)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "DELETE FROM link WHERE user_id = $1", &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, user.number);
    return records_run(statement);
}
