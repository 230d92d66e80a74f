#include "server/serve/api/factor.h"

#include "access/recovery.h"
#include "crypto/totp.h"
#include "server/serve/serve.h"

RESULT factor_judge_totp(struct records_tx *tx, const struct api_call *call,
                         struct records_user *user, struct text code)
{
    int r;

    if (user->totp_seed.len != TOTP_SEED_SIZE)
        return FACTOR_WRONG;
    r = totp_check(user->totp_seed, code, call->now, user->totp_last_step, &user->totp_last_step);
    if (r)
        return r < 0 ? r : FACTOR_WRONG;
    return records_user_set(tx, user);
}

/* Each works once: it is gone in the transaction of what it opens. */
static int judge_recovery(struct records_tx *tx, const struct api_call *call,
                          const struct records_user *user, const struct hash *hash)
{
    struct api_entry entry = {.action = "recovery.use", .factors = text_of("recovery")};
    struct hash *hashes = NULL;
    int64_t made_at;
    size_t count = 0;
    size_t found;
    int r = records_recovery_list(tx, user->id, call->arena, &hashes, &count, &made_at);

    if (r)
        return r;
    found = recovery_find(hashes, count, hash);
    if (found == count)
        return FACTOR_WRONG;
    r = records_recovery_remove(tx, &hashes[found]);
    if (r)
        return r < 0 ? r : FAULT(ERR_CORRUPT);
    entry.target = arena_print(call->arena, "user:%u", user->id.number);
    entry.detail = arena_print(call->arena, "{\"left\":%zu}", count - 1);
    return api_audit(tx, call, &entry);
}

RESULT factor_judge(struct records_tx *tx, const struct api_call *call, struct records_user *user,
                    struct text code, const char **ret_factor)
{
    struct hash hash;
    int r = recovery_hash(user->id, code, &hash);

    if (r < 0)
        return r;
    *ret_factor = r ? "totp" : "recovery";
    return r ? factor_judge_totp(tx, call, user, code) : judge_recovery(tx, call, user, &hash);
}

struct backoff_try factor_try(struct api_call *call)
{
    return (struct backoff_try){.what = BACKOFF_CODE,
                                .name = call->who.session.user.name,
                                .source = http_source(call->request)};
}

RESULT factor_refuse_limited(struct api_call *call, int64_t wait_ms)
{
    struct text seconds = arena_print(call->arena, "%lld", (long long)((wait_ms + 999) / 1000));

    if (!seconds.at)
        return FAULT(ERR_MEMORY);
    http_reply_header(call->request, "Retry-After", seconds);
    return api_problem(call, 429, "too-many-tries", "Too many tries",
                       "Wait as long as Retry-After says, then try again.");
}
