#pragma once

/*
 * HTTP server: TLS listeners and a local socket, requests handed whole to handlers, on
 * libmicrohttpd
 *
 * The network threads (epoll) take a request's head and body under absolute deadlines and ceilings,
 * then hand it to a pool of workers; a handler runs there and may block. It answers with exactly
 * one of http_reply*(), http_stream(), or http_defer() and a reply later from any thread. A request
 * that a handler leaves unanswered is answered with 500. No peer can hold a worker: bodies are
 * complete before a handler runs.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/id.h"
#include "base/result.h"

enum {
    HTTP_TAKEN = 1, /* the address or path is in use */
    HTTP_DENIED,    /* not permitted */
    HTTP_ADDRESS,   /* not an address that can be listened at */
};

struct http_server;
struct http_request;
struct http_stream;

/* A TLS identity: PEM texts. The chain begins with the server's own certificate. */
struct http_identity {
    struct text chain;
    struct text key;
};

struct http_listener {
    const char *name; /* "people", "agents", "local": for logs and metrics */
    const char
        *address; /* "127.0.0.1", "::", or the path of a local socket (then port 0 and no TLS) */
    uint16_t port;
    struct http_identity identity; /* needed unless local: of Ward's own CA: served for the name
                                      HTTP_AGENT_NAME, and to all when there is no other */
    struct http_identity identity_other; /* the organisation's own; empty: none */
    struct text client_ca; /* PEM: a certificate of this CA is required; empty: none is asked for */
    size_t body_max;       /* bytes; more is 413 */
    int head_deadline_ms;  /* from accept to the end of the request's head: absolute */
    int body_deadline_ms;  /* from the head's end to the body's end: absolute */
    int idle_ms;           /* keep-alive without a request */
    unsigned connections_max;
    unsigned connections_per_address_max;
    unsigned threads;     /* network threads */
    unsigned workers;     /* handler threads */
    unsigned queue_max;   /* requests waiting for a worker; more is 503 with Retry-After */
    unsigned streams_max; /* open event streams; more is 503 */
    void (*handle)(void *context, struct http_request *request);
    void *context;
};

/* The name that agents ask for (SNI) and verify, whatever address they reach: our own certificate
 * carries it. */
#define HTTP_AGENT_NAME "ward-agents"

/* Opens the listener. Texts of config are copied. Outcomes: HTTP_TAKEN, HTTP_DENIED, HTTP_ADDRESS.
 */
RESULT http_server_new(struct http_server **ret_server, const struct http_listener *listener);

/*
 * Stops accepting, waits for handlers, answers what waits or was deferred with 503, ends streams,
 * gives replies under way two seconds, frees. Deferred requests and streams stay valid and are
 * still to be answered and unreferenced; nobody hears it. NULL is fine. Always returns NULL.
 */
struct http_server *http_server_free(struct http_server *server);
DEFINE_CLEANUP(struct http_server *, http_server_free)

/* The port in use (of interest when 0 was asked for). */
uint16_t http_server_port(const struct http_server *server);

/* Serves another identity from the next handshake on. other NULL: our own for all. ERR_CRYPTO when
 * PEM or key do not fit. */
RESULT http_server_set_identity(struct http_server *server, const struct http_identity *other);

/* ---- what came: valid until the reply ---- */

struct text http_method(const struct http_request *request);
/* Decoded once, without the query; never holds NUL, "//" or dot segments (such requests get 400
 * before any handler). */
struct text http_path(const struct http_request *request);
/* .at NULL: absent. Names of headers in any case. */
struct text http_header(const struct http_request *request, const char *name);
struct text http_query(const struct http_request *request, const char *name);
struct text http_cookie(const struct http_request *request, const char *name);
struct bytes http_body(const struct http_request *request);
/* The peer's address as text ("10.0.0.7", "local:1000"). */
struct text http_source(const struct http_request *request);
/* DER of the verified client certificate; empty: none. */
struct bytes http_client_certificate(const struct http_request *request);
/* On a local socket: the peer's uid; false elsewhere. */
bool http_local_uid(const struct http_request *request, uid_t *ret_uid);
/* Correlation id: 16 hex digits, also in the response (Ward-Request) and problems. */
struct text http_correlation(const struct http_request *request);
/* Freed with the request: 4 MiB at most. */
struct arena *http_arena(struct http_request *request);

/* ---- what goes ---- */

/* Adds a header to the reply to come; both are copied; CR and LF are refused (ERR_SYSTEM). Security
 * headers are always set by us (net/headers.c). */
void http_reply_header(struct http_request *request, const char *name, struct text value);

/* Answers; body is copied. type NULL: no body. */
void http_reply(struct http_request *request, unsigned status, const char *type, struct bytes body);

/* Answers with a file of ours that lives as long as the server: not copied, with ETag and cache
 * headers; encoding "gzip" or NULL. */
void http_reply_static(struct http_request *request, const char *type, const char *encoding,
                       struct bytes body, bool immutable);

/* The handler returns without an answer; exactly one http_reply*() follows from any thread. */
void http_defer(struct http_request *request);

/* ---- problems (RFC 9457) ---- */

struct http_problem_field {
    const char *pointer; /* JSON pointer: "/password" */
    const char *detail;  /* what was expected, for people */
};

/*
 * Answers with application/problem+json. word is the last part of the type URI ("/problems/word")
 * and documented in docs/operations/problems.md; detail says what to do next. fields may be NULL.
 * Texts are ours or stated text, never raw.
 */
void http_reply_problem(struct http_request *request, unsigned status, const char *word,
                        const char *title, const char *detail,
                        const struct http_problem_field *fields, size_t field_count);

/* ---- event streams (text/event-stream) ---- */

/* Answers with a stream that stays open. Referenced: http_stream_unref() it. ERR_BUSY when
 * streams_max are open (then answer 503). */
RESULT http_stream_open(struct http_request *request, struct http_stream **ret_stream);
/* Sends an event; data is one line of JSON. false when the peer has gone or lags more than 64 KiB
 * behind: close it. Any thread. */
bool http_stream_send(struct http_stream *stream, const char *event, struct text data);
void http_stream_close(struct http_stream *stream);
void http_stream_unref(struct http_stream *stream);
