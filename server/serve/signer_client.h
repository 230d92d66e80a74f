#pragma once

/* serve's side of the signer's protocol (server/signer/protocol.h): one question at a time, any
 * thread. */

#include "base/buffer.h"
#include "base/cleanup.h"
#include "server/signer/protocol.h"

enum {
    SIGNER_REFUSED = 1, /* what was given is not well-formed, or the log is no continuation */
};

struct signer_client;

/* Takes the descriptor of the socketpair and asks for the keys. */
RESULT signer_client_new(struct signer_client **ret_client, int fd);
struct signer_client *signer_client_free(struct signer_client *client);
DEFINE_CLEANUP(struct signer_client *, signer_client_free)

/* The signer was started again: its questions go to this descriptor from now on. */
void signer_client_replace(struct signer_client *client, int fd);

/* Public parts, valid as long as the client. */
const struct signer_keys *signer_client_keys(const struct signer_client *client);

/* Asks; the answer is appended. Outcome: SIGNER_REFUSED. */
RESULT signer_client_ask(struct signer_client *client, const struct signer_message *message,
                         struct buffer *ret_answer);
