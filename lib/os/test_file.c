#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/file.h"
#include "tap.h"

/* What the linker puts between file.c and the system: the n-th call of these fails. */
int __real_fsync(int fd);
int __wrap_fsync(int fd);
ssize_t __real_write(int fd, const void *at, size_t len);
ssize_t __wrap_write(int fd, const void *at, size_t len);
int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);

static int calls;
static int fails_at; /* 0: none */
static int fails_with;
static char trace[16]; /* w f r, in the order in which they were called */

static bool failing(char what)
{
    if (calls < (int)sizeof(trace) - 1)
        trace[calls] = what;
    calls++;
    if (calls != fails_at)
        return false;
    errno = fails_with;
    return true;
}

int __wrap_fsync(int fd)
{
    return failing('f') ? -1 : __real_fsync(fd);
}

/* Takes only half of what is longer, as write(2) may. */
ssize_t __wrap_write(int fd, const void *at, size_t len)
{
    return failing('w') ? -1 : __real_write(fd, at, len > 4 ? len / 2 : len);
}

int __wrap_rename(const char *from, const char *to)
{
    return failing('r') ? -1 : __real_rename(from, to);
}

static void fail(int at, int with)
{
    calls = 0;
    fails_at = at;
    fails_with = with;
    memset(trace, 0, sizeof(trace));
}

static char folder[] = "/tmp/test_file.XXXXXX";
static char path[64];
static char temporary[64];

static struct bytes bytes_of(const char *string)
{
    return bytes_of_text(text_of(string));
}

static bool holds(const char *wanted)
{
    CLEANUP(buffer_deinit) struct buffer buffer = buffer_init(1024);

    CHECK(file_read(path, &buffer) == 0);
    return text_equal(text_of_bytes(buffer_bytes(&buffer)), text_of(wanted));
}

static void content_is_durable_before_it_gets_the_name_and_the_name_before_it_is_reported(void)
{
    fail(0, 0);
    CHECK(file_replace(path, bytes_of("old!"), 0640) == 0);
    CHECK(strcmp(trace, "wfrf") == 0);
    CHECK(holds("old!"));
}

static void whatever_fails_before_the_name_is_given_leaves_the_old_content(void)
{
    static const int with[] = {EIO, ENOSPC, EDQUOT};
    static const char longer[] = "the new content, in several writes";

    for (size_t i = 0; i < sizeof(with) / sizeof(with[0]); i++) {
        for (int at = 1;; at++) {
            fail(at, with[i]);
            int r = file_replace(path, bytes_of(longer), 0640);
            /* The last fsync is of the directory, and its fault is never that of a full disk. */
            bool renamed = memchr(trace, 'r', (size_t)at - 1);
            CHECK(r == (with[i] == EIO || renamed ? ERR_SYSTEM : ERR_FULL));
            CHECK(calls == at && access(temporary, F_OK) == -1);
            CHECK(holds(renamed ? longer : "old!"));
            if (renamed)
                break;
        }
        fail(0, 0);
        CHECK(file_replace(path, bytes_of("old!"), 0640) == 0);
    }
}

static void a_replaced_file_has_exactly_the_mode_asked_for(void)
{
    struct stat is;

    fail(0, 0);
    (void)umask(077);
    CHECK(file_replace(path, bytes_of("x"), 0644) == 0);
    CHECK(stat(path, &is) == 0 && (is.st_mode & 07777) == 0644);
    CHECK(file_replace(path, bytes_of("x"), 0600) == 0);
    CHECK(stat(path, &is) == 0 && (is.st_mode & 07777) == 0600);
}

static void what_a_crash_left_of_the_temporary_file_does_no_harm(void)
{
    int fd = open(temporary, O_WRONLY | O_CREAT, 0666);

    fail(0, 0);
    CHECK(fd >= 0 && __real_write(fd, "half of something longer", 24) == 24 && close(fd) == 0);
    CHECK(file_replace(path, bytes_of("new"), 0600) == 0);
    CHECK(holds("new") && access(temporary, F_OK) == -1);
}

static void a_link_in_place_of_the_temporary_file_is_not_followed(void)
{
    char victim[80];

    fail(0, 0);
    (void)snprintf(victim, sizeof(victim), "%s/victim", folder);
    CHECK(symlink(victim, temporary) == 0);
    CHECK(file_replace(path, bytes_of("x"), 0600) == FILE_DENIED);
    CHECK(access(victim, F_OK) == -1 && unlink(temporary) == 0);
}

static void reading_says_why_not_and_keeps_what_was_held(void)
{
    CLEANUP(buffer_deinit) struct buffer buffer = buffer_init(10);

    fail(0, 0);
    CHECK(file_replace(path, bytes_of("1234567"), 0600) == 0);
    buffer_append_string(&buffer, "abcd");
    CHECK(file_read(path, &buffer) == FILE_LARGE);
    CHECK(buffer.len == 4 && !buffer.failed);
    CHECK(file_read("/nonexistent/x", &buffer) == FILE_ABSENT);
    CHECK(file_read(folder, &buffer) < 0);
    CHECK(file_replace(path, bytes_of("123456"), 0600) == 0);
    CHECK(file_read(path, &buffer) == 0 && buffer.len == 10);
    CHECK(memcmp(buffer.at, "abcd123456", 10) == 0);
}

static void an_empty_file_reads_as_nothing(void)
{
    fail(0, 0);
    CHECK(file_replace(path, (struct bytes){NULL, 0}, 0600) == 0);
    CHECK(holds(""));
}

static void only_one_holds_a_lock_and_closing_gives_it_back(void)
{
    char lock[80];
    int first = -1;
    int second = -1;

    CHECK(file_path(lock, sizeof(lock), folder, "lock") == 0);
    CHECK(file_lock(lock, &first) == 0);
    CHECK(file_lock(lock, &second) == FILE_LOCKED && second == -1);
    file_close(first);
    CHECK(file_lock(lock, &second) == 0);
    file_close(second);
    CHECK(file_remove(lock) == 0 && file_remove(lock) == 0);
}

static void directories_are_made_with_their_parents_and_may_be_there_already(void)
{
    char deep[96];
    struct stat is;

    CHECK(file_path(deep, sizeof(deep), folder, "a/b/c") == 0);
    CHECK(file_make_directory(deep, 0700) == 0 && file_make_directory(deep, 0755) == 0);
    CHECK(stat(deep, &is) == 0 && S_ISDIR(is.st_mode) && (is.st_mode & 07777) == 0700);
    CHECK(file_sync_directory(deep) == 0);
    CHECK(file_path(deep, sizeof(deep), path, "x") == 0); /* below a file */
    CHECK(file_make_directory(deep, 0700) == FILE_DENIED);
    CHECK(file_sync_directory("/nonexistent") == ERR_SYSTEM);
    static const char *const made[] = {"a/b/c", "a/b", "a"};
    for (size_t i = 0; i < 3; i++)
        CHECK(file_path(deep, sizeof(deep), folder, made[i]) == 0 && rmdir(deep) == 0);
}

static void paths_that_do_not_fit_are_refused_and_not_cut(void)
{
    char room[8] = "before";

    CHECK(file_path(room, sizeof(room), "abc", "defg") == ERR_MEMORY);
    CHECK(strcmp(room, "before") == 0);
    CHECK(file_path(room, sizeof(room), "abc", "def") == 0 && strcmp(room, "abc/def") == 0);
}

static void free_room_is_told(void)
{
    uint64_t room = 0;

    CHECK(file_free_bytes(folder, &room) == 0 && room > 0);
    CHECK(file_free_bytes("/nonexistent", &room) == ERR_SYSTEM);
}

static void write_at(const char *name, struct bytes content, char ret_path[96])
{
    CHECK(file_path(ret_path, 96, folder, name) == 0);
    CHECK(file_replace(ret_path, content, 0600) == 0);
}

static void needles_are_found_below_a_directory_and_across_pieces(void)
{
    static uint8_t large[600 * 1024];
    struct needles needles = {0};
    struct needles_sweep sweep = {0};
    char deep[96];
    char paths[3][96];
    char link[96];

    CHECK(needles_add(&needles, text_of("zyllowska")) == 0);
    memset(large, 'x', sizeof(large));
    /* Pieces are of 256 KiB. */
    memcpy(large + 256 * 1024 - 4, "ZYLLOWSKA", 9);
    CHECK(file_path(deep, sizeof(deep), folder, "deep/er") == 0);
    CHECK(file_make_directory(deep, 0700) == 0);
    write_at("deep/er/large", (struct bytes){large, sizeof(large)}, paths[0]);
    write_at("deep/small", bytes_of_text(text_of("zyllowsk")), paths[1]);
    write_at("deep/empty", (struct bytes){0}, paths[2]);
    CHECK(file_path(link, sizeof(link), folder, "deep/link") == 0);
    CHECK(symlink("/proc/self/maps", link) == 0);
    CHECK(file_path(deep, sizeof(deep), folder, "deep") == 0);
    CHECK(file_look(deep, &needles, &sweep) == 0);
    CHECK(sweep.found == 1);
    CHECK(sweep.texts == 3 && sweep.bytes == sizeof(large) + 8);
    CHECK(file_look(paths[1], &needles, &sweep) == 0 && sweep.found == 1);
    CHECK(file_look("/nonexistent", &needles, &sweep) == FILE_ABSENT);
    CHECK(unlink(link) == 0);
    for (size_t i = 0; i < 3; i++)
        CHECK(file_remove(paths[i]) == 0);
    CHECK(file_path(link, sizeof(link), folder, "deep/er") == 0);
    CHECK(rmdir(link) == 0 && rmdir(deep) == 0);
}

int main(void)
{
    CHECK(mkdtemp(folder));
    CHECK(file_path(path, sizeof(path), folder, "f") == 0);
    CHECK(file_path(temporary, sizeof(temporary), folder, "f.new") == 0);
    RUN(content_is_durable_before_it_gets_the_name_and_the_name_before_it_is_reported);
    RUN(whatever_fails_before_the_name_is_given_leaves_the_old_content);
    RUN(a_replaced_file_has_exactly_the_mode_asked_for);
    RUN(what_a_crash_left_of_the_temporary_file_does_no_harm);
    RUN(a_link_in_place_of_the_temporary_file_is_not_followed);
    RUN(reading_says_why_not_and_keeps_what_was_held);
    RUN(an_empty_file_reads_as_nothing);
    RUN(only_one_holds_a_lock_and_closing_gives_it_back);
    RUN(directories_are_made_with_their_parents_and_may_be_there_already);
    RUN(paths_that_do_not_fit_are_refused_and_not_cut);
    RUN(free_room_is_told);
    RUN(needles_are_found_below_a_directory_and_across_pieces);
    CHECK(unlink(path) == 0 && rmdir(folder) == 0);
    return tap_done();
}
