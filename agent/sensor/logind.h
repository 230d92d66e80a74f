#pragma once

/*
 * logind: is this session locked, in front, or about to sleep? Over the system bus, where there is
 * one; without it nothing is ever locked and sleep is seen by the clocks.
 */

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/result.h"

enum {
    LOGIND_ABSENT = 1, /* no system bus, no logind, or no session of ours */
};

struct logind;

RESULT logind_open(struct logind **ret_logind);
struct logind *logind_free(struct logind *logind);
DEFINE_CLEANUP(struct logind *, logind_free)

struct pollfd logind_poll(struct logind *logind);

/* Takes what has come; false when the bus is gone and logind is of no more use. */
bool logind_take(struct logind *logind);

/* Locked, or another session is in front (VT switch). */
bool logind_locked(const struct logind *logind);

/* The computer is going to sleep. */
bool logind_sleeping(const struct logind *logind);

/* The session's name; NULL when there is none. */
const char *logind_session(const struct logind *logind);
