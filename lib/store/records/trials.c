#include "store/records/nouns.h"
#include "store/records/records-private.h"

int records_trial_number(struct records_tx *tx, uint64_t *ret_number)
{
    int64_t number;
    int r = records_next_number(tx, "trial", &number);

    if (r == 0)
        *ret_number = (uint64_t)number;
    return r;
}

int records_trial_add(struct records_tx *tx, const struct records_trial *trial)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "INSERT INTO trial (number, started_at, finished_at, started_by, outcome,"
                        " result) VALUES ($1, $2, $3, $4, $5, $6)",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, (int64_t)trial->number);
    sql_bind_i64(statement, 2, trial->started_at);
    sql_bind_i64(statement, 3, trial->finished_at);
    sql_bind_text(statement, 4, trial->started_by);
    sql_bind_i64(statement, 5, trial->outcome);
    sql_bind_text(statement, 6, trial->result);
    return records_run(statement);
}

int records_trial_list(struct records_tx *tx, size_t limit, struct arena *arena,
                       struct records_trial **ret_trials, size_t *ret_count)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct records_rows rows = {.arena = arena, .row_size = sizeof(struct records_trial)};
    int r = sql_prepare(tx->sql,
                        "SELECT number, started_at, finished_at, started_by, outcome, result"
                        " FROM trial ORDER BY number DESC LIMIT $1",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, (int64_t)limit);
    while ((r = sql_next(statement)) == 0) {
        struct records_trial *trial = records_rows_add(&rows);
        int64_t outcome = sql_i64(statement, 4);

        if (!trial)
            return FAULT(ERR_MEMORY);
        if (outcome < 0 || outcome >= RECORDS_TRIAL_OUTCOMES)
            return FAULT(ERR_CORRUPT);
        *trial = (struct records_trial){.number = (uint64_t)sql_i64(statement, 0),
                                        .started_at = sql_i64(statement, 1),
                                        .finished_at = sql_i64(statement, 2),
                                        .outcome = (enum records_trial_outcome)outcome};
        r = records_take_text(statement, 3, arena, &trial->started_by);
        if (r == 0)
            r = records_take_text(statement, 5, arena, &trial->result);
        if (r)
            return r;
    }
    if (r != SQL_DONE)
        return r;
    *ret_trials = rows.at;
    *ret_count = rows.count;
    return 0;
}

int records_trial_passed_at(struct records_tx *tx, int64_t *ret_at)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(
        tx->sql, "SELECT coalesce(max(finished_at), 0) FROM trial WHERE outcome = 0", &statement);

    if (r == 0)
        r = records_one(statement);
    if (r)
        return r;
    *ret_at = sql_i64(statement, 0);
    return 0;
}
