/* From the spool to the server: one request at a time, over the courier. */

#include <jansson.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "base/hex.h"
#include "base/log.h"
#include "base/wipe.h"
#include "crypto/x509.h"
#include "net/server.h"
#include "net/tag.h"
#include "os/clock.h"
#include "os/secret.h"
#include "service/service.h"

enum {
    BACKOFF_MIN_MS = 1000,
    BACKOFF_MAX_MS = 300 * 1000,
    LIVE_MIN_MS = 1000,
    LIVE_MAX_MS = 30 * 1000,
    CONNECT_MS = 5000,
    TOTAL_MS = 30 * 1000,
    ANSWER_MAX = 2 * 1024 * 1024,
    REST_AFTER_MS = 3000,
    RENEW_RETRY_MS = 10 * 60 * 1000,
    PEM_MAX = 16 * 1024,
};

const char *uplink_word(enum uplink_state state)
{
    static const char *const words[UPLINK_STATES] = {
        [UPLINK_STARTING] = "starting",   [UPLINK_ONLINE] = "online", [UPLINK_OFFLINE] = "offline",
        [UPLINK_UNTRUSTED] = "untrusted", [UPLINK_BUSY] = "waiting",  [UPLINK_REFUSED] = "refused",
        [UPLINK_REVOKED] = "revoked",
    };

    return words[state];
}

static void enter(struct uplink *uplink, enum uplink_state state)
{
    if (uplink->state == state)
        return;
    uplink->state = state;
    switch (state) {
    case UPLINK_ONLINE:
        log_event(LOG_INFO, "agent.uplink.online", LOG_U64("state", state));
        break;
    case UPLINK_REVOKED:
        log_event(LOG_ERROR, "agent.uplink.revoked", LOG_U64("state", state));
        break;
    case UPLINK_STARTING:
    case UPLINK_OFFLINE:
    case UPLINK_UNTRUSTED:
    case UPLINK_BUSY:
    case UPLINK_REFUSED:
    case UPLINK_STATES:
    default:
        log_event(LOG_WARN, "agent.uplink.waiting", LOG_U64("state", state));
        break;
    }
}

static int pem_of(enum x509_kind kind, struct bytes der, struct buffer *ret_pem)
{
    int r = x509_pem(kind, der, ret_pem);

    return r > 0 ? FAULT(ERR_CORRUPT) : r;
}

/* A courier with the identity of now. */
static int connect_anew(struct service *service)
{
    CLEANUP(buffer_deinit) struct buffer certificate = buffer_init(PEM_MAX);
    CLEANUP(buffer_deinit) struct buffer key = buffer_init(PEM_MAX);
    const struct identity *identity = &service->identity;
    struct uplink *uplink = &service->uplink;
    char server[256];
    int64_t from_at = 0;
    int r = pem_of(X509_CERTIFICATE, identity_bytes(identity, IDENTITY_CERTIFICATE), &certificate);

    if (r == 0)
        r = pem_of(X509_KEY, identity_bytes(identity, IDENTITY_KEY), &key);
    if (r == 0)
        r = x509_validity(identity_bytes(identity, IDENTITY_CERTIFICATE), &from_at,
                          &uplink->valid_until_at);
    if (r)
        return r < 0 ? r : FAULT(ERR_CORRUPT);
    uplink->renew_at = from_at + (uplink->valid_until_at - from_at) / 3 * 2;
    struct bytes name = identity_bytes(identity, IDENTITY_SERVER);
    (void)snprintf(server, sizeof(server), "%.*s", (int)name.len, (const char *)name.at);
    struct client_config config = {
        .address = server,
        .port = identity->agent_port,
        .name = HTTP_AGENT_NAME,
        .ca = text_of_bytes(identity_bytes(identity, IDENTITY_CA)),
        .certificate = text_of_bytes(buffer_bytes(&certificate)),
        .key = text_of_bytes(buffer_bytes(&key)),
        .connect_ms = CONNECT_MS,
        .total_ms = TOTAL_MS,
        .response_max = ANSWER_MAX,
    };
    uplink->courier = courier_free(uplink->courier);
    return courier_new(&uplink->courier, &config);
}

RESULT uplink_begin(struct service *service)
{
    service->uplink.new_key = buffer_init(4096);
    service->uplink.live_wanted = true;
    return connect_anew(service);
}

void uplink_end(struct service *service)
{
    service->uplink.courier = courier_free(service->uplink.courier);
    buffer_deinit(&service->uplink.new_key);
}

/* ---- asking ---- */

static int post(struct service *service, enum errand errand, const char *method, const char *path,
                const char *type, uint64_t sequence, struct buffer *body)
{
    struct uplink *uplink = &service->uplink;
    const struct identity *identity = &service->identity;
    struct letter letter = {.method = method, .path = path, .type = type};
    struct hash tag;

    hex_print((struct bytes){.at = identity->device.at, .len = DEVICE_ID_SIZE}, letter.device);
    struct tag_request request = {
        .method = text_of(method),
        .path = text_of(path),
        .device = text_of(letter.device),
        .epoch = identity->epoch,
        .sequence = sequence,
        .body = buffer_bytes(body),
    };
    int r = tag_make(identity_bytes(identity, IDENTITY_INSTANCE_KEY), &request, &tag);
    if (r)
        return r > 0 ? FAULT(ERR_CRYPTO) : r;
    hex_print((struct bytes){.at = tag.at, .len = sizeof(tag.at)}, letter.tag);
    (void)snprintf(letter.epoch, sizeof(letter.epoch), "%u", identity->epoch);
    (void)snprintf(letter.sequence, sizeof(letter.sequence), "%llu", (unsigned long long)sequence);
    letter.body = *body;
    *body = buffer_init(0);
    courier_send(uplink->courier, &letter);
    uplink->errand = errand;
    uplink->used = clock_boot_ms();
    uplink->rested = false;
    return 0;
}

/* Requests that are no batches count in milliseconds, and never twice the same. */
static uint64_t next_sequence(struct uplink *uplink)
{
    uint64_t now = (uint64_t)clock_now_ms();

    uplink->last_sequence = now > uplink->last_sequence ? now : uplink->last_sequence + 1;
    return uplink->last_sequence;
}

static int ask_batch(struct service *service)
{
    CLEANUP(buffer_deinit) struct buffer body = buffer_init(WIRE_BODY_MAX);
    int r = spool_peek(service->spool, &body, &service->uplink.batch);

    if (r)
        return r == SPOOL_EMPTY ? 0 : r;
    return post(service, ERRAND_BATCH, "POST", "/agent/v1/batches", "application/x-ward-batch",
                service->uplink.batch, &body);
}

static int ask_live(struct service *service, int64_t boot_at)
{
    CLEANUP(buffer_deinit) struct buffer body = buffer_init(WIRE_BODY_MAX);
    struct live_span spans[LEDGER_ACCOUNTS_MAX];
    size_t count = hub_current(service, spans, LEDGER_ACCOUNTS_MAX);
    int64_t now_at = clock_now_ms();
    const struct live_head head = {
        .waiting = spool_waiting(service->spool),
        .policy = service->clean_policy,
        .sent_at = now_at,
        .offset_minutes = clock_offset_minutes(now_at),
        .version = text_of(WARD_VERSION),
        .canaries = canaries_live(service),
    };
    int r = live_encode(&head, spans, count, &body);

    if (r)
        return r > 0 ? FAULT(ERR_MEMORY) : r;
    service->current_changed = false;
    service->uplink.live_wanted = false;
    service->uplink.live_at = boot_at;
    return post(service, ERRAND_LIVE, "POST", "/agent/v1/live", "application/x-ward-live",
                next_sequence(&service->uplink), &body);
}

static int ask_policy(struct service *service)
{
    struct buffer body = buffer_init(0);

    service->uplink.policy_wanted = false;
    return post(service, ERRAND_POLICY, "GET", "/agent/v1/policy", NULL,
                next_sequence(&service->uplink), &body);
}

/* A new key for a new certificate; kept aside until the certificate is here. */
static int ask_renewal(struct service *service, int64_t boot_at)
{
    CLEANUP(buffer_deinit) struct buffer request = buffer_init(4096);
    CLEANUP(buffer_deinit) struct buffer body = buffer_init(8192);
    struct uplink *uplink = &service->uplink;
    char text[BASE64URL_SIZE(2048)];

    uplink->renew_retry = boot_at + RENEW_RETRY_MS;
    buffer_clear(&uplink->new_key);
    int r = x509_key_new(&uplink->new_key);
    if (r == 0)
        r = x509_request_new(buffer_bytes(&uplink->new_key), &request);
    if (r == 0 && request.len > 2048)
        r = FAULT(ERR_MEMORY);
    if (r)
        return r > 0 ? FAULT(ERR_CRYPTO) : r;
    base64url_print(buffer_bytes(&request), text);
    buffer_print(&body, "{\"request\":\"%s\"}", text);
    r = buffer_check(&body);
    if (r)
        return r;
    return post(service, ERRAND_RENEW, "POST", "/agent/v1/renew", "application/json",
                next_sequence(uplink), &body);
}

/* A receipt goes when everything that it speaks of has gone before it. */
static bool receipt_due(const struct service *service)
{
    return spool_waiting(service->spool) == 0 && ledger_empty(service->ledger) &&
           receipts_wake_at(service->receipts, clock_now_ms()) <= clock_now_ms();
}

static int ask_receipt(struct service *service)
{
    CLEANUP(buffer_deinit) struct buffer body = buffer_init(RECEIPT_MAX);
    int r = receipts_next(service->receipts, clock_now_ms(), &body);

    if (r)
        return r == RECEIPTS_NONE ? 0 : r;
    return post(service, ERRAND_RECEIPT, "POST", "/agent/v1/receipts", "application/x-ward-receipt",
                next_sequence(&service->uplink), &body);
}

/* ---- answers ---- */

static void back_off(struct uplink *uplink, int64_t boot_at, int64_t at_least_ms)
{
    uint32_t random = 0;

    if (secret_random(&random, sizeof(random)))
        random = (uint32_t)boot_at;
    uplink->backoff_ms = uplink->backoff_ms ? uplink->backoff_ms * 2 : BACKOFF_MIN_MS;
    if (uplink->backoff_ms > BACKOFF_MAX_MS)
        uplink->backoff_ms = BACKOFF_MAX_MS;
    /* between one half and three halves, so that agents do not come back all at once */
    int64_t wait = uplink->backoff_ms / 2 + random % (uint32_t)uplink->backoff_ms;
    uplink->wait_until = boot_at + (wait > at_least_ms ? wait : at_least_ms + random % 1000);
    uplink->live_wanted = true;
}

/* Problems name themselves: "/problems/revoked". */
static bool problem_is(const struct answer *answer, const char *word)
{
    char text[64];
    int len = snprintf(text, sizeof(text), "/problems/%s\"", word);

    return answer->body.len > 0 && len > 0 &&
           memmem(answer->body.at, answer->body.len, text, (size_t)len) != NULL;
}

/* The server will never take this batch: it is skipped and told, so that the others go on. */
static int quarantine(struct service *service, unsigned status)
{
    struct uplink *uplink = &service->uplink;
    int64_t at = spool_oldest_at(service->spool);

    log_event(LOG_ERROR, "agent.batch.quarantined", LOG_U64("sequence", uplink->batch),
              LOG_U64("status", status));
    uplink->quarantined++;
    int r = spool_done(service->spool, uplink->batch);
    if (r)
        return r;
    return service_gap(service, NULL, at, at, BATCH_GAP_SPOOL_CORRUPT, 0, NULL);
}

static int take_certificate(struct service *service, struct bytes der, int64_t now_at)
{
    struct identity *identity = &service->identity;
    struct uplink *uplink = &service->uplink;
    CLEANUP(buffer_deinit) struct buffer ca = buffer_init(PEM_MAX);
    struct device_id device = {0};
    int r = x509_from_pem(X509_CERTIFICATE, identity_bytes(identity, IDENTITY_CA), &ca);

    if (r == 0)
        r = x509_check_device(buffer_bytes(&ca), der, now_at, &device);
    if (r == 0)
        r = x509_match(der, buffer_bytes(&uplink->new_key));
    if (r == 0 && !device_id_equal(device, identity->device))
        r = X509_FOREIGN;
    if (r > 0) {
        log_event(LOG_ERROR, "agent.renewal.refused", LOG_I64("result", r));
        return 0;
    }
    if (r)
        return r;
    buffer_clear(&identity->fields[IDENTITY_CERTIFICATE]);
    buffer_append(&identity->fields[IDENTITY_CERTIFICATE], der.at, der.len);
    buffer_clear(&identity->fields[IDENTITY_KEY]);
    buffer_append(&identity->fields[IDENTITY_KEY], uplink->new_key.at, uplink->new_key.len);
    buffer_clear(&uplink->new_key);
    r = identity_store(service->directory, identity);
    if (r)
        return r > 0 ? FAULT(ERR_SYSTEM) : r;
    log_event(LOG_INFO, "agent.renewal", LOG_U64("epoch", identity->epoch));
    return connect_anew(service);
}

static int take_renewal(struct service *service, const struct answer *answer)
{
    json_t *json =
        json_loadb((const char *)answer->body.at, answer->body.len, JSON_REJECT_DUPLICATES, NULL);
    const json_t *value = json_object_get(json, "certificate");
    struct text text = {.at = json_string_value(value), .len = json_string_length(value)};
    uint8_t der[4096];
    size_t len = text.len * 3 / 4;
    bool read = text.at && len > 0 && len <= sizeof(der) && base64url_parse(text, der, len) == 0;

    json_decref(json);
    if (!read) {
        log_event(LOG_ERROR, "agent.renewal.unreadable", LOG_U64("len", answer->body.len));
        return 0;
    }
    return take_certificate(service, (struct bytes){.at = der, .len = len}, clock_now_ms());
}

static int take_policy(struct service *service, const struct answer *answer)
{
    int r = service_policy(service, buffer_bytes(&answer->body), false);

    if (r > 0)
        log_event(LOG_ERROR, "agent.policy.refused", LOG_I64("result", r));
    return r < 0 ? r : 0;
}

static int take_success(struct service *service, enum errand errand, const struct answer *answer)
{
    struct uplink *uplink = &service->uplink;

    enter(uplink, UPLINK_ONLINE);
    uplink->backoff_ms = 0;
    uplink->wait_until = 0;
    uplink->last_answer_at = clock_now_ms();
    if (answer->policy > service->policy.version && errand != ERRAND_POLICY)
        uplink->policy_wanted = true;
    switch (errand) {
    case ERRAND_BATCH:
        return spool_done(service->spool, uplink->batch);
    case ERRAND_POLICY:
        return take_policy(service, answer);
    case ERRAND_RENEW:
        return take_renewal(service, answer);
    case ERRAND_RECEIPT:
        receipts_done(service->receipts, clock_now_ms());
        return 0;
    case ERRAND_NONE:
    case ERRAND_LIVE:
    default:
        return 0;
    }
}

static int take_refusal(struct service *service, enum errand errand, const struct answer *answer,
                        int64_t boot_at)
{
    struct uplink *uplink = &service->uplink;
    unsigned status = answer->status;

    if (status == 403 && problem_is(answer, "revoked")) {
        enter(uplink, UPLINK_REVOKED);
        return 0;
    }
    bool batch_is_bad =
        status == 413 || status == 422 ||
        (status == 400 && !problem_is(answer, "headers")); /* not this one's fault */
    if (errand == ERRAND_BATCH && batch_is_bad) {
        enter(uplink, UPLINK_ONLINE);
        uplink->backoff_ms = 0;
        return quarantine(service, status);
    }
    /* It would be refused again; an older server does not know receipts (404). */
    if (errand == ERRAND_RECEIPT && (batch_is_bad || status == 404)) {
        log_event(LOG_ERROR, "agent.receipt.refused", LOG_U64("status", status));
        receipts_done(service->receipts, clock_now_ms());
        return 0;
    }
    if (errand == ERRAND_RECEIPT)
        receipts_failed(service->receipts);
    bool busy = status == 503 || status == 429;
    if (!busy)
        log_event(LOG_WARN, "agent.uplink.refused", LOG_U64("status", status),
                  LOG_U64("errand", errand));
    enter(uplink, busy ? UPLINK_BUSY : UPLINK_REFUSED);
    back_off(uplink, boot_at, busy ? answer->retry_after_ms : 0);
    return 0;
}

static int take_answer(struct service *service, int64_t boot_at)
{
    struct uplink *uplink = &service->uplink;
    const struct answer *answer;
    enum errand errand = uplink->errand;

    if (!courier_take(uplink->courier, &answer))
        return 0;
    uplink->errand = ERRAND_NONE;
    rules_hear(service, answer);
    if (errand == ERRAND_RECEIPT && answer->result)
        receipts_failed(service->receipts);
    if (answer->receipt_wanted && !receipts_asked(service->receipts)) {
        receipts_ask(service->receipts);
        service_touch(service, boot_at);
    }
    if (answer->result) {
        enter(uplink, answer->result == CLIENT_UNTRUSTED ? UPLINK_UNTRUSTED : UPLINK_OFFLINE);
        back_off(uplink, boot_at, 0);
        return 0;
    }
    if (answer->status / 100 == 2)
        return take_success(service, errand, answer);
    return take_refusal(service, errand, answer, boot_at);
}

static bool live_due(const struct service *service, int64_t boot_at)
{
    const struct uplink *uplink = &service->uplink;
    int64_t since = boot_at - uplink->live_at;

    return uplink->live_at == 0 || since >= LIVE_MAX_MS ||
           ((service->current_changed || uplink->live_wanted) && since >= LIVE_MIN_MS);
}

static bool renewal_due(const struct uplink *uplink, int64_t boot_at)
{
    return clock_now_ms() >= uplink->renew_at && boot_at >= uplink->renew_retry;
}

/* Between bursts the connection's memory is given back. */
static void rest(struct uplink *uplink, int64_t boot_at)
{
    if (uplink->rested || boot_at - uplink->used < REST_AFTER_MS)
        return;
    uplink->rested = true;
    (void)malloc_trim(0);
}

/* Nothing goes while our own redaction does not work; what waits, waits. */
static bool batch_due(const struct service *service)
{
    return spool_waiting(service->spool) > 0 && canary_lets_pass(&service->canaries);
}

RESULT uplink_step(struct service *service, int64_t boot_at)
{
    struct uplink *uplink = &service->uplink;
    int r = uplink->errand ? take_answer(service, boot_at) : 0;

    if (r || uplink->errand || uplink->state == UPLINK_REVOKED || boot_at < uplink->wait_until)
        return r;
    if (uplink->policy_wanted)
        return ask_policy(service);
    if (renewal_due(uplink, boot_at))
        return ask_renewal(service, boot_at);
    if (live_due(service, boot_at))
        return ask_live(service, boot_at);
    if (batch_due(service))
        return ask_batch(service);
    if (receipt_due(service))
        return ask_receipt(service);
    rest(uplink, boot_at);
    return 0;
}

int64_t uplink_wake_at(const struct service *service, int64_t boot_at)
{
    const struct uplink *uplink = &service->uplink;

    if (uplink->errand || uplink->state == UPLINK_REVOKED)
        return INT64_MAX;
    if (boot_at < uplink->wait_until)
        return uplink->wait_until;
    if (batch_due(service) || uplink->policy_wanted || receipt_due(service))
        return boot_at;
    int64_t wake_at = uplink->live_at + LIVE_MAX_MS;
    if (service->current_changed || uplink->live_wanted)
        wake_at = uplink->live_at + LIVE_MIN_MS;
    if (!uplink->rested && uplink->used + REST_AFTER_MS < wake_at)
        wake_at = uplink->used + REST_AFTER_MS;
    return wake_at;
}
