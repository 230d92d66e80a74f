/* Which rules this service runs, since when, and whether they are the server's. */

#include <jansson.h>
#include <string.h>

#include "base/hex.h"
#include "base/log.h"
#include "base/moment.h"
#include "common/big-endian.h"
#include "os/clock.h"
#include "service/service.h"

enum { KEPT_SIZE = REDACT_HASH_LEN + 8 };

/* Kept: the hash, and since when it is in use. */
RESULT rules_begin(struct service *service)
{
    CLEANUP(buffer_deinit) struct buffer kept = buffer_init(KEPT_SIZE);
    uint8_t fresh[KEPT_SIZE];
    struct rules *rules = &service->rules;

    rules->own = evidence_rules_own();
    rules->since_at = clock_now_ms();
    int r = identity_read_private(service->directory, "rules", &kept);
    if (r < 0)
        return r;
    if (r == 0 && kept.len == KEPT_SIZE && memcmp(kept.at, rules->own.hash, REDACT_HASH_LEN) == 0) {
        rules->since_at = (int64_t)big_endian_get(kept.at + REDACT_HASH_LEN, 8);
        return 0;
    }
    memcpy(fresh, rules->own.hash, REDACT_HASH_LEN);
    big_endian_put(fresh + REDACT_HASH_LEN, 8, (uint64_t)rules->since_at);
    r = identity_write_private(service->directory, "rules",
                               (struct bytes){.at = fresh, .len = sizeof(fresh)});
    log_event(LOG_INFO, "agent.rules", LOG_U64("first", big_endian_get(rules->own.hash, 8)));
    return r > 0 ? FAULT(ERR_SYSTEM) : r;
}

void rules_hear(struct service *service, const struct answer *answer)
{
    if (!answer->rules_known)
        return;
    service->rules.server_known = true;
    memcpy(service->rules.server, answer->rules, REDACT_HASH_LEN);
}

json_t *rules_json(const struct service *service)
{
    const struct rules *rules = &service->rules;
    bool same = memcmp(rules->server, rules->own.hash, REDACT_HASH_LEN) == 0;
    char hash[2 * REDACT_HASH_LEN + 1];
    char since[TIME_TEXT_SIZE];

    hex_print((struct bytes){.at = rules->own.hash, .len = REDACT_HASH_LEN}, hash);
    time_print(rules->since_at, since);
    return json_pack("{s:s, s:s, s:s, s:s, s:i}", "version", rules->own.version, "hash", hash,
                     "since", since, "server",
                     !rules->server_known ? "unknown"
                     : same               ? "same"
                                          : "other",
                     "sensors_with_others", (int)hub_other_rules(service));
}
