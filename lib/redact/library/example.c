/*
 * Redacts standard input to standard output with libwardredact:
 *
 *     cc example.c $(pkg-config --cflags --libs wardredact) -o redact-lines
 */

#include <stdio.h>
#include <stdlib.h>
#include <wardredact.h>

static int put(void *context, const char *clean, size_t len)
{
    return fwrite(clean, 1, len, (FILE *)context) != len;
}

static int run(struct wardredact_stream *stream)
{
    char block[4096];
    size_t len;

    while ((len = fread(block, 1, sizeof(block), stdin)) > 0) {
        int r = wardredact_stream_feed(stream, block, len);

        if (r)
            return r;
    }
    return wardredact_stream_end(stream);
}

int main(void)
{
    struct wardredact_options options = {.size = sizeof(options), .profile = WARDREDACT_BALANCED};
    struct wardredact *redactor = NULL;
    struct wardredact_scanner *scanner = NULL;
    struct wardredact_stream *stream = NULL;
    void *room = malloc(wardredact_stream_size());
    int r = room ? wardredact_new(&redactor, &options, NULL) : WARDREDACT_MEMORY;

    if (r == 0)
        r = wardredact_scanner_new(&scanner, redactor);
    if (r == 0)
        r = wardredact_stream_place(&stream, scanner, room, wardredact_stream_size(), put, stdout);
    if (r == 0)
        r = run(stream);
    if (r == 0 && fflush(stdout))
        r = WARDREDACT_STOPPED;
    for (unsigned kind = 0; r == 0 && kind < wardredact_kinds_count(); kind++)
        if (wardredact_stream_count(stream, kind))
            (void)fprintf(stderr, "%s: %llu\n", wardredact_kind_word(kind),
                          (unsigned long long)wardredact_stream_count(stream, kind));
    if (r)
        (void)fprintf(stderr, "redact-lines: %s\n", wardredact_error_word(r));
    wardredact_scanner_free(scanner);
    wardredact_free(redactor);
    free(room);
    return r != 0;
}
