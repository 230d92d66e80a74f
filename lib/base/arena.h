#pragma once

/*
 * Arena: everything that one request, message or batch needs, freed at once
 *
 * Made with a ceiling in bytes that no input can pass; wiped when reset or freed, since what lived
 * in it may have come from a screen. Nothing outside may point into it: copy out what must live on.
 * Not for threads to share.
 */

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/result.h"

struct arena;

/* Makes an arena that never holds more than max_bytes in all. */
RESULT arena_new(struct arena **ret_arena, size_t max_bytes);

/* Wipes and frees. NULL is fine. Always returns NULL. */
struct arena *arena_free(struct arena *arena);
DEFINE_CLEANUP(struct arena *, arena_free)

/* Wipes what was taken and keeps one block for the next use. */
void arena_reset(struct arena *arena);

/* size zeroed bytes aligned to 16, or NULL when the ceiling or memory is met. size 0 is legal. */
void *arena_take(struct arena *arena, size_t size);

/* count * size zeroed bytes; an overflow is NULL. */
void *arena_take_array(struct arena *arena, size_t count, size_t size);

/* A copy with a closing NUL that len does not count; .at is NULL when there is no room. */
struct text arena_copy_text(struct arena *arena, struct text text);

/* A copy; .at is NULL when there is no room. */
struct bytes arena_copy(struct arena *arena, struct bytes bytes);

/* Text by format, with a closing NUL; .at is NULL when there is no room. */
__attribute__((format(printf, 2, 3))) struct text arena_print(struct arena *arena,
                                                              const char *format, ...);
