/* The capture policy: read, and replaced as a whole by a newer version that the signer vouches for.
 */

#include <inttypes.h>
#include <stdlib.h>

#include "routes.h"
#include "server/serve/api/call.h"
#include "server/serve/api/patterns.h"
#include "server/serve/serve.h"
#include "wire/signed.h"

#define ARENA_MAX ((size_t)8 * 1024 * 1024)
#define ENVELOPE_MAX ((size_t)WIRE_POLICY_MAX + 256)

struct version {
    struct arena *arena;
    struct records_policy row;
    struct policy policy;
};

static int read_newest(struct records_tx *tx, void *context)
{
    struct version *version = context;

    return records_policy_newest(tx, version->arena, &version->row);
}

static int decode(struct version *version)
{
    struct bytes policy;
    struct bytes signature;
    int r = signed_decode(version->row.envelope, version->arena, &policy, &signature);

    if (!r)
        r = policy_decode(policy, version->arena, &version->policy);
    return r > 0 ? FAULT(ERR_CORRUPT) : r;
}

/* The newest version, in an arena of the caller's. */
static int version_read(struct api_call *call, struct arena *arena, struct version *version)
{
    version->arena = arena;
    int r = records_read(call->serve->records, read_newest, version);

    if (!r)
        r = decode(version);
    return r > 0 ? FAULT(ERR_CORRUPT) : r;
}

RESULT policy_in_force(struct api_call *call, struct arena *arena, struct policy *ret_policy)
{
    struct version version = {0};
    int r = version_read(call, arena, &version);

    if (!r)
        *ret_policy = version.policy;
    return r;
}

static void write_rules(const struct policy *policy, struct json_out *out)
{
    json_out_array(out, "rules");
    for (size_t i = 0; i < policy->rule_count; i++) {
        json_out_object(out, NULL);
        json_out_text(out, "application", policy->rules[i].application);
        json_out_text(out, "domain", policy->rules[i].domain);
        json_out_string(out, "capture", policy_capture_word(policy->rules[i].capture));
        json_out_object_end(out);
    }
    json_out_array_end(out);
    json_out_array(out, "stations");
    for (size_t i = 0; i < policy->station_count; i++)
        json_out_text(out, NULL, policy->stations[i]);
    json_out_array_end(out);
    json_out_text(out, "patterns", policy->patterns);
    json_out_text(out, "words", policy->words);
}

static int reply(struct api_call *call, const struct version *version)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    const struct policy *policy = &version->policy;
    struct text tag = arena_print(call->arena, "\"%" PRIu64 "\"", policy->version);

    if (!tag.at)
        return FAULT(ERR_MEMORY);
    http_reply_header(call->request, "ETag", tag);
    json_out_object(&out, NULL);
    json_out_integer(&out, "version", (int64_t)policy->version);
    json_out_string(&out, "capture", policy_capture_word(policy->capture));
    json_out_integer(&out, "passive_after_seconds", policy->passive_after_ms / 1000);
    json_out_integer(&out, "idle_after_seconds", policy->idle_after_ms / 1000);
    json_out_boolean(&out, "incognito", policy->incognito);
    json_out_boolean(&out, "hipaa", policy->hipaa);
    json_out_boolean(&out, "pause_allowed", policy->pause_allowed);
    write_rules(policy, &out);
    json_out_moment(&out, "created_at", version->row.created_at);
    json_out_text(&out, "created_by", version->row.created_by);
    json_out_object_end(&out);
    return api_reply(call, 200, &out);
}

int api_get_policy(struct api_call *call)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct version version = {0};
    int r = arena_new(&arena, ARENA_MAX);

    if (!r)
        r = version_read(call, arena, &version);
    return r ? r : reply(call, &version);
}

/* ---- change ---- */

static enum policy_capture capture_of(const json_t *object)
{
    const char *word = json_string_value(json_object_get(object, "capture"));
    unsigned capture = 0;

    /* The schema's words are these. */
    while (capture + 1 < POLICY_CAPTURES &&
           strcmp(word, policy_capture_word((enum policy_capture)capture)) != 0)
        capture++;
    return (enum policy_capture)capture;
}

static struct text text_member(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);

    return (struct text){json_string_value(value), json_string_length(value)};
}

static int read_lists(struct api_call *call, struct arena *arena, struct policy *policy)
{
    const json_t *rules = json_object_get(call->body, "rules");
    const json_t *stations = json_object_get(call->body, "stations");

    policy->rule_count = json_array_size(rules);
    policy->station_count = json_array_size(stations);
    policy->rules = arena_take_array(arena, policy->rule_count, sizeof *policy->rules);
    policy->stations = arena_take_array(arena, policy->station_count, sizeof *policy->stations);
    if (!policy->rules || !policy->stations)
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; i < policy->rule_count; i++) {
        const json_t *rule = json_array_get(rules, i);

        policy->rules[i] = (struct policy_rule){.application = text_member(rule, "application"),
                                                .domain = text_member(rule, "domain"),
                                                .capture = capture_of(rule)};
    }
    for (size_t i = 0; i < policy->station_count; i++) {
        const json_t *station = json_array_get(stations, i);

        policy->stations[i] =
            (struct text){json_string_value(station), json_string_length(station)};
    }
    return 0;
}

/* Documents that are left out stay as they are. */
static int read_change(struct api_call *call, struct version *version)
{
    struct policy *policy = &version->policy;
    struct policy before = *policy;

    *policy = policy_default();
    /* Not people's to change: they come and go with spills. */
    policy->denied = before.denied;
    policy->denied_count = before.denied_count;
    policy->capture = capture_of(call->body);
    policy->passive_after_ms = (uint32_t)api_body_integer(call, "passive_after_seconds") * 1000;
    policy->idle_after_ms = (uint32_t)api_body_integer(call, "idle_after_seconds") * 1000;
    policy->incognito = api_body_boolean(call, "incognito");
    policy->hipaa = api_body_boolean(call, "hipaa");
    policy->pause_allowed = api_body_boolean(call, "pause_allowed");
    policy->patterns = before.patterns;
    policy->words = before.words;
    if (json_object_get(call->body, "patterns"))
        policy->patterns = api_body_text(call, "patterns");
    if (json_object_get(call->body, "words"))
        policy->words = api_body_text(call, "words");
    return read_lists(call, version->arena, policy);
}

/* If-Match: "7" is the version that the change was made from. */
static bool read_match(struct api_call *call, uint64_t *ret_version)
{
    struct text match = http_header(call->request, "If-Match");
    uint64_t version = 0;

    if (match.len < 3 || match.len > 20 || match.at[0] != '"' || match.at[match.len - 1] != '"')
        return false;
    for (size_t i = 1; i + 1 < match.len; i++) {
        if (match.at[i] < '0' || match.at[i] > '9')
            return false;
        version = version * 10 + (uint64_t)(match.at[i] - '0');
    }
    *ret_version = version;
    return true;
}

struct change {
    struct api_call *call;
    struct version *version;
    uint64_t from;
    struct policy before;
};

static int write_change(struct records_tx *tx, void *context)
{
    struct change *change = context;
    const struct policy *policy = &change->version->policy;
    struct api_entry entry = {.action = "policy.change"};
    int r = records_policy_add(tx, &change->version->row);

    if (r)
        return r;
    entry.target = arena_print(change->call->arena, "policy:%" PRIu64, policy->version);
    entry.detail = arena_print(
        change->call->arena, "{\"capture\":[\"%s\",\"%s\"],\"hipaa\":[%s,%s],\"rules\":[%zu,%zu]}",
        policy_capture_word(change->before.capture), policy_capture_word(policy->capture),
        change->before.hipaa ? "true" : "false", policy->hipaa ? "true" : "false",
        change->before.rule_count, policy->rule_count);
    r = api_audit(tx, change->call, &entry);
    return r ? r : patterns_audit(tx, change->call, &change->before, policy);
}

static int refuse_stale(struct api_call *call)
{
    return api_problem(call, 412, "changed", "Somebody else changed the policy meanwhile",
                       "Reload it, make your change again, and save.");
}

static int replace(struct change *change, struct buffer *envelope)
{
    struct api_call *call = change->call;
    struct version *version = change->version;
    int r;

    version->policy.version = change->from + 1;
    r = policies_sign(call->serve->signer, &version->policy, envelope);
    if (r)
        return r < 0 ? r : FAULT(ERR_SYSTEM);
    version->row = (struct records_policy){.version = version->policy.version,
                                           .envelope = buffer_bytes(envelope),
                                           .created_at = call->now,
                                           .created_by = api_by(call)};
    r = records_act(call->serve->records, write_change, change);
    if (r > 0)
        return refuse_stale(call);
    if (!r)
        r = policies_hold(call->serve->policies, version->row.version, version->row.envelope);
    events_audit(call->serve->events);
    return r ? r : reply(call, version);
}

int api_put_policy(struct api_call *call)
{
    CLEANUP(buffer_deinit) struct buffer envelope = buffer_init(ENVELOPE_MAX);
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct version version = {0};
    struct change change = {.call = call, .version = &version};
    int r;

    if (!read_match(call, &change.from))
        return api_problem(call, 428, "if-match", "If-Match is missing",
                           "Send the ETag of the policy that you changed.");
    if (change.from != policies_version(call->serve->policies))
        return refuse_stale(call);
    r = arena_new(&arena, ARENA_MAX);
    if (!r)
        r = version_read(call, arena, &version);
    if (r)
        return r;
    change.before = version.policy;
    r = read_change(call, &version);
    if (r)
        return r;
    if (version.policy.passive_after_ms >= version.policy.idle_after_ms)
        return api_problem_field(call, "/idle_after_seconds", "more than passive_after_seconds");
    r = patterns_judge(call, version.policy.patterns, version.policy.words);
    if (r)
        return r == PATTERNS_REFUSED ? 0 : r;
    return replace(&change, &envelope);
}
