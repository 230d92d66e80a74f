#pragma once

/*
 * Channels: frames (wire/frame.h) over a socketpair between two processes of wardd, one message at
 * a time, blocking. The peer is a sibling, but is believed no more than a stranger: every message
 * has a ceiling. Not for threads to share.
 */

#include <stdint.h>

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/result.h"

/* Descriptors that a child finds open. */
#define CHANNEL_PARENT_FD 3
#define CHANNEL_SIBLING_FD 4
#define CHANNEL_SAML_FD 5 /* of serve only */

/* Bytes of one message. A certificate request, a policy and a proof all fit. */
#define CHANNEL_MESSAGE_MAX ((size_t)2 * 1024 * 1024)

enum {
    CHANNEL_CLOSED = 1, /* the peer has gone, or broke the protocol */
    CHANNEL_LATE,       /* nothing whole came in time */
};

/* Sends one message. Outcomes: CHANNEL_CLOSED, CHANNEL_LATE. */
RESULT channel_send(int fd, uint8_t kind, struct bytes body);

/*
 * Waits for one message; the body replaces what ret_body held. timeout_ms < 0: for ever. Outcomes:
 * CHANNEL_CLOSED, CHANNEL_LATE.
 */
RESULT channel_receive(int fd, int timeout_ms, uint8_t *ret_kind, struct buffer *ret_body);

/* Gives a copy of a descriptor to the peer, with a note of a few bytes. Outcome: CHANNEL_CLOSED. */
RESULT channel_pass(int fd, struct bytes note, int descriptor);

/* Takes one, and its note of exactly len bytes. Outcome: CHANNEL_CLOSED. */
RESULT channel_take(int fd, uint8_t *note, size_t len, int *ret_descriptor);
