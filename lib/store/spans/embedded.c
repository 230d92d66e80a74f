/*
 * The embedded engine: sealed boxes in one SQLite file (docs/formats/spans.md)
 *
 * The file is a plain one: what is secret in it is sealed under day keys, so that destroying a key
 * destroys the day in every copy of the file. In clear are days, account numbers, counts, and the
 * positions and gaps of devices.
 */

#include <stdlib.h>

#include "os/secret.h"
#include "store/spans/embedded-private.h"

enum { SCHEMA_VERSION = 2 };

#define APPLICATION_ID 0x57526453 /* "WRdS" */

/* ---- coders of callers ---- */

static RESULT coder_take(struct embedded *store, struct box_coder **ret_coder)
{
    struct box_coder *coder = NULL;

    (void)pthread_mutex_lock(&store->coders_lock);
    if (store->coder_count > 0)
        coder = store->coders[--store->coder_count];
    (void)pthread_mutex_unlock(&store->coders_lock);
    if (!coder)
        return box_coder_new(ret_coder);
    *ret_coder = coder;
    return 0;
}

static void coder_return(struct embedded *store, struct box_coder *coder)
{
    (void)pthread_mutex_lock(&store->coders_lock);
    if (store->coder_count < CODERS_MAX)
        store->coders[store->coder_count++] = TAKE(coder);
    (void)pthread_mutex_unlock(&store->coders_lock);
    (void)box_coder_free(coder);
}

static int embedded_commit(struct spans *spans, const struct spans_batch *batch, spans_done *done,
                           void *context)
{
    struct embedded *store = embedded_of(spans);
    CLEANUP(job_free) struct job *job = NULL;
    struct box_coder *coder;
    int r = coder_take(store, &coder);

    if (r)
        return r;
    r = job_new(&job, batch, coder, &store->seed, done, context);
    coder_return(store, coder);
    if (r)
        return r;
    r = writer_give(&store->writer, job);
    if (r)
        return r;
    (void)TAKE(job);
    return 0;
}

/* ---- the file ---- */

static RESULT read_number(struct sql_statement *statement, int64_t *ret_number)
{
    int r = sql_next(statement);

    if (r)
        return r > 0 ? FAULT(ERR_CORRUPT) : r;
    *ret_number = sql_i64(statement, 0);
    return 0;
}

struct file_state {
    int64_t application_id;
    int64_t version;
    int64_t objects; /* tables and the like */
};

static RESULT file_state(struct sql *sql, struct file_state *ret_state)
{
    CLEANUP(sql_end) struct sql_statement *application = NULL;
    CLEANUP(sql_end) struct sql_statement *version = NULL;
    CLEANUP(sql_end) struct sql_statement *objects = NULL;
    int r;

    r = sql_prepare(sql, "PRAGMA application_id", &application);
    if (r == 0)
        r = sql_prepare(sql, "PRAGMA user_version", &version);
    if (r == 0)
        r = sql_prepare(sql, "SELECT count(*) FROM sqlite_master", &objects);
    if (r == 0)
        r = read_number(application, &ret_state->application_id);
    if (r == 0)
        r = read_number(version, &ret_state->version);
    if (r == 0)
        r = read_number(objects, &ret_state->objects);
    return r;
}

static RESULT identity_put(struct sql *sql, const uint8_t identity[KEYRING_IDENTITY_SIZE])
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(sql, "INSERT INTO meta (word, value) VALUES ('keyring', $1)", &statement);

    if (r)
        return r;
    sql_bind_bytes(statement, 1, (struct bytes){.at = identity, .len = KEYRING_IDENTITY_SIZE});
    return sql_run(statement);
}

/* Version 2: what rules a device runs, and what they found. */
static RESULT file_step_2(struct sql *sql)
{
    return sql_script(sql,
                      "CREATE TABLE device_rules (device BLOB NOT NULL, sensor INTEGER NOT NULL,"
                      " hash BLOB NOT NULL, version TEXT NOT NULL, first_at INTEGER NOT NULL,"
                      " since_at INTEGER NOT NULL, last_at INTEGER NOT NULL,"
                      " PRIMARY KEY (device, sensor, hash)) WITHOUT ROWID;"
                      "CREATE TABLE evidence (device BLOB NOT NULL, day INTEGER NOT NULL,"
                      " blob BLOB NOT NULL, PRIMARY KEY (device, day)) WITHOUT ROWID;"
                      "PRAGMA user_version = 2;");
}

static RESULT file_upgrade(struct sql *sql)
{
    int r = sql_begin(sql);

    if (r == 0)
        r = file_step_2(sql);
    if (r == 0)
        r = sql_commit(sql);
    return r > 0 ? FAULT(ERR_SYSTEM) : r;
}

static RESULT file_make(struct sql *sql, const uint8_t identity[KEYRING_IDENTITY_SIZE])
{
    int r = sql_begin(sql);

    if (r == 0)
        r = sql_script(
            sql, "CREATE TABLE meta (word TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;"
                 "CREATE TABLE box (id INTEGER PRIMARY KEY, day INTEGER NOT NULL,"
                 " account INTEGER NOT NULL, spans INTEGER NOT NULL, blob BLOB NOT NULL);"
                 "CREATE INDEX box_of ON box (day, account);"
                 "CREATE TABLE tally (id INTEGER PRIMARY KEY, day INTEGER NOT NULL,"
                 " account INTEGER NOT NULL, blob BLOB NOT NULL);"
                 "CREATE INDEX tally_of ON tally (day, account);"
                 "CREATE TABLE string (day INTEGER NOT NULL, first INTEGER NOT NULL,"
                 " count INTEGER NOT NULL, blob BLOB NOT NULL, PRIMARY KEY (day, first))"
                 " WITHOUT ROWID;"
                 "CREATE TABLE device_sequence (device BLOB PRIMARY KEY, epoch INTEGER NOT NULL,"
                 " sequence INTEGER NOT NULL, missing INTEGER NOT NULL,"
                 " received_at INTEGER NOT NULL) WITHOUT ROWID;"
                 "CREATE TABLE gap (id INTEGER PRIMARY KEY, device BLOB NOT NULL,"
                 " account INTEGER NOT NULL, from_at INTEGER NOT NULL, to_at INTEGER NOT NULL,"
                 " reason INTEGER NOT NULL, spans INTEGER NOT NULL, blob BLOB);"
                 "CREATE INDEX gap_of ON gap (device, from_at);"
                 "PRAGMA application_id = 0x57526453;"
                 "PRAGMA user_version = 1;");
    if (r == 0)
        r = file_step_2(sql);
    if (r == 0)
        r = identity_put(sql, identity);
    if (r == 0)
        r = sql_commit(sql);
    return r > 0 ? FAULT(ERR_SYSTEM) : r;
}

/* Whether the file was begun with this keyring. */
static RESULT identity_check(struct sql *sql, const uint8_t identity[KEYRING_IDENTITY_SIZE])
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(sql, "SELECT value FROM meta WHERE word = 'keyring'", &statement);

    if (r)
        return r;
    r = sql_next(statement);
    if (r)
        return r > 0 ? FAULT(ERR_CORRUPT) : r;
    struct bytes value = sql_bytes(statement, 0);
    if (value.len != KEYRING_IDENTITY_SIZE ||
        memcmp(value.at, identity, KEYRING_IDENTITY_SIZE) != 0)
        return SPANS_KEY;
    return 0;
}

static RESULT file_open(struct embedded *store)
{
    struct opener *opener = &store->writer.opener;
    uint8_t identity[KEYRING_IDENTITY_SIZE];
    struct file_state state = {0};
    int r;

    keyring_identity(store->keyring, identity);
    r = opener_begin(opener, store->path, false);
    if (r)
        return r;
    r = file_state(opener->sql, &state);
    if (r)
        return r;
    if (state.objects == 0 && state.version == 0)
        return file_make(opener->sql, identity);
    if (state.application_id != APPLICATION_ID)
        return SPANS_KEY;
    if (state.version > SCHEMA_VERSION)
        return SPANS_NEWER;
    if (state.version < 1)
        return FAULT(ERR_CORRUPT);
    r = identity_check(opener->sql, identity);
    if (r == 0 && state.version < SCHEMA_VERSION)
        r = file_upgrade(opener->sql);
    return r;
}

/* ---- life ---- */

static void embedded_free(struct spans *spans)
{
    struct embedded *store = embedded_of(spans);

    writer_end(&store->writer);
    readers_end(&store->readers);
    while (store->coder_count > 0)
        (void)box_coder_free(store->coders[--store->coder_count]);
    (void)pthread_mutex_destroy(&store->coders_lock);
    free(store->path);
    free(store);
}

static const struct spans_engine embedded_engine = {
    .free = embedded_free,
    .commit = embedded_commit,
    .sequence = embedded_sequence,
    .timeline = embedded_timeline,
    .usage = embedded_usage,
    .removed = embedded_removed,
    .flows = embedded_flows,
    .look = embedded_look,
    .dropped = embedded_dropped,
    .gaps = embedded_gaps,
    .rules = embedded_rules,
    .evidence = embedded_evidence,
    .settle = embedded_settle,
    .days = embedded_days,
    .search = embedded_search,
    .rewrite = embedded_rewrite,
};

static RESULT embedded_begin(struct embedded *store, const char *path)
{
    int r;

    store->path = strdup(path);
    if (!store->path)
        return FAULT(ERR_MEMORY);
    r = secret_random(&store->seed, sizeof(store->seed));
    if (r)
        return r;
    r = file_open(store);
    if (r)
        return r;
    store->writer.store = store;
    /* What could not be written is tried again when a day is rewritten: the right key is in force.
     */
    r = writer_settle_key(&store->writer);
    if (r < 0 && r != ERR_FULL && r != ERR_SYSTEM)
        return r;
    return writer_begin(&store->writer, store);
}

RESULT spans_open_embedded(struct spans **ret_spans, const char *path, struct keyring *keyring)
{
    struct embedded *store = calloc(1, sizeof(*store));
    int r;

    if (!store)
        return FAULT(ERR_MEMORY);
    store->spans.engine = &embedded_engine;
    store->keyring = keyring;
    if (pthread_mutex_init(&store->coders_lock, NULL)) {
        free(store);
        return FAULT(ERR_SYSTEM);
    }
    r = readers_begin(&store->readers);
    if (r == 0)
        r = embedded_begin(store, path);
    if (r) {
        embedded_free(&store->spans);
        return r;
    }
    *ret_spans = &store->spans;
    return 0;
}
