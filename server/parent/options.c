#include "server/parent/options.h"

#include <ini.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/bytes.h"

#define TEXT(name_) offsetof(struct options, name_), sizeof(((struct options *)0)->name_)
#define FLAG(name_) offsetof(struct options, name_), 0

/* size 0: a flag, not for the file. help NULL: for wardd itself, not for people. */
static const struct row {
    const char *name;
    const char *value; /* what it takes, for people */
    const char *standard;
    size_t offset;
    size_t size;
    const char *help;
} table[] = {
    {"data", "DIR", "", TEXT(data), "directory of keys and databases; made with mode 0700"},
    {"listen", "ADDR:PORT", "127.0.0.1:8443", TEXT(listen), "where people's browsers reach Ward"},
    {"agents", "ADDR:PORT", "127.0.0.1:8444", TEXT(agents), "where agents reach Ward"},
    {"names", "NAME,...", "", TEXT(names),
     "host names and addresses for the certificate, beside localhost and this host's name"},
    {"web", "DIR", "", TEXT(web), "files of the dashboard; default: web beside the program"},
    {"root-key", "FILE", "", TEXT(root_key),
     "the root key; default: root.key in the data directory"},
    {"config", "FILE", "", TEXT(config), "read options from an INI file: lines of name = value"},
    {"role", "ROLE", "", TEXT(role), NULL},
    {"check", NULL, "", FLAG(check), "check options, data directory and root key, then end"},
    {"help", NULL, "", FLAG(help), "show this"},
    {"version", NULL, "", FLAG(version), "show the version"},
};
#define ROWS (sizeof table / sizeof *table)

static const struct row *find(const char *name, size_t len)
{
    for (size_t i = 0; i < ROWS; i++)
        if (strlen(table[i].name) == len && memcmp(table[i].name, name, len) == 0)
            return &table[i];
    return NULL;
}

static int set_text(struct options *options, const struct row *row, const char *value)
{
    if (strlen(value) >= row->size) {
        (void)fprintf(stderr, "wardd: the value of %s is too long\n", row->name);
        return OPTIONS_WRONG;
    }
    memcpy((char *)options + row->offset, value, strlen(value) + 1);
    return 0;
}

/* One argument (and its value when it stands apart): how many it used, or 0 when it is wrong. */
static int read_argument(struct options *options, const char *argument, const char *next)
{
    const char *equals = strchr(argument, '=');
    size_t len = equals ? (size_t)(equals - argument) : strlen(argument);
    const struct row *row =
        len > 2 && memcmp(argument, "--", 2) == 0 ? find(argument + 2, len - 2) : NULL;

    if (!row) {
        (void)fprintf(stderr, "wardd: unknown option %s (wardd --help lists them)\n", argument);
        return 0;
    }
    if (row->size == 0) {
        *(bool *)((char *)options + row->offset) = true;
        return equals ? 0 : 1;
    }
    if (!equals && !next) {
        (void)fprintf(stderr, "wardd: --%s needs a value\n", row->name);
        return 0;
    }
    if (set_text(options, row, equals ? equals + 1 : next))
        return 0;
    return equals ? 1 : 2;
}

static int read_arguments(struct options *options, int argc, char *const *argv)
{
    for (int i = 1; i < argc;) {
        int used = read_argument(options, argv[i], i + 1 < argc ? argv[i + 1] : NULL);

        if (used == 0)
            return OPTIONS_WRONG;
        i += used;
    }
    return 0;
}

/* inih's handler: 1 goes on, 0 is an error of this line. */
static int read_line(void *context, const char *section, const char *name, const char *value)
{
    const struct row *row = find(name, strlen(name));

    (void)section;
    if (!row || row->size == 0 || !row->help || strcmp(name, "config") == 0)
        return 0;
    return set_text(context, row, value) == 0;
}

static int read_file(struct options *options, const char *path)
{
    int line = ini_parse(path, read_line, options);

    if (line == 0)
        return 0;
    if (line < 0)
        (void)fprintf(stderr, "wardd: %s cannot be read\n", path);
    else
        (void)fprintf(stderr, "wardd: %s:%d is not an option of wardd (wardd --help lists them)\n",
                      path, line);
    return OPTIONS_WRONG;
}

RESULT options_read(struct options *ret_options, int argc, char *const *argv)
{
    struct options options = {0};
    int r;

    for (size_t i = 0; i < ROWS; i++)
        if (table[i].size)
            memcpy((char *)&options + table[i].offset, table[i].standard,
                   strlen(table[i].standard) + 1);
    r = read_arguments(&options, argc, argv);
    if (r)
        return r;
    if (options.config[0]) {
        r = read_file(&options, options.config);
        if (!r)
            r = read_arguments(&options, argc, argv);
        if (r)
            return r;
    }
    *ret_options = options;
    return 0;
}

void options_help(void)
{
    (void)puts("wardd - Ward's server\n\nUsage: wardd --data DIR [options]\n");
    for (size_t i = 0; i < ROWS; i++) {
        char head[64];

        if (!table[i].help)
            continue;
        snprintf(head, sizeof head, "--%s%s%s", table[i].name, table[i].value ? " " : "",
                 table[i].value ? table[i].value : "");
        (void)printf("  %-22s %s", head, table[i].help);
        if (table[i].standard[0])
            (void)printf(" (%s)", table[i].standard);
        putchar('\n');
    }
    (void)puts("\nSee wardd(8).");
}

RESULT options_split_address(const char *text, char *ret_address, size_t size, uint32_t *ret_port)
{
    const char *colon = strrchr(text, ':');
    size_t len = colon ? (size_t)(colon - text) : 0;
    unsigned long port;
    char *end;

    if (len >= 2 && text[0] == '[' && text[len - 1] == ']') {
        text++;
        len -= 2;
    }
    if (len == 0 || len >= size || colon[1] < '0' || colon[1] > '9')
        return OPTIONS_WRONG;
    port = strtoul(colon + 1, &end, 10);
    if (*end || port > 65535)
        return OPTIONS_WRONG;
    memcpy(ret_address, text, len);
    ret_address[len] = '\0';
    *ret_port = (uint32_t)port;
    return 0;
}
