#pragma once

/* How an answer is printed: the clean line, an object of JSON, or an explanation. */

#include "base/buffer.h"
#include "redact/redact.h"

enum print_form {
    PRINT_CLEAN,
    PRINT_JSON,
    PRINT_EXPLANATION,
};

struct print {
    const struct redactor *redactor;
    enum print_form form;
    struct buffer out;   /* what is printed */
    struct buffer found; /* of the line under way: what stands behind its clean text */
    size_t count;
};

/* A line is begun, its pieces put (base: where the piece begins in the line), and ended. */
void print_begin(struct print *print);
void print_piece(struct print *print, size_t base, struct text clean,
                 const struct redact_found *found, size_t count);
void print_end(struct print *print);

/* Notes of a whole line, raw, behind print_end(). They show the line: explanations are for whoever
 * has it anyway. */
void print_notes(struct print *print, struct raw_text raw, const struct redact_found *found,
                 size_t found_count, const struct redact_note *notes, size_t note_count);
