/* Patterns of anything: accepted or refused with a line, and what is accepted can be run. */

#include <stdlib.h>
#include <string.h>

#include "redact/redact.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(redactor_free) struct redactor *redactor = NULL;
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct redaction redaction;
    char raw[] = "A-12 mrn 00 abcdefghij zz.top, 9-9-9";
    struct text source = {.at = (const char *)data, .len = size};
    struct redactor_options options = {.profile = REDACT_BALANCED, .patterns = source};
    struct redactor_error error = {0};
    int r = redactor_new(&redactor, &options, &error);

    if (r > 0 && (error.line == 0 || error.line > size))
        abort();
    if (r)
        return 0;
    if (arena_new(&arena, 65536) ||
        redact(redactor, (struct raw_text){.at = raw, .len = sizeof(raw) - 1}, arena, &redaction) <
            0)
        abort();
    return 0;
}
