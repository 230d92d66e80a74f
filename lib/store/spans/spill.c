/* What the embedded engine says of a day's texts, and how it hands a day to the writer. */

#include <stdlib.h>

#include "base/moment.h"
#include "base/wipe.h"
#include "store/spans/seal.h"
#include "store/spans/writer-private.h"

/* ---- looking ---- */

static RESULT search_strings(struct opener *opener, const uint8_t key[KEYRING_KEY_SIZE],
                             int32_t day, spans_judge *judge, const void *context, uint64_t *texts)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct text *found;
    int r = sql_prepare(opener->sql,
                        "SELECT first, count, blob FROM string WHERE day = $1 ORDER BY first",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, day);
    while ((r = sql_next(statement)) == 0) {
        uint64_t count = (uint64_t)sql_i64(statement, 1);

        r = opener_strings(opener, key, day, (uint64_t)sql_i64(statement, 0), count,
                           sql_bytes(statement, 2), &found);
        if (r)
            return r;
        for (uint64_t i = 0; i < count; i++)
            *texts += judge(context, found[i]);
    }
    return r == SQL_DONE ? 0 : r;
}

static RESULT search_gaps(struct opener *opener, const uint8_t key[KEYRING_KEY_SIZE], int32_t day,
                          spans_judge *judge, const void *context, uint64_t *texts)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(opener->sql,
                        "SELECT id, device, account, reason, blob FROM gap"
                        " WHERE from_at >= $1 AND from_at < $2 AND blob IS NOT NULL",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, day * MS_PER_DAY);
    sql_bind_i64(statement, 2, (day + 1) * MS_PER_DAY);
    while ((r = sql_next(statement)) == 0) {
        struct seal seal = {
            .table = SEAL_GAP,
            .day = day,
            .account = (uint32_t)sql_i64(statement, 2),
            .id = (uint64_t)sql_i64(statement, 0),
            .count = (uint64_t)sql_i64(statement, 3),
        };
        struct bytes device = sql_bytes(statement, 1);

        if (device.len != DEVICE_ID_SIZE)
            return FAULT(ERR_CORRUPT);
        memcpy(seal.device.at, device.at, DEVICE_ID_SIZE);
        buffer_clear(&opener->plain);
        r = seal_open(key, &seal, sql_bytes(statement, 4), &opener->plain);
        if (r)
            return r;
        *texts += judge(context, text_of_bytes(buffer_bytes(&opener->plain)));
    }
    return r == SQL_DONE ? 0 : r;
}

RESULT opener_search(struct opener *opener, const uint8_t key[KEYRING_KEY_SIZE], int32_t day,
                     spans_judge *judge, const void *context, uint64_t *ret_texts)
{
    uint64_t texts = 0;
    int r = search_strings(opener, key, day, judge, context, &texts);

    if (r == 0)
        r = search_gaps(opener, key, day, judge, context, &texts);
    arena_reset(opener->strings);
    buffer_clear(&opener->strings_plain);
    buffer_clear(&opener->plain);
    if (r)
        return r;
    *ret_texts = texts;
    return 0;
}

int embedded_search(struct spans *spans, int32_t day, spans_judge *judge, const void *context,
                    uint64_t *ret_texts)
{
    struct embedded *store = embedded_of(spans);
    uint8_t key[KEYRING_KEY_SIZE];
    struct reader *reader;
    uint64_t texts = 0;
    int r = readers_take(store, &reader);

    if (r)
        return r;
    /* Behind the snapshot: the key of the rows that it shows. */
    r = keyring_day_key(store->keyring, day, key);
    if (r == 0)
        r = opener_search(&reader->opener, key, day, judge, context, &texts);
    wipe(key, sizeof(key));
    readers_return(store, reader);
    if (r < 0)
        return r;
    *ret_texts = texts;
    return 0;
}

static RESULT days_read(struct embedded *store, struct opener *opener, struct buffer *days)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    uint8_t key[KEYRING_KEY_SIZE];
    int r = sql_prepare(opener->sql,
                        "SELECT day FROM box UNION SELECT day FROM tally"
                        " UNION SELECT day FROM string"
                        " UNION SELECT from_at / 86400000 FROM gap WHERE blob IS NOT NULL"
                        " ORDER BY 1",
                        &statement);

    if (r)
        return r;
    while ((r = sql_next(statement)) == 0) {
        int32_t day = (int32_t)sql_i64(statement, 0);

        r = keyring_day_key(store->keyring, day, key);
        wipe(key, sizeof(key));
        if (r == 0)
            buffer_append(days, &day, sizeof(day));
        else if (r != KEYRING_DESTROYED)
            return r > 0 ? FAULT(ERR_CORRUPT) : r;
    }
    return r == SQL_DONE ? buffer_check(days) : r;
}

int embedded_days(struct spans *spans, struct arena *arena, int32_t **ret_days, size_t *ret_count)
{
    CLEANUP(buffer_deinit)
    struct buffer days = buffer_init(sizeof(int32_t) * KEYRING_DAYS_MAX);
    struct embedded *store = embedded_of(spans);
    struct reader *reader;
    int r = readers_take(store, &reader);

    if (r)
        return r;
    r = days_read(store, &reader->opener, &days);
    readers_return(store, reader);
    if (r)
        return r;
    int32_t *copy = arena_take(arena, days.len);
    if (!copy)
        return SPANS_LARGE;
    if (days.len)
        memcpy(copy, days.at, days.len);
    *ret_days = copy;
    *ret_count = days.len / sizeof(*copy);
    return 0;
}

/* ---- tasks of the writer, waited for ---- */

struct waiting {
    pthread_mutex_t lock;
    pthread_cond_t ended;
    bool done;
    int result;
};

static void wake(void *context, int result)
{
    struct waiting *waiting = context;

    (void)pthread_mutex_lock(&waiting->lock);
    waiting->done = true;
    waiting->result = result;
    (void)pthread_cond_signal(&waiting->ended);
    (void)pthread_mutex_unlock(&waiting->lock);
}

static int run_task(struct embedded *store, job_task *task, void *context)
{
    struct waiting waiting = {.lock = PTHREAD_MUTEX_INITIALIZER, .ended = PTHREAD_COND_INITIALIZER};
    CLEANUP(job_free) struct job *job = calloc(1, sizeof(*job));
    int r;

    if (!job)
        return FAULT(ERR_MEMORY);
    job->task = task;
    job->task_context = context;
    job->done = wake;
    job->context = &waiting;
    r = writer_give(&store->writer, job);
    if (r)
        return r;
    (void)TAKE(job);
    (void)pthread_mutex_lock(&waiting.lock);
    while (!waiting.done)
        (void)pthread_cond_wait(&waiting.ended, &waiting.lock);
    (void)pthread_mutex_unlock(&waiting.lock);
    (void)pthread_mutex_destroy(&waiting.lock);
    (void)pthread_cond_destroy(&waiting.ended);
    return waiting.result;
}

static int nothing(struct writer *writer, void *context)
{
    (void)writer;
    (void)context;
    return 0;
}

int embedded_settle(struct spans *spans)
{
    return run_task(embedded_of(spans), nothing, NULL);
}

int embedded_rewrite(struct spans *spans, int32_t day, spans_judge *judge, const void *context,
                     const struct clean_text *instead, struct spans_rewritten *ret_rewritten)
{
    struct rewriting rewriting = {
        .day = day, .judge = judge, .context = context, .instead = clean_text_view(instead)};
    int r = run_task(embedded_of(spans), writer_rewrite, &rewriting);

    if (r)
        return r;
    *ret_rewritten = rewriting.result;
    return 0;
}
