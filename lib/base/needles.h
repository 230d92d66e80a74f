#pragma once

/*
 * Needles: a few strings that are looked for in many bytes, without regard to ASCII case
 *
 * For showing that something is nowhere. A set has no pointers, so that it can live in memory that
 * is wiped; whoever holds one wipes it. Pure.
 */

#include <stdint.h>

#include "base/bytes.h"
#include "base/result.h"

enum {
    NEEDLES_SHORT = 1, /* too short to mean anything where it is found */
    NEEDLES_FULL,      /* too long, or one too many */
};

#define NEEDLES_MAX 32
#define NEEDLE_BYTES_MIN ((size_t)4)
#define NEEDLE_BYTES_MAX ((size_t)120)

struct needles {
    size_t count;
    struct {
        uint8_t len;
        char at[NEEDLE_BYTES_MAX]; /* in lower case */
    } each[NEEDLES_MAX];
};

/* Adds one; what is there already is not there twice. Outcomes: NEEDLES_SHORT, NEEDLES_FULL. */
RESULT needles_add(struct needles *needles, struct text text);

/* Adds each line of a text; empty ones are passed over. Outcomes: NEEDLES_SHORT, NEEDLES_FULL. */
RESULT needles_add_lines(struct needles *needles, struct text lines);

/* What was looked through, and how often a needle began in it. */
struct needles_sweep {
    uint64_t texts;
    uint64_t bytes;
    uint64_t found;
};

/* Looks through one text more. */
void needles_look(const struct needles *needles, struct bytes bytes, struct needles_sweep *sweep);
