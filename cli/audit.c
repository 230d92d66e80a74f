#include "command.h"
#include "list.h"
#include "print.h"

#include <stdlib.h>

#include "audit_file.h"

enum { PATH_SIZE = 256 };

int run_audit_list(struct api *api, const struct command_line *line)
{
    static const struct print_column columns[] = {
        {"#", "index"},   {"AT", "at"},           {"WHO", "actor_name"}, {"WHAT", "action"},
        {"ON", "target"}, {"OUTCOME", "outcome"}, {"FROM", "source"},
    };
    char path[PATH_SIZE];
    char *end = NULL;
    long limit = strtol(line->values[0], &end, 10);

    if (*end || limit < 1 || limit > 1000) {
        (void)fprintf(stderr, "ward: --limit takes a number from 1 to 1000, not %s\n",
                      line->values[0]);
        return EXIT_USAGE;
    }
    (void)snprintf(path, sizeof(path), "/api/v1/audit?limit=%ld", limit);
    return list_run(api, line, path, "entries", columns, sizeof(columns) / sizeof(columns[0]));
}

int run_audit_export(struct api *api, const struct command_line *line)
{
    return api_save(api, "/api/v1/audit/export", line->values[0]);
}

static int verdict(const json_t *answer, const struct command_line *line)
{
    bool holds = json_is_true(json_object_get(answer, "holds"));

    if (line->json) {
        print_json(answer);
        return holds ? EXIT_OK : EXIT_FOUND;
    }
    if (holds) {
        (void)printf("The audit log holds: %s entries", print_member(answer, "size"));
        (void)printf(", %s of them under the signed checkpoint.\n",
                     print_member(answer, "checkpoint_size"));
        return EXIT_OK;
    }
    (void)printf("THE AUDIT LOG DOES NOT HOLD: of %s entries", print_member(answer, "size"));
    if (json_is_integer(json_object_get(answer, "first_bad")))
        (void)printf(", number %s is the first that is not what was written",
                     print_member(answer, "first_bad"));
    else
        (void)printf(", and the signed checkpoint says otherwise");
    (void)printf(".\nKeep the data directory as it is, and compare it with the last backup.\n");
    return EXIT_FOUND;
}

int run_audit_verify(struct api *api, const struct command_line *line)
{
    CLEANUP(json_free) json_t *answer = NULL;

    if (line->values[0]) {
        int r = audit_file_verify(line->values[0], line->values[1], &answer);

        if (r > 0)
            return r;
        return r ? api_exit(r) : verdict(answer, line);
    }
    int r = api_call(api, "POST", "/api/v1/audit/verify", NULL, NULL, &answer);
    return r ? api_exit(r) : verdict(answer, line);
}
