#pragma once

/*
 * Schemas of requests: tables made from openapi.json, and the one judge of bodies and parameters
 *
 * Handlers see only what fits. What does not is told by field: a JSON pointer, and what was
 * expected; never the value.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/result.h"

enum schema_type {
    SCHEMA_OBJECT,
    SCHEMA_ARRAY,
    SCHEMA_STRING,
    SCHEMA_INTEGER,
    SCHEMA_BOOLEAN,
    SCHEMA_NULL,
};

struct schema_member;

struct schema {
    enum schema_type type;
    const char *const *words; /* enum, ended by NULL; NULL: any */
    int64_t minimum;
    int64_t maximum;
    size_t min_length;   /* characters */
    size_t max_length;   /* characters */
    const char *pattern; /* POSIX extended; NULL: any */
    bool date;
    const struct schema_member *members;
    size_t member_count;
    const struct schema *items;
    size_t max_items;
};

struct schema_member {
    const char *name;
    const struct schema *schema;
    bool required;
};

#define SCHEMA_PROBLEMS_MAX 16

struct schema_problem {
    const char *pointer;
    const char *detail;
};

struct schema_problems {
    struct schema_problem at[SCHEMA_PROBLEMS_MAX];
    size_t count;
};

/* Judges a value; problems (texts in the arena) are added, none means that it fits. */
RESULT schema_judge(const struct schema *schema, const json_t *value, struct arena *arena,
                    struct schema_problems *problems);

/* Judges the text of a parameter against a string or integer schema. */
RESULT schema_judge_text(const struct schema *schema, const char *name, struct text value,
                         struct arena *arena, struct schema_problems *problems);
