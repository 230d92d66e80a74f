#include "store/keyring/keyring.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "os/file.h"
#include "tap.h"

static char directory[] = "/tmp/ward-keyring-XXXXXX";
static char path[64];
static const uint8_t key_at[KEYRING_KEY_SIZE] = {7, 1, 9};
static const struct bytes key = {.at = key_at, .len = sizeof(key_at)};

static void begin(void)
{
    (void)unlink(path);
}

static void day_keys_are_the_same_after_opening_again(void)
{
    CLEANUP(keyring_free) struct keyring *first = NULL;
    CLEANUP(keyring_free) struct keyring *second = NULL;
    uint8_t before[KEYRING_KEY_SIZE];
    uint8_t after[KEYRING_KEY_SIZE];
    uint8_t identity[2][KEYRING_IDENTITY_SIZE];
    struct stat status;

    begin();
    CHECK(keyring_open(&first, path, key) == 0);
    CHECK(keyring_ensure(first, 20000, 20000 + KEYRING_DAYS_AHEAD) == 0);
    CHECK(keyring_ensure(first, 19990, 20002) == 0);
    CHECK(keyring_open(&second, path, key) == 0);
    for (int32_t day = 19990; day <= 20000 + KEYRING_DAYS_AHEAD; day++) {
        CHECK(keyring_day_key(first, day, before) == 0);
        CHECK(keyring_day_key(second, day, after) == 0);
        CHECK(memcmp(before, after, sizeof(before)) == 0);
    }
    CHECK(keyring_day_key(second, 19989, after) == KEYRING_ABSENT);
    CHECK(keyring_day_key(second, 20001 + KEYRING_DAYS_AHEAD, after) == KEYRING_ABSENT);
    keyring_identity(first, identity[0]);
    keyring_identity(second, identity[1]);
    CHECK(memcmp(identity[0], identity[1], KEYRING_IDENTITY_SIZE) == 0);
    CHECK(stat(path, &status) == 0 && (status.st_mode & 0777) == 0600);
}

static void every_day_has_a_key_of_its_own(void)
{
    CLEANUP(keyring_free) struct keyring *keyring = NULL;
    uint8_t keys[40][KEYRING_KEY_SIZE];

    CHECK(keyring_open(&keyring, NULL, key) == 0);
    CHECK(keyring_ensure(keyring, -20, 19) == 0);
    for (int i = 0; i < 40; i++) {
        CHECK(keyring_day_key(keyring, i - 20, keys[i]) == 0);
        for (int j = 0; j < i; j++)
            CHECK(memcmp(keys[i], keys[j], KEYRING_KEY_SIZE) != 0);
    }
}

static void ensuring_again_changes_no_key(void)
{
    CLEANUP(keyring_free) struct keyring *keyring = NULL;
    uint8_t before[KEYRING_KEY_SIZE];
    uint8_t after[KEYRING_KEY_SIZE];

    CHECK(keyring_open(&keyring, NULL, key) == 0);
    CHECK(keyring_ensure(keyring, 10, 10) == 0);
    CHECK(keyring_day_key(keyring, 10, before) == 0);
    CHECK(keyring_ensure(keyring, 0, 20) == 0);
    CHECK(keyring_day_key(keyring, 10, after) == 0);
    CHECK(memcmp(before, after, sizeof(before)) == 0);
}

/* The key's bytes stand nowhere in the file, before or after. */
static bool file_holds(const uint8_t *at, size_t len)
{
    CLEANUP(buffer_deinit) struct buffer file = buffer_init(1 << 20);

    CHECK(file_read(path, &file) == 0);
    return memmem(file.at, file.len, at, len) != NULL;
}

static void a_destroyed_day_stays_destroyed(void)
{
    CLEANUP(keyring_free) struct keyring *keyring = NULL;
    CLEANUP(keyring_free) struct keyring *again = NULL;
    uint8_t at[KEYRING_KEY_SIZE];
    uint8_t gone[KEYRING_KEY_SIZE];
    uint32_t destroyed = 99;

    begin();
    CHECK(keyring_open(&keyring, path, key) == 0);
    CHECK(keyring_ensure(keyring, 100, 110) == 0);
    CHECK(keyring_day_key(keyring, 103, gone) == 0);
    CHECK(keyring_destroy_before(keyring, 104, &destroyed) == 0);
    CHECK(destroyed == 4);
    CHECK(keyring_ensure(keyring, 90, 110) == 0);
    CHECK(keyring_open(&again, path, key) == 0);
    for (int32_t day = 80; day < 104; day++) {
        CHECK(keyring_day_key(keyring, day, at) == KEYRING_DESTROYED);
        CHECK(keyring_day_key(again, day, at) == KEYRING_DESTROYED);
    }
    CHECK(keyring_day_key(again, 104, at) == 0);
    CHECK(!file_holds(gone, 8) && !file_holds(at, 8));
    CHECK(keyring_destroy_before(again, 50, &destroyed) == 0);
    CHECK(destroyed == 0);
    CHECK(keyring_day_key(again, 60, at) == KEYRING_DESTROYED);
}

static void a_wrong_key_is_refused_and_changes_nothing(void)
{
    CLEANUP(keyring_free) struct keyring *keyring = NULL;
    CLEANUP(keyring_free) struct keyring *wrong = NULL;
    CLEANUP(keyring_free) struct keyring *right = NULL;
    const uint8_t other[KEYRING_KEY_SIZE] = {7, 1, 8};

    begin();
    CHECK(keyring_open(&keyring, path, key) == 0);
    CHECK(keyring_open(&wrong, path, (struct bytes){.at = other, .len = sizeof(other)}) ==
          KEYRING_KEY);
    CHECK(!wrong);
    CHECK(keyring_open(&right, path, key) == 0);
}

static void any_flipped_bit_and_any_cut_are_refused(void)
{
    CLEANUP(buffer_deinit) struct buffer file = buffer_init(1 << 20);
    CLEANUP(keyring_free) struct keyring *keyring = NULL;

    begin();
    CHECK(keyring_open(&keyring, path, key) == 0);
    CHECK(keyring_ensure(keyring, 5, 6) == 0);
    CHECK(file_read(path, &file) == 0);
    for (size_t bit = 0; bit < file.len * 8; bit++) {
        struct keyring *opened = NULL;

        file.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
        CHECK(file_replace(path, buffer_bytes(&file), 0600) == 0);
        CHECK(keyring_open(&opened, path, key) != 0);
        file.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
        bit += bit > 300 ? 6 : 0;
    }
    for (size_t len = 0; len < file.len; len++) {
        struct keyring *opened = NULL;

        CHECK(file_replace(path, (struct bytes){.at = file.at, .len = len}, 0600) == 0);
        CHECK(keyring_open(&opened, path, key) == ERR_CORRUPT);
    }
}

static void a_newer_file_is_told_from_a_broken_one(void)
{
    CLEANUP(buffer_deinit) struct buffer file = buffer_init(1 << 20);
    CLEANUP(keyring_free) struct keyring *keyring = NULL;
    struct keyring *newer = NULL;

    begin();
    CHECK(keyring_open(&keyring, path, key) == 0);
    CHECK(file_read(path, &file) == 0);
    file.at[8] = 3;
    CHECK(file_replace(path, buffer_bytes(&file), 0600) == 0);
    CHECK(keyring_open(&newer, path, key) == KEYRING_NEWER);
    file.at[8] = 2; /* a version that we know, of a file that is none */
    CHECK(file_replace(path, buffer_bytes(&file), 0600) == 0);
    CHECK(keyring_open(&newer, path, key) == ERR_CORRUPT);
}

static void more_days_than_the_ceiling_are_refused(void)
{
    CLEANUP(keyring_free) struct keyring *keyring = NULL;
    uint8_t at[KEYRING_KEY_SIZE];

    CHECK(keyring_open(&keyring, NULL, key) == 0);
    CHECK(keyring_ensure(keyring, INT32_MIN, INT32_MAX) == ERR_FULL);
    CHECK(keyring_ensure(keyring, INT32_MAX - 3, INT32_MAX) == 0);
    CHECK(keyring_ensure(keyring, 0, KEYRING_DAYS_MAX - 1) == ERR_FULL);
    CHECK(keyring_ensure(keyring, 0, KEYRING_DAYS_MAX - 5) == 0);
    CHECK(keyring_ensure(keyring, -1, -1) == ERR_FULL);
    CHECK(keyring_day_key(keyring, -1, at) == KEYRING_ABSENT);
    CHECK(keyring_day_key(keyring, INT32_MAX, at) == 0);
}

static void a_full_disk_leaves_the_keyring_as_it_was(void)
{
    CLEANUP(keyring_free) struct keyring *keyring = NULL;
    struct rlimit small = {.rlim_cur = 64, .rlim_max = RLIM_INFINITY};
    struct rlimit whole = {.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
    uint8_t at[KEYRING_KEY_SIZE];
    uint32_t destroyed;

    begin();
    CHECK(keyring_open(&keyring, path, key) == 0);
    CHECK(keyring_ensure(keyring, 1, 1) == 0);
    CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0);
    CHECK(keyring_ensure(keyring, 1, 9) < 0);
    CHECK(keyring_destroy_before(keyring, 5, &destroyed) < 0);
    CHECK(setrlimit(RLIMIT_FSIZE, &whole) == 0);
    CHECK(keyring_day_key(keyring, 9, at) == KEYRING_ABSENT);
    CHECK(keyring_day_key(keyring, 1, at) == 0);
    CHECK(keyring_ensure(keyring, 1, 9) == 0);
    CHECK(keyring_day_key(keyring, 9, at) == 0);
}

/* ---- another key for a day ---- */

static void replaced_key(struct keyring *keyring, int32_t day, uint8_t ret_old[KEYRING_KEY_SIZE],
                         uint8_t ret_new[KEYRING_KEY_SIZE])
{
    CHECK(keyring_ensure(keyring, day, day + 2) == 0);
    CHECK(keyring_day_key(keyring, day, ret_old) == 0);
    CHECK(keyring_replace_begin(keyring, day, ret_new) == 0);
    CHECK(memcmp(ret_old, ret_new, KEYRING_KEY_SIZE) != 0);
}

static bool has_key(struct keyring *keyring, int32_t day,
                    const uint8_t key_of_day[KEYRING_KEY_SIZE])
{
    uint8_t at[KEYRING_KEY_SIZE];

    CHECK(keyring_day_key(keyring, day, at) == 0);
    return memcmp(at, key_of_day, KEYRING_KEY_SIZE) == 0;
}

static void a_second_key_is_in_the_file_and_not_in_force_until_the_end(void)
{
    CLEANUP(keyring_free) struct keyring *first = NULL;
    CLEANUP(keyring_free) struct keyring *second = NULL;
    CLEANUP(keyring_free) struct keyring *third = NULL;
    uint8_t old[KEYRING_KEY_SIZE];
    uint8_t new[KEYRING_KEY_SIZE];
    uint8_t again[KEYRING_KEY_SIZE];
    uint8_t ids[2][KEYRING_KEY_ID_SIZE];
    int32_t day = 0;

    begin();
    CHECK(keyring_open(&first, path, key) == 0);
    CHECK(!keyring_replacing(first, &day, ids[0]));
    replaced_key(first, 8, old, new);
    CHECK(has_key(first, 8, old));
    CHECK(keyring_replace_begin(first, 8, again) == 0);
    CHECK(memcmp(new, again, sizeof(new)) == 0);
    CHECK(keyring_replace_begin(first, 9, again) == ERR_BUSY);
    CHECK(keyring_ensure(first, 8, 40) == 0); /* other changes keep both */
    CHECK(keyring_open(&second, path, key) == 0);
    CHECK(has_key(second, 8, old) && keyring_replacing(second, &day, ids[0]) && day == 8);
    CHECK(keyring_key_id(new, ids[1]) == 0);
    CHECK(memcmp(ids[0], ids[1], sizeof(ids[0])) == 0);
    CHECK(keyring_replace_end(second, 8) == 0);
    CHECK(has_key(second, 8, new) && !keyring_replacing(second, &day, ids[0]));
    CHECK(keyring_open(&third, path, key) == 0);
    CHECK(has_key(third, 8, new) && !keyring_replacing(third, &day, ids[0]));
    CHECK(keyring_replace_end(third, 8) == 0 && has_key(third, 8, new)); /* has no second effect */
}

static void a_replacement_that_is_cancelled_leaves_the_key(void)
{
    CLEANUP(keyring_free) struct keyring *first = NULL;
    CLEANUP(keyring_free) struct keyring *second = NULL;
    uint8_t old[KEYRING_KEY_SIZE];
    uint8_t new[KEYRING_KEY_SIZE];
    uint8_t id[KEYRING_KEY_ID_SIZE];
    int32_t day;

    begin();
    CHECK(keyring_open(&first, path, key) == 0);
    replaced_key(first, 8, old, new);
    CHECK(keyring_replace_cancel(first, 9) == 0 && keyring_replacing(first, &day, id));
    CHECK(keyring_replace_cancel(first, 8) == 0 && !keyring_replacing(first, &day, id));
    CHECK(keyring_replace_end(first, 8) == 0 && has_key(first, 8, old));
    CHECK(keyring_open(&second, path, key) == 0);
    CHECK(has_key(second, 8, old) && !keyring_replacing(second, &day, id));
    CHECK(keyring_replace_begin(second, 9, new) == 0);
}

static void days_without_a_key_get_no_other(void)
{
    CLEANUP(keyring_free) struct keyring *keyring = NULL;
    uint8_t old[KEYRING_KEY_SIZE];
    uint8_t new[KEYRING_KEY_SIZE];
    uint8_t id[KEYRING_KEY_ID_SIZE];
    uint32_t destroyed;
    int32_t day;

    begin();
    CHECK(keyring_open(&keyring, path, key) == 0);
    CHECK(keyring_replace_begin(keyring, 8, new) == KEYRING_ABSENT);
    replaced_key(keyring, 8, old, new);
    CHECK(keyring_destroy_before(keyring, 9, &destroyed) == 0);
    CHECK(!keyring_replacing(keyring, &day, id));
    CHECK(keyring_replace_begin(keyring, 8, new) == KEYRING_DESTROYED);
    CHECK(keyring_replace_end(keyring, 8) == 0);
    CHECK(keyring_day_key(keyring, 8, old) == KEYRING_DESTROYED);
}

/* What was sealed with the new key must open, whether or not the file could be written. */
static void on_a_full_disk_the_new_key_is_in_force_and_the_old_one_waits_for_its_end(void)
{
    CLEANUP(keyring_free) struct keyring *first = NULL;
    CLEANUP(keyring_free) struct keyring *second = NULL;
    struct rlimit small = {.rlim_cur = 64, .rlim_max = RLIM_INFINITY};
    struct rlimit whole = {.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
    uint8_t old[KEYRING_KEY_SIZE];
    uint8_t new[KEYRING_KEY_SIZE];
    uint8_t id[KEYRING_KEY_ID_SIZE];
    int32_t day;

    begin();
    CHECK(keyring_open(&first, path, key) == 0);
    CHECK(keyring_ensure(first, 8, 8) == 0);
    CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0);
    CHECK(keyring_replace_begin(first, 8, new) < 0 && !keyring_replacing(first, &day, id));
    CHECK(setrlimit(RLIMIT_FSIZE, &whole) == 0);
    replaced_key(first, 8, old, new);
    CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0);
    CHECK(keyring_replace_end(first, 8) < 0);
    CHECK(has_key(first, 8, new) && keyring_replacing(first, &day, id));
    CHECK(keyring_replace_begin(first, 8, old) == ERR_BUSY);
    CHECK(setrlimit(RLIMIT_FSIZE, &whole) == 0);
    CHECK(keyring_open(&second, path, key) == 0);
    CHECK(keyring_replacing(second, &day, id) && day == 8); /* the file still has both */
    CHECK(keyring_replace_cancel(first, 8) == 0 && has_key(first, 8, new));
    CHECK(keyring_replace_end(first, 8) == 0 && !keyring_replacing(first, &day, id));
    second = keyring_free(second);
    CHECK(keyring_open(&second, path, key) == 0);
    CHECK(has_key(second, 8, new) && !keyring_replacing(second, &day, id));
}

int main(void)
{
    (void)signal(SIGXFSZ, SIG_IGN);
    if (!mkdtemp(directory))
        return 1;
    (void)snprintf(path, sizeof(path), "%s/keyring", directory);
    RUN(day_keys_are_the_same_after_opening_again);
    RUN(every_day_has_a_key_of_its_own);
    RUN(ensuring_again_changes_no_key);
    RUN(a_destroyed_day_stays_destroyed);
    RUN(a_wrong_key_is_refused_and_changes_nothing);
    RUN(any_flipped_bit_and_any_cut_are_refused);
    RUN(a_newer_file_is_told_from_a_broken_one);
    RUN(more_days_than_the_ceiling_are_refused);
    RUN(a_full_disk_leaves_the_keyring_as_it_was);
    RUN(a_second_key_is_in_the_file_and_not_in_force_until_the_end);
    RUN(a_replacement_that_is_cancelled_leaves_the_key);
    RUN(days_without_a_key_get_no_other);
    RUN(on_a_full_disk_the_new_key_is_in_force_and_the_old_one_waits_for_its_end);
    (void)unlink(path);
    (void)rmdir(directory);
    return tap_done();
}
