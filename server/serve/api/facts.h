#pragma once

/* What status, doctor and checklist are made of, in one look at records. */

#include "base/arena.h"
#include "base/result.h"

struct serve;

struct facts {
    uint64_t enrolled; /* not revoked */
    uint64_t live;     /* heard within two minutes */
    uint64_t revoked;
    uint64_t waiting;
    uint64_t audit_size;
    uint64_t checkpoint_size;
    int64_t checkpoint_at; /* 0: none */
    int64_t newest_entry_at;
    uint64_t users;
    uint64_t packages;
    uint64_t missed;      /* texts with identifiers that came, not acknowledged */
    uint64_t missed_same; /* of them, under the server's own rules */
    bool administrator;
    int64_t trial_passed_at; /* when an attempt to leak came to nothing last; 0: never */
    bool second_factor;      /* every administrator has one */
};

RESULT facts_read(struct serve *serve, int64_t now, struct arena *arena, struct facts *ret_facts);

/* Heard within this time: live. */
#define FACTS_LIVE_MS (2 * 60 * 1000)
