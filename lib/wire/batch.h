#pragma once

/*
 * Batches: what an agent sends, as protobuf (wire/ward.proto) in one zstd frame
 *
 * One batch is one record of the spool and one request: once it has a sequence number it stays that
 * batch, so a repeat has no effect; only batch_deny() changes its bytes. Columns are packed; every
 * string is in a table once. Texts are clean_text on the way out and raw_text on the way in:
 * whoever decodes believes nobody. Pure.
 */

#include <stdint.h>

#include "activity/span.h"
#include "base/arena.h"
#include "base/buffer.h"
#include "base/bytes.h"
#include "base/id.h"
#include "base/needles.h"
#include "base/result.h"
#include "redact/denied.h"
#include "redact/redact.h"
#include "wire/evidence.h"
#include "wire/limits.h"

enum {
    BATCH_INVALID = 1, /* not a batch: broken protobuf or zstd, columns of different lengths, an
                          index outside the table */
    BATCH_LARGE,       /* over a ceiling of wire/limits.h */
};

#define BATCH_FORMAT 1

/* The arena that batch_decode() needs at most: strings, accounts, rows. */
#define BATCH_ARENA_MAX ((size_t)WIRE_PLAIN_MAX + 4 * 1024 * 1024)

/* The arena that any other decoder of wire/ needs at most. */
#define MESSAGE_ARENA_MAX ((size_t)4 * 1024 * 1024)

enum batch_account_kind { BATCH_PERSON = 0, BATCH_STATION = 1 };

/* Why something is missing; numbers are a contract. */
enum batch_gap_reason {
    BATCH_GAP_SPOOL_FULL = 1,
    BATCH_GAP_SPOOL_AGED = 2,
    BATCH_GAP_SPOOL_CORRUPT = 3,
    BATCH_GAP_SENSOR_LOST = 4,
    BATCH_GAP_PAUSED = 5,
    BATCH_GAP_REASONS,
};

/* Why a field was dropped; numbers are a contract. */
enum batch_drop_reason {
    BATCH_DROP_LONG = 1,
    BATCH_DROP_INVALID = 2,
    BATCH_DROP_CROWDED = 3,
    BATCH_DROP_FAULT = 4,
    BATCH_DROP_REASONS,
};

/*
 * ---- out: what the service builds ----
 *
 * Beside the outcome that each function names, BATCH_INVALID: a text is empty where there must be
 * one, not UTF-8, holds a NUL, or is over WIRE_STRING_BYTES_MAX; a moment is after the year 9999 or
 * a gap ends before it begins. Nothing was added then, and trying again will not help.
 */

struct batch_writer;

RESULT batch_writer_new(struct batch_writer **ret_writer);
struct batch_writer *batch_writer_free(struct batch_writer *writer);
DEFINE_CLEANUP(struct batch_writer *, batch_writer_free)

/* The account's number inside this batch. account_name is the operating system's login name.
 * BATCH_LARGE. */
RESULT batch_writer_account(struct batch_writer *writer, struct text account_name,
                            enum batch_account_kind kind, uint32_t *ret_account);

/* Adds a span; texts are copied. BATCH_LARGE: finish this batch and begin another. */
RESULT batch_writer_span(struct batch_writer *writer, uint32_t account, const struct span *span);

/* count identifiers of a kind were removed in that application (and on that site) on that day.
 * BATCH_LARGE. */
RESULT batch_writer_count(struct batch_writer *writer, uint32_t account, int32_t day,
                          const struct clean_text *application, const struct clean_text *domain,
                          enum redact_kind kind, uint32_t count);

/* count fields of an account were dropped for a reason. BATCH_LARGE. */
RESULT batch_writer_drop(struct batch_writer *writer, uint32_t account, int32_t day,
                         enum batch_drop_reason reason, uint32_t count);

/* Between those moments something is missing; spans 0 when it is not known how much. account
 * UINT32_MAX: the device. reason_text only for BATCH_GAP_PAUSED, already clean. BATCH_LARGE. */
RESULT batch_writer_gap(struct batch_writer *writer, uint32_t account, int64_t from_at,
                        int64_t to_at, enum batch_gap_reason reason, uint64_t spans,
                        const struct clean_text *reason_text);

/* Adds evidence to what is there, whole unless memory is refused. BATCH_LARGE. */
RESULT batch_writer_evidence(struct batch_writer *writer, const struct evidence *evidence);
/* What is there; valid until the writer is used again. */
struct evidence batch_writer_evidence_held(const struct batch_writer *writer);

size_t batch_writer_spans(const struct batch_writer *writer);
bool batch_writer_empty(const struct batch_writer *writer);

/* Looks for needles in every text that is there. */
void batch_writer_look(const struct batch_writer *writer, const struct needles *needles,
                       struct needles_sweep *sweep);

/* Appends the batch (zstd frame, at most WIRE_BODY_MAX) to ret_bytes and begins anew, accounts too.
 * offset_minutes: local time minus UTC. On a fault the writer still holds everything. */
RESULT batch_writer_finish(struct batch_writer *writer, struct device_id device, uint32_t epoch,
                           uint64_t sequence, int64_t sent_at, int32_t offset_minutes,
                           struct buffer *ret_bytes);

/* ---- in: what the server reads ---- */

struct batch_span {
    int64_t start_at;
    uint32_t duration_ms;
    uint32_t account;     /* index into accounts */
    uint32_t application; /* index into strings; 0: none */
    uint32_t domain;
    uint32_t title;
    uint32_t flags;
    enum span_state state;
};

struct batch_account {
    struct raw_text name; /* an OS login name: in the arena */
    enum batch_account_kind kind;
};

struct batch_count {
    uint32_t account;
    int32_t day;
    uint32_t application;
    uint32_t domain;
    enum redact_kind kind;
    uint32_t count;
};

struct batch_drop {
    uint32_t account;
    int32_t day;
    enum batch_drop_reason reason;
    uint32_t count;
};

struct batch_gap {
    uint32_t account; /* UINT32_MAX: the device */
    int64_t from_at;
    int64_t to_at;
    enum batch_gap_reason reason;
    uint64_t spans;
    uint32_t reason_text; /* index into strings; 0: none */
};

/* Everything is in the arena, strings included: arena_free() or arena_reset() wipes it. */
struct batch {
    struct device_id device;
    uint32_t epoch;
    uint64_t sequence;
    int64_t sent_at;
    int32_t offset_minutes;
    struct raw_text *strings; /* strings[0] is empty */
    size_t string_count;
    struct batch_account *accounts;
    size_t account_count;
    struct batch_span *spans;
    size_t span_count;
    struct batch_count *counts;
    size_t count_count;
    struct batch_drop *drops;
    size_t drop_count;
    struct batch_gap *gaps;
    size_t gap_count;
    struct evidence evidence; /* nothing: of an agent before version 0.2 */
};

/* Looks for needles in the plain inside of a batch, as it is. Outcomes: BATCH_INVALID, BATCH_LARGE.
 */
RESULT batch_look(struct bytes bytes, const struct needles *needles, struct needles_sweep *sweep);

/* Decodes and checks a batch against every ceiling. Outcomes: BATCH_INVALID, BATCH_LARGE. */
RESULT batch_decode(struct bytes bytes, struct arena *arena, struct batch *ret_batch);

/* ---- live: the unfinished spans of a device, never stored ---- */

/* Appends a batch (as batch_decode() takes it) with what stands in the place of denied texts, when
 * there are any: the same batch, with the same numbers. *ret_replaced 0: nothing is appended.
 * Outcomes: BATCH_INVALID, BATCH_LARGE. */
RESULT batch_deny(struct bytes bytes, const struct denied *denied, struct buffer *ret_bytes,
                  size_t *ret_replaced);

struct live_span {
    struct text account_name;
    enum batch_account_kind account_kind;
    struct span span;
};

/* What came of the canaries; numbers are a contract. */
enum live_canary_state {
    LIVE_CANARIES_UNKNOWN = 0, /* they have not run, or it is an older agent */
    LIVE_CANARIES_CLEAN = 1,
    LIVE_CANARIES_SENSOR = 2,  /* a sensor's redaction does not work: it tells nothing any more */
    LIVE_CANARIES_SERVICE = 3, /* the service's does not: the device sends nothing any more */
    LIVE_CANARIES_WAIVED = 4,  /* a test build that takes nothing out */
    LIVE_CANARY_STATES,
};

struct live_canaries {
    uint32_t run;
    uint32_t passed;
    enum live_canary_state state;
};

static inline bool live_canaries_stopped(const struct live_canaries *canaries)
{
    return canaries->state == LIVE_CANARIES_SENSOR || canaries->state == LIVE_CANARIES_SERVICE;
}

/* The word of the API and of `ward-agent status`: "clean". */
const char *live_canaries_word(enum live_canary_state state);

/* What a device says of itself beside its open spans. */
struct live_head {
    uint64_t waiting; /* records in the spool */
    uint64_t policy;  /* the version under whose rules all that is held here was judged; 0: none */
    int64_t sent_at;
    int32_t offset_minutes;
    struct text version;
    struct live_canaries canaries;
};

/* Appends a live message (protobuf, not compressed). */
RESULT live_encode(const struct live_head *head, const struct live_span *spans, size_t count,
                   struct buffer *ret_bytes);

struct live_in_span {
    struct raw_text account_name;
    enum batch_account_kind account_kind;
    int64_t start_at;
    uint32_t duration_ms;
    enum span_state state;
    struct raw_text application;
    struct raw_text domain;
    struct raw_text title;
};

struct live {
    int64_t sent_at;
    int32_t offset_minutes;
    uint64_t waiting;
    uint64_t policy;
    struct raw_text version;
    struct live_canaries canaries;
    struct live_in_span *spans;
    size_t span_count;
};

/* Outcomes: BATCH_INVALID, BATCH_LARGE. */
RESULT live_decode(struct bytes bytes, struct arena *arena, struct live *ret_live);
