#pragma once

/* Processes: what ours may do to itself, and what we may know of others. */

#include <stdbool.h>
#include <sys/types.h>

#include "base/bytes.h"
#include "base/result.h"

enum {
    PROCESS_GONE = 1,    /* no such process, or it may not be looked at */
    PROCESS_UNKNOWN,     /* no such user */
    PROCESS_UNSUPPORTED, /* this kernel cannot */
};

/*
 * For every program of ours, first thing in main(): no core file (RLIMIT_CORE 0 and PR_SET_DUMPABLE
 * 0), no new privileges, umask 077, SIGPIPE ignored.
 */
RESULT process_harden(void);

/*
 * Is killed when its parent dies (PR_SET_PDEATHSIG), for children of wardd. A change of user clears
 * it, so it is called after process_become(). A parent that died before the call is not noticed:
 * the child sees the end of its socket then.
 */
RESULT process_follow_parent(void);

/* The base name of a process's executable, as the kernel knows it, with closing NUL. PROCESS_GONE.
 */
RESULT process_executable(pid_t pid, char *ret_name, size_t size);

/* The login name of a uid, with closing NUL. PROCESS_UNKNOWN. */
RESULT process_user_name(uid_t uid, char *ret_name, size_t size);

/* Gives up root for a user and its groups, for good, and leaves no core file after it either; no-op
 * when not root. PROCESS_UNKNOWN. */
RESULT process_become(const char *user);

/* The path of the running program, with closing NUL. */
RESULT process_own_path(char *ret_path, size_t size);

/* The host's name, with closing NUL. */
RESULT process_host_name(char *ret_name, size_t size);
