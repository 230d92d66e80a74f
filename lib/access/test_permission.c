/* The table of roles, written down a second time: whoever changes one has to mean it. */

#include <string.h>

#include "access/permission.h"
#include "tap.h"

static const struct {
    const char *permission;
    const char *roles; /* of viewer, power user, configurator, admin: v p c a */
} table[] = {
    {"people.view", "vp a"},      {"devices.view", " pca"},  {"devices.manage", "  ca"},
    {"packages.manage", "  ca"},  {"removed.view", " pca"},  {"policy.view", "  ca"},
    {"policy.change", "  ca"},    {"settings.view", "  ca"}, {"settings.change", "  ca"},
    {"users.view", "   a"},       {"users.manage", "   a"},  {"audit.view", "   a"},
    {"audit.export", "   a"},     {"spills.manage", "   a"}, {"incidents.view", "   a"},
    {"incidents.manage", "   a"}, {"system.view", "  ca"},   {"tls.change", "   a"},
};

static const char *const roles[RECORDS_ROLES] = {"viewer", "power_user", "configurator", "admin"};

static void each_role_may_what_the_table_says_and_nothing_else(void)
{
    CHECK(sizeof table / sizeof *table == ACCESS_PERMISSION_COUNT);
    for (unsigned i = 0; i < ACCESS_PERMISSION_COUNT; i++) {
        CHECK(strcmp(access_permission_word((enum access_permission)i), table[i].permission) == 0);
        for (unsigned role = 0; role < RECORDS_ROLES; role++)
            CHECK(access_role_may((enum records_role)role, (enum access_permission)i) ==
                  (table[i].roles[role] != ' '));
    }
}

static void an_unknown_role_or_permission_is_denied(void)
{
    for (unsigned i = 0; i < ACCESS_PERMISSION_COUNT; i++) {
        CHECK(!access_role_may(RECORDS_ROLES, (enum access_permission)i));
        CHECK(!access_role_may((enum records_role)1000, (enum access_permission)i));
        CHECK(!access_role_may((enum records_role) - 1, (enum access_permission)i));
    }
    for (unsigned i = ACCESS_PERMISSION_COUNT; i < 100; i++)
        CHECK(!access_role_may(RECORDS_ADMIN, (enum access_permission)i));
    CHECK(!access_role_may(RECORDS_ADMIN, (enum access_permission) - 1));
    CHECK(access_role_word(RECORDS_ROLES)[0] == '\0');
    CHECK(access_permission_word(ACCESS_PERMISSION_COUNT)[0] == '\0');
}

static void roles_have_words_that_are_read_back(void)
{
    for (unsigned i = 0; i < RECORDS_ROLES; i++) {
        enum records_role role = RECORDS_ROLES;

        CHECK(strcmp(access_role_word((enum records_role)i), roles[i]) == 0);
        CHECK(access_role_parse(text_of(roles[i]), &role) && (unsigned)role == i);
    }
}

static void a_word_that_is_nearly_a_role_is_none(void)
{
    static const char *const wrong[] = {"",       "Admin", "admin ",     " admin", "admi",
                                        "admins", "viewe", "power user", "3",      "ADMIN"};
    enum records_role role = RECORDS_VIEWER;

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK(!access_role_parse(text_of(wrong[i]), &role));
    CHECK(!access_role_parse((struct text){"admin\0", 6}, &role));
    CHECK(!access_role_parse((struct text){0}, &role));
    CHECK(role == RECORDS_VIEWER);
}

int main(void)
{
    RUN(each_role_may_what_the_table_says_and_nothing_else);
    RUN(an_unknown_role_or_permission_is_denied);
    RUN(roles_have_words_that_are_read_back);
    RUN(a_word_that_is_nearly_a_role_is_none);
    return tap_done();
}
