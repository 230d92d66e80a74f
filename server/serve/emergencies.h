#pragma once

/*
 * Emergency access in time: it ends by itself, and a review that nobody made is told of. Runs
 * inside records jobs.
 */

#include "store/records/nouns.h"

enum emergency_state {
    EMERGENCY_OPEN,
    EMERGENCY_REVIEW,  /* ended; a second person has time to review it */
    EMERGENCY_OVERDUE, /* nobody did in time */
    EMERGENCY_REVIEWED,
};

enum emergency_state emergency_state(const struct records_emergency *emergency, int64_t now);
/* "open", "review", "overdue", "reviewed" */
const char *emergency_state_word(enum emergency_state state);

/* Ends what is over at that moment, and tells of reviews that are overdue, with their entries. */
RESULT emergencies_settle(struct records_tx *tx, int64_t now, struct arena *arena,
                          bool *ret_changed);
