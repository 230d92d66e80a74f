#pragma once

/* Ward's REST API over the server's local socket, and what comes back as JSON. */

#include <jansson.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/result.h"

struct api;

enum {
    API_UNREACHABLE = 1, /* said on standard error, with what to do */
    API_REFUSED,         /* the server's problem was printed on standard error */
};

RESULT api_new(struct api **ret_api, const char *socket_path);
struct api *api_free(struct api *api);
DEFINE_CLEANUP(struct api *, api_free)

/* One request; body NULL: none. *ret_answer is the caller's (NULL after 204). Outcomes:
 * API_UNREACHABLE, API_REFUSED. */
RESULT api_call(struct api *api, const char *method, const char *path, const json_t *body,
                const char *if_match, json_t **ret_answer);

/* The same for answers that are not JSON: the bytes live until the next call. */
RESULT api_fetch(struct api *api, const char *path, struct bytes *ret_bytes);

/* The same into a file that only its owner reads; says what it did. Returns an exit code. */
int api_save(struct api *api, const char *path, const char *file);

/* The exit code for an outcome or fault of api_call() and api_fetch(). */
int api_exit(int result);

static inline void json_free_at(json_t **at)
{
    json_decref(*at);
}
