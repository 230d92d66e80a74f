#include "server/serve/api/views.h"

#include <pthread.h>
#include <stdlib.h>

#define PLACES 4096

struct place {
    struct view_key key;
    int64_t at; /* 0: empty */
};

struct views {
    pthread_mutex_t lock;
    struct place places[PLACES];
};

RESULT views_new(struct views **ret_views)
{
    struct views *views = calloc(1, sizeof *views);

    if (!views)
        return FAULT(ERR_MEMORY);
    pthread_mutex_init(&views->lock, NULL);
    *ret_views = views;
    return 0;
}

struct views *views_free(struct views *views)
{
    if (!views)
        return NULL;
    pthread_mutex_destroy(&views->lock);
    free(views);
    return NULL;
}

static struct place *place_of(struct views *views, const struct view_key *key)
{
    uint64_t mixed = key->viewer * 0x9e3779b97f4a7c15u ^ key->subject * 0xc2b2ae3d27d4eb4fu ^
                     (uint64_t)key->date * 0x165667b19e3779f9u;

    return &views->places[(mixed ^ mixed >> 32) % PLACES];
}

static bool same(const struct view_key *a, const struct view_key *b)
{
    return a->viewer == b->viewer && a->subject == b->subject && a->date == b->date;
}

bool views_fresh(struct views *views, const struct view_key *key, int64_t now)
{
    const struct place *place;
    bool fresh;

    pthread_mutex_lock(&views->lock);
    place = place_of(views, key);
    fresh = place->at && same(&place->key, key) && now >= place->at && now - place->at < VIEWS_MS;
    pthread_mutex_unlock(&views->lock);
    return fresh;
}

void views_written(struct views *views, const struct view_key *key, int64_t now)
{
    pthread_mutex_lock(&views->lock);
    *place_of(views, key) = (struct place){.key = *key, .at = now};
    pthread_mutex_unlock(&views->lock);
}
