/*
 * What only a store on a disk can suffer: kills, full and broken disks, changed and moved boxes,
 * destroyed days, foreign files. The linker puts the disk's failures in (--wrap), so the code has
 * no hook.
 */

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/file.h"
#include "spans-support.h"
#include "store/sql/sql.h"
#include "tap.h"

#define ARENA_MAX ((size_t)256 << 20)
#define NOW (TEST_AT + INT64_C(43200000)) /* noon */

static struct arena *arena;
static const uint8_t key_at[KEYRING_KEY_SIZE] = {4, 2};
static const struct bytes key = {.at = key_at, .len = sizeof(key_at)};

/* ---- a disk that fails ---- */

static atomic_int write_errno; /* what every write fails with; 0: none */
static atomic_int sync_errno;

ssize_t __real_pwrite64(int fd, const void *at, size_t len, off64_t offset);
ssize_t __wrap_pwrite64(int fd, const void *at, size_t len, off64_t offset);
int __real_fsync(int fd);
int __wrap_fsync(int fd);

ssize_t __wrap_pwrite64(int fd, const void *at, size_t len, off64_t offset)
{
    if (write_errno) {
        errno = write_errno;
        return -1;
    }
    return __real_pwrite64(fd, at, len, offset);
}

int __wrap_fsync(int fd)
{
    if (sync_errno) {
        errno = sync_errno;
        return -1;
    }
    return __real_fsync(fd);
}

/* ---- help ---- */

struct fixture {
    struct keyring *keyring;
    struct spans *spans;
};

static struct fixture begin(void)
{
    struct fixture fixture = {0};

    test_path_remove("spans.db");
    test_path_remove("keyring");
    CHECK(keyring_open(&fixture.keyring, test_path("keyring"), key) == 0);
    CHECK(spans_open_embedded(&fixture.spans, test_path("spans.db"), fixture.keyring) == 0);
    return fixture;
}

static void end(struct fixture *fixture)
{
    fixture->spans = spans_free(fixture->spans);
    fixture->keyring = keyring_free(fixture->keyring);
    arena_reset(arena);
}

static void reopen(struct fixture *fixture)
{
    fixture->spans = spans_free(fixture->spans);
    CHECK(spans_open_embedded(&fixture->spans, test_path("spans.db"), fixture->keyring) == 0);
}

static struct spans_owner owners[64]; /* of accounts from 1; threads read them */

static struct spans_scope everything(void)
{
    return (struct spans_scope){
        .owners = owners, .owner_count = 64, .from_at = 0, .to_at = INT64_MAX};
}

static int count_spans(struct spans *spans, size_t *ret_count)
{
    struct spans_scope scope = everything();
    struct spans_answer *answers;

    return spans_timeline(spans, &scope, arena, &answers, ret_count);
}

static uint64_t last_sequence(struct spans *spans, uint8_t device)
{
    uint64_t sequence;
    uint64_t missing;
    uint32_t epoch;

    CHECK(spans_sequence(spans, device_of(device), &epoch, &sequence, &missing) == 0);
    return sequence;
}

/* ---- kills ---- */

static int acknowledged = -1; /* the child's end of the pipe */

static void acknowledge(void *context, int result)
{
    uint64_t sequence = (uint64_t)(uintptr_t)context;

    if (result || write(acknowledged, &sequence, sizeof(sequence)) != sizeof(sequence))
        _exit(1);
}

/* Commits batches from the sequence after the last for ever. */
static void child_commits(void)
{
    struct keyring *keyring = NULL;
    struct spans *spans = NULL;

    CHECK(keyring_open(&keyring, test_path("keyring"), key) == 0);
    CHECK(spans_open_embedded(&spans, test_path("spans.db"), keyring) == 0);
    for (uint64_t sequence = last_sequence(spans, 1) + 1;; sequence++) {
        struct spans_batch *batch = small_batch(arena, 1, sequence, 1 + (uint32_t)sequence % 3,
                                                NOW + (int64_t)sequence * 10, 10);
        int r;

        while ((r = spans_commit(spans, batch, acknowledge, (void *)(uintptr_t)sequence)) ==
               ERR_BUSY)
            (void)sched_yield();
        if (r)
            _exit(1);
        arena_reset(arena);
    }
}

/* Reads acknowledgements until count came, kills, then reads the rest. The last one. */
static uint64_t kill_after(pid_t child, int fd, unsigned count)
{
    uint64_t sequence = 0;
    uint64_t read_sequence;
    int status;

    for (unsigned i = 0; i < count; i++) {
        CHECK(read(fd, &read_sequence, sizeof(read_sequence)) == sizeof(read_sequence));
        sequence = read_sequence;
    }
    CHECK(kill(child, SIGKILL) == 0);
    CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status));
    while (read(fd, &read_sequence, sizeof(read_sequence)) == sizeof(read_sequence))
        sequence = read_sequence;
    return sequence;
}

static void check_survivors(uint64_t last)
{
    struct fixture fixture = {0};
    struct spans_scope scope = everything();
    struct spans_answer *answers;
    struct spans_gap *gaps;
    size_t count;

    CHECK(keyring_open(&fixture.keyring, test_path("keyring"), key) == 0);
    CHECK(spans_open_embedded(&fixture.spans, test_path("spans.db"), fixture.keyring) == 0);
    uint64_t sequence = last_sequence(fixture.spans, 1);
    CHECK(sequence >= last);
    CHECK(spans_timeline(fixture.spans, &scope, arena, &answers, &count) == 0);
    CHECK(count == sequence);
    uint8_t *seen = arena_take(arena, sequence + 1);
    assert(seen);
    for (size_t i = 0; i < count; i++) {
        int64_t number = (answers[i].span.start_at - NOW) / 10;

        CHECK(number >= 1 && (uint64_t)number <= sequence && !seen[number]);
        CHECK(clean_is(answers[i].span.application, "ehr"));
        seen[number] = 1;
    }
    CHECK(spans_gaps(fixture.spans, device_of(1), 1, arena, &gaps, &count) == 0);
    CHECK(count == 0);
    end(&fixture);
}

static void after_a_kill_every_acknowledged_batch_is_there_and_none_twice(void)
{
    struct chance chance = {.state = 99};
    struct fixture fixture = begin();

    end(&fixture);
    for (int round = 0; round < 25; round++) {
        int ends[2];

        CHECK(pipe(ends) == 0);
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            (void)close(ends[0]);
            acknowledged = ends[1];
            child_commits();
        }
        (void)close(ends[1]);
        uint64_t last = kill_after(child, ends[0], 1 + chance_below(&chance, 200));
        (void)close(ends[0]);
        check_survivors(last);
    }
}

/* ---- disks ---- */

static void a_full_disk_acknowledges_nothing_and_takes_more_when_there_is_room(void)
{
    struct fixture fixture = begin();
    size_t count;

    CHECK(commit_and_wait(fixture.spans, small_batch(arena, 1, 1, 1, NOW, 10)) == 0);
    write_errno = ENOSPC;
    for (int i = 0; i < 3; i++)
        CHECK(commit_and_wait(fixture.spans, small_batch(arena, 1, 2, 1, NOW + 10, 10)) ==
              ERR_FULL);
    CHECK(last_sequence(fixture.spans, 1) == 1);
    CHECK(count_spans(fixture.spans, &count) == 0 && count == 1);
    write_errno = 0;
    CHECK(commit_and_wait(fixture.spans, small_batch(arena, 1, 2, 1, NOW + 10, 10)) == 0);
    CHECK(count_spans(fixture.spans, &count) == 0 && count == 2);
    reopen(&fixture);
    CHECK(count_spans(fixture.spans, &count) == 0 && count == 2);
    end(&fixture);
}

static void strings_of_a_batch_that_was_not_kept_leave_nothing_dangling(void)
{
    struct fixture fixture = begin();
    struct spans_batch *batch = small_batch(arena, 1, 1, 1, NOW, 10);
    const struct clean_text *strings[3] = {NULL, clean_of(arena, "new"), clean_of(arena, "er")};
    struct spans_scope scope = everything();
    struct spans_answer *answers;
    size_t count;

    CHECK(commit_and_wait(fixture.spans, small_batch(arena, 1, 1, 1, NOW, 10)) == 0);
    batch->strings = strings;
    batch->string_count = 3;
    batch->sequence = 2;
    write_errno = ENOSPC;
    CHECK(commit_and_wait(fixture.spans, batch) == ERR_FULL);
    write_errno = 0;
    strings[1] = clean_of(arena, "other");
    CHECK(commit_and_wait(fixture.spans, batch) == 0);
    reopen(&fixture);
    CHECK(spans_timeline(fixture.spans, &scope, arena, &answers, &count) == 0);
    CHECK(count == 2);
    bool first = clean_is(answers[0].span.application, "ehr");
    CHECK(clean_is(answers[first].span.application, "other"));
    CHECK(clean_is(answers[first].span.domain, "er"));
    CHECK(clean_is(answers[!first].span.application, "ehr"));
    end(&fixture);
}

static void after_a_failed_sync_nothing_is_acknowledged_until_it_is_opened_again(void)
{
    struct fixture fixture = begin();
    size_t count;

    CHECK(commit_and_wait(fixture.spans, small_batch(arena, 1, 1, 1, NOW, 10)) == 0);
    sync_errno = EIO;
    CHECK(commit_and_wait(fixture.spans, small_batch(arena, 1, 2, 1, NOW + 10, 10)) == ERR_SYSTEM);
    sync_errno = 0;
    CHECK(commit_and_wait(fixture.spans, small_batch(arena, 1, 2, 1, NOW + 10, 10)) == ERR_SYSTEM);
    CHECK(commit_and_wait(fixture.spans, small_batch(arena, 2, 1, 1, NOW + 10, 10)) == ERR_SYSTEM);
    reopen(&fixture);
    /* Perhaps written: the device sends it again, and it is there once. */
    int r = commit_and_wait(fixture.spans, small_batch(arena, 1, 2, 1, NOW + 10, 10));
    CHECK(r == 0 || r == SPANS_REPEATED);
    CHECK(count_spans(fixture.spans, &count) == 0 && count == 2);
    end(&fixture);
}

/* ---- changed and moved boxes ---- */

/* A store with strings, boxes, tallies and a gap on two days of two accounts, closed. */
static struct fixture two_days(void)
{
    struct fixture fixture = begin();
    struct spans_gap gap = {.from_at = NOW, .to_at = NOW + 1, .reason = BATCH_GAP_PAUSED};

    gap.reason_text = clean_of(arena, "lunch");
    for (uint64_t sequence = 1; sequence <= 4; sequence++) {
        uint32_t account = 1 + (uint32_t)sequence % 2;
        int32_t day = TEST_DAY - (sequence > 2);
        struct spans_batch *batch =
            small_batch(arena, 1, sequence, account, NOW - (sequence > 2 ? 86400000 : 0), 1000);
        struct spans_count count = {.account = {.number = account},
                                    .day = day,
                                    .application = 1,
                                    .kind = REDACT_MRN,
                                    .count = 3};

        batch->counts = &count;
        batch->count_count = 1;
        batch->gaps = &gap;
        batch->gap_count = sequence == 1;
        CHECK(commit_and_wait(fixture.spans, batch) == 0);
    }
    fixture.spans = spans_free(fixture.spans);
    return fixture;
}

static struct sql *open_sql(void)
{
    const struct sql_options options = {.path = test_path("spans.db")};
    struct sql *sql = NULL;

    CHECK(sql_open(&sql, &options) == 0);
    return sql;
}

/* The first fault of any question; 0 when all are answered. */
static int ask_everything(struct fixture *fixture)
{
    struct spans_scope scope = everything();
    struct spans_answer *answers;
    struct spans_usage *usage;
    struct spans_removed *removed;
    struct spans_gap *gaps;
    size_t count;
    int r;

    CHECK(spans_open_embedded(&fixture->spans, test_path("spans.db"), fixture->keyring) == 0);
    r = spans_timeline(fixture->spans, &scope, arena, &answers, &count);
    if (r == 0)
        r = spans_usage(fixture->spans, &scope, arena, &usage, &count);
    if (r == 0)
        r = spans_removed(fixture->spans, &scope, arena, &removed, &count);
    if (r == 0)
        r = spans_gaps(fixture->spans, device_of(1), 9, arena, &gaps, &count);
    fixture->spans = spans_free(fixture->spans);
    return r;
}

/* Flips some bits of the first row's blob, one after the other, with statements that read and
 * write it. */
#define FLIP(fixture, table)                                                                       \
    do {                                                                                           \
        for (size_t bit = 0;; bit += 37) {                                                         \
            if (!flip((fixture), "SELECT blob FROM " table " WHERE blob NOT NULL LIMIT 1",         \
                      "UPDATE " table " SET blob = $1 WHERE blob = $2", bit))                      \
                break;                                                                             \
        }                                                                                          \
    } while (0)

static void blob_set(struct sql *sql, const char *update, struct bytes to, struct bytes from)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;

    CHECK(sql_prepare_literal(sql, update, &statement) == 0);
    sql_bind_bytes(statement, 1, to);
    sql_bind_bytes(statement, 2, from);
    CHECK(sql_run(statement) == 0);
    CHECK(sql_changes(sql) == 1);
}

static bool flip(struct fixture *fixture, const char *select, const char *update, size_t bit)
{
    CLEANUP(buffer_deinit) struct buffer whole = buffer_init(1 << 20);
    CLEANUP(buffer_deinit) struct buffer flipped = buffer_init(1 << 20);
    CLEANUP(sql_free) struct sql *sql = open_sql();
    struct sql_statement *statement = NULL;

    CHECK(sql_prepare_literal(sql, select, &statement) == 0);
    CHECK(sql_next(statement) == 0);
    struct bytes blob = sql_bytes(statement, 0);
    buffer_append(&whole, blob.at, blob.len);
    buffer_append(&flipped, blob.at, blob.len);
    statement = sql_end(statement);
    if (bit >= whole.len * 8)
        return false;
    flipped.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
    blob_set(sql, update, buffer_bytes(&flipped), buffer_bytes(&whole));
    CHECK(ask_everything(fixture) == ERR_CORRUPT);
    blob_set(sql, update, buffer_bytes(&whole), buffer_bytes(&flipped));
    return true;
}

static void a_flipped_bit_in_any_blob_is_found_and_never_read_as_something_else(void)
{
    struct fixture fixture = two_days();

    CHECK(ask_everything(&fixture) == 0);
    FLIP(&fixture, "box");
    FLIP(&fixture, "tally");
    FLIP(&fixture, "string");
    FLIP(&fixture, "gap");
    CHECK(ask_everything(&fixture) == 0);
    end(&fixture);
}

#define MOVED(fixture, statements, back)                                                           \
    do {                                                                                           \
        struct sql *moving_ = open_sql();                                                          \
        CHECK(sql_script(moving_, statements) == 0);                                               \
        CHECK(ask_everything(fixture) == ERR_CORRUPT);                                             \
        CHECK(sql_script(moving_, back) == 0);                                                     \
        moving_ = sql_free(moving_);                                                               \
        CHECK(ask_everything(fixture) == 0);                                                       \
    } while (0)

static void a_box_that_was_moved_is_not_read(void)
{
    struct fixture fixture = two_days();

    MOVED(&fixture, "UPDATE box SET account = 9 WHERE id = 1",
          "UPDATE box SET account = 2 WHERE id = 1");
    MOVED(&fixture, "UPDATE box SET day = 20779 WHERE id = 1",
          "UPDATE box SET day = 20780 WHERE id = 1");
    MOVED(&fixture, "UPDATE box SET spans = 2 WHERE id = 1",
          "UPDATE box SET spans = 1 WHERE id = 1");
    MOVED(&fixture, "UPDATE box SET id = 77 WHERE id = 1", "UPDATE box SET id = 1 WHERE id = 77");
    MOVED(&fixture, "UPDATE tally SET account = 9 WHERE id = 1",
          "UPDATE tally SET account = 2 WHERE id = 1");
    MOVED(&fixture, "UPDATE string SET day = 20000 WHERE day = 20780",
          "UPDATE string SET day = 20780 WHERE day = 20000");
    MOVED(&fixture, "UPDATE string SET count = 1 WHERE day = 20780",
          "UPDATE string SET count = 2 WHERE day = 20780");
    MOVED(&fixture, "UPDATE gap SET account = 2", "UPDATE gap SET account = 0");
    end(&fixture);
}

static void no_text_is_in_the_file_in_clear(void)
{
    static const char *const words[] = {"portal.example", "ehr", "lunch"};
    static const char *const files[] = {"spans.db", "spans.db-wal"};
    struct fixture fixture = two_days();

    reopen(&fixture);
    CHECK(commit_and_wait(fixture.spans, small_batch(arena, 1, 5, 1, NOW, 10)) == 0);
    for (size_t file = 0; file < 2; file++) {
        CLEANUP(buffer_deinit) struct buffer content = buffer_init((size_t)1 << 28);

        CHECK(file_read(test_path(files[file]), &content) == 0 && content.len > 0);
        for (size_t word = 0; word < 3; word++)
            CHECK(!memmem(content.at, content.len, words[word], strlen(words[word])));
    }
    end(&fixture);
}

/* ---- destroyed days ---- */

static void a_destroyed_day_is_empty_and_the_others_are_as_before(void)
{
    struct fixture fixture = two_days();
    struct spans_gap *gaps;
    uint32_t destroyed;
    size_t count;

    reopen(&fixture);
    CHECK(count_spans(fixture.spans, &count) == 0 && count == 4);
    CHECK(keyring_destroy_before(fixture.keyring, TEST_DAY, &destroyed) == 0);
    CHECK(destroyed == 1);
    CHECK(count_spans(fixture.spans, &count) == 0 && count == 2);
    reopen(&fixture);
    CHECK(count_spans(fixture.spans, &count) == 0 && count == 2);
    CHECK(spans_gaps(fixture.spans, device_of(1), 9, arena, &gaps, &count) == 0);
    CHECK(count == 1 && clean_is(gaps[0].reason_text, "lunch"));
    CHECK(keyring_destroy_before(fixture.keyring, TEST_DAY + 1, &destroyed) == 0);
    CHECK(ask_everything(&fixture) == 0);
    reopen(&fixture);
    CHECK(spans_gaps(fixture.spans, device_of(1), 9, arena, &gaps, &count) == 0);
    CHECK(count == 1 && !gaps[0].reason_text);
    end(&fixture);
}

static void rows_of_a_destroyed_day_come_too_late_and_leave_a_gap(void)
{
    struct fixture fixture = begin();
    struct spans_gap *gaps;
    uint32_t destroyed;
    size_t count;

    CHECK(keyring_destroy_before(fixture.keyring, TEST_DAY, &destroyed) == 0);
    CHECK(commit_and_wait(fixture.spans, small_batch(arena, 1, 1, 5, NOW - 86400000, 10)) == 0);
    CHECK(commit_and_wait(fixture.spans, small_batch(arena, 1, 2, 5, NOW, 10)) == 0);
    CHECK(count_spans(fixture.spans, &count) == 0 && count == 1);
    CHECK(spans_gaps(fixture.spans, device_of(1), 9, arena, &gaps, &count) == 0);
    CHECK(count == 1 && gaps[0].reason == BATCH_GAP_SPOOL_AGED && gaps[0].spans == 1);
    CHECK(gaps[0].account.number == 5);
    end(&fixture);
}

static void keys_are_made_ahead_before_they_are_used(void)
{
    struct fixture fixture = begin();
    uint8_t day_key[KEYRING_KEY_SIZE];

    CHECK(commit_and_wait(fixture.spans,
                          small_batch(arena, 1, 1, 5, NOW - INT64_C(259200000), 1)) == 0);
    CHECK(keyring_day_key(fixture.keyring, TEST_DAY + KEYRING_DAYS_AHEAD, day_key) == 0);
    CHECK(keyring_day_key(fixture.keyring, TEST_DAY - 3, day_key) == 0);
    CHECK(keyring_day_key(fixture.keyring, TEST_DAY - 2, day_key) == KEYRING_ABSENT);
    end(&fixture);
}

/* ---- foreign files ---- */

static void a_newer_file_is_refused_as_newer(void)
{
    struct fixture fixture = two_days();
    struct sql *sql = open_sql();

    CHECK(sql_script(sql, "PRAGMA user_version = 99") == 0);
    (void)sql_free(sql);
    CHECK(spans_open_embedded(&fixture.spans, test_path("spans.db"), fixture.keyring) ==
          SPANS_NEWER);
    end(&fixture);
}

static void another_keyring_another_database_and_no_database_are_refused(void)
{
    struct fixture fixture = two_days();
    struct keyring *other = test_keyring();
    struct sql *sql;

    CHECK(spans_open_embedded(&fixture.spans, test_path("spans.db"), other) == SPANS_KEY);
    (void)keyring_free(other);
    sql = open_sql();
    CHECK(sql_script(sql, "PRAGMA application_id = 1") == 0);
    (void)sql_free(sql);
    CHECK(spans_open_embedded(&fixture.spans, test_path("spans.db"), fixture.keyring) == SPANS_KEY);
    test_path_remove("spans.db");
    CHECK(file_replace(test_path("spans.db"),
                       bytes_of_text(text_of("this is not a database, and long enough to see it "
                                             "at once, since a header has a hundred bytes")),
                       0600) == 0);
    CHECK(spans_open_embedded(&fixture.spans, test_path("spans.db"), fixture.keyring) == SPANS_KEY);
    end(&fixture);
}

/* ---- load ---- */

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static atomic_uint done_count;
static atomic_int worst;

static void wait_at_gate(void *context, int result)
{
    (void)context;
    (void)pthread_mutex_lock(&gate);
    (void)pthread_mutex_unlock(&gate);
    if (result < worst)
        worst = result;
    done_count++;
}

static void a_full_queue_is_busy_and_loses_nothing_that_it_took(void)
{
    struct fixture fixture = begin();
    unsigned taken = 0;
    size_t count;
    int r;

    done_count = 0;
    worst = 0;
    (void)pthread_mutex_lock(&gate);
    for (;;) {
        r = spans_commit(fixture.spans,
                         small_batch(arena, 1, taken + 1, 1, NOW + INT64_C(10) * taken, 10),
                         wait_at_gate, NULL);
        if (r)
            break;
        taken++;
        CHECK(taken < 10000);
    }
    CHECK(r == ERR_BUSY);
    (void)pthread_mutex_unlock(&gate);
    fixture.spans = spans_free(fixture.spans);
    CHECK(done_count == taken && worst == 0);
    reopen(&fixture);
    CHECK(count_spans(fixture.spans, &count) == 0 && count == taken);
    end(&fixture);
}

struct crowd {
    struct spans *spans;
    uint8_t device;
};

static void *commit_many(void *context)
{
    const struct crowd *crowd = context;
    struct chance chance = {.state = 3U + crowd->device};
    struct arena *own = NULL;

    CHECK(arena_new(&own, (size_t)64 << 20) == 0);
    for (uint64_t sequence = 1; sequence <= 40; sequence++) {
        struct spans_scope scope = everything();
        struct spans_usage *usage;
        size_t count;

        CHECK(commit_and_wait(crowd->spans, random_batch(&chance, own, crowd->device, sequence,
                                                         TEST_DAY, 3)) == 0);
        if (sequence % 8 == 0)
            CHECK(spans_usage(crowd->spans, &scope, own, &usage, &count) == 0);
        arena_reset(own);
    }
    own = arena_free(own);
    return NULL;
}

static void many_devices_commit_and_ask_at_once(void)
{
    struct fixture fixture = begin();
    struct crowd crowd[4];
    pthread_t threads[4];

    for (uint8_t i = 0; i < 4; i++) {
        crowd[i] = (struct crowd){.spans = fixture.spans, .device = i};
        CHECK(pthread_create(&threads[i], NULL, commit_many, &crowd[i]) == 0);
    }
    for (int i = 0; i < 4; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    for (uint8_t i = 0; i < 4; i++)
        CHECK(last_sequence(fixture.spans, i) == 40);
    fixture.spans = spans_free(fixture.spans);
    CHECK(ask_everything(&fixture) == 0);
    end(&fixture);
}

/* A device that sends different texts without end fills the day's dictionary, not the store. */
static void a_dictionary_that_is_full_drops_texts_says_so_and_takes_batches_still(void)
{
    enum { TEXTS = 1900, LEN = 4000 };
    struct fixture fixture = begin();
    struct spans_scope scope = everything();
    struct spans_dropped *dropped;
    struct spans_answer *answers;
    char text[LEN + 1];
    size_t count;

    for (uint64_t sequence = 1; sequence <= 5; sequence++) {
        struct spans_batch *batch = small_batch(arena, 1, sequence, 1, NOW, 10);
        const struct clean_text **strings = arena_take_array(arena, TEXTS + 1, sizeof(void *));
        struct spans_row *rows = arena_take_array(arena, TEXTS, sizeof(*rows));

        CHECK(strings && rows);
        for (size_t i = 0; i < TEXTS; i++) {
            (void)snprintf(text, sizeof(text), "%04zu-%u-%0*d", i, (unsigned)sequence, LEN - 8, 0);
            strings[i + 1] = clean_of(arena, text);
            rows[i] = batch->rows[0];
            rows[i].application = (uint32_t)i + 1;
            rows[i].domain = 0;
        }
        batch->strings = strings;
        batch->string_count = TEXTS + 1;
        batch->rows = rows;
        batch->row_count = TEXTS;
        CHECK(commit_and_wait(fixture.spans, batch) == 0);
        arena_reset(arena);
    }
    CHECK(commit_and_wait(fixture.spans, small_batch(arena, 2, 1, 2, NOW + 50, 10)) == 0);
    CHECK(spans_dropped(fixture.spans, &scope, arena, &dropped, &count) == 0);
    CHECK(count == 1 && dropped[0].reason == BATCH_DROP_FAULT && dropped[0].count > 500);
    scope.from_at = NOW + 50;
    CHECK(spans_timeline(fixture.spans, &scope, arena, &answers, &count) == 0);
    CHECK(count == 1 && answers[0].span.application);
    end(&fixture);
}

static void the_largest_batch_with_every_span_cut_is_kept(void)
{
    struct fixture fixture = begin();
    struct spans_batch *batch = small_batch(arena, 1, 1, 1, NOW, 10);
    const struct clean_text **strings = arena_take_array(arena, SPANS_STRINGS_MAX, sizeof(void *));
    struct spans_row *rows = arena_take_array(arena, SPANS_ROWS_MAX, sizeof(*rows));
    char text[32];
    size_t count;

    CHECK(strings && rows);
    for (size_t i = 1; i < SPANS_STRINGS_MAX; i++) {
        (void)snprintf(text, sizeof(text), "text %zu", i);
        strings[i] = clean_of(arena, text);
    }
    for (uint32_t i = 0; i < SPANS_ROWS_MAX; i++) {
        rows[i] = batch->rows[0];
        rows[i].application = 1 + i;
        rows[i].title = SPANS_STRINGS_MAX - 1 - i;
    }
    batch->strings = strings;
    batch->string_count = SPANS_STRINGS_MAX;
    batch->rows = rows;
    batch->row_count = SPANS_ROWS_MAX;
    CHECK(commit_and_wait(fixture.spans, batch) == 0);
    CHECK(count_spans(fixture.spans, &count) == 0 && count == SPANS_ROWS_MAX);
    batch->row_count++;
    batch->sequence++;
    CHECK(commit_and_wait(fixture.spans, batch) == SPANS_INVALID);
    end(&fixture);
}

int main(void)
{
    CHECK(arena_new(&arena, ARENA_MAX) == 0);
    for (uint32_t i = 0; i < 64; i++)
        owners[i] = spans_owner_ever((struct account_id){i + 1}, (struct person_id){i + 1});
    RUN(after_a_kill_every_acknowledged_batch_is_there_and_none_twice);
    RUN(a_full_disk_acknowledges_nothing_and_takes_more_when_there_is_room);
    RUN(strings_of_a_batch_that_was_not_kept_leave_nothing_dangling);
    RUN(after_a_failed_sync_nothing_is_acknowledged_until_it_is_opened_again);
    RUN(a_flipped_bit_in_any_blob_is_found_and_never_read_as_something_else);
    RUN(a_box_that_was_moved_is_not_read);
    RUN(no_text_is_in_the_file_in_clear);
    RUN(a_destroyed_day_is_empty_and_the_others_are_as_before);
    RUN(rows_of_a_destroyed_day_come_too_late_and_leave_a_gap);
    RUN(keys_are_made_ahead_before_they_are_used);
    RUN(a_newer_file_is_refused_as_newer);
    RUN(another_keyring_another_database_and_no_database_are_refused);
    RUN(a_full_queue_is_busy_and_loses_nothing_that_it_took);
    RUN(many_devices_commit_and_ask_at_once);
    RUN(the_largest_batch_with_every_span_cut_is_kept);
    RUN(a_dictionary_that_is_full_drops_texts_says_so_and_takes_batches_still);
    arena = arena_free(arena);
    test_paths_remove();
    return tap_done();
}
