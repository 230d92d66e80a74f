#pragma once

/* The redactor that a policy asks for. Pure. */

#include "activity/policy.h"
#include "base/result.h"
#include "redact/redact.h"

enum {
    REDACTORS_REFUSED = 1,
};

/*
 * Puts the policy's redactor in *redactor's place and frees what stood there.
 *
 * Outcome REDACTORS_REFUSED: the policy's patterns or words are not understood, as those of a newer
 * server may not be. What stood there stays (where nothing did, there is one without them now), and
 * whoever holds it keeps no titles until the next policy.
 */
RESULT redactors_change(struct redactor **redactor, const struct policy *policy);
