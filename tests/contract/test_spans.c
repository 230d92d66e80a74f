/*
 * The contract of the span store, over every engine; and random batches into all of them, after
 * which every question has the same answer everywhere. The memory engine is the oracle.
 */

#include "store/spans/spans.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/moment.h"
#include "spans-support.h"
#include "tap.h"

#define ARENA_MAX ((size_t)256 << 20)
#define NOW (TEST_AT + INT64_C(43200000)) /* noon */

static bool embedded; /* the engine that is tested */
static struct keyring *keyring;
static struct arena *arena;

static struct spans *open_engine(bool on_disk)
{
    struct spans *spans = NULL;

    if (!on_disk) {
        CHECK(spans_open_memory(&spans) == 0);
        return spans;
    }
    test_path_remove("spans.db");
    CHECK(spans_open_embedded(&spans, test_path("spans.db"), keyring) == 0);
    return spans;
}

static struct spans *open_empty(void)
{
    return open_engine(embedded);
}

/* Accounts from 1; two of them are each person's. */
static struct spans_scope scope_of(size_t accounts, int64_t from_at, int64_t to_at)
{
    static struct spans_owner owners[64];

    for (uint32_t i = 0; i < 64; i++)
        owners[i] = spans_owner_ever((struct account_id){i + 1}, (struct person_id){1 + i / 2});
    return (struct spans_scope){
        .owners = owners, .owner_count = accounts, .from_at = from_at, .to_at = to_at};
}

/* ---- sequences ---- */

static void a_repeat_has_no_second_effect(void)
{
    CLEANUP(spans_free) struct spans *spans = open_empty();
    struct spans_scope scope = scope_of(16, 0, INT64_MAX);
    struct spans_batch *batch = small_batch(arena, 1, 1, 1, NOW, 5000);
    struct spans_answer *answers;
    uint64_t sequence;
    uint64_t missing;
    uint32_t epoch;
    size_t count;

    CHECK(commit_and_wait(spans, batch) == 0);
    CHECK(commit_and_wait(spans, batch) == SPANS_REPEATED);
    CHECK(spans_timeline(spans, &scope, arena, &answers, &count) == 0);
    CHECK(count == 1);
    CHECK(spans_sequence(spans, device_of(1), &epoch, &sequence, &missing) == 0);
    CHECK(epoch == 1 && sequence == 1 && missing == 0);
}

static void a_device_that_never_sent_stands_at_zero(void)
{
    CLEANUP(spans_free) struct spans *spans = open_empty();
    uint64_t sequence = 9;
    uint64_t missing = 9;
    uint32_t epoch = 9;

    CHECK(spans_sequence(spans, device_of(7), &epoch, &sequence, &missing) == 0);
    CHECK(epoch == 0 && sequence == 0 && missing == 0);
}

static void an_epoch_that_is_over_is_stale_and_a_new_one_begins_at_one(void)
{
    CLEANUP(spans_free) struct spans *spans = open_empty();
    struct spans_batch *batch = small_batch(arena, 1, 40, 1, NOW, 5000);
    uint64_t sequence;
    uint64_t missing;
    uint32_t epoch;

    batch->epoch = 2;
    batch->sequence = 1;
    CHECK(commit_and_wait(spans, batch) == 0);
    batch->epoch = 1;
    batch->sequence = 2;
    CHECK(commit_and_wait(spans, batch) == SPANS_STALE);
    batch->epoch = 3;
    batch->sequence = 1;
    CHECK(commit_and_wait(spans, batch) == 0);
    CHECK(spans_sequence(spans, device_of(1), &epoch, &sequence, &missing) == 0);
    CHECK(epoch == 3 && sequence == 1 && missing == 0);
}

static void skipped_sequences_are_counted_and_leave_a_gap(void)
{
    CLEANUP(spans_free) struct spans *spans = open_empty();
    struct spans_batch *batch = small_batch(arena, 1, 1, 1, NOW, 5000);
    struct spans_gap *gaps;
    uint64_t sequence;
    uint64_t missing;
    uint32_t epoch;
    size_t count;

    CHECK(commit_and_wait(spans, batch) == 0);
    batch->sequence = 5;
    batch->received_at += 60000;
    CHECK(commit_and_wait(spans, batch) == 0);
    CHECK(spans_sequence(spans, device_of(1), &epoch, &sequence, &missing) == 0);
    CHECK(sequence == 5 && missing == 3);
    CHECK(spans_gaps(spans, device_of(1), 10, arena, &gaps, &count) == 0);
    CHECK(count == 1 && gaps[0].reason == BATCH_GAP_SPOOL_CORRUPT);
    CHECK(gaps[0].from_at == TEST_AT && gaps[0].to_at == TEST_AT + 60000);
    batch->sequence = UINT64_MAX;
    CHECK(commit_and_wait(spans, batch) == 0);
    CHECK(spans_sequence(spans, device_of(1), &epoch, &sequence, &missing) == 0);
    CHECK(sequence == UINT64_MAX && missing == UINT64_MAX - 3);
}

static void devices_do_not_share_sequences_or_gaps(void)
{
    CLEANUP(spans_free) struct spans *spans = open_empty();
    struct spans_gap *gaps;
    uint64_t sequence;
    uint64_t missing;
    uint32_t epoch;
    size_t count;

    CHECK(commit_and_wait(spans, small_batch(arena, 1, 9, 1, NOW, 1)) == 0);
    CHECK(commit_and_wait(spans, small_batch(arena, 2, 1, 1, NOW, 1)) == 0);
    CHECK(spans_sequence(spans, device_of(2), &epoch, &sequence, &missing) == 0);
    CHECK(sequence == 1 && missing == 0);
    CHECK(spans_gaps(spans, device_of(2), 10, arena, &gaps, &count) == 0);
    CHECK(count == 0);
}

/* ---- bad batches ---- */

static void a_batch_that_breaks_its_promises_is_refused_whole(void)
{
    CLEANUP(spans_free) struct spans *spans = open_empty();
    struct spans_scope scope = scope_of(16, 0, INT64_MAX);
    struct spans_answer *answers;
    size_t count;

    for (int broken = 0; broken < 9; broken++) {
        struct spans_batch *batch = small_batch(arena, 1, 1, 1, NOW, 5000);
        struct spans_row *row = (struct spans_row *)batch->rows;

        switch (broken) {
        case 0:
            row->application = 4;
            break;
        case 1:
            row->title = UINT32_MAX;
            break;
        case 2:
            row->duration_ms = 13 * 3600000;
            break;
        case 3:
            row->start_at = -1;
            break;
        case 4:
            row->state = SPAN_STATES;
            break;
        case 5:
            row->account.number = 0;
            break;
        case 6:
            batch->sequence = 0;
            break;
        case 7:
            row->start_at = INT64_MAX - 10;
            break;
        default:
            row->flags = 1 << 20;
            break;
        }
        CHECK(commit_and_wait(spans, batch) == SPANS_INVALID);
    }
    CHECK(spans_timeline(spans, &scope, arena, &answers, &count) == 0);
    CHECK(count == 0);
}

/* ---- questions ---- */

static void a_span_comes_back_as_it_was_sent(void)
{
    CLEANUP(spans_free) struct spans *spans = open_empty();
    struct spans_scope scope = scope_of(16, NOW - 1000, NOW + 100000);
    struct spans_batch *batch = small_batch(arena, 1, 1, 3, NOW, 5000);
    struct spans_row *row = (struct spans_row *)batch->rows;
    struct spans_answer *answers;
    size_t count;

    row->title = 3;
    row->flags = SPAN_FLAG_SKEWED | SPAN_FLAG_CUT;
    row->state = SPAN_LOCKED;
    CHECK(commit_and_wait(spans, batch) == 0);
    CHECK(spans_timeline(spans, &scope, arena, &answers, &count) == 0);
    CHECK(count == 1 && answers[0].account.number == 3);
    CHECK(answers[0].span.start_at == NOW && answers[0].span.duration_ms == 5000);
    CHECK(answers[0].span.state == SPAN_LOCKED);
    CHECK(answers[0].span.flags == (SPAN_FLAG_SKEWED | SPAN_FLAG_CUT));
    CHECK(clean_is(answers[0].span.application, "ehr"));
    CHECK(clean_is(answers[0].span.domain, "portal.example"));
    CHECK(clean_is(answers[0].span.title, "Schedule"));
}

static void an_application_that_could_not_be_kept_is_unknown(void)
{
    CLEANUP(spans_free) struct spans *spans = open_empty();
    struct spans_scope scope = scope_of(16, 0, INT64_MAX);
    struct spans_batch *batch = small_batch(arena, 1, 1, 1, NOW, 5000);
    struct spans_answer *answers;
    struct spans_usage *usage;
    size_t count;

    ((struct spans_row *)batch->rows)->application = 0;
    ((struct spans_row *)batch->rows)->domain = 0;
    CHECK(commit_and_wait(spans, batch) == 0);
    CHECK(spans_timeline(spans, &scope, arena, &answers, &count) == 0);
    CHECK(count == 1 && clean_is(answers[0].span.application, "unknown"));
    CHECK(!answers[0].span.domain && !answers[0].span.title);
    CHECK(spans_usage(spans, &scope, arena, &usage, &count) == 0);
    CHECK(count == 1 && clean_is(usage[0].application, "unknown") && !usage[0].domain);
}

static void answers_are_cut_to_the_scope(void)
{
    CLEANUP(spans_free) struct spans *spans = open_empty();
    struct spans_answer *answers;
    struct spans_usage *usage;
    size_t count;

    CHECK(commit_and_wait(spans, small_batch(arena, 1, 1, 1, NOW, 10000)) == 0);
    struct spans_scope scope = scope_of(1, NOW + 2000, NOW + 5000);
    CHECK(spans_timeline(spans, &scope, arena, &answers, &count) == 0);
    CHECK(count == 1 && answers[0].span.start_at == NOW + 2000);
    CHECK(answers[0].span.duration_ms == 3000);
    CHECK(spans_usage(spans, &scope, arena, &usage, &count) == 0);
    CHECK(count == 1 && usage[0].ms[SPAN_ACTIVE] == 3000 && usage[0].ms[SPAN_IDLE] == 0);
    scope = scope_of(1, NOW + 10000, NOW + 20000);
    CHECK(spans_timeline(spans, &scope, arena, &answers, &count) == 0);
    CHECK(count == 0);
    scope = scope_of(1, NOW - 10000, NOW);
    CHECK(spans_usage(spans, &scope, arena, &usage, &count) == 0);
    CHECK(count == 0);
}

static void spans_on_both_sides_of_midnight_are_found_from_either(void)
{
    CLEANUP(spans_free) struct spans *spans = open_empty();
    int64_t midnight = TEST_AT + 86400000;
    struct spans_answer *answers;
    size_t count;

    CHECK(commit_and_wait(spans, small_batch(arena, 1, 1, 1, midnight - 60000, 60000)) == 0);
    CHECK(commit_and_wait(spans, small_batch(arena, 1, 2, 1, midnight, 60000)) == 0);
    struct spans_scope scope = scope_of(1, midnight - 1, midnight + 1);
    CHECK(spans_timeline(spans, &scope, arena, &answers, &count) == 0);
    CHECK(count == 2 && answers[0].span.start_at == midnight - 1);
    CHECK(answers[1].span.start_at == midnight && answers[1].span.duration_ms == 1);
    scope = scope_of(1, midnight - 5, midnight);
    CHECK(spans_timeline(spans, &scope, arena, &answers, &count) == 0);
    CHECK(count == 1 && answers[0].span.duration_ms == 5);
}

/* Each account of a scope has one owner until some day, and another, or nobody who is in scope,
 * from some later day on. */
static struct spans_scope handed_over(struct chance *chance, const struct spans_scope *scope)
{
    static struct spans_owner owners[128];
    struct spans_scope handed = *scope;

    handed.owners = owners;
    handed.owner_count = 0;
    for (size_t i = 0; i < scope->owner_count; i++) {
        struct spans_owner before = scope->owners[i];
        struct spans_owner after = before;

        before.until_day = TEST_DAY + (int32_t)chance_below(chance, 5);
        after.from_day = before.until_day + (int32_t)chance_below(chance, 2);
        after.person.number = 1 + chance_below(chance, 40);
        owners[handed.owner_count++] = before;
        if (chance_below(chance, 4))
            owners[handed.owner_count++] = after;
    }
    return handed;
}

static void an_account_is_whose_it_was_that_day(void)
{
    CLEANUP(spans_free) struct spans *spans = open_empty();
    const struct spans_owner owners[] = {
        {{1}, {7}, INT32_MIN, TEST_DAY},
        {{1}, {8}, TEST_DAY, TEST_DAY + 1},
        {{1}, {9}, TEST_DAY + 2, INT32_MAX},
    };
    struct spans_scope scope = {
        .owners = owners, .owner_count = 3, .from_at = INT64_MIN, .to_at = INT64_MAX};
    struct spans_answer *answers;
    struct spans_usage *usage;
    size_t count;

    for (int day = -1; day <= 2; day++)
        CHECK(commit_and_wait(spans, small_batch(arena, 1, (uint64_t)(day + 2), 1,
                                                 (TEST_DAY + day) * MS_PER_DAY + 5000, 1000)) == 0);
    CHECK(spans_timeline(spans, &scope, arena, &answers, &count) == 0);
    CHECK(count == 3 && answers[0].person.number == 7 && answers[1].person.number == 8 &&
          answers[2].person.number == 9);
    CHECK(answers[2].span.start_at == (TEST_DAY + 2) * MS_PER_DAY + 5000);
    CHECK(spans_usage(spans, &scope, arena, &usage, &count) == 0 && count == 3);
    scope.owners = &owners[1];
    scope.owner_count = 1;
    CHECK(spans_timeline(spans, &scope, arena, &answers, &count) == 0);
    CHECK(count == 1 && answers[0].span.start_at == TEST_DAY * MS_PER_DAY + 5000);
}

static void nobody_outside_the_scope_is_seen(void)
{
    CLEANUP(spans_free) struct spans *spans = open_empty();
    const struct spans_owner only = spans_owner_ever((struct account_id){2}, (struct person_id){1});
    struct spans_scope scope = {
        .owners = &only, .owner_count = 1, .from_at = INT64_MIN, .to_at = INT64_MAX};
    struct spans_answer *answers;
    struct spans_usage *usage;
    size_t count;

    CHECK(commit_and_wait(spans, small_batch(arena, 1, 1, 1, NOW, 1000)) == 0);
    CHECK(commit_and_wait(spans, small_batch(arena, 1, 2, 2, NOW, 2000)) == 0);
    CHECK(spans_timeline(spans, &scope, arena, &answers, &count) == 0);
    CHECK(count == 1 && answers[0].account.number == 2);
    CHECK(spans_usage(spans, &scope, arena, &usage, &count) == 0);
    CHECK(count == 1 && usage[0].account.number == 2);
    scope.owner_count = 0;
    CHECK(spans_timeline(spans, &scope, arena, &answers, &count) == 0);
    CHECK(count == 0);
    scope = scope_of(16, NOW + 500, NOW + 500);
    CHECK(spans_timeline(spans, &scope, arena, &answers, &count) == 0);
    CHECK(count == 0);
}

static void an_answer_that_does_not_fit_is_large(void)
{
    CLEANUP(spans_free) struct spans *spans = open_empty();
    CLEANUP(arena_free) struct arena *small = NULL;
    struct spans_scope scope = scope_of(16, 0, INT64_MAX);
    struct chance chance = {.state = 5};
    struct spans_answer *answers;
    struct spans_usage *usage;
    struct spans_removed *removed;
    struct spans_flows flows;
    size_t count;

    for (uint64_t sequence = 1; sequence < 20; sequence++)
        CHECK(commit_and_wait(spans, random_batch(&chance, arena, 1, sequence, TEST_DAY, 3)) == 0);
    CHECK(arena_new(&small, 500) == 0);
    CHECK(spans_timeline(spans, &scope, small, &answers, &count) == SPANS_LARGE);
    CHECK(spans_usage(spans, &scope, small, &usage, &count) == SPANS_LARGE);
    CHECK(spans_removed(spans, &scope, small, &removed, &count) == SPANS_LARGE);
    CHECK(spans_flows(spans, &scope, SPANS_BUCKET_WEEK, small, &flows) == SPANS_LARGE);
}

static void gaps_come_latest_first_and_at_most_as_many_as_asked(void)
{
    CLEANUP(spans_free) struct spans *spans = open_empty();
    struct spans_batch *batch = small_batch(arena, 1, 1, 1, NOW, 1000);
    struct spans_gap gaps[3] = {
        {.from_at = NOW, .to_at = NOW + 1, .reason = BATCH_GAP_SPOOL_FULL, .spans = 7},
        {.from_at = NOW + 50, .to_at = NOW + 60, .reason = BATCH_GAP_PAUSED},
        {.from_at = NOW + 20, .to_at = NOW + 30, .reason = BATCH_GAP_SENSOR_LOST},
    };
    struct spans_gap *found;
    size_t count;

    gaps[1].reason_text = clean_of(arena, "lunch");
    gaps[2].account.number = 4;
    batch->gaps = gaps;
    batch->gap_count = 3;
    batch->row_count = 0;
    CHECK(commit_and_wait(spans, batch) == 0);
    CHECK(spans_gaps(spans, device_of(1), 2, arena, &found, &count) == 0);
    CHECK(count == 2 && found[0].reason == BATCH_GAP_PAUSED);
    CHECK(clean_is(found[0].reason_text, "lunch"));
    CHECK(found[1].reason == BATCH_GAP_SENSOR_LOST && found[1].account.number == 4);
    CHECK(!found[1].reason_text && device_id_equal(found[1].device, device_of(1)));
    CHECK(spans_gaps(spans, device_of(1), 9, arena, &found, &count) == 0);
    CHECK(count == 3 && found[2].spans == 7);
}

/* ---- every question, both engines ---- */

static int order_of_text(const struct clean_text *a, const struct clean_text *b)
{
    struct text left = clean_text_view(a);
    struct text right = clean_text_view(b);
    size_t len = left.len < right.len ? left.len : right.len;
    int order = len ? memcmp(left.at, right.at, len) : 0;

    return order ? order : (left.len > right.len) - (left.len < right.len);
}

#define BY(left, right)                                                                            \
    do {                                                                                           \
        if ((left) != (right))                                                                     \
            return (left) < (right) ? -1 : 1;                                                      \
    } while (0)

static int usage_order(const void *left, const void *right)
{
    const struct spans_usage *a = left;
    const struct spans_usage *b = right;

    BY(a->account.number, b->account.number);
    BY(a->person.number, b->person.number);
    int order = order_of_text(a->application, b->application);
    return order ? order : order_of_text(a->domain, b->domain);
}

static int removed_order(const void *left, const void *right)
{
    const struct spans_removed *a = left;
    const struct spans_removed *b = right;

    BY(a->day, b->day);
    BY(a->kind, b->kind);
    int order = order_of_text(a->application, b->application);
    return order ? order : order_of_text(a->domain, b->domain);
}

static int flow_order(const void *left, const void *right)
{
    const struct spans_flow *a = left;
    const struct spans_flow *b = right;

    BY(a->day, b->day);
    BY(a->kind, b->kind);
    BY(a->site, b->site);
    return order_of_text(a->name, b->name);
}

static int dropped_order(const void *left, const void *right)
{
    const struct spans_dropped *a = left;
    const struct spans_dropped *b = right;

    BY(a->day, b->day);
    BY(a->reason, b->reason);
    return 0;
}

/* Spans of one start come in no stated order. */
static int answer_order(const void *left, const void *right)
{
    const struct spans_answer *a = left;
    const struct spans_answer *b = right;

    BY(a->account.number, b->account.number);
    BY(a->person.number, b->person.number);
    BY(a->span.start_at, b->span.start_at);
    BY(a->span.duration_ms, b->span.duration_ms);
    BY(a->span.state, b->span.state);
    BY(a->span.flags, b->span.flags);
    int order = order_of_text(a->span.application, b->span.application);
    if (order == 0)
        order = order_of_text(a->span.domain, b->span.domain);
    return order ? order : order_of_text(a->span.title, b->span.title);
}

static int gap_order(const void *left, const void *right)
{
    const struct spans_gap *a = left;
    const struct spans_gap *b = right;

    BY(b->from_at, a->from_at);
    BY(a->to_at, b->to_at);
    BY(a->account.number, b->account.number);
    BY(a->reason, b->reason);
    BY(a->spans, b->spans);
    return order_of_text(a->reason_text, b->reason_text);
}

static void compare_timelines(struct spans *const engines[2], const struct spans_scope *scope)
{
    struct spans_answer *answers[2];
    size_t count[2];

    for (int i = 0; i < 2; i++) {
        CHECK(spans_timeline(engines[i], scope, arena, &answers[i], &count[i]) == 0);
        for (size_t row = 1; row < count[i]; row++) {
            const struct spans_answer *a = &answers[i][row - 1];
            const struct spans_answer *b = &answers[i][row];

            CHECK(a->account.number < b->account.number ||
                  (a->account.number == b->account.number && a->span.start_at <= b->span.start_at));
        }
        qsort(answers[i], count[i], sizeof(**answers), answer_order);
    }
    CHECK(count[0] == count[1]);
    for (size_t row = 0; row < count[0]; row++) {
        CHECK(answer_order(&answers[0][row], &answers[1][row]) == 0);
        CHECK(!answers[0][row].span.domain == !answers[1][row].span.domain);
        CHECK(!answers[0][row].span.title == !answers[1][row].span.title);
        CHECK(answers[0][row].span.application && answers[1][row].span.application);
    }
}

static void compare_usage(struct spans *const engines[2], const struct spans_scope *scope)
{
    struct spans_usage *usage[2];
    size_t count[2];

    for (int i = 0; i < 2; i++) {
        CHECK(spans_usage(engines[i], scope, arena, &usage[i], &count[i]) == 0);
        qsort(usage[i], count[i], sizeof(**usage), usage_order);
    }
    CHECK(count[0] == count[1]);
    for (size_t row = 0; row < count[0]; row++) {
        CHECK(usage_order(&usage[0][row], &usage[1][row]) == 0);
        CHECK(memcmp(usage[0][row].ms, usage[1][row].ms, sizeof(usage[0][row].ms)) == 0);
    }
}

static void compare_removed(struct spans *const engines[2], const struct spans_scope *scope)
{
    struct spans_removed *removed[2];
    size_t count[2];

    for (int i = 0; i < 2; i++) {
        CHECK(spans_removed(engines[i], scope, arena, &removed[i], &count[i]) == 0);
        qsort(removed[i], count[i], sizeof(**removed), removed_order);
    }
    CHECK(count[0] == count[1]);
    for (size_t row = 0; row < count[0]; row++) {
        CHECK(removed_order(&removed[0][row], &removed[1][row]) == 0);
        CHECK(removed[0][row].count == removed[1][row].count);
    }
}

static void compare_flows(struct spans *const engines[2], const struct spans_scope *scope,
                          enum spans_bucket bucket)
{
    struct spans_flows flows[2];

    for (int i = 0; i < 2; i++) {
        CHECK(spans_flows(engines[i], scope, bucket, arena, &flows[i]) == 0);
        qsort(flows[i].at, flows[i].count, sizeof(*flows[i].at), flow_order);
    }
    CHECK(flows[0].count == flows[1].count && flows[0].people == flows[1].people);
    for (size_t row = 0; row < flows[0].count; row++) {
        const struct spans_flow *a = &flows[0].at[row];
        const struct spans_flow *b = &flows[1].at[row];

        CHECK(flow_order(a, b) == 0 && a->count == b->count);
        CHECK(a->people == b->people && a->row_people == b->row_people);
        CHECK(a->people > 0 && a->people <= a->row_people && a->row_people <= flows[0].people);
    }
}

static void compare_dropped(struct spans *const engines[2], const struct spans_scope *scope)
{
    struct spans_dropped *dropped[2];
    size_t count[2];

    for (int i = 0; i < 2; i++) {
        CHECK(spans_dropped(engines[i], scope, arena, &dropped[i], &count[i]) == 0);
        qsort(dropped[i], count[i], sizeof(**dropped), dropped_order);
    }
    CHECK(count[0] == count[1]);
    for (size_t row = 0; row < count[0]; row++) {
        CHECK(dropped_order(&dropped[0][row], &dropped[1][row]) == 0);
        CHECK(dropped[0][row].count == dropped[1][row].count);
    }
}

static void compare_devices(struct spans *const engines[2], uint8_t device)
{
    struct spans_gap *gaps[2];
    uint64_t sequence[2];
    uint64_t missing[2];
    uint32_t epoch[2];
    size_t count[2];

    for (int i = 0; i < 2; i++) {
        CHECK(spans_sequence(engines[i], device_of(device), &epoch[i], &sequence[i], &missing[i]) ==
              0);
        CHECK(spans_gaps(engines[i], device_of(device), SIZE_MAX, arena, &gaps[i], &count[i]) == 0);
        qsort(gaps[i], count[i], sizeof(**gaps), gap_order);
    }
    CHECK(epoch[0] == epoch[1] && sequence[0] == sequence[1] && missing[0] == missing[1]);
    CHECK(count[0] == count[1]);
    for (size_t row = 0; row < count[0]; row++)
        CHECK(gap_order(&gaps[0][row], &gaps[1][row]) == 0);
}

static void compare_evidence(struct spans *const engines[2], uint8_t device, int32_t from_day,
                             int32_t to_day)
{
    struct evidence found[2];
    struct spans_rules *rules[2];
    size_t count[2];

    for (int i = 0; i < 2; i++) {
        CHECK(spans_evidence(engines[i], device_of(device), from_day, to_day, arena, &found[i]) ==
              0);
        CHECK(spans_rules(engines[i], device_of(device), arena, &rules[i], &count[i]) == 0);
    }
    CHECK(found[0].count_count == found[1].count_count);
    CHECK(found[0].judged_count == found[1].judged_count);
    for (size_t i = 0; i < found[0].count_count; i++)
        CHECK(found[0].counts[i].day == found[1].counts[i].day &&
              found[0].counts[i].count == found[1].counts[i].count &&
              strcmp(found[0].counts[i].rule, found[1].counts[i].rule) == 0);
    for (size_t i = 0; i < found[0].judged_count; i++)
        CHECK(found[0].judged[i].day == found[1].judged[i].day &&
              found[0].judged[i].count == found[1].judged[i].count);
    CHECK(count[0] == count[1]);
    for (size_t i = 0; i < count[0]; i++)
        CHECK(evidence_rules_equal(&rules[0][i].rules, &rules[1][i].rules) &&
              rules[0][i].sensor == rules[1][i].sensor &&
              rules[0][i].first_at == rules[1][i].first_at &&
              rules[0][i].since_at == rules[1][i].since_at &&
              rules[0][i].last_at == rules[1][i].last_at);
}

static void compare_all(struct spans *const engines[2], struct chance *chance)
{
    for (int i = 0; i < 12; i++) {
        int64_t from_at = TEST_AT + (int64_t)chance_below(chance, 6 * 86400) * 1000 - 86400000;
        int64_t to_at = from_at + (int64_t)chance_below(chance, 4 * 86400) * 997;
        struct spans_scope scope = scope_of(chance_below(chance, 8), from_at, to_at);

        if (i == 0)
            scope = scope_of(64, INT64_MIN, INT64_MAX);
        if (i % 2)
            scope = handed_over(chance, &scope);
        compare_timelines(engines, &scope);
        compare_usage(engines, &scope);
        compare_removed(engines, &scope);
        compare_flows(engines, &scope, SPANS_BUCKET_DAY);
        compare_flows(engines, &scope, SPANS_BUCKET_WEEK);
        compare_dropped(engines, &scope);
    }
    for (uint8_t device = 0; device < 4; device++)
        compare_devices(engines, device);
    for (uint8_t device = 0; device < 4; device++) {
        int32_t from_day = TEST_DAY - 1 + (int32_t)chance_below(chance, 4);

        compare_evidence(engines, device, from_day, from_day + (int32_t)chance_below(chance, 3));
        compare_evidence(engines, device, INT32_MIN, INT32_MAX);
    }
}

static void all_questions_have_one_answer_after_random_batches(void)
{
    for (uint64_t seed = 1; seed <= 8; seed++) {
        struct chance chance = {.state = seed * 77};
        struct spans *engines[2] = {open_engine(false), open_engine(true)};
        uint64_t sequences[3] = {0};

        for (int i = 0; i < 60; i++) {
            uint8_t device = (uint8_t)chance_below(&chance, 3);
            /* Mostly the next, at times one that skips or repeats. */
            int64_t step = chance_below(&chance, 6) ? 1 : (int64_t)chance_below(&chance, 5) - 1;
            int64_t sequence = (int64_t)sequences[device] + step;
            if (sequence < 1)
                sequence = 1;
            struct spans_batch *batch =
                random_batch(&chance, arena, device, (uint64_t)sequence, TEST_DAY, 4);
            int r = commit_and_wait(engines[0], batch);

            CHECK(r == 0 || r == SPANS_REPEATED);
            CHECK(commit_and_wait(engines[1], batch) == r);
            if (r == 0)
                sequences[device] = (uint64_t)sequence;
        }
        compare_all(engines, &chance);
        engines[1] = spans_free(engines[1]);
        CHECK(spans_open_embedded(&engines[1], test_path("spans.db"), keyring) == 0);
        compare_all(engines, &chance);
        spill_both(engines, arena, "text 1");
        compare_all(engines, &chance);
        spill_both(engines, arena, "lunch");
        spill_both(engines, arena, "1");
        engines[1] = spans_free(engines[1]);
        CHECK(spans_open_embedded(&engines[1], test_path("spans.db"), keyring) == 0);
        compare_all(engines, &chance);
        engines[0] = spans_free(engines[0]);
        engines[1] = spans_free(engines[1]);
        arena_reset(arena);
    }
}

#define CONTRACT(test)                                                                             \
    do {                                                                                           \
        embedded = false;                                                                          \
        tap_run((test), "memory: " #test);                                                         \
        embedded = true;                                                                           \
        tap_run((test), "embedded: " #test);                                                       \
        arena_reset(arena);                                                                        \
    } while (0)

int main(void)
{
    keyring = test_keyring();
    CHECK(arena_new(&arena, ARENA_MAX) == 0);
    CONTRACT(a_repeat_has_no_second_effect);
    CONTRACT(a_device_that_never_sent_stands_at_zero);
    CONTRACT(an_epoch_that_is_over_is_stale_and_a_new_one_begins_at_one);
    CONTRACT(skipped_sequences_are_counted_and_leave_a_gap);
    CONTRACT(devices_do_not_share_sequences_or_gaps);
    CONTRACT(a_batch_that_breaks_its_promises_is_refused_whole);
    CONTRACT(a_span_comes_back_as_it_was_sent);
    CONTRACT(an_application_that_could_not_be_kept_is_unknown);
    CONTRACT(answers_are_cut_to_the_scope);
    CONTRACT(spans_on_both_sides_of_midnight_are_found_from_either);
    CONTRACT(nobody_outside_the_scope_is_seen);
    CONTRACT(an_account_is_whose_it_was_that_day);
    CONTRACT(an_answer_that_does_not_fit_is_large);
    CONTRACT(gaps_come_latest_first_and_at_most_as_many_as_asked);
    RUN(all_questions_have_one_answer_after_random_batches);
    arena = arena_free(arena);
    keyring = keyring_free(keyring);
    test_paths_remove();
    return tap_done();
}
