#pragma once

/* How users of Ward and their one-time links are written; shared by sign-in and users. */

#include "server/serve/api/call.h"

/* All of them, in the request's arena. */
RESULT api_read_users(struct api_call *call, struct records_user **ret_users, size_t *ret_count);

/* It would give more than the caller has, or take from whoever has more: written down. */
RESULT api_refuse_above(struct api_call *call);
/* It would change the caller's own class. */
RESULT api_refuse_own(struct api_call *call);

void api_write_user(struct json_out *out, const char *name, const struct records_user *user);
