#include "store/spans/pack.h"

#include <assert.h>

void pack_number(struct buffer *buffer, uint64_t number)
{
    uint8_t at[10];
    size_t len = 0;

    while (number > 0x7f) {
        at[len++] = (uint8_t)(number | 0x80);
        number >>= 7;
    }
    at[len++] = (uint8_t)number;
    buffer_append(buffer, at, len);
}

uint64_t unpack_number(struct pack_reader *reader)
{
    uint64_t number = 0;

    for (unsigned shift = 0; shift < 64 && shift / 7 < reader->left; shift += 7) {
        uint8_t byte = reader->at[shift / 7];

        /* Neither bits that fall off the end nor a second spelling of the same number. */
        if ((shift == 63 && byte > 1) || (shift > 0 && byte == 0))
            break;
        number |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            reader->at += shift / 7 + 1;
            reader->left -= shift / 7 + 1;
            return number;
        }
    }
    reader->failed = true;
    reader->left = 0;
    return 0;
}

uint64_t unpack_at_most(struct pack_reader *reader, uint64_t max)
{
    uint64_t number = unpack_number(reader);

    if (number <= max)
        return number;
    reader->failed = true;
    reader->left = 0;
    return 0;
}

uint8_t unpack_byte(struct pack_reader *reader)
{
    struct bytes byte = unpack_bytes(reader, 1);

    return byte.len ? byte.at[0] : 0;
}

struct bytes unpack_bytes(struct pack_reader *reader, size_t len)
{
    struct bytes bytes = {.at = reader->at, .len = len};

    if (len > reader->left) {
        reader->failed = true;
        reader->left = 0;
        return (struct bytes){0};
    }
    reader->at += len;
    reader->left -= len;
    return bytes;
}

void pack_bits_put(struct pack_bits *bits, struct buffer *buffer, uint64_t value, unsigned count)
{
    uint8_t at[8];
    size_t len = 0;

    assert(count <= 32 && bits->count < 8);
    bits->held |= (value & ((UINT64_C(1) << count) - 1)) << bits->count;
    bits->count += count;
    while (bits->count >= 8) {
        at[len++] = (uint8_t)bits->held;
        bits->held >>= 8;
        bits->count -= 8;
    }
    buffer_append(buffer, at, len);
}

void pack_bits_end(struct pack_bits *bits, struct buffer *buffer)
{
    if (bits->count > 0)
        pack_bits_put(bits, buffer, 0, 8 - bits->count);
}

uint64_t pack_bits_get(struct pack_bits *bits, struct pack_reader *reader, unsigned count)
{
    assert(count <= 32 && bits->count < 8);
    while (bits->count < count) {
        bits->held |= (uint64_t)unpack_byte(reader) << bits->count;
        bits->count += 8;
    }
    uint64_t value = bits->held & ((UINT64_C(1) << count) - 1);
    bits->held >>= count;
    bits->count -= count;
    return value;
}
