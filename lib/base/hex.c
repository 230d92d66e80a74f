#include "base/hex.h"

static const char digits[] = "0123456789abcdef";
static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void hex_print(struct bytes bytes, char *ret_text)
{
    for (size_t i = 0; i < bytes.len; i++) {
        ret_text[2 * i] = digits[bytes.at[i] >> 4];
        ret_text[2 * i + 1] = digits[bytes.at[i] & 15];
    }
    ret_text[2 * bytes.len] = 0;
}

enum { NO_DIGIT = 16 };

static unsigned hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    if (c >= 'a' && c <= 'f')
        return (unsigned)(c - 'a' + 10);
    if (c >= 'A' && c <= 'F')
        return (unsigned)(c - 'A' + 10);
    return NO_DIGIT;
}

RESULT hex_parse(struct text text, uint8_t *ret_bytes, size_t len)
{
    if (text.len / 2 != len || text.len % 2)
        return HEX_INVALID;
    for (size_t i = 0; i < text.len; i++)
        if (hex_value(text.at[i]) == NO_DIGIT)
            return HEX_INVALID;
    for (size_t i = 0; i < len; i++)
        ret_bytes[i] = (uint8_t)(hex_value(text.at[2 * i]) << 4 | hex_value(text.at[2 * i + 1]));
    return 0;
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
        return HEX_INVALID;
    for (size_t i = 0; i < text.len; i++)
        if (!text.at[i] || !strchr(letters, text.at[i]))
            return HEX_INVALID;
    if (text.len * 6 % 8 &&
        (strchr(letters, text.at[text.len - 1]) - letters) & ((1 << (text.len * 6 % 8)) - 1))
        return HEX_INVALID;
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
