/*
 * How fast titles are redacted, beside `grep -oP` with patterns of the same kinds (structure only:
 * it knows no names). Prints one JSON object.
 */

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "corpus.h"
#include "redact/redact.h"

#define CORPUS_BYTES ((size_t)16 << 20)
#define RUNS 3

static double now(void)
{
    struct timespec at;

    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

/* Seconds for the whole corpus, line by line, or -1. */
static double redact_all(const struct redactor *redactor, struct bytes corpus)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    char line[REDACT_TEXT_MAX];
    double start = now();

    if (arena_new(&arena, 65536))
        return -1;
    while (corpus.len) {
        const uint8_t *end = memchr(corpus.at, '\n', corpus.len);
        size_t len = end ? (size_t)(end - corpus.at) : corpus.len;
        struct redaction redaction;

        memcpy(line, corpus.at, len);
        if (redact(redactor, (struct raw_text){.at = line, .len = len}, arena, &redaction))
            return -1;
        arena_reset(arena);
        corpus.at += len + 1;
        corpus.len -= len + 1;
    }
    return now() - start;
}

static double megabytes_per_second(enum redact_profile profile, struct bytes corpus)
{
    CLEANUP(redactor_free) struct redactor *redactor = NULL;
    double best = 0;

    if (redactor_new(&redactor, &(struct redactor_options){.profile = profile}, NULL))
        return 0;
    for (int i = 0; i < RUNS; i++) {
        double seconds = redact_all(redactor, corpus);
        double rate = seconds > 0 ? (double)corpus.len / 1e6 / seconds : 0;

        best = rate > best ? rate : best;
    }
    return best;
}

/* Seconds that grep takes for the file, or -1 when there is none, or none with -P. Its output goes
 * into a file: seeing /dev/null there, grep would stop at the first match. */
static double grep_all(const char *path, const char *sink)
{
    static char pattern[] =
        "\\b\\d{3}-\\d{2}-\\d{4}\\b|[\\w.+-]+@[\\w-]+\\.[\\w.]+|\\b\\d{1,2}/\\d{1,2}/\\d{2,4}\\b"
        "|\\b\\d{3}[-.]\\d{3}[-.]\\d{4}\\b|\\b\\d{1,3}(?:\\.\\d{1,3}){3}\\b|\\b\\d{7,}\\b"
        "|\\bMRN:? ?\\w+|\\b\\d{5}(?:-\\d{4})?\\b|https?://\\S+|\\b(?:\\d{4}[- ]){3}\\d{4}\\b";
    char grep[] = "grep";
    char flags[] = "-oP";
    char *file = (char *)(uintptr_t)path;
    char *const arguments[] = {grep, flags, pattern, file, NULL};
    posix_spawn_file_actions_t actions;
    pid_t child;
    int status = -1;
    double start = now();

    if (posix_spawn_file_actions_init(&actions))
        return -1;
    int r = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, sink, O_WRONLY | O_TRUNC, 0);
    if (r == 0)
        r = posix_spawnp(&child, grep, &actions, NULL, arguments, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    if (r || waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) > 1)
        return -1;
    return now() - start;
}

static double grep_rate(struct bytes corpus)
{
    char path[] = "/tmp/bench-redact-XXXXXX";
    char sink[] = "/tmp/bench-redact-XXXXXX";
    int file = mkstemp(path);
    int out = mkstemp(sink);
    double best = 0;

    bool whole = file >= 0 && out >= 0 && write(file, corpus.at, corpus.len) == (ssize_t)corpus.len;
    if (file >= 0)
        (void)close(file);
    if (out >= 0)
        (void)close(out);
    for (int i = 0; whole && i < RUNS; i++) {
        double seconds = grep_all(path, sink);
        double rate = seconds > 0 ? (double)corpus.len / 1e6 / seconds : 0;

        best = rate > best ? rate : best;
    }
    (void)unlink(path);
    (void)unlink(sink);
    return best;
}

int main(void)
{
    CLEANUP(buffer_deinit) struct buffer corpus = buffer_init(CORPUS_BYTES + REDACT_TEXT_MAX);

    corpus_fill(&corpus, CORPUS_BYTES);
    if (buffer_check(&corpus))
        return EXIT_FAILURE;
    double balanced = megabytes_per_second(REDACT_BALANCED, buffer_bytes(&corpus));
    double strict = megabytes_per_second(REDACT_STRICT, buffer_bytes(&corpus));
    double peer = grep_rate(buffer_bytes(&corpus));
    if (balanced <= 0 || strict <= 0)
        return EXIT_FAILURE;
    printf("{\"name\":\"redact_mb_per_s\",\"value\":%.1f,\"unit\":\"MB/s\",\"peers\":[", balanced);
    printf("{\"name\":\"own strict profile\",\"value\":%.1f}", strict);
    if (peer > 0)
        printf(",{\"name\":\"grep -oP, ten patterns, no names\",\"value\":%.1f}", peer);
    printf("],\"command\":\"bench_redact\"}\n");
    return EXIT_SUCCESS;
}
