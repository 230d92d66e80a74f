/* Moves of people.h, over a database in memory: whatever is moved, each account has exactly one
 * owner on every day. */

#include <stdlib.h>

#include "store/records/nouns.h"
#include "store/records/records-private.h"
#include "tap.h"

enum { ACCOUNTS = 12, DAYS = 30 };

static struct records *records;
static struct arena *arena;
static struct account_id accounts[ACCOUNTS];

/* Accounts on two devices, some of which are of one identity; the last is a station's. */
static int fill(struct records_tx *tx, void *context)
{
    static const char *const names[ACCOUNTS] = {
        "anna", "berta", "STMARY\\casey", "STMARY\\dana", "eve@stmary.example", "finn",
        "anna", "gina",  "stmary\\CASEY", "stmary\\hugo", "EVE@stmary.example", "kiosk"};

    (void)context;
    for (size_t i = 0; i < ACCOUNTS; i++) {
        struct records_device device = {
            .id = {{(uint8_t)(1 + i / 6)}}, .host_name = text_of("pc"), .version = text_of("1")};
        struct records_account_new new = {.device = device.id,
                                          .name = text_of(names[i]),
                                          .station = i == ACCOUNTS - 1,
                                          .host_name = text_of("pc"),
                                          .arena = arena};
        enum records_account_made made;

        CHECK(i % 6 || records_device_add(tx, &device) == 0);
        CHECK(records_account_ensure(tx, &new, &accounts[i], &made) == 0);
    }
    return 0;
}

static void act(records_job *job)
{
    CHECK(records_open(&records, ":memory:", (struct bytes){0}) == 0);
    CHECK(arena_new(&arena, 1 << 26) == 0);
    CHECK(records_act(records, fill, NULL) == 0);
    CHECK(records_act(records, job, NULL) == 0);
    records = records_free(records);
    arena = arena_free(arena);
}

static uint32_t owner(struct records_tx *tx, size_t account, int32_t day)
{
    struct person_id person = {0};

    CHECK(records_owner_of(tx, accounts[account], day, &person) == 0);
    return person.number;
}

static struct records_move move_of(uint32_t from, uint32_t to, int32_t day)
{
    return (struct records_move){.at = 9,
                                 .by = text_of("morgan"),
                                 .from = {from},
                                 .to = {to},
                                 .from_day = day,
                                 .why = text_of("said so")};
}

static int assign(struct records_tx *tx, size_t account, uint32_t to, int32_t day)
{
    struct records_move move = move_of(0, to, day);
    struct records_moved moved;

    return records_person_assign(tx, &move, accounts[account], arena, &moved);
}

static int merge(struct records_tx *tx, uint32_t from, uint32_t to)
{
    struct records_move move = move_of(from, to, 0);
    struct records_moved moved;

    return records_person_merge(tx, &move, arena, &moved);
}

static int split(struct records_tx *tx, uint32_t from, size_t account, int32_t day,
                 uint32_t *ret_to)
{
    struct records_move move = move_of(from, 0, day);
    struct records_moved moved;
    int r = records_person_split(tx, &move, &accounts[account], 1, text_of("new"), arena, &moved);

    if (r == 0)
        *ret_to = moved.to.number;
    return r;
}

static uint32_t merged_into(struct records_tx *tx, uint32_t person)
{
    struct records_person row;

    CHECK(records_person_get(tx, (struct person_id){person}, arena, &row) == 0);
    return row.merged_into.number;
}

/* Who got what the last move took from a person. */
static uint32_t last_move_to(struct records_tx *tx, uint32_t person)
{
    struct records_move *moves = NULL;
    size_t count = 0;

    CHECK(records_move_list(tx, (struct person_id){person}, 1, arena, &moves, &count) == 0);
    CHECK(count == 1 && moves[0].from.number == person);
    return count == 1 ? moves[0].to.number : 0;
}

/* ---- each of them ---- */

static int use_assign(struct records_tx *tx, void *context)
{
    uint32_t anna = owner(tx, 0, 0);
    uint32_t berta = owner(tx, 1, 0);
    uint32_t casey = owner(tx, 2, 0);
    uint32_t hugo = owner(tx, 9, 0);
    struct records_person person;

    (void)context;
    CHECK(assign(tx, 1, anna, 10) == 0);
    CHECK(owner(tx, 1, 9) == berta && owner(tx, 1, 10) == anna && owner(tx, 1, 99999) == anna);
    CHECK(merged_into(tx, berta) == 0);
    CHECK(records_person_get(tx, (struct person_id){anna}, arena, &person) == 0);
    CHECK(person.confirmed);
    CHECK(assign(tx, 1, anna, 15) == RECORDS_PERSON_SAME);
    /* From the first day on: nothing is left of a name that nobody confirmed. */
    CHECK(assign(tx, 1, anna, 0) == 0);
    CHECK(owner(tx, 1, 0) == anna && merged_into(tx, berta) == anna);
    CHECK(assign(tx, 3, berta, 0) == RECORDS_ABSENT);
    /* The other account of the identity goes with it. */
    CHECK(assign(tx, 2, anna, 5) == 0);
    CHECK(owner(tx, 8, 4) == casey && owner(tx, 8, 5) == anna);
    CHECK(assign(tx, 11, anna, 5) == RECORDS_PERSON_STATION);
    CHECK(assign(tx, 0, owner(tx, 11, 0), 5) == RECORDS_PERSON_STATION);
    CHECK(assign(tx, 0, 999, 5) == RECORDS_ABSENT);
    /* Whoever had it later loses it too, and it stands in their history. */
    CHECK(assign(tx, 5, anna, 5) == 0 && assign(tx, 5, hugo, 20) == 0);
    CHECK(assign(tx, 5, casey, 3) == 0);
    CHECK(owner(tx, 5, 4) == casey && owner(tx, 5, 10) == casey && owner(tx, 5, 25) == casey);
    CHECK(last_move_to(tx, anna) == casey && last_move_to(tx, hugo) == casey);
    return 0;
}

static void an_account_is_given_from_a_day_on_with_all_of_its_identity(void)
{
    act(use_assign);
}

static int tie(struct records_tx *tx, const char *name, uint32_t person, struct user_id *ret_user)
{
    struct records_user user = {.name = text_of(name),
                                .display_name = text_of(name),
                                .class = text_of("employee"),
                                .person = {person}};

    return records_user_add(tx, &user, ret_user);
}

static int use_merge(struct records_tx *tx, void *context)
{
    uint32_t anna = owner(tx, 0, 0);
    uint32_t berta = owner(tx, 1, 0);
    uint32_t casey = owner(tx, 2, 0);
    struct records_move move = move_of(berta, anna, 0);
    struct records_moved moved;
    struct records_person person;
    struct records_user found;
    struct user_id user;
    struct user_id other;

    (void)context;
    CHECK(records_person_get(tx, (struct person_id){berta}, arena, &person) == 0);
    person.email = text_of("b@stmary.example");
    person.manager.number = casey;
    CHECK(records_person_set(tx, &person, arena) == 0);
    CHECK(records_person_get(tx, (struct person_id){casey}, arena, &person) == 0);
    person.manager.number = anna;
    CHECK(records_person_set(tx, &person, arena) == 0);
    CHECK(tie(tx, "b", berta, &user) == 0);
    CHECK(records_person_merge(tx, &move, arena, &moved) == 0);
    CHECK(moved.user_count == 1 && moved.users[0].number == user.number && moved.identities == 1);
    CHECK(owner(tx, 1, 0) == anna && merged_into(tx, berta) == anna);
    CHECK(records_user_get(tx, user, arena, &found) == 0 && found.person.number == anna);
    CHECK(records_person_get(tx, (struct person_id){anna}, arena, &person) == 0);
    /* What was not known is known now, but for a manager whom they manage. */
    CHECK(text_equal(person.email, text_of("b@stmary.example")) && person.manager.number == 0);
    CHECK(merge(tx, berta, casey) == RECORDS_ABSENT && merge(tx, casey, berta) == RECORDS_ABSENT);
    CHECK(merge(tx, anna, anna) == RECORDS_PERSON_SAME);
    CHECK(merge(tx, owner(tx, 11, 0), anna) == RECORDS_PERSON_STATION);
    CHECK(merge(tx, anna, owner(tx, 11, 0)) == RECORDS_PERSON_STATION);
    /* Who is two users of Ward is two people. */
    CHECK(tie(tx, "c", casey, &other) == 0);
    CHECK(merge(tx, casey, anna) == RECORDS_PERSON_TIED);
    CHECK(merge(tx, anna, casey) == RECORDS_PERSON_TIED);
    CHECK(owner(tx, 2, 0) == casey);
    /* Who was merged before follows. */
    CHECK(merge(tx, anna, owner(tx, 3, 0)) == 0 && merged_into(tx, berta) == owner(tx, 3, 0));
    return 0;
}

static void a_merged_persons_all_is_the_others_and_the_tie_moves(void)
{
    act(use_merge);
}

static int use_split(struct records_tx *tx, void *context)
{
    uint32_t anna = owner(tx, 0, 0);
    uint32_t berta = owner(tx, 1, 0);
    uint32_t fresh = 0;

    (void)context;
    CHECK(merge(tx, berta, anna) == 0);
    CHECK(split(tx, anna, 1, 7, &fresh) == 0);
    CHECK(fresh > berta && owner(tx, 1, 6) == anna && owner(tx, 1, 7) == fresh);
    return split(tx, anna, 2, 0, &fresh);
}

static int refuse_split(struct records_tx *tx, void *context)
{
    uint32_t fresh = 0;

    (void)context;
    return split(tx, owner(tx, 11, 0), 11, 0, &fresh);
}

/* Rolled back, with the merge in the same job. */
static int look_whole(struct records_tx *tx, void *context)
{
    struct records_person *people;
    size_t count = 0;

    (void)context;
    CHECK(owner(tx, 0, 0) != owner(tx, 1, 0) && merged_into(tx, owner(tx, 1, 0)) == 0);
    CHECK(records_person_list(tx, arena, &people, &count) == 0 && count == 10);
    return 0;
}

static void what_is_not_theirs_is_not_split_off_and_nothing_is_half_done(void)
{
    CHECK(records_open(&records, ":memory:", (struct bytes){0}) == 0);
    CHECK(arena_new(&arena, 1 << 22) == 0);
    CHECK(records_act(records, fill, NULL) == 0);
    CHECK(records_act(records, use_split, NULL) == RECORDS_PERSON_OTHERS);
    CHECK(records_act(records, refuse_split, NULL) == RECORDS_PERSON_STATION);
    CHECK(records_read(records, look_whole, NULL) == 0);
    records = records_free(records);
    arena = arena_free(arena);
}

static int use_history(struct records_tx *tx, void *context)
{
    uint32_t anna = owner(tx, 0, 0);
    struct records_move move = move_of(0, anna, 3);
    struct records_moved moved;
    struct records_move *moves;
    size_t count = 0;

    (void)context;
    CHECK(records_person_confirm(tx, &move, &moved) == 0);
    CHECK(records_person_confirm(tx, &move, &moved) == RECORDS_PERSON_SAME);
    move.to.number = 999;
    CHECK(records_person_confirm(tx, &move, &moved) == RECORDS_ABSENT);
    CHECK(assign(tx, 1, anna, 3) == 0 && merge(tx, owner(tx, 2, 0), anna) == 0);
    CHECK(records_move_list(tx, (struct person_id){anna}, 10, arena, &moves, &count) == 0);
    CHECK(count == 3 && moves[0].kind == RECORDS_MOVE_MERGE &&
          moves[1].kind == RECORDS_MOVE_ASSIGN && moves[2].kind == RECORDS_MOVE_CONFIRM);
    CHECK(moves[1].from_day == 3 && moves[1].at == 9 && moves[1].to.number == anna);
    CHECK(text_equal(moves[1].by, text_of("morgan")) &&
          text_equal(moves[1].why, text_of("said so")));
    CHECK(sql_script(tx->sql, "DELETE FROM person_move") == SQL_CONSTRAINT);
    CHECK(sql_script(tx->sql, "UPDATE person_move SET why = ''") == SQL_CONSTRAINT);
    CHECK(sql_script(tx->sql, "DELETE FROM person_move_identity") == SQL_CONSTRAINT);
    return 0;
}

static void what_was_moved_is_told_for_good(void)
{
    act(use_history);
}

/* ---- many, at random ---- */

static uint32_t below(uint64_t *state, uint32_t limit)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((*state >> 33) % limit);
}

/* Whose each account is on each day, as an oracle that knows identities by their names keeps it. */
struct oracle {
    uint32_t whose[ACCOUNTS][DAYS];
    uint32_t people;
};

static const size_t identity_of[ACCOUNTS] = {0, 1, 2, 3, 4, 5, 6, 7, 2, 9, 4, 11};

static bool owns(const struct oracle *oracle, uint32_t person, size_t identity, int32_t from_day)
{
    for (int day = from_day; day < DAYS; day++)
        if (oracle->whose[identity][day] == person)
            return true;
    return false;
}

static void replace(struct oracle *oracle, size_t identity, int32_t from_day, uint32_t from,
                    uint32_t to)
{
    for (size_t account = 0; account < ACCOUNTS; account++)
        for (int day = from_day; day < DAYS; day++)
            if ((identity == ACCOUNTS || identity_of[account] == identity) &&
                (from == 0 || oracle->whose[account][day] == from))
                oracle->whose[account][day] = to;
}

static void move_at_random(struct records_tx *tx, uint64_t *state, struct oracle *oracle)
{
    uint32_t from = 1 + below(state, oracle->people);
    uint32_t to = 1 + below(state, oracle->people);
    size_t account = below(state, ACCOUNTS);
    int32_t day = (int32_t)below(state, DAYS);
    uint32_t fresh = 0;

    switch (below(state, 3)) {
    case 0:
        if (assign(tx, account, to, day) == 0)
            replace(oracle, identity_of[account], day, 0, to);
        break;
    case 1:
        if (merge(tx, from, to) == 0)
            replace(oracle, ACCOUNTS, 0, from, to);
        break;
    default:
        from = oracle->whose[account][day];
        if (account != ACCOUNTS - 1 && owns(oracle, from, account, day)) {
            CHECK(split(tx, from, account, day, &fresh) == 0);
            CHECK(fresh > oracle->people);
            replace(oracle, identity_of[account], day, from, fresh);
            oracle->people = fresh;
        }
        break;
    }
}

static void compare(struct records_tx *tx, const struct oracle *oracle)
{
    struct records_owner *owners = NULL;
    size_t days[ACCOUNTS] = {0};
    size_t count = 0;

    CHECK(records_owner_list(tx, (struct person_id){0}, 0, DAYS, arena, &owners, &count) == 0);
    for (size_t i = 0; i < count; i++) {
        size_t account = owners[i].account.number - 1;
        int32_t until = owners[i].until_day < DAYS ? owners[i].until_day : DAYS;

        CHECK(i == 0 || owners[i - 1].account.number != owners[i].account.number ||
              owners[i - 1].person.number != owners[i].person.number);
        for (int day = owners[i].from_day; day < until; day++) {
            CHECK(oracle->whose[account][day] == owners[i].person.number);
            days[account]++;
        }
        CHECK(merged_into(tx, owners[i].person.number) == 0);
    }
    /* Once on every day: nothing is lost, and nothing is anybody's twice. */
    for (size_t i = 0; i < ACCOUNTS; i++)
        CHECK(days[i] == DAYS);
}

static int move_many(struct records_tx *tx, void *context)
{
    uint64_t *state = context;
    struct oracle oracle = {.people = 0};
    struct records_person *people;
    size_t count = 0;

    CHECK(records_person_list(tx, arena, &people, &count) == 0);
    oracle.people = (uint32_t)count;
    for (size_t i = 0; i < ACCOUNTS; i++)
        for (int day = 0; day < DAYS; day++)
            oracle.whose[i][day] = owner(tx, i, day);
    for (int step = 0; step < 40; step++) {
        move_at_random(tx, state, &oracle);
        compare(tx, &oracle);
    }
    return 0;
}

static void every_account_is_exactly_one_persons_on_every_day_whatever_is_moved(void)
{
    for (uint64_t seed = 1; seed <= 12; seed++) {
        uint64_t state = seed * 977;

        CHECK(records_open(&records, ":memory:", (struct bytes){0}) == 0);
        CHECK(arena_new(&arena, 1 << 26) == 0);
        CHECK(records_act(records, fill, NULL) == 0);
        CHECK(records_act(records, move_many, &state) == 0);
        records = records_free(records);
        arena = arena_free(arena);
    }
}

int main(void)
{
    RUN(an_account_is_given_from_a_day_on_with_all_of_its_identity);
    RUN(a_merged_persons_all_is_the_others_and_the_tie_moves);
    RUN(what_is_not_theirs_is_not_split_off_and_nothing_is_half_done);
    RUN(what_was_moved_is_told_for_good);
    RUN(every_account_is_exactly_one_persons_on_every_day_whatever_is_moved);
    return tap_done();
}
