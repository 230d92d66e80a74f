#include "access/class.h"

#include <string.h>

/* One line a class: a level for each category, in the order of ACCESS_CATEGORIES. Read by
 * tools/gen-permissions. */
#define N ACCESS_NONE
#define S ACCESS_SEE
#define C ACCESS_CHANGE
#define CLASSES(X)                                                                                 \
    /*                                         aggregates activity titles identity devices         \
       policy settings access audit programme system directory */                                  \
    X("viewer", "Viewer", EVERYONE, N, S, S, S, N, N, N, N, N, N, N, N)                            \
    X("power_user", "Power User", EVERYONE, S, S, S, S, S, N, N, N, N, N, N, N)                    \
    X("configurator", "Configurator", EVERYONE, S, N, N, N, C, C, C, N, N, N, S, N)                \
    X("admin", "Admin", EVERYONE, C, C, C, C, C, C, C, C, C, C, C, C)                              \
    X("privacy_officer", "Privacy Officer", EVERYONE, S, S, S, S, S, S, S, S, S, C, S, S)          \
    X("security_officer", "Security Officer", EVERYONE, S, N, N, N, S, S, S, S, S, C, S, N)        \
    X("auditor", "Auditor", EVERYONE, N, N, N, N, S, S, S, S, S, S, S, N)                          \
    X("employee", "Employee", SELF, N, S, S, S, N, N, N, N, N, N, N, N)

#define CLASS(word, title, reach, ...)                                                             \
    {word, title, ACCESS_REACH_##reach, {__VA_ARGS__}, NULL, NULL},
static const struct access_class classes[] = {CLASSES(CLASS)};

#define CLASS_COUNT (sizeof classes / sizeof *classes)

static const char *const reaches[] = {"everyone", "self"};

#define REACH_COUNT (sizeof reaches / sizeof *reaches)

const char *access_reach_word(enum access_reach reach)
{
    return (size_t)reach < REACH_COUNT ? reaches[reach] : "";
}

int access_reach_find(struct text word)
{
    for (size_t i = 0; i < REACH_COUNT; i++)
        if (text_equal(word, text_of(reaches[i])))
            return (int)i;
    return -1;
}

const struct access_class *access_class_find(struct text word)
{
    for (size_t i = 0; i < CLASS_COUNT; i++)
        if (text_equal(word, text_of(classes[i].word)))
            return &classes[i];
    return NULL;
}

const struct access_class *access_class_at(size_t index)
{
    return index < CLASS_COUNT ? &classes[index] : NULL;
}

bool access_class_may(const struct access_class *class, enum access_permission permission)
{
    struct access_need need = access_need_of(permission);

    return class && class->levels[need.category] >= need.level;
}

/* Hours by other clocks are other hours: only the same zone is compared. */
static bool same_zone(const struct access_class *a, const struct access_class *b)
{
    return strcmp(a->zone ? a->zone : "", b->zone ? b->zone : "") == 0;
}

bool access_class_above(const struct access_class *class, const struct access_class *own)
{
    static const struct access_conditions none;
    const struct access_conditions *own_conditions;

    if (!class || !own)
        return class != NULL;
    for (size_t i = 0; i < ACCESS_CATEGORY_COUNT; i++)
        if (class->levels[i] > own->levels[i])
            return true;
    if (class->reach == ACCESS_REACH_EVERYONE && own->reach != ACCESS_REACH_EVERYONE)
        return true;
    own_conditions = own->conditions ? own->conditions : &none;
    if ((own_conditions->by_hours || own_conditions->window_days) && !same_zone(class, own))
        return true;
    return !access_conditions_within(class->conditions ? class->conditions : &none, own_conditions);
}

bool access_class_sees_everyone(const struct access_class *class)
{
    return access_class_may(class, ACCESS_PEOPLE_VIEW) && class->reach == ACCESS_REACH_EVERYONE &&
           class->levels[ACCESS_CATEGORY_IDENTITY] >= ACCESS_SEE;
}
