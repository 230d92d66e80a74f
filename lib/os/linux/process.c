#include "os/process.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PASSWD_SIZE = 16 * 1024 };

RESULT process_harden(void)
{
    struct rlimit none = {0};

    (void)umask(077);
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || setrlimit(RLIMIT_CORE, &none))
        return FAULT(ERR_SYSTEM);
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        return FAULT(ERR_SYSTEM);
    return 0;
}

RESULT process_follow_parent(void)
{
    return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) ? FAULT(ERR_SYSTEM) : 0;
}

static int copy_out(const char *from, size_t len, char *ret_text, size_t size)
{
    if (len >= size)
        return FAULT(ERR_MEMORY);
    memcpy(ret_text, from, len);
    ret_text[len] = '\0';
    return 0;
}

RESULT process_executable(pid_t pid, char *ret_name, size_t size)
{
    static const char deleted[] = " (deleted)"; /* the kernel's word after an upgrade */
    char link[64];
    char path[PATH_MAX];

    (void)snprintf(link, sizeof(link), "/proc/%d/exe", (int)pid);
    ssize_t len = readlink(link, path, sizeof(path) - 1);
    if (len <= 0)
        return PROCESS_GONE;
    path[len] = '\0';
    size_t end = (size_t)len;
    if (end > sizeof(deleted) - 1 && strcmp(path + end - (sizeof(deleted) - 1), deleted) == 0)
        end -= sizeof(deleted) - 1;
    path[end] = '\0';
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    return copy_out(name, strlen(name), ret_name, size);
}

RESULT process_user_name(uid_t uid, char *ret_name, size_t size)
{
    char room[PASSWD_SIZE];
    struct passwd entry;
    struct passwd *found = NULL;

    if (getpwuid_r(uid, &entry, room, sizeof(room), &found) || !found)
        return PROCESS_UNKNOWN;
    return copy_out(found->pw_name, strlen(found->pw_name), ret_name, size);
}

RESULT process_become(const char *user)
{
    char room[PASSWD_SIZE];
    struct passwd entry;
    struct passwd *found = NULL;

    if (geteuid() != 0)
        return 0;
    if (getpwnam_r(user, &entry, room, sizeof(room), &found) || !found)
        return PROCESS_UNKNOWN;
    uid_t uid = found->pw_uid;
    gid_t gid = found->pw_gid;
    /* Groups first: without root they cannot be given up any more. */
    if (initgroups(user, gid) || setresgid(gid, gid, gid) || setresuid(uid, uid, uid))
        return FAULT(ERR_SYSTEM);
    if (uid != 0 && (setuid(0) == 0 || geteuid() != uid))
        return FAULT(ERR_SYSTEM);
    /* A change of user sets it to fs.suid_dumpable, and a pipe for cores heeds no RLIMIT_CORE. */
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) ? FAULT(ERR_SYSTEM) : 0;
}

RESULT process_own_path(char *ret_path, size_t size)
{
    char path[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", path, sizeof(path));

    if (len <= 0 || (size_t)len == sizeof(path))
        return FAULT(ERR_SYSTEM);
    return copy_out(path, (size_t)len, ret_path, size);
}

RESULT process_host_name(char *ret_name, size_t size)
{
    char name[HOST_NAME_MAX + 1] = {0};

    if (gethostname(name, sizeof(name)))
        return FAULT(ERR_SYSTEM);
    return copy_out(name, strnlen(name, HOST_NAME_MAX), ret_name, size);
}
