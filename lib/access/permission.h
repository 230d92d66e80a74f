#pragma once

/*
 * Permissions and the four roles that have them, in one table. Pure.
 *
 * Words are those of openapi.json's Permission; tools/gen-routes fails on one that is not here.
 */

#include <stdbool.h>

#include "base/bytes.h"
#include "store/records/nouns.h"

#define ACCESS_PERMISSIONS(X)                                                                      \
    X(PEOPLE_VIEW, "people.view")                                                                  \
    X(DEVICES_VIEW, "devices.view")                                                                \
    X(DEVICES_MANAGE, "devices.manage")                                                            \
    X(PACKAGES_MANAGE, "packages.manage")                                                          \
    X(REMOVED_VIEW, "removed.view")                                                                \
    X(POLICY_VIEW, "policy.view")                                                                  \
    X(POLICY_CHANGE, "policy.change")                                                              \
    X(SETTINGS_VIEW, "settings.view")                                                              \
    X(SETTINGS_CHANGE, "settings.change")                                                          \
    X(USERS_VIEW, "users.view")                                                                    \
    X(USERS_MANAGE, "users.manage")                                                                \
    X(AUDIT_VIEW, "audit.view")                                                                    \
    X(AUDIT_EXPORT, "audit.export")                                                                \
    X(SPILLS_MANAGE, "spills.manage")                                                              \
    X(INCIDENTS_VIEW, "incidents.view")                                                            \
    X(INCIDENTS_MANAGE, "incidents.manage")                                                        \
    X(SYSTEM_VIEW, "system.view")                                                                  \
    X(TLS_CHANGE, "tls.change")

#define ACCESS_PERMISSION_NAME(name, word) ACCESS_##name,
enum access_permission {
    ACCESS_PERMISSIONS(ACCESS_PERMISSION_NAME)
    /* how many there are */
    ACCESS_PERMISSION_COUNT,
};
#undef ACCESS_PERMISSION_NAME

/* The word of the API; empty: no such permission. */
const char *access_permission_word(enum access_permission permission);

/* May someone of that role do that? Nobody may do what is not in the table. */
bool access_role_may(enum records_role role, enum access_permission permission);

/* The word of the API: "power_user"; empty: no such role. */
const char *access_role_word(enum records_role role);

/* False: no such role. */
bool access_role_parse(struct text word, enum records_role *ret_role);
