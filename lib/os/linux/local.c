#include "os/local.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "os/clock.h"
#include "os/file.h"

enum { BACKLOG = 64 };

static int failure(void)
{
    switch (errno) {
    case ENOENT:
    case ECONNREFUSED:
        return LOCAL_ABSENT;
    case EACCES:
    case EPERM:
    case EADDRINUSE:
        return LOCAL_DENIED;
    case EPIPE:
    case ECONNRESET:
        return LOCAL_CLOSED;
    case EAGAIN:
        return LOCAL_AGAIN;
    default:
        return FAULT(ERR_SYSTEM);
    }
}

static int address_of(const char *path, struct sockaddr_un *ret_address)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t len = strlen(path);

    if (len == 0 || len >= sizeof(address.sun_path))
        return FAULT(ERR_MEMORY);
    memcpy(address.sun_path, path, len + 1);
    *ret_address = address;
    return 0;
}

/* Removes a socket file that nobody serves. */
static int clear_path(const char *path)
{
    CLEANUP(file_close) int fd = -1;
    struct stat is;

    if (lstat(path, &is))
        return errno == ENOENT ? 0 : failure();
    if (!S_ISSOCK(is.st_mode))
        return LOCAL_DENIED;
    int r = local_connect(path, &fd);
    if (r == 0)
        return LOCAL_TAKEN;
    if (r != LOCAL_ABSENT)
        return r;
    return unlink(path) && errno != ENOENT ? failure() : 0;
}

RESULT local_listen(const char *path, unsigned mode, int *ret_fd)
{
    struct sockaddr_un address;
    CLEANUP(file_close) int fd = -1;

    int r = address_of(path, &address);
    if (r)
        return r;
    r = clear_path(path);
    if (r)
        return r;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return FAULT(ERR_SYSTEM);
    if (bind(fd, (const struct sockaddr *)&address, sizeof(address)))
        return errno == ENOENT ? FAULT(ERR_SYSTEM) : failure();
    /* Until listen() nobody can connect, so the mode is right before it matters. */
    if (chmod(path, (mode_t)mode) || listen(fd, BACKLOG))
        return FAULT(ERR_SYSTEM);
    *ret_fd = file_take(&fd);
    return 0;
}

RESULT local_connect(const char *path, int *ret_fd)
{
    struct sockaddr_un address;
    CLEANUP(file_close) int fd = -1;

    int r = address_of(path, &address);
    if (r)
        return r;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return FAULT(ERR_SYSTEM);
    if (connect(fd, (const struct sockaddr *)&address, sizeof(address)))
        return failure();
    *ret_fd = file_take(&fd);
    return 0;
}

RESULT local_accept(int listener, int *ret_fd)
{
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

        if (fd >= 0) {
            *ret_fd = fd;
            return 0;
        }
        /* ECONNABORTED: that one has gone; the next may be waiting. */
        if (errno != EINTR && errno != ECONNABORTED)
            return failure();
    }
}

RESULT local_peer(int fd, struct local_peer *ret_peer)
{
    struct ucred peer;
    socklen_t len = sizeof(peer);

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) || len != sizeof(peer))
        return FAULT(ERR_SYSTEM);
    *ret_peer = (struct local_peer){.pid = peer.pid, .uid = peer.uid, .gid = peer.gid};
    return 0;
}

static int read_some(int fd, void *at, size_t size, int flags, size_t *ret_len)
{
    for (;;) {
        ssize_t got = recv(fd, at, size, flags);

        if (got > 0) {
            *ret_len = (size_t)got;
            return 0;
        }
        if (got == 0)
            return LOCAL_CLOSED;
        if (errno != EINTR)
            return failure();
    }
}

RESULT local_read(int fd, void *at, size_t size, size_t *ret_len)
{
    return read_some(fd, at, size, 0, ret_len);
}

/* Waits for events until the moment on the boot clock. LOCAL_AGAIN when time is up. */
static int wait_until(int fd, short events, int64_t deadline)
{
    for (;;) {
        struct pollfd waiting = {.fd = fd, .events = events};
        int64_t left = deadline - clock_boot_ms();
        int ready = poll(&waiting, 1, left > 0 ? (int)left : 0);

        if (ready > 0)
            return 0;
        if (ready == 0)
            return LOCAL_AGAIN;
        if (errno != EINTR)
            return FAULT(ERR_SYSTEM);
    }
}

RESULT local_write(int fd, struct bytes bytes, int timeout_ms)
{
    int64_t deadline = clock_boot_ms() + timeout_ms;

    while (bytes.len > 0) {
        ssize_t put = send(fd, bytes.at, bytes.len, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0 && errno != EAGAIN)
            return failure();
        if (put < 0) {
            int r = wait_until(fd, POLLOUT, deadline);
            if (r)
                return r;
            continue;
        }
        bytes.at += put;
        bytes.len -= (size_t)put;
    }
    return 0;
}

RESULT local_read_exactly(int fd, void *at, size_t len, int timeout_ms)
{
    int64_t deadline = clock_boot_ms() + timeout_ms;
    uint8_t *to = at;

    while (len > 0) {
        size_t got = 0;
        int r = read_some(fd, to, len, MSG_DONTWAIT, &got);

        if (r == LOCAL_AGAIN)
            r = wait_until(fd, POLLIN, deadline);
        if (r)
            return r;
        to += got;
        len -= got;
    }
    return 0;
}
