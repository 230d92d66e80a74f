/* What `ward-agent status` shows, as JSON. Nothing that came from a screen is in it but names of
 * kinds, and the cleaned reason of a pause. */

#include <jansson.h>
#include <string.h>

#include "base/moment.h"
#include "os/clock.h"
#include "service/service.h"

static json_t *moment(int64_t at)
{
    char text[TIME_TEXT_SIZE];

    if (at == 0)
        return json_null();
    time_print(at, text);
    return json_string(text);
}

static json_t *policy_json(const struct policy *policy)
{
    return json_pack("{s:I, s:s, s:i, s:i, s:b, s:b, s:b, s:i}", "version",
                     (json_int_t)policy->version, "capture", policy_capture_word(policy->capture),
                     "passive_after_seconds", (int)(policy->passive_after_ms / 1000),
                     "idle_after_seconds", (int)(policy->idle_after_ms / 1000), "incognito",
                     policy->incognito, "hipaa", policy->hipaa, "pause_allowed",
                     policy->pause_allowed, "rules", (int)policy->rule_count);
}

static json_t *account_json(const struct service *service, const struct account *account)
{
    json_t *removed = json_object();
    struct text reason = clean_text_view(account->reason);
    bool today = account->day == time_day(clock_now_ms());

    for (int kind = 0; today && kind < REDACT_KINDS; kind++) {
        if (account->removed[kind])
            (void)json_object_set_new(removed, redact_kind_word((enum redact_kind)kind),
                                      json_integer((json_int_t)account->removed[kind]));
    }
    json_t *pause =
        account->paused
            ? json_pack("{s:o, s:o, s:s%}", "from", moment(account->paused_from_at), "until",
                        moment(account->paused_until_at), "reason", reason.at, reason.len)
            : json_null();
    return json_pack("{s:s, s:s, s:i, s:I, s:o, s:I, s:o}", "account", account->name, "kind",
                     account->kind == BATCH_STATION ? "station" : "person", "sensors",
                     (int)hub_sensors(service, account), "spans_today",
                     (json_int_t)(today ? account->spans : 0), "removed_today", removed,
                     "fields_dropped_today", (json_int_t)(today ? account->dropped : 0), "pause",
                     pause);
}

RESULT status_print(struct service *service, const struct account *account, bool all,
                    struct buffer *ret_json)
{
    const struct uplink *uplink = &service->uplink;
    json_t *accounts = json_array();
    const struct account *each;

    for (size_t i = 0; (each = ledger_at(service->ledger, i)); i++) {
        if (all || each == account)
            (void)json_array_append_new(accounts, account_json(service, each));
    }
    json_t *json = json_pack(
        "{s:s, s:{s:s, s:o, s:I}, s:o, s:{s:I, s:I, s:o, s:I}, s:{s:o, s:o}, s:o}", "version",
        WARD_VERSION, "connection", "state", uplink_word(uplink->state), "last_answer",
        moment(uplink->last_answer_at), "quarantined", (json_int_t)uplink->quarantined, "policy",
        policy_json(&service->policy), "waiting", "batches",
        (json_int_t)spool_waiting(service->spool), "spans",
        (json_int_t)spool_waiting_spans(service->spool), "oldest",
        moment(spool_oldest_at(service->spool)), "sensors", (json_int_t)hub_sensors(service, NULL),
        "certificate", "valid_until", moment(uplink->valid_until_at), "renewal",
        moment(uplink->renew_at), "accounts", accounts);
    if (json && (json_object_set_new(json, "rules", rules_json(service)) ||
                 json_object_set_new(json, "canaries", canaries_json(service)))) {
        json_decref(json);
        return FAULT(ERR_MEMORY);
    }
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;

    json_decref(json);
    if (!text)
        return FAULT(ERR_MEMORY);
    buffer_append(ret_json, text, strlen(text));
    free(text);
    return buffer_check(ret_json);
}
