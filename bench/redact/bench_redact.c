/*
 * How fast texts are redacted, by processor time of this thread (the machine may have other work),
 * clean copies written, beside `grep -oP` with patterns of the same kinds (structure only: it knows
 * no names) and the copy alone. Prints JSON objects, one a figure.
 *
 * usage: bench_redact [MEGABYTES]   from the top of the tree
 */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "corpus.h"
#include "peers.h"
#include "redact/redact.h"

#define RUNS 3
#define WORDS "lib/redact/lexicon/words.txt"
#define LONG_LINE ((size_t)1 << 20)
#define TITLE_ROUNDS 20000

struct bench {
    struct arena *arena;
    uint8_t *copy; /* where clean texts go */
    size_t copied;
};

static double now(void)
{
    struct timespec at;

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static void keep(struct bench *bench, struct text clean)
{
    memcpy(bench->copy + bench->copied, clean.at, clean.len);
    bench->copied = (bench->copied + clean.len) & (((size_t)1 << 22) - 1);
}

/* Seconds for all lines, or -1. */
static double lines_all(struct bench *bench, const struct redactor *redactor, struct bytes corpus)
{
    double start = now();

    while (corpus.len) {
        const uint8_t *end = memchr(corpus.at, '\n', corpus.len);
        size_t len = end ? (size_t)(end - corpus.at) : corpus.len;
        struct redaction redaction;

        if (redact(redactor, (struct raw_text){.at = (char *)(uintptr_t)corpus.at, .len = len},
                   bench->arena, &redaction))
            return -1;
        keep(bench, clean_text_view(redaction.clean));
        arena_reset(bench->arena);
        corpus.at += len + 1;
        corpus.len -= len + 1;
    }
    return now() - start;
}

/* Seconds for a line of any length, or -1. */
static double pieces_all(struct bench *bench, const struct redactor *redactor, struct bytes line)
{
    struct redact_pieces pieces = {.carried = 0};
    double start = now();

    while (line.len) {
        struct redaction redaction;
        size_t used;

        if (redact_piece(redactor, &pieces,
                         (struct raw_text){.at = (char *)(uintptr_t)line.at, .len = line.len},
                         bench->arena, &redaction, &used))
            return -1;
        keep(bench, clean_text_view(redaction.clean));
        arena_reset(bench->arena);
        line.at += used;
        line.len -= used;
    }
    return now() - start;
}

typedef double all_function(struct bench *bench, const struct redactor *redactor,
                            struct bytes corpus);

static double rate(struct bench *bench, struct redactor_options options, struct bytes corpus,
                   all_function *all)
{
    CLEANUP(redactor_free) struct redactor *redactor = NULL;
    double best = 0;

    if (redactor_new(&redactor, &options, NULL))
        return 0;
    for (int i = 0; i < RUNS; i++) {
        double seconds = all(bench, redactor, corpus);
        double found = seconds > 0 ? (double)corpus.len / 1e6 / seconds : 0;

        best = found > best ? found : best;
    }
    return best;
}

static double copy_rate(struct bench *bench, struct bytes corpus)
{
    double start = now();

    for (size_t at = 0; at + 4096 <= corpus.len; at += 4096)
        keep(bench, (struct text){.at = (const char *)corpus.at + at, .len = 4096});
    return (double)corpus.len / 1e6 / (now() - start);
}

static void print(const char *name, double value, const char *unit)
{
    printf("{\"name\":\"%s\",\"value\":%.1f,\"unit\":\"%s\"}\n", name, value, unit);
}

static void print_whole(struct bench *bench, struct bytes corpus)
{
    double balanced =
        rate(bench, (struct redactor_options){.profile = REDACT_BALANCED}, corpus, lines_all);
    double strict =
        rate(bench, (struct redactor_options){.profile = REDACT_STRICT}, corpus, lines_all);
    double peer = grep_rate(corpus);

    printf("{\"name\":\"redact_mb_per_s\",\"value\":%.1f,\"unit\":\"MB/s\",\"peers\":[", balanced);
    printf("{\"name\":\"own strict profile\",\"value\":%.1f},", strict);
    printf("{\"name\":\"memcpy in blocks of 4 KiB\",\"value\":%.0f}", copy_rate(bench, corpus));
    if (peer > 0)
        printf(",{\"name\":\"grep -oP, ten patterns, no names\",\"value\":%.1f}", peer);
    printf("]}\n");
}

/* The slowest of texts that were made to be slow, and how the time grows when the text doubles. */
static void print_adversarial(struct bench *bench)
{
    static const char *const units[] = {"a.", "1.1.",  "A b ",   "a@",  "%25", "1-",       "Mc",
                                        "::", "doe, ", "mrn 1 ", "12/", "x'",  "\xd0\xbe", "["};
    CLEANUP(buffer_deinit) struct buffer line = buffer_init(2 * LONG_LINE + 64);
    double slowest = 1e9;
    double growth = 0;

    for (size_t u = 0; u < sizeof(units) / sizeof(units[0]); u++) {
        struct redactor_options options = {.profile = REDACT_BALANCED};

        buffer_clear(&line);
        while (line.len < 2 * LONG_LINE)
            buffer_append_string(&line, units[u]);
        double one = rate(bench, options, (struct bytes){.at = line.at, .len = LONG_LINE / 12 * 12},
                          pieces_all);
        double two =
            rate(bench, options, (struct bytes){.at = line.at, .len = 2 * LONG_LINE / 12 * 12},
                 pieces_all);

        fprintf(stderr, "  %-6s %7.1f MB/s, twice as long %7.1f MB/s\n", units[u], one, two);
        slowest = one < slowest ? one : slowest;
        growth = two > 0 && one / two > growth ? one / two : growth;
    }
    print("redact_adversarial_mb_per_s", slowest, "MB/s");
    print("redact_adversarial_growth", 2 * growth, "ratio");
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;

    return left < right ? -1 : left > right;
}

/* The median of one title of 120 bytes, by blocks of sixteen. */
static void print_title(struct bench *bench)
{
    static const char title[] = "Consult note for DOE, JANE A (MRN: 00481923) - Chart Review - "
                                "Hyperspace - Production - Northern Campus Main - Epic 12";
    static double times[TITLE_ROUNDS];
    CLEANUP(redactor_free) struct redactor *redactor = NULL;
    struct redactor_options options = {.profile = REDACT_STRICT};

    if (redactor_new(&redactor, &options, NULL))
        return;
    for (size_t i = 0; i < TITLE_ROUNDS; i++) {
        double start = now();

        for (int n = 0; n < 16; n++) {
            struct redaction redaction;

            if (redact(redactor,
                       (struct raw_text){.at = (char *)(uintptr_t)title, .len = sizeof(title) - 1},
                       bench->arena, &redaction) == 0)
                keep(bench, clean_text_view(redaction.clean));
            arena_reset(bench->arena);
        }
        times[i] = (now() - start) / 16 * 1e9;
    }
    qsort(times, TITLE_ROUNDS, sizeof(times[0]), compare);
    print("redact_title_ns", times[TITLE_ROUNDS / 2], "ns");
}

int main(int argc, char **argv)
{
    size_t bytes = (argc > 1 ? strtoul(argv[1], NULL, 10) : 100) * 1000000;
    CLEANUP(buffer_deinit) struct buffer lines = buffer_init(bytes + 4096);
    CLEANUP(buffer_deinit) struct buffer plain = buffer_init(bytes + 4096);
    CLEANUP(corpus_free) struct corpus *corpus = NULL;
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct bench bench = {.copy = malloc(((size_t)1 << 22) + 8192)};

    if (!bench.copy || arena_new(&arena, 65536) || corpus_new(&corpus, WORDS)) {
        fprintf(stderr, "bench_redact: no memory, or no %s here\n", WORDS);
        return EXIT_FAILURE;
    }
    bench.arena = arena;
    corpus_fill(corpus, &lines, bytes);
    corpus_fill_plain(corpus, &plain, bytes / 4);
    if (buffer_check(&lines) || buffer_check(&plain))
        return EXIT_FAILURE;
    print_whole(&bench, buffer_bytes(&lines));
    struct redactor_options structured = {.profile = REDACT_BALANCED, .structured = true};
    print("redact_structured_mb_per_s", rate(&bench, structured, buffer_bytes(&lines), lines_all),
          "MB/s");
    print("redact_plain_mb_per_s", rate(&bench, structured, buffer_bytes(&plain), lines_all),
          "MB/s");
    print_adversarial(&bench);
    print_title(&bench);
    free(bench.copy);
    return EXIT_SUCCESS;
}
