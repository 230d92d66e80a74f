/*
 * ward-redact: the redactor as a filter
 *
 * A line in, a clean line out, in step: what cannot be redacted (too long, not UTF-8, too crowded)
 * gives an empty line, never the line itself and never nothing.
 */

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "redact/redact.h"

#define PATTERNS_MAX ((size_t)1 << 20)
#define ARENA_MAX ((size_t)64 << 10)
#define OUTPUT_MAX ((size_t)1 << 20)
#define OUTPUT_FLUSH ((size_t)256 << 10)

enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

struct options {
    bool json;
    enum redact_profile profile;
    const char *patterns;
    const char *words;
};

struct filter {
    const struct redactor *redactor;
    struct arena *arena;
    struct buffer out;
    bool json;
};

static int usage(void)
{
    (void)fprintf(stderr, "usage: ward-redact [--json] [--profile strict|balanced] "
                          "[--patterns FILE] [--words FILE]\n");
    return EXIT_USAGE;
}

static bool profile_parse(const char *word, enum redact_profile *ret_profile)
{
    if (strcmp(word, "strict") == 0)
        *ret_profile = REDACT_STRICT;
    else if (strcmp(word, "balanced") == 0)
        *ret_profile = REDACT_BALANCED;
    else
        return false;
    return true;
}

static bool options_parse(struct options *options, int argc, char **argv)
{
    static const struct option table[] = {
        {"json", no_argument, NULL, 'j'},
        {"profile", required_argument, NULL, 'p'},
        {"patterns", required_argument, NULL, 'f'},
        {"words", required_argument, NULL, 'w'},
        {0},
    };
    int c;

    while ((c = getopt_long(argc, argv, "", table, NULL)) != -1) {
        if (c == 'j')
            options->json = true;
        else if (c == 'f')
            options->patterns = optarg;
        else if (c == 'w')
            options->words = optarg;
        else if (c != 'p' || !profile_parse(optarg, &options->profile))
            return false;
    }
    return optind == argc;
}

/* The whole file, or false with a line on stderr. */
static bool file_read(const char *path, struct buffer *buffer)
{
    char block[4096];
    size_t len;
    FILE *file = fopen(path, "rb");

    if (!file) {
        (void)fprintf(stderr, "ward-redact: %s: %s\n", path, strerror(errno));
        return false;
    }
    while ((len = fread(block, 1, sizeof(block), file)) > 0)
        buffer_append(buffer, block, len);
    bool whole = !ferror(file) && buffer_check(buffer) == 0;
    (void)fclose(file);
    if (!whole)
        (void)fprintf(stderr, "ward-redact: %s: cannot be read, or is over 1 MiB\n", path);
    return whole;
}

static void put_json_string(struct buffer *out, struct text text)
{
    buffer_append_string(out, "\"");
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];

        if (c == '"' || c == '\\')
            buffer_append_string(out, "\\");
        if ((unsigned char)c < 0x20)
            buffer_print(out, "\\u%04x", (unsigned)c);
        else
            buffer_append(out, &c, 1);
    }
    buffer_append_string(out, "\"");
}

static void put_json(struct buffer *out, struct text clean, const struct redact_found *found,
                     size_t count)
{
    buffer_append_string(out, "{\"clean\":");
    put_json_string(out, clean);
    buffer_append_string(out, ",\"found\":[");
    for (size_t i = 0; i < count; i++)
        buffer_print(out, "%s{\"kind\":\"%s\",\"start\":%u,\"end\":%u,\"score\":%.2f}",
                     i ? "," : "", redact_kind_word(found[i].kind), found[i].start, found[i].end,
                     (double)found[i].score);
    buffer_append_string(out, "]}");
}

/* What cannot be redacted is removed whole. */
static void put_refused(struct filter *filter, size_t len)
{
    struct redact_found all = {.kind = REDACT_UNKNOWN, .end = (uint32_t)len, .score = 1};

    if (filter->json)
        put_json(&filter->out, text_of(""), &all, len > 0);
    buffer_append_string(&filter->out, "\n");
}

static RESULT filter_line(struct filter *filter, struct raw_text raw)
{
    struct redaction redaction;
    int r = redact(filter->redactor, raw, filter->arena, &redaction);

    if (r < 0)
        return r;
    if (r > 0) {
        put_refused(filter, raw.len);
        return 0;
    }
    struct text clean = clean_text_view(redaction.clean);
    if (filter->json)
        put_json(&filter->out, clean, redaction.found, redaction.found_count);
    else
        buffer_append(&filter->out, clean.at, clean.len);
    buffer_append_string(&filter->out, "\n");
    arena_reset(filter->arena);
    return 0;
}

static RESULT filter_flush(struct filter *filter)
{
    int r = buffer_check(&filter->out);

    if (r)
        return r;
    struct bytes bytes = buffer_bytes(&filter->out);
    if (bytes.len && fwrite(bytes.at, 1, bytes.len, stdout) != bytes.len)
        return FAULT(ERR_SYSTEM);
    buffer_clear(&filter->out);
    return 0;
}

static RESULT filter_run(struct filter *filter)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t len;
    int r = 0;

    while (r == 0 && (len = getline(&line, &room, stdin)) >= 0) {
        size_t whole = (size_t)len;

        if (whole && line[whole - 1] == '\n')
            whole--;
        r = filter_line(filter, (struct raw_text){.at = line, .len = whole});
        if (r == 0 && filter->out.len > OUTPUT_FLUSH)
            r = filter_flush(filter);
    }
    if (line)
        wipe(line, room);
    free(line);
    if (r == 0)
        r = filter_flush(filter);
    if (r == 0 && (ferror(stdin) || fflush(stdout)))
        r = FAULT(ERR_SYSTEM);
    return r;
}

static RESULT redactor_open(const struct options *options, struct redactor **ret_redactor)
{
    CLEANUP(buffer_deinit) struct buffer patterns = buffer_init(PATTERNS_MAX);
    CLEANUP(buffer_deinit) struct buffer words = buffer_init(PATTERNS_MAX);
    struct redactor_error error = {0};

    if (options->patterns && !file_read(options->patterns, &patterns))
        return FAULT(ERR_SYSTEM);
    if (options->words && !file_read(options->words, &words))
        return FAULT(ERR_SYSTEM);
    struct redactor_options made_of = {
        .profile = options->profile,
        .patterns = text_of_bytes(buffer_bytes(&patterns)),
        .words = text_of_bytes(buffer_bytes(&words)),
    };
    int r = redactor_new(ret_redactor, &made_of, &error);
    if (r == REDACT_INVALID)
        (void)fprintf(stderr, "ward-redact: %s:%zu:%zu: %s: expected %s (ward-redact(1))\n",
                      strcmp(error.field, "word") == 0 ? options->words : options->patterns,
                      error.line, error.column, error.field, error.expected);
    return r;
}

/* The build that takes nothing out is not run by accident. */
static bool may_run(void)
{
    const char *test = getenv("WARD_TEST_BUILD");

    if (!redact_is_off() || (test && strcmp(test, "1") == 0))
        return true;
    (void)fprintf(stderr, "ward-redact: this is a test build that redacts nothing; it runs only "
                          "with WARD_TEST_BUILD=1\n");
    return false;
}

int main(int argc, char **argv)
{
    struct options options = {.profile = REDACT_STRICT};
    CLEANUP(redactor_free) struct redactor *redactor = NULL;
    CLEANUP(arena_free) struct arena *arena = NULL;

    if (!options_parse(&options, argc, argv))
        return usage();
    if (!may_run())
        return EXIT_FAILED;
    int r = redactor_open(&options, &redactor);
    if (r > 0)
        return EXIT_USAGE;
    if (r == 0)
        r = arena_new(&arena, ARENA_MAX);
    if (r)
        return EXIT_FAILED;
    struct filter filter = {
        .redactor = redactor, .arena = arena, .out = buffer_init(OUTPUT_MAX), .json = options.json};
    r = filter_run(&filter);
    buffer_deinit(&filter.out);
    if (r)
        (void)fprintf(stderr, "ward-redact: %s\n", fault_name(r));
    return r ? EXIT_FAILED : EXIT_OK;
}
