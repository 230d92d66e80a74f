#pragma once

/* How what a class may is printed. */

#include <jansson.h>

/* Those that are not none, a line each. */
void classes_print_levels(json_t *levels);

/* Conditions, and what differs from the built-in class that it was copied from. */
void classes_print_terms(const json_t *class);
