/* Decisions, beside a second statement of who may see whom. */

#include "access/decision.h"
#include "base/moment.h"
#include "tap.h"

static enum access_reason reason_of(const char *class, uint32_t self, enum access_permission what,
                                    uint32_t whom)
{
    struct access_subject subject = {.class = access_class_find(text_of(class)), .person = {self}};
    struct access_request request = {.permission = what, .person = {whom}};
    struct access_decision decision;

    access_decide(&subject, &request, &decision);
    return decision.reason;
}

static uint32_t only_of(const char *class, uint32_t self, uint32_t whom)
{
    struct access_subject subject = {.class = access_class_find(text_of(class)), .person = {self}};
    struct access_request request = {.permission = ACCESS_PEOPLE_VIEW, .person = {whom}};
    struct access_decision decision;

    access_decide(&subject, &request, &decision);
    return decision.only.number;
}

static void whoever_sees_everyone_sees_each(void)
{
    for (uint32_t self = 0; self < 5; self++)
        for (uint32_t whom = 0; whom < 5; whom++) {
            CHECK(reason_of("viewer", self, ACCESS_PEOPLE_VIEW, whom) == ACCESS_ALLOWED);
            CHECK(only_of("viewer", self, whom) == whom);
        }
}

static void an_employee_sees_themselves_and_nobody_else(void)
{
    for (uint32_t self = 1; self < 5; self++) {
        CHECK(only_of("employee", self, 0) == self);
        for (uint32_t whom = 1; whom < 5; whom++)
            CHECK(reason_of("employee", self, ACCESS_PEOPLE_VIEW, whom) ==
                  (whom == self ? ACCESS_ALLOWED : ACCESS_DENIED_SCOPE));
    }
}

static void an_employee_who_is_nobody_yet_sees_nobody(void)
{
    for (uint32_t whom = 0; whom < 5; whom++) {
        CHECK(reason_of("employee", 0, ACCESS_PEOPLE_VIEW, whom) == ACCESS_DENIED_UNTIED);
        CHECK(only_of("employee", 0, whom) == 0);
    }
}

static void what_the_matrix_does_not_give_is_denied_first(void)
{
    CHECK(reason_of("employee", 0, ACCESS_AUDIT_VIEW, 0) == ACCESS_DENIED_PERMISSION);
    CHECK(reason_of("employee", 1, ACCESS_USERS_MANAGE, 2) == ACCESS_DENIED_PERMISSION);
    CHECK(reason_of("auditor", 1, ACCESS_PEOPLE_VIEW, 1) == ACCESS_DENIED_PERMISSION);
    for (unsigned i = 0; i <= ACCESS_PERMISSION_COUNT; i++)
        CHECK(reason_of("nobody", 1, (enum access_permission)i, 1) == ACCESS_DENIED_PERMISSION);
}

static void a_class_that_reaches_nowhere_known_sees_nobody(void)
{
    struct access_class class = *access_class_find(text_of("admin"));
    struct access_subject subject = {.class = &class, .person = {1}};
    struct access_request request = {.permission = ACCESS_PEOPLE_VIEW, .person = {1}};
    struct access_decision decision;

    class.reach = (enum access_reach)77;
    access_decide(&subject, &request, &decision);
    CHECK(decision.reason == ACCESS_DENIED_SCOPE && decision.only.number == 0);
}

/* 2026-11-23 12:00 UTC, a Monday. */
#define NOON (INT64_C(20780) * MS_PER_DAY + 12 * MS_PER_HOUR)

static struct access_conditions conditions = {
    .window_days = 7, .factor_minutes = 30, .by_hours = true, .hours = {{540, 1020}}};
static struct access_class guarded;

static struct access_subject asks_at(int64_t at, const char *source)
{
    struct access_subject subject = {.class = &guarded, .factor_at = NOON};

    guarded = *access_class_find(text_of("viewer"));
    guarded.conditions = &conditions;
    guarded.zone = "UTC";
    CHECK(access_network_parse(text_of("10.0.0.0/8"), &conditions.networks[0]) == 0);
    conditions.network_count = 1;
    access_subject_place(&subject, at, text_of(source));
    return subject;
}

static enum access_reason judged(const struct access_subject *subject, enum access_permission what)
{
    struct access_request request = {.permission = what};
    struct access_decision decision;

    access_decide(subject, &request, &decision);
    return decision.reason;
}

static void conditions_are_judged_before_permissions_and_in_their_order(void)
{
    struct access_subject subject = asks_at(NOON, "10.1.2.3");

    CHECK(judged(&subject, ACCESS_PEOPLE_VIEW) == ACCESS_ALLOWED);
    CHECK(judged(&subject, ACCESS_AUDIT_VIEW) == ACCESS_DENIED_PERMISSION);
    subject = asks_at(NOON, "192.0.2.1");
    CHECK(judged(&subject, ACCESS_PEOPLE_VIEW) == ACCESS_DENIED_NETWORK);
    CHECK(judged(&subject, ACCESS_AUDIT_VIEW) == ACCESS_DENIED_NETWORK);
    subject = asks_at(NOON + 5 * MS_PER_HOUR, "192.0.2.1");
    CHECK(judged(&subject, ACCESS_AUDIT_VIEW) == ACCESS_DENIED_HOURS);
    subject = asks_at(NOON + 31 * MS_PER_MINUTE, "10.1.2.3");
    CHECK(judged(&subject, ACCESS_PEOPLE_VIEW) == ACCESS_DENIED_FACTOR);
    CHECK(judged(&subject, ACCESS_AUDIT_VIEW) == ACCESS_DENIED_PERMISSION);
    subject.factor_at = 0;
    CHECK(judged(&subject, ACCESS_PEOPLE_VIEW) == ACCESS_DENIED_FACTOR);
}

static void whoever_says_neither_when_nor_where_is_not_let_in(void)
{
    struct access_subject subject = asks_at(NOON, "");

    CHECK(judged(&subject, ACCESS_PEOPLE_VIEW) == ACCESS_DENIED_NETWORK);
    subject = (struct access_subject){.class = &guarded};
    CHECK(judged(&subject, ACCESS_PEOPLE_VIEW) == ACCESS_DENIED_HOURS);
    subject = asks_at(NOON, "10.1.2.3");
    guarded.zone = "Nowhere/Town";
    access_subject_place(&subject, NOON, text_of("10.1.2.3"));
    CHECK(judged(&subject, ACCESS_PEOPLE_VIEW) == ACCESS_DENIED_HOURS);
    subject.unconditional = true;
    CHECK(judged(&subject, ACCESS_PEOPLE_VIEW) == ACCESS_ALLOWED);
    CHECK(judged(&subject, ACCESS_AUDIT_VIEW) == ACCESS_DENIED_PERMISSION);
}

static void hours_and_window_go_by_the_clocks_of_the_zone(void)
{
    struct access_request request = {.permission = ACCESS_PEOPLE_VIEW};
    struct access_subject subject = asks_at(NOON, "10.1.2.3");
    struct access_decision decision;

    access_decide(&subject, &request, &decision);
    CHECK(decision.from_at == NOON - 12 * MS_PER_HOUR - 6 * MS_PER_DAY);
    guarded.zone = "America/Chicago";
    subject.factor_at = NOON + 4 * MS_PER_HOUR;
    access_subject_place(&subject, NOON, text_of("10.1.2.3"));
    CHECK(judged(&subject, ACCESS_PEOPLE_VIEW) == ACCESS_DENIED_HOURS);
    access_subject_place(&subject, NOON + 4 * MS_PER_HOUR, text_of("10.1.2.3"));
    access_decide(&subject, &request, &decision);
    CHECK(decision.reason == ACCESS_ALLOWED);
    CHECK(decision.from_at == NOON - 6 * MS_PER_HOUR - 6 * MS_PER_DAY);
    CHECK(access_reason_word(ACCESS_DENIED_HOURS)[0] && !access_reason_word(99)[0]);
}

int main(void)
{
    RUN(conditions_are_judged_before_permissions_and_in_their_order);
    RUN(whoever_says_neither_when_nor_where_is_not_let_in);
    RUN(hours_and_window_go_by_the_clocks_of_the_zone);
    RUN(whoever_sees_everyone_sees_each);
    RUN(an_employee_sees_themselves_and_nobody_else);
    RUN(an_employee_who_is_nobody_yet_sees_nobody);
    RUN(what_the_matrix_does_not_give_is_denied_first);
    RUN(a_class_that_reaches_nowhere_known_sees_nobody);
    return tap_done();
}
