#pragma once

/*
 * Sandbox: what a process gives up for good once it has opened what it needs
 *
 * Linux: Landlock for paths, seccomp for system calls. Where the kernel has neither,
 * sandbox_enter() says SANDBOX_NONE and the caller reports it (`ward doctor` does).
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

/* Enters for all threads, present and to come. Outcomes: SANDBOX_NONE, SANDBOX_PARTIAL. */
RESULT sandbox_enter(const struct sandbox *sandbox);
