#include "wire/frame.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/wipe.h"

enum { LENGTH_SIZE = 4, KIND_SIZE = 1 };

/*
 * Invariants:
 *
 * (1) start <= end <= room; held[start, end) has arrived and has not been taken.
 * (2) room fits the largest legal frame: a full reader always has a frame, or a broken peer.
 */
struct frame_reader {
    size_t start;
    size_t end;
    size_t room;
    uint8_t held[];
};

static void reader_check(const struct frame_reader *reader)
{
    assert(reader->start <= reader->end);
    assert(reader->end <= reader->room);
    assert(reader->room >= LENGTH_SIZE + KIND_SIZE);
}

static size_t big_endian_u32(const uint8_t *at)
{
    return (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | (size_t)at[3];
}

RESULT frame_reader_new(struct frame_reader **ret_reader, size_t max_body)
{
    assert(max_body <= FRAME_BODY_MAX);

    size_t room = LENGTH_SIZE + KIND_SIZE + max_body;
    struct frame_reader *reader = calloc(1, sizeof(*reader) + room);
    if (!reader)
        return FAULT(ERR_MEMORY);

    reader->room = room;
    *ret_reader = reader;
    return 0;
}

struct frame_reader *frame_reader_free(struct frame_reader *reader)
{
    if (reader)
        wipe(reader->held, reader->room);
    free(reader);
    return NULL;
}

/* Moves what waits to the front and wipes where frames that were taken still stood. */
static void reader_compact(struct frame_reader *reader)
{
    size_t waiting = reader->end - reader->start;

    if (reader->start == 0)
        return;
    memmove(reader->held, reader->held + reader->start, waiting);
    wipe(reader->held + waiting, reader->end - waiting);
    reader->start = 0;
    reader->end = waiting;
}

size_t frame_reader_push(struct frame_reader *reader, struct bytes input)
{
    reader_check(reader);
    reader_compact(reader);

    size_t free_room = reader->room - reader->end;
    size_t taken = input.len < free_room ? input.len : free_room;
    if (taken > 0) /* an empty view may be NULL, which memcpy() forbids */
        memcpy(reader->held + reader->end, input.at, taken);
    reader->end += taken;
    return taken;
}

RESULT frame_reader_next(struct frame_reader *reader, struct frame *ret_frame)
{
    reader_check(reader);

    const uint8_t *at = reader->held + reader->start;
    size_t waiting = reader->end - reader->start;
    if (waiting < LENGTH_SIZE)
        return FRAME_PARTIAL;

    /* Judge the length before waiting for it: a liar is told apart after four bytes. */
    size_t length = big_endian_u32(at);
    if (length < KIND_SIZE || length > reader->room - LENGTH_SIZE)
        return FRAME_INVALID;
    if (length > waiting - LENGTH_SIZE)
        return FRAME_PARTIAL;

    *ret_frame = (struct frame){
        .kind = at[LENGTH_SIZE],
        .body = {.at = at + LENGTH_SIZE + KIND_SIZE, .len = length - KIND_SIZE},
    };
    reader->start += LENGTH_SIZE + length;
    return 0;
}

void frame_append(struct buffer *buffer, uint8_t kind, struct bytes body)
{
    assert(body.len <= FRAME_BODY_MAX);

    size_t length = KIND_SIZE + body.len;
    const uint8_t head[LENGTH_SIZE + KIND_SIZE] = {
        (uint8_t)(length >> 24),
        (uint8_t)(length >> 16),
        (uint8_t)(length >> 8),
        (uint8_t)length,
        kind,
    };
    buffer_append(buffer, head, sizeof(head));
    buffer_append(buffer, body.at, body.len);
}
