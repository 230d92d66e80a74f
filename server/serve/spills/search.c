/* From a string to its rule, and through the texts of every day by it; nothing is changed. */

#include "crypto/hash.h"
#include "os/secret.h"
#include "server/serve/serve.h"
#include "server/serve/spills/judge.h"

#define ARENA_MAX ((size_t)1 << 20)

RESULT spill_rule(struct text string, struct denied_rule *ret_rule)
{
    struct raw_text raw = {.at = (char *)(uintptr_t)string.at, .len = string.len};
    uint8_t salt[DENIED_SALT_SIZE];
    int r = secret_random(salt, sizeof salt);

    if (!r)
        r = denied_make(raw, salt, hash_salted, ret_rule);
    raw_text_wipe(&raw);
    return r;
}

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
