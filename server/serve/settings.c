#include "server/serve/settings.h"

#include <inttypes.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/moment.h"

/* One row a setting; a number's standard is its text. */
static const struct row {
    const char *word;
    const char *standard;
    size_t offset;
    size_t text_size; /* 0: a number */
} table[] = {
#define TEXT(name_) offsetof(struct settings, name_), sizeof(((struct settings *)0)->name_)
#define NUMBER(name_) offsetof(struct settings, name_), 0
    {"organisation", "Ward", TEXT(organisation)},
    {"server_names", "", TEXT(server_names)},
    {"public_address", "", TEXT(public_address)},
    {"retention_days", "365", NUMBER(retention_days)},
    {"session_idle_minutes", "15", NUMBER(session_idle_minutes)},
    {"session_hours", "12", NUMBER(session_hours)},
    {"emergency_minutes", "240", NUMBER(emergency_minutes)},
    {"emergency_review_hours", "72", NUMBER(emergency_review_hours)},
};
#define ROWS (sizeof table / sizeof *table)

struct settings_cache {
    pthread_mutex_t lock;
    struct settings settings;
};

struct reading {
    struct arena *arena;
    struct settings *settings;
};

static int take(const struct row *row, struct bytes value, struct settings *settings)
{
    char *at = (char *)settings + row->offset;
    char number[32];

    if (row->text_size) {
        if (value.len >= row->text_size)
            return FAULT(ERR_CORRUPT);
        if (value.len)
            memcpy(at, value.at, value.len);
        at[value.len] = '\0';
        return 0;
    }
    if (value.len == 0 || value.len >= sizeof number)
        return FAULT(ERR_CORRUPT);
    memcpy(number, value.at, value.len);
    number[value.len] = '\0';
    *(int64_t *)(void *)at = strtoll(number, NULL, 10);
    return 0;
}

static int read_all(struct records_tx *tx, void *context)
{
    struct reading *reading = context;

    for (size_t i = 0; i < ROWS; i++) {
        struct bytes value = bytes_of_text(text_of(table[i].standard));
        int r = records_setting(tx, table[i].word, reading->arena, &value);

        if (r < 0)
            return r;
        r = take(&table[i], value, reading->settings);
        if (r)
            return r;
    }
    return 0;
}

RESULT settings_cache_new(struct settings_cache **ret_cache, struct records *records)
{
    CLEANUP(settings_cache_free) struct settings_cache *cache = calloc(1, sizeof *cache);
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct reading reading;
    int r;

    if (!cache)
        return FAULT(ERR_MEMORY);
    pthread_mutex_init(&cache->lock, NULL);
    r = arena_new(&arena, 64 * 1024);
    if (r)
        return r;
    reading = (struct reading){.arena = arena, .settings = &cache->settings};
    r = records_read(records, read_all, &reading);
    if (r)
        return r;
    *ret_cache = TAKE(cache);
    return 0;
}

struct settings_cache *settings_cache_free(struct settings_cache *cache)
{
    if (!cache)
        return NULL;
    pthread_mutex_destroy(&cache->lock);
    free(cache);
    return NULL;
}

void settings_get(struct settings_cache *cache, struct settings *ret_settings)
{
    pthread_mutex_lock(&cache->lock);
    *ret_settings = cache->settings;
    pthread_mutex_unlock(&cache->lock);
}

void settings_hold(struct settings_cache *cache, const struct settings *settings)
{
    pthread_mutex_lock(&cache->lock);
    cache->settings = *settings;
    pthread_mutex_unlock(&cache->lock);
}

RESULT settings_write(struct records_tx *tx, const struct settings *settings)
{
    for (size_t i = 0; i < ROWS; i++) {
        const char *at = (const char *)settings + table[i].offset;
        char number[32];
        int r;

        if (!table[i].text_size)
            snprintf(number, sizeof number, "%" PRId64, *(const int64_t *)(const void *)at);
        r = records_setting_set(tx, table[i].word,
                                bytes_of_text(text_of(table[i].text_size ? at : number)));
        if (r)
            return r;
    }
    return 0;
}

struct access_limits settings_limits(struct settings_cache *cache)
{
    struct access_limits limits;

    pthread_mutex_lock(&cache->lock);
    limits.idle_ms = cache->settings.session_idle_minutes * MS_PER_MINUTE;
    limits.absolute_ms = cache->settings.session_hours * MS_PER_HOUR;
    pthread_mutex_unlock(&cache->lock);
    return limits;
}
