#include "server/serve/api/factor.h"

#include "crypto/totp.h"
#include "server/serve/serve.h"

RESULT factor_judge(struct records_tx *tx, const struct api_call *call, struct records_user *user,
                    struct text code)
{
    int r;

    if (user->totp_seed.len != TOTP_SEED_SIZE)
        return FACTOR_WRONG;
    r = totp_check(user->totp_seed, code, call->now, user->totp_last_step, &user->totp_last_step);
    if (r)
        return r < 0 ? r : FACTOR_WRONG;
    return records_user_set(tx, user);
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
