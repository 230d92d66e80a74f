#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * What people ask of the running service over the local socket. Exit codes: 0 it is so, 1 refused,
 * or something needs attention, 2 usage, 3 the service cannot be reached.
 */
int control_status(const char *socket_path, bool json);
/* Looks for what stands on standard input, one string a line, in all that the service holds; says
 * how often, never what. 1 when it was found. */
int control_search(const char *socket_path, bool json);
/* minutes 0: resume; reason is not used then. */
int control_pause(const char *socket_path, uint32_t minutes, const char *reason);
