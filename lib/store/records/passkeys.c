#include "store/records/nouns.h"
#include "store/records/records-private.h"

#define COLUMNS                                                                                    \
    "passkey_id, user_id, party, credential, algorithm, public_key, counter, name, transports,"    \
    " created_at, used_at"

static int take_passkey(struct sql_statement *row, struct arena *arena,
                        struct records_passkey *ret_passkey)
{
    struct records_passkey passkey = {
        .number = (uint64_t)sql_i64(row, 0),
        .user = {(uint32_t)sql_i64(row, 1)},
        .algorithm = sql_i64(row, 4),
        .counter = (uint32_t)sql_i64(row, 6),
        .created_at = sql_i64(row, 9),
        .used_at = sql_i64(row, 10),
    };
    int r = records_take_text(row, 2, arena, &passkey.party);

    if (r == 0)
        r = records_take_bytes(row, 3, arena, &passkey.credential);
    if (r == 0)
        r = records_take_bytes(row, 5, arena, &passkey.public_key);
    if (r == 0)
        r = records_take_text(row, 7, arena, &passkey.name);
    if (r == 0)
        r = records_take_text(row, 8, arena, &passkey.transports);
    if (r)
        return r;
    *ret_passkey = passkey;
    return 0;
}

static int credential_taken(struct records_tx *tx, struct bytes credential)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "SELECT 1 FROM passkey WHERE credential = $1", &statement);

    if (r)
        return r;
    sql_bind_bytes(statement, 1, credential);
    r = records_one(statement);
    if (r == RECORDS_ABSENT)
        return 0;
    return r ? r : RECORDS_EXISTS;
}

int records_passkey_add(struct records_tx *tx, const struct records_passkey *passkey,
                        uint64_t *ret_number)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int64_t number = 0;
    int r = credential_taken(tx, passkey->credential);

    if (r == 0)
        r = records_next_number(tx, "passkey", &number);
    if (r == 0)
        r = sql_prepare(tx->sql,
                        "INSERT INTO passkey (" COLUMNS ")"
                        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                        &statement);
    if (r)
        return r;
    sql_bind_i64(statement, 1, number);
    sql_bind_i64(statement, 2, passkey->user.number);
    sql_bind_text(statement, 3, passkey->party);
    sql_bind_bytes(statement, 4, passkey->credential);
    sql_bind_i64(statement, 5, passkey->algorithm);
    sql_bind_bytes(statement, 6, passkey->public_key);
    sql_bind_i64(statement, 7, passkey->counter);
    sql_bind_text(statement, 8, passkey->name);
    sql_bind_text(statement, 9, passkey->transports);
    sql_bind_i64(statement, 10, passkey->created_at);
    sql_bind_i64(statement, 11, passkey->used_at);
    r = records_run(statement);
    if (r)
        return r;
    *ret_number = (uint64_t)number;
    return 0;
}

int records_passkey_find(struct records_tx *tx, struct bytes credential, struct arena *arena,
                         struct records_passkey *ret_passkey)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r =
        sql_prepare(tx->sql, "SELECT " COLUMNS " FROM passkey WHERE credential = $1", &statement);

    if (r)
        return r;
    sql_bind_bytes(statement, 1, credential);
    r = records_one(statement);
    return r ? r : take_passkey(statement, arena, ret_passkey);
}

int records_passkey_list(struct records_tx *tx, struct user_id user, struct arena *arena,
                         struct records_passkey **ret_passkeys, size_t *ret_count)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct records_rows rows = {.arena = arena, .row_size = sizeof(struct records_passkey)};
    int r = sql_prepare(tx->sql,
                        "SELECT " COLUMNS " FROM passkey WHERE user_id = $1 ORDER BY passkey_id",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, user.number);
    while ((r = sql_next(statement)) == 0) {
        struct records_passkey *passkey = records_rows_add(&rows);

        r = passkey ? take_passkey(statement, arena, passkey) : FAULT(ERR_MEMORY);
        if (r)
            return r;
    }
    if (r != SQL_DONE)
        return r;
    *ret_passkeys = rows.at;
    *ret_count = rows.count;
    return 0;
}

int records_passkey_use(struct records_tx *tx, uint64_t number, uint32_t counter, int64_t at)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(
        tx->sql, "UPDATE passkey SET counter = $1, used_at = $2 WHERE passkey_id = $3", &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, counter);
    sql_bind_i64(statement, 2, at);
    sql_bind_i64(statement, 3, (int64_t)number);
    return records_run_one(tx, statement);
}

int records_passkey_rename(struct records_tx *tx, struct user_id user, uint64_t number,
                           struct text name)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(
        tx->sql, "UPDATE passkey SET name = $1 WHERE passkey_id = $2 AND user_id = $3", &statement);

    if (r)
        return r;
    sql_bind_text(statement, 1, name);
    sql_bind_i64(statement, 2, (int64_t)number);
    sql_bind_i64(statement, 3, user.number);
    return records_run_one(tx, statement);
}

int records_passkey_remove(struct records_tx *tx, struct user_id user, uint64_t number)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "DELETE FROM passkey WHERE passkey_id = $1 AND user_id = $2",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, (int64_t)number);
    sql_bind_i64(statement, 2, user.number);
    return records_run_one(tx, statement);
}

int records_passkey_remove_of(struct records_tx *tx, struct user_id user)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "DELETE FROM passkey WHERE user_id = $1", &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, user.number);
    return records_run(statement);
}

/* ---- challenges that were answered ---- */

static int forget_challenges(struct records_tx *tx, int64_t now)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "DELETE FROM challenge_used WHERE expires_at <= $1", &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, now);
    return records_run(statement);
}

static int challenge_known(struct records_tx *tx, struct bytes challenge)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "SELECT 1 FROM challenge_used WHERE challenge = $1", &statement);

    if (r)
        return r;
    sql_bind_bytes(statement, 1, challenge);
    r = records_one(statement);
    if (r == RECORDS_ABSENT)
        return 0;
    return r ? r : RECORDS_EXISTS;
}

int records_challenge_use(struct records_tx *tx, struct bytes challenge, int64_t expires_at,
                          int64_t now)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = challenge_known(tx, challenge);

    if (r == 0)
        r = forget_challenges(tx, now);
    if (r == 0)
        r = sql_prepare(tx->sql,
                        "INSERT INTO challenge_used (challenge, expires_at) VALUES ($1, $2)",
                        &statement);
    if (r)
        return r;
    sql_bind_bytes(statement, 1, challenge);
    sql_bind_i64(statement, 2, expires_at);
    return records_run(statement);
}
