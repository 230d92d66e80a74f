#pragma once

/*
 * Back-off of sign-ins: after a few failures of one name, or from one address, each further try
 * waits twice as long (NIST SP 800-63B-4 §3.2.2 asks for a limit)
 *
 * In memory, with a fixed number of places: where two share one, both wait. A restart forgets,
 * which costs an attacker more than it gives. Any thread.
 */

#include <stdint.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/result.h"

#define BACKOFF_NAME_TRIES 5    /* failures of one name before waiting begins */
#define BACKOFF_SOURCE_TRIES 50 /* of one address: many people may share it */
#define BACKOFF_FIRST_MS 1000
#define BACKOFF_LONGEST_MS (15 * 60 * 1000)

struct backoff;

RESULT backoff_new(struct backoff **ret_backoff);
struct backoff *backoff_free(struct backoff *backoff);
DEFINE_CLEANUP(struct backoff *, backoff_free)

/* How long that key (a name, an address) still has to wait; 0: it may try. */
int64_t backoff_wait_ms(struct backoff *backoff, struct text key, int64_t now);

/* A try failed; from the free_tries-th on, the key waits. */
void backoff_failed(struct backoff *backoff, struct text key, uint32_t free_tries, int64_t now);

/* A try succeeded: the key begins anew. */
void backoff_clear(struct backoff *backoff, struct text key);
