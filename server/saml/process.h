#pragma once

/*
 * The saml process: reads what identity providers wrote, in a process of its own without network or
 * store. It holds one secret: the key that assertions are encrypted for.
 *
 * libxml2 meets strangers' bytes here and nowhere else. What crashes or hangs it ends this process,
 * the parent starts another, and one sign-in was refused.
 */

#include "server/link/rsa_box.h"
#include "server/saml/protocol.h"

/* One message to one answer: pure but for the box's file and the moment given. */
enum saml_answer saml_answer(struct rsa_box *box, int64_t now, uint8_t kind, struct bytes body,
                             struct buffer *ret_answer);

/* `wardd --role saml`: the exit status. */
int saml_main(void);
