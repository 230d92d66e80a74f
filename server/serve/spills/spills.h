#pragma once

/*
 * Spills: a string that redaction missed is searched for, and on confirmation taken out of
 * everything
 *
 *     search ──▶ found ──▶ (confirmed) ──▶ acting ──▶ done
 *        └─────▶ failed       │ one transaction: intent, rule, incident, audit entry
 *
 * A string becomes a rule (redact/denied.h) in the request that brings it; nothing else is ever
 * held. Searches live in memory for an hour, and a restart forgets them. What was confirmed is in
 * records, and is done, by one thread, whatever happens in between. Any thread.
 */

#include "base/arena.h"
#include "base/cleanup.h"
#include "redact/denied.h"
#include "store/records/nouns.h"

#define SPILLS_SEARCHES_MAX 8
#define SPILLS_KEPT_MS ((int64_t)60 * 60 * 1000)
/* Agents keep spools for 14 days (agent/service/spool.h): a rule longer than that. */
#define SPILLS_RULE_MS ((int64_t)15 * 24 * 60 * 60 * 1000)
#define SPILLS_PURPOSE_MAX 512 /* characters */

enum spill_state {
    SPILL_SEARCHING,
    SPILL_FOUND, /* the search is over, whatever it found */
    SPILL_FAILED,
    SPILL_ACTING,
    SPILL_DONE,
    SPILL_STATES,
};

/* The word of the API: "searching". */
const char *spill_state_word(enum spill_state state);

struct spill_hit {
    int32_t day;
    uint64_t texts;
};

/* What the thread knows of a spill. Texts are in the arena. */
struct spill_view {
    uint64_t number;
    enum spill_state state;
    int64_t begun_at;
    struct text begun_by;
    struct text purpose;
    uint64_t session; /* that searched: a session's number; 0: the operator */
    struct denied_rule rule;
    size_t days_done;
    size_t days_total;
    uint64_t texts;
    struct spill_hit *hits;
    size_t hit_count;
    int fault; /* of the last try; 0: none */
};

struct serve;
struct spills;

RESULT spills_new(struct spills **ret_spills, struct serve *serve);
struct spills *spills_free(struct spills *spills);
DEFINE_CLEANUP(struct spills *, spills_free)

/* Begins the thread, which goes on with what was confirmed before the last end. */
RESULT spills_start(struct spills *spills);
void spills_stop(struct spills *spills);

/* Begins a search. ERR_BUSY: there are SPILLS_SEARCHES_MAX already. */
RESULT spills_search(struct spills *spills, const struct spill_view *search);

/* False: not known here (any more), which a spill that is done is not. */
bool spills_view(struct spills *spills, uint64_t number, struct arena *arena,
                 struct spill_view *ret_view);

/* Those that are not in records: searches. */
RESULT spills_searches(struct spills *spills, struct arena *arena, struct spill_view **ret_views,
                       size_t *ret_count);

/* It was confirmed, durably: the thread does the rest. */
void spills_confirmed(struct spills *spills, uint64_t number);

/* A search is not needed any more. False: there is none, or it is confirmed. */
bool spills_forget(struct spills *spills, uint64_t number);

/* The rule for a string, which is wiped where it stands. Outcomes of denied_make(). */
RESULT spill_rule(struct text string, struct denied_rule *ret_rule);

/* Puts the rules of spills into the policy, and takes those out whose time is over. */
RESULT spills_carry(struct serve *serve, int64_t now);

/* ---- what the thread does (act.c, search.c) ---- */

/* Tells how far it is; false: it is to stop. */
bool spills_report(struct spills *spills, uint64_t number, size_t days_done, size_t days_total,
                   uint64_t texts);
/* A day of a search has so many texts. */
RESULT spills_hit(struct spills *spills, uint64_t number, struct spill_hit hit);

/* Looks through every day. ERR_BUSY: it was to stop. */
RESULT spill_search(struct serve *serve, uint64_t number, const struct denied_rule *rule);
/* Does what was confirmed, from wherever it was left. ERR_BUSY: it was to stop. */
RESULT spill_act(struct serve *serve, uint64_t number);
