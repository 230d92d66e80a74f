/* Groups of people. */

#include <string.h>

#include "command.h"
#include "list.h"
#include "number.h"
#include "print.h"

enum { PATH_SIZE = 128 };

int run_groups_list(struct api *api, const struct command_line *line)
{
    static const struct print_column columns[] = {{"ID", "id"}, {"NAME", "name"}, {"NOTE", "note"}};

    return list_run(api, line, "/api/v1/groups", "groups", columns,
                    sizeof(columns) / sizeof(columns[0]));
}

static void print_numbers(const char *what, const json_t *numbers)
{
    (void)printf("%s:", what);
    for (size_t i = 0; i < json_array_size(numbers); i++)
        (void)printf(" %lld", (long long)json_integer_value(json_array_get(numbers, i)));
    (void)printf("\n");
}

static int show(const struct command_line *line, const json_t *group)
{
    static const struct print_column columns[] = {
        {"RULE", "kind"}, {"VALUE", "value"}, {"PERSON", "person"}};

    if (line->json) {
        print_json(group);
        return EXIT_OK;
    }
    (void)printf("%s  ", print_member(group, "id"));
    print_text(stdout, json_string_value(json_object_get(group, "name")));
    (void)printf("\n");
    print_numbers("people by hand", json_object_get(group, "people"));
    print_numbers("groups inside", json_object_get(group, "groups"));
    print_table(json_object_get(group, "rules"), columns, sizeof columns / sizeof *columns);
    print_numbers("everyone in it", json_object_get(group, "members"));
    return EXIT_OK;
}

int run_groups_show(struct api *api, const struct command_line *line)
{
    CLEANUP(json_free) json_t *answer = NULL;
    char path[PATH_SIZE];

    (void)snprintf(path, sizeof path, "/api/v1/groups/%.20s", line->words[0]);
    int r = api_call(api, "GET", path, NULL, NULL, &answer);
    return r ? api_exit(r) : show(line, answer);
}

/* False: a value is none, and that was said. */
static bool add_numbers(json_t *body, const char *name, const char *list)
{
    json_t *numbers = number_list(list, name);

    if (numbers)
        json_object_set_new(body, name, numbers);
    return numbers;
}

static bool add_rules(json_t *body, const struct command_line *line)
{
    static const char *const kinds[] = {"manager", "below", "domain", "prefix"};
    json_t *rules = json_array();

    json_object_set_new(body, "rules", rules);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const char *value = line->values[3 + i];
        json_int_t person = 0;

        if (!value)
            continue;
        if (i < 2 && !number_read(value, 1, kinds[i], &person))
            return false;
        json_array_append_new(rules,
                              i < 2 ? json_pack("{s:s,s:I}", "kind", kinds[i], "person", person)
                                    : json_pack("{s:s,s:s}", "kind", kinds[i], "value", value));
    }
    return true;
}

static int put(struct api *api, const struct command_line *line, const char *method,
               const char *path, const char *name)
{
    CLEANUP(json_free) json_t *body = json_pack("{s:s}", "name", name);
    CLEANUP(json_free) json_t *answer = NULL;
    int r;

    if (line->values[0])
        json_object_set_new(body, "note", json_string(line->values[0]));
    if (!add_numbers(body, "people", line->values[1]) ||
        !add_numbers(body, "groups", line->values[2]) || !add_rules(body, line))
        return EXIT_USAGE;
    r = api_call(api, method, path, body, NULL, &answer);
    return r ? api_exit(r) : show(line, answer);
}

int run_groups_add(struct api *api, const struct command_line *line)
{
    return put(api, line, "POST", "/api/v1/groups", line->words[0]);
}

int run_groups_set(struct api *api, const struct command_line *line)
{
    char path[PATH_SIZE];

    (void)snprintf(path, sizeof path, "/api/v1/groups/%.20s", line->words[0]);
    return put(api, line, "PUT", path, line->words[1]);
}

int run_groups_remove(struct api *api, const struct command_line *line)
{
    CLEANUP(json_free) json_t *answer = NULL;
    char path[PATH_SIZE];

    (void)snprintf(path, sizeof path, "/api/v1/groups/%.20s", line->words[0]);
    int r = api_call(api, "DELETE", path, NULL, NULL, &answer);
    if (r)
        return api_exit(r);
    (void)printf("Group %s is gone.\n", line->words[0]);
    return EXIT_OK;
}
