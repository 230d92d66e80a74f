/*
 * Every allocation fails once: opening, committing and asking end with a fault, never with a wrong
 * answer, and when there is memory again everything that was acknowledged is there, once.
 */

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "spans-support.h"
#include "tap.h"

#define NOW (TEST_AT + INT64_C(43200000)) /* noon */

static atomic_long until_failure = -1; /* allocations that still succeed; below 0: all do */
static atomic_bool failed;

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__real_realloc(void *at, size_t size);
void *__wrap_realloc(void *at, size_t size);

static bool fails_now(void)
{
    if (until_failure < 0 || until_failure-- > 0)
        return false;
    failed = true;
    errno = ENOMEM;
    return true;
}

void *__wrap_malloc(size_t size)
{
    return fails_now() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails_now() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *at, size_t size)
{
    return fails_now() ? NULL : __real_realloc(at, size);
}

struct scene {
    struct arena *arena;
    struct keyring *keyring;
    struct spans_batch *batch;
    struct account_id account;
};

static struct scene scene_begin(void)
{
    struct scene scene = {.account = {.number = 1}};

    CHECK(arena_new(&scene.arena, (size_t)16 << 20) == 0);
    scene.keyring = test_keyring();
    scene.batch = small_batch(scene.arena, 1, 1, 1, NOW, 10);
    test_path_remove("spans.db");
    return scene;
}

/* Opens, commits and asks; the first result that is not 0. */
static int act(const struct scene *scene, struct arena *arena, bool *ret_acknowledged)
{
    CLEANUP(spans_free) struct spans *spans = NULL;
    const struct spans_owner owner = spans_owner_ever(scene->account, (struct person_id){1});
    struct spans_scope scope = {
        .owners = &owner, .owner_count = 1, .from_at = 0, .to_at = INT64_MAX};
    struct spans_answer *answers;
    struct spans_usage *usage;
    struct spans_gap *gaps;
    size_t count;
    int r = spans_open_embedded(&spans, test_path("spans.db"), scene->keyring);

    if (r)
        return r;
    r = commit_and_wait(spans, scene->batch);
    *ret_acknowledged = r == 0 || r == SPANS_REPEATED;
    if (!*ret_acknowledged)
        return r;
    r = spans_timeline(spans, &scope, arena, &answers, &count);
    if (r)
        return r;
    CHECK(count == 1 && clean_is(answers[0].span.domain, "portal.example"));
    r = spans_usage(spans, &scope, arena, &usage, &count);
    if (r)
        return r;
    CHECK(count == 1 && usage[0].ms[SPAN_ACTIVE] == 10);
    return spans_gaps(spans, device_of(1), 5, arena, &gaps, &count);
}

static void every_allocation_may_fail_and_nothing_is_lost_or_doubled(void)
{
    long number = 0;

    for (;; number++) {
        struct scene scene = scene_begin();
        bool acknowledged = false;
        bool again;

        failed = false;
        until_failure = number;
        int r = act(&scene, scene.arena, &acknowledged);
        until_failure = -1;
        CHECK(r <= 0 || r == SPANS_LARGE);
        CHECK(r == 0 || failed);
        CHECK(act(&scene, scene.arena, &again) == 0 && again);
        scene.keyring = keyring_free(scene.keyring);
        scene.arena = arena_free(scene.arena);
        if (!failed)
            break;
        /* Each round makes a file and syncs it: of the many inside SQLite some must do. */
        number += number > 150 ? 6 : 0;
    }
    CHECK(number > 100);
}

int main(void)
{
    RUN(every_allocation_may_fail_and_nothing_is_lost_or_doubled);
    test_paths_remove();
    return tap_done();
}
