#pragma once

/*
 * Messages between sensor and service on one machine: protobuf (wire/ward.proto) in frames
 *
 * The service takes the account from the socket's peer credentials, so no message names one. Texts
 * are clean_text on both sides of the wall, but the service trusts no sensor: what it decodes is
 * raw_text and is redacted again before the spool. Pure.
 */

#include "activity/policy.h"
#include "activity/span.h"
#include "base/arena.h"
#include "base/buffer.h"
#include "redact/redact.h"
#include "wire/batch.h"

/* Frame kinds. */
enum local_kind {
    /* sensor → service */
    LOCAL_HELLO = 1,   /* session name and sensor version */
    LOCAL_REPORT = 2,  /* closed spans, counts, drops */
    LOCAL_CURRENT = 3, /* the open span, or none */
    LOCAL_ALIVE = 4,   /* nothing new */
    /* any local program of the same user → service */
    LOCAL_STATUS_QUERY = 10,
    LOCAL_PAUSE = 11, /* reason and minutes; 0 minutes resumes */
    /* root, or whoever the service runs as → service */
    LOCAL_SEARCH = 12, /* needles, one a line (base/needles.h) */
    /* service → */
    LOCAL_POLICY = 20,   /* a signed policy (wire/signed.h) */
    LOCAL_PAUSED = 21,   /* this account's sensors stop or go on */
    LOCAL_STATUS = 22,   /* JSON text for `ward-agent status` */
    LOCAL_DONE = 23,     /* a request was taken */
    LOCAL_REFUSED = 24,  /* a request was not: text for people */
    LOCAL_SEARCHED = 25, /* JSON text: what was looked through, and how often they were there */
};

struct local_count {
    int32_t day;
    const struct clean_text *application;
    const struct clean_text *domain;
    enum redact_kind kind;
    uint32_t count;
};

struct local_drop {
    int32_t day;
    enum batch_drop_reason reason;
    uint32_t count;
};

/* Appends the body of LOCAL_REPORT; evidence NULL: none. BATCH_LARGE: over WIRE_REPORT_MAX or
 * WIRE_LOCAL_MAX, so send it in two. BATCH_INVALID: a moment after the year 9999, or a text that no
 * receiver takes. */
RESULT local_report_encode(const struct span *spans, size_t span_count,
                           const struct local_count *counts, size_t count_count,
                           const struct local_drop *drops, size_t drop_count,
                           const struct evidence *evidence, struct buffer *ret_body);

/* Appends the body of LOCAL_CURRENT; span NULL: none. BATCH_INVALID. */
RESULT local_current_encode(const struct span *span, struct buffer *ret_body);

struct local_in_span {
    int64_t start_at;
    uint32_t duration_ms;
    enum span_state state;
    uint32_t flags;
    struct raw_text application;
    struct raw_text domain;
    struct raw_text title;
};

struct local_in_count {
    int32_t day;
    struct raw_text application;
    struct raw_text domain;
    enum redact_kind kind;
    uint32_t count;
};

struct local_report {
    struct local_in_span *spans;
    size_t span_count;
    struct local_in_count *counts;
    size_t count_count;
    struct local_drop *drops;
    size_t drop_count;
    struct evidence evidence; /* of at most one rule set */
};

/* Decodes the body of LOCAL_REPORT or LOCAL_CURRENT (0 or 1 spans). Outcomes: BATCH_INVALID,
 * BATCH_LARGE. */
RESULT local_report_decode(struct bytes body, struct arena *arena, struct local_report *ret_report);

struct local_pause {
    uint32_t minutes;
    struct raw_text reason;
};

/* Appends the body of LOCAL_PAUSE. Outcomes of both: BATCH_INVALID, BATCH_LARGE (a reason over
 * WIRE_STRING_BYTES_MAX). */
RESULT local_pause_encode(uint32_t minutes, struct text reason, struct buffer *ret_body);
RESULT local_pause_decode(struct bytes body, struct arena *arena, struct local_pause *ret_pause);
