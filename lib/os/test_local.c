#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/local.h"
#include "tap.h"

static char folder[] = "/tmp/test_local.XXXXXX";
static char path[64];

static struct bytes bytes_of(const char *string)
{
    return bytes_of_text(text_of(string));
}

struct pair {
    int listener;
    int near;
    int far;
};

static struct pair pair_new(void)
{
    struct pair pair = {-1, -1, -1};

    CHECK(local_listen(path, 0600, &pair.listener) == 0);
    CHECK(local_connect(path, &pair.near) == 0);
    CHECK(local_accept(pair.listener, &pair.far) == 0);
    return pair;
}

static void pair_free(struct pair *pair)
{
    file_close(pair->listener);
    if (pair->near >= 0)
        file_close(pair->near);
    if (pair->far >= 0)
        file_close(pair->far);
    CHECK(unlink(path) == 0);
}

static void the_kernel_says_who_is_at_the_other_end(void)
{
    struct pair pair = pair_new();
    struct local_peer peer;
    int status = 0;
    int fd = -1;

    CHECK(local_peer(pair.far, &peer) == 0);
    CHECK(peer.pid == getpid() && peer.uid == geteuid() && peer.gid == getegid());
    (void)fflush(stdout);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0)
        _exit(local_connect(path, &fd) != 0);
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    CHECK(local_accept(pair.listener, &fd) == 0); /* it has gone, and still it is told who it was */
    CHECK(local_peer(fd, &peer) == 0 && peer.pid == child && peer.uid == geteuid());
    file_close(fd);
    CHECK(local_peer(STDIN_FILENO, &peer) == ERR_SYSTEM);
    pair_free(&pair);
}

static void nobody_listening_is_absent_and_a_dead_socket_is_replaced(void)
{
    int first = -1;
    int second = -1;
    struct stat is;

    CHECK(local_connect(path, &second) == LOCAL_ABSENT);
    CHECK(local_listen(path, 0640, &first) == 0);
    CHECK(stat(path, &is) == 0 && (is.st_mode & 07777) == 0640);
    CHECK(local_listen(path, 0600, &second) == LOCAL_TAKEN);
    file_close(first); /* as when its server was killed: the file stays */
    CHECK(local_connect(path, &second) == LOCAL_ABSENT && second == -1);
    CHECK(local_listen(path, 0600, &second) == 0);
    file_close(second);
    CHECK(unlink(path) == 0);
}

static void a_file_that_is_no_socket_is_not_replaced(void)
{
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    int listener = -1;

    CHECK(fd >= 0 && close(fd) == 0);
    CHECK(local_listen(path, 0600, &listener) == LOCAL_DENIED && listener == -1);
    CHECK(unlink(path) == 0);
}

static void a_path_too_long_for_a_socket_is_refused_and_not_cut(void)
{
    char text[200];
    int fd = -1;

    memset(text, 'x', sizeof(text));
    text[108] = '\0';
    CHECK(local_connect(text, &fd) == ERR_MEMORY && local_listen(text, 0600, &fd) == ERR_MEMORY);
}

static void bytes_arrive_and_the_end_is_told(void)
{
    struct pair pair = pair_new();
    char at[16];
    size_t len = 0;
    int fd = -1;

    CHECK(local_accept(pair.listener, &fd) == LOCAL_AGAIN);
    CHECK(local_read(pair.far, at, sizeof(at), &len) == LOCAL_AGAIN);
    CHECK(local_write(pair.near, bytes_of("hello"), 1000) == 0);
    CHECK(local_read(pair.far, at, sizeof(at), &len) == 0 && len == 5);
    CHECK(local_write(pair.far, bytes_of("answer"), 1000) == 0);
    CHECK(local_read_exactly(pair.near, at, 3, 1000) == 0 && memcmp(at, "ans", 3) == 0);
    file_close(pair.far);
    pair.far = -1;
    CHECK(local_read_exactly(pair.near, at, 4, 1000) == LOCAL_CLOSED);
    CHECK(local_write(pair.near, bytes_of("x"), 1000) == LOCAL_CLOSED); /* and no SIGPIPE */
    pair_free(&pair);
}

static void one_who_sends_or_reads_nothing_holds_us_only_so_long(void)
{
    struct pair pair = pair_new();
    static uint8_t much[1 << 22];
    char at[4];

    int64_t before = clock_boot_ms();
    CHECK(local_write(pair.far, bytes_of("abc"), 1000) == 0);
    CHECK(local_read_exactly(pair.near, at, 4, 30) == LOCAL_AGAIN);
    CHECK(local_write(pair.near, (struct bytes){much, sizeof(much)}, 30) == LOCAL_AGAIN);
    CHECK(clock_boot_ms() - before >= 60);
    pair_free(&pair);
}

static void descriptors_do_not_pass_to_other_programs(void)
{
    struct pair pair = pair_new();

    CHECK(fcntl(pair.listener, F_GETFD) & FD_CLOEXEC && fcntl(pair.near, F_GETFD) & FD_CLOEXEC &&
          fcntl(pair.far, F_GETFD) & FD_CLOEXEC);
    pair_free(&pair);
}

int main(void)
{
    CHECK(mkdtemp(folder));
    CHECK(file_path(path, sizeof(path), folder, "s") == 0);
    RUN(the_kernel_says_who_is_at_the_other_end);
    RUN(nobody_listening_is_absent_and_a_dead_socket_is_replaced);
    RUN(a_file_that_is_no_socket_is_not_replaced);
    RUN(a_path_too_long_for_a_socket_is_refused_and_not_cut);
    RUN(bytes_arrive_and_the_end_is_told);
    RUN(one_who_sends_or_reads_nothing_holds_us_only_so_long);
    RUN(descriptors_do_not_pass_to_other_programs);
    CHECK(rmdir(folder) == 0);
    return tap_done();
}
