#pragma once

/*
 * Local sockets (AF_UNIX, SOCK_STREAM): whoever is at the other end is known by the kernel's word
 */

#include <stdbool.h>
#include <sys/types.h>

#include "base/bytes.h"
#include "base/result.h"

enum {
    LOCAL_ABSENT = 1, /* nobody listens there */
    LOCAL_DENIED,     /* not permitted */
    LOCAL_CLOSED,     /* the peer has closed */
    LOCAL_AGAIN,      /* nothing to read or no room to write now (non-blocking) */
    LOCAL_TAKEN,      /* somebody serves that path already */
};

struct local_peer {
    pid_t pid;
    uid_t uid;
    gid_t gid;
};

/* Listens at path with mode; a socket file that nobody serves is replaced. Non-blocking,
 * close-on-exec. LOCAL_DENIED (also where something else than a socket stands), LOCAL_TAKEN. */
RESULT local_listen(const char *path, unsigned mode, int *ret_fd);

/* Connects; blocking, close-on-exec. LOCAL_ABSENT, LOCAL_DENIED. */
RESULT local_connect(const char *path, int *ret_fd);

/* Accepts one; non-blocking, close-on-exec. LOCAL_AGAIN. */
RESULT local_accept(int listener, int *ret_fd);

/* Who is at the other end (SO_PEERCRED), as of its connect(). */
RESULT local_peer(int fd, struct local_peer *ret_peer);

/* Reads what there is, at most size bytes. LOCAL_CLOSED, LOCAL_AGAIN. */
RESULT local_read(int fd, void *at, size_t size, size_t *ret_len);

/* Writes all, waiting up to timeout_ms for room. LOCAL_CLOSED, LOCAL_AGAIN (time was up: the stream
 * is broken). */
RESULT local_write(int fd, struct bytes bytes, int timeout_ms);

/* Reads exactly len bytes, waiting up to timeout_ms in all. LOCAL_CLOSED, LOCAL_AGAIN (time was
 * up). */
RESULT local_read_exactly(int fd, void *at, size_t len, int timeout_ms);
