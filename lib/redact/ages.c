/*
 * Ages over 89, in digits and in words: 45 CFR 164.514(b)(2)(i)(C). "90 or older", which the rule
 * itself allows, stays. A birth year behind its label is a matter of labels.c.
 */

#include "redact/value.h"

#define AGE_LEAST 90
#define AGE_MOST 125

static bool age_fits(unsigned value)
{
    return value >= AGE_LEAST && value <= AGE_MOST;
}

/* "90+", "90 or older", "90 and over" */
static bool aggregated(const struct view *view, size_t end)
{
    return view_at(view, end) == '+' || view_is(view, end, " or older") ||
           view_is(view, end, " or over") || view_is(view, end, " and older") ||
           view_is(view, end, " and over");
}

/* "100 years" is how long something lasted, unless old, of age or a patient. */
static bool years_of_things(const struct view *view, const struct token *unit)
{
    return view->balanced && !view->clinical && view_is(view, unit->start, "y") &&
           unit->end - unit->start > 3 && !view_is(view, unit->end, " old") &&
           !view_is(view, unit->end, "-old") && !view_is(view, unit->end, " of age") &&
           !view_is(view, unit->end, " young");
}

/* "92 yo", "92-year-old", "92 y/o", "92y.o.", and "92F", "92 M" where patients are spoken of */
static bool unit_behind(const struct view *view, size_t t)
{
    const struct token *number = &view->token[t];
    const struct token *next = number + 1;

    if (t + 1 >= view->tokens || next->start - number->end > 1 || next->shape == TOKEN_NUMBER)
        return false;
    if (next->start > number->end && !is_one_of(view_at(view, number->end), " -"))
        return false;
    if (token_has(next, WORD(AGE_UNIT)))
        return !is_digit(view_at(view, next->end)) && !years_of_things(view, next);
    uint8_t c = view->lower[next->start];
    return view->clinical && next->end - next->start == 1 && (c == 'f' || c == 'm') &&
           !is_digit(view_at(view, next->end));
}

static bool word_before(const struct view *view, size_t t)
{
    const struct token *before = &view->token[t] - 1;

    if (!(view->sets & WORD(AGE_WORD)) || t == 0 || before->shape == TOKEN_NUMBER ||
        !token_has(before, WORD(AGE_WORD)) || view->token[t].start - before->end > 3)
        return false;
    for (size_t i = before->end; i < view->token[t].start; i++)
        if (!is_one_of(view_at(view, i), " :=-(_"))
            return false;
    return true;
}

/* "in her 90s", "90th birthday" */
static bool decade_behind(const struct view *view, size_t t)
{
    const struct token *before = &view->token[t] - 1;
    size_t end = view->token[t].end;

    if (view_is(view, end, "th birthday"))
        return true;
    if (t == 0 || !(view_is(view, end, "s") || view_is(view, end, "'s")) ||
        is_alnum(view_at(view, end + (view->lower[end] == 's' ? 1 : 2))))
        return false;
    return view_is_word(view, before->start, "her") || view_is_word(view, before->start, "his") ||
           view_is_word(view, before->start, "their");
}

size_t number_is_age(struct view *view, const struct number *number)
{
    size_t start = number->start[0];
    size_t end = number->end[0];
    size_t t = number->token;

    if (end - start < 2 || end - start > 3 || !age_fits(value_of(view, start, end)))
        return 0;
    if (start > 0 && is_letter(view_at(view, start - 1)) && !word_before(view, t))
        return 0;
    if (aggregated(view, end))
        return 0;
    /* "92-95 years" */
    if (number->groups == 2 && number->separator[0] == '-' &&
        number->end[1] - number->start[1] <= 3 &&
        age_fits(value_of(view, number->start[1], number->end[1])) &&
        (word_before(view, t) || unit_behind(view, t + 1))) {
        hits_put(view, start, number->end[1], REDACT_AGE, RULE_AGE, 0.95f);
        return number->end[1];
    }
    if (!word_before(view, t) && !unit_behind(view, t) && !decade_behind(view, t))
        return 0;
    hits_put(view, start, end, REDACT_AGE, RULE_AGE, 0.95f);
    return end;
}

/* At most one sign between two words. */
static bool adjoin(const struct view *view, size_t t)
{
    return t + 1 < view->tokens && view->token[t + 1].start - view->token[t].end == 1 &&
           is_one_of(view_at(view, view->token[t].end), " -");
}

static bool is_unit(const struct view *view, size_t t)
{
    static const char *const words[] = {"one", "two",   "three", "four", "five",
                                        "six", "seven", "eight", "nine"};

    for (size_t w = 0; w < sizeof(words) / sizeof(words[0]); w++)
        if (view_is_word(view, view->token[t].start, words[w]))
            return true;
    return false;
}

/* The last token of "ninety-two", "one hundred and three"; t is that of "ninety" or "hundred". */
static size_t words_end(const struct view *view, size_t t)
{
    if (adjoin(view, t) && is_unit(view, t + 1))
        return t + 1;
    if (view_is(view, view->token[t].start, "hundred") && adjoin(view, t) &&
        view_is_word(view, view->token[t + 1].start, "and") && adjoin(view, t + 1) &&
        is_unit(view, t + 2))
        return t + 2;
    return t;
}

/* Ages in words. */
void recognise_ages(struct view *view)
{
    if (!(view->asks & ASK_CUE))
        return;
    for (size_t t = 0; t < view->tokens; t++) {
        size_t first = t;

        if (!(view->token[t].asks & ASK_CUE))
            continue;
        bool hundred = view_is(view, view->token[t].start, "hundred");
        if (!hundred && !view_is(view, view->token[t].start, "ninety")) {
            if (!view_is(view, view->token[t].start, "nonagen") &&
                !view_is(view, view->token[t].start, "centen") &&
                !view_is(view, view->token[t].start, "supercenten"))
                continue;
            hits_put(view, view->token[t].start, view->token[t].end, REDACT_AGE, RULE_AGE_WORDS,
                     0.8f);
            continue;
        }
        size_t last = words_end(view, t);
        if (hundred && first > 0 && adjoin(view, first - 1) &&
            (view_is_word(view, view->token[first - 1].start, "one") ||
             view_is_word(view, view->token[first - 1].start, "a")))
            first--;
        if (!aggregated(view, view->token[last].end) &&
            (word_before(view, first) || unit_behind(view, last)))
            hits_put(view, view->token[first].start, view->token[last].end, REDACT_AGE,
                     RULE_AGE_WORDS, 0.9f);
        t = last;
    }
}
