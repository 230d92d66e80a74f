/*
 * What a decision and the check of a session cost
 *
 *     bench_access [seconds]
 *
 * Decisions of 50 classes, the built-in ones and copies with hours, networks and windows, about
 * 10,000 people, in an order that no cache foresees; beside them, in the same run, the same
 * decisions by SQLite in memory with one prepared statement over tables of classes, permissions,
 * hours and networks. Both have to decide alike. Classes reach everyone or oneself: groups are not
 * part of a decision yet, and not of this figure. The check of
 * a session is what the server does with every request: hash the token, read session and user by a
 * reader of an encrypted records.db, judge the times.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "access/session.h"
#include "store/sql/sql.h"

#define PEOPLE 10000
#define CLASSES 50
#define QUESTIONS 65536
#define NOW INT64_C(1790000000000)

struct question {
    uint32_t class_at;
    uint32_t self;
    uint32_t person;
    int64_t local_at;
    uint32_t source; /* an IPv4 address */
    enum access_permission permission;
};

static struct question questions[QUESTIONS];
static struct access_class classes[CLASSES];
static struct access_conditions conditions[CLASSES];

static void must(int r, const char *what)
{
    if (r == 0)
        return;
    (void)fprintf(stderr, "bench_access: %s: %d\n", what, r);
    exit(1);
}

static int64_t now_ns(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* xorshift: the same questions in every run. */
static uint32_t next(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* Copies of the built-in ones, each second with hours, each third with two networks. */
static void make_classes(uint32_t *state)
{
    size_t built_in = 0;

    while (access_class_at(built_in))
        built_in++;
    must(built_in == 0, "no built-in class");
    for (size_t i = 0; i < CLASSES; i++) {
        struct access_conditions *own = &conditions[i];

        classes[i] = *access_class_at(i % built_in);
        if (i < built_in)
            continue;
        classes[i].conditions = own;
        own->window_days = (uint16_t)(i * 7);
        own->by_hours = i % 2;
        for (size_t day = 0; day < ACCESS_WEEKDAYS; day++)
            own->hours[day] = (struct access_hours){(uint16_t)(next(state) % 600),
                                                    (uint16_t)(720 + next(state) % 600)};
        if (i % 3)
            continue;
        must(access_network_parse(text_of("10.0.0.0/9"), &own->networks[0]), "network");
        must(access_network_parse(text_of("172.16.0.0/12"), &own->networks[1]), "network");
        own->network_count = 2;
    }
}

static void make_questions(void)
{
    uint32_t state = 2463534242;

    make_classes(&state);
    for (size_t i = 0; i < QUESTIONS; i++) {
        uint32_t self = next(&state) % (PEOPLE + 1);

        questions[i] = (struct question){
            .class_at = next(&state) % CLASSES,
            .self = self,
            .person = next(&state) % 4 ? next(&state) % (PEOPLE + 1) : self,
            .local_at = NOW + next(&state) % (7 * 86400) * INT64_C(1000),
            .source = next(&state) % 2 ? 10U << 24 | next(&state) % (1U << 24) : next(&state),
            .permission = next(&state) % 2
                              ? ACCESS_PEOPLE_VIEW
                              : (enum access_permission)(next(&state) % ACCESS_PERMISSION_COUNT),
        };
    }
}

static bool decide(const struct question *question)
{
    struct access_subject subject = {
        .class = &classes[question->class_at],
        .person = {question->self},
        .at = question->local_at,
        .local_at = question->local_at,
        .source = {.size = 4,
                   .at = {(uint8_t)(question->source >> 24), (uint8_t)(question->source >> 16),
                          (uint8_t)(question->source >> 8), (uint8_t)question->source}}};
    struct access_request request = {.permission = question->permission,
                                     .person = {question->person}};
    struct access_decision decision;

    access_decide(&subject, &request, &decision);
    return decision.reason == ACCESS_ALLOWED;
}

/* ---- the same by SQL ---- */

static const char schema[] =
    "CREATE TABLE class (class_id INTEGER PRIMARY KEY, own INTEGER NOT NULL,"
    " hours INTEGER NOT NULL, networks INTEGER NOT NULL) STRICT;"
    "CREATE TABLE hours (class_id INTEGER NOT NULL, weekday INTEGER NOT NULL,"
    " from_minute INTEGER NOT NULL, to_minute INTEGER NOT NULL,"
    " PRIMARY KEY (class_id, weekday)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE network (class_id INTEGER NOT NULL, first INTEGER NOT NULL,"
    " last INTEGER NOT NULL, PRIMARY KEY (class_id, first)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE may (class_id INTEGER NOT NULL, permission INTEGER NOT NULL,"
    " PRIMARY KEY (class_id, permission)) STRICT, WITHOUT ROWID;";

static void fill_hours(struct sql *sql, size_t at)
{
    for (size_t day = 0; conditions[at].by_hours && day < ACCESS_WEEKDAYS; day++) {
        CLEANUP(sql_end) struct sql_statement *hours = NULL;

        must(sql_prepare(sql, "INSERT INTO hours VALUES ($1, $2, $3, $4)", &hours), "hours");
        sql_bind_i64(hours, 1, (int64_t)at);
        sql_bind_i64(hours, 2, (int64_t)day);
        sql_bind_i64(hours, 3, conditions[at].hours[day].from_minute);
        sql_bind_i64(hours, 4, conditions[at].hours[day].to_minute);
        must(sql_run(hours), "hours");
    }
}

static void fill_networks(struct sql *sql, size_t at)
{
    for (size_t i = 0; i < conditions[at].network_count; i++) {
        CLEANUP(sql_end) struct sql_statement *row = NULL;
        const struct access_network *network = &conditions[at].networks[i];
        int64_t first = (int64_t)network->first.at[0] << 24 | network->first.at[1] << 16;

        must(sql_prepare(sql, "INSERT INTO network VALUES ($1, $2, $3)", &row), "network");
        sql_bind_i64(row, 1, (int64_t)at);
        sql_bind_i64(row, 2, first);
        sql_bind_i64(row, 3, first + (INT64_C(1) << (32 - network->bits)) - 1);
        must(sql_run(row), "network");
    }
}

static void fill(struct sql *sql)
{
    must(sql_script_literal(sql, schema), "schema");
    for (size_t at = 0; at < CLASSES; at++) {
        CLEANUP(sql_end) struct sql_statement *class = NULL;

        must(sql_prepare(sql, "INSERT INTO class VALUES ($1, $2, $3, $4)", &class), "class");
        sql_bind_i64(class, 1, (int64_t)at);
        sql_bind_i64(class, 2, classes[at].reach == ACCESS_REACH_SELF);
        sql_bind_i64(class, 3, conditions[at].by_hours);
        sql_bind_i64(class, 4, (int64_t)conditions[at].network_count);
        must(sql_run(class), "class");
        fill_hours(sql, at);
        fill_networks(sql, at);
        for (unsigned i = 0; i < ACCESS_PERMISSION_COUNT; i++) {
            CLEANUP(sql_end) struct sql_statement *may = NULL;

            if (!access_class_may(&classes[at], (enum access_permission)i))
                continue;
            must(sql_prepare(sql, "INSERT INTO may VALUES ($1, $2)", &may), "may");
            sql_bind_i64(may, 1, (int64_t)at);
            sql_bind_i64(may, 2, i);
            must(sql_run(may), "may");
        }
    }
}

/* sql_prepare() gives a statement that was prepared before. */
static bool decide_sql(struct sql *sql, const struct question *question)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r;

    must(sql_prepare(sql,
                     "SELECT 1 FROM may JOIN class USING (class_id)"
                     " WHERE may.class_id = $1 AND permission = $2"
                     " AND (own = 0 OR ($3 <> 0 AND ($4 = 0 OR $4 = $3)))"
                     " AND (hours = 0 OR EXISTS (SELECT 1 FROM hours WHERE"
                     " hours.class_id = $1 AND weekday = $5"
                     " AND $6 >= from_minute AND $6 < to_minute))"
                     " AND (networks = 0 OR EXISTS (SELECT 1 FROM network WHERE"
                     " network.class_id = $1 AND $7 BETWEEN first AND last))",
                     &statement),
         "prepare");
    sql_bind_i64(statement, 1, question->class_at);
    sql_bind_i64(statement, 2, question->permission);
    sql_bind_i64(statement, 3, question->self);
    sql_bind_i64(statement, 4, question->person);
    /* 1970-01-01 was a Thursday. */
    sql_bind_i64(statement, 5, (question->local_at / 86400000 + 3) % 7);
    sql_bind_i64(statement, 6, question->local_at / 60000 % 1440);
    sql_bind_i64(statement, 7, question->source);
    r = sql_next(statement);
    must(r == SQL_DONE ? 0 : r, "decision");
    return r == 0;
}

/* ---- sessions ---- */

struct check {
    struct arena *arena;
    char token[ACCESS_TOKEN_SIZE];
};

static int begin(struct records_tx *tx, void *context)
{
    struct check *check = context;
    struct records_user user = {.name = text_of("anna"),
                                .display_name = text_of("Anna"),
                                .class = text_of("viewer"),
                                .created_at = NOW};
    struct user_id id;
    uint64_t number;
    int r = records_user_add(tx, &user, &id);

    return r ? r
             : access_session_begin(tx, id, RECORDS_STAGE_SIGNED_IN, text_of("192.0.2.7"), NOW,
                                    check->token, &number);
}

static int find(struct records_tx *tx, void *context)
{
    static const struct access_limits limits = {.idle_ms = 900000, .absolute_ms = 43200000};
    struct check *check = context;
    struct access_session session;

    return access_session_find(tx, text_of(check->token), &limits, NOW + 1, check->arena, &session);
}

/* ---- figures ---- */

static void bench_decisions(int64_t run_ns)
{
    CLEANUP(sql_free) struct sql *sql = NULL;
    struct sql_options options = {.path = ":memory:"};
    uint64_t count = 0;
    uint64_t sql_count = 0;
    uint64_t allowed = 0;
    double own_us;
    int64_t began;
    int64_t took;

    must(sql_open(&sql, &options), "open");
    fill(sql);
    for (size_t i = 0; i < QUESTIONS; i++)
        must(decide(&questions[i]) != decide_sql(sql, &questions[i]), "the two decide otherwise");
    for (began = now_ns(); (took = now_ns() - began) < run_ns; count += QUESTIONS)
        for (size_t i = 0; i < QUESTIONS; i++)
            allowed += decide(&questions[i]);
    (void)fprintf(stderr, "%" PRIu64 " of %" PRIu64 " decisions allowed\n", allowed, count);
    own_us = (double)took / 1000 / (double)count;
    for (began = now_ns(); (took = now_ns() - began) < run_ns; sql_count += QUESTIONS / 16)
        for (size_t i = 0; i < QUESTIONS / 16; i++)
            allowed += decide_sql(sql, &questions[i]);
    (void)printf("{\"name\": \"access decision\", \"value\": %.4f, \"unit\": \"us\", \"peers\": "
                 "[{\"name\": \"SQLite\", \"value\": %.4f}]}\n",
                 own_us, (double)took / 1000 / (double)sql_count);
}

static void bench_sessions(int64_t run_ns)
{
    static const uint8_t key[SQL_KEY_SIZE] = {1, 2, 3};
    static const char *const ends[] = {"", "-wal", "-shm"};
    char directory[] = "/tmp/bench_access_XXXXXX";
    char path[64];
    CLEANUP(records_free) struct records *records = NULL;
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct check check = {0};
    uint64_t count = 0;
    int64_t began;
    int64_t took;

    if (!mkdtemp(directory))
        must(-1, "directory");
    (void)snprintf(path, sizeof path, "%s/records.db", directory);
    must(records_open(&records, path, (struct bytes){.at = key, .len = sizeof key}), "open");
    must(arena_new(&arena, 1 << 16), "arena");
    check.arena = arena;
    must(records_act(records, begin, &check), "session");
    for (began = now_ns(); (took = now_ns() - began) < run_ns; count++) {
        arena_reset(arena);
        must(records_read(records, find, &check), "check");
    }
    (void)printf("{\"name\": \"session check\", \"value\": %.3f, \"unit\": \"us\"}\n",
                 (double)took / 1000 / (double)count);
    records = records_free(records);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        (void)snprintf(path, sizeof path, "%s/records.db%s", directory, ends[i]);
        (void)unlink(path);
    }
    (void)rmdir(directory);
}

int main(int argc, char **argv)
{
    int64_t run_ns = (argc > 1 ? strtol(argv[1], NULL, 10) : 3) * INT64_C(1000000000);

    if (run_ns <= 0) {
        (void)fprintf(stderr, "usage: bench_access [seconds]\n");
        return 2;
    }
    make_questions();
    (void)fprintf(stderr, "%d classes, %d people\n", CLASSES, PEOPLE);
    bench_decisions(run_ns);
    bench_sessions(run_ns);
    return 0;
}
