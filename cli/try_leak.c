/*
 * ward try-leak: an invented patient stands in a window's title; then it is shown what was counted,
 * and that nothing of it is found anywhere
 */

#include "agent.h"
#include "command.h"
#include "print.h"
#include "window.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "os/file.h"

enum {
    OPTION_HERE,
    OPTION_WAIT,
    OPTION_AGENT,
    PATH_SIZE = 96,
    WAIT_MAX = 600,
    EVERY_MS = 500,
    RECEIPT_MS = 10 * 1000
};

struct attempt {
    struct api *api;
    const struct command_line *line;
    int wait_s;
    json_t *begun;
    json_t *status; /* of this computer's agent; NULL: none */
    struct window *window;
    json_t *result;
};

static void attempt_deinit_at(struct attempt *attempt)
{
    json_decref(attempt->begun);
    json_decref(attempt->status);
    json_decref(attempt->result);
    attempt->window = window_free(attempt->window);
}

static long long number(const json_t *object, const char *member)
{
    return (long long)json_integer_value(json_object_get(object, member));
}

static const char *word(const json_t *object, const char *member)
{
    const char *text = json_string_value(json_object_get(object, member));

    return text ? text : "";
}

/* ---- this computer ---- */

static long long sensors_of(const json_t *status)
{
    long long sensors = 0;
    size_t at;
    json_t *account;

    json_array_foreach(json_object_get(status, "accounts"), at, account)
    {
        sensors += number(account, "sensors");
    }
    return sensors;
}

/* Plainly, before anything is tried: a window that nobody sees proves nothing. */
static bool here_is_seen(const struct attempt *attempt)
{
    if (!attempt->status)
        (void)fprintf(stderr, "ward: no agent answers on this computer, so nothing here is seen.\n"
                              "      Is ward-agent running, and may you ask it? Use sudo, and "
                              "--agent PATH if its socket is elsewhere.\n");
    else if (sensors_of(attempt->status) == 0)
        (void)fprintf(stderr,
                      "ward: the agent runs, but no desktop session of this computer has a sensor: "
                      "nothing here is seen.\n      ward-sensor starts with the session; see "
                      "ward-sensor(8).\n");
    else if (!window_possible())
        (void)fprintf(stderr,
                      "ward: no window can be opened: there is no X display at $DISPLAY, or "
                      "it may not be used.\n");
    else
        return true;
    return false;
}

static int here_begin(struct attempt *attempt)
{
    int r = window_open(&attempt->window, text_of(word(attempt->begun, "title")));

    if (r == WINDOW_ABSENT) {
        (void)fprintf(stderr, "ward: the X display has gone.\n");
        return EXIT_FOUND;
    }
    if (r)
        return api_exit(r);
    if (!attempt->line->json)
        (void)printf("A window with an invented patient in its title is open on this display (by "
                     "xcb: the text is on no command line).\n");
    return EXIT_OK;
}

/* ---- waiting for a computer to count it ---- */

static bool is_counted(const json_t *trial, bool *ret_signed)
{
    bool counted = false;
    size_t at;
    json_t *device;

    *ret_signed = true;
    json_array_foreach(json_object_get(json_object_get(trial, "result"), "devices"), at, device)
    {
        const json_t *receipt = json_object_get(device, "receipt");

        if (!json_is_true(json_object_get(device, "complete")))
            continue;
        counted = true;
        *ret_signed = *ret_signed && json_is_true(json_object_get(receipt, "covers"));
    }
    return counted;
}

/* And then a little for the receipt, which comes right after the counts. */
static int wait_until_counted(struct attempt *attempt)
{
    int counted_ms = 0;
    bool is_signed = false;
    char path[PATH_SIZE];

    (void)snprintf(path, sizeof(path), "/api/v1/trials/%lld", number(attempt->begun, "number"));
    for (int waited = 0; waited < attempt->wait_s * 1000; waited += EVERY_MS) {
        CLEANUP(json_free) json_t *trial = NULL;
        int r = api_call(attempt->api, "GET", path, NULL, NULL, &trial);

        if (r)
            return api_exit(r);
        counted_ms += is_counted(trial, &is_signed) ? EVERY_MS : 0;
        if (counted_ms > (is_signed ? 0 : RECEIPT_MS))
            return EXIT_OK;
        if (attempt->window)
            window_wait(attempt->window, EVERY_MS);
        else
            (void)poll(NULL, 0, EVERY_MS);
    }
    return EXIT_OK;
}

/* ---- searching ---- */

/* The strings, one a line, for this computer's agent. */
static json_t *agent_places(const struct attempt *attempt)
{
    CLEANUP(buffer_deinit) struct buffer lines = buffer_init(16 * 1024);
    size_t at;
    json_t *string;

    json_array_foreach(json_object_get(attempt->begun, "strings"), at, string)
    {
        buffer_append_string(&lines, json_string_value(string));
        buffer_append_string(&lines, "\n");
    }
    CLEANUP(json_free)
    json_t *answer = agent_ask("search", attempt->line->values[OPTION_AGENT], buffer_bytes(&lines));
    json_t *places = json_object_get(answer, "places");
    return places ? json_incref(places) : NULL;
}

static int finish(struct attempt *attempt)
{
    char path[PATH_SIZE];
    json_t *places = attempt->line->values[OPTION_HERE] ? agent_places(attempt) : NULL;
    CLEANUP(json_free)
    json_t *body = places ? json_pack("{s:o}", "places", places) : json_object();

    (void)snprintf(path, sizeof(path), "/api/v1/trials/%lld/result",
                   number(attempt->begun, "number"));
    int r = api_call(attempt->api, "POST", path, body, NULL, &attempt->result);
    return r ? api_exit(r) : EXIT_OK;
}

/* ---- what came of it ---- */

static const char *place_words(const char *place)
{
    static const char *const all[][2] = {
        {"spans.sealed", "spans, opened"},
        {"spans.file", "spans.db as it is"},
        {"spans.memory", "texts that questions hold"},
        {"records", "records.db, opened"},
        {"audit", "audit log"},
        {"live", "live view"},
        {"files", "files of the server as they are"},
        {"log", "log of the server"},
        {"agent.spool", "spool of this computer, opened"},
        {"agent.queue", "what its agent has not stored yet"},
        {"agent.front", "what is in front on it"},
        {"agent.files", "files of the agent as they are"},
        {"agent.log", "log of the agent"},
    };

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        if (strcmp(all[i][0], place) == 0)
            return all[i][1];
    return place;
}

static void receipt_tell(const json_t *device)
{
    const json_t *receipt = json_object_get(device, "receipt");
    const char *verdict = word(receipt, "verdict");

    if (!json_is_object(receipt))
        (void)printf("  no signed receipt of it has come yet\n");
    else if (!json_is_true(json_object_get(receipt, "covers")))
        (void)printf("  its last signed receipt, of %s, was made before; see `ward receipts`\n",
                     word(receipt, "day"));
    else
        (void)printf("  signed in its receipt of %s, revision %lld: %s\n", word(receipt, "day"),
                     number(receipt, "revision"),
                     strcmp(verdict, "same") == 0      ? "as stored"
                     : strcmp(verdict, "differs") == 0 ? "NOT AS STORED, see `ward receipts`"
                                                       : "not to be compared with what is stored");
}

static void devices_print(const json_t *result)
{
    size_t at;
    json_t *device;

    json_array_foreach(json_object_get(result, "devices"), at, device)
    {
        size_t kind_at;
        json_t *kind;

        (void)printf("counted by ");
        print_text(stdout, word(device, "host_name"));
        (void)printf(", account ");
        print_text(stdout, word(device, "account"));
        (void)printf("%s: ", json_is_true(json_object_get(device, "complete")) ? "" : ", in part");
        json_array_foreach(json_object_get(device, "kinds"), kind_at, kind)
        {
            (void)printf("%s%s %lld", kind_at ? ", " : "", word(kind, "kind"),
                         number(kind, "count"));
        }
        (void)putchar('\n');
        receipt_tell(device);
    }
}

static void places_print(const json_t *result)
{
    size_t at;
    json_t *place;

    json_array_foreach(json_object_get(result, "places"), at, place)
    {
        bool whole = json_is_true(json_object_get(place, "whole"));

        (void)printf("  %-36s ", place_words(word(place, "place")));
        if (number(place, "found"))
            (void)printf("FOUND %lld times in ", number(place, "found"));
        if (!whole && number(place, "texts") == 0)
            (void)printf("not searched: not a file that it can read (a journal is searched with "
                         "journalctl)\n");
        else
            (void)printf("searched %lld texts, %lld bytes%s: %lld found\n", number(place, "texts"),
                         number(place, "bytes"), whole ? "" : " (not all of it)",
                         number(place, "found"));
    }
}

static int result_print(const struct attempt *attempt)
{
    const json_t *result = json_object_get(attempt->result, "result");
    const char *outcome = word(attempt->result, "outcome");

    if (attempt->line->json) {
        print_json(attempt->result);
        return strcmp(outcome, "clean") == 0 ? EXIT_OK : EXIT_FOUND;
    }
    devices_print(result);
    places_print(result);
    if (strcmp(outcome, "clean") == 0) {
        (void)printf("Nothing of it was found. The result is kept as trial %lld.\n",
                     number(attempt->result, "number"));
        return EXIT_OK;
    }
    if (strcmp(outcome, "found") == 0)
        (void)printf("SOMETHING OF IT WAS FOUND. What was written before may hold real patients: "
                     "see `ward spill` in ward(1).\n");
    else
        (void)printf("Nothing was found, but no computer counted it within %d s, so nothing is "
                     "proven:\nhas the computer a sensor (`ward-agent status`), is the window in "
                     "front, and does the policy not drop its application?\n",
                     attempt->wait_s);
    return EXIT_FOUND;
}

static void title_print(const struct attempt *attempt)
{
    if (attempt->line->json || attempt->window)
        return;
    (void)printf(
        "This patient is invented. Give any window on a computer with a sensor this title, "
        "and bring it to the front:\n\n    ");
    print_text(stdout, word(attempt->begun, "title"));
    (void)printf("\n\nWaiting up to %d s for a computer to count it ...\n", attempt->wait_s);
    (void)fflush(stdout);
}

int run_try_leak(struct api *api, const struct command_line *line)
{
    CLEANUP(attempt_deinit) struct attempt attempt = {.api = api, .line = line};
    CLEANUP(json_free) json_t *nothing = json_object();
    char *end = NULL;
    long wait_s = strtol(line->values[OPTION_WAIT], &end, 10);

    if (*end || wait_s < 1 || wait_s > WAIT_MAX) {
        (void)fprintf(stderr, "ward: --wait takes seconds from 1 to %d, not %s\n", WAIT_MAX,
                      line->values[OPTION_WAIT]);
        return EXIT_USAGE;
    }
    attempt.wait_s = (int)wait_s;
    if (line->values[OPTION_HERE]) {
        attempt.status = agent_ask("status", line->values[OPTION_AGENT], (struct bytes){0});
        if (!here_is_seen(&attempt))
            return EXIT_FOUND;
    }
    int r = api_call(api, "POST", "/api/v1/trials", nothing, NULL, &attempt.begun);
    if (r)
        return api_exit(r);
    int code = line->values[OPTION_HERE] ? here_begin(&attempt) : EXIT_OK;
    if (code == EXIT_OK) {
        title_print(&attempt);
        code = wait_until_counted(&attempt);
    }
    if (code == EXIT_OK)
        code = finish(&attempt);
    return code == EXIT_OK ? result_print(&attempt) : code;
}
