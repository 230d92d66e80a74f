/* Every element of a date but the year: 164.514(b)(2)(i)(C). */

#include "redact/redact-private.h"

static const char *const months[] = {
    "january",   "february", "march",    "april",    "may", "june", "july", "august",
    "september", "october",  "november", "december", "jan", "feb",  "mar",  "apr",
    "jun",       "jul",      "aug",      "sept",     "sep", "oct",  "nov",  "dec",
};

static bool edge(const struct view *view, size_t i)
{
    return !is_alnum(view_at(view, i));
}

static bool edge_before(const struct view *view, size_t i)
{
    return i == 0 || edge(view, i - 1);
}

/* Up to most digits at *i: how many, with the value. */
static size_t digits_at(const struct view *view, size_t *i, size_t most, unsigned *ret_value)
{
    size_t start = *i;
    unsigned value = 0;

    while (*i - start < most && is_digit(view_at(view, *i)))
        value = value * 10 + (unsigned)(view->at[(*i)++] - '0');
    *ret_value = value;
    return *i - start;
}

static bool year_fits(size_t len, unsigned value)
{
    return len == 2 || (len == 4 && value >= 1850 && value <= 2100);
}

static bool day_fits(unsigned a, unsigned b)
{
    return a >= 1 && b >= 1 && a <= 31 && b <= 31 && (a <= 12 || b <= 12);
}

/* Behind "T" or a blank, a time of day belongs to the date. */
static size_t time_end(const struct view *view, size_t end)
{
    size_t i = end + 1;
    unsigned value;

    if (view_at(view, end) != 't' && view_at(view, end) != ' ')
        return end;
    if (digits_at(view, &i, 2, &value) != 2 || value > 24 || view_at(view, i) != ':')
        return end;
    while (is_digit(view_at(view, i)) || view->at[i] == ':' || view->at[i] == '.')
        i++;
    return view_at(view, i) == 'z' ? i + 1 : i;
}

/* "3/14/2009", "2009-03-14", "14.3.09", blanks around the signs too */
static size_t numeric_at(const struct view *view, size_t i)
{
    size_t len[3] = {0};
    unsigned value[3] = {0};
    uint8_t separator = 0;

    for (size_t part = 0; part < 3; part++) {
        len[part] = digits_at(view, &i, 4, &value[part]);
        if (len[part] == 0 || len[part] == 3 || is_digit(view_at(view, i)))
            return 0;
        if (part == 2)
            break;
        size_t blank = view_at(view, i) == ' ' ? 1 : 0;
        uint8_t c = view_at(view, i + blank);
        if (c == 0 || !strchr("/-._", c) || (part == 1 && c != separator))
            return 0;
        separator = c;
        i += blank + 1 + (blank && view_at(view, i + 2) == ' ');
    }
    bool first = len[0] == 4 && year_fits(4, value[0]) && day_fits(value[1], value[2]);
    bool last = len[0] <= 2 && year_fits(len[2], value[2]) && day_fits(value[0], value[1]);
    if (!(first && len[2] <= 2) && !last)
        return 0;
    if (is_letter(view_at(view, i)) && view->lower[i] != 't')
        return 0;
    return time_end(view, i);
}

/* "19840731", and "07311984" where the record speaks of a patient */
static size_t compact_at(const struct view *view, size_t i)
{
    size_t end = i;
    unsigned value;

    if (digits_at(view, &end, 8, &value) != 8 || is_digit(view_at(view, end)))
        return 0;
    if (is_letter(view_at(view, end)) && view->lower[end] != 't')
        return 0;
    if (year_fits(4, value / 10000) && value / 100 % 100 >= 1 && value / 100 % 100 <= 12 &&
        value % 100 >= 1 && value % 100 <= 31)
        return time_end(view, end);
    if (year_fits(4, value % 10000) && day_fits(value / 1000000, value / 10000 % 100))
        return end;
    return 0;
}

static size_t month_at(const struct view *view, size_t i)
{
    uint8_t first = view_at(view, i);

    for (size_t m = 0; m < sizeof(months) / sizeof(months[0]); m++) {
        if ((uint8_t)months[m][0] != first)
            continue;
        size_t end = i + strlen(months[m]);

        if (view_is(view, i, months[m]) && !is_letter(view_at(view, end)))
            return view_at(view, end) == '.' ? end + 1 : end;
    }
    return 0;
}

static size_t blanks_end(const struct view *view, size_t i)
{
    size_t start = i;

    while (i - start < 3 && view_at(view, i) && strchr(" -,/._", view->lower[i]))
        i++;
    return i;
}

static size_t ordinal_end(const struct view *view, size_t i)
{
    return view_is(view, i, "st") || view_is(view, i, "nd") || view_is(view, i, "rd") ||
                   view_is(view, i, "th")
               ? i + 2
               : i;
}

/* A year behind a date, or where the date ended: ", 2020", "-20", "'20". */
static size_t year_end(const struct view *view, size_t end)
{
    size_t i = blanks_end(view, end);
    unsigned value;

    if (view_at(view, i) == '\'')
        i++;
    size_t len = digits_at(view, &i, 4, &value);
    if (!year_fits(len, value) || !edge(view, i) || view_at(view, i) == ':')
        return end;
    return len == 2 && view_at(view, end) == ' ' ? end : i;
}

/* "March 14th, 2009", "Mar 2009": a month without day or year is no date. */
static size_t month_first_at(const struct view *view, size_t i)
{
    size_t month = month_at(view, i);
    unsigned value;

    if (!month)
        return 0;
    size_t at = blanks_end(view, month);
    size_t len = digits_at(view, &at, 4, &value);
    if (len == 4 && year_fits(4, value) && edge(view, at))
        return at;
    if (len == 0 || len > 2 || value < 1 || value > 31)
        return 0;
    at = ordinal_end(view, at);
    if (!edge(view, at) || view_at(view, at) == ':')
        return 0;
    return time_end(view, year_end(view, at));
}

/* "14 March 2009", "05JAN1988", "14th of March" */
static size_t day_first_at(const struct view *view, size_t i)
{
    unsigned value;
    size_t len = digits_at(view, &i, 2, &value);

    if (len == 0 || value < 1 || value > 31)
        return 0;
    i = blanks_end(view, ordinal_end(view, i));
    if (view_is(view, i, "of "))
        i += 3;
    size_t month = month_at(view, i);
    if (!month)
        return 0;
    size_t end = year_end(view, month);
    return edge(view, end) ? time_end(view, end) : 0;
}

/* "7/10" is how much it hurts, "on 7/10" a day. */
static bool day_word_before(const struct view *view, size_t i)
{
    static const char *const words[] = {
        "on",         "since", "until", "through",     "by",    "before",  "after",    "from",
        "dated",      "date",  "dos",   "dob",         "admit", "seen",    "admitted", "discharge",
        "discharged", "appt",  "visit", "scheduled",   "labs",  "mri",     "ct",       "scan",
        "due",        "last",  "next",  "appointment", "born",  "between", "c",
    };
    size_t end = i;

    while (end > 0 && i - end < 3 && view_at(view, end - 1) && strchr(" :(", view->lower[end - 1]))
        end--;
    for (size_t w = 0; w < sizeof(words) / sizeof(words[0]); w++) {
        size_t len = strlen(words[w]);

        if (end < i && end >= len && view_is_word(view, end - len, words[w]))
            return true;
    }
    return false;
}

/* "3/14" is one only where the text speaks of patients, or nothing may stay that is not known. */
static size_t short_at(const struct view *view, size_t i)
{
    unsigned a;
    unsigned b;

    if (view->balanced && !(view->clinical && day_word_before(view, i)))
        return 0;
    if (i > 0 && view_at(view, i - 1) == '/')
        return 0;
    size_t first = digits_at(view, &i, 2, &a);
    uint8_t separator = view_at(view, i++);
    if (first == 0 || (separator != '/' && !(separator == '-' && first == 2)))
        return 0;
    size_t second = digits_at(view, &i, 2, &b);
    if (second == 0 || !edge(view, i) || view_at(view, i) == separator || a < 1 || a > 12 ||
        b < 1 || b > 31 || (separator == '-' && second != 2))
        return 0;
    return i;
}

static size_t date_at(const struct view *view, size_t i)
{
    if (!is_digit(view_at(view, i)))
        return month_first_at(view, i);
    size_t end = numeric_at(view, i);
    if (!end)
        end = compact_at(view, i);
    if (!end)
        end = day_first_at(view, i);
    return end ? end : short_at(view, i);
}

void recognise_dates(struct view *view)
{
    for (size_t i = 0; i < view->len; i++) {
        if (!is_alnum(view_at(view, i)) || !edge_before(view, i))
            continue;
        size_t end = date_at(view, i);
        if (end && !(view->balanced && version_before(view, i))) {
            hits_add(view, i, end, REDACT_DATE, 0.9f);
            i = end - 1;
        }
    }
}

static bool age_behind(const struct view *view, size_t i, bool clinical)
{
    static const char *const words[] = {"yo",    "y/o", "y.o",       "yr", "yrs", "year",
                                        "years", "y",   "years old", "jr", "ans"};
    size_t at = view_at(view, i) == ' ' || view_at(view, i) == '-' ? i + 1 : i;

    for (size_t w = 0; w < sizeof(words) / sizeof(words[0]); w++)
        if (view_is(view, at, words[w]) && !is_alnum(view_at(view, at + strlen(words[w]))))
            return true;
    return clinical && (view_at(view, at) == 'f' || view_at(view, at) == 'm') &&
           !is_alnum(view_at(view, at + 1));
}

static bool age_before(const struct view *view, size_t i)
{
    static const char *const words[] = {"age", "aged", "ages", "turned", "turning"};

    while (i > 0 && view_at(view, i - 1) && strchr(" :=-", view->lower[i - 1]))
        i--;
    for (size_t w = 0; w < sizeof(words) / sizeof(words[0]); w++) {
        size_t len = strlen(words[w]);

        if (i >= len && view_is_word(view, i - len, words[w]))
            return true;
    }
    return false;
}

/* 164.514(b)(2)(i)(C): all ages over 89. */
void recognise_ages(struct view *view)
{
    for (size_t t = 0; t < view->tokens; t++) {
        const struct token *token = &view->token[t];
        size_t end = token->start;
        unsigned value;

        if (token->shape != TOKEN_NUMBER || token->end - token->start > 3 ||
            token->end - token->start < 2)
            continue;
        (void)digits_at(view, &end, 3, &value);
        if (value < 90 || value > 125)
            continue;
        if (age_behind(view, end, view->clinical) || age_before(view, token->start))
            hits_add(view, token->start, end, REDACT_AGE, 0.95f);
    }
}
