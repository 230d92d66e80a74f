/* The contract of zone.h, with zones that every system has. */

#include "os/zone.h"
#include "tap.h"

#define HOUR INT64_C(3600000)
/* 2026-01-15 and 2026-07-15, 12:00 UTC */
#define WINTER INT64_C(1768478400000)
#define SUMMER INT64_C(1784116800000)
/* 2026-03-08 08:00 UTC: clocks of Chicago go from 2 to 3 in the morning */
#define SPRING INT64_C(1772956800000)

static int64_t offset_of(const char *name, int64_t at)
{
    int64_t offset = -1;

    CHECK(zone_offset(text_of(name), at, &offset) == 0);
    return offset;
}

static void a_zone_knows_its_winter_and_its_summer(void)
{
    CHECK(offset_of("America/Chicago", WINTER) == -6 * HOUR);
    CHECK(offset_of("America/Chicago", SUMMER) == -5 * HOUR);
    CHECK(offset_of("Europe/Vienna", WINTER) == HOUR);
    CHECK(offset_of("Europe/Vienna", SUMMER) == 2 * HOUR);
    CHECK(offset_of("Australia/Adelaide", WINTER) == 10 * HOUR + HOUR / 2);
    CHECK(offset_of("America/Phoenix", SUMMER) == -7 * HOUR);
    CHECK(offset_of("UTC", SUMMER) == 0);
}

static void the_clocks_change_to_the_millisecond(void)
{
    CHECK(offset_of("America/Chicago", SPRING - 1) == -6 * HOUR);
    CHECK(offset_of("America/Chicago", SPRING) == -5 * HOUR);
}

static void the_same_zone_is_asked_for_often(void)
{
    for (int i = 0; i < 100000; i++)
        if (offset_of("America/New_York", WINTER) != -5 * HOUR)
            CHECK(false);
}

static void what_is_no_zones_name_is_refused_and_sets_nothing(void)
{
    static const char *const wrong[] = {
        "",
        "Nowhere/Town",
        "/etc/localtime",
        "../passwd",
        "Europe/../..",
        "Europe/../../../../etc/localtime",
        "+02:00",
        ":Europe/Rome",
        "PST8PDT,M3.2.0,M11.1.0",
        "europe/rome",
        "Europe",
        "America/Chicago\n",
    };
    int64_t offset = 7;

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK(zone_offset(text_of(wrong[i]), WINTER, &offset) == ZONE_UNKNOWN);
    CHECK(zone_offset((struct text){"UTC\0x", 5}, WINTER, &offset) == ZONE_UNKNOWN);
    CHECK(zone_offset((struct text){0}, WINTER, &offset) == ZONE_UNKNOWN);
    CHECK(zone_offset(text_of("A23456789012345678901234567890123456789012345678901234567890123456"),
                      WINTER, &offset) == ZONE_UNKNOWN);
    CHECK(offset == 7);
}

int main(void)
{
    RUN(a_zone_knows_its_winter_and_its_summer);
    RUN(the_clocks_change_to_the_millisecond);
    RUN(the_same_zone_is_asked_for_often);
    RUN(what_is_no_zones_name_is_refused_and_sets_nothing);
    return tap_done();
}
