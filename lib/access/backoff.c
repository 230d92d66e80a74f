#include "access/backoff.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdlib.h>

#include "os/secret.h"

/* More than anybody can spoil in an hour, at the pace that hashing passwords allows. */
#define PLACES 65536
/* Without a failure for so long, a place is as new. */
#define FORGET_MS ((int64_t)60 * 60 * 1000)
#define SOURCE_MAX 64

struct place {
    uint32_t failures;
    int64_t failed_at;
};

struct backoff {
    pthread_mutex_t lock;
    uint64_t seed;
    struct place places[PLACES];
};

/* The three counts of a try. */
enum count { COUNT_PAIR, COUNT_NAME, COUNT_SOURCE, COUNTS };

static const uint32_t free_tries[COUNTS] = {
    [COUNT_PAIR] = BACKOFF_PAIR_TRIES,
    [COUNT_NAME] = BACKOFF_NAME_TRIES,
    [COUNT_SOURCE] = BACKOFF_SOURCE_TRIES,
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

/* FNV-1a over a piece and its length. */
static uint64_t mix(uint64_t hash, const void *bytes, size_t len)
{
    const uint8_t *at = bytes;

    for (size_t i = 0; i < len; i++)
        hash = (hash ^ at[i]) * 1099511628211u;
    return (hash ^ len) * 1099511628211u;
}

/* The part of an address that one customer cannot change at will. */
static uint64_t mix_source(uint64_t hash, struct text source)
{
    char copy[SOURCE_MAX];
    struct in6_addr address;
    const char *zone = source.len ? memchr(source.at, '%', source.len) : NULL;
    size_t len = zone ? (size_t)(zone - source.at) : source.len;

    if (len >= sizeof copy)
        return mix(hash, source.at, source.len);
    memcpy(copy, len ? source.at : "", len);
    copy[len] = '\0';
    if (inet_pton(AF_INET6, copy, &address) != 1 || IN6_IS_ADDR_V4MAPPED(&address))
        return mix(hash, copy, len);
    return mix(hash, &address, 8);
}

/* With a seed of our own, so that nobody can aim at another's place. */
static struct place *place_of(struct backoff *backoff, const struct backoff_try *attempt,
                              enum count count)
{
    /* All that comes from a source counts together, whatever it is. */
    const uint8_t space[] = {(uint8_t)count,
                             count == COUNT_SOURCE ? UINT8_MAX : (uint8_t)attempt->what};
    uint64_t hash = mix(1469598103934665603u ^ backoff->seed, space, sizeof space);

    if (count != COUNT_SOURCE)
        hash = mix(hash, attempt->name.at, attempt->name.len);
    if (count != COUNT_NAME)
        hash = mix_source(hash, attempt->source);
    hash ^= hash >> 29;
    return &backoff->places[(hash ^ hash >> 32) % PLACES];
}

static bool is_counted(const struct backoff_try *attempt, enum count count)
{
    return count == COUNT_SOURCE || attempt->name.len;
}

static int64_t wait_of(const struct place *place, enum count count, int64_t now)
{
    int64_t since = now > place->failed_at ? now - place->failed_at : 0;
    uint32_t doublings;
    int64_t wait = BACKOFF_LONGEST_MS;

    if (place->failures < free_tries[count] || since > FORGET_MS)
        return 0;
    doublings = place->failures - free_tries[count];
    if (doublings < 20 && (int64_t)BACKOFF_FIRST_MS << doublings < wait)
        wait = (int64_t)BACKOFF_FIRST_MS << doublings;
    return wait > since ? wait - since : 0;
}

int64_t backoff_begin(struct backoff *backoff, const struct backoff_try *attempt, int64_t now)
{
    int64_t longest = 0;

    pthread_mutex_lock(&backoff->lock);
    for (enum count count = 0; count < COUNTS; count++) {
        int64_t wait = 0;

        if (is_counted(attempt, count))
            wait = wait_of(place_of(backoff, attempt, count), count, now);
        if (wait > longest)
            longest = wait;
    }
    for (enum count count = 0; !longest && count < COUNTS; count++) {
        struct place *place = place_of(backoff, attempt, count);

        if (!is_counted(attempt, count))
            continue;
        if (now - place->failed_at > FORGET_MS)
            place->failures = 0;
        place->failures++;
        place->failed_at = now;
    }
    pthread_mutex_unlock(&backoff->lock);
    return longest;
}

/* One less, or none. */
static void forgive(struct backoff *backoff, const struct backoff_try *attempt, enum count count,
                    bool all)
{
    struct place *place = place_of(backoff, attempt, count);

    if (!is_counted(attempt, count))
        return;
    if (all)
        place->failures = 0;
    else if (place->failures)
        place->failures--;
}

void backoff_take_back(struct backoff *backoff, const struct backoff_try *attempt)
{
    pthread_mutex_lock(&backoff->lock);
    for (enum count count = 0; count < COUNTS; count++)
        forgive(backoff, attempt, count, false);
    pthread_mutex_unlock(&backoff->lock);
}

void backoff_succeeded(struct backoff *backoff, const struct backoff_try *attempt)
{
    pthread_mutex_lock(&backoff->lock);
    for (enum count count = 0; count < COUNTS; count++)
        forgive(backoff, attempt, count, count == COUNT_PAIR);
    pthread_mutex_unlock(&backoff->lock);
}
