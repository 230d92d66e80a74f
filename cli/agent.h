#pragma once

/* What this computer's own agent says, through its command `ward-agent`. */

#include <jansson.h>
#include <stdbool.h>

#include "base/bytes.h"

/* Runs `ward-agent COMMAND --output json [--socket PATH]` with input, and gives what it printed;
 * NULL when there is no agent, or it does not answer. The caller frees it. */
json_t *agent_ask(const char *command, const char *socket_path, struct bytes input);
