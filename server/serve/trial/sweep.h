#pragma once

/* Looking for needles in every place where the server keeps or holds text. */

#include <stdbool.h>
#include <stdint.h>

#include "base/needles.h"
#include "base/result.h"

struct serve;

enum sweep_place {
    SWEEP_SPANS_SEALED, /* strings and boxes of spans.db, opened */
    SWEEP_SPANS_FILE,   /* values of spans.db, as they are */
    SWEEP_SPANS_MEMORY, /* texts of days that questions hold */
    SWEEP_RECORDS,      /* every table of records.db but the log */
    SWEEP_AUDIT,        /* entries of the audit log */
    SWEEP_LIVE,         /* what is in front now */
    SWEEP_FILES,        /* every file below the data directory, as it is */
    SWEEP_LOG,          /* the log, where it is a file that serve can read */
    SWEEP_PLACES
};

struct sweep {
    struct {
        struct needles_sweep sweep;
        bool whole; /* all of it was looked through */
    } places[SWEEP_PLACES];
};

/* The word of the API: "spans.sealed". */
const char *sweep_word(enum sweep_place place);

RESULT sweep_all(struct serve *serve, const struct needles *needles, int64_t now,
                 struct sweep *ret_sweep);

/* How often a needle was found in all. */
uint64_t sweep_found(const struct sweep *sweep);
