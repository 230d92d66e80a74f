#pragma once

/* Hexadecimal, lower case. Pure. */

#include "base/bytes.h"
#include "base/result.h"

enum {
    HEX_INVALID = 1, /* a character that does not belong, or a length that cannot be */
};

/* Writes 2 * len digits and a NUL: ret_text has room for 2 * bytes.len + 1. */
void hex_print(struct bytes bytes, char *ret_text);

/* Reads exactly len bytes from 2 * len digits of either case. Outcome: HEX_INVALID. */
RESULT hex_parse(struct text text, uint8_t *ret_bytes, size_t len);
