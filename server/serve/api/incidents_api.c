/* Incidents: listed, shown, closed with a note. */

#include "routes.h"
#include "server/serve/api/call.h"
#include "server/serve/serve.h"

#define LIST_MAX 500
#define ARENA_MAX ((size_t)8 << 20)

static void write_incident(struct json_out *out, const struct records_incident *incident)
{
    json_out_object(out, NULL);
    json_out_integer(out, "id", (int64_t)incident->number);
    json_out_text(out, "kind", incident->kind);
    json_out_string(out, "state", incident->closed_at ? "closed" : "open");
    json_out_text(out, "summary", incident->summary);
    json_out_moment(out, "opened_at", incident->opened_at);
    json_out_text(out, "opened_by", incident->opened_by);
    json_out_moment_or_null(out, "closed_at", incident->closed_at);
    json_out_text_or_null(out, "closed_by", incident->closed_by);
    json_out_text_or_null(out, "note", incident->note);
    json_out_object_end(out);
}

struct reading {
    struct arena *arena;
    uint64_t number;
    struct records_incident *rows;
    size_t count;
    struct records_incident row;
};

static int read_list(struct records_tx *tx, void *context)
{
    struct reading *reading = context;

    return records_incident_list(tx, LIST_MAX, reading->arena, &reading->rows, &reading->count);
}

int api_list_incidents(struct api_call *call)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct reading reading = {0};
    int r = arena_new(&arena, ARENA_MAX);

    if (r)
        return r;
    reading.arena = arena;
    r = records_read(call->serve->records, read_list, &reading);
    if (r)
        return r;
    json_out_object(&out, NULL);
    json_out_array(&out, "incidents");
    for (size_t i = 0; i < reading.count; i++)
        write_incident(&out, &reading.rows[i]);
    json_out_array_end(&out);
    json_out_object_end(&out);
    return api_reply(call, 200, &out);
}

static int read_one(struct records_tx *tx, void *context)
{
    struct reading *reading = context;

    return records_incident_get(tx, reading->number, reading->arena, &reading->row);
}

static int show(struct api_call *call, uint64_t number)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    struct reading reading = {.arena = call->arena, .number = number};
    int r = records_read(call->serve->records, read_one, &reading);

    if (r == RECORDS_ABSENT)
        return api_problem(call, 404, "absent", "There is no such incident", "See the list.");
    if (r)
        return r;
    write_incident(&out, &reading.row);
    return api_reply(call, 200, &out);
}

int api_get_incident(struct api_call *call)
{
    return show(call, (uint64_t)api_integer(call, "incident", 0));
}

struct closing {
    struct api_call *call;
    uint64_t number;
    struct text note;
};

static int close_incident(struct records_tx *tx, void *context)
{
    const struct closing *closing = context;
    struct api_call *call = closing->call;
    struct text by = api_by(call);
    struct api_entry entry = {.action = "incident.close", .purpose = closing->note};
    int r = records_incident_close(tx, closing->number, call->now, by, closing->note);

    if (r)
        return r;
    entry.target = arena_print(call->arena, "incident:%llu", (unsigned long long)closing->number);
    return api_audit(tx, call, &entry);
}

int api_close_incident(struct api_call *call)
{
    struct closing closing = {.call = call,
                              .number = (uint64_t)api_integer(call, "incident", 0),
                              .note = api_body_text(call, "note")};
    int r = records_act(call->serve->records, close_incident, &closing);

    if (r == RECORDS_STALE)
        return api_problem(call, 409, "incident-closed", "The incident is closed already",
                           "Nothing is to be done; see who closed it, and why.");
    if (r == RECORDS_ABSENT)
        return api_problem(call, 404, "absent", "There is no such incident", "See the list.");
    if (r)
        return r;
    events_audit(call->serve->events);
    return show(call, closing.number);
}
