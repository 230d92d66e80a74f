/*
 * Properties of streams: lines full of generated identifiers come out the same however their bytes
 * are cut, nothing of an identifier with them, and as one text does where they are short enough.
 * WARD_PROPERTIES says how many times twenty lines (CI has few).
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "redact/library/wardredact.h"
#include "redact/test-disguise.h"
#include "tap.h"

#define LINES_MAX ((size_t)1 << 18)

static unsigned rounds = 2;
static struct wardredact *redactors[2];
static _Alignas(16) unsigned char scanner_room[65536];
static _Alignas(16) unsigned char stream_room[16384];

struct sink {
    size_t len;
    char at[2 * LINES_MAX];
};

static char lines[LINES_MAX];
static size_t lines_len;
static struct sink whole;
static struct sink cut;

static int sink_take(void *context, const char *clean, size_t len)
{
    struct sink *sink = context;

    CHECK(sink->len + len <= sizeof(sink->at));
    memcpy(sink->at + sink->len, clean, len);
    sink->len += len;
    return 0;
}

/* Twenty lines, some of them longer than one text may be. */
static void lines_make(struct generator *generator)
{
    lines_len = 0;
    for (unsigned n = 0; n < 20; n++) {
        size_t most = lines_len + (generator_below(generator, 4) ? 200 : 9000);

        while (lines_len < most) {
            struct sample plain;
            struct sample other;
            struct sample text;
            struct disguise disguise = {.letters =
                                            (enum letters)generator_below(generator, LETTERS)};

            sample_make(&plain, generator,
                        maker_at(generator_below(generator, (unsigned)makers_count())), false);
            sample_disguise(&other, &plain, generator, &disguise);
            sample_surround(&text, &other, generator, AMID_WORDS);
            memcpy(lines + lines_len, text.at, text.len);
            lines_len += text.len;
        }
        lines[lines_len++] = '\n';
    }
}

static struct wardredact_stream *stream_of(struct wardredact *redactor, struct sink *sink)
{
    struct wardredact_scanner *scanner;
    struct wardredact_stream *stream;

    sink->len = 0;
    CHECK(wardredact_scanner_place(&scanner, redactor, scanner_room, sizeof(scanner_room)) == 0);
    CHECK(wardredact_stream_place(&stream, scanner, stream_room, sizeof(stream_room), sink_take,
                                  sink) == 0);
    return stream;
}

static void lines_in_any_cuts_are_answered_alike(void)
{
    for (unsigned n = 0; n < rounds; n++)
        for (size_t profile = 0; profile < 2; profile++) {
            struct generator generator = generator_of(n * 2 + profile);

            lines_make(&generator);
            struct wardredact_stream *stream = stream_of(redactors[profile], &whole);
            CHECK(wardredact_stream_feed(stream, lines, lines_len) == 0);
            CHECK(wardredact_stream_end(stream) == 0);
            for (unsigned way = 0; way < 3; way++) {
                stream = stream_of(redactors[profile], &cut);
                for (size_t at = 0; at < lines_len;) {
                    size_t len = 1 + generator_below(&generator, way == 0   ? 3
                                                                 : way == 1 ? 90
                                                                            : 5000);

                    len = len < lines_len - at ? len : lines_len - at;
                    CHECK(wardredact_stream_feed(stream, lines + at, len) == 0);
                    at += len;
                }
                CHECK(wardredact_stream_end(stream) == 0);
                CHECK(cut.len == whole.len && memcmp(cut.at, whole.at, cut.len) == 0);
            }
        }
}

static void a_line_is_answered_as_one_text_is(void)
{
    static char out[WARDREDACT_TEXT_MAX];
    struct wardredact_scanner *scanner;
    size_t compared = 0;

    for (size_t profile = 0; profile < 2; profile++) {
        struct generator generator = generator_of(100 + profile);
        size_t out_len = 0;
        size_t count = 0;
        size_t answer = 0;

        lines_make(&generator);
        struct wardredact_stream *stream = stream_of(redactors[profile], &whole);
        CHECK(wardredact_stream_feed(stream, lines, lines_len) == 0);
        CHECK(wardredact_stream_end(stream) == 0);
        CHECK(wardredact_scanner_place(&scanner, redactors[profile], scanner_room,
                                       sizeof(scanner_room)) == 0);
        for (size_t at = 0; at < lines_len;) {
            size_t len = (size_t)((char *)memchr(lines + at, '\n', lines_len - at) - lines) - at;
            size_t got =
                (size_t)((char *)memchr(whole.at + answer, '\n', whole.len - answer) - whole.at) -
                answer;

            if (len <= WARDREDACT_TEXT_MAX &&
                wardredact_text(scanner, lines + at, len, out, sizeof(out), &out_len, NULL, 0,
                                &count) == 0) {
                CHECK(got == out_len && memcmp(whole.at + answer, out, got) == 0);
                compared++;
            }
            at += len + 1;
            answer += got + 1;
        }
    }
    CHECK(compared > 10);
}

int main(void)
{
    const char *more = getenv("WARD_PROPERTIES");

    rounds = more ? (unsigned)strtoul(more, NULL, 10) : rounds;
    for (int profile = 0; profile < 2; profile++)
        CHECK(wardredact_new(&redactors[profile],
                             &(struct wardredact_options){.size = sizeof(struct wardredact_options),
                                                          .profile = profile},
                             NULL) == 0);
    RUN(lines_in_any_cuts_are_answered_alike);
    RUN(a_line_is_answered_as_one_text_is);
    wardredact_free(redactors[0]);
    wardredact_free(redactors[1]);
    return tap_done();
}
