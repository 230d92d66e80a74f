#pragma once

/*
 * Numbers in sealed boxes: LEB128 without needless bytes, zigzag, and bits. Pure.
 *
 * A reader that meets something wrong sets failed, which stays; what it gives back then is 0.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/bytes.h"

struct pack_reader {
    const uint8_t *at;
    size_t left;
    bool failed;
};

static inline struct pack_reader pack_reader_of(struct bytes bytes)
{
    return (struct pack_reader){.at = bytes.at, .left = bytes.len};
}

void pack_number(struct buffer *buffer, uint64_t number);
uint64_t unpack_number(struct pack_reader *reader);

/* A number that must not be above max. */
uint64_t unpack_at_most(struct pack_reader *reader, uint64_t max);

uint8_t unpack_byte(struct pack_reader *reader);

/* len bytes; empty when there are not so many. */
struct bytes unpack_bytes(struct pack_reader *reader, size_t len);

static inline uint64_t zigzag(int64_t number)
{
    return ((uint64_t)number << 1) ^ (number < 0 ? UINT64_MAX : 0);
}

static inline int64_t unzigzag(uint64_t number)
{
    return (int64_t)(number >> 1) ^ -(int64_t)(number & 1);
}

/* Bits that number needs: 0 for 0. */
static inline unsigned bit_length(uint64_t number)
{
    return number ? 64U - (unsigned)__builtin_clzll(number) : 0;
}

/* Bits, the lowest first. */
struct pack_bits {
    uint64_t held;
    unsigned count;
};

/* Appends the low count (<= 32) bits of value. */
void pack_bits_put(struct pack_bits *bits, struct buffer *buffer, uint64_t value, unsigned count);
/* Fills the last byte with zeros. */
void pack_bits_end(struct pack_bits *bits, struct buffer *buffer);
uint64_t pack_bits_get(struct pack_bits *bits, struct pack_reader *reader, unsigned count);
