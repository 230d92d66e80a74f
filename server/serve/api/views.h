#pragma once

/*
 * Views already written down: one audit entry per session, subject and date for a quarter of an
 * hour (docs/adr/0003), so that a page that follows a day live does not fill the log
 *
 * A fixed number of places; a forgotten one only costs one more entry. Any thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/result.h"

#define VIEWS_MS (15 * 60 * 1000)

/* With the uid of an operator. */
#define VIEW_OPERATOR ((uint64_t)1 << 63)

/* Subjects that are not views, but gather in the same way. */
#define VIEW_REFUSED_DEVICE ((uint64_t)1 << 63)
#define VIEW_ENROL_FORGED ((uint64_t)1 << 63 | 1)
#define VIEW_REFUSED_CONDITION ((uint64_t)1 << 63 | 4)
#define VIEW_CANARY_DEVICE ((uint64_t)1 << 63 | 2)
#define VIEW_DIRECTORY ((uint64_t)1 << 62) /* with a person, or of everyone */
#define VIEW_MISSED_DEVICE ((uint64_t)1 << 63 | 3)

struct views;

struct view_key {
    uint64_t viewer;  /* session number, or an operator's uid with the top bit */
    uint64_t subject; /* person, and which view it is */
    int64_t date;
};

RESULT views_new(struct views **ret_views);
struct views *views_free(struct views *views);
DEFINE_CLEANUP(struct views *, views_free)

/* Was it written down within the last quarter of an hour? */
bool views_fresh(struct views *views, const struct view_key *key, int64_t now);

/* It has been written down: call when the entry is durable. */
void views_written(struct views *views, const struct view_key *key, int64_t now);
