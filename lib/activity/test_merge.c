#include <stdlib.h>

#include "activity/merge.h"
#include "base/moment.h"
#include "tap.h"

static const int64_t noon = INT64_C(1763899200000); /* 12:00 UTC */
static const int64_t booted = 5000;

/* ---- failing allocations ---- */

static long allocations_left = -1;

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);

void *__wrap_calloc(size_t count, size_t size)
{
    if (allocations_left == 0)
        return NULL;
    if (allocations_left > 0)
        allocations_left--;
    return __real_calloc(count, size);
}

/* ---- a desk: a merger, clocks and what is in front ---- */

struct desk {
    struct merger *merger;
    struct arena *arena;
    struct heartbeat beat;
    const struct clean_text *editor;
    const struct clean_text *browser;
    const struct clean_text *site;
};

static const struct clean_text *clean(struct arena *arena, const char *string)
{
    const struct clean_text *text = NULL;

    CHECK(redact_restore(bytes_of_text(text_of(string)), arena, &text) == 0);
    return text;
}

static void desk_deinit(struct desk *desk)
{
    merger_free(desk->merger);
    arena_free(desk->arena);
}

static void desk_deinit_at(struct desk *desk)
{
    desk_deinit(desk);
}

static struct desk desk_at(int64_t at)
{
    struct desk desk = {0};

    CHECK(merger_new(&desk.merger) == 0 && arena_new(&desk.arena, 1 << 20) == 0);
    desk.editor = clean(desk.arena, "editor");
    desk.browser = clean(desk.arena, "browser");
    desk.site = clean(desk.arena, "example.org");
    desk.beat = (struct heartbeat){.at = at, .boot_at = booted, .application = desk.editor};
    CHECK(merger_beat(desk.merger, &desk.beat) == 0);
    return desk;
}

/* Heartbeats every second for some time; since_input grows when nobody is there. */
static void pass(struct desk *desk, int64_t ms, bool typing)
{
    for (int64_t i = 0; i < ms; i += 1000) {
        desk->beat.at += 1000;
        desk->beat.boot_at += 1000;
        desk->beat.since_input_ms = typing ? 0 : desk->beat.since_input_ms + 1000;
        CHECK(merger_beat(desk->merger, &desk->beat) == 0);
    }
}

/* Something changes now, at the same moment as the last heartbeat. */
static void show(struct desk *desk)
{
    CHECK(merger_beat(desk->merger, &desk->beat) == 0);
}

static bool next_is(struct desk *desk, int64_t start_at, int64_t duration_ms, enum span_state state,
                    const struct clean_text *application)
{
    struct span span;

    return merger_next(desk->merger, &span) && span.start_at == start_at &&
           span.duration_ms == duration_ms && span.state == state &&
           text_equal(clean_text_view(span.application), clean_text_view(application));
}

static bool no_more(struct desk *desk)
{
    struct span span;

    return !merger_next(desk->merger, &span);
}

/* ---- tests ---- */

static void equal_heartbeats_are_one_span(void)
{
    CLEANUP(desk_deinit) struct desk desk = desk_at(noon);
    struct span open;

    pass(&desk, 60000, true);
    CHECK(no_more(&desk));
    CHECK(merger_current(desk.merger, &open));
    CHECK(open.start_at == noon && open.duration_ms == 60000 && open.state == SPAN_ACTIVE);
    CHECK(merger_end(desk.merger) == 0);
    CHECK(next_is(&desk, noon, 60000, SPAN_ACTIVE, desk.editor) && no_more(&desk));
    CHECK(!merger_current(desk.merger, &open));
    CHECK(merger_end(desk.merger) == 0 && no_more(&desk));
}

static void another_application_or_site_or_title_ends_the_span(void)
{
    CLEANUP(desk_deinit) struct desk desk = desk_at(noon);

    pass(&desk, 5000, true);
    desk.beat.application = desk.browser;
    show(&desk);
    pass(&desk, 3000, true);
    desk.beat.domain = desk.site;
    show(&desk);
    pass(&desk, 2000, true);
    desk.beat.title = desk.site;
    show(&desk);
    pass(&desk, 1000, true);
    CHECK(merger_end(desk.merger) == 0);
    CHECK(next_is(&desk, noon, 5000, SPAN_ACTIVE, desk.editor));
    CHECK(next_is(&desk, noon + 5000, 3000, SPAN_ACTIVE, desk.browser));
    CHECK(next_is(&desk, noon + 8000, 2000, SPAN_ACTIVE, desk.browser));
    CHECK(next_is(&desk, noon + 10000, 1000, SPAN_ACTIVE, desk.browser) && no_more(&desk));
}

static void a_pause_is_passive_from_the_last_input_on(void)
{
    CLEANUP(desk_deinit) struct desk desk = desk_at(noon);

    pass(&desk, 10000, true);
    pass(&desk, 119000, false);
    CHECK(no_more(&desk)); /* not yet a pause */
    pass(&desk, 61000, false);
    CHECK(next_is(&desk, noon, 10000, SPAN_ACTIVE, desk.editor));
    pass(&desk, 5000, true);
    CHECK(merger_end(desk.merger) == 0);
    CHECK(next_is(&desk, noon + 10000, 181000, SPAN_PASSIVE, desk.editor));
    CHECK(next_is(&desk, noon + 191000, 4000, SPAN_ACTIVE, desk.editor) && no_more(&desk));
}

static void a_long_pause_is_idle_from_the_last_input_on(void)
{
    CLEANUP(desk_deinit) struct desk desk = desk_at(noon);

    pass(&desk, 10000, true);
    pass(&desk, 700000, false);
    CHECK(merger_end(desk.merger) == 0);
    CHECK(next_is(&desk, noon, 10000, SPAN_ACTIVE, desk.editor));
    CHECK(next_is(&desk, noon + 10000, 700000, SPAN_IDLE, desk.editor) && no_more(&desk));
}

static void a_pause_never_reaches_into_a_span_that_was_closed(void)
{
    CLEANUP(desk_deinit) struct desk desk = desk_at(noon);

    pass(&desk, 10000, true);
    pass(&desk, 300000, false);
    desk.beat.application = desk.browser; /* opens by itself */
    show(&desk);
    pass(&desk, 400000, false);
    CHECK(merger_end(desk.merger) == 0);
    CHECK(next_is(&desk, noon, 10000, SPAN_ACTIVE, desk.editor));
    CHECK(next_is(&desk, noon + 10000, 300000, SPAN_PASSIVE, desk.editor));
    CHECK(next_is(&desk, noon + 310000, 400000, SPAN_IDLE, desk.browser) && no_more(&desk));
}

static void media_without_input_is_passive_and_never_idle(void)
{
    CLEANUP(desk_deinit) struct desk desk = desk_at(noon);

    desk.beat.media = true;
    pass(&desk, 10000, true);
    pass(&desk, 3600000, false);
    desk.beat.media = false; /* seen a second later: until then it was media */
    pass(&desk, 5000, false);
    CHECK(merger_end(desk.merger) == 0);
    CHECK(next_is(&desk, noon, 10000, SPAN_ACTIVE, desk.editor));
    CHECK(next_is(&desk, noon + 10000, 3601000, SPAN_PASSIVE, desk.editor));
    CHECK(next_is(&desk, noon + 3611000, 4000, SPAN_IDLE, desk.editor) && no_more(&desk));
}

static void idleness_does_not_reach_back_over_media(void)
{
    CLEANUP(desk_deinit) struct desk desk = desk_at(noon);

    pass(&desk, 10000, true);
    desk.beat.media = true;
    pass(&desk, 300000, false);
    desk.beat.media = false;
    pass(&desk, 400000, false);
    CHECK(merger_end(desk.merger) == 0);
    CHECK(next_is(&desk, noon, 10000, SPAN_ACTIVE, desk.editor));
    CHECK(next_is(&desk, noon + 10000, 300000, SPAN_PASSIVE, desk.editor));
    CHECK(next_is(&desk, noon + 310000, 400000, SPAN_IDLE, desk.editor) && no_more(&desk));
}

static void a_pause_that_was_judged_stays_one_when_the_limit_rises(void)
{
    CLEANUP(desk_deinit) struct desk desk = desk_at(noon);
    struct policy policy = policy_default();

    pass(&desk, 10000, true);
    pass(&desk, 180000, false);
    policy.passive_after_ms = 300000;
    merger_set_policy(desk.merger, &policy);
    pass(&desk, 5000, false);
    CHECK(merger_end(desk.merger) == 0);
    CHECK(next_is(&desk, noon, 10000, SPAN_ACTIVE, desk.editor));
    CHECK(next_is(&desk, noon + 10000, 180000, SPAN_PASSIVE, desk.editor));
    CHECK(next_is(&desk, noon + 190000, 5000, SPAN_ACTIVE, desk.editor) && no_more(&desk));
}

static void a_boot_clock_that_goes_back_ends_the_span(void)
{
    CLEANUP(desk_deinit) struct desk desk = desk_at(noon);

    pass(&desk, 10000, true);
    desk.beat.boot_at -= 4000;
    show(&desk);
    pass(&desk, 3000, true);
    CHECK(merger_end(desk.merger) == 0);
    CHECK(next_is(&desk, noon, 10000, SPAN_ACTIVE, desk.editor));
    CHECK(next_is(&desk, noon + 10000, 3000, SPAN_ACTIVE, desk.editor) && no_more(&desk));
}

static void a_locked_screen_is_locked_from_then_on(void)
{
    CLEANUP(desk_deinit) struct desk desk = desk_at(noon);

    pass(&desk, 10000, true);
    pass(&desk, 150000, false);
    desk.beat.locked = true;
    show(&desk);
    pass(&desk, 900000, false);
    desk.beat.locked = false;
    desk.beat.since_input_ms = 0;
    show(&desk);
    pass(&desk, 1000, true);
    CHECK(merger_end(desk.merger) == 0);
    CHECK(next_is(&desk, noon, 10000, SPAN_ACTIVE, desk.editor));
    CHECK(next_is(&desk, noon + 10000, 150000, SPAN_PASSIVE, desk.editor));
    CHECK(next_is(&desk, noon + 160000, 900000, SPAN_LOCKED, desk.editor));
    CHECK(next_is(&desk, noon + 1060000, 1000, SPAN_ACTIVE, desk.editor) && no_more(&desk));
}

static void time_asleep_is_not_counted(void)
{
    CLEANUP(desk_deinit) struct desk desk = desk_at(noon);

    pass(&desk, 10000, true);
    desk.beat.at += MERGE_GAP_MS + 1;
    desk.beat.boot_at += MERGE_GAP_MS + 1;
    show(&desk);
    pass(&desk, 1000, true);
    CHECK(merger_end(desk.merger) == 0);
    CHECK(next_is(&desk, noon, 10000, SPAN_ACTIVE, desk.editor));
    CHECK(next_is(&desk, noon + 10000 + MERGE_GAP_MS + 1, 1000, SPAN_ACTIVE, desk.editor));
    CHECK(no_more(&desk));
}

static void a_silence_within_the_limit_is_counted(void)
{
    CLEANUP(desk_deinit) struct desk desk = desk_at(noon);

    desk.beat.at += MERGE_GAP_MS;
    desk.beat.boot_at += MERGE_GAP_MS;
    show(&desk);
    CHECK(merger_end(desk.merger) == 0);
    CHECK(next_is(&desk, noon, MERGE_GAP_MS, SPAN_ACTIVE, desk.editor));
}

static void what_may_not_be_kept_leaves_no_trace(void)
{
    CLEANUP(desk_deinit) struct desk desk = desk_at(noon);
    struct span open;

    pass(&desk, 4000, true);
    desk.beat.application = NULL;
    show(&desk);
    pass(&desk, 60000, true);
    CHECK(!merger_current(desk.merger, &open));
    desk.beat.application = desk.browser;
    show(&desk);
    pass(&desk, 2000, true);
    CHECK(merger_end(desk.merger) == 0);
    CHECK(next_is(&desk, noon, 4000, SPAN_ACTIVE, desk.editor));
    CHECK(next_is(&desk, noon + 64000, 2000, SPAN_ACTIVE, desk.browser) && no_more(&desk));
}

static void a_span_is_cut_at_midnight_utc(void)
{
    int64_t midnight = noon + 12 * MS_PER_HOUR;
    CLEANUP(desk_deinit) struct desk desk = desk_at(midnight - 3500);
    struct span span;

    pass(&desk, 10000, true);
    CHECK(merger_end(desk.merger) == 0);
    CHECK(merger_next(desk.merger, &span) && span.flags == SPAN_FLAG_CUT);
    CHECK(span.start_at == midnight - 3500 && span.duration_ms == 3500);
    CHECK(merger_next(desk.merger, &span) && span.flags == 0);
    CHECK(span.start_at == midnight && span.duration_ms == 6500 && no_more(&desk));
}

static void a_wall_clock_set_forward_makes_no_time(void)
{
    CLEANUP(desk_deinit) struct desk desk = desk_at(noon);

    pass(&desk, 5000, true);
    desk.beat.at += MS_PER_HOUR;
    show(&desk);
    pass(&desk, 5000, true);
    CHECK(merger_end(desk.merger) == 0);
    CHECK(next_is(&desk, noon, 5000, SPAN_ACTIVE, desk.editor));
    CHECK(next_is(&desk, noon + 5000 + MS_PER_HOUR, 5000, SPAN_ACTIVE, desk.editor));
    CHECK(no_more(&desk));
}

static void a_wall_clock_set_far_back_is_followed_and_flagged(void)
{
    CLEANUP(desk_deinit) struct desk desk = desk_at(noon);
    struct span span;

    pass(&desk, 5000, true);
    desk.beat.at -= MS_PER_HOUR;
    show(&desk);
    pass(&desk, 5000, true);
    CHECK(merger_end(desk.merger) == 0);
    CHECK(next_is(&desk, noon, 5000, SPAN_ACTIVE, desk.editor));
    CHECK(merger_next(desk.merger, &span) && span.flags == SPAN_FLAG_SKEWED);
    CHECK(span.start_at == noon + 5000 - MS_PER_HOUR && span.duration_ms == 5000);
}

static void a_wall_clock_stepped_back_a_little_does_not_make_spans_overlap(void)
{
    CLEANUP(desk_deinit) struct desk desk = desk_at(noon);

    pass(&desk, 5000, true);
    desk.beat.at -= 2000;
    desk.beat.application = desk.browser;
    show(&desk);
    pass(&desk, 5000, true);
    CHECK(merger_end(desk.merger) == 0);
    CHECK(next_is(&desk, noon, 5000, SPAN_ACTIVE, desk.editor));
    CHECK(next_is(&desk, noon + 5000, 5000, SPAN_ACTIVE, desk.browser));
}

static void a_policy_changes_the_limits_from_the_next_heartbeat_on(void)
{
    CLEANUP(desk_deinit) struct desk desk = desk_at(noon);
    struct policy policy = policy_default();

    pass(&desk, 10000, true);
    policy.passive_after_ms = 5000;
    policy.idle_after_ms = 10000;
    merger_set_policy(desk.merger, &policy);
    pass(&desk, 20000, false);
    CHECK(merger_end(desk.merger) == 0);
    CHECK(next_is(&desk, noon, 10000, SPAN_ACTIVE, desk.editor));
    CHECK(next_is(&desk, noon + 10000, 20000, SPAN_IDLE, desk.editor) && no_more(&desk));
}

static void too_many_waiting_spans_refuse_the_heartbeat_and_lose_none(void)
{
    CLEANUP(desk_deinit) struct desk desk = desk_at(noon);
    struct span span;
    int64_t total = 0;
    int taken = 0;
    int r = 0;

    while (!r && taken < 10000) {
        desk.beat.at += 1000;
        desk.beat.boot_at += 1000;
        desk.beat.application = taken % 2 ? desk.browser : desk.editor;
        r = merger_beat(desk.merger, &desk.beat);
        taken += r == 0;
    }
    CHECK(r == ERR_BUSY);
    while (merger_next(desk.merger, &span))
        total += span.duration_ms;
    CHECK(total == (int64_t)taken * 1000);
    CHECK(merger_beat(desk.merger, &desk.beat) == 0); /* there is room again */
}

static void a_refused_allocation_keeps_the_open_span(void)
{
    struct merger *merger = NULL;
    int r = ERR_MEMORY;

    for (long n = 0; n < 3; n++) {
        allocations_left = n;
        CHECK(merger_new(&merger) == ERR_MEMORY && !merger);
    }
    allocations_left = -1;
    CLEANUP(desk_deinit) struct desk desk = desk_at(noon);
    pass(&desk, 5000, true);
    for (long n = 0; r; n++) {
        struct span open;

        desk.beat.application = desk.browser;
        allocations_left = n;
        r = merger_beat(desk.merger, &desk.beat);
        allocations_left = -1;
        CHECK(r == 0 || r == ERR_MEMORY);
        CHECK(merger_current(desk.merger, &open));
        CHECK(r == 0 || open.duration_ms == 5000);
    }
}

/* ---- any stream of heartbeats ---- */

static uint32_t dice_state = 1;

static uint32_t dice(uint32_t sides)
{
    dice_state = dice_state * 1664525 + 1013904223;
    return (dice_state >> 8) % sides;
}

struct tally {
    int64_t total_ms;
    int64_t end_at;     /* of the span before */
    int64_t end_at_max; /* of all before */
    int64_t setbacks;   /* how often the wall clock went back by more than a step */
    int64_t out_of_order;
};

static void tally_all(struct tally *tally, struct merger *merger)
{
    struct span span;

    while (merger_next(merger, &span)) {
        CHECK(span.duration_ms > 0 && span.state < SPAN_STATES && span.application);
        CHECK(time_day(span.start_at) == time_day(span.start_at + span.duration_ms - 1));
        CHECK(span.start_at >= tally->end_at_max || (span.flags & SPAN_FLAG_SKEWED));
        tally->out_of_order += span.start_at < tally->end_at;
        tally->total_ms += span.duration_ms;
        tally->end_at = span.start_at + span.duration_ms;
        if (tally->end_at > tally->end_at_max)
            tally->end_at_max = tally->end_at;
    }
}

static void random_day(bool jumps)
{
    CLEANUP(desk_deinit) struct desk desk = desk_at(noon + dice(86400) * 1000);
    struct tally tally = {0};
    int64_t awake_ms = 0;

    for (int i = 0; i < 3000; i++) {
        int64_t step = dice(50) == 0 ? dice(100000) : dice(12000);
        int64_t jump = jumps && dice(100) == 0 ? (int64_t)dice(8000000) - 4000000 : 0;

        awake_ms += step <= MERGE_GAP_MS ? step : 0;
        desk.beat.boot_at += step;
        desk.beat.at += step + jump;
        tally.setbacks += jump < 0;
        desk.beat.since_input_ms =
            dice(40) ? desk.beat.since_input_ms + (uint32_t)step : dice(5000);
        if (dice(30) == 0)
            desk.beat.locked = !desk.beat.locked;
        if (dice(60) == 0)
            desk.beat.media = !desk.beat.media;
        if (dice(10) == 0)
            desk.beat.application = dice(5) ? dice(2) ? desk.editor : desk.browser : NULL;
        if (dice(10) == 0)
            desk.beat.domain = dice(2) ? desk.site : NULL;
        show(&desk);
        if (dice(3) == 0)
            tally_all(&tally, desk.merger);
        if (dice(200) == 0)
            CHECK(merger_end(desk.merger) == 0);
    }
    CHECK(merger_end(desk.merger) == 0);
    tally_all(&tally, desk.merger);
    CHECK(tally.total_ms > 0 && tally.total_ms <= awake_ms);
    CHECK(tally.out_of_order <= tally.setbacks);
}

static void spans_never_overlap_and_never_hold_more_time_than_there_was(void)
{
    for (int i = 0; i < 200; i++)
        random_day(false);
}

static void wall_clock_jumps_make_no_time_and_no_unflagged_overlap(void)
{
    for (int i = 0; i < 200; i++)
        random_day(true);
}

int main(void)
{
    RUN(equal_heartbeats_are_one_span);
    RUN(another_application_or_site_or_title_ends_the_span);
    RUN(a_pause_is_passive_from_the_last_input_on);
    RUN(a_long_pause_is_idle_from_the_last_input_on);
    RUN(a_pause_never_reaches_into_a_span_that_was_closed);
    RUN(media_without_input_is_passive_and_never_idle);
    RUN(idleness_does_not_reach_back_over_media);
    RUN(a_pause_that_was_judged_stays_one_when_the_limit_rises);
    RUN(a_boot_clock_that_goes_back_ends_the_span);
    RUN(a_locked_screen_is_locked_from_then_on);
    RUN(time_asleep_is_not_counted);
    RUN(a_silence_within_the_limit_is_counted);
    RUN(what_may_not_be_kept_leaves_no_trace);
    RUN(a_span_is_cut_at_midnight_utc);
    RUN(a_wall_clock_set_forward_makes_no_time);
    RUN(a_wall_clock_set_far_back_is_followed_and_flagged);
    RUN(a_wall_clock_stepped_back_a_little_does_not_make_spans_overlap);
    RUN(a_policy_changes_the_limits_from_the_next_heartbeat_on);
    RUN(too_many_waiting_spans_refuse_the_heartbeat_and_lose_none);
    RUN(a_refused_allocation_keeps_the_open_span);
    RUN(spans_never_overlap_and_never_hold_more_time_than_there_was);
    RUN(wall_clock_jumps_make_no_time_and_no_unflagged_overlap);
    return tap_done();
}
