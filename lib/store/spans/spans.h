#pragma once

/*
 * The span store: what devices sent, sealed by day
 *
 * One interface, two engines: embedded (spans.db: sealed boxes, docs/formats/spans.md) and memory
 * (tests, and the oracle of the contract suite). A batch, its sequence, its gaps and its new
 * strings commit together. Every question carries a scope, made by access/ from who asks.
 *
 * Any thread may call.
 */

#include <stdbool.h>
#include <stdint.h>

#include "activity/span.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/id.h"
#include "base/needles.h"
#include "base/result.h"
#include "redact/redact.h"
#include "store/keyring/keyring.h"
#include "wire/batch.h"
#include "wire/evidence.h"

enum {
    SPANS_REPEATED = 1, /* a batch of that device, epoch and sequence was committed before: no
                           effect, and to be acknowledged */
    SPANS_STALE,        /* of an epoch that is over */
    SPANS_KEY,          /* not a span store, or its key is wrong */
    SPANS_NEWER,        /* written by a newer version of Ward */
    SPANS_LARGE,        /* the answer would not fit the arena: ask for less */
    SPANS_INVALID,      /* a batch that breaks what its structs promise: nothing of it is taken */
};

struct spans;

/* Opens or makes the file at path. The keyring outlives the store. Outcomes: SPANS_KEY,
 * SPANS_NEWER.
 */
RESULT spans_open_embedded(struct spans **ret_spans, const char *path, struct keyring *keyring);
RESULT spans_open_memory(struct spans **ret_spans);
/* Commits what waits, then closes. NULL is fine. Always returns NULL. */
struct spans *spans_free(struct spans *spans);
DEFINE_CLEANUP(struct spans *, spans_free)

/* Twice the spans of a batch, since each may be cut at midnight; three times its strings, since
 * each may be an application, a site and a title, and the empty one and "unknown". */
#define SPANS_ROWS_MAX ((size_t)2 * WIRE_SPANS_MAX)
#define SPANS_STRINGS_MAX ((size_t)3 * WIRE_STRINGS_MAX + 2)

struct spans_row {
    struct account_id account;
    int64_t start_at;
    uint32_t duration_ms;
    uint32_t application; /* index into strings; 0: "unknown" */
    uint32_t domain;      /* 0: none */
    uint32_t title;       /* 0: none */
    uint32_t flags;
    enum span_state state;
};

struct spans_count {
    struct account_id account;
    int32_t day;
    uint32_t application;
    uint32_t domain;
    enum redact_kind kind;
    uint32_t count;
};

struct spans_drop {
    struct account_id account;
    int32_t day;
    enum batch_drop_reason reason;
    uint32_t count;
};

struct spans_gap {
    struct device_id device;
    struct account_id account; /* 0: the device */
    int64_t from_at;
    int64_t to_at;
    enum batch_gap_reason reason;
    uint64_t spans;
    const struct clean_text *reason_text; /* NULL: none */
};

/*
 * Already checked, bounded and redacted again. Rows are cut at midnight UTC: none leaves its day.
 * Days are from 1970 to 9999; counts, drops and gaps at most those of wire/limits.h. Sequences of
 * an epoch begin at 1. Rows of a day whose key is destroyed come too late: a gap says how many they
 * were.
 */
struct spans_batch {
    struct device_id device;
    uint32_t epoch;
    uint64_t sequence;
    int64_t received_at;
    int32_t offset_minutes;
    const struct clean_text *const *strings; /* strings[0] is NULL */
    size_t string_count;
    const struct spans_row *rows;
    size_t row_count;
    const struct spans_count *counts;
    size_t count_count;
    const struct spans_drop *drops;
    size_t drop_count;
    const struct spans_gap *gaps;
    size_t gap_count;
    struct evidence evidence; /* rules: the service's, then those of sensors that had others */
};

/* Called once, when the batch is durable (0), was there before (SPANS_REPEATED), or is not kept:
 * SPANS_STALE, ERR_FULL, ERR_SYSTEM, ... From the store's thread (memory: from the caller's, before
 * spans_commit() returns). Must be quick. After a fault of the disk every further batch gets it,
 * until the store is opened again. */
typedef void spans_done(void *context, int result);

/*
 * Takes a batch (copied and encoded before it returns) and calls done when it is durable; batches
 * that wait share a commit. ERR_BUSY when too many wait. Outcome: SPANS_INVALID. When anything but
 * 0 is returned, done is not called.
 */
RESULT spans_commit(struct spans *spans, const struct spans_batch *batch, spans_done *done,
                    void *context);

/* The last committed epoch and sequence of a device; 0, 0 when there is none. missing: sequences
 * skipped so far. */
RESULT spans_sequence(struct spans *spans, struct device_id device, uint32_t *ret_epoch,
                      uint64_t *ret_sequence, uint64_t *ret_missing);

/* ---- questions ---- */

/* Whose an account is, on the days (UTC) from from_day on and before until_day. */
struct spans_owner {
    struct account_id account;
    struct person_id person;
    int32_t from_day;
    int32_t until_day;
};

/* An owner for all days. */
static inline struct spans_owner spans_owner_ever(struct account_id account,
                                                  struct person_id person)
{
    return (struct spans_owner){account, person, INT32_MIN, INT32_MAX};
}

/* Who may be seen, from when to when: made by access/, never by a handler. What an account did on a
 * day that no owner here has is not in the scope. */
struct spans_scope {
    const struct spans_owner *owners; /* no two of one account share a day */
    size_t owner_count;
    int64_t from_at;
    int64_t to_at;
};

/* A span as an answer: texts are in the arena. */
struct spans_answer {
    struct account_id account;
    struct person_id person; /* whose the account was that day */
    struct span span;
};

/* Every span that touches the scope, cut to it, by account, then start. Days whose key is destroyed
 * hold nothing, here and below. Outcome: SPANS_LARGE. */
RESULT spans_timeline(struct spans *spans, const struct spans_scope *scope, struct arena *arena,
                      struct spans_answer **ret_answers, size_t *ret_count);

struct spans_usage {
    struct account_id account;
    struct person_id person;
    const struct clean_text *application;
    const struct clean_text *domain; /* NULL: none */
    int64_t ms[SPAN_STATES];         /* by state, cut to the scope */
};

/* Time by account, person, application and site; unsorted. Outcome: SPANS_LARGE. */
RESULT spans_usage(struct spans *spans, const struct spans_scope *scope, struct arena *arena,
                   struct spans_usage **ret_usage, size_t *ret_count);

struct spans_removed {
    int32_t day;
    const struct clean_text *application;
    const struct clean_text *domain;
    enum redact_kind kind;
    uint64_t count;
};

/* Identifiers removed, by day, application, site and kind, over all accounts of the scope and whole
 * days that it touches; unsorted. Outcome: SPANS_LARGE. */
RESULT spans_removed(struct spans *spans, const struct spans_scope *scope, struct arena *arena,
                     struct spans_removed **ret_removed, size_t *ret_count);

enum spans_bucket { SPANS_BUCKET_DAY, SPANS_BUCKET_WEEK };

/* Identifiers of one kind removed at one site or application in one day or week, and how many
 * people they passed. */
struct spans_flow {
    int32_t day;                   /* the first of the bucket: a week's is its Monday */
    const struct clean_text *name; /* the site, or the application where there was none */
    bool site;
    enum redact_kind kind;
    uint64_t count;
    uint32_t people;     /* different persons who made the count */
    uint32_t row_people; /* likewise of all kinds of that name in that bucket */
};

struct spans_flows {
    struct spans_flow *at;
    size_t count;
    uint32_t people; /* different persons in all of it */
};

/* Identifiers removed, by bucket, name and kind, over all accounts of the scope and whole days that
 * it touches; unsorted. Numbers of few people are in it: lib/access/crowd.h says what may leave.
 * Outcome: SPANS_LARGE. */
RESULT spans_flows(struct spans *spans, const struct spans_scope *scope, enum spans_bucket bucket,
                   struct arena *arena, struct spans_flows *ret_flows);

struct spans_dropped {
    int32_t day;
    enum batch_drop_reason reason;
    uint64_t count;
};

/* Fields dropped, by day and reason, over all accounts of the scope and whole days that it touches;
 * unsorted. Outcome: SPANS_LARGE. */
RESULT spans_dropped(struct spans *spans, const struct spans_scope *scope, struct arena *arena,
                     struct spans_dropped **ret_dropped, size_t *ret_count);

/* A rule set that a device said it runs; times are when batches came. */
struct spans_rules {
    struct evidence_rules rules;
    bool sensor; /* of a sensor, which was of another version than its service */
    int64_t first_at;
    int64_t since_at; /* since when it was the one in use, when last seen */
    int64_t last_at;
};

/* At most this many rule sets are remembered of a device: the ones seen last. */
#define SPANS_RULES_MAX 64

/* The rule sets of a device, the one seen last first. Outcome: SPANS_LARGE. */
RESULT spans_rules(struct spans *spans, struct device_id device, struct arena *arena,
                   struct spans_rules **ret_rules, size_t *ret_count);

/* What a device judged, and what each rule found, on the days [from_day, to_day]: one row a day in
 * judged (0 where it said nothing but counts), counts by day, then rule. A rule that is one too
 * many for a day is "other". rules is empty. Outcome: SPANS_LARGE. */
RESULT spans_evidence(struct spans *spans, struct device_id device, int32_t from_day,
                      int32_t to_day, struct arena *arena, struct evidence *ret_evidence);

/* What was looked through for needles: everything sealed, opened; the file as it is; texts that are
 * held in memory. */
struct spans_found {
    struct needles_sweep sealed;
    struct needles_sweep file;
    struct needles_sweep memory;
};

/* Looks for needles in everything that can still be opened. */
RESULT spans_look(struct spans *spans, const struct needles *needles,
                  struct spans_found *ret_found);

/* Gaps of a device, the one with the latest beginning first, at most limit. Sequences that were
 * skipped are BATCH_GAP_SPOOL_CORRUPT. Outcome: SPANS_LARGE. */
RESULT spans_gaps(struct spans *spans, struct device_id device, size_t limit, struct arena *arena,
                  struct spans_gap **ret_gaps, size_t *ret_count);

/* ---- spills: a text that should never have been kept is taken out of everything (spill.c) ---- */

/* Whether a text must go. Called from any thread. */
typedef bool spans_judge(const void *context, struct text text);

/* Returns when every batch given before is durable or was refused. */
RESULT spans_settle(struct spans *spans);

/* The days that hold anything and whose keys are there, ascending. Outcome: SPANS_LARGE. */
RESULT spans_days(struct spans *spans, struct arena *arena, int32_t **ret_days, size_t *ret_count);

/* How many different texts of a day must go. */
RESULT spans_search(struct spans *spans, int32_t day, spans_judge *judge, const void *context,
                    uint64_t *ret_texts);

struct spans_rewritten {
    uint64_t texts;                       /* different ones that went */
    uint64_t rows;                        /* sealed anew: of spans, tallies, strings, and gaps */
    uint8_t old_key[KEYRING_KEY_ID_SIZE]; /* zeros where the engine has none */
    uint8_t new_key[KEYRING_KEY_ID_SIZE];
};

/*
 * Puts instead in the place of every text of a day that must go, seals everything of the day under
 * a new key, and destroys the old one: durable when it returns 0. Batches wait meanwhile. A day of
 * which nothing must go, or without a key, is left as it is, and ret_rewritten is zeros.
 *
 * After a fault before the commit the day is as it was. After a later one it is rewritten, and the
 * old key is still in the keyring's file until any day is rewritten, or the store is opened, again.
 */
RESULT spans_rewrite(struct spans *spans, int32_t day, spans_judge *judge, const void *context,
                     const struct clean_text *instead, struct spans_rewritten *ret_rewritten);
