#pragma once

/*
 * Evidence: which rules redacted the texts of a message, what each rule found, and how many texts
 * were judged
 *
 * Rules travel as their words, because their numbers change between versions. Counts are by day and
 * of the whole device: no account, no application, never a text. Pure.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/result.h"
#include "redact/redact.h"

enum {
    EVIDENCE_FULL = 1, /* over a ceiling: send what is there first */
};

#define EVIDENCE_WORD_MAX 32

/* A rule set. */
struct evidence_rules {
    uint8_t hash[REDACT_HASH_LEN];
    char version[EVIDENCE_WORD_MAX + 1]; /* for people */
};

/* What one rule found on one day. */
struct evidence_count {
    int32_t day;
    uint64_t count;
    char rule[EVIDENCE_WORD_MAX + 1];
};

/* Texts that were judged on one day. */
struct evidence_judged {
    int32_t day;
    uint64_t count;
};

struct evidence {
    const struct evidence_rules
        *rules; /* the first: of whoever sends, which judged every text last */
    size_t rules_count;
    const struct evidence_count *counts;
    size_t count_count;
    const struct evidence_judged *judged;
    size_t judged_count;
};

/* A rule's word or a rule set's version: 1 to EVIDENCE_WORD_MAX of [a-z0-9._-]. */
bool evidence_word_valid(struct text word);

/* The rules of this build. */
struct evidence_rules evidence_rules_own(void);

/* A copy in the arena. */
RESULT evidence_copy(const struct evidence *evidence, struct arena *arena,
                     struct evidence *ret_copy);

bool evidence_rules_equal(const struct evidence_rules *a, const struct evidence_rules *b);

/* ---- sums: evidence that grows ---- */

/* evidence_sum_init() before, evidence_sum_deinit() after. */
struct evidence_sum {
    struct buffer rules;
    struct buffer counts;
    struct buffer judged;
};

struct evidence_sum evidence_sum_init(void);
void evidence_sum_deinit(struct evidence_sum *sum);

static inline void evidence_sum_deinit_at(struct evidence_sum *sum)
{
    evidence_sum_deinit(sum);
}

void evidence_sum_clear(struct evidence_sum *sum);
bool evidence_sum_empty(const struct evidence_sum *sum); /* but for rules */

/* Adds; what is there already is not there twice. Outcome of each: EVIDENCE_FULL. */
RESULT evidence_sum_rules(struct evidence_sum *sum, const struct evidence_rules *rules);
RESULT evidence_sum_count(struct evidence_sum *sum, int32_t day, const char *rule, uint64_t count);
RESULT evidence_sum_judged(struct evidence_sum *sum, int32_t day, uint64_t count);

/* What is in it; valid until it is changed. */
struct evidence evidence_sum_view(const struct evidence_sum *sum);
