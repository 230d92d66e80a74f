#pragma once

/*
 * Sensing: what is in front becomes spans, counts and drops
 *
 * The policy decides first; then redaction, also of what is not kept, so that identifiers are
 * counted: once per kind and distinct text at each change of what is in front. Of the last text
 * only a keyed hash is kept. What fails drops the field and counts the reason. Pure: time and
 * texts are given.
 */

#include <stdint.h>

#include "activity/merge.h"
#include "activity/policy.h"
#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/result.h"
#include "common/canary.h"
#include "crypto/hash.h"
#include "redact/redact.h"

struct sight {
    struct raw_text application; /* in lower case; empty: nothing is in front */
    struct raw_text title;
    struct raw_text domain; /* registrable; empty: none */
    bool incognito;         /* domain and title are of a private window */
    bool media;
    bool locked;
    uint32_t since_input_ms;
};

struct sense;

enum {
    SENSE_BLIND = 1,
};

/* key is random and only of this process. */
RESULT sense_new(struct sense **ret_sense, const uint8_t key[HASH_SIZE]);
struct sense *sense_free(struct sense *sense);
DEFINE_CLEANUP(struct sense *, sense_free)

/* From now on that policy, which is borrowed until the next one. Outcome SENSE_BLIND: it is in
 * force, but its patterns are not understood, and every title is dropped until the next. */
RESULT sense_set_policy(struct sense *sense, const struct policy *policy);

/* Takes a look. The caller wipes the sight's texts. Needs a policy. */
RESULT sense_take(struct sense *sense, const struct sight *sight, int64_t at, int64_t boot_at);

/* Nothing is in front any more: pause, suspend, end. */
RESULT sense_end(struct sense *sense);

/* Forgets all that is not reported yet. */
RESULT sense_forget(struct sense *sense);

/*
 * Sends canaries through sense_take(), with the redactor in use and a policy that keeps whatever it
 * gives: to nobody's account. Needs a policy.
 */
RESULT sense_canaries(const struct sense *sense, const struct canary *list, size_t count,
                      struct canary_verdict *ret_verdict);

/* Appends the body of a LOCAL_REPORT with all that is closed and counted, and forgets it.
 * *ret_spans says how many spans, from when to when; nothing is appended when there is nothing. */
struct sense_reported {
    size_t spans;
    int64_t from_at;
    int64_t to_at;
    bool empty;
};
RESULT sense_report(struct sense *sense, struct buffer *ret_body,
                    struct sense_reported *ret_reported);

/* The open span, or false. */
bool sense_current(const struct sense *sense, struct span *ret_span);
