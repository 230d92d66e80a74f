/* The memory engine's answers about rules: through all batches, in the order they came. */

#include <stdlib.h>
#include <string.h>

#include "store/spans/evidence_box.h"
#include "store/spans/memory-private.h"

/* ---- rule sets ---- */

struct sets {
    struct spans_rules *at;
    size_t count;
};

static struct spans_rules *set_find(const struct sets *sets, const struct evidence_rules *rules,
                                    bool sensor)
{
    for (size_t i = 0; i < sets->count; i++) {
        if (sets->at[i].sensor == sensor &&
            memcmp(sets->at[i].rules.hash, rules->hash, REDACT_HASH_LEN) == 0)
            return &sets->at[i];
    }
    return NULL;
}

static int64_t last_of(const struct sets *sets, bool sensor)
{
    int64_t last_at = 0;

    for (size_t i = 0; i < sets->count; i++) {
        if (sets->at[i].sensor == sensor && sets->at[i].last_at > last_at)
            last_at = sets->at[i].last_at;
    }
    return last_at;
}

static void set_note(struct sets *sets, const struct evidence_rules *rules, bool sensor, int64_t at)
{
    struct spans_rules *known = set_find(sets, rules, sensor);

    if (!known) {
        sets->at[sets->count++] = (struct spans_rules){
            .rules = *rules, .sensor = sensor, .first_at = at, .since_at = at, .last_at = at};
        return;
    }
    if (known->last_at != last_of(sets, sensor))
        known->since_at = at;
    known->rules = *rules;
    known->last_at = at > known->last_at ? at : known->last_at;
}

static int by_last(const void *left, const void *right)
{
    const struct spans_rules *a = left;
    const struct spans_rules *b = right;

    if (a->last_at != b->last_at)
        return a->last_at > b->last_at ? -1 : 1;
    if (a->sensor != b->sensor)
        return a->sensor ? 1 : -1;
    return memcmp(a->rules.hash, b->rules.hash, REDACT_HASH_LEN);
}

int memory_rules(struct spans *spans, struct device_id device, struct arena *arena,
                 struct spans_rules **ret_rules, size_t *ret_count)
{
    struct memory *memory = (struct memory *)spans;
    struct sets sets = {0};
    size_t most = 0;

    (void)pthread_mutex_lock(&memory->lock);
    for (const struct kept_batch *kept = memory->first; kept; kept = kept->next)
        most += kept->batch.evidence.rules_count;
    sets.at = arena_take_array(arena, most, sizeof(*sets.at));
    for (const struct kept_batch *kept = memory->first; sets.at && kept; kept = kept->next) {
        if (!device_id_equal(kept->batch.device, device))
            continue;
        for (size_t i = 0; i < kept->batch.evidence.rules_count; i++)
            set_note(&sets, &kept->batch.evidence.rules[i], i > 0, kept->batch.received_at);
    }
    (void)pthread_mutex_unlock(&memory->lock);
    if (!sets.at)
        return SPANS_LARGE;
    qsort(sets.at, sets.count, sizeof(*sets.at), by_last);
    *ret_rules = sets.at;
    *ret_count = sets.count < SPANS_RULES_MAX ? sets.count : SPANS_RULES_MAX;
    return 0;
}

/* ---- counts ---- */

static int count_order(const void *left, const void *right)
{
    const struct evidence_count *a = left;
    const struct evidence_count *b = right;

    if (a->day != b->day)
        return a->day < b->day ? -1 : 1;
    return strcmp(a->rule, b->rule);
}

static int judged_order(const void *left, const void *right)
{
    const struct evidence_judged *a = left;
    const struct evidence_judged *b = right;

    return (a->day > b->day) - (a->day < b->day);
}

struct found {
    struct evidence_count *counts;
    size_t count_count;
    struct evidence_judged *judged;
    size_t judged_count;
};

static void judged_note(struct found *found, int32_t day, uint64_t count)
{
    size_t at = 0;

    while (at < found->judged_count && found->judged[at].day != day)
        at++;
    if (at == found->judged_count)
        found->judged[found->judged_count++] = (struct evidence_judged){.day = day};
    found->judged[at].count += count;
}

static void count_note(struct found *found, const struct evidence_count *count)
{
    size_t at = 0;

    while (at < found->count_count && count_order(&found->counts[at], count) != 0)
        at++;
    if (at == found->count_count)
        found->counts[found->count_count++] = *count;
    else
        found->counts[at].count += count->count;
}

static void batch_note(struct found *found, const struct evidence *evidence, int32_t from_day,
                       int32_t to_day)
{
    for (size_t i = 0; i < evidence->count_count; i++) {
        const struct evidence_count *count = &evidence->counts[i];

        if (count->day < from_day || count->day > to_day)
            continue;
        count_note(found, count);
        judged_note(found, count->day, 0);
    }
    for (size_t i = 0; i < evidence->judged_count; i++) {
        const struct evidence_judged *judged = &evidence->judged[i];

        if (judged->day >= from_day && judged->day <= to_day)
            judged_note(found, judged->day, judged->count);
    }
}

int memory_evidence(struct spans *spans, struct device_id device, int32_t from_day, int32_t to_day,
                    struct arena *arena, struct evidence *ret_evidence)
{
    struct memory *memory = (struct memory *)spans;
    struct found found = {0};
    size_t counts = 0;
    size_t judged = 0;

    (void)pthread_mutex_lock(&memory->lock);
    for (const struct kept_batch *kept = memory->first; kept; kept = kept->next) {
        counts += kept->batch.evidence.count_count;
        judged += kept->batch.evidence.judged_count + kept->batch.evidence.count_count;
    }
    found.counts = arena_take_array(arena, counts, sizeof(*found.counts));
    found.judged = arena_take_array(arena, judged, sizeof(*found.judged));
    for (const struct kept_batch *kept = memory->first; found.counts && found.judged && kept;
         kept = kept->next) {
        if (device_id_equal(kept->batch.device, device))
            batch_note(&found, &kept->batch.evidence, from_day, to_day);
    }
    (void)pthread_mutex_unlock(&memory->lock);
    if (!found.counts || !found.judged)
        return SPANS_LARGE;
    qsort(found.counts, found.count_count, sizeof(*found.counts), count_order);
    qsort(found.judged, found.judged_count, sizeof(*found.judged), judged_order);
    *ret_evidence = (struct evidence){.counts = found.counts,
                                      .count_count = found.count_count,
                                      .judged = found.judged,
                                      .judged_count = found.judged_count};
    return 0;
}
