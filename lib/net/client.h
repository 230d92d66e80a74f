#pragma once

/*
 * HTTP client: one server, kept alive; TLS with a pinned CA, or a local socket; on libcurl
 *
 * Not for threads to share. Nothing is followed, no proxy and no environment variable is honoured.
 */

#include <stdint.h>

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/result.h"

enum {
    CLIENT_UNREACHABLE = 1, /* no connection: refused, no route, no name, time was up */
    CLIENT_UNTRUSTED,       /* the server's certificate is not of the CA, or ours was refused */
    CLIENT_LARGE,           /* the response is over the ceiling */
};

struct client;

struct client_config {
    const char *address; /* host or IP to connect to; NULL with local_path */
    uint16_t port;
    const char *local_path;  /* UNIX socket */
    const char *name;        /* name to ask for (SNI, Host) and to verify; NULL: address */
    struct text ca;          /* PEM; empty: the system's store */
    struct text certificate; /* PEM; empty: none */
    struct text key;         /* PEM */
    int connect_ms;
    int total_ms;
    size_t response_max; /* bytes */
};

RESULT client_new(struct client **ret_client, const struct client_config *config);
struct client *client_free(struct client *client);
DEFINE_CLEANUP(struct client *, client_free)

struct client_header {
    const char *name;
    struct text value;
};

struct client_response {
    unsigned status;
    struct bytes body; /* valid until the next request */
};

/* One request. Outcomes: CLIENT_UNREACHABLE, CLIENT_UNTRUSTED, CLIENT_LARGE. */
RESULT client_request(struct client *client, const char *method, const char *path,
                      const struct client_header *headers, size_t header_count, const char *type,
                      struct bytes body, struct client_response *ret_response);

/* A header of the last response; .at NULL: absent. */
struct text client_response_header(const struct client *client, const char *name);

/* Closes the connection and frees its memory until the next request. */
void client_rest(struct client *client);
