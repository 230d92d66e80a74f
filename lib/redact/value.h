#pragma once

/*
 * Values: small numbers in a view, as numbers
 */

#include "redact/redact-private.h"

/* What the digits [start, end) say, nine of them at most. */
static inline unsigned value_of(const struct view *view, size_t start, size_t end)
{
    unsigned value = 0;

    view_step(view, end - start);
    for (size_t i = start; i < end && i < start + 9; i++)
        value = value * 10 + (unsigned)(view->at[i] - '0');
    return value;
}

/* How many digits stand at i, most + 1 when there are more than most. */
static inline size_t value_len(const struct view *view, size_t i, size_t most)
{
    size_t len = 0;

    while (len <= most && is_digit(view_at(view, i + len)))
        len++;
    return len;
}

/* True when c is one of signs, a literal: the loop becomes comparisons. */
static inline __attribute__((always_inline)) bool is_one_of(uint8_t c, const char *signs)
{
    bool found = false;

#pragma GCC unroll 24
    for (size_t i = 0; i < __builtin_strlen(signs); i++)
        found = found || c == (uint8_t)signs[i];
    return found;
}

/* True when the text is cut at i: it ends, or has the sign that programs put there. */
static inline bool is_cut(const struct view *view, size_t i)
{
    i += view_at(view, i) == ' ';
    return i >= view->len || view->at[i] == VIEW_SYMBOL || view_is(view, i, "...");
}
