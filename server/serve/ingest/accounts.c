#include "server/serve/ingest/accounts.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/moment.h"
#include "crypto/hash.h"
#include "server/serve/api/call.h"
#include "server/serve/serve.h"

/* A power of two; where two meet, the later one stays: the other costs a query when it comes back.
 */
#define PLACES 16384
#define FULL_PLACES 1024

struct place {
    struct hash key; /* of device, kind and name: no name is held */
    struct account_known known;
};

struct accounts {
    pthread_mutex_t lock;
    struct records *records;
    struct place places[PLACES];
    /* Devices that have as many as they may; a forgotten one costs a query. */
    struct device_id full[FULL_PLACES];
};

enum {
    ACCOUNTS_FULL = 100, /* the device has as many as it may */
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
    struct api_call *call;
    struct device_id device;
    struct text name; /* empty, which no agent can send: all beyond the ceiling */
    bool station;
    bool full; /* as it is known before looking */
    struct arena *arena;
    struct account_known known; /* account.number 0: it is not there */
    size_t count;               /* of the device, when all were looked at */
};

static struct device_id *full_place(struct accounts *accounts, struct device_id device)
{
    uint32_t index;

    memcpy(&index, device.at, sizeof index);
    return &accounts->full[index & (FULL_PLACES - 1)];
}

/* On a reader: the writer is not kept from its work. Most that are new to us are known to records,
 * and one of a full device that is not there needs no further look. */
static int look(struct records_tx *tx, void *context)
{
    struct ensuring *ensuring = context;
    struct records_account *rows;
    struct account_id id = {0};
    size_t count;
    int r = records_account_find(tx, ensuring->device, ensuring->name, &id);

    ensuring->count = ACCOUNTS_PER_DEVICE_MAX;
    if (r < 0 || (r && ensuring->full && ensuring->name.len))
        return r < 0 ? r : 0;
    r = records_account_list_of(tx, ensuring->device, ensuring->arena, &rows, &count);
    if (r)
        return r;
    ensuring->count = 0;
    for (size_t i = 0; i < count; i++) {
        ensuring->count += rows[i].name.len > 0;
        if (rows[i].id.number == id.number)
            ensuring->known = (struct account_known){id, rows[i].station};
    }
    return 0;
}

/* Time goes to somebody without anybody deciding it: under a name of a domain, or to the station of
 * an account that is said to sign in by itself. */
static int note_owner(struct records_tx *tx, const struct ensuring *ensuring, struct account_id id,
                      const char *action)
{
    struct arena *arena = ensuring->arena;
    struct api_entry entry = {.action = action};
    struct person_id person;
    int r = records_owner_of(tx, id, time_day(ensuring->call->now), &person);

    if (r)
        return r;
    entry.target = arena_print(arena, "person:%u", person.number);
    entry.detail = arena_print(arena, "{\"account\":%u}", id.number);
    return entry.detail.at ? api_audit(tx, ensuring->call, &entry) : FAULT(ERR_MEMORY);
}

static int make(struct records_tx *tx, void *context)
{
    struct ensuring *ensuring = context;
    struct records_device device;
    struct records_account_new new = {.device = ensuring->device,
                                      .name = ensuring->name,
                                      .station = ensuring->station,
                                      .now = ensuring->call->now,
                                      .arena = ensuring->arena};
    struct account_id id;
    enum records_account_made made;
    int r = records_device_get(tx, ensuring->device, ensuring->arena, &device);

    if (r)
        return r;
    new.host_name = device.host_name;
    r = records_account_ensure(tx, &new, &id, &made);
    if (!r && made == RECORDS_ACCOUNT_KNOWN)
        r = note_owner(tx, ensuring, id, "account.known");
    if (!r && made == RECORDS_ACCOUNT_TURNED)
        r = note_owner(tx, ensuring, id, "account.station");
    return r;
}

/* Outcome: ACCOUNTS_FULL. Requests of one device at once may pass the ceiling by as many as there
 * are workers. */
static int find_or_make(struct records *records, struct ensuring *ensuring)
{
    int r = records_read(records, look, ensuring);

    if (r || (ensuring->known.account.number && (ensuring->known.station || !ensuring->station)))
        return r;
    if (!ensuring->known.account.number && ensuring->name.len &&
        ensuring->count >= ACCOUNTS_PER_DEVICE_MAX)
        return ACCOUNTS_FULL;
    r = records_act(records, make, ensuring);
    if (!r)
        r = records_read(records, look, ensuring);
    return r || ensuring->known.account.number ? r : FAULT(ERR_CORRUPT);
}

/* Beyond the ceiling the time is the station's: it happened there, and whose it was is not kept. */
static int use_others(struct accounts *accounts, struct ensuring *ensuring)
{
    bool told;

    pthread_mutex_lock(&accounts->lock);
    told = device_id_equal(*full_place(accounts, ensuring->device), ensuring->device);
    *full_place(accounts, ensuring->device) = ensuring->device;
    pthread_mutex_unlock(&accounts->lock);
    if (!told)
        log_event(LOG_WARN, "accounts.full", LOG_U64("accounts", ensuring->count),
                  LOG_ID("device", ensuring->device.at, DEVICE_ID_SIZE));
    ensuring->name = text_of("");
    ensuring->station = true;
    return find_or_make(accounts->records, ensuring);
}

RESULT accounts_ensure(struct api_call *call, struct text name, bool station,
                       struct account_known *ret_known)
{
    struct accounts *accounts = call->serve->accounts;
    struct device_id device = call->who.device.id;
    CLEANUP(arena_free) struct arena *arena = NULL;
    const struct bytes pieces[] = {{.at = device.at, .len = DEVICE_ID_SIZE},
                                   {.at = (const uint8_t *)(station ? "s" : "p"), .len = 1},
                                   bytes_of_text(name)};
    struct ensuring ensuring = {.call = call, .device = device, .name = name, .station = station};
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
    ensuring.full = device_id_equal(*full_place(accounts, device), device);
    pthread_mutex_unlock(&accounts->lock);
    if (there)
        return 0;
    r = arena_new(&arena, (size_t)64 * 1024 * 1024);
    if (r)
        return r;
    ensuring.arena = arena;
    r = find_or_make(accounts->records, &ensuring);
    if (r == ACCOUNTS_FULL)
        r = use_others(accounts, &ensuring);
    if (r)
        return r < 0 ? r : FAULT(ERR_CORRUPT);
    pthread_mutex_lock(&accounts->lock);
    *place = (struct place){.key = key, .known = ensuring.known};
    pthread_mutex_unlock(&accounts->lock);
    *ret_known = ensuring.known;
    return 0;
}
