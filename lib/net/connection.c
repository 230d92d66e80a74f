#include "server-private.h"

#include <arpa/inet.h>
#include <assert.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>

#include "os/clock.h"
#include "os/local.h"

/*
 * A connection's life, as MHD tells it
 *
 *     accepted  -> HEAD        on_connection()
 *     HEAD      -> BODY        begin(): the head is complete and in order
 *     BODY      -> SERVING     submit(): the body is complete, a worker has it
 *     SERVING   -> REPLY       finish(): somebody answered; event streams stay in SERVING
 *     any       -> REPLY       refuse()
 *     REPLY     -> IDLE        on_completed()
 *     IDLE      -> HEAD        on_uri(): the next request's first line
 *
 * Every phase but SERVING has an absolute deadline, kept by the reaper: MHD's own timeout starts
 * again with every byte.
 */

static void enter(struct connection *connection, enum phase phase, int64_t ms)
{
    struct http_server *server = connection->server;

    pthread_mutex_lock(&server->lock);
    connection->phase = phase;
    connection->deadline_at = phase == PHASE_SERVING ? INT64_MAX : clock_boot_ms() + ms;
    if (phase == PHASE_IDLE)
        pthread_cond_broadcast(&server->quiet);
    pthread_mutex_unlock(&server->lock);
}

/* ---- connections ---- */

static void print_address(const struct sockaddr *address, char *ret_text)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const void *)address;
        (void)inet_ntop(AF_INET, &in->sin_addr, ret_text, HTTP_SOURCE_SIZE);
    } else if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const void *)address;
        const uint8_t *at = in6->sin6_addr.s6_addr;
        if (memcmp(at, mapped, sizeof(mapped)) == 0)
            (void)inet_ntop(AF_INET, at + sizeof(mapped), ret_text, HTTP_SOURCE_SIZE);
        else
            (void)inet_ntop(AF_INET6, at, ret_text, HTTP_SOURCE_SIZE);
    }
}

static int identify(struct connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection->mhd, MHD_CONNECTION_INFO_CONNECTION_FD);

    if (!info)
        return FAULT(ERR_SYSTEM);
    connection->fd = info->connect_fd;
    if (connection->server->path) {
        struct local_peer peer;
        int r = local_peer(connection->fd, &peer);

        if (r)
            return r;
        connection->local = true;
        connection->uid = peer.uid;
        (void)snprintf(connection->source, sizeof(connection->source), "local:%u", peer.uid);
        return 0;
    }
    info = MHD_get_connection_info(connection->mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (info && info->client_addr)
        print_address(info->client_addr, connection->source);
    return 0;
}

static struct connection *connection_new(struct http_server *server, struct MHD_Connection *mhd)
{
    struct connection *connection = calloc(1, sizeof(*connection));

    if (!connection)
        return NULL;
    connection->server = server;
    connection->mhd = mhd;
    if (identify(connection)) {
        free(connection);
        return NULL;
    }
    connection->phase = PHASE_HEAD;
    connection->deadline_at = clock_boot_ms() + server->config.head_deadline_ms;
    pthread_mutex_lock(&server->lock);
    connection->tls = server->tls ? tls_ref(server->tls) : NULL;
    connection->next = server->connections;
    if (connection->next)
        connection->next->previous = connection;
    if (!connection->next)
        pthread_cond_signal(&server->tick);
    server->connections = connection;
    pthread_mutex_unlock(&server->lock);
    return connection;
}

/* The connection has done with its request. */
static void let_go(struct connection *connection)
{
    pthread_mutex_lock(&connection->server->lock);
    struct http_request *request = TAKE(connection->request);
    pthread_mutex_unlock(&connection->server->lock);
    if (!request)
        return;
    pthread_mutex_lock(&request->lock);
    assert(!request->suspended);
    struct MHD_Response *response = TAKE(request->response);
    pthread_mutex_unlock(&request->lock);
    if (response)
        MHD_destroy_response(response);
    request_unref(request);
}

static void connection_free(struct connection *connection)
{
    struct http_server *server = connection->server;

    let_go(connection);
    pthread_mutex_lock(&server->lock);
    if (connection->previous)
        connection->previous->next = connection->next;
    else
        server->connections = connection->next;
    if (connection->next)
        connection->next->previous = connection->previous;
    pthread_cond_broadcast(&server->quiet);
    pthread_mutex_unlock(&server->lock);
    tls_unref(connection->tls);
    free(connection);
}

void on_connection(void *context, struct MHD_Connection *mhd, void **socket_context,
                   enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        if (*socket_context)
            connection_free(*socket_context);
        *socket_context = NULL;
        return;
    }
    struct connection *connection = connection_new(context, mhd);
    *socket_context = connection;
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(
        mhd, connection && connection->tls ? MHD_CONNECTION_INFO_GNUTLS_SESSION
                                           : MHD_CONNECTION_INFO_CONNECTION_FD);
    if (connection && connection->tls)
        tls_start(connection, (gnutls_session_t)info->tls_session);
    else if (!connection && info)
        (void)shutdown(info->connect_fd, SHUT_RDWR); /* nothing could be kept about it */
}

/* ---- requests ---- */

void *on_uri(void *context, const char *uri, struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct connection *connection = info ? info->socket_context : NULL;
    struct http_server *server = context;
    struct http_request *request = NULL;

    if (!connection)
        return NULL;
    let_go(connection); /* one that never got past its head */
    if (connection->phase == PHASE_IDLE)
        enter(connection, PHASE_HEAD, server->config.head_deadline_ms);
    if (request_new(&request, connection, uri))
        return NULL;
    pthread_mutex_lock(&server->lock);
    connection->request = request;
    pthread_mutex_unlock(&server->lock);
    return connection;
}

static enum MHD_Result refuse(struct connection *connection, enum refusal_kind kind)
{
    enter(connection, PHASE_REPLY, HTTP_REPLY_MS);
    return reply_refuse(connection->request, connection->mhd, kind);
}

static size_t header_count(const struct http_request *request, const char *name)
{
    size_t count = 0;

    for (size_t i = 0; i < request->header_count; i++)
        count += strcasecmp(request->headers[i].name.at, name) == 0;
    return count;
}

/* What Content-Length says, no more than SIZE_MAX / 16; false when it is not digits. */
static bool declared_length(const struct http_request *request, size_t *ret_len)
{
    struct text text = http_header(request, "Content-Length");
    size_t len = 0;

    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
        if (len < SIZE_MAX / 16)
            len = len * 10 + (size_t)(text.at[i] - '0');
    }
    *ret_len = len;
    return !text.at || text.len > 0;
}

/* Is there one way only to read where the body ends, and for whom the request is? */
static bool head_plain(const struct http_request *request)
{
    size_t lengths = header_count(request, "Content-Length");
    size_t codings = header_count(request, "Transfer-Encoding");
    struct text coding = http_header(request, "Transfer-Encoding");

    return lengths + codings <= 1 && header_count(request, "Host") <= 1 &&
           (!coding.at || strcasecmp(coding.at, "chunked") == 0);
}

/* The head is complete. */
static enum MHD_Result begin(struct connection *connection, const char *method, const char *version)
{
    const struct http_listener *config = &connection->server->config;
    struct http_request *request = connection->request;
    size_t len = 0;

    request->stage = STAGE_BODY;
    if (request_take_head(request, connection, method, version))
        return MHD_NO;
    /* The handshake has refused it already; should it ever not, this does. */
    if (request->tls && tls_wants_certificate(connection->tls) && request->certificate.len == 0)
        return MHD_NO;
    if (request->refused)
        return refuse(connection, request->refusal);
    if (!head_plain(request) || !declared_length(request, &len))
        return refuse(connection, REFUSED_MALFORMED);
    request->discard = len > config->body_max;
    if (request->discard && len / HTTP_DISCARD_FACTOR > config->body_max)
        return refuse(connection, REFUSED_BODY_LARGE);
    enter(connection, PHASE_BODY, config->body_deadline_ms);
    return MHD_YES;
}

static void take_body(struct http_request *request, const char *upload, size_t size)
{
    if (!request->discard)
        buffer_append(&request->body, upload, size);
    if (request->body.failed) {
        request->discard = true;
        buffer_deinit(&request->body);
    }
}

/* The request is complete: a worker's turn. */
static enum MHD_Result submit(struct connection *connection)
{
    struct http_server *server = connection->server;
    struct http_request *request = connection->request;

    if (request->discard)
        return refuse(connection, REFUSED_BODY_LARGE);
    request->stage = STAGE_SERVED;
    pthread_mutex_lock(&server->lock);
    bool taken = !server->stopping;
    if (taken) {
        pthread_mutex_lock(&request->lock);
        taken = workers_push(server, request);
        if (taken) {
            atomic_fetch_add(&request->references, 2); /* the worker's and the owed answer's */
            request->suspended = connection->mhd;
            connection->phase = PHASE_SERVING;
            connection->deadline_at = INT64_MAX;
            MHD_suspend_connection(connection->mhd);
        }
        pthread_mutex_unlock(&request->lock);
    }
    pthread_mutex_unlock(&server->lock);
    return taken ? MHD_YES : refuse(connection, REFUSED_BUSY);
}

/* Somebody has answered, and the connection was resumed. */
static enum MHD_Result finish(struct connection *connection)
{
    struct http_request *request = connection->request;

    pthread_mutex_lock(&request->lock);
    struct MHD_Response *response = TAKE(request->response);
    bool stream = request->stream != NULL;
    unsigned status = request->status;
    int64_t size = request->size;
    pthread_mutex_unlock(&request->lock);
    if (!response)
        return refuse(connection, REFUSED_STOPPING);
    enter(connection, stream ? PHASE_SERVING : PHASE_REPLY,
          HTTP_REPLY_MS + size / HTTP_REPLY_BYTES_PER_MS);
    enum MHD_Result result = MHD_queue_response(connection->mhd, status, response);
    MHD_destroy_response(response);
    return result;
}

enum MHD_Result on_access(void *context, struct MHD_Connection *mhd, const char *url,
                          const char *method, const char *version, const char *upload,
                          size_t *upload_size, void **request_context)
{
    struct connection *connection = *request_context;

    (void)context;
    (void)mhd;
    (void)url;
    if (!connection || !connection->request)
        return MHD_NO;
    switch (connection->request->stage) {
    case STAGE_HEAD:
        return begin(connection, method, version);
    case STAGE_BODY:
        if (*upload_size == 0)
            return submit(connection);
        take_body(connection->request, upload, *upload_size);
        *upload_size = 0;
        return MHD_YES;
    case STAGE_SERVED:
    default:
        return finish(connection);
    }
}

void on_completed(void *context, struct MHD_Connection *mhd, void **request_context,
                  enum MHD_RequestTerminationCode code)
{
    struct connection *connection = *request_context;
    struct http_server *server = context;

    (void)mhd;
    (void)code;
    *request_context = NULL;
    if (!connection)
        return;
    let_go(connection);
    enter(connection, PHASE_IDLE, server->config.idle_ms);
}

/* ---- the reaper ---- */

/* Under server->lock. *next becomes the earliest deadline. */
static void look_after(struct connection *connection, int64_t now, int64_t *next)
{
    struct http_request *request = connection->request;

    if (now >= connection->deadline_at) {
        (void)shutdown(connection->fd, SHUT_RDWR); /* MHD sees its end and closes it */
        connection->deadline_at = INT64_MAX;
    }
    if (connection->deadline_at < *next)
        *next = connection->deadline_at;
    if (!request || connection->phase != PHASE_SERVING)
        return;
    pthread_mutex_lock(&request->lock);
    if (request->stream)
        stream_keep_alive(request->stream, now);
    pthread_mutex_unlock(&request->lock);
}

/* Under server->lock: until there is a connection, or the next deadline may have come. */
static void reaper_wait(struct http_server *server, int64_t ms)
{
    struct timespec until;

    if (!server->connections) {
        pthread_cond_wait(&server->tick, &server->lock);
        return;
    }
    ms = ms < HTTP_TICK_MIN_MS ? HTTP_TICK_MIN_MS : ms > HTTP_TICK_MS ? HTTP_TICK_MS : ms;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += ms * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    (void)pthread_cond_timedwait(&server->tick, &server->lock, &until);
}

void *reaper_main(void *context)
{
    struct http_server *server = context;

    pthread_mutex_lock(&server->lock);
    while (!server->stopped) {
        int64_t now = clock_boot_ms();
        int64_t next = INT64_MAX;

        for (struct connection *at = server->connections; at; at = at->next)
            look_after(at, now, &next);
        reaper_wait(server, next - now);
    }
    pthread_mutex_unlock(&server->lock);
    return NULL;
}
