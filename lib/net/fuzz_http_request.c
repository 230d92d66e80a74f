#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/utf8.h"
#include "net/server.h"
#include "os/local.h"

/*
 * A connection that sends any bytes and then ends. Property: the server ends it too, and does not
 * fall; a handler is only ever asked with a path that keeps its promise and a body within its
 * ceiling.
 */

enum { BODY_MAX = 4096, PATIENCE_MS = 10000 };

static void require(bool held)
{
    if (!held)
        abort();
}

static void check(void *context, struct http_request *request)
{
    struct text path = http_path(request);
    char closed[2052] = "";

    (void)context;
    require(path.len > 0 && path.len <= 2048 && path.at[0] == '/' && utf8_valid(path));
    require(!memchr(path.at, 0, path.len));
    memcpy(closed, path.at, path.len);
    closed[path.len] = '/';
    require(!memmem(path.at, path.len, "//", 2));
    require(!strstr(closed, "/./") && !strstr(closed, "/../"));
    require(http_body(request).len <= BODY_MAX);
    require(http_method(request).len > 0);
    (void)http_query(request, "q");
    (void)http_cookie(request, "ward");
    static const char *const names[] = {"Content-Type", "Content-Length", "Cookie", "Host"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct text value = http_header(request, names[i]);
        for (size_t at = 0; at < value.len; at++)
            require((unsigned char)value.at[at] >= ' ' || value.at[at] == '\t');
    }
    http_reply(request, 200, "text/plain", http_body(request));
}

/* poll(2) past the alarms of libFuzzer. */
static short await(int fd, short events)
{
    struct pollfd poller = {.fd = fd, .events = events};
    int r;

    do {
        r = poll(&poller, 1, PATIENCE_MS);
    } while (r < 0 && errno == EINTR);
    require(r == 1);
    return poller.revents;
}

static struct http_server *server;

static void end(void)
{
    server = http_server_free(server);
}

static const char *serve(void)
{
    static char path[64];

    if (server)
        return path;
    (void)snprintf(path, sizeof(path), "/tmp/ward-fuzz-http-%d", getpid());
    const struct http_listener listener = {
        .name = "fuzz",
        .address = path,
        .body_max = BODY_MAX,
        .head_deadline_ms = 20,
        .body_deadline_ms = 20,
        .idle_ms = 20,
        .connections_max = 16,
        .connections_per_address_max = 16,
        .threads = 1,
        .workers = 1,
        .queue_max = 16,
        .streams_max = 1,
        .handle = check,
    };
    require(http_server_new(&server, &listener) == 0 && atexit(end) == 0);
    return path;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = serve();
    char answer[4096];
    int fd = -1;

    require(local_connect(path, &fd) == 0);
    /* The server may hang up before it has all. */
    for (size_t sent = 0; sent < size;) {
        ssize_t len = send(fd, data + sent, size - sent, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (len < 0 && !(await(fd, POLLIN | POLLOUT) & POLLIN))
            continue;
        if (len < 0 && recv(fd, answer, sizeof(answer), 0) <= 0)
            break;
        sent += len > 0 ? (size_t)len : 0;
    }
    (void)shutdown(fd, SHUT_WR);
    do {
        (void)await(fd, POLLIN);
    } while (recv(fd, answer, sizeof(answer), 0) > 0);
    (void)close(fd);
    return 0;
}
