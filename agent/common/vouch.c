#include "common/vouch.h"

#include "base/buffer.h"
#include "wire/signed.h"

RESULT vouch_policy(struct bytes envelope, const uint8_t key[SIGN_PUBLIC_SIZE], struct arena *arena,
                    struct policy *ret_policy)
{
    CLEANUP(buffer_deinit) struct buffer message = buffer_init(WIRE_POLICY_MAX + 64);
    struct bytes policy;
    struct bytes signature;

    if (envelope.len > WIRE_POLICY_MAX)
        return VOUCH_FORGED;
    int r = signed_decode(envelope, arena, &policy, &signature);
    if (r > 0 || (r == 0 && signature.len != SIGN_SIZE))
        return VOUCH_FORGED;
    if (r)
        return r;
    buffer_append_string(&message, SIGNED_POLICY_PREFIX);
    buffer_append(&message, policy.at, policy.len);
    r = buffer_check(&message);
    if (r)
        return r;
    r = sign_check((struct bytes){.at = key, .len = SIGN_PUBLIC_SIZE}, buffer_bytes(&message),
                   signature);
    if (r == 0)
        r = policy_decode(policy, arena, ret_policy);
    return r > 0 ? VOUCH_FORGED : r;
}
