#pragma once

/*
 * The first administrator's one-time link: a new one at each start until somebody used it, printed
 * where the server was started. Kept as a hash, for 72 hours.
 */

#include "base/buffer.h"
#include "crypto/hash.h"
#include "store/records/records.h"

#define SETUP_LINK_MS ((int64_t)72 * 60 * 60 * 1000)

struct serve;

enum {
    SETUP_LINK_ABSENT = 1, /* not that one, or used */
};

/* The line for people: where Ward is, with the link while there is no administrator. */
RESULT setup_link_line(struct serve *serve, struct buffer *ret_line);

/* Inside a job. Is it that one? Outcome: SETUP_LINK_ABSENT. */
RESULT setup_link_find(struct records_tx *tx, const struct hash *token, int64_t *ret_expires_at);

/* Inside a job: it is used. */
RESULT setup_link_remove(struct records_tx *tx);

/* Inside a job: is there an administrator who can sign in? */
RESULT setup_is_done(struct records_tx *tx, bool *ret_done);

/* Appends "https://host:port". */
void setup_link_address(struct serve *serve, struct buffer *line);
