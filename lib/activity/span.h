#pragma once

/*
 * Spans: what one account did on one device, from when, for how long
 *
 * Spans of one session never overlap. Pure.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/id.h"
#include "redact/redact.h"

/* Numbers are a contract (wire, store). */
enum span_state {
    SPAN_ACTIVE = 0,  /* input within the last two minutes (policy) */
    SPAN_PASSIVE = 1, /* no input, but the screen is on and unlocked; or media, or a meeting */
    SPAN_IDLE = 2,    /* no input for longer than the policy's idle limit */
    SPAN_LOCKED = 3,  /* locked, or another session in front */
    SPAN_STATES,
};

const char *span_state_word(enum span_state state);

/* Bits of span.flags. */
enum {
    SPAN_FLAG_SKEWED = 1, /* the device's clock was off: kept, but flagged */
    SPAN_FLAG_ABSURD =
        2, /* longer than a day or before the device was enrolled: kept, but flagged */
    SPAN_FLAG_OVERLAP = 4, /* overlaps an earlier span of the same account on this device */
    SPAN_FLAG_CUT = 8,     /* cut at midnight UTC: the rest is the next span */
};

struct span {
    int64_t start_at;
    uint32_t duration_ms;
    enum span_state state;
    uint32_t flags;
    const struct clean_text *application; /* never NULL: "unknown" where it could not be kept */
    const struct clean_text *domain;      /* NULL: none */
    const struct clean_text *title;       /* NULL: not kept, which is the default */
};
