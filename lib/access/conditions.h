#pragma once

/*
 * Conditions of a class: when, from where, how far back, and how fresh a second factor. Pure.
 *
 * Local time is milliseconds since 1970 as the zone's clocks show it. Addresses of the two families
 * never match each other; an IPv4 address in IPv6's clothes is the IPv4 address.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/result.h"

#define ACCESS_WEEKDAYS 7
#define ACCESS_NETWORKS_MAX 12
#define ACCESS_MINUTES_A_DAY 1440
#define ACCESS_NETWORK_TEXT_SIZE 52
#define ACCESS_WINDOW_DAYS_MAX 3650

enum {
    CONDITIONS_INVALID = 1, /* the text is not what the function reads */
};

/* Of one weekday, from 0 for Monday. from = to: not that day; from > to: into the next day. */
struct access_hours {
    uint16_t from_minute;
    uint16_t to_minute;
};

struct access_address {
    uint8_t at[16];
    uint8_t size; /* 4 or 16; 0: not known */
};

struct access_network {
    struct access_address first;
    uint8_t bits;
};

struct access_conditions {
    uint16_t window_days;  /* whole days back, today counted; 0: all */
    uint16_t idle_minutes; /* of a session; 0: what the server's settings say */
    uint16_t absolute_minutes;
    uint16_t factor_minutes; /* the second factor is no older; 0: of any age */
    bool by_hours;
    struct access_hours hours[ACCESS_WEEKDAYS];
    struct access_network networks[ACCESS_NETWORKS_MAX];
    size_t network_count; /* 0: from anywhere */
};

/* "10.4.0.0/16", "2001:db8::/32", or one address. Outcome: CONDITIONS_INVALID, also when the
 * address has bits beyond the prefix: it would mean something else than it says. */
RESULT access_network_parse(struct text text, struct access_network *ret_network);
void access_network_print(const struct access_network *network,
                          char ret_text[ACCESS_NETWORK_TEXT_SIZE]);

/* What an address of a request is; of size 0 when it is none. */
struct access_address access_address_of(struct text text);

/* "mon" to "sun" */
const char *access_weekday_word(size_t weekday);

bool access_in_hours(const struct access_conditions *conditions, int64_t local_at);
bool access_in_networks(const struct access_conditions *conditions,
                        const struct access_address *address);

/* How long the hours that go on at that moment still last, at most until this far. */
int64_t access_hours_left(const struct access_conditions *conditions, int64_t local_at,
                          int64_t most_ms);

/* The local moment before which nothing is seen; INT64_MIN: no limit. */
int64_t access_window_from(const struct access_conditions *conditions, int64_t local_at);

/* Is everything that the first let through let through by the second too? Zones are not looked at.
 */
bool access_conditions_within(const struct access_conditions *narrow,
                              const struct access_conditions *wide);
