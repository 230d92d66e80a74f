/* Groups of people: by hand, by rule, and of groups. */

#include <inttypes.h>

#include "routes.h"
#include "server/serve/api/call.h"
#include "server/serve/serve.h"

static const char *const rule_words[RECORDS_RULE_KINDS] = {"manager", "below", "domain", "prefix"};

struct grouping {
    struct api_call *call;
    struct records_group group;
    struct records_group *groups; /* of a list */
    size_t group_count;
    struct person_id *members;
    size_t member_count;
    struct text ring;
};

/* ---- out ---- */

static int list(struct records_tx *tx, void *context)
{
    struct grouping *grouping = context;

    return records_group_list(tx, grouping->call->arena, &grouping->groups, &grouping->group_count);
}

int api_list_groups(struct api_call *call)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    struct grouping grouping = {.call = call};
    int r = records_read(call->serve->records, list, &grouping);

    if (r)
        return r;
    json_out_object(&out, NULL);
    json_out_array(&out, "groups");
    for (size_t i = 0; i < grouping.group_count; i++) {
        json_out_object(&out, NULL);
        json_out_integer(&out, "id", grouping.groups[i].id.number);
        json_out_text(&out, "name", grouping.groups[i].name);
        json_out_text(&out, "note", grouping.groups[i].note);
        json_out_object_end(&out);
    }
    json_out_array_end(&out);
    json_out_object_end(&out);
    return api_reply(call, 200, &out);
}

static int read_one(struct records_tx *tx, void *context)
{
    struct grouping *grouping = context;
    struct arena *arena = grouping->call->arena;
    int r = records_group_get(tx, grouping->group.id, arena, &grouping->group);

    if (!r)
        r = records_group_people(tx, grouping->group.id, arena, &grouping->members,
                                 &grouping->member_count);
    return r;
}

static void write_people(struct json_out *out, const char *name, const struct person_id *people,
                         size_t count)
{
    json_out_array(out, name);
    for (size_t i = 0; i < count; i++)
        json_out_integer(out, NULL, people[i].number);
    json_out_array_end(out);
}

static void write_group(struct json_out *out, const struct grouping *grouping)
{
    const struct records_group *group = &grouping->group;

    json_out_object(out, NULL);
    json_out_integer(out, "id", group->id.number);
    json_out_text(out, "name", group->name);
    json_out_text(out, "note", group->note);
    write_people(out, "people", group->people, group->person_count);
    json_out_array(out, "groups");
    for (size_t i = 0; i < group->inside_count; i++)
        json_out_integer(out, NULL, group->inside[i].number);
    json_out_array_end(out);
    json_out_array(out, "rules");
    for (size_t i = 0; i < group->rule_count; i++) {
        json_out_object(out, NULL);
        json_out_string(out, "kind", rule_words[group->rules[i].kind]);
        json_out_text(out, "value", group->rules[i].value);
        json_out_integer(out, "person", group->rules[i].person.number);
        json_out_object_end(out);
    }
    json_out_array_end(out);
    write_people(out, "members", grouping->members, grouping->member_count);
    json_out_object_end(out);
}

static int show(struct api_call *call, unsigned status, struct group_id id)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    struct grouping grouping = {.call = call, .group = {.id = id}};
    int r = records_read(call->serve->records, read_one, &grouping);

    if (r == RECORDS_ABSENT)
        return api_problem(call, 404, "absent", "There is no such group", "Reload the list.");
    if (r)
        return r;
    write_group(&out, &grouping);
    return api_reply(call, status, &out);
}

static struct group_id group_asked(const struct api_call *call)
{
    return (struct group_id){(uint32_t)api_integer(call, "group", 0)};
}

int api_get_group(struct api_call *call)
{
    return show(call, 200, group_asked(call));
}

/* ---- in ---- */

/* Numbers of a member of the body. */
static int take_numbers(const struct api_call *call, const char *name, uint32_t **ret_numbers,
                        size_t *ret_count)
{
    const json_t *array = json_object_get(call->body, name);
    size_t count = json_array_size(array);
    uint32_t *numbers = arena_take_array(call->arena, count, sizeof *numbers);

    if (!numbers)
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; i < count; i++)
        numbers[i] = (uint32_t)json_integer_value(json_array_get(array, i));
    *ret_numbers = numbers;
    *ret_count = count;
    return 0;
}

static enum records_rule_kind kind_of(const char *word)
{
    unsigned kind = 0;

    while (kind + 1 < RECORDS_RULE_KINDS && strcmp(rule_words[kind], word) != 0)
        kind++;
    return (enum records_rule_kind)kind;
}

/* A rule of people names one, of words has some. False: neither. */
static bool take_rule(struct api_call *call, const json_t *from, struct records_rule *rule)
{
    struct text value = text_of(json_string_value(json_object_get(from, "value")));
    bool of_person;

    rule->kind = kind_of(json_string_value(json_object_get(from, "kind")));
    of_person = rule->kind <= RECORDS_RULE_BELOW;
    rule->person.number =
        of_person ? (uint32_t)json_integer_value(json_object_get(from, "person")) : 0;
    rule->value = of_person ? text_of("") : value;
    if (rule->kind == RECORDS_RULE_DOMAIN) {
        char *small = arena_take(call->arena, value.len + 1);

        for (size_t i = 0; small && i < value.len; i++)
            small[i] = value.at[i];
        for (size_t i = 0; small && i < value.len; i++)
            if (small[i] >= 'A' && small[i] <= 'Z')
                small[i] = (char)(unsigned char)(small[i] | 0x20);
        rule->value = (struct text){small, small ? value.len : 0};
    }
    return of_person ? rule->person.number > 0 : rule->value.len > 0;
}

/* *ret_fits false: a rule says nothing. */
static int take_group(struct grouping *grouping, bool *ret_fits)
{
    struct api_call *call = grouping->call;
    struct records_group *group = &grouping->group;
    const json_t *rules = json_object_get(call->body, "rules");
    uint32_t *numbers;
    int r = take_numbers(call, "people", &numbers, &group->person_count);

    if (r)
        return r;
    group->people = arena_take_array(call->arena, group->person_count, sizeof *group->people);
    for (size_t i = 0; group->people && i < group->person_count; i++)
        group->people[i].number = numbers[i];
    r = take_numbers(call, "groups", &numbers, &group->inside_count);
    if (r)
        return r;
    group->inside = arena_take_array(call->arena, group->inside_count, sizeof *group->inside);
    for (size_t i = 0; group->inside && i < group->inside_count; i++)
        group->inside[i].number = numbers[i];
    group->rule_count = json_array_size(rules);
    group->rules = arena_take_array(call->arena, group->rule_count, sizeof *group->rules);
    if (!group->people || !group->inside || !group->rules)
        return FAULT(ERR_MEMORY);
    group->name = api_body_text(call, "name");
    group->note = api_body_text(call, "note");
    if (!group->note.at)
        group->note = text_of("");
    *ret_fits = true;
    for (size_t i = 0; i < group->rule_count; i++)
        *ret_fits &= take_rule(call, json_array_get(rules, i), &group->rules[i]);
    return 0;
}

static int note(struct records_tx *tx, struct grouping *grouping, const char *action)
{
    struct api_call *call = grouping->call;
    const struct records_group *group = &grouping->group;
    struct api_entry entry = {
        .action = action, .target = arena_print(call->arena, "group:%" PRIu32, group->id.number)};

    entry.detail = arena_print(call->arena, "{\"groups\":%zu,\"people\":%zu,\"rules\":%zu}",
                               group->inside_count, group->person_count, group->rule_count);
    return entry.target.at && entry.detail.at ? api_audit(tx, call, &entry) : FAULT(ERR_MEMORY);
}

static int put(struct records_tx *tx, void *context)
{
    struct grouping *grouping = context;
    bool fresh = !grouping->group.id.number;
    int r = records_group_put(tx, &grouping->group, grouping->call->now, grouping->call->arena,
                              &grouping->group.id, &grouping->ring);

    return r ? r : note(tx, grouping, fresh ? "group.add" : "group.change");
}

static int refuse(struct api_call *call, const struct grouping *grouping, int outcome)
{
    switch (outcome) {
    case RECORDS_EXISTS:
        return api_problem_field(call, "/name", "a name that is not taken");
    case RECORDS_GROUP_PERSON:
        return api_problem_field(call, "/people", "numbers of people who are there, in rules too");
    case RECORDS_GROUP_INSIDE:
        return api_problem_field(call, "/groups", "numbers of groups that are there");
    case RECORDS_GROUP_RING:
        return api_problem_field(
            call, "/groups",
            arena_print(call->arena, "no ring: %.*s", (int)grouping->ring.len, grouping->ring.at)
                .at);
    default:
        return api_problem(call, 404, "absent", "There is no such group", "Reload the list.");
    }
}

static int take(struct api_call *call, struct group_id id, unsigned status)
{
    struct grouping grouping = {.call = call, .group = {.id = id}};
    bool fits = false;
    int r = take_group(&grouping, &fits);

    if (!r && !fits)
        return api_problem_field(call, "/rules",
                                 "a person for manager and below, a value for domain and prefix");
    if (!r)
        r = records_act(call->serve->records, put, &grouping);
    if (r)
        return r < 0 ? r : refuse(call, &grouping, r);
    events_audit(call->serve->events);
    return show(call, status, grouping.group.id);
}

int api_add_group(struct api_call *call)
{
    return take(call, (struct group_id){0}, 201);
}

int api_change_group(struct api_call *call)
{
    return take(call, group_asked(call), 200);
}

static int remove_one(struct records_tx *tx, void *context)
{
    struct grouping *grouping = context;
    int r = records_group_remove(tx, grouping->group.id);

    return r ? r : note(tx, grouping, "group.remove");
}

int api_remove_group(struct api_call *call)
{
    struct grouping grouping = {.call = call, .group = {.id = group_asked(call)}};
    int r = records_act(call->serve->records, remove_one, &grouping);

    if (r)
        return r < 0 ? r : refuse(call, &grouping, r);
    events_audit(call->serve->events);
    return api_reply_empty(call);
}
