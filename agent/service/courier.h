#pragma once

/*
 * Courier: carries one request at a time to the server, on a small thread of its own, so that the
 * local socket is served while the network is slow
 *
 * The thread owns the connection and nothing else. Whoever made the courier hands it a letter and
 * polls courier_fd(); everything else stays in one thread.
 */

#include <stdint.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/result.h"
#include "net/client.h"
#include "redact/redact.h"

struct courier;

struct letter {
    const char *method; /* literals */
    const char *path;
    const char *type; /* NULL: no body */
    char device[40];
    char epoch[16];
    char sequence[24];
    char tag[72];
    struct buffer body;
};

struct answer {
    int result; /* of client_request() */
    unsigned status;
    struct buffer body;
    int64_t retry_after_ms; /* 0: not said */
    uint64_t policy;        /* the server's policy version; 0: not said */
    bool receipt_wanted;    /* somebody asks for the newest receipt */
    bool rules_known;       /* the server said which rules it runs */
    uint8_t rules[REDACT_HASH_LEN];
};

/* Texts of config are copied. */
RESULT courier_new(struct courier **ret_courier, const struct client_config *config);
/* Waits for the request under way. */
struct courier *courier_free(struct courier *courier);
DEFINE_CLEANUP(struct courier *, courier_free)

/* Readable when an answer is there. */
int courier_fd(const struct courier *courier);

/* Takes a letter (its body moves). Only when the last answer was taken. */
void courier_send(struct courier *courier, struct letter *letter);

/* True and the answer, whose body is valid until the next letter, when there is one. */
bool courier_take(struct courier *courier, const struct answer **ret_answer);
