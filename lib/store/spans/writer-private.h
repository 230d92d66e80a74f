#pragma once

/* Inside the writer: what a batch puts into the tables, in the transaction that is open. */

#include "store/spans/embedded-private.h"

/* 0, SPANS_REPEATED, SPANS_STALE, or a fault; on a fault the caller undoes what was done. */
RESULT writer_put(struct writer *writer, struct job *job);
