#include "store/records/nouns.h"
#include "store/records/records-private.h"

#define COLUMNS                                                                                    \
    "number, user_id, stage, csrf_hash, created_at, seen_at, source, factor_at, token_hash"

static int take_session(struct sql_statement *row, struct arena *arena,
                        struct records_session *ret_session)
{
    struct records_session session = {
        .number = (uint64_t)sql_i64(row, 0),
        .user = {(uint32_t)sql_i64(row, 1)},
        .stage = (enum records_stage)sql_i64(row, 2),
        .created_at = sql_i64(row, 4),
        .seen_at = sql_i64(row, 5),
        .factor_at = sql_i64(row, 7),
    };
    int r = records_take_hash(row, 3, &session.csrf_hash);

    if (r == 0)
        r = records_take_text(row, 6, arena, &session.source);
    if (r == 0)
        r = records_take_hash(row, 8, &session.token_hash);
    if (r)
        return r;
    *ret_session = session;
    return 0;
}

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
    int r =
        sql_prepare(tx->sql, "SELECT " COLUMNS " FROM session WHERE token_hash = $1", &statement);

    if (r)
        return r;
    records_bind_hash(statement, 1, token_hash);
    r = records_one(statement);
    return r ? r : take_session(statement, arena, ret_session);
}

int records_session_list(struct records_tx *tx, struct user_id user, struct arena *arena,
                         struct records_session **ret_sessions, size_t *ret_count)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct records_rows rows = {.arena = arena, .row_size = sizeof(struct records_session)};
    int r = sql_prepare(tx->sql,
                        "SELECT " COLUMNS " FROM session WHERE user_id = $1"
                        " ORDER BY seen_at DESC, number DESC",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, user.number);
    while (r == 0 && (r = sql_next(statement)) == 0) {
        struct records_session *session = records_rows_add(&rows);

        r = session ? take_session(statement, arena, session) : FAULT(ERR_MEMORY);
    }
    if (r != SQL_DONE)
        return r;
    *ret_sessions = rows.at;
    *ret_count = rows.count;
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

int records_session_remove_others(struct records_tx *tx, struct user_id user, uint64_t number)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r =
        sql_prepare(tx->sql, "DELETE FROM session WHERE user_id = $1 AND number <> $2", &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, user.number);
    sql_bind_i64(statement, 2, (int64_t)number);
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
