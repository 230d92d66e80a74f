/* The contract of scope.h, over records in memory. */

#include "access/scope.h"
#include "tap.h"

static struct records *records;
static struct arena *arena;

/* Two accounts of their own people, and one of a station, on two devices. */
static int fill(struct records_tx *tx, void *context)
{
    static const struct {
        uint8_t device;
        const char *name;
        bool station;
    } rows[] = {{1, "anna", false}, {1, "berta", false}, {2, "kiosk", true}, {2, "kiosk2", true}};

    (void)context;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct device_id device = {{rows[i].device}};
        struct records_device row = {.id = device,
                                     .host_name = text_of("host"),
                                     .epoch = 1,
                                     .version = text_of("1"),
                                     .enrolled_at = 1};
        struct records_account_new new = {.device = device,
                                          .name = text_of(rows[i].name),
                                          .station = rows[i].station,
                                          .host_name = row.host_name,
                                          .arena = arena};
        struct account_id account;
        enum records_account_made made;
        int r = i % 2 ? 0 : records_device_add(tx, &row);

        if (!r)
            r = records_account_ensure(tx, &new, &account, &made);
        if (r)
            return r;
    }
    return 0;
}

struct question {
    const char *class;
    struct person_id self;
    enum access_permission permission;
    struct person_id person;
    struct spans_scope scope;
    struct scope_people people;
};

static int ask(struct records_tx *tx, void *context)
{
    struct question *question = context;
    struct access_subject subject = {.class = access_class_find(text_of(question->class)),
                                     .person = question->self};
    struct access_request request = {.permission = question->permission,
                                     .person = question->person};

    return scope_make(tx, &subject, &request, 100, 200, arena, &question->scope, &question->people);
}

static int result_of(struct question *question)
{
    arena_reset(arena);
    return records_read(records, ask, question);
}

static void without_a_person_it_is_everyone_between_the_moments(void)
{
    struct question question = {.class = "viewer", .permission = ACCESS_PEOPLE_VIEW};

    CHECK(result_of(&question) == 0);
    CHECK(question.scope.owner_count == 4 && question.people.owner_count == 4);
    CHECK(question.people.person_count == 3);
    CHECK(question.scope.from_at == 100 && question.scope.to_at == 200);
}

static void with_a_person_it_is_their_accounts_and_no_others(void)
{
    struct question everyone = {.class = "viewer", .permission = ACCESS_PEOPLE_VIEW};
    size_t accounts = 0;
    uint32_t numbers[3];

    CHECK(result_of(&everyone) == 0);
    for (size_t i = 0; i < 3; i++)
        numbers[i] = everyone.people.people[i].id.number;
    for (size_t i = 0; i < 3; i++) {
        struct question one = {
            .class = "viewer", .permission = ACCESS_PEOPLE_VIEW, .person = {numbers[i]}};

        CHECK(result_of(&one) == 0);
        CHECK(one.people.person_count == 1 && one.people.people[0].id.number == numbers[i]);
        CHECK(one.scope.owner_count == (one.people.people[0].station ? 2 : 1));
        for (size_t at = 0; at < one.scope.owner_count; at++) {
            struct account_id account = one.scope.owners[at].account;

            CHECK(one.people.owners[at].person.number == numbers[i]);
            CHECK(one.scope.owners[at].person.number == numbers[i]);
            CHECK(one.people.owners[at].account.number == account.number);
            CHECK(scope_owner(&one.people, account, 0).number == numbers[i]);
        }
        accounts += one.scope.owner_count;
    }
    CHECK(accounts == 4);
}

static void a_person_that_is_not_there_is_absent_and_sets_nothing(void)
{
    struct question question = {
        .class = "admin", .permission = ACCESS_PEOPLE_VIEW, .person = {999}};

    CHECK(result_of(&question) == SCOPE_ABSENT);
    CHECK(!question.scope.owners && !question.people.owners && question.scope.to_at == 0);
}

static void a_class_without_the_permission_sees_nobody_whoever_is_asked_for(void)
{
    static const char *const classes[] = {"viewer", "configurator", "auditor", "admin", "none"};

    for (unsigned i = 0; i < sizeof classes / sizeof *classes; i++)
        for (unsigned permission = 0; permission <= ACCESS_PERMISSION_COUNT; permission++)
            for (uint32_t person = 0; person < 1000; person += 999) {
                struct question question = {.class = classes[i],
                                            .permission = (enum access_permission)permission,
                                            .person = {person}};
                bool may =
                    access_class_may(access_class_find(text_of(classes[i])), question.permission);
                int expected = !may ? SCOPE_DENIED : person ? SCOPE_ABSENT : 0;

                CHECK(result_of(&question) == expected);
                CHECK(expected == 0 || (!question.scope.owners && !question.people.people));
            }
}

static void an_employee_gets_their_own_accounts_whatever_they_ask(void)
{
    struct question everyone = {.class = "viewer", .permission = ACCESS_PEOPLE_VIEW};
    struct question own = {.class = "employee", .permission = ACCESS_PEOPLE_VIEW};

    CHECK(result_of(&everyone) == 0);
    own.self = everyone.people.people[1].id;
    CHECK(result_of(&own) == 0);
    CHECK(own.people.person_count == 1 && own.people.people[0].id.number == own.self.number);
    CHECK(own.scope.owner_count >= 1);
    for (size_t i = 0; i < own.scope.owner_count; i++)
        CHECK(own.scope.owners[i].person.number == own.self.number);
}

static void an_employee_is_not_told_whether_others_exist(void)
{
    for (uint32_t whom = 1; whom < 1000; whom += 3) {
        struct question other = {.class = "employee",
                                 .self = {1000},
                                 .permission = ACCESS_PEOPLE_VIEW,
                                 .person = {whom}};

        CHECK(result_of(&other) == SCOPE_DENIED && !other.people.people);
        other.self.number = 0;
        CHECK(result_of(&other) == SCOPE_UNTIED && !other.people.people);
    }
}

int main(void)
{
    CHECK(records_open(&records, ":memory:", (struct bytes){0}) == 0);
    CHECK(arena_new(&arena, 1 << 20) == 0);
    CHECK(records_act(records, fill, NULL) == 0);
    RUN(without_a_person_it_is_everyone_between_the_moments);
    RUN(with_a_person_it_is_their_accounts_and_no_others);
    RUN(a_person_that_is_not_there_is_absent_and_sets_nothing);
    RUN(a_class_without_the_permission_sees_nobody_whoever_is_asked_for);
    RUN(an_employee_gets_their_own_accounts_whatever_they_ask);
    RUN(an_employee_is_not_told_whether_others_exist);
    records = records_free(records);
    arena = arena_free(arena);
    return tap_done();
}
