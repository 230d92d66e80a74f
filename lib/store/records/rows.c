#include "store/records/records-private.h"

int records_take_text(struct sql_statement *statement, int column, struct arena *arena,
                      struct text *ret_text)
{
    struct text text = arena_copy_text(arena, sql_text(statement, column));

    if (!text.at)
        return FAULT(ERR_MEMORY);
    *ret_text = text;
    return 0;
}

int records_take_bytes(struct sql_statement *statement, int column, struct arena *arena,
                       struct bytes *ret_bytes)
{
    struct bytes bytes = arena_copy(arena, sql_bytes(statement, column));

    if (!bytes.at)
        return FAULT(ERR_MEMORY);
    *ret_bytes = bytes;
    return 0;
}

int records_take_hash(struct sql_statement *statement, int column, struct hash *ret_hash)
{
    struct bytes bytes = sql_bytes(statement, column);

    if (bytes.len != HASH_SIZE)
        return FAULT(ERR_CORRUPT);
    memcpy(ret_hash->at, bytes.at, HASH_SIZE);
    return 0;
}

int records_one(struct sql_statement *statement)
{
    int r = sql_next(statement);

    return r == SQL_DONE ? RECORDS_ABSENT : r;
}

int records_run(struct sql_statement *statement)
{
    int r = sql_run(statement);

    return r == SQL_CONSTRAINT ? FAULT(ERR_CORRUPT) : r;
}

int records_run_one(struct records_tx *tx, struct sql_statement *statement)
{
    int r = records_run(statement);

    if (r)
        return r;
    return sql_changes(tx->sql) == 1 ? 0 : RECORDS_ABSENT;
}

int records_next_number(struct records_tx *tx, const char *name, int64_t *ret_number)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int64_t number;
    int r = sql_prepare(tx->sql,
                        "INSERT INTO counter (name, value) VALUES ($1, 1)"
                        " ON CONFLICT (name) DO UPDATE SET value = counter.value + 1"
                        " RETURNING value",
                        &statement);

    if (r)
        return r;
    sql_bind_text(statement, 1, text_of(name));
    r = sql_next(statement);
    if (r)
        return r > 0 ? FAULT(ERR_CORRUPT) : r;
    number = sql_i64(statement, 0);
    /* A statement with RETURNING is done when it has been run to its end. */
    r = sql_next(statement);
    if (r != SQL_DONE)
        return r >= 0 ? FAULT(ERR_CORRUPT) : r;
    *ret_number = number;
    return 0;
}

void *records_rows_add(struct records_rows *rows)
{
    if (rows->count == rows->room) {
        size_t room = rows->room ? rows->room * 2 : 16;
        void *at = arena_take_array(rows->arena, room, rows->row_size);

        if (!at)
            return NULL;
        if (rows->count > 0)
            memcpy(at, rows->at, rows->count * rows->row_size);
        rows->at = at;
        rows->room = room;
    }
    return (uint8_t *)rows->at + rows->count++ * rows->row_size;
}
