/* What changes the service's state: policy, pauses, and the way into the spool. */

#include "service/service.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/wipe.h"
#include "common/big-endian.h"
#include "common/vouch.h"
#include "crypto/aead.h"
#include "crypto/hash.h"
#include "os/clock.h"

enum {
    FLUSH_AFTER_MS = 500,
    CLEAN_EVERY_MS = 60 * 1000,
    POLICY_ARENA = 4 * 1024 * 1024,
    PAUSES_MAX = 64 * 1024,
    PAUSE_HEAD = 4 + 8 + 8 + 2,
};

static int pauses_store(struct service *service);

/* ---- denied strings ---- */

static int deny(const void *context, struct bytes batch, struct buffer *ret_batch)
{
    size_t replaced;
    int r = batch_deny(batch, context, ret_batch, &replaced);

    /* What is no batch to us is none to the server: it says so when it is sent. */
    return r < 0 ? r : 0;
}

/* Reasons of pauses, which are kept until they end. */
static int deny_reasons(struct service *service, const struct denied *denied)
{
    struct account *account;
    bool found = false;

    for (size_t i = 0; (account = ledger_at(service->ledger, i)); i++) {
        if (!account->reason || !denied_holds(denied, clean_text_view(account->reason)))
            continue;
        account->reason = NULL;
        arena_reset(account->reason_arena);
        found = true;
    }
    return found ? pauses_store(service) : 0;
}

static int deny_all(struct service *service)
{
    const struct denied denied = ledger_denied(service->ledger);
    uint64_t changed = 0;
    int r = ledger_empty(service->ledger) ? 0 : service_flush(service);

    if (r || denied.count == 0)
        return r;
    hub_deny(service, &denied);
    r = deny_reasons(service, &denied);
    if (r == 0)
        r = spool_rewrite(service->spool, deny, &denied, &changed);
    if (r == 0)
        log_event(LOG_INFO, "agent.denied", LOG_U64("batches", changed));
    return r;
}

void service_clean(struct service *service, int64_t boot_at)
{
    if (!service->policy_arena || service->clean_policy == service->policy.version ||
        (service->clean_at && boot_at - service->clean_at < CLEAN_EVERY_MS))
        return;
    service->clean_at = boot_at;
    int r = deny_all(service);
    if (r) {
        log_event(LOG_ERROR, "agent.denied.waiting", LOG_FAULT(r));
        return;
    }
    service->clean_policy = service->policy.version;
    service->clean_at = 0;
    service->uplink.live_wanted = true;
}

RESULT service_policy(struct service *service, struct bytes envelope, bool stored)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct policy policy;
    int r = arena_new(&arena, POLICY_ARENA);

    if (r == 0)
        r = vouch_policy(envelope, service->identity.fields[IDENTITY_POLICY_KEY].at, arena,
                         &policy);
    if (r)
        return r;
    if (service->policy_arena && policy.version <= service->policy.version)
        return SERVICE_OLDER;
    if (!stored) {
        r = identity_write_private(service->directory, "policy", envelope);
        if (r)
            return r < 0 ? r : FAULT(ERR_SYSTEM);
    }
    buffer_clear(&service->policy_envelope);
    buffer_append(&service->policy_envelope, envelope.at, envelope.len);
    r = buffer_check(&service->policy_envelope);
    if (r)
        return r;
    service->policy = policy;
    service->canaries.known = false; /* the redactor may be another */
    r = ledger_set_policy(service->ledger, &service->policy);
    arena_free(service->policy_arena);
    service->policy_arena = TAKE(arena);
    if (r < 0)
        return r;
    log_event(LOG_INFO, "agent.policy", LOG_U64("version", policy.version));
    service->clean_at = 0;
    if (r == LEDGER_BLIND)
        log_event(LOG_ERROR, "agent.patterns.refused", LOG_U64("version", policy.version));
    hub_tell_policy(service);
    return 0;
}

void service_touch(struct service *service, int64_t boot_at)
{
    if (service->flush_at == 0)
        service->flush_at = boot_at + FLUSH_AFTER_MS;
}

/* What the spool lost is told in the batch that comes next. */
static int collect_gaps(struct service *service)
{
    struct spool_gap gap;
    int r = 0;

    while (r == 0 && spool_gap(service->spool, &gap)) {
        log_event(LOG_WARN, "agent.spool.gap", LOG_U64("reason", gap.reason),
                  LOG_U64("spans", gap.spans));
        receipts_lost(service->receipts, gap.from_at, gap.to_at);
        r = ledger_gap(service->ledger, NULL, gap.from_at, gap.to_at, gap.reason, gap.spans, NULL);
    }
    return r;
}

/* The batch that has just entered the spool is in the receipts from now on. */
static int add_to_receipts(struct service *service, uint64_t sequence)
{
    CLEANUP(buffer_deinit) struct buffer batch = buffer_init(WIRE_BODY_MAX);
    int r = spool_read(service->spool, sequence, &batch);

    if (r == 0)
        r = receipts_batch(service->receipts, buffer_bytes(&batch));
    return r > 0 ? FAULT(ERR_CORRUPT) : r;
}

RESULT service_flush(struct service *service)
{
    int64_t now_at = clock_now_ms();
    int r = service_canaries(service, clock_boot_ms());

    service->flush_at = 0;
    if (r == 0 && !canary_lets_pass(&service->canaries)) {
        hub_settle(service, false); /* sensors keep what they have */
        r = ledger_forget(service->ledger);
        return r ? r : FAULT(ERR_BUSY);
    }
    if (r == 0)
        r = collect_gaps(service);
    if (r == 0 && ledger_empty(service->ledger)) {
        hub_settle(service, true); /* all of it was known already */
        return 0;
    }
    if (r == 0)
        r = ledger_flush(service->ledger, service->spool, service->identity.device,
                         service->identity.epoch, now_at, clock_offset_minutes(now_at));
    if (r)
        log_event(LOG_ERROR, "agent.spool.refused", LOG_FAULT(r));
    hub_settle(service, r == 0);
    return r ? r : add_to_receipts(service, spool_sequence(service->spool) - 1);
}

RESULT service_gap(struct service *service, const struct account *account, int64_t from_at,
                   int64_t to_at, enum batch_gap_reason reason, uint64_t spans,
                   const struct clean_text *reason_text)
{
    int r = ledger_gap(service->ledger, account, from_at, to_at, reason, spans, reason_text);

    if (r == 0)
        service_touch(service, clock_boot_ms());
    return r;
}

/* ---- pauses: kept in a file, so that a restart does not end them ---- */

static int pauses_key(const struct service *service, uint8_t ret_key[AEAD_KEY_SIZE])
{
    return hash_derive((struct bytes){.at = service->identity.spool_key, .len = 32},
                       text_of("ward-agent-pauses-v1"), ret_key, AEAD_KEY_SIZE);
}

static void pause_print(const struct account *account, struct buffer *plain)
{
    uint8_t head[PAUSE_HEAD];
    struct text reason = clean_text_view(account->reason);

    big_endian_put(head, 4, account->uid);
    big_endian_put(head + 4, 8, (uint64_t)account->paused_from_at);
    big_endian_put(head + 12, 8, (uint64_t)account->paused_until_at);
    big_endian_put(head + 20, 2, reason.len);
    buffer_append(plain, head, sizeof(head));
    buffer_append_text(plain, reason);
}

static int pauses_store(struct service *service)
{
    CLEANUP(buffer_deinit) struct buffer plain = buffer_init(PAUSES_MAX);
    CLEANUP(buffer_deinit) struct buffer box = buffer_init(PAUSES_MAX + 64);
    uint8_t key[AEAD_KEY_SIZE];
    struct account *account;

    for (size_t i = 0; (account = ledger_at(service->ledger, i)); i++) {
        if (account->paused)
            pause_print(account, &plain);
    }
    int r = buffer_check(&plain);
    if (r == 0)
        r = pauses_key(service, key);
    if (r == 0)
        r = aead_seal((struct bytes){.at = key, .len = sizeof(key)},
                      bytes_of_text(text_of("ward-agent-pauses-v1")), buffer_bytes(&plain), &box);
    wipe(key, sizeof(key));
    if (r == 0)
        r = identity_write_private(service->directory, "pauses", buffer_bytes(&box));
    return r > 0 ? FAULT(ERR_SYSTEM) : r;
}

static int pause_recall(struct service *service, const uint8_t *head, struct raw_text reason)
{
    struct account *account;
    int r = ledger_account(service->ledger, (uid_t)big_endian_get(head, 4), &account);

    if (r)
        return r < 0 ? r : 0;
    account->paused = true;
    account->paused_from_at = (int64_t)big_endian_get(head + 4, 8);
    account->paused_until_at = (int64_t)big_endian_get(head + 12, 8);
    account->reason = ledger_clean(service->ledger, LEDGER_TITLE, reason, account->reason_arena);
    return 0;
}

RESULT service_recall_pauses(struct service *service)
{
    CLEANUP(buffer_deinit) struct buffer plain = buffer_init(PAUSES_MAX);
    CLEANUP(buffer_deinit) struct buffer box = buffer_init(PAUSES_MAX + 64);
    uint8_t key[AEAD_KEY_SIZE];
    int r = identity_read_private(service->directory, "pauses", &box);

    if (r == IDENTITY_ABSENT)
        return 0;
    if (r == 0)
        r = pauses_key(service, key);
    if (r == 0)
        r = aead_open((struct bytes){.at = key, .len = sizeof(key)},
                      bytes_of_text(text_of("ward-agent-pauses-v1")), buffer_bytes(&box), &plain);
    wipe(key, sizeof(key));
    if (r)
        return r < 0 ? r : FAULT(ERR_CORRUPT);
    for (size_t at = 0; plain.len - at >= PAUSE_HEAD;) {
        size_t len = (size_t)big_endian_get(plain.at + at + 20, 2);

        if (plain.len - at - PAUSE_HEAD < len)
            return FAULT(ERR_CORRUPT);
        r = pause_recall(service, plain.at + at,
                         (struct raw_text){.at = (char *)plain.at + at + PAUSE_HEAD, .len = len});
        if (r)
            return r;
        at += PAUSE_HEAD + len;
    }
    return 0;
}

RESULT service_pause(struct service *service, struct account *account, uint32_t minutes,
                     struct raw_text reason)
{
    int64_t now_at = clock_now_ms();

    if (!account->paused) {
        account->paused_from_at = now_at;
        arena_reset(account->reason_arena);
        account->reason =
            ledger_clean(service->ledger, LEDGER_TITLE, reason, account->reason_arena);
    }
    account->paused = true;
    account->paused_until_at = now_at + (int64_t)minutes * MS_PER_MINUTE;
    int r = pauses_store(service);
    if (r) {
        account->paused = false;
        return r;
    }
    log_event(LOG_INFO, "agent.pause", LOG_U64("uid", account->uid), LOG_U64("minutes", minutes));
    hub_tell_pause(service, account);
    service->current_changed = true;
    return 0;
}

RESULT service_resume(struct service *service, struct account *account)
{
    int64_t now_at = clock_now_ms();

    if (!account->paused)
        return 0;
    int r = service_gap(service, account, account->paused_from_at,
                        now_at > account->paused_from_at ? now_at : account->paused_from_at,
                        BATCH_GAP_PAUSED, 0, account->reason);
    if (r == 0)
        r = service_flush(service); /* before it is forgotten */
    if (r)
        return r;
    account->paused = false;
    r = pauses_store(service);
    log_event(LOG_INFO, "agent.resume", LOG_U64("uid", account->uid));
    hub_tell_pause(service, account);
    return r;
}

RESULT service_end_pauses(struct service *service)
{
    struct account *account;
    int r = 0;

    for (size_t i = 0; r == 0 && (account = ledger_at(service->ledger, i)); i++) {
        if (account->paused && clock_now_ms() >= account->paused_until_at)
            r = service_resume(service, account);
    }
    return r;
}
