/* The peer: what most products of this kind do, one row a span, in an SQLite file. */

#include <sqlite3.h>
#include <stdio.h>

#include "base/arena.h"
#include "bench_ingest.h"
#include "os/clock.h"
#include "wire/batch.h"

#define ARENA_MAX ((size_t)32 * 1024 * 1024)

static int bind(sqlite3_stmt *insert, const struct batch *batch, const struct batch_span *span)
{
    const struct raw_text *application = &batch->strings[span->application];
    const struct raw_text *domain = &batch->strings[span->domain];

    sqlite3_bind_int64(insert, 1, span->account);
    sqlite3_bind_int64(insert, 2, span->start_at);
    sqlite3_bind_int64(insert, 3, span->duration_ms);
    sqlite3_bind_int(insert, 4, (int)span->state);
    sqlite3_bind_text(insert, 5, application->at, (int)application->len, SQLITE_STATIC);
    sqlite3_bind_text(insert, 6, domain->at, (int)domain->len, SQLITE_STATIC);
    if (sqlite3_step(insert) != SQLITE_DONE)
        return FAULT(ERR_SYSTEM);
    sqlite3_reset(insert);
    return 0;
}

static int insert_batch(sqlite3 *db, sqlite3_stmt *insert, struct bytes bytes, struct arena *arena)
{
    struct batch batch;
    int r = batch_decode(bytes, arena, &batch);

    if (r)
        return r < 0 ? r : FAULT(ERR_CORRUPT);
    if (sqlite3_exec(db, "BEGIN", NULL, NULL, NULL))
        return FAULT(ERR_SYSTEM);
    for (size_t i = 0; i < batch.span_count && !r; i++)
        r = bind(insert, &batch, &batch.spans[i]);
    if (!r && sqlite3_exec(db, "COMMIT", NULL, NULL, NULL))
        r = FAULT(ERR_SYSTEM);
    arena_reset(arena);
    return r;
}

static int insert_all(sqlite3 *db, const struct bench_load *loads, size_t count, size_t *spans)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    sqlite3_stmt *insert = NULL;
    int r = arena_new(&arena, ARENA_MAX);

    if (!r &&
        (sqlite3_exec(db,
                      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                      "CREATE TABLE span (account INTEGER, start_at INTEGER, duration_ms INTEGER,"
                      " state INTEGER, application TEXT, domain TEXT);"
                      "CREATE INDEX span_start ON span (account, start_at);",
                      NULL, NULL, NULL) ||
         sqlite3_prepare_v2(db, "INSERT INTO span VALUES (?,?,?,?,?,?)", -1, &insert, NULL)))
        r = FAULT(ERR_SYSTEM);
    for (size_t i = 0; i < count && !r; i++)
        for (size_t j = 0; j < loads[i].count && !r; j++) {
            r = insert_batch(db, insert, loads[i].batches[j].bytes, arena);
            *spans += BENCH_SPANS;
        }
    sqlite3_finalize(insert);
    return r;
}

RESULT bench_rows(const struct bench_load *loads, size_t count, const char *path,
                  double *ret_spans_per_s)
{
    sqlite3 *db = NULL;
    size_t spans = 0;
    int64_t started_ms = clock_boot_ms();
    int r = sqlite3_open(path, &db) ? FAULT(ERR_SYSTEM) : insert_all(db, loads, count, &spans);

    sqlite3_close(db);
    if (!r)
        *ret_spans_per_s = (double)spans * 1000.0 / (double)(clock_boot_ms() - started_ms);
    return r;
}
