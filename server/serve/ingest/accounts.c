#include "server/serve/ingest/accounts.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/arena.h"
#include "crypto/hash.h"

/* A power of two; where two meet, the later one stays: the other costs a query when it comes back.
 */
#define PLACES 16384

struct place {
    struct hash key; /* of device, kind and name: no name is held */
    struct account_known known;
};

struct accounts {
    pthread_mutex_t lock;
    struct records *records;
    struct place places[PLACES];
};

RESULT accounts_new(struct accounts **ret_accounts, struct records *records)
{
    struct accounts *accounts = calloc(1, sizeof *accounts);

    if (!accounts)
        return FAULT(ERR_MEMORY);
    accounts->records = records;
    pthread_mutex_init(&accounts->lock, NULL);
    *ret_accounts = accounts;
    return 0;
}

struct accounts *accounts_free(struct accounts *accounts)
{
    if (!accounts)
        return NULL;
    pthread_mutex_destroy(&accounts->lock);
    free(accounts);
    return NULL;
}

struct ensuring {
    struct device_id device;
    struct text name;
    bool station;
    struct arena *arena;
    struct account_known known;
};

/* The row of an account that is sure to be there. */
static int find_row(struct records_tx *tx, struct ensuring *ensuring)
{
    struct records_account *rows;
    size_t count;
    int r = records_account_list(tx, ensuring->arena, &rows, &count);

    for (size_t i = 0; !r && i < count; i++) {
        if (rows[i].id.number != ensuring->known.account.number)
            continue;
        ensuring->known.person = rows[i].person;
        ensuring->known.station = rows[i].station;
        return 0;
    }
    return r ? r : FAULT(ERR_CORRUPT);
}

static int ensure(struct records_tx *tx, void *context)
{
    struct ensuring *ensuring = context;
    struct records_device device;
    bool made;
    int r = records_device_get(tx, ensuring->device, ensuring->arena, &device);

    if (!r)
        r = records_account_ensure(tx, ensuring->device, ensuring->name, ensuring->station,
                                   device.host_name, &ensuring->known.account, &made);
    return r ? r : find_row(tx, ensuring);
}

RESULT accounts_ensure(struct accounts *accounts, struct device_id device, struct text name,
                       bool station, struct account_known *ret_known)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    const struct bytes pieces[] = {{.at = device.at, .len = DEVICE_ID_SIZE},
                                   {.at = (const uint8_t *)(station ? "s" : "p"), .len = 1},
                                   bytes_of_text(name)};
    struct ensuring ensuring = {.device = device, .name = name, .station = station};
    struct place *place;
    struct hash key;
    uint32_t index;
    bool there;
    int r = hash_pieces(pieces, 3, &key);

    if (r)
        return r;
    memcpy(&index, key.at, sizeof index);
    place = &accounts->places[index & (PLACES - 1)];
    pthread_mutex_lock(&accounts->lock);
    there = place->known.account.number && memcmp(place->key.at, key.at, HASH_SIZE) == 0;
    if (there)
        *ret_known = place->known;
    pthread_mutex_unlock(&accounts->lock);
    if (there)
        return 0;
    r = arena_new(&arena, (size_t)64 * 1024 * 1024);
    if (r)
        return r;
    ensuring.arena = arena;
    r = records_act(accounts->records, ensure, &ensuring);
    if (r)
        return r < 0 ? r : FAULT(ERR_CORRUPT);
    pthread_mutex_lock(&accounts->lock);
    *place = (struct place){.key = key, .known = ensuring.known};
    pthread_mutex_unlock(&accounts->lock);
    *ret_known = ensuring.known;
    return 0;
}
