/*
 * The rules of spills in the policy that agents obey: put in when a spill begins, taken out when
 * its time is over
 *
 * The newest policy, with another list of denied strings, is signed as the next version; a change
 * of somebody else that came between makes it be done again from that one.
 */

#include "base/log.h"
#include "server/serve/serve.h"
#include "wire/signed.h"

#define ARENA_MAX ((size_t)8 << 20)
#define ENVELOPE_MAX ((size_t)WIRE_POLICY_MAX + 256)
#define SPILLS_READ 1000
#define TRIES_MAX 5

enum { CARRY_SAME = 100 /* the policy has the rules already */ };

struct carry {
    struct arena *arena;
    int64_t now;
    struct records_spill *spills;
    size_t spill_count;
    struct records_policy row;
    struct policy policy;
    size_t before;
};

static int read_newest(struct records_tx *tx, void *context)
{
    struct carry *carry = context;
    int r = records_spill_list(tx, SPILLS_READ, carry->arena, &carry->spills, &carry->spill_count);

    return r ? r : records_policy_newest(tx, carry->arena, &carry->row);
}

static int decode(struct carry *carry)
{
    struct bytes policy;
    struct bytes signature;
    int r = signed_decode(carry->row.envelope, carry->arena, &policy, &signature);

    if (!r)
        r = policy_decode(policy, carry->arena, &carry->policy);
    return r > 0 ? FAULT(ERR_CORRUPT) : r;
}

static bool is_over(const struct carry *carry, const struct records_spill *spill)
{
    return spill->done_at && carry->now >= spill->rule_until;
}

/* Replaces the policy's denied strings by those of spills whose time is not over. */
static int replace(struct carry *carry)
{
    struct denied_rule *rules =
        arena_take_array(carry->arena, DENIED_RULES_MAX, sizeof *carry->policy.denied);
    size_t count = 0;
    int r = rules ? 0 : FAULT(ERR_MEMORY);

    for (size_t i = 0; !r && i < carry->spill_count; i++) {
        const struct records_spill *spill = &carry->spills[i];

        if (spill->rule.len == 0 || is_over(carry, spill) || count == DENIED_RULES_MAX)
            continue;
        r = denials_rule_unpack(spill->rule, &rules[count++]);
    }
    if (r)
        return r;
    carry->before = carry->policy.denied_count;
    bool same = count == carry->before;
    for (size_t i = 0; same && i < count; i++)
        same = memcmp(&rules[i], &carry->policy.denied[i], sizeof *rules) == 0;
    carry->policy.denied = rules;
    carry->policy.denied_count = count;
    return same ? CARRY_SAME : 0;
}

static int note_change(struct records_tx *tx, const struct carry *carry)
{
    struct audit_entry entry = {.at = carry->now,
                                .actor = AUDIT_SYSTEM,
                                .action = text_of("policy.change"),
                                .target = arena_print(carry->arena, "policy:%llu",
                                                      (unsigned long long)carry->policy.version),
                                .detail = arena_print(carry->arena, "{\"denied\":[%zu,%zu]}",
                                                      carry->before, carry->policy.denied_count)};
    uint64_t index;

    if (!entry.target.at || !entry.detail.at)
        return FAULT(ERR_MEMORY);
    return records_audit_append(tx, &entry, &index);
}

/* The version that carries it is known, or the rule is gone with its time. */
static int write_spills(struct records_tx *tx, struct carry *carry, uint64_t version)
{
    int r = 0;

    for (size_t i = 0; !r && i < carry->spill_count; i++) {
        struct records_spill row;

        if (carry->spills[i].rule.len == 0)
            continue;
        r = records_spill_get(tx, carry->spills[i].number, carry->arena, &row);
        if (r)
            return r;
        if (is_over(carry, &carry->spills[i]))
            row.rule = (struct bytes){0};
        else if (row.policy == 0)
            row.policy = version;
        else
            continue;
        r = records_spill_set(tx, &row);
    }
    return r;
}

static int write_version(struct records_tx *tx, void *context)
{
    struct carry *carry = context;
    int r = records_policy_add(tx, &carry->row);

    if (!r)
        r = write_spills(tx, carry, carry->policy.version);
    return r ? r : note_change(tx, carry);
}

/* The newest has them: a spill may still not know which version that is. */
static int write_same(struct records_tx *tx, void *context)
{
    struct carry *carry = context;

    return write_spills(tx, carry, carry->policy.version);
}

static bool is_unknown(const struct carry *carry)
{
    for (size_t i = 0; i < carry->spill_count; i++)
        if (carry->spills[i].rule.len &&
            (!carry->spills[i].policy || is_over(carry, &carry->spills[i])))
            return true;
    return false;
}

static int carry_once(struct serve *serve, struct carry *carry)
{
    CLEANUP(buffer_deinit) struct buffer envelope = buffer_init(ENVELOPE_MAX);
    int r = records_read(serve->records, read_newest, carry);

    if (!r)
        r = decode(carry);
    if (!r)
        r = replace(carry);
    if (r == CARRY_SAME)
        return is_unknown(carry) ? records_act(serve->records, write_same, carry) : 0;
    if (r)
        return r;
    carry->policy.version++;
    r = policies_sign(serve->signer, &carry->policy, &envelope);
    if (r)
        return r < 0 ? r : FAULT(ERR_SYSTEM);
    carry->row = (struct records_policy){.version = carry->policy.version,
                                         .envelope = buffer_bytes(&envelope),
                                         .created_at = carry->now,
                                         .created_by = text_of("Ward")};
    r = records_act(serve->records, write_version, carry);
    if (!r)
        r = policies_hold(serve->policies, carry->row.version, carry->row.envelope);
    events_audit(serve->events);
    return r;
}

RESULT spills_carry(struct serve *serve, int64_t now)
{
    int r = RECORDS_STALE;

    for (int i = 0; r == RECORDS_STALE && i < TRIES_MAX; i++) {
        CLEANUP(arena_free) struct arena *arena = NULL;
        struct carry carry = {.now = now};

        r = arena_new(&arena, ARENA_MAX);
        carry.arena = arena;
        if (!r)
            r = carry_once(serve, &carry);
    }
    if (!r)
        r = denials_load(serve->denials);
    return r > 0 ? FAULT(ERR_BUSY) : r;
}
