/*
 * From a request to its handler: route, gate, body, handler; and from a fault to an answer
 *
 *     gate        lets through
 *     public      anyone; a browser's request that changes something must come from our own pages
 *     foreign         anyone, and another site's page may send a browser here: the identity
 *                     provider's
 *     session     a live session at any stage
 *     self        a session that is signed in, of any class
 *     permission  a session that is signed in and whose class has it, within the conditions of the
 *                 class; or the operator. With the
 *                 mark x-step-up the session's second factor was proven in the last ten minutes
 *     tag         whoever has the instance key
 *     device      certificate and tag of an enrolled device (ingest/devices.c)
 */

#include <unistd.h>

#include "base/log.h"
#include "crypto/hash.h"
#include "net/tag.h"
#include "os/clock.h"
#include "server/serve/api/call.h"
#include "server/serve/serve.h"

/* A session's last use is written down at most this often. */
#define SEEN_EVERY_MS 30000

struct find {
    struct api_call *call;
    struct text token;
    struct access_limits limits;
};

static int find_session(struct records_tx *tx, void *context)
{
    struct find *find = context;

    return access_session_find(tx, find->token, &find->limits, find->call->now, find->call->arena,
                               &find->call->who.session);
}

static int touch_session(struct records_tx *tx, void *context)
{
    const struct api_call *call = context;

    return records_session_seen(tx, &call->who.session.record.token_hash, call->now);
}

/* Finds out who asks, by cookie or by the kernel's word. */
static int identify(struct api_call *call, bool local)
{
    struct find find = {.call = call,
                        .token = http_cookie(call->request, API_SESSION_COOKIE),
                        .limits = settings_limits(call->serve->settings)};
    uid_t uid;
    int r;

    if (local) {
        if (http_local_uid(call->request, &uid) && (uid == 0 || uid == geteuid())) {
            call->who.kind = WHO_OPERATOR;
            call->who.uid = uid;
        }
        return 0;
    }
    if (!find.token.at)
        return 0;
    r = records_read(call->serve->records, find_session, &find);
    if (r)
        return r < 0 ? r : 0;
    call->who.kind = WHO_USER;
    access_subject_place(&call->who.session.subject, call->now, http_source(call->request));
    call->who.token = find.token;
    if (call->now - call->who.session.record.seen_at > SEEN_EVERY_MS) {
        r = records_act(call->serve->records, touch_session, call);
        if (r < 0)
            return r;
        call->who.session.idle_expires_at = call->now + call->who.session.limits.idle_ms;
    }
    return 0;
}

static bool changes(const struct api_call *call)
{
    return strcmp(call->route->method, "GET") != 0;
}

/* "https://host:8443" of Origin against Host: both are the browser's word about where it stands. */
static bool same_origin(struct http_request *request)
{
    struct text origin = http_header(request, "Origin");
    struct text host = http_header(request, "Host");
    struct text site = http_header(request, "Sec-Fetch-Site");
    static const char scheme[] = "https://";
    size_t len = sizeof scheme - 1;

    if (site.at && !text_equal(site, text_of("same-origin")))
        return false;
    if (!origin.at)
        return true;
    return origin.len > len && memcmp(origin.at, scheme, len) == 0 &&
           text_equal((struct text){origin.at + len, origin.len - len}, host);
}

static int refuse_foreign(struct api_call *call)
{
    return api_problem(call, 403, "cross-site", "The request came from another site",
                       "Open Ward's own page and try again there.");
}

static int refuse_factor(struct api_call *call)
{
    return api_problem(call, 403, "step-up", "Your second factor was given too long ago",
                       "Give its code again (POST /api/v1/session/step-up), then repeat this.");
}

static int refuse_stage(struct api_call *call)
{
    if (call->who.session.record.stage == RECORDS_STAGE_TOTP)
        return api_problem(call, 403, "second-factor", "Give the second factor first",
                           "Enter the code of your authenticator to finish signing in.");
    return api_problem(call, 403, "second-factor-setup", "Set up a second factor first",
                       "Add Ward to an authenticator application and confirm a code.");
}

static int pass(bool *ret_pass)
{
    *ret_pass = true;
    return 0;
}

/* Somebody is there: are they signed in, of a class that may, and was the factor proven of late? */
static int gate_signed_in(struct api_call *call, bool local, bool *ret_pass)
{
    enum access_reason reason = call->route->gate == GATE_PERMISSION
                                    ? api_gate(call, call->route->permission)
                                    : ACCESS_ALLOWED;

    if (!local && call->who.session.record.stage != RECORDS_STAGE_SIGNED_IN)
        return refuse_stage(call);
    if (reason != ACCESS_ALLOWED)
        return api_refuse_gate(call, reason);
    if (call->route->step_up && !local && !access_factor_fresh(&call->who.session, call->now))
        return refuse_factor(call);
    return pass(ret_pass);
}

/* People and the operator. *ret_pass false: answered. */
static int gate_people(struct api_call *call, bool local, bool *ret_pass)
{
    int r = identify(call, local);

    *ret_pass = false;
    if (r)
        return r;
    if (local && call->who.kind != WHO_OPERATOR)
        return api_problem(call, 403, "not-operator", "Only root and Ward's own user may do this",
                           "Run the command with sudo.");
    if (!local && changes(call) && call->route->gate != GATE_FOREIGN && !same_origin(call->request))
        return refuse_foreign(call);
    if (call->route->gate == GATE_PUBLIC || call->route->gate == GATE_FOREIGN)
        return pass(ret_pass);
    if (call->who.kind == WHO_NOBODY || (local && call->route->gate != GATE_PERMISSION))
        return api_problem(call, 401, "signed-out", "Nobody is signed in",
                           "Sign in, and try again.");
    if (!local && changes(call) &&
        !access_csrf_fits(call->who.token, http_header(call->request, "Ward-Csrf")))
        return api_problem(call, 403, "csrf", "The request's token does not fit the session",
                           "Reload the page and try again.");
    return call->route->gate == GATE_SESSION ? pass(ret_pass)
                                             : gate_signed_in(call, local, ret_pass);
}

/* Anybody can send nonsense: one entry for each address in a quarter of an hour is enough. */
static int note_forged(struct api_call *call)
{
    struct text source = http_source(call->request);
    struct api_entry entry = {.action = "device.enrol_failed",
                              .outcome = AUDIT_DENIED,
                              .detail = text_of("{\"reason\":\"tag\"}")};
    struct view_key key = {.subject = VIEW_ENROL_FORGED};
    struct hash hash;
    int r = hash_bytes(bytes_of_text(source), &hash);

    if (r)
        return r;
    memcpy(&key.date, hash.at, sizeof key.date);
    if (views_fresh(call->serve->views, &key, call->now))
        return 0;
    r = api_audit_alone(call, &entry);
    if (!r)
        views_written(call->serve->views, &key, call->now);
    return r;
}

/* Whoever enrols has the instance key from a package. */
static int gate_tag(struct api_call *call, bool *ret_pass)
{
    struct tag_request tagged = {.method = http_method(call->request),
                                 .path = http_path(call->request),
                                 .body = http_body(call->request)};
    int r = tag_check(secret_bytes(call->serve->instance_key), &tagged,
                      http_header(call->request, "Ward-Tag"));

    *ret_pass = r == 0;
    if (r <= 0)
        return r;
    log_event(LOG_WARN, "enrol.tag", LOG_U64("bytes", tagged.body.len));
    r = note_forged(call);
    return r ? r
             : api_problem(call, 403, "tag", "The request's tag does not fit",
                           "The package is of another server or damaged: make a new one.");
}

static int pass_gate(struct api_call *call, bool local, bool *ret_pass)
{
    switch (call->route->gate) {
    case GATE_PUBLIC:
    case GATE_FOREIGN:
    case GATE_SESSION:
    case GATE_SELF:
    case GATE_PERMISSION:
        return gate_people(call, local, ret_pass);
    case GATE_TAG:
        return gate_tag(call, ret_pass);
    case GATE_DEVICE:
        return devices_gate(call, ret_pass);
    default:
        return FAULT(ERR_SYSTEM);
    }
}

static int refuse_fields(struct api_call *call, const struct schema_problems *problems)
{
    struct http_problem_field fields[SCHEMA_PROBLEMS_MAX];

    for (size_t i = 0; i < problems->count; i++)
        fields[i] = (struct http_problem_field){.pointer = problems->at[i].pointer,
                                                .detail = problems->at[i].detail};
    http_reply_problem(call->request, 422, "invalid", "Something in the request does not do",
                       "Change what the list names, and send it again.", fields, problems->count);
    return 0;
}

/* *ret_pass false: answered. */
static int check_parameters(struct api_call *call, bool *ret_pass)
{
    struct schema_problems problems = {0};

    for (size_t i = 0; i < call->route->parameter_count; i++) {
        const struct route_parameter *parameter = &call->route->parameters[i];
        int r;

        if (!parameter->in_path)
            call->values[i] = http_query(call->request, parameter->name);
        if (!call->values[i].at && !parameter->required)
            continue;
        r = schema_judge_text(parameter->schema, parameter->name, call->values[i], call->arena,
                              &problems);
        if (r)
            return r;
    }
    *ret_pass = problems.count == 0;
    return *ret_pass ? 0 : refuse_fields(call, &problems);
}

static bool is_type(struct text given, const char *wanted)
{
    size_t len = strlen(wanted);

    return given.len >= len && memcmp(given.at, wanted, len) == 0 &&
           (given.len == len || given.at[len] == ';' || given.at[len] == ' ');
}

static int check_body(struct api_call *call, bool *ret_pass)
{
    struct bytes body = http_body(call->request);
    struct schema_problems problems = {0};
    json_error_t error;
    int r;

    *ret_pass = false;
    /* What an agent sends says itself what it is, or is refused when it is decoded. */
    if (call->route->gate != GATE_DEVICE &&
        !is_type(http_header(call->request, "Content-Type"), call->route->body_type))
        return api_problem(call, 415, "body-type", "The body is of another type",
                           "Send it with the Content-Type that /api/openapi.json names.");
    if (body.len > call->route->body_max)
        return api_problem(call, 413, "body-large", "The body is too large", "Send less at once.");
    if (!call->route->body) {
        *ret_pass = true;
        return 0;
    }
    call->body = json_loadb((const char *)body.at, body.len, JSON_REJECT_DUPLICATES, &error);
    if (!call->body)
        return api_problem(call, 400, "not-json", "The body is not JSON",
                           "Send JSON as /api/openapi.json describes it.");
    r = schema_judge(call->route->body, call->body, call->arena, &problems);
    if (r)
        return r;
    *ret_pass = problems.count == 0;
    return *ret_pass ? 0 : refuse_fields(call, &problems);
}

static int run(struct api_call *call, bool local)
{
    bool pass = false;
    int r = pass_gate(call, local, &pass);

    if (r || !pass)
        return r;
    r = check_parameters(call, &pass);
    if (!r && pass && call->route->body_type)
        r = check_body(call, &pass);
    return r || !pass ? r : call->route->handle(call);
}

static void answer_fault(struct api_call *call, int r)
{
    if (r == ERR_BUSY || r == ERR_FULL) {
        http_reply_header(call->request, "Retry-After", text_of(r == ERR_BUSY ? "2" : "60"));
        http_reply_problem(call->request, 503, r == ERR_BUSY ? "busy" : "disk-full",
                           r == ERR_BUSY ? "Too much at once" : "The server's disk is full",
                           r == ERR_BUSY ? "Try again in a few seconds."
                                         : "Free space on the server's disk; nothing is lost.",
                           NULL, 0);
    } else {
        http_reply_problem(call->request, 500, "fault", "Something went wrong in the server",
                           "Try again; if it stays, give the request's number to whoever runs "
                           "Ward.",
                           NULL, 0);
    }
    log_event(LOG_ERROR, "request.fault", LOG_FAULT(r));
}

static void refuse_route(struct api_listener *listener, struct http_request *request, int outcome)
{
    bool read = text_equal(http_method(request), text_of("GET"));

    if (outcome == ROUTE_METHOD)
        http_reply_problem(request, 405, "method", "Not with this method", "See /api/openapi.json.",
                           NULL, 0);
    else if (listener->listener != ROUTE_PEOPLE || listener->local || !read ||
             !site_reply(listener->serve->site, request))
        http_reply_problem(request, 404, "absent", "There is nothing here",
                           "See /api/openapi.json.", NULL, 0);
}

static bool below(struct text path, const char *folder)
{
    size_t len = strlen(folder);

    return path.len >= len && memcmp(path.at, folder, len) == 0;
}

void api_handle(void *context, struct http_request *request)
{
    struct api_listener *listener = context;
    struct api_call call = {.serve = listener->serve,
                            .request = request,
                            .arena = http_arena(request),
                            .now = clock_now_ms()};
    struct text path = http_path(request);
    int r = route_find(listener->listener, http_method(request), path, &call.route, call.values);

    if (r == ROUTE_ABSENT && (below(path, "/api/") || below(path, "/agent/"))) {
        http_reply_problem(request, 404, "absent", "There is nothing here",
                           "See /api/openapi.json.", NULL, 0);
        return;
    }
    if (r) {
        refuse_route(listener, request, r);
        return;
    }
    r = run(&call, listener->local);
    json_decref(call.body);
    if (r)
        answer_fault(&call, r);
}
