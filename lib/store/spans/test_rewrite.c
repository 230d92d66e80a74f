/*
 * A day that is rewritten while the program is killed, or the disk fails, at any of its calls:
 * everything is there afterwards, what must go is gone once it was said so, and the old key with
 * it. The linker counts the disk's calls (--wrap).
 */

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buffer.h"
#include "os/file.h"
#include "spans-support.h"
#include "store/spans/seal.h"
#include "store/sql/sql.h"
#include "tap.h"

#define ARENA_MAX ((size_t)256 << 20)
#define FILE_MAX ((size_t)64 << 20)
#define NOW (TEST_AT + INT64_C(43200000)) /* noon */
#define BATCHES 20

static struct arena *arena;
static const uint8_t key_at[KEYRING_KEY_SIZE] = {4, 2};
static const struct bytes key = {.at = key_at, .len = sizeof(key_at)};

/* ---- a disk that counts ---- */

static atomic_int calls;   /* of the disk, since it was set to 0 */
static atomic_int kill_at; /* the call before which the program is killed; 0: none */
static atomic_int fail_from;
static atomic_int fail_errno;

int __real_fsync(int fd);
int __wrap_fsync(int fd);
ssize_t __real_pwrite64(int fd, const void *at, size_t len, off64_t offset);
ssize_t __wrap_pwrite64(int fd, const void *at, size_t len, off64_t offset);
int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);
int __real_renameat(int from_directory, const char *from, int to_directory, const char *to);
int __wrap_renameat(int from_directory, const char *from, int to_directory, const char *to);

static bool call_fails(void)
{
    int call = ++calls;

    if (call == kill_at)
        (void)kill(getpid(), SIGKILL);
    if (fail_from && call >= fail_from) {
        errno = fail_errno;
        return true;
    }
    return false;
}

int __wrap_fsync(int fd)
{
    return call_fails() ? -1 : __real_fsync(fd);
}

ssize_t __wrap_pwrite64(int fd, const void *at, size_t len, off64_t offset)
{
    return call_fails() ? -1 : __real_pwrite64(fd, at, len, offset);
}

int __wrap_rename(const char *from, const char *to)
{
    return call_fails() ? -1 : __real_rename(from, to);
}

int __wrap_renameat(int from_directory, const char *from, int to_directory, const char *to)
{
    return call_fails() ? -1 : __real_renameat(from_directory, from, to_directory, to);
}

/* ---- a store with a spill ---- */

struct fixture {
    struct keyring *keyring;
    struct spans *spans;
};

static struct spans_owner owners[4];

static void open_again(struct fixture *fixture)
{
    CHECK(keyring_open(&fixture->keyring, test_path("keyring"), key) == 0);
    CHECK(spans_open_embedded(&fixture->spans, test_path("spans.db"), fixture->keyring) == 0);
}

static void end(struct fixture *fixture)
{
    fixture->spans = spans_free(fixture->spans);
    fixture->keyring = keyring_free(fixture->keyring);
}

/* Batches of which every second one spills "portal.example". */
static struct fixture begin(void)
{
    struct fixture fixture = {0};

    arena_reset(arena);
    test_path_remove("spans.db");
    test_path_remove("keyring");
    open_again(&fixture);
    for (uint64_t i = 1; i <= BATCHES; i++) {
        struct spans_batch *batch = small_batch(arena, 1, i, 1, NOW + (int64_t)i * 100, 50);
        struct spans_row row = batch->rows[0];

        row.domain = i % 2 ? 2 : 0;
        batch->rows = &row;
        CHECK(commit_and_wait(fixture.spans, batch) == 0);
    }
    return fixture;
}

static bool holds(const void *context, struct text text)
{
    (void)context;
    return text.len >= 6 && memcmp(text.at, "portal", 6) == 0;
}

static int rewrite(struct fixture *fixture, struct spans_rewritten *ret_rewritten)
{
    return spans_rewrite(fixture->spans, TEST_DAY, holds, NULL, clean_of(arena, "[unknown]"),
                         ret_rewritten);
}

static void day_key(struct fixture *fixture, uint8_t ret_key[KEYRING_KEY_SIZE])
{
    CHECK(keyring_day_key(fixture->keyring, TEST_DAY, ret_key) == 0);
}

/* Every span is there, with the text or with what stands instead, the same everywhere. */
static void check_whole(struct fixture *fixture, bool *ret_spilled)
{
    struct spans_scope scope = {
        .owners = owners, .owner_count = 4, .from_at = 0, .to_at = INT64_MAX};
    struct spans_answer *answers;
    uint64_t texts;
    size_t count;

    CHECK(spans_search(fixture->spans, TEST_DAY, holds, NULL, &texts) == 0 && texts <= 1);
    CHECK(spans_timeline(fixture->spans, &scope, arena, &answers, &count) == 0);
    CHECK(count == BATCHES);
    for (size_t i = 0; i < count; i++) {
        CHECK(clean_is(answers[i].span.application, "ehr"));
        if (i % 2)
            CHECK(!answers[i].span.domain);
        else
            CHECK(clean_is(answers[i].span.domain, texts ? "portal.example" : "[unknown]"));
    }
    *ret_spilled = texts > 0;
}

/* The day's key is the only one that the keyring's file has for it. */
static void check_one_key(struct fixture *fixture)
{
    uint8_t id[KEYRING_KEY_ID_SIZE];
    int32_t day;

    CHECK(!keyring_replacing(fixture->keyring, &day, id));
}

/* ---- tests ---- */

static void old_copies_of_the_file_open_with_no_key_that_is_left(void)
{
    CLEANUP(buffer_deinit) struct buffer backup = buffer_init(FILE_MAX);
    struct fixture fixture = begin();
    struct spans_rewritten rewritten;
    uint8_t old[KEYRING_KEY_SIZE];
    uint8_t new[KEYRING_KEY_SIZE];
    uint8_t id[KEYRING_KEY_ID_SIZE];
    bool spilled;
    uint64_t texts;

    day_key(&fixture, old);
    fixture.spans = spans_free(fixture.spans);
    CHECK(file_read(test_path("spans.db"), &backup) == 0);
    CHECK(spans_open_embedded(&fixture.spans, test_path("spans.db"), fixture.keyring) == 0);
    CHECK(rewrite(&fixture, &rewritten) == 0);
    CHECK(rewritten.texts == 1 && rewritten.rows == BATCHES + 1);
    day_key(&fixture, new);
    CHECK(memcmp(old, new, sizeof(old)) != 0);
    CHECK(keyring_key_id(old, id) == 0 && memcmp(id, rewritten.old_key, sizeof(id)) == 0);
    CHECK(keyring_key_id(new, id) == 0 && memcmp(id, rewritten.new_key, sizeof(id)) == 0);
    check_whole(&fixture, &spilled);
    CHECK(!spilled);
    end(&fixture);
    open_again(&fixture);
    check_whole(&fixture, &spilled);
    check_one_key(&fixture);
    CHECK(!spilled);
    end(&fixture);

    CHECK(file_replace(test_path("spans.db"), buffer_bytes(&backup), 0600) == 0);
    open_again(&fixture);
    CHECK(spans_search(fixture.spans, TEST_DAY, holds, NULL, &texts) == ERR_CORRUPT);
    end(&fixture);
}

/* Looks for the old boxes' bytes in what is on the disk. */
static bool file_has(const char *name, struct bytes bytes)
{
    CLEANUP(buffer_deinit) struct buffer file = buffer_init(FILE_MAX);
    int r = file_read(test_path(name), &file);

    if (r == FILE_ABSENT)
        return false;
    CHECK(r == 0);
    for (size_t i = 0; i + bytes.len <= file.len; i++) {
        if (memcmp(file.at + i, bytes.at, bytes.len) == 0)
            return true;
    }
    return false;
}

static struct bytes first_blob(void)
{
    CLEANUP(sql_free) struct sql *sql = NULL;
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    const struct sql_options options = {.path = test_path("spans.db"), .read_only = true};

    CHECK(sql_open(&sql, &options) == 0);
    CHECK(sql_prepare(sql, "SELECT blob FROM string WHERE day = $1", &statement) == 0);
    sql_bind_i64(statement, 1, TEST_DAY);
    CHECK(sql_next(statement) == 0);
    struct bytes copy = arena_copy(arena, sql_bytes(statement, 0));
    CHECK(copy.len > 40);
    return copy;
}

static void the_old_boxes_are_overwritten_and_not_in_the_log(void)
{
    struct fixture fixture = begin();
    struct bytes old = first_blob();
    struct spans_rewritten rewritten;

    CHECK(file_has("spans.db", old) || file_has("spans.db-wal", old));
    CHECK(rewrite(&fixture, &rewritten) == 0);
    CHECK(!file_has("spans.db", old) && !file_has("spans.db-wal", old));
    struct bytes new = first_blob();
    CHECK(file_has("spans.db", new));
    end(&fixture);
}

/* How many calls of the disk a rewrite has. */
static int count_calls(void)
{
    struct fixture fixture = begin();
    struct spans_rewritten rewritten;

    end(&fixture);
    open_again(&fixture);
    calls = 0;
    CHECK(rewrite(&fixture, &rewritten) == 0);
    int count = calls;
    end(&fixture);
    return count;
}

static void killed_at_any_call_of_the_disk_it_loses_nothing_and_can_be_finished(void)
{
    int count = count_calls();
    int spilled_after = 0;

    CHECK(count > 10);
    for (int at = 1; at <= count + 1; at++) {
        struct fixture fixture = begin();
        struct spans_rewritten rewritten;
        uint8_t old[KEYRING_KEY_SIZE];
        uint8_t new[KEYRING_KEY_SIZE];
        bool spilled;
        int status;

        day_key(&fixture, old);
        end(&fixture);
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            open_again(&fixture);
            calls = 0;
            kill_at = at;
            int r = rewrite(&fixture, &rewritten);
            _exit(r == 0 ? 0 : 9);
        }
        CHECK(waitpid(child, &status, 0) == child);
        CHECK(at > count ? WIFEXITED(status) && WEXITSTATUS(status) == 0 : WIFSIGNALED(status));
        open_again(&fixture);
        check_one_key(&fixture);
        check_whole(&fixture, &spilled);
        day_key(&fixture, new);
        CHECK((memcmp(old, new, sizeof(old)) == 0) == spilled);
        CHECK(at <= count || !spilled);
        spilled_after += spilled;
        CHECK(rewrite(&fixture, &rewritten) == 0 && rewritten.texts == spilled);
        check_whole(&fixture, &spilled);
        day_key(&fixture, new);
        CHECK(!spilled && memcmp(old, new, sizeof(old)) != 0);
        end(&fixture);
    }
    CHECK(spilled_after > 3 && spilled_after < count);
}

static void a_disk_that_fails_at_any_call_loses_nothing(void)
{
    static const int errors[] = {ENOSPC, EIO};
    int count = count_calls();

    for (size_t error = 0; error < 2; error++) {
        for (int at = 1; at <= count; at++) {
            struct fixture fixture = begin();
            struct spans_rewritten rewritten = {.texts = 77};
            uint8_t old[KEYRING_KEY_SIZE];
            uint8_t new[KEYRING_KEY_SIZE];
            bool spilled;

            day_key(&fixture, old);
            end(&fixture);
            open_again(&fixture);
            calls = 0;
            fail_errno = errors[error];
            fail_from = at;
            int r = rewrite(&fixture, &rewritten);
            fail_from = 0;
            CHECK(r < 0 ? rewritten.texts == 77 : rewritten.texts == 1);
            check_whole(&fixture, &spilled);
            CHECK(r < 0 || !spilled);
            end(&fixture);
            open_again(&fixture);
            check_one_key(&fixture);
            check_whole(&fixture, &spilled);
            CHECK(r < 0 || !spilled);
            CHECK(rewrite(&fixture, &rewritten) == 0);
            check_whole(&fixture, &spilled);
            day_key(&fixture, new);
            CHECK(!spilled && memcmp(old, new, sizeof(old)) != 0);
            end(&fixture);
        }
    }
}

/* Batches and questions go on while days are rewritten. */
struct busy {
    struct fixture *fixture;
    atomic_bool stop;
    atomic_int committed;
    atomic_int asked;
};

static void *commit_on(void *context)
{
    CLEANUP(arena_free) struct arena *own = NULL;
    struct busy *busy = context;

    CHECK(arena_new(&own, ARENA_MAX) == 0);
    const struct clean_text *const strings[] = {NULL, clean_of(own, "ehr")};
    for (uint64_t i = 1; !busy->stop; i++) {
        struct spans_row row = {.account = {.number = 2},
                                .start_at = NOW + (int64_t)i,
                                .duration_ms = 1,
                                .application = 1};
        struct spans_batch batch = {.device = device_of(2),
                                    .epoch = 1,
                                    .sequence = i,
                                    .received_at = NOW,
                                    .strings = strings,
                                    .string_count = 2,
                                    .rows = &row,
                                    .row_count = 1};

        CHECK(commit_and_wait(busy->fixture->spans, &batch) == 0);
        busy->committed++;
    }
    return NULL;
}

static void *ask_on(void *context)
{
    CLEANUP(arena_free) struct arena *own = NULL;
    struct busy *busy = context;
    struct spans_scope scope = {
        .owners = owners, .owner_count = 1, .from_at = 0, .to_at = INT64_MAX};
    struct spans_answer *answers;
    size_t count;

    CHECK(arena_new(&own, ARENA_MAX) == 0);
    while (!busy->stop) {
        CHECK(spans_timeline(busy->fixture->spans, &scope, own, &answers, &count) == 0);
        CHECK(count == BATCHES);
        bool portal = clean_is(answers[0].span.domain, "portal.example");
        for (size_t i = 0; i < count; i += 2)
            CHECK(clean_is(answers[i].span.domain, portal ? "portal.example" : "[unknown]"));
        busy->asked++;
        arena_reset(own);
    }
    return NULL;
}

static bool anything(const void *context, struct text text)
{
    (void)context;
    return text.len == 9 && memcmp(text.at, "[unknown]", 9) == 0;
}

static void batches_and_questions_go_on_meanwhile(void)
{
    struct fixture fixture = begin();
    struct busy busy = {.fixture = &fixture};
    struct spans_rewritten rewritten;
    pthread_t threads[3];
    struct spans_scope scope = {
        .owners = owners, .owner_count = 4, .from_at = 0, .to_at = INT64_MAX};
    struct spans_answer *answers;
    size_t count;

    CHECK(pthread_create(&threads[0], NULL, commit_on, &busy) == 0);
    CHECK(pthread_create(&threads[1], NULL, ask_on, &busy) == 0);
    CHECK(pthread_create(&threads[2], NULL, ask_on, &busy) == 0);
    CHECK(rewrite(&fixture, &rewritten) == 0 && rewritten.texts == 1);
    /* The same day under ever other keys. */
    for (int i = 0; i < 60 || busy.committed < 20 || busy.asked < 20; i++) {
        CHECK(spans_rewrite(fixture.spans, TEST_DAY, anything, NULL, clean_of(arena, "[unknown]"),
                            &rewritten) == 0);
        CHECK(rewritten.texts == 1);
        CHECK(spans_settle(fixture.spans) == 0);
    }
    busy.stop = true;
    for (int i = 0; i < 3; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK(spans_timeline(fixture.spans, &scope, arena, &answers, &count) == 0);
    CHECK(count == (size_t)BATCHES + (size_t)busy.committed);
    end(&fixture);
    open_again(&fixture);
    CHECK(spans_timeline(fixture.spans, &scope, arena, &answers, &count) == 0);
    CHECK(count == (size_t)BATCHES + (size_t)busy.committed);
    end(&fixture);
}

static void a_destroyed_day_holds_nothing_and_is_left(void)
{
    struct fixture fixture = begin();
    struct spans_rewritten rewritten;
    uint32_t destroyed;
    uint64_t texts = 9;
    int32_t *days;
    size_t count;

    CHECK(keyring_destroy_before(fixture.keyring, TEST_DAY + 1, &destroyed) == 0);
    CHECK(spans_days(fixture.spans, arena, &days, &count) == 0 && count == 0);
    CHECK(spans_search(fixture.spans, TEST_DAY, holds, NULL, &texts) == 0 && texts == 0);
    CHECK(rewrite(&fixture, &rewritten) == 0 && rewritten.texts == 0);
    end(&fixture);
}

int main(void)
{
    for (uint32_t i = 0; i < 4; i++)
        owners[i] = spans_owner_ever((struct account_id){i + 1}, (struct person_id){i + 1});
    CHECK(arena_new(&arena, ARENA_MAX) == 0);
    RUN(old_copies_of_the_file_open_with_no_key_that_is_left);
    RUN(the_old_boxes_are_overwritten_and_not_in_the_log);
    RUN(killed_at_any_call_of_the_disk_it_loses_nothing_and_can_be_finished);
    RUN(a_disk_that_fails_at_any_call_loses_nothing);
    RUN(batches_and_questions_go_on_meanwhile);
    RUN(a_destroyed_day_holds_nothing_and_is_left);
    arena = arena_free(arena);
    test_paths_remove();
    return tap_done();
}
