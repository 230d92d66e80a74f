#pragma once

/*
 * Filter: lines from a file descriptor, each answered by one line on standard output
 *
 * A line up to REDACT_TEXT_MAX is one text; a longer or more crowded one is redacted in pieces.
 * What cannot be redacted is removed whole, never passed on and never without an answer. A carriage
 * return before the end of a line is kept.
 */

#include "redact/print.h"

/* The ceiling of one line. */
#define FILTER_LINE_MAX ((size_t)1 << 30)

/* Reads to the end. ERR_SYSTEM, ERR_MEMORY: what was printed is not whole. */
RESULT filter_run(struct print *print, int input);
