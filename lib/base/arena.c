#include "base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/wipe.h"

enum { BLOCK_SIZE = 8 * 1024, ALIGNMENT = 16 };

struct block {
    struct block *next;
    size_t used;
    size_t room;
    uint8_t at[] __attribute__((aligned(ALIGNMENT)));
};

/* Invariants: taken is the sum of all rooms and never above max; blocks is the newest first. */
struct arena {
    struct block *blocks;
    size_t taken;
    size_t max;
};

RESULT arena_new(struct arena **ret_arena, size_t max_bytes)
{
    struct arena *arena = calloc(1, sizeof(*arena));

    if (!arena)
        return FAULT(ERR_MEMORY);
    arena->max = max_bytes;
    *ret_arena = arena;
    return 0;
}

static void block_free(struct arena *arena, struct block *block)
{
    arena->taken -= block->room;
    wipe(block->at, block->used);
    free(block);
}

struct arena *arena_free(struct arena *arena)
{
    while (arena && arena->blocks) {
        struct block *block = arena->blocks;

        arena->blocks = block->next;
        block_free(arena, block);
    }
    free(arena);
    return NULL;
}

void arena_reset(struct arena *arena)
{
    while (arena->blocks && (arena->blocks->next || arena->blocks->room > BLOCK_SIZE)) {
        struct block *block = arena->blocks;

        arena->blocks = block->next;
        block_free(arena, block);
    }
    if (arena->blocks) {
        wipe(arena->blocks->at, arena->blocks->used);
        arena->blocks->used = 0;
    }
}

static struct block *block_add(struct arena *arena, size_t size)
{
    size_t left = arena->max - arena->taken;
    size_t room = size > BLOCK_SIZE ? size : BLOCK_SIZE;

    if (size > left || size > SIZE_MAX - sizeof(struct block))
        return NULL;
    if (room > left)
        room = left;
    struct block *block = calloc(1, sizeof(*block) + room);
    if (!block)
        return NULL;
    block->room = room;
    block->next = arena->blocks;
    arena->blocks = block;
    arena->taken += room;
    return block;
}

void *arena_take(struct arena *arena, size_t size)
{
    struct block *block = arena->blocks;

    if (size > SIZE_MAX - ALIGNMENT)
        return NULL;
    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (!block || size > block->room - block->used)
        block = block_add(arena, size);
    if (!block)
        return NULL;
    assert(block->room - block->used >= size);
    void *at = block->at + block->used;
    block->used += size;
    return at;
}

void *arena_take_array(struct arena *arena, size_t count, size_t size)
{
    size_t all;

    if (__builtin_mul_overflow(count, size, &all))
        return NULL;
    return arena_take(arena, all);
}

struct text arena_copy_text(struct arena *arena, struct text text)
{
    char *at = text.len < SIZE_MAX ? arena_take(arena, text.len + 1) : NULL;

    if (!at)
        return (struct text){0};
    if (text.len > 0)
        memcpy(at, text.at, text.len);
    return (struct text){.at = at, .len = text.len};
}

struct bytes arena_copy(struct arena *arena, struct bytes bytes)
{
    return bytes_of_text(arena_copy_text(arena, text_of_bytes(bytes)));
}

struct text arena_print(struct arena *arena, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    int len = vsnprintf(NULL, 0, format, list);
    va_end(list);
    char *at = len >= 0 ? arena_take(arena, (size_t)len + 1) : NULL;
    if (!at)
        return (struct text){0};
    va_start(list, format);
    (void)vsnprintf(at, (size_t)len + 1, format, list);
    va_end(list);
    return (struct text){.at = at, .len = (size_t)len};
}
