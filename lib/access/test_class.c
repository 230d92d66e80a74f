/* The matrix, written down a second time: whoever changes one has to mean it. */

#include <string.h>

#include "access/class.h"
#include "tap.h"

/* The order of the columns below. */
static const char *const words[] = {"viewer",  "power_user",      "configurator",
                                    "admin",   "privacy_officer", "security_officer",
                                    "auditor", "employee"};

#define CLASSES (sizeof words / sizeof *words)

/* Of viewer, power user, configurator, admin, privacy officer, security officer, auditor and
 * employee: v p c a P S A e, or a blank. */
static const struct {
    const char *permission;
    const char *classes;
} table[] = {
    {"people.view", "vp aP  e"},      {"devices.view", " pcaPSA "},
    {"devices.manage", "  ca    "},   {"packages.manage", "  ca    "},
    {"removed.view", " pcaPS  "},     {"policy.view", "  caPSA "},
    {"policy.change", "  ca    "},    {"settings.view", "  caPSA "},
    {"settings.change", "  ca    "},  {"users.view", "   aPSA "},
    {"users.manage", "   a    "},     {"audit.view", "   aPSA "},
    {"audit.export", "   aPSA "},     {"spills.manage", "   aPS  "},
    {"incidents.view", "   aPSA "},   {"incidents.manage", "   aPS  "},
    {"emergencies.view", "   aPSA "}, {"emergencies.review", "   aPS  "},
    {"system.view", "  caPSA "},      {"tls.change", "   a    "},
    {"directory.view", "   aP   "},   {"directory.manage", "   a    "},
};

static void each_class_may_what_the_table_says_and_nothing_else(void)
{
    CHECK(sizeof table / sizeof *table == ACCESS_PERMISSION_COUNT);
    CHECK(!access_class_at(CLASSES));
    for (unsigned i = 0; i < ACCESS_PERMISSION_COUNT; i++) {
        CHECK(strcmp(access_permission_word((enum access_permission)i), table[i].permission) == 0);
        for (size_t class = 0; class < CLASSES; class ++)
            CHECK(access_class_may(access_class_at(class), (enum access_permission)i) ==
                  (table[i].classes[class] != ' '));
    }
}

static void a_level_holds_the_levels_below_it(void)
{
    for (size_t at = 0; at < CLASSES; at++)
        for (unsigned i = 0; i < ACCESS_PERMISSION_COUNT; i++)
            for (unsigned j = 0; j < ACCESS_PERMISSION_COUNT; j++) {
                struct access_need more = access_need_of((enum access_permission)i);
                struct access_need less = access_need_of((enum access_permission)j);

                if (more.category == less.category && more.level >= less.level &&
                    access_class_may(access_class_at(at), (enum access_permission)i))
                    CHECK(access_class_may(access_class_at(at), (enum access_permission)j));
            }
}

static void nobodys_class_and_an_unknown_permission_are_denied(void)
{
    for (unsigned i = 0; i < 100; i++)
        CHECK(!access_class_may(NULL, (enum access_permission)i));
    for (unsigned i = ACCESS_PERMISSION_COUNT; i < 100; i++)
        CHECK(!access_class_may(access_class_find(text_of("admin")), (enum access_permission)i));
    CHECK(!access_class_may(access_class_find(text_of("admin")), (enum access_permission) - 1));
    CHECK(!access_class_sees_everyone(NULL));
    CHECK(access_permission_word(ACCESS_PERMISSION_COUNT)[0] == '\0');
}

static void classes_have_words_that_are_read_back(void)
{
    for (size_t i = 0; i < CLASSES; i++) {
        const struct access_class *class = access_class_find(text_of(words[i]));

        CHECK(class && class == access_class_at(i) && strcmp(class->word, words[i]) == 0);
    }
}

static void a_word_that_is_nearly_a_class_is_none(void)
{
    static const char *const wrong[] = {"",       "Admin", "admin ",     " admin", "admi",
                                        "admins", "viewe", "power user", "3",      "ADMIN"};

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK(!access_class_find(text_of(wrong[i])));
    CHECK(!access_class_find((struct text){"admin\0", 6}));
    CHECK(!access_class_find((struct text){0}));
}

static void an_employee_sees_activity_but_not_everyones(void)
{
    const struct access_class *employee = access_class_find(text_of("employee"));

    CHECK(access_class_may(employee, ACCESS_PEOPLE_VIEW) && !access_class_sees_everyone(employee));
    CHECK(access_class_sees_everyone(access_class_find(text_of("viewer"))));
    CHECK(!access_class_sees_everyone(access_class_find(text_of("auditor"))));
}

static void whoever_sees_activity_is_told_whose_it_is(void)
{
    /* Aliases are not made yet: no class may have the one without the other. */
    const struct access_class *class;

    for (size_t i = 0; (class = access_class_at(i)); i++)
        CHECK((class->levels[ACCESS_CATEGORY_ACTIVITY] == ACCESS_NONE) ==
              (class->levels[ACCESS_CATEGORY_IDENTITY] == ACCESS_NONE));
}

static void a_class_is_above_another_that_lacks_anything_it_has(void)
{
    const struct access_class *admin = access_class_find(text_of("admin"));
    const struct access_class *viewer = access_class_find(text_of("viewer"));
    struct access_conditions conditions = {.window_days = 30};
    struct access_class narrow = *viewer;

    CHECK(!access_class_above(admin, admin) && !access_class_above(viewer, admin));
    CHECK(access_class_above(admin, viewer) && access_class_above(viewer, NULL));
    CHECK(!access_class_above(NULL, viewer) && !access_class_above(NULL, NULL));
    CHECK(access_class_above(viewer, access_class_find(text_of("employee"))));
    CHECK(!access_class_above(access_class_find(text_of("employee")), viewer));
    narrow.conditions = &conditions;
    narrow.zone = "Europe/Vienna";
    CHECK(!access_class_above(&narrow, viewer) && access_class_above(viewer, &narrow));
    CHECK(!access_class_above(&narrow, &narrow));
    for (size_t i = 0; i < ACCESS_CATEGORY_COUNT; i++) {
        struct access_class more = *viewer;

        more.levels[i]++;
        CHECK(access_class_above(&more, viewer) && !access_class_above(viewer, &more));
    }
}

int main(void)
{
    RUN(each_class_may_what_the_table_says_and_nothing_else);
    RUN(a_level_holds_the_levels_below_it);
    RUN(nobodys_class_and_an_unknown_permission_are_denied);
    RUN(classes_have_words_that_are_read_back);
    RUN(a_word_that_is_nearly_a_class_is_none);
    RUN(an_employee_sees_activity_but_not_everyones);
    RUN(whoever_sees_activity_is_told_whose_it_is);
    RUN(a_class_is_above_another_that_lacks_anything_it_has);
    return tap_done();
}
