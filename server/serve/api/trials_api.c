/* Trying to leak: an invented patient is shown to a computer, and then found nowhere. */

#include <inttypes.h>
#include <stdlib.h>

#include "base/moment.h"
#include "base/wipe.h"
#include "os/secret.h"
#include "routes.h"
#include "server/serve/api/call.h"
#include "server/serve/api/facts.h"
#include "server/serve/api/kinds.h"
#include "server/serve/api/trial_told.h"
#include "server/serve/serve.h"
#include "server/serve/trial/patient.h"
#include "server/serve/trial/sweep.h"

#define TRIALS_SHOWN 36 /* three years of monthly ones */
#define TRIAL_EVERY_MS (31 * MS_PER_DAY)
#define RESULT_MAX ((size_t)256 * 1024)
#define INVENT_TRIES 8
#define OPERATOR_OWNER ((uint64_t)1 << 63)

static const char *const outcome_words[RECORDS_TRIAL_OUTCOMES] = {
    [RECORDS_TRIAL_CLEAN] = "clean",
    [RECORDS_TRIAL_FOUND] = "found",
    [RECORDS_TRIAL_UNSEEN] = "unseen",
};

static uint64_t owner_of(const struct api_call *call)
{
    return call->who.kind == WHO_USER ? call->who.session.user.id.number
                                      : OPERATOR_OWNER | call->who.uid;
}

/* ---- what it was that was counted and looked through, as JSON ---- */

/* Names of devices and accounts; none where the caller may not see people. */
struct names {
    struct arena *arena;
    bool accounts_told;
    struct records_device *devices;
    size_t device_count;
    struct records_account *accounts;
    size_t account_count;
};

static int read_names(struct records_tx *tx, void *context)
{
    struct names *names = context;
    int r = records_device_list(tx, names->arena, &names->devices, &names->device_count);

    return r ? r : records_account_list(tx, names->arena, &names->accounts, &names->account_count);
}

static struct text host_of(const struct names *names, struct device_id device)
{
    for (size_t i = 0; i < names->device_count; i++)
        if (device_id_equal(names->devices[i].id, device))
            return names->devices[i].host_name;
    return (struct text){0};
}

static struct text account_of(const struct names *names, struct account_id account)
{
    for (size_t i = 0; names->accounts_told && i < names->account_count; i++)
        if (names->accounts[i].id.number == account.number)
            return names->accounts[i].name;
    return (struct text){0};
}

static void write_seen(const struct names *names, const struct trial_state *state,
                       const struct trial_seen *seen, struct json_out *out)
{
    json_out_object(out, NULL);
    json_out_hex(out, "device", (struct bytes){seen->device.at, DEVICE_ID_SIZE});
    json_out_text(out, "host_name", host_of(names, seen->device));
    json_out_text_or_null(out, "account", account_of(names, seen->account));
    json_out_boolean(out, "complete", seen->complete);
    json_out_object(out, "counted_in");
    json_out_day(out, "day", seen->day);
    json_out_integer(out, "epoch", seen->epoch);
    json_out_integer(out, "batch", (int64_t)seen->sequence);
    json_out_boolean(out, "together", seen->together);
    json_out_object_end(out);
    json_out_array(out, "kinds");
    for (size_t kind = 0; kind < REDACT_KINDS; kind++) {
        if (!seen->counts[kind])
            continue;
        json_out_object(out, NULL);
        json_out_string(out, "kind", redact_kind_word((enum redact_kind)kind));
        json_out_integer(out, "count", (int64_t)seen->counts[kind]);
        json_out_object_end(out);
    }
    json_out_array_end(out);
    json_out_array(out, "rules");
    for (size_t i = 0; i < state->rule_count; i++) {
        if (!device_id_equal(state->rules[i].device, seen->device))
            continue;
        json_out_object(out, NULL);
        json_out_string(out, "rule", state->rules[i].rule);
        json_out_integer(out, "count", (int64_t)state->rules[i].count);
        json_out_object_end(out);
    }
    json_out_array_end(out);
    json_out_object_end(out);
}

static void write_place(struct json_out *out, struct text place, const struct needles_sweep *sweep,
                        bool whole)
{
    json_out_object(out, NULL);
    json_out_text(out, "place", place);
    json_out_integer(out, "texts", (int64_t)sweep->texts);
    json_out_integer(out, "bytes", (int64_t)sweep->bytes);
    json_out_integer(out, "found", (int64_t)sweep->found);
    json_out_boolean(out, "whole", whole);
    json_out_object_end(out);
}

/* What an agent's own search said, as whoever ran it hands it in. */
static uint64_t write_agent_places(const struct api_call *call, struct json_out *out)
{
    const json_t *places = json_object_get(call->body, "places");
    uint64_t found = 0;
    size_t at;
    json_t *place;

    json_array_foreach(places, at, place)
    {
        const json_t *word = json_object_get(place, "place");
        struct needles_sweep sweep = {
            .texts = (uint64_t)json_integer_value(json_object_get(place, "texts")),
            .bytes = (uint64_t)json_integer_value(json_object_get(place, "bytes")),
            .found = (uint64_t)json_integer_value(json_object_get(place, "found"))};

        write_place(out, (struct text){json_string_value(word), json_string_length(word)}, &sweep,
                    json_is_true(json_object_get(place, "whole")));
        found += sweep.found;
    }
    return found;
}

/* sweep NULL: nothing was looked through yet. Gives how often something was found. */
static uint64_t write_result(const struct api_call *call, const struct names *names,
                             const struct trial_state *state, const struct sweep *sweep,
                             struct json_out *out)
{
    uint64_t found = 0;

    json_out_object(out, NULL);
    json_out_array(out, "expected");
    for (size_t kind = 0; kind < REDACT_KINDS; kind++)
        if (state->trial.expected[kind])
            json_out_string(out, NULL, redact_kind_word((enum redact_kind)kind));
    json_out_array_end(out);
    json_out_array(out, "devices");
    for (size_t i = 0; i < state->seen_count; i++)
        write_seen(names, state, &state->seen[i], out);
    json_out_array_end(out);
    json_out_array(out, "places");
    for (size_t i = 0; sweep && i < SWEEP_PLACES; i++)
        write_place(out, text_of(sweep_word((enum sweep_place)i)), &sweep->places[i].sweep,
                    sweep->places[i].whole);
    if (sweep)
        found = sweep_found(sweep) + write_agent_places(call, out);
    json_out_array_end(out);
    json_out_object_end(out);
    return found;
}

/* outcome .at NULL: under way. */
static void write_trial(struct json_out *out, const char *name, const struct records_trial *trial,
                        const char *outcome)
{
    json_out_object(out, name);
    json_out_integer(out, "number", (int64_t)trial->number);
    json_out_moment(out, "started_at", trial->started_at);
    json_out_moment_or_null(out, "finished_at", trial->finished_at);
    json_out_text(out, "started_by", trial->started_by);
    json_out_string(out, "outcome", outcome);
    json_out_json(out, "result", trial->result);
    json_out_object_end(out);
}

/* The one under way as it stands. Outcome: TRIALS_ABSENT. */
static int state_as_trial(struct api_call *call, struct arena *arena, uint64_t number,
                          struct json_out *result, struct records_trial *ret_trial)
{
    struct names names = {.arena = arena, .accounts_told = api_sees_everyone(call)};
    struct trial_state state;
    int r = trials_state(call->serve->trials, number, call->now, arena, &state);

    if (!r)
        r = records_read(call->serve->records, read_names, &names);
    if (r)
        return r;
    write_result(call, &names, &state, NULL, result);
    *ret_trial = (struct records_trial){.number = state.trial.number,
                                        .started_at = state.trial.started_at,
                                        .result = text_of_bytes(buffer_bytes(&result->buffer))};
    r = buffer_check(&result->buffer);
    return r ? r : trial_told(call->serve->records, names.accounts_told, arena, ret_trial, 1);
}

/* ---- list ---- */

struct listing {
    struct arena *arena;
    struct records_trial *trials;
    size_t count;
    int64_t passed_at;
};

static int read_trials(struct records_tx *tx, void *context)
{
    struct listing *listing = context;
    int r = records_trial_list(tx, TRIALS_SHOWN, listing->arena, &listing->trials, &listing->count);

    return r ? r : records_trial_passed_at(tx, &listing->passed_at);
}

#define LIST_ARENA_MAX ((size_t)32 * 1024 * 1024)

int api_list_trials(struct api_call *call)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    CLEANUP(json_out_deinit) struct json_out result = json_out_init(RESULT_MAX);
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct listing listing = {0};
    struct records_trial running;
    struct facts facts;
    int r = arena_new(&arena, LIST_ARENA_MAX);

    listing.arena = arena;
    if (!r)
        r = records_read(call->serve->records, read_trials, &listing);
    if (!r)
        r = facts_read(call->serve, call->now, arena, &facts);
    if (!r)
        r = trial_told(call->serve->records, api_sees_everyone(call), arena, listing.trials,
                       listing.count);
    if (r)
        return r;
    r = state_as_trial(call, arena, 0, &result, &running);
    if (r < 0)
        return r;
    json_out_object(&out, NULL);
    if (r == 0)
        write_trial(&out, "running", &running, "running");
    else
        json_out_null(&out, "running");
    json_out_array(&out, "trials");
    for (size_t i = 0; i < listing.count; i++)
        write_trial(&out, NULL, &listing.trials[i], outcome_words[listing.trials[i].outcome]);
    json_out_array_end(&out);
    json_out_moment_or_null(&out, "passed_at", listing.passed_at);
    json_out_moment_or_null(&out, "due_at",
                            listing.passed_at ? listing.passed_at + TRIAL_EVERY_MS : 0);
    json_out_integer(&out, "live", (int64_t)facts.live);
    kinds_write_labels(&out);
    json_out_object_end(&out);
    return api_reply(call, 200, &out);
}

/* ---- a patient ---- */

static int invent(struct api_call *call, struct patient *ret_patient)
{
    uint8_t chance[PATIENT_CHANCE_SIZE];
    int r = secret_random(chance, sizeof chance);

    return r ? r : patient_invent(chance, call->arena, ret_patient);
}

static void write_patient(const struct patient *patient, struct json_out *out)
{
    json_out_object(out, NULL);
    json_out_text(out, "last_name", patient->last_name);
    json_out_text(out, "first_name", patient->first_name);
    json_out_text(out, "mrn", patient->mrn);
    json_out_text(out, "birth_date", patient->birth_date);
    json_out_text(out, "ssn", patient->ssn);
    json_out_text(out, "phone", patient->phone);
    json_out_text(out, "street", patient->street);
    json_out_object_end(out);
}

/* One of whom nothing is in the data yet: else what is found could be somebody else's. */
static int invent_unknown(struct api_call *call, struct patient *ret_patient,
                          struct needles *ret_needles)
{
    for (int i = 0; i < INVENT_TRIES; i++) {
        struct needles needles = {0};
        struct sweep sweep;
        int r = invent(call, ret_patient);

        if (!r)
            r = patient_needles(ret_patient, &needles);
        if (!r)
            r = sweep_all(call->serve, &needles, call->now, &sweep);
        if (r)
            return r < 0 ? r : FAULT(ERR_SYSTEM);
        if (sweep_found(&sweep) == 0) {
            *ret_needles = needles;
            return 0;
        }
    }
    return FAULT(ERR_SYSTEM);
}

int api_invent_patient(struct api_call *call)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(4096);
    struct needles needles = {0};
    struct patient patient;
    int r = invent_unknown(call, &patient, &needles);

    wipe(&needles, sizeof needles);
    if (r)
        return r;
    write_patient(&patient, &out);
    return api_reply(call, 200, &out);
}

/* ---- begin ---- */

static struct text part(const json_t *patient, const char *name)
{
    const json_t *value = json_object_get(patient, name);

    return (struct text){json_string_value(value), json_string_length(value)};
}

static int refuse_parts(struct api_call *call)
{
    return api_problem_field(call, "/patient",
                             "each part of 4 to 60 characters: shorter ones stand in everything");
}

/* What the caller gives is looked for before anything is shown: what is there already proves
 * nothing. *ret_pass false: answered. */
static int take_given(struct api_call *call, struct patient *patient, struct needles *needles,
                      bool *ret_pass)
{
    const json_t *given = json_object_get(call->body, "patient");
    struct sweep sweep;
    int r;

    *ret_pass = false;
    *patient = (struct patient){.last_name = part(given, "last_name"),
                                .first_name = part(given, "first_name"),
                                .mrn = part(given, "mrn"),
                                .birth_date = part(given, "birth_date"),
                                .ssn = part(given, "ssn"),
                                .phone = part(given, "phone"),
                                .street = part(given, "street")};
    r = patient_needles(patient, needles);
    if (r > 0)
        return refuse_parts(call);
    if (!r)
        r = sweep_all(call->serve, needles, call->now, &sweep);
    if (r)
        return r;
    if (sweep_found(&sweep))
        return api_problem(call, 409, "trial-known", "Something of that text is in Ward already",
                           "Take another patient, who is nobody. If it is a real one, who should "
                           "not be there, tell whoever runs Ward.");
    *ret_pass = true;
    return 0;
}

struct beginning {
    struct api_call *call;
    uint64_t number;
};

static int write_beginning(struct records_tx *tx, void *context)
{
    struct beginning *beginning = context;
    struct api_entry entry = {.action = "trial.start"};
    int r = records_trial_number(tx, &beginning->number);

    if (r)
        return r;
    entry.target = arena_print(beginning->call->arena, "trial:%" PRIu64, beginning->number);
    return entry.target.at ? api_audit(tx, beginning->call, &entry) : FAULT(ERR_MEMORY);
}

static int refuse_busy(struct api_call *call)
{
    return api_problem(call, 409, "trial-running", "Somebody else tries already",
                       "Wait until it ends: after a quarter of an hour at most.");
}

static int reply_begun(struct api_call *call, uint64_t number, const struct patient *patient,
                       struct text title, const struct needles *needles)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(RESULT_MAX);
    CLEANUP(json_out_deinit) struct json_out shown = json_out_init(4096);

    write_patient(patient, &shown);
    json_out_object(&out, NULL);
    json_out_integer(&out, "number", (int64_t)number);
    json_out_moment(&out, "ends_at", call->now + TRIAL_MS);
    json_out_text(&out, "title", title);
    json_out_json(&out, "patient", text_of_bytes(buffer_bytes(&shown.buffer)));
    json_out_array(&out, "strings");
    for (size_t i = 0; i < needles->count; i++)
        json_out_text(&out, NULL, (struct text){needles->each[i].at, needles->each[i].len});
    json_out_array_end(&out);
    json_out_object_end(&out);
    return api_reply(call, 201, &out);
}

/* What the redactor of the policy in force must find in the title. */
static int kinds_expected(struct api_call *call, struct text title, bool expected[REDACT_KINDS])
{
    struct policy_redactor *redactor = policies_redactor_take(call->serve->policies);
    int r = patient_kinds(policy_redactor_of(redactor), title, call->arena, expected);

    policies_redactor_give(call->serve->policies, redactor);
    return r;
}

static int begin(struct api_call *call, const struct patient *patient,
                 const struct needles *needles)
{
    struct trial trial = {.owner = owner_of(call), .started_at = call->now};
    struct beginning beginning = {.call = call};
    struct trial_state other;
    struct text title;
    int r = trials_state(call->serve->trials, 0, call->now, call->arena, &other);

    if (r == 0 && other.trial.owner != trial.owner)
        return refuse_busy(call);
    r = r < 0 ? r : patient_title(patient, call->arena, &title);
    if (!r)
        r = kinds_expected(call, title, trial.expected);
    if (r > 0)
        return refuse_parts(call);
    if (!r)
        r = records_act(call->serve->records, write_beginning, &beginning);
    if (r)
        return r;
    trial.number = beginning.number;
    r = trials_begin(call->serve->trials, &trial, needles);
    if (r == TRIALS_BUSY)
        return refuse_busy(call);
    return r ? r : reply_begun(call, trial.number, patient, title, needles);
}

int api_start_trial(struct api_call *call)
{
    struct needles needles = {0};
    struct patient patient;
    bool pass = true;
    int r;

    if (json_object_get(call->body, "patient"))
        r = take_given(call, &patient, &needles, &pass);
    else
        r = invent_unknown(call, &patient, &needles);
    if (!r && pass)
        r = begin(call, &patient, &needles);
    wipe(&needles, sizeof needles);
    return r;
}

/* ---- look, and end ---- */

static uint64_t number_given(const struct api_call *call)
{
    return (uint64_t)api_integer(call, "trial", 0);
}

static int refuse_over(struct api_call *call)
{
    return api_problem(call, 404, "trial-over", "That trial is over",
                       "Its text is forgotten after a quarter of an hour, and when the server "
                       "starts again. Begin another.");
}

int api_get_trial(struct api_call *call)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(RESULT_MAX);
    CLEANUP(json_out_deinit) struct json_out result = json_out_init(RESULT_MAX);
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct records_trial trial;
    int r = arena_new(&arena, LIST_ARENA_MAX);

    if (!r)
        r = state_as_trial(call, arena, number_given(call), &result, &trial);
    if (r)
        return r == TRIALS_ABSENT ? refuse_over(call) : r;
    write_trial(&out, NULL, &trial, "running");
    return api_reply(call, 200, &out);
}

struct ending {
    struct api_call *call;
    struct records_trial *trial;
    uint64_t found;
    size_t places;
};

static int write_ending(struct records_tx *tx, void *context)
{
    struct ending *ending = context;
    struct api_call *call = ending->call;
    struct api_entry entry = {
        .action = "trial.result",
        .target = arena_print(call->arena, "trial:%" PRIu64, ending->trial->number),
        .outcome = ending->trial->outcome == RECORDS_TRIAL_CLEAN ? AUDIT_OK : AUDIT_FAILED,
        .detail =
            arena_print(call->arena, "{\"found\":%" PRIu64 ",\"outcome\":\"%s\",\"places\":%zu}",
                        ending->found, outcome_words[ending->trial->outcome], ending->places)};
    int r = entry.target.at && entry.detail.at ? records_trial_add(tx, ending->trial)
                                               : FAULT(ERR_MEMORY);

    return r ? r : api_audit(tx, call, &entry);
}

static enum records_trial_outcome outcome_of(const struct trial_state *state, uint64_t found)
{
    if (found)
        return RECORDS_TRIAL_FOUND;
    return state->seen_count && state->seen[0].complete ? RECORDS_TRIAL_CLEAN
                                                        : RECORDS_TRIAL_UNSEEN;
}

/* Looks everywhere and keeps what came of it. Outcome: TRIALS_ABSENT. */
static int end(struct api_call *call, struct arena *arena, const struct needles *needles)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(RESULT_MAX);
    CLEANUP(json_out_deinit) struct json_out result = json_out_init(RESULT_MAX);
    struct names names = {.arena = arena, .accounts_told = api_sees_everyone(call)};
    struct records_trial trial = {.number = number_given(call), .started_by = api_by(call)};
    struct ending ending = {.call = call, .trial = &trial};
    struct needles_sweep itself = {0};
    struct trial_state state;
    struct sweep sweep;
    int r = sweep_all(call->serve, needles, call->now, &sweep);

    if (!r)
        r = trials_state(call->serve->trials, trial.number, call->now, arena, &state);
    if (!r)
        r = records_read(call->serve->records, read_names, &names);
    if (r)
        return r;
    ending.found = write_result(call, &names, &state, &sweep, &result);
    needles_look(needles, buffer_bytes(&result.buffer), &itself);
    if (itself.found) {
        /* A computer or an account is called like the patient: what is kept is without names. */
        names = (struct names){0};
        json_out_deinit(&result);
        result = json_out_init(RESULT_MAX);
        ending.found = write_result(call, &names, &state, &sweep, &result);
    }
    ending.places = SWEEP_PLACES + json_array_size(json_object_get(call->body, "places"));
    r = buffer_check(&result.buffer);
    if (r)
        return r;
    trial.started_at = state.trial.started_at;
    trial.finished_at = call->now;
    trial.outcome = outcome_of(&state, ending.found);
    trial.result = text_of_bytes(buffer_bytes(&result.buffer));
    r = records_act(call->serve->records, write_ending, &ending);
    if (r)
        return r;
    trials_end(call->serve->trials, trial.number);
    r = trial_told(call->serve->records, names.accounts_told, arena, &trial, 1);
    if (r)
        return r;
    write_trial(&out, NULL, &trial, outcome_words[trial.outcome]);
    return api_reply(call, 200, &out);
}

int api_finish_trial(struct api_call *call)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct needles needles = {0};
    struct trial_state state;
    int r = trials_state(call->serve->trials, number_given(call), call->now, call->arena, &state);

    if (!r && state.trial.owner != owner_of(call))
        return refuse_busy(call);
    if (!r)
        r = trials_needles(call->serve->trials, number_given(call), call->now, &needles);
    if (!r)
        r = arena_new(&arena, LIST_ARENA_MAX);
    if (!r)
        r = end(call, arena, &needles);
    wipe(&needles, sizeof needles);
    return r == TRIALS_ABSENT ? refuse_over(call) : r;
}
