#pragma once

/*
 * What the browser extension says, as native messaging carries it: one JSON object with exactly
 * these members, in any order, each at most once
 *
 *     {"host":"...","focused":true,"incognito":false,"audible":false}
 *
 * host is printable ASCII without escapes, "focused" and "host" are required. Anything else is
 * refused whole: the only peer is our own extension. Pure.
 */

#include "base/bytes.h"
#include "base/result.h"
#include "common/vouch.h"

#define NATIVE_MESSAGE_MAX 4096

enum {
    NATIVE_INVALID = 1,
};

struct native_message {
    struct text host; /* borrowed; lower case letters, digits, '-', '.', ':', '[', ']' */
    bool focused;
    bool incognito;
    bool audible;
};

/* Outcome: NATIVE_INVALID. */
RESULT native_parse(struct text json, struct native_message *ret_message);
