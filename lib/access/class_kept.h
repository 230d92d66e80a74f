#pragma once

/*
 * Classes of the organisation's own: from rows of records to classes and back
 *
 * A row that does not read is ERR_CORRUPT, never a class that may more than was meant. A category
 * that a row does not name is none.
 */

#include "access/class.h"
#include "base/arena.h"
#include "store/records/nouns.h"

/* An organisation has a few dozen. */
#define ACCESS_CLASSES_MAX 200

/* What a row says; everything is in the arena. */
RESULT access_class_read(const struct records_class *row, struct arena *arena,
                         struct access_class *ret_class);

/* The parts of a row that say what the class is: reach, levels, zone and conditions. */
RESULT access_class_write(const struct access_class *class, struct arena *arena,
                          struct records_class *row);

/* The class of that word, built in or of the organisation's own; NULL: there is none. */
RESULT access_class_load(struct records_tx *tx, struct text word, struct arena *arena,
                         const struct access_class **ret_class);

/* ---- what differs from the built-in class that it was copied from: levels, and of whom ---- */

struct access_deviation {
    const char *what; /* a category's word, or "reach" */
    const char *base;
    const char *now;
    bool wider; /* more than the built-in one gives */
};

#define ACCESS_DEVIATIONS_MAX (ACCESS_CATEGORY_COUNT + 1)

/* How many were written. */
size_t access_class_deviations(const struct access_class *class, const struct access_class *base,
                               struct access_deviation at[ACCESS_DEVIATIONS_MAX]);
