#pragma once

/*
 * Titles, addresses and paths like those of a hospital's desktops, one line in five of which names
 * somebody. Made up, the same ones each time; words and names are drawn from the lexicon's own
 * sources, so that look-ups meet as many different words as on real desktops.
 */

#include "base/buffer.h"
#include "base/result.h"

struct corpus;

/* Reads words.txt of the lexicon. ERR_SYSTEM when it is not there. */
RESULT corpus_new(struct corpus **ret_corpus, const char *words_path);
struct corpus *corpus_free(struct corpus *corpus);
DEFINE_CLEANUP(struct corpus *, corpus_free)

/* Appends lines until buffer holds at least bytes. */
void corpus_fill(struct corpus *corpus, struct buffer *buffer, size_t bytes);

/* Appends lines without digits, signs of addresses or names. */
void corpus_fill_plain(struct corpus *corpus, struct buffer *buffer, size_t bytes);
