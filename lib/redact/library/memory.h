#pragma once

/*
 * Where libwardredact takes memory from: the options of the redactor that is being made or freed.
 * The build includes this before every source of the library, so that what they take from the heap
 * is taken here (meson.build).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

struct memory_source {
    void *(*allocate)(void *context, size_t size); /* NULL: malloc */
    void (*release)(void *context, void *at);
    void *context;
};

/* From here on this thread takes and gives back by source; it must live until memory_leave(). */
void memory_enter(const struct memory_source *source);
void memory_leave(void);

void *memory_take(size_t size);
void *memory_take_zeroed(size_t count, size_t size);
void *memory_resize(void *at, size_t size);
void memory_give(void *at);

/* NOLINTBEGIN(readability-identifier-naming): their names are the point. */
#define malloc(size) memory_take(size)
#define calloc(count, size) memory_take_zeroed(count, size)
#define realloc(at, size) memory_resize(at, size)
#define free(at) memory_give(at)
/* NOLINTEND(readability-identifier-naming) */
