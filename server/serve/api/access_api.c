/* Effective access: what a user would be let through to now, judged as their own requests are. */

#include <inttypes.h>

#include "access/scope.h"
#include "base/moment.h"
#include "routes.h"
#include "server/serve/api/class_out.h"
#include "server/serve/api/people.h"
#include "server/serve/serve.h"

#define ARENA_MAX ((size_t)96 * 1024 * 1024)

struct effective {
    struct arena *arena;
    struct user_id id;
    struct records_user user;
    struct access_subject subject;
    struct records_class row; /* of a class of the organisation's own */
    bool own;
    struct access_decision activity;
    size_t person_count; /* whose activity they see */
};

/* When and where a user would ask is not known: conditions are told beside, not judged. */
static struct access_subject subject_of(const struct records_user *user,
                                        const struct access_class *class)
{
    if (user->disabled_at)
        return (struct access_subject){0};
    return (struct access_subject){.class = class, .person = user->person, .unconditional = true};
}

static int read_class(struct records_tx *tx, struct effective *effective)
{
    const struct access_class *class = NULL;
    int r = access_class_load(tx, effective->user.class, effective->arena, &class);

    effective->subject = subject_of(&effective->user, class);
    if (!r && class && !access_class_find(effective->user.class)) {
        r = records_class_get(tx, effective->user.class, effective->arena, &effective->row);
        effective->own = r == 0;
    }
    return r;
}

static int judge(struct records_tx *tx, void *context)
{
    struct effective *effective = context;
    struct access_request request = {.permission = ACCESS_PEOPLE_VIEW};
    struct spans_scope scope;
    struct scope_people people;
    int r = records_user_get(tx, effective->id, effective->arena, &effective->user);

    if (!r)
        r = read_class(tx, effective);
    if (r)
        return r;
    access_decide(&effective->subject, &request, &effective->activity);
    r = scope_make(tx, &effective->subject, &request, 0, 0, effective->arena, &scope, &people);
    if (r == 0)
        effective->person_count = people.person_count;
    return r > 0 ? 0 : r;
}

static void write_routes(const struct effective *effective, struct json_out *out)
{
    json_out_array(out, "routes");
    for (size_t i = 0; i < api_route_count; i++) {
        const struct route *route = &api_routes[i];

        if (route->gate != GATE_PERMISSION ||
            !access_class_may(effective->subject.class, route->permission))
            continue;
        json_out_object(out, NULL);
        json_out_string(out, "method", route->method);
        json_out_string(out, "path", route->path);
        json_out_string(out, "permission", access_permission_word(route->permission));
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

static int write_effective(struct api_call *call, const struct effective *effective)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    const struct access_class *class = effective->subject.class;

    json_out_object(&out, NULL);
    api_write_user(&out, "user", &effective->user);
    class_write_levels(&out, class);
    class_write_permissions(&out, class);
    class_write_conditions(&out, class);
    class_write_copied(&out, class, class && effective->own ? &effective->row : NULL,
                       time_day(call->now));
    json_out_object(&out, "activity");
    json_out_string(&out, "reason", access_reason_word(effective->activity.reason));
    json_out_integer(&out, "people", (int64_t)effective->person_count);
    json_out_object_end(&out);
    write_routes(effective, &out);
    json_out_object_end(&out);
    return api_reply(call, 200, &out);
}

int api_get_user_access(struct api_call *call)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct effective effective = {.id = {(uint32_t)api_integer(call, "user", 0)}};
    int r = arena_new(&arena, ARENA_MAX);

    effective.arena = arena;
    if (!r)
        r = records_read(call->serve->records, judge, &effective);
    if (r == RECORDS_ABSENT)
        return api_problem(call, 404, "absent", "There is no such user", "Reload the list.");
    return r ? r : write_effective(call, &effective);
}

/* ---- everybody's as a file ---- */

/* In words without commas and quotes. */
static void csv_conditions(struct buffer *out, const struct access_conditions *conditions)
{
    static const struct access_conditions none;

    if (!conditions)
        conditions = &none;
    buffer_print(out, ",%u,%s,", conditions->window_days,
                 conditions->by_hours ? "by hours" : "always");
    for (size_t i = 0; i < conditions->network_count; i++) {
        char network[ACCESS_NETWORK_TEXT_SIZE];

        access_network_print(&conditions->networks[i], network);
        buffer_print(out, "%s%s", i ? " " : "", network);
    }
    if (!conditions->network_count)
        buffer_append_string(out, "anywhere");
    buffer_print(out, ",%u", conditions->factor_minutes);
}

struct everybody {
    struct arena *arena;
    struct records_user *users;
    const struct access_class **classes; /* beside the users */
    size_t count;
};

static int read_everybody(struct records_tx *tx, void *context)
{
    struct everybody *everybody = context;
    int r = records_user_list(tx, everybody->arena, &everybody->users, &everybody->count);

    if (r)
        return r;
    everybody->classes = arena_take_array(everybody->arena, everybody->count, sizeof(void *));
    if (!everybody->classes)
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; !r && i < everybody->count; i++)
        r = access_class_load(tx, everybody->users[i].class, everybody->arena,
                              &everybody->classes[i]);
    return r;
}

/* Names are of letters, digits and . _ @ -, and begin with a letter or digit: nothing to quote. */
static void csv_row(struct buffer *out, const struct records_user *user,
                    const struct access_class *class)
{
    struct access_subject subject = subject_of(user, class);
    struct access_request request = {.permission = ACCESS_PEOPLE_VIEW};
    struct access_decision decision;

    access_decide(&subject, &request, &decision);
    buffer_print(out, "%.*s,%.*s,%s,", (int)user->name.len, user->name.at, (int)user->class.len,
                 user->class.at, user->disabled_at ? "disabled" : "may sign in");
    if (decision.reason != ACCESS_ALLOWED)
        buffer_append_string(out, "nobody");
    else if (decision.only.number)
        buffer_print(out, "person %" PRIu32, decision.only.number);
    else
        buffer_append_string(out, "everyone");
    for (unsigned i = 0; i < ACCESS_CATEGORY_COUNT; i++)
        buffer_print(
            out, ",%s",
            access_level_word(subject.class ? subject.class->levels[i] : (unsigned)ACCESS_NONE));
    csv_conditions(out, subject.class ? subject.class->conditions : NULL);
    buffer_append_string(out, "\r\n");
}

int api_export_access(struct api_call *call)
{
    CLEANUP(buffer_deinit) struct buffer out = buffer_init(API_REPLY_MAX);
    struct api_entry entry = {.action = "access.export"};
    struct everybody everybody = {.arena = call->arena};
    int r = records_read(call->serve->records, read_everybody, &everybody);

    if (r)
        return r;
    buffer_append_string(&out, "name,class,state,sees");
    for (unsigned i = 0; i < ACCESS_CATEGORY_COUNT; i++)
        buffer_print(&out, ",%s", access_category_word((enum access_category)i));
    buffer_append_string(&out, ",window_days,hours,networks,factor_minutes\r\n");
    for (size_t i = 0; i < everybody.count; i++)
        csv_row(&out, &everybody.users[i], everybody.classes[i]);
    r = buffer_check(&out);
    entry.detail =
        arena_print(call->arena, "{\"bytes\":%zu,\"rows\":%zu}", out.len, everybody.count);
    if (!r)
        r = entry.detail.at ? api_audit_alone(call, &entry) : FAULT(ERR_MEMORY);
    if (r)
        return r;
    http_reply_header(call->request, "Content-Disposition",
                      text_of("attachment; filename=\"ward-access.csv\""));
    http_reply(call->request, 200, "text/csv; charset=utf-8", buffer_bytes(&out));
    return 0;
}
