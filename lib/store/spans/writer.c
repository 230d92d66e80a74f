/*
 * The writer: one thread, one transaction for all batches that wait, a savepoint for each
 *
 *     give ──▶ queue ──▶ group: BEGIN (SAVEPOINT put KEEP|UNDO)* COMMIT ──▶ done
 *
 * Numbers of strings are given inside the transaction, by the only thread that gives any, and its
 * dictionaries are forgotten whenever anything is undone: what they hold is always what its
 * connection sees. No result is told before the commit has ended, a repeat's neither, since what it
 * repeats may be in the same commit.
 *
 * A fault of the disk ends it: what fsync could not write is marked clean by the kernel, so that
 * trying again would acknowledge what is lost (Rebello et al., USENIX ATC 2020). A full disk is no
 * such fault: SQLite undoes the transaction, and the next may find room.
 */

#include "store/spans/writer-private.h"

#include <assert.h>

/* ---- the queue ---- */

RESULT writer_give(struct writer *writer, struct job *job)
{
    int r = 0;

    (void)pthread_mutex_lock(&writer->lock);
    assert(!writer->stopping);
    /* Who gives a task waits for it: there are never many. */
    if (!job->task &&
        (writer->job_count >= QUEUE_JOBS_MAX ||
         (writer->job_count > 0 && writer->size_bytes + job->size_bytes > QUEUE_BYTES_MAX))) {
        r = ERR_BUSY;
    } else {
        job->next = NULL;
        *writer->end = job;
        writer->end = &job->next;
        writer->job_count++;
        writer->size_bytes += job->size_bytes;
        (void)pthread_cond_signal(&writer->wake);
    }
    (void)pthread_mutex_unlock(&writer->lock);
    return r;
}

/* Waits for jobs and takes a group of batches, or one task; NULL when none will come. */
static struct job *group_take(struct writer *writer)
{
    size_t count = 0;

    (void)pthread_mutex_lock(&writer->lock);
    while (!writer->first && !writer->stopping)
        (void)pthread_cond_wait(&writer->wake, &writer->lock);
    struct job *group = writer->first;
    struct job **end = &writer->first;
    while (*end && count < GROUP_JOBS_MAX && (count == 0 || !((*end)->task || group->task))) {
        writer->size_bytes -= (*end)->size_bytes;
        end = &(*end)->next;
        count++;
    }
    if (count > 0) {
        struct job *rest = *end;

        *end = NULL;
        writer->first = rest;
        if (!rest)
            writer->end = &writer->first;
        writer->job_count -= count;
    }
    (void)pthread_mutex_unlock(&writer->lock);
    return group;
}

/* ---- a group ---- */

/* Whether a fault is of one batch alone, so that the others of its group may stay. */
static bool of_one_batch(int r)
{
    return r == ERR_MEMORY || r == ERR_CRYPTO || r == ERR_CORRUPT;
}

/* Whether after a fault the disk can still be believed. */
bool writer_disk_holds(int r)
{
    return of_one_batch(r) || r == ERR_FULL || r == ERR_BUSY;
}

static RESULT put_in_savepoint(struct writer *writer, struct job *job)
{
    int r = sql_savepoint(writer->opener.sql);

    if (r)
        return r;
    job->result = writer_put(writer, job);
    if (job->result >= 0)
        return sql_savepoint_keep(writer->opener.sql);
    dictionary_days_forget_all(writer->days);
    if (!of_one_batch(job->result))
        return job->result;
    return sql_savepoint_undo(writer->opener.sql);
}

static RESULT group_commit(struct writer *writer, struct job *group)
{
    int r = sql_begin(writer->opener.sql);

    for (struct job *job = group; r == 0 && job; job = job->next)
        r = put_in_savepoint(writer, job);
    return r ? r : sql_commit(writer->opener.sql);
}

static void task_run(struct writer *writer, struct job *job)
{
    job->result = writer->failed ? writer->failed : job->task(writer, job->task_context);
}

static void group_run(struct writer *writer, struct job *group)
{
    int r = writer->failed ? writer->failed : group_commit(writer, group);

    if (r == 0)
        return;
    assert(r < 0);
    for (struct job *job = group; job; job = job->next)
        job->result = r;
    if (writer->failed)
        return;
    dictionary_days_forget_all(writer->days);
    if (sql_rollback(writer->opener.sql) || !writer_disk_holds(r))
        writer->failed = writer_disk_holds(r) ? ERR_SYSTEM : r;
}

static void *writer_main(void *context)
{
    struct writer *writer = context;
    struct job *group;

    while ((group = group_take(writer))) {
        if (group->task)
            task_run(writer, group);
        else
            group_run(writer, group);
        while (group) {
            struct job *job = group;

            group = job->next;
            job->done(job->context, job->result);
            (void)job_free(job);
        }
    }
    return NULL;
}

/* ---- life ---- */

static RESULT next_id(struct sql_statement *statement, uint64_t *ret_id)
{
    int r = sql_next(statement);

    if (r)
        return r > 0 ? FAULT(ERR_CORRUPT) : r;
    *ret_id = (uint64_t)sql_i64(statement, 0) + 1;
    return 0;
}

static RESULT next_ids(struct writer *writer)
{
    struct sql *sql = writer->opener.sql;
    CLEANUP(sql_end) struct sql_statement *box = NULL;
    CLEANUP(sql_end) struct sql_statement *tally = NULL;
    CLEANUP(sql_end) struct sql_statement *gap = NULL;
    int r;

    r = sql_prepare(sql, "SELECT max(id) FROM box", &box);
    if (r == 0)
        r = sql_prepare(sql, "SELECT max(id) FROM tally", &tally);
    if (r == 0)
        r = sql_prepare(sql, "SELECT max(id) FROM gap", &gap);
    if (r == 0)
        r = next_id(box, &writer->next_box);
    if (r == 0)
        r = next_id(tally, &writer->next_tally);
    if (r == 0)
        r = next_id(gap, &writer->next_gap);
    return r;
}

RESULT writer_begin(struct writer *writer, struct embedded *store)
{
    int r;

    writer->store = store;
    writer->end = &writer->first;
    writer->keyed_day = INT32_MIN;
    r = next_ids(writer);
    if (r)
        return r;
    r = dictionary_days_new(&writer->days, DICTIONARIES_BYTES_MAX);
    if (r)
        return r;
    if (pthread_mutex_init(&writer->lock, NULL))
        return FAULT(ERR_SYSTEM);
    if (pthread_cond_init(&writer->wake, NULL)) {
        (void)pthread_mutex_destroy(&writer->lock);
        return FAULT(ERR_SYSTEM);
    }
    if (pthread_create(&writer->thread, NULL, writer_main, writer)) {
        (void)pthread_cond_destroy(&writer->wake);
        (void)pthread_mutex_destroy(&writer->lock);
        return FAULT(ERR_SYSTEM);
    }
    writer->started = true;
    return 0;
}

void writer_end(struct writer *writer)
{
    if (writer->started) {
        (void)pthread_mutex_lock(&writer->lock);
        writer->stopping = true;
        (void)pthread_cond_signal(&writer->wake);
        (void)pthread_mutex_unlock(&writer->lock);
        (void)pthread_join(writer->thread, NULL);
        (void)pthread_cond_destroy(&writer->wake);
        (void)pthread_mutex_destroy(&writer->lock);
    }
    writer->days = dictionary_days_free(writer->days);
    opener_end(&writer->opener);
}
