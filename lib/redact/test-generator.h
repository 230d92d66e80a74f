#pragma once

/*
 * Generator: identifiers of every kind, made as their issuers define them and written as people and
 * programs write them. The same seed gives the same ones. Numbers, people and places are made up.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "redact/redact.h"

struct generator {
    uint64_t state;
};

/* Spread, so that neighbouring seeds have nothing in common. */
struct generator generator_of(uint64_t seed);
uint64_t generator_next(struct generator *generator);
/* One of 0 .. count - 1. */
unsigned generator_below(struct generator *generator, unsigned count);
/* One of a table of strings. */
#define GENERATOR_PICK(generator, table)                                                           \
    (table)[generator_below((generator), sizeof(table) / sizeof((table)[0]))]

#define SAMPLE_MAX ((size_t)2048)
#define VALUE_MAX ((size_t)160)

/* A text that holds an identifier. */
struct sample {
    const struct maker *maker;
    size_t len;
    size_t start; /* the identifier and its label: bytes [start, end) */
    size_t end;
    char at[SAMPLE_MAX];
    bool secret[SAMPLE_MAX]; /* a byte of a letter or digit that must go */
};

/* What is claimed of a kind beyond its plain form. */
enum {
    ANY_CASE = 1,    /* in capitals, without and mixed it is the same */
    ONE_CASE = 2,    /* in capitals or without */
    SIGNS = 4,       /* '-', ' ', '.' and their look-alikes between its groups are the same */
    BESIDE = 8,      /* a letter may stand right before or behind it */
    CUT = 16,        /* its beginning is known too, where the end of the text cuts it */
    WORDS = 32,      /* made of letters: a look-alike of another alphabet may stand in it */
    STRICT = 64,     /* balanced leaves it, as docs/formats/redact.md says */
    NEAR_STAYS = 128 /* what fails its check may be nobody's */
};

/* One way to be an identifier: values as the issuer makes them, and forms to write them in, where
 * '9' is the next character of the value, '*' all that are left, '&' the same in groups of four;
 * '<' and '>' stand around what must go. */
struct maker {
    const char *name;
    enum redact_kind kind;
    void (*make)(struct generator *generator, char *value);
    /* Breaks what make() made, so that its issuer cannot have given it; NULL where nothing can. */
    void (*spoil)(struct generator *generator, char *value);
    unsigned traits;
    const char *const *forms; /* up to NULL */
};

/* Makers of numbers and codes, and those of words, times and addresses. */
extern const struct maker number_makers[];
extern const size_t number_makers_count;
extern const struct maker word_makers[];
extern const size_t word_makers_count;

size_t makers_count(void);
const struct maker *maker_at(size_t i);

/* An identifier of a maker in one of its forms; spoilt: broken. */
void sample_make(struct sample *sample, struct generator *generator, const struct maker *maker,
                 bool spoilt);

/* Appends bytes, all secret or none. */
void sample_put(struct sample *sample, const char *at, size_t len, bool secret);

/* Fills a value by a pattern: 'd' a digit, 'n' one from 2 to 9, 'A' a letter, 'X' either, all else
 * itself. */
void value_fill(struct generator *generator, const char *pattern, char *value);
