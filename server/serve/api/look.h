#pragma once

/*
 * Looks at people's activity: the scope of the question, and the audit entry that commits before
 * the answer leaves
 */

#include "access/scope.h"
#include "server/serve/api/call.h"

/* Answers to questions about activity live here; the request's own arena is too small for a day. */
#define LOOK_ARENA_MAX ((size_t)96 * 1024 * 1024)

struct look {
    struct api_call *call;
    struct arena *arena;
    enum access_permission permission;
    struct person_id person; /* 0: everyone */
    int64_t from_at;
    int64_t to_at;
    int64_t cut_at; /* the class's window begins here, and earlier was asked for; 0: nothing cut */
    struct spans_scope scope;
    struct scope_people people;
};

enum {
    LOOK_ABSENT = 1, /* no such person */
    LOOK_DENIED,     /* not of this person */
    LOOK_UNTIED,     /* the caller sees themselves only, and who that is was never said */
};

/* Makes the scope. Outcomes: LOOK_ABSENT, LOOK_DENIED, LOOK_UNTIED. */
RESULT look_begin(struct look *look);

/* Answers such an outcome, and writes down that it was refused. */
RESULT look_refuse(struct look *look, int outcome);

/* Writes the view down, unless the same session did within a quarter of an hour. action names it;
 * date tells views of one subject apart. */
RESULT look_note(struct look *look, const char *action, struct text purpose, int32_t date);

/* The day that a request asks for, in its local time. */
struct look_day {
    int32_t day;
    int64_t from_at;
    int64_t to_at;
};

struct look_day look_day(const struct api_call *call);
