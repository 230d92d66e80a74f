#pragma once

/* Inside libwardredact: what the opaque types are. */

#include "redact/library/memory.h"
#include "redact/library/wardredact.h"
#include "redact/redact-private.h"

struct wardredact {
    struct redactor *redactor;
    struct memory_source source;
};

struct wardredact_scanner {
    const struct wardredact *owner;
    bool placed; /* in memory of the caller's */
    struct hits hits;
    struct view view;
};

_Static_assert(sizeof(struct wardredact_scanner) <= 65536, "the header promises it");
_Static_assert(WARDREDACT_TEXT_MAX == REDACT_TEXT_MAX, "the header says what the engine does");
_Static_assert(WARDREDACT_FOUND_MAX == REDACT_FOUND_MAX, "the header says what the engine does");
_Static_assert(WARDREDACT_HASH_SIZE == REDACT_HASH_LEN, "the header says what the engine does");
_Static_assert((int)WARDREDACT_BALANCED == (int)REDACT_BALANCED, "profiles have one number");

/* An outcome of redact.h as one of wardredact.h. */
int wardredact_outcome(int r);

static inline struct raw_text raw_of(const char *at, size_t len)
{
    return (struct raw_text){.at = (char *)(uintptr_t)at, .len = len};
}

static inline bool is_aligned(const void *memory)
{
    return memory && (uintptr_t)memory % 16 == 0;
}
