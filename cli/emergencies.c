#include <string.h>

#include "command.h"
#include "list.h"
#include "print.h"

enum { PATH_SIZE = 128 };

int run_emergency_list(struct api *api, const struct command_line *line)
{
    static const struct print_column columns[] = {
        {"ID", "id"},
        {"WHO", "name"},
        {"AS", "class"},
        {"STATE", "state"},
        {"OPENED", "opened_at"},
        {"UNTIL", "until_at"},
        {"REVIEW BY", "review_by_at"},
        {"REASON", "reason"},
    };

    return list_run(api, line, "/api/v1/emergencies", "emergencies", columns,
                    sizeof(columns) / sizeof(columns[0]));
}

static void say(const char *title, const json_t *answer, const char *member)
{
    (void)printf("  %-11s ", title);
    print_text(stdout, print_member(answer, member));
    (void)printf("\n");
}

static void print_acts(const json_t *answer)
{
    static const struct print_column columns[] = {
        {"ENTRY", "index"},   {"AT", "at"},           {"WHAT", "label"},
        {"TARGET", "target"}, {"OUTCOME", "outcome"},
    };

    (void)printf("\nWhat was done under it, the newest first:\n");
    print_table(json_object_get(answer, "acts"), columns, sizeof(columns) / sizeof(columns[0]));
}

int run_emergency_show(struct api *api, const struct command_line *line)
{
    CLEANUP(json_free) json_t *answer = NULL;
    char path[PATH_SIZE];
    int r;

    (void)snprintf(path, sizeof(path), "/api/v1/emergencies/%.20s", line->words[0]);
    r = api_call(api, "GET", path, NULL, NULL, &answer);
    if (r)
        return api_exit(r);
    if (line->json) {
        print_json(answer);
        return EXIT_OK;
    }
    (void)printf("Emergency access %s\n", print_member(answer, "id"));
    say("who", answer, "name");
    say("as", answer, "class");
    say("reason", answer, "reason");
    say("state", answer, "state");
    say("opened", answer, "opened_at");
    say("until", answer, "until_at");
    say("ended", answer, "ended_at");
    say("ended by", answer, "ended_by");
    say("review by", answer, "review_by_at");
    say("reviewed by", answer, "reviewed_by");
    say("note", answer, "note");
    print_acts(answer);
    return EXIT_OK;
}

static int send(struct api *api, const struct command_line *line, const char *verb,
                const json_t *body, const char *done)
{
    CLEANUP(json_free) json_t *answer = NULL;
    char path[PATH_SIZE];
    int r;

    (void)snprintf(path, sizeof(path), "/api/v1/emergencies/%.20s/%s", line->words[0], verb);
    r = api_call(api, "POST", path, body, NULL, &answer);
    if (r)
        return api_exit(r);
    if (line->json)
        print_json(answer);
    else
        (void)printf("Emergency access %s %s.\n", print_member(answer, "id"), done);
    return EXIT_OK;
}

int run_emergency_end(struct api *api, const struct command_line *line)
{
    return send(api, line, "end", NULL, "has ended; it waits for its review");
}

int run_emergency_review(struct api *api, const struct command_line *line)
{
    bool justified = strcmp(line->values[0], "justified") == 0;

    if (!justified && strcmp(line->values[0], "unjustified") != 0) {
        (void)fprintf(stderr, "ward: --verdict is justified or unjustified\n");
        return EXIT_USAGE;
    }
    CLEANUP(json_free)
    json_t *body = json_pack("{s:b, s:s}", "justified", justified, "note", line->values[1]);

    return send(api, line, "review", body, "is reviewed");
}
