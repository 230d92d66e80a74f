#include "users.h"
#include "command.h"
#include "list.h"
#include "number.h"
#include "print.h"

#include <string.h>

#define PATH_SIZE 256

int run_user_list(struct api *api, const struct command_line *line)
{
    static const struct print_column columns[] = {
        {"NAME", "name"},
        {"SHOWN AS", "display_name"},
        {"CLASS", "class"},
        {"PERSON", "person"},
        {"SECOND FACTOR", "totp"},
        {"SINCE", "created_at"},
        {"DISABLED", "disabled_at"},
    };

    return list_run(api, line, "/api/v1/users", "users", columns,
                    sizeof(columns) / sizeof(columns[0]));
}

static int link_print(const json_t *answer, const struct command_line *line)
{
    if (line->json) {
        print_json(answer);
        return EXIT_OK;
    }
    print_text(stdout, json_string_value(json_object_get(answer, "link")));
    (void)printf("\nWorks once, until ");
    print_text(stdout, print_member(answer, "expires_at"));
    (void)printf(". Whoever opens it sets the password and the second factor.\n");
    return EXIT_OK;
}

int run_user_add(struct api *api, const struct command_line *line)
{
    const char *name = line->words[0];
    const char *display_name = *line->values[2] ? line->values[2] : name;
    json_int_t person;

    if (!number_read(line->values[1], 0, "--person", &person))
        return EXIT_USAGE;
    CLEANUP(json_free)
    json_t *body = json_pack("{s:s, s:s, s:s, s:I}", "name", name, "display_name", display_name,
                             "class", line->values[0], "person", person);
    CLEANUP(json_free) json_t *answer = NULL;
    int r = api_call(api, "POST", "/api/v1/users", body, NULL, &answer);

    return r ? api_exit(r) : link_print(answer, line);
}

static int users_find(struct api *api, const char *name, const char *follows, char path[PATH_SIZE])
{
    CLEANUP(json_free) json_t *list = NULL;
    size_t at;
    json_t *user;
    int r = api_call(api, "GET", "/api/v1/users", NULL, NULL, &list);

    if (r)
        return api_exit(r);
    json_array_foreach(json_object_get(list, "users"), at, user)
    {
        if (strcmp(print_member(user, "name"), name) != 0)
            continue;
        (void)snprintf(path, PATH_SIZE, "/api/v1/users/%s%s", print_member(user, "id"), follows);
        return EXIT_OK;
    }
    (void)fprintf(stderr, "ward: nobody signs in as %s (ward user list)\n", name);
    return EXIT_FOUND;
}

int users_call(struct api *api, const char *method, const char *name, const char *follows,
               const json_t *body, json_t **ret_answer)
{
    char path[PATH_SIZE];
    int exit = users_find(api, name, follows, path);
    int r;

    if (exit)
        return exit;
    r = api_call(api, method, path, body, NULL, ret_answer);
    return r ? api_exit(r) : EXIT_OK;
}

int run_user_link(struct api *api, const struct command_line *line)
{
    CLEANUP(json_free) json_t *answer = NULL;
    int exit = users_call(api, "POST", line->words[0], "/link", NULL, &answer);

    return exit ? exit : link_print(answer, line);
}

static void print_changed(const char *name, const json_t *answer)
{
    const char *emergency = json_string_value(json_object_get(answer, "emergency"));

    (void)printf("%s: class %s, person %s", name,
                 json_string_value(json_object_get(answer, "class")),
                 print_member(answer, "person"));
    if (emergency && *emergency)
        (void)printf(", in an emergency %s", emergency);
    (void)printf("\n");
}

int run_user_change(struct api *api, const struct command_line *line)
{
    CLEANUP(json_free) json_t *body = json_object();
    CLEANUP(json_free) json_t *answer = NULL;
    json_int_t person;
    int exit;

    if (!line->values[0] && !line->values[1] && !line->values[2]) {
        (void)fprintf(stderr, "ward: say what to change: --class, --person, --emergency\n");
        return EXIT_USAGE;
    }
    if (line->values[1] && !number_read(line->values[1], 0, "--person", &person))
        return EXIT_USAGE;
    if (line->values[0])
        json_object_set_new(body, "class", json_string(line->values[0]));
    if (line->values[1])
        json_object_set_new(body, "person", json_integer(person));
    if (line->values[2])
        json_object_set_new(
            body, "emergency",
            json_string(strcmp(line->values[2], "none") == 0 ? "" : line->values[2]));
    exit = users_call(api, "PATCH", line->words[0], "", body, &answer);
    if (exit)
        return exit;
    if (line->json)
        print_json(answer);
    else
        print_changed(line->words[0], answer);
    return EXIT_OK;
}

int run_user_sessions(struct api *api, const struct command_line *line)
{
    static const struct print_column columns[] = {
        {"NUMBER", "number"},           {"SINCE", "created_at"}, {"LAST SEEN", "seen_at"},
        {"SECOND FACTOR", "factor_at"}, {"FROM", "source"},
    };
    char path[PATH_SIZE];
    int exit = users_find(api, line->words[0], "/sessions", path);

    if (exit)
        return exit;
    return list_run(api, line, path, "sessions", columns, sizeof(columns) / sizeof(columns[0]));
}

int run_user_end_sessions(struct api *api, const struct command_line *line)
{
    CLEANUP(json_free) json_t *answer = NULL;
    int exit = users_call(api, "DELETE", line->words[0], "/sessions", NULL, &answer);

    if (!exit && !line->json)
        (void)printf("%s: sessions ended\n", line->words[0]);
    return exit;
}
