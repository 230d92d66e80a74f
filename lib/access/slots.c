#include "access/slots.h"

#include <time.h>

static int wait_for_one(struct slots *slots, int wait_ms)
{
    struct timespec until;
    int r = 0;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += wait_ms / 1000;
    until.tv_nsec += (long)(wait_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    slots->waiting_left--;
    while (!slots->left && r == 0)
        r = pthread_cond_clockwait(&slots->given, &slots->lock, CLOCK_MONOTONIC, &until);
    slots->waiting_left++;
    return slots->left ? 0 : ERR_BUSY;
}

RESULT slots_take(struct slots *slots, int wait_ms)
{
    int r = 0;

    pthread_mutex_lock(&slots->lock);
    if (!slots->left)
        r = slots->waiting_left ? wait_for_one(slots, wait_ms) : ERR_BUSY;
    if (!r)
        slots->left--;
    pthread_mutex_unlock(&slots->lock);
    return r;
}

void slots_give(struct slots *slots)
{
    pthread_mutex_lock(&slots->lock);
    slots->left++;
    pthread_cond_signal(&slots->given);
    pthread_mutex_unlock(&slots->lock);
}
