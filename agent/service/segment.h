#pragma once

/*
 * Segments: the files that a spool is made of (docs/formats/spool.md)
 *
 *     magic 8 "WARDSPL1" | device 16 | epoch u32 | first sequence u64 | reserved u32
 *     then records: length u32 | spans u32 | sequence u64 | written at i64 | head tag 8 | box
 *
 * Numbers are big endian. The head tag tells a record that was never finished (its file ends too
 * early, so it never counted) from one whose bytes were changed. Works on a descriptor, with pread
 * and pwrite; believes nothing that it reads.
 */

#include <stdint.h>

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "crypto/hash.h"
#include "wire/limits.h"

enum {
    SEGMENT_HEAD_SIZE = 40,
    SEGMENT_RECORD_HEAD_SIZE = 32,
    SEGMENT_BOX_MAX = WIRE_BODY_MAX + 64,
};

enum {
    SEGMENT_END = 1, /* nothing more, and the last record is whole */
    SEGMENT_TORN,    /* the file ends inside a record: its writing was never finished */
    SEGMENT_CORRUPT, /* bytes that we did not write */
};

struct segment_keys {
    uint8_t box[HASH_SIZE];
    uint8_t head[HASH_SIZE];
};

struct segment_id {
    struct device_id device;
    uint32_t epoch;
    uint64_t first; /* sequence of its first record */
};

struct segment_record {
    uint64_t sequence;
    uint32_t spans;
    int64_t at;    /* when it was written */
    uint64_t next; /* offset of the record after it */
};

/* Keys for boxes and heads from the spool key. The caller wipes them. */
RESULT segment_keys_make(struct bytes spool_key, struct segment_keys *ret_keys);

/* Writes the head of an empty segment. Not yet durable. ERR_FULL. */
RESULT segment_begin(int fd, const struct segment_id *id);

/* Reads the head. SEGMENT_CORRUPT. */
RESULT segment_read_head(int fd, struct segment_id *ret_id);

/*
 * Reads and verifies the record at offset, which must carry that sequence; its batch is appended to
 * ret_batch unless that is NULL. SEGMENT_END, SEGMENT_TORN, SEGMENT_CORRUPT.
 */
RESULT segment_read(int fd, const struct segment_keys *keys, const struct segment_id *id,
                    uint64_t offset, uint64_t sequence, struct segment_record *ret_record,
                    struct buffer *ret_batch);

/* Writes a record at offset and sets where it ends. It counts once the caller has synced the file.
 * ERR_FULL. */
RESULT segment_write(int fd, const struct segment_keys *keys, const struct segment_id *id,
                     uint64_t offset, struct segment_record *record, struct bytes batch);
