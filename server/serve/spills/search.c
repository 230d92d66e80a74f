/* Looks through the texts of every day, one after the other; nothing is changed. */

#include "crypto/hash.h"
#include "server/serve/serve.h"
#include "server/serve/spills/judge.h"

#define ARENA_MAX ((size_t)1 << 20)

bool spill_judge(const void *context, struct text text)
{
    return denied_holds(context, text);
}

RESULT spill_search(struct serve *serve, uint64_t number, const struct denied_rule *rule)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    const struct denied denied = {.rules = rule, .count = 1, .hash = hash_salted};
    uint64_t total = 0;
    int32_t *days;
    size_t count;
    int r = arena_new(&arena, ARENA_MAX);

    if (!r)
        r = spans_settle(serve->spans);
    if (!r)
        r = spans_days(serve->spans, arena, &days, &count);
    for (size_t i = 0; !r && i < count; i++) {
        struct spill_hit hit = {.day = days[i]};

        if (!spills_report(serve->spills, number, i, count, total))
            return ERR_BUSY;
        r = spans_search(serve->spans, days[i], spill_judge, &denied, &hit.texts);
        if (!r && hit.texts)
            r = spills_hit(serve->spills, number, hit);
        total += hit.texts;
    }
    if (!r && !spills_report(serve->spills, number, count, count, total))
        return ERR_BUSY;
    return r > 0 ? FAULT(ERR_MEMORY) : r;
}
