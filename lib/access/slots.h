#pragma once

/*
 * Slots: how many may do something costly at once, and how many may wait for it. Any thread.
 */

#include <pthread.h>

#include "base/result.h"

struct slots {
    pthread_mutex_t lock;
    pthread_cond_t given;
    unsigned left;
    unsigned waiting_left;
};

/* For one that lives as long as the program. */
#define SLOTS_INIT(count, waiting_max)                                                             \
    {                                                                                              \
        PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, (count), (waiting_max)                \
    }

/* Takes one, waiting for it if need be. ERR_BUSY: too many wait, or it took longer than wait_ms. */
RESULT slots_take(struct slots *slots, int wait_ms);
void slots_give(struct slots *slots);
