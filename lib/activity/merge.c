#include "activity/merge.h"

#include <assert.h>
#include <stdlib.h>

#include "base/moment.h"

/*
 * The machine. An arrow is taken by the function named on it, at a heartbeat or merger_end().
 *
 *                    turn_to()                     settle(): no input
 *     NOTHING ------------------------> ACTIVE ----------------------> PASSIVE --> IDLE
 *        ^                                ^  \_____________________________________^
 *        |                                |           settle(): input again
 *        | merger_end(), drop,            +----------------------------- PASSIVE, IDLE
 *        | silence                        |
 *     any state <------------------------ turn_to() ------------------------> LOCKED
 *
 * settle() judges the time since the last heartbeat, which belongs to what was in front then;
 * turn_to() then begins what is in front now. Only enter() assigns the state.
 */
enum merge_state { MERGE_NOTHING, MERGE_ACTIVE, MERGE_PASSIVE, MERGE_IDLE, MERGE_LOCKED };

enum {
    /* What one call may close: a split and a cut while settling, the rest when turning. */
    CLOSES_MAX = 8,
    /* Three texts, 4 KiB at most each, for every waiting span and the open one; blocks left behind
     * by what did not fit count too. */
    TEXTS_MAX = (MERGE_WAITING_MAX + 1) * 3 * 8 * 1024,
};

/* Far from where arithmetic overflows: 1970 to the year 9999. */
#define AT_MAX ((int64_t)253402300799999)

/*
 * Invariants, while state is not MERGE_NOTHING:
 *
 * (1) start_boot <= last_boot: the open span reaches from there to the last heartbeat.
 * (2) start_at and start_at + (last_boot - start_boot) are in one UTC day.
 * (3) texts of the open and of all waiting spans live in texts[now].
 */
struct merger {
    enum merge_state state;
    int64_t start_at;
    int64_t start_boot;
    int64_t last_boot;
    int64_t alive_boot; /* when media or a meeting was last seen: no pause reaches before it */
    bool media;         /* at the last heartbeat */
    uint32_t flags;
    const struct clean_text *application;
    const struct clean_text *domain;
    const struct clean_text *title;
    int64_t end_at;     /* where the last span ended */
    int64_t end_at_max; /* where the latest one ended */
    uint32_t passive_after_ms;
    uint32_t idle_after_ms;
    struct arena *texts[2];
    int now;
    bool stale; /* texts[now] holds texts of spans that are gone */
    size_t first;
    size_t waiting;
    struct span spans[MERGE_WAITING_MAX];
};

static void merger_check(const struct merger *merger)
{
    assert(merger->waiting <= MERGE_WAITING_MAX && merger->first < MERGE_WAITING_MAX);
    if (merger->state == MERGE_NOTHING)
        return;
    assert(merger->application);
    assert(merger->start_boot <= merger->last_boot);
    assert(merger->last_boot - merger->start_boot <= MS_PER_DAY);
}

static void enter(struct merger *merger, enum merge_state state)
{
    /* Nothing but a lock ends with a lock, and only turn_to() begins from nothing. */
    assert(merger->state != MERGE_LOCKED || state == MERGE_LOCKED || state == MERGE_NOTHING);
    merger->state = state;
}

static enum span_state span_state_of(enum merge_state state)
{
    assert(state != MERGE_NOTHING);
    return (enum span_state)(state - MERGE_ACTIVE);
}

RESULT merger_new(struct merger **ret_merger)
{
    CLEANUP(merger_free) struct merger *merger = calloc(1, sizeof(*merger));
    struct policy policy = policy_default();

    if (!merger)
        return FAULT(ERR_MEMORY);
    for (int i = 0; i < 2; i++) {
        int r = arena_new(&merger->texts[i], TEXTS_MAX);

        if (r)
            return r;
    }
    merger_set_policy(merger, &policy);
    *ret_merger = TAKE(merger);
    return 0;
}

struct merger *merger_free(struct merger *merger)
{
    if (!merger)
        return NULL;
    for (int i = 0; i < 2; i++)
        arena_free(merger->texts[i]);
    free(merger);
    return NULL;
}

void merger_set_policy(struct merger *merger, const struct policy *policy)
{
    merger->passive_after_ms = policy->passive_after_ms;
    merger->idle_after_ms = policy->idle_after_ms;
}

/* ---- closing ---- */

static int64_t wall_of(const struct merger *merger, int64_t boot)
{
    return merger->start_at + (boot - merger->start_boot);
}

/* The open span until that moment waits for merger_next(); what follows begins there. */
static void close_until(struct merger *merger, int64_t boot, uint32_t flags)
{
    int64_t duration_ms = boot - merger->start_boot;

    assert(duration_ms >= 0 && duration_ms <= MS_PER_DAY);
    if (duration_ms > 0) {
        assert(merger->waiting < MERGE_WAITING_MAX);
        merger->spans[(merger->first + merger->waiting++) % MERGE_WAITING_MAX] = (struct span){
            .start_at = merger->start_at,
            .duration_ms = (uint32_t)duration_ms,
            .state = span_state_of(merger->state),
            .flags = merger->flags | flags,
            .application = merger->application,
            .domain = merger->domain,
            .title = merger->title,
        };
        merger->end_at = merger->start_at + duration_ms;
        if (merger->end_at > merger->end_at_max)
            merger->end_at_max = merger->end_at;
    }
    merger->start_at += duration_ms;
    merger->start_boot = boot;
}

/* The open span reaches until that moment; at midnight UTC it is cut. */
static void extend(struct merger *merger, int64_t boot)
{
    int64_t midnight = ((int64_t)time_day(merger->start_at) + 1) * MS_PER_DAY;

    if (wall_of(merger, boot) > midnight)
        close_until(merger, merger->start_boot + (midnight - merger->start_at), SPAN_FLAG_CUT);
    merger->last_boot = boot;
}

/* ---- judging ---- */

static enum merge_state pause_of(const struct merger *merger, uint32_t since_input_ms, bool media)
{
    if (since_input_ms >= merger->idle_after_ms && !media)
        return MERGE_IDLE;
    if (since_input_ms >= merger->passive_after_ms || since_input_ms >= merger->idle_after_ms)
        return MERGE_PASSIVE;
    return MERGE_ACTIVE;
}

static int64_t clamp(int64_t value, int64_t low, int64_t high)
{
    return value < low ? low : value > high ? high : value;
}

/* From that moment on, at most until now, the open span is in another state: perhaps as a whole. */
static void split_at(struct merger *merger, int64_t from_boot, int64_t now_boot,
                     enum merge_state state)
{
    if (clamp(from_boot, merger->start_boot, now_boot) > merger->last_boot)
        extend(merger, clamp(from_boot, merger->start_boot, now_boot));
    from_boot = clamp(from_boot, merger->start_boot, now_boot);
    if (from_boot > merger->start_boot)
        close_until(merger, from_boot, 0);
    enter(merger, state);
}

/* Judges the time from the last heartbeat to this one: it belongs to what was in front then. */
static void settle(struct merger *merger, const struct heartbeat *beat)
{
    int64_t input_boot = beat->boot_at - (int64_t)beat->since_input_ms;
    enum merge_state pause = pause_of(merger, beat->since_input_ms, beat->media || merger->media);
    /* A pause reaches back to the last input; idleness not to before media was seen. */
    int64_t from_boot =
        pause == MERGE_IDLE && merger->alive_boot > input_boot ? merger->alive_boot : input_boot;

    switch (merger->state) {
    case MERGE_NOTHING:
        return;
    case MERGE_LOCKED:
        break;
    case MERGE_ACTIVE:
        if (pause != MERGE_ACTIVE)
            split_at(merger, from_boot, beat->boot_at, pause);
        break;
    case MERGE_PASSIVE:
    case MERGE_IDLE:
        if (pause == MERGE_ACTIVE && input_boot < merger->last_boot)
            split_at(merger, merger->last_boot, beat->boot_at, MERGE_ACTIVE);
        else if (pause == MERGE_ACTIVE || (pause == MERGE_IDLE && merger->state == MERGE_PASSIVE))
            split_at(merger, from_boot, beat->boot_at, pause);
        break;
    default:
        assert(false);
    }
    extend(merger, beat->boot_at);
}

/* ---- texts ---- */

static bool same(const struct clean_text *a, const struct clean_text *b)
{
    return !a == !b && text_equal(clean_text_view(a), clean_text_view(b));
}

static RESULT copy(struct arena *arena, const struct clean_text *text,
                   const struct clean_text **ret_copy)
{
    if (text)
        return redact_copy(text, arena, ret_copy);
    *ret_copy = NULL;
    return 0;
}

struct texts {
    const struct clean_text *application;
    const struct clean_text *domain;
    const struct clean_text *title;
};

static RESULT copy_all(struct arena *arena, const struct texts *from, struct texts *ret_texts)
{
    struct texts texts = {0};
    int r = copy(arena, from->application, &texts.application);

    if (!r)
        r = copy(arena, from->domain, &texts.domain);
    if (!r)
        r = copy(arena, from->title, &texts.title);
    if (!r)
        *ret_texts = texts;
    return r;
}

static void set_texts(struct merger *merger, const struct texts *texts)
{
    merger->application = texts->application;
    merger->domain = texts->domain;
    merger->title = texts->title;
}

/* Moves what is still needed to the other arena and wipes this one. */
static RESULT sweep(struct merger *merger)
{
    struct texts texts = {merger->application, merger->domain, merger->title};
    int other = !merger->now;

    if (!merger->stale || merger->waiting > 0)
        return 0;
    if (merger->state == MERGE_NOTHING)
        texts = (struct texts){0};
    int r = copy_all(merger->texts[other], &texts, &texts);
    if (r) {
        arena_reset(merger->texts[other]);
        return r;
    }
    set_texts(merger, &texts);
    arena_reset(merger->texts[merger->now]);
    merger->now = other;
    merger->stale = false;
    return 0;
}

/* ---- turning ---- */

static bool clock_jumped(const struct merger *merger, const struct heartbeat *beat)
{
    int64_t off_ms = beat->at - wall_of(merger, beat->boot_at);

    return off_ms > MERGE_STEP_MS || off_ms < -MERGE_STEP_MS;
}

static bool goes_on(const struct merger *merger, const struct heartbeat *beat,
                    enum merge_state state)
{
    return merger->state == state && same(merger->application, beat->application) &&
           same(merger->domain, beat->domain) && same(merger->title, beat->title) &&
           !clock_jumped(merger, beat);
}

static void leave(struct merger *merger)
{
    if (merger->state == MERGE_NOTHING)
        return;
    close_until(merger, merger->last_boot, 0);
    enter(merger, MERGE_NOTHING);
    merger->media = false;
    merger->stale = true;
}

static void begin(struct merger *merger, const struct heartbeat *beat, const struct texts *texts,
                  enum merge_state state)
{
    int64_t back_ms = merger->end_at - beat->at;

    merger->start_at = back_ms > 0 && back_ms <= MERGE_STEP_MS ? merger->end_at : beat->at;
    merger->flags = merger->start_at < merger->end_at_max ? SPAN_FLAG_SKEWED : 0;
    merger->start_boot = merger->last_boot = merger->alive_boot = beat->boot_at;
    set_texts(merger, texts);
    merger->stale = true;
    enter(merger, state);
}

/* What was in front has been judged up to this heartbeat: go on with it, or begin another. */
static void turn_to(struct merger *merger, const struct heartbeat *beat, const struct texts *texts)
{
    enum merge_state state =
        beat->locked ? MERGE_LOCKED : pause_of(merger, beat->since_input_ms, beat->media);

    if (!beat->application) {
        leave(merger);
        return;
    }
    if (!goes_on(merger, beat, state)) {
        leave(merger);
        begin(merger, beat, texts, state);
    }
    merger->media = beat->media;
    if (beat->media)
        merger->alive_boot = beat->boot_at;
}

RESULT merger_beat(struct merger *merger, const struct heartbeat *heartbeat)
{
    struct heartbeat beat = *heartbeat;
    struct texts texts = {beat.application, beat.domain, beat.title};

    merger_check(merger);
    if (merger->waiting > MERGE_WAITING_MAX - CLOSES_MAX)
        return FAULT(ERR_BUSY);
    beat.at = clamp(beat.at, 0, AT_MAX);
    beat.boot_at = clamp(beat.boot_at, 0, AT_MAX);
    int r = sweep(merger);
    if (r)
        return r;
    /* Copied before anything changes; the same texts as before are not copied again. */
    struct texts held = {merger->application, merger->domain, merger->title};
    bool known = merger->state != MERGE_NOTHING && same(held.application, texts.application) &&
                 same(held.domain, texts.domain) && same(held.title, texts.title);
    if (known)
        texts = held;
    else if (beat.application)
        r = copy_all(merger->texts[merger->now], &texts, &texts);
    if (r) {
        merger->stale = true;
        return r;
    }
    int64_t silence_ms = beat.boot_at - merger->last_boot;
    if (silence_ms < 0 || silence_ms > MERGE_GAP_MS)
        leave(merger);
    settle(merger, &beat);
    turn_to(merger, &beat, &texts);
    merger_check(merger);
    return 0;
}

RESULT merger_end(struct merger *merger)
{
    merger_check(merger);
    if (merger->waiting == MERGE_WAITING_MAX)
        return FAULT(ERR_BUSY);
    leave(merger);
    return 0;
}

bool merger_next(struct merger *merger, struct span *ret_span)
{
    if (merger->waiting == 0)
        return false;
    *ret_span = merger->spans[merger->first];
    merger->first = (merger->first + 1) % MERGE_WAITING_MAX;
    merger->waiting--;
    return true;
}

bool merger_current(const struct merger *merger, struct span *ret_span)
{
    if (merger->state == MERGE_NOTHING)
        return false;
    *ret_span = (struct span){
        .start_at = merger->start_at,
        .duration_ms = (uint32_t)(merger->last_boot - merger->start_boot),
        .state = span_state_of(merger->state),
        .flags = merger->flags,
        .application = merger->application,
        .domain = merger->domain,
        .title = merger->title,
    };
    return true;
}
