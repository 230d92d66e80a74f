#include "store/records/nouns.h"
#include "store/records/records-private.h"

/* The texts come first, then the bytes. */
#define TEXT_COLUMNS 7
#define COLUMNS                                                                                    \
    "word, base, title, reach, levels, zone, networks, hours, window_days, idle_minutes,"          \
    " absolute_minutes, factor_minutes, coalesce(owner_id, 0), until_day, changed_at"

static int take_class(struct sql_statement *row, struct arena *arena,
                      struct records_class *ret_class)
{
    struct records_class class = {
        .window_days = (uint32_t)sql_i64(row, 8),
        .idle_minutes = (uint32_t)sql_i64(row, 9),
        .absolute_minutes = (uint32_t)sql_i64(row, 10),
        .factor_minutes = (uint32_t)sql_i64(row, 11),
        .owner = {(uint32_t)sql_i64(row, 12)},
        .until_day = (int32_t)sql_i64(row, 13),
        .changed_at = sql_i64(row, 14),
    };
    struct text *const texts[TEXT_COLUMNS] = {&class.word,    &class.base,   &class.title,
                                              &class.reach,   &class.levels, &class.zone,
                                              &class.networks};
    int r = records_take_bytes(row, 7, arena, &class.hours);

    for (size_t i = 0; r == 0 && i < TEXT_COLUMNS; i++)
        r = records_take_text(row, (int)i, arena, texts[i]);
    if (r)
        return r;
    *ret_class = class;
    return 0;
}

/* Everything but word and base, as parameters 1 to 13. */
static void bind_class(struct sql_statement *statement, const struct records_class *class)
{
    sql_bind_text(statement, 1, class->title);
    sql_bind_text(statement, 2, class->reach);
    sql_bind_text(statement, 3, class->levels);
    sql_bind_text(statement, 4, class->zone);
    sql_bind_text(statement, 5, class->networks);
    sql_bind_bytes(statement, 6, class->hours);
    sql_bind_i64(statement, 7, class->window_days);
    sql_bind_i64(statement, 8, class->idle_minutes);
    sql_bind_i64(statement, 9, class->absolute_minutes);
    sql_bind_i64(statement, 10, class->factor_minutes);
    sql_bind_i64(statement, 11, class->owner.number);
    sql_bind_i64(statement, 12, class->until_day);
    sql_bind_i64(statement, 13, class->changed_at);
}

int records_class_get(struct records_tx *tx, struct text word, struct arena *arena,
                      struct records_class *ret_class)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "SELECT " COLUMNS " FROM class WHERE word = $1", &statement);

    if (r)
        return r;
    sql_bind_text(statement, 1, word);
    r = records_one(statement);
    return r ? r : take_class(statement, arena, ret_class);
}

static int is_taken(struct records_tx *tx, struct text word)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "SELECT 1 FROM class WHERE word = $1", &statement);

    if (r)
        return r;
    sql_bind_text(statement, 1, word);
    r = records_one(statement);
    if (r == RECORDS_ABSENT)
        return 0;
    return r ? r : RECORDS_EXISTS;
}

int records_class_add(struct records_tx *tx, const struct records_class *class)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = is_taken(tx, class->word);

    if (r == 0)
        r = sql_prepare(tx->sql,
                        "INSERT INTO class (title, reach, levels, zone, networks, hours,"
                        " window_days, idle_minutes, absolute_minutes, factor_minutes, owner_id,"
                        " until_day, changed_at, word, base) VALUES ($1, $2, $3, $4, $5, $6, $7,"
                        " $8, $9, $10, nullif($11, 0), $12, $13, $14, $15)",
                        &statement);
    if (r)
        return r;
    bind_class(statement, class);
    sql_bind_text(statement, 14, class->word);
    sql_bind_text(statement, 15, class->base);
    return records_run(statement);
}

int records_class_set(struct records_tx *tx, const struct records_class *class)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "UPDATE class SET title = $1, reach = $2, levels = $3, zone = $4,"
                        " networks = $5, hours = $6, window_days = $7, idle_minutes = $8,"
                        " absolute_minutes = $9, factor_minutes = $10, owner_id = nullif($11, 0),"
                        " until_day = $12, changed_at = $13 WHERE word = $14",
                        &statement);

    if (r)
        return r;
    bind_class(statement, class);
    sql_bind_text(statement, 14, class->word);
    return records_run_one(tx, statement);
}

int records_class_remove(struct records_tx *tx, struct text word)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "DELETE FROM class WHERE word = $1", &statement);

    if (r)
        return r;
    sql_bind_text(statement, 1, word);
    return records_run_one(tx, statement);
}

int records_class_list(struct records_tx *tx, struct arena *arena,
                       struct records_class **ret_classes, size_t *ret_count)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct records_rows rows = {.arena = arena, .row_size = sizeof(struct records_class)};
    int r = sql_prepare(tx->sql, "SELECT " COLUMNS " FROM class ORDER BY word", &statement);

    while (r == 0 && (r = sql_next(statement)) == 0) {
        struct records_class *class = records_rows_add(&rows);

        r = class ? take_class(statement, arena, class) : FAULT(ERR_MEMORY);
    }
    if (r != SQL_DONE)
        return r;
    *ret_classes = rows.at;
    *ret_count = rows.count;
    return 0;
}
