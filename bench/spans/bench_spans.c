/*
 * bench_spans [--batches 2000] [--titles]: the span store's durable commits and bytes, beside plain
 * SQLite rows of the same batches
 *
 * The batches are the reference workload's (workload.h): 200 people, each an account on a device of
 * its own, which sends 500 spans at a time, cut at midnight UTC. Batches of all people are
 * interleaved by day. Both sides use one thread to give batches, SQLite with WAL, synchronous=FULL
 * and 16 KiB pages. Ward's commits are shared by batches that wait; the rows have one transaction
 * for each batch, as a program without a queue would, and so has Ward where it says one by one. The
 * rows have no index until a person's day is asked for. Bytes are those of the closed file. Run it
 * where build/ is, on a disk, not on tmpfs.
 */

#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "store/spans/spans.h"
#include "store/sql/sql.h"
#include "workload.h"

enum { PEOPLE = 200, BATCH = 500, APPLICATIONS = 200, SITES = 2000, TITLES = 200 * 4000 };
enum { STRINGS_MAX = 1 + 3 * BATCH };

struct options {
    unsigned batches;
    bool titles;
};

/* A batch as the workload has it; numbers are the workload's. */
struct bench_batch {
    uint32_t person;
    uint32_t sequence;
    struct workload_span spans[BATCH];
};

static char directory[] = "build/bench-spans-XXXXXX";

_Noreturn static void stop(const char *why)
{
    (void)fprintf(stderr, "bench_spans: %s\n", why);
    exit(EXIT_FAILURE);
}

static double seconds(clockid_t clock)
{
    struct timespec now;

    (void)clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static const char *path_of(const char *name)
{
    static char path[2][256];
    static unsigned next;

    next ^= 1;
    (void)snprintf(path[next], sizeof(path[next]), "%s/%s", directory, name);
    return path[next];
}

static double file_size(const char *name)
{
    struct stat status;

    if (stat(path_of(name), &status))
        stop("a file has no size");
    return (double)status.st_size;
}

/* ---- batches ---- */

/* Batches as they are made: of each person the one that is not full yet. */
struct making {
    struct bench_batch *batches;
    unsigned count;
    unsigned max;
    struct bench_batch open[PEOPLE];
    size_t held[PEOPLE];
};

static void add_span(struct making *making, uint32_t person, const struct workload_span *span)
{
    struct bench_batch *open = &making->open[person];

    open->spans[making->held[person]++] = *span;
    if (making->held[person] < BATCH || making->count == making->max)
        return;
    open->person = person;
    open->sequence++;
    making->batches[making->count++] = *open;
    making->held[person] = 0;
}

/* Adds a span, in two parts when it crosses midnight, as an agent sends it. */
static void add_cut(struct making *making, uint32_t person, const struct workload_span *span)
{
    struct workload_span part = *span;
    int64_t midnight = (span->start_ms / 86400000 + 1) * 86400000;

    if (span->start_ms + span->duration_ms > midnight) {
        part.duration_ms = (uint32_t)(midnight - span->start_ms);
        add_span(making, person, &part);
        part.start_ms = midnight;
        part.duration_ms = span->duration_ms - part.duration_ms;
    }
    add_span(making, person, &part);
}

static struct bench_batch *make_batches(const struct options *options)
{
    static struct workload_span day_spans[WORKLOAD_DAY_MAX];
    struct making *making = calloc(1, sizeof(*making));
    struct workload *workload = workload_new();

    if (!making || !workload)
        stop("no memory");
    making->max = options->batches;
    making->batches = calloc(making->max, sizeof(*making->batches));
    if (!making->batches)
        stop("no memory");
    for (int32_t day = WORKLOAD_FIRST_DAY; making->count < making->max; day++) {
        for (uint32_t person = 0; person < PEOPLE && making->count < making->max; person++) {
            size_t count = workload_day(workload, 1, person, day, day_spans, WORKLOAD_DAY_MAX);

            for (size_t i = 0; i < count && making->count < making->max; i++)
                add_cut(making, person, &day_spans[i]);
        }
    }
    struct bench_batch *batches = making->batches;
    free(making);
    (void)workload_free(workload);
    return batches;
}

/* ---- texts, made once ---- */

struct texts {
    struct arena *arena;
    const struct clean_text *applications[APPLICATIONS];
    const struct clean_text *sites[SITES + 1];
    const struct clean_text **titles;
};

static const struct clean_text *text_made(const struct redactor *redactor, struct arena *arena,
                                          const char *before, unsigned number, const char *after)
{
    struct redaction redaction;
    char text[64];
    int len = snprintf(text, sizeof(text), "%s%u%s", before, number, after);

    if (redact(redactor, (struct raw_text){.at = text, .len = (size_t)len}, arena, &redaction))
        stop("a text was not redacted");
    return redaction.clean;
}

static void make_texts(struct texts *texts, bool titles)
{
    struct redactor *redactor = NULL;

    if (arena_new(&texts->arena, (size_t)1 << 30) ||
        redactor_new(&redactor, &(struct redactor_options){.profile = REDACT_BALANCED}, NULL))
        stop("no memory");
    texts->titles = calloc(TITLES + 1, sizeof(struct clean_text *));
    if (!texts->titles)
        stop("no memory");
    for (unsigned i = 0; i < APPLICATIONS; i++)
        texts->applications[i] = text_made(redactor, texts->arena, "application-", i, ".exe");
    for (unsigned i = 1; i <= SITES; i++)
        texts->sites[i] = text_made(redactor, texts->arena, "site-", i, ".example");
    for (unsigned i = 1; titles && i <= TITLES; i++) {
        if ((i - 1) / 4000 % 5 == 0)
            texts->titles[i] =
                text_made(redactor, texts->arena, "title ", i, "                            ");
    }
    redactor = redactor_free(redactor);
}

/* ---- Ward ---- */

/* One batch in the store's form; numbers of texts become places in its list. */
struct filled {
    struct spans_batch batch;
    struct spans_row rows[BATCH];
    const struct clean_text *strings[STRINGS_MAX];
    uint32_t application_place[APPLICATIONS];
    uint32_t site_place[SITES + 1];
    uint32_t title_place[TITLES + 1];
};

static uint32_t place(struct filled *filled, uint32_t *places, uint32_t number,
                      const struct clean_text *text)
{
    uint32_t known = places[number];

    /* Places of earlier batches are left standing: believe one only if it holds this text. */
    if (known && known < filled->batch.string_count && filled->strings[known] == text)
        return known;
    filled->strings[filled->batch.string_count] = text;
    places[number] = (uint32_t)filled->batch.string_count++;
    return places[number];
}

static void fill(struct filled *filled, const struct bench_batch *from, const struct texts *texts)
{
    filled->batch = (struct spans_batch){
        .device = {.at = {(uint8_t)from->person, (uint8_t)(from->person >> 8), 1}},
        .epoch = 1,
        .sequence = from->sequence,
        .received_at = from->spans[BATCH - 1].start_ms,
        .offset_minutes = -300,
        .strings = filled->strings,
        .string_count = 1,
        .rows = filled->rows,
        .row_count = BATCH,
    };
    for (size_t i = 0; i < BATCH; i++) {
        const struct workload_span *span = &from->spans[i];
        const struct clean_text *title = texts->titles[span->title];

        filled->rows[i] = (struct spans_row){
            .account = {.number = from->person + 1},
            .start_at = span->start_ms,
            .duration_ms = span->duration_ms,
            .state = (enum span_state)span->state,
            .application = place(filled, filled->application_place, span->application,
                                 texts->applications[span->application]),
            .domain = span->site
                          ? place(filled, filled->site_place, span->site, texts->sites[span->site])
                          : 0,
            .title = title ? place(filled, filled->title_place, span->title, title) : 0,
        };
    }
}

static sem_t done_signal; /* once for each batch */
static atomic_int failures;

static void count_done(void *context, int result)
{
    (void)context;
    if (result)
        failures++;
    (void)sem_post(&done_signal);
}

struct figures {
    double spans_per_s;
    double one_by_one_spans_per_s; /* each batch is durable before the next is given */
    double bytes_per_span;
    double cpu_us_per_batch;
    double groupby_spans_per_s; /* everyone's time by application, site and state */
    double person_day_ms;       /* one person's spans of one day, in order */
};

enum { PERSON_DAYS = 200 }; /* asked one after the other; their mean is the figure */

static int32_t last_day(const struct options *options, const struct bench_batch *batches)
{
    return (int32_t)(batches[options->batches - 1].spans[0].start_ms / 86400000);
}

/* ---- Ward's questions ---- */

static void ask_ward(const struct options *options, const struct bench_batch *batches,
                     struct spans *spans, struct figures *figures)
{
    struct spans_owner owners[PEOPLE];
    struct spans_scope scope = {.owners = owners, .owner_count = PEOPLE, .to_at = INT64_MAX};
    struct arena *arena = NULL;
    struct spans_usage *usage;
    struct spans_answer *answers;
    size_t count;

    for (uint32_t i = 0; i < PEOPLE; i++)
        owners[i] = spans_owner_ever((struct account_id){i + 1}, (struct person_id){i + 1});
    if (arena_new(&arena, (size_t)1 << 30))
        stop("no memory");
    double begin = seconds(CLOCK_MONOTONIC);
    if (spans_usage(spans, &scope, arena, &usage, &count) || count == 0)
        stop("a question is not answered");
    figures->groupby_spans_per_s =
        (double)options->batches * BATCH / (seconds(CLOCK_MONOTONIC) - begin);
    scope.owner_count = 1;
    begin = seconds(CLOCK_MONOTONIC);
    for (int i = 0; i < PERSON_DAYS; i++) {
        scope.from_at = (last_day(options, batches) - i % 3) * INT64_C(86400000);
        scope.to_at = scope.from_at + 86400000;
        arena_reset(arena);
        if (spans_timeline(spans, &scope, arena, &answers, &count))
            stop("a question is not answered");
        scope.owners = &owners[i % PEOPLE];
    }
    figures->person_day_ms = (seconds(CLOCK_MONOTONIC) - begin) * 1e3 / PERSON_DAYS;
    arena = arena_free(arena);
}

/* Gives all batches; one_by_one waits for each. Seconds until the last was durable. */
static double commit_all(const struct options *options, const struct bench_batch *batches,
                         const struct texts *texts, struct spans *spans, bool one_by_one)
{
    struct filled *filled = calloc(1, sizeof(*filled));
    double begin = seconds(CLOCK_MONOTONIC);
    int r;

    if (!filled)
        stop("no memory");
    if (sem_init(&done_signal, 0, 0))
        stop("no semaphore");
    for (unsigned i = 0; i < options->batches; i++) {
        fill(filled, &batches[i], texts);
        while ((r = spans_commit(spans, &filled->batch, count_done, NULL)) == ERR_BUSY)
            (void)usleep(200);
        if (r)
            stop("a batch is refused");
        if (one_by_one)
            (void)sem_wait(&done_signal);
    }
    for (unsigned i = 0; !one_by_one && i < options->batches; i++)
        (void)sem_wait(&done_signal);
    double took = seconds(CLOCK_MONOTONIC) - begin;
    free(filled);
    return took;
}

static struct figures run_ward(const struct options *options, const struct bench_batch *batches,
                               const struct texts *texts)
{
    static const uint8_t key[KEYRING_KEY_SIZE] = {1};
    double count = (double)options->batches * BATCH;
    struct keyring *keyring = NULL;
    struct spans *spans = NULL;
    struct figures figures = {0};

    if (keyring_open(&keyring, path_of("keyring"), (struct bytes){.at = key, .len = sizeof(key)}) ||
        spans_open_embedded(&spans, path_of("spans.db"), keyring))
        stop("the store does not open");
    double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    figures.spans_per_s = count / commit_all(options, batches, texts, spans, false);
    figures.cpu_us_per_batch = (seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu) * 1e6 / options->batches;
    ask_ward(options, batches, spans, &figures);
    spans = spans_free(spans);
    figures.bytes_per_span = file_size("spans.db") / count;
    if (spans_open_embedded(&spans, path_of("single.db"), keyring))
        stop("the store does not open");
    figures.one_by_one_spans_per_s = count / commit_all(options, batches, texts, spans, true);
    spans = spans_free(spans);
    keyring = keyring_free(keyring);
    if (failures)
        stop("a batch is not kept");
    return figures;
}

/* ---- plain rows ---- */

static void row_bind(struct sql_statement *statement, const struct bench_batch *batch, size_t i,
                     bool titles)
{
    const struct workload_span *span = &batch->spans[i];

    sql_bind_i64(statement, 1, batch->person + 1);
    sql_bind_i64(statement, 2, span->start_ms);
    sql_bind_i64(statement, 3, span->duration_ms);
    sql_bind_i64(statement, 4, span->state);
    sql_bind_i64(statement, 5, span->application + 1);
    sql_bind_i64(statement, 6, span->site);
    sql_bind_i64(statement, 7, titles ? span->title : 0);
}

static void ask_rows(const struct options *options, const struct bench_batch *batches,
                     struct sql *sql, struct figures *figures)
{
    struct sql_statement *statement = NULL;
    double begin = seconds(CLOCK_MONOTONIC);

    if (sql_prepare(sql,
                    "SELECT account, application, domain, state, sum(duration) FROM span"
                    " GROUP BY account, application, domain, state",
                    &statement))
        stop("a question is not answered");
    while (sql_next(statement) == 0)
        continue;
    statement = sql_end(statement);
    figures->groupby_spans_per_s =
        (double)options->batches * BATCH / (seconds(CLOCK_MONOTONIC) - begin);
    if (sql_script(sql, "CREATE INDEX span_of ON span (account, start_at)") ||
        sql_prepare(sql,
                    "SELECT start_at, duration, state, application, domain, title FROM span"
                    " WHERE account = $1 AND start_at >= $2 AND start_at < $3 ORDER BY start_at",
                    &statement))
        stop("a question is not answered");
    begin = seconds(CLOCK_MONOTONIC);
    for (int i = 0; i < PERSON_DAYS; i++) {
        int64_t from_at = (last_day(options, batches) - i % 3) * INT64_C(86400000);

        sql_bind_i64(statement, 1, i % PEOPLE + 1);
        sql_bind_i64(statement, 2, from_at);
        sql_bind_i64(statement, 3, from_at + 86400000);
        if (sql_run(statement))
            stop("a question is not answered");
    }
    figures->person_day_ms = (seconds(CLOCK_MONOTONIC) - begin) * 1e3 / PERSON_DAYS;
    statement = sql_end(statement);
}

/* A table of texts would be added once, so the rows' cost is all that is measured. */
static struct figures run_rows(const struct options *options, const struct bench_batch *batches)
{
    const struct sql_options open = {.path = path_of("rows.db")};
    struct sql_statement *statement = NULL;
    struct sql *sql = NULL;

    if (sql_open(&sql, &open) ||
        sql_script(sql, "CREATE TABLE span (account INTEGER, start_at INTEGER, duration INTEGER,"
                        " state INTEGER, application INTEGER, domain INTEGER, title INTEGER)"))
        stop("the rows do not open");
    double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    double begin = seconds(CLOCK_MONOTONIC);
    for (unsigned b = 0; b < options->batches; b++) {
        if (sql_begin(sql) ||
            sql_prepare(sql, "INSERT INTO span VALUES ($1, $2, $3, $4, $5, $6, $7)", &statement))
            stop("a row is refused");
        for (size_t i = 0; i < BATCH; i++) {
            row_bind(statement, &batches[b], i, options->titles);
            if (sql_run(statement))
                stop("a row is refused");
        }
        statement = sql_end(statement);
        if (sql_commit(sql))
            stop("rows are not kept");
    }
    double took = seconds(CLOCK_MONOTONIC) - begin;
    cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    sql = sql_free(sql);
    double count = (double)options->batches * BATCH;
    struct figures figures = {
        .spans_per_s = count / took,
        .one_by_one_spans_per_s = count / took,
        .bytes_per_span = file_size("rows.db") / count,
        .cpu_us_per_batch = cpu * 1e6 / options->batches,
    };
    if (sql_open(&sql, &open))
        stop("the rows do not open");
    ask_rows(options, batches, sql, &figures);
    sql = sql_free(sql);
    return figures;
}

/* ---- */

static void print(const char *name, const char *unit, double ward, double rows)
{
    (void)printf("{\"name\":\"%s\",\"value\":%.3f,\"unit\":\"%s\",\"peers\":[{\"name\":"
                 "\"sqlite_rows\",\"value\":%.3f}]}\n",
                 name, ward, unit, rows);
}

static void remove_files(void)
{
    static const char *const names[] = {"spans.db", "single.db", "keyring", "rows.db"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        (void)unlink(path_of(names[i]));
    (void)rmdir(directory);
}

int main(int argc, char **argv)
{
    static struct texts texts;
    struct options options = {.batches = 2000};

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--titles") == 0)
            options.titles = true;
        else if (strcmp(argv[i], "--batches") == 0 && i + 1 < argc)
            options.batches = (unsigned)strtoul(argv[++i], NULL, 10);
        else
            stop("usage: bench_spans [--batches N] [--titles]");
    }
    if (options.batches == 0 || options.batches > 100000)
        stop("between 1 and 100,000 batches");
    if (!mkdtemp(directory))
        stop("no folder build here");
    struct bench_batch *batches = make_batches(&options);
    make_texts(&texts, options.titles);
    struct figures ward = run_ward(&options, batches, &texts);
    struct figures rows = run_rows(&options, batches);
    print("store_spans_per_s", "spans/s", ward.spans_per_s, rows.spans_per_s);
    print("store_one_by_one_spans_per_s", "spans/s", ward.one_by_one_spans_per_s,
          rows.one_by_one_spans_per_s);
    print("bytes_per_span", "bytes", ward.bytes_per_span, rows.bytes_per_span);
    print("store_cpu_per_batch_us", "us", ward.cpu_us_per_batch, rows.cpu_us_per_batch);
    print("groupby_spans_per_s", "spans/s", ward.groupby_spans_per_s, rows.groupby_spans_per_s);
    print("one_person_day_ms", "ms", ward.person_day_ms, rows.person_day_ms);
    remove_files();
    free(batches);
    texts.arena = arena_free(texts.arena);
    free(texts.titles);
    return EXIT_SUCCESS;
}
