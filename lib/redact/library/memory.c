#include "redact/library/memory.h"

#include <stdint.h>
#include <string.h>

#undef malloc
#undef calloc
#undef realloc
#undef free

/* A source knows no sizes: a block begins with its own, which a resize needs. */
#define HEAD ((size_t)16)

static const struct memory_source heap;
static _Thread_local const struct memory_source *current = &heap;

void memory_enter(const struct memory_source *source)
{
    current = source;
}

void memory_leave(void)
{
    current = &heap;
}

void *memory_take(size_t size)
{
    if (!current->allocate)
        return malloc(size);
    uint8_t *block = size <= SIZE_MAX - HEAD ? current->allocate(current->context, size + HEAD) : 0;
    if (!block)
        return NULL;
    memcpy(block, &size, sizeof(size));
    return block + HEAD;
}

void *memory_take_zeroed(size_t count, size_t size)
{
    size_t all;

    if (__builtin_mul_overflow(count, size, &all))
        return NULL;
    void *at = memory_take(all);
    if (at)
        memset(at, 0, all);
    return at;
}

void *memory_resize(void *at, size_t size)
{
    size_t old = 0;

    if (!current->allocate)
        return realloc(at, size);
    void *more = memory_take(size);
    if (!more || !at)
        return more;
    memcpy(&old, (uint8_t *)at - HEAD, sizeof(old));
    memcpy(more, at, old < size ? old : size);
    memory_give(at);
    return more;
}

void memory_give(void *at)
{
    if (!current->allocate)
        free(at);
    else if (at)
        current->release(current->context, (uint8_t *)at - HEAD);
}
