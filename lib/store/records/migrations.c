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

/* The directory: people with more than a name, identities and whose they are by day, groups. */
static const char step_9[] =
    "ALTER TABLE person ADD COLUMN email TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE person ADD COLUMN employee_id TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE person ADD COLUMN manager_id INTEGER REFERENCES person;"
    "ALTER TABLE person ADD COLUMN time_zone TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE person ADD COLUMN schedule TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE person ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE person ADD COLUMN ended_at INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE person ADD COLUMN confirmed INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE person ADD COLUMN merged_into INTEGER REFERENCES person;"
    "CREATE UNIQUE INDEX person_email ON person (email) WHERE email <> '';"
    "CREATE UNIQUE INDEX person_employee_id ON person (employee_id) WHERE employee_id <> '';"
    "CREATE INDEX person_manager ON person (manager_id);"
    /* Whom an administrator tied to a user is known; a station needs nobody to say what it is. */
    "UPDATE person SET confirmed = 1 WHERE device_id IS NOT NULL"
    " OR person_id IN (SELECT person_id FROM users);"

    "CREATE TABLE identity ("
    " identity_id INTEGER PRIMARY KEY,"
    " kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 3),"
    " value TEXT NOT NULL,"
    " UNIQUE (kind, value)"
    ") STRICT;"
    "CREATE TABLE identity_owner ("
    " identity_id INTEGER NOT NULL REFERENCES identity,"
    " from_day INTEGER NOT NULL,"
    " until_day INTEGER NOT NULL CHECK (until_day > from_day),"
    " person_id INTEGER NOT NULL REFERENCES person,"
    " PRIMARY KEY (identity_id, from_day)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX identity_owner_person ON identity_owner (person_id);"
    "ALTER TABLE account ADD COLUMN identity_id INTEGER REFERENCES identity;"
    "CREATE INDEX account_identity ON account (identity_id);"

    /* Each account had a person of its own, and keeps it: nobody is put together with another but
     * by somebody who knows. So of several accounts with one name of a domain the first is the
     * identity's, and the others are local. Their numbers are their identities' at first. */
    "INSERT INTO identity (identity_id, kind, value)"
    " SELECT account_id,"
    "  CASE WHEN turn = 1 THEN kind ELSE 0 END,"
    "  CASE WHEN turn = 1 AND kind > 0 THEN lower(name)"
    "   ELSE lower(hex(device_id)) || '\\' || name END"
    " FROM (SELECT account_id, device_id, name, kind,"
    "  row_number() OVER (PARTITION BY kind, CASE WHEN kind > 0 THEN lower(name)"
    "   ELSE account_id END ORDER BY account_id) AS turn"
    "  FROM (SELECT account_id, account.device_id, name,"
    "   CASE WHEN instr(name, '\\') > 1"
    "     AND lower(substr(name, 1, instr(name, '\\') - 1)) NOT IN"
    "      (lower(host_name), '.', 'nt authority', 'nt service', 'builtin', 'iis apppool',"
    "       'window manager', 'font driver host', 'workgroup', 'azuread') THEN 1"
    "    WHEN instr(name, '\\') = 0 AND name LIKE '_%@_%._%' THEN 2"
    "    ELSE 0 END AS kind"
    "   FROM account JOIN device ON device.device_id = account.device_id"
    "   WHERE station = 0));"
    "INSERT INTO identity (identity_id, kind, value)"
    " SELECT (SELECT coalesce(max(account_id), 0) FROM account)"
    "   + row_number() OVER (ORDER BY person_id), 3, lower(hex(device_id))"
    " FROM person WHERE device_id IS NOT NULL;"
    "INSERT INTO counter (name, value)"
    " SELECT 'identity', coalesce(max(identity_id), 0) FROM identity;"
    "UPDATE account SET identity_id = CASE station WHEN 0 THEN account_id"
    " ELSE (SELECT identity_id FROM identity JOIN person"
    "  ON identity.kind = 3 AND identity.value = lower(hex(person.device_id))"
    "  WHERE person.person_id = account.person_id) END;"
    "INSERT INTO identity_owner (identity_id, from_day, until_day, person_id)"
    " SELECT identity_id, 0, 2147483647, person_id FROM account WHERE station = 0"
    " UNION ALL SELECT identity_id, 0, 2147483647, person_id FROM identity JOIN person"
    "  ON identity.kind = 3 AND identity.value = lower(hex(person.device_id));"
    "ALTER TABLE account DROP COLUMN person_id;"
    "CREATE VIEW account_owner AS"
    " SELECT account.account_id, account.device_id, identity_owner.person_id,"
    "  identity_owner.from_day, identity_owner.until_day"
    " FROM account JOIN identity_owner ON identity_owner.identity_id = account.identity_id;"

    /* What was put together, taken apart or given to another: kept for good. */
    "CREATE TABLE person_move ("
    " number INTEGER PRIMARY KEY,"
    " at INTEGER NOT NULL,"
    " moved_by TEXT NOT NULL,"
    " kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 3),"
    " from_person INTEGER NOT NULL REFERENCES person,"
    " to_person INTEGER NOT NULL REFERENCES person,"
    " from_day INTEGER NOT NULL,"
    " why TEXT NOT NULL"
    ") STRICT;"
    "CREATE INDEX person_move_from ON person_move (from_person);"
    "CREATE INDEX person_move_to ON person_move (to_person);"
    "CREATE TABLE person_move_identity ("
    " number INTEGER NOT NULL REFERENCES person_move,"
    " identity_id INTEGER NOT NULL REFERENCES identity,"
    " PRIMARY KEY (number, identity_id)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TRIGGER person_move_kept BEFORE UPDATE ON person_move"
    " BEGIN SELECT RAISE(ABORT, 'kept'); END;"
    "CREATE TRIGGER person_move_stays BEFORE DELETE ON person_move"
    " BEGIN SELECT RAISE(ABORT, 'kept'); END;"
    "CREATE TRIGGER person_move_identity_kept BEFORE UPDATE ON person_move_identity"
    " BEGIN SELECT RAISE(ABORT, 'kept'); END;"
    "CREATE TRIGGER person_move_identity_stays BEFORE DELETE ON person_move_identity"
    " BEGIN SELECT RAISE(ABORT, 'kept'); END;"

    "CREATE TABLE work_group ("
    " group_id INTEGER PRIMARY KEY,"
    " name TEXT NOT NULL UNIQUE,"
    " note TEXT NOT NULL,"
    " created_at INTEGER NOT NULL"
    ") STRICT;"
    "CREATE TABLE group_person ("
    " group_id INTEGER NOT NULL REFERENCES work_group,"
    " person_id INTEGER NOT NULL REFERENCES person,"
    " PRIMARY KEY (group_id, person_id)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX group_person_person ON group_person (person_id);"
    "CREATE TABLE group_inside ("
    " group_id INTEGER NOT NULL REFERENCES work_group,"
    " inside_id INTEGER NOT NULL REFERENCES work_group,"
    " PRIMARY KEY (group_id, inside_id)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE group_rule ("
    " rule_id INTEGER PRIMARY KEY,"
    " group_id INTEGER NOT NULL REFERENCES work_group,"
    " kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 3),"
    " value TEXT NOT NULL,"
    /* Whose reports they are; NULL where value says it. */
    " person_id INTEGER REFERENCES person"
    ") STRICT;"
    "CREATE INDEX group_rule_group ON group_rule (group_id);";

/* Classes of workforce of the organisation's own. */
static const char step_10[] = "CREATE TABLE class ("
                              " word TEXT PRIMARY KEY,"
                              " title TEXT NOT NULL,"
                              " base TEXT NOT NULL,"
                              " reach TEXT NOT NULL,"
                              " levels TEXT NOT NULL,"
                              " zone TEXT NOT NULL,"
                              " networks TEXT NOT NULL,"
                              /* From and to of each weekday, minutes, 2 bytes each; or empty. */
                              " hours BLOB NOT NULL CHECK (length(hours) IN (0, 28)),"
                              " window_days INTEGER NOT NULL,"
                              " idle_minutes INTEGER NOT NULL,"
                              " absolute_minutes INTEGER NOT NULL,"
                              " factor_minutes INTEGER NOT NULL,"
                              " owner_id INTEGER REFERENCES users,"
                              " until_day INTEGER NOT NULL,"
                              " changed_at INTEGER NOT NULL"
                              ") STRICT, WITHOUT ROWID;";

/* Codes in place of the second factor's, for whoever lost the device that shows those. */
static const char step_11[] = "CREATE TABLE recovery_code ("
                              " code_hash BLOB PRIMARY KEY CHECK (length(code_hash) = 32),"
                              " user_id INTEGER NOT NULL REFERENCES users,"
                              " made_at INTEGER NOT NULL"
                              ") STRICT, WITHOUT ROWID;"
                              "CREATE INDEX recovery_code_user ON recovery_code (user_id);";

/* Single sign-on: one identity provider, whom it names, and what was used already. */
static const char step_12[] =
    "CREATE TABLE saml_provider ("
    " provider_id INTEGER PRIMARY KEY CHECK (provider_id = 1),"
    " title TEXT NOT NULL,"
    " entity_id TEXT NOT NULL,"
    " sign_in_url TEXT NOT NULL,"
    " certificates BLOB NOT NULL,"
    " enabled INTEGER NOT NULL CHECK (enabled BETWEEN 0 AND 1),"
    " make_users INTEGER NOT NULL CHECK (make_users BETWEEN 0 AND 1),"
    " second_factor INTEGER NOT NULL CHECK (second_factor BETWEEN 0 AND 1),"
    " class_attribute TEXT NOT NULL,"
    " imported_at INTEGER NOT NULL,"
    " tested_at INTEGER NOT NULL,"
    " test TEXT NOT NULL"
    ") STRICT;"
    "CREATE TABLE saml_class ("
    " place INTEGER PRIMARY KEY,"
    " value TEXT NOT NULL,"
    " class TEXT NOT NULL"
    ") STRICT;"
    "CREATE TABLE saml_identity ("
    " entity_id TEXT NOT NULL,"
    " name_id TEXT NOT NULL,"
    " user_id INTEGER NOT NULL REFERENCES users,"
    " PRIMARY KEY (entity_id, name_id)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE saml_used ("
    " id_hash BLOB PRIMARY KEY CHECK (length(id_hash) = 32),"
    " until INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;";

static const char *const steps[] = {step_1, step_2, step_3, step_4,  step_5,  step_6,
                                    step_7, step_8, step_9, step_10, step_11, step_12};

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
