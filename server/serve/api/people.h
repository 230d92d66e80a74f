#pragma once

/* How users of Ward and their one-time links are written; shared by sign-in and users. */

#include "server/serve/api/call.h"

void api_write_user(struct json_out *out, const char *name, const struct records_user *user);
