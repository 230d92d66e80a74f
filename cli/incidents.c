#include "command.h"
#include "list.h"
#include "print.h"

enum { PATH_SIZE = 128 };

int run_incidents(struct api *api, const struct command_line *line)
{
    static const struct print_column columns[] = {
        {"ID", "id"},        {"KIND", "kind"},       {"STATE", "state"}, {"OPENED", "opened_at"},
        {"BY", "opened_by"}, {"SUMMARY", "summary"},
    };

    return list_run(api, line, "/api/v1/incidents", "incidents", columns,
                    sizeof(columns) / sizeof(columns[0]));
}

int run_incident_close(struct api *api, const struct command_line *line)
{
    CLEANUP(json_free) json_t *body = json_pack("{s:s}", "note", line->values[0]);
    CLEANUP(json_free) json_t *answer = NULL;
    char path[PATH_SIZE];

    (void)snprintf(path, sizeof(path), "/api/v1/incidents/%.20s/close", line->words[0]);
    int r = api_call(api, "POST", path, body, NULL, &answer);
    if (r)
        return api_exit(r);
    if (line->json)
        print_json(answer);
    else
        (void)printf("Incident %s is closed.\n", print_member(answer, "id"));
    return EXIT_OK;
}
