#pragma once

/*
 * An organisation's own patterns and safe words, compiled: docs/formats/patterns.md
 *
 * Each pattern is a position automaton of at most 64 positions, run as a set of bits: no pattern,
 * however it is written, costs more than PATTERNS_MATCH_MAX steps for a start that it may begin at
 * (and as many again for each place where it asks a list). A start that no pattern may begin at
 * costs one look-up. Read-only once made; any thread.
 */

#include "redact/redact.h"

/* Every ceiling of the documents. */
#define PATTERNS_BYTES_MAX ((size_t)1024 * 1024) /* bytes of patterns and lists */
#define PATTERNS_MAX 128                         /* patterns; a rule is a byte */
#define PATTERNS_NAME_MAX ((size_t)24)           /* bytes of a pattern's or a list's name */
#define PATTERNS_TEMPLATE_MAX ((size_t)256)      /* bytes of a template as it is written */
#define PATTERNS_POSITIONS_MAX 64                /* characters of a match, lists counting as one */
#define PATTERNS_MATCH_MAX ((size_t)128)         /* characters of a match, lists spelt out */
#define PATTERNS_LISTS_MAX 32
#define PATTERNS_ENTRIES_MAX ((size_t)100000) /* entries of all lists together */
#define PATTERNS_ENTRY_MAX ((size_t)64)       /* characters of an entry */
#define PATTERNS_CONTEXT_MAX 16               /* context words of a pattern */
#define PATTERNS_CONTEXT_BYTES_MAX ((size_t)255)
#define PATTERNS_WITHIN_MAX 8                     /* words before that a context word may stand */
#define PATTERNS_BEHIND_MAX ((size_t)64)          /* bytes that are looked back at for them */
#define PATTERNS_WORDS_MAX ((size_t)20000)        /* safe words */
#define PATTERNS_WORDS_BYTES_MAX ((size_t)196608) /* bytes of them */
#define PATTERNS_WORD_LEAST ((size_t)2)           /* letters of a safe word */
#define PATTERNS_WORD_MAX ((size_t)32)

struct patterns;

/* Outcome: REDACT_INVALID, with *ret_error when it is not NULL. */
RESULT patterns_new(struct patterns **ret_patterns, struct text source, struct text words,
                    struct redactor_error *ret_error);
struct patterns *patterns_free(struct patterns *patterns);
DEFINE_CLEANUP(struct patterns *, patterns_free)

size_t patterns_count(const struct patterns *patterns);
enum redact_kind patterns_kind(const struct patterns *patterns, size_t pattern);

/* The word of the rule: "org.mrn-north"; NULL from patterns_count() on. */
const char *patterns_rule_word(const struct patterns *patterns, size_t pattern);

/* By view byte: not 0 where a pattern may begin with it. NULL when there are no patterns. */
const uint8_t *patterns_starts(const struct patterns *patterns);

struct pattern_match {
    size_t end;
    size_t pattern;
};

/*
 * The longest match that begins at start of a view in lower case: its length, or 0 with *ret_match
 * untouched. No match begins or ends between two letters or digits. Looks at PATTERNS_BEHIND_MAX
 * bytes before start at most.
 */
size_t patterns_match(const struct patterns *patterns, const uint8_t *lower, size_t len,
                      size_t start, struct pattern_match *ret_match);

/* The same, with the steps it took added to *steps. */
size_t patterns_match_counted(const struct patterns *patterns, const uint8_t *lower, size_t len,
                              size_t start, struct pattern_match *ret_match, uint64_t *steps);

/* What a pattern takes of ordinary words and of dates, standing alone: what it would remove that is
 * nobody's identifier. Words are static. */
struct patterns_survey {
    size_t asked;            /* words that were asked */
    size_t words;            /* of them: those that it takes */
    const char *examples[3]; /* some of those */
    const char *moment;      /* a date or time that it takes, or NULL */
};

/* From this share of ordinary words on a pattern is too broad. */
#define PATTERNS_BROAD_PERCENT 1

struct patterns_survey patterns_survey(const struct patterns *patterns, size_t pattern);

/* True when the organisation calls that word safe; lower case, as a view shows it. */
bool patterns_word_is_safe(const struct patterns *patterns, const uint8_t *lower, size_t len);
