/* Decisions, beside a second statement of who may see whom. */

#include "access/decision.h"
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

int main(void)
{
    RUN(whoever_sees_everyone_sees_each);
    RUN(an_employee_sees_themselves_and_nobody_else);
    RUN(an_employee_who_is_nobody_yet_sees_nobody);
    RUN(what_the_matrix_does_not_give_is_denied_first);
    RUN(a_class_that_reaches_nowhere_known_sees_nobody);
    return tap_done();
}
