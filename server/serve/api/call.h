#pragma once

/*
 * A call: one request that a route took, whoever it comes from, and what handlers do with it
 *
 * When a handler runs, the gate of its route has let the caller through, parameters and body fit
 * their schemas, and the arena lives as long as the request.
 */

#include <jansson.h>

#include "access/session.h"
#include "audit/entry.h"
#include "net/server.h"
#include "server/serve/api/json_out.h"
#include "server/serve/api/route.h"
#include "server/serve/ingest/devices.h"
#include "store/records/records.h"

struct serve;

#define API_REPLY_MAX ((size_t)16 * 1024 * 1024)
#define API_SESSION_COOKIE "__Host-ward"

enum api_who_kind { WHO_NOBODY, WHO_USER, WHO_OPERATOR, WHO_DEVICE };

struct api_who {
    enum api_who_kind kind;
    struct access_session session; /* WHO_USER */
    struct text token;             /* WHO_USER */
    uid_t uid;                     /* WHO_OPERATOR */
    struct device_entry device;    /* WHO_DEVICE */
    uint64_t sequence;             /* WHO_DEVICE */
};

struct api_call {
    struct serve *serve;
    struct http_request *request;
    struct arena *arena;
    const struct route *route;
    int64_t now;
    struct api_who who;
    struct text values[ROUTE_PARAMETERS_MAX]; /* in the row's order; .at NULL: not given */
    json_t *body;                             /* NULL: none */
};

/* What http_listener.handle is: context is the listener's. */
struct api_listener {
    struct serve *serve;
    enum route_listener listener;
    bool local;
};

void api_handle(void *context, struct http_request *request);

/* ---- who ---- */

/* Whose decisions hold: the operator's class is admin. */
struct access_subject api_subject(const struct api_call *call);
/* What history says of who did it: the name to sign in with, or "operator". */
struct text api_by(const struct api_call *call);
/* May the caller do that as well? */
bool api_may(const struct api_call *call, enum access_permission permission);
/* Is the caller let through to that now: conditions of the class, permission, second factor? Whom
 * they see is judged where the scope is made. */
enum access_reason api_gate(const struct api_call *call, enum access_permission permission);
/* Answers with why not, and writes it down: conditions once a quarter of an hour. */
RESULT api_refuse_gate(struct api_call *call, enum access_reason reason);
/* May the caller see everyone's activity, and so whose it is? */
bool api_sees_everyone(const struct api_call *call);

/* ---- what came ---- */

/* Parameters; fallback where it was not given. */
int64_t api_integer(const struct api_call *call, const char *name, int64_t fallback);
struct text api_text(const struct api_call *call, const char *name);

/* Members of the body; the empty text, 0 and false where absent. */
struct text api_body_text(const struct api_call *call, const char *name);
int64_t api_body_integer(const struct api_call *call, const char *name);
bool api_body_boolean(const struct api_call *call, const char *name);

enum {
    API_BODY_INVALID = 1, /* not base64url */
};

/* A base64url member of the body, decoded into the arena. Outcome: API_BODY_INVALID. */
RESULT api_body_bytes(const struct api_call *call, const char *name, struct bytes *ret_bytes);

/* ---- what goes: all give 0 back, or a fault ---- */

/* Answers with what was written. */
RESULT api_reply(struct api_call *call, unsigned status, struct json_out *out);
RESULT api_reply_empty(struct api_call *call);
/* word is documented in docs/operations/problems.md; detail says what to do next. */
RESULT api_problem(struct api_call *call, unsigned status, const char *word, const char *title,
                   const char *detail);
/* One field of the body does not do. */
RESULT api_problem_field(struct api_call *call, const char *pointer, const char *detail);

/* ---- audit ---- */

/* An entry about this call: who, from where, request id, filled in. Texts as in audit_entry. */
struct api_entry {
    const char *action;
    struct text target;
    enum audit_outcome outcome;
    struct text purpose;
    struct text detail;
    struct text factors;
};

/* Appends it in the transaction of the act. */
RESULT api_audit(struct records_tx *tx, const struct api_call *call, const struct api_entry *entry);

/* Appends it alone: for refusals, which change nothing else. */
RESULT api_audit_alone(struct api_call *call, const struct api_entry *entry);

/* Access to this route was denied, for a reason in one word. */
RESULT api_audit_denied(struct api_call *call, const char *reason);
