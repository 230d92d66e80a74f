#include "access/conditions.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/moment.h"

#define MINUTES_A_WEEK (ACCESS_WEEKDAYS * ACCESS_MINUTES_A_DAY)

/* 1970-01-01 was a Thursday. */
#define FIRST_WEEKDAY 3

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

const char *access_weekday_word(size_t weekday)
{
    static const char *const words[ACCESS_WEEKDAYS] = {"mon", "tue", "wed", "thu",
                                                       "fri", "sat", "sun"};

    return weekday < ACCESS_WEEKDAYS ? words[weekday] : "";
}

/* ---- addresses ---- */

struct access_address access_address_of(struct text text)
{
    char copy[INET6_ADDRSTRLEN] = "";
    struct access_address address = {0};

    if (text.len == 0 || text.len >= sizeof copy || memchr(text.at, 0, text.len))
        return address;
    memcpy(copy, text.at, text.len);
    if (inet_pton(AF_INET, copy, address.at) == 1) {
        address.size = 4;
        return address;
    }
    if (inet_pton(AF_INET6, copy, address.at) != 1)
        return (struct access_address){0};
    address.size = 16;
    if (memcmp(address.at, mapped, sizeof mapped) == 0) {
        struct access_address four = {.size = 4};

        memcpy(four.at, address.at + sizeof mapped, 4);
        return four;
    }
    return address;
}

/* Do the first bits agree? */
static bool agree(const uint8_t *a, const uint8_t *b, unsigned bits)
{
    unsigned rest = bits % 8;

    if (memcmp(a, b, bits / 8) != 0)
        return false;
    return rest == 0 || (a[bits / 8] ^ b[bits / 8]) >> (8 - rest) == 0;
}

static bool holds(const struct access_network *network, const struct access_address *address)
{
    return address->size && network->first.size == address->size &&
           agree(network->first.at, address->at, network->bits);
}

/* Bits beyond the prefix. */
static bool has_host(const struct access_network *network)
{
    for (unsigned bit = network->bits; bit < network->first.size * 8U; bit++)
        if (network->first.at[bit / 8] >> (7 - bit % 8) & 1)
            return true;
    return false;
}

/* One to three digits. */
static bool read_bits(struct text text, uint8_t most, uint8_t *ret_bits)
{
    unsigned bits = 0;

    if (text.len == 0 || text.len > 3 || (text.len > 1 && text.at[0] == '0'))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
        bits = bits * 10 + (unsigned)(text.at[i] - '0');
    }
    if (bits > most)
        return false;
    *ret_bits = (uint8_t)bits;
    return true;
}

RESULT access_network_parse(struct text text, struct access_network *ret_network)
{
    const char *slash = text.len ? memchr(text.at, '/', text.len) : NULL;
    size_t len = slash ? (size_t)(slash - text.at) : text.len;
    struct text address = {text.at, len};
    struct access_network network = {.first = access_address_of(address)};
    bool in_clothes = network.first.size == 4 && text.len && memchr(text.at, ':', len);

    if (network.first.size == 0 || in_clothes)
        return CONDITIONS_INVALID;
    network.bits = (uint8_t)(network.first.size * 8);
    if (slash &&
        !read_bits((struct text){slash + 1, text.len - len - 1}, network.bits, &network.bits))
        return CONDITIONS_INVALID;
    if (has_host(&network))
        return CONDITIONS_INVALID;
    *ret_network = network;
    return 0;
}

void access_network_print(const struct access_network *network,
                          char ret_text[ACCESS_NETWORK_TEXT_SIZE])
{
    char address[INET6_ADDRSTRLEN] = "";

    (void)inet_ntop(network->first.size == 4 ? AF_INET : AF_INET6, network->first.at, address,
                    sizeof address);
    (void)snprintf(ret_text, ACCESS_NETWORK_TEXT_SIZE, "%s/%u", address, network->bits);
}

bool access_in_networks(const struct access_conditions *conditions,
                        const struct access_address *address)
{
    for (size_t i = 0; i < conditions->network_count; i++)
        if (holds(&conditions->networks[i], address))
            return true;
    return conditions->network_count == 0;
}

/* ---- hours ---- */

/* Of the week, from Monday 00:00. */
static unsigned minute_of(int64_t local_at)
{
    int32_t day = time_day(local_at);
    int64_t minute = (local_at - day * MS_PER_DAY) / MS_PER_MINUTE;
    int weekday = (int)(((int64_t)day + FIRST_WEEKDAY) % ACCESS_WEEKDAYS);

    if (weekday < 0)
        weekday += ACCESS_WEEKDAYS;
    return (unsigned)(weekday * ACCESS_MINUTES_A_DAY + minute);
}

static bool open_at(const struct access_conditions *conditions, unsigned minute)
{
    unsigned weekday = minute / ACCESS_MINUTES_A_DAY;
    unsigned of_day = minute % ACCESS_MINUTES_A_DAY;
    struct access_hours today = conditions->hours[weekday];
    struct access_hours before =
        conditions->hours[(weekday + ACCESS_WEEKDAYS - 1) % ACCESS_WEEKDAYS];

    if (today.from_minute < today.to_minute && of_day >= today.from_minute &&
        of_day < today.to_minute)
        return true;
    if (today.from_minute > today.to_minute && of_day >= today.from_minute)
        return true;
    return before.from_minute > before.to_minute && of_day < before.to_minute;
}

bool access_in_hours(const struct access_conditions *conditions, int64_t local_at)
{
    return !conditions->by_hours || open_at(conditions, minute_of(local_at));
}

int64_t access_hours_left(const struct access_conditions *conditions, int64_t local_at,
                          int64_t most_ms)
{
    unsigned minute = minute_of(local_at);
    int64_t left = MS_PER_MINUTE - (local_at - time_day(local_at) * MS_PER_DAY) % MS_PER_MINUTE;

    if (!access_in_hours(conditions, local_at))
        return 0;
    if (!conditions->by_hours)
        return most_ms;
    for (unsigned i = 1; left < most_ms; i++, left += MS_PER_MINUTE)
        if (!open_at(conditions, (minute + i) % MINUTES_A_WEEK))
            return left;
    return most_ms;
}

int64_t access_window_from(const struct access_conditions *conditions, int64_t local_at)
{
    if (conditions->window_days == 0)
        return INT64_MIN;
    return ((int64_t)time_day(local_at) - conditions->window_days + 1) * MS_PER_DAY;
}

/* ---- which is wider ---- */

/* Of limits where 0 is none. */
static bool limit_within(uint16_t narrow, uint16_t wide)
{
    return wide == 0 || (narrow != 0 && narrow <= wide);
}

static bool hours_within(const struct access_conditions *narrow,
                         const struct access_conditions *wide)
{
    if (!wide->by_hours)
        return true;
    if (!narrow->by_hours)
        return false;
    for (unsigned minute = 0; minute < MINUTES_A_WEEK; minute++)
        if (open_at(narrow, minute) && !open_at(wide, minute))
            return false;
    return true;
}

static bool networks_within(const struct access_conditions *narrow,
                            const struct access_conditions *wide)
{
    if (wide->network_count == 0)
        return true;
    for (size_t i = 0; i < narrow->network_count; i++) {
        const struct access_network *network = &narrow->networks[i];
        bool inside = false;

        for (size_t j = 0; j < wide->network_count; j++)
            inside |= wide->networks[j].bits <= network->bits &&
                      holds(&wide->networks[j], &network->first);
        if (!inside)
            return false;
    }
    return narrow->network_count > 0;
}

bool access_conditions_within(const struct access_conditions *narrow,
                              const struct access_conditions *wide)
{
    return limit_within(narrow->window_days, wide->window_days) &&
           limit_within(narrow->idle_minutes, wide->idle_minutes) &&
           limit_within(narrow->absolute_minutes, wide->absolute_minutes) &&
           limit_within(narrow->factor_minutes, wide->factor_minutes) &&
           hours_within(narrow, wide) && networks_within(narrow, wide);
}
