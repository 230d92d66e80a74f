#include "server/serve/emergencies.h"

enum emergency_state emergency_state(const struct records_emergency *emergency, int64_t now)
{
    if (emergency->reviewed_at)
        return EMERGENCY_REVIEWED;
    if (!emergency->ended_at && now < emergency->until_at)
        return EMERGENCY_OPEN;
    return now < emergency->review_by_at ? EMERGENCY_REVIEW : EMERGENCY_OVERDUE;
}

const char *emergency_state_word(enum emergency_state state)
{
    static const char *const words[] = {
        [EMERGENCY_OPEN] = "open",
        [EMERGENCY_REVIEW] = "review",
        [EMERGENCY_OVERDUE] = "overdue",
        [EMERGENCY_REVIEWED] = "reviewed",
    };

    return words[state];
}

static int append(struct records_tx *tx, const struct records_emergency *emergency,
                  const char *action, int64_t now, struct arena *arena)
{
    struct audit_entry entry = {
        .at = now,
        .actor = AUDIT_SYSTEM,
        .action = text_of(action),
        .target = arena_print(arena, "emergency:%llu", (unsigned long long)emergency->number),
        .emergency = emergency->number,
    };
    uint64_t index;

    return records_audit_append(tx, &entry, &index);
}

static int settle_one(struct records_tx *tx, const struct records_emergency *emergency, int64_t now,
                      struct arena *arena, bool *ret_changed)
{
    int r = 0;

    if (!emergency->ended_at && now >= emergency->until_at) {
        r = records_emergency_end(tx, emergency->number, emergency->until_at, text_of("time"));
        if (r == 0)
            r = append(tx, emergency, "emergency.end", now, arena);
        *ret_changed = true;
    }
    if (r == 0 && !emergency->overdue_at && emergency_state(emergency, now) == EMERGENCY_OVERDUE) {
        r = records_emergency_overdue(tx, emergency->number, now);
        if (r == 0)
            r = append(tx, emergency, "emergency.overdue", now, arena);
        *ret_changed = true;
    }
    return r;
}

RESULT emergencies_settle(struct records_tx *tx, int64_t now, struct arena *arena,
                          bool *ret_changed)
{
    struct records_emergency *rows;
    size_t count;
    int r = records_emergency_unfinished(tx, arena, &rows, &count);

    *ret_changed = false;
    for (size_t i = 0; i < count && r == 0; i++)
        r = settle_one(tx, &rows[i], now, arena, ret_changed);
    return r;
}
