#pragma once

/*
 * Frames: the envelope around messages on local sockets (sensor and service, parent and children)
 *
 *     length  u32, big endian: how many bytes follow it
 *     kind    u8
 *     body    length - 1 bytes
 *
 * Pure: no I/O, no clock, no threads. A reader allocates once, when it is made, so no peer can
 * make it grow. It belongs to one connection.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/result.h"

#define FRAME_BODY_MAX ((size_t)16 * 1024 * 1024)

enum {
    FRAME_PARTIAL = 1, /* not all here yet: push more bytes */
    FRAME_INVALID,     /* the peer broke the protocol: close the connection */
};

struct frame {
    uint8_t kind;
    struct bytes body; /* borrowed from the reader until the next call on it */
};

struct frame_reader;

/* Makes a reader of frames whose body is at most max_body (<= FRAME_BODY_MAX) bytes long. */
RESULT frame_reader_new(struct frame_reader **ret_reader, size_t max_body);

/* Wipes and frees the reader. NULL is fine. Always returns NULL. */
struct frame_reader *frame_reader_free(struct frame_reader *reader);
DEFINE_CLEANUP(struct frame_reader *, frame_reader_free)

/* Copies in what there is room for and returns how many bytes that was. */
size_t frame_reader_push(struct frame_reader *reader, struct bytes input);

/* Takes the next frame. Outcomes: FRAME_PARTIAL, FRAME_INVALID (which stays). */
RESULT frame_reader_next(struct frame_reader *reader, struct frame *ret_frame);

/* Appends a frame. body.len <= FRAME_BODY_MAX. */
void frame_append(struct buffer *buffer, uint8_t kind, struct bytes body);
