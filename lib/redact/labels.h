#pragma once

/*
 * Labels: a word or a few that say what the number behind them is
 *
 * The words stand in label_words.c, from which make-table also takes the sets LABEL (the first word
 * of each) and SPEAKS (labels of one word that speak of a patient).
 */

#include "redact/redact-private.h"

enum label_says {
    SAYS_WHAT,      /* what the number behind it is */
    SAYS_PATIENT,   /* that too, and that the text speaks of a patient */
    SAYS_REFERENCE, /* a number of a ticket, a build: nobody's, but the former's in a chart */
    SAYS_PUBLIC,    /* a code that is the same for everybody: a drug, a diagnosis */
};

enum label_check {
    CHECK_KIND, /* that of its kind, if it has one */
    CHECK_NPI,
    CHECK_ABA,
    CHECK_IMEI,
    CHECK_NHS,
    CHECK_VIN,
    CHECK_DEA,
    CHECK_IBAN,
};

struct label {
    const char *word;
    uint8_t kind;   /* enum redact_kind; REDACT_KINDS: it names no value */
    uint8_t digits; /* the least number of digits that its value has */
    uint8_t enough; /* the value goes on over blanks until it has so many; 0: over none */
    uint8_t says;   /* enum label_says */
    uint8_t check;  /* enum label_check */
};

/* The longest label that begins at i, with its end; or NULL. */
const struct label *label_at(const struct view *view, size_t i, size_t *ret_end);

/* Finds number->label, number->value and number->label_end. */
void label_read(const struct view *view, struct number *number);

number_rule number_is_labelled;
