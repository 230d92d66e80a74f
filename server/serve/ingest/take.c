/* The agents' routes: batches, live, policy, renewal. The gate has passed: the device is known. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/moment.h"
#include "crypto/x509.h"
#include "routes.h"
#include "server/serve/alarm.h"
#include "server/serve/api/call.h"
#include "server/serve/ingest/prepare.h"
#include "server/serve/ingest/quarantine.h"
#include "server/serve/serve.h"
#include "wire/batch.h"

/* Decoding, judging and cutting of the largest batch that the wire permits. */
#define INGEST_ARENA_MAX ((size_t)96 * 1024 * 1024)
#define LIVE_ARENA_MAX ((size_t)8 * 1024 * 1024)
#define RENEW_DER_MAX ((size_t)4096)

/* What remains of a request while its batch becomes durable; in the request's arena. */
struct pending {
    struct serve *serve;
    struct http_request *request;
    struct device_id device;
    uint64_t sequence;
    uint64_t spans;
    int64_t now;
    struct account_id *accounts;
    size_t account_count;
};

static void reply_taken(const struct pending *pending)
{
    char body[48];
    int len = snprintf(body, sizeof body, "{\"sequence\":%" PRIu64 "}", pending->sequence);

    http_reply(pending->request, 200, "application/json",
               (struct bytes){.at = (const uint8_t *)body, .len = (size_t)len});
}

static void reply_refused(struct http_request *request, int result)
{
    if (result == SPANS_STALE) {
        http_reply_problem(request, 409, "epoch", "This enrolment is over",
                           "The device was enrolled again; only its newest enrolment may report.",
                           NULL, 0);
    } else if (result == ERR_BUSY || result == ERR_FULL) {
        http_reply_header(request, "Retry-After", text_of(result == ERR_BUSY ? "1" : "60"));
        http_reply_problem(request, 503, result == ERR_BUSY ? "busy" : "disk-full",
                           result == ERR_BUSY ? "Too much at once" : "The server's disk is full",
                           result == ERR_BUSY ? "Keep the batch and send it again later."
                                              : "Free space on the server's disk. Agents keep what "
                                                "they have and send it again.",
                           NULL, 0);
    } else {
        log_event(LOG_ERROR, "batch.fault", LOG_FAULT(result));
        http_reply_header(request, "Retry-After", text_of("10"));
        http_reply_problem(request, 503, "fault", "The batch could not be kept",
                           "Keep the batch and send it again later.", NULL, 0);
    }
}

/* The store's thread: the batch is durable, was there before, or is not kept. */
static void batch_done(void *context, int result)
{
    struct pending *pending = context;
    struct serve *serve = pending->serve;

    if (result != 0 && result != SPANS_REPEATED) {
        reply_refused(pending->request, result);
        return;
    }
    if (result == 0) {
        atomic_fetch_add(&serve->counts.batches, 1);
        atomic_fetch_add(&serve->counts.spans, pending->spans);
        atomic_store(&serve->counts.last_at, pending->now);
        for (size_t i = 0; i < pending->account_count; i++)
            events_account(serve->events, pending->accounts[i]);
    }
    if (devices_heard(serve->devices, pending->device, pending->now, UINT64_MAX, (struct text){0}))
        events_devices(serve->events);
    /* Last: the request, and this struct with it, may be gone after the reply. */
    reply_taken(pending);
}

static int refuse_batch(struct api_call *call, int outcome)
{
    log_event(LOG_WARN, "batch.refused", LOG_U64("large", outcome == BATCH_LARGE),
              LOG_ID("device", call->who.device.id.at, DEVICE_ID_SIZE));
    if (outcome == BATCH_LARGE)
        return api_problem(call, 413, "batch-large", "The batch is over a ceiling",
                           "Send fewer spans at once (lib/wire/limits.h).");
    return api_problem(call, 400, "batch-invalid", "This is not a batch",
                       "Update ward-agent; the batch is dropped and counted as a gap.");
}

static int ensure_accounts(struct api_call *call, const struct batch *batch,
                           struct account_known *known)
{
    for (size_t i = 0; i < batch->account_count; i++) {
        struct text name;
        int r = prepare_account_name(batch->accounts[i].name, call->arena, &name);

        if (r)
            return r < 0 ? r : BATCH_INVALID;
        r = accounts_ensure(call, name, batch->accounts[i].kind == BATCH_STATION, &known[i]);
        if (r)
            return r;
    }
    return 0;
}

/* Remembers what the answer needs, in memory that lives as long as the request. */
static struct pending *make_pending(struct api_call *call, const struct spans_batch *batch,
                                    const struct account_known *known, size_t count)
{
    struct pending *pending = arena_take(call->arena, sizeof *pending);

    if (!pending)
        return NULL;
    *pending = (struct pending){.serve = call->serve,
                                .request = call->request,
                                .device = call->who.device.id,
                                .sequence = batch->sequence,
                                .spans = batch->row_count,
                                .now = call->now,
                                .account_count = count};
    pending->accounts = arena_take_array(call->arena, count, sizeof *pending->accounts);
    for (size_t i = 0; pending->accounts && i < count; i++)
        pending->accounts[i] = known[i].account;
    return pending->accounts ? pending : NULL;
}

/* Who counted a trial is asked to sign for it, with this very answer. */
static void note_trial(struct api_call *call, const struct spans_batch *ready)
{
    struct devices *devices = call->serve->devices;

    if (!trials_note(call->serve->trials, ready, call->now) ||
        devices_receipt_wanted(devices, ready->device))
        return;
    devices_want_receipt(devices, ready->device, true);
    http_reply_header(call->request, "Ward-Receipt", text_of("1"));
}

/* The rules are those in force until the batch is in the store's queue (spills/denials.h). */
static int give(struct api_call *call, struct prepare *prepare, const struct account_known *known)
{
    struct spans_batch ready;
    struct pending *pending;
    uint64_t changed;
    int r = prepare_batch(prepare, &ready, &changed);

    if (!r)
        r = quarantine_note(call, prepare);
    if (r)
        return r;
    atomic_fetch_add(&call->serve->counts.changed_again, changed);
    pending = make_pending(call, &ready, known, prepare->batch->account_count);
    if (!pending)
        return FAULT(ERR_MEMORY);
    note_trial(call, &ready);
    http_defer(call->request);
    r = spans_commit(call->serve->spans, &ready, batch_done, pending);
    /* Sent again it would be as invalid: the agent is told to set it aside. */
    if (r == SPANS_INVALID)
        return refuse_batch(call, BATCH_INVALID);
    if (r)
        reply_refused(call->request, r);
    return 0;
}

static int commit(struct api_call *call, const struct batch *batch, struct arena *arena)
{
    struct account_known *known = arena_take_array(arena, batch->account_count, sizeof *known);
    struct settings settings;
    struct policy_redactor *redactor;
    struct prepare prepare = {.balanced = call->serve->balanced,
                              .batch = batch,
                              .accounts = known,
                              .now = call->now,
                              .enrolled_at = call->who.device.enrolled_at,
                              .arena = arena};
    int r = known ? ensure_accounts(call, batch, known) : FAULT(ERR_MEMORY);

    if (r)
        return r;
    settings_get(call->serve->settings, &settings);
    prepare.retention_ms = settings.retention_days * MS_PER_DAY;
    redactor = policies_redactor_take(call->serve->policies);
    prepare.redactor = policy_redactor_of(redactor);
    prepare.denied = denials_hold(call->serve->denials);
    r = give(call, &prepare, known);
    policies_redactor_give(call->serve->policies, redactor);
    denials_let_go(call->serve->denials);
    return r;
}

int api_take_batch(struct api_call *call)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct batch batch;
    int r = arena_new(&arena, INGEST_ARENA_MAX);

    if (r)
        return r;
    r = batch_decode(http_body(call->request), arena, &batch);
    if (r > 0)
        return refuse_batch(call, r);
    if (!r && (!device_id_equal(batch.device, call->who.device.id) ||
               batch.epoch != call->who.device.epoch || batch.sequence != call->who.sequence))
        return refuse_batch(call, BATCH_INVALID);
    if (!r)
        r = commit(call, &batch, arena);
    return r > 0 ? refuse_batch(call, r) : r;
}

/* ---- live ---- */

static int judge_text(const struct redactor *redactor, const struct denied *denied,
                      int (*judge)(const struct redactor *, struct raw_text, struct arena *,
                                   struct redaction *),
                      struct raw_text raw, struct arena *arena, const struct clean_text **ret_clean)
{
    struct redaction redaction;
    int r;

    *ret_clean = NULL;
    if (raw.len == 0)
        return 0;
    r = judge(redactor, raw, arena, &redaction);
    if (r == 0 && clean_text_view(redaction.clean).len &&
        !denied_holds(denied, clean_text_view(redaction.clean)))
        *ret_clean = redaction.clean;
    return r < 0 ? r : 0;
}

static int take_open(struct api_call *call, const struct redactor *redactor,
                     const struct denied *denied, const struct live_in_span *from,
                     struct arena *arena, struct live_open *ret_open)
{
    char word[] = "unknown";
    struct live_open open = {.device = call->who.device.id,
                             .heard_at = call->now,
                             .span = {.start_at = from->start_at,
                                      .duration_ms = from->duration_ms,
                                      .state = from->state}};
    struct text name;
    int r = prepare_account_name(from->account_name, arena, &name);

    if (r)
        return r < 0 ? r : BATCH_INVALID;
    r = accounts_ensure(call, name, from->account_kind == BATCH_STATION, &open.account);
    if (!r)
        r = judge_text(redactor, denied, redact_application, from->application, arena,
                       &open.span.application);
    if (!r && !open.span.application)
        r = judge_text(redactor, denied, redact_application,
                       (struct raw_text){.at = word, .len = sizeof word - 1}, arena,
                       &open.span.application);
    if (!r)
        r = judge_text(redactor, denied, redact_domain, from->domain, arena, &open.span.domain);
    if (!r)
        r = judge_text(redactor, denied, redact, from->title, arena, &open.span.title);
    if (!r)
        *ret_open = open;
    return r;
}

static int take_all(struct api_call *call, const struct denied *denied, const struct live *live,
                    struct arena *arena)
{
    struct live_open spans[LIVE_SPANS_MAX];
    size_t count = live->span_count < LIVE_SPANS_MAX ? live->span_count : LIVE_SPANS_MAX;
    struct policy_redactor *redactor = policies_redactor_take(call->serve->policies);
    int r = 0;

    for (size_t i = 0; i < count && !r; i++)
        r = take_open(call, policy_redactor_of(redactor), denied, &live->spans[i], arena,
                      &spans[i]);
    policies_redactor_give(call->serve->policies, redactor);
    if (r)
        return r;
    for (size_t i = 0; i < count; i++)
        events_account(call->serve->events, spans[i].account.account);
    return live_table_set(call->serve->live, call->who.device.id, call->now, spans, count);
}

/* A version is ours to show only if it looks like one. */
static struct text judge_version(struct raw_text version)
{
    for (size_t i = 0; i < version.len; i++) {
        char at = version.at[i];

        if (!((at >= '0' && at <= '9') || (at >= 'a' && at <= 'z') || at == '.' || at == '-'))
            return (struct text){0};
    }
    return (struct text){.at = version.len ? version.at : NULL, .len = version.len};
}

/* A change is written down once in a quarter of an hour, so that no device fills the log. */
static int note_canaries(struct api_call *call, struct live_canaries now)
{
    struct view_key key = {.viewer = live_canaries_stopped(&now), .subject = VIEW_CANARY_DEVICE};
    struct device_id id = call->who.device.id;
    struct live_canaries before = devices_canaries(call->serve->devices, id, now);
    struct api_entry entry = {
        .action = "redaction.canary",
        .outcome = live_canaries_stopped(&now) ? AUDIT_FAILED : AUDIT_OK,
        .detail = arena_print(call->arena, "{\"state\":\"%s\",\"run\":%u,\"passed\":%u}",
                              live_canaries_word(now.state), now.run, now.passed)};

    if (live_canaries_stopped(&before) == live_canaries_stopped(&now))
        return 0;
    events_devices(call->serve->events);
    memcpy(&key.date, id.at, sizeof key.date);
    if (views_fresh(call->serve->views, &key, call->now))
        return 0;
    int r = api_audit_alone(call, &entry);
    if (r)
        return r;
    views_written(call->serve->views, &key, call->now);
    if (live_canaries_stopped(&now))
        alarm_raise(call->serve, ALARM_CANARY, id, now.run - now.passed);
    return 0;
}

int api_take_live(struct api_call *call)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct live live;
    int r = arena_new(&arena, LIVE_ARENA_MAX);

    if (r)
        return r;
    r = live_decode(http_body(call->request), arena, &live);
    if (!r) {
        r = take_all(call, denials_hold(call->serve->denials), &live, arena);
        denials_let_go(call->serve->denials);
    }
    if (!r)
        r = note_canaries(call, live.canaries);
    if (r)
        return r > 0 ? refuse_batch(call, r) : r;
    if (devices_heard(call->serve->devices, call->who.device.id, call->now, live.waiting,
                      judge_version(live.version)))
        events_devices(call->serve->events);
    devices_judged_by(call->serve->devices, call->who.device.id, live.policy);
    return api_reply_empty(call);
}

int api_get_signed_policy(struct api_call *call)
{
    struct bytes envelope;
    int r = policies_envelope(call->serve->policies, call->arena, &envelope);

    if (!r)
        http_reply(call->request, 200, "application/x-ward-policy", envelope);
    return r;
}

/* ---- renewal ---- */

struct renewal {
    struct api_call *call;
    struct hash fingerprint;
};

static int write_renewal(struct records_tx *tx, void *context)
{
    struct renewal *renewal = context;
    struct api_entry entry = {.action = "device.renew"};
    struct records_device row;
    int r = records_device_get(tx, renewal->call->who.device.id, renewal->call->arena, &row);

    if (r)
        return r;
    row.certificate_next = renewal->fingerprint;
    r = records_device_set(tx, &row);
    return r ? r : api_audit(tx, renewal->call, &entry);
}

int api_renew(struct api_call *call)
{
    CLEANUP(buffer_deinit) struct buffer certificate = buffer_init(RENEW_DER_MAX);
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    struct signer_message message = {.kind = SIGNER_ISSUE_DEVICE, .device = call->who.device.id};
    struct renewal renewal = {.call = call};
    int r = api_body_bytes(call, "request", &message.request);

    if (!r)
        r = signer_client_ask(call->serve->signer, &message, &certificate);
    if (r > 0)
        return api_problem_field(call, "/request", "a PKCS#10 request, DER, base64url");
    if (!r)
        r = x509_fingerprint(buffer_bytes(&certificate), &renewal.fingerprint);
    if (!r)
        r = records_act(call->serve->records, write_renewal, &renewal);
    if (r)
        return r < 0 ? r : FAULT(ERR_CORRUPT);
    devices_forget(call->serve->devices, call->who.device.id);
    json_out_object(&out, NULL);
    json_out_base64url(&out, "certificate", buffer_bytes(&certificate));
    json_out_object_end(&out);
    return api_reply(call, 200, &out);
}
