#include "store/keyring/keyring.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/wipe.h"
#include "crypto/aead.h"
#include "crypto/hash.h"
#include "os/file.h"
#include "os/secret.h"

enum {
    MAGIC_SIZE = 8,
    VERSION = 1,
    VERSION_REPLACING = 2, /* a second key of one day follows the keys */
    KEY_ID_SIZE = 16,
    HEADER_SIZE = MAGIC_SIZE + 1 + KEY_ID_SIZE,
    PLAIN_HEAD_SIZE = KEYRING_IDENTITY_SIZE + 4 + 4,
    ENTRY_SIZE = 4 + KEYRING_KEY_SIZE,
    PLAIN_MAX = PLAIN_HEAD_SIZE + (KEYRING_DAYS_MAX + 1) * ENTRY_SIZE,
    FILE_MAX = HEADER_SIZE + AEAD_OVERHEAD + PLAIN_MAX,
    FILE_MODE = 0600,
};

static const char magic[MAGIC_SIZE] = {'W', 'a', 'r', 'd', 'K', 'e', 'y', 's'};

struct entry {
    int32_t day;
    uint8_t key[KEYRING_KEY_SIZE];
};

/* A day that is to have another key. */
struct replacing {
    bool begun;
    bool ended; /* the new key is in force, and the file may still have both */
    struct entry next;
};

/*
 * Invariants: entries ascend by day, none is before floor; what is in memory is what is in the
 * file, but for a replacement whose end could not be written. floor: every day before it is
 * destroyed, also one that never had a key.
 */
struct keyring {
    pthread_mutex_t lock;
    struct secret *key;
    uint8_t key_id[KEY_ID_SIZE];
    uint8_t identity[KEYRING_IDENTITY_SIZE];
    char *path; /* NULL: in memory */
    int32_t floor;
    struct entry *entries;
    size_t count;
    struct replacing replacing;
};

static void entries_free(struct entry *entries, size_t count)
{
    if (entries)
        wipe(entries, count * sizeof(*entries));
    free(entries);
}

struct keyring *keyring_free(struct keyring *keyring)
{
    if (!keyring)
        return NULL;
    entries_free(keyring->entries, keyring->count);
    wipe(&keyring->replacing, sizeof(keyring->replacing));
    keyring->key = secret_free(keyring->key);
    free(keyring->path);
    (void)pthread_mutex_destroy(&keyring->lock);
    free(keyring);
    return NULL;
}

/* ---- days ---- */

/* The first entry whose day is not before day. */
static size_t entry_at(const struct keyring *keyring, int32_t day)
{
    size_t low = 0;
    size_t high = keyring->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (keyring->entries[middle].day < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool has_day(const struct keyring *keyring, int32_t day)
{
    size_t at = entry_at(keyring, day);

    return at < keyring->count && keyring->entries[at].day == day;
}

/* ---- the file ---- */

static void put_u32(struct buffer *buffer, uint32_t value)
{
    uint8_t at[4];

    for (unsigned i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> 8 * i);
    buffer_append(buffer, at, sizeof(at));
}

static uint32_t get_u32(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void put_entry(struct buffer *plain, const struct entry *entry)
{
    put_u32(plain, (uint32_t)entry->day);
    buffer_append(plain, entry->key, KEYRING_KEY_SIZE);
}

/* next: the second key of its day, or NULL. */
static RESULT keyring_write(const struct keyring *keyring, int32_t floor,
                            const struct entry *entries, size_t count, const struct entry *next)
{
    CLEANUP(buffer_deinit) struct buffer plain = buffer_init(PLAIN_MAX);
    CLEANUP(buffer_deinit) struct buffer file = buffer_init(FILE_MAX);
    const uint8_t version = next ? VERSION_REPLACING : VERSION;
    int r;

    if (!keyring->path)
        return 0;
    buffer_append(&plain, keyring->identity, sizeof(keyring->identity));
    put_u32(&plain, (uint32_t)floor);
    put_u32(&plain, (uint32_t)count);
    for (size_t i = 0; i < count; i++)
        put_entry(&plain, &entries[i]);
    if (next)
        put_entry(&plain, next);
    buffer_append(&file, magic, sizeof(magic));
    buffer_append(&file, &version, 1);
    buffer_append(&file, keyring->key_id, sizeof(keyring->key_id));
    r = buffer_check(&plain);
    if (r)
        return r;
    uint8_t header[HEADER_SIZE];
    r = buffer_check(&file);
    if (r)
        return r;
    memcpy(header, file.at, HEADER_SIZE);
    r = aead_seal(secret_bytes(keyring->key), (struct bytes){.at = header, .len = HEADER_SIZE},
                  buffer_bytes(&plain), &file);
    if (r)
        return r < 0 ? r : FAULT(ERR_CRYPTO);
    r = file_replace(keyring->path, buffer_bytes(&file), FILE_MODE);
    return r > 0 ? FAULT(ERR_SYSTEM) : r;
}

static void get_entry(const uint8_t *at, struct entry *ret_entry)
{
    ret_entry->day = (int32_t)get_u32(at);
    memcpy(ret_entry->key, at + 4, KEYRING_KEY_SIZE);
}

static RESULT keyring_parse(struct keyring *keyring, struct bytes plain, bool replacing)
{
    if (plain.len < PLAIN_HEAD_SIZE)
        return FAULT(ERR_CORRUPT);
    int32_t floor = (int32_t)get_u32(plain.at + KEYRING_IDENTITY_SIZE);
    size_t count = get_u32(plain.at + KEYRING_IDENTITY_SIZE + 4);
    if (count > KEYRING_DAYS_MAX || plain.len != PLAIN_HEAD_SIZE + (count + replacing) * ENTRY_SIZE)
        return FAULT(ERR_CORRUPT);
    struct entry *entries = calloc(count ? count : 1, sizeof(*entries));
    if (!entries)
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; i < count; i++) {
        get_entry(plain.at + PLAIN_HEAD_SIZE + i * ENTRY_SIZE, &entries[i]);
        if (entries[i].day < floor || (i > 0 && entries[i].day <= entries[i - 1].day)) {
            entries_free(entries, count);
            return FAULT(ERR_CORRUPT);
        }
    }
    memcpy(keyring->identity, plain.at, KEYRING_IDENTITY_SIZE);
    keyring->floor = floor;
    keyring->entries = entries;
    keyring->count = count;
    if (!replacing)
        return 0;
    keyring->replacing.begun = true;
    get_entry(plain.at + PLAIN_HEAD_SIZE + count * ENTRY_SIZE, &keyring->replacing.next);
    /* The caller frees what was read. */
    return has_day(keyring, keyring->replacing.next.day) ? 0 : FAULT(ERR_CORRUPT);
}

static RESULT keyring_load(struct keyring *keyring, struct bytes file)
{
    CLEANUP(buffer_deinit) struct buffer plain = buffer_init(PLAIN_MAX);
    int r;

    if (file.len < HEADER_SIZE || memcmp(file.at, magic, MAGIC_SIZE) != 0)
        return FAULT(ERR_CORRUPT);
    if (file.at[MAGIC_SIZE] > VERSION_REPLACING)
        return KEYRING_NEWER;
    if (file.at[MAGIC_SIZE] < VERSION)
        return FAULT(ERR_CORRUPT);
    if (!bytes_equal_secret(file.at + MAGIC_SIZE + 1, keyring->key_id, KEY_ID_SIZE))
        return KEYRING_KEY;
    r = aead_open(secret_bytes(keyring->key), (struct bytes){.at = file.at, .len = HEADER_SIZE},
                  (struct bytes){.at = file.at + HEADER_SIZE, .len = file.len - HEADER_SIZE},
                  &plain);
    if (r == AEAD_FORGED)
        return FAULT(ERR_CORRUPT);
    if (r)
        return r;
    return keyring_parse(keyring, buffer_bytes(&plain), file.at[MAGIC_SIZE] == VERSION_REPLACING);
}

static RESULT keyring_begin(struct keyring *keyring)
{
    CLEANUP(buffer_deinit) struct buffer file = buffer_init(FILE_MAX);
    int r = FILE_ABSENT;

    if (keyring->path)
        r = file_read(keyring->path, &file);
    if (r == 0)
        return keyring_load(keyring, buffer_bytes(&file));
    if (r == FILE_LARGE)
        return FAULT(ERR_CORRUPT);
    if (r != FILE_ABSENT)
        return r < 0 ? r : FAULT(ERR_SYSTEM);
    r = secret_random(keyring->identity, sizeof(keyring->identity));
    if (r)
        return r;
    keyring->floor = INT32_MIN;
    return keyring_write(keyring, keyring->floor, NULL, 0, NULL);
}

RESULT keyring_open(struct keyring **ret_keyring, const char *path, struct bytes key)
{
    CLEANUP(keyring_free) struct keyring *keyring = calloc(1, sizeof(*keyring));
    int r;

    assert(key.len == KEYRING_KEY_SIZE);
    if (!keyring)
        return FAULT(ERR_MEMORY);
    if (pthread_mutex_init(&keyring->lock, NULL))
        return FAULT(ERR_SYSTEM);
    if (path) {
        keyring->path = strdup(path);
        if (!keyring->path)
            return FAULT(ERR_MEMORY);
    }
    r = secret_new_copy(&keyring->key, key);
    if (r)
        return r;
    /* Names the key without giving it away, so that a wrong key is told from a damaged file. */
    r = hash_derive(key, text_of("ward keyring key id"), keyring->key_id, KEY_ID_SIZE);
    if (r)
        return r;
    r = keyring_begin(keyring);
    if (r)
        return r;
    *ret_keyring = TAKE(keyring);
    return 0;
}

void keyring_identity(const struct keyring *keyring, uint8_t ret_identity[KEYRING_IDENTITY_SIZE])
{
    memcpy(ret_identity, keyring->identity, KEYRING_IDENTITY_SIZE);
}

/* ---- keys of days ---- */

/* Makes entries the keyring's own once they are in the file; on a fault nothing has changed. */
static RESULT keyring_replace(struct keyring *keyring, int32_t floor, struct entry *entries,
                              size_t count)
{
    const struct entry *next = keyring->replacing.begun ? &keyring->replacing.next : NULL;

    /* A day that is destroyed needs no other key. */
    if (next && next->day < floor)
        next = NULL;
    int r = keyring_write(keyring, floor, entries, count, next);

    if (r) {
        entries_free(entries, count);
        return r;
    }
    entries_free(keyring->entries, keyring->count);
    keyring->entries = entries;
    keyring->count = count;
    keyring->floor = floor;
    if (!next)
        wipe(&keyring->replacing, sizeof(keyring->replacing));
    return 0;
}

static RESULT ensure_locked(struct keyring *keyring, int32_t from, int32_t to)
{
    size_t missing = 0;
    size_t kept = 0;
    size_t old = 0;
    int r;

    if (from < keyring->floor)
        from = keyring->floor;
    if ((int64_t)to - from >= KEYRING_DAYS_MAX)
        return FAULT(ERR_FULL);
    for (int64_t day = from; day <= to; day++)
        missing += !has_day(keyring, (int32_t)day);
    if (missing == 0)
        return 0;
    size_t count = keyring->count + missing;
    if (count > KEYRING_DAYS_MAX)
        return FAULT(ERR_FULL);
    struct entry *entries = calloc(count, sizeof(*entries));
    if (!entries)
        return FAULT(ERR_MEMORY);
    for (int64_t day = from; day <= to; day++) {
        while (old < keyring->count && keyring->entries[old].day <= day)
            entries[kept++] = keyring->entries[old++];
        if (kept > 0 && entries[kept - 1].day == day)
            continue;
        entries[kept].day = (int32_t)day;
        r = secret_random(entries[kept++].key, KEYRING_KEY_SIZE);
        if (r) {
            entries_free(entries, count);
            return r;
        }
    }
    while (old < keyring->count)
        entries[kept++] = keyring->entries[old++];
    assert(kept == count);
    return keyring_replace(keyring, keyring->floor, entries, count);
}

RESULT keyring_ensure(struct keyring *keyring, int32_t from, int32_t to)
{
    (void)pthread_mutex_lock(&keyring->lock);
    int r = ensure_locked(keyring, from, to);
    (void)pthread_mutex_unlock(&keyring->lock);
    return r;
}

RESULT keyring_day_key(struct keyring *keyring, int32_t day, uint8_t ret_key[KEYRING_KEY_SIZE])
{
    int r = KEYRING_ABSENT;

    (void)pthread_mutex_lock(&keyring->lock);
    size_t at = entry_at(keyring, day);
    if (day < keyring->floor) {
        r = KEYRING_DESTROYED;
    } else if (at < keyring->count && keyring->entries[at].day == day) {
        memcpy(ret_key, keyring->entries[at].key, KEYRING_KEY_SIZE);
        r = 0;
    }
    (void)pthread_mutex_unlock(&keyring->lock);
    return r;
}

static RESULT destroy_locked(struct keyring *keyring, int32_t day, uint32_t *ret_destroyed)
{
    size_t gone = entry_at(keyring, day);
    size_t count = keyring->count - gone;

    if (day <= keyring->floor) {
        *ret_destroyed = 0;
        return 0;
    }
    struct entry *entries = calloc(count ? count : 1, sizeof(*entries));
    if (!entries)
        return FAULT(ERR_MEMORY);
    if (count)
        memcpy(entries, keyring->entries + gone, count * sizeof(*entries));
    int r = keyring_replace(keyring, day, entries, count);
    if (r)
        return r;
    *ret_destroyed = (uint32_t)gone;
    return 0;
}

RESULT keyring_destroy_before(struct keyring *keyring, int32_t day, uint32_t *ret_destroyed)
{
    (void)pthread_mutex_lock(&keyring->lock);
    int r = destroy_locked(keyring, day, ret_destroyed);
    (void)pthread_mutex_unlock(&keyring->lock);
    return r;
}

/* ---- another key for a day ---- */

RESULT keyring_key_id(const uint8_t key[KEYRING_KEY_SIZE], uint8_t ret_key_id[KEYRING_KEY_ID_SIZE])
{
    return hash_derive((struct bytes){.at = key, .len = KEYRING_KEY_SIZE},
                       text_of("ward day key id"), ret_key_id, KEYRING_KEY_ID_SIZE);
}

/* The file with the second key, or without; memory is as it was. */
static RESULT write_locked(const struct keyring *keyring, const struct entry *next)
{
    return keyring_write(keyring, keyring->floor, keyring->entries, keyring->count, next);
}

static RESULT begin_locked(struct keyring *keyring, int32_t day, uint8_t ret_key[KEYRING_KEY_SIZE])
{
    struct replacing *replacing = &keyring->replacing;
    struct entry next = {.day = day};
    int r;

    if (day < keyring->floor)
        return KEYRING_DESTROYED;
    if (!has_day(keyring, day))
        return KEYRING_ABSENT;
    if (replacing->begun && (replacing->next.day != day || replacing->ended))
        return FAULT(ERR_BUSY);
    if (!replacing->begun) {
        r = secret_random(next.key, KEYRING_KEY_SIZE);
        if (r == 0)
            r = write_locked(keyring, &next);
        if (r) {
            wipe(&next, sizeof(next));
            return r;
        }
        *replacing = (struct replacing){.begun = true, .next = next};
        wipe(&next, sizeof(next));
    }
    memcpy(ret_key, replacing->next.key, KEYRING_KEY_SIZE);
    return 0;
}

RESULT keyring_replace_begin(struct keyring *keyring, int32_t day,
                             uint8_t ret_key[KEYRING_KEY_SIZE])
{
    (void)pthread_mutex_lock(&keyring->lock);
    int r = begin_locked(keyring, day, ret_key);
    (void)pthread_mutex_unlock(&keyring->lock);
    return r;
}

static RESULT end_locked(struct keyring *keyring, int32_t day)
{
    struct replacing *replacing = &keyring->replacing;
    size_t at = entry_at(keyring, day);

    if (!replacing->begun || replacing->next.day != day)
        return 0;
    assert(has_day(keyring, day));
    memcpy(keyring->entries[at].key, replacing->next.key, KEYRING_KEY_SIZE);
    replacing->ended = true;
    int r = write_locked(keyring, NULL);
    if (r)
        return r;
    wipe(replacing, sizeof(*replacing));
    return 0;
}

RESULT keyring_replace_end(struct keyring *keyring, int32_t day)
{
    (void)pthread_mutex_lock(&keyring->lock);
    int r = end_locked(keyring, day);
    (void)pthread_mutex_unlock(&keyring->lock);
    return r;
}

RESULT keyring_replace_cancel(struct keyring *keyring, int32_t day)
{
    int r = 0;

    (void)pthread_mutex_lock(&keyring->lock);
    if (keyring->replacing.begun && !keyring->replacing.ended &&
        keyring->replacing.next.day == day) {
        r = write_locked(keyring, NULL);
        if (r == 0)
            wipe(&keyring->replacing, sizeof(keyring->replacing));
    }
    (void)pthread_mutex_unlock(&keyring->lock);
    return r;
}

bool keyring_replacing(struct keyring *keyring, int32_t *ret_day,
                       uint8_t ret_key_id[KEYRING_KEY_ID_SIZE])
{
    bool begun;

    (void)pthread_mutex_lock(&keyring->lock);
    begun =
        keyring->replacing.begun && keyring_key_id(keyring->replacing.next.key, ret_key_id) == 0;
    if (begun)
        *ret_day = keyring->replacing.next.day;
    (void)pthread_mutex_unlock(&keyring->lock);
    return begun;
}
