#include "os/sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "os/file.h"

/*
 * Landlock, by its system calls: the C library has none for it, and the headers of the build host
 * may be older than the kernel that it runs on. Numbers as in linux/landlock.h; they are ABI.
 */
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

struct ruleset {
    uint64_t files;
    uint64_t net;    /* from ABI 4 */
    uint64_t scoped; /* from ABI 6 */
};

struct path_rule {
    uint64_t allowed;
    int32_t parent_fd;
} __attribute__((packed));

enum { ASK_VERSION = 1, RULE_PATH_BENEATH = 1 };

#define MAY_WRITE_FILE (UINT64_C(1) << 1)
#define MAY_READ_FILE (UINT64_C(1) << 2)
#define MAY_READ_DIRECTORY (UINT64_C(1) << 3)
#define MAY_REMOVE_DIRECTORY (UINT64_C(1) << 4)
#define MAY_REMOVE_FILE (UINT64_C(1) << 5)
#define MAY_MAKE_DIRECTORY (UINT64_C(1) << 7)
#define MAY_MAKE_FILE (UINT64_C(1) << 8)
#define MAY_MAKE_SOCKET (UINT64_C(1) << 9)
#define MAY_RENAME_ACROSS (UINT64_C(1) << 13) /* from ABI 2 */
#define MAY_TRUNCATE (UINT64_C(1) << 14)      /* from ABI 3 */

#define MAY_READ (MAY_READ_FILE | MAY_READ_DIRECTORY)
#define MAY_CHANGE_FILE (MAY_WRITE_FILE | MAY_TRUNCATE)
#define MAY_CHANGE                                                                                 \
    (MAY_CHANGE_FILE | MAY_REMOVE_DIRECTORY | MAY_REMOVE_FILE | MAY_MAKE_DIRECTORY |               \
     MAY_MAKE_FILE | MAY_MAKE_SOCKET | MAY_RENAME_ACROSS)

#define SCOPE_ABSTRACT_SOCKETS (UINT64_C(1) << 0)
#define SCOPE_SIGNALS (UINT64_C(1) << 1)

/* Every right over files that this version knows: what is not known cannot be withheld. */
static uint64_t rights_of(long version)
{
    int bits = version >= 5 ? 16 : version >= 3 ? 15 : version >= 2 ? 14 : 13;

    return (UINT64_C(1) << bits) - 1;
}

static int allow_path(int ruleset, const char *path, uint64_t allowed)
{
    CLEANUP(file_close) int fd = open(path, O_PATH | O_CLOEXEC);
    struct stat is;

    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR ? 0 : FAULT(ERR_SYSTEM);
    if (fstat(fd, &is))
        return FAULT(ERR_SYSTEM);
    if (!S_ISDIR(is.st_mode)) /* the kernel refuses rights that a file cannot have */
        allowed &= MAY_READ_FILE | MAY_CHANGE_FILE;
    const struct path_rule rule = {.allowed = allowed, .parent_fd = fd};
    return syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &rule, 0) ? FAULT(ERR_SYSTEM)
                                                                                : 0;
}

static int allow_paths(int ruleset, const char *const *paths, uint64_t allowed)
{
    for (; paths && *paths; paths++) {
        int r = allow_path(ruleset, *paths, allowed);
        if (r)
            return r;
    }
    return 0;
}

/* Outcome: SANDBOX_NONE, where the kernel has no Landlock. */
static int confine_paths(const struct sandbox *sandbox)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, ASK_VERSION);
    CLEANUP(file_close) int ruleset = -1;

    if (version < 1)
        return SANDBOX_NONE;
    const struct ruleset wanted = {
        .files = rights_of(version),
        .scoped = SCOPE_SIGNALS | (sandbox->sockets_unix ? 0 : SCOPE_ABSTRACT_SOCKETS),
    };
    /* The kernel refuses fields that it does not know, unless they lie beyond the size given. */
    size_t size = version >= 6 ? sizeof(wanted) : sizeof(wanted.files);
    ruleset = (int)syscall(SYS_landlock_create_ruleset, &wanted, size, 0);
    if (ruleset < 0)
        return FAULT(ERR_SYSTEM);
    int r = allow_paths(ruleset, sandbox->read_only, MAY_READ & wanted.files);
    if (r)
        return r;
    r = allow_paths(ruleset, sandbox->read_write, (MAY_READ | MAY_CHANGE) & wanted.files);
    if (r)
        return r;
    return syscall(SYS_landlock_restrict_self, ruleset, 0) ? FAULT(ERR_SYSTEM) : 0;
}

/*
 * A list of what is refused, not of what is allowed: the C library, OpenSSL and SQLite change what
 * they call with each release, and a server that dies of an update would be switched off. What
 * stands here is what programs that serve never need and what attacks start from.
 */
static const char *const refused[] = {
    /* other processes */
    "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "pidfd_getfd", "kcmp",
    /* other programs */
    "execve", "execveat", "fork", "vfork", "uselib",
    /* another world */
    "unshare", "setns", "chroot", "pivot_root", "mount", "umount", "umount2", "move_mount",
    "open_tree", "fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr", "swapon", "swapoff",
    "open_by_handle_at", "name_to_handle_at", "mknod", "mknodat", "quotactl", "quotactl_fd",
    /* another user */
    "setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setfsuid", "setfsgid",
    "setgroups", "capset",
    /* the kernel's own machinery, where most ways in have been found */
    "bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter",
    "io_uring_register", "keyctl", "add_key", "request_key", "personality", "modify_ldt", "vm86",
    "vm86old", "kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module",
    "create_module", "iopl", "ioperm", "lookup_dcookie", "nfsservctl", "migrate_pages",
    "move_pages", "mbind", "set_mempolicy",
    /* the machine */
    "reboot", "acct", "syslog", "sethostname", "setdomainname", "settimeofday", "clock_settime",
    "clock_adjtime", "adjtimex", "stime", "vhangup"};

static const char *const sockets[] = {"bind", "connect", "listen", "accept", "accept4"};

static bool refuse(scmp_filter_ctx filter, const char *name)
{
    int number = seccomp_syscall_resolve_name(name);

    /* Unknown or absent on this architecture: then nobody can call it either. */
    return number < 0 || seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), number, 0) == 0;
}

static bool refuse_all(scmp_filter_ctx filter, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!refuse(filter, names[i]))
            return false;
    return true;
}

static bool family_allowed(const struct sandbox *sandbox, unsigned family)
{
    switch (family) {
    case AF_UNIX:
        return sandbox->sockets_unix;
    case AF_INET:
    case AF_INET6:
    case AF_NETLINK: /* getaddrinfo() asks it which addresses there are */
        return sandbox->network;
    default:
        return false;
    }
}

static bool refuse_sockets(scmp_filter_ctx filter, const struct sandbox *sandbox)
{
    const uint32_t action = SCMP_ACT_ERRNO(EPERM);

    for (unsigned family = 0; family <= AF_NETLINK; family++)
        if (!family_allowed(sandbox, family) &&
            seccomp_rule_add(filter, action, SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_EQ, family, 0)))
            return false;
    /* The comparison is of 64 bits, so what the kernel would cut off is refused as well. */
    if (seccomp_rule_add(filter, action, SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_GT, AF_NETLINK, 0)))
        return false;
    return sandbox->network || sandbox->sockets_unix ||
           refuse_all(filter, sockets, sizeof(sockets) / sizeof(sockets[0]));
}

static bool refuse_processes(scmp_filter_ctx filter, bool threads)
{
    /* Its flags lie in memory, where a filter cannot look; the C library then calls clone(). */
    if (seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0))
        return false;
    if (!threads)
        return refuse(filter, "clone");
    return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
                            SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0)) == 0;
}

/* Typing into the terminal that started us would run commands there. */
static bool refuse_typing(scmp_filter_ctx filter)
{
    return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioctl), 1,
                            SCMP_A1(SCMP_CMP_MASKED_EQ, UINT32_MAX, TIOCSTI)) == 0;
}

static inline void seccomp_release_at(scmp_filter_ctx *filter)
{
    if (*filter)
        seccomp_release(*filter);
}

/* Outcome: SANDBOX_NONE, where the kernel has no seccomp. */
static int confine_calls(const struct sandbox *sandbox)
{
    CLEANUP(seccomp_release) scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);

    if (!filter || seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1))
        return FAULT(ERR_SYSTEM);
    /* A tree instead of a list: every call that a program makes goes through this. */
    (void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    if (!refuse_all(filter, refused, sizeof(refused) / sizeof(refused[0])) ||
        !refuse_processes(filter, sandbox->threads) || !refuse_sockets(filter, sandbox) ||
        !refuse_typing(filter))
        return FAULT(ERR_SYSTEM);
    return seccomp_load(filter) ? SANDBOX_NONE : 0;
}

/* More than one thread, or no telling. */
static bool has_threads(void)
{
    DIR *tasks = opendir("/proc/self/task");
    int count = 0;

    if (!tasks)
        return true;
    for (const struct dirent *entry; (entry = readdir(tasks));)
        count += entry->d_name[0] != '.';
    (void)closedir(tasks);
    return count != 1;
}

RESULT sandbox_enter(const struct sandbox *sandbox)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        return FAULT(ERR_SYSTEM);
    bool threads = has_threads();
    int paths = confine_paths(sandbox);
    if (paths < 0)
        return paths;
    int calls = confine_calls(sandbox);
    if (calls < 0)
        return calls;
    if (paths && calls)
        return SANDBOX_NONE;
    return paths || calls || threads ? SANDBOX_PARTIAL : 0;
}
