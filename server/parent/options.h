#pragma once

/*
 * wardd's options: one table makes the parser, the configuration file's keys, and --help
 *
 * An option of the command line wins over the file (INI, the same names), the file over defaults.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/result.h"
#include "server/link/handover.h"

struct options {
    char data[HANDOVER_PATH_MAX];
    char listen[128];
    char agents[128];
    char names[1024];
    char web[HANDOVER_PATH_MAX];
    char root_key[HANDOVER_PATH_MAX];
    char config[HANDOVER_PATH_MAX];
    char role[16];
    bool check;
    bool help;
    bool version;
};

enum {
    OPTIONS_WRONG = 1, /* said on standard error already */
};

/* Reads argv and the file that --config names. Outcome: OPTIONS_WRONG. */
RESULT options_read(struct options *ret_options, int argc, char *const *argv);

/* Prints the table for people. */
void options_help(void);

/* Splits "ADDRESS:PORT" or "[ADDRESS]:PORT". Outcome: OPTIONS_WRONG. */
RESULT options_split_address(const char *text, char *ret_address, size_t size, uint32_t *ret_port);
