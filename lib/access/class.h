#pragma once

/*
 * Classes of workforce: a row of the matrix each, of whom it sees, and under which conditions; the
 * built-in ones, which have no conditions. Those of the organisation's own are in records
 * (access/class_kept.h), each a copy of a built-in one that was changed. Pure.
 *
 * docs/permissions.md shows them, made from class.c by tools/gen-permissions.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "access/conditions.h"
#include "access/matrix.h"
#include "base/bytes.h"

enum access_reach {
    ACCESS_REACH_EVERYONE,
    ACCESS_REACH_SELF, /* the person that an administrator tied to the user */
};

/* Words of the API and of records.db; -1 for one that is none. */
const char *access_reach_word(enum access_reach reach);
int access_reach_find(struct text word);

struct access_class {
    const char *word; /* of the API and of records.db: "power_user" */
    const char *title;
    enum access_reach reach;
    uint8_t levels[ACCESS_CATEGORY_COUNT]; /* enum access_level */
    /* NULL: none. It lives as long as the class. */
    const struct access_conditions *conditions;
    const char *zone; /* by whose clocks hours and days are told; NULL: the server's */
};

/* The class that may do everything: at least one user has it. */
#define ACCESS_CLASS_ADMIN "admin"

/* NULL: no such class. */
const struct access_class *access_class_find(struct text word);

/* The built-in ones in the order in which they are shown; NULL behind the last. */
const struct access_class *access_class_at(size_t index);

/* Does the matrix give that class the permission? NULL is the class of nobody. */
bool access_class_may(const struct access_class *class, enum access_permission permission);

/* Is there anything that the first gives and the second does not: a level, a person, an hour, a
 * network, a day more? Nobody gives another, or makes, a class that is above their own. */
bool access_class_above(const struct access_class *class, const struct access_class *own);

/* May the class see everyone's activity, and so whose it is? */
bool access_class_sees_everyone(const struct access_class *class);
