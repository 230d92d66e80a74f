#include "workload.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { APPLICATIONS = 4096, SITES = 16384, TITLES = 16384, DURATIONS = 1024, GAPS = 1024 };

struct workload {
    uint16_t applications[APPLICATIONS];
    uint16_t sites[SITES];
    uint16_t titles[TITLES];
    uint32_t durations[DURATIONS];
    uint32_t gaps[GAPS];
    uint8_t states[256];
};

static uint64_t splitmix64(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* size entries of ranks below count, each in proportion to 1 / (rank + 1)^exponent, at least once.
 */
static void zipf(uint16_t *table, size_t size, size_t count, double exponent)
{
    size_t share[4096];
    double total = 0;
    size_t given = 0;
    size_t at = 0;

    for (size_t rank = 0; rank < count; rank++)
        total += 1 / pow((double)(rank + 1), exponent);
    for (size_t rank = 0; rank < count; rank++) {
        double part = (double)size * (1 / pow((double)(rank + 1), exponent)) / total;

        share[rank] = part < 1 ? 1 : (size_t)part;
        given += share[rank];
    }
    share[0] += size - given;
    for (size_t rank = 0; rank < count; rank++) {
        for (size_t i = 0; i < share[rank] && at < size; i++)
            table[at++] = (uint16_t)rank;
    }
}

/* The z below which a part p of the normal distribution lies, by halving. */
static double normal_quantile(double p)
{
    double low = -10;
    double high = 10;

    for (int i = 0; i < 200; i++) {
        double middle = (low + high) / 2;

        if (erfc(-middle / sqrt(2)) / 2 < p)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

struct workload *workload_new(void)
{
    static const uint32_t short_gaps[] = {250, 500, 750, 1000, 1500, 2000, 3000, 5000};
    static const uint32_t long_gaps[] = {60000,  120000,  300000,  600000,
                                         900000, 1200000, 1800000, 2700000};
    struct workload *workload = calloc(1, sizeof(*workload));

    if (!workload)
        return NULL;
    zipf(workload->applications, APPLICATIONS, 200, 1.1);
    zipf(workload->sites, SITES, 2000, 1.0);
    zipf(workload->titles, TITLES, 4000, 0.9);
    for (size_t i = 0; i < DURATIONS; i++) {
        double z = normal_quantile(((double)i + 0.5) / DURATIONS);
        double ms = nearbyint(5000 * exp(1.4 * z));

        workload->durations[i] = (uint32_t)(ms < 200 ? 200 : ms > 3600000 ? 3600000 : ms);
    }
    for (size_t i = 0; i < 56; i++)
        workload->gaps[960 + i] = short_gaps[i % 8];
    for (size_t i = 0; i < 8; i++)
        workload->gaps[1016 + i] = long_gaps[i];
    memset(workload->states + 200, 1, 36);
    memset(workload->states + 236, 2, 15);
    memset(workload->states + 251, 3, 5);
    return workload;
}

struct workload *workload_free(struct workload *workload)
{
    free(workload);
    return NULL;
}

size_t workload_day(const struct workload *workload, uint64_t seed, uint32_t person, int32_t day,
                    struct workload_span *ret_spans, size_t room)
{
    uint64_t state = seed * UINT64_C(0x100000001b3) + person * UINT64_C(0x9e3779b1) +
                     (uint64_t)day * UINT64_C(0x85ebca77);
    uint64_t r = splitmix64(&state);
    bool weekend = (day + 3) % 7 >= 5; /* day 0 was a Thursday */
    size_t count = 0;

    if ((r & 1023) >= (weekend ? 82 : 922))
        return 0;
    int64_t at = ((int64_t)day * 86400 + 12 * 3600 + (int64_t)((r >> 10) % 10800)) * 1000;
    int64_t end = at + (7 * 3600 + (int64_t)((r >> 32) % 10800)) * 1000;
    while (at < end && count < room) {
        r = splitmix64(&state);
        uint64_t q = splitmix64(&state);
        uint32_t rank = workload->applications[(r >> 10) & 4095];
        uint32_t application = rank >= 8 ? (rank * 37 + person % 25 * 11) % 200 : rank;

        ret_spans[count++] = (struct workload_span){
            .start_ms = at,
            .duration_ms = workload->durations[r & 1023],
            .state = workload->states[q & 255],
            .application = (uint16_t)application,
            .site = (uint16_t)(application < 3 ? 1 + workload->sites[(r >> 22) & 16383] : 0),
            .title = application % 5 == 0
                         ? 1 + application * 4000 + workload->titles[(r >> 36) & 16383]
                         : 0,
        };
        at += workload->durations[r & 1023] + workload->gaps[(q >> 8) & 1023];
    }
    return count;
}
