#pragma once

/*
 * Merging: heartbeats of one session become spans
 *
 * A heartbeat says what is in front now and how long ago the last input was. Equal ones extend the
 * span; a change closes it; a silence longer than the gap limit (suspend, a stopped sensor) closes
 * it where it was last seen, so time asleep is never counted. When input stops, the time since the
 * last input is passive (then idle) from that input on, not from when it was noticed. Spans are cut
 * at midnight UTC. Pure: time is in the heartbeats (wall clock for start, boot clock for durations,
 * so that a changed wall clock cannot make time).
 *
 * Spans ascend and never overlap. The one exception is a wall clock set back by more than
 * MERGE_STEP_MS: spans follow it, since a device must not stay in a future that its clock has left,
 * and each that starts before an earlier one ended has SPAN_FLAG_SKEWED. Smaller steps back move
 * the start to where the span before ended.
 */

#include <stdint.h>

#include "activity/policy.h"
#include "activity/span.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/result.h"

#define MERGE_GAP_MS 30000
#define MERGE_STEP_MS 60000   /* the wall clock may be off from the boot clock by this, unnoticed */
#define MERGE_WAITING_MAX 256 /* closed spans that wait for merger_next() */

struct heartbeat {
    int64_t at;      /* UTC */
    int64_t boot_at; /* milliseconds of the clock that cannot be set */
    uint32_t since_input_ms;
    bool locked;
    bool media;                           /* media or a meeting: no input is passive, never idle */
    const struct clean_text *application; /* NULL: nothing may be kept of what is in front (drop) */
    const struct clean_text *domain;
    const struct clean_text *title;
};

struct merger;

RESULT merger_new(struct merger **ret_merger);
struct merger *merger_free(struct merger *merger);
DEFINE_CLEANUP(struct merger *, merger_free)

/* Sets passive_after_ms and idle_after_ms from the policy, from the next heartbeat on. */
void merger_set_policy(struct merger *merger, const struct policy *policy);

/* Takes a heartbeat (its texts are copied). Spans that it closed wait for merger_next(). ERR_BUSY:
 * too many wait; the heartbeat was not taken. After a fault the open span is as it was. */
RESULT merger_beat(struct merger *merger, const struct heartbeat *heartbeat);

/* Ends the open span at its last heartbeat: session end, suspend, pause, a sensor about to stop. */
RESULT merger_end(struct merger *merger);

/* The next closed span, or false. Its texts are valid until the next call that takes a heartbeat.
 */
bool merger_next(struct merger *merger, struct span *ret_span);

/* The open span as of the last heartbeat, or false when there is none. Held in memory only, never
 * spooled. */
bool merger_current(const struct merger *merger, struct span *ret_span);
