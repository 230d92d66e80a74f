#pragma once

/*
 * Classes of workforce: a row of the matrix each, and of whom it sees; the built-in ones. Pure.
 *
 * docs/permissions.md shows them, made from class.c by tools/gen-permissions.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "access/matrix.h"
#include "base/bytes.h"

enum access_reach {
    ACCESS_REACH_EVERYONE,
    ACCESS_REACH_SELF, /* the person that an administrator tied to the user */
};

struct access_class {
    const char *word; /* of the API and of records.db: "power_user" */
    const char *title;
    enum access_reach reach;
    uint8_t levels[ACCESS_CATEGORY_COUNT]; /* enum access_level */
};

/* The class that may do everything: at least one user has it. */
#define ACCESS_CLASS_ADMIN "admin"

/* NULL: no such class. */
const struct access_class *access_class_find(struct text word);

/* The built-in ones in the order in which they are shown; NULL behind the last. */
const struct access_class *access_class_at(size_t index);

/* Does the matrix give that class the permission? NULL is the class of nobody. */
bool access_class_may(const struct access_class *class, enum access_permission permission);

/* May the class see everyone's activity, and so whose it is? */
bool access_class_sees_everyone(const struct access_class *class);
