/* What the redactor took out: counts by day, application, site and kind; never what it was. */

#include "base/moment.h"
#include "routes.h"
#include "server/serve/api/look.h"
#include "server/serve/serve.h"

#define DAYS_STANDARD 7
#define DAYS_MAX 366

static const char *const drop_words[BATCH_DROP_REASONS] = {
    [BATCH_DROP_LONG] = "long",
    [BATCH_DROP_INVALID] = "invalid",
    [BATCH_DROP_CROWDED] = "crowded",
    [BATCH_DROP_FAULT] = "fault",
};

static int write_removed(struct look *look, struct json_out *out)
{
    struct spans_removed *rows;
    size_t count;
    int r = spans_removed(look->call->serve->spans, &look->scope, look->arena, &rows, &count);

    if (r)
        return r;
    json_out_array(out, "rows");
    for (size_t i = 0; i < count; i++) {
        json_out_object(out, NULL);
        json_out_day(out, "day", rows[i].day);
        json_out_text(out, "application", clean_text_view(rows[i].application));
        json_out_text_or_null(out, "domain", clean_text_view(rows[i].domain));
        json_out_string(out, "kind", redact_kind_word(rows[i].kind));
        json_out_integer(out, "count", (int64_t)rows[i].count);
        json_out_object_end(out);
    }
    json_out_array_end(out);
    return 0;
}

static int write_dropped(struct look *look, struct json_out *out)
{
    struct spans_dropped *rows;
    size_t count;
    int r = spans_dropped(look->call->serve->spans, &look->scope, look->arena, &rows, &count);

    if (r)
        return r;
    json_out_array(out, "dropped");
    for (size_t i = 0; i < count; i++) {
        json_out_object(out, NULL);
        json_out_day(out, "day", rows[i].day);
        json_out_string(out, "reason", drop_words[rows[i].reason]);
        json_out_integer(out, "count", (int64_t)rows[i].count);
        json_out_object_end(out);
    }
    json_out_array_end(out);
    return 0;
}

static int write_all(struct look *look, int32_t from, int32_t to, struct json_out *out)
{
    int r;

    json_out_object(out, NULL);
    json_out_day(out, "from_day", from);
    json_out_day(out, "to_day", to);
    r = write_removed(look, out);
    if (!r)
        r = write_dropped(look, out);
    json_out_array(out, "labels");
    for (unsigned kind = 0; kind < REDACT_KINDS; kind++) {
        json_out_object(out, NULL);
        json_out_string(out, "kind", redact_kind_word((enum redact_kind)kind));
        json_out_string(out, "label", redact_kind_label((enum redact_kind)kind));
        json_out_object_end(out);
    }
    json_out_array_end(out);
    json_out_object_end(out);
    return r;
}

static int32_t day_given(const struct api_call *call, const char *name, int32_t standard)
{
    struct text text = api_text(call, name);
    int32_t day;

    return text.at && time_day_parse(text, &day) == 0 ? day : standard;
}

static int answer(struct look *look, int32_t from, int32_t to)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    int r = look_begin(look);

    if (!r)
        r = look_note(look, "removed.view", (struct text){0}, to);
    if (!r)
        r = write_all(look, from, to, &out);
    if (r == SPANS_LARGE)
        return api_problem(look->call, 422, "answer-large", "There is too much to show at once",
                           "Ask for fewer days.");
    return r ? r : api_reply(look->call, 200, &out);
}

int api_get_removed(struct api_call *call)
{
    int32_t to = day_given(call, "to", time_day(call->now));
    int32_t from = day_given(call, "from", to - DAYS_STANDARD + 1);
    struct look look = {.call = call,
                        .permission = ACCESS_REMOVED_VIEW,
                        .from_at = (int64_t)from * MS_PER_DAY,
                        .to_at = ((int64_t)to + 1) * MS_PER_DAY};
    int r;

    if (from > to || to - from >= DAYS_MAX)
        return api_problem_field(call, "/from", "a day before \"to\", at most 366 days back");
    r = answer(&look, from, to);
    arena_free(look.arena);
    return r;
}
