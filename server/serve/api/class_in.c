#include "server/serve/api/class_in.h"

#include "base/moment.h"
#include "os/zone.h"
#include "server/serve/serve.h"

static struct text text_of_json(const json_t *value)
{
    return (struct text){.at = json_string_value(value), .len = json_string_length(value)};
}

static struct text member(const json_t *object, const char *name)
{
    return text_of_json(json_object_get(object, name));
}

static uint16_t number(const json_t *object, const char *name)
{
    return (uint16_t)json_integer_value(json_object_get(object, name));
}

/* "07:30", judged by the schema: digits and a colon, at most 24:00. */
static uint16_t minute_of(struct text text)
{
    return (uint16_t)(((text.at[0] - '0') * 10 + text.at[1] - '0') * 60 + (text.at[3] - '0') * 10 +
                      text.at[4] - '0');
}

static int weekday_of(struct text word)
{
    for (int i = 0; i < ACCESS_WEEKDAYS; i++)
        if (text_equal(word, text_of(access_weekday_word((size_t)i))))
            return i;
    return -1;
}

/* The first that does not do, or -1. A weekday comes once. */
static int read_hours(const json_t *list, struct access_conditions *conditions)
{
    size_t at;
    json_t *row;

    json_array_foreach(list, at, row)
    {
        int weekday = weekday_of(member(row, "day"));
        struct access_hours hours = {minute_of(member(row, "from")), minute_of(member(row, "to"))};

        if (weekday < 0 || hours.from_minute == hours.to_minute ||
            hours.from_minute == ACCESS_MINUTES_A_DAY ||
            conditions->hours[weekday].from_minute != conditions->hours[weekday].to_minute)
            return (int)at;
        conditions->hours[weekday] = hours;
        conditions->by_hours = true;
    }
    return -1;
}

static int read_networks(const json_t *list, struct access_conditions *conditions)
{
    size_t at;
    json_t *row;

    json_array_foreach(list, at, row)
    {
        if (conditions->network_count == ACCESS_NETWORKS_MAX ||
            access_network_parse(text_of_json(row),
                                 &conditions->networks[conditions->network_count]))
            return (int)at;
        conditions->network_count++;
    }
    return -1;
}

static int refuse_at(struct api_call *call, const char *list, int at, const char *detail)
{
    struct text pointer = arena_print(call->arena, "/conditions/%s/%d", list, at);

    return pointer.at ? api_problem_field(call, pointer.at, detail) : FAULT(ERR_MEMORY);
}

/* *ret_pass false: answered. */
static int read_conditions(struct api_call *call, struct class_form *form, bool *ret_pass)
{
    const json_t *given = json_object_get(call->body, "conditions");
    struct access_conditions *conditions = &form->conditions;
    struct text zone = member(given, "zone");
    int64_t offset_ms;
    int wrong;

    *ret_pass = false;
    conditions->window_days = number(given, "window_days");
    conditions->factor_minutes = number(given, "factor_minutes");
    conditions->idle_minutes = number(given, "idle_minutes");
    conditions->absolute_minutes = number(given, "absolute_minutes");
    wrong = read_hours(json_object_get(given, "hours"), conditions);
    if (wrong >= 0)
        return refuse_at(call, "hours", wrong,
                         "each weekday once, from before 24:00 to another time");
    wrong = read_networks(json_object_get(given, "networks"), conditions);
    if (wrong >= 0)
        return refuse_at(call, "networks", wrong,
                         "a network as 10.4.0.0/16 or 2001:db8::/32, with nothing beyond its "
                         "prefix");
    if (zone.len && zone_offset(zone, call->now, &offset_ms))
        return api_problem_field(call, "/conditions/zone",
                                 "a time zone as America/Chicago, or nothing: the server's");
    form->class.zone = zone.len ? zone.at : "";
    *ret_pass = true;
    return 0;
}

static void read_levels(struct api_call *call, struct access_class *class)
{
    const json_t *levels = json_object_get(call->body, "levels");

    for (unsigned i = 0; i < ACCESS_CATEGORY_COUNT; i++) {
        int level =
            access_level_find(member(levels, access_category_word((enum access_category)i)));

        class->levels[i] = (uint8_t)(level < 0 ? ACCESS_NONE : level);
    }
}

/* Whoever sees activity is told whose it is: there is no class that sees the one without the
 * other. Who manages users or the directory says which person each of them is, and so whom they
 * see.
 * *ret_pass false: answered. */
static int judge_levels(struct api_call *call, const struct access_class *class, bool *ret_pass)
{
    *ret_pass = false;
    if (class->levels[ACCESS_CATEGORY_ACTIVITY] != ACCESS_NONE &&
        class->levels[ACCESS_CATEGORY_IDENTITY] == ACCESS_NONE)
        return api_problem_field(call, "/levels/identity",
                                 "see: whoever sees activity is told whose it is");
    if (class->reach != ACCESS_REACH_EVERYONE && (access_class_may(class, ACCESS_USERS_MANAGE) ||
                                                  access_class_may(class, ACCESS_DIRECTORY_MANAGE)))
        return api_problem_field(call, "/reach",
                                 "everyone: whoever manages users or the directory says whom each "
                                 "of them sees");
    *ret_pass = true;
    return 0;
}

/* What differs from the built-in class needs somebody who answers for it, and an end. */
static int judge_deviations(struct api_call *call, struct class_form *form, bool *ret_pass)
{
    struct access_deviation at[ACCESS_DEVIATIONS_MAX];
    struct text until = api_body_text(call, "until");

    *ret_pass = false;
    form->row.owner.number = (uint32_t)api_body_integer(call, "owner");
    if (until.at && time_day_parse(until, &form->row.until_day))
        form->row.until_day = 0;
    if (access_class_deviations(&form->class, form->base, at) > 0) {
        if (!form->row.owner.number)
            return api_problem_field(call, "/owner",
                                     "who answers for what differs from the built-in class");
        if (form->row.until_day < time_day(call->now))
            return api_problem_field(call, "/until",
                                     "a day to come, until which it may differ from the built-in "
                                     "class");
    }
    *ret_pass = true;
    return 0;
}

RESULT class_form_read(struct api_call *call, struct class_form *form, bool *ret_pass)
{
    int reach = access_reach_find(api_body_text(call, "reach"));
    int r;

    *form = (struct class_form){.base = access_class_find(api_body_text(call, "base"))};
    *ret_pass = false;
    if (!form->base)
        return api_problem_field(call, "/base", "a built-in class");
    if (reach < 0)
        return api_problem_field(call, "/reach", "everyone or self");
    form->class.reach = (enum access_reach)reach;
    form->class.conditions = &form->conditions;
    form->row.title = api_body_text(call, "title");
    form->row.base = api_body_text(call, "base");
    form->row.changed_at = call->now;
    read_levels(call, &form->class);
    r = judge_levels(call, &form->class, ret_pass);
    if (!r && *ret_pass)
        r = read_conditions(call, form, ret_pass);
    if (!r && *ret_pass)
        r = judge_deviations(call, form, ret_pass);
    return r || !*ret_pass ? r : access_class_write(&form->class, call->arena, &form->row);
}
