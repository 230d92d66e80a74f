#include "server/link/channel.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/wipe.h"
#include "os/clock.h"
#include "os/local.h"
#include "wire/frame.h"

#define SEND_MS 10000
#define FRAME_HEAD 5

RESULT channel_send(int fd, uint8_t kind, struct bytes body)
{
    CLEANUP(buffer_deinit) struct buffer out = buffer_init(CHANNEL_MESSAGE_MAX + FRAME_HEAD);
    int r;

    if (body.len > CHANNEL_MESSAGE_MAX)
        return FAULT(ERR_MEMORY);
    frame_append(&out, kind, body);
    r = buffer_check(&out);
    if (r)
        return r;
    r = local_write(fd, buffer_bytes(&out), SEND_MS);
    if (r < 0)
        return r;
    return r == LOCAL_CLOSED ? CHANNEL_CLOSED : r ? CHANNEL_LATE : 0;
}

/* Reads exactly len bytes before a moment of the boot clock; -1: for ever. */
static int read_whole(int fd, uint8_t *at, size_t len, int64_t until)
{
    size_t got = 0;

    while (got < len) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        int64_t left = until < 0 ? -1 : until - clock_boot_ms();
        int ready;
        ssize_t n;

        if (until >= 0 && left <= 0)
            return CHANNEL_LATE;
        ready = poll(&wait, 1, (int)left);
        if (ready < 0 && errno != EINTR)
            return FAULT(ERR_SYSTEM);
        if (ready <= 0)
            continue;
        n = read(fd, at + got, len - got);
        if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
            return CHANNEL_CLOSED;
        if (n > 0)
            got += (size_t)n;
    }
    return 0;
}

RESULT channel_receive(int fd, int timeout_ms, uint8_t *ret_kind, struct buffer *ret_body)
{
    int64_t until = timeout_ms < 0 ? -1 : clock_boot_ms() + timeout_ms;
    CLEANUP(buffer_deinit) struct buffer body = buffer_init(CHANNEL_MESSAGE_MAX);
    uint8_t head[FRAME_HEAD];
    uint8_t piece[4096];
    size_t left;
    int r;

    r = read_whole(fd, head, sizeof head, until);
    if (r)
        return r;
    left = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
    if (left < 1 || left - 1 > CHANNEL_MESSAGE_MAX)
        return CHANNEL_CLOSED;
    for (left--; left > 0;) {
        size_t len = left < sizeof piece ? left : sizeof piece;

        r = read_whole(fd, piece, len, until);
        if (r)
            return r;
        buffer_append(&body, piece, len);
        left -= len;
    }
    wipe(piece, sizeof piece);
    r = buffer_check(&body);
    if (r)
        return r;
    buffer_deinit(ret_body);
    *ret_body = body;
    body = buffer_init(0);
    *ret_kind = head[4];
    return 0;
}

/* Room for one descriptor, aligned as the kernel wants it. */
union control {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr aligned;
};

RESULT channel_pass(int fd, struct bytes note, int descriptor)
{
    union control control = {0};
    struct iovec piece = {.iov_base = (void *)(uintptr_t)note.at, .iov_len = note.len};
    struct msghdr message = {.msg_iov = &piece,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);

    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof descriptor);
    memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    return sendmsg(fd, &message, MSG_NOSIGNAL) == (ssize_t)note.len ? 0 : CHANNEL_CLOSED;
}

RESULT channel_take(int fd, uint8_t *note, size_t len, int *ret_descriptor)
{
    union control control = {0};
    struct iovec piece = {.iov_base = note, .iov_len = len};
    struct msghdr message = {.msg_iov = &piece,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    ssize_t got = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
    const struct cmsghdr *header = got >= 0 ? CMSG_FIRSTHDR(&message) : NULL;
    int descriptor;

    if (!header || header->cmsg_type != SCM_RIGHTS ||
        header->cmsg_len != CMSG_LEN(sizeof descriptor))
        return CHANNEL_CLOSED;
    memcpy(&descriptor, CMSG_DATA(header), sizeof descriptor);
    if (got != (ssize_t)len) {
        close(descriptor);
        return CHANNEL_CLOSED;
    }
    *ret_descriptor = descriptor;
    return 0;
}
