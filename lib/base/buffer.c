#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/wipe.h"

void buffer_deinit(struct buffer *buffer)
{
    if (buffer->at)
        wipe(buffer->at, buffer->room);
    free(buffer->at);
    *buffer = (struct buffer){.max = buffer->max};
}

/* Not realloc(): it would leave a copy of what moved behind. */
static bool buffer_reserve(struct buffer *buffer, size_t more)
{
    if (buffer->failed || more > buffer->max - buffer->len)
        return false;
    size_t need = buffer->len + more;
    if (need <= buffer->room)
        return true;
    size_t room = buffer->room ? buffer->room : 256;
    while (room < need)
        room = room > buffer->max / 2 ? buffer->max : room * 2;
    uint8_t *at = malloc(room);
    if (!at)
        return false;
    if (buffer->at) {
        memcpy(at, buffer->at, buffer->len);
        wipe(buffer->at, buffer->room);
        free(buffer->at);
    }
    buffer->at = at;
    buffer->room = room;
    return true;
}

void buffer_append(struct buffer *buffer, const void *at, size_t len)
{
    if (len == 0)
        return;
    if (!buffer_reserve(buffer, len)) {
        buffer->failed = true;
        return;
    }
    memcpy(buffer->at + buffer->len, at, len);
    buffer->len += len;
}

void buffer_append_text(struct buffer *buffer, struct text text)
{
    buffer_append(buffer, text.at, text.len);
}

void buffer_append_string(struct buffer *buffer, const char *string)
{
    buffer_append(buffer, string, strlen(string));
}

void buffer_print(struct buffer *buffer, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    int len = vsnprintf(NULL, 0, format, list);
    va_end(list);
    /* One byte more for the NUL that vsnprintf() writes and the buffer does not count. */
    if (len < 0 || !buffer_reserve(buffer, (size_t)len + 1)) {
        buffer->failed = true;
        return;
    }
    va_start(list, format);
    (void)vsnprintf((char *)buffer->at + buffer->len, (size_t)len + 1, format, list);
    va_end(list);
    buffer->len += (size_t)len;
}

void buffer_clear(struct buffer *buffer)
{
    if (buffer->at)
        wipe(buffer->at, buffer->len);
    buffer->len = 0;
    buffer->failed = false;
}

RESULT buffer_check(const struct buffer *buffer)
{
    return buffer->failed ? FAULT(ERR_MEMORY) : 0;
}
