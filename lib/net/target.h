#pragma once

/*
 * Request targets (RFC 9112 §3.2, origin-form): "/path?name=value" decoded once. Pure.
 *
 * A path that could be read in two ways is refused rather than repaired: NUL and other control
 * characters, empty and dot segments, broken percent-encoding, bytes that are not UTF-8.
 */

#include <stddef.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/result.h"

enum {
    TARGET_INVALID = 1,
};

enum { TARGET_PARAMETERS_MAX = 64 };

/* Both with a closing NUL. */
struct target_pair {
    struct text name;
    struct text value;
};

struct target {
    struct text path;
    struct target_pair *parameters;
    size_t parameter_count;
};

/* Texts live in arena. TARGET_INVALID; ERR_MEMORY. */
RESULT target_parse(struct text raw, struct arena *arena, struct target *ret_target);

/* A form as browsers send it (application/x-www-form-urlencoded): parameters only. TARGET_INVALID;
 * ERR_MEMORY. */
RESULT target_parse_form(struct text raw, struct arena *arena, struct target *ret_target);

/* The value of a cookie in a Cookie header (RFC 6265 §4.2.1); .at NULL: absent. Borrows header. */
struct text target_cookie(struct text header, struct text name);
