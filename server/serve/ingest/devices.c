#include "server/serve/ingest/devices.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/arena.h"

/* Entries held; past this, all are forgotten and read again as they come. */
#define ENTRIES_MAX 65536
#define SILENT_MS (2 * 60 * 1000)

struct slot {
    bool used;
    bool known; /* entry is what records have */
    bool dirty; /* seen is not written down */
    bool told;  /* waiting and version are what the device said, or what records have */
    struct device_entry entry;
    struct device_seen seen;
    uint64_t policy;         /* that it is clean under, as it said */
    uint64_t policy_written; /* the same, as records know it */
    bool receipt_wanted;
};

struct devices {
    pthread_mutex_t lock;
    struct records *records;
    uint64_t generation; /* grows with every forgetting */
    struct slot *slots;
    size_t room; /* power of two */
    size_t count;
};

RESULT devices_new(struct devices **ret_devices, struct records *records)
{
    struct devices *devices = calloc(1, sizeof *devices);

    if (!devices)
        return FAULT(ERR_MEMORY);
    devices->room = 1024;
    devices->slots = calloc(devices->room, sizeof *devices->slots);
    if (!devices->slots) {
        free(devices);
        return FAULT(ERR_MEMORY);
    }
    devices->records = records;
    pthread_mutex_init(&devices->lock, NULL);
    *ret_devices = devices;
    return 0;
}

struct devices *devices_free(struct devices *devices)
{
    if (!devices)
        return NULL;
    pthread_mutex_destroy(&devices->lock);
    free(devices->slots);
    free(devices);
    return NULL;
}

/* The slot of an id, or the empty one where it belongs. Ids are random: their bytes are a hash. */
static struct slot *probe(struct slot *slots, size_t room, struct device_id id)
{
    uint64_t hash;

    memcpy(&hash, id.at, sizeof hash);
    for (size_t i = hash & (room - 1);; i = (i + 1) & (room - 1))
        if (!slots[i].used || device_id_equal(slots[i].entry.id, id))
            return &slots[i];
}

static bool grow(struct devices *devices)
{
    size_t room = devices->room * 2;
    struct slot *slots = calloc(room, sizeof *slots);

    if (!slots)
        return false;
    for (size_t i = 0; i < devices->room; i++)
        if (devices->slots[i].used)
            *probe(slots, room, devices->slots[i].entry.id) = devices->slots[i];
    free(devices->slots);
    devices->slots = slots;
    devices->room = room;
    return true;
}

/* Under the lock: its slot, made if need be; NULL when there is no room. */
static struct slot *slot_of(struct devices *devices, struct device_id id)
{
    struct slot *slot = probe(devices->slots, devices->room, id);

    if (slot->used)
        return slot;
    if (devices->count >= ENTRIES_MAX || (devices->count * 2 >= devices->room && !grow(devices)))
        return NULL;
    slot = probe(devices->slots, devices->room, id);
    *slot = (struct slot){.used = true, .entry = {.id = id}};
    devices->count++;
    return slot;
}

struct reading {
    struct device_id id;
    struct arena *arena;
    struct records_device row;
};

static int read_row(struct records_tx *tx, void *context)
{
    struct reading *reading = context;

    return records_device_get(tx, reading->id, reading->arena, &reading->row);
}

/* Also what it said before, of which later words may repeat only a part. */
static int read_entry(struct devices *devices, struct device_id id, struct device_entry *ret_entry,
                      struct device_seen *ret_seen)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct reading reading = {.id = id};
    int r = arena_new(&arena, 16384);

    if (r)
        return r;
    reading.arena = arena;
    r = records_read(devices->records, read_row, &reading);
    if (r)
        return r;
    *ret_entry = (struct device_entry){
        .id = id,
        .epoch = reading.row.epoch,
        .certificate = reading.row.certificate,
        .certificate_next = reading.row.certificate_next,
        .certificate_to_at = reading.row.certificate_to_at,
        .enrolled_at = reading.row.enrolled_at,
        .revoked_at = reading.row.revoked_at,
    };
    *ret_seen = (struct device_seen){.waiting = reading.row.waiting};
    if (reading.row.version.len < DEVICE_VERSION_MAX)
        memcpy(ret_seen->version, reading.row.version.at ? reading.row.version.at : "",
               reading.row.version.len);
    return 0;
}

RESULT devices_get(struct devices *devices, struct device_id id, struct device_entry *ret_entry)
{
    struct device_entry entry;
    struct device_seen seen;
    uint64_t generation;
    struct slot *slot;
    int r;

    pthread_mutex_lock(&devices->lock);
    slot = probe(devices->slots, devices->room, id);
    generation = devices->generation;
    if (slot->used && slot->known) {
        *ret_entry = slot->entry;
        pthread_mutex_unlock(&devices->lock);
        return 0;
    }
    pthread_mutex_unlock(&devices->lock);
    r = read_entry(devices, id, &entry, &seen);
    if (r)
        return r;
    pthread_mutex_lock(&devices->lock);
    /* What was read before a change is not kept: the next request reads again. */
    slot = generation == devices->generation ? slot_of(devices, id) : NULL;
    if (slot) {
        slot->entry = entry;
        slot->known = true;
        if (!slot->told) {
            slot->seen.waiting = seen.waiting;
            memcpy(slot->seen.version, seen.version, sizeof seen.version);
            slot->told = true;
        }
    }
    pthread_mutex_unlock(&devices->lock);
    *ret_entry = entry;
    return 0;
}

void devices_forget(struct devices *devices, struct device_id id)
{
    struct slot *slot;

    pthread_mutex_lock(&devices->lock);
    devices->generation++;
    slot = probe(devices->slots, devices->room, id);
    if (slot->used)
        slot->known = false;
    pthread_mutex_unlock(&devices->lock);
}

bool devices_heard(struct devices *devices, struct device_id id, int64_t now, uint64_t waiting,
                   struct text version)
{
    struct slot *slot;
    bool silent = false;

    pthread_mutex_lock(&devices->lock);
    slot = slot_of(devices, id);
    if (slot) {
        silent = now - slot->seen.seen_at > SILENT_MS;
        slot->seen.seen_at = now;
        if (waiting != UINT64_MAX) {
            slot->seen.waiting = waiting;
            slot->told = true;
        }
        if (version.at && version.len < DEVICE_VERSION_MAX) {
            memcpy(slot->seen.version, version.at, version.len);
            slot->seen.version[version.len] = '\0';
        }
        slot->dirty = true;
    }
    pthread_mutex_unlock(&devices->lock);
    return silent;
}

void devices_judged_by(struct devices *devices, struct device_id id, uint64_t policy)
{
    struct slot *slot;

    pthread_mutex_lock(&devices->lock);
    slot = slot_of(devices, id);
    if (slot && policy > slot->policy) {
        slot->policy = policy;
        slot->dirty = true;
    }
    pthread_mutex_unlock(&devices->lock);
}

struct live_canaries devices_canaries(struct devices *devices, struct device_id id,
                                      struct live_canaries canaries)
{
    struct live_canaries before = {0};
    struct slot *slot;

    pthread_mutex_lock(&devices->lock);
    slot = slot_of(devices, id);
    if (slot) {
        before = slot->seen.canaries;
        slot->seen.canaries = canaries;
    }
    pthread_mutex_unlock(&devices->lock);
    return before;
}

void devices_want_receipt(struct devices *devices, struct device_id id, bool wanted)
{
    struct slot *slot;

    pthread_mutex_lock(&devices->lock);
    slot = slot_of(devices, id);
    if (slot)
        slot->receipt_wanted = wanted;
    pthread_mutex_unlock(&devices->lock);
}

bool devices_receipt_wanted(struct devices *devices, struct device_id id)
{
    const struct slot *slot;
    bool wanted;

    pthread_mutex_lock(&devices->lock);
    slot = probe(devices->slots, devices->room, id);
    wanted = slot->used && slot->receipt_wanted;
    pthread_mutex_unlock(&devices->lock);
    return wanted;
}

size_t devices_unclean(struct devices *devices)
{
    size_t count = 0;

    pthread_mutex_lock(&devices->lock);
    for (size_t i = 0; i < devices->room; i++)
        count += devices->slots[i].used && !devices->slots[i].entry.revoked_at &&
                 live_canaries_stopped(&devices->slots[i].seen.canaries);
    pthread_mutex_unlock(&devices->lock);
    return count;
}

bool devices_seen(struct devices *devices, struct device_id id, struct device_seen *ret_seen)
{
    const struct slot *slot;
    bool there;

    pthread_mutex_lock(&devices->lock);
    slot = probe(devices->slots, devices->room, id);
    there = slot->used && slot->seen.seen_at;
    if (there)
        *ret_seen = slot->seen;
    pthread_mutex_unlock(&devices->lock);
    return there;
}

struct flushing {
    struct arena *arena;
    struct slot *slots;
    size_t count;
};

static int write_seen(struct records_tx *tx, void *context)
{
    struct flushing *flushing = context;

    for (size_t i = 0; i < flushing->count; i++) {
        const struct slot *slot = &flushing->slots[i];
        struct records_device row;
        int r;

        arena_reset(flushing->arena);
        r = records_device_get(tx, slot->entry.id, flushing->arena, &row);
        if (r == RECORDS_ABSENT)
            continue;
        if (r)
            return r;
        row.seen_at = slot->seen.seen_at;
        if (slot->told)
            row.waiting = slot->seen.waiting;
        if (slot->seen.version[0])
            row.version = text_of(slot->seen.version);
        r = records_device_set(tx, &row);
        if (!r && slot->policy != slot->policy_written)
            r = records_spill_device_clean(tx, slot->entry.id, slot->policy, slot->seen.seen_at,
                                           &(uint64_t){0});
        if (r)
            return r;
    }
    return 0;
}

/* What was written needs not be written again; what was not is tried again. */
static void note_written(struct devices *devices, const struct flushing *flushing, bool written)
{
    pthread_mutex_lock(&devices->lock);
    for (size_t i = 0; i < flushing->count; i++) {
        struct slot *slot = probe(devices->slots, devices->room, flushing->slots[i].entry.id);

        if (!slot->used)
            continue;
        if (written)
            slot->policy_written = flushing->slots[i].policy;
        else
            slot->dirty = true;
    }
    pthread_mutex_unlock(&devices->lock);
}

RESULT devices_flush(struct devices *devices)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct flushing flushing = {0};
    int r = arena_new(&arena, 16384);

    if (r)
        return r;
    pthread_mutex_lock(&devices->lock);
    flushing.slots = calloc(devices->count + 1, sizeof *flushing.slots);
    for (size_t i = 0; flushing.slots && i < devices->room; i++) {
        if (!devices->slots[i].used || !devices->slots[i].dirty)
            continue;
        devices->slots[i].dirty = false;
        flushing.slots[flushing.count++] = devices->slots[i];
    }
    pthread_mutex_unlock(&devices->lock);
    if (!flushing.slots)
        return FAULT(ERR_MEMORY);
    flushing.arena = arena;
    if (flushing.count)
        r = records_act(devices->records, write_seen, &flushing);
    note_written(devices, &flushing, r == 0);
    free(flushing.slots);
    return r;
}
