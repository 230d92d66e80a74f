#pragma once

/* What may be said of a person in the directory. */

#include "store/records/people.h"

/* A name: not empty, on one line, at most 256 bytes. */
bool directory_name_fits(struct text name);

/* The pointer ("/email") of the first thing said of a person that does not do; NULL: all does. What
 * others have too (e-mail, employee id) and the manager are for the store to judge. */
const char *directory_person_wrong(const struct records_person *person);
