/* Opening, acting and reading: keys, versions, groups, threads, full and failing disks, and kill
 * -9. */

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/records/nouns.h"
#include "store/records/records-private.h"
#include "store/sql/sql.h"
#include "tap.h"

#define THREADS 8

static char directory[] = "/tmp/ward-records-XXXXXX";
static const uint8_t key_bytes[32] = "a key of exactly thirty-two byte";
static const uint8_t other_bytes[32] = "b key of exactly thirty-two byte";
static const struct bytes key = {key_bytes, sizeof(key_bytes)};
static const struct bytes other_key = {other_bytes, sizeof(other_bytes)};
static const struct bytes no_key;
static uint8_t public_key[SIGN_PUBLIC_SIZE];

/* ---- a disk that fails: the linker sends SQLite's calls here ---- */

static atomic_long syncs_left = -1;  /* -1: never fails; else how many more succeed */
static atomic_long writes_left = -1; /* then writes fail with ENOSPC */

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);
ssize_t __real_pwrite64(int fd, const void *at, size_t len, off64_t offset);
ssize_t __wrap_pwrite64(int fd, const void *at, size_t len, off64_t offset);
ssize_t __real_pwrite(int fd, const void *at, size_t len, off_t offset);
ssize_t __wrap_pwrite(int fd, const void *at, size_t len, off_t offset);

static bool fails(atomic_long *left)
{
    long now = atomic_load(left);

    if (now > 0)
        atomic_fetch_sub(left, 1);
    return now == 0;
}

int __wrap_fsync(int fd)
{
    if (fails(&syncs_left)) {
        errno = EIO;
        return -1;
    }
    return __real_fsync(fd);
}

int __wrap_fdatasync(int fd)
{
    if (fails(&syncs_left)) {
        errno = EIO;
        return -1;
    }
    return __real_fdatasync(fd);
}

ssize_t __wrap_pwrite64(int fd, const void *at, size_t len, off64_t offset)
{
    if (fails(&writes_left)) {
        errno = ENOSPC;
        return -1;
    }
    return __real_pwrite64(fd, at, len, offset);
}

ssize_t __wrap_pwrite(int fd, const void *at, size_t len, off_t offset)
{
    if (fails(&writes_left)) {
        errno = ENOSPC;
        return -1;
    }
    return __real_pwrite(fd, at, len, offset);
}

/* ---- helpers ---- */

static const char *path_of(const char *name)
{
    static _Thread_local char path[128];

    (void)snprintf(path, sizeof(path), "%s/%s", directory, name);
    return path;
}

static struct records *open_at(const char *name)
{
    struct records *records = NULL;

    CHECK(records_open(&records, name ? path_of(name) : ":memory:", name ? key : no_key) == 0);
    return records;
}

/* An act: a row of its own and its audit entry, which names the row. */
struct deed {
    unsigned number;
    uint64_t index;
    int result; /* what the job returns after it did everything */
};

static int do_deed(struct records_tx *tx, void *context)
{
    struct deed *deed = context;
    char word[32];
    struct audit_entry entry = {.at = deed->number, .action = text_of("settings.change")};
    int r;

    (void)snprintf(word, sizeof(word), "deed %u", deed->number);
    entry.target = text_of(word);
    r = records_setting_set(tx, word, bytes_of_text(text_of("done")));
    if (r == 0)
        r = records_audit_append(tx, &entry, &deed->index);
    return r ? r : deed->result;
}

static int is_done(struct records_tx *tx, void *context)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    const unsigned *number = context;
    char word[32];
    struct bytes value;
    int r = arena_new(&arena, 4096);

    (void)snprintf(word, sizeof(word), "deed %u", *number);
    return r ? r : records_setting(tx, word, arena, &value);
}

static int read_size(struct records_tx *tx, void *context)
{
    return records_audit_size(tx, context);
}

static int verify(struct records_tx *tx, void *context)
{
    return records_audit_verify(tx, public_key, context);
}

static uint64_t size_of(struct records *records)
{
    uint64_t size = 0;

    CHECK(records_read(records, read_size, &size) == 0);
    return size;
}

static void check_log(struct records *records, uint64_t size)
{
    struct records_audit_finding finding = {0};

    CHECK(records_read(records, verify, &finding) == 0);
    CHECK(finding.size == size && finding.first_bad == UINT64_MAX);
}

/* ---- opening ---- */

static void a_wrong_key_opens_nothing(void)
{
    CLEANUP(records_free) struct records *records = open_at("key.db");
    CLEANUP(records_free) struct records *wrong = NULL;

    CHECK(records_open(&wrong, path_of("key.db"), other_key) == RECORDS_KEY);
    CHECK(records_open(&wrong, path_of("key.db"), no_key) == RECORDS_KEY);
    CHECK(records_open(&wrong, path_of("key.db"), other_key) == RECORDS_KEY && !wrong);
    (void)records_free(open_at("key.db"));
}

static void a_file_that_is_no_database_is_refused_and_left_alone(void)
{
    CLEANUP(records_free) struct records *records = NULL;
    FILE *file = fopen(path_of("text"), "w+");
    char back[64] = {0};

    CHECK(file != NULL);
    for (int i = 0; i < 2000; i++)
        CHECK(fputs("this is not a database, it is a letter\n", file) >= 0);
    CHECK(fflush(file) == 0);
    CHECK(records_open(&records, path_of("text"), key) == RECORDS_KEY);
    CHECK(records_open(&records, path_of("text"), no_key) == RECORDS_KEY);
    rewind(file);
    CHECK(fgets(back, sizeof(back), file) && strncmp(back, "this is not", 11) == 0);
    CHECK(fclose(file) == 0);
}

static void a_newer_schema_is_refused_and_left_alone(void)
{
    CLEANUP(records_free) struct records *records = open_at("newer.db");
    CLEANUP(sql_free) struct sql *sql = NULL;
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct sql_options options = {.path = path_of("newer.db"), .key = key};

    (void)records_free(TAKE(records));
    CHECK(sql_open(&sql, &options) == 0);
    CHECK(sql_script(sql, "INSERT INTO schema_version VALUES (1000)") == 0);
    CHECK(records_open(&records, path_of("newer.db"), key) == RECORDS_NEWER && !records);
    CHECK(sql_prepare(sql, "SELECT max(version) FROM schema_version", &statement) == 0);
    CHECK(sql_next(statement) == 0 && sql_i64(statement, 0) == 1000);
}

static int list_old_users(struct records_tx *tx, void *context)
{
    static const char *const classes[] = {"viewer", "power_user", "configurator", "admin"};
    struct records_user *users;
    size_t count;
    int r = records_user_list(tx, context, &users, &count);

    CHECK(r == 0 && count == 4);
    for (size_t i = 0; r == 0 && i < count; i++) {
        CHECK(users[i].id.number == i + 1 && text_equal(users[i].class, text_of(classes[i])));
        CHECK(users[i].person.number == 0 && users[i].created_at == 7);
    }
    return r;
}

/* Says who the first user is themselves, and reads it back. */
static int tie_user(struct records_tx *tx, struct person_id person, struct arena *arena)
{
    struct records_user user;
    struct records_user found;
    int r = records_user_get(tx, (struct user_id){1}, arena, &user);

    CHECK(r == 0);
    user.person = person;
    CHECK(records_user_set(tx, &user) == 0);
    r = records_user_get(tx, (struct user_id){1}, arena, &found);
    CHECK(r == 0 && found.person.number == person.number && text_equal(found.class, user.class));
    return r;
}

static int tie_users(struct records_tx *tx, void *context)
{
    struct device_id id = {{1}};
    struct records_device device = {.id = id, .host_name = text_of("pc"), .version = text_of("1")};
    struct records_account_new new = {
        .device = id, .name = text_of("anna"), .host_name = text_of("pc"), .arena = context};
    struct account_id account;
    enum records_account_made made;
    int r = records_device_add(tx, &device);

    if (r == 0)
        r = records_account_ensure(tx, &new, &account, &made);
    if (r == 0)
        r = tie_user(tx, (struct person_id){1}, context);
    return r ? r : tie_user(tx, (struct person_id){0}, context);
}

static void users_of_the_four_roles_come_into_the_classes_of_those_names(void)
{
    CLEANUP(records_free) struct records *records = NULL;
    CLEANUP(arena_free) struct arena *arena = NULL;
    CLEANUP(sql_free) struct sql *sql = NULL;
    struct sql_options options = {.path = path_of("roles.db"), .key = key};

    CHECK(arena_new(&arena, 1 << 16) == 0);
    CHECK(sql_open(&sql, &options) == 0 && records_migrate_to(sql, 4) == 0);
    CHECK(sql_script(sql, "INSERT INTO users (user_id, name, display_name, role, password_hash,"
                          " totp_seed, totp_confirmed, totp_last_step, created_at, disabled_at)"
                          " VALUES (1, 'a', 'A', 0, '', x'', 0, 0, 7, 0),"
                          " (2, 'b', 'B', 1, '', x'', 0, 0, 7, 0),"
                          " (3, 'c', 'C', 2, '', x'', 0, 0, 7, 0),"
                          " (4, 'd', 'D', 3, '', x'', 0, 0, 7, 0)") == 0);
    sql = sql_free(sql);
    records = open_at("roles.db");
    CHECK(records_read(records, list_old_users, arena) == 0);
    CHECK(records_act(records, tie_users, arena) == 0);
}

/* ---- acting ---- */

static void an_act_that_does_not_work_leaves_nothing(struct records *records)
{
    struct deed deed = {.number = 1, .result = RECORDS_STALE};

    CHECK(records_act(records, do_deed, &deed) == RECORDS_STALE);
    CHECK(records_read(records, is_done, &deed.number) == RECORDS_ABSENT);
    CHECK(size_of(records) == 0);
    deed.result = ERR_CRYPTO;
    CHECK(records_act(records, do_deed, &deed) == ERR_CRYPTO);
    CHECK(records_read(records, is_done, &deed.number) == RECORDS_ABSENT);
    CHECK(size_of(records) == 0);
    deed.result = 0;
    CHECK(records_act(records, do_deed, &deed) == 0 && deed.index == 0);
    CHECK(records_read(records, is_done, &deed.number) == 0);
    CHECK(size_of(records) == 1);
}

static void an_act_is_all_or_nothing(void)
{
    CLEANUP(records_free) struct records *memory = open_at(NULL);
    CLEANUP(records_free) struct records *file = open_at("acts.db");

    an_act_that_does_not_work_leaves_nothing(memory);
    an_act_that_does_not_work_leaves_nothing(file);
}

static void a_reader_writes_nothing(void)
{
    CLEANUP(records_free) struct records *memory = open_at(NULL);
    CLEANUP(records_free) struct records *file = open_at("reader.db");
    struct deed deed = {.number = 1};

    CHECK(records_read(file, do_deed, &deed) == ERR_SYSTEM);
    CHECK(size_of(file) == 0);
    CHECK(records_read(memory, do_deed, &deed) == 0);
    CHECK(size_of(memory) == 0);
    CHECK(records_act(file, do_deed, &deed) == 0 && size_of(file) == 1);
}

/* ---- many threads ---- */

struct worker {
    struct records *records;
    unsigned first;
    unsigned acts;
    unsigned done;   /* acts that returned 0 */
    unsigned failed; /* acts that returned a fault */
    int last;
    uint64_t seen;
};

static void *work(void *context)
{
    struct worker *worker = context;

    for (unsigned i = 0; i < worker->acts; i++) {
        struct deed deed = {.number = worker->first + i, .result = i % 7 == 3 ? RECORDS_STALE : 0};
        int r = records_act(worker->records, do_deed, &deed);

        worker->last = r;
        if (r == 0) {
            /* What was acknowledged can be read at once. */
            CHECK(records_read(worker->records, is_done, &deed.number) == 0);
            CHECK(size_of(worker->records) > deed.index);
            CHECK(worker->done == 0 || deed.index > worker->seen);
            worker->seen = deed.index;
            worker->done++;
        } else if (r < 0) {
            worker->failed++;
        }
    }
    return NULL;
}

static unsigned work_with_all(struct records *records, unsigned acts, unsigned *ret_failed)
{
    struct worker workers[THREADS] = {0};
    pthread_t threads[THREADS];
    unsigned done = 0;

    *ret_failed = 0;
    for (unsigned i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.records = records, .first = i * 10000, .acts = acts};
        CHECK(pthread_create(&threads[i], NULL, work, &workers[i]) == 0);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
        done += workers[i].done;
        *ret_failed += workers[i].failed;
    }
    return done;
}

static void acts_of_many_threads_make_one_log(void)
{
    CLEANUP(records_free) struct records *memory = open_at(NULL);
    CLEANUP(records_free) struct records *file = open_at("threads.db");
    unsigned failed;
    unsigned done = work_with_all(memory, 70, &failed);

    CHECK(done == THREADS * 60 && failed == 0);
    check_log(memory, done);
    done = work_with_all(file, 70, &failed);
    CHECK(done == THREADS * 60 && failed == 0);
    check_log(file, done);
    (void)records_free(TAKE(file));
    file = open_at("threads.db");
    check_log(file, done);
}

/* ---- a disk that fails ---- */

static void nothing_is_acknowledged_that_could_not_be_synced(void)
{
    for (long syncs = 0; syncs < 24; syncs += 3) {
        CLEANUP(records_free) struct records *records = open_at("sync.db");
        uint64_t before = size_of(records);
        struct deed deed = {.number = 99};
        unsigned failed;
        unsigned done;
        uint64_t after;

        atomic_store(&syncs_left, syncs);
        done = work_with_all(records, 20, &failed);
        atomic_store(&syncs_left, -1);
        CHECK(failed > 0);
        /* The disk is well again, but the writer does not trust it any more. */
        CHECK(records_act(records, do_deed, &deed) == ERR_SYSTEM);
        (void)records_free(TAKE(records));
        records = open_at("sync.db");
        after = size_of(records);
        CHECK(after >= before + done);
        check_log(records, after);
        CHECK(records_act(records, do_deed, &deed) == 0);
    }
}

static void a_full_disk_fails_acts_until_there_is_room(void)
{
    for (long writes = 0; writes < 12; writes++) {
        CLEANUP(records_free) struct records *records = open_at("full.db");
        uint64_t before = size_of(records);
        struct deed deed = {.number = 77};
        unsigned failed;
        unsigned done;

        atomic_store(&writes_left, writes);
        done = work_with_all(records, 4, &failed);
        CHECK(failed > 0);
        CHECK(records_act(records, do_deed, &deed) == ERR_FULL);
        CHECK(size_of(records) == before + done);
        atomic_store(&writes_left, -1);
        CHECK(records_act(records, do_deed, &deed) == 0);
        CHECK(size_of(records) == before + done + 1);
        check_log(records, before + done + 1);
        (void)records_free(TAKE(records));
        records = open_at("full.db");
        check_log(records, before + done + 1);
    }
}

/* ---- kill -9 ---- */

struct teller {
    struct records *records;
    unsigned first;
    int pipe;
};

/* Acts for ever, and tells each act that was acknowledged. */
static void *act_and_tell(void *context)
{
    struct teller *teller = context;

    for (unsigned i = 0;; i++) {
        struct deed deed = {.number = teller->first + i};

        if (records_act(teller->records, do_deed, &deed) ||
            write(teller->pipe, &deed.number, sizeof(deed.number)) != sizeof(deed.number))
            _exit(1);
    }
}

static void be_killed(int pipe, unsigned first)
{
    struct records *records = open_at("killed.db");
    struct teller tellers[4];
    pthread_t threads[4];

    for (unsigned i = 0; i < 4; i++) {
        tellers[i] = (struct teller){records, first + i * 1000000, pipe};
        if (pthread_create(&threads[i], NULL, act_and_tell, &tellers[i]))
            _exit(1);
    }
    (void)pthread_join(threads[0], NULL);
}

/* Kills the child after so many acts were told; *ret_told are all that it told. */
static size_t kill_after(unsigned first, size_t acts, unsigned *ret_told, size_t room)
{
    int ends[2];
    size_t told = 0;
    pid_t child;

    CHECK(pipe(ends) == 0);
    (void)fflush(stdout);
    child = fork();
    if (child == 0) {
        be_killed(ends[1], first);
        _exit(1);
    }
    CHECK(child > 0 && close(ends[1]) == 0);
    while (told < room && read(ends[0], &ret_told[told], sizeof(*ret_told)) == sizeof(*ret_told)) {
        if (++told == acts)
            CHECK(kill(child, SIGKILL) == 0);
    }
    CHECK(told >= acts && told < room);
    CHECK(waitpid(child, &(int){0}, 0) == child && close(ends[0]) == 0);
    return told;
}

static void what_was_acknowledged_survives_a_kill_at_any_moment(void)
{
    static unsigned told[100000];
    uint64_t before = 0;

    for (unsigned round = 0; round < 8; round++) {
        CLEANUP(records_free) struct records *records = NULL;
        size_t count = kill_after(round * 10000, 20 + round * 37, told, 100000);
        uint64_t after;

        records = open_at("killed.db");
        for (size_t i = 0; i < count; i++)
            CHECK(records_read(records, is_done, &told[i]) == 0);
        after = size_of(records);
        CHECK(after >= before + count);
        check_log(records, after);
        before = after;
    }
}

static void remove_files(void)
{
    static const char *const names[] = {"key.db",    "text",     "newer.db",   "acts.db",
                                        "reader.db", "roles.db", "threads.db", "sync.db",
                                        "full.db",   "killed.db"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        CHECK(unlink(path_of(names[i])) == 0);
    CHECK(rmdir(directory) == 0);
}

int main(void)
{
    static const uint8_t seed[SIGN_SEED_SIZE] = {1};

    CHECK(sign_public((struct bytes){seed, sizeof(seed)}, public_key) == 0);
    CHECK(mkdtemp(directory) != NULL);
    RUN(a_wrong_key_opens_nothing);
    RUN(a_file_that_is_no_database_is_refused_and_left_alone);
    RUN(a_newer_schema_is_refused_and_left_alone);
    RUN(users_of_the_four_roles_come_into_the_classes_of_those_names);
    RUN(an_act_is_all_or_nothing);
    RUN(a_reader_writes_nothing);
    RUN(acts_of_many_threads_make_one_log);
    RUN(nothing_is_acknowledged_that_could_not_be_synced);
    RUN(a_full_disk_fails_acts_until_there_is_room);
    RUN(what_was_acknowledged_survives_a_kill_at_any_moment);
    remove_files();
    return tap_done();
}
