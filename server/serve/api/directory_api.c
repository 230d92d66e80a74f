/* The people directory: who works here, and whose the accounts are. */

#include <inttypes.h>

#include "access/directory.h"
#include "base/moment.h"
#include "routes.h"
#include "server/serve/api/call.h"
#include "server/serve/serve.h"

#define LIMIT_STANDARD 100
#define MOVES_MAX 200

/* ---- out ---- */

static void write_person(struct json_out *out, const char *name,
                         const struct records_person *person)
{
    json_out_object(out, name);
    json_out_integer(out, "id", person->id.number);
    json_out_text(out, "name", person->name);
    json_out_boolean(out, "station", person->station);
    json_out_text_or_null(out, "email", person->email);
    json_out_text_or_null(out, "employee_id", person->employee_id);
    json_out_integer(out, "manager", person->manager.number);
    json_out_text_or_null(out, "time_zone", person->time_zone);
    json_out_text_or_null(out, "schedule", person->schedule);
    json_out_moment_or_null(out, "created_at", person->created_at);
    json_out_moment_or_null(out, "ended_at", person->ended_at);
    json_out_boolean(out, "confirmed", person->confirmed);
    json_out_integer(out, "merged_into", person->merged_into.number);
    json_out_object_end(out);
}

static void write_day(struct json_out *out, const char *name, int32_t day)
{
    if (day == RECORDS_DAY_FIRST || day == RECORDS_DAY_NEVER)
        json_out_null(out, name);
    else
        json_out_day(out, name, day);
}

/* Whoever looks at names is written down, once in a quarter of an hour. */
static int note_view(struct api_call *call, struct person_id person)
{
    bool user = call->who.kind == WHO_USER;
    struct view_key key = {.viewer = user ? call->who.session.record.number
                                          : VIEW_OPERATOR | call->who.uid,
                           .subject = VIEW_DIRECTORY ^ person.number};
    struct api_entry entry = {.action = "directory.view"};
    int r;

    if (views_fresh(call->serve->views, &key, call->now))
        return 0;
    if (person.number)
        entry.target = arena_print(call->arena, "person:%" PRIu32, person.number);
    r = api_audit_alone(call, &entry);
    if (!r)
        views_written(call->serve->views, &key, call->now);
    return r;
}

/* ---- the list ---- */

struct listing {
    struct arena *arena;
    struct records_person_search search;
    struct records_person *people;
    size_t count;
    size_t total;
};

static int search(struct records_tx *tx, void *context)
{
    struct listing *listing = context;

    return records_person_search(tx, &listing->search, listing->arena, &listing->people,
                                 &listing->count, &listing->total);
}

int api_list_people(struct api_call *call)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    struct text state = api_text(call, "state");
    struct listing listing = {
        .arena = call->arena,
        .search = {.words = api_text(call, "words"),
                   .unconfirmed = text_equal(state, text_of("unconfirmed")),
                   .ended = text_equal(state, text_of("all")),
                   .offset = (size_t)api_integer(call, "offset", 0),
                   .limit = (size_t)api_integer(call, "limit", LIMIT_STANDARD)}};
    int r = records_read(call->serve->records, search, &listing);

    if (!r)
        r = note_view(call, (struct person_id){0});
    if (r)
        return r;
    json_out_object(&out, NULL);
    json_out_integer(&out, "total", (int64_t)listing.total);
    json_out_array(&out, "people");
    for (size_t i = 0; i < listing.count; i++)
        write_person(&out, NULL, &listing.people[i]);
    json_out_array_end(&out);
    json_out_object_end(&out);
    return api_reply(call, 200, &out);
}

/* ---- one ---- */

struct reading {
    struct arena *arena;
    struct person_id id;
    struct records_person person;
    struct records_person_account *accounts;
    size_t account_count;
    struct person_id *reports;
    size_t report_count;
    struct records_move *moves;
    size_t move_count;
};

static int read_one(struct records_tx *tx, void *context)
{
    struct reading *reading = context;
    struct arena *arena = reading->arena;
    int r = records_person_get(tx, reading->id, arena, &reading->person);

    if (!r)
        r = records_person_accounts(tx, reading->id, arena, &reading->accounts,
                                    &reading->account_count);
    if (!r)
        r = records_reports(tx, reading->id, arena, &reading->reports, &reading->report_count);
    if (!r)
        r = records_move_list(tx, reading->id, MOVES_MAX, arena, &reading->moves,
                              &reading->move_count);
    return r;
}

static void write_accounts(struct json_out *out, const struct reading *reading)
{
    json_out_array(out, "accounts");
    for (size_t i = 0; i < reading->account_count; i++) {
        const struct records_person_account *account = &reading->accounts[i];

        json_out_object(out, NULL);
        json_out_integer(out, "id", account->account.number);
        json_out_text(out, "name", account->name);
        json_out_text(out, "device", account->host_name);
        json_out_string(out, "kind", records_identity_word(account->kind));
        write_day(out, "from", account->from_day);
        write_day(out, "until", account->until_day);
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

static void write_moves(struct json_out *out, const struct reading *reading)
{
    json_out_array(out, "moves");
    for (size_t i = 0; i < reading->move_count; i++) {
        const struct records_move *move = &reading->moves[i];

        json_out_object(out, NULL);
        json_out_integer(out, "number", (int64_t)move->number);
        json_out_moment(out, "at", move->at);
        json_out_text(out, "by", move->by);
        json_out_string(out, "kind", records_move_word(move->kind));
        json_out_integer(out, "from_person", move->from.number);
        json_out_integer(out, "to_person", move->to.number);
        write_day(out, "from", move->from_day);
        json_out_text(out, "why", move->why);
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

static int show(struct api_call *call, unsigned status, struct person_id id)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    struct reading reading = {.arena = call->arena, .id = id};
    int r = records_read(call->serve->records, read_one, &reading);

    if (r == RECORDS_ABSENT)
        return api_problem(call, 404, "absent", "There is no such person", "Reload the list.");
    if (r)
        return r;
    json_out_object(&out, NULL);
    write_person(&out, "person", &reading.person);
    write_accounts(&out, &reading);
    json_out_array(&out, "reports");
    for (size_t i = 0; i < reading.report_count; i++)
        json_out_integer(&out, NULL, reading.reports[i].number);
    json_out_array_end(&out);
    write_moves(&out, &reading);
    json_out_object_end(&out);
    return api_reply(call, status, &out);
}

static struct person_id person_asked(const struct api_call *call)
{
    return (struct person_id){(uint32_t)api_integer(call, "person", 0)};
}

int api_get_person(struct api_call *call)
{
    int r = note_view(call, person_asked(call));

    return r ? r : show(call, 200, person_asked(call));
}

/* ---- adding and changing ---- */

struct change {
    struct api_call *call;
    struct person_id id;
    struct records_person person;
    const char *wrong; /* the member of the body that does not do */
};

/* Members that are there; an empty text takes what was known away. */
static void apply(struct change *change)
{
    struct api_call *call = change->call;
    struct records_person *person = &change->person;
    const json_t *manager = json_object_get(call->body, "manager");
    const json_t *ended = json_object_get(call->body, "ended");
    struct {
        const char *name;
        struct text *to;
    } texts[] = {{"name", &person->name},
                 {"email", &person->email},
                 {"employee_id", &person->employee_id},
                 {"time_zone", &person->time_zone},
                 {"schedule", &person->schedule}};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct text text = api_body_text(call, texts[i].name);

        if (text.at)
            *texts[i].to = text;
    }
    if (manager)
        person->manager.number = (uint32_t)json_integer_value(manager);
    if (json_is_true(ended) && !person->ended_at)
        person->ended_at = call->now;
    else if (json_is_false(ended))
        person->ended_at = 0;
}

static int refuse(struct api_call *call, int outcome)
{
    switch (outcome) {
    case RECORDS_ABSENT:
        return api_problem(call, 404, "absent", "There is no such person or account",
                           "Reload the list.");
    case RECORDS_PERSON_EMAIL:
        return api_problem_field(call, "/email", "an address that nobody else has");
    case RECORDS_PERSON_EMPLOYEE_ID:
        return api_problem_field(call, "/employee_id", "an id that nobody else has");
    case RECORDS_PERSON_MANAGER:
        return api_problem_field(call, "/manager",
                                 "the number of a person who is not below this one, or 0");
    case RECORDS_PERSON_STATION:
        return api_problem(call, 409, "person-station", "A station is a computer, and nobody",
                           "What is done at a shared computer stays the station's.");
    case RECORDS_PERSON_TIED:
        return api_problem(call, 409, "person-tied", "Both are users of Ward",
                           "Under Users, say of one of the two users that they are nobody here; "
                           "then merge.");
    case RECORDS_PERSON_SAME:
        return api_problem(call, 409, "person-same", "It is so already", "Reload the list.");
    default:
        return api_problem(call, 409, "person-others", "An account is not this person's",
                           "Reload the person, and take accounts that are theirs on that day.");
    }
}

static int audit_change(struct records_tx *tx, struct change *change, const char *action)
{
    struct api_call *call = change->call;
    struct api_entry entry = {
        .action = action, .target = arena_print(call->arena, "person:%" PRIu32, change->id.number)};

    entry.detail =
        arena_print(call->arena, "{\"ended\":%s,\"manager\":%" PRIu32 "}",
                    change->person.ended_at ? "true" : "false", change->person.manager.number);
    return entry.target.at && entry.detail.at ? api_audit(tx, call, &entry) : FAULT(ERR_MEMORY);
}

static int add(struct records_tx *tx, void *context)
{
    struct change *change = context;
    int r = records_person_add(tx, &change->person, change->call->arena, &change->id);

    return r ? r : audit_change(tx, change, "person.add");
}

static int change_one(struct records_tx *tx, void *context)
{
    struct change *change = context;
    struct arena *arena = change->call->arena;
    int r = records_person_get(tx, change->id, arena, &change->person);

    if (r)
        return r;
    apply(change);
    change->wrong = directory_person_wrong(&change->person);
    if (change->wrong)
        return RECORDS_STALE;
    r = records_person_set(tx, &change->person, arena);
    return r ? r : audit_change(tx, change, "person.change");
}

static const char *expected(const char *pointer)
{
    static const char *const rows[][2] = {
        {"/name", "a name on one line, of 1 to 256 bytes"},
        {"/email", "one address, as anna@hospital.example, or nothing"},
        {"/employee_id", "an id on one line, of at most 64 bytes, or nothing"},
        {"/time_zone", "a time zone as America/Chicago, or nothing"},
        {"/schedule", "from Monday to Sunday HH:MM-HH:MM or nothing, with ; between: "
                      "09:00-17:00;09:00-17:00;;;;;"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i][0], pointer) == 0)
            return rows[i][1];
    return "another value";
}

static int finish(struct change *change, unsigned status, int r)
{
    struct api_call *call = change->call;

    if (change->wrong)
        return api_problem_field(call, change->wrong, expected(change->wrong));
    if (r)
        return r < 0 ? r : refuse(call, r);
    events_people(call->serve->events);
    events_audit(call->serve->events);
    return show(call, status, change->id);
}

int api_add_person(struct api_call *call)
{
    struct change change = {.call = call, .person = {.created_at = call->now, .confirmed = true}};
    int r = 0;

    apply(&change);
    change.wrong = directory_person_wrong(&change.person);
    if (!change.wrong)
        r = records_act(call->serve->records, add, &change);
    return finish(&change, 201, r);
}

int api_change_person(struct api_call *call)
{
    struct change change = {.call = call, .id = person_asked(call)};
    int r = records_act(call->serve->records, change_one, &change);

    return finish(&change, 200, r);
}

/* ---- moves ---- */

struct moving {
    struct api_call *call;
    enum records_move_kind kind;
    struct records_move move;
    struct account_id account;   /* of an assignment */
    struct account_id *accounts; /* of a split */
    size_t account_count;
    struct records_moved moved;
};

static int move_one(struct records_tx *tx, struct moving *moving)
{
    struct arena *arena = moving->call->arena;

    switch (moving->kind) {
    case RECORDS_MOVE_ASSIGN:
        return records_person_assign(tx, &moving->move, moving->account, arena, &moving->moved);
    case RECORDS_MOVE_MERGE:
        return records_person_merge(tx, &moving->move, arena, &moving->moved);
    case RECORDS_MOVE_SPLIT:
        return records_person_split(tx, &moving->move, moving->accounts, moving->account_count,
                                    api_body_text(moving->call, "name"), arena, &moving->moved);
    case RECORDS_MOVE_CONFIRM:
    case RECORDS_MOVE_KINDS:
    default:
        return records_person_confirm(tx, &moving->move, &moving->moved);
    }
}

static int move(struct records_tx *tx, void *context)
{
    static const char *const actions[RECORDS_MOVE_KINDS] = {"person.confirm", "person.assign",
                                                            "person.merge", "person.split"};
    struct moving *moving = context;
    struct api_call *call = moving->call;
    struct api_entry entry = {.action = actions[moving->kind], .purpose = moving->move.why};
    const struct records_moved *moved = &moving->moved;
    char day[TIME_TEXT_SIZE];
    int r = move_one(tx, moving);

    if (r)
        return r;
    time_day_print(moving->move.from_day, day);
    entry.target = arena_print(call->arena, "person:%" PRIu32, moved->to.number);
    entry.detail = arena_print(call->arena,
                               "{\"from\":%" PRIu32 ",\"from_count\":%zu,\"identities\":%zu,"
                               "\"move\":%" PRIu64 ",\"since\":\"%s\"}",
                               moved->from.number, moved->from_count ? moved->from_count : 1,
                               moved->identities, moved->number, day);
    return entry.target.at && entry.detail.at ? api_audit(tx, call, &entry) : FAULT(ERR_MEMORY);
}

/* Nobody's page goes on with what it knew of whose accounts are whose. */
static int finish_move(struct moving *moving)
{
    struct api_call *call = moving->call;
    struct events *events = call->serve->events;
    int r;

    moving->move.at = call->now;
    moving->move.by = api_by(call);
    moving->move.why = api_body_text(call, "why");
    r = records_act(call->serve->records, move, moving);
    if (r)
        return r < 0 ? r : refuse(call, r);
    for (size_t i = 0; i < moving->moved.user_count; i++)
        events_end_user(events, moving->moved.users[i]);
    events_people(events);
    events_audit(events);
    return show(call, 200, moving->moved.to);
}

/* The gate has judged it: it parses. */
static int32_t day_given(const struct api_call *call)
{
    struct text text = api_body_text(call, "since");
    int32_t day = RECORDS_DAY_FIRST;

    if (text.at && time_day_parse(text, &day))
        return RECORDS_DAY_FIRST;
    return day < RECORDS_DAY_FIRST ? RECORDS_DAY_FIRST : day;
}

int api_confirm_person(struct api_call *call)
{
    struct moving moving = {
        .call = call, .kind = RECORDS_MOVE_CONFIRM, .move = {.to = person_asked(call)}};

    return finish_move(&moving);
}

int api_assign_account(struct api_call *call)
{
    struct moving moving = {.call = call,
                            .kind = RECORDS_MOVE_ASSIGN,
                            .move = {.to = person_asked(call), .from_day = day_given(call)},
                            .account = {(uint32_t)api_body_integer(call, "account")}};

    return finish_move(&moving);
}

int api_merge_person(struct api_call *call)
{
    struct moving moving = {
        .call = call,
        .kind = RECORDS_MOVE_MERGE,
        .move = {.from = {(uint32_t)api_body_integer(call, "from")}, .to = person_asked(call)}};

    return finish_move(&moving);
}

int api_split_person(struct api_call *call)
{
    const json_t *accounts = json_object_get(call->body, "accounts");
    struct moving moving = {.call = call,
                            .kind = RECORDS_MOVE_SPLIT,
                            .move = {.from = person_asked(call), .from_day = day_given(call)},
                            .account_count = json_array_size(accounts)};

    if (moving.account_count == 0)
        return api_problem_field(call, "/accounts", "the number of one account at least");
    if (!directory_name_fits(api_body_text(call, "name")))
        return api_problem_field(call, "/name", expected("/name"));
    moving.accounts = arena_take_array(call->arena, moving.account_count, sizeof *moving.accounts);
    if (!moving.accounts)
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; i < moving.account_count; i++)
        moving.accounts[i].number = (uint32_t)json_integer_value(json_array_get(accounts, i));
    return finish_move(&moving);
}
