#pragma once

/* What the memory engine keeps. */

#include <pthread.h>

#include "base/buffer.h"
#include "store/spans/spans-private.h"

struct kept_batch {
    struct kept_batch *next;
    struct arena *arena;
    struct spans_batch batch; /* everything it points to is in the arena */
    struct spans_gap skipped; /* reason 0: none */
};

struct known_device {
    struct known_device *next;
    struct device_id id;
    struct spans_position position;
};

struct memory {
    struct spans spans;
    pthread_mutex_t lock;
    struct kept_batch *first;
    struct kept_batch **end;
    struct known_device *devices;
};

int memory_rules(struct spans *spans, struct device_id device, struct arena *arena,
                 struct spans_rules **ret_rules, size_t *ret_count);
int memory_evidence(struct spans *spans, struct device_id device, int32_t from_day, int32_t to_day,
                    struct arena *arena, struct evidence *ret_evidence);

static inline struct memory *memory_of(struct spans *spans)
{
    return (struct memory *)spans;
}

/* Spills (memory-spill.c). */
int memory_settle(struct spans *spans);
int memory_days(struct spans *spans, struct arena *arena, int32_t **ret_days, size_t *ret_count);
int memory_search(struct spans *spans, int32_t day, spans_judge *judge, const void *context,
                  uint64_t *ret_texts);
int memory_rewrite(struct spans *spans, int32_t day, spans_judge *judge, const void *context,
                   const struct clean_text *instead, struct spans_rewritten *ret_rewritten);
