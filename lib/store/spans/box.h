#pragma once

/*
 * The plain inside of sealed boxes: columns of spans, tallies, and strings of a day
 * (docs/formats/spans.md)
 *
 * Strings are numbers of the day's dictionary, from 1; 0 is none. Spans are encoded in two steps:
 * columns speak of places in the box's own list of strings, so that any thread may make them before
 * the day's numbers are known, and the head with the numbers is put before them by the one thread
 * that gives numbers. Pure.
 */

#include <stdint.h>

#include "activity/span.h"
#include "base/arena.h"
#include "base/buffer.h"
#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/result.h"
#include "wire/limits.h"

enum {
    BOX_INVALID = 1, /* not what the encoder makes */
    BOX_NEWER,       /* made by a newer version of Ward */
};

#define BOX_ROWS_MAX WIRE_SPANS_MAX
#define BOX_STRINGS_MAX 65535 /* what a place of two bytes can name */
#define BOX_TALLIES_MAX WIRE_COUNTS_MAX
#define BOX_FLAGS_MAX 63
#define BOX_OFFSET_MINUTES_MAX 1440
#define BOX_PLAIN_MAX ((size_t)1 << 20)          /* bytes of a plain box of spans or tallies */
#define BOX_STRINGS_PLAIN_MAX ((size_t)16 << 20) /* bytes of the strings of one row */

/* Compression state, made once and used by one thread at a time. */
struct box_coder;

RESULT box_coder_new(struct box_coder **ret_coder);
struct box_coder *box_coder_free(struct box_coder *coder);
DEFINE_CLEANUP(struct box_coder *, box_coder_free)

/* A span in a box. Texts: in columns a place in the box's list, from 1; decoded the day's number.
 */
struct box_row {
    int64_t start_at;
    uint32_t duration_ms;
    uint32_t application;
    uint32_t domain;
    uint32_t title;
    uint32_t flags;
    enum span_state state;
};

/* Whether a row can be in a box of that day: inside the day, flags and state known. */
bool box_row_fits(int32_t day, const struct box_row *row);

/* Appends the columns of 1..BOX_ROWS_MAX rows that fit the day; places are at most string_count. */
RESULT box_columns(struct box_coder *coder, int32_t day, const struct box_row *rows, size_t count,
                   size_t string_count, struct buffer *ret_columns);

/* Appends the head: numbers[i] is the day's number (0: none) of place i + 1. The columns follow. */
void box_head(size_t row_count, int32_t offset_minutes, const uint32_t *numbers,
              size_t string_count, struct buffer *ret_plain);

/*
 * Appends a box with every number n of its list as map[n - 1]; columns are as they were. Outcomes:
 * BOX_INVALID (also for a number above count), BOX_NEWER.
 */
RESULT box_renumber(struct bytes plain, const uint32_t *map, size_t count, struct arena *arena,
                    struct buffer *ret_plain);

struct box {
    struct box_row *rows; /* in the arena */
    size_t count;
    int32_t offset_minutes;
};

/* Decodes head and columns. Outcomes: BOX_INVALID, BOX_NEWER. */
RESULT box_decode(struct box_coder *coder, int32_t day, struct bytes plain, struct arena *arena,
                  struct box *ret_box);

/* ---- tallies: what was removed and what was dropped, of one account on one day ---- */

struct box_count {
    uint32_t application;
    uint32_t domain;
    uint32_t kind; /* enum redact_kind */
    uint32_t count;
};

struct box_drop {
    uint32_t reason; /* enum batch_drop_reason */
    uint32_t count;
};

struct box_tally {
    struct box_count *counts;
    size_t count_count;
    struct box_drop *drops;
    size_t drop_count;
};

void box_tally_encode(const struct box_tally *tally, struct buffer *ret_plain);
/* Outcomes: BOX_INVALID, BOX_NEWER. */
RESULT box_tally_decode(struct bytes plain, struct arena *arena, struct box_tally *ret_tally);

/* ---- strings: new ones of a day, one row for those of a batch ---- */

/* texts in the order of their numbers. */
RESULT box_strings_encode(struct box_coder *coder, const struct text *texts, size_t count,
                          struct buffer *ret_plain);
/* The texts, in the arena; exactly count of them. Outcomes: BOX_INVALID, BOX_NEWER. */
RESULT box_strings_decode(struct box_coder *coder, struct bytes plain, size_t count,
                          struct arena *arena, struct text **ret_texts);
