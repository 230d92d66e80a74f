/* The contract of people.h, over a database in memory; and the step of the schema that made it. */

#include <stdio.h>

#include "store/records/nouns.h"
#include "store/records/records-private.h"
#include "tap.h"

static struct records *records;
static struct arena *arena;

static const struct device_id one = {{1, 2, 3}};
static const struct device_id two = {{1, 2, 3, [15] = 1}};

static bool is(struct text text, const char *expected)
{
    return text_equal(text, text_of(expected));
}

static void begin(void)
{
    CHECK(records_open(&records, ":memory:", (struct bytes){0}) == 0);
    CHECK(arena_new(&arena, 1 << 22) == 0);
}

static void end(void)
{
    records = records_free(records);
    arena = arena_free(arena);
}

/* Runs a job over an empty database with the two devices. */
static int add_devices(struct records_tx *tx, void *context)
{
    struct records_device device = {
        .id = one, .host_name = text_of("ward3-pc1"), .version = text_of("1")};

    (void)context;
    CHECK(records_device_add(tx, &device) == 0);
    device.id = two;
    device.host_name = text_of("ward3-pc2.example.org");
    CHECK(records_device_add(tx, &device) == 0);
    return 0;
}

static void act(records_job *job)
{
    begin();
    CHECK(records_act(records, add_devices, NULL) == 0);
    CHECK(records_act(records, job, NULL) == 0);
    end();
}

static enum records_account_made ensure(struct records_tx *tx, struct device_id device,
                                        const char *name, bool station,
                                        struct account_id *ret_account)
{
    struct records_account_new new = {.device = device,
                                      .name = text_of(name),
                                      .station = station,
                                      .host_name = text_of("ward3-pc1"),
                                      .now = 5,
                                      .arena = arena};
    enum records_account_made made = RECORDS_ACCOUNT_THERE;

    CHECK(records_account_ensure(tx, &new, ret_account, &made) == 0);
    return made;
}

static uint32_t owner(struct records_tx *tx, struct account_id account)
{
    struct person_id person = {0};

    CHECK(records_owner_of(tx, account, 20000, &person) == 0);
    return person.number;
}

/* ---- accounts ---- */

static int use_accounts(struct records_tx *tx, void *context)
{
    struct account_id account[5];
    struct records_account *accounts = NULL;
    struct records_person *people = NULL;
    struct records_person person;
    size_t count = 0;

    (void)context;
    CHECK(ensure(tx, one, "anna", false, &account[0]) == RECORDS_ACCOUNT_NEW);
    CHECK(ensure(tx, one, "anna", false, &account[1]) == RECORDS_ACCOUNT_THERE);
    CHECK(account[0].number == 1 && account[1].number == 1);
    /* The same name on another computer is another account, and another person until merged. */
    CHECK(ensure(tx, two, "anna", false, &account[1]) == RECORDS_ACCOUNT_NEW);
    /* Two accounts that sign in by themselves are one station. */
    CHECK(ensure(tx, one, "kiosk", true, &account[2]) == RECORDS_ACCOUNT_STATION);
    CHECK(ensure(tx, one, "kiosk2", true, &account[3]) == RECORDS_ACCOUNT_STATION);
    CHECK(records_account_find(tx, one, text_of("kiosk"), &account[4]) == 0);
    CHECK(account[4].number == account[2].number);
    CHECK(records_account_find(tx, two, text_of("kiosk"), &account[4]) == RECORDS_ABSENT);
    CHECK(records_account_list(tx, arena, &accounts, &count) == 0 && count == 4);
    CHECK(device_id_equal(accounts[1].device, two) && is(accounts[1].name, "anna"));
    CHECK(!accounts[0].station && accounts[2].station);
    CHECK(owner(tx, account[0]) != owner(tx, account[1]));
    CHECK(owner(tx, account[2]) == owner(tx, account[3]));
    CHECK(records_person_list(tx, arena, &people, &count) == 0 && count == 3);
    CHECK(records_person_get(tx, (struct person_id){owner(tx, account[2])}, arena, &person) == 0);
    CHECK(person.station && person.confirmed && is(person.name, "ward3-pc1"));
    CHECK(records_person_get(tx, (struct person_id){owner(tx, account[0])}, arena, &person) == 0);
    CHECK(!person.station && !person.confirmed && is(person.name, "anna"));
    CHECK(person.created_at == 5 && person.ended_at == 0 && person.merged_into.number == 0);
    CHECK(records_person_get(tx, (struct person_id){99}, arena, &person) == RECORDS_ABSENT);
    CHECK(records_owner_of(tx, (struct account_id){99}, 0, &person.id) == RECORDS_ABSENT);
    return 0;
}

static void an_account_has_a_person_and_a_shared_one_the_station(void)
{
    act(use_accounts);
}

static int become_station(struct records_tx *tx, void *context)
{
    struct account_id anna;
    struct account_id kiosk;
    struct records_account *accounts = NULL;
    size_t count = 0;

    (void)context;
    (void)ensure(tx, one, "anna", false, &anna);
    (void)ensure(tx, one, "kiosk", true, &kiosk);
    CHECK(ensure(tx, one, "anna", true, &anna) == RECORDS_ACCOUNT_TURNED);
    CHECK(ensure(tx, one, "kiosk", false, &kiosk) == RECORDS_ACCOUNT_THERE);
    CHECK(records_account_list(tx, arena, &accounts, &count) == 0 && count == 2);
    CHECK(records_account_list_of(tx, one, arena, &accounts, &count) == 0 && count >= 1);
    CHECK(accounts[0].station && accounts[1].station);
    CHECK(owner(tx, anna) == owner(tx, kiosk));
    return 0;
}

static void what_was_once_a_station_never_becomes_a_person(void)
{
    act(become_station);
}

static int meet_again(struct records_tx *tx, void *context)
{
    static const char *const domain[] = {"STMARY\\Robin", "stmary\\robin", "StMary\\ROBIN"};
    struct account_id first;
    struct account_id other;

    (void)context;
    CHECK(ensure(tx, one, domain[0], false, &first) == RECORDS_ACCOUNT_NEW);
    for (size_t i = 0; i < 3; i++) {
        CHECK(ensure(tx, two, domain[i], false, &other) == RECORDS_ACCOUNT_KNOWN);
        CHECK(other.number != first.number && owner(tx, other) == owner(tx, first));
    }
    CHECK(ensure(tx, one, "robin@stmary.example", false, &first) == RECORDS_ACCOUNT_NEW);
    CHECK(ensure(tx, two, "Robin@StMary.example", false, &other) == RECORDS_ACCOUNT_KNOWN);
    CHECK(owner(tx, other) == owner(tx, first));
    /* Local names are of one device, and systems tell their letters apart. */
    CHECK(ensure(tx, one, "robin", false, &first) == RECORDS_ACCOUNT_NEW);
    CHECK(ensure(tx, one, "Robin", false, &other) == RECORDS_ACCOUNT_NEW);
    CHECK(owner(tx, other) != owner(tx, first));
    /* A station takes no part in it. */
    CHECK(ensure(tx, two, "STMARY\\desk", true, &first) == RECORDS_ACCOUNT_STATION);
    CHECK(ensure(tx, one, "STMARY\\desk", false, &other) == RECORDS_ACCOUNT_NEW);
    CHECK(owner(tx, other) != owner(tx, first));
    return 0;
}

static void an_account_of_a_known_identity_finds_its_person_on_a_new_device(void)
{
    act(meet_again);
}

static void what_names_somebody_anywhere_is_told_from_what_does_not(void)
{
    static const struct {
        const char *name;
        enum records_identity_kind kind;
        const char *value;
    } rows[] = {
        {"STMARY\\Robin", RECORDS_IDENTITY_DOMAIN, "stmary\\robin"},
        {"STMARY\\robin@x.org", RECORDS_IDENTITY_DOMAIN, "stmary\\robin@x.org"},
        {"Robin.Reed@StMary.Example", RECORDS_IDENTITY_UPN, "robin.reed@stmary.example"},
        {"robin", RECORDS_IDENTITY_LOCAL, NULL},
        {"Robin", RECORDS_IDENTITY_LOCAL, NULL},
        {"WARD3-PC1\\robin", RECORDS_IDENTITY_LOCAL, NULL},
        {"ward3-pc1.example.org\\robin", RECORDS_IDENTITY_LOCAL, NULL},
        {".\\robin", RECORDS_IDENTITY_LOCAL, NULL},
        {"NT AUTHORITY\\SYSTEM", RECORDS_IDENTITY_LOCAL, NULL},
        {"Font Driver Host\\UMFD-0", RECORDS_IDENTITY_LOCAL, NULL},
        {"AzureAD\\RobinReed", RECORDS_IDENTITY_LOCAL, NULL},
        {"WORKGROUP\\robin", RECORDS_IDENTITY_LOCAL, NULL},
        {"\\robin", RECORDS_IDENTITY_LOCAL, NULL},
        {"STMARY\\", RECORDS_IDENTITY_LOCAL, NULL},
        {"robin@", RECORDS_IDENTITY_LOCAL, NULL},
        {"@stmary.example", RECORDS_IDENTITY_LOCAL, NULL},
        {"robin@stmary", RECORDS_IDENTITY_LOCAL, NULL},
        {"robin@stmary.", RECORDS_IDENTITY_LOCAL, NULL},
        {"robin@.example", RECORDS_IDENTITY_LOCAL, NULL},
        {"robin@x@stmary.example", RECORDS_IDENTITY_LOCAL, NULL},
        {"robin@ward3-pc1.example.org", RECORDS_IDENTITY_LOCAL, NULL},
        {"", RECORDS_IDENTITY_LOCAL, NULL},
    };

    begin();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct records_identity identity;
        struct text expected =
            rows[i].value
                ? text_of(rows[i].value)
                : arena_print(arena, "01020300000000000000000000000000\\%s", rows[i].name);

        CHECK(records_identity_read(one, text_of("ward3-pc1.example.org"), text_of(rows[i].name),
                                    arena, &identity) == 0);
        CHECK(identity.kind == rows[i].kind);
        CHECK(text_equal(identity.value, expected));
    }
    end();
}

/* ---- groups and reports ---- */

static int fill_groups(struct records_tx *tx)
{
    return sql_script(
        tx->sql,
        /*  1 ─┬─ 2 ─── 4 ─── 5      6 is their own manager's manager, 7 and 6 manage each other */
        /*     └─ 3                  8 is merged into 4 */
        "INSERT INTO person (person_id, name, email, employee_id, manager_id) VALUES"
        " (1, 'a', 'a@stmary.example', 'RN-1', NULL), (2, 'b', 'b@stmary.example', 'RN-2', 1),"
        " (3, 'c', 'c@other.example', 'MD-1', 1), (4, 'd', '', 'RN-30', 2),"
        " (5, 'e', 'e@x-stmary.example', 'R', 4);"
        "INSERT INTO person (person_id, name) VALUES (6, 'f'), (7, 'g');"
        "UPDATE person SET manager_id = 7 WHERE person_id = 6;"
        "UPDATE person SET manager_id = 6 WHERE person_id = 7;"
        "INSERT INTO person (person_id, name, email, employee_id, manager_id, merged_into)"
        " VALUES (8, 'h', 'h@stmary.example', 'RN-9', 1, 4);"
        "INSERT INTO work_group (group_id, name, note, created_at) VALUES (1, 'hand', '', 1),"
        " (2, 'direct', '', 1), (3, 'below', '', 1), (4, 'mail', '', 1), (5, 'prefix', '', 1),"
        " (6, 'nest', '', 1), (7, 'ring', '', 1), (8, 'none', '', 1);"
        "INSERT INTO group_person VALUES (1, 3), (1, 5), (1, 8), (7, 6);"
        "INSERT INTO group_rule (group_id, kind, value, person_id) VALUES (2, 0, '', 1),"
        " (3, 1, '', 1), (4, 2, 'stmary.example', NULL), (5, 3, 'RN-', NULL);"
        "INSERT INTO group_inside VALUES (6, 1), (6, 4), (6, 7), (7, 6);");
}

static bool are(const struct person_id *people, size_t count, const char *expected)
{
    char text[64] = "";
    size_t len = 0;

    for (size_t i = 0; i < count && len < sizeof text - 4; i++)
        len +=
            (size_t)snprintf(text + len, sizeof text - len, "%s%u", i ? " " : "", people[i].number);
    return strcmp(text, expected) == 0;
}

static int use_groups(struct records_tx *tx, void *context)
{
    static const char *const expected[] = {"3 5",   "2 3",       "2 3 4 5",   "1 2",
                                           "1 2 4", "1 2 3 5 6", "1 2 3 5 6", ""};
    struct person_id *people = NULL;
    size_t count = 0;

    (void)context;
    CHECK(fill_groups(tx) == 0);
    for (uint32_t i = 0; i < 8; i++) {
        CHECK(records_group_people(tx, (struct group_id){i + 1}, arena, &people, &count) == 0);
        CHECK(are(people, count, expected[i]));
    }
    CHECK(records_group_people(tx, (struct group_id){9}, arena, &people, &count) == RECORDS_ABSENT);
    CHECK(records_reports(tx, (struct person_id){1}, arena, &people, &count) == 0);
    CHECK(are(people, count, "2 3"));
    CHECK(records_reports(tx, (struct person_id){5}, arena, &people, &count) == 0);
    CHECK(count == 0);
    return 0;
}

static void a_group_is_who_is_in_it_by_hand_by_rule_and_by_groups_inside_it(void)
{
    act(use_groups);
}

static int put(struct records_tx *tx, struct records_group group, struct group_id *ret_id,
               struct text *ret_ring)
{
    return records_group_put(tx, &group, 3, arena, ret_id, ret_ring);
}

static int change_groups(struct records_tx *tx, void *context)
{
    struct person_id who[] = {{1}, {2}, {1}};
    struct person_id nobody[] = {{99}};
    struct group_id inside[1];
    struct records_rule rules[] = {{.kind = RECORDS_RULE_DOMAIN, .value = text_of("x.org")},
                                   {.kind = RECORDS_RULE_MANAGER, .person = {1}}};
    struct records_rule wrong[] = {{.kind = RECORDS_RULE_BELOW, .person = {99}}};
    struct records_group a = {.name = text_of("a"), .people = who, .person_count = 3};
    struct records_group b = {.name = text_of("b"), .inside = inside, .inside_count = 1};
    struct records_group c = {.name = text_of("c"), .inside = inside, .inside_count = 1};
    struct records_group found;
    struct records_group *groups;
    struct text ring = {0};
    size_t count = 0;
    struct group_id none = {0};

    (void)context;
    CHECK(sql_script(tx->sql, "INSERT INTO person (person_id, name) VALUES (1, 'a'), (2, 'b')") ==
          0);
    a.rules = rules;
    a.rule_count = 2;
    CHECK(put(tx, a, &a.id, &ring) == 0 && a.id.number == 1);
    CHECK(records_group_get(tx, a.id, arena, &found) == 0 && found.person_count == 2);
    CHECK(found.rule_count == 2 && is(found.rules[0].value, "x.org") &&
          found.rules[1].person.number == 1);
    inside[0] = a.id;
    CHECK(put(tx, b, &b.id, &ring) == 0);
    inside[0] = b.id;
    CHECK(put(tx, c, &c.id, &ring) == 0);
    CHECK(put(tx, c, &c.id, &ring) == 0 && c.id.number == 3);
    /* By another name it is not taken; what is not there cannot be in it. */
    CHECK(put(tx, (struct records_group){.name = text_of("a")}, &none, &ring) == RECORDS_EXISTS);
    CHECK(put(tx, (struct records_group){.id = {9}, .name = text_of("z")}, &none, &ring) ==
          RECORDS_ABSENT);
    CHECK(put(tx, (struct records_group){.name = text_of("z"), .people = nobody, .person_count = 1},
              &none, &ring) == RECORDS_GROUP_PERSON);
    CHECK(put(tx, (struct records_group){.name = text_of("z"), .rules = wrong, .rule_count = 1},
              &none, &ring) == RECORDS_GROUP_PERSON);
    inside[0].number = 77;
    CHECK(put(tx, (struct records_group){.name = text_of("z"), .inside = inside, .inside_count = 1},
              &none, &ring) == RECORDS_GROUP_INSIDE);
    CHECK(none.number == 0 && ring.len == 0);
    CHECK(records_group_list(tx, arena, &groups, &count) == 0 && count == 3);
    CHECK(records_group_remove(tx, b.id) == 0);
    CHECK(records_group_remove(tx, b.id) == RECORDS_ABSENT);
    CHECK(records_group_get(tx, c.id, arena, &found) == 0 && found.inside_count == 0);
    return 0;
}

static void a_group_is_replaced_whole_and_holds_only_what_is_there(void)
{
    act(change_groups);
}

static int make_ring(struct records_tx *tx, void *context)
{
    struct group_id inside[2] = {{0}};
    struct records_group groups[3] = {
        {.name = text_of("a")}, {.name = text_of("b")}, {.name = text_of("c")}};
    struct text ring = {0};

    for (int i = 0; i < 3; i++) {
        groups[i].inside = inside;
        groups[i].inside_count = i ? 1 : 0;
        CHECK(put(tx, groups[i], &groups[i].id, &ring) == 0);
        inside[0] = groups[i].id;
    }
    /* c holds b, which holds a; now a holds c, or itself. */
    groups[0].inside_count = 1;
    if (context)
        inside[0] = groups[0].id;
    CHECK(put(tx, groups[0], &groups[0].id, &ring) == RECORDS_GROUP_RING);
    CHECK(is(ring, context ? "a > a" : "a > c > b > a"));
    return RECORDS_GROUP_RING;
}

static void a_group_is_never_inside_itself_and_the_ring_is_named(void)
{
    begin();
    CHECK(records_act(records, make_ring, NULL) == RECORDS_GROUP_RING);
    CHECK(records_act(records, make_ring, &arena) == RECORDS_GROUP_RING);
    end();
}

/* ---- changes of a person ---- */

static int add_one(struct records_tx *tx, const char *name, const char *email, const char *id,
                   uint32_t manager, uint32_t *ret_number)
{
    struct records_person person = {.name = text_of(name),
                                    .email = text_of(email),
                                    .employee_id = text_of(id),
                                    .manager = {manager}};
    struct person_id made = {0};
    int r = records_person_add(tx, &person, arena, &made);

    if (r == 0)
        *ret_number = made.number;
    return r;
}

static int change_people(struct records_tx *tx, void *context)
{
    struct records_person person;
    struct account_id station;
    uint32_t boss = 0;
    uint32_t nurse = 0;
    uint32_t none = 0;

    (void)context;
    (void)ensure(tx, one, "kiosk", true, &station);
    CHECK(add_one(tx, "Boss", "Boss@StMary.Example", "B1", 0, &boss) == 0);
    CHECK(add_one(tx, "Nurse", "", "", boss, &nurse) == 0);
    CHECK(add_one(tx, "x", "boss@stmary.example", "", 0, &none) == RECORDS_PERSON_EMAIL);
    CHECK(add_one(tx, "x", "", "B1", 0, &none) == RECORDS_PERSON_EMPLOYEE_ID);
    CHECK(add_one(tx, "x", "", "", 999, &none) == RECORDS_PERSON_MANAGER);
    CHECK(add_one(tx, "x", "", "", owner(tx, station), &none) == RECORDS_PERSON_MANAGER);
    CHECK(none == 0);
    CHECK(records_person_get(tx, (struct person_id){boss}, arena, &person) == 0);
    CHECK(is(person.email, "boss@stmary.example") && is(person.employee_id, "B1"));
    person.manager.number = nurse;
    CHECK(records_person_set(tx, &person, arena) == RECORDS_PERSON_MANAGER);
    person.manager.number = boss;
    CHECK(records_person_set(tx, &person, arena) == RECORDS_PERSON_MANAGER);
    person.manager.number = 0;
    person.ended_at = 77;
    person.confirmed = true;
    CHECK(records_person_set(tx, &person, arena) == 0);
    CHECK(records_person_get(tx, (struct person_id){boss}, arena, &person) == 0);
    CHECK(person.ended_at == 77 && person.confirmed && is(person.name, "Boss"));
    person.id.number = 999;
    person.email = person.employee_id = text_of("");
    CHECK(records_person_set(tx, &person, arena) == RECORDS_ABSENT);
    return 0;
}

static void nobody_shares_an_address_or_manages_themselves(void)
{
    act(change_people);
}

static size_t found(struct records_tx *tx, const char *words, bool unconfirmed, bool ended)
{
    struct records_person_search search = {
        .words = text_of(words), .unconfirmed = unconfirmed, .ended = ended, .limit = 1};
    struct records_person *people = NULL;
    size_t count = 0;
    size_t total = 0;

    CHECK(records_person_search(tx, &search, arena, &people, &count, &total) == 0);
    CHECK(count == (total > 0));
    return total;
}

static int look_for(struct records_tx *tx, void *context)
{
    struct records_person person;
    struct account_id account;
    uint32_t number = 0;

    (void)context;
    (void)ensure(tx, one, "STMARY\\Robin", false, &account);
    CHECK(add_one(tx, "Casey Reed", "casey@stmary.example", "RN-7", 0, &number) == 0);
    CHECK(records_person_get(tx, (struct person_id){number}, arena, &person) == 0);
    person.confirmed = true;
    CHECK(records_person_set(tx, &person, arena) == 0);
    CHECK(found(tx, "", false, false) == 2 && found(tx, "", true, false) == 1);
    CHECK(found(tx, "REED", false, false) == 1 && found(tx, "casey@", false, false) == 1);
    CHECK(found(tx, "rn-7", false, false) == 1 && found(tx, "stmary\\R", false, false) == 1);
    CHECK(found(tx, "nobody", false, false) == 0 && found(tx, "%", false, false) == 0);
    person.ended_at = 5;
    CHECK(records_person_set(tx, &person, arena) == 0);
    CHECK(found(tx, "reed", false, false) == 0 && found(tx, "reed", false, true) == 1);
    return 0;
}

static void people_are_found_by_what_is_known_of_them(void)
{
    act(look_for);
}

/* ---- the step that made it ---- */

static uint32_t number_at(struct sql *sql, int64_t account, int32_t day)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;

    CHECK(sql_prepare(sql,
                      "SELECT person_id FROM account_owner"
                      " WHERE account_id = $1 AND from_day <= $2 AND until_day > $2",
                      &statement) == 0);
    sql_bind_i64(statement, 1, account);
    sql_bind_i64(statement, 2, day);
    CHECK(sql_next(statement) == 0);
    return (uint32_t)sql_i64(statement, 0);
}

static int64_t one_number(struct sql *sql, struct sql_statement *statement)
{
    (void)sql;
    CHECK(sql_next(statement) == 0);
    return sql_i64(statement, 0);
}

static void every_account_that_was_there_keeps_its_person(void)
{
    CLEANUP(sql_free) struct sql *sql = NULL;
    CLEANUP(sql_end) struct sql_statement *known = NULL;
    CLEANUP(sql_end) struct sql_statement *identities = NULL;
    struct sql_options options = {.path = ":memory:"};

    CHECK(sql_open(&sql, &options) == 0 && records_migrate_to(sql, 8) == 0);
    CHECK(sql_script(
              sql,
              "INSERT INTO device (device_id, host_name, epoch, certificate, certificate_next,"
              " certificate_to_at, enrolled_at, revoked_at, version, seen_at, waiting)"
              " VALUES (x'01020300000000000000000000000000', 'PC1', 1, zeroblob(32), zeroblob(32),"
              " 0, 0, 0, '1', 0, 0), (x'01020300000000000000000000000001', 'pc2', 1, zeroblob(32),"
              " zeroblob(32), 0, 0, 0, '1', 0, 0);"
              "INSERT INTO person (person_id, name, device_id) VALUES (1, 'anna', NULL),"
              " (2, 'a', NULL), (3, 'b', NULL), (4, 'c', NULL), (5, 'd', NULL),"
              " (6, 'pc1', x'01020300000000000000000000000000'), (7, 'e', NULL);"
              "INSERT INTO account (account_id, device_id, name, station, person_id) VALUES"
              " (1, x'01020300000000000000000000000000', 'anna', 0, 1),"
              " (2, x'01020300000000000000000000000000', 'STMARY\\Robin', 0, 2),"
              " (3, x'01020300000000000000000000000001', 'stmary\\robin', 0, 3),"
              " (4, x'01020300000000000000000000000001', 'Robin@stmary.example', 0, 4),"
              " (5, x'01020300000000000000000000000000', 'pc1\\robin', 0, 5),"
              " (6, x'01020300000000000000000000000000', 'kiosk', 1, 6),"
              " (7, x'01020300000000000000000000000000', 'kiosk2', 1, 6),"
              " (8, x'01020300000000000000000000000001', 'anna', 0, 7);"
              "INSERT INTO users (user_id, name, display_name, password_hash, totp_seed,"
              " totp_confirmed, totp_last_step, created_at, disabled_at, class, person_id)"
              " VALUES (1, 'r', 'R', '', x'', 0, 0, 0, 0, 'employee', 2),"
              " (2, 's', 'S', '', x'', 0, 0, 0, 0, 'viewer', NULL)") == 0);
    CHECK(records_migrate(sql) == 0);
    for (uint32_t i = 1; i <= 8; i++) {
        static const uint32_t whose[] = {0, 1, 2, 3, 4, 5, 6, 6, 7};

        CHECK(number_at(sql, i, 0) == whose[i] && number_at(sql, i, 30000) == whose[i]);
    }
    /* Two have the name of one identity: the first has it now, the other is local. */
    CHECK(sql_prepare(sql,
                      "SELECT count(*) FROM identity WHERE (kind = 1 AND value = 'stmary\\robin'"
                      " AND identity_id = 2) OR (kind = 2 AND value = 'robin@stmary.example')"
                      " OR (kind = 3 AND value = '01020300000000000000000000000000')"
                      " OR (kind = 0 AND value LIKE '010203%')",
                      &identities) == 0);
    CHECK(one_number(sql, identities) == 7);
    CHECK(sql_prepare(sql, "SELECT count(*) FROM person WHERE confirmed = 1", &known) == 0);
    CHECK(one_number(sql, known) == 2);
}

int main(void)
{
    RUN(an_account_has_a_person_and_a_shared_one_the_station);
    RUN(what_was_once_a_station_never_becomes_a_person);
    RUN(an_account_of_a_known_identity_finds_its_person_on_a_new_device);
    RUN(what_names_somebody_anywhere_is_told_from_what_does_not);
    RUN(a_group_is_who_is_in_it_by_hand_by_rule_and_by_groups_inside_it);
    RUN(a_group_is_replaced_whole_and_holds_only_what_is_there);
    RUN(a_group_is_never_inside_itself_and_the_ring_is_named);
    RUN(nobody_shares_an_address_or_manages_themselves);
    RUN(people_are_found_by_what_is_known_of_them);
    RUN(every_account_that_was_there_keeps_its_person);
    return tap_done();
}
