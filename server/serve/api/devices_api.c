/* Computers with an agent. */

#include "base/hex.h"
#include "base/moment.h"
#include "routes.h"
#include "server/serve/api/call.h"
#include "server/serve/api/facts.h"
#include "server/serve/serve.h"

#define GAPS_MAX 20

static const char *const gap_words[BATCH_GAP_REASONS] = {
    [BATCH_GAP_SPOOL_FULL] = "spool_full",
    [BATCH_GAP_SPOOL_AGED] = "spool_aged",
    [BATCH_GAP_SPOOL_CORRUPT] = "spool_corrupt",
    [BATCH_GAP_SENSOR_LOST] = "sensor_lost",
    [BATCH_GAP_PAUSED] = "paused",
};

struct listing {
    struct api_call *call;
    struct records_device *devices;
    size_t count;
    struct records_account *accounts;
    size_t account_count;
    struct device_id only; /* of revocation */
    struct text reason;
};

static int list(struct records_tx *tx, void *context)
{
    struct listing *listing = context;
    struct arena *arena = listing->call->arena;
    int r = records_device_list(tx, arena, &listing->devices, &listing->count);

    return r ? r : records_account_list(tx, arena, &listing->accounts, &listing->account_count);
}

static struct text account_name(const struct listing *listing, struct account_id id)
{
    for (size_t i = 0; i < listing->account_count; i++)
        if (id.number && listing->accounts[i].id.number == id.number)
            return listing->accounts[i].name;
    return (struct text){0};
}

static int write_gaps(const struct listing *listing, const struct records_device *device,
                      struct json_out *out)
{
    struct spans_gap *gaps;
    size_t count;
    int r = spans_gaps(listing->call->serve->spans, device->id, GAPS_MAX, listing->call->arena,
                       &gaps, &count);

    if (r)
        return r < 0 ? r : FAULT(ERR_MEMORY);
    json_out_array(out, "gaps");
    for (size_t i = 0; i < count; i++) {
        json_out_object(out, NULL);
        json_out_moment(out, "from_at", gaps[i].from_at);
        json_out_moment(out, "to_at", gaps[i].to_at);
        json_out_string(out, "reason", gap_words[gaps[i].reason]);
        json_out_integer(out, "spans", (int64_t)gaps[i].spans);
        json_out_text_or_null(out, "account", account_name(listing, gaps[i].account));
        json_out_text_or_null(out, "reason_text", clean_text_view(gaps[i].reason_text));
        json_out_object_end(out);
    }
    json_out_array_end(out);
    return 0;
}

static void write_rule_set(const struct spans_rules *rules, const char *name, struct json_out *out)
{
    const struct evidence_rules own = evidence_rules_own();

    json_out_object(out, name);
    json_out_string(out, "version", rules->rules.version);
    json_out_hex(out, "hash", (struct bytes){rules->rules.hash, sizeof rules->rules.hash});
    json_out_moment(out, "since_at", rules->since_at);
    json_out_moment(out, "last_at", rules->last_at);
    json_out_boolean(out, "server", memcmp(rules->rules.hash, own.hash, sizeof own.hash) == 0);
    json_out_object_end(out);
}

/* What its service runs, and what sensors of another version ran of late. */
static int write_rules(const struct listing *listing, const struct records_device *device,
                       struct json_out *out)
{
    const struct spans_rules *current = NULL;
    struct spans_rules *rules;
    size_t count;
    int r =
        spans_rules(listing->call->serve->spans, device->id, listing->call->arena, &rules, &count);

    if (r)
        return r < 0 ? r : FAULT(ERR_MEMORY);
    for (size_t i = 0; i < count && !current; i++)
        current = rules[i].sensor ? NULL : &rules[i];
    if (current)
        write_rule_set(current, "rules", out);
    else
        json_out_null(out, "rules");
    json_out_array(out, "sensor_rules");
    for (size_t i = 0; i < count; i++)
        if (rules[i].sensor && listing->call->now - rules[i].last_at < MS_PER_DAY)
            write_rule_set(&rules[i], NULL, out);
    json_out_array_end(out);
    return 0;
}

static void write_canaries(const struct live_canaries *canaries, struct json_out *out)
{
    json_out_object(out, "canaries");
    json_out_string(out, "state", live_canaries_word(canaries->state));
    json_out_integer(out, "run", canaries->run);
    json_out_integer(out, "passed", canaries->passed);
    json_out_object_end(out);
}

static void write_own_rules(struct json_out *out)
{
    const struct evidence_rules own = evidence_rules_own();

    json_out_object(out, "rules");
    json_out_string(out, "version", own.version);
    json_out_hex(out, "hash", (struct bytes){own.hash, sizeof own.hash});
    json_out_object_end(out);
}

static int write_device(const struct listing *listing, const struct records_device *device,
                        struct json_out *out)
{
    struct serve *serve = listing->call->serve;
    struct device_seen seen = {.seen_at = device->seen_at, .waiting = device->waiting};
    uint64_t sequence;
    uint64_t missing;
    uint32_t epoch;
    int64_t accounts = 0;
    int r = spans_sequence(serve->spans, device->id, &epoch, &sequence, &missing);

    if (r)
        return r < 0 ? r : FAULT(ERR_CORRUPT);
    devices_seen(serve->devices, device->id, &seen);
    for (size_t i = 0; i < listing->account_count; i++)
        accounts += device_id_equal(listing->accounts[i].device, device->id);
    json_out_object(out, NULL);
    json_out_hex(out, "id", (struct bytes){device->id.at, DEVICE_ID_SIZE});
    json_out_text(out, "host_name", device->host_name);
    json_out_text(out, "version", seen.version[0] ? text_of(seen.version) : device->version);
    json_out_integer(out, "epoch", device->epoch);
    json_out_moment(out, "enrolled_at", device->enrolled_at);
    json_out_moment_or_null(out, "seen_at", seen.seen_at);
    json_out_boolean(out, "live",
                     !device->revoked_at && listing->call->now - seen.seen_at < FACTS_LIVE_MS);
    json_out_moment(out, "certificate_to_at", device->certificate_to_at);
    json_out_moment_or_null(out, "revoked_at", device->revoked_at);
    json_out_integer(out, "waiting", (int64_t)seen.waiting);
    json_out_integer(out, "missing", (int64_t)missing);
    json_out_integer(out, "accounts", accounts);
    write_canaries(&seen.canaries, out);
    r = write_rules(listing, device, out);
    if (!r)
        r = write_gaps(listing, device, out);
    json_out_object_end(out);
    return r;
}

int api_list_devices(struct api_call *call)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    struct listing listing = {.call = call};
    int r = records_read(call->serve->records, list, &listing);

    if (r)
        return r;
    json_out_object(&out, NULL);
    json_out_array(&out, "devices");
    for (size_t i = 0; i < listing.count && !r; i++)
        r = write_device(&listing, &listing.devices[i], &out);
    json_out_array_end(&out);
    write_own_rules(&out);
    json_out_object_end(&out);
    return r ? r : api_reply(call, 200, &out);
}

static int revoke(struct records_tx *tx, void *context)
{
    struct listing *listing = context;
    struct api_call *call = listing->call;
    struct text id = api_text(call, "device");
    struct api_entry entry = {.action = "device.revoke",
                              .target = arena_print(call->arena, "device:%.*s", (int)id.len, id.at),
                              .purpose = listing->reason};
    struct records_device device;
    int r = records_device_get(tx, listing->only, call->arena, &device);

    if (r)
        return r;
    if (!device.revoked_at)
        device.revoked_at = call->now;
    r = records_device_set(tx, &device);
    if (!r)
        r = api_audit(tx, call, &entry);
    return r ? r : list(tx, listing);
}

int api_revoke_device(struct api_call *call)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    struct listing listing = {.call = call, .reason = api_body_text(call, "reason")};
    int r = hex_parse(api_text(call, "device"), listing.only.at, DEVICE_ID_SIZE);

    if (!r)
        r = records_act(call->serve->records, revoke, &listing);
    if (r)
        return r < 0 ? r
                     : api_problem(call, 404, "absent", "There is no such device",
                                   "Reload the list.");
    devices_forget(call->serve->devices, listing.only);
    live_table_remove(call->serve->live, listing.only);
    events_devices(call->serve->events);
    events_audit(call->serve->events);
    for (size_t i = 0; i < listing.count && !r; i++)
        if (device_id_equal(listing.devices[i].id, listing.only))
            r = write_device(&listing, &listing.devices[i], &out);
    return r ? r : api_reply(call, 200, &out);
}
