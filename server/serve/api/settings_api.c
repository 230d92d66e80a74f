/* Settings: replaced as a whole. */

#include <stdio.h>

#include "crypto/webauthn.h"
#include "routes.h"
#include "server/serve/api/call.h"
#include "server/serve/serve.h"

static int reply(struct api_call *call, const struct settings *settings)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(64 * 1024);

    json_out_object(&out, NULL);
    json_out_string(&out, "organisation", settings->organisation);
    json_out_integer(&out, "retention_days", settings->retention_days);
    json_out_integer(&out, "session_idle_minutes", settings->session_idle_minutes);
    json_out_integer(&out, "session_hours", settings->session_hours);
    json_out_integer(&out, "emergency_minutes", settings->emergency_minutes);
    json_out_integer(&out, "emergency_review_hours", settings->emergency_review_hours);
    json_out_string(&out, "server_names", settings->server_names);
    json_out_string(&out, "public_address", settings->public_address);
    json_out_object_end(&out);
    return api_reply(call, 200, &out);
}

int api_get_settings(struct api_call *call)
{
    struct settings settings;

    settings_get(call->serve->settings, &settings);
    return reply(call, &settings);
}

struct change {
    struct api_call *call;
    struct settings before;
    struct settings after;
};

static int write_change(struct records_tx *tx, void *context)
{
    struct change *change = context;
    struct api_entry entry = {.action = "settings.change"};
    int r = settings_write(tx, &change->after);

    if (r)
        return r;
    entry.detail = arena_print(
        change->call->arena,
        "{\"retention_days\":[%lld,%lld],\"session_idle_minutes\":[%lld,%lld],"
        "\"session_hours\":[%lld,%lld],\"public_address\":[\"%s\",\"%s\"],"
        "\"emergency_minutes\":[%lld,%lld],\"emergency_review_hours\":[%lld,%lld]}",
        (long long)change->before.retention_days, (long long)change->after.retention_days,
        (long long)change->before.session_idle_minutes,
        (long long)change->after.session_idle_minutes, (long long)change->before.session_hours,
        (long long)change->after.session_hours, change->before.public_address,
        change->after.public_address, (long long)change->before.emergency_minutes,
        (long long)change->after.emergency_minutes,
        (long long)change->before.emergency_review_hours,
        (long long)change->after.emergency_review_hours);
    return api_audit(tx, change->call, &entry);
}

/* Names are for a certificate: host names and addresses, comma-separated. */
static bool names_fit(struct text names)
{
    for (size_t i = 0; i < names.len; i++) {
        char at = names.at[i];
        bool plain = (at >= 'a' && at <= 'z') || (at >= 'A' && at <= 'Z') ||
                     (at >= '0' && at <= '9') || at == '.' || at == '-' || at == ':';

        /* A comma stands between two names. */
        if (!plain && !(at == ',' && i > 0 && i + 1 < names.len && names.at[i - 1] != ','))
            return false;
    }
    return true;
}

static bool copy(char *to, size_t size, struct text from)
{
    if (from.len >= size || (from.len && memchr(from.at, 0, from.len)))
        return false;
    if (from.len)
        memcpy(to, from.at, from.len);
    to[from.len] = '\0';
    return true;
}

int api_put_settings(struct api_call *call)
{
    struct change change = {.call = call};
    struct text names = api_body_text(call, "server_names");
    struct text address = api_body_text(call, "public_address");
    struct webauthn_party party;
    int r;

    settings_get(call->serve->settings, &change.before);
    change.after.retention_days = api_body_integer(call, "retention_days");
    change.after.session_idle_minutes = api_body_integer(call, "session_idle_minutes");
    change.after.session_hours = api_body_integer(call, "session_hours");
    change.after.emergency_minutes = api_body_integer(call, "emergency_minutes");
    change.after.emergency_review_hours = api_body_integer(call, "emergency_review_hours");
    if (!copy(change.after.organisation, sizeof change.after.organisation,
              api_body_text(call, "organisation")))
        return api_problem_field(call, "/organisation", "a name");
    if (!names_fit(names) ||
        !copy(change.after.server_names, sizeof change.after.server_names, names))
        return api_problem_field(call, "/server_names",
                                 "host names and addresses, separated by commas");
    if ((address.len && webauthn_party_of(address, &party)) ||
        !copy(change.after.public_address, sizeof change.after.public_address, address))
        return api_problem_field(call, "/public_address",
                                 "https://, a host name in small letters, and a port unless it is "
                                 "443: as browsers show it, and no IP address");
    r = records_act(call->serve->records, write_change, &change);
    if (r)
        return r;
    settings_hold(call->serve->settings, &change.after);
    events_audit(call->serve->events);
    return reply(call, &change.after);
}
