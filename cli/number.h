#pragma once

/* Numbers that name things, as they stand on a command line. */

#include <jansson.h>
#include <stdbool.h>

/* A number from least to 4294967295; false when text is none, and said: what takes one. */
bool number_read(const char *text, json_int_t least, const char *what, json_int_t *ret_number);

/* "4,7" as a new array; NULL when it is no such list, and said. NULL text: the empty array. */
json_t *number_list(const char *text, const char *what);
