/*
 * ward: the operator's command
 *
 * Words choose a command from the table in commands.c; options follow in any order. Answers go to
 * standard output, everything else to standard error.
 */

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "base/utf8.h"
#include "base/wipe.h"
#include "command.h"
#include "os/file.h"
#include "os/process.h"

enum { PATH_SIZE = 512, SOCKET_NAME_SIZE = 108 };

static void help_command(FILE *file, const struct command *command)
{
    (void)fprintf(file, "  %s%s%s\n", command->name, command->words ? " " : "",
                  command->words ? command->words : "");
    (void)fprintf(file, "        %s\n", command->help);
    for (const struct option_row *option = command->options; option->name; option++) {
        (void)fprintf(file, "        %s %s  %s", option->name, option->value ? option->value : "",
                      option->help);
        if (option->initial && *option->initial)
            (void)fprintf(file, " (%s)", option->initial);
        (void)fputc('\n', file);
    }
}

static int help(FILE *file, int code)
{
    (void)fprintf(file,
                  "usage: ward COMMAND [--data DIR | --socket PATH] [--output table|json]\n\n");
    for (size_t i = 0; i < command_count; i++)
        help_command(file, &commands[i]);
    (void)fprintf(
        file, "\n  --data DIR      the server's data directory ($WARD_DATA, or /var/lib/ward)\n"
              "  --socket PATH   its local socket (DIR/ward.sock)\n"
              "  --output FORM   table or json\n\n"
              "Exit codes: 0 it worked, 1 something was found or refused, 2 usage, 3 no server.\n");
    return code;
}

/* Does name ("enrol package") begin the words of the command line? Returns how many words it has,
 * or 0. */
static size_t command_words(const char *name, int argc, char **argv)
{
    size_t count = 0;

    while (*name) {
        size_t len = strcspn(name, " ");

        if ((int)count >= argc || strlen(argv[count]) != len || memcmp(argv[count], name, len) != 0)
            return 0;
        name += len;
        name += *name == ' ';
        count++;
    }
    return count;
}

static const struct command *command_find(int argc, char **argv, size_t *ret_words)
{
    for (size_t i = 0; i < command_count; i++) {
        size_t words = command_words(commands[i].name, argc, argv);

        if (words > 0) {
            *ret_words = words;
            return &commands[i];
        }
    }
    return NULL;
}

struct place {
    const char *data;
    const char *socket;
};

static bool global_option(const char *name, const char *value, struct place *place,
                          struct command_line *line, bool *ret_bad)
{
    if (strcmp(name, "--data") == 0)
        place->data = value;
    else if (strcmp(name, "--socket") == 0)
        place->socket = value;
    else if (strcmp(name, "--output") == 0) {
        line->json = strcmp(value, "json") == 0;
        *ret_bad = !line->json && strcmp(value, "table") != 0;
    } else
        return false;
    return true;
}

static bool own_option(const struct command *command, const char *name, const char *value,
                       struct command_line *line)
{
    for (size_t i = 0; i < COMMAND_OPTIONS_MAX && command->options[i].name; i++)
        if (strcmp(command->options[i].name, name) == 0) {
            line->values[i] = value;
            return true;
        }
    return false;
}

/* An option that stands alone: its value is its name. */
static bool own_flag(const struct command *command, const char *name, struct command_line *line)
{
    for (size_t i = 0; i < COMMAND_OPTIONS_MAX && command->options[i].name; i++)
        if (!command->options[i].value && strcmp(command->options[i].name, name) == 0) {
            line->values[i] = name;
            return true;
        }
    return false;
}

static int usage(const struct command *command, const char *what, const char *word)
{
    (void)fprintf(stderr, "ward %s: %s%s\n\n", command->name, what, word);
    help_command(stderr, command);
    return EXIT_USAGE;
}

static int parse(const struct command *command, int argc, char **argv, struct place *place,
                 struct command_line *line)
{
    for (size_t i = 0; i < COMMAND_OPTIONS_MAX && command->options[i].name; i++)
        line->values[i] = command->options[i].initial;
    for (int i = 0; i < argc; i++) {
        const char *word = argv[i];
        bool bad = false;

        if (!utf8_valid(text_of(word)))
            return usage(command, "a word is not UTF-8", "");
        if (strncmp(word, "--", 2) != 0) {
            if (line->word_count == command->word_count)
                return usage(command, "too many words: ", word);
            line->words[line->word_count++] = word;
            continue;
        }
        if (strcmp(word, "--help") == 0) {
            help_command(stdout, command);
            exit(EXIT_OK);
        }
        if (own_flag(command, word, line))
            continue;
        if (i + 1 == argc)
            return usage(command, "a value is missing after ", word);
        i++;
        if (!global_option(word, argv[i], place, line, &bad) &&
            !own_option(command, word, argv[i], line))
            return usage(command, "no such option: ", word);
        if (bad)
            return usage(command, "--output takes table or json, not ", argv[i]);
    }
    if (line->word_count < command->word_count)
        return usage(command, "missing: ", command->words);
    for (size_t i = 0; i < COMMAND_OPTIONS_MAX && command->options[i].name; i++)
        if (!line->values[i] && strstr(command->options[i].help, "(required)"))
            return usage(command, "missing: ", command->options[i].name);
    return EXIT_OK;
}

static int socket_path(const struct place *place, char ret_path[PATH_SIZE])
{
    const char *data = place->data ? place->data : getenv("WARD_DATA");
    int r = place->socket
                ? (snprintf(ret_path, PATH_SIZE, "%s", place->socket) >= PATH_SIZE ? ERR_MEMORY : 0)
                : file_path(ret_path, PATH_SIZE, data ? data : "/var/lib/ward", "ward.sock");

    if (r || strlen(ret_path) >= SOCKET_NAME_SIZE) {
        (void)fprintf(stderr, "ward: the path of the socket is longer than %d bytes\n",
                      SOCKET_NAME_SIZE - 1);
        return EXIT_USAGE;
    }
    return EXIT_OK;
}

/* What was in JSON may have been a secret: freed memory keeps nothing of it. */
static void free_wiped(void *at)
{
    if (at)
        wipe(at, malloc_usable_size(at));
    free(at);
}

int main(int argc, char **argv)
{
    CLEANUP(api_free) struct api *api = NULL;
    struct place place = {0};
    struct command_line line = {0};
    char path[PATH_SIZE];
    size_t words = 0;

    if (process_harden())
        return EXIT_FOUND;
    json_set_alloc_funcs(malloc, free_wiped);
    if (argc < 2)
        return help(stderr, EXIT_USAGE);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)
        return help(stdout, EXIT_OK);
    if (strcmp(argv[1], "--version") == 0)
        return printf("ward %s\n", WARD_VERSION) < 0;
    const struct command *command = command_find(argc - 1, argv + 1, &words);
    if (!command) {
        (void)fprintf(stderr, "ward: no such command: %s (ward --help lists them)\n", argv[1]);
        return EXIT_USAGE;
    }
    int code = parse(command, argc - 1 - (int)words, argv + 1 + words, &place, &line);
    if (code == EXIT_OK)
        code = socket_path(&place, path);
    if (code != EXIT_OK)
        return code;
    int r = api_new(&api, path);
    if (r)
        return api_exit(r);
    return command->run(api, &line);
}
