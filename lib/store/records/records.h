#pragma once

/*
 * records.db: people, access, configuration, devices, and the audit log, in one SQLCipher file
 *
 * An act is a job: it runs on the one writer thread inside a savepoint, appends its own audit entry
 * with records_audit_append(), and is durable when records_act() returns. Jobs that wait together
 * share one commit. Reading has its own connections. The nouns (nouns.h) are functions on
 * a transaction; no SQL leaves this folder.
 *
 * Any thread may call records_act() and records_read().
 */

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/result.h"

enum {
    RECORDS_KEY = 1, /* not opened by this key, or not a database */
    RECORDS_NEWER,   /* written by a newer version of Ward */
    RECORDS_ABSENT,  /* no such row */
    RECORDS_EXISTS,  /* one of that name is there already */
    RECORDS_STALE,   /* changed by somebody else since it was read */
};

struct records;
struct records_tx;

/*
 * Opens (or makes) the database at path, with a raw key of 32 bytes, and migrates it. path
 * ":memory:" with an empty key is a plain one for tests. Outcomes: RECORDS_KEY, RECORDS_NEWER.
 */
RESULT records_open(struct records **ret_records, const char *path, struct bytes key);
struct records *records_free(struct records *records);
DEFINE_CLEANUP(struct records *, records_free)

/* A job's own outcome (> 0) or fault rolls back what it did and is what the caller gets. */
typedef int records_job(struct records_tx *tx, void *context);

/*
 * Runs job on the writer thread and returns when it is durable. ERR_BUSY when too many wait,
 * ERR_FULL when the disk is full; nothing of the job is kept then. After any other failure to
 * commit the act may or may not be found when the database is opened again, and every later act is
 * ERR_SYSTEM: the writer does not go on with a file that it is not sure of.
 */
RESULT records_act(struct records *records, records_job *job, void *context);

/* Runs job on a reader connection, on this thread; it sees one snapshot and may write nothing. Not
 * to be called from a job. */
RESULT records_read(struct records *records, records_job *job, void *context);

/* Reads every page of the file and checks its authentication; for a job of records_read().
 * ERR_CORRUPT when one is not as we wrote it. Nothing to check in a plain one. */
RESULT records_check_pages(struct records_tx *tx);
