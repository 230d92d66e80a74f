#pragma once

/*
 * Sandbox: what a process gives up for good once it has opened what it needs
 *
 * Linux: Landlock for paths, seccomp for system calls. Where the kernel has neither,
 * sandbox_enter() says SANDBOX_NONE and the caller reports it (`ward doctor` does).
 *
 * Descriptors that are open stay usable: open what is needed first. Libraries open things too:
 * the time zone (/etc/localtime), name service (/etc), certificates.
 */

#include <stdbool.h>

#include "base/result.h"

enum {
    SANDBOX_NONE = 1, /* nothing was enforced */
    SANDBOX_PARTIAL,  /* one of the two was */
};

struct sandbox {
    const char *const *read_write; /* directories, NULL-ended; NULL for none */
    const char *const *read_only;  /* files or directories, NULL-ended; NULL for none */
    bool network;                  /* may make and accept INET sockets */
    bool sockets_unix;             /* may make UNIX sockets */
    bool threads;                  /* may make threads; no process ever */
};

/*
 * Enters for the process and what it starts, for good. Call it before the first thread is made:
 * system calls are then refused to threads present and to come, but older kernels confine paths of
 * the calling thread and of those that it makes only, so with other threads there it is
 * SANDBOX_PARTIAL. A path that does not exist is left out. What is refused fails with EPERM (calls)
 * or EACCES (paths). Outcomes: SANDBOX_NONE, SANDBOX_PARTIAL.
 */
RESULT sandbox_enter(const struct sandbox *sandbox);
