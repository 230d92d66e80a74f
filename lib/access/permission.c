#include "access/permission.h"

#define WORD(name, word) [ACCESS_##name] = word,
static const char *const words[ACCESS_PERMISSION_COUNT] = {ACCESS_PERMISSIONS(WORD)};
#undef WORD

#define MAY(name) (1u << ACCESS_##name)
#define EVERYTHING ((1u << ACCESS_PERMISSION_COUNT) - 1)

static const struct {
    const char *word;
    unsigned may;
} roles[RECORDS_ROLES] = {
    [RECORDS_VIEWER] = {"viewer", MAY(PEOPLE_VIEW)},
    [RECORDS_POWER_USER] = {"power_user", MAY(PEOPLE_VIEW) | MAY(DEVICES_VIEW) | MAY(REMOVED_VIEW)},
    [RECORDS_CONFIGURATOR] = {"configurator",
                              MAY(DEVICES_VIEW) | MAY(DEVICES_MANAGE) | MAY(PACKAGES_MANAGE) |
                                  MAY(REMOVED_VIEW) | MAY(POLICY_VIEW) | MAY(POLICY_CHANGE) |
                                  MAY(SETTINGS_VIEW) | MAY(SETTINGS_CHANGE) | MAY(SYSTEM_VIEW)},
    [RECORDS_ADMIN] = {"admin", EVERYTHING},
};

const char *access_permission_word(enum access_permission permission)
{
    return permission < ACCESS_PERMISSION_COUNT ? words[permission] : "";
}

bool access_role_may(enum records_role role, enum access_permission permission)
{
    return role < RECORDS_ROLES && permission < ACCESS_PERMISSION_COUNT &&
           (roles[role].may >> permission & 1u) != 0;
}

const char *access_role_word(enum records_role role)
{
    return role < RECORDS_ROLES ? roles[role].word : "";
}

bool access_role_parse(struct text word, enum records_role *ret_role)
{
    for (unsigned role = 0; role < RECORDS_ROLES; role++) {
        if (!text_equal(word, text_of(roles[role].word)))
            continue;
        *ret_role = (enum records_role)role;
        return true;
    }
    return false;
}
