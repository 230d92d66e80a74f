#pragma once

/* How a session is given to the browser that began it; shared by all that begin or renew one. */

#include "server/serve/api/call.h"

/* The cookie with that token; with the empty text the browser forgets it. */
RESULT signin_set_cookie(struct api_call *call, const char *token);

struct signin_as {
    struct user_id user;
    enum records_stage stage;
    struct access_limits limits;
};

/* Inside a job: the session of the call ends, if there is one, and another begins, with another
 * token; call->who is whose it is. *ret_ended: the number of the one that ended, or 0. */
RESULT signin_begin(struct records_tx *tx, struct api_call *call, const struct signin_as *as,
                    char ret_token[ACCESS_TOKEN_SIZE], uint64_t *ret_ended);

/* Answers with the session of call->who, and the CSRF token that belongs to its token. */
RESULT signin_reply(struct api_call *call, struct text token);
