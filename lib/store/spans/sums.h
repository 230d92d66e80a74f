#pragma once

/*
 * Sums by key: four numbers that name a group, four sums
 *
 * Keys are numbers that the store gave, never texts. A ceiling in groups is fixed. Pure.
 */

#include <stdint.h>

#include "base/cleanup.h"
#include "base/result.h"

enum {
    SUMS_FULL = 1, /* more than SUMS_MAX groups */
};

#define SUMS_MAX ((uint32_t)1 << 20)

struct sums_group {
    uint32_t key[4];
    int64_t sum[4];
};

struct sums;

RESULT sums_new(struct sums **ret_sums);
struct sums *sums_free(struct sums *sums);
DEFINE_CLEANUP(struct sums *, sums_free)

/* The group of a key, made when it is new; valid until the next is made. Outcome: SUMS_FULL. */
RESULT sums_group(struct sums *sums, const uint32_t key[4], struct sums_group **ret_group);

/* All groups, in the order they were made. */
const struct sums_group *sums_groups(const struct sums *sums, size_t *ret_count);
