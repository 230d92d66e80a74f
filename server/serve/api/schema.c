#include "server/serve/api/schema.h"

#include <regex.h>
#include <stdlib.h>

#include "base/moment.h"
#include "base/utf8.h"

#define DEPTH_MAX 8

struct judge {
    struct arena *arena;
    struct schema_problems *problems;
};

static int object(struct judge *judge, const struct schema *schema, const json_t *value,
                  const char *pointer, unsigned depth);

/* Adds a problem; what does not fit the list any more is as wrong as the rest. */
static int add(struct judge *judge, const char *pointer, struct text detail)
{
    struct schema_problems *problems = judge->problems;
    struct text kept = arena_copy_text(judge->arena, text_of(pointer));

    if (!detail.at || !kept.at)
        return FAULT(ERR_MEMORY);
    if (problems->count < SCHEMA_PROBLEMS_MAX)
        problems->at[problems->count++] = (struct schema_problem){kept.at, detail.at};
    return 0;
}

static size_t characters(struct text text)
{
    size_t count = 0;

    for (size_t i = 0; i < text.len; i++)
        count += ((uint8_t)text.at[i] & 0xc0) != 0x80;
    return count;
}

static bool in_words(const struct schema *schema, struct text text)
{
    for (size_t i = 0; schema->words[i]; i++)
        if (text_equal(text, text_of(schema->words[i])))
            return true;
    return false;
}

static struct text word_list(struct arena *arena, const struct schema *schema)
{
    struct text list = arena_print(arena, "one of: %s", schema->words[0]);

    for (size_t i = 1; schema->words[i] && list.at; i++)
        list = arena_print(arena, "%s, %s", list.at, schema->words[i]);
    return list;
}

static bool fits_pattern(const char *pattern, struct text text, struct arena *arena)
{
    struct text closed = arena_copy_text(arena, text);
    regex_t compiled;
    bool fits;

    if (!closed.at || (text.len && memchr(text.at, 0, text.len)) ||
        regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB))
        return false;
    fits = regexec(&compiled, closed.at, 0, NULL, 0) == 0;
    regfree(&compiled);
    return fits;
}

/* Control characters have no place in a name, a note or a reason; PEM and the like have lines. */
static bool printable(struct text text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((uint8_t)text.at[i] < 0x20 && text.at[i] != '\n' && text.at[i] != '\r' &&
            text.at[i] != '\t')
            return false;
    return true;
}

static int string(struct judge *judge, const struct schema *schema, struct text text,
                  const char *pointer)
{
    size_t length = characters(text);
    int32_t day;

    if (!utf8_valid(text) || !printable(text))
        return add(judge, pointer, text_of("text without control characters"));
    if (length < schema->min_length || length > schema->max_length)
        return add(judge, pointer,
                   arena_print(judge->arena, "between %zu and %zu characters", schema->min_length,
                               schema->max_length));
    if (schema->words && !in_words(schema, text))
        return add(judge, pointer, word_list(judge->arena, schema));
    if (schema->pattern && !fits_pattern(schema->pattern, text, judge->arena))
        return add(judge, pointer, arena_print(judge->arena, "text like %s", schema->pattern));
    if (schema->date && time_day_parse(text, &day))
        return add(judge, pointer, text_of("a date like 2026-11-23"));
    return 0;
}

static int integer(struct judge *judge, const struct schema *schema, int64_t value,
                   const char *pointer)
{
    if (value >= schema->minimum && value <= schema->maximum)
        return 0;
    if (schema->maximum == INT64_MAX)
        return add(judge, pointer,
                   arena_print(judge->arena, "%lld or more", (long long)schema->minimum));
    return add(judge, pointer,
               arena_print(judge->arena, "between %lld and %lld", (long long)schema->minimum,
                           (long long)schema->maximum));
}

static int any(struct judge *judge, const struct schema *schema, const json_t *value,
               const char *pointer, unsigned depth)
{
    static const char *const expected[] = {
        [SCHEMA_OBJECT] = "an object",      [SCHEMA_ARRAY] = "a list",
        [SCHEMA_STRING] = "text",           [SCHEMA_INTEGER] = "an integer",
        [SCHEMA_BOOLEAN] = "true or false", [SCHEMA_NULL] = "null"};

    if (schema->type == SCHEMA_STRING && json_is_string(value))
        return string(judge, schema,
                      (struct text){json_string_value(value), json_string_length(value)}, pointer);
    if (schema->type == SCHEMA_INTEGER && json_is_integer(value))
        return integer(judge, schema, json_integer_value(value), pointer);
    if ((schema->type == SCHEMA_BOOLEAN && json_is_boolean(value)) ||
        (schema->type == SCHEMA_NULL && json_is_null(value)))
        return 0;
    if (((schema->type == SCHEMA_OBJECT && json_is_object(value)) ||
         (schema->type == SCHEMA_ARRAY && json_is_array(value))) &&
        depth < DEPTH_MAX)
        return object(judge, schema, value, pointer, depth + 1);
    return add(judge, pointer, text_of(expected[schema->type]));
}

static int array(struct judge *judge, const struct schema *schema, const json_t *value,
                 const char *pointer, unsigned depth)
{
    if (json_array_size(value) > schema->max_items)
        return add(judge, pointer,
                   arena_print(judge->arena, "%zu items at most", schema->max_items));
    for (size_t i = 0; i < json_array_size(value); i++) {
        char inner[160];
        int r;

        /* Past the list's end there is nothing to tell any more, and no reason to look. */
        if (judge->problems->count == SCHEMA_PROBLEMS_MAX)
            return 0;
        if ((size_t)snprintf(inner, sizeof inner, "%s/%zu", pointer, i) >= sizeof inner)
            return FAULT(ERR_MEMORY);
        r = any(judge, schema->items, json_array_get(value, i), inner, depth);
        if (r)
            return r;
    }
    return 0;
}

static const struct schema_member *find(const struct schema *schema, const char *name)
{
    for (size_t i = 0; i < schema->member_count; i++)
        if (strcmp(schema->members[i].name, name) == 0)
            return &schema->members[i];
    return NULL;
}

static int object(struct judge *judge, const struct schema *schema, const json_t *value,
                  const char *pointer, unsigned depth)
{
    json_t *object_value = (json_t *)(uintptr_t)value; /* jansson's iterators are not const */
    const char *name;
    json_t *member;
    int r = 0;

    if (schema->type == SCHEMA_ARRAY)
        return array(judge, schema, value, pointer, depth);
    json_object_foreach(object_value, name, member)
    {
        /* The name of an unknown member is the sender's own: it is not repeated. */
        if (!find(schema, name))
            r = add(judge, pointer, text_of("no members that the API does not list"));
        if (r)
            return r;
    }
    for (size_t i = 0; i < schema->member_count && !r; i++) {
        char inner[160];

        if ((size_t)snprintf(inner, sizeof inner, "%s/%s", pointer, schema->members[i].name) >=
            sizeof inner)
            return FAULT(ERR_MEMORY);
        member = json_object_get(value, schema->members[i].name);
        if (member)
            r = any(judge, schema->members[i].schema, member, inner, depth);
        else if (schema->members[i].required)
            r = add(judge, inner, text_of("a value: it is required"));
    }
    return r;
}

RESULT schema_judge(const struct schema *schema, const json_t *value, struct arena *arena,
                    struct schema_problems *problems)
{
    struct judge judge = {.arena = arena, .problems = problems};

    return any(&judge, schema, value, "", 0);
}

RESULT schema_judge_text(const struct schema *schema, const char *name, struct text value,
                         struct arena *arena, struct schema_problems *problems)
{
    struct judge judge = {.arena = arena, .problems = problems};
    struct text closed = arena_copy_text(arena, value);
    struct text pointer = arena_print(arena, "/%s", name);
    long long number;
    char *end;

    if (!closed.at || !pointer.at)
        return FAULT(ERR_MEMORY);
    if (schema->type == SCHEMA_STRING)
        return string(&judge, schema, value, pointer.at);
    number = strtoll(closed.at, &end, 10);
    if (value.len == 0 || value.len > 18 || *end ||
        (closed.at[0] != '-' && (closed.at[0] < '0' || closed.at[0] > '9')))
        return add(&judge, pointer.at, text_of("an integer"));
    return integer(&judge, schema, number, pointer.at);
}
