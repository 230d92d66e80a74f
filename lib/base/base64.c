#include "base/base64.h"

static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void base64_append(struct buffer *out, struct bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t left = bytes.len - i;
        uint32_t held = (uint32_t)bytes.at[i] << 16 |
                        (left > 1 ? (uint32_t)bytes.at[i + 1] << 8 : 0) |
                        (left > 2 ? (uint32_t)bytes.at[i + 2] : 0);

        for (size_t k = 0; k < 4; k++)
            buffer_append(out, k <= left ? &plain[held >> (18 - 6 * k) & 63] : "=", 1);
    }
}

size_t base64_len(struct text text)
{
    size_t padding = 0;

    while (padding < 2 && padding < text.len && text.at[text.len - 1 - padding] == '=')
        padding++;
    return text.len / 4 * 3 - (text.len < 4 ? 0 : padding);
}

RESULT base64_parse(struct text text, uint8_t *ret_bytes, size_t len)
{
    size_t digits = (len * 8 + 5) / 6;
    uint32_t held = 0;
    unsigned bits = 0;
    size_t out = 0;

    if (text.len != (len + 2) / 3 * 4)
        return BASE64_INVALID;
    for (size_t i = 0; i < digits; i++) {
        const char *at = text.at[i] ? strchr(plain, text.at[i]) : NULL;

        if (!at)
            return BASE64_INVALID;
        held = held << 6 | (uint32_t)(at - plain);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            ret_bytes[out++] = (uint8_t)(held >> bits);
            held &= (1U << bits) - 1;
        }
    }
    for (size_t i = digits; i < text.len; i++)
        if (text.at[i] != '=')
            return BASE64_INVALID;
    return held == 0 ? 0 : BASE64_INVALID;
}

void base64url_print(struct bytes bytes, char *ret_text)
{
    uint32_t held = 0;
    unsigned bits = 0;

    for (size_t i = 0; i < bytes.len; i++) {
        held = held << 8 | bytes.at[i];
        for (bits += 8; bits >= 6; bits -= 6)
            *ret_text++ = letters[held >> (bits - 6) & 63];
    }
    if (bits > 0)
        *ret_text++ = letters[held << (6 - bits) & 63];
    *ret_text = 0;
}

RESULT base64url_parse(struct text text, uint8_t *ret_bytes, size_t len)
{
    uint32_t held = 0;
    unsigned bits = 0;
    size_t out = 0;

    if (text.len != BASE64URL_SIZE(len) - 1)
        return BASE64_INVALID;
    for (size_t i = 0; i < text.len; i++)
        if (!text.at[i] || !strchr(letters, text.at[i]))
            return BASE64_INVALID;
    if (text.len * 6 % 8 &&
        (strchr(letters, text.at[text.len - 1]) - letters) & ((1 << (text.len * 6 % 8)) - 1))
        return BASE64_INVALID;
    for (size_t i = 0; i < text.len; i++) {
        held = held << 6 | (uint32_t)(strchr(letters, text.at[i]) - letters);
        bits += 6;
        if (bits >= 8 && out < len) {
            bits -= 8;
            ret_bytes[out++] = (uint8_t)(held >> bits);
        }
    }
    return 0;
}
