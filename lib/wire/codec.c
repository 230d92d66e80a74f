#include "wire/codec-private.h"

#include <string.h>

#include "base/moment.h"
#include "base/utf8.h"
#include "wire/batch.h"

bool codec_day_valid(int32_t day)
{
    return day >= -CODEC_AT_MAX / MS_PER_DAY && day <= CODEC_AT_MAX / MS_PER_DAY;
}

void codec_scratch_deinit(struct codec_scratch *scratch)
{
    arena_free(scratch->arena);
    *scratch = (struct codec_scratch){0};
}

static void *scratch_alloc(void *context, size_t size)
{
    struct codec_scratch *scratch = context;

    /* Counted as the arena rounds, so that many small pieces cost what they take. */
    size_t rounded = size + (16 - size % 16) % 16;
    if (rounded < size || rounded > scratch->left) {
        scratch->over = true;
        return NULL;
    }
    scratch->left -= rounded;
    void *at = arena_take(scratch->arena, size);
    if (!at)
        scratch->refused = true;
    return at;
}

/* The arena frees all at once. */
static void scratch_free(void *context, void *at)
{
    (void)context;
    (void)at;
}

RESULT codec_unpack(struct codec_scratch *scratch, const ProtobufCMessageDescriptor *descriptor,
                    struct bytes bytes, size_t max_bytes, void **ret_message)
{
    ProtobufCAllocator allocator = {
        .alloc = scratch_alloc, .free = scratch_free, .allocator_data = scratch};

    /* Twice, because what does not fit the rest of a block leaves it behind; left is the ceiling.
     */
    int r = arena_new(&scratch->arena, 2 * max_bytes);
    if (r)
        return r;
    scratch->left = max_bytes;
    void *message = protobuf_c_message_unpack(descriptor, &allocator, bytes.len, bytes.at);
    if (!message && scratch->refused)
        return FAULT(ERR_MEMORY);
    if (!message)
        return scratch->over ? BATCH_LARGE : BATCH_INVALID;
    *ret_message = message;
    return 0;
}

struct sink {
    ProtobufCBuffer base;
    struct buffer *buffer;
};

static void sink_append(ProtobufCBuffer *base, size_t len, const uint8_t *at)
{
    struct sink *sink = (struct sink *)base;

    buffer_append(sink->buffer, at, len);
}

RESULT codec_pack(const ProtobufCMessage *message, struct buffer *ret_bytes)
{
    struct sink sink = {.base = {.append = sink_append}, .buffer = ret_bytes};

    (void)protobuf_c_message_pack_to_buffer(message, &sink.base);
    return buffer_check(ret_bytes);
}

bool codec_text_valid(struct text text)
{
    return text.len == 0 || (!memchr(text.at, 0, text.len) && utf8_valid(text));
}

RESULT codec_text(ProtobufCBinaryData data, size_t max_len, struct arena *arena,
                  struct raw_text *ret_text)
{
    struct text text = {.at = (const char *)data.data, .len = data.len};

    if (text.len == 0) {
        *ret_text = (struct raw_text){0};
        return 0;
    }
    if (text.len > max_len)
        return BATCH_LARGE;
    if (!codec_text_valid(text))
        return BATCH_INVALID;
    struct text copy = arena_copy_text(arena, text);
    if (!copy.at)
        return FAULT(ERR_MEMORY);
    *ret_text = (struct raw_text){.at = (char *)copy.at, .len = copy.len};
    return 0;
}

RESULT codec_text_at(const ProtobufCBinaryData *column, size_t len, size_t row, size_t max_len,
                     struct arena *arena, struct raw_text *ret_text)
{
    return codec_text(row < len ? column[row] : (ProtobufCBinaryData){0}, max_len, arena, ret_text);
}

ProtobufCBinaryData codec_data(struct text text)
{
    return (ProtobufCBinaryData){.len = text.len, .data = (uint8_t *)(uintptr_t)text.at};
}
