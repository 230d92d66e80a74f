#pragma once

/* The children of wardd: started together, watched together, ended together. */

#include <stdbool.h>
#include <sys/types.h>

#include "base/buffer.h"
#include "base/result.h"
#include "server/link/handover.h"

enum child_role { CHILD_SIGNER, CHILD_SAML, CHILD_SERVE, CHILDREN };

struct child {
    pid_t pid; /* 0: none */
    int fd;    /* our end of its channel; -1: none */
};

struct children {
    struct child at[CHILDREN];
};

enum {
    CHILDREN_REFUSED = 1, /* a child said why it will not start: on standard error already */
    CHILDREN_FAILED,      /* a child ended before it was ready */
};

/* What each runs as when wardd is root and these users exist. */
const char *children_user(enum child_role role);

/*
 * Starts the signer and saml, then serve, and waits until all are ready; ret_line is what serve
 * says to people. On any outcome none is left. Outcomes: CHILDREN_REFUSED, CHILDREN_FAILED.
 */
RESULT children_start(struct children *children, struct handover *handover,
                      struct buffer *ret_line);

/* The signer or saml has gone and serve has not: starts another and tells serve. Outcomes as above.
 */
RESULT children_replace(struct children *children, enum child_role role, struct handover *handover);

/* Sees to it that one that has gone, or is about to, is gone. */
void children_end(struct children *children, enum child_role role);

/* Asks serve to stop in its own time, then ends all. */
void children_stop(struct children *children);
