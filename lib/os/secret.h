#pragma once

/*
 * Secrets: bytes in memory that is locked, kept out of core files and of forked children, and wiped
 * when freed
 */

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/result.h"

struct secret {
    size_t len;
    uint8_t *at;
    bool locked; /* false: RLIMIT_MEMLOCK was met, and the bytes might reach swap */
};

/* len zeroed bytes (at most 64 KiB). */
RESULT secret_new(struct secret **ret_secret, size_t len);

/* A secret with a copy of bytes. The caller wipes its own. */
RESULT secret_new_copy(struct secret **ret_secret, struct bytes bytes);

/* len bytes of the operating system's randomness. */
RESULT secret_new_random(struct secret **ret_secret, size_t len);

/* Wipes and frees. NULL is fine. Always returns NULL. */
struct secret *secret_free(struct secret *secret);
DEFINE_CLEANUP(struct secret *, secret_free)

static inline struct bytes secret_bytes(const struct secret *secret)
{
    return (struct bytes){.at = secret->at, .len = secret->len};
}

/* Fills at with len bytes of the operating system's randomness (getrandom). */
RESULT secret_random(void *at, size_t len);
