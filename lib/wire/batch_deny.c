/*
 * A batch that waits, without texts that are denied
 *
 * Only its table of strings changes: everything else, also what this version does not know, is
 * packed again as it came.
 */

#include "ward.pb-c.h"
#include "wire/batch.h"
#include "wire/codec-private.h"

static bool is_denied(const struct denied *denied, const ProtobufCBinaryData *string)
{
    return denied_holds(denied,
                        (struct text){.at = (const char *)string->data, .len = string->len});
}

/* The number 0 is no field's: protobuf-c reads it in one spelling, and not in its own. */
static bool fields_hold(const ProtobufCMessage *message)
{
    for (unsigned i = 0; i < message->n_unknown_fields; i++) {
        if (message->unknown_fields[i].tag == 0)
            return false;
    }
    return true;
}

RESULT batch_deny(struct bytes bytes, const struct denied *denied, struct buffer *ret_bytes,
                  size_t *ret_replaced)
{
    CLEANUP(codec_scratch_deinit) struct codec_scratch scratch = {0};
    CLEANUP(buffer_deinit) struct buffer changed = buffer_init(WIRE_PLAIN_MAX);
    CLEANUP(arena_free) struct arena *arena = NULL;
    const struct clean_text *instead = NULL;
    struct bytes plain = {0};
    size_t replaced = 0;
    void *message;

    int r = arena_new(&arena, WIRE_PLAIN_MAX + 4096);
    if (!r)
        r = denied_instead(arena, &instead);
    if (!r)
        r = codec_expand(bytes, arena, &plain);
    if (!r)
        r = codec_unpack(&scratch, &ward__batch__descriptor, plain,
                         WIRE_PLAIN_MAX + CODEC_COLUMNS_MAX, &message);
    if (r)
        return r;
    Ward__Batch *batch = message;
    if (!fields_hold(&batch->base))
        return BATCH_INVALID;
    for (size_t i = 0; i < batch->n_strings; i++) {
        if (!is_denied(denied, &batch->strings[i]))
            continue;
        batch->strings[i] = codec_data(clean_text_view(instead));
        replaced++;
    }
    if (replaced > 0) {
        r = codec_pack(&batch->base, &changed);
        if (!r)
            r = codec_compress(buffer_bytes(&changed), ret_bytes);
        if (r)
            return r;
    }
    *ret_replaced = replaced;
    return 0;
}
