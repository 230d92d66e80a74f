#pragma once

/* Numbers known by the shape of their groups, and the check digits that say whose they are. */

#include "redact/redact-private.h"

number_rule number_is_udi, number_is_international, number_is_shaped, number_is_point,
    number_is_joined, number_is_nino, number_is_filed, number_is_cut, number_is_long;

/* Finds what has the exact shape of a social security number, 3-2-4 with hyphens. */
void find_ssns(struct view *view);

/* The telephone, card or other shape that begins number: where it ends, or 0; with where what
 * belongs to it begins, "(" or "+". */
size_t digits_shape(const struct view *view, const struct number *number, size_t *ret_start);

/* The digits of view bytes [start, end). */
struct digits {
    uint8_t at[24];
    size_t len; /* all of them, even those that have no room */
};

struct digits digits_take(const struct view *view, size_t start, size_t end);

/* Social Security Administration or, with 9 in front, Internal Revenue Service. */
bool digits_are_ssn(const struct digits *digits);
/* ISO/IEC 7812-1: the last digit checks the others. */
bool digits_luhn(const struct digits *digits);
/* A card of a known issuer that has so many digits. */
bool digits_are_card(const struct digits *digits);
/* North American Numbering Plan: ten digits, or eleven with 1 in front. */
bool digits_are_nanp(const struct digits *digits);
/* American Bankers Association, routing number. */
bool digits_are_aba(const struct digits *digits);
/* CMS, National Provider Identifier. */
bool digits_are_npi(const struct digits *digits);
/* GS1, fourteen digits: a trade item. */
bool digits_are_gtin(const struct digits *digits);
/* NHS number of England, Wales and the Isle of Man. */
bool digits_are_nhs(const struct digits *digits);
