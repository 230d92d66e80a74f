#include "access/crowd.h"

#include <stdlib.h>
#include <string.h>

#include "base/moment.h"

RESULT crowd_rule(const struct crowd_ask *ask, struct crowd_rule *ret_rule)
{
    bool identities = access_class_sees_everyone(ask->class);
    struct crowd_rule rule = {.bucket = ask->bucket,
                              .least = ask->least,
                              .rounded = !identities,
                              .from_day = ask->from_day,
                              .to_day = ask->to_day};

    if (!access_class_may(ask->class, ACCESS_REMOVED_VIEW) || ask->least == 0)
        return CROWD_DENIED;
    /* Counts are of everyone: there is no crowd in one person. */
    if (ask->class->reach != ACCESS_REACH_EVERYONE)
        return CROWD_DENIED;
    if (!identities && (ask->least < CROWD_LEAST || ask->bucket != SPANS_BUCKET_WEEK))
        return CROWD_DENIED;
    if (rule.bucket == SPANS_BUCKET_WEEK) {
        rule.from_day = time_week(ask->from_day);
        rule.to_day = time_week(ask->to_day) + 6;
    }
    /* Whole buckets only: a part of a week would move with the window, and tell days apart. */
    while (rule.from_day < ask->window_day && rule.from_day <= rule.to_day)
        rule.from_day += rule.bucket == SPANS_BUCKET_WEEK ? 7 : 1;
    /* A week that goes on would tell today apart from yesterday. */
    if (!identities && rule.to_day >= time_week(ask->today))
        rule.to_day = time_week(ask->today) - 1;
    *ret_rule = rule;
    return 0;
}

static int order_of_names(const struct spans_flow *a, const struct spans_flow *b)
{
    struct text left = clean_text_view(a->name);
    struct text right = clean_text_view(b->name);
    size_t len = left.len < right.len ? left.len : right.len;
    int order = len ? memcmp(left.at, right.at, len) : 0;

    if (order == 0)
        order = (left.len > right.len) - (left.len < right.len);
    return order ? order : (int)a->site - (int)b->site;
}

static int by_name(const void *left, const void *right)
{
    const struct spans_flow *a = left;
    const struct spans_flow *b = right;
    int order = order_of_names(a, b);

    if (order == 0)
        order = (a->day > b->day) - (a->day < b->day);
    return order ? order : (int)a->kind - (int)b->kind;
}

static uint64_t rounded(uint64_t count)
{
    uint64_t rest = count % CROWD_ROUND;
    uint64_t floor = count - rest;

    if (floor == 0)
        return CROWD_ROUND;
    return rest * 2 > CROWD_ROUND && floor <= UINT64_MAX - CROWD_ROUND ? floor + CROWD_ROUND
                                                                       : floor;
}

static struct crowd_cell cell_of(const struct crowd_rule *rule, const struct spans_flow *flow)
{
    struct crowd_cell cell = {.day = flow->day,
                              .name = clean_text_view(flow->name),
                              .site = flow->site,
                              .kind = flow->kind,
                              .hidden = flow->people < rule->least};

    if (cell.hidden)
        return cell;
    cell.count = rule->rounded ? rounded(flow->count) : flow->count;
    cell.people = rule->rounded ? 0 : flow->people;
    return cell;
}

static int by_day(const void *left, const void *right)
{
    const struct crowd_untold *a = left;
    const struct crowd_untold *b = right;

    return (a->day > b->day) - (a->day < b->day);
}

/* Those of one day become one. */
static size_t untold_join(struct crowd_untold *untold, size_t count)
{
    size_t kept = 0;

    if (count > 0)
        qsort(untold, count, sizeof *untold, by_day);
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && untold[kept - 1].day == untold[i].day)
            untold[kept - 1].names += untold[i].names;
        else
            untold[kept++] = untold[i];
    }
    return kept;
}

RESULT crowd_publish(const struct crowd_rule *rule, const struct spans_flows *flows,
                     struct arena *arena, struct crowd_answer *ret_answer)
{
    struct crowd_answer answer = {
        .cells = arena_take_array(arena, flows->count, sizeof *answer.cells),
        .untold = arena_take_array(arena, flows->count, sizeof *answer.untold)};
    const struct spans_flow *last = NULL;

    if (!answer.cells || !answer.untold)
        return CROWD_LARGE;
    if (flows->count > 0)
        qsort(flows->at, flows->count, sizeof *flows->at, by_name);
    for (size_t i = 0; i < flows->count; i++) {
        const struct spans_flow *flow = &flows->at[i];

        if (flow->row_people >= rule->least)
            answer.cells[answer.cell_count++] = cell_of(rule, flow);
        else if (!last || last->day != flow->day || order_of_names(last, flow) != 0)
            answer.untold[answer.untold_count++] = (struct crowd_untold){flow->day, 1};
        last = flow;
    }
    answer.untold_count = untold_join(answer.untold, answer.untold_count);
    *ret_answer = answer;
    return 0;
}
