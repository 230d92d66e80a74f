#include "store/records/nouns.h"
#include "store/records/records-private.h"

#define COLUMNS                                                                                    \
    "user_id, name, display_name, class, password_hash, totp_seed, totp_confirmed,"                \
    " totp_last_step, created_at, disabled_at, coalesce(person_id, 0),"                            \
    " (SELECT count(*) FROM passkey WHERE passkey.user_id = users.user_id),"                       \
    " emergency"

static int take_user(struct sql_statement *row, struct arena *arena, struct records_user *ret_user)
{
    struct records_user user = {
        .id = {(uint32_t)sql_i64(row, 0)},
        .totp_confirmed = sql_i64(row, 6) != 0,
        .totp_last_step = sql_i64(row, 7),
        .created_at = sql_i64(row, 8),
        .disabled_at = sql_i64(row, 9),
        .person = {(uint32_t)sql_i64(row, 10)},
        .passkeys = (uint32_t)sql_i64(row, 11),
    };
    int r = records_take_text(row, 1, arena, &user.name);

    if (r == 0)
        r = records_take_text(row, 2, arena, &user.display_name);
    if (r == 0)
        r = records_take_text(row, 3, arena, &user.class);
    if (r == 0)
        r = records_take_text(row, 4, arena, &user.password_hash);
    if (r == 0)
        r = records_take_bytes(row, 5, arena, &user.totp_seed);
    if (r == 0)
        r = records_take_text(row, 12, arena, &user.emergency);
    if (r)
        return r;
    *ret_user = user;
    return 0;
}

/* Everything but id, name and created_at, as parameters 1 to 9. */
static void bind_user(struct sql_statement *statement, const struct records_user *user)
{
    sql_bind_text(statement, 1, user->display_name);
    sql_bind_text(statement, 2, user->class);
    sql_bind_text(statement, 3, user->password_hash);
    sql_bind_bytes(statement, 4, user->totp_seed);
    sql_bind_i64(statement, 5, user->totp_confirmed);
    sql_bind_i64(statement, 6, user->totp_last_step);
    sql_bind_i64(statement, 7, user->disabled_at);
    sql_bind_i64(statement, 8, user->person.number);
    sql_bind_text(statement, 9, user->emergency);
}

static int name_taken(struct records_tx *tx, struct text name)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "SELECT 1 FROM users WHERE name = $1", &statement);

    if (r)
        return r;
    sql_bind_text(statement, 1, name);
    r = records_one(statement);
    if (r == RECORDS_ABSENT)
        return 0;
    return r ? r : RECORDS_EXISTS;
}

int records_user_add(struct records_tx *tx, const struct records_user *user, struct user_id *ret_id)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int64_t number = 0;
    int r = name_taken(tx, user->name);

    if (r == 0)
        r = records_next_number(tx, "user", &number);
    if (r == 0)
        r = sql_prepare(
            tx->sql,
            "INSERT INTO users (display_name, class, password_hash, totp_seed,"
            " totp_confirmed, totp_last_step, disabled_at, person_id, emergency, user_id,"
            " name, created_at)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, nullif($8, 0), $9, $10, $11, $12)",
            &statement);
    if (r)
        return r;
    bind_user(statement, user);
    sql_bind_i64(statement, 10, number);
    sql_bind_text(statement, 11, user->name);
    sql_bind_i64(statement, 12, user->created_at);
    r = records_run(statement);
    if (r)
        return r;
    ret_id->number = (uint32_t)number;
    return 0;
}

int records_user_get(struct records_tx *tx, struct user_id id, struct arena *arena,
                     struct records_user *ret_user)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "SELECT " COLUMNS " FROM users WHERE user_id = $1", &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, id.number);
    r = records_one(statement);
    return r ? r : take_user(statement, arena, ret_user);
}

int records_user_find(struct records_tx *tx, struct text name, struct arena *arena,
                      struct records_user *ret_user)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "SELECT " COLUMNS " FROM users WHERE name = $1", &statement);

    if (r)
        return r;
    sql_bind_text(statement, 1, name);
    r = records_one(statement);
    return r ? r : take_user(statement, arena, ret_user);
}

int records_user_set(struct records_tx *tx, const struct records_user *user)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "UPDATE users SET display_name = $1, class = $2, password_hash = $3,"
                        " totp_seed = $4, totp_confirmed = $5, totp_last_step = $6,"
                        " disabled_at = $7, person_id = nullif($8, 0), emergency = $9"
                        " WHERE user_id = $10",
                        &statement);

    if (r)
        return r;
    bind_user(statement, user);
    sql_bind_i64(statement, 10, user->id.number);
    return records_run_one(tx, statement);
}

int records_user_list(struct records_tx *tx, struct arena *arena, struct records_user **ret_users,
                      size_t *ret_count)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct records_rows rows = {.arena = arena, .row_size = sizeof(struct records_user)};
    int r = sql_prepare(tx->sql, "SELECT " COLUMNS " FROM users ORDER BY user_id", &statement);

    while (r == 0 && (r = sql_next(statement)) == 0) {
        struct records_user *user = records_rows_add(&rows);

        r = user ? take_user(statement, arena, user) : FAULT(ERR_MEMORY);
    }
    if (r != SQL_DONE)
        return r;
    *ret_users = rows.at;
    *ret_count = rows.count;
    return 0;
}
