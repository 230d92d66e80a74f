#include "command.h"
#include "print.h"

#include <string.h>

enum { PATH_SIZE = 256 };

int run_user_list(struct api *api, const struct command_line *line)
{
    static const struct print_column columns[] = {
        {"NAME", "name"},          {"SHOWN AS", "display_name"}, {"ROLE", "role"},
        {"SECOND FACTOR", "totp"}, {"SINCE", "created_at"},      {"DISABLED", "disabled_at"},
    };
    CLEANUP(json_free) json_t *answer = NULL;
    int r = api_call(api, "GET", "/api/v1/users", NULL, NULL, &answer);

    if (r)
        return api_exit(r);
    if (line->json)
        print_json(answer);
    else
        print_table(json_object_get(answer, "users"), columns,
                    sizeof(columns) / sizeof(columns[0]));
    return EXIT_OK;
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
    const char *display_name = *line->values[1] ? line->values[1] : name;
    CLEANUP(json_free)
    json_t *body = json_pack("{s:s, s:s, s:s}", "name", name, "display_name", display_name, "role",
                             line->values[0]);
    CLEANUP(json_free) json_t *answer = NULL;
    int r = api_call(api, "POST", "/api/v1/users", body, NULL, &answer);

    return r ? api_exit(r) : link_print(answer, line);
}

int run_user_link(struct api *api, const struct command_line *line)
{
    CLEANUP(json_free) json_t *list = NULL;
    CLEANUP(json_free) json_t *answer = NULL;
    char path[PATH_SIZE];
    size_t at;
    json_t *user;
    int r = api_call(api, "GET", "/api/v1/users", NULL, NULL, &list);

    if (r)
        return api_exit(r);
    json_array_foreach(json_object_get(list, "users"), at, user)
    {
        if (strcmp(print_member(user, "name"), line->words[0]) != 0)
            continue;
        (void)snprintf(path, sizeof(path), "/api/v1/users/%s/link", print_member(user, "id"));
        r = api_call(api, "POST", path, NULL, NULL, &answer);
        return r ? api_exit(r) : link_print(answer, line);
    }
    (void)fprintf(stderr, "ward: nobody signs in as %s (ward user list)\n", line->words[0]);
    return EXIT_FOUND;
}
