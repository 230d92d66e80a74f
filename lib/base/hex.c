#include "base/hex.h"

static const char digits[] = "0123456789abcdef";

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
