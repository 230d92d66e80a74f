#pragma once

/* What commands about users share. */

#include "api.h"

/* A request about whoever signs in by that name, to their path with what follows. *ret_answer is
 * the caller's. Returns an exit code; what went wrong was said. */
int users_call(struct api *api, const char *method, const char *name, const char *follows,
               const json_t *body, json_t **ret_answer);
