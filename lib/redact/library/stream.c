/*
 * Streams: lines of any length in a room of fixed size
 *
 * A line waits until it is whole or can be no short one; from then on it is redacted in pieces,
 * each as soon as so much stands behind it that more would not change it. So the answer depends on
 * the bytes alone, and is the one that ward-redact gives to the whole.
 */

#include "redact/library/wardredact-private.h"

/* A line of REDACT_TEXT_MAX with the "\r" that may stand before its end, and one byte more: then it
 * is a long one. */
#define LINE_ROOM (REDACT_TEXT_MAX + 2)
/* The last byte may be a "\r" that is none of the text. */
#define PIECE_ROOM (PIECE_WINDOW + 2)

enum stream_state {
    STREAM_LINE = 1, /* a line that may be a short one */
    STREAM_LONG,     /* in pieces; the rest of it is there */
    STREAM_LOST,     /* what is left of this line cannot be redacted */
    STREAM_STOPPED,
};

struct wardredact_stream {
    struct wardredact_scanner *scanner;
    wardredact_sink *sink;
    void *context;
    enum stream_state state;
    struct redact_pieces pieces;
    uint64_t counts[REDACT_KINDS];
    uint64_t refused;
    bool carriage; /* of a lost line: its last byte so far is "\r" */
    size_t len;
    char line[LINE_ROOM];
    char out[REDACT_TEXT_MAX + 2];
};

_Static_assert(sizeof(struct wardredact_stream) <= 16384, "the header promises it");

size_t wardredact_stream_size(void)
{
    return sizeof(struct wardredact_stream);
}

int wardredact_stream_place(struct wardredact_stream **ret_stream,
                            struct wardredact_scanner *scanner, void *memory, size_t size,
                            wardredact_sink *sink, void *context)
{
    struct wardredact_stream *stream = memory;

    if (!ret_stream || !scanner || !sink || !is_aligned(memory))
        return WARDREDACT_USAGE;
    if (size < sizeof(*stream))
        return WARDREDACT_ROOM;
    memset(stream, 0, sizeof(*stream));
    stream->scanner = scanner;
    stream->sink = sink;
    stream->context = context;
    stream->state = STREAM_LINE;
    *ret_stream = stream;
    return WARDREDACT_OK;
}

/* The state turns to STREAM_STOPPED when the sink refuses. */
static void put(struct wardredact_stream *stream, const char *at, size_t len)
{
    if (len && stream->state != STREAM_STOPPED && stream->sink(stream->context, at, len))
        stream->state = STREAM_STOPPED;
}

static void forget(struct wardredact_stream *stream, size_t len)
{
    stream->len -= len;
    memmove(stream->line, stream->line + len, stream->len);
    wipe(stream->line + stream->len, len);
}

/* Hands on what hits leave of raw; false when that is too long. */
static bool put_clean(struct wardredact_stream *stream, struct raw_text raw)
{
    const struct hits *hits = &stream->scanner->hits;
    size_t len = clean_len(raw, hits);

    if (len > REDACT_TEXT_MAX)
        return false;
    for (size_t i = 0; i < hits->count; i++)
        stream->counts[hits->at[i].kind]++;
    if (len)
        clean_write(raw, hits, stream->out);
    put(stream, stream->out, len);
    return true;
}

static void view_begin(struct wardredact_stream *stream)
{
    struct wardredact_scanner *scanner = stream->scanner;
    const struct redactor *redactor = scanner->owner->redactor;

    view_init(&scanner->view, redactor, redactor->profile, &scanner->hits);
}

static void lose(struct wardredact_stream *stream)
{
    stream->refused++;
    stream->state = STREAM_LOST;
}

/* Pieces of what is there: as long as a whole window and more stands there, or to the end of the
 * first `end` bytes when that is where the line ends. */
static void put_pieces(struct wardredact_stream *stream, size_t end, bool ended)
{
    size_t used = 0;

    while (stream->state == STREAM_LONG && (ended ? used < end : end - used >= PIECE_ROOM)) {
        struct raw_text rest = raw_of(stream->line + used, end - used);
        size_t piece;

        view_begin(stream);
        if (piece_find(&stream->scanner->view, &stream->pieces, rest, &piece) ||
            !put_clean(stream, (struct raw_text){.at = rest.at, .len = piece}))
            lose(stream);
        else
            used += piece;
    }
    forget(stream, ended || stream->state != STREAM_LONG ? end : used);
}

static void pieces_begin(struct wardredact_stream *stream)
{
    stream->pieces = (struct redact_pieces){.carried = 0};
    stream->state = STREAM_LONG;
}

/* A line that is whole, or pieces of it when it is crowded: `end` bytes of it are text. */
static void put_short(struct wardredact_stream *stream, size_t end)
{
    struct raw_text raw = raw_of(stream->line, end);

    view_begin(stream);
    int r = hits_find(&stream->scanner->view, raw);
    if (r == REDACT_INVALID)
        lose(stream);
    else if (r || !put_clean(stream, raw))
        pieces_begin(stream);
}

/* The line in stream->line is whole. */
static void end_line(struct wardredact_stream *stream)
{
    bool carriage = stream->len ? stream->line[stream->len - 1] == '\r' : stream->carriage;
    size_t end = stream->len - (stream->len && carriage);

    if (stream->state == STREAM_LINE && end > REDACT_TEXT_MAX)
        pieces_begin(stream);
    if (stream->state == STREAM_LINE)
        put_short(stream, end);
    if (stream->state == STREAM_LONG)
        put_pieces(stream, end, true);
    put(stream, carriage ? "\r\n" : "\n", carriage ? 2 : 1);
    forget(stream, stream->len);
    stream->carriage = false;
    if (stream->state != STREAM_STOPPED)
        stream->state = STREAM_LINE;
}

/* Takes some of the bytes, none of which ends a line; returns how many. */
static size_t take(struct wardredact_stream *stream, const char *in, size_t len)
{
    size_t room = LINE_ROOM - stream->len;

    if (stream->state == STREAM_LOST) {
        stream->carriage = in[len - 1] == '\r';
        return len;
    }
    len = len < room ? len : room;
    memcpy(stream->line + stream->len, in, len);
    stream->len += len;
    if (stream->len == LINE_ROOM) {
        if (stream->state == STREAM_LINE)
            pieces_begin(stream);
        stream->carriage = stream->line[stream->len - 1] == '\r';
        put_pieces(stream, stream->len, false);
    }
    return len;
}

int wardredact_stream_feed(struct wardredact_stream *stream, const char *in, size_t len)
{
    if (!stream || (!in && len))
        return WARDREDACT_USAGE;
    while (len && stream->state != STREAM_STOPPED) {
        const char *end = memchr(in, '\n', len);
        size_t left = end ? (size_t)(end - in) : len;

        while (left && stream->state != STREAM_STOPPED) {
            size_t taken = take(stream, in, left);

            in += taken;
            left -= taken;
            len -= taken;
        }
        if (end && stream->state != STREAM_STOPPED) {
            end_line(stream);
            in++;
            len--;
        }
    }
    return stream->state == STREAM_STOPPED ? WARDREDACT_STOPPED : WARDREDACT_OK;
}

static bool line_begun(const struct wardredact_stream *stream)
{
    return stream->len || stream->state == STREAM_LONG || stream->state == STREAM_LOST;
}

int wardredact_stream_end(struct wardredact_stream *stream)
{
    if (!stream)
        return WARDREDACT_USAGE;
    if (stream->state != STREAM_STOPPED && line_begun(stream))
        end_line(stream);
    wipe(stream->line, sizeof(stream->line));
    wipe(stream->out, sizeof(stream->out));
    stream->len = 0;
    return stream->state == STREAM_STOPPED ? WARDREDACT_STOPPED : WARDREDACT_OK;
}

uint64_t wardredact_stream_count(const struct wardredact_stream *stream, unsigned kind)
{
    return stream && kind < REDACT_KINDS ? stream->counts[kind] : 0;
}

uint64_t wardredact_stream_refused(const struct wardredact_stream *stream)
{
    return stream ? stream->refused : 0;
}
