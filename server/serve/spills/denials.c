#include "server/serve/spills/denials.h"

#include <pthread.h>
#include <stdlib.h>

#include "crypto/hash.h"

#define ARENA_MAX ((size_t)4 << 20)
#define SPILLS_READ 1000 /* the newest: older ones have no rule any more */

struct denials {
    struct records *records;
    pthread_rwlock_t lock;
    struct denied_rule rules[DENIED_RULES_MAX];
    struct denied denied;
};

void denials_rule_pack(const struct denied_rule *rule, uint8_t ret_bytes[DENIALS_RULE_SIZE])
{
    ret_bytes[0] = rule->length;
    memcpy(ret_bytes + 1, rule->salt, DENIED_SALT_SIZE);
    memcpy(ret_bytes + 1 + DENIED_SALT_SIZE, rule->hash, DENIED_HASH_SIZE);
}

RESULT denials_rule_unpack(struct bytes bytes, struct denied_rule *ret_rule)
{
    struct denied_rule rule;

    if (bytes.len != DENIALS_RULE_SIZE)
        return FAULT(ERR_CORRUPT);
    rule.length = bytes.at[0];
    memcpy(rule.salt, bytes.at + 1, DENIED_SALT_SIZE);
    memcpy(rule.hash, bytes.at + 1 + DENIED_SALT_SIZE, DENIED_HASH_SIZE);
    if (!denied_rule_holds(&rule))
        return FAULT(ERR_CORRUPT);
    *ret_rule = rule;
    return 0;
}

struct loading {
    struct arena *arena;
    struct denied_rule rules[DENIED_RULES_MAX];
    size_t count;
};

static int read_rules(struct records_tx *tx, void *context)
{
    struct loading *loading = context;
    struct records_spill *spills;
    size_t count;
    int r = records_spill_list(tx, SPILLS_READ, loading->arena, &spills, &count);

    for (size_t i = 0; r == 0 && i < count; i++) {
        if (spills[i].rule.len == 0)
            continue;
        /* No more are begun than there is room for. */
        if (loading->count == DENIED_RULES_MAX)
            return FAULT(ERR_CORRUPT);
        r = denials_rule_unpack(spills[i].rule, &loading->rules[loading->count++]);
    }
    return r;
}

RESULT denials_load(struct denials *denials)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct loading loading = {0};
    int r = arena_new(&arena, ARENA_MAX);

    if (r)
        return r;
    loading.arena = arena;
    r = records_read(denials->records, read_rules, &loading);
    if (r)
        return r > 0 ? FAULT(ERR_CORRUPT) : r;
    (void)pthread_rwlock_wrlock(&denials->lock);
    memcpy(denials->rules, loading.rules, sizeof loading.rules);
    denials->denied.count = loading.count;
    (void)pthread_rwlock_unlock(&denials->lock);
    return 0;
}

/* Whoever changes the rules does not wait for ever behind those that hold them one after another.
 */
static int lock_new(pthread_rwlock_t *lock)
{
    pthread_rwlockattr_t attributes;
    bool failed;

    if (pthread_rwlockattr_init(&attributes))
        return FAULT(ERR_SYSTEM);
    failed =
        pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP) ||
        pthread_rwlock_init(lock, &attributes);
    (void)pthread_rwlockattr_destroy(&attributes);
    return failed ? FAULT(ERR_SYSTEM) : 0;
}

RESULT denials_new(struct denials **ret_denials, struct records *records)
{
    struct denials *denials = calloc(1, sizeof *denials);
    int r;

    if (!denials)
        return FAULT(ERR_MEMORY);
    r = lock_new(&denials->lock);
    if (r) {
        free(denials);
        return r;
    }
    denials->records = records;
    denials->denied = (struct denied){.rules = denials->rules, .hash = hash_salted};
    r = denials_load(denials);
    if (r) {
        denials_free(denials);
        return r;
    }
    *ret_denials = denials;
    return 0;
}

struct denials *denials_free(struct denials *denials)
{
    if (!denials)
        return NULL;
    (void)pthread_rwlock_destroy(&denials->lock);
    wipe(denials->rules, sizeof denials->rules);
    free(denials);
    return NULL;
}

const struct denied *denials_hold(struct denials *denials)
{
    (void)pthread_rwlock_rdlock(&denials->lock);
    return &denials->denied;
}

void denials_let_go(struct denials *denials)
{
    (void)pthread_rwlock_unlock(&denials->lock);
}
