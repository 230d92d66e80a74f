#include "server/serve/api/events.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"

#define PEOPLE_MAX 512
#define LINE_MAX_BYTES ((size_t)8192)
/* A comment line now and then finds out that a peer has gone. */
#define ALIVE_EVERY_MS 15000

struct listener {
    struct http_stream *stream;
    unsigned kinds;
    struct person_id only; /* whose activity it is told of; 0: everyone's */
    struct user_id user;
    uint64_t session;
    int64_t until_at;
};

struct events {
    pthread_mutex_t lock;
    struct listener listeners[EVENTS_STREAMS_MAX];
    size_t count;
    uint32_t people[PEOPLE_MAX];
    size_t person_count; /* PEOPLE_MAX: more than fit; pages ask for everyone */
    unsigned dirty;
    int64_t alive_at;
};

RESULT events_new(struct events **ret_events)
{
    struct events *events = calloc(1, sizeof *events);

    if (!events)
        return FAULT(ERR_MEMORY);
    pthread_mutex_init(&events->lock, NULL);
    *ret_events = events;
    return 0;
}

static void drop(struct events *events, size_t index)
{
    http_stream_close(events->listeners[index].stream);
    http_stream_unref(events->listeners[index].stream);
    events->listeners[index] = events->listeners[--events->count];
}

struct events *events_free(struct events *events)
{
    if (!events)
        return NULL;
    while (events->count)
        drop(events, events->count - 1);
    pthread_mutex_destroy(&events->lock);
    free(events);
    return NULL;
}

RESULT events_add(struct events *events, struct http_stream *stream, unsigned kinds,
                  struct person_id only, struct user_id user, uint64_t session, int64_t until_at)
{
    int r = 0;

    pthread_mutex_lock(&events->lock);
    if (events->count == EVENTS_STREAMS_MAX)
        r = ERR_BUSY;
    else
        events->listeners[events->count++] =
            (struct listener){stream, kinds, only, user, session, until_at};
    pthread_mutex_unlock(&events->lock);
    return r;
}

bool events_room(struct events *events)
{
    bool room;

    pthread_mutex_lock(&events->lock);
    room = events->count < EVENTS_STREAMS_MAX;
    pthread_mutex_unlock(&events->lock);
    return room;
}

void events_end_session(struct events *events, uint64_t session)
{
    pthread_mutex_lock(&events->lock);
    for (size_t i = events->count; i > 0; i--)
        if (events->listeners[i - 1].session == session)
            drop(events, i - 1);
    pthread_mutex_unlock(&events->lock);
}

void events_end_user(struct events *events, struct user_id user)
{
    pthread_mutex_lock(&events->lock);
    for (size_t i = events->count; i > 0; i--)
        if (events->listeners[i - 1].user.number == user.number)
            drop(events, i - 1);
    pthread_mutex_unlock(&events->lock);
}

void events_person(struct events *events, struct person_id person)
{
    size_t i = 0;

    pthread_mutex_lock(&events->lock);
    while (i < events->person_count && events->people[i] != person.number)
        i++;
    if (i == events->person_count && i < PEOPLE_MAX)
        events->people[events->person_count++] = person.number;
    events->dirty |= EVENT_PEOPLE;
    pthread_mutex_unlock(&events->lock);
}

static void mark(struct events *events, unsigned kind)
{
    pthread_mutex_lock(&events->lock);
    events->dirty |= kind;
    pthread_mutex_unlock(&events->lock);
}

void events_devices(struct events *events)
{
    mark(events, EVENT_DEVICES);
}

void events_audit(struct events *events)
{
    mark(events, EVENT_AUDIT);
}

void events_notices(struct events *events)
{
    mark(events, EVENT_NOTICES);
}

static void print_people(const struct events *events, struct buffer *line)
{
    buffer_append_string(line, "{\"people\":[");
    for (size_t i = 0; i < events->person_count; i++)
        buffer_print(line, "%s%u", i ? "," : "", events->people[i]);
    buffer_append_string(line, "]}");
}

/* To whoever sees one person only, the others' activity is nothing new. False: as below. */
static bool send_people(const struct events *events, const struct listener *listener,
                        struct text people)
{
    char own[sizeof "{\"people\":[4294967295]}"];
    bool told = events->person_count == PEOPLE_MAX;

    if (!listener->only.number)
        return http_stream_send(listener->stream, "people", people);
    for (size_t i = 0; i < events->person_count; i++)
        told |= events->people[i] == listener->only.number;
    if (!told)
        return true;
    (void)snprintf(own, sizeof own, "{\"people\":[%u]}", listener->only.number);
    return http_stream_send(listener->stream, "people", text_of(own));
}

/* False: the peer has gone or lags. */
static bool send(const struct events *events, const struct listener *listener, struct text people)
{
    unsigned kinds = listener->kinds & events->dirty;
    bool there = true;

    if (kinds & EVENT_PEOPLE)
        there = send_people(events, listener, people);
    if (there && kinds & EVENT_DEVICES)
        there = http_stream_send(listener->stream, "devices", text_of("{}"));
    if (there && kinds & EVENT_AUDIT)
        there = http_stream_send(listener->stream, "audit", text_of("{}"));
    if (there && kinds & EVENT_NOTICES)
        there = http_stream_send(listener->stream, "notices", text_of("{}"));
    return there;
}

void events_flush(struct events *events, int64_t now)
{
    CLEANUP(buffer_deinit) struct buffer line = buffer_init(LINE_MAX_BYTES);
    bool alive;

    pthread_mutex_lock(&events->lock);
    alive = now - events->alive_at > ALIVE_EVERY_MS;
    if (alive)
        events->alive_at = now;
    if (events->dirty & EVENT_PEOPLE)
        print_people(events, &line);
    for (size_t i = events->count; i > 0; i--) {
        const struct listener *listener = &events->listeners[i - 1];

        if (now >= listener->until_at ||
            !send(events, listener, text_of_bytes(buffer_bytes(&line))) ||
            (alive && !http_stream_send(listener->stream, "alive", text_of("{}"))))
            drop(events, i - 1);
    }
    events->dirty = 0;
    events->person_count = 0;
    pthread_mutex_unlock(&events->lock);
}
