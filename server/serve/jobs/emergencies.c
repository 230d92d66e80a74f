#include "server/serve/emergencies.h"

#include "server/serve/alarm.h"
#include "server/serve/jobs/jobs.h"
#include "server/serve/serve.h"

#define ARENA_MAX ((size_t)4 << 20)

struct check {
    struct arena *arena;
    int64_t now;
    struct records_emergency *rows;
    size_t count;
    bool changed;
};

static int read_unfinished(struct records_tx *tx, void *context)
{
    struct check *check = context;

    return records_emergency_unfinished(tx, check->arena, &check->rows, &check->count);
}

static int settle(struct records_tx *tx, void *context)
{
    struct check *check = context;

    return emergencies_settle(tx, check->now, check->arena, &check->changed);
}

static bool is_due(const struct records_emergency *emergency, int64_t now)
{
    return (!emergency->ended_at && now >= emergency->until_at) ||
           (!emergency->overdue_at && emergency_state(emergency, now) == EMERGENCY_OVERDUE);
}

RESULT jobs_emergencies(struct serve *serve, int64_t now)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct check check = {.now = now};
    bool due = false;
    int r = arena_new(&arena, ARENA_MAX);

    check.arena = arena;
    if (!r)
        r = records_read(serve->records, read_unfinished, &check);
    for (size_t i = 0; i < check.count && !r; i++)
        due |= is_due(&check.rows[i], now);
    if (r || !due)
        return r;
    r = records_act(serve->records, settle, &check);
    if (r)
        return r;
    for (size_t i = 0; i < check.count; i++) {
        const struct records_emergency *row = &check.rows[i];

        if (!row->ended_at && now >= row->until_at)
            events_end_user(serve->events, row->user);
        if (!row->overdue_at && emergency_state(row, now) == EMERGENCY_OVERDUE)
            alarm_emergency(serve, ALARM_REVIEW_OVERDUE, row->number, row->user);
    }
    events_audit(serve->events);
    events_notices(serve->events);
    return 0;
}
