#pragma once

/*
 * What is told of trials beyond what is kept of them: the receipt that each computer signed since,
 * and accounts only to whoever may see people
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/result.h"
#include "store/records/nouns.h"
#include "store/records/records.h"

/* Puts in place of each result, in the arena, what is told of it. */
RESULT trial_told(struct records *records, bool accounts, struct arena *arena,
                  struct records_trial *trials, size_t count);
