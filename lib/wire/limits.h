#pragma once

/* Every ceiling that a peer of the wire can meet, in one list. */

#include <stddef.h>

#define WIRE_BODY_MAX ((size_t)1024 * 1024)      /* bytes of a request body, compressed */
#define WIRE_PLAIN_MAX ((size_t)8 * 1024 * 1024) /* bytes of a batch, decompressed */
#define WIRE_RATIO_MAX 64 /* decompressed / compressed, above WIRE_RATIO_FLOOR */
#define WIRE_RATIO_FLOOR                                                                           \
    ((size_t)64 * 1024)            /* below this many plain bytes the ratio is not judged */
#define WIRE_WINDOW_LOG_MAX 23     /* zstd window: 8 MiB */
#define WIRE_SPANS_MAX 20000       /* spans in a batch */
#define WIRE_STRINGS_MAX 20000     /* strings in a batch */
#define WIRE_STRING_BYTES_MAX 4096 /* bytes of one string */
#define WIRE_ACCOUNTS_MAX 256      /* accounts in a batch */
#define WIRE_COUNTS_MAX 20000      /* counters in a batch */
#define WIRE_EVENTS_MAX 1000       /* pauses, gaps and drops in a batch */
#define WIRE_RULES_MAX 4           /* rule sets in a batch */
#define WIRE_RULE_COUNTS_MAX 2000  /* counters by rule in a batch */
#define WIRE_JUDGED_MAX 400        /* days with a number of judged texts in a batch */
#define WIRE_LOCAL_MAX ((size_t)256 * 1024) /* bytes of a message between sensor and service */
#define WIRE_REPORT_MAX 2000                /* spans, counters and drops in such a message, each */
#define WIRE_POLICY_MAX ((size_t)1536 * 1024) /* bytes of a signed policy, patterns and all */
