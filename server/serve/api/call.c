#include "server/serve/api/call.h"

#include <stdio.h>

#include "base/base64.h"
#include "base/hex.h"
#include "server/serve/serve.h"

/* Of no class, and so permitted nothing, until everything that signing in asks for was given. */
struct access_subject api_subject(const struct api_call *call)
{
    if (call->who.kind == WHO_OPERATOR)
        return (struct access_subject){.class = access_class_find(text_of(ACCESS_CLASS_ADMIN))};
    if (call->who.kind == WHO_USER && call->who.session.record.stage == RECORDS_STAGE_SIGNED_IN)
        return call->who.session.subject;
    return (struct access_subject){0};
}

struct text api_by(const struct api_call *call)
{
    return call->who.kind == WHO_USER ? call->who.session.user.name : text_of("operator");
}

bool api_may(const struct api_call *call, enum access_permission permission)
{
    return access_class_may(api_subject(call).class, permission);
}

enum access_reason api_gate(const struct api_call *call, enum access_permission permission)
{
    struct access_subject subject = api_subject(call);
    struct access_request request = {.permission = permission};
    struct access_decision decision;

    access_decide(&subject, &request, &decision);
    return decision.reason == ACCESS_DENIED_UNTIED || decision.reason == ACCESS_DENIED_SCOPE
               ? ACCESS_ALLOWED
               : decision.reason;
}

/* A page that is left open asks on and on. */
static int note_refusal(struct api_call *call, enum access_reason reason)
{
    struct view_key key = {.viewer = call->who.session.record.number,
                           .subject = VIEW_REFUSED_CONDITION,
                           .date = reason};
    bool gathered = reason != ACCESS_DENIED_PERMISSION;
    int r;

    if (gathered && views_fresh(call->serve->views, &key, call->now))
        return 0;
    r = api_audit_denied(call, access_reason_word(reason));
    if (!r && gathered)
        views_written(call->serve->views, &key, call->now);
    return r;
}

RESULT api_refuse_gate(struct api_call *call, enum access_reason reason)
{
    int r = note_refusal(call, reason);

    if (r)
        return r;
    if (reason == ACCESS_DENIED_HOURS)
        return api_problem(call, 403, "outside-hours",
                           "Your class has hours, and it is not within them",
                           "Come back when they begin; an administrator of Ward sees them under "
                           "Users.");
    if (reason == ACCESS_DENIED_NETWORK)
        return api_problem(call, 403, "outside-network",
                           "Your class has networks, and this is none of them",
                           "Come from a network of your organisation that your class names.");
    if (reason == ACCESS_DENIED_FACTOR)
        return api_problem(call, 403, "step-up", "Your second factor was given too long ago",
                           "Give its code again (POST /api/v1/session/step-up), then repeat this.");
    return api_problem(call, 403, "not-permitted", "Your class does not permit this",
                       "Ask an administrator of Ward if you need it for your work.");
}

bool api_sees_everyone(const struct api_call *call)
{
    return access_class_sees_everyone(api_subject(call).class);
}

struct text api_text(const struct api_call *call, const char *name)
{
    for (size_t i = 0; i < call->route->parameter_count; i++)
        if (strcmp(call->route->parameters[i].name, name) == 0)
            return call->values[i];
    return (struct text){0};
}

int64_t api_integer(const struct api_call *call, const char *name, int64_t fallback)
{
    struct text text = api_text(call, name);
    bool negative = text.len && text.at[0] == '-';
    int64_t value = 0;

    if (!text.at)
        return fallback;
    /* Judged before: digits, at most 18 characters. */
    for (size_t i = negative; i < text.len; i++)
        value = value * 10 + (text.at[i] - '0');
    return negative ? -value : value;
}

struct text api_body_text(const struct api_call *call, const char *name)
{
    const json_t *value = json_object_get(call->body, name);

    return (struct text){.at = value ? json_string_value(value) : NULL,
                         .len = value ? json_string_length(value) : 0};
}

int64_t api_body_integer(const struct api_call *call, const char *name)
{
    return json_integer_value(json_object_get(call->body, name));
}

bool api_body_boolean(const struct api_call *call, const char *name)
{
    return json_is_true(json_object_get(call->body, name));
}

RESULT api_body_bytes(const struct api_call *call, const char *name, struct bytes *ret_bytes)
{
    struct text text = api_body_text(call, name);
    size_t len = text.len / 4 * 3 + (text.len % 4 ? text.len % 4 - 1 : 0);
    uint8_t *bytes = arena_take(call->arena, len);

    if (!bytes)
        return FAULT(ERR_MEMORY);
    if (text.len == 0 || base64url_parse(text, bytes, len))
        return API_BODY_INVALID;
    *ret_bytes = (struct bytes){.at = bytes, .len = len};
    return 0;
}

RESULT api_reply(struct api_call *call, unsigned status, struct json_out *out)
{
    int r = buffer_check(&out->buffer);

    if (r)
        return r;
    http_reply(call->request, status, "application/json", buffer_bytes(&out->buffer));
    return 0;
}

RESULT api_reply_empty(struct api_call *call)
{
    http_reply(call->request, 204, NULL, (struct bytes){0});
    return 0;
}

RESULT api_problem(struct api_call *call, unsigned status, const char *word, const char *title,
                   const char *detail)
{
    http_reply_problem(call->request, status, word, title, detail, NULL, 0);
    return 0;
}

RESULT api_problem_field(struct api_call *call, const char *pointer, const char *detail)
{
    struct http_problem_field field = {.pointer = pointer, .detail = detail};

    http_reply_problem(call->request, 422, "invalid", "Something in the request does not do",
                       "Change what the list names, and send it again.", &field, 1);
    return 0;
}

RESULT api_audit(struct records_tx *tx, const struct api_call *call, const struct api_entry *given)
{
    static const enum audit_actor actors[] = {[WHO_NOBODY] = AUDIT_SYSTEM,
                                              [WHO_USER] = AUDIT_USER,
                                              [WHO_OPERATOR] = AUDIT_OPERATOR,
                                              [WHO_DEVICE] = AUDIT_DEVICE};
    char actor[2 * DEVICE_ID_SIZE + 1] = "";
    struct audit_entry entry = {
        .at = call->now,
        .actor = actors[call->who.kind],
        .action = text_of(given->action),
        .target = given->target,
        .outcome = given->outcome,
        .source = http_source(call->request),
        .factors = given->factors,
        .purpose = given->purpose,
        .detail = given->detail,
        .request = http_correlation(call->request),
        .emergency = call->who.kind == WHO_USER ? call->who.session.emergency : 0,
    };
    uint64_t index;

    if (call->who.kind == WHO_USER)
        snprintf(actor, sizeof actor, "%u", call->who.session.user.id.number);
    else if (call->who.kind == WHO_OPERATOR)
        snprintf(actor, sizeof actor, "%u", call->who.uid);
    else if (call->who.kind == WHO_DEVICE)
        hex_print((struct bytes){.at = call->who.device.id.at, .len = DEVICE_ID_SIZE}, actor);
    entry.actor_id = text_of(actor);
    return records_audit_append(tx, &entry, &index);
}

struct alone {
    const struct api_call *call;
    const struct api_entry *entry;
};

static int append_alone(struct records_tx *tx, void *context)
{
    struct alone *alone = context;

    return api_audit(tx, alone->call, alone->entry);
}

RESULT api_audit_alone(struct api_call *call, const struct api_entry *entry)
{
    struct alone alone = {.call = call, .entry = entry};
    int r = records_act(call->serve->records, append_alone, &alone);

    if (!r)
        events_audit(call->serve->events);
    return r;
}

RESULT api_audit_denied(struct api_call *call, const char *reason)
{
    struct api_entry entry = {.action = "access.denied",
                              .target = text_of(call->route->operation),
                              .outcome = AUDIT_DENIED,
                              .detail = arena_print(call->arena, "{\"reason\":\"%s\"}", reason)};

    return entry.detail.at ? api_audit_alone(call, &entry) : FAULT(ERR_MEMORY);
}
