#pragma once

/*
 * Scan: which bytes of a text are letters, digits and capitals, 64 of them at a time
 *
 * By AVX2, SSE2 or NEON where the machine has it, else byte by byte; a property test holds them to
 * the same answer. Pure.
 */

#include <stddef.h>
#include <stdint.h>

#include "redact/redact.h"

/* Buffers that are scanned have this many bytes more than the text, all zero. */
#define SCAN_PAD ((size_t)64)
#define SCAN_BLOCKS (REDACT_TEXT_MAX / 64 + 1)

/* What stands somewhere in the text. */
enum {
    SIGN_PLUS = 1,
    SIGN_AT = 2,
    SIGN_COLON = 4,
    SIGN_PERCENT = 8,
    SIGN_BRACKET = 16, /* '[' */
    SIGN_HIGH = 32,    /* a byte from 0x80 on */
    SIGN_CONTROL = 64, /* C0, DEL */
    SIGN_LETTER = 128,
    SIGN_DIGIT = 256,
};

/* Bit n of word n / 64 speaks of byte n. */
struct scan {
    uint64_t letter[SCAN_BLOCKS + 1]; /* a-z, A-Z, 0xff */
    uint64_t digit[SCAN_BLOCKS + 1];
    uint64_t upper[SCAN_BLOCKS + 1];
};

/* Fills scan and lower (at in lower case, with its pad) and returns the signs. */
typedef unsigned scan_run(const uint8_t *at, size_t len, uint8_t *lower, struct scan *scan);

scan_run scan_plain; /* byte by byte */
scan_run scan_fast;  /* the best that this machine has */

/* Without any of these numbers, codes and addresses of machines are not found (find.c). */
#define SIGNS_LOUD (SIGN_DIGIT | SIGN_AT | SIGN_COLON | SIGN_PERCENT | SIGN_HIGH | SIGN_CONTROL)

/* True when none of SIGNS_LOUD stands in the text: a look without a copy. False also where the
 * machine has no fast look. at needs no pad. */
bool scan_quiet(const uint8_t *at, size_t len);

/* The first set or clear bit from i on; len when there is none before it. */
static inline size_t scan_next(const uint64_t *mask, size_t i, size_t len)
{
    size_t block = i / 64;
    uint64_t bits = mask[block] >> (i % 64) << (i % 64);

    while (!bits) {
        if (++block * 64 >= len)
            return len;
        bits = mask[block];
    }
    i = block * 64 + (size_t)__builtin_ctzll(bits);
    return i < len ? i : len;
}

static inline size_t scan_next_clear(const uint64_t *mask, size_t i, size_t len)
{
    size_t block = i / 64;
    uint64_t bits = ~mask[block] >> (i % 64) << (i % 64);

    while (!bits) {
        if (++block * 64 >= len)
            return len;
        bits = ~mask[block];
    }
    i = block * 64 + (size_t)__builtin_ctzll(bits);
    return i < len ? i : len;
}

#define SCAN_SPAN ((size_t)56)

/* The bits of mask from i on, SCAN_SPAN of them at least: bytes of a mask stand as its bits do
 * (lexicon.c refuses machines where they do not). */
static inline uint64_t scan_bits(const uint64_t *mask, size_t i)
{
    uint64_t bits;

    __builtin_memcpy(&bits, (const uint8_t *)mask + i / 8, sizeof(bits));
    return bits >> (i % 8);
}

static inline bool scan_has(const uint64_t *mask, size_t i)
{
    return mask[i / 64] >> (i % 64) & 1;
}
