/* The people directory: who works here, and whose the accounts are. */

#include <ctype.h>
#include <string.h>

#include "command.h"
#include "number.h"
#include "print.h"

enum { PATH_SIZE = 1024, WORDS_MAX = 128 };

/* Text as a part of a query; false when it is too long. */
static bool encode(const char *text, char *ret_encoded)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t len = 0;

    if (strlen(text) > WORDS_MAX)
        return false;
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;

        if (isalnum(byte)) {
            ret_encoded[len++] = *text;
        } else {
            ret_encoded[len++] = '%';
            ret_encoded[len++] = digits[byte >> 4];
            ret_encoded[len++] = digits[byte & 15];
        }
    }
    ret_encoded[len] = 0;
    return true;
}

int run_people_list(struct api *api, const struct command_line *line)
{
    static const struct print_column columns[] = {
        {"ID", "id"},           {"NAME", "name"},
        {"E-MAIL", "email"},    {"EMPLOYEE", "employee_id"},
        {"MANAGER", "manager"}, {"CONFIRMED", "confirmed"},
        {"LEFT", "ended_at"},
    };
    CLEANUP(json_free) json_t *answer = NULL;
    char words[3 * WORDS_MAX + 1] = "";
    char path[PATH_SIZE];
    const char *state = line->values[2] ? "all" : line->values[1] ? "unconfirmed" : "here";
    int r;

    if (line->values[0] && !encode(line->values[0], words)) {
        (void)fprintf(stderr, "ward: the words to look for are too long\n");
        return EXIT_USAGE;
    }
    (void)snprintf(path, sizeof path, "/api/v1/people?limit=500&state=%s&words=%s", state, words);
    r = api_call(api, "GET", path, NULL, NULL, &answer);
    if (r)
        return api_exit(r);
    if (line->json) {
        print_json(answer);
        return EXIT_OK;
    }
    print_table(json_object_get(answer, "people"), columns, sizeof columns / sizeof *columns);
    if (json_integer_value(json_object_get(answer, "total")) >
        (json_int_t)json_array_size(json_object_get(answer, "people")))
        (void)printf("(the first 500 of %s: look for words)\n", print_member(answer, "total"));
    return EXIT_OK;
}

static int show(const struct command_line *line, const json_t *answer)
{
    static const struct print_column accounts[] = {
        {"ACCOUNT", "id"}, {"NAME", "name"}, {"COMPUTER", "device"},
        {"KIND", "kind"},  {"FROM", "from"}, {"UNTIL", "until"},
    };
    static const struct print_column moves[] = {
        {"AT", "at"},        {"BY", "by"},      {"WHAT", "kind"}, {"FROM", "from_person"},
        {"TO", "to_person"}, {"SINCE", "from"}, {"WHY", "why"},
    };
    const json_t *person = json_object_get(answer, "person");

    if (line->json) {
        print_json(answer);
        return EXIT_OK;
    }
    (void)printf("%s  ", print_member(person, "id"));
    print_text(stdout, json_string_value(json_object_get(person, "name")));
    (void)printf("%s\n", json_is_true(json_object_get(person, "station"))     ? "  (a station)"
                         : json_is_true(json_object_get(person, "confirmed")) ? ""
                                                                              : "  (unconfirmed)");
    print_table(json_object_get(answer, "accounts"), accounts, sizeof accounts / sizeof *accounts);
    if (json_array_size(json_object_get(answer, "moves")))
        print_table(json_object_get(answer, "moves"), moves, sizeof moves / sizeof *moves);
    return EXIT_OK;
}

int run_people_show(struct api *api, const struct command_line *line)
{
    CLEANUP(json_free) json_t *answer = NULL;
    char path[PATH_SIZE];
    json_int_t person;
    int r;

    if (!number_read(line->words[0], 1, "a person", &person))
        return EXIT_USAGE;
    (void)snprintf(path, sizeof path, "/api/v1/people/%lld", (long long)person);
    r = api_call(api, "GET", path, NULL, NULL, &answer);
    return r ? api_exit(r) : show(line, answer);
}

int run_people_add(struct api *api, const struct command_line *line)
{
    static const char *const members[] = {"email", "employee_id", "time_zone", "schedule"};
    CLEANUP(json_free) json_t *body = json_pack("{s:s}", "name", line->words[0]);
    CLEANUP(json_free) json_t *answer = NULL;
    json_int_t manager;
    int r;

    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (line->values[i])
            json_object_set_new(body, members[i], json_string(line->values[i]));
    if (line->values[4]) {
        if (!number_read(line->values[4], 1, "a manager", &manager))
            return EXIT_USAGE;
        json_object_set_new(body, "manager", json_integer(manager));
    }
    r = api_call(api, "POST", "/api/v1/people", body, NULL, &answer);
    return r ? api_exit(r) : show(line, answer);
}

/* Sends a move of the person that the last word names; body is taken. */
static int move(struct api *api, const struct command_line *line, const char *whom,
                const char *what, json_t *body)
{
    CLEANUP(json_free) json_t *given = body;
    CLEANUP(json_free) json_t *answer = NULL;
    char path[PATH_SIZE];
    json_int_t person;
    int r;

    if (!number_read(whom, 1, "a person", &person))
        return EXIT_USAGE;
    (void)snprintf(path, sizeof path, "/api/v1/people/%lld/%s", (long long)person, what);
    r = api_call(api, "POST", path, given, NULL, &answer);
    return r ? api_exit(r) : show(line, answer);
}

static void set_since(json_t *body, const char *since)
{
    if (since)
        json_object_set_new(body, "since", json_string(since));
}

int run_people_confirm(struct api *api, const struct command_line *line)
{
    return move(api, line, line->words[0], "confirm", json_pack("{s:s}", "why", line->values[0]));
}

int run_people_assign(struct api *api, const struct command_line *line)
{
    json_int_t account;
    json_t *body;

    if (!number_read(line->words[0], 1, "an account", &account))
        return EXIT_USAGE;
    body = json_pack("{s:I,s:s}", "account", account, "why", line->values[0]);
    set_since(body, line->values[1]);
    return move(api, line, line->words[1], "assign", body);
}

int run_people_merge(struct api *api, const struct command_line *line)
{
    json_int_t from;

    if (!number_read(line->words[0], 1, "a person", &from))
        return EXIT_USAGE;
    return move(api, line, line->words[1], "merge",
                json_pack("{s:I,s:s}", "from", from, "why", line->values[0]));
}

int run_people_split(struct api *api, const struct command_line *line)
{
    json_t *accounts = number_list(line->values[3], "an account");
    json_t *body;

    if (!accounts)
        return EXIT_USAGE;
    body = json_pack("{s:s,s:s,s:o}", "name", line->values[2], "why", line->values[0], "accounts",
                     accounts);
    set_since(body, line->values[1]);
    return move(api, line, line->words[0], "split", body);
}
