#pragma once

/*
 * Buffer: the one way to grow bytes
 *
 * A ceiling is given when it is made; passing it sets a flag that stays, so that a writer may check
 * once at the end. What it held is wiped when it moves and when it is freed.
 */

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/result.h"

struct buffer {
    uint8_t *at;
    size_t len;
    size_t room;
    size_t max;
    bool failed; /* an append did not fit or memory was refused: what is held is not whole */
};

/* An empty buffer that allocates when first written and never holds more than max bytes. */
static inline struct buffer buffer_init(size_t max)
{
    return (struct buffer){.max = max};
}

/* Wipes and frees what it holds; it may be used again. */
void buffer_deinit(struct buffer *buffer);

static inline void buffer_deinit_at(struct buffer *buffer)
{
    buffer_deinit(buffer);
}

void buffer_append(struct buffer *buffer, const void *at, size_t len);
void buffer_append_text(struct buffer *buffer, struct text text);
void buffer_append_string(struct buffer *buffer, const char *string);
__attribute__((format(printf, 2, 3))) void buffer_print(struct buffer *buffer, const char *format,
                                                        ...);

/* Forgets and wipes what is held, keeping the room. Clears failed. */
void buffer_clear(struct buffer *buffer);

/* ERR_MEMORY when any append failed. */
RESULT buffer_check(const struct buffer *buffer);

static inline struct bytes buffer_bytes(const struct buffer *buffer)
{
    return (struct bytes){.at = buffer->at, .len = buffer->len};
}
