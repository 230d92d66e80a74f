#pragma once

/*
 * Back-off of sign-ins: after a few failures each further try waits twice as long (NIST SP
 * 800-63B-4 §3.2.2 asks for a limit)
 *
 * A try is counted before it is judged, so that tries at once are counted too, and taken back when
 * it turns out right. It counts for its name and source together, so that whoever only knows a name
 * does not keep its owner out, who comes from elsewhere; with far higher ceilings also for the
 * source alone and for the name from everywhere. What is tried is counted apart: the right password
 * gives no new guesses at the code. Of an IPv6 address the first 64 bits count: one customer has
 * them all.
 *
 * In memory, with a fixed number of places: where two share one, both wait. A restart forgets,
 * which costs an attacker more than it gives. Any thread.
 */

#include <stdint.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/result.h"

#define BACKOFF_PAIR_TRIES 5     /* of one name from one source before waiting begins */
#define BACKOFF_NAME_TRIES 100   /* of one name from everywhere */
#define BACKOFF_SOURCE_TRIES 100 /* from one source: many people may share it */
#define BACKOFF_FIRST_MS 1000
#define BACKOFF_LONGEST_MS ((int64_t)15 * 60 * 1000)

struct backoff;

enum backoff_what { BACKOFF_PASSWORD, BACKOFF_CODE, BACKOFF_LINK, BACKOFF_PASSKEY };

struct backoff_try {
    enum backoff_what what;
    struct text name;   /* empty: of nobody, only the source counts */
    struct text source; /* an address as text */
};

RESULT backoff_new(struct backoff **ret_backoff);
struct backoff *backoff_free(struct backoff *backoff);
DEFINE_CLEANUP(struct backoff *, backoff_free)

/* 0: the try may be judged, and is counted as a failure until one of the two below is called. Else
 * how long to wait; nothing is counted. */
int64_t backoff_begin(struct backoff *backoff, const struct backoff_try *attempt, int64_t now);

/* It was not judged after all. */
void backoff_take_back(struct backoff *backoff, const struct backoff_try *attempt);

/* It was right: name and source together begin anew, the others count one less. */
void backoff_succeeded(struct backoff *backoff, const struct backoff_try *attempt);
