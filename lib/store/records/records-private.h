#pragma once

/*
 * What the nouns of records.db share: the transaction, and ways from rows to structs
 *
 * Numbers are stored as SQLite has them, signed and of 64 bits; times as milliseconds UTC.
 */

#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/result.h"
#include "crypto/hash.h"
#include "store/records/nouns.h"
#include "store/records/records.h"
#include "store/sql/sql.h"

struct records_tx {
    struct sql *sql;
};

/* Brings the schema up to this program's. Outcome: RECORDS_NEWER. */
RESULT records_migrate(struct sql *sql);
/* Up to a version, as a program of then left it: for tests of the steps after it. */
RESULT records_migrate_to(struct sql *sql, int64_t newest);

/* A column's value, copied into the arena. */
RESULT records_take_text(struct sql_statement *statement, int column, struct arena *arena,
                         struct text *ret_text);
RESULT records_take_bytes(struct sql_statement *statement, int column, struct arena *arena,
                          struct bytes *ret_bytes);

/* A column's 32 bytes; ERR_CORRUPT when they are not 32. */
RESULT records_take_hash(struct sql_statement *statement, int column, struct hash *ret_hash);

static inline void records_bind_hash(struct sql_statement *statement, int parameter,
                                     const struct hash *hash)
{
    sql_bind_bytes(statement, parameter, (struct bytes){.at = hash->at, .len = HASH_SIZE});
}

/* Goes to the one row that is asked for. Outcome: RECORDS_ABSENT. */
RESULT records_one(struct sql_statement *statement);

/* Runs a change that no constraint can refuse unless the database is not what we made. */
RESULT records_run(struct sql_statement *statement);

/* Runs a change of the one row that is named. Outcome: RECORDS_ABSENT. */
RESULT records_run_one(struct records_tx *tx, struct sql_statement *statement);

/* The next number of that name: from 1, never given twice. */
RESULT records_next_number(struct records_tx *tx, const char *name, int64_t *ret_number);

/* Rows that grow in an arena. */
struct records_rows {
    struct arena *arena;
    void *at;
    size_t row_size;
    size_t count;
    size_t room;
};

/* A zeroed row at the end; NULL when the arena is full. Rows before it may move. */
void *records_rows_add(struct records_rows *rows);

/* Rows of (idx, entry) of the audit log. */
RESULT records_take_audit_rows(struct sql_statement *statement, struct arena *arena,
                               struct records_audit_row **ret_rows, size_t *ret_count);
