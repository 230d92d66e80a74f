#pragma once

/* Commands that ask for a list and print it: as a table, or as the API's answer. */

#include "command.h"
#include "print.h"

/* A GET; member of the answer is an array of objects with the columns. Returns an exit code. */
int list_run(struct api *api, const struct command_line *line, const char *path, const char *member,
             const struct print_column *columns, size_t column_count);
