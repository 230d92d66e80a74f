#pragma once

/*
 * What every message of the wire shares: protobuf-c inside a ceiling, columns, texts
 *
 * protobuf-c accepts invalid UTF-8, any enum number and columns of any length, and allocates as it
 * goes: here is what it is given to allocate from, and what is checked after it.
 */

#include <protobuf-c/protobuf-c.h>

#include "activity/span.h"
#include "base/arena.h"
#include "base/buffer.h"
#include "base/bytes.h"
#include "base/result.h"
#include "redact/redact.h"
#include "wire/evidence.h"

/* Moments on the wire: whole milliseconds before the year 10000, either side of 1970. */
#define CODEC_AT_MAX ((int64_t)253402300799999)

static inline bool codec_at_valid(int64_t at)
{
    return at >= -CODEC_AT_MAX && at <= CODEC_AT_MAX;
}

bool codec_day_valid(int32_t day);

/* The state of a span and its flags are one number on the wire. */
#define CODEC_STATE_BITS 2
#define CODEC_FLAGS_MAX                                                                            \
    ((uint32_t)(SPAN_FLAG_SKEWED | SPAN_FLAG_ABSURD | SPAN_FLAG_OVERLAP | SPAN_FLAG_CUT))

static inline bool codec_marks_valid(uint32_t marks)
{
    _Static_assert(SPAN_STATES == 1 << CODEC_STATE_BITS, "every number of the bits is a state");
    return marks >> CODEC_STATE_BITS <= CODEC_FLAGS_MAX;
}

/* Local time is never further from UTC than a day. */
static inline bool codec_offset_valid(int32_t minutes)
{
    return minutes >= -24 * 60 && minutes <= 24 * 60;
}

/* What a decoded message may take beside its texts: columns, which unpack up to eightfold. The
 * largest legal message needs 2.5 MiB. */
#define CODEC_COLUMNS_MAX ((size_t)4 * 1024 * 1024)

/* Where a decoded message lives until it has been checked and copied. */
struct codec_scratch {
    struct arena *arena;
    size_t left;  /* bytes of the ceiling not yet taken */
    bool over;    /* the message asked for more */
    bool refused; /* memory was refused */
};

void codec_scratch_deinit(struct codec_scratch *scratch);

static inline void codec_scratch_deinit_at(struct codec_scratch *scratch)
{
    codec_scratch_deinit(scratch);
}

/*
 * Decodes a message, which with all it points to lives in the scratch; scratch is zeroed before and
 * needs codec_scratch_deinit() after, whatever is returned. BATCH_INVALID; BATCH_LARGE: it would
 * take more than max_bytes.
 */
RESULT codec_unpack(struct codec_scratch *scratch, const ProtobufCMessageDescriptor *descriptor,
                    struct bytes bytes, size_t max_bytes, void **ret_message);

/* Appends the message's bytes. ERR_MEMORY. */
RESULT codec_pack(const ProtobufCMessage *message, struct buffer *ret_bytes);

/* A column that is whole or absent. */
static inline bool codec_column_fits(size_t len, size_t rows)
{
    return len == rows || len == 0;
}

/* UTF-8 without NUL. */
bool codec_text_valid(struct text text);

/* One text of a message, copied into the arena. at NULL and len 0: empty, nothing is taken.
 * BATCH_INVALID, BATCH_LARGE (over max_len). */
RESULT codec_text(ProtobufCBinaryData data, size_t max_len, struct arena *arena,
                  struct raw_text *ret_text);

/* Row i of a column of texts that is whole or absent. */
RESULT codec_text_at(const ProtobufCBinaryData *column, size_t len, size_t row, size_t max_len,
                     struct arena *arena, struct raw_text *ret_text);

/* A text as a field of a message being built: borrowed, never written through. */
ProtobufCBinaryData codec_data(struct text text);

/* The columns of evidence, wherever they stand in a message. */
struct codec_evidence {
    size_t n_versions, n_hashes, n_days, n_words, n_counts, n_judged_days, n_judged;
    ProtobufCBinaryData *versions;
    ProtobufCBinaryData *hashes;
    int32_t *days;
    ProtobufCBinaryData *words;
    uint64_t *counts;
    int32_t *judged_days;
    uint64_t *judged;
};

/* From a message (m is a pointer to one) and into it. */
#define CODEC_EVIDENCE_OF(m)                                                                       \
    ((struct codec_evidence){(m)->n_rules_versions, (m)->n_rules_hashes, (m)->n_rule_days,         \
                             (m)->n_rule_words, (m)->n_rule_counts, (m)->n_judged_days,            \
                             (m)->n_judged_counts, (m)->rules_versions, (m)->rules_hashes,         \
                             (m)->rule_days, (m)->rule_words, (m)->rule_counts, (m)->judged_days,  \
                             (m)->judged_counts})
#define CODEC_EVIDENCE_INTO(m, columns)                                                            \
    ((m)->n_rules_versions = (columns).n_versions, (m)->n_rules_hashes = (columns).n_hashes,       \
     (m)->n_rule_days = (columns).n_days, (m)->n_rule_words = (columns).n_words,                   \
     (m)->n_rule_counts = (columns).n_counts, (m)->n_judged_days = (columns).n_judged_days,        \
     (m)->n_judged_counts = (columns).n_judged, (m)->rules_versions = (columns).versions,          \
     (m)->rules_hashes = (columns).hashes, (m)->rule_days = (columns).days,                        \
     (m)->rule_words = (columns).words, (m)->rule_counts = (columns).counts,                       \
     (m)->judged_days = (columns).judged_days, (void)((m)->judged_counts = (columns).judged))

/* Columns of evidence, in the arena but for its words and hashes, which are borrowed.
 * BATCH_INVALID, BATCH_LARGE. */
RESULT codec_evidence_put(const struct evidence *evidence, struct arena *arena,
                          struct codec_evidence *ret_columns);
/* Evidence, all of it in the arena. BATCH_INVALID, BATCH_LARGE. */
RESULT codec_evidence_read(const struct codec_evidence *columns, struct arena *arena,
                           struct evidence *ret_evidence);

/* Appends plain (<= CODEC_PLAIN_OUT_MAX) as one zstd frame that codec_expand() takes: never over
 * WIRE_BODY_MAX, never over WIRE_RATIO_MAX. ERR_MEMORY. */
#define CODEC_PLAIN_OUT_MAX ((size_t)1000 * 1024)
RESULT codec_compress(struct bytes plain, struct buffer *ret_frame);

/* The plain bytes of one zstd frame and nothing else, in the arena, which needs room for
 * WIRE_PLAIN_MAX. The size must be declared, and is judged before anything is taken.
 * BATCH_INVALID, BATCH_LARGE. */
RESULT codec_expand(struct bytes frame, struct arena *arena, struct bytes *ret_plain);
