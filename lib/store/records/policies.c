#include "store/records/nouns.h"
#include "store/records/records-private.h"

int records_policy_newest(struct records_tx *tx, struct arena *arena,
                          struct records_policy *ret_policy)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct records_policy policy = {0};
    int r = sql_prepare(tx->sql,
                        "SELECT version, envelope, created_at, created_by FROM policy"
                        " ORDER BY version DESC LIMIT 1",
                        &statement);

    if (r == 0)
        r = records_one(statement);
    if (r)
        return r;
    policy.version = (uint64_t)sql_i64(statement, 0);
    policy.created_at = sql_i64(statement, 2);
    r = records_take_bytes(statement, 1, arena, &policy.envelope);
    if (r == 0)
        r = records_take_text(statement, 3, arena, &policy.created_by);
    if (r)
        return r;
    *ret_policy = policy;
    return 0;
}

static int newest_version(struct records_tx *tx, uint64_t *ret_version)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "SELECT coalesce(max(version), 0) FROM policy", &statement);

    if (r == 0)
        r = records_one(statement);
    if (r)
        return r;
    *ret_version = (uint64_t)sql_i64(statement, 0);
    return 0;
}

int records_policy_add(struct records_tx *tx, const struct records_policy *policy)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    uint64_t newest = 0;
    int r = newest_version(tx, &newest);

    if (r == 0 && policy->version != newest + 1)
        return RECORDS_STALE;
    if (r == 0)
        r = sql_prepare(tx->sql,
                        "INSERT INTO policy (version, envelope, created_at, created_by)"
                        " VALUES ($1, $2, $3, $4)",
                        &statement);
    if (r)
        return r;
    sql_bind_i64(statement, 1, (int64_t)policy->version);
    sql_bind_bytes(statement, 2, policy->envelope);
    sql_bind_i64(statement, 3, policy->created_at);
    sql_bind_text(statement, 4, policy->created_by);
    return records_run(statement);
}
