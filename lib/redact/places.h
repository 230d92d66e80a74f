#pragma once

/*
 * Places: what streets and towns share
 */

#include "redact/redact-private.h"

static inline size_t place_len(const struct token *token)
{
    return (size_t)token->end - token->start;
}

static inline bool place_number(const struct token *token)
{
    return token->shape == TOKEN_NUMBER;
}

/* Written with a capital. */
static inline bool place_capital(const struct token *token)
{
    return token->shape == TOKEN_TITLE || token->shape == TOKEN_UPPER;
}

/* The same, or no word where nothing has capitals. */
static inline bool place_proper(const struct view *view, const struct token *token)
{
    return place_capital(token) || (view->small && token->shape == TOKEN_LOWER &&
                                    class_of(token)->ordinary == 0 && place_len(token) > 2);
}

/* True when at most three bytes, all of them among signs, stand between token t and the next; a
 * hyphen between blanks joins nothing. A blank stands first among signs or is none of them. */
bool place_joined(const struct view *view, size_t t, const char *signs);

/* A town that begins with token t: how many tokens its name has, 0 for none; its grade. */
size_t town_at(const struct view *view, size_t t, uint8_t *ret_grade);

/* The same for a town that ends with token t. */
size_t town_before(const struct view *view, size_t t, uint8_t *ret_grade);

/* A ZIP code, with or without the four digits more in one: "797011234". */
bool place_zip(const struct token *token);

/* How many words a state has that begins with token t, 0 for none. */
size_t state_words(const struct view *view, size_t t);

/* Token behind a postcode with letters that begins at t: "SW1A 1AA"; t for none. */
size_t letter_postcode_end(const struct view *view, size_t t);

/* Token behind words that may be a town of which nobody knows; t for none. */
size_t stranger_end(const struct view *view, size_t t);

/* True when token t is a number of so many digits, and what is said ends with it. */
bool closing_number(const struct view *view, size_t t, size_t most);

/* Behind an address or a town that ends before token t: units, towns, states, postcodes. Returns
 * the first token that is no part of it. */
size_t address_end(const struct view *view, size_t t);

/* The first token of what stands before an address that begins with token t: "Flat 4, ". */
size_t address_start(const struct view *view, size_t t);

/* Back from a town or a street over the parts before it that hold numbers: "House 12, Road 5, ". */
size_t parts_start(const struct view *view, size_t t);

/* Token behind a state that begins at t, with its ZIP code; t for none. "TX 79701", "New York". */
size_t state_end(const struct view *view, size_t t);

/* Token behind a postcode that begins at t, t for none: "10115", "1012 AB", "SW1A 1AA". */
size_t postcode_end(const struct view *view, size_t t);

void place_add(struct view *view, size_t first, size_t end, enum redact_rule rule, float score);

/* Streets at token t: returns the first token behind what was found, or t. */
size_t street_number(struct view *view, size_t t); /* a number: "12 Main St", "Hauptstr. 12" */
size_t street_head(struct view *view, size_t t);   /* "rue de la Paix 12" */
size_t street_named(struct view *view, size_t t);  /* "Main Street" without a number */
size_t post_box(struct view *view, size_t t);
