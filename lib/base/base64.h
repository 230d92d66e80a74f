#pragma once

/* Base64 with padding (RFC 4648 §4), and base64url without (§5). Pure. */

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/result.h"

enum {
    BASE64_INVALID = 1, /* a character that does not belong, or a length that cannot be */
};

void base64_append(struct buffer *out, struct bytes bytes);

/* How many bytes the text would be: its length and its padding say so. */
size_t base64_len(struct text text);

/* Reads exactly len bytes; a second spelling of the same bytes is refused. Outcome: BASE64_INVALID.
 */
RESULT base64_parse(struct text text, uint8_t *ret_bytes, size_t len);

#define BASE64URL_SIZE(len) (((len)*4 + 2) / 3 + 1)

/* Writes BASE64URL_SIZE(bytes.len) characters at most, with the closing NUL. */
void base64url_print(struct bytes bytes, char *ret_text);

/* Reads exactly len bytes; a second spelling of the same bytes is refused. Outcome: BASE64_INVALID.
 */
RESULT base64url_parse(struct text text, uint8_t *ret_bytes, size_t len);
