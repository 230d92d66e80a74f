#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/sandbox.h"
#include "tap.h"

static char folder[] = "/tmp/test_sandbox.XXXXXX";
static char own[64];
static char shown[64];
static char hidden[64];

/* Runs what cannot be undone in a child. Its CHECKs end it with another status than 0. */
static void in_child(void (*body)(void))
{
    int status = 0;

    (void)fflush(stdout);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        body();
        _exit(0); /* not exit(): a leak checker could not look at us any more */
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static bool failed_with(long result, int wanted)
{
    return result == -1 && errno == wanted;
}

/* The call fails, and with that errno. */
#define FAILS(call, wanted) failed_with((call), (wanted))

static int try_file(const char *directory, const char *name, int flags)
{
    char path[128];

    (void)snprintf(path, sizeof(path), "%s/%s", directory, name);
    int fd = open(path, flags, 0600);
    if (fd >= 0)
        (void)close(fd);
    return fd < 0 ? -1 : 0;
}

static void paths(void)
{
    const struct sandbox sandbox = {
        .read_write = (const char *const[]){own, "/nonexistent/ward", NULL},
        .read_only = (const char *const[]){shown, "/dev/null", NULL},
    };
    char from[80];
    char to[80];

    CHECK(try_file(hidden, "secret", O_RDONLY) == 0);
    CHECK(sandbox_enter(&sandbox) == 0);
    CHECK(FAILS(try_file(hidden, "secret", O_RDONLY), EACCES));
    CHECK(FAILS(try_file(hidden, "new", O_WRONLY | O_CREAT), EACCES));
    CHECK(FAILS(try_file("/etc", "passwd", O_RDONLY), EACCES));
    CHECK(FAILS(try_file("/", "", O_RDONLY | O_DIRECTORY), EACCES));
    CHECK(try_file(shown, "secret", O_RDONLY) == 0);
    CHECK(FAILS(try_file(shown, "secret", O_WRONLY), EACCES));
    CHECK(FAILS(try_file(shown, "new", O_WRONLY | O_CREAT), EACCES));
    CHECK(try_file(own, "new", O_RDWR | O_CREAT | O_TRUNC) == 0);
    (void)snprintf(from, sizeof(from), "%s/new", own);
    (void)snprintf(to, sizeof(to), "%s/renamed", own);
    CHECK(rename(from, to) == 0 && unlink(to) == 0);
    (void)snprintf(from, sizeof(from), "%s/folder", own);
    CHECK(mkdir(from, 0700) == 0 && rmdir(from) == 0);
    CHECK(FAILS(symlink("/etc/passwd", from), EACCES));
}

static void only_named_paths_open_and_only_as_named(void)
{
    in_child(paths);
}

static void *nothing(void *given)
{
    return given;
}

static void processes(void)
{
    const struct sandbox sandbox = {.threads = true};
    char name[] = "true";
    char *const arguments[] = {name, NULL};
    pthread_t thread;

    CHECK(sandbox_enter(&sandbox) == 0);
    CHECK(FAILS(fork(), EPERM));
    CHECK(FAILS(syscall(SYS_clone, 0, 0, 0, 0, 0), EPERM));
    CHECK(FAILS(syscall(SYS_clone3, NULL, 0), ENOSYS));
    CHECK(FAILS(execv("/bin/true", arguments), EPERM));
    CHECK(FAILS(syscall(SYS_execveat, -1, "", arguments, NULL, 0), EPERM));
    CHECK(pthread_create(&thread, NULL, nothing, NULL) == 0 && pthread_join(thread, NULL) == 0);
}

static void no_process_is_made_but_threads_are(void)
{
    in_child(processes);
}

static void no_threads(void)
{
    pthread_t thread;

    CHECK(sandbox_enter(&(struct sandbox){.threads = false}) == 0);
    CHECK(pthread_create(&thread, NULL, nothing, NULL) != 0);
}

static void threads_are_refused_where_none_are_wanted(void)
{
    in_child(no_threads);
}

static void no_sockets(void)
{
    CHECK(sandbox_enter(&(struct sandbox){.threads = true}) == 0);
    CHECK(FAILS(socket(AF_INET, SOCK_STREAM, 0), EPERM));
    CHECK(FAILS(socket(AF_INET, SOCK_DGRAM, 0), EPERM));
    CHECK(FAILS(socket(AF_INET6, SOCK_STREAM, 0), EPERM));
    CHECK(FAILS(socket(AF_UNIX, SOCK_STREAM, 0), EPERM));
    CHECK(FAILS(socket(AF_NETLINK, SOCK_RAW, 0), EPERM));
    CHECK(FAILS(socket(AF_PACKET, SOCK_RAW, 0), EPERM));
    CHECK(FAILS(syscall(SYS_socket, INT64_C(0x100000002), SOCK_STREAM, 0), EPERM));
    CHECK(FAILS(syscall(SYS_socket, INT64_C(-4294967294), SOCK_STREAM, 0), EPERM));
    CHECK(FAILS(listen(0, 1), EPERM) && FAILS(accept(0, NULL, NULL), EPERM));
}

static void inet_sockets(void)
{
    CHECK(sandbox_enter(&(struct sandbox){.network = true}) == 0);
    CHECK(socket(AF_INET, SOCK_STREAM, 0) >= 0);
    CHECK(FAILS(socket(AF_UNIX, SOCK_STREAM, 0), EPERM));
    CHECK(FAILS(socket(AF_VSOCK, SOCK_STREAM, 0), EPERM));
}

static void unix_sockets(void)
{
    CHECK(sandbox_enter(&(struct sandbox){.sockets_unix = true}) == 0);
    CHECK(socket(AF_UNIX, SOCK_STREAM, 0) >= 0);
    CHECK(FAILS(socket(AF_INET, SOCK_STREAM, 0), EPERM));
}

static void sockets_are_made_only_of_the_kinds_allowed(void)
{
    in_child(no_sockets);
    in_child(inet_sockets);
    in_child(unix_sockets);
}

static void dangerous(void)
{
    /* Without a sandbox these two work for anybody. */
    CHECK(personality(0xffffffff) >= 0 && unshare(0) == 0);
    CHECK(sandbox_enter(&(struct sandbox){.threads = true}) == 0);
    CHECK(FAILS(personality(0xffffffff), EPERM) && FAILS(unshare(0), EPERM));
    CHECK(FAILS(ptrace(PTRACE_TRACEME, 0, NULL, NULL), EPERM));
    CHECK(FAILS(syscall(SYS_process_vm_readv, getpid(), NULL, 0, NULL, 0, 0), EPERM));
    CHECK(FAILS(syscall(SYS_io_uring_setup, 0, NULL), EPERM));
    CHECK(FAILS(syscall(SYS_keyctl, 0, 0, 0, 0, 0), EPERM));
    CHECK(FAILS(syscall(SYS_bpf, 0, NULL, 0), EPERM));
    CHECK(FAILS(syscall(SYS_userfaultfd, 0), EPERM));
    CHECK(FAILS(syscall(SYS_perf_event_open, NULL, 0, 0, 0, 0), EPERM));
    CHECK(FAILS(setuid(getuid()), EPERM) && FAILS(chroot("/"), EPERM));
    CHECK(FAILS(kill(getppid(), 0), EPERM));
    CHECK(kill(getpid(), 0) == 0);
}

static void what_attacks_start_from_is_refused(void)
{
    in_child(dangerous);
}

static pthread_barrier_t entered;

static void *try_later(void *unused)
{
    (void)pthread_barrier_wait(&entered);
    return FAILS(fork(), EPERM) && FAILS(socket(AF_INET, SOCK_STREAM, 0), EPERM) ? unused : NULL;
}

static void late(void)
{
    pthread_t thread;
    void *held = NULL;

    CHECK(pthread_barrier_init(&entered, NULL, 2) == 0);
    CHECK(pthread_create(&thread, NULL, try_later, &entered) == 0);
    CHECK(sandbox_enter(&(struct sandbox){.threads = true}) == SANDBOX_PARTIAL);
    (void)pthread_barrier_wait(&entered);
    CHECK(pthread_join(thread, &held) == 0 && held == &entered);
}

static void threads_from_before_are_refused_calls_and_it_is_said_that_paths_are_not(void)
{
    in_child(late);
}

static void make_folder(char *path, size_t size, const char *name)
{
    (void)snprintf(path, size, "%s/%s", folder, name);
    CHECK(mkdir(path, 0700) == 0);
    CHECK(try_file(path, "secret", O_WRONLY | O_CREAT) == 0);
}

static void remove_folder(const char *path)
{
    char file[80];

    (void)snprintf(file, sizeof(file), "%s/secret", path);
    CHECK(unlink(file) == 0 && rmdir(path) == 0);
}

int main(void)
{
    CHECK(mkdtemp(folder));
    make_folder(own, sizeof(own), "own");
    make_folder(shown, sizeof(shown), "shown");
    make_folder(hidden, sizeof(hidden), "hidden");
    RUN(only_named_paths_open_and_only_as_named);
    RUN(no_process_is_made_but_threads_are);
    RUN(threads_are_refused_where_none_are_wanted);
    RUN(sockets_are_made_only_of_the_kinds_allowed);
    RUN(what_attacks_start_from_is_refused);
    RUN(threads_from_before_are_refused_calls_and_it_is_said_that_paths_are_not);
    remove_folder(own);
    remove_folder(shown);
    remove_folder(hidden);
    CHECK(rmdir(folder) == 0);
    return tap_done();
}
