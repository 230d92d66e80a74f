/*
 * Streams: how the bytes are cut does not show, and a line that is one text is answered as that
 * text. The first eight bytes say where the cuts are.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "redact/library/wardredact.h"

#define HOLDS(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            abort();                                                                               \
    } while (0)

#define TEXT_MAX ((size_t)32768)
#define CUTS ((size_t)8)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct output {
    char at[TEXT_MAX * 16];
    size_t len;
};

static struct wardredact *redactors[2];
static _Alignas(16) uint8_t scanner_room[65536];
static _Alignas(16) uint8_t stream_room[16384];
static struct output whole;
static struct output cut;

static int gather(void *context, const char *clean, size_t len)
{
    struct output *output = context;

    HOLDS(len > 0 && output->len + len <= sizeof(output->at));
    memcpy(output->at + output->len, clean, len);
    output->len += len;
    return 0;
}

static struct wardredact_scanner *scanner_of(const struct wardredact *redactor)
{
    struct wardredact_scanner *scanner = NULL;

    HOLDS(wardredact_scanner_place(&scanner, redactor, scanner_room, sizeof(scanner_room)) == 0);
    return scanner;
}

static struct wardredact_stream *begin(const struct wardredact *redactor, struct output *output)
{
    struct wardredact_stream *stream = NULL;

    output->len = 0;
    HOLDS(wardredact_stream_place(&stream, scanner_of(redactor), stream_room, sizeof(stream_room),
                                  gather, output) == 0);
    return stream;
}

/* The line at *at of whole is the answer to in. */
static void check_line(const struct wardredact *redactor, const char *in, size_t len, size_t *at)
{
    static char out[WARDREDACT_TEXT_MAX];
    const char *answer = whole.at + *at;
    const char *end = memchr(answer, '\n', whole.len - *at);
    size_t out_len;
    size_t found;

    HOLDS(end);
    size_t answered = (size_t)(end - answer);
    *at += answered + 1;
    if (len && in[len - 1] == '\r') {
        HOLDS(answered && answer[answered - 1] == '\r');
        answered--;
        len--;
    }
    int r =
        wardredact_text(scanner_of(redactor), in, len, out, sizeof(out), &out_len, NULL, 0, &found);
    if (r == WARDREDACT_OK)
        HOLDS(answered == out_len && memcmp(answer, out, out_len) == 0);
    else if (r == WARDREDACT_INVALID)
        HOLDS(answered == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!redactors[0]) {
        struct wardredact_options options = {.size = sizeof(options)};

        for (options.profile = 0; options.profile < 2; options.profile++)
            HOLDS(wardredact_new(&redactors[options.profile], &options, NULL) == 0);
    }
    if (size < CUTS || size > TEXT_MAX)
        return 0;
    const struct wardredact *redactor = redactors[data[0] & 1];
    const char *in = (const char *)data + CUTS;
    size_t len = size - CUTS;
    struct wardredact_stream *stream = begin(redactor, &whole);
    HOLDS(wardredact_stream_feed(stream, in, len) == 0 && wardredact_stream_end(stream) == 0);
    stream = begin(redactor, &cut);
    for (size_t at = 0, i = 0; at < len; i++) {
        size_t step = (size_t)data[i % CUTS] * (i % 3 == 2 ? 33 : 1) + 1;

        step = step < len - at ? step : len - at;
        HOLDS(wardredact_stream_feed(stream, in + at, step) == 0);
        at += step;
    }
    HOLDS(wardredact_stream_end(stream) == 0);
    HOLDS(cut.len == whole.len && memcmp(cut.at, whole.at, cut.len) == 0);
    for (size_t at = 0, answer = 0; at < len;) {
        const char *end = memchr(in + at, '\n', len - at);
        size_t line = end ? (size_t)(end - in) - at : len - at;

        check_line(redactor, in + at, line, &answer);
        at += line + (end != NULL);
    }
    return 0;
}
