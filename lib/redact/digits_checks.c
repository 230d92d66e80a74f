/* Who issued a number: each as its authority defines it. They decide kind and score, never
 * whether. */

#include "redact/digits.h"

struct digits digits_take(const struct view *view, size_t start, size_t end)
{
    struct digits digits = {.len = 0};

    view_step(view, end - start);
    for (size_t i = start; i < end; i++) {
        if (!is_digit(view->at[i]))
            continue;
        if (digits.len < sizeof(digits.at))
            digits.at[digits.len] = (uint8_t)(view->at[i] - '0');
        digits.len++;
    }
    return digits;
}

/* The number of the first so many digits. */
static unsigned head(const struct digits *digits, size_t len)
{
    unsigned value = 0;

    for (size_t i = 0; i < len; i++)
        value = value * 10 + digits->at[i];
    return value;
}

/*
 * SSA, POMS RM 10201.035 and "Social Security Number Randomization" (25 June 2011): no area 000,
 * 666 or 900 to 999, no group 00, no serial 0000; 078-05-1120 and 219-09-9999 were printed on
 * samples ("Social Security Cards Issued by Woolworth", ssa.gov/history/ssn/misused.html). IRS,
 * Publication 4757 and IRM 3.21.263: an ITIN begins with 9 and has 50 to 65, 70 to 88, 90 to 92 or
 * 94 to 99 as fourth and fifth digit.
 */
bool digits_are_ssn(const struct digits *digits)
{
    if (digits->len != 9)
        return false;
    unsigned area = head(digits, 3);
    unsigned group = digits->at[3] * 10u + digits->at[4];
    unsigned serial =
        digits->at[5] * 1000u + digits->at[6] * 100u + digits->at[7] * 10u + digits->at[8];

    if (area >= 900)
        return (group >= 50 && group <= 65) || (group >= 70 && group <= 88) ||
               (group >= 90 && group != 93);
    unsigned sample = head(digits, 9);

    return area > 0 && area != 666 && group > 0 && serial > 0 && sample != 78051120 &&
           sample != 219099999;
}

static unsigned luhn_sum(const struct digits *digits, size_t len)
{
    unsigned sum = 0;

    for (size_t i = 0; i < len; i++) {
        unsigned digit = digits->at[len - 1 - i] * (i % 2 ? 2u : 1u);

        sum += digit > 9 ? digit - 9 : digit;
    }
    return sum;
}

bool digits_luhn(const struct digits *digits)
{
    return digits->len > 1 && digits->len <= sizeof(digits->at) &&
           luhn_sum(digits, digits->len) % 10 == 0;
}

/*
 * Issuer identification numbers by their first six digits, as the networks publish them (ISO/IEC
 * 7812-2 leaves the register to them).
 */
struct issuer {
    unsigned first;
    unsigned last;
    unsigned lengths; /* a bit each */
};

#define FROM_TO(first, last) (((2u << (last)) - 1) & ~((1u << (first)) - 1))

static const struct issuer issuers[] = {
    {100000, 199999, 1u << 15},                       /* UATP */
    {220000, 220499, FROM_TO(16, 19)},                /* Mir */
    {222100, 272099, 1u << 16},                       /* Mastercard */
    {300000, 305999, FROM_TO(14, 19)},                /* Diners Club */
    {308800, 310299, FROM_TO(16, 19)},                /* JCB */
    {340000, 349999, 1u << 15},                       /* American Express */
    {352800, 358999, FROM_TO(16, 19)},                /* JCB */
    {360000, 369999, FROM_TO(14, 19)},                /* Diners Club */
    {370000, 379999, 1u << 15},                       /* American Express */
    {380000, 399999, FROM_TO(14, 19)},                /* Diners Club */
    {400000, 499999, 1u << 13 | 1u << 16 | 1u << 19}, /* Visa */
    {500000, 509999, FROM_TO(12, 19)},                /* Maestro, Verve, Elo, RuPay */
    {510000, 559999, 1u << 16},                       /* Mastercard */
    {560000, 699999, FROM_TO(12, 19)},                /* Maestro, Discover, UnionPay, RuPay */
    {810000, 829999, FROM_TO(16, 19)},                /* UnionPay, RuPay */
    {979200, 979289, 1u << 16},                       /* Troy */
};

bool digits_are_card(const struct digits *digits)
{
    if (digits->len < 12 || digits->len > 19 || !digits_luhn(digits))
        return false;
    unsigned first = head(digits, 6);
    for (size_t i = 0; i < sizeof(issuers) / sizeof(issuers[0]); i++)
        if (first >= issuers[i].first && first <= issuers[i].last &&
            issuers[i].lengths >> digits->len & 1)
            return true;
    return false;
}

/* NANPA, ATIS-0300051: area code and central office code are 2 to 9, then any two digits but 11;
 * an area code has no 9 in the middle. */
bool digits_are_nanp(const struct digits *digits)
{
    const uint8_t *at = digits->at;

    if (digits->len == 11 && at[0] == 1)
        at++;
    else if (digits->len != 10)
        return false;
    return at[0] >= 2 && at[1] != 9 && !(at[1] == 1 && at[2] == 1) && at[3] >= 2 &&
           !(at[4] == 1 && at[5] == 1);
}

/* ABA Routing Number Policy: Federal Reserve districts 01 to 12, thrifts 21 to 32, electronic 61 to
 * 72, traveller's cheques 80, government 00; weights 3, 7, 1. */
bool digits_are_aba(const struct digits *digits)
{
    const uint8_t *at = digits->at;

    if (digits->len != 9)
        return false;
    unsigned district = head(digits, 2);
    bool known = district <= 12 || (district >= 21 && district <= 32) ||
                 (district >= 61 && district <= 72) || district == 80;

    unsigned sum = 0;
    static const uint8_t weights[] = {3, 7, 1};
    for (size_t i = 0; i < 9; i++)
        sum += weights[i % 3] * (unsigned)at[i];
    return known && sum % 10 == 0;
}

/* 45 CFR 162.406, CMS "Requirements for NPI check digit": 1 or 2 in front, Luhn over 80840 and it,
 * which adds 24. */
bool digits_are_npi(const struct digits *digits)
{
    return digits->len == 10 && (digits->at[0] == 1 || digits->at[0] == 2) &&
           (luhn_sum(digits, 10) + 24) % 10 == 0;
}

/* GS1 General Specifications 7.9: weights 3 and 1, modulo 10. */
bool digits_are_gtin(const struct digits *digits)
{
    unsigned sum = 0;

    if (digits->len != 14)
        return false;
    for (size_t i = 0; i < 14; i++)
        sum += digits->at[i] * (i % 2 ? 1u : 3u);
    return sum % 10 == 0;
}

/* NHS Data Model and Dictionary, "NHS NUMBER": weights 10 to 2, modulo 11. */
bool digits_are_nhs(const struct digits *digits)
{
    unsigned sum = 0;

    if (digits->len != 10)
        return false;
    for (unsigned i = 0; i < 9; i++)
        sum += digits->at[i] * (10 - i);
    return (11 - sum % 11) % 11 == digits->at[9];
}
