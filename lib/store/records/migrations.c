/*
 * The schema of records.db, as numbered steps
 *
 * A step that was released is never changed: a new one is added. Each is SQLite's; the questions
 * asked of the tables are in the dialect that PostgreSQL shares. docs/formats/records.md says what
 * the tables are.
 */

#include "store/records/records-private.h"

static const char step_1[] =
    "CREATE TABLE counter ("
    " name TEXT PRIMARY KEY,"
    " value INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE setting ("
    " word TEXT PRIMARY KEY,"
    " value BLOB NOT NULL"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE users ("
    " user_id INTEGER PRIMARY KEY,"
    " name TEXT NOT NULL UNIQUE,"
    " display_name TEXT NOT NULL,"
    " role INTEGER NOT NULL CHECK (role BETWEEN 0 AND 3),"
    " password_hash TEXT NOT NULL,"
    " totp_seed BLOB NOT NULL,"
    " totp_confirmed INTEGER NOT NULL,"
    " totp_last_step INTEGER NOT NULL,"
    " created_at INTEGER NOT NULL,"
    " disabled_at INTEGER NOT NULL"
    ") STRICT;"

    "CREATE TABLE link ("
    " token_hash BLOB PRIMARY KEY CHECK (length(token_hash) = 32),"
    " user_id INTEGER NOT NULL REFERENCES users,"
    " expires_at INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX link_user ON link (user_id);"

    "CREATE TABLE session ("
    " token_hash BLOB PRIMARY KEY CHECK (length(token_hash) = 32),"
    " number INTEGER NOT NULL UNIQUE,"
    " user_id INTEGER NOT NULL REFERENCES users,"
    " stage INTEGER NOT NULL CHECK (stage BETWEEN 0 AND 2),"
    " csrf_hash BLOB NOT NULL CHECK (length(csrf_hash) = 32),"
    " created_at INTEGER NOT NULL,"
    " seen_at INTEGER NOT NULL,"
    " source TEXT NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX session_user ON session (user_id);"

    "CREATE TABLE package ("
    " number INTEGER PRIMARY KEY,"
    " token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),"
    " note TEXT NOT NULL,"
    " uses_left INTEGER NOT NULL CHECK (uses_left >= 0),"
    " uses INTEGER NOT NULL,"
    " created_at INTEGER NOT NULL,"
    " expires_at INTEGER NOT NULL,"
    " created_by TEXT NOT NULL"
    ") STRICT;"

    "CREATE TABLE device ("
    " device_id BLOB PRIMARY KEY CHECK (length(device_id) = 16),"
    " host_name TEXT NOT NULL,"
    " epoch INTEGER NOT NULL,"
    " certificate BLOB NOT NULL CHECK (length(certificate) = 32),"
    " certificate_next BLOB NOT NULL CHECK (length(certificate_next) = 32),"
    " certificate_to_at INTEGER NOT NULL,"
    " enrolled_at INTEGER NOT NULL,"
    " revoked_at INTEGER NOT NULL,"
    " version TEXT NOT NULL,"
    " seen_at INTEGER NOT NULL,"
    " waiting INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE person ("
    " person_id INTEGER PRIMARY KEY,"
    " name TEXT NOT NULL,"
    /* Of a station, the computer that it is; NULL for a person. */
    " device_id BLOB UNIQUE REFERENCES device"
    ") STRICT;"

    "CREATE TABLE account ("
    " account_id INTEGER PRIMARY KEY,"
    " device_id BLOB NOT NULL REFERENCES device,"
    " name TEXT NOT NULL,"
    " station INTEGER NOT NULL,"
    " person_id INTEGER NOT NULL REFERENCES person,"
    " UNIQUE (device_id, name)"
    ") STRICT;"

    "CREATE TABLE policy ("
    " version INTEGER PRIMARY KEY,"
    " envelope BLOB NOT NULL,"
    " created_at INTEGER NOT NULL,"
    " created_by TEXT NOT NULL"
    ") STRICT;"

    "CREATE TABLE audit_entry ("
    " idx INTEGER PRIMARY KEY,"
    " entry BLOB NOT NULL"
    ") STRICT;"
    /* By tree_position(): what an append writes is side by side, on the last page. */
    "CREATE TABLE audit_node ("
    " position INTEGER PRIMARY KEY,"
    " hash BLOB NOT NULL"
    ") STRICT;"
    "CREATE TABLE audit_checkpoint ("
    " size INTEGER PRIMARY KEY,"
    " at INTEGER NOT NULL,"
    " note BLOB NOT NULL"
    ") STRICT;"

    /* What was logged stays as it was: a mistake of ours fails here, an attacker's in the tree. */
    "CREATE TRIGGER audit_entry_kept BEFORE UPDATE ON audit_entry"
    " BEGIN SELECT RAISE(ABORT, 'kept'); END;"
    "CREATE TRIGGER audit_entry_stays BEFORE DELETE ON audit_entry"
    " BEGIN SELECT RAISE(ABORT, 'kept'); END;"
    "CREATE TRIGGER audit_node_kept BEFORE UPDATE ON audit_node"
    " BEGIN SELECT RAISE(ABORT, 'kept'); END;"
    "CREATE TRIGGER audit_node_stays BEFORE DELETE ON audit_node"
    " BEGIN SELECT RAISE(ABORT, 'kept'); END;";

/* Spills and incidents. */
static const char step_2[] = "CREATE TABLE incident ("
                             " incident_id INTEGER PRIMARY KEY,"
                             " kind TEXT NOT NULL,"
                             " summary TEXT NOT NULL,"
                             " opened_at INTEGER NOT NULL,"
                             " opened_by TEXT NOT NULL,"
                             " closed_at INTEGER NOT NULL,"
                             " closed_by TEXT NOT NULL,"
                             " note TEXT NOT NULL"
                             ") STRICT;"

                             "CREATE TABLE spill ("
                             " spill_id INTEGER PRIMARY KEY,"
                             " begun_at INTEGER NOT NULL,"
                             " begun_by TEXT NOT NULL,"
                             " purpose TEXT NOT NULL,"
                             /* Empty when its time is over. */
                             " rule BLOB NOT NULL,"
                             " rule_until INTEGER NOT NULL,"
                             " policy INTEGER NOT NULL,"
                             " done_at INTEGER NOT NULL,"
                             " receipt TEXT NOT NULL,"
                             " incident_id INTEGER NOT NULL REFERENCES incident"
                             ") STRICT;"

                             "CREATE TABLE spill_day ("
                             " spill_id INTEGER NOT NULL REFERENCES spill,"
                             " day INTEGER NOT NULL,"
                             " texts INTEGER NOT NULL,"
                             " old_key BLOB NOT NULL CHECK (length(old_key) = 16),"
                             /* Zeros until the day is rewritten. */
                             " new_key BLOB NOT NULL CHECK (length(new_key) = 16),"
                             " done_at INTEGER NOT NULL,"
                             " PRIMARY KEY (spill_id, day, old_key)"
                             ") STRICT, WITHOUT ROWID;"

                             "CREATE TABLE spill_device ("
                             " spill_id INTEGER NOT NULL REFERENCES spill,"
                             " device_id BLOB NOT NULL REFERENCES device,"
                             " clean_at INTEGER NOT NULL,"
                             " PRIMARY KEY (spill_id, device_id)"
                             ") STRICT, WITHOUT ROWID;";

/* Attempts to leak: when, who, what was counted and looked through. */
static const char step_3[] = "CREATE TABLE trial ("
                             " number INTEGER PRIMARY KEY,"
                             " started_at INTEGER NOT NULL,"
                             " finished_at INTEGER NOT NULL,"
                             " started_by TEXT NOT NULL,"
                             " outcome INTEGER NOT NULL CHECK (outcome BETWEEN 0 AND 2),"
                             " result TEXT NOT NULL"
                             ") STRICT;";

/* Evidence of redaction: receipts of devices, and what came with identifiers in it. */
static const char step_4[] =
    "CREATE TABLE receipt ("
    " device_id BLOB NOT NULL REFERENCES device,"
    " epoch INTEGER NOT NULL,"
    " day INTEGER NOT NULL,"
    " revision INTEGER NOT NULL,"
    " final INTEGER NOT NULL,"
    " received_at INTEGER NOT NULL,"
    " verdict INTEGER NOT NULL,"
    " difference TEXT NOT NULL,"
    " signed TEXT NOT NULL,"
    " certificate BLOB NOT NULL,"
    " PRIMARY KEY (device_id, epoch, day)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX receipt_day ON receipt (device_id, day, epoch);"

    "CREATE TABLE missed ("
    " missed_id INTEGER PRIMARY KEY,"
    " device_id BLOB NOT NULL REFERENCES device,"
    " day INTEGER NOT NULL,"
    " kind TEXT NOT NULL,"
    " rule TEXT NOT NULL,"
    /* Of the device's rules; zeros: it did not say. */
    " hash BLOB NOT NULL CHECK (length(hash) = 32),"
    " same INTEGER NOT NULL,"
    " count INTEGER NOT NULL,"
    " first_at INTEGER NOT NULL,"
    " last_at INTEGER NOT NULL,"
    " acknowledged_at INTEGER NOT NULL,"
    " acknowledged_by TEXT NOT NULL,"
    " note TEXT NOT NULL"
    ") STRICT;"
    "CREATE INDEX missed_open ON missed (acknowledged_at, device_id, day);";

/* Classes of workforce in place of the four roles. */
static const char step_5[] =
    "ALTER TABLE users ADD COLUMN class TEXT NOT NULL DEFAULT '';"
    "UPDATE users SET class = CASE role WHEN 0 THEN 'viewer' WHEN 1 THEN 'power_user'"
    " WHEN 2 THEN 'configurator' WHEN 3 THEN 'admin' END;"
    "ALTER TABLE users DROP COLUMN role;"
    /* Who the user is themselves, when an administrator has said so. */
    "ALTER TABLE users ADD COLUMN person_id INTEGER REFERENCES person;";

/* When a session's second factor was proven last: a session that is signed in began with it. */
static const char step_6[] = "ALTER TABLE session ADD COLUMN factor_at INTEGER NOT NULL DEFAULT 0;"
                             "UPDATE session SET factor_at = created_at WHERE stage = 2;";

/* Passkeys, and challenges that were answered already. */
static const char step_7[] = "CREATE TABLE passkey ("
                             " passkey_id INTEGER PRIMARY KEY,"
                             " user_id INTEGER NOT NULL REFERENCES users,"
                             " party TEXT NOT NULL,"
                             " credential BLOB NOT NULL UNIQUE,"
                             " algorithm INTEGER NOT NULL,"
                             " public_key BLOB NOT NULL,"
                             " counter INTEGER NOT NULL CHECK (counter BETWEEN 0 AND 4294967295),"
                             " name TEXT NOT NULL,"
                             " transports TEXT NOT NULL,"
                             " created_at INTEGER NOT NULL,"
                             " used_at INTEGER NOT NULL"
                             ") STRICT;"
                             "CREATE INDEX passkey_user ON passkey (user_id);"

                             "CREATE TABLE challenge_used ("
                             " challenge BLOB PRIMARY KEY CHECK (length(challenge) = 32),"
                             " expires_at INTEGER NOT NULL"
                             ") STRICT, WITHOUT ROWID;";

static const char step_8[] =
    /* The class that the user may take in an emergency; empty: none. */
    "ALTER TABLE users ADD COLUMN emergency TEXT NOT NULL DEFAULT '';"

    "CREATE TABLE emergency ("
    " emergency_id INTEGER PRIMARY KEY,"
    " user_id INTEGER NOT NULL REFERENCES users,"
    " class TEXT NOT NULL,"
    " reason TEXT NOT NULL,"
    " opened_at INTEGER NOT NULL,"
    " until_at INTEGER NOT NULL,"
    " ended_at INTEGER NOT NULL,"
    " ended_by TEXT NOT NULL,"
    " review_by_at INTEGER NOT NULL,"
    " overdue_at INTEGER NOT NULL,"
    " reviewed_at INTEGER NOT NULL,"
    " reviewed_by TEXT NOT NULL,"
    " justified INTEGER NOT NULL CHECK (justified BETWEEN 0 AND 1),"
    " note TEXT NOT NULL"
    ") STRICT;"
    "CREATE INDEX emergency_unfinished ON emergency (emergency_id) WHERE reviewed_at = 0;"
    "CREATE UNIQUE INDEX emergency_open ON emergency (user_id) WHERE ended_at = 0;"

    "CREATE TABLE emergency_act ("
    " emergency_id INTEGER NOT NULL REFERENCES emergency,"
    " idx INTEGER NOT NULL REFERENCES audit_entry,"
    " PRIMARY KEY (emergency_id, idx)"
    ") STRICT, WITHOUT ROWID;";

static const char *const steps[] = {step_1, step_2, step_3, step_4, step_5, step_6, step_7, step_8};

#define NEWEST ((int64_t)(sizeof(steps) / sizeof(steps[0])))

static int read_version(struct sql *sql, int64_t *ret_version)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_script(sql, "CREATE TABLE IF NOT EXISTS schema_version"
                            " (version INTEGER PRIMARY KEY) STRICT");

    if (r == 0)
        r = sql_prepare(sql, "SELECT coalesce(max(version), 0) FROM schema_version", &statement);
    if (r == 0)
        r = sql_next(statement);
    if (r)
        return r;
    *ret_version = sql_i64(statement, 0);
    return 0;
}

static int step_to(struct sql *sql, int64_t version)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_script_literal(sql, steps[version - 1]);

    if (r == 0)
        r = sql_prepare(sql, "INSERT INTO schema_version (version) VALUES ($1)", &statement);
    if (r)
        return r;
    sql_bind_i64(statement, 1, version);
    return sql_run(statement);
}

int records_migrate_to(struct sql *sql, int64_t newest)
{
    int64_t version = 0;
    int undone;
    int r = sql_begin(sql);

    if (r)
        return r;
    r = read_version(sql, &version);
    if (r == 0 && version > newest)
        r = RECORDS_NEWER;
    while (r == 0 && version < newest)
        r = step_to(sql, ++version);
    if (r == 0)
        r = sql_commit(sql);
    if (r == 0)
        return 0;
    undone = sql_rollback(sql);
    return undone ? undone : r;
}

int records_migrate(struct sql *sql)
{
    return records_migrate_to(sql, NEWEST);
}
