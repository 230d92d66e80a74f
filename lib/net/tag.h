#pragma once

/*
 * Request tags: the second half of mutual authentication between agent and server
 *
 * HMAC-SHA-256 by the instance key over
 *
 *     "ward-request-v1\n" method "\n" path "\n" device (hex) "\n" epoch "\n" sequence "\n" SHA-256
 * of the body (hex)
 *
 * sent as headers Ward-Device, Ward-Epoch, Ward-Sequence, Ward-Tag (hex). A batch's sequence is its
 * own; other requests count theirs in milliseconds UTC, always growing. At enrolment device is
 * empty, epoch and sequence are 0. Pure.
 */

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "crypto/hash.h"

enum {
    TAG_FORGED = 1,
};

struct tag_request {
    struct text method;
    struct text path;
    struct text device; /* hex, or empty */
    uint32_t epoch;
    uint64_t sequence;
    struct bytes body;
};

RESULT tag_make(struct bytes instance_key, const struct tag_request *request, struct hash *ret_tag);

/* tag as 64 hex digits. Constant time in the tag. Outcome: TAG_FORGED. */
RESULT tag_check(struct bytes instance_key, const struct tag_request *request, struct text tag);
