#pragma once

/*
 * A question on its way: which boxes are in scope, opened one after the other, and their texts
 *
 * Only boxes of accounts and days in scope are opened. Each text of the answer gets a number of its
 * own, the same on every day, and is restored once, into the asker's arena. One thread.
 */

#include "store/spans/embedded-private.h"

/* Texts of answers and their bytes. */
#define QUESTION_TEXTS_MAX ((uint32_t)1 << 20)
#define QUESTION_BYTES_MAX ((size_t)64 << 20)

struct question {
    struct embedded *store;
    struct reader *reader;
    struct arena *arena; /* of the answer */
    int64_t from_at;
    int64_t to_at;
    int32_t from_day;
    int32_t to_day;             /* the last; before from_day when nothing is in scope */
    struct spans_owner *owners; /* by account */
    size_t owner_count;
    struct dictionary *texts;
    const struct clean_text **cleans; /* by number of texts; NULL: not restored yet */
    uint32_t clean_room;

    /* Of the day that is open. */
    int32_t day;
    struct spans_owner *present; /* of owners: those of that day, no account twice */
    size_t present_count;
    uint8_t key[KEYRING_KEY_SIZE];
    uint32_t *numbers; /* of texts, by number of the day; 0: not asked for yet */
    uint32_t number_room;
};

/* Begins a question over a scope; question_end() in any case. */
RESULT question_begin(struct question *question, struct embedded *store,
                      const struct spans_scope *scope, struct arena *arena);
void question_end(struct question *question);

static inline void question_end_at(struct question *question)
{
    question_end(question);
}

/* What is done with a row of the table that is read: the plain inside of its box. */
typedef int question_visit(struct question *question, const struct spans_owner *owner,
                           struct bytes plain, void *context);

/* Visits every box of spans, or every tally, in scope; by day, then account, then age. */
RESULT question_boxes(struct question *question, question_visit *visit, void *context);
RESULT question_tallies(struct question *question, question_visit *visit, void *context);

/* The answer's number of a text of the open day; 0 for 0. Outcome: SPANS_LARGE. */
RESULT question_number(struct question *question, uint32_t day_number, uint32_t *ret_number);

/* The text of a number, NULL for 0. Outcome: SPANS_LARGE. */
RESULT question_text(struct question *question, uint32_t number,
                     const struct clean_text **ret_clean);
