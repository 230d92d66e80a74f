#pragma once

/*
 * Denied strings: what redaction missed once and must never be kept again, known by a hash
 *
 * A rule stands for the normal form of a string: its letters and digits in their order, without
 * case and accents; everything between them is ignored, so "Doe, J." and "DOE-J" are one, and
 * "J. Doe" is another. A text is condemned when the normal form of a rule stands anywhere in its
 * own. What redaction put there ("[name]") is no text: it matches nothing, and nothing matches
 * across it.
 *
 * What a rule tells: the number of letters and digits, and for every guess whether it is right. The
 * hash is keyed by the rule's own random salt, so that nothing can be looked up, but few letters
 * can be guessed one by one: a rule is for those only who may have the string anyway (agents over
 * their own channel, inside the signed policy), and is taken away when no spool holds the string
 * any more. It is never shown or logged.
 *
 * Pure; nothing is allocated, and the stack holds about 32 KiB meanwhile. Time is linear in the
 * text, with at most 64 hashes for a text and rule: a text made to need more is condemned.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/result.h"
#include "redact/redact.h"

#define DENIED_LENGTH_MIN 4 /* letters and digits */
#define DENIED_LENGTH_MAX 64
#define DENIED_RULES_MAX 16
#define DENIED_SALT_SIZE 16
#define DENIED_HASH_SIZE 32

enum {
    DENIED_SHORT = 1, /* fewer letters and digits than DENIED_LENGTH_MIN */
    DENIED_LONG,      /* more than DENIED_LENGTH_MAX */
    DENIED_INVALID,   /* not UTF-8 */
};

/* A one-way hash of 32 bytes, keyed by the salt: lib/redact has none of its own. False: it could
 * not be made. */
typedef bool denied_hash(const uint8_t salt[DENIED_SALT_SIZE], struct bytes bytes,
                         uint8_t ret_hash[DENIED_HASH_SIZE]);

struct denied_rule {
    uint8_t length; /* letters and digits */
    uint8_t salt[DENIED_SALT_SIZE];
    /* Two bytes that are cheap to compare at every place of a text, then the first 30 of the keyed
     * hash of the normal form (docs/formats/redact.md). */
    uint8_t hash[DENIED_HASH_SIZE];
};

struct denied {
    const struct denied_rule *rules;
    size_t count; /* none: nothing is condemned */
    denied_hash *hash;
};

/* How many letters and digits a string has. Outcome: DENIED_INVALID. */
RESULT denied_length(struct text string, size_t *ret_length);

/* The rule for a string; salt is random, and of this rule alone. ERR_CRYPTO. Outcomes:
 * DENIED_SHORT, DENIED_LONG, DENIED_INVALID. */
RESULT denied_make(struct raw_text string, const uint8_t salt[DENIED_SALT_SIZE], denied_hash *hash,
                   struct denied_rule *ret_rule);

/* Whether what came from elsewhere can be a rule. */
bool denied_rule_holds(const struct denied_rule *rule);

/* A place where a rule was found: bytes [start, end) of the text. False: look no further. */
typedef bool denied_found(void *context, size_t rule, size_t start, size_t end);

/* Looks for every rule at every place, by rule and then by place. True when anything was found, and
 * when the text cannot be judged (too long, not UTF-8, no hash): what fails, fails closed. */
bool denied_find(const struct denied *denied, struct text text, denied_found *found, void *context);

/* Whether a text must not be kept. */
bool denied_holds(const struct denied *denied, struct text text);

/* What stands where a text was that must not be kept: redaction leaves it as it is. ERR_MEMORY. */
RESULT denied_instead(struct arena *arena, const struct clean_text **ret_clean);
