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

/* One of words, which are as many as count, stands at token t. */
static bool is_any_of(const struct view *view, size_t t, const char *const *words, size_t count)
{
    const struct token *token = &view->token[t];

    for (size_t w = 0; w < count; w++)
        if (strlen(words[w]) == (size_t)token->end - token->start &&
            view_is(view, token->start, words[w]))
            return true;
    return false;
}

#define ANY_OF(view, t, words) is_any_of(view, t, words, sizeof(words) / sizeof((words)[0]))

/* "male", "F": what is said beside an age. */
static bool is_sex(const struct view *view, size_t t)
{
    static const char *const words[] = {"f",   "m",    "male", "female",   "woman",
                                        "man", "lady", "gent", "gentleman"};

    return view->token[t].shape != TOKEN_NUMBER && ANY_OF(view, t, words);
}

/* "temp 99 F" */
static bool is_heat(const struct view *view, size_t t)
{
    static const char *const words[] = {"temp",  "temperature", "tmax", "t",
                                        "fever", "febrile",     "of"};

    return t > 0 && view->token[t - 1].shape != TOKEN_NUMBER && ANY_OF(view, t - 1, words);
}

/* What follows on an age and a sex: "94F with", "94 M c/o", "(94F)". */
static bool goes_on(const struct view *view, size_t start, size_t end)
{
    static const char *const heads[] = {" w/",   " with", " c/o", " who",   " pt",
                                        " s/p",  " h/o",  " p/w", " hx",    " pmh",
                                        " here", " came", " in ", " admit", " presen"};

    if (start > 0 && view_at(view, start - 1) == '(' && is_one_of(view_at(view, end), "),"))
        return true;
    for (size_t h = 0; h < sizeof(heads) / sizeof(heads[0]); h++)
        if (view_is(view, end, heads[h]))
            return true;
    return false;
}

/* "94/F", "94 female", "94F with"; a letter alone says so where patients are spoken of. */
static bool sex_behind(const struct view *view, size_t t)
{
    const struct token *number = &view->token[t];
    const struct token *next = number + 1;
    uint8_t gap = next->start > number->end ? view_at(view, number->end) : 0;

    if (!is_sex(view, t + 1) || is_digit(view_at(view, next->end)) || is_heat(view, t))
        return false;
    if (next->end - next->start > 1)
        return gap && !view_is(view, next->end, " patients") && !view_is(view, next->end, " sub") &&
               !view_is(view, next->end, " part");
    return view->clinical || (gap == '/' && next->shape == TOKEN_INITIAL) ||
           goes_on(view, number->start, next->end);
}

/* "F, 91", "female 91" */
static bool sex_before(const struct view *view, size_t t)
{
    const struct token *number = &view->token[t];
    const struct token *before = number - 1;

    if (t == 0 || number->start - before->end > 2 || !is_sex(view, t - 1) ||
        is_alnum(view_at(view, number->end)) || token_has(number + 1, WORD(AMOUNT)))
        return false;
    uint8_t gap = view_at(view, before->end);
    return before->end - before->start > 1 ? is_one_of(gap, " ,/")
                                           : before->shape == TOKEN_INITIAL && is_one_of(gap, ",/");
}

/* "92 yo", "92-year-old", "92 y/o", "92y.o.", "92 M" */
static bool unit_behind(const struct view *view, size_t t)
{
    const struct token *number = &view->token[t];
    const struct token *next = number + 1;

    if (t + 1 >= view->tokens || next->start - number->end > 1 || next->shape == TOKEN_NUMBER)
        return false;
    if (next->start > number->end && !is_one_of(view_at(view, number->end), " -/"))
        return false;
    if (token_has(next, WORD(AGE_UNIT)) && view_at(view, number->end) != '/')
        return !is_digit(view_at(view, next->end)) && !years_of_things(view, next);
    return sex_behind(view, t);
}

/* What is said ends or goes on behind an age: it counts nothing. */
static bool counts_nothing(const struct view *view, size_t end)
{
    static const char *const heads[] = {" and ", " but ", " with ", " who ",  " so ",     " now",
                                        " next", " this", " has ",  " on ",   " in ",     " today",
                                        " but",  " can ", " lives", " still", " tomorrow"};
    uint8_t c = view_at(view, end);

    if (c == 0 || is_one_of(c, ",;)!?") || (c == '.' && !is_alnum(view_at(view, end + 1))))
        return true;
    for (size_t h = 0; h < sizeof(heads) / sizeof(heads[0]); h++)
        if (view_is(view, end, heads[h]))
            return true;
    return false;
}

/* Who may have an age ends before i: "she", "the patient", "my dad", a name that was taken out. */
static bool person_ends(const struct view *view, size_t t, size_t i)
{
    static const char *const words[] = {"he", "she", "who", "patient", "pt", "grandma", "grandpa"};

    if (i > 0 && view->at[i - 1] == VIEW_PLACEHOLDER + REDACT_NAME)
        return true;
    return t > 0 && view->token[t - 1].end == i && view->token[t - 1].shape != TOKEN_NUMBER &&
           (token_has(&view->token[t - 1], WORD(RELATION)) || ANY_OF(view, t - 1, words));
}

/* "she's 91", "I am 92", "who will be 93": the age begins with token t and ends at end. */
static bool person_is(const struct view *view, size_t t, size_t end)
{
    static const char *const verbs[] = {"is", "was", "s"};
    size_t verb = t - 1;

    if (t == 0 || view->token[t].start != view->token[verb].end + 1u || !counts_nothing(view, end))
        return false;
    size_t i = view->token[verb].start;
    if (view_is(view, i, "i'm ") || (i > 1 && view_is(view, i - 2, "i am ")))
        return true;
    if (view_is(view, i, "be ") && verb > 0 && view_is(view, view->token[verb - 1].start, "will "))
        i = view->token[--verb].start;
    else if (!ANY_OF(view, verb, verbs))
        return false;
    return i > 0 && person_ends(view, verb, i - 1);
}

/* "died at 97", "lived to 101", "lived to be 101" */
static bool life_ends(const struct view *view, size_t t, size_t end)
{
    static const char *const lives[] = {"died", "dies", "passed", "away", "lived", "survived"};
    size_t link = t - 1;

    if (t < 2 || !counts_nothing(view, end))
        return false;
    if (view_is_word(view, view->token[link].start, "be"))
        link--;
    return link > 0 &&
           (view_is_word(view, view->token[link].start, "at") ||
            view_is_word(view, view->token[link].start, "to")) &&
           ANY_OF(view, link - 1, lives);
}

/* "my dad, 93, takes", "the patient (92)" */
static bool is_apposition(const struct view *view, size_t t)
{
    size_t start = view->token[t].start;
    uint8_t behind = view_at(view, view->token[t].end);

    return start > 2 && (view_is(view, start - 2, ", ") || view_is(view, start - 2, " (")) &&
           (view->lower[start - 1] == '(' ? behind == ')' || behind == ',' : behind == ',') &&
           person_ends(view, t, start - 2);
}

static bool word_before(const struct view *view, size_t t)
{
    const struct token *before = &view->token[t] - 1;

    if (!(view->sets & WORD(AGE_WORD)) || t == 0 || before->shape == TOKEN_NUMBER)
        return false;
    if (view_is_word(view, before->start, "of"))
        return t > 1 && view_is_word(view, before[-1].start, "age");
    if (!token_has(before, WORD(AGE_WORD)) || view->token[t].start - before->end > 3)
        return false;
    for (size_t i = before->end; i < view->token[t].start; i++)
        if (!is_one_of(view_at(view, i), " :=-(_"))
            return false;
    return true;
}

/* "her 90s", "his mid-90s", "her late nineties"; token t is that of the decade. */
static bool whose_before(const struct view *view, size_t t)
{
    static const char *const parts[] = {"early", "mid", "late"};
    static const char *const owners[] = {"her", "his", "their"};

    if (t > 1 && view->token[t].start - view->token[t - 1].end == 1 && ANY_OF(view, t - 1, parts))
        t--;
    return t > 0 && ANY_OF(view, t - 1, owners);
}

/* "in her 90s", "90th birthday" */
static bool decade_behind(const struct view *view, size_t t)
{
    size_t end = view->token[t].end;

    if (view_is(view, end, "th ") || view_is(view, end, "st ") || view_is(view, end, "nd ") ||
        view_is(view, end, "rd "))
        return view_is(view, end + 3, "birthday") || view_is(view, end + 3, "bday");
    if (!(view_is(view, end, "s") || view_is(view, end, "'s")) ||
        is_alnum(view_at(view, end + (view->lower[end] == 's' ? 1 : 2))))
        return false;
    return whose_before(view, t);
}

/* The token of another age behind token t: "92-95", "91 and 94"; 0 for none. */
static size_t other_age(const struct view *view, size_t t)
{
    size_t end = view->token[t].end;

    if (view_is(view, end, " and ") || view_is(view, end, " or ") || view_is(view, end, " to "))
        t++;
    else if (!view_is(view, end, "-") && !view_is(view, end, " & "))
        return 0;
    const struct token *next = &view->token[t + 1];
    bool fits = t + 1 < view->tokens && next->start - end <= 5 && next->shape == TOKEN_NUMBER &&
                next->end - next->start <= 3 && age_fits(value_of(view, next->start, next->end));
    return fits ? t + 1 : 0;
}

/* "ages 91 and 94", "91 & 94 yo" */
static bool is_listed(const struct view *view, size_t t)
{
    size_t next = other_age(view, t);

    if (next)
        return unit_behind(view, next);
    for (size_t n = 1; n <= 2 && n <= t; n++)
        if (view->token[t - n].shape == TOKEN_NUMBER && other_age(view, t - n) == t)
            return word_before(view, t - n);
    return false;
}

size_t number_is_age(struct view *view, const struct number *number)
{
    size_t start = number->start[0];
    size_t end = number->end[0];
    size_t t = number->token;
    size_t next;

    if (end - start < 2 || end - start > 3 || !age_fits(value_of(view, start, end)))
        return 0;
    if (start > 0 && is_letter(view_at(view, start - 1)) && !word_before(view, t))
        return 0;
    if (aggregated(view, end))
        return 0;
    if (number->groups == 2 && number->separator[0] == '-' && (next = other_age(view, t)) &&
        (word_before(view, t) || unit_behind(view, next))) {
        hits_put(view, start, number->end[1], REDACT_AGE, RULE_AGE, 0.95f);
        return number->end[1];
    }
    bool whole = number->groups == 1 || view_at(view, end) != '.';
    if (!word_before(view, t) && !unit_behind(view, t) && !decade_behind(view, t) &&
        !(whole && (person_is(view, t, end) || is_apposition(view, t) || sex_before(view, t) ||
                    life_ends(view, t, end) || is_listed(view, t))))
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

    return ANY_OF(view, t, words);
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
        if (view_is_word(view, view->token[t].start, "nineties")) {
            if (whose_before(view, t))
                hits_put(view, view->token[t].start, view->token[t].end, REDACT_AGE, RULE_AGE_WORDS,
                         0.9f);
            continue;
        }
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
            (word_before(view, first) || unit_behind(view, last) ||
             person_is(view, first, view->token[last].end)))
            hits_put(view, view->token[first].start, view->token[last].end, REDACT_AGE,
                     RULE_AGE_WORDS, 0.9f);
        t = last;
    }
}
