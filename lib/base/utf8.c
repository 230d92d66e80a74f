#include "base/utf8.h"

static bool continues(uint8_t byte)
{
    return (byte & 0xc0) == 0x80;
}

size_t utf8_next(struct text text, uint32_t *ret_point)
{
    const uint8_t *at = (const uint8_t *)text.at;
    uint32_t point;

    if (text.len == 0)
        return 0;
    if (at[0] < 0x80) {
        *ret_point = at[0];
        return 1;
    }
    if (at[0] >= 0xc2 && at[0] <= 0xdf && text.len >= 2 && continues(at[1])) {
        *ret_point = (uint32_t)(at[0] & 0x1f) << 6 | (at[1] & 0x3f);
        return 2;
    }
    if ((at[0] & 0xf0) == 0xe0 && text.len >= 3 && continues(at[1]) && continues(at[2])) {
        point = (uint32_t)(at[0] & 0x0f) << 12 | (uint32_t)(at[1] & 0x3f) << 6 | (at[2] & 0x3f);
        if (point < 0x800 || (point >= 0xd800 && point <= 0xdfff))
            return 0;
        *ret_point = point;
        return 3;
    }
    if ((at[0] & 0xf8) == 0xf0 && text.len >= 4 && continues(at[1]) && continues(at[2]) &&
        continues(at[3])) {
        point = (uint32_t)(at[0] & 0x07) << 18 | (uint32_t)(at[1] & 0x3f) << 12 |
                (uint32_t)(at[2] & 0x3f) << 6 | (at[3] & 0x3f);
        if (point < 0x10000 || point > 0x10ffff)
            return 0;
        *ret_point = point;
        return 4;
    }
    return 0;
}

bool utf8_valid(struct text text)
{
    uint32_t point;

    while (text.len > 0) {
        size_t len = utf8_next(text, &point);

        if (len == 0)
            return false;
        text.at += len;
        text.len -= len;
    }
    return true;
}
