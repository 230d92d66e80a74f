/*
 * Moves: an identity changes hands, a person turns out to be another, or two
 *
 * Whatever is moved, rows of identity_owner go on covering every day of each identity once.
 */

#include "store/records/people-private.h"
#include "store/records/people.h"
#include "store/records/records-private.h"

const char *records_move_word(enum records_move_kind kind)
{
    static const char *const words[RECORDS_MOVE_KINDS] = {"confirm", "assign", "merge", "split"};

    return words[kind];
}

/* ---- history ---- */

static int write_move(struct records_tx *tx, const struct records_move *move, uint64_t *ret_number)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int64_t number = 0;
    int r = records_next_number(tx, "person_move", &number);

    if (r == 0)
        r = sql_prepare(tx->sql,
                        "INSERT INTO person_move (number, at, moved_by, kind, from_person,"
                        " to_person, from_day, why) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                        &statement);
    if (r)
        return r;
    sql_bind_i64(statement, 1, number);
    sql_bind_i64(statement, 2, move->at);
    sql_bind_text(statement, 3, move->by);
    sql_bind_i64(statement, 4, move->kind);
    sql_bind_i64(statement, 5, move->from.number);
    sql_bind_i64(statement, 6, move->to.number);
    sql_bind_i64(statement, 7, move->from_day);
    sql_bind_text(statement, 8, move->why);
    r = records_run(statement);
    if (r)
        return r;
    *ret_number = (uint64_t)number;
    return 0;
}

static int write_identity(struct records_tx *tx, uint64_t number, int64_t identity)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "INSERT INTO person_move_identity (number, identity_id) VALUES ($1, $2)",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, (int64_t)number);
    sql_bind_i64(statement, 2, identity);
    return records_run(statement);
}

int records_move_list(struct records_tx *tx, struct person_id person, size_t limit,
                      struct arena *arena, struct records_move **ret_moves, size_t *ret_count)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct records_rows rows = {.arena = arena, .row_size = sizeof(struct records_move)};
    int r = sql_prepare(tx->sql,
                        "SELECT number, at, moved_by, kind, from_person, to_person, from_day, why"
                        " FROM person_move WHERE from_person = $1 OR to_person = $1"
                        " ORDER BY number DESC LIMIT $2",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, person.number);
    sql_bind_i64(statement, 2, (int64_t)limit);
    while (r == 0 && (r = sql_next(statement)) == 0) {
        struct records_move *move = records_rows_add(&rows);

        if (!move)
            return FAULT(ERR_MEMORY);
        move->number = (uint64_t)sql_i64(statement, 0);
        move->at = sql_i64(statement, 1);
        move->kind = (enum records_move_kind)sql_i64(statement, 3);
        move->from.number = (uint32_t)sql_i64(statement, 4);
        move->to.number = (uint32_t)sql_i64(statement, 5);
        move->from_day = (int32_t)sql_i64(statement, 6);
        r = records_take_text(statement, 2, arena, &move->by);
        if (r == 0)
            r = records_take_text(statement, 7, arena, &move->why);
    }
    if (r != SQL_DONE)
        return r;
    *ret_moves = rows.at;
    *ret_count = rows.count;
    return 0;
}

/* ---- who may be moved ---- */

/* Outcomes: RECORDS_ABSENT, also of one who is merged into another; RECORDS_PERSON_STATION. */
static int get(struct records_tx *tx, struct person_id id, struct arena *arena,
               struct records_person *ret_person)
{
    int r = records_person_get(tx, id, arena, ret_person);

    if (r)
        return r;
    return ret_person->merged_into.number ? RECORDS_ABSENT
           : ret_person->station          ? RECORDS_PERSON_STATION
                                          : 0;
}

/* Of an account, the identity; and whose it is on a day. Outcomes: RECORDS_ABSENT,
 * RECORDS_PERSON_STATION. */
static int get_identity(struct records_tx *tx, struct account_id account, int32_t day,
                        int64_t *ret_identity, struct person_id *ret_owner)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "SELECT account.identity_id, identity_owner.person_id, identity.kind"
                        " FROM account"
                        " JOIN identity ON identity.identity_id = account.identity_id"
                        " JOIN identity_owner ON identity_owner.identity_id = account.identity_id"
                        " WHERE account_id = $1 AND from_day <= $2 AND until_day > $2",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, account.number);
    sql_bind_i64(statement, 2, day);
    r = records_one(statement);
    if (r)
        return r;
    if (sql_i64(statement, 2) == RECORDS_IDENTITY_STATION)
        return RECORDS_PERSON_STATION;
    *ret_identity = sql_i64(statement, 0);
    ret_owner->number = (uint32_t)sql_i64(statement, 1);
    return 0;
}

static int run_two(struct sql_statement *statement, int64_t one, int64_t two)
{
    sql_bind_i64(statement, 1, one);
    sql_bind_i64(statement, 2, two);
    return records_run(statement);
}

static int run_three(struct sql_statement *statement, int64_t one, int64_t two, int64_t three)
{
    sql_bind_i64(statement, 3, three);
    return run_two(statement, one, two);
}

static int confirm(struct records_tx *tx, struct person_id person)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r =
        sql_prepare(tx->sql, "UPDATE person SET confirmed = 1 WHERE person_id = $1", &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, person.number);
    return records_run_one(tx, statement);
}

int records_person_confirm(struct records_tx *tx, const struct records_move *move,
                           struct records_moved *ret_moved)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct records_moved moved = {.from = move->to, .to = move->to};
    struct records_move written = *move;
    int r = sql_prepare(tx->sql,
                        "SELECT confirmed FROM person WHERE person_id = $1"
                        " AND merged_into IS NULL",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, move->to.number);
    r = records_one(statement);
    if (r)
        return r;
    if (sql_i64(statement, 0))
        return RECORDS_PERSON_SAME;
    written.kind = RECORDS_MOVE_CONFIRM;
    written.from = move->to;
    written.from_day = RECORDS_DAY_FIRST;
    r = confirm(tx, move->to);
    if (r == 0)
        r = write_move(tx, &written, &moved.number);
    if (r == 0)
        *ret_moved = moved;
    return r;
}

/* Rows of a person that touch become one, a pair at a time. */
static int join_touching(struct records_tx *tx, struct person_id person, bool *ret_joined)
{
    CLEANUP(sql_end) struct sql_statement *find = NULL;
    CLEANUP(sql_end) struct sql_statement *take = NULL;
    CLEANUP(sql_end) struct sql_statement *longer = NULL;
    int64_t pair[4];
    int r = sql_prepare(tx->sql,
                        "SELECT a.identity_id, a.from_day, b.from_day, b.until_day"
                        " FROM identity_owner AS a JOIN identity_owner AS b"
                        " ON b.identity_id = a.identity_id AND b.from_day = a.until_day"
                        " AND b.person_id = a.person_id WHERE a.person_id = $1 LIMIT 1",
                        &find);

    if (r)
        return r;
    sql_bind_i64(find, 1, person.number);
    r = records_one(find);
    *ret_joined = r == 0;
    if (r)
        return r == RECORDS_ABSENT ? 0 : r;
    for (int i = 0; i < 4; i++)
        pair[i] = sql_i64(find, i);
    find = sql_end(find);
    r = sql_prepare(tx->sql, "DELETE FROM identity_owner WHERE identity_id = $1 AND from_day = $2",
                    &take);
    if (r == 0)
        r = run_two(take, pair[0], pair[2]);
    if (r == 0)
        r = sql_prepare(tx->sql,
                        "UPDATE identity_owner SET until_day = $3"
                        " WHERE identity_id = $1 AND from_day = $2",
                        &longer);
    return r ? r : run_three(longer, pair[0], pair[1], pair[3]);
}

static int join_rows(struct records_tx *tx, struct person_id person)
{
    bool joined = true;
    int r = 0;

    while (r == 0 && joined)
        r = join_touching(tx, person, &joined);
    return r;
}

/* ---- assign ---- */

/* From a day on the identity is a person's, whosever it was. */
static int give(struct records_tx *tx, int64_t identity, int32_t day, struct person_id to)
{
    CLEANUP(sql_end) struct sql_statement *later = NULL;
    CLEANUP(sql_end) struct sql_statement *cut = NULL;
    CLEANUP(sql_end) struct sql_statement *longer = NULL;
    CLEANUP(sql_end) struct sql_statement *add = NULL;
    int r = sql_prepare(
        tx->sql, "DELETE FROM identity_owner WHERE identity_id = $1 AND from_day >= $2", &later);

    if (r == 0)
        r = run_two(later, identity, day);
    if (r == 0)
        r = sql_prepare(tx->sql,
                        "UPDATE identity_owner SET until_day = $2"
                        " WHERE identity_id = $1 AND until_day > $2",
                        &cut);
    if (r == 0)
        r = run_two(cut, identity, day);
    if (r == 0)
        r = sql_prepare(tx->sql,
                        "UPDATE identity_owner SET until_day = 2147483647"
                        " WHERE identity_id = $1 AND until_day = $2 AND person_id = $3",
                        &longer);
    if (r == 0)
        r = run_three(longer, identity, day, to.number);
    if (r || sql_changes(tx->sql) == 1)
        return r;
    r = sql_prepare(tx->sql,
                    "INSERT INTO identity_owner (identity_id, from_day, until_day, person_id)"
                    " VALUES ($1, $2, 2147483647, $3)",
                    &add);
    return r ? r : run_three(add, identity, day, to.number);
}

/* An unconfirmed person without accounts, and whom nobody is tied to, was only ever a name. */
static int forget_empty(struct records_tx *tx, struct person_id from, struct person_id to)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "UPDATE person SET merged_into = $2 WHERE person_id = $1"
                        " AND person_id <> $2 AND confirmed = 0 AND device_id IS NULL"
                        " AND email = '' AND employee_id = ''"
                        " AND NOT EXISTS (SELECT 1 FROM identity_owner WHERE person_id = $1)"
                        " AND NOT EXISTS (SELECT 1 FROM users WHERE person_id = $1)"
                        " AND NOT EXISTS (SELECT 1 FROM person AS other"
                        "  WHERE other.manager_id = $1)"
                        " AND NOT EXISTS (SELECT 1 FROM group_rule WHERE person_id = $1)"
                        " AND NOT EXISTS (SELECT 1 FROM group_person WHERE person_id = $1)",
                        &statement);

    return r ? r : run_two(statement, from.number, to.number);
}

/* Whoever owned the identity at some time from the day on, but to. */
static int list_owners(struct records_tx *tx, int64_t identity, int32_t day, struct person_id to,
                       struct arena *arena, struct person_id **ret_people, size_t *ret_count)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "SELECT DISTINCT person_id FROM identity_owner WHERE identity_id = $1"
                        " AND until_day > $2 AND person_id <> $3 ORDER BY person_id",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, identity);
    sql_bind_i64(statement, 2, day);
    sql_bind_i64(statement, 3, to.number);
    return records_take_people(statement, arena, ret_people, ret_count);
}

/* One of those who had it: the move stands in their history too. */
static int write_taken(struct records_tx *tx, const struct records_move *move, int64_t identity,
                       struct records_moved *moved)
{
    int r = write_move(tx, move, &moved->number);

    if (r == 0)
        r = write_identity(tx, moved->number, identity);
    return r ? r : forget_empty(tx, move->from, move->to);
}

int records_person_assign(struct records_tx *tx, const struct records_move *move,
                          struct account_id account, struct arena *arena,
                          struct records_moved *ret_moved)
{
    struct records_moved moved = {.to = move->to, .identities = 1};
    struct records_move written = *move;
    struct records_person to;
    struct person_id *owners = NULL;
    size_t owner_count = 0;
    int64_t identity = 0;
    int r = get(tx, move->to, arena, &to);

    if (r == 0)
        r = get_identity(tx, account, move->from_day, &identity, &moved.from);
    if (r == 0)
        r = list_owners(tx, identity, move->from_day, move->to, arena, &owners, &owner_count);
    if (r || owner_count == 0)
        return r ? r : RECORDS_PERSON_SAME;
    written.kind = RECORDS_MOVE_ASSIGN;
    r = give(tx, identity, move->from_day, move->to);
    if (r == 0)
        r = confirm(tx, move->to);
    for (size_t i = 0; r == 0 && i < owner_count; i++) {
        written.from = owners[i];
        r = write_taken(tx, &written, identity, &moved);
    }
    moved.from = owners[0];
    moved.from_count = owner_count;
    if (r == 0)
        *ret_moved = moved;
    return r;
}

/* ---- merge ---- */

static int list_users(struct records_tx *tx, struct person_id person, struct arena *arena,
                      struct user_id **ret_users, size_t *ret_count)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct records_rows rows = {.arena = arena, .row_size = sizeof(struct user_id)};
    int r = sql_prepare(tx->sql, "SELECT user_id FROM users WHERE person_id = $1", &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, person.number);
    while ((r = sql_next(statement)) == 0) {
        struct user_id *user = records_rows_add(&rows);

        if (!user)
            return FAULT(ERR_MEMORY);
        user->number = (uint32_t)sql_i64(statement, 0);
    }
    if (r != SQL_DONE)
        return r;
    *ret_users = rows.at;
    *ret_count = rows.count;
    return 0;
}

static int write_identities(struct records_tx *tx, struct records_moved *moved)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "INSERT INTO person_move_identity (number, identity_id)"
                        " SELECT DISTINCT $1, identity_id FROM identity_owner"
                        " WHERE person_id = $2",
                        &statement);

    if (r == 0)
        r = run_two(statement, (int64_t)moved->number, moved->from.number);
    if (r == 0)
        moved->identities = (size_t)sql_changes(tx->sql);
    return r;
}

/* Each with $1 from and $2 to. What the sessions of from's user knew of whom they see is over. */
static const char *const merge_steps[] = {
    "UPDATE identity_owner SET person_id = $2 WHERE person_id = $1",
    "UPDATE person SET manager_id = $2 WHERE manager_id = $1 AND person_id <> $2",
    "INSERT INTO group_person (group_id, person_id) SELECT group_id, $2 FROM group_person"
    " WHERE person_id = $1 ON CONFLICT DO NOTHING",
    "DELETE FROM group_person WHERE person_id = $1 AND person_id <> $2",
    "UPDATE group_rule SET person_id = $2 WHERE person_id = $1",
    "DELETE FROM session WHERE user_id IN"
    " (SELECT user_id FROM users WHERE person_id = $1 AND person_id <> $2)",
    "UPDATE users SET person_id = $2 WHERE person_id = $1",
    "UPDATE person SET merged_into = $2 WHERE merged_into = $1",
    "UPDATE person SET merged_into = $2, email = '', employee_id = '', manager_id = NULL"
    " WHERE person_id = $1",
};

static int move_all(struct records_tx *tx, struct person_id from, struct person_id to)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < sizeof merge_steps / sizeof *merge_steps; i++) {
        CLEANUP(sql_end) struct sql_statement *statement = NULL;

        r = sql_prepare_literal(tx->sql, merge_steps[i], &statement);
        if (r == 0)
            r = run_two(statement, from.number, to.number);
    }
    return r;
}

static struct text either(struct text first, struct text second)
{
    return first.len ? first : second;
}

/* What is not known of to, from knows. */
static int fill(struct records_tx *tx, const struct records_person *from,
                const struct records_person *to, struct arena *arena)
{
    struct records_person filled = *to;
    bool above = false;
    int r = 0;

    filled.email = either(to->email, from->email);
    filled.employee_id = either(to->employee_id, from->employee_id);
    filled.time_zone = either(to->time_zone, from->time_zone);
    filled.schedule = either(to->schedule, from->schedule);
    filled.confirmed = true;
    if (!to->manager.number || to->manager.number == from->id.number)
        filled.manager = from->manager;
    if (filled.manager.number)
        r = records_person_above(tx, filled.manager, to->id, &above);
    if (above)
        filled.manager.number = 0;
    return r ? r : records_person_set(tx, &filled, arena);
}

int records_person_merge(struct records_tx *tx, const struct records_move *move,
                         struct arena *arena, struct records_moved *ret_moved)
{
    struct records_moved moved = {.from = move->from, .to = move->to};
    struct records_move written = *move;
    struct records_person from;
    struct records_person to;
    struct user_id *users;
    size_t tied = 0;
    int r;

    if (move->from.number == move->to.number)
        return RECORDS_PERSON_SAME;
    r = get(tx, move->from, arena, &from);
    if (r == 0)
        r = get(tx, move->to, arena, &to);
    if (r == 0)
        r = list_users(tx, move->from, arena, &moved.users, &moved.user_count);
    if (r == 0)
        r = list_users(tx, move->to, arena, &users, &tied);
    if (r == 0 && moved.user_count && tied)
        r = RECORDS_PERSON_TIED;
    if (r)
        return r;
    written.kind = RECORDS_MOVE_MERGE;
    written.from_day = RECORDS_DAY_FIRST;
    r = write_move(tx, &written, &moved.number);
    if (r == 0)
        r = write_identities(tx, &moved);
    if (r == 0)
        r = move_all(tx, move->from, move->to);
    if (r == 0)
        r = join_rows(tx, move->to);
    if (r == 0)
        r = fill(tx, &from, &to, arena);
    if (r == 0)
        *ret_moved = moved;
    return r;
}

/* ---- split ---- */

/* What was from's of the identity from a day on is to's. Outcome: RECORDS_PERSON_OTHERS: nothing
 * was. */
static int hand_over(struct records_tx *tx, int64_t identity, const struct records_move *move,
                     struct person_id to)
{
    CLEANUP(sql_end) struct sql_statement *part = NULL;
    CLEANUP(sql_end) struct sql_statement *cut = NULL;
    CLEANUP(sql_end) struct sql_statement *whole = NULL;
    int64_t changed;
    int r = sql_prepare(tx->sql,
                        "INSERT INTO identity_owner (identity_id, from_day, until_day, person_id)"
                        " SELECT identity_id, $2, until_day, $4 FROM identity_owner"
                        " WHERE identity_id = $1 AND person_id = $3 AND from_day < $2"
                        " AND until_day > $2",
                        &part);

    if (r == 0) {
        sql_bind_i64(part, 4, to.number);
        r = run_three(part, identity, move->from_day, move->from.number);
    }
    if (r)
        return r;
    changed = sql_changes(tx->sql);
    r = sql_prepare(tx->sql,
                    "UPDATE identity_owner SET until_day = $2 WHERE identity_id = $1"
                    " AND person_id = $3 AND from_day < $2 AND until_day > $2",
                    &cut);
    if (r == 0)
        r = run_three(cut, identity, move->from_day, move->from.number);
    if (r == 0)
        r = sql_prepare(tx->sql,
                        "UPDATE identity_owner SET person_id = $4 WHERE identity_id = $1"
                        " AND person_id = $3 AND from_day >= $2",
                        &whole);
    if (r == 0) {
        sql_bind_i64(whole, 4, to.number);
        r = run_three(whole, identity, move->from_day, move->from.number);
    }
    return r ? r : changed + sql_changes(tx->sql) ? 0 : RECORDS_PERSON_OTHERS;
}

/* Two accounts of one identity are given once. */
static bool is_among(const int64_t *identities, size_t count, int64_t identity)
{
    for (size_t i = 0; i < count; i++)
        if (identities[i] == identity)
            return true;
    return false;
}

static int split_off(struct records_tx *tx, const struct records_move *move,
                     const struct account_id *accounts, size_t account_count, struct arena *arena,
                     struct records_moved *moved)
{
    int64_t *identities = arena_take_array(arena, account_count, sizeof *identities);
    struct person_id owner;
    int r = identities ? 0 : FAULT(ERR_MEMORY);

    for (size_t i = 0; r == 0 && i < account_count; i++) {
        int64_t identity = 0;

        r = get_identity(tx, accounts[i], move->from_day, &identity, &owner);
        if (r == RECORDS_ABSENT)
            return RECORDS_PERSON_OTHERS;
        if (r || is_among(identities, moved->identities, identity))
            continue;
        r = hand_over(tx, identity, move, moved->to);
        if (r == 0)
            r = write_identity(tx, moved->number, identity);
        if (r == 0)
            identities[moved->identities++] = identity;
    }
    return r;
}

int records_person_split(struct records_tx *tx, const struct records_move *move,
                         const struct account_id *accounts, size_t account_count, struct text name,
                         struct arena *arena, struct records_moved *ret_moved)
{
    struct records_person new = {.name = name, .created_at = move->at, .confirmed = true};
    struct records_moved moved = {.from = move->from};
    struct records_move written = *move;
    struct records_person from;
    int r = get(tx, move->from, arena, &from);

    if (r == 0)
        r = records_person_insert(tx, &new, NULL, &moved.to);
    if (r)
        return r;
    written.kind = RECORDS_MOVE_SPLIT;
    written.to = moved.to;
    r = write_move(tx, &written, &moved.number);
    if (r == 0)
        r = split_off(tx, move, accounts, account_count, arena, &moved);
    if (r == 0)
        r = join_rows(tx, moved.to);
    if (r == 0)
        *ret_moved = moved;
    return r;
}
