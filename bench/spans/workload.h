#pragma once

/*
 * The reference workload: a day of spans of an imagined person, the same in every language and run
 *
 * A person works with probability 0.9 on weekdays and 0.08 on weekends, begins between 12:00 and
 * 15:00 UTC, stays 7 to 10 hours: log-normal durations (median 5 s, sigma 1.4), 200 applications
 * (Zipf 1.1), 2,000 sites (Zipf 1.0) in three of them, 4,000 titles in every fifth. Integer
 * arithmetic only, once the tables are made.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WORKLOAD_FIRST_DAY 19723 /* 2024-01-01, a Monday */
#define WORKLOAD_DAY_MAX 40000   /* spans of one person and day, never reached */

struct workload_span {
    int64_t start_ms;
    uint32_t duration_ms;
    uint8_t state;
    uint16_t application; /* below 200 */
    uint16_t site;        /* from 1; 0: none */
    uint32_t title;       /* from 1; 0: none */
};

struct workload;

/* NULL when there is no memory. */
struct workload *workload_new(void);
struct workload *workload_free(struct workload *workload);

/* Writes the spans of a person and day, at most room of them; gives how many there are. */
size_t workload_day(const struct workload *workload, uint64_t seed, uint32_t person, int32_t day,
                    struct workload_span *ret_spans, size_t room);
