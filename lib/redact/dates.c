/*
 * Every element of a date but the year: 45 CFR 164.514(b)(2)(i)(C). A year stays, a quarter, a
 * month by itself; a month of a year goes. Orders and separators: those of Unicode CLDR's short,
 * medium and long patterns, and of ISO 8601-1 (calendar and week dates, basic and extended). ISO
 * ordinal dates ("2021-074") look like numbers of cases and are left to other rules.
 */

#include "redact/labels.h"
#include "redact/value.h"

#define YEAR_FIRST 1850
#define YEAR_LAST 2100

/* Groups of a numeric date, as they are read. */
struct parts {
    size_t len[3];
    unsigned value[3];
    uint8_t separator;
    bool zero; /* one of them begins with 0 */
};

static bool edge(const struct view *view, size_t i)
{
    return !is_alnum(view_at(view, i));
}

/* Nothing may stay that is not known, or the text speaks of a patient. */
static bool wary(const struct view *view)
{
    return !view->balanced || view->clinical;
}

static bool year_fits(unsigned value)
{
    return value >= YEAR_FIRST && value <= YEAR_LAST;
}

/* February has 29 days: what year it is does not always stand there. */
static unsigned month_days(unsigned month)
{
    static const uint8_t days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return month >= 1 && month <= 12 ? days[month - 1] : 0;
}

static bool day_fits(unsigned value)
{
    return value >= 1 && value <= 31;
}

static bool month_fits(unsigned value)
{
    return value >= 1 && value <= 12;
}

static bool leap(unsigned year)
{
    return year % 4 == 0 && (year % 100 || year % 400 == 0);
}

static bool day_of(unsigned day, unsigned month)
{
    return day >= 1 && day <= month_days(month);
}

/* In either order. */
static bool day_and_month(unsigned a, unsigned b)
{
    return day_of(a, b) || day_of(b, a);
}

/* The same of a known year. */
static bool day_of_year(unsigned a, unsigned b, unsigned year)
{
    bool late = (a == 2 && b == 29) || (a == 29 && b == 2);

    return day_and_month(a, b) && !(late && !leap(year));
}

static const struct token *token_before(const struct view *view, size_t t)
{
    return t > 0 ? &view->token[t - 1] : NULL;
}

/* True when a word of sets stands before the token, with at most three of signs between. */
static bool word_before(const struct view *view, size_t t, uint64_t sets, const char *signs)
{
    const struct token *before = token_before(view, t);

    if (!(view->sets & sets) || !before || before->shape == TOKEN_NUMBER ||
        !token_has(before, sets) || view->token[t].start - before->end > 3)
        return false;
    for (size_t i = before->end; i < view->token[t].start; i++)
        if (!is_one_of(view_at(view, i), signs))
            return false;
    return true;
}

bool version_before(const struct view *view, size_t t)
{
    return word_before(view, t, WORD(VERSION), " .:#");
}

static size_t noon_end(const struct view *view, size_t i)
{
    size_t at = view_at(view, i) == ' ' ? i + 1 : i;

    if (view_at(view, at) != 'a' && view_at(view, at) != 'p')
        return i;
    size_t dot = view_at(view, at + 1) == '.';
    if (view_at(view, at + 1 + dot) != 'm' || !edge(view, at + 2 + dot))
        return i;
    return at + 2 + dot + (dot && view_at(view, at + 3) == '.');
}

/* A zone behind a time: "Z", "+02:00", "-0500". */
static size_t zone_end(const struct view *view, size_t i)
{
    if (view_at(view, i) == 'z' && edge(view, i + 1))
        return i + 1;
    if (view_at(view, i) != '+' && view_at(view, i) != '-')
        return i;
    if (value_len(view, i + 1, 4) == 4)
        return i + 5;
    if (value_len(view, i + 1, 2) != 2)
        return i;
    return view_at(view, i + 3) == ':' && value_len(view, i + 4, 2) == 2 ? i + 6 : i;
}

/* Behind "T", a blank or an underline, the time of day belongs to the date: "T10:11:12.5Z",
 * " 9:30 PM", "T101112". */
static size_t time_end(const struct view *view, size_t end)
{
    uint8_t c = view_at(view, end);
    size_t i = end + 1;

    if (c == ',' && view_at(view, i) == ' ')
        i++;
    else if (c != 't' && c != ' ' && c != '_')
        return end;
    size_t len = value_len(view, i, 6);
    if (c != ' ' && (len == 4 || len == 6) && value_of(view, i, i + 2) < 25)
        return zone_end(view, i + len);
    if (len < 1 || len > 2 || value_of(view, i, i + len) > 24)
        return end;
    i += len;
    if (view_at(view, i) != ':') {
        size_t noon = noon_end(view, i);

        return noon > i ? noon : end;
    }
    if (value_len(view, i + 1, 2) != 2)
        return end;
    while (i - end < 24 && (is_digit(view_at(view, i)) ||
                            (is_one_of(view->lower[i], ":.") && is_digit(view_at(view, i + 1)))))
        i++;
    size_t noon = noon_end(view, i);
    return noon > i ? noon : zone_end(view, i);
}

/* The sign at *i between the parts of a date, with blanks around; 0 for none. */
static uint8_t separator_at(const struct view *view, size_t *i)
{
    size_t blank = view_at(view, *i) == ' ';
    uint8_t c = view_at(view, *i + blank);

    if (!is_one_of(c, "/-._:")) {
        *i += blank;
        return blank ? ' ' : 0;
    }
    *i += blank + 1;
    *i += view_at(view, *i) == ' ' && (blank || c == '.');
    *i += view_at(view, *i) == '\'';
    return c;
}

/* Reads three numbers with one sign between; returns where they end, or 0. */
static size_t parts_read(const struct view *view, size_t i, struct parts *parts)
{
    *parts = (struct parts){0};
    for (size_t part = 0; part < 3; part++) {
        size_t len = value_len(view, i, 4);

        if (len == 0 || len == 3 || len > 4)
            return 0;
        parts->len[part] = len;
        parts->value[part] = value_of(view, i, i + len);
        parts->zero = parts->zero || view->at[i] == '0';
        i += len;
        if (part == 2)
            break;
        uint8_t c = separator_at(view, &i);
        if (c == 0 || (part == 1 && c != parts->separator))
            return 0;
        parts->separator = c;
    }
    return i;
}

/* A blank separates only whole forms, and a dot also what is no date: "1.5.10". */
static bool separator_fits(const struct view *view, const struct parts *parts)
{
    bool whole = parts->len[0] + parts->len[1] + parts->len[2] == 8;

    if (parts->separator == ' ')
        return whole && wary(view);
    if (parts->separator == ':')
        return whole && parts->len[0] == 4;
    if (parts->separator == '.' && parts->len[0] == 4)
        return whole;
    if (parts->separator == '.')
        return parts->len[2] == 4 || parts->zero || wary(view) ||
               parts->len[0] + parts->len[1] + parts->len[2] == 6;
    return true;
}

static bool parts_fit(const struct parts *parts)
{
    const unsigned *value = parts->value;
    const size_t *len = parts->len;

    if (len[1] > 2)
        return false;
    if (len[0] == 4)
        return len[2] <= 2 && year_fits(value[0]) && day_of(value[2], value[1]) &&
               day_of_year(value[1], value[2], value[0]);
    if (len[2] == 4)
        return len[0] <= 2 && year_fits(value[2]) && day_of_year(value[0], value[1], value[2]);
    if (len[0] > 2 || len[2] != 2)
        return false;
    /* "99-12-31": where the first can be no day */
    return day_and_month(value[0], value[1]) ||
           (len[0] == 2 && value[0] > 31 && day_of(value[2], value[1]));
}

/* True when only the calendar says that it is none: "02/30/2021". */
static bool parts_look_so(const struct parts *parts)
{
    if (parts->len[1] > 2 || !is_one_of(parts->separator, "/-"))
        return false;
    return (parts->len[0] == 4 && parts->len[2] == 2 && year_fits(parts->value[0])) ||
           (parts->len[0] <= 2 && parts->len[2] == 4 && year_fits(parts->value[2]));
}

/* True when the signs at i, behind the first number of a numeric date, may be its. */
static bool separator_begins(const struct view *view, size_t start, size_t i)
{
    uint8_t c = view_at(view, i);
    uint8_t next = view_at(view, i + 1);

    if (c == ' ')
        return is_digit(next) || is_one_of(next, "/-._:");
    if (c == '.' && start > 1 && view_at(view, start - 1) == '.' &&
        is_digit(view_at(view, start - 2)))
        return false; /* as numeric_at() says */
    return is_one_of(c, "/-._:") && (c != ':' || i - start == 4) &&
           (is_digit(next) || is_one_of(next, " '"));
}

/* "3/14/2009", "2009-03-14", "14.3.09", blanks around the signs too. *ret_valid: the calendar has
 * such a day. */
static size_t numeric_at(const struct view *view, size_t start, bool *ret_valid)
{
    struct parts parts;
    size_t end = parts_read(view, start, &parts);

    *ret_valid = end && parts_fit(&parts);
    if (!end || !separator_fits(view, &parts) || !(*ret_valid || parts_look_so(&parts)))
        return 0;
    if (is_letter(view_at(view, end)) && view->lower[end] != 't')
        return 0;
    /* "85.07.30-033.28": numbers of registers of people begin like a date */
    if (parts.separator == '.' && view_at(view, end) == '-' && value_len(view, end + 1, 3) == 3)
        return 0;
    /* five numbers with dots are a version or an object's */
    if (parts.separator == '.' &&
        ((view_at(view, end) == '.' && is_digit(view_at(view, end + 1))) ||
         (start > 1 && view_at(view, start - 1) == '.' && is_digit(view_at(view, start - 2)))))
        return 0;
    return time_end(view, end);
}

/* "2021-W14-3": a week is an element too. */
static size_t week_at(const struct view *view, size_t end)
{
    size_t i = end + (view_at(view, end) == '-');

    if (view_at(view, i) != 'w' || value_len(view, i + 1, 2) != 2)
        return 0;
    unsigned week = value_of(view, i + 1, i + 3);
    if (week < 1 || week > 53)
        return 0;
    i += 3;
    if (view_at(view, i) == '-' && value_len(view, i + 1, 1) == 1)
        i += 2;
    return edge(view, i) ? i : 0;
}

/* "2021-03", "2021/03", "03/2021": but "2011-12" is a span of years as well. */
static size_t month_of_year_at(const struct view *view, const struct number *number)
{
    size_t first = number->end[0] - number->start[0];
    size_t second = number->end[1] - number->start[1];
    unsigned a = value_of(view, number->start[0], number->end[0]);
    unsigned b = value_of(view, number->start[1], number->end[1]);
    uint8_t c = number->separator[0];

    if (!edge(view, number->end[1]) || !is_one_of(c, "/-_") ||
        number->start[1] != number->end[0] + 1u)
        return 0;
    if (first == 4 && second == 2 && year_fits(a) && month_fits(b))
        return c != '-' || b != (a + 1) % 100 ? number->end[1] : 0;
    if (first <= 2 && second == 4 && month_fits(a) && year_fits(b))
        return number->end[1];
    return 0;
}

/* Digits without signs: YYYYMMDD, MMDDYYYY, DDMMYYYY, with a time behind or not. */
static size_t compact_at(const struct view *view, const struct number *number, float *ret_score)
{
    size_t start = number->start[0];
    size_t end = number->end[0];
    unsigned head = value_of(view, start, start + 4);
    unsigned a = value_of(view, start, start + 2);
    unsigned b = value_of(view, start + 2, start + 4);
    unsigned c = value_of(view, start + 4, start + 6);
    unsigned d = value_of(view, start + 6, start + 8);

    if (is_letter(view_at(view, end)) && view->lower[end] != 't')
        return 0;
    if (head >= 1900 && head <= YEAR_LAST && day_of(d, c)) {
        *ret_score = 0.75f;
        return end - start == 8 ? time_end(view, end) : end;
    }
    *ret_score = 0.55f; /* a number of eight digits is so by chance more often */
    if (end - start == 8 && day_and_month(a, b) && c * 100 + d >= 1900 && c * 100 + d <= YEAR_LAST)
        return end;
    return 0;
}

/* MMDDYY, DDMMYY, YYMMDD and YYYYMM are so many numbers that a name of a file must hold them. */
static size_t short_compact_at(const struct view *view, const struct number *number)
{
    size_t start = number->start[0];
    size_t end = number->end[0];
    uint8_t before = start > 0 ? view_at(view, start - 1) : 0;
    uint8_t behind = view_at(view, end);
    bool file = is_one_of(before, "_-") &&
                (is_one_of(behind, "_-") || (behind == '.' && is_letter(view_at(view, end + 1))));

    if (!file && !(view->clinical && word_before(view, number->token, WORD(DAY_WORD), " :.")))
        return 0;
    unsigned a = value_of(view, start, start + 2);
    unsigned b = value_of(view, start + 2, start + 4);
    unsigned c = value_of(view, start + 4, start + 6);
    bool fits = day_and_month(a, b) || day_of(c, b) ||
                (a * 100 + b >= 1950 && a * 100 + b < 2050 && month_fits(c));

    return fits ? end : 0;
}

/* What stands before it is an hour: "3:30". */
static bool clock_at(const struct view *view, size_t i)
{
    return view_at(view, i) == ':' && is_digit(view_at(view, i + 1));
}

/* At most three signs that may stand between the words of a date. */
static size_t gap_end(const struct view *view, size_t i)
{
    size_t start = i;

    while (i - start < 3 && is_one_of(view_at(view, i), " -,/._"))
        i++;
    return i;
}

static size_t ordinal_end(const struct view *view, size_t *t)
{
    const struct token *number = &view->token[*t];
    const struct token *next = number + 1;

    if (*t + 1 >= view->tokens || next->start != number->end || next->shape == TOKEN_NUMBER ||
        !token_has(next, WORD(ORDINAL)))
        return number->end;
    ++*t;
    return next->end;
}

/* A year behind a date, or where the date ended: ", 2020", "-20", "'20". */
static size_t year_end(const struct view *view, size_t end)
{
    size_t i = gap_end(view, end);
    bool short_fits = view_at(view, end) != ' ';

    if (view_is(view, i, "of ") || view_is(view, i, "de "))
        i += 3;
    if (view_at(view, i) == '\'') {
        short_fits = true;
        i++;
    }
    size_t len = value_len(view, i, 4);
    if (!(len == 4 && year_fits(value_of(view, i, i + 4))) && !(len == 2 && short_fits))
        return end;
    return edge(view, i + len) && !clock_at(view, i + len) ? i + len : end;
}

/* The second day of "3-5", "3 - 5", "3 to 5", "3 & 5"; else end. */
static size_t range_end(const struct view *view, size_t end)
{
    size_t i = end;

    while (i - end < 2 && view_at(view, i) == ' ')
        i++;
    if (view_is(view, i, "to ") || view_is(view, i, "and "))
        i += view->lower[i] == 't' ? 3 : 4;
    else if (is_one_of(view_at(view, i), "-&/"))
        i += 1u + (view_at(view, i + 1) == ' ');
    else
        return end;
    size_t len = value_len(view, i, 2);
    if (len < 1 || len > 2 || !day_fits(value_of(view, i, i + len)))
        return end;
    i += len;
    if (view_is(view, i, "st") || view_is(view, i, "nd") || view_is(view, i, "rd") ||
        view_is(view, i, "th"))
        i += 2;
    return edge(view, i) && !clock_at(view, i) ? i : end;
}

/* Token t, when it is the name of a month right behind end. */
static const struct token *month_behind(const struct view *view, size_t t, size_t end)
{
    if (t >= view->tokens || view->token[t].shape == TOKEN_NUMBER)
        return NULL;
    const struct token *token = &view->token[t];
    if (!token_has(token, WORD(MONTH)) || token->start != gap_end(view, end))
        return NULL;
    return token;
}

/* "may" and "mar" are words too. */
static bool may_be_word(const struct view *view, const struct token *month)
{
    return month->shape == TOKEN_LOWER &&
           (view_is_word(view, month->start, "may") || view_is_word(view, month->start, "mar"));
}

/* "14 March 2009", "05JAN1988", "14th of March", "3-5 May" */
static size_t day_first_at(const struct view *view, const struct number *number)
{
    size_t t = number->token;
    size_t end;

    if (number->groups > 1 && is_one_of(number->separator[0], "-/") &&
        number->end[1] - number->start[1] <= 2 &&
        day_fits(value_of(view, number->start[1], number->end[1])))
        t++;
    end = ordinal_end(view, &t);
    if (t + 2 < view->tokens && (view_is_word(view, gap_end(view, end), "of") ||
                                 view_is_word(view, gap_end(view, end), "de")))
        end = view->token[++t].end;
    const struct token *month = month_behind(view, t + 1, end);
    if (!month)
        return 0;
    bool dot = view_at(view, month->end) == '.' && !is_letter(view_at(view, month->end + 1u));
    end = month->end + dot;
    size_t year = year_end(view, end);
    if (!edge(view, year) || (year == end && !wary(view) && may_be_word(view, month) &&
                              !word_before(view, number->token, WORD(DAY_WORD), " :.")))
        return 0;
    return time_end(view, year == end ? month->end : year);
}

/* "2009 March 14", "2021-Mar" */
static size_t year_first_at(const struct view *view, const struct number *number)
{
    size_t t = number->token + 1;
    const struct token *month = month_behind(view, t, number->end[0]);

    if (!month || !edge(view, number->end[0]))
        return 0;
    size_t i = gap_end(view, month->end);
    size_t len = value_len(view, i, 2);
    if (len >= 1 && len <= 2 && day_fits(value_of(view, i, i + len)) && edge(view, i + len) &&
        !clock_at(view, i + len))
        return time_end(view, i + len);
    return view_at(view, number->end[0]) != ' ' && edge(view, month->end) ? month->end : 0;
}

/* "March 14th, 2009", "May 3-5", "Mar 2009", "Mar '09" */
static size_t month_first_at(const struct view *view, const struct number *number)
{
    size_t t = number->token;
    size_t len = number->end[0] - number->start[0];
    unsigned value = value_of(view, number->start[0], number->end[0]);
    size_t gap = gap_end(view, view->token[t - 1].end);

    gap += view_at(view, gap) == '\'';
    if (gap != number->start[0])
        return 0;
    if (len == 4)
        return year_fits(value) && edge(view, number->end[0]) ? number->end[0] : 0;
    bool year = view->at[gap - 1] == '\'' && len == 2;
    if (len > 2 || !(day_fits(value) || year))
        return 0;
    /* "FEV1" is a measure of the lungs. */
    if (view_is_word(view, view->token[t - 1].start, "fev1"))
        return 0;
    size_t end = ordinal_end(view, &t);
    if (!edge(view, end) || clock_at(view, end))
        return 0;
    return time_end(view, year_end(view, range_end(view, end)));
}

/* "3/14" at i, or 0. */
static size_t short_end(const struct view *view, size_t i)
{
    size_t first = value_len(view, i, 2);
    uint8_t c = view_at(view, i + first);

    if (first < 1 || first > 2 || (c != '/' && !(c == '-' && first == 2)))
        return 0;
    size_t second = value_len(view, i + first + 1, 2);
    size_t end = i + first + 1 + second;
    if (second < 1 || second > 2 || (c == '-' && second != 2) || !edge(view, end) ||
        view_at(view, end) == c)
        return 0;
    return day_and_month(value_of(view, i, i + first), value_of(view, end - second, end)) ? end : 0;
}

/* True when a word of sets is among the three before token t. */
static bool word_near(const struct view *view, size_t t, uint64_t sets)
{
    for (size_t n = 1; view->sets & sets && n <= 3 && n <= t; n++)
        if (token_has(&view->token[t - n], sets))
            return true;
    return false;
}

/*
 * "7/10" is how much it hurts, "on 7/10" a day, and so is "Tue 7/10". Without such a word it is one
 * where patients are spoken of and no score has so many points.
 */
static bool short_is_day(const struct view *view, const struct number *number, size_t end)
{
    unsigned second = value_of(view, number->start[1], number->end[1]);

    if (word_before(view, number->token, WORD(WEEKDAY), " ,."))
        return true;
    if (view_is(view, end, " of") || word_near(view, number->token, WORD(SCORE)))
        return false;
    if (word_before(view, number->token, WORD(DAY_WORD) | WORD(EVENT), " :(."))
        return true;
    return view->clinical && (second > 12 || word_near(view, number->token, WORD(EVENT)));
}

/* *ret_day: it is one. Else it may be a score, and goes where nothing may stay that is not known.
 */
static size_t short_at(const struct view *view, const struct number *number, bool *ret_day)
{
    size_t start = number->start[0];
    bool valid;

    if (start > 0 && view_at(view, start - 1) == '/')
        return 0;
    size_t end = short_end(view, start);
    *ret_day = end && number->groups > 1 && short_is_day(view, number, end);
    if (!*ret_day && (!end || number->groups < 2 || view->balanced))
        return 0;
    size_t next = end + (view_at(view, end) == ' ');
    if (view_at(view, next) != '-')
        return time_end(view, end);
    next += 1u + (view_at(view, next + 1) == ' ');
    size_t second = numeric_at(view, next, &valid);
    if (!second || !valid)
        second = short_end(view, next);
    return second ? second : end;
}

/* Of a weekday before the date, a day is told as well. */
static size_t date_add(struct view *view, size_t t, size_t end, enum redact_rule rule, float score)
{
    size_t start = view->token[t].start;

    if (word_before(view, t, WORD(WEEKDAY), " ,."))
        start = view->token[t - 1].start;
    hits_put(view, start, end, REDACT_DATE, rule, score);
    return end;
}

static size_t named_date(struct view *view, const struct number *number)
{
    const struct token *before = token_before(view, number->token);
    size_t len = number->end[0] - number->start[0];
    size_t first = number->token;
    size_t end = 0;

    if (len == 4 ? year_fits(value_of(view, number->start[0], number->end[0]))
                 : day_fits(value_of(view, number->start[0], number->end[0])))
        end = len == 4 ? year_first_at(view, number) : day_first_at(view, number);
    if (before && before->shape != TOKEN_NUMBER && token_has(before, WORD(MONTH))) {
        size_t other = month_first_at(view, number);

        if (other) {
            end = other > end ? other : end;
            first--;
        }
    }
    return end ? date_add(view, first, end, RULE_DATE_MONTH, 0.9f) : 0;
}

/* What a label names is a date only when the label says so, or the form leaves no doubt. */
static bool may_be_date(const struct number *number)
{
    return !number->label || number->label->kind == REDACT_DATE ||
           number->label->kind == REDACT_KINDS;
}

/* One, two and four digits: a part of a date. */
static size_t part_is_date(struct view *view, const struct number *number)
{
    size_t end = 0;
    bool glued = number->start[0] > 0 && is_alnum(view_at(view, number->start[0] - 1));
    uint8_t c = view_at(view, number->end[0]);
    bool valid;

    if (view->sets & WORD(MONTH) && (end = named_date(view, number)))
        return end;
    if (glued)
        return 0;
    if (separator_begins(view, number->start[0], number->end[0]) &&
        (end = numeric_at(view, number->start[0], &valid))) {
        if (valid)
            return date_add(view, number->token, end, RULE_DATE_NUMERIC, 0.9f);
        hits_put(view, number->start[0], end, REDACT_OTHER_ID, RULE_DATE_NUMERIC, 0.5f);
        return end;
    }
    if (!may_be_date(number))
        return 0;
    if (number->groups == 2 && (end = month_of_year_at(view, number)))
        return date_add(view, number->token, end, RULE_DATE_MONTH_YEAR, 0.7f);
    if (number->end[0] - number->start[0] < 3 && (c == '/' || c == '-') &&
        (end = short_at(view, number, &valid))) {
        if (valid)
            return date_add(view, number->token, end, RULE_DATE_SHORT, 0.7f);
        hits_put(view, number->start[0], end, REDACT_UNKNOWN, RULE_DATE_SHORT, 0.1f);
        return end;
    }
    if (number->end[0] - number->start[0] == 4 && (c == '-' || c == 'w') &&
        year_fits(value_of(view, number->start[0], number->end[0])) &&
        (end = week_at(view, number->end[0])))
        return date_add(view, number->token, end, RULE_DATE_WEEK, 0.8f);
    return 0;
}

size_t number_is_date(struct view *view, const struct number *number)
{
    static const uint16_t lens = 1 << 1 | 1 << 2 | 1 << 4 | 1 << 6 | 1 << 8 | 1 << 12 | 1 << 14;
    size_t len = number->end[0] - number->start[0];
    float score;
    size_t end;

    if (len > 14 || !(lens >> len & 1) ||
        (view->balanced && (len > 4 || view->at[number->end[0]] == '.') &&
         version_before(view, number->token)))
        return 0;
    if (len <= 4)
        return part_is_date(view, number);
    if (!may_be_date(number) ||
        (number->start[0] > 0 && is_alnum(view_at(view, number->start[0] - 1))))
        return 0;
    if (len == 6) {
        end = short_compact_at(view, number);
        return end ? date_add(view, number->token, end, RULE_DATE_COMPACT, 0.5f) : 0;
    }
    end = compact_at(view, number, &score);
    return end ? date_add(view, number->token, end, RULE_DATE_COMPACT, score) : 0;
}
