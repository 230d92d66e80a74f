/*
 * Spills: the string is read from standard input or without echo, sent once, and wiped; it is never
 * an argument, which others could see
 */

#include "command.h"
#include "list.h"
#include "print.h"

#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/wipe.h"

enum { PATH_SIZE = 128, STRING_SIZE = 4096, POLL_US = 200 * 1000 };

enum { OPTION_PURPOSE, OPTION_DRY_RUN, OPTION_CONFIRM };

/* ---- the string ---- */

/* One line, without its end. False: nothing, or too much. */
static bool read_line(int fd, char ret_string[STRING_SIZE])
{
    size_t len = 0;

    while (len < STRING_SIZE - 1) {
        ssize_t got = read(fd, ret_string + len, 1);

        if (got < 0)
            return false;
        if (got == 0 || ret_string[len] == '\n')
            break;
        len++;
    }
    if (len == STRING_SIZE - 1)
        return false;
    while (len > 0 && ret_string[len - 1] == '\r')
        len--;
    ret_string[len] = 0;
    return len > 0;
}

static bool ask_string(char ret_string[STRING_SIZE])
{
    struct termios before;
    struct termios silent;
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
    bool got = false;

    if (fd < 0 || tcgetattr(fd, &before)) {
        (void)fprintf(stderr, "ward: no terminal to ask at: give the text on standard input\n");
        return false;
    }
    silent = before;
    silent.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
    (void)fprintf(stderr, "Text that must go (not shown): ");
    if (tcsetattr(fd, TCSAFLUSH, &silent) == 0) {
        got = read_line(fd, ret_string);
        (void)tcsetattr(fd, TCSAFLUSH, &before);
    }
    (void)fprintf(stderr, "\n");
    (void)close(fd);
    return got;
}

static int begin(struct api *api, const struct command_line *line, json_t **ret_spill)
{
    char string[STRING_SIZE] = "";
    bool got = isatty(STDIN_FILENO) ? ask_string(string) : read_line(STDIN_FILENO, string);

    if (!got) {
        wipe(string, sizeof(string));
        (void)fprintf(stderr, "ward: one line of text is needed, of at most %d bytes\n",
                      STRING_SIZE - 2);
        return API_REFUSED;
    }
    CLEANUP(json_free)
    json_t *body =
        json_pack("{s:s, s:s}", "string", string, "purpose", line->values[OPTION_PURPOSE]);
    wipe(string, sizeof(string));
    if (!body) {
        (void)fprintf(stderr, "ward: the text or the purpose is not UTF-8\n");
        return API_REFUSED;
    }
    return api_call(api, "POST", "/api/v1/spills", body, NULL, ret_spill);
}

/* ---- following ---- */

static bool is_state(const json_t *spill, const char *state)
{
    const char *word = json_string_value(json_object_get(spill, "state"));

    return word && strcmp(word, state) == 0;
}

static void say_progress(const json_t *spill)
{
    (void)fprintf(stderr, "\r%s: %lld of %lld days, %lld texts ",
                  is_state(spill, "searching") ? "searching" : "taking out",
                  (long long)json_integer_value(json_object_get(spill, "days_done")),
                  (long long)json_integer_value(json_object_get(spill, "days_total")),
                  (long long)json_integer_value(json_object_get(spill, "texts")));
    (void)fflush(stderr);
}

static long long id_of(const json_t *spill)
{
    return json_integer_value(json_object_get(spill, "id"));
}

/* Asks again until it is in another state; *spill is replaced. */
static int follow(struct api *api, const char *state, json_t **spill)
{
    bool shown = false;
    char path[PATH_SIZE];

    while (is_state(*spill, state)) {
        json_t *next = NULL;

        if (isatty(STDERR_FILENO))
            say_progress(*spill);
        shown = true;
        (void)usleep(POLL_US);
        (void)snprintf(path, sizeof(path), "/api/v1/spills/%lld", id_of(*spill));
        int r = api_call(api, "GET", path, NULL, NULL, &next);
        if (r)
            return r;
        json_decref(*spill);
        *spill = next;
    }
    if (shown && isatty(STDERR_FILENO))
        (void)fprintf(stderr, "\n");
    return 0;
}

static int confirm(struct api *api, const char *id, json_t **spill)
{
    char path[PATH_SIZE];
    json_t *next = NULL;

    (void)snprintf(path, sizeof(path), "/api/v1/spills/%.20s/confirm", id);
    int r = api_call(api, "POST", path, NULL, NULL, &next);
    if (r)
        return r;
    json_decref(*spill);
    *spill = next;
    return follow(api, "acting", spill);
}

/* ---- printing ---- */

static size_t clean_devices(const json_t *spill)
{
    const json_t *devices = json_object_get(spill, "devices");
    size_t clean = 0;
    size_t at;
    const json_t *device;

    json_array_foreach(devices, at, device)
    {
        clean += json_is_string(json_object_get(device, "clean_at"));
    }
    return clean;
}

static void print_spill(const json_t *spill, bool json)
{
    static const struct print_column columns[] = {
        {"DAY", "date"},
        {"TEXTS", "texts"},
        {"REWRITTEN", "rewritten_at"},
        {"DESTROYED KEY", "destroyed_key"},
    };

    if (json) {
        print_json(spill);
        return;
    }
    (void)printf("spill       %s", print_member(spill, "id"));
    (void)printf("\nstate       %s", print_member(spill, "state"));
    (void)printf("\nby          ");
    print_text(stdout, print_member(spill, "by"));
    (void)printf("\npurpose     ");
    print_text(stdout, json_string_value(json_object_get(spill, "purpose")));
    (void)printf("\nbegun       %s", print_member(spill, "begun_at"));
    (void)printf("\ndone        %s", print_member(spill, "done_at"));
    (void)printf("\ntexts       %s", print_member(spill, "texts"));
    (void)printf("\nincident    %s", print_member(spill, "incident"));
    (void)printf("\ndenied to   %s", print_member(spill, "rule_until"));
    (void)printf("\ndevices     %zu, of which %zu said that they are clean",
                 json_array_size(json_object_get(spill, "devices")), clean_devices(spill));
    (void)printf("\nfault       %s", print_member(spill, "fault"));
    (void)printf("\nreceipt     %s\n\n", print_member(spill, "receipt_hash"));
    print_table(json_object_get(spill, "days"), columns, sizeof(columns) / sizeof(columns[0]));
}

static int finish(const json_t *spill, const struct command_line *line)
{
    print_spill(spill, line->json);
    if (is_state(spill, "done"))
        return EXIT_OK;
    if (!is_state(spill, "found"))
        return EXIT_FOUND;
    bool there = json_integer_value(json_object_get(spill, "texts")) > 0;
    if (!line->json)
        (void)printf("\n%s\n      ward spill confirm %lld\n",
                     there ? "To take it out, within the hour:"
                           : "Nothing has it. To have agents and server refuse it all the same:",
                     id_of(spill));
    return there ? EXIT_FOUND : EXIT_OK;
}

/* ---- commands ---- */

int run_spill(struct api *api, const struct command_line *line)
{
    CLEANUP(json_free) json_t *spill = NULL;
    bool dry_run = line->values[OPTION_DRY_RUN] != NULL;
    bool confirmed = line->values[OPTION_CONFIRM] != NULL;
    char id[24];

    if (dry_run == confirmed) {
        (void)fprintf(stderr, "ward: say --dry-run to find it only, or --confirm to take it out\n");
        return EXIT_USAGE;
    }
    int r = begin(api, line, &spill);
    if (r == 0)
        r = follow(api, "searching", &spill);
    if (r == 0 && confirmed && is_state(spill, "found")) {
        (void)snprintf(id, sizeof(id), "%lld", id_of(spill));
        r = confirm(api, id, &spill);
    }
    return r ? api_exit(r) : finish(spill, line);
}

int run_spill_confirm(struct api *api, const struct command_line *line)
{
    CLEANUP(json_free) json_t *spill = NULL;
    int r = confirm(api, line->words[0], &spill);

    return r ? api_exit(r) : finish(spill, line);
}

int run_spill_show(struct api *api, const struct command_line *line)
{
    CLEANUP(json_free) json_t *spill = NULL;
    char path[PATH_SIZE];

    (void)snprintf(path, sizeof(path), "/api/v1/spills/%.20s", line->words[0]);
    int r = api_call(api, "GET", path, NULL, NULL, &spill);
    if (r)
        return api_exit(r);
    print_spill(spill, line->json);
    return EXIT_OK;
}

int run_spill_list(struct api *api, const struct command_line *line)
{
    static const struct print_column columns[] = {
        {"ID", "id"},        {"STATE", "state"}, {"BEGUN", "begun_at"},
        {"DONE", "done_at"}, {"BY", "by"},       {"PURPOSE", "purpose"},
    };

    return list_run(api, line, "/api/v1/spills", "spills", columns,
                    sizeof(columns) / sizeof(columns[0]));
}
