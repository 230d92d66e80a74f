#pragma once

/*
 * Settings: a closed list with defaults, ranges checked by the API's schema, kept in records and
 * held here for every request. Any thread.
 */

#include "access/session.h"
#include "base/cleanup.h"
#include "store/records/nouns.h"

#define SETTINGS_TEXT_MAX 4100 /* bytes: 1,024 characters and a NUL */

struct settings {
    char organisation[520];
    char server_names[SETTINGS_TEXT_MAX];
    char public_address[300]; /* "https://host[:port]" that people use; empty: as Ward listens */
    int64_t retention_days;
    int64_t session_idle_minutes;
    int64_t session_hours;
    int64_t emergency_minutes;
    int64_t emergency_review_hours;
};

struct settings_cache;

/* Reads them. */
RESULT settings_cache_new(struct settings_cache **ret_cache, struct records *records);
struct settings_cache *settings_cache_free(struct settings_cache *cache);
DEFINE_CLEANUP(struct settings_cache *, settings_cache_free)

/* A copy of what holds now. */
void settings_get(struct settings_cache *cache, struct settings *ret_settings);

/* Writes all in a job; settings_hold() follows when the job is durable. */
RESULT settings_write(struct records_tx *tx, const struct settings *settings);
void settings_hold(struct settings_cache *cache, const struct settings *settings);

struct access_limits settings_limits(struct settings_cache *cache);
