#pragma once

/* Inside the organisation's patterns: what its files share. */

#include "redact/patterns.h"
#include "redact/redact-private.h"

/* The first line of *source, without its end, which is cut off; false when nothing is left. */
bool patterns_line_next(struct text *source, struct text *ret_line);

struct patterns_words;

/* From this class on a name is a common one. */
#define NAME_COMMON 2

/* ret_error must not be NULL. */
RESULT patterns_words_new(struct patterns_words **ret_words, struct text source,
                          struct redactor_error *ret_error);
struct patterns_words *patterns_words_free(struct patterns_words *words);
DEFINE_CLEANUP(struct patterns_words *, patterns_words_free)

bool patterns_words_have(const struct patterns_words *words, const uint8_t *lower, size_t len);
size_t patterns_words_count(const struct patterns_words *words);
