#pragma once

/* serve's side of the saml process (server/saml/protocol.h): one question at a time, any thread. */

#include "base/buffer.h"
#include "base/cleanup.h"
#include "server/saml/protocol.h"

enum {
    SAML_CLIENT_REFUSED = 1, /* and why */
    SAML_CLIENT_GONE,        /* the process is not there, or did not answer: another is started */
};

struct saml_client;

/* Takes the descriptor of the socketpair. */
RESULT saml_client_new(struct saml_client **ret_client, int fd);
struct saml_client *saml_client_free(struct saml_client *client);
DEFINE_CLEANUP(struct saml_client *, saml_client_free)

/* The process was started again: its questions go to this descriptor from now on. */
void saml_client_replace(struct saml_client *client, int fd);

/* Asks; the answer is appended. Outcomes: SAML_CLIENT_REFUSED (and only then *ret_refusal is set),
 * SAML_CLIENT_GONE. */
RESULT saml_client_ask(struct saml_client *client, const struct saml_ask *ask,
                       struct buffer *ret_answer, enum saml_refusal *ret_refusal);
