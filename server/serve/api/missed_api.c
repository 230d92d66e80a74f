/* What came with identifiers in it that a device should have caught: shown, and acknowledged. */

#include "routes.h"
#include "server/serve/api/call.h"
#include "server/serve/serve.h"

#define MISSED_SHOWN 200
#define MISSED_ARENA_MAX ((size_t)1024 * 1024)

struct listing {
    struct arena *arena;
    struct records_missed *rows;
    size_t count;
    struct records_device *devices;
    size_t device_count;
    uint64_t open;
    uint64_t same;
};

static int list(struct records_tx *tx, void *context)
{
    struct listing *listing = context;
    int r = records_missed_list(tx, MISSED_SHOWN, listing->arena, &listing->rows, &listing->count);

    if (!r)
        r = records_missed_open(tx, &listing->open, &listing->same);
    return r ? r
             : records_device_list(tx, listing->arena, &listing->devices, &listing->device_count);
}

static struct text host_of(const struct listing *listing, struct device_id id)
{
    for (size_t i = 0; i < listing->device_count; i++)
        if (device_id_equal(listing->devices[i].id, id))
            return listing->devices[i].host_name;
    return (struct text){0};
}

static void write_row(const struct listing *listing, const struct records_missed *row,
                      struct json_out *out)
{
    static const struct hash none;

    json_out_object(out, NULL);
    json_out_integer(out, "id", (int64_t)row->number);
    json_out_hex(out, "device", (struct bytes){row->device.at, DEVICE_ID_SIZE});
    json_out_text(out, "host_name", host_of(listing, row->device));
    json_out_day(out, "day", row->day);
    json_out_text(out, "kind", row->kind);
    json_out_text(out, "rule", row->rule);
    if (memcmp(row->rules.at, none.at, HASH_SIZE) == 0)
        json_out_null(out, "rules");
    else
        json_out_hex(out, "rules", (struct bytes){row->rules.at, HASH_SIZE});
    json_out_boolean(out, "same", row->same);
    json_out_integer(out, "count", (int64_t)row->count);
    json_out_moment(out, "first_at", row->first_at);
    json_out_moment(out, "last_at", row->last_at);
    json_out_moment_or_null(out, "acknowledged_at", row->acknowledged_at);
    json_out_text_or_null(out, "acknowledged_by", row->acknowledged_by);
    json_out_text_or_null(out, "note", row->note);
    json_out_object_end(out);
}

int api_list_missed(struct api_call *call)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct listing listing = {0};
    int r = arena_new(&arena, MISSED_ARENA_MAX);

    listing.arena = arena;
    if (!r)
        r = records_read(call->serve->records, list, &listing);
    if (r)
        return r;
    json_out_object(&out, NULL);
    json_out_integer(&out, "open", (int64_t)listing.open);
    json_out_integer(&out, "same", (int64_t)listing.same);
    json_out_array(&out, "missed");
    for (size_t i = 0; i < listing.count; i++)
        write_row(&listing, &listing.rows[i], &out);
    json_out_array_end(&out);
    json_out_object_end(&out);
    return api_reply(call, 200, &out);
}

struct acknowledging {
    struct api_call *call;
    uint64_t number;
    struct text note;
};

static int acknowledge(struct records_tx *tx, void *context)
{
    struct acknowledging *acknowledging = context;
    struct api_call *call = acknowledging->call;
    struct api_entry entry = {.action = "redaction.acknowledge",
                              .target = arena_print(call->arena, "missed:%llu",
                                                    (unsigned long long)acknowledging->number),
                              .purpose = acknowledging->note};
    int r = records_missed_acknowledge(tx, acknowledging->number, call->now,
                                       call->who.session.user.name, acknowledging->note);

    return r ? r : api_audit(tx, call, &entry);
}

int api_acknowledge_missed(struct api_call *call)
{
    struct acknowledging acknowledging = {.call = call,
                                          .number = (uint64_t)api_integer(call, "missed", 0),
                                          .note = api_body_text(call, "note")};

    if (call->who.kind != WHO_USER)
        return api_problem(call, 403, "person", "A person must do this, by name",
                           "Sign in to the dashboard; see the Removed page.");
    int r = records_act(call->serve->records, acknowledge, &acknowledging);
    if (r < 0)
        return r;
    if (r == RECORDS_STALE)
        return api_problem(call, 409, "acknowledged", "Somebody has acknowledged it already",
                           "Reload the list; see who did, and why.");
    if (r)
        return api_problem(call, 404, "absent", "There is no such row", "Reload the list.");
    events_devices(call->serve->events);
    events_audit(call->serve->events);
    return api_reply_empty(call);
}
