#pragma once

/* How a session is given to the browser that began it; shared by all that begin or renew one. */

#include "server/serve/api/call.h"

/* The cookie with that token; with the empty text the browser forgets it. */
RESULT signin_set_cookie(struct api_call *call, const char *token);

/* Answers with the session of call->who, and the CSRF token that belongs to its token. */
RESULT signin_reply(struct api_call *call, struct text token);
