#include "store/records/nouns.h"
#include "store/records/records-private.h"

static int read_node(void *store, unsigned level, uint64_t index, struct hash *ret_hash)
{
    struct records_tx *tx = store;
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "SELECT hash FROM audit_node WHERE position = $1", &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, (int64_t)tree_position(level, index));
    r = records_one(statement);
    if (r)
        return r == RECORDS_ABSENT ? FAULT(ERR_CORRUPT) : r;
    return records_take_hash(statement, 0, ret_hash);
}

static int write_node(void *store, unsigned level, uint64_t index, const struct hash *hash)
{
    struct records_tx *tx = store;
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r =
        sql_prepare(tx->sql, "INSERT INTO audit_node (position, hash) VALUES ($1, $2)", &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, (int64_t)tree_position(level, index));
    records_bind_hash(statement, 2, hash);
    return records_run(statement);
}

static int write_entry(struct records_tx *tx, uint64_t index, struct bytes entry)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r =
        sql_prepare(tx->sql, "INSERT INTO audit_entry (idx, entry) VALUES ($1, $2)", &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, (int64_t)index);
    sql_bind_bytes(statement, 2, entry);
    return records_run(statement);
}

/* So that a review finds what was done under emergency access without reading the whole log. */
static int write_act(struct records_tx *tx, uint64_t emergency, uint64_t index)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "INSERT INTO emergency_act (emergency_id, idx) VALUES ($1, $2)",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, (int64_t)emergency);
    sql_bind_i64(statement, 2, (int64_t)index);
    return records_run(statement);
}

int records_audit_size(struct records_tx *tx, uint64_t *ret_size)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "SELECT coalesce(max(idx) + 1, 0) FROM audit_entry", &statement);

    if (r == 0)
        r = records_one(statement);
    if (r)
        return r;
    *ret_size = (uint64_t)sql_i64(statement, 0);
    return 0;
}

int records_audit_append(struct records_tx *tx, const struct audit_entry *entry,
                         uint64_t *ret_index)
{
    CLEANUP(buffer_deinit) struct buffer bytes = buffer_init(AUDIT_ENTRY_MAX);
    struct hash leaf;
    uint64_t index = 0;
    int r = audit_entry_encode(entry, &bytes);

    if (r == 0)
        r = tree_leaf_hash(buffer_bytes(&bytes), &leaf);
    if (r == 0)
        r = records_audit_size(tx, &index);
    if (r == 0)
        r = write_entry(tx, index, buffer_bytes(&bytes));
    if (r == 0)
        r = tree_append(index, &leaf, read_node, write_node, tx);
    if (r == 0 && entry->emergency)
        r = write_act(tx, entry->emergency, index);
    if (r)
        return r;
    *ret_index = index;
    return 0;
}

int records_take_audit_rows(struct sql_statement *statement, struct arena *arena,
                            struct records_audit_row **ret_rows, size_t *ret_count)
{
    struct records_rows rows = {.arena = arena, .row_size = sizeof(struct records_audit_row)};
    int r;

    while ((r = sql_next(statement)) == 0) {
        struct records_audit_row *row = records_rows_add(&rows);

        if (!row)
            return FAULT(ERR_MEMORY);
        row->index = (uint64_t)sql_i64(statement, 0);
        r = records_take_bytes(statement, 1, arena, &row->entry);
        if (r)
            return r;
    }
    if (r != SQL_DONE)
        return r;
    *ret_rows = rows.at;
    *ret_count = rows.count;
    return 0;
}

static int64_t clamp(uint64_t value)
{
    return value > INT64_MAX ? INT64_MAX : (int64_t)value;
}

int records_audit_list(struct records_tx *tx, uint64_t before, size_t limit, struct arena *arena,
                       struct records_audit_row **ret_rows, size_t *ret_count)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "SELECT idx, entry FROM audit_entry WHERE idx < $1"
                        " ORDER BY idx DESC LIMIT $2",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, clamp(before));
    sql_bind_i64(statement, 2, clamp(limit));
    return records_take_audit_rows(statement, arena, ret_rows, ret_count);
}

int records_audit_read(struct records_tx *tx, uint64_t from, size_t limit, struct arena *arena,
                       struct records_audit_row **ret_rows, size_t *ret_count)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "SELECT idx, entry FROM audit_entry WHERE idx >= $1 ORDER BY idx LIMIT $2",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, clamp(from));
    sql_bind_i64(statement, 2, clamp(limit));
    return records_take_audit_rows(statement, arena, ret_rows, ret_count);
}

/* Outcome: RECORDS_ABSENT when the log is shorter. */
static int check_size(struct records_tx *tx, uint64_t size)
{
    uint64_t current = 0;
    int r = records_audit_size(tx, &current);

    if (r)
        return r;
    return size <= current ? 0 : RECORDS_ABSENT;
}

int records_audit_root(struct records_tx *tx, uint64_t size, struct hash *ret_root)
{
    int r = check_size(tx, size);

    return r ? r : tree_root(size, read_node, tx, ret_root);
}

int records_audit_consistency(struct records_tx *tx, uint64_t old_size, uint64_t new_size,
                              struct tree_proof *ret_proof)
{
    int r = old_size <= new_size ? check_size(tx, new_size) : RECORDS_ABSENT;

    return r ? r : tree_consistency(old_size, new_size, read_node, tx, ret_proof);
}

int records_audit_inclusion(struct records_tx *tx, uint64_t index, uint64_t size,
                            struct tree_proof *ret_proof)
{
    int r = index < size ? check_size(tx, size) : RECORDS_ABSENT;

    return r ? r : tree_inclusion(index, size, read_node, tx, ret_proof);
}

int records_checkpoint_add(struct records_tx *tx, uint64_t size, int64_t at, struct bytes note)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    /* A log that has not grown is signed anew when its key is: the newest note of a size counts. */
    int r = sql_prepare(tx->sql,
                        "INSERT INTO audit_checkpoint (size, at, note) VALUES ($1, $2, $3)"
                        " ON CONFLICT (size) DO UPDATE SET at = excluded.at, note = excluded.note",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, (int64_t)size);
    sql_bind_i64(statement, 2, at);
    sql_bind_bytes(statement, 3, note);
    return records_run(statement);
}

int records_checkpoint_newest(struct records_tx *tx, struct arena *arena, uint64_t *ret_size,
                              struct bytes *ret_note)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct bytes note;
    int r = sql_prepare(
        tx->sql, "SELECT size, note FROM audit_checkpoint ORDER BY size DESC LIMIT 1", &statement);

    if (r == 0)
        r = records_one(statement);
    if (r == 0)
        r = records_take_bytes(statement, 1, arena, &note);
    if (r)
        return r;
    *ret_size = (uint64_t)sql_i64(statement, 0);
    *ret_note = note;
    return 0;
}
