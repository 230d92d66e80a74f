#include "server/serve/api/look.h"

#include "base/moment.h"
#include "os/clock.h"
#include "server/serve/serve.h"

static int make_scope(struct records_tx *tx, void *context)
{
    struct look *look = context;
    struct access_subject subject = api_subject(look->call);
    struct access_request request = {.permission = look->permission, .person = look->person};

    int r = scope_make(tx, &subject, &request, look->from_at, look->to_at, look->arena,
                       &look->scope, &look->people);

    if (!r && look->people.cut_at)
        look->cut_at = look->people.cut_at;
    return r;
}

RESULT look_begin(struct look *look)
{
    int r = arena_new(&look->arena, LOOK_ARENA_MAX);

    if (!r)
        r = records_read(look->call->serve->records, make_scope, look);
    /* The gate has judged the conditions, at the same moment. */
    return r == SCOPE_DENIED || r == SCOPE_CONDITION ? LOOK_DENIED
           : r == SCOPE_UNTIED                       ? LOOK_UNTIED
           : r == SCOPE_ABSENT                       ? LOOK_ABSENT
                                                     : r;
}

RESULT look_refuse(struct look *look, int outcome)
{
    struct api_call *call = look->call;
    int r;

    if (outcome == LOOK_ABSENT)
        return api_problem(call, 404, "absent", "There is no such person", "Reload the list.");
    r = api_audit_denied(call, outcome == LOOK_UNTIED ? "untied" : "scope");
    if (r)
        return r;
    if (outcome == LOOK_UNTIED)
        return api_problem(call, 403, "untied", "Ward does not know which person you are",
                           "Ask an administrator of Ward to say so under Users.");
    return api_problem(call, 403, "out-of-scope", "Your class does not see this person",
                       "Ask an administrator of Ward if you need it for your work.");
}

/* FNV-1a: tells kinds of views apart. */
static uint64_t number_of(const char *word)
{
    uint64_t hash = 1469598103934665603u;

    for (; *word; word++)
        hash = (hash ^ (uint8_t)*word) * 1099511628211u;
    return hash;
}

RESULT look_note(struct look *look, const char *action, struct text purpose, int32_t date)
{
    struct api_call *call = look->call;
    struct views *views = call->serve->views;
    struct view_key key = {.viewer = call->who.kind == WHO_USER ? call->who.session.record.number
                                                                : VIEW_OPERATOR | call->who.uid,
                           .subject = number_of(action) ^ look->person.number,
                           .date = date};
    struct api_entry entry = {.action = action, .purpose = purpose};
    char day[TIME_TEXT_SIZE];
    int r;

    /* A purpose that is stated is always kept. */
    if (!purpose.len && views_fresh(views, &key, call->now))
        return 0;
    time_day_print(date, day);
    if (look->person.number)
        entry.target = arena_print(call->arena, "person:%u", look->person.number);
    if (date)
        entry.detail = arena_print(call->arena, "{\"date\":\"%s\"}", day);
    r = api_audit_alone(call, &entry);
    if (!r)
        views_written(views, &key, call->now);
    return r;
}

struct look_day look_day(const struct api_call *call)
{
    struct look_day day = {0};
    int64_t offset = api_integer(call, "offset_minutes", clock_offset_minutes(call->now));

    /* The gate has judged it: it parses. */
    if (time_day_parse(api_text(call, "date"), &day.day))
        return day;
    day.from_at = (int64_t)day.day * MS_PER_DAY - offset * MS_PER_MINUTE;
    day.to_at = day.from_at + api_integer(call, "length_minutes", MS_PER_DAY / MS_PER_MINUTE) *
                                  (int64_t)MS_PER_MINUTE;
    return day;
}
