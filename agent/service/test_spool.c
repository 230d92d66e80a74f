#include "service/spool.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/file.h"
#include "service/segment.h"
#include "tap.h"

static const uint8_t key[32] = {1, 2, 3};
static char directory[] = "/tmp/ward-test-spool-XXXXXX";
static const int64_t noon = 1795000000000;

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

static struct spool *open_with(uint32_t epoch, uint64_t spans_max, int64_t now_at)
{
    struct spool *spool = NULL;
    struct spool_config config = {
        .directory = directory,
        .key = {.at = key, .len = sizeof(key)},
        .device = {.at = {7}},
        .epoch = epoch,
        .spans_max = spans_max,
    };

    CHECK(spool_open(&spool, &config, now_at) == 0);
    return spool;
}

static struct spool *open_spool(void)
{
    return open_with(3, 0, noon);
}

/* A batch's bytes say which number they were written under and by which attempt. */
static void append(struct spool *spool, char attempt, uint32_t spans)
{
    char batch[64];
    int len = snprintf(batch, sizeof(batch), "%c batch of number %llu", attempt,
                       (unsigned long long)spool_sequence(spool));

    CHECK(spool_append(spool, (struct bytes){.at = (uint8_t *)batch, .len = (size_t)len}, spans,
                       noon) == 0);
}

static void check_front(struct spool *spool, char attempt, uint64_t expected)
{
    CLEANUP(buffer_deinit) struct buffer batch = buffer_init(4096);
    char want[64];
    uint64_t sequence = 0;
    int len = snprintf(want, sizeof(want), "%c batch of number %llu", attempt,
                       (unsigned long long)expected);

    CHECK(spool_peek(spool, &batch, &sequence) == 0);
    CHECK(sequence == expected);
    CHECK(batch.len == (size_t)len && memcmp(batch.at, want, batch.len) == 0);
}

static bool is_empty(struct spool *spool)
{
    CLEANUP(buffer_deinit) struct buffer batch = buffer_init(4096);
    uint64_t sequence = 0;

    return spool_peek(spool, &batch, &sequence) == SPOOL_EMPTY;
}

static size_t read_segment(uint64_t first, uint8_t *ret_bytes, size_t size)
{
    char path[512];

    (void)snprintf(path, sizeof(path), "%s/%016llx.spool", directory, (unsigned long long)first);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    CHECK(fd >= 0);
    ssize_t len = read(fd, ret_bytes, size);
    CHECK(len >= 0);
    (void)close(fd);
    return (size_t)len;
}

static void write_segment(uint64_t first, const uint8_t *bytes, size_t len)
{
    char path[512];

    (void)snprintf(path, sizeof(path), "%s/%016llx.spool", directory, (unsigned long long)first);
    CHECK(file_replace(path, (struct bytes){.at = bytes, .len = len}, 0600) == 0);
}

static void what_is_appended_comes_back_in_order_after_a_restart(void)
{
    empty_directory();
    struct spool *spool = open_spool();
    CHECK(spool_sequence(spool) == 1);
    CHECK(is_empty(spool));
    for (int i = 0; i < 5; i++)
        append(spool, 'a', 10);
    spool = spool_free(spool);
    spool = open_spool();
    CHECK(spool_waiting(spool) == 5 && spool_waiting_spans(spool) == 50);
    CHECK(spool_oldest_at(spool) == noon);
    for (uint64_t i = 1; i <= 5; i++) {
        check_front(spool, 'a', i);
        check_front(spool, 'a', i); /* looking takes nothing away */
        CHECK(spool_done(spool, i) == 0);
    }
    CHECK(is_empty(spool) && spool_waiting(spool) == 0);
    spool = spool_free(spool);
    spool = open_spool();
    CHECK(is_empty(spool));
    CHECK(spool_sequence(spool) == 6);
    struct spool_gap gap;
    CHECK(!spool_gap(spool, &gap));
    spool_free(spool);
}

static void a_second_process_is_refused(void)
{
    empty_directory();
    struct spool *spool = open_spool();
    pid_t child = fork();
    if (child == 0) {
        struct spool *other = NULL;
        struct spool_config config = {.directory = directory,
                                      .key = {.at = key, .len = sizeof(key)}};
        _exit(spool_open(&other, &config, noon) == SPOOL_LOCKED ? 0 : 1);
    }
    int status = 1;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    spool_free(spool);
}

static void done_is_believed_only_of_the_oldest(void)
{
    empty_directory();
    struct spool *spool = open_spool();
    append(spool, 'a', 1);
    append(spool, 'a', 1);
    check_front(spool, 'a', 1);
    CHECK(spool_done(spool, 2) == 0);
    check_front(spool, 'a', 1);
    spool_free(spool);
}

static void segments_are_deleted_when_all_of_them_was_sent(void)
{
    empty_directory();
    struct spool *spool = open_spool();
    static uint8_t big[100 * 1024];
    struct bytes batch = {.at = big, .len = sizeof(big)};
    for (int i = 0; i < 12; i++)
        CHECK(spool_append(spool, batch, 1, noon) == 0);
    for (uint64_t i = 1; i <= 12; i++) {
        CLEANUP(buffer_deinit) struct buffer found = buffer_init(sizeof(big));
        uint64_t sequence = 0;
        CHECK(spool_peek(spool, &found, &sequence) == 0 && sequence == i);
        CHECK(found.len == sizeof(big));
        CHECK(spool_done(spool, i) == 0);
    }
    char path[512];
    (void)snprintf(path, sizeof(path), "%s/%016x.spool", directory, 1);
    CHECK(access(path, F_OK) != 0);
    CHECK(spool_sequence(spool) == 13);
    spool = spool_free(spool);
    spool = open_spool();
    CHECK(spool_sequence(spool) == 13 && is_empty(spool));
    spool_free(spool);
}

/* The file ends after every possible number of bytes: what was whole stays, the next number is the
 * one whose writing never ended, and nothing is told as lost. */
static void a_write_torn_at_any_byte_loses_only_itself(void)
{
    uint8_t bytes[1024];

    empty_directory();
    struct spool *spool = open_spool();
    append(spool, 'a', 1);
    append(spool, 'a', 1);
    size_t two = read_segment(1, bytes, sizeof(bytes));
    append(spool, 'a', 1);
    spool_free(spool);
    size_t three = read_segment(1, bytes, sizeof(bytes));
    for (size_t cut = two; cut < three; cut++) {
        empty_directory();
        write_segment(1, bytes, cut);
        spool = open_spool();
        CHECK(spool_waiting(spool) == 2 && spool_sequence(spool) == 3);
        struct spool_gap gap;
        CHECK(!spool_gap(spool, &gap));
        append(spool, 'b', 1);
        spool = spool_free(spool);
        spool = open_spool();
        CHECK(spool_waiting(spool) == 3);
        check_front(spool, 'a', 1);
        CHECK(spool_done(spool, 1) == 0);
        check_front(spool, 'a', 2);
        CHECK(spool_done(spool, 2) == 0);
        check_front(spool, 'b', 3);
        spool_free(spool);
    }
}

/* After a flipped bit, what stood before it is still there, the loss is told, and no number that
 * was written before is written again. */
static void any_flipped_bit_is_found_and_its_number_never_used_again(void)
{
    uint8_t bytes[1024];

    empty_directory();
    struct spool *spool = open_spool();
    for (int i = 0; i < 3; i++)
        append(spool, 'a', 1);
    spool_free(spool);
    size_t len = read_segment(1, bytes, sizeof(bytes));
    for (size_t bit = 0; bit < len * 8; bit++) {
        struct spool_gap gap;

        empty_directory();
        bytes[bit / 8] = (uint8_t)(bytes[bit / 8] ^ 1u << bit % 8);
        write_segment(1, bytes, len);
        bytes[bit / 8] = (uint8_t)(bytes[bit / 8] ^ 1u << bit % 8);
        spool = open_spool();
        CHECK(spool_waiting(spool) < 3);
        CHECK(spool_gap(spool, &gap) && gap.reason == BATCH_GAP_SPOOL_CORRUPT);
        bool other_enrolment = bit / 8 >= 8 && bit / 8 < 28;
        CHECK(other_enrolment || spool_sequence(spool) > 3);
        uint64_t kept = spool_waiting(spool);
        uint64_t number = spool_sequence(spool);
        append(spool, 'b', 1);
        spool = spool_free(spool);
        spool = open_spool();
        CHECK(spool_waiting(spool) == kept + 1);
        for (uint64_t i = 1; i <= kept; i++) {
            check_front(spool, 'a', i);
            CHECK(spool_done(spool, i) == 0);
        }
        check_front(spool, 'b', number);
        spool_free(spool);
    }
}

static void a_bad_record_in_the_middle_costs_the_rest_of_its_segment_only(void)
{
    static uint8_t bytes[512 * 1024];
    static uint8_t big[150 * 1024];
    struct spool_gap gap;

    empty_directory();
    struct spool *spool = open_spool();
    for (int i = 0; i < 4; i++) /* two a segment */
        CHECK(spool_append(spool, (struct bytes){.at = big, .len = sizeof(big)}, 1, noon) == 0);
    append(spool, 'a', 1);
    spool_free(spool);
    size_t len = read_segment(1, bytes, sizeof(bytes));
    bytes[len - 1000] ^= 1;
    write_segment(1, bytes, len);
    spool = open_spool();
    CHECK(spool_waiting(spool) == 4 && spool_sequence(spool) == 6);
    CHECK(spool_gap(spool, &gap) && gap.reason == BATCH_GAP_SPOOL_CORRUPT);
    CHECK(!spool_gap(spool, &gap));
    spool = spool_free(spool);
    spool = open_spool();
    CHECK(!spool_gap(spool, &gap)); /* told once */
    CHECK(spool_waiting(spool) == 4);
    spool_free(spool);
}

static void the_oldest_go_first_when_it_is_full_and_that_is_told(void)
{
    struct spool_gap gap;
    uint64_t told = 0;

    empty_directory();
    struct spool *spool = open_with(3, 100, noon);
    for (int i = 0; i < 30; i++)
        append(spool, 'a', 10);
    CHECK(spool_waiting_spans(spool) <= 100);
    while (spool_gap(spool, &gap)) {
        CHECK(gap.reason == BATCH_GAP_SPOOL_FULL);
        told += gap.spans;
    }
    CHECK(told + spool_waiting_spans(spool) == 300);
    CHECK(spool_sequence(spool) == 31);
    spool_free(spool);
}

static void what_is_older_than_two_weeks_is_dropped_and_told(void)
{
    struct spool_gap gap;

    empty_directory();
    struct spool *spool = open_spool();
    append(spool, 'a', 4);
    CHECK(spool_trim(spool, noon + SPOOL_AGE_MS) == 0);
    CHECK(spool_waiting(spool) == 1);
    CHECK(spool_trim(spool, noon + SPOOL_AGE_MS + 1) == 0);
    CHECK(is_empty(spool));
    CHECK(spool_gap(spool, &gap) && gap.reason == BATCH_GAP_SPOOL_AGED && gap.spans == 4);
    CHECK(gap.from_at == noon && gap.to_at == noon);
    append(spool, 'b', 1);
    check_front(spool, 'b', 2);
    spool_free(spool);
}

static void records_of_another_enrolment_or_key_are_never_read(void)
{
    struct spool_gap gap;

    empty_directory();
    struct spool *spool = open_spool();
    append(spool, 'a', 1);
    spool = spool_free(spool);
    spool = open_with(4, 0, noon);
    CHECK(is_empty(spool) && spool_sequence(spool) == 1);
    CHECK(spool_gap(spool, &gap));
    append(spool, 'b', 1);
    check_front(spool, 'b', 1);
    spool_free(spool);
}

static void numbers_stay_used_when_segments_were_taken_away(void)
{
    char path[512];

    empty_directory();
    struct spool *spool = open_spool();
    append(spool, 'a', 1);
    append(spool, 'a', 1);
    check_front(spool, 'a', 1);
    CHECK(spool_done(spool, 1) == 0);
    check_front(spool, 'a', 2);
    CHECK(spool_done(spool, 2) == 0);
    spool = spool_free(spool);
    (void)snprintf(path, sizeof(path), "%s/%016x.spool", directory, 1);
    CHECK(unlink(path) == 0);
    spool = open_spool();
    CHECK(spool_sequence(spool) == 3);
    spool_free(spool);
}

/* Killed at a random moment again and again: every number that was told as durable comes back with
 * the bytes that it had. */
static void no_number_stands_for_two_batches_however_often_it_is_killed(void)
{
    uint64_t last = 0;

    empty_directory();
    for (int round = 0; round < 25; round++) {
        int pipes[2];
        CHECK(pipe(pipes) == 0);
        pid_t child = fork();
        if (child == 0) {
            struct spool *spool = open_spool();
            for (;;) {
                uint64_t number = spool_sequence(spool);
                append(spool, (char)('A' + round), 1);
                if (write(pipes[1], &number, sizeof(number)) != sizeof(number))
                    _exit(1);
            }
        }
        (void)close(pipes[1]);
        uint64_t number = 0;
        uint64_t first = 0;
        for (int i = 0; i <= round % 7; i++) {
            CHECK(read(pipes[0], &number, sizeof(number)) == sizeof(number));
            first = first ? first : number;
        }
        CHECK(kill(child, SIGKILL) == 0);
        while (read(pipes[0], &number, sizeof(number)) == sizeof(number))
            ;
        (void)close(pipes[0]);
        CHECK(waitpid(child, NULL, 0) == child);
        CHECK(first > last);
        struct spool *spool = open_spool();
        CHECK(spool_sequence(spool) > number);
        for (uint64_t i = first; i <= number; i++) {
            CLEANUP(buffer_deinit) struct buffer batch = buffer_init(4096);
            CHECK(spool_read(spool, i, &batch) == 0);
            CHECK(batch.at[0] == 'A' + round);
        }
        last = spool_sequence(spool) - 1;
        struct spool_gap gap;
        CHECK(!spool_gap(spool, &gap));
        spool_free(spool);
    }
}

int main(void)
{
    CHECK(mkdtemp(directory) != NULL);
    RUN(what_is_appended_comes_back_in_order_after_a_restart);
    RUN(a_second_process_is_refused);
    RUN(done_is_believed_only_of_the_oldest);
    RUN(segments_are_deleted_when_all_of_them_was_sent);
    RUN(a_write_torn_at_any_byte_loses_only_itself);
    RUN(any_flipped_bit_is_found_and_its_number_never_used_again);
    RUN(a_bad_record_in_the_middle_costs_the_rest_of_its_segment_only);
    RUN(the_oldest_go_first_when_it_is_full_and_that_is_told);
    RUN(what_is_older_than_two_weeks_is_dropped_and_told);
    RUN(records_of_another_enrolment_or_key_are_never_read);
    RUN(numbers_stay_used_when_segments_were_taken_away);
    RUN(no_number_stands_for_two_batches_however_often_it_is_killed);
    empty_directory();
    CHECK(rmdir(directory) == 0);
    return tap_done();
}
