#pragma once

/*
 * Log lines of programs: a named event with typed fields, one line of JSON on standard error
 *
 *     log_event(LOG_WARN, "spool.full", LOG_U64("bytes", n), LOG_ID("device", id.at, 16));
 *
 * Fields take numbers, ids, fault codes and literals of ours: nothing that came from a screen, a
 * person or a peer has a way in. lib/ returns results and does not log. Event names are listed in
 * docs/operations/events.md. Lines are dropped above a rate and the next line says how many.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/result.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

enum log_kind { LOG_KIND_NONE, LOG_KIND_U64, LOG_KIND_I64, LOG_KIND_WORD, LOG_KIND_ID };

struct log_field {
    const char *name;
    enum log_kind kind;
    uint64_t number;
    const char *word;
    const uint8_t *id;
    size_t id_len;
};

#define LOG_U64(name_, value)                                                                      \
    ((struct log_field){.name = "" name_, .kind = LOG_KIND_U64, .number = (uint64_t)(value)})
#define LOG_I64(name_, value)                                                                      \
    ((struct log_field){                                                                           \
        .name = "" name_, .kind = LOG_KIND_I64, .number = (uint64_t)(int64_t)(value)})
/* A literal only: the empty string before it refuses anything else. */
#define LOG_WORD(name_, literal)                                                                   \
    ((struct log_field){.name = "" name_, .kind = LOG_KIND_WORD, .word = "" literal})
#define LOG_FAULT(code)                                                                            \
    ((struct log_field){.name = "fault", .kind = LOG_KIND_WORD, .word = fault_name(code)})
#define LOG_ID(name_, at, len)                                                                     \
    ((struct log_field){.name = "" name_, .kind = LOG_KIND_ID, .id = (at), .id_len = (len)})

#define log_event(level, name, ...)                                                                \
    log_write((level), "" name, (const struct log_field[]){__VA_ARGS__, {0}})

/* Sets the program's name in every line ("serve") and the level above which lines are not made. */
void log_begin(const char *program, enum log_level max_level);

void log_write(enum log_level level, const char *name, const struct log_field *fields);
