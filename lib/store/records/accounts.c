/*
 * Accounts, and whose they are
 *
 * An account is met for the first time in a batch. One of a domain belongs to whoever its identity
 * does, on every device; a local one gets a person of its own, whom nobody confirmed yet. An
 * account that signs in by itself is shared by whoever stands there: it belongs to the station, and
 * one that was a station's never becomes a person's, whatever an agent says later.
 */

#include "base/hex.h"
#include "store/records/people-private.h"
#include "store/records/people.h"
#include "store/records/records-private.h"

static struct bytes device_bytes(const struct device_id *device)
{
    return (struct bytes){device->at, DEVICE_ID_SIZE};
}

/* ---- identities and their owners ---- */

/* Outcome: RECORDS_ABSENT. */
static int find_identity(struct records_tx *tx, const struct records_identity *identity,
                         int64_t *ret_number)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "SELECT identity_id FROM identity WHERE kind = $1 AND value = $2",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, identity->kind);
    sql_bind_text(statement, 2, identity->value);
    r = records_one(statement);
    if (r)
        return r;
    *ret_number = sql_i64(statement, 0);
    return 0;
}

static int add_owner(struct records_tx *tx, int64_t identity, struct person_id person)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "INSERT INTO identity_owner (identity_id, from_day, until_day, person_id)"
                        " VALUES ($1, $2, $3, $4)",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, identity);
    sql_bind_i64(statement, 2, RECORDS_DAY_FIRST);
    sql_bind_i64(statement, 3, RECORDS_DAY_NEVER);
    sql_bind_i64(statement, 4, person.number);
    return records_run(statement);
}

int records_identity_add(struct records_tx *tx, const struct records_identity *identity,
                         struct person_id person, int64_t *ret_number)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int64_t number = 0;
    int r = records_next_number(tx, "identity", &number);

    if (r == 0)
        r = sql_prepare(tx->sql,
                        "INSERT INTO identity (identity_id, kind, value) VALUES ($1, $2, $3)",
                        &statement);
    if (r)
        return r;
    sql_bind_i64(statement, 1, number);
    sql_bind_i64(statement, 2, identity->kind);
    sql_bind_text(statement, 3, identity->value);
    r = records_run(statement);
    if (r == 0)
        r = add_owner(tx, number, person);
    if (r)
        return r;
    *ret_number = number;
    return 0;
}

/* Whose the identity is, made with a person of its own when it is new. */
static int ensure_identity(struct records_tx *tx, const struct records_identity *identity,
                           const struct records_account_new *new, int64_t *ret_number,
                           bool *ret_made)
{
    struct records_person person = {.name = new->name, .created_at = new->now};
    int r = find_identity(tx, identity, ret_number);

    *ret_made = r == RECORDS_ABSENT;
    if (!*ret_made)
        return r;
    r = records_person_insert(tx, &person, NULL, &person.id);
    return r ? r : records_identity_add(tx, identity, person.id, ret_number);
}

static int ensure_station(struct records_tx *tx, const struct records_account_new *new,
                          int64_t *ret_number)
{
    struct records_person person = {
        .name = new->host_name, .created_at = new->now, .confirmed = true};
    char id[DEVICE_ID_SIZE * 2 + 1];
    struct records_identity identity = {.kind = RECORDS_IDENTITY_STATION};
    int r;

    hex_print(device_bytes(&new->device), id);
    identity.value = text_of(id);
    r = find_identity(tx, &identity, ret_number);
    if (r != RECORDS_ABSENT)
        return r;
    r = records_person_insert(tx, &person, &new->device, &person.id);
    return r ? r : records_identity_add(tx, &identity, person.id, ret_number);
}

/* ---- accounts ---- */

static int add_account(struct records_tx *tx, const struct records_account_new *new,
                       int64_t identity, struct account_id *ret_account)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int64_t number = 0;
    int r = records_next_number(tx, "account", &number);

    if (r == 0)
        r = sql_prepare(tx->sql,
                        "INSERT INTO account (account_id, device_id, name, station, identity_id)"
                        " VALUES ($1, $2, $3, $4, $5)",
                        &statement);
    if (r)
        return r;
    sql_bind_i64(statement, 1, number);
    sql_bind_bytes(statement, 2, device_bytes(&new->device));
    sql_bind_text(statement, 3, new->name);
    sql_bind_i64(statement, 4, new->station);
    sql_bind_i64(statement, 5, identity);
    r = records_run(statement);
    if (r)
        return r;
    ret_account->number = (uint32_t)number;
    return 0;
}

static int make_station(struct records_tx *tx, struct account_id account,
                        const struct records_account_new *new)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int64_t identity = 0;
    int r = ensure_station(tx, new, &identity);

    if (r == 0)
        r = sql_prepare(tx->sql,
                        "UPDATE account SET station = 1, identity_id = $1 WHERE account_id = $2",
                        &statement);
    if (r)
        return r;
    sql_bind_i64(statement, 1, identity);
    sql_bind_i64(statement, 2, account.number);
    return records_run(statement);
}

/* Outcome: RECORDS_ABSENT. */
static int find(struct records_tx *tx, const struct device_id *device, struct text name,
                struct account_id *ret_account, bool *ret_station)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "SELECT account_id, station FROM account"
                        " WHERE device_id = $1 AND name = $2",
                        &statement);

    if (r)
        return r;
    sql_bind_bytes(statement, 1, device_bytes(device));
    sql_bind_text(statement, 2, name);
    r = records_one(statement);
    if (r)
        return r;
    ret_account->number = (uint32_t)sql_i64(statement, 0);
    *ret_station = sql_i64(statement, 1) != 0;
    return 0;
}

static int make(struct records_tx *tx, const struct records_account_new *new,
                struct account_id *ret_account, enum records_account_made *ret_made)
{
    struct records_identity identity;
    int64_t number = 0;
    bool made = false;
    int r;

    if (new->station) {
        r = ensure_station(tx, new, &number);
    } else {
        r = records_identity_read(new->device, new->host_name, new->name, new->arena, &identity);
        if (r == 0)
            r = ensure_identity(tx, &identity, new, &number, &made);
    }
    if (r == 0)
        r = add_account(tx, new, number, ret_account);
    if (r)
        return r;
    *ret_made = new->station ? RECORDS_ACCOUNT_STATION
                : made       ? RECORDS_ACCOUNT_NEW
                             : RECORDS_ACCOUNT_KNOWN;
    return 0;
}

int records_account_ensure(struct records_tx *tx, const struct records_account_new *new,
                           struct account_id *ret_account, enum records_account_made *ret_made)
{
    struct account_id account = {0};
    bool was_station = false;
    int r = find(tx, &new->device, new->name, &account, &was_station);

    if (r == RECORDS_ABSENT)
        return make(tx, new, ret_account, ret_made);
    if (r == 0 && new->station && !was_station)
        r = make_station(tx, account, new);
    if (r)
        return r;
    *ret_account = account;
    *ret_made = new->station && !was_station ? RECORDS_ACCOUNT_TURNED : RECORDS_ACCOUNT_THERE;
    return 0;
}

int records_account_find(struct records_tx *tx, struct device_id device, struct text name,
                         struct account_id *ret_account)
{
    bool station;

    return find(tx, &device, name, ret_account, &station);
}

static int take_accounts(struct sql_statement *statement, struct arena *arena,
                         struct records_account **ret_accounts, size_t *ret_count)
{
    struct records_rows rows = {.arena = arena, .row_size = sizeof(struct records_account)};
    int r = 0;

    while (r == 0 && (r = sql_next(statement)) == 0) {
        struct records_account *account = records_rows_add(&rows);

        if (!account)
            return FAULT(ERR_MEMORY);
        account->id.number = (uint32_t)sql_i64(statement, 0);
        account->station = sql_i64(statement, 3) != 0;
        r = records_take_device(statement, 1, &account->device);
        if (r == 0)
            r = records_take_text(statement, 2, arena, &account->name);
    }
    if (r != SQL_DONE)
        return r;
    *ret_accounts = rows.at;
    *ret_count = rows.count;
    return 0;
}

int records_account_list(struct records_tx *tx, struct arena *arena,
                         struct records_account **ret_accounts, size_t *ret_count)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "SELECT account_id, device_id, name, station FROM account"
                        " ORDER BY account_id",
                        &statement);

    return r ? r : take_accounts(statement, arena, ret_accounts, ret_count);
}

int records_account_list_of(struct records_tx *tx, struct device_id device, struct arena *arena,
                            struct records_account **ret_accounts, size_t *ret_count)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "SELECT account_id, device_id, name, station FROM account"
                        " WHERE device_id = $1 ORDER BY account_id",
                        &statement);

    if (r)
        return r;
    sql_bind_bytes(statement, 1, device_bytes(&device));
    return take_accounts(statement, arena, ret_accounts, ret_count);
}

/* ---- owners ---- */

int records_owner_list(struct records_tx *tx, struct person_id person, int32_t from_day,
                       int32_t until_day, struct arena *arena, struct records_owner **ret_owners,
                       size_t *ret_count)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct records_rows rows = {.arena = arena, .row_size = sizeof(struct records_owner)};
    int r = person.number
                ? sql_prepare(tx->sql,
                              "SELECT account_id, device_id, person_id, from_day, until_day"
                              " FROM account_owner WHERE from_day < $2 AND until_day > $1"
                              " AND person_id = $3 ORDER BY account_id, from_day",
                              &statement)
                : sql_prepare(tx->sql,
                              "SELECT account_id, device_id, person_id, from_day, until_day"
                              " FROM account_owner WHERE from_day < $2 AND until_day > $1"
                              " ORDER BY account_id, from_day",
                              &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, from_day);
    sql_bind_i64(statement, 2, until_day);
    if (person.number)
        sql_bind_i64(statement, 3, person.number);
    while ((r = sql_next(statement)) == 0) {
        struct records_owner *owner = records_rows_add(&rows);

        if (!owner)
            return FAULT(ERR_MEMORY);
        owner->account.number = (uint32_t)sql_i64(statement, 0);
        owner->person.number = (uint32_t)sql_i64(statement, 2);
        owner->from_day = (int32_t)sql_i64(statement, 3);
        owner->until_day = (int32_t)sql_i64(statement, 4);
        r = records_take_device(statement, 1, &owner->device);
        if (r)
            return r;
    }
    if (r != SQL_DONE)
        return r;
    *ret_owners = rows.at;
    *ret_count = rows.count;
    return 0;
}

int records_owner_of(struct records_tx *tx, struct account_id account, int32_t day,
                     struct person_id *ret_person)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "SELECT person_id FROM account_owner"
                        " WHERE account_id = $1 AND from_day <= $2 AND until_day > $2",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, account.number);
    sql_bind_i64(statement, 2, day);
    r = records_one(statement);
    if (r)
        return r;
    ret_person->number = (uint32_t)sql_i64(statement, 0);
    return 0;
}
