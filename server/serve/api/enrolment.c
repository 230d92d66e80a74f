/* Deployment packages, and the enrolment of devices by them. */

#include <stdio.h>

#include "base/hex.h"
#include "base/moment.h"
#include "base/wipe.h"
#include "crypto/x509.h"
#include "os/secret.h"
#include "routes.h"
#include "server/serve/api/call.h"
#include "server/serve/serve.h"

#define PACKAGE_MS (72 * MS_PER_HOUR)
#define PACKAGE_VERSION 1
#define DER_MAX ((size_t)8192)
#define FIRST_EPOCH 1

/* ---- packages ---- */

static void write_package(struct json_out *out, const char *name,
                          const struct records_package *package)
{
    json_out_object(out, name);
    json_out_integer(out, "number", (int64_t)package->number);
    json_out_text(out, "note", package->note);
    json_out_integer(out, "uses", package->uses);
    json_out_integer(out, "uses_left", package->uses_left);
    json_out_moment(out, "created_at", package->created_at);
    json_out_moment(out, "expires_at", package->expires_at);
    json_out_text(out, "created_by", package->created_by);
    json_out_object_end(out);
}

struct listing {
    struct arena *arena;
    struct records_package *packages;
    size_t count;
};

static int list(struct records_tx *tx, void *context)
{
    struct listing *listing = context;

    return records_package_list(tx, listing->arena, &listing->packages, &listing->count);
}

int api_list_packages(struct api_call *call)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    struct listing listing = {.arena = call->arena};
    int r = records_read(call->serve->records, list, &listing);

    if (r)
        return r;
    json_out_object(&out, NULL);
    json_out_array(&out, "packages");
    for (size_t i = 0; i < listing.count; i++)
        write_package(&out, NULL, &listing.packages[i]);
    json_out_array_end(&out);
    json_out_object_end(&out);
    return api_reply(call, 200, &out);
}

struct making {
    struct api_call *call;
    struct records_package package;
};

static int make(struct records_tx *tx, void *context)
{
    struct making *making = context;
    struct arena *arena = making->call->arena;
    struct api_entry entry = {.action = "package.make"};
    int r = records_package_add(tx, &making->package, &making->package.number);

    if (r)
        return r;
    entry.target = arena_print(arena, "package:%llu", (unsigned long long)making->package.number);
    entry.detail = arena_print(arena, "{\"uses\":%u}", making->package.uses);
    return api_audit(tx, making->call, &entry);
}

/* Where agents reach Ward: as told, or where this request came to. */
static struct text server_name(struct api_call *call)
{
    struct text server = api_body_text(call, "server");
    struct text host = http_header(call->request, "Host");
    uid_t uid;

    if (server.len)
        return server;
    if (http_local_uid(call->request, &uid) || !host.len)
        return text_of(strcmp(call->serve->handover.agents_address, "0.0.0.0") == 0
                           ? "localhost"
                           : call->serve->handover.agents_address);
    if (host.at[0] == '[') {
        const char *end = memchr(host.at, ']', host.len);

        return end ? (struct text){host.at + 1, (size_t)(end - host.at) - 1} : host;
    }
    for (size_t i = host.len; i > 0; i--)
        if (host.at[i - 1] == ':')
            return (struct text){host.at, i - 1};
    return host;
}

static void write_file(struct api_call *call, struct json_out *out, const char *token,
                       int64_t expires_at)
{
    struct serve *serve = call->serve;

    json_out_object(out, "file");
    json_out_integer(out, "version", PACKAGE_VERSION);
    json_out_text(out, "server", server_name(call));
    json_out_integer(out, "agent_port", http_server_port(serve->agents));
    json_out_integer(out, "enrol_port", http_server_port(serve->people));
    json_out_text(out, "ca", text_of_bytes(buffer_bytes(&serve->identity.own_ca)));
    json_out_hex(out, "ca_fingerprint",
                 (struct bytes){serve->identity.own_fingerprint.at, HASH_SIZE});
    json_out_base64url(out, "instance_key", secret_bytes(serve->instance_key));
    json_out_string(out, "token", token);
    json_out_moment(out, "expires_at", expires_at);
    json_out_object_end(out);
}

int api_make_package(struct api_call *call)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(64 * 1024);
    struct making making = {.call = call,
                            .package = {.note = api_body_text(call, "note"),
                                        .uses = (uint32_t)api_body_integer(call, "uses"),
                                        .created_at = call->now,
                                        .expires_at = call->now + PACKAGE_MS,
                                        .created_by = api_by(call)}};
    char token[ACCESS_TOKEN_SIZE];
    char file_name[64];
    int r = access_token_new(token, &making.package.token_hash);

    making.package.uses_left = making.package.uses;
    if (!r)
        r = records_act(call->serve->records, make, &making);
    if (r)
        return r;
    snprintf(file_name, sizeof file_name, "ward-package-%llu.json",
             (unsigned long long)making.package.number);
    json_out_object(&out, NULL);
    write_package(&out, "package", &making.package);
    json_out_string(&out, "file_name", file_name);
    write_file(call, &out, token, making.package.expires_at);
    json_out_object_end(&out);
    wipe(token, sizeof token);
    events_audit(call->serve->events);
    return api_reply(call, 201, &out);
}

/* ---- enrolment ---- */

struct enrolling {
    struct api_call *call;
    struct hash token;
    struct records_package package;
    struct records_device device;
};

static int find_package(struct records_tx *tx, void *context)
{
    struct enrolling *enrolling = context;

    return records_package_find(tx, &enrolling->token, enrolling->call->arena, &enrolling->package);
}

static int refuse(struct api_call *call, const char *reason, const char *word, const char *title,
                  const char *detail)
{
    struct api_entry entry = {.action = "device.enrol_failed",
                              .outcome = AUDIT_DENIED,
                              .detail = arena_print(call->arena, "{\"reason\":\"%s\"}", reason)};
    int r = api_audit_alone(call, &entry);

    return r ? r : api_problem(call, 403, word, title, detail);
}

static int refuse_unknown(struct api_call *call)
{
    return refuse(call, "unknown", "package-unknown", "The package is not of this server",
                  "Make a new deployment package (ward enrol package) and use that.");
}

static int refuse_used(struct api_call *call)
{
    return refuse(call, "used", "package-used", "The package was used as often as it may be",
                  "Make a new deployment package with more uses.");
}

/* *ret_fits false: answered. */
static int judge_package(struct enrolling *enrolling, bool *ret_fits)
{
    struct api_call *call = enrolling->call;
    int r = access_token_hash(api_body_text(call, "token"), &enrolling->token);

    *ret_fits = false;
    if (!r)
        r = records_read(call->serve->records, find_package, enrolling);
    if (r)
        return r < 0 ? r : refuse_unknown(call);
    if (call->now >= enrolling->package.expires_at)
        return refuse(call, "expired", "package-expired", "The package has expired",
                      "Packages hold for 72 hours: make a new one.");
    if (enrolling->package.uses_left == 0)
        return refuse_used(call);
    *ret_fits = true;
    return 0;
}

/* Outcome: SIGNER_REFUSED. */
static int issue(struct enrolling *enrolling, struct buffer *certificate)
{
    struct api_call *call = enrolling->call;
    struct records_device *device = &enrolling->device;
    struct signer_message message = {.kind = SIGNER_ISSUE_DEVICE};
    int64_t from_at;
    int r = secret_random(device->id.at, DEVICE_ID_SIZE);

    if (!r)
        r = api_body_bytes(call, "request", &message.request);
    if (r)
        return r < 0 ? r : SIGNER_REFUSED;
    message.device = device->id;
    r = signer_client_ask(call->serve->signer, &message, certificate);
    if (!r)
        r = x509_fingerprint(buffer_bytes(certificate), &device->certificate);
    if (!r)
        r = x509_validity(buffer_bytes(certificate), &from_at, &device->certificate_to_at);
    return r;
}

static int write_device(struct records_tx *tx, void *context)
{
    struct enrolling *enrolling = context;
    struct api_call *call = enrolling->call;
    char id[2 * DEVICE_ID_SIZE + 1];
    struct api_entry entry = {.action = "device.enrol"};
    int r = records_package_use(tx, enrolling->package.number);

    if (!r)
        r = records_device_add(tx, &enrolling->device);
    if (r)
        return r;
    hex_print((struct bytes){enrolling->device.id.at, DEVICE_ID_SIZE}, id);
    entry.target = arena_print(call->arena, "device:%s", id);
    entry.detail = arena_print(call->arena, "{\"package\":%llu}",
                               (unsigned long long)enrolling->package.number);
    return api_audit(tx, call, &entry);
}

static int reply(struct enrolling *enrolling, struct bytes certificate)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(4 * 1024 * 1024);
    struct api_call *call = enrolling->call;
    struct bytes envelope;
    int r = policies_envelope(call->serve->policies, call->arena, &envelope);

    if (r)
        return r;
    json_out_object(&out, NULL);
    json_out_hex(&out, "device", (struct bytes){enrolling->device.id.at, DEVICE_ID_SIZE});
    json_out_integer(&out, "epoch", enrolling->device.epoch);
    json_out_base64url(&out, "certificate", certificate);
    json_out_base64url(
        &out, "policy_key",
        (struct bytes){signer_client_keys(call->serve->signer)->policy, SIGN_PUBLIC_SIZE});
    json_out_base64url(&out, "policy", envelope);
    json_out_moment(&out, "server_at", call->now);
    json_out_object_end(&out);
    events_devices(call->serve->events);
    events_audit(call->serve->events);
    return api_reply(call, 201, &out);
}

int api_enrol(struct api_call *call)
{
    CLEANUP(buffer_deinit) struct buffer certificate = buffer_init(DER_MAX);
    struct enrolling enrolling = {.call = call,
                                  .device = {.host_name = api_body_text(call, "host_name"),
                                             .version = api_body_text(call, "version"),
                                             .epoch = FIRST_EPOCH,
                                             .enrolled_at = call->now}};
    bool fits;
    int r = judge_package(&enrolling, &fits);

    if (r || !fits)
        return r;
    r = issue(&enrolling, &certificate);
    if (r)
        return r < 0 ? r : api_problem_field(call, "/request", "a PKCS#10 request, DER, base64url");
    r = records_act(call->serve->records, write_device, &enrolling);
    if (r)
        return r < 0 ? r : refuse_used(call);
    return reply(&enrolling, buffer_bytes(&certificate));
}
