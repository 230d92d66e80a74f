#pragma once

/* What goes to a terminal: whatever a server sends, no control character of it arrives there. */

#include <jansson.h>
#include <stdio.h>

/* Prints text with control and direction characters replaced by '?'. NULL prints "-". */
void print_text(FILE *file, const char *text);

struct print_column {
    const char *title;
    const char *member; /* of each row's object */
};

/* Prints rows (an array of objects) as an aligned table; "(none)" where there are none. */
void print_table(const json_t *rows, const struct print_column *columns, size_t column_count);

/* Prints the whole answer, indented, with a newline. */
void print_json(const json_t *answer);

/* A member as text in a static buffer: strings as they are, numbers printed, null "-". Moments lose
 * their milliseconds. */
const char *print_member(const json_t *object, const char *member);
