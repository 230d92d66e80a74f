#include "base/needles.h"

#include <stdbool.h>

static char lower(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c - 'A' + 'a');
    return c;
}

RESULT needles_add(struct needles *needles, struct text text)
{
    size_t i = 0;

    if (text.len < NEEDLE_BYTES_MIN)
        return NEEDLES_SHORT;
    if (text.len > NEEDLE_BYTES_MAX || needles->count == NEEDLES_MAX)
        return NEEDLES_FULL;
    for (size_t at = 0; at < text.len; at++)
        needles->each[needles->count].at[at] = lower(text.at[at]);
    needles->each[needles->count].len = (uint8_t)text.len;
    while (needles->each[i].len != text.len ||
           memcmp(needles->each[i].at, needles->each[needles->count].at, text.len) != 0)
        i++;
    needles->count += i == needles->count;
    return 0;
}

RESULT needles_add_lines(struct needles *needles, struct text lines)
{
    while (lines.len > 0) {
        const char *end = memchr(lines.at, '\n', lines.len);
        size_t len = end ? (size_t)(end - lines.at) : lines.len;
        int r = len ? needles_add(needles, (struct text){.at = lines.at, .len = len}) : 0;

        if (r)
            return r;
        lines.at += len + (end != NULL);
        lines.len -= len + (end != NULL);
    }
    return 0;
}

static bool begins(const char *needle, size_t len, const uint8_t *at)
{
    size_t i = 0;

    while (i < len && lower((char)at[i]) == needle[i])
        i++;
    return i == len;
}

void needles_look(const struct needles *needles, struct bytes bytes, struct needles_sweep *sweep)
{
    uint32_t of_first[256] = {0}; /* which needles begin with a byte, either case */

    for (size_t i = 0; i < needles->count; i++) {
        uint8_t first = (uint8_t)needles->each[i].at[0];

        of_first[first] |= UINT32_C(1) << i;
        if (first >= 'a' && first <= 'z')
            of_first[first - 'a' + 'A'] |= UINT32_C(1) << i;
    }
    _Static_assert(NEEDLES_MAX <= 32, "a bit for each");
    for (size_t at = 0; at < bytes.len; at++)
        for (uint32_t left = of_first[bytes.at[at]]; left; left &= left - 1) {
            size_t i = (size_t)__builtin_ctz(left);

            sweep->found += needles->each[i].len <= bytes.len - at &&
                            begins(needles->each[i].at, needles->each[i].len, bytes.at + at);
        }
    sweep->texts++;
    sweep->bytes += bytes.len;
}
