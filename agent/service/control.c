#include "service/control.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/wipe.h"
#include "os/file.h"
#include "os/local.h"
#include "redact/redact.h"
#include "wire/frame.h"
#include "wire/local.h"

enum { EXIT_FOUND = 1, EXIT_UNREACHABLE = 3, ANSWER_MS = 10000 };

/* Asks one thing. False: nobody answered. The answer is NUL-closed, without controls in it. */
static bool ask(const char *path, uint8_t kind, struct bytes body, uint8_t *ret_kind,
                struct buffer *ret_answer)
{
    CLEANUP(file_close) int fd = -1;
    CLEANUP(buffer_deinit) struct buffer frame = buffer_init(WIRE_LOCAL_MAX + 16);
    uint8_t head[5];
    uint8_t chunk[1024];

    frame_append(&frame, kind, body);
    if (buffer_check(&frame) || local_connect(path, &fd) ||
        local_write(fd, buffer_bytes(&frame), ANSWER_MS) ||
        local_read_exactly(fd, head, sizeof(head), ANSWER_MS))
        return false;
    size_t len = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
    if (len < 1 || len > WIRE_LOCAL_MAX)
        return false;
    for (len--; len > 0;) {
        size_t part = len < sizeof(chunk) ? len : sizeof(chunk);

        if (local_read_exactly(fd, chunk, part, ANSWER_MS))
            return false;
        buffer_append(ret_answer, chunk, part);
        len -= part;
    }
    buffer_append(ret_answer, "", 1);
    *ret_kind = head[4];
    return buffer_check(ret_answer) == 0;
}

static int unreachable(const char *path)
{
    (void)fprintf(stderr,
                  "ward-agent: the service does not answer at %s.\n"
                  "  Is it running? Start it with `systemctl start ward-agent`, or `ward-agent "
                  "run`; give --socket if it listens elsewhere.\n",
                  path);
    return EXIT_UNREACHABLE;
}

static const char *text_in(const json_t *json, const char *name)
{
    const char *text = json_string_value(json_object_get(json, name));

    return text ? text : "";
}

static long long number_in(const json_t *json, const char *name)
{
    return (long long)json_integer_value(json_object_get(json, name));
}

static bool flag_in(const json_t *json, const char *name)
{
    return json_is_true(json_object_get(json, name));
}

static void show_policy(const json_t *policy)
{
    const char *capture = text_in(policy, "capture");
    const char *words = "applications and sites (domain names only)";

    if (strcmp(capture, policy_capture_word(POLICY_DROP)) == 0)
        words = "nothing";
    else if (strcmp(capture, policy_capture_word(POLICY_APPLICATION)) == 0)
        words = "applications only";
    else if (strcmp(capture, policy_capture_word(POLICY_TITLE)) == 0)
        words = "applications, sites, and window titles with identifiers taken out";
    (void)printf("Captured     %s, and for how long they are in front\n", words);
    (void)printf("             %s; %lld rules of your organisation make exceptions\n",
                 flag_in(policy, "incognito") ? "private browser windows too"
                                              : "private browser windows never",
                 number_in(policy, "rules"));
    if (flag_in(policy, "hipaa"))
        (void)printf("             never titles of health-record, imaging, billing and remote "
                     "desktop programs\n");
    (void)printf("             never keys, screens, clipboards, paths or file names\n");
    (void)printf("             passive after %lld s without input, idle after %lld s (policy "
                 "version %lld)\n",
                 number_in(policy, "passive_after_seconds"),
                 number_in(policy, "idle_after_seconds"), number_in(policy, "version"));
}

static void show_rules(const json_t *rules)
{
    const char *server = text_in(rules, "server");

    (void)printf("Rules        version %s (%.16s…), in use since %s; %s\n",
                 text_in(rules, "version"), text_in(rules, "hash"), text_in(rules, "since"),
                 strcmp(server, "same") == 0    ? "the same as the server's"
                 : strcmp(server, "other") == 0 ? "the server has others: bring ward-agent to the "
                                                  "server's version"
                                                : "the server's are not known yet");
    if (number_in(rules, "sensors_with_others"))
        (void)printf("             %lld sensors still run other rules, from before an update; they "
                     "end when their session does\n",
                     number_in(rules, "sensors_with_others"));
}

static void show_canaries(const json_t *canaries)
{
    const char *state = text_in(canaries, "state");
    bool sensor = strcmp(state, "sensor") == 0;

    if (strcmp(state, "unknown") == 0)
        (void)printf("Checked      not yet: redaction is tried with invented texts at the start\n");
    else if (sensor || strcmp(state, "service") == 0)
        (void)printf(
            "STOPPED      %s of %lld invented texts came out of redaction with something left "
            "in (first: %s).\n             %s\n             Install ward-agent again; if it "
            "stays so, tell an administrator, who was told by the server too.\n",
            sensor ? "in a session" : "in the service", number_in(canaries, "run"),
            text_in(canaries, "failed"),
            sensor ? "That session's sensor tells nothing any more."
                   : "This computer sends nothing any more.");
    else if (strcmp(state, "waived") == 0)
        (void)printf("TEST BUILD   takes nothing out, and sends all the same: never use it for "
                     "anybody's work\n");
    else
        (void)printf("Checked      %lld of %lld invented texts came out clean; last at %s, again "
                     "every hour\n",
                     number_in(canaries, "passed"), number_in(canaries, "run"),
                     text_in(canaries, "at"));
}

static const char *label_of(const char *word)
{
    for (int kind = 0; kind < REDACT_KINDS; kind++) {
        if (strcmp(word, redact_kind_word((enum redact_kind)kind)) == 0)
            return redact_kind_label((enum redact_kind)kind);
    }
    return word;
}

static void show_account(const json_t *account, bool pause_allowed)
{
    json_t *removed = json_object_get(account, "removed_today");
    const json_t *pause = json_object_get(account, "pause");
    const char *word;
    json_t *count;

    (void)printf("\nAccount      %s (%s), %lld sensors, %lld spans today\n",
                 text_in(account, "account"), text_in(account, "kind"),
                 number_in(account, "sensors"), number_in(account, "spans_today"));
    if (json_object_size(removed) == 0)
        (void)printf("Removed      no identifiers today\n");
    json_object_foreach(removed, word, count)
    {
        (void)printf("Removed      %s: %lld today\n", label_of(word),
                     (long long)json_integer_value(count));
    }
    if (number_in(account, "fields_dropped_today"))
        (void)printf("Dropped      %lld texts today that could not be checked\n",
                     number_in(account, "fields_dropped_today"));
    if (json_is_object(pause))
        (void)printf("PAUSED       since %s until %s (\"%s\"); go on with `ward-agent resume`\n",
                     text_in(pause, "from"), text_in(pause, "until"), text_in(pause, "reason"));
    else
        (void)printf("Pause        %s\n", pause_allowed ? "not paused; `ward-agent pause --reason "
                                                          "TEXT` pauses"
                                                        : "not allowed by your organisation");
}

static const char *connection_words(const char *state)
{
    static const struct {
        const char *state;
        const char *words;
    } all[] = {
        {"starting", "not tried yet"},
        {"online", "connected"},
        {"offline", "the server cannot be reached; tried again by itself"},
        {"untrusted", "what answers is not our server, or it does not accept this computer's "
                      "certificate; tell an administrator"},
        {"waiting", "the server asked to wait; tried again by itself"},
        {"refused", "the server refuses what is sent; tell an administrator"},
        {"revoked", "an administrator has revoked this computer: nothing is sent any more. To "
                    "use it again, enrol it with a new package"},
    };

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (strcmp(state, all[i].state) == 0)
            return all[i].words;
    }
    return state;
}

static void show(const json_t *json)
{
    const json_t *waiting = json_object_get(json, "waiting");
    const json_t *certificate = json_object_get(json, "certificate");
    const json_t *policy = json_object_get(json, "policy");
    const json_t *connection = json_object_get(json, "connection");
    size_t i;
    json_t *account;

    (void)printf("Ward agent %s\n", text_in(json, "version"));
    (void)printf("Connection   %s\n", connection_words(text_in(connection, "state")));
    if (number_in(connection, "quarantined"))
        (void)printf("             %lld batches were refused by the server and set aside\n",
                     number_in(connection, "quarantined"));
    (void)printf("Waiting      %lld spans in %lld batches wait to be sent%s%s\n",
                 number_in(waiting, "spans"), number_in(waiting, "batches"),
                 text_in(waiting, "oldest")[0] ? ", the oldest from " : "",
                 text_in(waiting, "oldest"));
    (void)printf("Certificate  valid until %s, renewed by itself from %s\n",
                 text_in(certificate, "valid_until"), text_in(certificate, "renewal"));
    show_policy(policy);
    show_rules(json_object_get(json, "rules"));
    show_canaries(json_object_get(json, "canaries"));
    json_array_foreach(json_object_get(json, "accounts"), i, account)
    {
        show_account(account, flag_in(policy, "pause_allowed"));
    }
}

/* 1 when somebody should look at it. */
static int verdict(const json_t *json)
{
    const json_t *connection = json_object_get(json, "connection");
    const char *state = text_in(connection, "state");
    const char *canaries = text_in(json_object_get(json, "canaries"), "state");

    return strcmp(canaries, "sensor") == 0 || strcmp(canaries, "service") == 0 ||
                   strcmp(state, "revoked") == 0 || strcmp(state, "refused") == 0 ||
                   strcmp(state, "untrusted") == 0
               ? EXIT_FOUND
               : EXIT_SUCCESS;
}

int control_status(const char *socket_path, bool json)
{
    CLEANUP(buffer_deinit) struct buffer answer = buffer_init(WIRE_LOCAL_MAX + 1);
    uint8_t kind = 0;

    if (!ask(socket_path, LOCAL_STATUS_QUERY, (struct bytes){0}, &kind, &answer) ||
        kind != LOCAL_STATUS)
        return unreachable(socket_path);
    json_t *parsed = json_loads((const char *)answer.at, JSON_REJECT_DUPLICATES, NULL);
    if (!parsed)
        return unreachable(socket_path);
    if (json)
        (void)printf("%s\n", (const char *)answer.at);
    else
        show(parsed);
    int code = verdict(parsed);
    json_decref(parsed);
    return code;
}

int control_pause(const char *socket_path, uint32_t minutes, const char *reason)
{
    CLEANUP(buffer_deinit) struct buffer body = buffer_init(WIRE_LOCAL_MAX);
    CLEANUP(buffer_deinit) struct buffer answer = buffer_init(WIRE_LOCAL_MAX + 1);
    uint8_t kind = 0;

    if (local_pause_encode(minutes, text_of(reason), &body) || buffer_check(&body)) {
        (void)fputs("ward-agent: the reason is too long.\n", stderr);
        return 2;
    }
    if (!ask(socket_path, LOCAL_PAUSE, buffer_bytes(&body), &kind, &answer))
        return unreachable(socket_path);
    if (kind == LOCAL_REFUSED) {
        (void)fprintf(stderr, "ward-agent: %s\n", (const char *)answer.at);
        return EXIT_FOUND;
    }
    if (kind != LOCAL_DONE)
        return unreachable(socket_path);
    if (minutes)
        (void)printf("Paused for %u minutes. Nothing of your sessions is captured until then, and "
                     "the pause with its reason is recorded.\n`ward-agent resume` ends it.\n",
                     minutes);
    else
        (void)printf("Capturing again.\n");
    return EXIT_SUCCESS;
}

/* All of standard input. */
static bool read_needles(struct buffer *needles)
{
    char chunk[512];
    size_t got;

    while ((got = fread(chunk, 1, sizeof(chunk), stdin)) > 0)
        buffer_append(needles, chunk, got);
    wipe(chunk, sizeof(chunk));
    return !ferror(stdin) && buffer_check(needles) == 0;
}

static const char *place_words(const char *place)
{
    static const struct {
        const char *place;
        const char *words;
    } all[] = {
        {"agent.spool", "what waits to be sent, and was"},
        {"agent.queue", "what is not in the spool yet, and the status"},
        {"agent.front", "what is in front now"},
        {"agent.files", "files of the service, as they are"},
        {"agent.log", "the service's log"},
    };

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (strcmp(place, all[i].place) == 0)
            return all[i].words;
    }
    return place;
}

static void show_places(const json_t *places)
{
    size_t i;
    json_t *place;

    json_array_foreach(places, i, place)
    {
        const char *words = place_words(text_in(place, "place"));

        if (!flag_in(place, "whole") && number_in(place, "texts") == 0)
            (void)printf("%-46s not searched: it is not a file that the service can read\n", words);
        else
            (void)printf("%-46s %s%lld texts, %lld bytes: %lld found\n", words,
                         flag_in(place, "whole") ? "" : "in part: ", number_in(place, "texts"),
                         number_in(place, "bytes"), number_in(place, "found"));
    }
}

int control_search(const char *socket_path, bool json)
{
    CLEANUP(buffer_deinit) struct buffer needles = buffer_init(WIRE_LOCAL_MAX);
    CLEANUP(buffer_deinit) struct buffer answer = buffer_init(WIRE_LOCAL_MAX + 1);
    uint8_t kind = 0;
    long long found = 0;
    size_t i;
    json_t *place;

    if (!read_needles(&needles)) {
        (void)fputs("ward-agent: standard input is too long.\n", stderr);
        return 2;
    }
    if (!ask(socket_path, LOCAL_SEARCH, buffer_bytes(&needles), &kind, &answer))
        return unreachable(socket_path);
    if (kind == LOCAL_REFUSED) {
        (void)fprintf(stderr, "ward-agent: %s\n", (const char *)answer.at);
        return EXIT_FOUND;
    }
    json_t *parsed = kind == LOCAL_SEARCHED
                         ? json_loads((const char *)answer.at, JSON_REJECT_DUPLICATES, NULL)
                         : NULL;
    if (!parsed)
        return unreachable(socket_path);
    json_array_foreach(json_object_get(parsed, "places"), i, place)
    {
        found += number_in(place, "found");
    }
    if (json)
        (void)printf("%s\n", (const char *)answer.at);
    else
        show_places(json_object_get(parsed, "places"));
    json_decref(parsed);
    return found ? EXIT_FOUND : EXIT_SUCCESS;
}
