#pragma once

/* Why a child of wardd will not start, told to its parent in words for people. */

#include <stdint.h>

#include "base/result.h"

enum link_sandbox { LINK_SANDBOX_FULL, LINK_SANDBOX_PARTIAL, LINK_SANDBOX_NONE };

enum link_child { LINK_SIGNER, LINK_SAML };

/* What comes with the descriptor of a child that was started again. Both ends are one program. */
struct link_note {
    uint32_t child; /* enum link_child */
    uint32_t pid;
    uint32_t sandbox;
};

/* A row a result, ended by a row without text: what it means, and the remedy. */
struct refusal {
    int result;
    const char *text;
};

/* Sends HANDOVER_REFUSE with the text of the result; nothing for a result that has no row: the
 * parent then tries again. */
void refusal_send(int fd, const struct refusal *table, int result);
