#include "store/spans/sums.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 64 };

/* Invariant: slots (group + 1; 0: empty) are twice as many as groups have room, a power of two. */
struct sums {
    struct sums_group *groups;
    uint32_t count;
    uint32_t room;
    uint32_t *slots;
};

struct sums *sums_free(struct sums *sums)
{
    if (!sums)
        return NULL;
    free(sums->groups);
    free(sums->slots);
    free(sums);
    return NULL;
}

static uint32_t slot_of(const struct sums *sums, const uint32_t key[4])
{
    uint64_t hash = 0;

    for (int i = 0; i < 4; i++)
        hash = (hash ^ key[i]) * UINT64_C(0x9e3779b97f4a7c15) + (hash >> 29);
    uint32_t slot = (uint32_t)(hash >> 32) & (2 * sums->room - 1);
    while (sums->slots[slot] &&
           memcmp(sums->groups[sums->slots[slot] - 1].key, key, sizeof(sums->groups->key)) != 0)
        slot = (slot + 1) & (2 * sums->room - 1);
    return slot;
}

static RESULT grow(struct sums *sums)
{
    uint32_t room = sums->room ? sums->room * 2 : FIRST_ROOM;
    struct sums_group *groups = realloc(sums->groups, room * sizeof(*groups));

    if (!groups)
        return FAULT(ERR_MEMORY);
    sums->groups = groups;
    uint32_t *slots = calloc((size_t)room * 2, sizeof(*slots));
    if (!slots)
        return FAULT(ERR_MEMORY);
    free(sums->slots);
    sums->slots = slots;
    sums->room = room;
    for (uint32_t i = 0; i < sums->count; i++)
        slots[slot_of(sums, groups[i].key)] = i + 1;
    return 0;
}

RESULT sums_new(struct sums **ret_sums)
{
    struct sums *sums = calloc(1, sizeof(*sums));
    int r;

    if (!sums)
        return FAULT(ERR_MEMORY);
    r = grow(sums);
    if (r) {
        (void)sums_free(sums);
        return r;
    }
    *ret_sums = sums;
    return 0;
}

RESULT sums_group(struct sums *sums, const uint32_t key[4], struct sums_group **ret_group)
{
    uint32_t slot = slot_of(sums, key);
    int r;

    if (sums->slots[slot]) {
        *ret_group = &sums->groups[sums->slots[slot] - 1];
        return 0;
    }
    if (sums->count == SUMS_MAX)
        return SUMS_FULL;
    if (sums->count == sums->room) {
        r = grow(sums);
        if (r)
            return r;
        slot = slot_of(sums, key);
    }
    struct sums_group *group = &sums->groups[sums->count++];
    *group = (struct sums_group){0};
    memcpy(group->key, key, sizeof(group->key));
    sums->slots[slot] = sums->count;
    *ret_group = group;
    return 0;
}

const struct sums_group *sums_groups(const struct sums *sums, size_t *ret_count)
{
    *ret_count = sums->count;
    return sums->groups;
}
