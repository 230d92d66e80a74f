#pragma once

/* How users of Ward and their one-time links are written; shared by sign-in and users. */

#include "server/serve/api/call.h"

/* All of them, in the request's arena. */
RESULT api_read_users(struct api_call *call, struct records_user **ret_users, size_t *ret_count);

void api_write_user(struct json_out *out, const char *name, const struct records_user *user);
