#pragma once

/*
 * The matrix: categories of data, how far a class may go in each, and the permissions that follow
 *
 * Permissions are never given by themselves (45 CFR 164.514(d)(2)): the one table below says which
 * level of which category each needs. Words are those of openapi.json's Permission;
 * tools/gen-routes fails on one that is not here, and tools/gen-permissions makes
 * docs/permissions.md of it. Pure.
 */

#include "base/bytes.h"

#define ACCESS_CATEGORIES(X)                                                                       \
    X(AGGREGATES, "aggregates", "counts of what was removed, by site and application")             \
    X(ACTIVITY, "activity", "applications and sites, by person")                                   \
    X(TITLES, "titles", "clean titles of windows")                                                 \
    X(IDENTITY, "identity", "whose it is")                                                         \
    X(DEVICES, "devices", "devices, packages that enrol them")                                     \
    X(POLICY, "policy", "what is captured, and patterns of identifiers")                           \
    X(SETTINGS, "settings", "settings of this server")                                             \
    X(USERS, "access", "users of Ward and their classes")                                          \
    X(AUDIT, "audit", "the audit log")                                                             \
    X(PROGRAMME, "programme", "incidents, spills, evidence")                                       \
    X(SYSTEM, "system", "health of the server, its certificate")                                   \
    X(DIRECTORY, "directory", "people, their accounts, and groups of them")

#define ACCESS_CATEGORY_NAME(name, word, text) ACCESS_CATEGORY_##name,
enum access_category {
    ACCESS_CATEGORIES(ACCESS_CATEGORY_NAME)
    /* how many there are */
    ACCESS_CATEGORY_COUNT,
};
#undef ACCESS_CATEGORY_NAME

/* Each holds those before it. */
enum access_level { ACCESS_NONE, ACCESS_SEE, ACCESS_CHANGE };

/* Words of the API and of records.db; -1 for one that is none, empty for no such category. */
const char *access_category_word(enum access_category category);
int access_category_find(struct text word);
const char *access_level_word(unsigned level);
int access_level_find(struct text word);

#define ACCESS_PERMISSIONS(X)                                                                      \
    X(PEOPLE_VIEW, "people.view", ACTIVITY, SEE)                                                   \
    X(DEVICES_VIEW, "devices.view", DEVICES, SEE)                                                  \
    X(DEVICES_MANAGE, "devices.manage", DEVICES, CHANGE)                                           \
    X(PACKAGES_MANAGE, "packages.manage", DEVICES, CHANGE)                                         \
    X(REMOVED_VIEW, "removed.view", AGGREGATES, SEE)                                               \
    X(POLICY_VIEW, "policy.view", POLICY, SEE)                                                     \
    X(POLICY_CHANGE, "policy.change", POLICY, CHANGE)                                              \
    X(SETTINGS_VIEW, "settings.view", SETTINGS, SEE)                                               \
    X(SETTINGS_CHANGE, "settings.change", SETTINGS, CHANGE)                                        \
    X(USERS_VIEW, "users.view", USERS, SEE)                                                        \
    X(USERS_MANAGE, "users.manage", USERS, CHANGE)                                                 \
    X(AUDIT_VIEW, "audit.view", AUDIT, SEE)                                                        \
    X(AUDIT_EXPORT, "audit.export", AUDIT, SEE)                                                    \
    X(SPILLS_MANAGE, "spills.manage", PROGRAMME, CHANGE)                                           \
    X(INCIDENTS_VIEW, "incidents.view", PROGRAMME, SEE)                                            \
    X(INCIDENTS_MANAGE, "incidents.manage", PROGRAMME, CHANGE)                                     \
    X(EMERGENCIES_VIEW, "emergencies.view", PROGRAMME, SEE)                                        \
    X(EMERGENCIES_REVIEW, "emergencies.review", PROGRAMME, CHANGE)                                 \
    X(SYSTEM_VIEW, "system.view", SYSTEM, SEE)                                                     \
    X(TLS_CHANGE, "tls.change", SYSTEM, CHANGE)                                                    \
    X(DIRECTORY_VIEW, "directory.view", DIRECTORY, SEE)                                            \
    X(DIRECTORY_MANAGE, "directory.manage", DIRECTORY, CHANGE)

#define ACCESS_PERMISSION_NAME(name, word, category, level) ACCESS_##name,
enum access_permission {
    ACCESS_PERMISSIONS(ACCESS_PERMISSION_NAME)
    /* how many there are */
    ACCESS_PERMISSION_COUNT,
};
#undef ACCESS_PERMISSION_NAME

/* The word of the API; empty: no such permission. */
const char *access_permission_word(enum access_permission permission);

/* What a permission needs; a level that nobody has when there is no such permission. */
struct access_need {
    enum access_category category;
    unsigned level;
};

struct access_need access_need_of(enum access_permission permission);
