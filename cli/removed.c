/* What the redactor took out: counts by week or day, site or application, and kind. */

#include "command.h"
#include "print.h"

#include <stdlib.h>

enum { OPTION_WEEK, OPTION_K };

/* A line of the table; numbers of few people are words. */
static json_t *line_of(const json_t *row, const json_t *cell, const char *few)
{
    const json_t *count = json_object_get(cell, "count");
    const json_t *people = json_object_get(cell, "people");

    return json_pack("{s:O, s:O, s:O, s:o, s:O}", "day", json_object_get(cell, "day"), "name",
                     json_object_get(row, "name"), "kind", json_object_get(cell, "kind"), "count",
                     json_is_null(count) ? json_string(few) : json_incref((json_t *)count),
                     "people", people);
}

static json_t *lines_of(const json_t *answer)
{
    json_t *lines = json_array();
    char few[64];
    size_t at;
    json_t *row;

    (void)snprintf(few, sizeof(few), "fewer than %s people", print_member(answer, "k"));
    json_array_foreach(json_object_get(answer, "rows"), at, row)
    {
        size_t cell_at;
        json_t *cell;

        json_array_foreach(json_object_get(row, "cells"), cell_at, cell)
        {
            json_array_append_new(lines, line_of(row, cell, few));
        }
    }
    return lines;
}

static void untold_print(const json_t *answer)
{
    size_t at;
    json_t *untold;

    json_array_foreach(json_object_get(answer, "untold"), at, untold)
    {
        (void)printf("%s: ", print_member(untold, "day"));
        (void)printf("%s names are not told, by each of which fewer than ",
                     print_member(untold, "names"));
        (void)printf("%s people came\n", print_member(answer, "k"));
    }
}

int run_removed(struct api *api, const struct command_line *line)
{
    static const struct print_column columns[] = {
        {"FROM", "day"},      {"SITE OR APPLICATION", "name"}, {"KIND", "kind"}, {"COUNT", "count"},
        {"PEOPLE", "people"},
    };
    CLEANUP(json_free) json_t *answer = NULL;
    CLEANUP(json_free) json_t *lines = NULL;
    char *end = NULL;
    long least = strtol(line->values[OPTION_K], &end, 10);
    char path[96];

    if (*end || least < 1 || least > 1000) {
        (void)fprintf(stderr, "ward: --k takes a number from 1 to 1000, not %s\n",
                      line->values[OPTION_K]);
        return EXIT_USAGE;
    }
    (void)snprintf(path, sizeof(path), "/api/v1/flows?bucket=%s&k=%ld",
                   line->values[OPTION_WEEK] ? "week" : "day", least);
    int r = api_call(api, "GET", path, NULL, NULL, &answer);
    if (r)
        return api_exit(r);
    if (line->json) {
        print_json(answer);
        return EXIT_OK;
    }
    lines = lines_of(answer);
    print_table(lines, columns, sizeof(columns) / sizeof(columns[0]));
    untold_print(answer);
    return EXIT_OK;
}
