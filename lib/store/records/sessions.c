#include "store/records/nouns.h"
#include "store/records/records-private.h"

int records_session_add(struct records_tx *tx, const struct records_session *session,
                        uint64_t *ret_number)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int64_t number = 0;
    int r = records_next_number(tx, "session", &number);

    if (r == 0)
        r = sql_prepare(tx->sql,
                        "INSERT INTO session (token_hash, number, user_id, stage, csrf_hash,"
                        " created_at, seen_at, source, factor_at)"
                        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                        &statement);
    if (r)
        return r;
    records_bind_hash(statement, 1, &session->token_hash);
    sql_bind_i64(statement, 2, number);
    sql_bind_i64(statement, 3, session->user.number);
    sql_bind_i64(statement, 4, session->stage);
    records_bind_hash(statement, 5, &session->csrf_hash);
    sql_bind_i64(statement, 6, session->created_at);
    sql_bind_i64(statement, 7, session->seen_at);
    sql_bind_text(statement, 8, session->source);
    sql_bind_i64(statement, 9, session->factor_at);
    r = records_run(statement);
    if (r)
        return r;
    *ret_number = (uint64_t)number;
    return 0;
}

int records_session_find(struct records_tx *tx, const struct hash *token_hash, struct arena *arena,
                         struct records_session *ret_session)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct records_session session = {.token_hash = *token_hash};
    int r = sql_prepare(tx->sql,
                        "SELECT number, user_id, stage, csrf_hash, created_at, seen_at, source,"
                        " factor_at FROM session WHERE token_hash = $1",
                        &statement);

    if (r)
        return r;
    records_bind_hash(statement, 1, token_hash);
    r = records_one(statement);
    if (r)
        return r;
    session.number = (uint64_t)sql_i64(statement, 0);
    session.user.number = (uint32_t)sql_i64(statement, 1);
    session.stage = (enum records_stage)sql_i64(statement, 2);
    session.created_at = sql_i64(statement, 4);
    session.seen_at = sql_i64(statement, 5);
    session.factor_at = sql_i64(statement, 7);
    r = records_take_hash(statement, 3, &session.csrf_hash);
    if (r == 0)
        r = records_take_text(statement, 6, arena, &session.source);
    if (r)
        return r;
    *ret_session = session;
    return 0;
}

int records_session_seen(struct records_tx *tx, const struct hash *token_hash, int64_t at)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r =
        sql_prepare(tx->sql, "UPDATE session SET seen_at = $1 WHERE token_hash = $2", &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, at);
    records_bind_hash(statement, 2, token_hash);
    return records_run(statement);
}

int records_session_renew(struct records_tx *tx, const struct hash *token_hash,
                          const struct records_session *session)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "UPDATE session SET token_hash = $1, csrf_hash = $2, factor_at = $3"
                        " WHERE token_hash = $4",
                        &statement);

    if (r)
        return r;
    records_bind_hash(statement, 1, &session->token_hash);
    records_bind_hash(statement, 2, &session->csrf_hash);
    sql_bind_i64(statement, 3, session->factor_at);
    records_bind_hash(statement, 4, token_hash);
    return records_run_one(tx, statement);
}

int records_session_remove(struct records_tx *tx, const struct hash *token_hash)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "DELETE FROM session WHERE token_hash = $1", &statement);

    if (r)
        return r;
    records_bind_hash(statement, 1, token_hash);
    return records_run(statement);
}

int records_session_remove_of(struct records_tx *tx, struct user_id user)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "DELETE FROM session WHERE user_id = $1", &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, user.number);
    return records_run(statement);
}

int records_session_expire(struct records_tx *tx, int64_t idle_before, int64_t made_before)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "DELETE FROM session WHERE seen_at < $1 OR created_at < $2",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, idle_before);
    sql_bind_i64(statement, 2, made_before);
    return records_run(statement);
}
