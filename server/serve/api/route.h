#pragma once

/* Routes: rows made from openapi.json by tools/gen-routes; nothing else is served below /api and
 * /agent. */

#include <stdbool.h>
#include <stdint.h>

#include "access/matrix.h"
#include "base/bytes.h"
#include "base/result.h"
#include "server/serve/api/schema.h"

struct api_call;

/* 0: answered. Faults and ERR_BUSY, ERR_FULL are answered by the dispatcher. */
typedef int api_handler(struct api_call *call);

enum route_listener { ROUTE_PEOPLE, ROUTE_AGENTS };

/* What stands before a handler. */
enum route_gate {
    GATE_PUBLIC,     /* nobody is asked who they are */
    GATE_FOREIGN,    /* nor from which site's page it comes */
    GATE_SESSION,    /* a session at any stage */
    GATE_SELF,       /* signed in, of any class: what is one's own */
    GATE_PERMISSION, /* signed in, with the route's permission; or the operator */
    GATE_TAG,        /* a request tag by the instance key */
    GATE_DEVICE,     /* client certificate and request tag */
};

struct route_parameter {
    const char *name;
    bool in_path;
    bool required;
    const struct schema *schema;
};

#define ROUTE_PARAMETERS_MAX 8 /* the route table does not compile with more */

struct route {
    const char *method;
    const char *path; /* with {names} */
    const char *operation;
    enum route_listener listener;
    enum route_gate gate;
    enum access_permission permission; /* with GATE_PERMISSION */
    bool step_up;                      /* asks for a second factor that was proven just now */
    api_handler *handle;
    const char *body_type; /* NULL: takes none */
    const struct schema *body;
    size_t body_max;
    const struct route_parameter *parameters;
    size_t parameter_count;
};

extern const struct route api_routes[];
extern const size_t api_route_count;

enum {
    ROUTE_ABSENT = 1, /* no such path */
    ROUTE_METHOD,     /* the path is there, not with this method */
};

/* Finds the row of a listener; values of path parameters are views into path, in the row's order.
 * Outcomes: ROUTE_ABSENT, ROUTE_METHOD. */
RESULT route_find(enum route_listener listener, struct text method, struct text path,
                  const struct route **ret_route, struct text values[ROUTE_PARAMETERS_MAX]);
