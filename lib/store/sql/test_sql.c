#include "store/sql/sql.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

static char directory[] = "/tmp/ward-sql-XXXXXX";
static const uint8_t key_bytes[SQL_KEY_SIZE] = "a key of exactly thirty-two byte";
static const uint8_t other_bytes[SQL_KEY_SIZE] = "b key of exactly thirty-two byte";
static const struct bytes no_key;
static const struct bytes key = {key_bytes, SQL_KEY_SIZE};
static const struct bytes other_key = {other_bytes, SQL_KEY_SIZE};

static const char *path_of(const char *name)
{
    static char path[128];

    (void)snprintf(path, sizeof(path), "%s/%s", directory, name);
    return path;
}

static int open_at(struct sql **ret_sql, const char *name, struct bytes with, bool read_only)
{
    struct sql_options options = {
        .path = name ? path_of(name) : ":memory:", .key = with, .read_only = read_only};

    return sql_open(ret_sql, &options);
}

static void make_table(struct sql *sql)
{
    CHECK(sql_script(sql, "CREATE TABLE t (n INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
                          " body BYTEA)") == 0);
}

static int put(struct sql *sql, int64_t n, const char *name, struct bytes body)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(sql, "INSERT INTO t (n, name, body) VALUES ($1, $2, $3)", &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, n);
    sql_bind_text(statement, 2, text_of(name));
    sql_bind_bytes(statement, 3, body);
    return sql_run(statement);
}

static int64_t count(struct sql *sql)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;

    CHECK(sql_prepare(sql, "SELECT count(*) FROM t", &statement) == 0);
    CHECK(sql_next(statement) == 0);
    return sql_i64(statement, 0);
}

static void values_come_back_as_they_were_bound(void)
{
    CLEANUP(sql_free) struct sql *sql = NULL;
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    static const uint8_t body[] = {0, 1, 0, 255};

    CHECK(open_at(&sql, NULL, no_key, false) == 0);
    make_table(sql);
    CHECK(put(sql, INT64_MIN, "least", (struct bytes){body, sizeof(body)}) == 0);
    CHECK(put(sql, INT64_MAX, "", (struct bytes){0}) == 0);
    CHECK(sql_changes(sql) == 1);
    CHECK(sql_prepare(sql, "SELECT n, name, body, NULL FROM t ORDER BY n", &statement) == 0);
    CHECK(sql_next(statement) == 0);
    CHECK(sql_i64(statement, 0) == INT64_MIN);
    CHECK(text_equal(sql_text(statement, 1), text_of("least")));
    CHECK(sql_bytes(statement, 2).len == sizeof(body));
    CHECK(memcmp(sql_bytes(statement, 2).at, body, sizeof(body)) == 0);
    CHECK(sql_is_null(statement, 3) && !sql_is_null(statement, 2));
    CHECK(sql_next(statement) == 0);
    CHECK(sql_i64(statement, 0) == INT64_MAX);
    CHECK(!sql_is_null(statement, 1) && sql_text(statement, 1).len == 0);
    CHECK(!sql_is_null(statement, 2) && sql_bytes(statement, 2).len == 0);
    CHECK(sql_next(statement) == SQL_DONE);
}

static void a_parameter_is_known_by_its_number_wherever_it_stands(void)
{
    CLEANUP(sql_free) struct sql *sql = NULL;
    CLEANUP(sql_end) struct sql_statement *statement = NULL;

    CHECK(open_at(&sql, NULL, no_key, false) == 0);
    CHECK(sql_prepare(sql, "SELECT $12, $2, $1, $2", &statement) == 0);
    sql_bind_i64(statement, 1, 1);
    sql_bind_i64(statement, 2, 2);
    sql_bind_i64(statement, 12, 12);
    CHECK(sql_next(statement) == 0);
    CHECK(sql_i64(statement, 0) == 12 && sql_i64(statement, 1) == 2);
    CHECK(sql_i64(statement, 2) == 1 && sql_i64(statement, 3) == 2);
}

static void one_statement_can_be_used_inside_itself(void)
{
    CLEANUP(sql_free) struct sql *sql = NULL;

    CHECK(open_at(&sql, NULL, no_key, false) == 0);
    make_table(sql);
    CHECK(put(sql, 1, "a", no_key) == 0);
    for (int round = 0; round < 3; round++) {
        struct sql_statement *both[2] = {NULL, NULL};

        for (int i = 0; i < 2; i++) {
            CHECK(sql_prepare(sql, "SELECT n FROM t", &both[i]) == 0);
            CHECK(sql_next(both[i]) == 0);
        }
        CHECK(both[0] != both[1]);
        CHECK(sql_end(both[0]) == NULL && sql_end(both[1]) == NULL);
    }
}

static void a_broken_constraint_is_an_outcome(void)
{
    CLEANUP(sql_free) struct sql *sql = NULL;

    CHECK(open_at(&sql, NULL, no_key, false) == 0);
    make_table(sql);
    CHECK(sql_script(sql, "CREATE TABLE child (n INTEGER REFERENCES t)") == 0);
    CHECK(put(sql, 1, "a", no_key) == 0);
    CHECK(put(sql, 1, "b", no_key) == SQL_CONSTRAINT);
    CHECK(put(sql, 2, "a", no_key) == SQL_CONSTRAINT);
    CHECK(sql_script(sql, "INSERT INTO child VALUES (7)") == SQL_CONSTRAINT);
    CHECK(count(sql) == 1);
    CHECK(put(sql, 2, "b", no_key) == 0);
}

static void a_savepoint_is_undone_alone(void)
{
    CLEANUP(sql_free) struct sql *sql = NULL;

    CHECK(open_at(&sql, NULL, no_key, false) == 0);
    make_table(sql);
    CHECK(sql_begin(sql) == 0);
    CHECK(sql_savepoint(sql) == 0);
    CHECK(put(sql, 1, "kept", no_key) == 0);
    CHECK(sql_savepoint_keep(sql) == 0);
    CHECK(sql_savepoint(sql) == 0);
    CHECK(put(sql, 2, "undone", no_key) == 0);
    CHECK(sql_savepoint_undo(sql) == 0);
    CHECK(sql_commit(sql) == 0);
    CHECK(count(sql) == 1);
    CHECK(sql_begin(sql) == 0);
    CHECK(put(sql, 3, "gone", no_key) == 0);
    CHECK(sql_rollback(sql) == 0 && sql_rollback(sql) == 0);
    CHECK(count(sql) == 1);
}

static void a_row_that_a_trigger_keeps_is_not_replaced_either(void)
{
    CLEANUP(sql_free) struct sql *sql = NULL;
    struct sql_options options = {.path = ":memory:"};

    CHECK(sql_open(&sql, &options) == 0);
    CHECK(sql_script(sql, "CREATE TABLE kept (n INTEGER PRIMARY KEY, name TEXT);"
                          "CREATE TRIGGER kept_stays BEFORE DELETE ON kept"
                          " BEGIN SELECT RAISE(ABORT, 'kept'); END;"
                          "INSERT INTO kept VALUES (1, 'a')") == 0);
    CHECK(sql_script(sql, "DELETE FROM kept") == SQL_CONSTRAINT);
    CHECK(sql_script(sql, "INSERT OR REPLACE INTO kept VALUES (1, 'b')") == SQL_CONSTRAINT);
}

static void a_file_is_private_and_opens_only_with_its_key(void)
{
    CLEANUP(sql_free) struct sql *sql = NULL;
    CLEANUP(sql_free) struct sql *wrong = NULL;
    CLEANUP(sql_free) struct sql *reader = NULL;
    struct stat status;

    CHECK(open_at(&sql, "keyed.db", key, false) == 0);
    make_table(sql);
    CHECK(put(sql, 1, "a", no_key) == 0);
    CHECK(stat(path_of("keyed.db"), &status) == 0 && (status.st_mode & 0777) == 0600);
    CHECK(stat(path_of("keyed.db-wal"), &status) == 0 && (status.st_mode & 0777) == 0600);
    sql = sql_free(sql);
    CHECK(open_at(&wrong, "keyed.db", other_key, false) == SQL_KEY);
    CHECK(open_at(&wrong, "keyed.db", no_key, false) == SQL_KEY);
    CHECK(!wrong);
    CHECK(open_at(&sql, "keyed.db", key, false) == 0 && count(sql) == 1);
    CHECK(open_at(&reader, "keyed.db", key, true) == 0 && count(reader) == 1);
    CHECK(put(reader, 2, "b", no_key) == ERR_SYSTEM);
}

static void a_plain_file_works_without_a_key_and_refuses_one(void)
{
    CLEANUP(sql_free) struct sql *sql = NULL;
    CLEANUP(sql_free) struct sql *wrong = NULL;
    CLEANUP(sql_end) struct sql_statement *statement = NULL;

    CHECK(open_at(&sql, "plain.db", no_key, false) == 0);
    make_table(sql);
    CHECK(open_at(&wrong, "plain.db", key, false) == SQL_KEY);
    CHECK(sql_prepare(sql, "PRAGMA page_size", &statement) == 0 && sql_next(statement) == 0);
    CHECK(sql_i64(statement, 0) == 16384);
    statement = sql_end(statement);
    CHECK(sql_prepare(sql, "PRAGMA journal_mode", &statement) == 0 && sql_next(statement) == 0);
    CHECK(text_equal(sql_text(statement, 0), text_of("wal")));
    statement = sql_end(statement);
    CHECK(sql_prepare(sql, "PRAGMA synchronous", &statement) == 0 && sql_next(statement) == 0);
    CHECK(sql_i64(statement, 0) == 2);
}

static void a_reader_keeps_its_snapshot(void)
{
    CLEANUP(sql_free) struct sql *sql = NULL;
    CLEANUP(sql_free) struct sql *reader = NULL;

    CHECK(open_at(&sql, "snapshot.db", key, false) == 0);
    make_table(sql);
    CHECK(open_at(&reader, "snapshot.db", key, true) == 0);
    CHECK(sql_begin_read(reader) == 0 && count(reader) == 0);
    CHECK(put(sql, 1, "a", no_key) == 0);
    CHECK(count(reader) == 0);
    CHECK(sql_rollback(reader) == 0 && count(reader) == 1);
}

static void a_flipped_bit_is_corrupt_and_nothing_is_said_on_stderr(void)
{
    CLEANUP(sql_free) struct sql *sql = NULL;
    char printed[2048] = {0};
    uint8_t byte;
    ssize_t len;
    int said = open(path_of("stderr"), O_RDWR | O_CREAT, 0600);
    int before = dup(2);
    int fd;

    CHECK(open_at(&sql, "flip.db", key, false) == 0);
    make_table(sql);
    CHECK(sql_begin(sql) == 0);
    for (int i = 0; i < 3000; i++) {
        char name[32];

        (void)snprintf(name, sizeof(name), "row %d", i);
        CHECK(put(sql, i, name, no_key) == 0);
    }
    CHECK(sql_commit(sql) == 0);
    sql = sql_free(sql);
    fd = open(path_of("flip.db"), O_RDWR);
    CHECK(fd >= 0 && pread(fd, &byte, 1, 3 * 16384 + 77) == 1);
    byte ^= 4;
    CHECK(pwrite(fd, &byte, 1, 3 * 16384 + 77) == 1 && close(fd) == 0);
    CHECK(said >= 0 && dup2(said, 2) == 2);
    CHECK(open_at(&sql, "flip.db", key, false) == 0);
    {
        CLEANUP(sql_end) struct sql_statement *statement = NULL;
        int r = sql_prepare(sql, "SELECT sum(length(name)) FROM t NOT INDEXED", &statement);

        if (r == 0)
            r = sql_next(statement);
        CHECK(dup2(before, 2) == 2 && close(before) == 0);
        CHECK(r == ERR_CORRUPT);
    }
    len = pread(said, printed, sizeof(printed) - 1, 0);
    CHECK(close(said) == 0 && len >= 0);
    /* Our own fault line is all there is. */
    CHECK(strstr(printed, "# fault corrupt") != NULL && strstr(printed, "CORE") == NULL);
}

struct visited {
    int values;
    int of_t;
    bool seen;
};

static int visit(void *context, struct text table, struct bytes value)
{
    struct visited *visited = context;

    visited->values++;
    visited->of_t += text_equal(table, text_of("t"));
    visited->seen |= text_equal(text_of_bytes(value), text_of("second"));
    return visited->values == 100 ? SQL_KEY : 0;
}

static void every_value_of_every_table_is_visited(void)
{
    CLEANUP(sql_free) struct sql *sql = NULL;
    struct visited visited = {0};

    CHECK(open_at(&sql, NULL, no_key, false) == 0);
    CHECK(sql_visit_values(sql, visit, &visited) == 0 && visited.values == 0);
    make_table(sql);
    CHECK(sql_script(sql, "CREATE TABLE \"odd name\" (a, b);"
                          "INSERT INTO \"odd name\" VALUES (1, NULL)") == 0);
    CHECK(put(sql, 1, "first", (struct bytes){0}) == 0);
    CHECK(put(sql, 2, "second", key) == 0);
    CHECK(sql_visit_values(sql, visit, &visited) == 0);
    CHECK(visited.values == 8 && visited.of_t == 6 && visited.seen);
    /* The visitor may end it. */
    visited.values = 97;
    CHECK(sql_visit_values(sql, visit, &visited) == SQL_KEY && visited.values == 100);
}

/* In a process of its own, whose files may not pass 256 KiB: what a full disk looks like. */
static void fill(void)
{
    CLEANUP(sql_free) struct sql *sql = NULL;
    struct rlimit limit = {.rlim_cur = (rlim_t)256 * 1024, .rlim_max = (rlim_t)256 * 1024};
    static uint8_t body[100000];
    int r = 0;

    if (open_at(&sql, "full.db", key, false))
        _exit(1);
    make_table(sql);
    if (setrlimit(RLIMIT_FSIZE, &limit))
        _exit(2);
    for (int i = 0; r == 0 && i < 100; i++) {
        char name[32];

        (void)snprintf(name, sizeof(name), "row %d", i);
        r = put(sql, i, name, (struct bytes){body, sizeof(body)});
    }
    sql = sql_free(sql);
    _exit(r == ERR_FULL || r == ERR_SYSTEM ? 0 : 3);
}

static void a_file_that_cannot_grow_is_a_fault(void)
{
    int status = 0;
    pid_t child;

    (void)fflush(stdout);
    child = fork();
    if (child == 0) {
        (void)signal(SIGXFSZ, SIG_IGN);
        fill();
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void remove_files(void)
{
    static const char *const names[] = {"keyed.db", "plain.db",    "snapshot.db",
                                        "flip.db",  "full.db",     "full.db-wal",
                                        "stderr",   "full.db-shm", "full.db-journal"};

    /* The process that ran out of room may leave what SQLite keeps beside its file. */
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        (void)unlink(path_of(names[i]));
    CHECK(rmdir(directory) == 0);
}

int main(void)
{
    CHECK(mkdtemp(directory) != NULL);
    RUN(values_come_back_as_they_were_bound);
    RUN(a_parameter_is_known_by_its_number_wherever_it_stands);
    RUN(one_statement_can_be_used_inside_itself);
    RUN(a_broken_constraint_is_an_outcome);
    RUN(a_savepoint_is_undone_alone);
    RUN(a_row_that_a_trigger_keeps_is_not_replaced_either);
    RUN(a_file_is_private_and_opens_only_with_its_key);
    RUN(a_plain_file_works_without_a_key_and_refuses_one);
    RUN(a_reader_keeps_its_snapshot);
    RUN(a_flipped_bit_is_corrupt_and_nothing_is_said_on_stderr);
    RUN(every_value_of_every_table_is_visited);
    RUN(a_file_that_cannot_grow_is_a_fault);
    remove_files();
    return tap_done();
}
