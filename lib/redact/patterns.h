#pragma once

/*
 * An organisation's own patterns and safe words, compiled: docs/formats/patterns.md
 *
 * Read-only once made; any thread. A match costs at most PATTERNS_MATCH_MAX steps for each pattern
 * that may begin with the byte at hand, whatever the patterns look like, and a start that none can
 * begin with costs one look-up.
 */

#include "redact/redact.h"

/* Every ceiling of the documents. */
#define PATTERNS_MAX 128                          /* patterns; rules are REDACT_RULE_OWN + 0 .. */
#define PATTERNS_BYTES_MAX ((size_t)1024 * 1024)  /* bytes of the patterns and their lists */
#define PATTERNS_WORDS_MAX ((size_t)20000)        /* safe words */
#define PATTERNS_WORDS_BYTES_MAX ((size_t)262144) /* bytes of them */
#define PATTERNS_WORD_LEAST ((size_t)2)           /* letters of a safe word */
#define PATTERNS_WORD_MAX ((size_t)32)

struct patterns;

/* Outcome: REDACT_INVALID, with *ret_error. */
RESULT patterns_new(struct patterns **ret_patterns, struct text source, struct text words,
                    struct redactor_error *ret_error);
struct patterns *patterns_free(struct patterns *patterns);
DEFINE_CLEANUP(struct patterns *, patterns_free)

size_t patterns_count(const struct patterns *patterns);
enum redact_kind patterns_kind(const struct patterns *patterns, size_t pattern);

/* The word of the rule: "org.mrn-north"; NULL from patterns_count() on. */
const char *patterns_rule_word(const struct patterns *patterns, size_t pattern);

struct pattern_match {
    size_t end;
    size_t pattern;
};

/* False when no pattern begins with that view byte: then there is nothing to ask at a start. */
bool patterns_may_start(const struct patterns *patterns, uint8_t byte);

/*
 * The longest match that begins at start of a view in lower case: its length, or 0. No match begins
 * or ends between two letters or digits. Looks at bytes before start as well, PATTERNS_MATCH_MAX at
 * most.
 */
size_t patterns_match(const struct patterns *patterns, const uint8_t *lower, size_t len,
                      size_t start, struct pattern_match *ret_match);

/* True when the organisation calls that word safe; lower case, as a view shows it. */
bool patterns_word_is_safe(const struct patterns *patterns, const uint8_t *lower, size_t len);
