#include "access/backoff.h"

#include <pthread.h>
#include <stdlib.h>

#include "os/secret.h"

#define PLACES 4096
/* Without a failure for so long, a place is as new. */
#define FORGET_MS (60 * 60 * 1000)

struct place {
    uint32_t failures;
    int64_t failed_at;
    int64_t until;
};

struct backoff {
    pthread_mutex_t lock;
    uint64_t seed;
    struct place places[PLACES];
};

RESULT backoff_new(struct backoff **ret_backoff)
{
    struct backoff *backoff = calloc(1, sizeof *backoff);
    int r;

    if (!backoff)
        return FAULT(ERR_MEMORY);
    r = secret_random(&backoff->seed, sizeof backoff->seed);
    if (r) {
        free(backoff);
        return r;
    }
    pthread_mutex_init(&backoff->lock, NULL);
    *ret_backoff = backoff;
    return 0;
}

struct backoff *backoff_free(struct backoff *backoff)
{
    if (!backoff)
        return NULL;
    pthread_mutex_destroy(&backoff->lock);
    free(backoff);
    return NULL;
}

/* FNV-1a with a seed of our own, so that nobody can aim at another's place. */
static struct place *place_of(struct backoff *backoff, struct text key)
{
    uint64_t hash = 1469598103934665603u ^ backoff->seed;

    for (size_t i = 0; i < key.len; i++)
        hash = (hash ^ (uint8_t)key.at[i]) * 1099511628211u;
    hash ^= hash >> 29;
    return &backoff->places[(hash ^ hash >> 32) % PLACES];
}

int64_t backoff_wait_ms(struct backoff *backoff, struct text key, int64_t now)
{
    const struct place *place;
    int64_t wait;

    pthread_mutex_lock(&backoff->lock);
    place = place_of(backoff, key);
    wait = place->until - now;
    pthread_mutex_unlock(&backoff->lock);
    return wait > 0 ? wait : 0;
}

void backoff_failed(struct backoff *backoff, struct text key, uint32_t free_tries, int64_t now)
{
    struct place *place;

    pthread_mutex_lock(&backoff->lock);
    place = place_of(backoff, key);
    if (now - place->failed_at > FORGET_MS)
        place->failures = 0;
    place->failed_at = now;
    place->failures++;
    if (place->failures >= free_tries) {
        uint32_t doublings = place->failures - free_tries;
        int64_t wait = doublings < 20 ? (int64_t)BACKOFF_FIRST_MS << doublings : BACKOFF_LONGEST_MS;

        place->until = now + (wait < BACKOFF_LONGEST_MS ? wait : BACKOFF_LONGEST_MS);
    }
    pthread_mutex_unlock(&backoff->lock);
}

void backoff_clear(struct backoff *backoff, struct text key)
{
    pthread_mutex_lock(&backoff->lock);
    *place_of(backoff, key) = (struct place){0};
    pthread_mutex_unlock(&backoff->lock);
}
