#pragma once

/*
 * The oracle: a slow, obvious walk over the form of a pattern, which the automaton must agree with
 *
 * Where can this part end, when it may begin at any of these places? A set asks the next character,
 * a list tries each of its entries in turn, a repeat goes round as often as it says.
 */

#include "redact/patterns-private.h"

#define ORACLE_TEXT_MAX 128

/* The lists of the document that the form was parsed with, entries as a view shows them. */
struct oracle_list {
    const char *const *entries;
    size_t count;
};

/* The end of the longest match at start, or start. */
size_t oracle_match(const struct pattern_form *form, const struct oracle_list *lists,
                    const uint8_t *lower, size_t len, size_t start);
