#pragma once

/*
 * The signer: device CA, audit key and policy key, in a process of their own without a network
 *
 * It answers serve's messages one at a time and ends when its parent or serve does.
 */

#include "server/signer/protocol.h"
#include "server/signer/vault.h"

/* One message to one answer: pure but for the vault's file and the moment given. */
enum signer_answer signer_answer(struct vault *vault, int64_t now, uint8_t kind, struct bytes body,
                                 struct buffer *ret_answer);

/* `wardd --role signer`: the exit status. */
int signer_main(void);
