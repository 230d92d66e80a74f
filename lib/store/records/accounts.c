/*
 * Accounts and people
 *
 * An account is met for the first time in a batch and gets a person of its own. An account that
 * signs in by itself is shared by whoever stands there: it belongs to the station, and one that was
 * a station's never becomes a person's, whatever an agent says later.
 */

#include "store/records/nouns.h"
#include "store/records/records-private.h"

static struct bytes device_bytes(const struct device_id *device)
{
    return (struct bytes){device->at, DEVICE_ID_SIZE};
}

static int add_person(struct records_tx *tx, struct text name, const struct device_id *station,
                      struct person_id *ret_person)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int64_t number = 0;
    int r = records_next_number(tx, "person", &number);

    if (r == 0)
        r = sql_prepare(tx->sql,
                        "INSERT INTO person (person_id, name, device_id) VALUES ($1, $2, $3)",
                        &statement);
    if (r)
        return r;
    sql_bind_i64(statement, 1, number);
    sql_bind_text(statement, 2, name);
    if (station)
        sql_bind_bytes(statement, 3, device_bytes(station));
    r = records_run(statement);
    if (r)
        return r;
    ret_person->number = (uint32_t)number;
    return 0;
}

static int station_of(struct records_tx *tx, const struct device_id *device, struct text host_name,
                      struct person_id *ret_person)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "SELECT person_id FROM person WHERE device_id = $1", &statement);

    if (r)
        return r;
    sql_bind_bytes(statement, 1, device_bytes(device));
    r = records_one(statement);
    if (r == RECORDS_ABSENT)
        return add_person(tx, host_name, device, ret_person);
    if (r)
        return r;
    ret_person->number = (uint32_t)sql_i64(statement, 0);
    return 0;
}

static int add_account(struct records_tx *tx, const struct records_account *account,
                       struct account_id *ret_account)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int64_t number = 0;
    int r = records_next_number(tx, "account", &number);

    if (r == 0)
        r = sql_prepare(tx->sql,
                        "INSERT INTO account (account_id, device_id, name, station, person_id)"
                        " VALUES ($1, $2, $3, $4, $5)",
                        &statement);
    if (r)
        return r;
    sql_bind_i64(statement, 1, number);
    sql_bind_bytes(statement, 2, device_bytes(&account->device));
    sql_bind_text(statement, 3, account->name);
    sql_bind_i64(statement, 4, account->station);
    sql_bind_i64(statement, 5, account->person.number);
    r = records_run(statement);
    if (r)
        return r;
    ret_account->number = (uint32_t)number;
    return 0;
}

static int make_station(struct records_tx *tx, struct account_id account,
                        const struct device_id *device, struct text host_name)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct person_id person;
    int r = station_of(tx, device, host_name, &person);

    if (r == 0)
        r = sql_prepare(tx->sql,
                        "UPDATE account SET station = 1, person_id = $1 WHERE account_id = $2",
                        &statement);
    if (r)
        return r;
    sql_bind_i64(statement, 1, person.number);
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

int records_account_ensure(struct records_tx *tx, struct device_id device, struct text name,
                           bool station, struct text host_name, struct account_id *ret_account,
                           bool *ret_made)
{
    struct records_account account = {.device = device, .name = name, .station = station};
    bool was_station = false;
    int r = find(tx, &device, name, &account.id, &was_station);
    bool made = r == RECORDS_ABSENT;

    if (made) {
        r = station ? station_of(tx, &device, host_name, &account.person)
                    : add_person(tx, name, NULL, &account.person);
        if (r == 0)
            r = add_account(tx, &account, &account.id);
    } else if (r == 0 && station && !was_station) {
        r = make_station(tx, account.id, &device, host_name);
    }
    if (r)
        return r;
    *ret_account = account.id;
    *ret_made = made;
    return 0;
}

int records_account_find(struct records_tx *tx, struct device_id device, struct text name,
                         struct account_id *ret_account)
{
    bool station;

    return find(tx, &device, name, ret_account, &station);
}

int records_account_list(struct records_tx *tx, struct arena *arena,
                         struct records_account **ret_accounts, size_t *ret_count)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct records_rows rows = {.arena = arena, .row_size = sizeof(struct records_account)};
    int r = sql_prepare(tx->sql,
                        "SELECT account_id, device_id, name, station, person_id FROM account"
                        " ORDER BY account_id",
                        &statement);

    while (r == 0 && (r = sql_next(statement)) == 0) {
        struct records_account *account = records_rows_add(&rows);
        struct bytes device = sql_bytes(statement, 1);

        if (!account)
            return FAULT(ERR_MEMORY);
        if (device.len != DEVICE_ID_SIZE)
            return FAULT(ERR_CORRUPT);
        account->id.number = (uint32_t)sql_i64(statement, 0);
        memcpy(account->device.at, device.at, DEVICE_ID_SIZE);
        account->station = sql_i64(statement, 3) != 0;
        account->person.number = (uint32_t)sql_i64(statement, 4);
        r = records_take_text(statement, 2, arena, &account->name);
    }
    if (r != SQL_DONE)
        return r;
    *ret_accounts = rows.at;
    *ret_count = rows.count;
    return 0;
}

static int take_person(struct sql_statement *row, struct arena *arena,
                       struct records_person *ret_person)
{
    struct text name;
    int r = records_take_text(row, 1, arena, &name);

    if (r)
        return r;
    *ret_person = (struct records_person){
        .id = {(uint32_t)sql_i64(row, 0)},
        .name = name,
        .station = !sql_is_null(row, 2),
    };
    return 0;
}

int records_person_list(struct records_tx *tx, struct arena *arena,
                        struct records_person **ret_people, size_t *ret_count)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct records_rows rows = {.arena = arena, .row_size = sizeof(struct records_person)};
    int r = sql_prepare(tx->sql, "SELECT person_id, name, device_id FROM person ORDER BY person_id",
                        &statement);

    while (r == 0 && (r = sql_next(statement)) == 0) {
        struct records_person *person = records_rows_add(&rows);

        r = person ? take_person(statement, arena, person) : FAULT(ERR_MEMORY);
    }
    if (r != SQL_DONE)
        return r;
    *ret_people = rows.at;
    *ret_count = rows.count;
    return 0;
}

int records_person_get(struct records_tx *tx, struct person_id id, struct arena *arena,
                       struct records_person *ret_person)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(
        tx->sql, "SELECT person_id, name, device_id FROM person WHERE person_id = $1", &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, id.number);
    r = records_one(statement);
    return r ? r : take_person(statement, arena, ret_person);
}
