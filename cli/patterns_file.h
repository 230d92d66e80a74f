#pragma once

/*
 * A document of patterns on disk, with the lists that it takes from files beside it put in place
 *
 *     list<TAB>facility<TAB>facilities.txt
 */

#include "base/buffer.h"
#include "base/cleanup.h"
#include "redact/redact.h"

#define PATTERNS_FILES_MAX 33

struct patterns_file {
    struct buffer text;
    struct patterns_place {
        size_t line; /* of the text, counted from 1: from here on it stands in that file */
        size_t from; /* as its line of this number */
        char *path;
    } places[2 * PATTERNS_FILES_MAX];
    size_t count;
};

void patterns_file_deinit(struct patterns_file *file);

static inline void patterns_file_deinit_at(struct patterns_file *file)
{
    patterns_file_deinit(file);
}

/* Reads it; false with a line on standard error, in the name of program. */
bool patterns_file_read(struct patterns_file *file, const char *program, const char *path,
                        size_t max_bytes);

/* Says on standard error where a document does not parse: in the file that holds the line. */
void patterns_file_tell(const struct patterns_file *file, const char *program,
                        const struct redactor_error *error);
