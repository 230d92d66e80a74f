/* Days: what everyone did, and what one person did, span by span. */

#include <stdlib.h>

#include "activity/join.h"
#include "base/moment.h"
#include "routes.h"
#include "server/serve/api/look.h"
#include "server/serve/serve.h"

/* Segments of one state that are nearer than this are drawn as one in the overview. */
#define JOIN_MS 1000

struct totals {
    int64_t ms[SPAN_STATES];
};

/* A span of the day, finished or open, or the part of it that joining left, with whose it is. */
struct piece {
    struct person_id person;
    int64_t start_at; /* cut to the day */
    int64_t end_at;
    const struct span *span;
    bool open;
};

/* A person's day: what their accounts did, joined so that each second is there once. */
struct track {
    struct person_id person;
    struct piece *pieces; /* by start; they do not overlap */
    size_t count;
};

struct usage {
    const struct clean_text *name;
    struct totals totals;
};

struct day {
    struct look look;
    struct look_day when;
    struct piece *pieces; /* by person, then start; before they are joined */
    size_t piece_count;
    struct track *tracks; /* by person; who did nothing has none */
    size_t track_count;
    struct live_open *open;
    size_t open_count;
};

/* Whose what is open is: by the day it began on, as the store has it when it is finished. */
static struct person_id owner_of_open(const struct day *day, const struct live_open *open)
{
    return scope_owner(&day->look.people, open->account.account, time_day(open->span.start_at));
}

static void add_piece(struct day *day, struct person_id person, const struct span *span, bool open)
{
    int64_t start_at = span->start_at;
    int64_t end_at = start_at + span->duration_ms;

    if (start_at < day->look.scope.from_at)
        start_at = day->look.scope.from_at;
    if (end_at > day->look.scope.to_at)
        end_at = day->look.scope.to_at;
    if (person.number == 0 || end_at <= start_at)
        return;
    day->pieces[day->piece_count++] = (struct piece){person, start_at, end_at, span, open};
}

static int compare_pieces(const void *a, const void *b)
{
    const struct piece *left = a;
    const struct piece *right = b;

    if (left->person.number != right->person.number)
        return left->person.number < right->person.number ? -1 : 1;
    return (left->start_at > right->start_at) - (left->start_at < right->start_at);
}

static bool overlap(const struct track *track)
{
    for (size_t i = 1; i < track->count; i++)
        if (track->pieces[i].start_at < track->pieces[i - 1].end_at)
            return true;
    return false;
}

/* Several accounts, or several sessions of one. Outcome: SPANS_LARGE. */
static int join(struct track *track, struct arena *arena)
{
    size_t count = track->count;
    struct join_piece *pieces = arena_take_array(arena, count, sizeof *pieces);
    struct join_slice *slices = arena_take_array(arena, JOIN_SLICES(count), sizeof *slices);
    size_t *waiting = arena_take_array(arena, count, sizeof *waiting);
    struct piece *joined;

    if (!pieces || !slices || !waiting)
        return SPANS_LARGE;
    for (size_t i = 0; i < count; i++)
        pieces[i] = (struct join_piece){track->pieces[i].start_at, track->pieces[i].end_at,
                                        track->pieces[i].span->state};
    count = join_pieces(pieces, count, slices, waiting);
    joined = arena_take_array(arena, count, sizeof *joined);
    if (!joined)
        return SPANS_LARGE;
    for (size_t i = 0; i < count; i++) {
        joined[i] = track->pieces[slices[i].piece];
        joined[i].start_at = slices[i].start_at;
        joined[i].end_at = slices[i].end_at;
    }
    track->pieces = joined;
    track->count = count;
    return 0;
}

/* Outcome: SPANS_LARGE. */
static int make_tracks(struct day *day)
{
    struct piece *pieces = day->pieces;
    struct arena *arena = day->look.arena;
    size_t most = day->look.people.person_count;

    day->tracks = arena_take_array(arena, most, sizeof *day->tracks);
    if (!day->tracks)
        return SPANS_LARGE;
    for (size_t i = 0; i < day->piece_count;) {
        struct track track = {.person = pieces[i].person, .pieces = &pieces[i]};

        for (; i < day->piece_count && pieces[i].person.number == track.person.number; i++)
            track.count++;
        int r = overlap(&track) ? join(&track, arena) : 0;
        if (r)
            return r;
        day->tracks[day->track_count++] = track;
    }
    return 0;
}

/* Spans from the store and from what is open now. Outcome: SPANS_LARGE. */
static int gather(struct day *day)
{
    struct look *look = &day->look;
    struct spans_answer *answers;
    size_t count;
    int r = spans_timeline(look->call->serve->spans, &look->scope, look->arena, &answers, &count);

    if (!r)
        r = live_table_list(look->call->serve->live, look->call->now, look->arena, &day->open,
                            &day->open_count);
    if (r)
        return r;
    day->pieces = arena_take_array(look->arena, count + day->open_count, sizeof *day->pieces);
    if (!day->pieces)
        return SPANS_LARGE;
    for (size_t i = 0; i < count; i++)
        add_piece(day, answers[i].person, &answers[i].span, false);
    for (size_t i = 0; i < day->open_count; i++)
        add_piece(day, owner_of_open(day, &day->open[i]), &day->open[i].span, true);
    qsort(day->pieces, day->piece_count, sizeof *day->pieces, compare_pieces);
    return make_tracks(day);
}

static int compare_tracks(const void *a, const void *b)
{
    const struct track *left = a;
    const struct track *right = b;

    return (left->person.number > right->person.number) -
           (left->person.number < right->person.number);
}

static struct track track_of(const struct day *day, struct person_id person)
{
    const struct track wanted = {.person = person};
    const struct track *track =
        bsearch(&wanted, day->tracks, day->track_count, sizeof wanted, compare_tracks);

    return track ? *track : wanted;
}

/* ---- sums ---- */

static void add_totals(struct totals *totals, const struct piece *piece)
{
    totals->ms[piece->span->state] += piece->end_at - piece->start_at;
}

/* Usages by name, in the order they came; slots are an open-addressed index of them, from 1. */
struct usages {
    struct usage *at;
    size_t count;
    uint32_t *slots;
    size_t room; /* a power of two, more than there can be names */
};

static bool usages_init(struct usages *usages, size_t names, struct arena *arena)
{
    *usages = (struct usages){.room = 16};
    while (usages->room < names * 2)
        usages->room *= 2;
    usages->at = arena_take_array(arena, names, sizeof *usages->at);
    usages->slots = arena_take_array(arena, usages->room, sizeof *usages->slots);
    return usages->at && usages->slots;
}

static uint64_t hash_of(struct text text)
{
    uint64_t hash = 1469598103934665603u;

    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (uint8_t)text.at[i]) * 1099511628211u;
    return hash ^ hash >> 32;
}

static void add_usage(struct usages *usages, const struct clean_text *name,
                      const struct piece *piece)
{
    struct text text = clean_text_view(name);
    size_t slot = hash_of(text) & (usages->room - 1);

    while (usages->slots[slot] &&
           !text_equal(clean_text_view(usages->at[usages->slots[slot] - 1].name), text))
        slot = (slot + 1) & (usages->room - 1);
    if (!usages->slots[slot]) {
        usages->at[usages->count++] = (struct usage){.name = name};
        usages->slots[slot] = (uint32_t)usages->count;
    }
    add_totals(&usages->at[usages->slots[slot] - 1].totals, piece);
}

static int64_t whole(const struct usage *usage)
{
    int64_t sum = 0;

    for (size_t i = 0; i < SPAN_STATES; i++)
        sum += usage->totals.ms[i];
    return sum;
}

static int compare_usages(const void *a, const void *b)
{
    int64_t left = whole(a);
    int64_t right = whole(b);

    return (left < right) - (left > right);
}

/* ---- out ---- */

static void write_totals(struct json_out *out, const char *name, const struct totals *totals)
{
    json_out_object(out, name);
    json_out_integer(out, "active_ms", totals->ms[SPAN_ACTIVE]);
    json_out_integer(out, "passive_ms", totals->ms[SPAN_PASSIVE]);
    json_out_integer(out, "idle_ms", totals->ms[SPAN_IDLE]);
    json_out_integer(out, "locked_ms", totals->ms[SPAN_LOCKED]);
    json_out_object_end(out);
}

static void add_usages(struct usages *usages, bool domains, const struct track *track)
{
    for (size_t i = 0; i < track->count; i++) {
        const struct span *span = track->pieces[i].span;
        const struct clean_text *text = domains ? span->domain : span->application;

        /* What was on the screen of nobody is no use of it. */
        if (text && span->state != SPAN_LOCKED)
            add_usage(usages, text, &track->pieces[i]);
    }
}

static int write_usages(struct day *day, struct json_out *out, const char *name, bool domains)
{
    struct usages usages;

    /* Each name is of a piece that was there before joining. */
    if (!usages_init(&usages, day->piece_count, day->look.arena))
        return SPANS_LARGE;
    for (size_t i = 0; i < day->track_count; i++)
        add_usages(&usages, domains, &day->tracks[i]);
    qsort(usages.at, usages.count, sizeof *usages.at, compare_usages);
    json_out_array(out, name);
    for (size_t i = 0; i < usages.count; i++) {
        json_out_object(out, NULL);
        json_out_text(out, "name", clean_text_view(usages.at[i].name));
        write_totals(out, "totals", &usages.at[i].totals);
        json_out_object_end(out);
    }
    json_out_array_end(out);
    return 0;
}

/* Of one person's accounts the more active one is told, and of two that are alike the newer. */
static bool goes_before(const struct live_open *a, const struct live_open *b)
{
    return a->span.state != b->span.state ? a->span.state < b->span.state
                                          : a->heard_at > b->heard_at;
}

/* What is in front of a person now. */
static void write_now(const struct day *day, const struct records_person *person,
                      struct json_out *out)
{
    const struct live_open *newest = NULL;
    bool today = day->look.call->now >= day->when.from_at && day->look.call->now < day->when.to_at;

    for (size_t i = 0; today && i < day->open_count; i++)
        if (owner_of_open(day, &day->open[i]).number == person->id.number &&
            (!newest || goes_before(&day->open[i], newest)))
            newest = &day->open[i];
    if (!newest) {
        json_out_null(out, "now");
        return;
    }
    json_out_object(out, "now");
    json_out_string(out, "state", span_state_word(newest->span.state));
    json_out_text(out, "application", clean_text_view(newest->span.application));
    json_out_text_or_null(out, "domain", clean_text_view(newest->span.domain));
    json_out_moment(out, "since_at", newest->span.start_at);
    json_out_hex(out, "device", (struct bytes){newest->device.at, DEVICE_ID_SIZE});
    json_out_object_end(out);
}

struct hosts {
    struct arena *arena;
    struct records_device *devices;
    size_t count;
};

static int list_hosts(struct records_tx *tx, void *context)
{
    struct hosts *hosts = context;

    return records_device_list(tx, hosts->arena, &hosts->devices, &hosts->count);
}

static void write_hosts(const struct day *day, const struct hosts *hosts,
                        const struct records_person *person, struct json_out *out)
{
    const struct scope_people *people = &day->look.people;

    json_out_array(out, "devices");
    for (size_t i = 0; i < hosts->count; i++) {
        bool used = false;

        for (size_t j = 0; j < people->owner_count; j++)
            used |= people->owners[j].person.number == person->id.number &&
                    device_id_equal(people->owners[j].device, hosts->devices[i].id);
        if (used)
            json_out_text(out, NULL, hosts->devices[i].host_name);
    }
    json_out_array_end(out);
}

/* Whoever it is, and their sums: the part that both answers share. */
static void write_person(const struct day *day, const struct hosts *hosts,
                         const struct records_person *person, const struct track *track,
                         struct json_out *out)
{
    struct totals totals = {0};

    for (size_t i = 0; i < track->count; i++)
        add_totals(&totals, &track->pieces[i]);
    json_out_integer(out, "id", person->id.number);
    json_out_text(out, "name", person->name);
    json_out_boolean(out, "station", person->station);
    write_hosts(day, hosts, person, out);
    write_now(day, person, out);
    write_totals(out, "totals", &totals);
}

/* The overview: neighbours of one state are one. */
static void write_states(const struct day *day, const struct track *track, struct json_out *out)
{
    const struct piece *pieces = track->pieces;
    size_t count = track->count;

    json_out_array(out, "segments");
    for (size_t i = 0; i < count;) {
        int64_t start_at = pieces[i].start_at;
        int64_t end_at = pieces[i].end_at;
        enum span_state state = pieces[i].span->state;

        for (i++;
             i < count && pieces[i].span->state == state && pieces[i].start_at - end_at <= JOIN_MS;
             i++)
            if (pieces[i].end_at > end_at)
                end_at = pieces[i].end_at;
        json_out_object(out, NULL);
        json_out_integer(out, "start_ms", start_at - day->when.from_at);
        json_out_integer(out, "duration_ms", end_at - start_at);
        json_out_string(out, "state", span_state_word(state));
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

static void write_segments(const struct day *day, const struct track *track, struct json_out *out)
{
    const struct access_class *class = api_subject(day->look.call).class;
    bool titles = class->levels[ACCESS_CATEGORY_TITLES] >= ACCESS_SEE;

    json_out_array(out, "segments");
    for (size_t i = 0; i < track->count; i++) {
        const struct piece *piece = &track->pieces[i];

        json_out_object(out, NULL);
        json_out_integer(out, "start_ms", piece->start_at - day->when.from_at);
        json_out_integer(out, "duration_ms", piece->end_at - piece->start_at);
        json_out_string(out, "state", span_state_word(piece->span->state));
        json_out_text(out, "application", clean_text_view(piece->span->application));
        json_out_text_or_null(out, "domain", clean_text_view(piece->span->domain));
        json_out_text_or_null(out, "title",
                              titles ? clean_text_view(piece->span->title) : (struct text){0});
        json_out_boolean(out, "open", piece->open);
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

static void write_frame(const struct day *day, struct json_out *out)
{
    json_out_day(out, "date", day->when.day);
    json_out_moment(out, "from_at", day->when.from_at);
    json_out_moment(out, "to_at", day->when.to_at);
    json_out_moment(out, "as_of_at", day->look.call->now);
    json_out_moment_or_null(out, "cut_at", day->look.cut_at);
}

static int write_everyone(struct day *day, const struct hosts *hosts, struct json_out *out)
{
    const struct scope_people *people = &day->look.people;
    int r;

    json_out_object(out, NULL);
    write_frame(day, out);
    json_out_array(out, "people");
    for (size_t i = 0; i < people->person_count; i++) {
        const struct records_person *person = &people->people[i];
        struct track track = track_of(day, person->id);

        json_out_object(out, NULL);
        write_person(day, hosts, person, &track, out);
        write_states(day, &track, out);
        json_out_object_end(out);
    }
    json_out_array_end(out);
    r = write_usages(day, out, "applications", false);
    if (!r)
        r = write_usages(day, out, "domains", true);
    json_out_object_end(out);
    return r;
}

static int write_one(struct day *day, const struct hosts *hosts, struct json_out *out)
{
    const struct records_person *person = &day->look.people.people[0];
    struct track track = track_of(day, person->id);
    int r;

    json_out_object(out, NULL);
    write_frame(day, out);
    json_out_object(out, "person");
    write_person(day, hosts, person, &track, out);
    write_segments(day, &track, out);
    r = write_usages(day, out, "applications", false);
    if (!r)
        r = write_usages(day, out, "domains", true);
    json_out_object_end(out);
    json_out_object_end(out);
    return r;
}

/* ---- the two routes ---- */

static int answer(struct api_call *call, struct day *day)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    struct hosts hosts;
    bool one = day->look.person.number != 0;
    int r = look_begin(&day->look);

    if (r > 0)
        return look_refuse(&day->look, r);
    if (!r)
        r = look_note(&day->look, one ? "person.view" : "people.view", api_text(call, "purpose"),
                      day->when.day);
    hosts = (struct hosts){.arena = day->look.arena};
    if (!r)
        r = records_read(call->serve->records, list_hosts, &hosts);
    if (!r)
        r = gather(day);
    if (!r)
        r = one ? write_one(day, &hosts, &out) : write_everyone(day, &hosts, &out);
    if (r == SPANS_LARGE)
        return api_problem(call, 422, "answer-large", "The day is too large to show at once",
                           "Ask for one person's day.");
    return r ? r : api_reply(call, 200, &out);
}

static int ask(struct api_call *call, struct person_id person)
{
    struct day day = {.when = look_day(call)};
    int r;

    day.look = (struct look){.call = call,
                             .permission = ACCESS_PEOPLE_VIEW,
                             .person = person,
                             .from_at = day.when.from_at,
                             .to_at = day.when.to_at};
    r = answer(call, &day);
    arena_free(day.look.arena);
    return r;
}

int api_get_day(struct api_call *call)
{
    return ask(call, (struct person_id){0});
}

int api_get_person_day(struct api_call *call)
{
    int64_t person = api_integer(call, "person", 0);

    if (person > UINT32_MAX)
        return api_problem(call, 404, "absent", "There is no such person", "Reload the list.");
    return ask(call, (struct person_id){(uint32_t)person});
}
