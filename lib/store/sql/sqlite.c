/*
 * The SQLite driver, on SQLCipher's amalgamation
 *
 * Statements are kept by the address of their literal, so that finding one again is a comparison of
 * pointers. A statement that is in use is never lent twice: a second one is prepared.
 */

#include "store/sql/sql.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/wipe.h"

#define BUSY_TIMEOUT_MS 10000
/* Statements that a connection keeps find their place in these: far more than Ward has. */
#define SLOTS 512
#define PARAMETERS_MAX 64
#define KEY_TEXT_SIZE ((size_t)2 * SQL_KEY_SIZE + sizeof("x''"))

struct sql_statement {
    const char *literal;
    sqlite3_stmt *handle;
    struct sql_statement *next; /* of the same slot */
    int bind_code;              /* the first bind that failed */
    bool lent;
    uint8_t places[PARAMETERS_MAX + 1]; /* where SQLite has $n: it counts them as they are met */
};

struct sql {
    sqlite3 *handle;
    struct sql_statement *slots[SLOTS];
};

static int code_to_result(int code)
{
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
        return 0;
    case SQLITE_DONE:
        return SQL_DONE;
    case SQLITE_CONSTRAINT:
        return SQL_CONSTRAINT;
    case SQLITE_NOMEM:
    case SQLITE_TOOBIG:
        return FAULT(ERR_MEMORY);
    case SQLITE_FULL:
        return FAULT(ERR_FULL);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return FAULT(ERR_BUSY);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return FAULT(ERR_CORRUPT);
    case SQLITE_MISUSE:
    case SQLITE_RANGE:
        assert(false && "a statement was used wrongly");
        return FAULT(ERR_SYSTEM);
    default:
        return FAULT(ERR_SYSTEM);
    }
}

/* ---- opening ---- */

/* SQLCipher writes to standard error unless it is told not to, for the whole process. */
static void silence(void)
{
    sqlite3 *handle = NULL;

    if (sqlite3_open(":memory:", &handle) == SQLITE_OK) {
        (void)sqlite3_exec(handle, "PRAGMA cipher_log_level = NONE", NULL, NULL, NULL);
        (void)sqlite3_exec(handle, "PRAGMA cipher_log = off", NULL, NULL, NULL);
    }
    (void)sqlite3_close(handle);
}

/*
 * Makes the file private before SQLite would make it with the umask's mode. One that exists is not
 * opened: closing it again would drop the POSIX locks of our other connections to it.
 */
static int make_private(const char *path)
{
    int fd;

    if (strcmp(path, ":memory:") == 0)
        return 0;
    fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return errno == EEXIST ? 0 : FAULT(errno == ENOSPC ? ERR_FULL : ERR_SYSTEM);
    return close(fd) == 0 ? 0 : FAULT(ERR_SYSTEM);
}

static int set_key(sqlite3 *handle, struct bytes key)
{
    char text[KEY_TEXT_SIZE] = "x'";
    int code;

    hex_print(key, text + 2);
    text[KEY_TEXT_SIZE - 2] = '\'';
    code = sqlite3_key(handle, text, (int)KEY_TEXT_SIZE - 1);
    wipe(text, sizeof(text));
    if (code == SQLITE_OK)
        code = sqlite3_exec(handle, "PRAGMA cipher_page_size = 16384", NULL, NULL, NULL);
    return code_to_result(code);
}

static int set_up(sqlite3 *handle, const struct sql_options *options)
{
    static const char *const settings[] = {
        "PRAGMA synchronous = FULL",
        "PRAGMA foreign_keys = ON",
        "PRAGMA recursive_triggers = ON", /* REPLACE deletes, and triggers say what may be */
        "PRAGMA secure_delete = ON",
        "PRAGMA temp_store = MEMORY",
        "PRAGMA trusted_schema = OFF",
        "PRAGMA cache_size = -4096",
        "PRAGMA journal_size_limit = 67108864",
    };
    int code;
    int r;

    (void)sqlite3_busy_timeout(handle, BUSY_TIMEOUT_MS);
    (void)sqlite3_extended_result_codes(handle, 1);
    (void)sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
    if (options->key.len > 0) {
        r = set_key(handle, options->key);
    } else {
        r = code_to_result(sqlite3_exec(handle, "PRAGMA page_size = 16384", NULL, NULL, NULL));
    }
    if (r)
        return r;
    /* The first page that is read tells whether the key is right. */
    code = sqlite3_exec(handle, "SELECT count(*) FROM sqlite_master", NULL, NULL, NULL);
    if ((code & 0xff) == SQLITE_NOTADB)
        return SQL_KEY;
    if (code == SQLITE_OK && !options->read_only)
        code = sqlite3_exec(handle, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
    for (size_t i = 0; code == SQLITE_OK && i < sizeof(settings) / sizeof(settings[0]); i++)
        code = sqlite3_exec(handle, settings[i], NULL, NULL, NULL);
    if (code == SQLITE_OK && options->read_only)
        code = sqlite3_exec(handle, "PRAGMA query_only = ON", NULL, NULL, NULL);
    return code_to_result(code);
}

int sql_open(struct sql **ret_sql, const struct sql_options *options)
{
    static pthread_once_t silenced = PTHREAD_ONCE_INIT;
    CLEANUP(sql_free) struct sql *sql = NULL;
    /* Readers too open for writing: a reader of a WAL file writes its shared memory. */
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    int r;

    assert(options->key.len == 0 || options->key.len == SQL_KEY_SIZE);
    (void)pthread_once(&silenced, silence);
    if (!options->read_only) {
        r = make_private(options->path);
        if (r)
            return r;
        flags |= SQLITE_OPEN_CREATE;
    }
    sql = calloc(1, sizeof(*sql));
    if (!sql)
        return FAULT(ERR_MEMORY);
    r = code_to_result(sqlite3_open_v2(options->path, &sql->handle, flags, NULL));
    if (r)
        return r;
    r = set_up(sql->handle, options);
    if (r)
        return r;
    *ret_sql = TAKE(sql);
    return 0;
}

struct sql *sql_free(struct sql *sql)
{
    if (!sql)
        return NULL;
    for (size_t i = 0; i < SLOTS; i++) {
        while (sql->slots[i]) {
            struct sql_statement *statement = sql->slots[i];

            sql->slots[i] = statement->next;
            (void)sqlite3_finalize(statement->handle);
            free(statement);
        }
    }
    (void)sqlite3_close(sql->handle);
    free(sql);
    return NULL;
}

/* ---- statements ---- */

static struct sql_statement **slot_of(struct sql *sql, const char *literal)
{
    uintptr_t at = (uintptr_t)literal;

    return &sql->slots[(at ^ (at >> 9)) & (SLOTS - 1)];
}

static void find_places(struct sql_statement *statement)
{
    int count = sqlite3_bind_parameter_count(statement->handle);

    assert(count <= PARAMETERS_MAX);
    for (int place = 1; place <= count; place++) {
        const char *name = sqlite3_bind_parameter_name(statement->handle, place);
        int number = 0;

        assert(name && name[0] == '$');
        for (name++; *name >= '0' && *name <= '9' && number <= PARAMETERS_MAX; name++)
            number = number * 10 + (*name - '0');
        assert(*name == 0 && number >= 1 && number <= PARAMETERS_MAX);
        statement->places[number] = (uint8_t)place;
    }
}

/* 0, which every bind refuses, when the statement has no such parameter. */
static int place_of(const struct sql_statement *statement, int parameter)
{
    assert(parameter >= 1 && parameter <= PARAMETERS_MAX);
    return statement->places[parameter];
}

int sql_prepare_literal(struct sql *sql, const char *literal, struct sql_statement **ret_statement)
{
    struct sql_statement **slot = slot_of(sql, literal);
    struct sql_statement *made;
    int r;

    for (struct sql_statement *kept = *slot; kept; kept = kept->next) {
        if (kept->literal == literal && !kept->lent) {
            kept->lent = true;
            *ret_statement = kept;
            return 0;
        }
    }
    made = calloc(1, sizeof(*made));
    if (!made)
        return FAULT(ERR_MEMORY);
    r = code_to_result(sqlite3_prepare_v3(sql->handle, literal, -1, SQLITE_PREPARE_PERSISTENT,
                                          &made->handle, NULL));
    if (r) {
        free(made);
        return r;
    }
    find_places(made);
    made->literal = literal;
    made->lent = true;
    made->next = *slot;
    *slot = made;
    *ret_statement = made;
    return 0;
}

struct sql_statement *sql_end(struct sql_statement *statement)
{
    if (!statement)
        return NULL;
    assert(statement->lent);
    (void)sqlite3_reset(statement->handle);
    (void)sqlite3_clear_bindings(statement->handle);
    statement->bind_code = SQLITE_OK;
    statement->lent = false;
    return NULL;
}

static void note_bind(struct sql_statement *statement, int code)
{
    if (statement->bind_code == SQLITE_OK)
        statement->bind_code = code;
}

void sql_bind_i64(struct sql_statement *statement, int parameter, int64_t value)
{
    note_bind(statement,
              sqlite3_bind_int64(statement->handle, place_of(statement, parameter), value));
}

void sql_bind_text(struct sql_statement *statement, int parameter, struct text value)
{
    /* Empty text is a value, not NULL, wherever it points. */
    note_bind(statement, sqlite3_bind_text64(statement->handle, place_of(statement, parameter),
                                             value.len ? value.at : "", value.len, SQLITE_STATIC,
                                             SQLITE_UTF8));
}

void sql_bind_bytes(struct sql_statement *statement, int parameter, struct bytes value)
{
    note_bind(statement, sqlite3_bind_blob64(statement->handle, place_of(statement, parameter),
                                             value.len ? (const void *)value.at : "", value.len,
                                             SQLITE_STATIC));
}

int sql_next(struct sql_statement *statement)
{
    if (statement->bind_code != SQLITE_OK)
        return code_to_result(statement->bind_code);
    return code_to_result(sqlite3_step(statement->handle));
}

int sql_run(struct sql_statement *statement)
{
    int r;

    do
        r = sql_next(statement);
    while (r == 0);
    (void)sqlite3_reset(statement->handle);
    return r == SQL_DONE ? 0 : r;
}

int64_t sql_i64(struct sql_statement *statement, int column)
{
    return sqlite3_column_int64(statement->handle, column);
}

struct text sql_text(struct sql_statement *statement, int column)
{
    /* The order matters: the length is of the form that the first call made. */
    const unsigned char *at = sqlite3_column_text(statement->handle, column);
    int len = sqlite3_column_bytes(statement->handle, column);

    return (struct text){.at = (const char *)at, .len = (size_t)len};
}

struct bytes sql_bytes(struct sql_statement *statement, int column)
{
    const void *at = sqlite3_column_blob(statement->handle, column);
    int len = sqlite3_column_bytes(statement->handle, column);

    return (struct bytes){.at = at, .len = at ? (size_t)len : 0};
}

bool sql_is_null(struct sql_statement *statement, int column)
{
    return sqlite3_column_type(statement->handle, column) == SQLITE_NULL;
}

int64_t sql_changes(const struct sql *sql)
{
    return sqlite3_changes64(sql->handle);
}

int sql_script_literal(struct sql *sql, const char *literal)
{
    return code_to_result(sqlite3_exec(sql->handle, literal, NULL, NULL, NULL));
}

/* ---- everything ---- */

static void handle_end(sqlite3_stmt **statement)
{
    (void)sqlite3_finalize(*statement);
}

static int visit_row(sqlite3_stmt *row, struct text table, sql_visit *visit, void *context)
{
    int r = 0;

    for (int i = 0; r == 0 && i < sqlite3_column_count(row); i++) {
        const void *at = sqlite3_column_blob(row, i);

        r = visit(context, table,
                  (struct bytes){.at = at, .len = (size_t)sqlite3_column_bytes(row, i)});
    }
    return r;
}

static int visit_table(struct sql *sql, struct text table, sql_visit *visit, void *context)
{
    __attribute__((cleanup(handle_end))) sqlite3_stmt *rows = NULL;
    char *select = sqlite3_mprintf("SELECT * FROM \"%w\"", table.at);
    int code;
    int r = 0;

    if (!select)
        return FAULT(ERR_MEMORY);
    code = sqlite3_prepare_v2(sql->handle, select, -1, &rows, NULL);
    sqlite3_free(select);
    while (r == 0 && code == SQLITE_OK && (code = sqlite3_step(rows)) == SQLITE_ROW) {
        r = visit_row(rows, table, visit, context);
        code = SQLITE_OK;
    }
    if (r)
        return r;
    r = code_to_result(code);
    return r == SQL_DONE ? 0 : r;
}

RESULT sql_visit_values(struct sql *sql, sql_visit *visit, void *context)
{
    CLEANUP(sql_end) struct sql_statement *tables = NULL;
    int r = sql_prepare(sql, "SELECT name FROM sqlite_master WHERE type = 'table'", &tables);

    if (r)
        return r;
    while ((r = sql_next(tables)) == 0) {
        r = visit_table(sql, sql_text(tables, 0), visit, context);
        if (r)
            return r;
    }
    return r == SQL_DONE ? 0 : r;
}

/* ---- transactions ---- */

#define RUN_SIMPLE(sql, literal)                                                                   \
    ({                                                                                             \
        CLEANUP(sql_end) struct sql_statement *simple_ = NULL;                                     \
        int result_ = sql_prepare((sql), literal, &simple_);                                       \
                                                                                                   \
        result_ ? result_ : sql_run(simple_);                                                      \
    })

int sql_begin(struct sql *sql)
{
    return RUN_SIMPLE(sql, "BEGIN IMMEDIATE");
}

int sql_begin_read(struct sql *sql)
{
    return RUN_SIMPLE(sql, "BEGIN DEFERRED");
}

int sql_commit(struct sql *sql)
{
    return RUN_SIMPLE(sql, "COMMIT");
}

int sql_rollback(struct sql *sql)
{
    return sql_in_transaction(sql) ? RUN_SIMPLE(sql, "ROLLBACK") : 0;
}

int sql_checkpoint(struct sql *sql)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(sql, "PRAGMA wal_checkpoint(TRUNCATE)", &statement);

    if (r == 0)
        r = sql_next(statement);
    if (r)
        return r > 0 ? FAULT(ERR_SYSTEM) : r;
    return sql_i64(statement, 0) ? ERR_BUSY : 0;
}

bool sql_in_transaction(const struct sql *sql)
{
    return !sqlite3_get_autocommit(sql->handle);
}

int sql_savepoint(struct sql *sql)
{
    return RUN_SIMPLE(sql, "SAVEPOINT part");
}

int sql_savepoint_keep(struct sql *sql)
{
    return RUN_SIMPLE(sql, "RELEASE part");
}

int sql_savepoint_undo(struct sql *sql)
{
    int r = RUN_SIMPLE(sql, "ROLLBACK TO part");

    return r ? r : RUN_SIMPLE(sql, "RELEASE part");
}
