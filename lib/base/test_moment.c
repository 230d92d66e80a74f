#include "base/moment.h"
#include "tap.h"

static void moments_print_as_rfc_3339(void)
{
    char text[TIME_TEXT_SIZE];

    time_print(0, text);
    CHECK(text_equal(text_of(text), text_of("1970-01-01T00:00:00.000Z")));
    time_print(1795417281034, text);
    CHECK(text_equal(text_of(text), text_of("2026-11-23T07:01:21.034Z")));
    time_print(-1, text);
    CHECK(text_equal(text_of(text), text_of("1969-12-31T23:59:59.999Z")));
}

static void every_day_of_a_century_goes_there_and_back(void)
{
    char text[TIME_TEXT_SIZE];

    for (int32_t day = 0; day < 36525 * 2; day++) {
        int32_t again = -1;

        time_day_print(day, text);
        CHECK(time_day_parse(text_of(text), &again) == 0 && again == day);
        CHECK(time_day((int64_t)day * MS_PER_DAY) == day);
        CHECK(time_day((int64_t)(day + 1) * MS_PER_DAY - 1) == day);
    }
}

static void what_is_no_date_is_refused(void)
{
    static const char *const wrong[] = {"2026-02-29", "2026-13-01", "2026-00-10", "2026-1-01",
                                        "2026-04-31", "2026/04/30", "",           "2026-04-3x"};
    int32_t day = 7;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        CHECK(time_day_parse(text_of(wrong[i]), &day) == TIME_INVALID && day == 7);
    CHECK(time_day_parse(text_of("2028-02-29"), &day) == 0);
}

/* Clocks and databases hold what they hold: no number is undefined. */
static void moments_beyond_the_calendar_print_as_its_ends(void)
{
    char text[TIME_TEXT_SIZE];

    time_print(INT64_MAX, text);
    CHECK(strcmp(text, "9999-12-31T23:59:59.999Z") == 0);
    time_print(INT64_C(253402300800000), text);
    CHECK(strcmp(text, "9999-12-31T23:59:59.999Z") == 0);
    time_print(INT64_MIN, text);
    CHECK(strcmp(text, "0000-01-01T00:00:00.000Z") == 0);
    CHECK(time_day(INT64_MAX) == INT32_MAX && time_day(INT64_MIN) == INT32_MIN);
    time_day_print(INT32_MAX, text);
    CHECK(strcmp(text, "9999-12-31") == 0);
    time_day_print(INT32_MIN, text);
    CHECK(strcmp(text, "0000-01-01") == 0);
}

static void weeks_begin_on_mondays(void)
{
    int32_t monday = 0;
    int32_t day;

    CHECK(time_day_parse(text_of("2026-11-23"), &monday) == 0);
    for (day = monday; day < monday + 7; day++)
        CHECK(time_week(day) == monday);
    CHECK(time_week(monday - 1) == monday - 7);
    CHECK(time_week(0) == -3 && time_week(-3) == -3 && time_week(-4) == -10);
    CHECK(time_week(INT32_MIN) == INT32_MIN && time_week(INT32_MAX) <= INT32_MAX);
}

int main(void)
{
    RUN(weeks_begin_on_mondays);
    RUN(moments_print_as_rfc_3339);
    RUN(every_day_of_a_century_goes_there_and_back);
    RUN(what_is_no_date_is_refused);
    RUN(moments_beyond_the_calendar_print_as_its_ends);
    return tap_done();
}
