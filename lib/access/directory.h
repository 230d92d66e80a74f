#pragma once

/*
 * The directory's answers for whoever decides whom somebody sees: who is in a group, and who
 * reports to whom
 *
 * Both are of this moment. People who left are in it, as long as nobody takes them out: what they
 * did while they were here is still somebody's to look at. Runs inside a records job.
 */

#include "base/arena.h"
#include "store/records/people.h"

enum {
    DIRECTORY_ABSENT = 1, /* no such group */
    DIRECTORY_LARGE,      /* more people than an answer may hold */
};

/* A hospital of a hundred thousand is one group at most. */
#define DIRECTORY_PEOPLE_MAX ((size_t)100000)

/* The pointer ("/email") of the first thing said of a person that does not do; NULL: all does. What
 * others have too (e-mail, employee id) and the manager are for the store to judge. */
const char *directory_person_wrong(const struct records_person *person);

/* Everyone in a group: by hand, by rule, and through groups inside it. Ascending, nobody twice.
 * Outcomes: DIRECTORY_ABSENT, DIRECTORY_LARGE. */
RESULT directory_members(struct records_tx *tx, struct group_id group, struct arena *arena,
                         struct person_id **ret_people, size_t *ret_count);

/* Who reports to a person: directly, or (below) through others too. Ascending, nobody twice, the
 * person themselves never. Outcome: DIRECTORY_LARGE. */
RESULT directory_reports(struct records_tx *tx, struct person_id manager, bool below,
                         struct arena *arena, struct person_id **ret_people, size_t *ret_count);
