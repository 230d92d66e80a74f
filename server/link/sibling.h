#pragma once

/*
 * A sibling of serve: a process of wardd that holds keys in a folder of its own, has no network,
 * and answers serve's messages one at a time until serve, or the parent, has gone
 */

#include "base/buffer.h"
#include "server/link/handover.h"
#include "server/link/refusal.h"

enum {
    SIBLING_DENIED = 900, /* its folder may not be reached, read or written */
};

/* What the parent is told of it. */
#define SIBLING_DENIED_TEXT(folder)                                                                \
    folder " may not be reached, read or written: give it back to wardd's user (chown -R), and "   \
           "let that user enter every directory above it (chmod o+x)"

struct sibling {
    const char *folder;             /* below the data directory */
    const struct refusal *refusals; /* of what open() gives; SIBLING_DENIED among them */
    /* What it holds; already confined to that folder. */
    int (*open)(void *context, const char *directory, const struct handover *handover);
    /* One message to one answer; a fault ends the process. */
    int (*answer)(void *context, uint8_t asked, struct bytes body, uint8_t *ret_kind,
                  struct buffer *ret_answer);
};

/* Runs it: 0, or why it could not start, which the parent was told, or a fault. log_begin() was
 * called before. */
RESULT sibling_run(const struct sibling *sibling, void *context);
