#pragma once

/*
 * SQL: one face for the databases that Ward keeps
 *
 * A connection, statements with $1 parameters, typed values, transactions. The driver here is
 * SQLite (SQLCipher's); the dialect is the part that PostgreSQL shares: UPSERT, RETURNING, $1.
 * SQL is always a literal: text that came from anywhere else does not compile. Nothing is ever
 * logged, neither statements nor values.
 *
 * A connection belongs to one thread at a time. Files are made 0600, with 16 KiB pages, WAL and
 * synchronous=FULL: when sql_commit() has returned, the transaction survives a power cut.
 *
 *     CLEANUP(sql_end) struct sql_statement *statement = NULL;
 *
 *     r = sql_prepare(sql, "SELECT name FROM person WHERE person = $1", &statement);
 *     if (r)
 *         return r;
 *     sql_bind_i64(statement, 1, number);
 *     while ((r = sql_next(statement)) == 0)
 *         use(sql_text(statement, 0));
 *     return r == SQL_DONE ? 0 : r;
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/result.h"

#define SQL_KEY_SIZE 32

enum {
    SQL_DONE = 1,   /* there is no further row */
    SQL_CONSTRAINT, /* a UNIQUE, CHECK, NOT NULL or foreign key says no; the statement had no effect
                     */
    SQL_KEY,        /* not opened by this key, or not a database */
};

/*
 * Faults of every function below: ERR_BUSY when another connection kept its lock for 10 s, ERR_FULL
 * when the disk is full, ERR_CORRUPT when the file is not what was written, ERR_SYSTEM when
 * reading, writing or syncing failed, ERR_MEMORY.
 */

struct sql;
struct sql_statement;

struct sql_options {
    const char *path; /* ":memory:" for one that nobody else sees */
    struct bytes key; /* SQL_KEY_SIZE bytes for SQLCipher, or empty for a plain file */
    bool read_only;   /* writes are refused; the file must exist */
};

/* Opens or makes the file. key is not kept. Outcome: SQL_KEY. */
RESULT sql_open(struct sql **ret_sql, const struct sql_options *options);

/* Ends every statement, rolls back what is open, and closes. NULL is fine. Always returns NULL. */
struct sql *sql_free(struct sql *sql);
DEFINE_CLEANUP(struct sql *, sql_free)

/* ---- statements ---- */

/*
 * A statement ready to be bound; the connection keeps it prepared for the next time. It holds until
 * sql_end(), which everything that it was lent must outlive.
 */
#define sql_prepare(sql, literal, ret_statement)                                                   \
    sql_prepare_literal((sql), "" literal, (ret_statement))
RESULT sql_prepare_literal(struct sql *sql, const char *literal,
                           struct sql_statement **ret_statement);

/* Gives the statement back to its connection. NULL is fine. Always returns NULL. */
struct sql_statement *sql_end(struct sql_statement *statement);
DEFINE_CLEANUP(struct sql_statement *, sql_end)

/*
 * Values for $1 to $64, in whatever order the statement has them; text and bytes are borrowed until
 * sql_end(). A failed bind is reported by the sql_next() or sql_run() that follows. Parameters that
 * are not bound are NULL.
 */
void sql_bind_i64(struct sql_statement *statement, int parameter, int64_t value);
void sql_bind_text(struct sql_statement *statement, int parameter, struct text value);
void sql_bind_bytes(struct sql_statement *statement, int parameter, struct bytes value);

/* Goes to the next row. Outcomes: SQL_DONE, SQL_CONSTRAINT. */
RESULT sql_next(struct sql_statement *statement);

/* Runs to the end, passing over rows, and makes it ready to be bound and run again: what was bound
 * stays bound. Outcome: SQL_CONSTRAINT. */
RESULT sql_run(struct sql_statement *statement);

/* Values of the row's columns from 0; text and bytes hold until the next sql_next(), sql_run() or
 * sql_end(). A NULL is 0 or empty. */
int64_t sql_i64(struct sql_statement *statement, int column);
struct text sql_text(struct sql_statement *statement, int column);
struct bytes sql_bytes(struct sql_statement *statement, int column);
bool sql_is_null(struct sql_statement *statement, int column);

/* Rows that the last INSERT, UPDATE or DELETE changed. */
int64_t sql_changes(const struct sql *sql);

/* Runs statements that have no parameters: schemas and migrations. Outcome: SQL_CONSTRAINT. */
#define sql_script(sql, literal) sql_script_literal((sql), "" literal)
RESULT sql_script_literal(struct sql *sql, const char *literal);

/* ---- everything ---- */

/* One value of a row, as bytes; valid until it returns. What it returns but 0 ends the visit. */
typedef int sql_visit(void *context, struct text table, struct bytes value);

/* Visits every value of every table, whatever it means: for showing that something is nowhere. */
RESULT sql_visit_values(struct sql *sql, sql_visit *visit, void *context);

/* ---- transactions ---- */

/* Takes the write lock at once. */
RESULT sql_begin(struct sql *sql);
/* One snapshot for every read until sql_rollback(). */
RESULT sql_begin_read(struct sql *sql);
/* Durable when it returns 0. On a fault nothing of it is there: the caller rolls back. */
RESULT sql_commit(struct sql *sql);
/* Ends the transaction without its changes; none open is no error. */
RESULT sql_rollback(struct sql *sql);

/* Puts what commits have written where it belongs, and empties the log beside the file: nothing of
 * what was overwritten stays there. Not inside a transaction. ERR_BUSY: somebody still reads an
 * older state. */
RESULT sql_checkpoint(struct sql *sql);

/* False outside of one, and when a fault has ended it: a full disk can. */
bool sql_in_transaction(const struct sql *sql);

/* A part of a transaction that can be undone alone; they do not nest. */
RESULT sql_savepoint(struct sql *sql);
RESULT sql_savepoint_keep(struct sql *sql);
RESULT sql_savepoint_undo(struct sql *sql);
