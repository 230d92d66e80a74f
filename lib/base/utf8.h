#pragma once

/* UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. Pure. */

#include "base/bytes.h"

/* True when every byte belongs to a well-formed character; the empty text is valid. */
bool utf8_valid(struct text text);

/*
 * The character at the start of text: returns its length in bytes and sets *ret_point, or returns 0
 * when text is empty or begins with a byte that is not well-formed.
 */
size_t utf8_next(struct text text, uint32_t *ret_point);
