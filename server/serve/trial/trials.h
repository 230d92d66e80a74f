#pragma once

/*
 * The trial under way: an invented patient's text, which nobody may find afterwards, and what
 * computers counted since it began
 *
 * One at a time. The text is in locked memory only, for at most TRIAL_MS, and wiped with the result
 * or by the clock; no log, no file and no audit entry ever holds it. Any thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/needles.h"
#include "store/records/nouns.h"
#include "store/spans/spans.h"

#define TRIAL_MS ((int64_t)15 * 60 * 1000)
#define TRIAL_DEVICES_MAX 64
#define TRIAL_RULES_MAX 48

enum {
    TRIALS_BUSY = 1, /* somebody else's is under way */
    TRIALS_ABSENT,   /* none of that number is under way */
};

struct trials;

RESULT trials_new(struct trials **ret_trials);
struct trials *trials_free(struct trials *trials);
DEFINE_CLEANUP(struct trials *, trials_free)

struct trial {
    uint64_t number;
    uint64_t owner; /* a user's number, or an operator's uid with the top bit */
    int64_t started_at;
    bool expected[REDACT_KINDS]; /* kinds that the text holds, as this server judges it */
};

/* Begins one. A previous one of the same owner, or one whose time is over, is wiped. Outcome:
 * TRIALS_BUSY. */
RESULT trials_begin(struct trials *trials, const struct trial *trial,
                    const struct needles *needles);

/* A batch was taken: what it counts is remembered while a trial is under way. A batch that comes
 * again counts once. True when the device counted a kind of it for the first time, and has counted
 * so much of it that it is shown. */
bool trials_note(struct trials *trials, const struct spans_batch *batch, int64_t now);

/* What one account on one device counted since the beginning. */
struct trial_seen {
    struct device_id device;
    struct account_id account;
    uint64_t counts[REDACT_KINDS];
    bool complete; /* every expected kind */
    /* The batch that counted an expected kind for the first time last: what it counts afterwards is
     * not the trial's. */
    uint32_t epoch;
    uint64_t sequence;
    int32_t day;   /* UTC, that it counted it as */
    bool together; /* all of it is of that day and enrolment: one receipt can hold it */
};

struct trial_rule {
    struct device_id device;
    char rule[EVIDENCE_WORD_MAX + 1];
    uint64_t count;
};

struct trial_state {
    struct trial trial;
    struct trial_seen *seen; /* with half of the expected kinds or more; complete ones first */
    size_t seen_count;
    struct trial_rule *rules; /* of devices that are in seen */
    size_t rule_count;
};

/* The one under way, in the arena. number 0: whichever. Outcome: TRIALS_ABSENT. */
RESULT trials_state(struct trials *trials, uint64_t number, int64_t now, struct arena *arena,
                    struct trial_state *ret_state);

/* The needles of the one under way; the caller wipes them. Outcome: TRIALS_ABSENT. */
RESULT trials_needles(struct trials *trials, uint64_t number, int64_t now,
                      struct needles *ret_needles);

/* Ends and wipes it; none of that number is no error. */
void trials_end(struct trials *trials, uint64_t number);

/* Wipes what is too old: called now and then. */
void trials_expire(struct trials *trials, int64_t now);
