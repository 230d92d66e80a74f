/* The contract of conditions.h. */

#include "access/conditions.h"
#include "base/moment.h"
#include "tap.h"

/* 2026-11-23, a Monday, by local clocks. */
#define MONDAY (INT64_C(20780) * MS_PER_DAY)
#define AT(day, hour, minute)                                                                      \
    (MONDAY + (day)*MS_PER_DAY + (hour)*MS_PER_HOUR + (minute)*MS_PER_MINUTE)

static struct access_network network_of(const char *text)
{
    struct access_network network = {0};

    CHECK(access_network_parse(text_of(text), &network) == 0);
    return network;
}

static bool in(const char *network, const char *address)
{
    struct access_conditions conditions = {.networks = {network_of(network)}, .network_count = 1};
    struct access_address from = access_address_of(text_of(address));

    return access_in_networks(&conditions, &from);
}

static void a_network_holds_its_addresses_and_no_others(void)
{
    CHECK(in("10.4.0.0/16", "10.4.0.0") && in("10.4.0.0/16", "10.4.255.255"));
    CHECK(!in("10.4.0.0/16", "10.5.0.0") && !in("10.4.0.0/16", "10.3.255.255"));
    CHECK(in("10.4.32.0/19", "10.4.63.255") && !in("10.4.32.0/19", "10.4.64.0"));
    CHECK(in("192.0.2.7", "192.0.2.7") && !in("192.0.2.7", "192.0.2.6"));
    CHECK(in("2001:db8::/33", "2001:db8:7fff::1") && !in("2001:db8::/33", "2001:db8:8000::1"));
    CHECK(in("0.0.0.0/0", "255.1.2.3") && in("::/0", "2001:db8::1"));
}

static void the_families_do_not_match_each_other_whatever_they_wear(void)
{
    CHECK(!in("::/0", "10.0.0.1") && !in("0.0.0.0/0", "2001:db8::1"));
    CHECK(in("10.0.0.0/8", "::ffff:10.1.2.3") && !in("::/0", "::ffff:10.1.2.3"));
}

static void what_is_no_address_is_in_no_network(void)
{
    static const char *const wrong[] = {
        "",          "here",         "10.0.0",
        "10.0.0.1 ", "fe80::1%eth0", "1234567890123456789012345678901234567890123456789"};

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CHECK(access_address_of(text_of(wrong[i])).size == 0);
        CHECK(!in("0.0.0.0/0", wrong[i]) && !in("::/0", wrong[i]));
    }
    CHECK(access_address_of((struct text){"10.0.0.1\0", 9}).size == 0);
}

static void without_networks_it_is_from_anywhere(void)
{
    struct access_conditions conditions = {0};
    struct access_address unknown = {0};

    CHECK(access_in_networks(&conditions, &unknown));
}

static void a_network_that_says_something_else_than_it_means_is_refused(void)
{
    static const char *const wrong[] = {
        "",
        "/",
        "/8",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/08",
        "10.1.0.0/8",
        "10.0.0.0/+8",
        "10.0.0.0/8 ",
        " 10.0.0.0/8",
        "10/8",
        "2001:db8::/129",
        "::1/0",
        "10.0.0.0/-1",
        "10.0.0.0/8/8",
        "10.0.0.0/256",
        "::ffff:10.0.0.0/104",
    };
    struct access_network network = {.bits = 7};

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK(access_network_parse(text_of(wrong[i]), &network) == CONDITIONS_INVALID);
    CHECK(network.bits == 7);
}

static void a_network_is_printed_as_it_reads(void)
{
    static const char *const texts[] = {"10.4.0.0/16", "192.0.2.7/32", "2001:db8::/32", "::/0"};
    char printed[ACCESS_NETWORK_TEXT_SIZE];

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct access_network network = network_of(texts[i]);

        access_network_print(&network, printed);
        CHECK(strcmp(printed, texts[i]) == 0);
    }
}

static const struct access_conditions days = {
    .by_hours = true,
    .hours = {{480, 1080}, {480, 1080}, {0, 1440}, {480, 1080}, {480, 720}, {0, 0}, {1320, 360}},
};

static void hours_begin_and_end_to_the_minute(void)
{
    CHECK(!access_in_hours(&days, AT(0, 7, 59)) && access_in_hours(&days, AT(0, 8, 0)));
    CHECK(access_in_hours(&days, AT(0, 18, 0) - 1) && !access_in_hours(&days, AT(0, 18, 0)));
    CHECK(access_in_hours(&days, AT(2, 0, 0)) && access_in_hours(&days, AT(3, 0, 0) - 1));
    CHECK(!access_in_hours(&days, AT(3, 0, 0)));
    for (int hour = 0; hour < 24; hour++)
        CHECK(!access_in_hours(&days, AT(5, hour, 0)));
}

static void a_night_goes_on_into_the_next_day(void)
{
    CHECK(!access_in_hours(&days, AT(6, 21, 59)) && access_in_hours(&days, AT(6, 22, 0)));
    CHECK(access_in_hours(&days, AT(7, 0, 0)) && access_in_hours(&days, AT(7, 5, 59)));
    CHECK(!access_in_hours(&days, AT(7, 6, 0)));
}

static void without_hours_it_is_at_all_times_and_days_before_1970_are_days(void)
{
    struct access_conditions conditions = {0};

    CHECK(access_in_hours(&conditions, AT(5, 3, 0)));
    CHECK(!access_in_hours(&days, AT(-30 * 7 * 52, 7, 0) - 70 * 364 * MS_PER_DAY));
    CHECK(access_in_hours(&days, AT(-30 * 7 * 52, 9, 0) - 70 * 364 * MS_PER_DAY));
}

static void hours_last_until_they_are_over(void)
{
    CHECK(access_hours_left(&days, AT(0, 17, 0), MS_PER_DAY) == MS_PER_HOUR);
    CHECK(access_hours_left(&days, AT(0, 18, 0) - 1, MS_PER_DAY) == 1);
    CHECK(access_hours_left(&days, AT(0, 18, 0), MS_PER_DAY) == 0);
    CHECK(access_hours_left(&days, AT(6, 23, 30), MS_PER_DAY) == 6 * MS_PER_HOUR + MS_PER_HOUR / 2);
    CHECK(access_hours_left(&days, AT(0, 8, 0), MS_PER_HOUR) == MS_PER_HOUR);
}

static void a_window_is_of_whole_days_today_counted(void)
{
    struct access_conditions conditions = {0};

    CHECK(access_window_from(&conditions, AT(0, 12, 0)) == INT64_MIN);
    conditions.window_days = 1;
    CHECK(access_window_from(&conditions, AT(0, 12, 0)) == AT(0, 0, 0));
    conditions.window_days = 30;
    CHECK(access_window_from(&conditions, AT(0, 23, 59)) == AT(-29, 0, 0));
}

/* xorshift: the same in every run. */
static unsigned next(unsigned below)
{
    static uint32_t state = 2463534242;

    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state % below;
}

static struct access_hours any_hours(void)
{
    struct access_hours hours = {.from_minute = (uint16_t)next(1441)};

    hours.to_minute = (uint16_t)next(1441);
    return hours;
}

/* Beside the whole week, minute by minute: what is within is let through wherever the other is. */
static void hours_that_are_within_are_open_only_where_the_wide_ones_are(void)
{
    unsigned within = 0;

    for (int round = 0; round < 400; round++) {
        struct access_conditions a = {.by_hours = true};
        struct access_conditions b = {.by_hours = true};
        bool outside = false;

        for (size_t i = 0; i < ACCESS_WEEKDAYS; i++) {
            b.hours[i] = any_hours();
            a.hours[i] = next(8) ? b.hours[i] : any_hours();
        }
        for (int minute = 0; minute < 7 * 1440; minute++)
            outside |=
                access_in_hours(&a, AT(0, 0, minute)) && !access_in_hours(&b, AT(0, 0, minute));
        CHECK(access_conditions_within(&a, &b) == !outside);
        within += !outside;
    }
    CHECK(within > 50 && within < 350);
}

static void what_one_condition_less_lets_through_is_not_within(void)
{
    static const struct access_conditions none;
    struct access_conditions own = days;
    struct access_conditions other;

    own.window_days = 30;
    own.idle_minutes = 10;
    own.absolute_minutes = 60;
    own.factor_minutes = 30;
    own.networks[0] = network_of("10.0.0.0/8");
    own.network_count = 1;
    CHECK(access_conditions_within(&own, &own) && access_conditions_within(&own, &none));
    CHECK(!access_conditions_within(&none, &own));
#define OTHER(within, change)                                                                      \
    do {                                                                                           \
        other = own;                                                                               \
        change;                                                                                    \
        CHECK(access_conditions_within(&other, &own) == (within));                                 \
    } while (0)
    OTHER(false, other.window_days = 31);
    OTHER(false, other.window_days = 0);
    OTHER(true, other.window_days = 29);
    OTHER(false, other.idle_minutes = 0);
    OTHER(false, other.absolute_minutes = 61);
    OTHER(false, other.factor_minutes = 31);
    OTHER(false, other.by_hours = false);
    OTHER(false, other.network_count = 0);
    OTHER(true, other.networks[0] = network_of("10.9.0.0/16"));
    OTHER(false, other.networks[0] = network_of("0.0.0.0/0"));
    OTHER(false, other.networks[0] = network_of("10.0.0.0/7"));
    OTHER(false, other.networks[0] = network_of("2001:db8::/32"));
}

int main(void)
{
    RUN(a_network_holds_its_addresses_and_no_others);
    RUN(the_families_do_not_match_each_other_whatever_they_wear);
    RUN(what_is_no_address_is_in_no_network);
    RUN(without_networks_it_is_from_anywhere);
    RUN(a_network_that_says_something_else_than_it_means_is_refused);
    RUN(a_network_is_printed_as_it_reads);
    RUN(hours_begin_and_end_to_the_minute);
    RUN(a_night_goes_on_into_the_next_day);
    RUN(without_hours_it_is_at_all_times_and_days_before_1970_are_days);
    RUN(hours_last_until_they_are_over);
    RUN(a_window_is_of_whole_days_today_counted);
    RUN(hours_that_are_within_are_open_only_where_the_wide_ones_are);
    RUN(what_one_condition_less_lets_through_is_not_within);
    return tap_done();
}
