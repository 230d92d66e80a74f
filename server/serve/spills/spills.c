#include "server/serve/spills/spills.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "os/clock.h"
#include "server/serve/serve.h"

#define ARENA_MAX ((size_t)4 << 20)
#define TEXT_SIZE 4096
#define RETRY_MS 10000
#define SPILLS_MAX (2 * SPILLS_SEARCHES_MAX + DENIED_RULES_MAX)
#define SPILLS_READ 1000

struct spill {
    uint64_t number; /* 0: a free place */
    enum spill_state state;
    int64_t begun_at;
    char by[TEXT_SIZE];
    char purpose[TEXT_SIZE];
    uint64_t session;
    struct denied_rule rule;
    size_t days_done;
    size_t days_total;
    uint64_t texts;
    struct spill_hit *hits;
    size_t hit_count;
    size_t hit_room;
    int fault;
    int64_t due_at; /* boot clock: acting is tried again then */
};

struct spills {
    struct serve *serve;
    pthread_t thread;
    bool started;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping;
    struct spill spills[SPILLS_MAX];
};

const char *spill_state_word(enum spill_state state)
{
    static const char *const words[SPILL_STATES] = {[SPILL_SEARCHING] = "searching",
                                                    [SPILL_FOUND] = "found",
                                                    [SPILL_FAILED] = "failed",
                                                    [SPILL_ACTING] = "acting",
                                                    [SPILL_DONE] = "done"};

    return words[state];
}

/* ---- places, under the lock ---- */

static struct spill *find(struct spills *spills, uint64_t number)
{
    for (size_t i = 0; number && i < SPILLS_MAX; i++)
        if (spills->spills[i].number == number)
            return &spills->spills[i];
    return NULL;
}

static struct spill *free_place(struct spills *spills)
{
    for (size_t i = 0; i < SPILLS_MAX; i++)
        if (!spills->spills[i].number)
            return &spills->spills[i];
    return NULL;
}

static void forget(struct spill *spill)
{
    free(spill->hits);
    wipe(spill, sizeof *spill);
}

static bool is_search(const struct spill *spill)
{
    return spill->number && spill->state != SPILL_ACTING && spill->state != SPILL_DONE;
}

static void expire(struct spills *spills, int64_t now)
{
    for (size_t i = 0; i < SPILLS_MAX; i++) {
        struct spill *spill = &spills->spills[i];

        if (is_search(spill) && spill->state != SPILL_SEARCHING &&
            (now - spill->begun_at > SPILLS_KEPT_MS || now < spill->begun_at))
            forget(spill);
    }
}

static void keep_text(char to[TEXT_SIZE], struct text text)
{
    size_t len = text.len < TEXT_SIZE - 1 ? text.len : TEXT_SIZE - 1;

    if (len)
        memcpy(to, text.at, len);
    to[len] = 0;
}

RESULT spills_search(struct spills *spills, const struct spill_view *search)
{
    struct spill *place;
    size_t searches = 0;

    pthread_mutex_lock(&spills->lock);
    expire(spills, search->begun_at);
    for (size_t i = 0; i < SPILLS_MAX; i++)
        searches += is_search(&spills->spills[i]);
    place = searches < SPILLS_SEARCHES_MAX ? free_place(spills) : NULL;
    if (place) {
        *place = (struct spill){.number = search->number,
                                .state = SPILL_SEARCHING,
                                .begun_at = search->begun_at,
                                .session = search->session,
                                .rule = search->rule};
        keep_text(place->by, search->begun_by);
        keep_text(place->purpose, search->purpose);
        pthread_cond_signal(&spills->wake);
    }
    pthread_mutex_unlock(&spills->lock);
    return place ? 0 : ERR_BUSY;
}

/* ---- views ---- */

static RESULT copy(const struct spill *spill, struct arena *arena, struct spill_view *ret_view)
{
    struct spill_view view = {.number = spill->number,
                              .state = spill->state,
                              .begun_at = spill->begun_at,
                              .begun_by = arena_copy_text(arena, text_of(spill->by)),
                              .purpose = arena_copy_text(arena, text_of(spill->purpose)),
                              .session = spill->session,
                              .rule = spill->rule,
                              .days_done = spill->days_done,
                              .days_total = spill->days_total,
                              .texts = spill->texts,
                              .hits = arena_take_array(arena, spill->hit_count, sizeof *view.hits),
                              .hit_count = spill->hit_count,
                              .fault = spill->fault};

    if (!view.begun_by.at || !view.purpose.at || !view.hits)
        return FAULT(ERR_MEMORY);
    if (spill->hit_count)
        memcpy(view.hits, spill->hits, spill->hit_count * sizeof *view.hits);
    *ret_view = view;
    return 0;
}

bool spills_view(struct spills *spills, uint64_t number, struct arena *arena,
                 struct spill_view *ret_view)
{
    const struct spill *spill;
    bool known;

    pthread_mutex_lock(&spills->lock);
    expire(spills, clock_now_ms());
    spill = find(spills, number);
    known = spill && copy(spill, arena, ret_view) == 0;
    pthread_mutex_unlock(&spills->lock);
    return known;
}

RESULT spills_searches(struct spills *spills, struct arena *arena, struct spill_view **ret_views,
                       size_t *ret_count)
{
    struct spill_view *views = arena_take_array(arena, SPILLS_MAX, sizeof *views);
    size_t count = 0;
    int r = views ? 0 : FAULT(ERR_MEMORY);

    pthread_mutex_lock(&spills->lock);
    expire(spills, clock_now_ms());
    for (size_t i = 0; r == 0 && i < SPILLS_MAX; i++)
        if (is_search(&spills->spills[i]))
            r = copy(&spills->spills[i], arena, &views[count++]);
    pthread_mutex_unlock(&spills->lock);
    if (r)
        return r;
    *ret_views = views;
    *ret_count = count;
    return 0;
}

bool spills_forget(struct spills *spills, uint64_t number)
{
    struct spill *spill;
    bool forgotten;

    pthread_mutex_lock(&spills->lock);
    spill = find(spills, number);
    /* The thread has the one that it searches for. */
    forgotten = spill && is_search(spill) && spill->state != SPILL_SEARCHING;
    if (forgotten)
        forget(spill);
    pthread_mutex_unlock(&spills->lock);
    return forgotten;
}

/* ---- the thread ---- */

static void begin_acting(struct spills *spills, uint64_t number)
{
    struct spill *spill = find(spills, number);

    if (!spill)
        spill = free_place(spills);
    /* There is: no more are confirmed than there are rules. */
    if (!spill)
        return;
    free(spill->hits);
    wipe(&spill->rule, sizeof spill->rule);
    *spill = (struct spill){.number = number, .state = SPILL_ACTING};
    pthread_cond_signal(&spills->wake);
}

void spills_confirmed(struct spills *spills, uint64_t number)
{
    pthread_mutex_lock(&spills->lock);
    begin_acting(spills, number);
    pthread_mutex_unlock(&spills->lock);
}

bool spills_report(struct spills *spills, uint64_t number, size_t days_done, size_t days_total,
                   uint64_t texts)
{
    struct spill *spill;
    bool go_on;

    pthread_mutex_lock(&spills->lock);
    spill = find(spills, number);
    if (spill) {
        spill->days_done = days_done;
        spill->days_total = days_total;
        spill->texts = texts;
    }
    go_on = !spills->stopping;
    pthread_mutex_unlock(&spills->lock);
    return go_on;
}

static RESULT add_hit(struct spill *spill, struct spill_hit hit)
{
    if (spill->hit_count == spill->hit_room) {
        size_t room = spill->hit_room ? spill->hit_room * 2 : 16;
        struct spill_hit *hits = reallocarray(spill->hits, room, sizeof *hits);

        if (!hits)
            return FAULT(ERR_MEMORY);
        spill->hits = hits;
        spill->hit_room = room;
    }
    spill->hits[spill->hit_count++] = hit;
    return 0;
}

RESULT spills_hit(struct spills *spills, uint64_t number, struct spill_hit hit)
{
    struct spill *spill;
    int r = 0;

    pthread_mutex_lock(&spills->lock);
    spill = find(spills, number);
    if (spill)
        r = add_hit(spill, hit);
    pthread_mutex_unlock(&spills->lock);
    return r;
}

/* What is to be done next, and until when there is nothing; under the lock. */
static struct spill *next(struct spills *spills, int64_t *ret_wait_ms)
{
    int64_t now = clock_boot_ms();

    *ret_wait_ms = RETRY_MS;
    for (size_t i = 0; i < SPILLS_MAX; i++) {
        struct spill *spill = &spills->spills[i];

        if (!spill->number)
            continue;
        if (spill->state == SPILL_SEARCHING)
            return spill;
        if (spill->state == SPILL_ACTING && spill->due_at <= now)
            return spill;
        if (spill->state == SPILL_ACTING && spill->due_at - now < *ret_wait_ms)
            *ret_wait_ms = spill->due_at - now;
    }
    return NULL;
}

static void wait_ms(struct spills *spills, int64_t ms)
{
    struct timespec until;

    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += ms / 1000 + 1;
    (void)pthread_cond_timedwait(&spills->wake, &spills->lock, &until);
}

/* How it ended; under the lock. */
static void finish(struct spills *spills, uint64_t number, enum spill_state state, int r)
{
    struct spill *spill = find(spills, number);

    if (!spill)
        return;
    spill->fault = r;
    if (state == SPILL_SEARCHING)
        spill->state = r ? SPILL_FAILED : SPILL_FOUND;
    else if (r)
        spill->due_at = clock_boot_ms() + RETRY_MS;
    else
        forget(spill); /* records have it all */
}

static void run_one(struct spills *spills, const struct spill *spill)
{
    uint64_t number = spill->number;
    enum spill_state state = spill->state;
    struct denied_rule rule = spill->rule;
    int r;

    pthread_mutex_unlock(&spills->lock);
    r = state == SPILL_SEARCHING ? spill_search(spills->serve, number, &rule)
                                 : spill_act(spills->serve, number);
    wipe(&rule, sizeof rule);
    if (r)
        log_event(LOG_ERROR, "spill.failed", LOG_U64("spill", number), LOG_FAULT(r));
    events_audit(spills->serve->events);
    pthread_mutex_lock(&spills->lock);
    finish(spills, number, state, r);
}

static void *run_all(void *context)
{
    struct spills *spills = context;
    int64_t ms;

    pthread_mutex_lock(&spills->lock);
    while (!spills->stopping) {
        const struct spill *spill = next(spills, &ms);

        if (spill)
            run_one(spills, spill);
        else
            wait_ms(spills, ms);
    }
    pthread_mutex_unlock(&spills->lock);
    return NULL;
}

/* ---- life ---- */

struct unfinished {
    struct spills *spills;
    struct arena *arena;
};

static int read_unfinished(struct records_tx *tx, void *context)
{
    struct unfinished *unfinished = context;
    struct records_spill *spills;
    size_t count;
    int r = records_spill_list(tx, SPILLS_READ, unfinished->arena, &spills, &count);

    for (size_t i = 0; r == 0 && i < count; i++)
        if (!spills[i].done_at)
            begin_acting(unfinished->spills, spills[i].number);
    return r;
}

RESULT spills_start(struct spills *spills)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct unfinished unfinished = {.spills = spills};
    int r = arena_new(&arena, ARENA_MAX);

    if (r)
        return r;
    unfinished.arena = arena;
    r = records_read(spills->serve->records, read_unfinished, &unfinished);
    if (r)
        return r;
    if (pthread_create(&spills->thread, NULL, run_all, spills))
        return FAULT(ERR_SYSTEM);
    spills->started = true;
    return 0;
}

void spills_stop(struct spills *spills)
{
    if (!spills || !spills->started)
        return;
    pthread_mutex_lock(&spills->lock);
    spills->stopping = true;
    pthread_cond_signal(&spills->wake);
    pthread_mutex_unlock(&spills->lock);
    pthread_join(spills->thread, NULL);
    spills->started = false;
}

RESULT spills_new(struct spills **ret_spills, struct serve *serve)
{
    struct spills *spills = calloc(1, sizeof *spills);

    if (!spills)
        return FAULT(ERR_MEMORY);
    spills->serve = serve;
    pthread_mutex_init(&spills->lock, NULL);
    pthread_cond_init(&spills->wake, NULL);
    *ret_spills = spills;
    return 0;
}

struct spills *spills_free(struct spills *spills)
{
    if (!spills)
        return NULL;
    spills_stop(spills);
    for (size_t i = 0; i < SPILLS_MAX; i++)
        forget(&spills->spills[i]);
    pthread_cond_destroy(&spills->wake);
    pthread_mutex_destroy(&spills->lock);
    free(spills);
    return NULL;
}
