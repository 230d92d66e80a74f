#include "server/serve/ingest/live.h"

#include <pthread.h>
#include <stdlib.h>

struct slot {
    struct device_id device;
    struct arena *arena;
    int64_t heard_at;
    struct live_open *spans;
    size_t count;
};

struct live_table {
    pthread_mutex_t lock;
    struct slot *slots;
    size_t count;
    size_t room;
};

RESULT live_table_new(struct live_table **ret_table)
{
    struct live_table *table = calloc(1, sizeof *table);

    if (!table)
        return FAULT(ERR_MEMORY);
    pthread_mutex_init(&table->lock, NULL);
    *ret_table = table;
    return 0;
}

struct live_table *live_table_free(struct live_table *table)
{
    if (!table)
        return NULL;
    for (size_t i = 0; i < table->count; i++)
        arena_free(table->slots[i].arena);
    free(table->slots);
    pthread_mutex_destroy(&table->lock);
    free(table);
    return NULL;
}

static int copy_text(const struct clean_text *from, struct arena *arena,
                     const struct clean_text **ret_to)
{
    *ret_to = NULL;
    return from ? redact_copy(from, arena, ret_to) : 0;
}

static int copy_open(const struct live_open *from, struct arena *arena, struct live_open *ret_to)
{
    struct live_open to = *from;
    int r = copy_text(from->span.application, arena, &to.span.application);

    if (!r)
        r = copy_text(from->span.domain, arena, &to.span.domain);
    if (!r)
        r = copy_text(from->span.title, arena, &to.span.title);
    if (!r)
        *ret_to = to;
    return r;
}

static void remove_at(struct live_table *table, size_t index)
{
    arena_free(table->slots[index].arena);
    table->slots[index] = table->slots[--table->count];
}

static struct slot *find(struct live_table *table, struct device_id device)
{
    for (size_t i = 0; i < table->count; i++)
        if (device_id_equal(table->slots[i].device, device))
            return &table->slots[i];
    return NULL;
}

static int add(struct live_table *table, struct slot slot)
{
    if (table->count == LIVE_DEVICES_MAX)
        return ERR_BUSY;
    if (table->count == table->room) {
        size_t room = table->room ? table->room * 2 : 64;
        struct slot *slots = reallocarray(table->slots, room, sizeof *slots);

        if (!slots)
            return FAULT(ERR_MEMORY);
        table->slots = slots;
        table->room = room;
    }
    table->slots[table->count++] = slot;
    return 0;
}

RESULT live_table_set(struct live_table *table, struct device_id device, int64_t now,
                      const struct live_open *spans, size_t count)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct slot fresh = {.device = device, .heard_at = now, .count = count};
    struct slot *old;
    int r = arena_new(&arena, LIVE_BYTES_MAX);

    if (r)
        return r;
    fresh.spans = arena_take_array(arena, count, sizeof *fresh.spans);
    if (!fresh.spans)
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; i < count; i++) {
        r = copy_open(&spans[i], arena, &fresh.spans[i]);
        if (r)
            return r;
    }
    fresh.arena = arena;
    pthread_mutex_lock(&table->lock);
    old = find(table, device);
    if (old) {
        arena_free(old->arena);
        *old = fresh;
    } else {
        r = add(table, fresh);
    }
    pthread_mutex_unlock(&table->lock);
    if (!r)
        arena = NULL;
    return r;
}

void live_table_remove(struct live_table *table, struct device_id device)
{
    struct slot *slot;

    pthread_mutex_lock(&table->lock);
    slot = find(table, device);
    if (slot)
        remove_at(table, (size_t)(slot - table->slots));
    pthread_mutex_unlock(&table->lock);
}

void live_table_clear(struct live_table *table)
{
    pthread_mutex_lock(&table->lock);
    while (table->count > 0)
        remove_at(table, table->count - 1);
    pthread_mutex_unlock(&table->lock);
}

static int list(struct live_table *table, int64_t now, struct arena *arena,
                struct live_open **ret_spans, size_t *ret_count)
{
    struct live_open *spans;
    size_t total = 0;
    size_t count = 0;

    for (size_t i = table->count; i > 0; i--) {
        if (now - table->slots[i - 1].heard_at > LIVE_KEPT_MS)
            remove_at(table, i - 1);
        else
            total += table->slots[i - 1].count;
    }
    spans = arena_take_array(arena, total, sizeof *spans);
    if (!spans)
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; i < table->count; i++) {
        for (size_t j = 0; j < table->slots[i].count; j++) {
            int r = copy_open(&table->slots[i].spans[j], arena, &spans[count++]);

            if (r)
                return r;
        }
    }
    *ret_spans = spans;
    *ret_count = count;
    return 0;
}

RESULT live_table_list(struct live_table *table, int64_t now, struct arena *arena,
                       struct live_open **ret_spans, size_t *ret_count)
{
    int r;

    pthread_mutex_lock(&table->lock);
    r = list(table, now, arena, ret_spans, ret_count);
    pthread_mutex_unlock(&table->lock);
    return r;
}
