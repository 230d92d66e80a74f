#pragma once

/* Numbers in files and messages of the agent: big endian, at any alignment. */

#include <stddef.h>
#include <stdint.h>

static inline void big_endian_put(uint8_t *at, size_t size, uint64_t value)
{
    for (size_t i = 0; i < size; i++)
        at[i] = (uint8_t)(value >> (8 * (size - 1 - i)));
}

static inline uint64_t big_endian_get(const uint8_t *at, size_t size)
{
    uint64_t value = 0;

    for (size_t i = 0; i < size; i++)
        value = value << 8 | at[i];
    return value;
}
