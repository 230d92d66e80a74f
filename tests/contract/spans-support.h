#pragma once

/* What tests of span stores share: waiting for a commit, invented batches, and a place on disk. */

#include <pthread.h>
#include <stdbool.h>

#include "base/arena.h"
#include "store/keyring/keyring.h"
#include "store/spans/spans.h"

#define TEST_DAY 20780 /* 2026-11-23 */
#define TEST_AT ((int64_t)TEST_DAY * 86400000)

/* Commits and waits for done; gives its result, or what spans_commit() refused with. */
int commit_and_wait(struct spans *spans, const struct spans_batch *batch);

/* Clean text, from the arena. */
const struct clean_text *clean_of(struct arena *arena, const char *text);
bool clean_is(const struct clean_text *clean, const char *text);

/* Numbers that look random and are the same in every run with one seed. */
struct chance {
    uint64_t state;
};
uint32_t chance_below(struct chance *chance, uint32_t limit);

struct device_id device_of(uint8_t number);

/* A batch of one device with one row of one account; strings are none, "ehr", "portal.example",
 * "Schedule". Valid until the next call. */
struct spans_batch *small_batch(struct arena *arena, uint8_t device, uint64_t sequence,
                                uint32_t account, int64_t start_at, uint32_t duration_ms);

/* A random batch within [first_day, first_day + days), in the arena. */
struct spans_batch *random_batch(struct chance *chance, struct arena *arena, uint8_t device,
                                 uint64_t sequence, int32_t first_day, uint32_t days);

/* A spans_judge: condemns texts that hold the word that context is. */
bool holds_word(const void *context, struct text text);

/* Takes a word out of all days but one of two engines, which must agree at each step. */
void spill_both(struct spans *const engines[2], struct arena *arena, const char *word);

/* A directory of the test's own, and a path in it, which hold until the program ends. */
const char *test_path(const char *name);
void test_path_remove(const char *name);
void test_paths_remove(void);

struct keyring *test_keyring(void);
