#include "classes.h"
#include "command.h"
#include "print.h"
#include "users.h"

#include <string.h>

static void print_activity(const json_t *activity)
{
    const char *reason = print_member(activity, "reason");

    if (strcmp(reason, "allowed") == 0)
        (void)printf("  sees the activity of %s people", print_member(activity, "people"));
    else if (strcmp(reason, "untied") == 0)
        (void)printf("  sees nobody's activity until it is said who they are "
                     "(ward user change NAME --person N)");
    else
        (void)printf("  sees nobody's activity");
}

int run_access_show(struct api *api, const struct command_line *line)
{
    static const struct print_column columns[] = {
        {"MAY", "method"}, {"PATH", "path"}, {"BY", "permission"}};
    CLEANUP(json_free) json_t *answer = NULL;
    const json_t *user;
    int exit = users_call(api, "GET", line->words[0], "/access", NULL, &answer);

    if (exit)
        return exit;
    if (line->json) {
        print_json(answer);
        return EXIT_OK;
    }
    user = json_object_get(answer, "user");
    print_text(stdout, print_member(user, "name"));
    (void)printf(", class ");
    print_text(stdout, print_member(user, "class"));
    (void)printf("%s\n", json_is_null(json_object_get(user, "disabled_at")) ? "" : ", disabled");
    print_activity(json_object_get(answer, "activity"));
    classes_print_levels(json_object_get(answer, "levels"));
    classes_print_terms(answer);
    (void)printf("\n\n");
    print_table(json_object_get(answer, "routes"), columns, sizeof(columns) / sizeof(columns[0]));
    return EXIT_OK;
}

int run_access_export(struct api *api, const struct command_line *line)
{
    return api_save(api, "/api/v1/access/export", line->values[0]);
}
