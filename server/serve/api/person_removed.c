/* What was removed of one person's, by kind: their own page shows it. */

#include "base/moment.h"
#include "routes.h"
#include "server/serve/api/look.h"
#include "server/serve/serve.h"

#define DAYS_STANDARD 7

static int write_kinds(struct look *look, struct json_out *out)
{
    uint64_t counts[REDACT_KINDS] = {0};
    struct spans_removed *rows;
    size_t count;
    int r = spans_removed(look->call->serve->spans, &look->scope, look->arena, &rows, &count);

    if (r)
        return r;
    for (size_t i = 0; i < count; i++)
        counts[rows[i].kind] += rows[i].count;
    json_out_array(out, "kinds");
    for (int kind = 0; kind < REDACT_KINDS; kind++) {
        if (!counts[kind])
            continue;
        json_out_object(out, NULL);
        json_out_string(out, "kind", redact_kind_word((enum redact_kind)kind));
        json_out_string(out, "label", redact_kind_label((enum redact_kind)kind));
        json_out_integer(out, "count", (int64_t)counts[kind]);
        json_out_object_end(out);
    }
    json_out_array_end(out);
    return 0;
}

/* Counts are of whole UTC days: those that the window leaves whole. */
static void cut_days(struct look *look, int32_t *from)
{
    struct access_subject subject = api_subject(look->call);
    int32_t first = scope_window_day(&subject);

    if (*from >= first)
        return;
    *from = first;
    look->from_at = (int64_t)first * MS_PER_DAY;
    look->cut_at = look->from_at;
    if (look->to_at < look->from_at)
        look->to_at = look->from_at;
}

static int answer(struct look *look, int32_t from, int32_t to)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    int r;

    cut_days(look, &from);
    r = look_begin(look);
    if (r > 0)
        return look_refuse(look, r);
    if (!r)
        r = look_note(look, "person.view", (struct text){0}, to);
    if (r)
        return r;
    json_out_object(&out, NULL);
    json_out_day(&out, "from_day", from);
    json_out_day(&out, "to_day", to);
    json_out_moment_or_null(&out, "cut_at", look->cut_at);
    r = write_kinds(look, &out);
    json_out_object_end(&out);
    if (r == SPANS_LARGE)
        return api_problem(look->call, 422, "answer-large", "There is too much to show at once",
                           "Ask for fewer days.");
    return r ? r : api_reply(look->call, 200, &out);
}

int api_get_person_removed(struct api_call *call)
{
    int64_t person = api_integer(call, "person", 0);
    int32_t to = time_day(call->now);
    int32_t from = to - (int32_t)api_integer(call, "days", DAYS_STANDARD) + 1;
    struct look look = {.call = call,
                        .permission = ACCESS_PEOPLE_VIEW,
                        .person = {(uint32_t)person},
                        .from_at = (int64_t)from * MS_PER_DAY,
                        .to_at = ((int64_t)to + 1) * MS_PER_DAY};

    if (person < 1 || person > UINT32_MAX)
        return api_problem(call, 404, "absent", "There is no such person", "Reload the list.");
    int r = answer(&look, from, to);
    arena_free(look.arena);
    return r;
}
