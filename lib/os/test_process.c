#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/process.h"
#include "os/secret.h"
#include "tap.h"

/* Sanitizers replace mlock() by one that says yes and locks nothing. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define REAL_LOCKS false
#else
#define REAL_LOCKS true
#endif

static int in_child(int (*body)(void))
{
    int status = 0;

    (void)fflush(stdout);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0)
        _exit(body());
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int hardened(void)
{
    struct rlimit core;

    CHECK(process_harden() == 0);
    CHECK(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
    CHECK(getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_cur == 0 && core.rlim_max == 0);
    CHECK(umask(0) == 077);
    CHECK(signal(SIGPIPE, SIG_DFL) == SIG_IGN);
    return 0;
}

static void a_hardened_process_leaves_no_core_and_gains_no_privileges(void)
{
    CHECK(in_child(hardened) == 0);
}

static void a_child_goes_with_its_parent(void)
{
    int end[2];
    char byte = 0;

    CHECK(pipe(end) == 0);
    (void)fflush(stdout);
    pid_t parent = fork();
    CHECK(parent >= 0);
    if (parent == 0) {
        pid_t child = fork();
        if (child == 0) {
            if (process_follow_parent())
                _exit(1);
            (void)!write(end[1], "r", 1);
            for (;;)
                (void)pause();
        }
        (void)close(end[1]);
        (void)pause();
        _exit(0);
    }
    (void)close(end[1]);
    CHECK(read(end[0], &byte, 1) == 1 && byte == 'r');
    CHECK(kill(parent, SIGKILL) == 0 && waitpid(parent, NULL, 0) == parent);
    CHECK(read(end[0], &byte, 1) == 0); /* its end is closed only when it is gone */
    (void)close(end[0]);
}

int __real_setresuid(uid_t real, uid_t effective, uid_t saved);
int __wrap_setresuid(uid_t real, uid_t effective, uid_t saved);

/* As the kernel does it where fs.suid_dumpable is not 0, as systemd-coredump has it. */
int __wrap_setresuid(uid_t real, uid_t effective, uid_t saved)
{
    int r = __real_setresuid(real, effective, saved);

    return r ? r : prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static int become_nobody(void)
{
    CHECK(process_harden() == 0);
    CHECK(process_become("nobody") == 0);
    CHECK(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0);
    CHECK(geteuid() != 0 && getuid() != 0 && getegid() != 0 && setuid(0) == -1);
    return 0;
}

static void root_is_given_up_for_good_and_not_for_a_user_that_is_none(void)
{
    if (geteuid() != 0) {
        CHECK(process_become("nobody-at-all") == 0); /* nothing to give up */
        return;
    }
    CHECK(process_become("nobody-at-all") == PROCESS_UNKNOWN && geteuid() == 0);
    CHECK(in_child(become_nobody) == 0);
}

static void programs_and_users_have_names(void)
{
    char name[64] = "before";
    char path[256];

    CHECK(process_executable(getpid(), name, sizeof(name)) == 0);
    CHECK(strcmp(name, "test_os_process") == 0);
    CHECK(process_own_path(path, sizeof(path)) == 0 && path[0] == '/');
    CHECK(strcmp(strrchr(path, '/') + 1, name) == 0);
    CHECK(process_executable(getpid(), name, 4) == ERR_MEMORY);
    CHECK(strcmp(name, "test_os_process") == 0);
    CHECK(process_executable(0x7fffffff, name, sizeof(name)) == PROCESS_GONE);
    CHECK(process_user_name(0, name, sizeof(name)) == 0 && strcmp(name, "root") == 0);
    CHECK(process_user_name(4000000000U, name, sizeof(name)) == PROCESS_UNKNOWN);
    CHECK(process_host_name(name, sizeof(name)) == 0 && name[0] != '\0');
}

static void clocks_run_and_zones_are_known(void)
{
    int64_t boot = clock_boot_ms();

    CHECK(clock_now_ms() > 1700000000000 && boot > 0 && clock_boot_ms() >= boot);
    CHECK(setenv("TZ", "Europe/Amsterdam", 1) == 0);
    CHECK(clock_offset_minutes(1782864000000) == 120); /* 2026-07-01 */
    CHECK(clock_offset_minutes(1767225600000) == 60);  /* 2026-01-01 */
    CHECK(setenv("TZ", "America/St_Johns", 1) == 0);
    CHECK(clock_offset_minutes(1767225600000) == -210);
}

static struct secret *shared;

static int sees_secret(void)
{
    for (size_t i = 0; i < shared->len; i++)
        if (shared->at[i] != 0)
            return 1;
    return 0;
}

static void a_secret_is_wiped_in_children_and_kept_out_of_dumps(void)
{
    char line[512];
    char flags[512] = "";
    bool within = false;
    unsigned long start = 0;

    CHECK(secret_new_copy(&shared, (struct bytes){(const uint8_t *)"key", 3}) == 0);
    CHECK(shared->len == 3 && memcmp(shared->at, "key", 3) == 0);
    CHECK(in_child(sees_secret) == 0);
    FILE *maps = fopen("/proc/self/smaps", "r");
    CHECK(maps);
    while (fgets(line, sizeof(line), maps)) {
        char *end = NULL;
        start = strtoul(line, &end, 16);
        if (*end == '-')
            within = start == (unsigned long)(uintptr_t)shared->at;
        if (within && strncmp(line, "VmFlags:", 8) == 0)
            memcpy(flags, line, sizeof(line));
    }
    CHECK(fclose(maps) == 0);
    CHECK(strstr(flags, " dd") && strstr(flags, " wf"));
    CHECK(!REAL_LOCKS || !shared->locked || strstr(flags, " lo"));
    shared = secret_free(shared);
    CHECK(!shared && !secret_free(NULL));
}

static void secrets_are_random_zeroed_and_bounded(void)
{
    struct secret *a = NULL;
    struct secret *b = NULL;

    CHECK(secret_new_random(&a, 32) == 0 && secret_new_random(&b, 32) == 0);
    CHECK(memcmp(a->at, b->at, 32) != 0);
    (void)secret_free(a), (void)secret_free(b);
    CHECK(secret_new(&a, 65536) == 0 && a->at[0] == 0 && a->at[65535] == 0);
    (void)secret_free(a);
    CHECK(secret_new(&b, 65537) == ERR_MEMORY);
    CHECK(secret_new(&a, 0) == 0 && a->len == 0);
    (void)secret_free(a);
}

static int without_memory_to_lock(void)
{
    const struct rlimit none = {0};
    struct secret *secret = NULL;

    CHECK(process_become("nobody") == 0); /* root may lock what it likes */
    CHECK(setrlimit(RLIMIT_MEMLOCK, &none) == 0);
    CHECK(secret_new_random(&secret, 32) == 0 && !(REAL_LOCKS && secret->locked));
    (void)secret_free(secret);
    return 0;
}

static void a_secret_that_cannot_be_locked_says_so(void)
{
    CHECK(in_child(without_memory_to_lock) == 0);
}

int main(void)
{
    RUN(a_hardened_process_leaves_no_core_and_gains_no_privileges);
    RUN(a_child_goes_with_its_parent);
    RUN(root_is_given_up_for_good_and_not_for_a_user_that_is_none);
    RUN(programs_and_users_have_names);
    RUN(clocks_run_and_zones_are_known);
    RUN(a_secret_is_wiped_in_children_and_kept_out_of_dumps);
    RUN(secrets_are_random_zeroed_and_bounded);
    RUN(a_secret_that_cannot_be_locked_says_so);
    return tap_done();
}
