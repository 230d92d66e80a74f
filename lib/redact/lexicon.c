#include "redact/redact-private.h"

#include "lexicon-table.inc"

#define BUCKET_BITS 11
#define REST_BITS 18

static uint32_t entry_at(size_t i)
{
    return (uint32_t)entries[i][0] << 16 | (uint32_t)entries[i][1] << 8 | entries[i][2];
}

static uint32_t hash(const uint8_t *lower, size_t len)
{
    uint32_t value = 0x811c9dc5;

    for (size_t i = 0; i < len; i++)
        if (lower[i] != '\'')
            value = (value ^ lower[i]) * 0x01000193;
    value ^= value >> 15;
    value *= 0x2c1b3c6d;
    return value ^ value >> 13;
}

struct word_class lexicon_find(const uint8_t *lower, size_t len)
{
    uint32_t value = hash(lower, len);
    uint32_t rest = value >> (32 - BUCKET_BITS - REST_BITS) & ((1u << REST_BITS) - 1);
    size_t low = starts[value >> (32 - BUCKET_BITS)];
    size_t high = starts[(value >> (32 - BUCKET_BITS)) + 1];

    while (low < high) {
        size_t middle = (low + high) / 2;
        uint32_t entry = entry_at(middle);

        if (entry >> 6 == rest)
            return (struct word_class){
                .given = entry & 3, .family = entry >> 2 & 3, .ordinary = entry >> 4 & 3};
        if (entry >> 6 < rest)
            low = middle + 1;
        else
            high = middle;
    }
    return (struct word_class){0};
}
