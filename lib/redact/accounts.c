/*
 * Numbers of banks: ISO 13616 (IBAN) with its registry's lengths, and ISO 9362 (BIC).
 */

#include "redact/codes.h"

#define COUNTRY(a, b, len)                                                                         \
    {                                                                                              \
        {a, b}, len                                                                                \
    }

/* SWIFT's IBAN registry */
static const struct {
    char country[2];
    uint8_t len;
} lengths[] = {
    COUNTRY('a', 'd', 24), COUNTRY('a', 'e', 23), COUNTRY('a', 'l', 28), COUNTRY('a', 't', 20),
    COUNTRY('a', 'z', 28), COUNTRY('b', 'a', 20), COUNTRY('b', 'e', 16), COUNTRY('b', 'g', 22),
    COUNTRY('b', 'h', 22), COUNTRY('b', 'i', 27), COUNTRY('b', 'r', 29), COUNTRY('b', 'y', 28),
    COUNTRY('c', 'h', 21), COUNTRY('c', 'r', 22), COUNTRY('c', 'y', 28), COUNTRY('c', 'z', 24),
    COUNTRY('d', 'e', 22), COUNTRY('d', 'j', 27), COUNTRY('d', 'k', 18), COUNTRY('d', 'o', 28),
    COUNTRY('e', 'e', 20), COUNTRY('e', 'g', 29), COUNTRY('e', 's', 24), COUNTRY('f', 'i', 18),
    COUNTRY('f', 'k', 18), COUNTRY('f', 'o', 18), COUNTRY('f', 'r', 27), COUNTRY('g', 'b', 22),
    COUNTRY('g', 'e', 22), COUNTRY('g', 'i', 23), COUNTRY('g', 'l', 18), COUNTRY('g', 'r', 27),
    COUNTRY('g', 't', 28), COUNTRY('h', 'n', 28), COUNTRY('h', 'r', 21), COUNTRY('h', 'u', 28),
    COUNTRY('i', 'e', 22), COUNTRY('i', 'l', 23), COUNTRY('i', 'q', 23), COUNTRY('i', 's', 26),
    COUNTRY('i', 't', 27), COUNTRY('j', 'o', 30), COUNTRY('k', 'w', 30), COUNTRY('k', 'z', 20),
    COUNTRY('l', 'b', 28), COUNTRY('l', 'c', 32), COUNTRY('l', 'i', 21), COUNTRY('l', 't', 20),
    COUNTRY('l', 'u', 20), COUNTRY('l', 'v', 21), COUNTRY('l', 'y', 25), COUNTRY('m', 'c', 27),
    COUNTRY('m', 'd', 24), COUNTRY('m', 'e', 22), COUNTRY('m', 'k', 19), COUNTRY('m', 'n', 20),
    COUNTRY('m', 'r', 27), COUNTRY('m', 't', 31), COUNTRY('m', 'u', 30), COUNTRY('n', 'i', 28),
    COUNTRY('n', 'l', 18), COUNTRY('n', 'o', 15), COUNTRY('o', 'm', 23), COUNTRY('p', 'k', 24),
    COUNTRY('p', 'l', 28), COUNTRY('p', 's', 29), COUNTRY('p', 't', 25), COUNTRY('q', 'a', 29),
    COUNTRY('r', 'o', 24), COUNTRY('r', 's', 22), COUNTRY('r', 'u', 33), COUNTRY('s', 'a', 24),
    COUNTRY('s', 'c', 31), COUNTRY('s', 'd', 18), COUNTRY('s', 'e', 24), COUNTRY('s', 'i', 19),
    COUNTRY('s', 'k', 24), COUNTRY('s', 'm', 27), COUNTRY('s', 'o', 23), COUNTRY('s', 't', 25),
    COUNTRY('s', 'v', 28), COUNTRY('t', 'l', 23), COUNTRY('t', 'n', 24), COUNTRY('t', 'r', 26),
    COUNTRY('u', 'a', 29), COUNTRY('v', 'a', 22), COUNTRY('v', 'g', 24), COUNTRY('x', 'k', 20),
    COUNTRY('y', 'e', 30),
};

static size_t iban_len(const struct view *view, size_t start)
{
    for (size_t c = 0; c < sizeof(lengths) / sizeof(lengths[0]); c++)
        if ((uint8_t)lengths[c].country[0] == view->lower[start] &&
            (uint8_t)lengths[c].country[1] == view->lower[start + 1])
            return lengths[c].len;
    return 0;
}

/* ISO 7064 mod 97-10 over the rest and then the first four; letters count as 10 to 35. */
struct iban {
    size_t digits;
    size_t spaces;
    unsigned rest;
    unsigned head;
};

/* Reads len characters, solid or in groups of four; returns where they end, or 0. */
static size_t iban_read(const struct view *view, size_t i, size_t len, struct iban *iban)
{
    for (size_t n = 0; n < len; n++, i++) {
        if (n % 4 == 0 && n > 0 && is_one_of(view_at(view, i), " -")) {
            iban->spaces++;
            i++;
        }
        uint8_t c = view_at(view, i);
        if (!is_alnum(c) || c == VIEW_LETTER)
            return 0;
        unsigned value = is_digit(c) ? (unsigned)(c - '0') : (unsigned)(c - 'a') + 10;
        unsigned scale = value > 9 ? 100 : 10;

        iban->digits += value < 10;
        if (n < 4)
            iban->head = iban->head * scale + value;
        else
            iban->rest = (iban->rest * scale + value) % 97;
    }
    return is_alnum(view_at(view, i)) ? 0 : i;
}

/* True when all letters are capitals: chance makes few such codes of a country's length. */
static bool in_capitals(const struct view *view, size_t start, size_t end)
{
    for (size_t i = start; i < end; i++)
        if (is_letter(view->at[i]) && view->at[i] == view->lower[i])
            return false;
    view_step(view, end - start);
    return true;
}

size_t iban_at(struct view *view, size_t start, bool said)
{
    struct iban iban = {0};

    if (!is_letter(view_at(view, start)) || !is_letter(view_at(view, start + 1)) ||
        value_len(view, start + 2, 1) == 0 || !is_digit(view_at(view, start + 3)))
        return 0;
    size_t len = iban_len(view, start);
    size_t end = len ? iban_read(view, start, len, &iban) : 0;
    if (!end)
        return 0;
    bool valid = (iban.rest * 1000000 % 97 + iban.head % 97) % 97 == 1;
    /* in groups of four, and for the most part digits: chance makes few of these */
    bool grouped = iban.spaces >= (len - 1) / 4 && iban.digits >= len / 2;
    bool solid = iban.spaces == 0 || iban.spaces >= (len - 1) / 4;
    if (!valid && !grouped && !said && !(solid && iban.digits > 2 && in_capitals(view, start, end)))
        return 0;
    hits_put(view, start, end, valid ? REDACT_ACCOUNT : REDACT_OTHER_ID,
             valid ? RULE_IBAN : RULE_CODE, valid ? 0.95f : 0.6f);
    return end;
}

/* ISO 9362: four letters, a country, two, and three more or not; in capitals behind its label. */
static size_t bic_end(const struct view *view, size_t i)
{
    size_t end = i;

    while (end - i < 12 && is_alnum(view_at(view, end)))
        end++;
    if (end - i != 8 && end - i != 11)
        return 0;
    for (size_t n = 0; n < end - i; n++) {
        bool letter = view->at[i + n] >= 'A' && view->at[i + n] <= 'Z';

        if (!letter && (n < 6 || !is_digit(view->at[i + n])))
            return 0;
    }
    return end;
}

void recognise_accounts(struct view *view)
{
    if (!(view->asks & ASK_CUE))
        return;
    for (size_t t = 0; t < view->tokens; t++) {
        size_t i = view->token[t].end;

        if (!(view->token[t].asks & ASK_CUE) || !(view_is(view, view->token[t].start, "swift") ||
                                                  view_is(view, view->token[t].start, "bic")))
            continue;
        if (is_one_of(view_at(view, i), "/ ") && view_is_word(view, i + 1, "bic"))
            i += 4;
        if (view_is_word(view, i + 1, "code"))
            i += 5;
        size_t label = i;
        while (i - label < 3 && is_one_of(view_at(view, i), " :#="))
            i++;
        size_t end = i > view->token[t].end ? bic_end(view, i) : 0;
        /* "SWIFT LANGUAGE" is two words */
        bool said = label > view->token[t].end || is_one_of(view_at(view, label), ":#=");
        if (end && said)
            hits_put(view, i, end, REDACT_ACCOUNT, RULE_BIC, 0.8f);
    }
}
