#pragma once

/*
 * What the files of the HTTP server share
 *
 * Threads. MHD's network threads call on_*() (connection.c); workers run handlers (workers.c); any
 * thread replies; one reaper closes what is past its deadline.
 *
 * Locks, outermost first: server->lock, request->lock, stream->lock; MHD's own are innermost.
 *
 * Invariants
 *   1. A connection is suspended in MHD exactly while its request->suspended (or its stream's
 *      waiting) is set: whoever clears it, under the lock, resumes it. MHD_stop_daemon() needs all
 *      of them cleared.
 *   2. request->suspended is set only under server->lock with server->stopping false.
 *   3. request->server may be used only while request->suspended is set and request->lock held, or
 *      from MHD's threads and workers: a reply may come when the server has long gone.
 */

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "net/server.h"
#include "net/target.h"

/* Every ceiling that the listener's configuration does not set. */
enum {
    HTTP_URL_MAX = 2048,
    HTTP_HEADERS_MAX = 64,
    HTTP_HEAD_MEMORY = 32 * 1024, /* MHD's pool for a connection: head and buffers */
    HTTP_ARENA_MAX = 4 * 1024 * 1024,
    HTTP_STREAM_MAX = 64 * 1024, /* events not yet taken by a reader */
    HTTP_STREAM_BLOCK = 4096,
    HTTP_STREAM_ALIVE_MS = 15 * 1000,
    HTTP_DISCARD_FACTOR = 4,      /* a body declared larger than this many body_max is not read */
    HTTP_REPLY_MS = 30 * 1000,    /* to send a reply, and: */
    HTTP_REPLY_BYTES_PER_MS = 16, /* its size at this speed */
    HTTP_TICK_MIN_MS = 20,
    HTTP_TICK_MS = 200,    /* a deadline set meanwhile may be late by this */
    HTTP_LINGER_MS = 2000, /* for replies under way when the server is freed */
    HTTP_BACKLOG = 512,
    HTTP_SOURCE_SIZE = 64,
    HTTP_CORRELATION_SIZE = 17,
};

struct tls;

/* What a connection is doing, and so which deadline holds. */
enum phase {
    PHASE_HEAD,    /* handshake and head */
    PHASE_BODY,    /* head is complete */
    PHASE_SERVING, /* a handler has it, or an event stream is open: none */
    PHASE_REPLY,   /* a reply is being sent */
    PHASE_IDLE,    /* kept alive */
};

struct connection {
    struct connection *previous;
    struct connection *next;
    struct http_server *server;
    struct MHD_Connection *mhd;
    struct http_request *request; /* the one under way; changed under server->lock */
    struct tls *tls;              /* referenced; NULL on a local socket */
    enum phase phase;             /* under server->lock */
    int64_t deadline_at;          /* clock_boot_ms(); under server->lock */
    int fd;
    bool local;
    uid_t uid;
    char source[HTTP_SOURCE_SIZE];
};

struct http_server {
    struct http_listener config; /* its texts are not used after http_server_new() */
    struct MHD_Daemon *daemon;
    char *path; /* of the local socket, removed in the end */
    uint16_t port;

    pthread_mutex_t lock;
    pthread_cond_t work;  /* the queue has grown, or stopping */
    pthread_cond_t quiet; /* a reply was sent or a connection closed */
    pthread_cond_t tick;  /* the reaper has its first connection, or stopped */
    struct connection *connections;
    struct http_request *queue_first;
    struct http_request *queue_last;
    unsigned queued;
    bool stopping;   /* nothing is suspended any more */
    bool stopped;    /* the reaper ends */
    struct tls *tls; /* of handshakes to come */

    atomic_uint streams;
    pthread_t reaper;
    bool reaping;
    pthread_t *workers;
    unsigned worker_count;
};

/* Why a request is answered before any handler. */
enum refusal_kind {
    REFUSED_ADDRESS_LONG,
    REFUSED_HEADERS_LARGE,
    REFUSED_MALFORMED,
    REFUSED_BODY_LARGE,
    REFUSED_BUSY,
    REFUSED_STOPPING,
};

enum stage {
    STAGE_HEAD,
    STAGE_BODY,
    STAGE_SERVED, /* suspended until it is answered */
};

struct http_reply_line {
    struct http_reply_line *next;
    const char *name;
    const char *value;
};

struct http_request {
    atomic_uint references; /* the connection, the worker, and the answer that is owed */
    pthread_mutex_t lock;
    struct http_server *server;
    struct MHD_Connection *suspended;
    struct MHD_Response *response;
    unsigned status;
    struct http_stream *stream; /* referenced */
    bool answered;
    bool deferred;

    enum stage stage;
    uintptr_t uri_end; /* just past its NUL in MHD's buffer: where the version must stand */
    bool discard;      /* the body is too large: read past it and say so */
    int64_t size;      /* of the reply's body */
    bool refused;
    enum refusal_kind refusal;
    bool tls;
    bool local;
    uid_t uid;

    struct arena *arena;
    struct text method;
    struct target target;
    struct target_pair *headers;
    size_t header_count;
    struct buffer body;
    struct bytes certificate;
    char source[HTTP_SOURCE_SIZE];
    char correlation[HTTP_CORRELATION_SIZE];

    struct http_reply_line *lines; /* headers of the reply to come */
    bool lines_failed;
    struct http_request *next; /* in the queue */
};

/* ---- request.c ---- */

RESULT request_new(struct http_request **ret_request, struct connection *connection,
                   const char *uri);
struct http_request *request_unref(struct http_request *request);
/* Copies method and headers from MHD; refuses a head that could be read in two ways. */
RESULT request_take_head(struct http_request *request, struct connection *connection,
                         const char *method, const char *version);

/* ---- connection.c: what MHD calls ---- */

void on_connection(void *context, struct MHD_Connection *mhd, void **socket_context,
                   enum MHD_ConnectionNotificationCode code);
void *on_uri(void *context, const char *uri, struct MHD_Connection *mhd);
enum MHD_Result on_access(void *context, struct MHD_Connection *mhd, const char *url,
                          const char *method, const char *version, const char *upload,
                          size_t *upload_size, void **request_context);
void on_completed(void *context, struct MHD_Connection *mhd, void **request_context,
                  enum MHD_RequestTerminationCode code);
/* Closes connections past their deadline and keeps streams alive, until server->stopped. */
void *reaper_main(void *context);

/* ---- workers.c ---- */

void *worker_main(void *context);
/* Under server->lock: false when the queue is full. */
bool workers_push(struct http_server *server, struct http_request *request);

/* ---- reply.c ---- */

/* Without the reply's lines: they are set by reply_prepare(). */
struct MHD_Response *reply_problem_response(struct http_request *request, unsigned status,
                                            const char *word, const char *title, const char *detail,
                                            const struct http_problem_field *fields,
                                            size_t field_count);
enum reply_cache { REPLY_NO_STORE, REPLY_REVALIDATE, REPLY_IMMUTABLE };
/* Sets lines and security headers. Takes the response; NULL when a line was refused. */
struct MHD_Response *reply_prepare(struct http_request *request, struct MHD_Response *response,
                                   enum reply_cache cache);
/* Gives the response (NULL: an empty 500) to the connection, once. Consumes the owed answer. */
void reply_send(struct http_request *request, unsigned status, struct MHD_Response *response,
                int64_t size);
/* A refusal before any handler, or when the server stops; from MHD's thread. Closes the connection
 * after it. */
enum MHD_Result reply_refuse(struct http_request *request, struct MHD_Connection *mhd,
                             enum refusal_kind kind);

/* ---- problem.c ---- */

/* The body of a problem (RFC 9457). */
void problem_print(struct buffer *buffer, unsigned status, const char *word, const char *title,
                   const char *detail, struct text request, const struct http_problem_field *fields,
                   size_t field_count);

/* ---- headers.c ---- */

/* false when memory was refused. */
bool headers_add_security(struct MHD_Response *response, bool tls, enum reply_cache cache);

/* ---- stream.c ---- */

void stream_keep_alive(struct http_stream *stream, int64_t now);

/* ---- tls.c ---- */

/* own and other as in struct http_listener; client_ca empty: no certificate is asked for. */
RESULT tls_new(struct tls **ret_tls, const struct http_identity *own,
               const struct http_identity *other, struct text client_ca);
/* The same with another other. */
RESULT tls_new_other(struct tls **ret_tls, const struct tls *tls,
                     const struct http_identity *other);
struct tls *tls_ref(struct tls *tls);
struct tls *tls_unref(struct tls *tls);
/* Prepares a session before its handshake. The session's pointer becomes connection. */
void tls_start(struct connection *connection, gnutls_session_t session);
bool tls_wants_certificate(const struct tls *tls);
/* Never called, but MHD wants one: sessions have credentials of their own. */
int tls_no_certificate(gnutls_session_t session, const gnutls_datum_t *names, int name_count,
                       const gnutls_pk_algorithm_t *algorithms, int algorithm_count,
                       gnutls_pcert_st **ret_chain, unsigned *ret_count, gnutls_privkey_t *ret_key);
extern const char tls_priorities[];
