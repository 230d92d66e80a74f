#include "base/moment.h"

#include <stdio.h>

/* RFC 3339 has four digits for a year: 0000-01-01 and 9999-12-31. */
#define DAY_MIN ((int64_t)-719528)
#define DAY_MAX ((int64_t)2932896)

/* Howard Hinnant's civil-calendar arithmetic, public domain: exact for every int32_t day. */
static void civil_from_day(int64_t day, int64_t *ret_year, unsigned *ret_month, unsigned *ret_date)
{
    day += 719468;
    int64_t era = (day >= 0 ? day : day - 146096) / 146097;
    unsigned doe = (unsigned)(day - era * 146097);
    unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    unsigned mp = (5 * doy + 2) / 153;

    *ret_date = doy - (153 * mp + 2) / 5 + 1;
    *ret_month = mp < 10 ? mp + 3 : mp - 9;
    *ret_year = (int64_t)yoe + era * 400 + (*ret_month <= 2);
}

static int64_t day_from_civil(int64_t year, unsigned month, unsigned date)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    unsigned yoe = (unsigned)(year - era * 400);
    unsigned doy = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + date - 1;
    unsigned doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

    return era * 146097 + (int64_t)doe - 719468;
}

static int64_t between(int64_t value, int64_t min, int64_t max)
{
    return value < min ? min : value > max ? max : value;
}

int32_t time_day(int64_t at)
{
    int64_t day = at / MS_PER_DAY;

    return (int32_t)between(at % MS_PER_DAY < 0 ? day - 1 : day, INT32_MIN, INT32_MAX);
}

void time_print(int64_t at, char ret_text[TIME_TEXT_SIZE])
{
    int64_t year;
    unsigned month;
    unsigned date;
    at = between(at, DAY_MIN * MS_PER_DAY, (DAY_MAX + 1) * MS_PER_DAY - 1);
    int32_t day = time_day(at);
    int64_t ms = at - (int64_t)day * MS_PER_DAY;

    civil_from_day(day, &year, &month, &date);
    (void)snprintf(ret_text, TIME_TEXT_SIZE, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                   (int)(year % 10000), month % 100, date % 100, (int)(ms / MS_PER_HOUR) % 24,
                   (int)(ms / MS_PER_MINUTE % 60), (int)(ms / MS_PER_SECOND % 60),
                   (int)(ms % MS_PER_SECOND));
}

int32_t time_week(int32_t day)
{
    /* Day 0 was a Thursday, three days after a Monday. */
    int64_t since = ((int64_t)day + 3) % 7;
    int64_t monday = day - (since < 0 ? since + 7 : since);

    return monday < INT32_MIN ? INT32_MIN : (int32_t)monday;
}

void time_day_print(int32_t day, char ret_text[TIME_TEXT_SIZE])
{
    int64_t year;
    unsigned month;
    unsigned date;

    civil_from_day(between(day, DAY_MIN, DAY_MAX), &year, &month, &date);
    (void)snprintf(ret_text, TIME_TEXT_SIZE, "%04d-%02u-%02u", (int)(year % 10000), month % 100,
                   date % 100);
}

static RESULT digits_parse(struct text text, size_t start, size_t count, unsigned *ret_number)
{
    unsigned number = 0;

    for (size_t i = start; i < start + count; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return TIME_INVALID;
        number = number * 10 + (unsigned)(text.at[i] - '0');
    }
    *ret_number = number;
    return 0;
}

RESULT time_day_parse(struct text text, int32_t *ret_day)
{
    unsigned year;
    unsigned month;
    unsigned date;
    char again[TIME_TEXT_SIZE];

    if (text.len != 10 || text.at[4] != '-' || text.at[7] != '-')
        return TIME_INVALID;
    if (digits_parse(text, 0, 4, &year) || digits_parse(text, 5, 2, &month) ||
        digits_parse(text, 8, 2, &date))
        return TIME_INVALID;
    if (month < 1 || month > 12 || date < 1 || date > 31)
        return TIME_INVALID;
    int32_t day = (int32_t)day_from_civil(year, month, date);
    /* 31 February reads as 3 March: whatever does not print as itself is no date. */
    time_day_print(day, again);
    if (!text_equal(text, text_of(again)))
        return TIME_INVALID;
    *ret_day = day;
    return 0;
}
