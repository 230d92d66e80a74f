/*
 * The writer thread, its queue, and the readers
 *
 * Every job that waits when the writer comes by becomes part of one group: one transaction, a
 * savepoint each, one commit, and only then is anybody told. A commit that fails is the failure of
 * the whole group, since each job may have seen what another did. When it failed for want of space,
 * the writer goes on; after any other reason nothing about the file is certain (a failed fsync can
 * lose pages and succeed the next time), so it never writes again: the program must be restarted,
 * and finds what is really there.
 */

#include "store/records/records.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "store/records/records-private.h"

#define READERS 4
#define WAITING_MAX 1024
#define GROUP_MAX 256

struct job {
    records_job *run;
    void *context;
    struct job *next;
    pthread_cond_t finished;
    int result;
    bool reads_only; /* what it did is undone in any case */
    bool done;
};

struct records {
    struct sql *writer;
    struct sql *readers[READERS];
    size_t idle; /* readers[0 .. idle) are not lent */
    bool in_memory;

    pthread_mutex_t mutex; /* guards what follows, and readers and idle */
    pthread_cond_t work;
    pthread_cond_t reader_back;
    struct job *first;
    struct job **last;
    size_t waiting;
    bool stopping;
    bool started;
    bool failed;
    pthread_t thread;
};

/* ---- the writer ---- */

/* Takes up to GROUP_MAX waiting jobs; NULL when it is time to stop. */
static struct job *take_group(struct records *records)
{
    struct job *group;
    struct job **end;

    (void)pthread_mutex_lock(&records->mutex);
    while (!records->first && !records->stopping)
        (void)pthread_cond_wait(&records->work, &records->mutex);
    group = records->first;
    end = &records->first;
    for (size_t i = 0; *end && i < GROUP_MAX; i++) {
        end = &(*end)->next;
        records->waiting--;
    }
    if (group) {
        records->first = *end;
        if (!records->first)
            records->last = &records->first;
        *end = NULL;
    }
    (void)pthread_mutex_unlock(&records->mutex);
    return group;
}

/* Runs one job in a savepoint. What it returns is the group's failure, not the job's. */
static int run_in_savepoint(struct sql *sql, struct job *job)
{
    struct records_tx tx = {.sql = sql};
    int r = sql_savepoint(sql);

    if (r)
        return r;
    job->result = job->run(&tx, job->context);
    /* Some faults (a full disk) take the whole transaction with them. */
    if (!sql_in_transaction(sql))
        return job->result < 0 ? job->result : FAULT(ERR_SYSTEM);
    if (job->result || job->reads_only)
        return sql_savepoint_undo(sql);
    return sql_savepoint_keep(sql);
}

static int run_group(struct sql *sql, struct job *group)
{
    int undone;
    int r = sql_begin(sql);

    for (struct job *job = group; r == 0 && job; job = job->next)
        r = run_in_savepoint(sql, job);
    if (r == 0)
        r = sql_commit(sql);
    if (r == 0)
        return 0;
    undone = sql_rollback(sql);
    return undone ? undone : r;
}

static void finish_group(struct records *records, struct job *group, int fault)
{
    (void)pthread_mutex_lock(&records->mutex);
    if (fault && fault != ERR_FULL && fault != ERR_BUSY && fault != ERR_MEMORY)
        records->failed = true;
    while (group) {
        struct job *job = group;

        /* The job belongs to its caller again as soon as done is set. */
        group = job->next;
        if (fault)
            job->result = fault;
        job->done = true;
        (void)pthread_cond_signal(&job->finished);
    }
    (void)pthread_mutex_unlock(&records->mutex);
}

static void *write_groups(void *context)
{
    struct records *records = context;
    struct job *group;

    while ((group = take_group(records))) {
        /* failed is set by this thread alone. */
        int r = records->failed ? FAULT(ERR_SYSTEM) : run_group(records->writer, group);

        finish_group(records, group, r);
    }
    return NULL;
}

static int wait_for(struct records *records, records_job *run, void *context, bool reads_only)
{
    struct job job = {
        .run = run,
        .context = context,
        .finished = PTHREAD_COND_INITIALIZER,
        .reads_only = reads_only,
    };

    (void)pthread_mutex_lock(&records->mutex);
    if (records->waiting >= WAITING_MAX) {
        (void)pthread_mutex_unlock(&records->mutex);
        return FAULT(ERR_BUSY);
    }
    *records->last = &job;
    /* It leaves the queue before this returns. */
    /* cppcheck-suppress autoVariables */
    records->last = &job.next;
    records->waiting++;
    (void)pthread_cond_signal(&records->work);
    while (!job.done)
        (void)pthread_cond_wait(&job.finished, &records->mutex);
    (void)pthread_mutex_unlock(&records->mutex);
    (void)pthread_cond_destroy(&job.finished);
    return job.result;
}

int records_act(struct records *records, records_job *job, void *context)
{
    return wait_for(records, job, context, false);
}

/* ---- readers ---- */

static struct sql *lend_reader(struct records *records)
{
    struct sql *reader;

    (void)pthread_mutex_lock(&records->mutex);
    while (records->idle == 0)
        (void)pthread_cond_wait(&records->reader_back, &records->mutex);
    reader = records->readers[--records->idle];
    (void)pthread_mutex_unlock(&records->mutex);
    return reader;
}

static void take_back(struct records *records, struct sql *reader)
{
    (void)pthread_mutex_lock(&records->mutex);
    records->readers[records->idle++] = reader;
    (void)pthread_cond_signal(&records->reader_back);
    (void)pthread_mutex_unlock(&records->mutex);
}

int records_read(struct records *records, records_job *job, void *context)
{
    struct records_tx tx = {.sql = NULL};
    int ended;
    int r;

    /* Nobody else can open what is in memory: the writer reads for us. */
    if (records->in_memory)
        return wait_for(records, job, context, true);
    tx.sql = lend_reader(records);
    r = sql_begin_read(tx.sql);
    if (r == 0)
        r = job(&tx, context);
    ended = sql_rollback(tx.sql);
    take_back(records, tx.sql);
    return r ? r : ended;
}

/* ---- opening and closing ---- */

static int open_connections(struct records *records, const char *path, struct bytes key)
{
    struct sql_options options = {.path = path, .key = key};
    int r = sql_open(&records->writer, &options);

    if (r)
        return r == SQL_KEY ? RECORDS_KEY : r;
    r = records_migrate(records->writer);
    if (r || records->in_memory)
        return r;
    options.read_only = true;
    for (size_t i = 0; i < READERS; i++) {
        r = sql_open(&records->readers[i], &options);
        if (r)
            return r == SQL_KEY ? RECORDS_KEY : r;
        records->idle++;
    }
    return 0;
}

/* Signals are for the program's own threads. */
static int start(struct records *records)
{
    sigset_t all;
    sigset_t before;
    int failed;

    (void)sigfillset(&all);
    if (pthread_sigmask(SIG_SETMASK, &all, &before))
        return FAULT(ERR_SYSTEM);
    failed = pthread_create(&records->thread, NULL, write_groups, records);
    records->started = failed == 0;
    if (pthread_sigmask(SIG_SETMASK, &before, NULL) || failed)
        return FAULT(ERR_SYSTEM);
    return 0;
}

int records_open(struct records **ret_records, const char *path, struct bytes key)
{
    CLEANUP(records_free) struct records *records = calloc(1, sizeof(*records));
    int r;

    if (!records)
        return FAULT(ERR_MEMORY);
    records->in_memory = strcmp(path, ":memory:") == 0;
    records->last = &records->first;
    (void)pthread_mutex_init(&records->mutex, NULL);
    (void)pthread_cond_init(&records->work, NULL);
    (void)pthread_cond_init(&records->reader_back, NULL);
    r = open_connections(records, path, key);
    if (r)
        return r;
    r = start(records);
    if (r)
        return r;
    *ret_records = TAKE(records);
    return 0;
}

struct records *records_free(struct records *records)
{
    if (!records)
        return NULL;
    if (records->started) {
        (void)pthread_mutex_lock(&records->mutex);
        records->stopping = true;
        (void)pthread_cond_signal(&records->work);
        (void)pthread_mutex_unlock(&records->mutex);
        (void)pthread_join(records->thread, NULL);
    }
    assert(!records->first);
    for (size_t i = 0; i < READERS; i++)
        (void)sql_free(records->readers[i]);
    (void)sql_free(records->writer);
    (void)pthread_cond_destroy(&records->work);
    (void)pthread_cond_destroy(&records->reader_back);
    (void)pthread_mutex_destroy(&records->mutex);
    free(records);
    return NULL;
}
