#include <stdlib.h>
#include <string.h>

#include "wire/signed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Property: decoded, encoded and decoded again, a policy has the same bytes, and so has an
 * envelope. */
static void require(bool held)
{
    if (!held)
        abort();
}

static void check_policy(const struct policy *policy, struct arena *arena)
{
    CLEANUP(buffer_deinit) struct buffer first = buffer_init(WIRE_POLICY_MAX);
    CLEANUP(buffer_deinit) struct buffer second = buffer_init(WIRE_POLICY_MAX);
    struct policy again;
    int r = policy_encode(policy, &first);

    require(r == 0 || r == BATCH_LARGE); /* columns that were absent are whole now */
    if (r)
        return;
    require(policy_decode(buffer_bytes(&first), arena, &again) == 0);
    require(again.version == policy->version && again.rule_count == policy->rule_count);
    require(text_equal(again.patterns, policy->patterns) && text_equal(again.words, policy->words));
    require(again.capture == policy->capture && again.hipaa == policy->hipaa);
    for (size_t i = 0; i < again.rule_count; i++)
        require(again.rules[i].capture == policy->rules[i].capture &&
                text_equal(again.rules[i].application, policy->rules[i].application) &&
                text_equal(again.rules[i].domain, policy->rules[i].domain));
    require(again.denied_count == policy->denied_count);
    require(again.denied_count == 0 ||
            memcmp(again.denied, policy->denied, again.denied_count * sizeof(*again.denied)) == 0);
    require(policy_encode(&again, &second) == 0);
    require(first.len == second.len);
    require(first.len == 0 || memcmp(first.at, second.at, first.len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    CLEANUP(buffer_deinit) struct buffer envelope = buffer_init((size_t)2 * WIRE_POLICY_MAX);
    struct policy policy;
    struct bytes inside;
    struct bytes signature;
    struct bytes again;

    require(arena_new(&arena, 4 * MESSAGE_ARENA_MAX) == 0);
    if (policy_decode((struct bytes){data, size}, arena, &policy) == 0)
        check_policy(&policy, arena);
    if (signed_decode((struct bytes){data, size}, arena, &inside, &signature) == 0) {
        require(signature.len == SIGNED_SIGNATURE_SIZE && inside.len <= WIRE_POLICY_MAX);
        require(signed_encode(inside, signature, &envelope) == 0);
        require(signed_decode(buffer_bytes(&envelope), arena, &again, &signature) == 0);
        require(again.len == inside.len);
        require(again.len == 0 || memcmp(again.at, inside.at, again.len) == 0);
    }
    return 0;
}
