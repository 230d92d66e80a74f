#include "service/segment.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/wipe.h"
#include "common/big-endian.h"
#include "crypto/aead.h"

static const char magic[8] = {'W', 'A', 'R', 'D', 'S', 'P', 'L', '1'};

enum {
    HEAD_COVERED = 24, /* bytes of a record's head that its tag covers */
    HEAD_TAG_SIZE = 8,
    CONTEXT_SIZE = 16 + 16 + 4 + 8 + HEAD_COVERED,
};

RESULT segment_keys_make(struct bytes spool_key, struct segment_keys *ret_keys)
{
    struct segment_keys keys = {0};
    int r = hash_derive(spool_key, text_of("ward-spool-box-v1"), keys.box, sizeof(keys.box));

    if (r == 0)
        r = hash_derive(spool_key, text_of("ward-spool-head-v1"), keys.head, sizeof(keys.head));
    if (r == 0)
        *ret_keys = keys;
    wipe(&keys, sizeof(keys));
    return r;
}

/* Writes all of it, or says why not. */
static int write_at(int fd, struct bytes bytes, uint64_t offset)
{
    while (bytes.len > 0) {
        ssize_t put = pwrite(fd, bytes.at, bytes.len, (off_t)offset);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return FAULT(errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_SYSTEM);
        bytes.at += put;
        bytes.len -= (size_t)put;
        offset += (uint64_t)put;
    }
    return 0;
}

/* Reads up to size bytes; *ret_len is less only where the file ends. */
static int read_at(int fd, uint8_t *at, size_t size, uint64_t offset, size_t *ret_len)
{
    size_t len = 0;

    while (len < size) {
        ssize_t got = pread(fd, at + len, size - len, (off_t)(offset + len));

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return FAULT(ERR_SYSTEM);
        if (got == 0)
            break;
        len += (size_t)got;
    }
    *ret_len = len;
    return 0;
}

RESULT segment_begin(int fd, const struct segment_id *id)
{
    uint8_t head[SEGMENT_HEAD_SIZE] = {0};

    memcpy(head, magic, sizeof(magic));
    memcpy(head + 8, id->device.at, DEVICE_ID_SIZE);
    big_endian_put(head + 24, 4, id->epoch);
    big_endian_put(head + 28, 8, id->first);
    return write_at(fd, (struct bytes){.at = head, .len = sizeof(head)}, 0);
}

RESULT segment_read_head(int fd, struct segment_id *ret_id)
{
    uint8_t head[SEGMENT_HEAD_SIZE];
    struct segment_id id = {0};
    size_t len;
    int r = read_at(fd, head, sizeof(head), 0, &len);

    if (r)
        return r;
    if (len < sizeof(head) || memcmp(head, magic, sizeof(magic)) != 0 ||
        big_endian_get(head + 36, 4) != 0)
        return SEGMENT_CORRUPT;
    memcpy(id.device.at, head + 8, DEVICE_ID_SIZE);
    id.epoch = (uint32_t)big_endian_get(head + 24, 4);
    id.first = big_endian_get(head + 28, 8);
    if (id.first == 0)
        return SEGMENT_CORRUPT;
    *ret_id = id;
    return 0;
}

/* What a box and its head are bound to: none can be moved to another place or device. */
static void context_make(const struct segment_id *id, const uint8_t *head,
                         uint8_t ret_context[CONTEXT_SIZE])
{
    memcpy(ret_context, "ward-spool-v1\n\0\0", 16);
    memcpy(ret_context + 16, id->device.at, DEVICE_ID_SIZE);
    big_endian_put(ret_context + 32, 4, id->epoch);
    big_endian_put(ret_context + 36, 8, id->first);
    memcpy(ret_context + 44, head, HEAD_COVERED);
}

static int head_tag(const struct segment_keys *keys, const uint8_t *context, struct hash *ret_tag)
{
    struct bytes piece = {.at = context, .len = CONTEXT_SIZE};

    return hash_hmac((struct bytes){.at = keys->head, .len = sizeof(keys->head)}, &piece, 1,
                     ret_tag);
}

/* The box behind a head that is known to be ours. */
static int read_box(int fd, const struct segment_keys *keys, const uint8_t *context,
                    uint64_t offset, size_t box_len, struct buffer *ret_batch)
{
    CLEANUP(buffer_deinit) struct buffer plain = buffer_init(SEGMENT_BOX_MAX);
    CLEANUP(buffer_deinit) struct buffer box = buffer_init(SEGMENT_BOX_MAX);
    uint8_t chunk[4096];
    size_t got = 0;

    while (box.len < box_len) {
        size_t want = box_len - box.len < sizeof(chunk) ? box_len - box.len : sizeof(chunk);
        int r = read_at(fd, chunk, want, offset + box.len, &got);

        if (r)
            return r;
        buffer_append(&box, chunk, got);
        if (got < want)
            return SEGMENT_TORN;
        if (box.failed)
            return FAULT(ERR_MEMORY);
    }
    int r = aead_open((struct bytes){.at = keys->box, .len = sizeof(keys->box)},
                      (struct bytes){.at = context, .len = CONTEXT_SIZE}, buffer_bytes(&box),
                      ret_batch ? ret_batch : &plain);
    return r == AEAD_FORGED ? SEGMENT_CORRUPT : r;
}

RESULT segment_read(int fd, const struct segment_keys *keys, const struct segment_id *id,
                    uint64_t offset, uint64_t sequence, struct segment_record *ret_record,
                    struct buffer *ret_batch)
{
    uint8_t head[SEGMENT_RECORD_HEAD_SIZE];
    uint8_t context[CONTEXT_SIZE];
    struct hash tag;
    size_t len;
    int r = read_at(fd, head, sizeof(head), offset, &len);

    if (r)
        return r;
    if (len < sizeof(head))
        return len == 0 ? SEGMENT_END : SEGMENT_TORN;
    context_make(id, head, context);
    r = head_tag(keys, context, &tag);
    if (r)
        return r;
    size_t box_len = (size_t)big_endian_get(head, 4);
    struct segment_record record = {
        .spans = (uint32_t)big_endian_get(head + 4, 4),
        .sequence = big_endian_get(head + 8, 8),
        .at = (int64_t)big_endian_get(head + 16, 8),
        .next = offset + sizeof(head) + box_len,
    };
    if (!bytes_equal_secret(tag.at, head + HEAD_COVERED, HEAD_TAG_SIZE) ||
        record.sequence != sequence || box_len < AEAD_OVERHEAD || box_len > SEGMENT_BOX_MAX)
        return SEGMENT_CORRUPT;
    r = read_box(fd, keys, context, offset + sizeof(head), box_len, ret_batch);
    if (r)
        return r;
    *ret_record = record;
    return 0;
}

RESULT segment_write(int fd, const struct segment_keys *keys, const struct segment_id *id,
                     uint64_t offset, struct segment_record *record, struct bytes batch)
{
    CLEANUP(buffer_deinit)
    struct buffer bytes = buffer_init(SEGMENT_RECORD_HEAD_SIZE + SEGMENT_BOX_MAX);
    uint8_t head[SEGMENT_RECORD_HEAD_SIZE] = {0};
    uint8_t context[CONTEXT_SIZE];
    struct hash tag;

    if (batch.len > WIRE_BODY_MAX)
        return FAULT(ERR_MEMORY);
    big_endian_put(head, 4, batch.len + AEAD_OVERHEAD);
    big_endian_put(head + 4, 4, record->spans);
    big_endian_put(head + 8, 8, record->sequence);
    big_endian_put(head + 16, 8, (uint64_t)record->at);
    context_make(id, head, context);
    int r = head_tag(keys, context, &tag);
    if (r)
        return r;
    memcpy(head + HEAD_COVERED, tag.at, HEAD_TAG_SIZE);
    buffer_append(&bytes, head, sizeof(head));
    r = aead_seal((struct bytes){.at = keys->box, .len = sizeof(keys->box)},
                  (struct bytes){.at = context, .len = CONTEXT_SIZE}, batch, &bytes);
    if (r == 0)
        r = buffer_check(&bytes);
    if (r == 0)
        r = write_at(fd, buffer_bytes(&bytes), offset);
    if (r)
        return r;
    record->next = offset + bytes.len;
    return 0;
}
