#include "server-private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "os/file.h"
#include "os/local.h"

/* Making and ending a server; what happens between is in connection.c. */

/* ---- listening ---- */

static int outcome_of_errno(void)
{
    switch (errno) {
    case EADDRINUSE:
        return HTTP_TAKEN;
    case EACCES:
    case EPERM:
        return HTTP_DENIED;
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
        return HTTP_ADDRESS;
    default:
        return FAULT(ERR_SYSTEM);
    }
}

static int listen_at(const struct addrinfo *address, int *ret_fd)
{
    CLEANUP(file_close)
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int yes = 1, no = 0;

    if (fd < 0)
        return outcome_of_errno();
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)))
        return FAULT(ERR_SYSTEM);
    if (address->ai_family == AF_INET6 &&
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof(no)))
        return FAULT(ERR_SYSTEM);
    if (bind(fd, address->ai_addr, address->ai_addrlen) || listen(fd, HTTP_BACKLOG))
        return outcome_of_errno();
    *ret_fd = file_take(&fd);
    return 0;
}

static int listen_tcp(const char *address, uint16_t port, int *ret_fd)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
    struct addrinfo *found = NULL;
    char service[8];

    (void)snprintf(service, sizeof(service), "%u", port);
    if (getaddrinfo(address, service, &hints, &found))
        return HTTP_ADDRESS;
    int r = listen_at(found, ret_fd);
    freeaddrinfo(found);
    return r;
}

static int listen_local(struct http_server *server, const char *path, int *ret_fd)
{
    char *copy = strdup(path);

    if (!copy)
        return FAULT(ERR_MEMORY);
    /* Its group may connect; who it is, and what it may, is asked of the kernel's word. */
    int r = local_listen(path, 0660, ret_fd);
    if (r) {
        free(copy);
        return r == LOCAL_TAKEN ? HTTP_TAKEN : r > 0 ? HTTP_DENIED : r;
    }
    server->path = copy;
    /* Longer than local_listen()'s: who finds a full one is told EAGAIN, not made to wait. */
    return listen(*ret_fd, HTTP_BACKLOG) ? FAULT(ERR_SYSTEM) : 0;
}

static uint16_t port_of(int fd)
{
    struct sockaddr_storage address = {0};
    socklen_t len = sizeof(address);

    if (getsockname(fd, (struct sockaddr *)&address, &len))
        return 0;
    if (address.ss_family == AF_INET)
        return ntohs(((const struct sockaddr_in *)(const void *)&address)->sin_port);
    if (address.ss_family == AF_INET6)
        return ntohs(((const struct sockaddr_in6 *)(const void *)&address)->sin6_port);
    return 0;
}

/* ---- life ---- */

/* MHD takes fd, and closes it in most of its failures: closing it again could hit another's. */
static int start_daemon(struct http_server *server, int fd)
{
    const struct http_listener *config = &server->config;
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_CERT_CALLBACK, 0, (void *)(uintptr_t)tls_no_certificate},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)tls_priorities},
        {MHD_OPTION_END, 0, NULL},
    };
    struct MHD_OptionItem pool[] = {
        {MHD_OPTION_THREAD_POOL_SIZE, (intptr_t)config->threads, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;

    if (server->tls)
        flags |= MHD_USE_TLS;
    server->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, on_access, server, MHD_OPTION_LISTEN_SOCKET, fd,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, server, MHD_OPTION_URI_LOG_CALLBACK, on_uri,
        server, MHD_OPTION_NOTIFY_COMPLETED, on_completed, server,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_HEAD_MEMORY, MHD_OPTION_CONNECTION_LIMIT,
        config->connections_max, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        config->connections_per_address_max, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_ARRAY,
        server->tls ? tls : none, MHD_OPTION_ARRAY, config->threads > 1 ? pool : none,
        MHD_OPTION_END);
    return server->daemon ? 0 : FAULT(ERR_SYSTEM);
}

static int start_threads(struct http_server *server)
{
    server->workers = calloc(server->config.workers, sizeof(*server->workers));
    if (!server->workers)
        return FAULT(ERR_MEMORY);
    if (pthread_create(&server->reaper, NULL, reaper_main, server))
        return FAULT(ERR_SYSTEM);
    server->reaping = true;
    for (unsigned i = 0; i < server->config.workers; i++) {
        if (pthread_create(&server->workers[i], NULL, worker_main, server))
            return FAULT(ERR_SYSTEM);
        server->worker_count++;
    }
    return 0;
}

static int server_open(struct http_server *server)
{
    const struct http_listener *config = &server->config;
    bool local = config->address[0] == '/';
    int fd = -1;
    int r = 0;

    if (!local)
        r = tls_new(&server->tls, &config->identity, &config->identity_other, config->client_ca);
    if (!r)
        r = local ? listen_local(server, config->address, &fd)
                  : listen_tcp(config->address, config->port, &fd);
    if (!r)
        r = start_threads(server);
    if (r) {
        if (fd >= 0)
            file_close(fd);
        return r;
    }
    server->port = port_of(fd);
    return start_daemon(server, fd);
}

static int server_init(struct http_server *server)
{
    pthread_condattr_t monotonic;

    if (pthread_condattr_init(&monotonic))
        return FAULT(ERR_SYSTEM);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    int bad = pthread_mutex_init(&server->lock, NULL) | pthread_cond_init(&server->work, NULL) |
              pthread_cond_init(&server->quiet, &monotonic) |
              pthread_cond_init(&server->tick, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    return bad ? FAULT(ERR_SYSTEM) : 0;
}

RESULT http_server_new(struct http_server **ret_server, const struct http_listener *listener)
{
    struct http_server *server = calloc(1, sizeof(*server));

    if (!server)
        return FAULT(ERR_MEMORY);
    server->config = *listener;
    atomic_init(&server->streams, 0);
    int r = server_init(server);
    if (r) {
        free(server);
        return r;
    }
    r = server_open(server);
    if (r) {
        http_server_free(server);
        return r;
    }
    *ret_server = server;
    return 0;
}

/* Answers a suspended request with 503 (finish() sees no response) and ends a stream. */
static void cut_request(struct http_request *request)
{
    pthread_mutex_lock(&request->lock);
    struct MHD_Connection *mhd = TAKE(request->suspended);
    if (mhd)
        MHD_resume_connection(mhd);
    if (request->stream)
        http_stream_close(request->stream);
    pthread_mutex_unlock(&request->lock);
}

/* Under server->lock. */
static bool replying(const struct http_server *server)
{
    for (const struct connection *at = server->connections; at; at = at->next)
        if (at->phase == PHASE_SERVING || at->phase == PHASE_REPLY)
            return true;
    return false;
}

/* Nothing is suspended after it; replies under way have been sent, or had their time. */
static void server_quiesce(struct http_server *server)
{
    struct timespec until;

    pthread_mutex_lock(&server->lock);
    server->stopping = true;
    pthread_cond_broadcast(&server->work);
    pthread_mutex_unlock(&server->lock);
    for (unsigned i = 0; i < server->worker_count; i++)
        pthread_join(server->workers[i], NULL);
    pthread_mutex_lock(&server->lock);
    for (struct connection *at = server->connections; at; at = at->next)
        if (at->request)
            cut_request(at->request);
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += HTTP_LINGER_MS / 1000;
    while (replying(server) &&
           pthread_cond_timedwait(&server->quiet, &server->lock, &until) != ETIMEDOUT)
        ;
    pthread_mutex_unlock(&server->lock);
}

/* Requests that waited for a worker: nobody will answer them any more. */
static void drop_queue(struct http_server *server)
{
    while (server->queue_first) {
        struct http_request *request = server->queue_first;

        server->queue_first = request->next;
        request_unref(request); /* the worker's */
        request_unref(request); /* the owed answer's */
    }
}

struct http_server *http_server_free(struct http_server *server)
{
    if (!server)
        return NULL;
    int fd = server->daemon ? MHD_quiesce_daemon(server->daemon) : -1;
    server_quiesce(server);
    if (server->daemon)
        MHD_stop_daemon(server->daemon);
    if (fd >= 0)
        file_close(fd);
    drop_queue(server);
    if (server->reaping) {
        pthread_mutex_lock(&server->lock);
        server->stopped = true;
        pthread_cond_broadcast(&server->tick);
        pthread_mutex_unlock(&server->lock);
        pthread_join(server->reaper, NULL);
    }
    if (server->path)
        (void)unlink(server->path);
    free(server->path);
    free(server->workers);
    tls_unref(server->tls);
    (void)pthread_cond_destroy(&server->work);
    (void)pthread_cond_destroy(&server->quiet);
    (void)pthread_cond_destroy(&server->tick);
    (void)pthread_mutex_destroy(&server->lock);
    free(server);
    return NULL;
}

uint16_t http_server_port(const struct http_server *server)
{
    return server->port;
}

RESULT http_server_set_identity(struct http_server *server, const struct http_identity *other)
{
    static const struct http_identity none;
    struct tls *fresh = NULL;

    pthread_mutex_lock(&server->lock);
    struct tls *base = server->tls ? tls_ref(server->tls) : NULL;
    pthread_mutex_unlock(&server->lock);
    if (!base)
        return FAULT(ERR_CRYPTO);
    int r = tls_new_other(&fresh, base, other ? other : &none);
    tls_unref(base);
    if (r)
        return r;
    pthread_mutex_lock(&server->lock);
    struct tls *old = server->tls;
    server->tls = fresh;
    pthread_mutex_unlock(&server->lock);
    tls_unref(old);
    return 0;
}
