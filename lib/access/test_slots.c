/* The contract of slots.h. */

#include <stdatomic.h>

#include "access/slots.h"
#include "tap.h"

static void beyond_the_count_they_wait_and_beyond_that_they_are_refused(void)
{
    struct slots slots = SLOTS_INIT(2, 1);

    CHECK(slots_take(&slots, 0) == 0);
    CHECK(slots_take(&slots, 0) == 0);
    CHECK(slots_take(&slots, 20) == ERR_BUSY);
    slots_give(&slots);
    CHECK(slots_take(&slots, 0) == 0);
    CHECK(slots_take(&slots, 0) == ERR_BUSY);
}

static void where_none_may_wait_they_are_refused_at_once(void)
{
    struct slots slots = SLOTS_INIT(1, 0);

    CHECK(slots_take(&slots, 60000) == 0);
    CHECK(slots_take(&slots, 60000) == ERR_BUSY);
}

enum { THREADS = 8, AT_ONCE = 3, ROUNDS = 2000 };

static struct slots shared = SLOTS_INIT(AT_ONCE, THREADS);
static atomic_int inside;
static atomic_int refused;

static void *work(void *context)
{
    (void)context;
    for (int i = 0; i < ROUNDS; i++) {
        if (slots_take(&shared, 60000)) {
            atomic_fetch_add(&refused, 1);
            continue;
        }
        CHECK(atomic_fetch_add(&inside, 1) < AT_ONCE);
        atomic_fetch_sub(&inside, 1);
        slots_give(&shared);
    }
    return NULL;
}

static void threads_are_never_more_than_the_slots_and_all_get_one(void)
{
    pthread_t threads[THREADS];

    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, work, NULL) == 0);
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK(atomic_load(&refused) == 0);
    CHECK(shared.left == AT_ONCE && shared.waiting_left == THREADS);
}

int main(void)
{
    RUN(beyond_the_count_they_wait_and_beyond_that_they_are_refused);
    RUN(where_none_may_wait_they_are_refused_at_once);
    RUN(threads_are_never_more_than_the_slots_and_all_get_one);
    return tap_done();
}
