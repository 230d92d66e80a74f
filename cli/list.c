#include "list.h"

int list_run(struct api *api, const struct command_line *line, const char *path, const char *member,
             const struct print_column *columns, size_t column_count)
{
    CLEANUP(json_free) json_t *answer = NULL;
    int r = api_call(api, "GET", path, NULL, NULL, &answer);

    if (r)
        return api_exit(r);
    if (line->json)
        print_json(answer);
    else
        print_table(json_object_get(answer, member), columns, column_count);
    return EXIT_OK;
}
