#include "store/records/nouns.h"
#include "store/records/records-private.h"

int records_setting(struct records_tx *tx, const char *word, struct arena *arena,
                    struct bytes *ret_value)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "SELECT value FROM setting WHERE word = $1", &statement);

    if (r)
        return r;
    sql_bind_text(statement, 1, text_of(word));
    r = records_one(statement);
    return r ? r : records_take_bytes(statement, 0, arena, ret_value);
}

int records_setting_set(struct records_tx *tx, const char *word, struct bytes value)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "INSERT INTO setting (word, value) VALUES ($1, $2)"
                        " ON CONFLICT (word) DO UPDATE SET value = excluded.value",
                        &statement);

    if (r)
        return r;
    sql_bind_text(statement, 1, text_of(word));
    sql_bind_bytes(statement, 2, value);
    return records_run(statement);
}
