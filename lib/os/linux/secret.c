#include "os/secret.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/wipe.h"

enum { SECRET_MAX = 64 * 1024 };

/* Whole pages: locks and advice are per page, so a neighbour on it would share or lose them. */
static size_t secret_room(size_t len)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    return (len ? len + page - 1 : page) / page * page;
}

RESULT secret_new(struct secret **ret_secret, size_t len)
{
    if (len > SECRET_MAX)
        return FAULT(ERR_MEMORY);
    struct secret *secret = calloc(1, sizeof(*secret));
    if (!secret)
        return FAULT(ERR_MEMORY);
    size_t room = secret_room(len);
    void *at = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) {
        free(secret);
        return FAULT(ERR_MEMORY);
    }
    secret->at = at;
    secret->len = len;
    /* A low RLIMIT_MEMLOCK is the administrator's choice; the other two always hold. */
    secret->locked = mlock(at, room) == 0;
    if (madvise(at, room, MADV_DONTDUMP) || madvise(at, room, MADV_WIPEONFORK)) {
        (void)secret_free(secret);
        return FAULT(ERR_SYSTEM);
    }
    *ret_secret = secret;
    return 0;
}

RESULT secret_new_copy(struct secret **ret_secret, struct bytes bytes)
{
    struct secret *secret = NULL;
    int r = secret_new(&secret, bytes.len);

    if (r)
        return r;
    if (bytes.len > 0)
        memcpy(secret->at, bytes.at, bytes.len);
    *ret_secret = secret;
    return 0;
}

RESULT secret_new_random(struct secret **ret_secret, size_t len)
{
    CLEANUP(secret_free) struct secret *secret = NULL;
    int r = secret_new(&secret, len);

    if (r)
        return r;
    r = secret_random(secret->at, len);
    if (r)
        return r; /* NOLINT(clang-analyzer-unix.Malloc): it does not know CLEANUP */
    *ret_secret = TAKE(secret);
    return 0;
}

struct secret *secret_free(struct secret *secret)
{
    if (secret) {
        wipe(secret->at, secret->len);
        (void)munmap(secret->at, secret_room(secret->len));
        free(secret);
    }
    return NULL;
}

RESULT secret_random(void *at, size_t len)
{
    uint8_t *to = at;

    while (len > 0) {
        ssize_t got = getrandom(to, len, 0);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return FAULT(ERR_SYSTEM);
        to += got;
        len -= (size_t)got;
    }
    return 0;
}
