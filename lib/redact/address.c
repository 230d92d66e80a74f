/* The parts of an address behind its street or its town, one after the other. */

#include "redact/places.h"

#define ADDRESS_TOKENS 14

/* "Apt 4", "# 12", "Bldg C", "No: 142/35": token behind, or t. */
static size_t unit_end(const struct view *view, size_t t)
{
    size_t n = t;

    if (token_has(&view->token[t], WORD(UNIT) | WORD(HOUSE)))
        n++;
    if (n == t || n >= view->tokens || !place_joined(view, n - 1, " .:#+"))
        return t;
    if (token_has(&view->token[n], WORD(HOUSE)) && n + 1 < view->tokens &&
        place_joined(view, n, " .:#+"))
        n++;
    return place_number(&view->token[n]) || place_len(&view->token[n]) == 1 ? n + 1 : t;
}

/* A number or letter that goes on what stands before it: "66/30", "58 A 26", "52B", "# 4". */
static size_t number_end(const struct view *view, size_t t)
{
    const struct token *token = &view->token[t];
    const struct token *before = token - 1;

    if (before->end == token->start)
        return t + 1;
    /* "138. 22. em." */
    if (place_number(token) && t + 1 < view->tokens && place_len(token) <= 3 &&
        token_has(token + 1, WORD(UNIT)) && place_joined(view, t, " .") &&
        view_at(view, token->end) == '.')
        return t + 2;
    /* "Bedok North Ave 23 #09-2" */
    if (place_number(token) && place_len(token) <= 3 && token_has(before, WORD(STREET)) &&
        (view_is(view, token->end, " #") || view_at(view, token->end) == ','))
        return t + 1;
    if (place_number(token))
        return place_len(token) <= 4 &&
                       (place_joined(view, t - 1, "/-#") || before->shape == TOKEN_INITIAL ||
                        view_at(view, token->start - 1u) == '#')
                   ? t + 1
                   : t;
    bool letter = token->shape == TOKEN_INITIAL ||
                  (view->small && place_len(token) == 1 && view_at(view, token->end) == ',');
    return letter && place_number(before) ? t + 1 : t;
}

/* A floor and a side: "3o izq", "2. tv", "22o b". */
static size_t floor_end(const struct view *view, size_t t)
{
    static const char *const sides[] = {"izq", "izda", "dcha", "der", "dto", "esq",
                                        "dt",  "tv",   "th",   "mf",  "fte", "frente"};
    const struct token *token = &view->token[t];
    size_t n = t + 1;

    if (!place_number(token) || place_len(token) > 2 || n >= view->tokens)
        return t;
    if (view->token[n].start == token->end && place_len(&view->token[n]) == 1 &&
        token_has(&view->token[n], WORD(ORDINAL)))
        n++;
    else if (view_at(view, token->end) != '.')
        return t;
    if (n >= view->tokens || !place_joined(view, n - 1, " ."))
        return n > t + 1 ? n : t;
    if (place_len(&view->token[n]) == 1)
        return n + 1;
    for (size_t s = 0; s < sizeof(sides) / sizeof(sides[0]); s++)
        if (view_is_word(view, view->token[n].start, sides[s]))
            return n + 1;
    return n > t + 1 ? n : t;
}

/* Words that may be a town of which nobody knows: capitals, no words; "Marbach an der Donau". */
size_t stranger_end(const struct view *view, size_t t)
{
    size_t end = t;

    while (end < view->tokens && end < t + 3 && place_proper(view, &view->token[end]) &&
           class_of(&view->token[end])->ordinary < 2 &&
           (end == t || place_joined(view, end - 1, " -'")))
        end++;
    size_t more = end;
    while (end > t && more < view->tokens && more < end + 3 && place_joined(view, more - 1, " -") &&
           place_len(&view->token[more]) < 4 && view->token[more].shape == TOKEN_LOWER &&
           token_has(&view->token[more], WORD(TOWN_LINK)))
        more++;
    return more > end && more < view->tokens && place_joined(view, more - 1, " -") &&
                   place_capital(&view->token[more])
               ? more + 1
               : end;
}

/* "Falls Church, VA": capitals before a state, whatever they mean. */
static size_t before_state(const struct view *view, size_t t)
{
    for (size_t n = t; n < view->tokens && n < t + 4; n++) {
        if (n > t && state_end(view, n) > n)
            return n;
        if (!place_capital(&view->token[n]) || !place_joined(view, n, " ,"))
            break;
    }
    return t;
}

/* "Col. Centro", "Edificio Global": a kind of quarter or building with its name. */
static size_t quarter_end(const struct view *view, size_t t)
{
    size_t end = t + 1;

    if (!token_has(&view->token[t], WORD(UNIT)) || !place_capital(&view->token[t]))
        return t;
    while (end < view->tokens && end < t + 4 && place_joined(view, end - 1, " .") &&
           place_capital(&view->token[end]))
        end++;
    return end > t + 1 ? end : t;
}

/* "Sao Paulo - SP": a blank, a hyphen and a blank before token t. */
static bool dash_before(const struct view *view, size_t t)
{
    return view_is(view, view->token[t - 1].end, " - ") &&
           view->token[t - 1].end + 3u == view->token[t].start;
}

/* "12", and what is said ends there. */
bool closing_number(const struct view *view, size_t t, size_t most)
{
    const struct token *token = &view->token[t];
    uint8_t behind = view_at(view, token->end);

    return place_number(token) && place_len(token) <= most &&
           (behind == 0 || strchr(",.;?!)", behind)) && !is_digit(view_at(view, token->end + 1u));
}

/* What is short and means nothing but in an address: "duluth mn 55811", "Sao Paulo - SP",
 * "Dublin 2". */
static size_t short_end(const struct view *view, size_t t)
{
    const struct token *token = &view->token[t];

    if (place_len(token) > 2)
        return t;
    if (place_number(token))
        return place_joined(view, t - 1, " ") && place_capital(token - 1) &&
                       closing_number(view, t, 2)
                   ? t + 1
                   : t;
    if (place_len(token) < 2)
        return t;
    if (token->shape == TOKEN_UPPER && dash_before(view, t))
        return t + 1;
    return token_has(token, WORD(STATE)) && place_joined(view, t, " ") && place_zip(token + 1)
               ? t + 2
               : t;
}

/* The next part of an address from token t on: the token behind it, or t. */
static size_t part_end(const struct view *view, size_t t)
{
    bool comma = view_at(view, view->token[t - 1].end) == ',';
    uint8_t grade;
    size_t end = number_end(view, t);

    if (end == t)
        end = unit_end(view, t);
    if (end == t && comma)
        end = floor_end(view, t);
    if (end == t && comma)
        end = quarter_end(view, t);
    if (end == t)
        end = state_end(view, t);
    if (end == t)
        end = short_end(view, t);
    /* "ON M5V 1Z4" */
    if (end == t && view->token[t].shape == TOKEN_UPPER && place_len(&view->token[t]) == 2 &&
        t + 1 < view->tokens && letter_postcode_end(view, t + 1) > t + 1)
        end = t + 1;
    if (end == t && (comma || view_at(view, view->token[t - 1].end) == ' '))
        end = postcode_end(view, t);
    if (end > t)
        return end;
    if (token_has(&view->token[t], WORD(DIRECTION)) && !comma &&
        view->token[t].shape != TOKEN_LOWER)
        return t + 1;
    size_t town = town_at(view, t, &grade);
    uint8_t bar = comma || grade > 1 ? 1 : 0;
    if (town && (town > 1 || class_of(&view->token[t])->ordinary <= bar || (grade > 1 && comma)) &&
        (place_proper(view, &view->token[t]) || comma || state_words(view, t + town)))
        return t + town;
    if (comma && (end = before_state(view, t)) > t)
        return end;
    /* ", 101 Reykjavik" */
    if (comma && place_number(&view->token[t]) && place_len(&view->token[t]) == 3 &&
        stranger_end(view, t + 1) > t + 1 && place_joined(view, t, " "))
        return t + 1;
    if (comma && class_of(&view->token[t])->ordinary < 3) {
        end = stranger_end(view, t);
        /* "Huangpu District" */
        return end > t && end < view->tokens && place_joined(view, end - 1, " ") &&
                       place_capital(&view->token[end]) &&
                       token_has(&view->token[end], WORD(TOWN_LABEL)) &&
                       view_at(view, view->token[end].end) != ':'
                   ? end + 1
                   : end;
    }
    /* "1000 Bruxelles": what stands behind a postcode; "Jakarta Pusat 10220": before one. */
    bool number = place_number(&view->token[t - 1]) && place_len(&view->token[t - 1]) >= 2;
    end = stranger_end(view, t);
    /* "712 02 irakleio" */
    if (number && end == t && view->token[t].shape == TOKEN_LOWER &&
        place_len(&view->token[t]) > 3 && class_of(&view->token[t])->ordinary == 0)
        return t + 1;
    if (number || (end == t + 1 && end < view->tokens && place_joined(view, t, " ") &&
                   place_number(&view->token[end]) && postcode_end(view, end) > end))
        return end;
    return t;
}

size_t address_end(const struct view *view, size_t t)
{
    size_t end = t;

    while (end < view->tokens && end < t + ADDRESS_TOKENS &&
           (view->token[end].start == view->token[end - 1].end ||
            place_joined(view, end - 1, " ,.+#-/:") ||
            (place_len(&view->token[end]) == 2 && dash_before(view, end)))) {
        size_t part = part_end(view, end);

        if (part == end)
            break;
        end = part;
    }
    return end;
}
