#include "service/package.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/base64.h"
#include "base/cleanup.h"
#include "base/hex.h"
#include "base/wipe.h"
#include "crypto/x509.h"

enum { CA_MAX = 16 * 1024 };

static inline void json_free_at(json_t **json)
{
    json_decref(*json);
}

void package_deinit(struct package *package)
{
    buffer_deinit(&package->ca);
    wipe(package, sizeof(*package));
}

static bool take_text(const json_t *json, const char *name, char *ret_text, size_t size)
{
    const json_t *value = json_object_get(json, name);
    size_t len = json_string_length(value);

    if (!json_is_string(value) || len == 0 || len >= size)
        return false;
    memcpy(ret_text, json_string_value(value), len + 1);
    return true;
}

static bool take_port(const json_t *json, const char *name, uint16_t *ret_port)
{
    json_int_t value = json_integer_value(json_object_get(json, name));

    if (value < 1 || value > 65535)
        return false;
    *ret_port = (uint16_t)value;
    return true;
}

/* "2026-11-23T07:01:21Z", with or without a fraction, which is ignored. */
static bool take_moment(const json_t *json, const char *name, int64_t *ret_at)
{
    char text[40];
    struct tm parts = {0};

    if (!take_text(json, name, text, sizeof(text)))
        return false;
    const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &parts);
    if (!rest)
        return false;
    if (*rest == '.')
        rest += 1 + strspn(rest + 1, "0123456789");
    if (strcmp(rest, "Z") != 0)
        return false;
    *ret_at = (int64_t)timegm(&parts) * 1000;
    return true;
}

static bool take_instance_key(const json_t *json, struct package *package)
{
    const json_t *value = json_object_get(json, "instance_key");
    struct text text = {.at = json_string_value(value), .len = json_string_length(value)};
    size_t len = text.len * 3 / 4;

    if (!json_is_string(value) || len < 16 || len > sizeof(package->instance_key) ||
        base64url_parse(text, package->instance_key, len))
        return false;
    package->instance_key_len = len;
    return true;
}

static int check_ca(const json_t *json, struct package *package)
{
    CLEANUP(buffer_deinit) struct buffer der = buffer_init(CA_MAX);
    const json_t *ca = json_object_get(json, "ca");
    const json_t *named = json_object_get(json, "ca_fingerprint");
    struct text text = {.at = json_string_value(named), .len = json_string_length(named)};
    struct hash wanted;
    struct hash found;

    if (!json_is_string(ca) || hex_parse(text, wanted.at, sizeof(wanted.at)))
        return PACKAGE_INVALID;
    struct text pem = {.at = json_string_value(ca), .len = json_string_length(ca)};
    int r = x509_from_pem(X509_CERTIFICATE, bytes_of_text(pem), &der);
    if (r == 0)
        r = x509_fingerprint(buffer_bytes(&der), &found);
    if (r)
        return r < 0 ? r : PACKAGE_INVALID;
    if (memcmp(wanted.at, found.at, sizeof(wanted.at)) != 0)
        return PACKAGE_TAMPERED;
    buffer_append_text(&package->ca, pem);
    return buffer_check(&package->ca);
}

static int take_members(const json_t *json, int64_t now_at, struct package *package)
{
    const json_t *version = json_object_get(json, "version");

    if (!json_is_object(json) || !json_is_integer(version))
        return PACKAGE_INVALID;
    if (json_integer_value(version) != 1)
        return PACKAGE_NEWER;
    if (!take_text(json, "server", package->server, sizeof(package->server)) ||
        !take_text(json, "token", package->token, sizeof(package->token)) ||
        !take_port(json, "agent_port", &package->agent_port) ||
        !take_port(json, "enrol_port", &package->enrol_port) ||
        !take_moment(json, "expires_at", &package->expires_at) || !take_instance_key(json, package))
        return PACKAGE_INVALID;
    int r = check_ca(json, package);
    if (r)
        return r;
    return package->expires_at <= now_at ? PACKAGE_EXPIRED : 0;
}

RESULT package_read(struct bytes json, int64_t now_at, struct package *ret_package)
{
    struct package package = {.ca = buffer_init(CA_MAX)};
    CLEANUP(json_free)
    json_t *parsed = json_loadb((const char *)json.at, json.len, JSON_REJECT_DUPLICATES, NULL);
    int r = parsed ? take_members(parsed, now_at, &package) : PACKAGE_INVALID;

    if (r) {
        package_deinit(&package);
        return r;
    }
    *ret_package = package;
    return 0;
}
