/*
 * Where identifiers flow: how many of each kind the redactor took out, by site or application and
 * week or day; never what they were, and never so few people's that it would tell of them
 */

#include <inttypes.h>

#include "access/crowd.h"
#include "base/moment.h"
#include "routes.h"
#include "server/serve/api/kinds.h"
#include "server/serve/api/look.h"
#include "server/serve/serve.h"

#define WEEKS_STANDARD 12
#define DAYS_STANDARD 14
#define WEEKS_MAX 53
#define DAYS_MAX 92
#define CSV_COLUMNS 6

static const char *const drop_words[BATCH_DROP_REASONS] = {
    [BATCH_DROP_LONG] = "long",
    [BATCH_DROP_INVALID] = "invalid",
    [BATCH_DROP_CROWDED] = "crowded",
    [BATCH_DROP_FAULT] = "fault",
};

struct asked {
    struct look look;
    int32_t today;
    struct crowd_rule rule;
    struct spans_flows flows;
    struct crowd_answer answer;
    bool cut; /* by the class's window: days before the rule's first were asked for */
};

static int32_t step_of(const struct crowd_rule *rule)
{
    return rule->bucket == SPANS_BUCKET_WEEK ? 7 : 1;
}

/* ---- what is asked for ---- */

static int32_t day_given(const struct api_call *call, const char *name, int32_t standard)
{
    struct text text = api_text(call, name);
    int32_t day;

    return text.at && time_day_parse(text, &day) == 0 ? day : standard;
}

static int refuse_crowd(struct api_call *call)
{
    int r = api_audit_denied(call, "few-people");

    if (r)
        return r;
    return api_problem(call, 403, "few-people",
                       "Your class sees whole weeks of five people or more",
                       "Ask by week and with k of 5 or more; or ask somebody who may see people's "
                       "activity.");
}

/* *ret_pass false: answered. */
static int read_asked(struct api_call *call, struct asked *asked, bool *ret_pass)
{
    bool days = text_equal(api_text(call, "bucket"), text_of("day"));
    struct access_subject subject = api_subject(call);
    struct crowd_ask ask = {.class = subject.class,
                            .bucket = days ? SPANS_BUCKET_DAY : SPANS_BUCKET_WEEK,
                            .least = (uint32_t)api_integer(call, "k", CROWD_LEAST),
                            .today = time_day(call->now),
                            .window_day = scope_window_day(&subject)};

    *ret_pass = false;
    asked->today = ask.today;
    ask.to_day = day_given(call, "to", ask.today);
    ask.from_day =
        day_given(call, "from", ask.to_day - (days ? DAYS_STANDARD - 1 : WEEKS_STANDARD * 7));
    if (ask.from_day > ask.to_day || ask.to_day - ask.from_day >= (days ? DAYS_MAX : WEEKS_MAX * 7))
        return api_problem_field(call, "/from",
                                 "a day before \"to\", at most 53 weeks back, or 92 days by day");
    if (crowd_rule(&ask, &asked->rule) == CROWD_DENIED)
        return refuse_crowd(call);
    asked->cut = asked->rule.from_day > ask.from_day;
    asked->look = (struct look){.call = call,
                                .permission = ACCESS_REMOVED_VIEW,
                                .from_at = asked->rule.from_day * MS_PER_DAY,
                                .to_at = (asked->rule.to_day + INT64_C(1)) * MS_PER_DAY};
    *ret_pass = true;
    return 0;
}

/* Outcome: SPANS_LARGE. */
static int find_answer(struct asked *asked)
{
    struct look *look = &asked->look;
    int r = look_begin(look);

    /* The rule has judged it before. */
    if (r > 0)
        return FAULT(ERR_SYSTEM);
    if (!r)
        r = spans_flows(look->call->serve->spans, &look->scope, asked->rule.bucket, look->arena,
                        &asked->flows);
    if (!r)
        r = crowd_publish(&asked->rule, &asked->flows, look->arena, &asked->answer);
    return r == CROWD_LARGE ? SPANS_LARGE : r;
}

static int refuse_large(struct api_call *call)
{
    return api_problem(call, 422, "answer-large", "There is too much to show at once",
                       "Ask for fewer days.");
}

/* ---- as JSON ---- */

static void write_buckets(const struct asked *asked, struct json_out *out)
{
    int32_t step = step_of(&asked->rule);

    json_out_array(out, "buckets");
    for (int32_t day = asked->rule.from_day; day <= asked->rule.to_day; day += step) {
        json_out_object(out, NULL);
        json_out_day(out, "day", day);
        json_out_boolean(out, "whole", day + step <= asked->today);
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

static void write_cell(const struct crowd_cell *cell, struct json_out *out)
{
    json_out_object(out, NULL);
    json_out_day(out, "day", cell->day);
    json_out_string(out, "kind", redact_kind_word(cell->kind));
    if (cell->hidden)
        json_out_null(out, "count");
    else
        json_out_integer(out, "count", (int64_t)cell->count);
    if (cell->people == 0)
        json_out_null(out, "people");
    else
        json_out_integer(out, "people", cell->people);
    json_out_object_end(out);
}

static bool same_row(const struct crowd_cell *a, const struct crowd_cell *b)
{
    return a->site == b->site && text_equal(a->name, b->name);
}

static void write_rows(const struct crowd_answer *answer, struct json_out *out)
{
    json_out_array(out, "rows");
    for (size_t i = 0; i < answer->cell_count;) {
        const struct crowd_cell *first = &answer->cells[i];

        json_out_object(out, NULL);
        json_out_text(out, "name", first->name);
        json_out_boolean(out, "site", first->site);
        json_out_array(out, "cells");
        for (; i < answer->cell_count && same_row(&answer->cells[i], first); i++)
            write_cell(&answer->cells[i], out);
        json_out_array_end(out);
        json_out_object_end(out);
    }
    json_out_array_end(out);
    json_out_array(out, "untold");
    for (size_t i = 0; i < answer->untold_count; i++) {
        json_out_object(out, NULL);
        json_out_day(out, "day", answer->untold[i].day);
        json_out_integer(out, "names", answer->untold[i].names);
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

/* Texts that were dropped whole: not a matter of places, and told only to whoever may know whose
 * they were. */
static int write_dropped(struct asked *asked, struct json_out *out)
{
    struct spans_dropped *rows = NULL;
    size_t count = 0;
    int r = 0;

    if (!asked->rule.rounded)
        r = spans_dropped(asked->look.call->serve->spans, &asked->look.scope, asked->look.arena,
                          &rows, &count);
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

static int write_all(struct asked *asked, struct json_out *out)
{
    int r;

    json_out_object(out, NULL);
    json_out_string(out, "bucket", asked->rule.bucket == SPANS_BUCKET_WEEK ? "week" : "day");
    json_out_day(out, "from_day", asked->rule.from_day);
    json_out_day(out, "to_day", asked->rule.to_day);
    json_out_integer(out, "k", asked->rule.least);
    json_out_boolean(out, "rounded", asked->rule.rounded);
    if (asked->cut)
        json_out_day(out, "cut_day", asked->rule.from_day);
    else
        json_out_null(out, "cut_day");
    write_buckets(asked, out);
    write_rows(&asked->answer, out);
    r = write_dropped(asked, out);
    kinds_write_labels(out);
    json_out_object_end(out);
    return r;
}

static int answer(struct asked *asked)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    int r = find_answer(asked);

    if (!r)
        r = look_note(&asked->look, "removed.view", (struct text){0}, asked->rule.to_day);
    if (!r)
        r = write_all(asked, &out);
    if (r == SPANS_LARGE)
        return refuse_large(asked->look.call);
    return r ? r : api_reply(asked->look.call, 200, &out);
}

int api_get_flows(struct api_call *call)
{
    struct asked asked = {0};
    bool pass;
    int r = read_asked(call, &asked, &pass);

    if (r || !pass)
        return r;
    r = answer(&asked);
    arena_free(asked.look.arena);
    return r;
}

/* ---- as a file ---- */

/* RFC 4180; what a spreadsheet would take for a formula begins with an apostrophe. */
static void csv_text(struct buffer *out, struct text text)
{
    buffer_append_string(out, "\"");
    if (text.len && strchr("=+-@\t\r", text.at[0]))
        buffer_append_string(out, "'");
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '"')
            buffer_append_string(out, "\"");
        buffer_append(out, &text.at[i], 1);
    }
    buffer_append_string(out, "\"");
}

static void csv_cell(struct buffer *out, const struct crowd_cell *cell, uint32_t least)
{
    char day[TIME_TEXT_SIZE];

    time_day_print(cell->day, day);
    buffer_print(out, "%s,", day);
    csv_text(out, cell->name);
    buffer_print(out, ",%s,%s,", cell->site ? "site" : "application", redact_kind_word(cell->kind));
    if (cell->hidden)
        buffer_print(out, ",\"fewer than %" PRIu32 " people\"\r\n", least);
    else if (cell->people == 0)
        buffer_print(out, "%" PRIu64 ",\"%" PRIu32 " people or more\"\r\n", cell->count, least);
    else
        buffer_print(out, "%" PRIu64 ",%" PRIu32 "\r\n", cell->count, cell->people);
}

static int note_export(const struct asked *asked, size_t size_bytes)
{
    struct api_call *call = asked->look.call;
    struct api_entry entry = {.action = "flows.export"};
    char from[TIME_TEXT_SIZE];
    char to[TIME_TEXT_SIZE];

    time_day_print(asked->rule.from_day, from);
    time_day_print(asked->rule.to_day, to);
    entry.detail = arena_print(call->arena,
                               "{\"bytes\":%zu,\"columns\":%d,\"from\":\"%s\",\"k\":%" PRIu32
                               ",\"people\":%" PRIu32 ",\"rows\":%zu,\"to\":\"%s\"}",
                               size_bytes, CSV_COLUMNS, from, asked->rule.least,
                               asked->flows.people, asked->answer.cell_count, to);
    return entry.detail.at ? api_audit_alone(call, &entry) : FAULT(ERR_MEMORY);
}

static int export(struct asked *asked)
{
    CLEANUP(buffer_deinit) struct buffer out = buffer_init(API_REPLY_MAX);
    struct http_request *request = asked->look.call->request;
    int r = find_answer(asked);

    if (r == SPANS_LARGE)
        return refuse_large(asked->look.call);
    if (r)
        return r;
    buffer_print(&out, "%s,name,type,kind,count,people\r\n",
                 asked->rule.bucket == SPANS_BUCKET_WEEK ? "week" : "day");
    for (size_t i = 0; i < asked->answer.cell_count; i++)
        csv_cell(&out, &asked->answer.cells[i], asked->rule.least);
    if (out.failed)
        return refuse_large(asked->look.call);
    r = note_export(asked, out.len);
    if (r)
        return r;
    http_reply_header(request, "Content-Disposition",
                      text_of("attachment; filename=\"ward-flows.csv\""));
    http_reply(request, 200, "text/csv; charset=utf-8", buffer_bytes(&out));
    return 0;
}

int api_export_flows(struct api_call *call)
{
    struct asked asked = {0};
    bool pass;
    int r = read_asked(call, &asked, &pass);

    if (r || !pass)
        return r;
    r = export(&asked);
    arena_free(asked.look.arena);
    return r;
}
