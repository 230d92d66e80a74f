/*
 * The embedded engine's answer about flows: counts by bucket, name and kind, with how many people
 * made them
 *
 * Boxes come by day, so that who was seen in a cell is only remembered while its bucket lasts.
 */

#include "store/spans/question.h"
#include "store/spans/sums.h"

/* What a group of `rows` and `cells` is keyed by; a row has no kind. */
enum { KEY_BUCKET, KEY_NAME, KEY_SITE, KEY_KIND };
enum { SUM_COUNT, SUM_PEOPLE, SUM_ROW };

struct flows {
    enum spans_bucket bucket;
    struct sums *cells; /* by bucket, name, site, kind */
    struct sums *rows;  /* by bucket, name, site */
    struct sums *seen;  /* in the open bucket: by row or cell, and person */
    struct sums *people;
    int32_t open;
};

static void flows_deinit_at(struct flows *flows)
{
    (void)sums_free(flows->cells);
    (void)sums_free(flows->rows);
    (void)sums_free(flows->seen);
    (void)sums_free(flows->people);
}

static RESULT flows_init(struct flows *flows)
{
    int r = sums_new(&flows->cells);

    if (r == 0)
        r = sums_new(&flows->rows);
    if (r == 0)
        r = sums_new(&flows->seen);
    if (r == 0)
        r = sums_new(&flows->people);
    return r;
}

/* Another bucket: whom the last one saw no longer matters. */
static RESULT flows_open(struct flows *flows, int32_t bucket)
{
    if (bucket == flows->open)
        return 0;
    flows->open = bucket;
    flows->seen = sums_free(flows->seen);
    return sums_new(&flows->seen);
}

static uint32_t index_of(const struct sums *sums, const struct sums_group *group)
{
    size_t count;

    return (uint32_t)(group - sums_groups(sums, &count));
}

/* Counts a person in a group of sums, once. */
static RESULT person_count(struct flows *flows, struct sums *sums, struct sums_group *group,
                           uint32_t person)
{
    const uint32_t key[4] = {sums == flows->rows, index_of(sums, group), person};
    struct sums_group *seen;
    int r = sums_group(flows->seen, key, &seen);

    if (r)
        return r;
    group->sum[SUM_PEOPLE] += seen->sum[0] == 0;
    seen->sum[0] = 1;
    return 0;
}

static RESULT flow_add(struct flows *flows, const uint32_t key[4], uint32_t person, uint32_t count)
{
    const uint32_t row_key[4] = {key[KEY_BUCKET], key[KEY_NAME], key[KEY_SITE]};
    const uint32_t person_key[4] = {person};
    struct sums_group *group;
    int r = sums_group(flows->people, person_key, &group);

    if (r == 0)
        r = sums_group(flows->rows, row_key, &group);
    if (r)
        return r;
    uint32_t row = index_of(flows->rows, group);
    r = person_count(flows, flows->rows, group, person);
    if (r == 0)
        r = sums_group(flows->cells, key, &group);
    if (r)
        return r;
    group->sum[SUM_COUNT] += count;
    group->sum[SUM_ROW] = row;
    return person_count(flows, flows->cells, group, person);
}

static int flows_tally(struct question *question, const struct spans_owner *owner,
                       struct bytes plain, void *context)
{
    struct flows *flows = context;
    int32_t bucket = spans_bucket_day(flows->bucket, question->day);
    struct box_tally tally;
    int r = box_tally_decode(plain, question->reader->opener.scratch, &tally);

    if (r)
        return r > 0 ? FAULT(ERR_CORRUPT) : r;
    r = flows_open(flows, bucket);
    for (size_t i = 0; r == 0 && i < tally.count_count; i++) {
        bool site = tally.counts[i].domain != 0;
        uint32_t key[4] = {
            [KEY_BUCKET] = (uint32_t)bucket, [KEY_SITE] = site, [KEY_KIND] = tally.counts[i].kind};

        r = question_number(question, site ? tally.counts[i].domain : tally.counts[i].application,
                            &key[KEY_NAME]);
        if (r == 0)
            r = flow_add(flows, key, owner->person.number, tally.counts[i].count);
    }
    return r == SUMS_FULL ? SPANS_LARGE : r;
}

static RESULT flows_answer(struct question *question, const struct flows *flows,
                           struct spans_flows *ret_flows)
{
    struct spans_flows answer = {0};
    size_t people;
    size_t row_count;
    const struct sums_group *rows = sums_groups(flows->rows, &row_count);
    const struct sums_group *cells = sums_groups(flows->cells, &answer.count);
    const struct clean_text *unknown;
    int r = spans_unknown(question->arena, &unknown);

    if (r)
        return r;
    answer.at = arena_take_array(question->arena, answer.count, sizeof(*answer.at));
    if (!answer.at)
        return SPANS_LARGE;
    for (size_t i = 0; r == 0 && i < answer.count; i++) {
        const struct sums_group *cell = &cells[i];

        answer.at[i] = (struct spans_flow){
            .day = (int32_t)cell->key[KEY_BUCKET],
            .name = unknown,
            .site = cell->key[KEY_SITE],
            .kind = (enum redact_kind)cell->key[KEY_KIND],
            .count = (uint64_t)cell->sum[SUM_COUNT],
            .people = (uint32_t)cell->sum[SUM_PEOPLE],
            .row_people = (uint32_t)rows[cell->sum[SUM_ROW]].sum[SUM_PEOPLE],
        };
        if (cell->key[KEY_NAME] > 0)
            r = question_text(question, cell->key[KEY_NAME], &answer.at[i].name);
    }
    (void)sums_groups(flows->people, &people);
    answer.people = (uint32_t)people;
    if (r == 0)
        *ret_flows = answer;
    return r;
}

int embedded_flows(struct spans *spans, const struct spans_scope *scope, enum spans_bucket bucket,
                   struct arena *arena, struct spans_flows *ret_flows)
{
    CLEANUP(question_end) struct question question = {0};
    CLEANUP(flows_deinit) struct flows flows = {.bucket = bucket, .open = INT32_MIN};
    int r = flows_init(&flows);

    if (r == 0)
        r = question_begin(&question, embedded_of(spans), scope, arena);
    if (r == 0)
        r = question_tallies(&question, flows_tally, &flows);
    return r ? r : flows_answer(&question, &flows, ret_flows);
}
