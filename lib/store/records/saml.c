#include "store/records/saml.h"

#include "store/records/records-private.h"

#define COLUMNS                                                                                    \
    "title, entity_id, sign_in_url, certificates, enabled, make_users, second_factor,"             \
    " class_attribute, imported_at, tested_at, test"

static int take(struct sql_statement *row, struct arena *arena, struct records_saml *ret_saml)
{
    struct records_saml saml = {.enabled = sql_i64(row, 4) != 0,
                                .make_users = sql_i64(row, 5) != 0,
                                .second_factor = sql_i64(row, 6) != 0,
                                .imported_at = sql_i64(row, 8),
                                .tested_at = sql_i64(row, 9)};
    int r = records_take_text(row, 0, arena, &saml.title);

    if (r == 0)
        r = records_take_text(row, 1, arena, &saml.entity_id);
    if (r == 0)
        r = records_take_text(row, 2, arena, &saml.sign_in_url);
    if (r == 0)
        r = records_take_bytes(row, 3, arena, &saml.certificates);
    if (r == 0)
        r = records_take_text(row, 7, arena, &saml.class_attribute);
    if (r == 0)
        r = records_take_text(row, 10, arena, &saml.test);
    if (r)
        return r;
    *ret_saml = saml;
    return 0;
}

RESULT records_saml(struct records_tx *tx, struct arena *arena, struct records_saml *ret_saml)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "SELECT " COLUMNS " FROM saml_provider", &statement);

    if (r)
        return r;
    r = records_one(statement);
    return r ? r : take(statement, arena, ret_saml);
}

static int remove_provider(struct records_tx *tx)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "DELETE FROM saml_provider", &statement);

    return r ? r : records_run(statement);
}

static int remove_classes(struct records_tx *tx)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "DELETE FROM saml_class", &statement);

    return r ? r : records_run(statement);
}

static int remove_identities(struct records_tx *tx)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "DELETE FROM saml_identity", &statement);

    return r ? r : records_run(statement);
}

RESULT records_saml_set(struct records_tx *tx, const struct records_saml *saml)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = remove_provider(tx);

    if (r == 0)
        r = sql_prepare(tx->sql,
                        "INSERT INTO saml_provider (provider_id, " COLUMNS ")"
                        " VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                        &statement);
    if (r)
        return r;
    sql_bind_text(statement, 1, saml->title);
    sql_bind_text(statement, 2, saml->entity_id);
    sql_bind_text(statement, 3, saml->sign_in_url);
    sql_bind_bytes(statement, 4, saml->certificates);
    sql_bind_i64(statement, 5, saml->enabled);
    sql_bind_i64(statement, 6, saml->make_users);
    sql_bind_i64(statement, 7, saml->second_factor);
    sql_bind_text(statement, 8, saml->class_attribute);
    sql_bind_i64(statement, 9, saml->imported_at);
    sql_bind_i64(statement, 10, saml->tested_at);
    sql_bind_text(statement, 11, saml->test);
    return records_run(statement);
}

RESULT records_saml_remove(struct records_tx *tx)
{
    int r = remove_provider(tx);

    if (r == 0)
        r = remove_classes(tx);
    return r ? r : remove_identities(tx);
}

RESULT records_saml_classes(struct records_tx *tx, struct arena *arena,
                            struct records_saml_class **ret_classes, size_t *ret_count)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct records_rows rows = {.arena = arena, .row_size = sizeof(struct records_saml_class)};
    int r = sql_prepare(tx->sql, "SELECT value, class FROM saml_class ORDER BY place", &statement);

    while (r == 0 && (r = sql_next(statement)) == 0) {
        struct records_saml_class *class = records_rows_add(&rows);

        if (!class)
            return FAULT(ERR_MEMORY);
        r = records_take_text(statement, 0, arena, &class->value);
        if (r == 0)
            r = records_take_text(statement, 1, arena, &class->class);
    }
    if (r != SQL_DONE)
        return r;
    *ret_classes = rows.at;
    *ret_count = rows.count;
    return 0;
}

static int add_class(struct records_tx *tx, size_t place, const struct records_saml_class *class)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "INSERT INTO saml_class (place, value, class) VALUES ($1, $2, $3)",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, (int64_t)place);
    sql_bind_text(statement, 2, class->value);
    sql_bind_text(statement, 3, class->class);
    return records_run(statement);
}

RESULT records_saml_classes_set(struct records_tx *tx, const struct records_saml_class *classes,
                                size_t count)
{
    int r = remove_classes(tx);

    for (size_t i = 0; i < count && r == 0; i++)
        r = add_class(tx, i + 1, &classes[i]);
    return r;
}

RESULT records_saml_user(struct records_tx *tx, struct text entity_id, struct text name_id,
                         struct user_id *ret_user)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "SELECT user_id FROM saml_identity WHERE entity_id = $1 AND name_id = $2",
                        &statement);

    if (r)
        return r;
    sql_bind_text(statement, 1, entity_id);
    sql_bind_text(statement, 2, name_id);
    r = records_one(statement);
    if (r)
        return r;
    ret_user->number = (uint32_t)sql_i64(statement, 0);
    return 0;
}

RESULT records_saml_user_add(struct records_tx *tx, struct text entity_id, struct text name_id,
                             struct user_id user)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "INSERT INTO saml_identity (entity_id, name_id, user_id)"
                        " VALUES ($1, $2, $3)",
                        &statement);

    if (r)
        return r;
    sql_bind_text(statement, 1, entity_id);
    sql_bind_text(statement, 2, name_id);
    sql_bind_i64(statement, 3, user.number);
    return records_run(statement);
}

static int forget(struct records_tx *tx, int64_t now)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "DELETE FROM saml_used WHERE until < $1", &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, now);
    return records_run(statement);
}

static int was_used(struct records_tx *tx, const struct hash *id)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "SELECT 1 FROM saml_used WHERE id_hash = $1", &statement);

    if (r)
        return r;
    records_bind_hash(statement, 1, id);
    r = records_one(statement);
    if (r == RECORDS_ABSENT)
        return 0;
    return r ? r : RECORDS_EXISTS;
}

RESULT records_saml_use(struct records_tx *tx, const struct hash *id, int64_t until, int64_t now)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = forget(tx, now);

    if (r == 0)
        r = was_used(tx, id);
    if (r == 0)
        r = sql_prepare(tx->sql, "INSERT INTO saml_used (id_hash, until) VALUES ($1, $2)",
                        &statement);
    if (r)
        return r;
    records_bind_hash(statement, 1, id);
    sql_bind_i64(statement, 2, until);
    return records_run(statement);
}
