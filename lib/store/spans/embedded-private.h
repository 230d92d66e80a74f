#pragma once

/*
 * The embedded engine's parts: the store, its writer, its readers
 *
 * One writer thread has the only connection that writes; readers take connections of their own from
 * a pool. Dictionaries of days are kept twice, once for the writer, which alone numbers strings,
 * and once for readers under a lock: neither ever sees the other's.
 */

#include <pthread.h>

#include "store/keyring/keyring.h"
#include "store/spans/box.h"
#include "store/spans/dictionary.h"
#include "store/spans/job.h"
#include "store/spans/spans-private.h"
#include "store/sql/sql.h"

enum {
    QUEUE_JOBS_MAX = 1024, /* batches that wait */
    GROUP_JOBS_MAX = 256,  /* batches that share a commit */
    READERS_MAX = 8,       /* questions at a time */
    CODERS_MAX = 16,       /* coders that are kept; more are made and freed */
};
#define QUEUE_BYTES_MAX ((size_t)64 << 20)
#define DICTIONARIES_BYTES_MAX ((size_t)96 << 20) /* writer's and readers', each */
#define SCRATCH_BYTES_MAX ((size_t)128 << 20)     /* what one box or row of strings needs */

struct embedded;

/* ---- reading strings of a day, for writer and readers ---- */

/* What opens boxes: a connection with room to work in, one thread at a time. */
struct opener {
    struct sql *sql;
    struct box_coder *coder;
    struct arena *scratch; /* of the box that is open */
    struct buffer plain;
    struct arena *strings; /* of a row of strings, which may be needed while a box is open */
    struct buffer strings_plain;
};

RESULT opener_begin(struct opener *opener, const char *path, bool read_only);
void opener_end(struct opener *opener);

/* Adds to a day's dictionary the strings that the file has and it has not. ERR_CORRUPT. */
RESULT opener_catch_up(struct opener *opener, const struct dictionary_seed *seed,
                       const uint8_t key[KEYRING_KEY_SIZE], int32_t day,
                       struct dictionary *dictionary);

/* ---- the writer ---- */

struct writer {
    pthread_t thread;
    bool started;
    pthread_mutex_t lock; /* of what follows until the blank line */
    pthread_cond_t wake;
    struct job *first;
    struct job **end;
    size_t job_count;
    size_t size_bytes;
    bool stopping;

    /* The thread's own. */
    struct embedded *store;
    struct opener opener;
    struct dictionary_days *days;
    int failed; /* a fault of the disk: nothing is tried any more */
    uint64_t next_box;
    uint64_t next_tally;
    uint64_t next_gap;
    int32_t keyed_day; /* when keys ahead were last made */
};

RESULT writer_begin(struct writer *writer, struct embedded *store);
/* A replacement of a day's key that was under way when the program ended, or could not be written
 * to its end: the file says with which of the two the day is sealed. */
RESULT writer_settle_key(struct writer *writer);
/* Commits what waits and ends the thread. */
void writer_end(struct writer *writer);
/* Gives a job to the thread. ERR_BUSY: it is still the caller's. */
RESULT writer_give(struct writer *writer, struct job *job);

/* ---- readers ---- */

struct reader {
    struct reader *next;
    struct opener opener;
};

struct readers {
    /* Held for reading with every snapshot, and for writing while a day's rows and its key change
     * together: nobody ever has the rows of one with the key of the other. */
    pthread_rwlock_t snapshots;
    pthread_mutex_t lock;
    pthread_cond_t returned;
    struct reader *idle;
    size_t lent;
    pthread_mutex_t days_lock;
    struct dictionary_days *days;
};

RESULT readers_begin(struct readers *readers);
void readers_end(struct readers *readers);
/* A reader in a snapshot of its own; waits when all are lent. */
RESULT readers_take(struct embedded *store, struct reader **ret_reader);
void readers_return(struct embedded *store, struct reader *reader);

/* ---- the store ---- */

struct embedded {
    struct spans spans;
    struct keyring *keyring;
    char *path;
    struct dictionary_seed seed;
    pthread_mutex_t coders_lock;
    struct box_coder *coders[CODERS_MAX];
    size_t coder_count;
    struct writer writer;
    struct readers readers;
};

static inline struct embedded *embedded_of(struct spans *spans)
{
    return (struct embedded *)spans;
}

/* The engine's questions (questions.c). */
int embedded_timeline(struct spans *spans, const struct spans_scope *scope, struct arena *arena,
                      struct spans_answer **ret_answers, size_t *ret_count);
int embedded_usage(struct spans *spans, const struct spans_scope *scope, struct arena *arena,
                   struct spans_usage **ret_usage, size_t *ret_count);
int embedded_removed(struct spans *spans, const struct spans_scope *scope, struct arena *arena,
                     struct spans_removed **ret_removed, size_t *ret_count);
int embedded_flows(struct spans *spans, const struct spans_scope *scope, enum spans_bucket bucket,
                   struct arena *arena, struct spans_flows *ret_flows);
int embedded_look(struct spans *spans, const struct needles *needles,
                  struct spans_found *ret_found);
int embedded_dropped(struct spans *spans, const struct spans_scope *scope, struct arena *arena,
                     struct spans_dropped **ret_dropped, size_t *ret_count);
int embedded_gaps(struct spans *spans, struct device_id device, size_t limit, struct arena *arena,
                  struct spans_gap **ret_gaps, size_t *ret_count);
int embedded_rules(struct spans *spans, struct device_id device, struct arena *arena,
                   struct spans_rules **ret_rules, size_t *ret_count);
int embedded_evidence(struct spans *spans, struct device_id device, int32_t from_day,
                      int32_t to_day, struct arena *arena, struct evidence *ret_evidence);
int embedded_sequence(struct spans *spans, struct device_id device, uint32_t *ret_epoch,
                      uint64_t *ret_sequence, uint64_t *ret_missing);

/* Spills (spill.c). */
int embedded_settle(struct spans *spans);
int embedded_days(struct spans *spans, struct arena *arena, int32_t **ret_days, size_t *ret_count);
int embedded_search(struct spans *spans, int32_t day, spans_judge *judge, const void *context,
                    uint64_t *ret_texts);
int embedded_rewrite(struct spans *spans, int32_t day, spans_judge *judge, const void *context,
                     const struct clean_text *instead, struct spans_rewritten *ret_rewritten);

/* How many texts of a day must go, as the opener's connection sees it. */
RESULT opener_search(struct opener *opener, const uint8_t key[KEYRING_KEY_SIZE], int32_t day,
                     spans_judge *judge, const void *context, uint64_t *ret_texts);

/* Opens one row of strings: texts hold until the next. ERR_CORRUPT. */
RESULT opener_strings(struct opener *opener, const uint8_t key[KEYRING_KEY_SIZE], int32_t day,
                      uint64_t first, uint64_t count, struct bytes blob, struct text **ret_texts);
