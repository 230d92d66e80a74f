#pragma once

/*
 * Dictionaries: texts and their numbers, from 1 in the order they came
 *
 * One holds the strings of a day, or those of an answer. Slots are found by SipHash under a secret
 * seed, so that no device can choose texts that collide. Ceilings in texts and bytes are given when
 * it is made. Not for threads to share.
 */

#include <stdint.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/needles.h"
#include "base/result.h"

enum {
    DICTIONARY_FULL = 1, /* another text would pass a ceiling */
};

#define DICTIONARY_SEED_SIZE 16

struct dictionary_seed {
    uint8_t at[DICTIONARY_SEED_SIZE];
};

/* SipHash-2-4 (Aumasson and Bernstein, 2012). */
uint64_t dictionary_hash(const struct dictionary_seed *seed, struct text text);

struct dictionary;

RESULT dictionary_new(struct dictionary **ret_dictionary, uint32_t max_texts, size_t max_bytes);
struct dictionary *dictionary_free(struct dictionary *dictionary);
DEFINE_CLEANUP(struct dictionary *, dictionary_free)

/* The number of a text, which is added when it is new; hash is its dictionary_hash(). Outcome:
 * DICTIONARY_FULL. */
RESULT dictionary_intern(struct dictionary *dictionary, struct text text, uint64_t hash,
                         uint32_t *ret_number);

/* The highest number. */
uint32_t dictionary_count(const struct dictionary *dictionary);
/* Memory in use. */
size_t dictionary_bytes(const struct dictionary *dictionary);

/* The text of a number from 1 to the highest; valid until a text is added. */
struct text dictionary_text(const struct dictionary *dictionary, uint32_t number);

/* ---- dictionaries of days, the least used forgotten first ---- */

#define DICTIONARY_DAYS_MAX 400
#define DICTIONARY_DAY_TEXTS_MAX ((uint32_t)1 << 20)
#define DICTIONARY_DAY_BYTES_MAX ((size_t)32 << 20)

struct dictionary_days;

/* Forgets whole days before all of them together hold more than max_bytes. */
RESULT dictionary_days_new(struct dictionary_days **ret_days, size_t max_bytes);
struct dictionary_days *dictionary_days_free(struct dictionary_days *days);
DEFINE_CLEANUP(struct dictionary_days *, dictionary_days_free)

/* The dictionary of a day, empty when the day is not held; valid until the next call with days. */
RESULT dictionary_days_get(struct dictionary_days *days, int32_t day,
                           struct dictionary **ret_dictionary);
void dictionary_days_forget(struct dictionary_days *days, int32_t day);
/* Looks for needles in every text that is held. */
void dictionary_days_look(const struct dictionary_days *days, const struct needles *needles,
                          struct needles_sweep *sweep);
void dictionary_days_forget_all(struct dictionary_days *days);
