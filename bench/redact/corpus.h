#pragma once

/* Titles like those of a hospital's desktops, one in five of which names somebody. Made up, and the
 * same ones each time. */

#include "base/buffer.h"

/* Appends lines until buffer holds at least bytes. */
void corpus_fill(struct buffer *buffer, size_t bytes);
