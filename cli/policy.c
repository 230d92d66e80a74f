#include "command.h"
#include "print.h"

#include <string.h>

int run_policy_show(struct api *api, const struct command_line *line)
{
    static const struct print_column columns[] = {
        {"APPLICATION", "application"}, {"SITE", "domain"}, {"KEPT", "capture"}};
    CLEANUP(json_free) json_t *answer = NULL;
    int r = api_call(api, "GET", "/api/v1/policy", NULL, NULL, &answer);

    if (r)
        return api_exit(r);
    if (line->json) {
        print_json(answer);
        return EXIT_OK;
    }
    (void)printf("version          %s, of ", print_member(answer, "version"));
    print_text(stdout, print_member(answer, "created_at"));
    (void)printf("\nkept by default  ");
    print_text(stdout, print_member(answer, "capture"));
    (void)printf("\nHIPAA profile    %s", print_member(answer, "hipaa"));
    (void)printf("\nprivate windows  %s", print_member(answer, "incognito"));
    (void)printf("\npause allowed    %s", print_member(answer, "pause_allowed"));
    (void)printf("\npassive after    %s s", print_member(answer, "passive_after_seconds"));
    (void)printf("\nidle after       %s s\n\n", print_member(answer, "idle_after_seconds"));
    print_table(json_object_get(answer, "rules"), columns, sizeof(columns) / sizeof(columns[0]));
    return EXIT_OK;
}

int run_policy_set(struct api *api, const struct command_line *line)
{
    json_error_t error;
    CLEANUP(json_free)
    json_t *body = json_load_file(line->words[0], JSON_REJECT_DUPLICATES, &error);
    CLEANUP(json_free) json_t *answer = NULL;
    char version[32];

    if (!json_is_object(body)) {
        (void)fprintf(stderr, "ward: %s: line %d: %s\n", line->words[0], error.line,
                      body ? "an object is expected" : error.text);
        return EXIT_USAGE;
    }
    if (!json_is_integer(json_object_get(body, "version"))) {
        (void)fprintf(stderr,
                      "ward: %s: \"version\" must name the version that it was made from "
                      "(ward policy show --output json)\n",
                      line->words[0]);
        return EXIT_USAGE;
    }
    (void)snprintf(version, sizeof(version), "\"%s\"", print_member(body, "version"));
    (void)json_object_del(body, "version");
    (void)json_object_del(body, "created_at");
    (void)json_object_del(body, "created_by");
    int r = api_call(api, "PUT", "/api/v1/policy", body, version, &answer);
    if (r)
        return api_exit(r);
    if (line->json)
        print_json(answer);
    else
        (void)printf(
            "The capture policy is version %s now; agents take it with their next message.\n",
            print_member(answer, "version"));
    return EXIT_OK;
}
