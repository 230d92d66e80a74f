/*
 * Spills: searched for with the string, confirmed by number
 *
 * The string is in the request's body and nowhere else: it becomes a rule before anything is
 * written, and the body is wiped with what was made of it.
 */

#include <stdlib.h>

#include "base/hex.h"
#include "crypto/hash.h"
#include "routes.h"
#include "server/serve/api/fresh.h"
#include "server/serve/serve.h"

#define LIST_MAX 200
#define ARENA_MAX ((size_t)32 << 20)

/* ---- what is shown ---- */

/* A spill from records, and what the thread knows of it. */
struct shown {
    struct arena *arena;
    uint64_t number;
    bool kept; /* in records */
    struct records_spill row;
    struct records_spill_day *days;
    size_t day_count;
    struct records_spill_device *devices;
    size_t device_count;
    bool known; /* to the thread */
    struct spill_view view;
};

static int read_shown(struct records_tx *tx, void *context)
{
    struct shown *shown = context;
    int r = records_spill_get(tx, shown->number, shown->arena, &shown->row);

    if (r)
        return r;
    r = records_spill_day_list(tx, shown->number, shown->arena, &shown->days, &shown->day_count);
    return r ? r
             : records_spill_device_list(tx, shown->number, shown->arena, &shown->devices,
                                         &shown->device_count);
}

/* Outcome: RECORDS_ABSENT. */
static int find_shown(struct api_call *call, struct shown *shown)
{
    int r;

    shown->known = spills_view(call->serve->spills, shown->number, shown->arena, &shown->view);
    r = records_read(call->serve->records, read_shown, shown);
    shown->kept = r == 0;
    if (r == RECORDS_ABSENT && shown->known)
        r = 0;
    return r;
}

static enum spill_state state_of(const struct shown *shown)
{
    if (!shown->kept)
        return shown->view.state;
    return shown->row.done_at ? SPILL_DONE : SPILL_ACTING;
}

static void write_counts(const struct shown *shown, struct json_out *out)
{
    uint64_t texts = shown->known ? shown->view.texts : 0;
    size_t done = shown->known ? shown->view.days_done : 0;
    size_t total = shown->known ? shown->view.days_total : 0;

    if (shown->kept) {
        texts = 0;
        for (size_t i = 0; i < shown->day_count; i++)
            texts += shown->days[i].texts;
    }
    json_out_integer(out, "days_done", (int64_t)done);
    json_out_integer(out, "days_total", (int64_t)total);
    json_out_integer(out, "texts", (int64_t)texts);
    json_out_text_or_null(out, "fault",
                          shown->known && shown->view.fault < 0
                              ? text_of(fault_name(shown->view.fault))
                              : (struct text){0});
}

static void write_days(const struct shown *shown, struct json_out *out)
{
    json_out_array(out, "days");
    for (size_t i = 0; shown->kept && i < shown->day_count; i++) {
        const struct records_spill_day *day = &shown->days[i];

        json_out_object(out, NULL);
        json_out_day(out, "date", day->day);
        json_out_integer(out, "texts", (int64_t)day->texts);
        json_out_moment_or_null(out, "rewritten_at", day->done_at);
        json_out_hex(out, "destroyed_key", (struct bytes){day->old_key, sizeof day->old_key});
        json_out_object_end(out);
    }
    for (size_t i = 0; !shown->kept && i < shown->view.hit_count; i++) {
        json_out_object(out, NULL);
        json_out_day(out, "date", shown->view.hits[i].day);
        json_out_integer(out, "texts", (int64_t)shown->view.hits[i].texts);
        json_out_null(out, "rewritten_at");
        json_out_null(out, "destroyed_key");
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

static void write_devices(const struct shown *shown, struct json_out *out)
{
    json_out_array(out, "devices");
    for (size_t i = 0; shown->kept && i < shown->device_count; i++) {
        json_out_object(out, NULL);
        json_out_hex(out, "id",
                     (struct bytes){shown->devices[i].device.at, sizeof(struct device_id)});
        json_out_moment_or_null(out, "clean_at", shown->devices[i].clean_at);
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

static int write_receipt(const struct shown *shown, struct json_out *out)
{
    char hex[2 * HASH_SIZE + 1];
    struct hash hash;

    if (!shown->kept || !shown->row.receipt.len) {
        json_out_null(out, "receipt");
        json_out_null(out, "receipt_hash");
        return 0;
    }
    int r = hash_bytes(bytes_of_text(shown->row.receipt), &hash);
    if (r)
        return r;
    hex_print((struct bytes){hash.at, HASH_SIZE}, hex);
    json_out_text(out, "receipt", shown->row.receipt);
    json_out_string(out, "receipt_hash", hex);
    return 0;
}

static void write_head(const struct shown *shown, struct json_out *out)
{
    json_out_integer(out, "id", (int64_t)shown->number);
    json_out_string(out, "state", spill_state_word(state_of(shown)));
    json_out_text(out, "by", shown->kept ? shown->row.begun_by : shown->view.begun_by);
    json_out_text(out, "purpose", shown->kept ? shown->row.purpose : shown->view.purpose);
    json_out_moment(out, "begun_at", shown->kept ? shown->row.begun_at : shown->view.begun_at);
    json_out_moment_or_null(out, "done_at", shown->kept ? shown->row.done_at : 0);
    if (shown->kept)
        json_out_integer(out, "incident", (int64_t)shown->row.incident);
    else
        json_out_null(out, "incident");
    json_out_moment_or_null(out, "rule_until",
                            shown->kept && shown->row.rule.len ? shown->row.rule_until : 0);
}

static int reply_shown(struct api_call *call, unsigned status, const struct shown *shown)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    int r;

    json_out_object(&out, NULL);
    write_head(shown, &out);
    write_counts(shown, &out);
    write_days(shown, &out);
    write_devices(shown, &out);
    r = write_receipt(shown, &out);
    json_out_object_end(&out);
    return r ? r : api_reply(call, status, &out);
}

static int refuse_absent(struct api_call *call)
{
    return api_problem(call, 404, "absent", "There is no such spill",
                       "Searches are forgotten after an hour, and when the server starts: search "
                       "again.");
}

static int show(struct api_call *call, unsigned status, uint64_t number)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct shown shown = {.number = number};
    int r = arena_new(&arena, ARENA_MAX);

    if (r)
        return r;
    shown.arena = arena;
    r = find_shown(call, &shown);
    if (r == RECORDS_ABSENT)
        return refuse_absent(call);
    return r ? r : reply_shown(call, status, &shown);
}

int api_get_spill(struct api_call *call)
{
    return show(call, 200, (uint64_t)api_integer(call, "spill", 0));
}

/* ---- list ---- */

struct listing {
    struct arena *arena;
    struct records_spill *rows;
    size_t count;
};

static int read_list(struct records_tx *tx, void *context)
{
    struct listing *listing = context;

    return records_spill_list(tx, LIST_MAX, listing->arena, &listing->rows, &listing->count);
}

static void write_row(const struct shown *shown, struct json_out *out)
{
    json_out_object(out, NULL);
    write_head(shown, out);
    json_out_object_end(out);
}

int api_list_spills(struct api_call *call)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct listing listing = {0};
    struct spill_view *searches;
    size_t count;
    int r = arena_new(&arena, ARENA_MAX);

    if (r)
        return r;
    listing.arena = arena;
    r = spills_searches(call->serve->spills, arena, &searches, &count);
    if (!r)
        r = records_read(call->serve->records, read_list, &listing);
    if (r)
        return r;
    json_out_object(&out, NULL);
    json_out_array(&out, "spills");
    for (size_t i = count; i > 0; i--)
        write_row(&(struct shown){.number = searches[i - 1].number,
                                  .known = true,
                                  .view = searches[i - 1]},
                  &out);
    for (size_t i = 0; i < listing.count; i++)
        write_row(
            &(struct shown){.number = listing.rows[i].number, .kept = true, .row = listing.rows[i]},
            &out);
    json_out_array_end(&out);
    json_out_object_end(&out);
    return api_reply(call, 200, &out);
}

/* ---- search ---- */

static uint64_t session_of(const struct api_call *call)
{
    return call->who.kind == WHO_USER ? call->who.session.record.number : 0;
}

static int refuse_string(struct api_call *call, int outcome)
{
    static const char *const words[] = {
        [DENIED_SHORT] = "4 letters or digits at least: fewer would be found in everything",
        [DENIED_LONG] = "64 letters and digits at most: give the part that names somebody",
        [DENIED_INVALID] = "text as somebody saw it, without what redaction puts there",
    };

    return api_problem_field(call, "/string", words[outcome]);
}

struct searching {
    struct api_call *call;
    struct spill_view search;
};

static int note_search(struct records_tx *tx, void *context)
{
    struct searching *searching = context;
    struct api_call *call = searching->call;
    struct api_entry entry = {.action = "spill.search",
                              .purpose = searching->search.purpose,
                              .factors = call->who.kind == WHO_USER ? text_of("password+totp")
                                                                    : (struct text){0}};
    int r = records_spill_number(tx, &searching->search.number);

    if (r)
        return r;
    entry.target =
        arena_print(call->arena, "spill:%llu", (unsigned long long)searching->search.number);
    return api_audit(tx, call, &entry);
}

static int search(struct api_call *call, struct searching *searching)
{
    bool pass;
    int r = fresh_check(call, &pass);

    if (r || !pass)
        return r;
    r = records_act(call->serve->records, note_search, searching);
    events_audit(call->serve->events);
    if (!r)
        r = spills_search(call->serve->spills, &searching->search);
    return r ? r : show(call, 202, searching->search.number);
}

int api_search_spill(struct api_call *call)
{
    struct searching searching = {.call = call,
                                  .search = {.begun_at = call->now,
                                             .begun_by = api_by(call),
                                             .purpose = api_body_text(call, "purpose"),
                                             .session = session_of(call)}};
    int r = spill_rule(api_body_text(call, "string"), &searching.search.rule);

    if (r > 0)
        return refuse_string(call, r);
    if (!r)
        r = search(call, &searching);
    wipe(&searching.search.rule, sizeof searching.search.rule);
    return r;
}

int api_forget_spill(struct api_call *call)
{
    if (!spills_forget(call->serve->spills, (uint64_t)api_integer(call, "spill", 0)))
        return refuse_absent(call);
    return api_reply_empty(call);
}

/* ---- confirm ---- */

enum {
    CONFIRM_FULL = 100, /* as many rules as there may be */
    CONFIRM_TWICE,
};

struct confirming {
    struct api_call *call;
    struct arena *arena;
    struct spill_view view;
};

static int check_room(struct records_tx *tx, const struct confirming *confirming)
{
    struct records_spill *rows;
    size_t rules = 0;
    size_t count;
    int r = records_spill_list(tx, 1000, confirming->arena, &rows, &count);

    for (size_t i = 0; r == 0 && i < count; i++) {
        rules += rows[i].rule.len > 0;
        if (rows[i].number == confirming->view.number)
            return CONFIRM_TWICE;
    }
    return r ? r : rules >= DENIED_RULES_MAX ? CONFIRM_FULL : 0;
}

/* Every computer that may hold something in its spool. */
static int add_devices(struct records_tx *tx, const struct confirming *confirming)
{
    struct records_device *devices;
    size_t count;
    int r = records_device_list(tx, confirming->arena, &devices, &count);

    for (size_t i = 0; r == 0 && i < count; i++)
        if (!devices[i].revoked_at)
            r = records_spill_device_add(tx, confirming->view.number, devices[i].id);
    return r;
}

static int open_incident(struct records_tx *tx, const struct confirming *confirming,
                         uint64_t *ret_number)
{
    struct records_incident incident = {
        .kind = text_of("spill"),
        .summary = arena_print(
            confirming->arena,
            "A text that redaction missed was found in %llu texts of %zu days and is taken out "
            "(spill %llu)",
            (unsigned long long)confirming->view.texts, confirming->view.hit_count,
            (unsigned long long)confirming->view.number),
        .opened_at = confirming->call->now,
        .opened_by = api_by(confirming->call)};

    if (!incident.summary.at)
        return FAULT(ERR_MEMORY);
    return records_incident_open(tx, &incident, ret_number);
}

/* The intent: from here on it is done, whatever happens. */
static int write_intent(struct records_tx *tx, void *context)
{
    struct confirming *confirming = context;
    struct api_call *call = confirming->call;
    const struct spill_view *view = &confirming->view;
    uint8_t rule[DENIALS_RULE_SIZE];
    struct records_spill row = {.number = view->number,
                                .begun_at = call->now,
                                .begun_by = api_by(call),
                                .purpose = view->purpose,
                                .rule = {.at = rule, .len = sizeof rule},
                                .rule_until = call->now + SPILLS_RULE_MS};
    struct api_entry entry = {.action = "spill.intend", .purpose = view->purpose};
    int r = check_room(tx, confirming);

    if (r)
        return r;
    denials_rule_pack(&view->rule, rule);
    r = open_incident(tx, confirming, &row.incident);
    if (!r)
        r = records_spill_add(tx, &row);
    wipe(rule, sizeof rule);
    if (!r)
        r = add_devices(tx, confirming);
    if (r)
        return r;
    entry.target = arena_print(call->arena, "spill:%llu", (unsigned long long)view->number);
    entry.detail = arena_print(call->arena, "{\"texts\":%llu,\"days\":%zu,\"incident\":%llu}",
                               (unsigned long long)view->texts, view->hit_count,
                               (unsigned long long)row.incident);
    return api_audit(tx, call, &entry);
}

static int confirm(struct api_call *call, struct confirming *confirming)
{
    int r = records_act(call->serve->records, write_intent, confirming);

    if (r == CONFIRM_TWICE)
        return show(call, 202, confirming->view.number);
    if (r == CONFIRM_FULL)
        return api_problem(
            call, 409, "spills-many", "There are as many spills as can be held",
            "Wait until the oldest one's rule is over; `ward spill list` says when.");
    if (r)
        return r;
    events_audit(call->serve->events);
    /* In force before it is answered: nothing that is judged from here on brings it back. */
    r = denials_load(call->serve->denials);
    spills_confirmed(call->serve->spills, confirming->view.number);
    return r ? r : show(call, 202, confirming->view.number);
}

int api_confirm_spill(struct api_call *call)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct confirming confirming = {.call = call};
    uint64_t number = (uint64_t)api_integer(call, "spill", 0);
    int r = arena_new(&arena, ARENA_MAX);

    if (r)
        return r;
    confirming.arena = arena;
    if (!spills_view(call->serve->spills, number, arena, &confirming.view))
        return refuse_absent(call);
    if (confirming.view.state != SPILL_FOUND)
        return api_problem(call, 409, "spill-state", "The search is not over, or failed",
                           "Wait for it to say \"found\"; search again if it failed.");
    if (confirming.view.session != session_of(call))
        return api_problem(call, 403, "spill-other", "Somebody else searched for this",
                           "Only the session that gave the string and the code may confirm it.");
    r = confirm(call, &confirming);
    wipe(&confirming.view.rule, sizeof confirming.view.rule);
    return r;
}
