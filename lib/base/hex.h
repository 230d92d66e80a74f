#pragma once

/* Hexadecimal (lower case) and base64url without padding (RFC 4648 §5). Pure. */

#include "base/bytes.h"
#include "base/result.h"

enum {
    HEX_INVALID = 1, /* a character that does not belong, or a length that cannot be */
};

/* Writes 2 * len digits and a NUL: ret_text has room for 2 * bytes.len + 1. */
void hex_print(struct bytes bytes, char *ret_text);

/* Reads exactly len bytes from 2 * len digits of either case. Outcome: HEX_INVALID. */
RESULT hex_parse(struct text text, uint8_t *ret_bytes, size_t len);

#define BASE64URL_SIZE(len) (((len)*4 + 2) / 3 + 1)

/* Writes BASE64URL_SIZE(bytes.len) characters at most, with the closing NUL. */
void base64url_print(struct bytes bytes, char *ret_text);

/* Reads exactly len bytes; a second spelling of the same bytes is refused. Outcome: HEX_INVALID. */
RESULT base64url_parse(struct text text, uint8_t *ret_bytes, size_t len);
