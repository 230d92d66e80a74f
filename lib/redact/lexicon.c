#include "redact/lexicon.h"

#include <string.h>

#include "lexicon-table.inc"

/* lexicon-table.inc: BUCKETS, `buckets` of four entries (20 bits of hash, 12 bits of class; 0:
 * empty; what does not fit stands in the next bucket), and lexicon_classes. */

#define CLASS_BITS 12
#define CLASS_MASK ((1u << CLASS_BITS) - 1)

static uint64_t load(const uint8_t *at, size_t len)
{
    uint64_t value;

    memcpy(&value, at, sizeof(value));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    value = __builtin_bswap64(value);
#endif
    return len >= sizeof(value) ? value : value & ((UINT64_C(1) << (8 * len)) - 1);
}

/* make-table computes the same. */
static uint64_t hash_of(const uint8_t *lower, size_t len)
{
    uint64_t hash = load(lower, len);

    if (len > 8)
        hash ^= load(lower + 8, len - 8) * UINT64_C(0x9fb21c651e98df25);
    if (len > 16)
        hash ^= load(lower + 16, len - 16) * UINT64_C(0xd6e8feb86659fd93);
    hash *= UINT64_C(0x9e3779b97f4a7c15);
    hash ^= hash >> 32;
    return hash * UINT64_C(0xff51afd7ed558ccd);
}

/* The low half of the hash is the mark, the high half the bucket: they tell different things. */
static size_t bucket_of(uint64_t hash)
{
    return (size_t)((hash >> 32) * BUCKETS >> 32);
}

uint64_t lexicon_hash(const uint8_t *lower, size_t len)
{
    if (len < 1 || len > WORD_MAX)
        return 0;
    uint64_t hash = hash_of(lower, len);

    __builtin_prefetch(buckets[bucket_of(hash)]);
    return hash;
}

uint16_t lexicon_find(const uint8_t *lower, size_t len)
{
    return len < 1 || len > WORD_MAX ? 0 : lexicon_at(hash_of(lower, len));
}

uint16_t lexicon_at(uint64_t hash)
{
    uint32_t mark = (uint32_t)hash & ~CLASS_MASK;

    for (size_t b = bucket_of(hash); hash;) {
        const uint32_t *bucket = buckets[b];

        for (size_t n = 0; n < 4; n++) {
            if ((bucket[n] & ~CLASS_MASK) == mark && bucket[n])
                return (uint16_t)(bucket[n] & CLASS_MASK);
            if (!bucket[n])
                return 0;
        }
        b = b + 1 < BUCKETS ? b + 1 : 0;
    }
    return 0;
}
