#include "service/enrol.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/hex.h"
#include "base/wipe.h"
#include "common/vouch.h"
#include "crypto/x509.h"
#include "net/client.h"
#include "net/server.h"
#include "net/tag.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/process.h"
#include "service/identity.h"
#include "service/package.h"
#include "wire/limits.h"

enum {
    PACKAGE_MAX = 64 * 1024,
    DER_MAX = 8192,
    ANSWER_MAX = 3 * 1024 * 1024,
    POLICY_ARENA = 4 << 20
};
enum { EXIT_REFUSED = 1, EXIT_USAGE = 2, EXIT_UNREACHABLE = 3 };

static int say(int code, const char *what, const char *remedy)
{
    (void)fprintf(stderr, "ward-agent: %s\n  %s\n", what, remedy);
    return code;
}

static const char *const new_package =
    "Ask an administrator for a new one: `ward enrol package` on the server, or Devices in the "
    "dashboard.";

static int package_outcome(int r)
{
    switch (r) {
    case 0:
        return 0;
    case PACKAGE_NEWER:
        return say(EXIT_REFUSED, "the package was made by a newer Ward than this one.",
                   "Update ward-agent on this computer, then enrol again.");
    case PACKAGE_EXPIRED:
        return say(EXIT_REFUSED, "the package has expired.", new_package);
    case PACKAGE_TAMPERED:
        return say(EXIT_REFUSED,
                   "the package has been changed: its certificate is not the one it names.",
                   "Do not use it. Tell an administrator, and ask for a new one.");
    case PACKAGE_INVALID:
        return say(EXIT_REFUSED, "this file is not a deployment package.", new_package);
    default:
        return say(EXIT_REFUSED, "the package could not be read: out of memory.", "Try again.");
    }
}

static int package_load(const char *path, struct package *ret_package)
{
    CLEANUP(buffer_deinit) struct buffer json = buffer_init(PACKAGE_MAX);
    int r = file_read(path, &json);

    if (r == FILE_ABSENT)
        return say(EXIT_USAGE, "there is no such package file.", "Check the path after --package.");
    if (r == FILE_DENIED)
        return say(EXIT_USAGE, "the package file may not be read.", "Run this as root.");
    if (r == FILE_LARGE)
        return package_outcome(PACKAGE_INVALID);
    if (r)
        return say(EXIT_REFUSED, "the package file could not be read.", "Try again.");
    return package_outcome(package_read(buffer_bytes(&json), clock_now_ms(), ret_package));
}

/* What the server is asked: token, request, and what this computer is called. */
static int question(const struct package *package, struct bytes key, struct buffer *ret_body)
{
    CLEANUP(buffer_deinit) struct buffer request = buffer_init(DER_MAX);
    char text[BASE64URL_SIZE(2048)];
    char host[256];
    int r = x509_request_new(key, &request);

    if (r == 0)
        r = process_host_name(host, sizeof(host));
    if (r == 0 && request.len > 2048)
        r = FAULT(ERR_MEMORY);
    if (r)
        return r;
    base64url_print(buffer_bytes(&request), text);
    json_t *json = json_pack("{s:s, s:s, s:s, s:s}", "token", package->token, "request", text,
                             "host_name", host, "version", WARD_VERSION);
    char *body = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    if (!body)
        return FAULT(ERR_MEMORY);
    buffer_append_string(ret_body, body);
    wipe(body, strlen(body));
    free(body);
    return buffer_check(ret_body);
}

/* The detail of a problem is written for people: it is shown as it is, without controls. */
static int refused(const struct client_response *response)
{
    json_t *json = json_loadb((const char *)response->body.at, response->body.len, 0, NULL);
    const char *detail = json_string_value(json_object_get(json, "detail"));
    char shown[512] = "The server gave no reason.";
    size_t len = 0;

    for (; detail && detail[len] && len + 1 < sizeof(shown); len++)
        shown[len] = (char)((unsigned char)detail[len] < ' ' ? ' ' : detail[len]);
    if (len)
        shown[len] = 0;
    json_decref(json);
    if (response->status == 503 || response->status == 429)
        return say(EXIT_UNREACHABLE, "the server is too busy now.", "Try again in a minute.");
    (void)fprintf(stderr, "ward-agent: the server refused this package (%u): %s\n",
                  response->status, shown);
    (void)fprintf(stderr,
                  "  A package works until it expires and only so often as it was made "
                  "for.\n  %s\n",
                  new_package);
    return EXIT_REFUSED;
}

static bool take_bytes(const json_t *json, const char *name, struct buffer *ret_bytes)
{
    const json_t *value = json_object_get(json, name);
    struct text text = {.at = json_string_value(value), .len = json_string_length(value)};
    size_t len = text.len / 4 * 3 + (text.len % 4 ? text.len % 4 - 1 : 0);
    uint8_t *bytes = text.at && len ? malloc(len) : NULL;
    bool read = bytes && base64url_parse(text, bytes, len) == 0;

    if (read)
        buffer_append(ret_bytes, bytes, len);
    free(bytes);
    return read && buffer_check(ret_bytes) == 0;
}

static bool take_enrolled(const json_t *json, struct identity *identity, struct buffer *ret_policy)
{
    const json_t *device = json_object_get(json, "device");
    struct text id = {.at = json_string_value(device), .len = json_string_length(device)};
    json_int_t epoch = json_integer_value(json_object_get(json, "epoch"));

    if (!id.at || hex_parse(id, identity->device.at, DEVICE_ID_SIZE) || epoch < 1 ||
        epoch > UINT32_MAX)
        return false;
    identity->epoch = (uint32_t)epoch;
    return take_bytes(json, "certificate", &identity->fields[IDENTITY_CERTIFICATE]) &&
           take_bytes(json, "policy_key", &identity->fields[IDENTITY_POLICY_KEY]) &&
           take_bytes(json, "policy", ret_policy) &&
           identity->fields[IDENTITY_POLICY_KEY].len == SIGN_PUBLIC_SIZE;
}

/* Everything that the server said is checked before anything is kept. */
static bool enrolled_holds(const struct identity *identity, struct bytes policy)
{
    CLEANUP(buffer_deinit) struct buffer ca = buffer_init(DER_MAX);
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct bytes certificate = identity_bytes(identity, IDENTITY_CERTIFICATE);
    struct device_id device;
    struct policy read;

    return x509_from_pem(X509_CERTIFICATE, identity_bytes(identity, IDENTITY_CA), &ca) == 0 &&
           x509_check_device(buffer_bytes(&ca), certificate, clock_now_ms(), &device) == 0 &&
           device_id_equal(device, identity->device) &&
           x509_match(certificate, identity_bytes(identity, IDENTITY_KEY)) == 0 &&
           arena_new(&arena, POLICY_ARENA) == 0 &&
           vouch_policy(policy, identity->fields[IDENTITY_POLICY_KEY].at, arena, &read) == 0;
}

static int keep(const char *directory, struct identity *identity, struct bytes policy)
{
    int r = identity_store(directory, identity);

    if (r == 0)
        r = identity_write_private(directory, "policy", policy);
    if (r == IDENTITY_DENIED)
        return say(EXIT_USAGE, "the state directory may not be written.", "Run this as root.");
    if (r)
        return say(EXIT_REFUSED, "the state directory could not be written.",
                   "Check that there is room on the disk, then ask for a new package.");
    char device[2 * DEVICE_ID_SIZE + 1];
    hex_print((struct bytes){.at = identity->device.at, .len = DEVICE_ID_SIZE}, device);
    (void)printf("Enrolled as device %s.\nStart the service: ward-agent run --state %s\n", device,
                 directory);
    return EXIT_SUCCESS;
}

static int take_answer(const struct client_response *response, const char *directory,
                       struct identity *identity)
{
    CLEANUP(buffer_deinit) struct buffer policy = buffer_init(WIRE_POLICY_MAX);
    json_t *json = NULL;

    if (response->status / 100 != 2)
        return refused(response);
    json = json_loadb((const char *)response->body.at, response->body.len, JSON_REJECT_DUPLICATES,
                      NULL);
    bool taken = take_enrolled(json, identity, &policy);
    json_decref(json);
    if (!taken || !enrolled_holds(identity, buffer_bytes(&policy)))
        return say(EXIT_REFUSED, "the server's answer does not hold: nothing was kept.",
                   "Check that this computer's clock is right. If it is, tell an administrator.");
    return keep(directory, identity, buffer_bytes(&policy));
}

static int ask(const struct package *package, const char *directory, struct identity *identity)
{
    CLEANUP(client_free) struct client *client = NULL;
    CLEANUP(buffer_deinit) struct buffer body = buffer_init(16 * 1024);
    struct client_config config = {
        .address = package->server,
        .port = package->enrol_port,
        .name = HTTP_AGENT_NAME,
        .ca = text_of_bytes(buffer_bytes(&package->ca)),
        .connect_ms = 10000,
        .total_ms = 30000,
        .response_max = ANSWER_MAX,
    };
    struct client_response response;
    struct hash tag;
    char tag_text[2 * HASH_SIZE + 1];
    int r = question(package, identity_bytes(identity, IDENTITY_KEY), &body);
    struct tag_request request = {.method = text_of("POST"),
                                  .path = text_of("/api/v1/enrol"),
                                  .device = {.at = ""},
                                  .body = buffer_bytes(&body)};

    if (r == 0)
        r = tag_make(identity_bytes(identity, IDENTITY_INSTANCE_KEY), &request, &tag);
    if (r == 0)
        r = client_new(&client, &config);
    if (r)
        return say(EXIT_REFUSED, "the request could not be made.", "Try again.");
    hex_print((struct bytes){.at = tag.at, .len = HASH_SIZE}, tag_text);
    struct client_header headers[] = {{.name = "Ward-Device", .value = {.at = ""}},
                                      {.name = "Ward-Epoch", .value = text_of("0")},
                                      {.name = "Ward-Sequence", .value = text_of("0")},
                                      {.name = "Ward-Tag", .value = text_of(tag_text)}};
    r = client_request(client, "POST", "/api/v1/enrol", headers, 4, "application/json",
                       buffer_bytes(&body), &response);
    if (r == CLIENT_UNTRUSTED)
        return say(EXIT_REFUSED,
                   "what answers at that address is not the server that made the package.",
                   "Check the network for a proxy that opens TLS, and this computer's clock.");
    if (r)
        return say(EXIT_UNREACHABLE, "the server cannot be reached.",
                   "Check that it runs and that its address and port can be reached from here.");
    return take_answer(&response, directory, identity);
}

int enrol_run(const char *package_path, const char *directory)
{
    CLEANUP(package_deinit) struct package package = {0};
    CLEANUP(identity_deinit) struct identity identity;

    identity_init(&identity);
    int code = package_load(package_path, &package);
    if (code)
        return code;
    identity.agent_port = package.agent_port;
    identity.enrolled_at = clock_now_ms();
    buffer_append_string(&identity.fields[IDENTITY_SERVER], package.server);
    buffer_append(&identity.fields[IDENTITY_CA], package.ca.at, package.ca.len);
    buffer_append(&identity.fields[IDENTITY_INSTANCE_KEY], package.instance_key,
                  package.instance_key_len);
    if (x509_key_new(&identity.fields[IDENTITY_KEY]))
        return say(EXIT_REFUSED, "no key could be made.", "Try again.");
    return ask(&package, directory, &identity);
}
