#include "server/serve/api/events.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/moment.h"
#include "store/records/people.h"

#define ACCOUNTS_MAX 512
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
    struct account_id accounts[ACCOUNTS_MAX];
    size_t account_count;
    bool everyone; /* more accounts than fit, or their owners changed: pages ask for everyone */
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

void events_account(struct events *events, struct account_id account)
{
    size_t i = 0;

    pthread_mutex_lock(&events->lock);
    while (i < events->account_count && events->accounts[i].number != account.number)
        i++;
    if (i == ACCOUNTS_MAX)
        events->everyone = true;
    else if (i == events->account_count)
        events->accounts[events->account_count++] = account;
    events->dirty |= EVENT_PEOPLE;
    pthread_mutex_unlock(&events->lock);
}

void events_people(struct events *events)
{
    pthread_mutex_lock(&events->lock);
    events->everyone = true;
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

/* ---- whose it was ---- */

/* What is sent: what gathered, with people in the place of accounts. */
struct batch {
    int32_t day;
    struct account_id accounts[ACCOUNTS_MAX];
    size_t account_count;
    uint32_t people[ACCOUNTS_MAX];
    size_t person_count;
    bool everyone;
    unsigned dirty;
};

static void take_batch(struct events *events, struct batch *batch)
{
    pthread_mutex_lock(&events->lock);
    batch->account_count = events->account_count;
    memcpy(batch->accounts, events->accounts, events->account_count * sizeof *events->accounts);
    batch->everyone = events->everyone;
    batch->dirty = events->dirty;
    events->account_count = 0;
    events->everyone = false;
    events->dirty = 0;
    pthread_mutex_unlock(&events->lock);
}

static int find_people(struct records_tx *tx, void *context)
{
    struct batch *batch = context;

    for (size_t i = 0; i < batch->account_count; i++) {
        struct person_id person;
        size_t at = 0;
        int r = records_owner_of(tx, batch->accounts[i], batch->day, &person);

        if (r)
            return r;
        while (at < batch->person_count && batch->people[at] != person.number)
            at++;
        if (at == batch->person_count)
            batch->people[batch->person_count++] = person.number;
    }
    return 0;
}

static void print_people(const struct batch *batch, struct buffer *line)
{
    buffer_append_string(line, "{\"people\":[");
    for (size_t i = 0; i < batch->person_count; i++)
        buffer_print(line, "%s%u", i ? "," : "", batch->people[i]);
    buffer_append_string(line, "]}");
}

/* ---- out ---- */

/* To whoever sees one person only, the others' activity is nothing new. False: as below. */
static bool send_people(const struct batch *batch, const struct listener *listener,
                        struct text people)
{
    char own[sizeof "{\"people\":[4294967295]}"];
    bool told = batch->everyone;

    if (!listener->only.number)
        return http_stream_send(listener->stream, "people", people);
    for (size_t i = 0; i < batch->person_count; i++)
        told |= batch->people[i] == listener->only.number;
    if (!told)
        return true;
    (void)snprintf(own, sizeof own, "{\"people\":[%u]}", listener->only.number);
    return http_stream_send(listener->stream, "people", text_of(own));
}

/* False: the peer has gone or lags. */
static bool send(const struct batch *batch, const struct listener *listener, struct text people)
{
    unsigned kinds = listener->kinds & batch->dirty;
    bool there = true;

    if (kinds & EVENT_PEOPLE)
        there = send_people(batch, listener, people);
    if (there && kinds & EVENT_DEVICES)
        there = http_stream_send(listener->stream, "devices", text_of("{}"));
    if (there && kinds & EVENT_AUDIT)
        there = http_stream_send(listener->stream, "audit", text_of("{}"));
    if (there && kinds & EVENT_NOTICES)
        there = http_stream_send(listener->stream, "notices", text_of("{}"));
    return there;
}

static void send_all(struct events *events, const struct batch *batch, int64_t now)
{
    CLEANUP(buffer_deinit) struct buffer line = buffer_init(LINE_MAX_BYTES);
    bool alive;

    print_people(batch, &line);
    pthread_mutex_lock(&events->lock);
    alive = now - events->alive_at > ALIVE_EVERY_MS;
    if (alive)
        events->alive_at = now;
    for (size_t i = events->count; i > 0; i--) {
        const struct listener *listener = &events->listeners[i - 1];

        if (now >= listener->until_at ||
            !send(batch, listener, text_of_bytes(buffer_bytes(&line))) ||
            (alive && !http_stream_send(listener->stream, "alive", text_of("{}"))))
            drop(events, i - 1);
    }
    pthread_mutex_unlock(&events->lock);
}

RESULT events_flush(struct events *events, struct records *records, int64_t now)
{
    struct batch batch = {.day = time_day(now)};
    int r = 0;

    take_batch(events, &batch);
    if (batch.account_count)
        r = records_read(records, find_people, &batch);
    if (r > 0)
        r = FAULT(ERR_CORRUPT);
    if (r) {
        batch.everyone = true;
        batch.person_count = 0;
    }
    send_all(events, &batch, now);
    return r;
}
