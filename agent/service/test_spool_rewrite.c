/* Batches changed where they wait: under their numbers, whole whenever it dies. */

#include <dirent.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/file.h"
#include "service/spool.h"
#include "tap.h"

enum { BATCHES = 40, BATCH_SIZE = 20000 };

static const uint8_t key[32] = {1, 2, 3};
static char directory[] = "/tmp/ward-test-spool-XXXXXX";
static const int64_t noon = 1795000000000;

/* ---- a disk that counts ---- */

static atomic_int calls;
static atomic_int kill_at;   /* the call before which the program is killed; 0: none */
static atomic_int fail_from; /* 0: none */

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);
ssize_t __real_pwrite64(int fd, const void *at, size_t len, off64_t offset);
ssize_t __wrap_pwrite64(int fd, const void *at, size_t len, off64_t offset);

static bool call_fails(void)
{
    int call = ++calls;

    if (call == kill_at)
        (void)kill(getpid(), SIGKILL);
    return fail_from && call >= fail_from;
}

int __wrap_fsync(int fd)
{
    return call_fails() ? -1 : __real_fsync(fd);
}

int __wrap_rename(const char *from, const char *to)
{
    return call_fails() ? -1 : __real_rename(from, to);
}

ssize_t __wrap_pwrite64(int fd, const void *at, size_t len, off64_t offset)
{
    return call_fails() ? -1 : __real_pwrite64(fd, at, len, offset);
}

/* ---- a spool ---- */

static void empty_directory(void)
{
    DIR *listing = opendir(directory);
    const struct dirent *entry;
    char path[512];

    while (listing && (entry = readdir(listing))) {
        (void)snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
        (void)unlink(path);
    }
    if (listing)
        (void)closedir(listing);
}

static struct spool *open_spool(void)
{
    struct spool *spool = NULL;
    struct spool_config config = {
        .directory = directory,
        .key = {.at = key, .len = sizeof(key)},
        .device = {.at = {7}},
        .epoch = 3,
    };

    CHECK(spool_open(&spool, &config, noon) == 0);
    return spool;
}

/* Every third one spills; several segments are full of them. */
static void append(struct spool *spool)
{
    static uint8_t batch[BATCH_SIZE];
    uint64_t sequence = spool_sequence(spool);

    memset(batch, (int)('A' + sequence % 26), sizeof(batch));
    batch[0] = sequence % 3 == 0 ? '!' : '.';
    CHECK(spool_append(spool, (struct bytes){.at = batch, .len = sizeof(batch)}, 5, noon) == 0);
}

static struct spool *fill(void)
{
    empty_directory();
    struct spool *spool = open_spool();
    for (int i = 0; i < BATCHES; i++)
        append(spool);
    return spool;
}

/* '!' becomes '?', and the batch shorter. */
static int change(const void *context, struct bytes batch, struct buffer *ret_batch)
{
    (void)context;
    if (batch.at[0] != '!')
        return 0;
    buffer_append(ret_batch, "?", 1);
    buffer_append(ret_batch, batch.at + 1, batch.len / 2);
    return 0;
}

static int rewrite(struct spool *spool, uint64_t *ret_changed)
{
    return spool_rewrite(spool, change, NULL, ret_changed);
}

/* A batch is what was appended, or its changed form: which of them is for the caller to judge. */
static char check_batch(struct bytes batch, uint64_t sequence)
{
    bool spills = sequence % 3 == 0;

    CHECK(batch.len == BATCH_SIZE ||
          (spills && batch.at[0] == '?' && batch.len == BATCH_SIZE / 2 + 1));
    CHECK(spills ? batch.at[0] == '!' || batch.at[0] == '?' : batch.at[0] == '.');
    CHECK(batch.at[batch.len - 1] == (uint8_t)('A' + sequence % 26));
    return (char)batch.at[0];
}

/* Sends everything from a number on; no old form may be among it when it was said to be changed. */
static void check_all(struct spool *spool, uint64_t from, bool changed)
{
    CLEANUP(buffer_deinit) struct buffer batch = buffer_init(2 * BATCH_SIZE);
    struct spool_gap gap;
    uint64_t sequence = 0;

    CHECK(!spool_gap(spool, &gap));
    for (uint64_t expected = from; expected <= BATCHES; expected++) {
        buffer_clear(&batch);
        CHECK(spool_peek(spool, &batch, &sequence) == 0 && sequence == expected);
        CHECK(check_batch(buffer_bytes(&batch), sequence) != '!' || !changed);
        CHECK(spool_done(spool, sequence) == 0);
    }
    CHECK(spool_peek(spool, NULL, &sequence) == SPOOL_EMPTY);
    CHECK(spool_sequence(spool) == BATCHES + 1 && spool_waiting(spool) == 0);
}

/* ---- tests ---- */

static void what_waits_is_changed_under_its_numbers(void)
{
    struct spool *spool = fill();
    uint64_t changed = 0;

    CHECK(rewrite(spool, &changed) == 0 && changed == BATCHES / 3);
    CHECK(spool_waiting(spool) == BATCHES && spool_waiting_spans(spool) == (uint64_t)5 * BATCHES);
    CHECK(rewrite(spool, &changed) == 0 && changed == 0);
    spool_free(spool);
    spool = open_spool();
    check_all(spool, 1, true);
    append(spool); /* the newest segment is still the one that is written to */
    CHECK(spool_waiting(spool) == 1);
    spool_free(spool);
}

static void the_batch_under_way_may_be_acknowledged_afterwards(void)
{
    CLEANUP(buffer_deinit) struct buffer batch = buffer_init(2 * BATCH_SIZE);
    struct spool *spool = fill();
    uint64_t sequence = 0;
    uint64_t changed = 0;

    for (uint64_t i = 1; i <= 5; i++) {
        buffer_clear(&batch);
        CHECK(spool_peek(spool, &batch, &sequence) == 0 && sequence == i);
        if (i == 5)
            CHECK(rewrite(spool, &changed) == 0 && changed > 0);
        CHECK(spool_done(spool, sequence) == 0);
    }
    buffer_clear(&batch);
    CHECK(spool_read(spool, 3, &batch) == 0 && batch.at[0] == '?'); /* sent, and still held */
    check_all(spool, 6, true);
    spool_free(spool);
}

static void nothing_of_the_old_bytes_can_be_read_from_the_files(void)
{
    struct spool *spool = fill();
    uint64_t changed = 0;

    CHECK(rewrite(spool, &changed) == 0);
    for (uint64_t i = 1; i <= BATCHES; i++) {
        CLEANUP(buffer_deinit) struct buffer batch = buffer_init(2 * BATCH_SIZE);

        CHECK(spool_read(spool, i, &batch) == 0);
        CHECK(check_batch(buffer_bytes(&batch), i) != '!');
    }
    spool_free(spool);
}

static int count_calls(void)
{
    struct spool *spool = fill();
    uint64_t changed;

    calls = 0;
    CHECK(rewrite(spool, &changed) == 0);
    spool_free(spool);
    return calls;
}

static void killed_at_any_call_of_the_disk_every_batch_is_whole(void)
{
    int count = count_calls();

    CHECK(count > 20);
    for (int at = 1; at <= count; at += at < 20 ? 1 : 7) {
        struct spool *spool = fill();
        uint64_t changed = 0;
        int status;

        spool_free(spool);
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            spool = open_spool();
            calls = 0;
            kill_at = at;
            _exit(rewrite(spool, &changed) ? 1 : 0);
        }
        CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status));
        spool = open_spool();
        CHECK(spool_sequence(spool) == BATCHES + 1 && spool_waiting(spool) == BATCHES);
        if (at % 2)
            CHECK(rewrite(spool, &changed) == 0);
        check_all(spool, 1, at % 2);
        spool_free(spool);
    }
}

static void a_disk_that_fails_leaves_every_batch_whole_and_it_can_be_tried_again(void)
{
    int count = count_calls();

    for (int at = 1; at <= count; at += at < 20 ? 1 : 11) {
        struct spool *spool = fill();
        uint64_t changed = 0;

        calls = 0;
        fail_from = at;
        int r = rewrite(spool, &changed);
        fail_from = 0;
        CHECK(r < 0 || at > 4); /* that the old bytes could not be overwritten is no fault */
        CHECK(spool_waiting(spool) == BATCHES);
        CHECK(rewrite(spool, &changed) == 0);
        check_all(spool, 1, true);
        spool_free(spool);
    }
}

int main(void)
{
    CHECK(mkdtemp(directory) != NULL);
    RUN(what_waits_is_changed_under_its_numbers);
    RUN(the_batch_under_way_may_be_acknowledged_afterwards);
    RUN(nothing_of_the_old_bytes_can_be_read_from_the_files);
    RUN(killed_at_any_call_of_the_disk_every_batch_is_whole);
    RUN(a_disk_that_fails_leaves_every_batch_whole_and_it_can_be_tried_again);
    empty_directory();
    CHECK(rmdir(directory) == 0);
    return tap_done();
}
