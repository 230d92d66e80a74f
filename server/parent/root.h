#pragma once

/*
 * The root key: 32 random bytes in hex, in a file of mode 0600 that only the parent reads
 *
 * Every other key of the server is derived from it (HKDF, a label each) and handed to the child
 * that needs it. Losing it loses the data: it is never made anew beside data that exists.
 */

#include <stdbool.h>

#include "base/result.h"
#include "server/link/handover.h"

enum {
    ROOT_REFUSED = 1, /* why, and the remedy, is on standard error */
};

/*
 * Reads the root key (or, where established is false, makes it) and derives the keys of handover.
 * The root key is wiped before it returns. Outcome: ROOT_REFUSED.
 */
RESULT root_derive(const char *path, bool established, struct handover *handover);
