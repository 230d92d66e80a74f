#pragma once

/* Ids are structs, so that one cannot be passed for another. */

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define DEVICE_ID_SIZE 16

/* A computer with an agent: random, made by the server at enrolment. Printed as 32 hex digits. */
struct device_id {
    uint8_t at[DEVICE_ID_SIZE];
};

/* An operating-system account on a device: numbered by the server from 1; 0 is nobody. */
struct account_id {
    uint32_t number;
};

/* A person or a station, as the organisation sees them: numbered by the server from 1. */
struct person_id {
    uint32_t number;
};

/* A group of people: numbered by the server from 1. */
struct group_id {
    uint32_t number;
};

/* A user of Ward itself: one who signs in to the dashboard. Numbered from 1. */
struct user_id {
    uint32_t number;
};

static inline bool device_id_equal(struct device_id a, struct device_id b)
{
    return memcmp(a.at, b.at, DEVICE_ID_SIZE) == 0;
}
