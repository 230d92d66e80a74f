#pragma once

/*
 * Disguise: the same identifier in another case, with other signs in it, in look-alike or encoded
 * characters, and amid other text
 */

#include "redact/test-generator.h"

enum casing { AS_MADE, CAPITALS, SMALL, MIXED, CASINGS };

enum letters {
    ASCII,
    FULL_WIDTH,
    MATHEMATICAL, /* bold */
    INDIC,        /* digits of Arabic */
    MARKED,       /* a combining mark behind each */
    HIDDEN,       /* a character without width behind each */
    LOOK_ALIKE,   /* some letters are Cyrillic or Greek */
    LETTERS,
};

enum encoding {
    PLAIN,
    PERCENT,       /* every byte */
    PERCENT_TWICE, /* and the percent signs */
    PERCENT_SIGNS, /* what an address may not hold, a blank as "+" or "%20" */
    ENCODINGS,
};

enum place {
    ALONE,
    AMID_WORDS,
    IN_QUERY,
    IN_PATH,
    IN_FRAGMENT,
    IN_FILE_NAME,
    PLACES,
};

struct disguise {
    enum casing casing;
    enum letters letters;
    enum encoding encoding;
    const char *sign; /* stands for "-", " " and "." between two characters; NULL: as made */
};

/* Signs that part groups as well as '-' does. */
extern const char *const disguise_signs[];
extern const size_t disguise_signs_count;

void sample_disguise(struct sample *to, const struct sample *from, struct generator *generator,
                     const struct disguise *disguise);

/* Puts it where it may stand. In an address it must be encoded already. */
void sample_surround(struct sample *to, const struct sample *from, struct generator *generator,
                     enum place place);

/* Ordinary words that say nothing about a number behind them, so many; with a blank at the end. */
void words_put(struct sample *to, struct generator *generator, unsigned count);
