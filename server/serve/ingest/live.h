#pragma once

/*
 * Live: what each device has in front now, in memory only, bounded, forgotten after two minutes of
 * silence. Texts were redacted again on arrival. Any thread.
 */

#include "activity/span.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/id.h"
#include "redact/redact.h"
#include "server/serve/ingest/accounts.h"

#define LIVE_KEPT_MS (2 * 60 * 1000)
#define LIVE_DEVICES_MAX 20000
#define LIVE_SPANS_MAX 64
#define LIVE_BYTES_MAX ((size_t)64 * 1024)

struct live_open {
    struct account_known account;
    struct device_id device;
    int64_t heard_at;
    struct span span;
};

struct live_table;

RESULT live_table_new(struct live_table **ret_table);
struct live_table *live_table_free(struct live_table *table);
DEFINE_CLEANUP(struct live_table *, live_table_free)

/* Replaces what a device has in front. Texts are copied. ERR_BUSY: too many devices. */
RESULT live_table_set(struct live_table *table, struct device_id device, int64_t now,
                      const struct live_open *spans, size_t count);

/* Forgets a device. */
void live_table_remove(struct live_table *table, struct device_id device);

/* Forgets everything: it is told again soon, by rules that have changed. */
void live_table_clear(struct live_table *table);

/* Everything that is open now; texts are copied to the arena. */
RESULT live_table_list(struct live_table *table, int64_t now, struct arena *arena,
                       struct live_open **ret_spans, size_t *ret_count);
