/*
 * The gate of the agents' routes: certificate and tag must both be the device's, and it must not be
 * revoked. The listener has already refused, inside the handshake, whoever has no certificate of
 * ours.
 */

#include <inttypes.h>
#include <stdio.h>

#include "base/hex.h"
#include "base/log.h"
#include "crypto/x509.h"
#include "net/tag.h"
#include "server/serve/api/call.h"
#include "server/serve/serve.h"
#include "wire/evidence.h"

struct claim {
    struct device_id device;
    struct text device_text;
    uint32_t epoch;
    uint64_t sequence;
    struct text tag;
};

static bool read_number(struct text text, uint64_t max, uint64_t *ret_number)
{
    uint64_t number = 0;

    if (!text.at || text.len == 0 || text.len > 19)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
        number = number * 10 + (uint64_t)(text.at[i] - '0');
    }
    *ret_number = number;
    return number <= max;
}

static bool read_claim(struct http_request *request, struct claim *ret_claim)
{
    uint64_t epoch;

    ret_claim->device_text = http_header(request, "Ward-Device");
    ret_claim->tag = http_header(request, "Ward-Tag");
    if (!ret_claim->device_text.at || !ret_claim->tag.at ||
        hex_parse(ret_claim->device_text, ret_claim->device.at, DEVICE_ID_SIZE) ||
        !read_number(http_header(request, "Ward-Epoch"), UINT32_MAX, &epoch) ||
        !read_number(http_header(request, "Ward-Sequence"), INT64_MAX, &ret_claim->sequence))
        return false;
    ret_claim->epoch = (uint32_t)epoch;
    return true;
}

/* Says no, and writes it down where the device is known: once in a quarter of an hour. */
static int refuse(struct api_call *call, unsigned status, const char *word, const char *title,
                  const char *detail)
{
    struct view_key key = {.subject = VIEW_REFUSED_DEVICE};

    memcpy(&key.date, call->who.device.id.at, sizeof key.date);
    if (call->who.kind == WHO_DEVICE && !views_fresh(call->serve->views, &key, call->now)) {
        struct api_entry entry = {.action = "device.refused",
                                  .outcome = AUDIT_DENIED,
                                  .detail = arena_print(call->arena, "{\"reason\":\"%s\"}", word)};
        int r = api_audit_alone(call, &entry);

        if (r)
            return r;
        views_written(call->serve->views, &key, call->now);
    }
    log_event(LOG_WARN, "device.refused", LOG_U64("status", status),
              LOG_ID("device", call->who.device.id.at, DEVICE_ID_SIZE));
    return api_problem(call, status, word, title, detail);
}

struct advance {
    struct api_call *call;
    struct hash fingerprint;
    int64_t to_at;
};

/* The renewed certificate is used for the first time: from now on it is the only one. */
static int advance_certificate(struct records_tx *tx, void *context)
{
    struct advance *advance = context;
    struct records_device row;
    int r = records_device_get(tx, advance->call->who.device.id, advance->call->arena, &row);

    if (r)
        return r;
    if (memcmp(row.certificate_next.at, advance->fingerprint.at, HASH_SIZE) != 0)
        return RECORDS_STALE;
    row.certificate = advance->fingerprint;
    row.certificate_next = (struct hash){0};
    row.certificate_to_at = advance->to_at;
    return records_device_set(tx, &row);
}

static int accept_next(struct api_call *call, struct bytes certificate,
                       const struct hash *fingerprint, bool *ret_fits)
{
    struct advance advance = {.call = call, .fingerprint = *fingerprint};
    struct device_id device;
    int64_t from_at;
    int r = x509_check_device(signer_client_keys(call->serve->signer)->ca, certificate, call->now,
                              &device);

    *ret_fits = r == 0 && device_id_equal(device, call->who.device.id);
    if (r || !*ret_fits)
        return r < 0 ? r : 0;
    r = x509_validity(certificate, &from_at, &advance.to_at);
    if (!r)
        r = records_act(call->serve->records, advance_certificate, &advance);
    if (!r)
        devices_forget(call->serve->devices, device);
    return r < 0 ? r : 0;
}

static bool is_zero(const struct hash *hash)
{
    static const struct hash zero;

    return memcmp(hash->at, zero.at, HASH_SIZE) == 0;
}

/*
 * Is the certificate the one on record? The handshake has verified its chain; its fingerprint says
 * which it is, so a request costs no signature check.
 */
static int check_certificate(struct api_call *call, bool *ret_fits)
{
    const struct device_entry *entry = &call->who.device;
    struct bytes certificate = http_client_certificate(call->request);
    struct hash fingerprint;
    int r;

    *ret_fits = false;
    if (certificate.len == 0)
        return 0;
    r = hash_bytes(certificate, &fingerprint);
    if (r)
        return r;
    if (memcmp(fingerprint.at, entry->certificate.at, HASH_SIZE) == 0) {
        *ret_fits = call->now < entry->certificate_to_at;
        return 0;
    }
    if (!is_zero(&entry->certificate_next) &&
        memcmp(fingerprint.at, entry->certificate_next.at, HASH_SIZE) == 0)
        return accept_next(call, certificate, &fingerprint, ret_fits);
    return 0;
}

static int check_tag(struct api_call *call, const struct claim *claim)
{
    struct tag_request tagged = {.method = http_method(call->request),
                                 .path = http_path(call->request),
                                 .device = claim->device_text,
                                 .epoch = claim->epoch,
                                 .sequence = claim->sequence,
                                 .body = http_body(call->request)};

    return tag_check(secret_bytes(call->serve->instance_key), &tagged, claim->tag);
}

static int judge(struct api_call *call, const struct claim *claim, bool *ret_pass)
{
    bool fits;
    int r = check_certificate(call, &fits);

    if (r)
        return r;
    if (!fits)
        return refuse(call, 403, "certificate", "The certificate is not this device's",
                      "Enrol the device again with a new package.");
    if (call->who.device.revoked_at)
        return refuse(call, 403, "revoked", "This device was revoked",
                      "An administrator of Ward revoked it. Enrol it again with a new package if "
                      "it is to report.");
    r = check_tag(call, claim);
    if (r < 0)
        return r;
    if (r)
        return refuse(call, 403, "tag", "The request's tag does not fit",
                      "The device has another instance key: enrol it again with a new package.");
    if (claim->epoch != call->who.device.epoch)
        return refuse(call, 409, "epoch", "This enrolment is over",
                      "The device was enrolled again; only its newest enrolment may report.");
    *ret_pass = true;
    return 0;
}

RESULT devices_gate(struct api_call *call, bool *ret_pass)
{
    char version[24];
    char rules_hash[2 * REDACT_HASH_LEN + 1];
    const struct evidence_rules rules = evidence_rules_own();
    struct claim claim = {0};
    int r;

    *ret_pass = false;
    snprintf(version, sizeof version, "%" PRIu64, policies_version(call->serve->policies));
    http_reply_header(call->request, "Ward-Policy", text_of(version));
    hex_print((struct bytes){rules.hash, sizeof rules.hash}, rules_hash);
    http_reply_header(call->request, "Ward-Rules", text_of(rules_hash));
    if (!read_claim(call->request, &claim))
        return api_problem(call, 400, "headers", "Ward's headers are missing or malformed",
                           "Use ward-agent; see docs/formats/requests.md.");
    r = devices_get(call->serve->devices, claim.device, &call->who.device);
    if (r < 0)
        return r;
    if (r)
        return api_problem(call, 403, "device-unknown", "No such device is enrolled",
                           "Enrol it with a new package.");
    if (devices_receipt_wanted(call->serve->devices, claim.device))
        http_reply_header(call->request, "Ward-Receipt", text_of("1"));
    call->who.kind = WHO_DEVICE;
    call->who.sequence = claim.sequence;
    return judge(call, &claim, ret_pass);
}
