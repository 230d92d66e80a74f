#include "classes.h"
#include "command.h"
#include "print.h"

#include <string.h>

#define PATH_SIZE 128
#define WORD_MAX 32

void classes_print_levels(json_t *levels)
{
    const char *category;
    json_t *level;

    json_object_foreach(levels, category, level)
    {
        if (strcmp(json_string_value(level), "none") == 0)
            continue;
        (void)printf("\n  ");
        print_text(stdout, category);
        (void)printf(": ");
        print_text(stdout, json_string_value(level));
    }
}

static void print_minutes(const json_t *conditions, const char *name, const char *what)
{
    if (json_integer_value(json_object_get(conditions, name)))
        (void)printf("\n  %s: %s minutes", what, print_member(conditions, name));
}

static void print_hours(const json_t *conditions)
{
    const char *zone = json_string_value(json_object_get(conditions, "zone"));
    json_t *hours = json_object_get(conditions, "hours");
    size_t at;
    json_t *row;

    json_array_foreach(hours, at, row)
    {
        (void)printf("%s", at ? ", " : "\n  hours: ");
        print_text(stdout, print_member(row, "day"));
        (void)printf(" ");
        print_text(stdout, print_member(row, "from"));
        (void)printf("-");
        print_text(stdout, print_member(row, "to"));
    }
    if (json_array_size(hours)) {
        (void)printf(" (");
        print_text(stdout, zone && *zone ? zone : "the server's time zone");
        (void)printf(")");
    }
}

static void print_conditions(const json_t *conditions)
{
    size_t at;
    json_t *network;

    if (json_integer_value(json_object_get(conditions, "window_days")))
        (void)printf("\n  sees back: %s days", print_member(conditions, "window_days"));
    print_hours(conditions);
    json_array_foreach(json_object_get(conditions, "networks"), at, network)
    {
        (void)printf("%s", at ? ", " : "\n  networks: ");
        print_text(stdout, json_string_value(network));
    }
    print_minutes(conditions, "factor_minutes", "second factor no older than");
    print_minutes(conditions, "idle_minutes", "sessions rest at most");
    print_minutes(conditions, "absolute_minutes", "sessions last at most");
}

void classes_print_terms(const json_t *class)
{
    const json_t *copied = json_object_get(class, "copied");
    size_t at;
    json_t *row;

    print_conditions(json_object_get(class, "conditions"));
    if (!json_is_object(copied))
        return;
    (void)printf("\n  copied from: ");
    print_text(stdout, print_member(copied, "from"));
    json_array_foreach(json_object_get(copied, "deviations"), at, row)
    {
        (void)printf("\n  differs: ");
        print_text(stdout, print_member(row, "what"));
        (void)printf(" ");
        print_text(stdout, print_member(row, "now"));
        (void)printf(" instead of ");
        print_text(stdout, print_member(row, "base"));
    }
    if (json_array_size(json_object_get(copied, "deviations"))) {
        (void)printf("\n  owner: user %s, until ", print_member(copied, "owner"));
        print_text(stdout, print_member(copied, "until"));
        (void)printf("%s", json_is_true(json_object_get(copied, "overdue")) ? " (overdue)" : "");
    }
}

int run_class_list(struct api *api, const struct command_line *line)
{
    CLEANUP(json_free) json_t *answer = NULL;
    size_t at;
    json_t *class;
    int r = api_call(api, "GET", "/api/v1/classes", NULL, NULL, &answer);

    if (r)
        return api_exit(r);
    if (line->json) {
        print_json(answer);
        return EXIT_OK;
    }
    json_array_foreach(json_object_get(answer, "classes"), at, class)
    {
        print_text(stdout, print_member(class, "class"));
        (void)printf("\n  of whom: ");
        print_text(stdout, print_member(class, "reach"));
        classes_print_levels(json_object_get(class, "levels"));
        classes_print_terms(class);
        (void)printf("\n");
    }
    return EXIT_OK;
}

/* NULL: there is none. Borrowed. */
static json_t *find(json_t *answer, const char *word)
{
    size_t at;
    json_t *class;

    json_array_foreach(json_object_get(answer, "classes"), at, class)
    {
        if (strcmp(print_member(class, "class"), word) == 0)
            return class;
    }
    return NULL;
}

/* What `class set` takes: of a built-in class, a copy of it to be named anew. */
static json_t *form_of(const json_t *class)
{
    const json_t *copied = json_object_get(class, "copied");
    bool own = json_is_object(copied);
    json_t *form =
        json_pack("{s:O, s:O, s:O, s:O, s:O, s:O, s:I}", "class", json_object_get(class, "class"),
                  "title", json_object_get(class, "title"), "base",
                  own ? json_object_get(copied, "from") : json_object_get(class, "class"), "reach",
                  json_object_get(class, "reach"), "levels", json_object_get(class, "levels"),
                  "conditions", json_object_get(class, "conditions"), "owner",
                  own ? json_integer_value(json_object_get(copied, "owner")) : (json_int_t)0);

    if (own && json_is_string(json_object_get(copied, "until")))
        (void)json_object_set(form, "until", json_object_get(copied, "until"));
    return form;
}

int run_class_show(struct api *api, const struct command_line *line)
{
    CLEANUP(json_free) json_t *answer = NULL;
    CLEANUP(json_free) json_t *form = NULL;
    const json_t *class;
    int r = api_call(api, "GET", "/api/v1/classes", NULL, NULL, &answer);

    if (r)
        return api_exit(r);
    class = find(answer, line->words[0]);
    if (!class) {
        (void)fprintf(stderr, "ward: there is no class %s (ward class list)\n", line->words[0]);
        return EXIT_FOUND;
    }
    form = form_of(class);
    print_json(form);
    return EXIT_OK;
}

int run_class_set(struct api *api, const struct command_line *line)
{
    json_error_t error;
    CLEANUP(json_free)
    json_t *body = json_load_file(line->words[0], JSON_REJECT_DUPLICATES, &error);
    CLEANUP(json_free) json_t *list = NULL;
    CLEANUP(json_free) json_t *answer = NULL;
    char path[PATH_SIZE] = "/api/v1/classes";
    const char *word = json_string_value(json_object_get(body, "class"));
    bool there;
    int r;

    if (!body && error.line > 0) {
        (void)fprintf(stderr, "ward: %s: line %d: %s\n", line->words[0], error.line, error.text);
        return EXIT_USAGE;
    }
    if (!word || strlen(word) > WORD_MAX) {
        (void)fprintf(stderr, "ward: %s: %s\n", line->words[0],
                      !body  ? error.text
                      : word ? "the word of a class has at most 32 letters"
                             : "an object with \"class\" is expected (ward class show CLASS)");
        return EXIT_USAGE;
    }
    r = api_call(api, "GET", path, NULL, NULL, &list);
    if (r)
        return api_exit(r);
    there = find(list, word) != NULL;
    if (there) {
        (void)snprintf(path, sizeof path, "/api/v1/classes/%s", word);
        (void)json_object_del(body, "class");
    }
    r = api_call(api, there ? "PUT" : "POST", path, body, NULL, &answer);
    if (r)
        return api_exit(r);
    (void)printf("%s\n", there ? "Replaced." : "Made.");
    return EXIT_OK;
}

int run_class_remove(struct api *api, const struct command_line *line)
{
    CLEANUP(json_free) json_t *answer = NULL;
    char path[PATH_SIZE];
    int r;

    if (strlen(line->words[0]) > WORD_MAX) {
        (void)fprintf(stderr, "ward: the word of a class has at most %d letters\n", WORD_MAX);
        return EXIT_USAGE;
    }
    (void)snprintf(path, sizeof path, "/api/v1/classes/%s", line->words[0]);
    r = api_call(api, "DELETE", path, NULL, NULL, &answer);
    if (r)
        return api_exit(r);
    (void)printf("Removed.\n");
    return EXIT_OK;
}
