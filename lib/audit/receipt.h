#pragma once

/*
 * Redaction receipts: what the redaction of one device did on one UTC day, in one canonical text,
 * signed by the device (docs/formats/receipt.md). Equal receipts have equal bytes. Pure.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "crypto/hash.h"

enum {
    RECEIPT_INVALID = 1, /* not the canonical text of a receipt */
    RECEIPT_FORGED,      /* not signed by that certificate's key */
};

#define RECEIPT_WORD_MAX 32
#define RECEIPT_ROWS_MAX ((size_t)1100) /* of each list of counts */
#define RECEIPT_RULES_MAX ((size_t)16)
#define RECEIPT_MAX ((size_t)96 * 1024) /* bytes, signature included */

struct receipt_count {
    char word[RECEIPT_WORD_MAX + 1]; /* [a-z0-9._-], not empty */
    uint64_t count;
};

struct receipt_rules {
    char version[RECEIPT_WORD_MAX + 1];
    struct hash hash;
};

/* Lists ascend by word, rules by version, then hash; none twice. */
struct receipt {
    struct device_id device;
    uint32_t epoch;
    int32_t day;
    uint32_t revision; /* of this day: a higher one replaces it */
    bool final;        /* the day is over and all of it was sent */
    bool whole;        /* false: it does not cover the whole day, or something was lost */
    int64_t made_at;
    uint64_t first_batch; /* that told something of the day; 0: none did */
    uint64_t last_batch;
    uint64_t through; /* every batch up to this one is in it */
    uint64_t judged;
    uint64_t canaries_run;
    uint64_t canaries_passed;
    struct receipt_rules *rules;
    size_t rules_count;
    struct receipt_count *kinds;
    size_t kind_count;
    struct receipt_count *found; /* by rule */
    size_t found_count;
    struct receipt_count *dropped; /* by reason */
    size_t dropped_count;
};

/* Puts lists in their order. */
void receipt_sort(struct receipt *receipt);

/* Appends the text without a signature. RECEIPT_INVALID: lists out of order, or over a ceiling. */
RESULT receipt_print(const struct receipt *receipt, struct buffer *ret_text);

/* Reads such a text; lists are in the arena. RECEIPT_INVALID. */
RESULT receipt_parse(struct text text, struct arena *arena, struct receipt *ret_receipt);

/* Appends the text, signed by the device's key (PKCS#8 DER). RECEIPT_INVALID. */
RESULT receipt_sign(const struct receipt *receipt, struct bytes key, struct buffer *ret_signed);

/* Reads a signed receipt and checks it with the device's certificate (DER), whose validity in time
 * is not looked at. RECEIPT_INVALID, RECEIPT_FORGED. */
RESULT receipt_verify(struct text signed_text, struct bytes certificate, struct arena *arena,
                      struct receipt *ret_receipt);

/* Reads a signed receipt and checks nothing: for showing what was checked before. */
RESULT receipt_read(struct text signed_text, struct arena *arena, struct receipt *ret_receipt);
