#pragma once

/*
 * Time values: int64_t milliseconds UTC since 1970, named _at; days are whole UTC days since 1970.
 * Pure: the clock itself is os/clock.h.
 */

#include "base/bytes.h"
#include "base/result.h"

#define MS_PER_SECOND ((int64_t)1000)
#define MS_PER_MINUTE (60 * MS_PER_SECOND)
#define MS_PER_HOUR (60 * MS_PER_MINUTE)
#define MS_PER_DAY (24 * MS_PER_HOUR)

enum {
    TIME_INVALID = 1, /* not a date or time in the form that the function names */
};

#define TIME_TEXT_SIZE 32

/* The UTC day that a moment is in; floors, so it is right before 1970 too. Beyond int32_t: its end.
 */
int32_t time_day(int64_t at);

/* "2026-11-23T07:01:21.034Z" (RFC 3339), with a closing NUL. Beyond the years 0 to 9999, here and
 * below: their first or last moment. */
void time_print(int64_t at, char ret_text[TIME_TEXT_SIZE]);

/* "2026-11-23", with a closing NUL. */
void time_day_print(int32_t day, char ret_text[TIME_TEXT_SIZE]);

/* The Monday on or before a day: weeks begin on Mondays (ISO 8601). */
int32_t time_week(int32_t day);

/* Reads "2026-11-23". Outcome: TIME_INVALID. */
RESULT time_day_parse(struct text text, int32_t *ret_day);
