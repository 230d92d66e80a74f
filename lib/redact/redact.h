#pragma once

/*
 * Redaction: raw text in, clean text and counts out
 *
 * Text has a type. raw_text comes from a screen or off the wire and may hold a patient; clean_text
 * came out of here. The struct behind clean_text is complete only inside this folder, so that
 * nobody else can make one, and everything that stores, sends, logs or shows takes clean_text.
 *
 * Pure: no I/O, no clock, no threads; a redactor is read-only once made and may be shared by
 * threads. Time is linear in the length of the text; nothing is allocated but the result, from the
 * caller's arena; the stack holds about 100 KiB meanwhile. What fails, fails closed: there is no
 * clean text then.
 *
 * Source of the kinds: the 18 identifiers of 45 CFR 164.514(b)(2)(i).
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/result.h"
#include "base/wipe.h"

/* The ceiling of one text in bytes: what is longer is refused whole, never cut. */
#define REDACT_TEXT_MAX ((size_t)4096)

enum {
    REDACT_LONG = 1, /* over REDACT_TEXT_MAX */
    REDACT_INVALID,  /* not UTF-8, or a control character where none belongs */
    REDACT_CROWDED,  /* more findings than REDACT_FOUND_MAX */
};

#define REDACT_FOUND_MAX 256

/* Names and order are a contract: wire numbers, API words and labels come from redact_kind_word().
 */
enum redact_kind {
    REDACT_NAME,
    REDACT_GEO,
    REDACT_DATE,
    REDACT_AGE,
    REDACT_PHONE,
    REDACT_FAX,
    REDACT_EMAIL,
    REDACT_SSN,
    REDACT_MRN,
    REDACT_HEALTH_PLAN,
    REDACT_ACCOUNT,
    REDACT_LICENSE,
    REDACT_VEHICLE,
    REDACT_DEVICE,
    REDACT_URL,
    REDACT_IP,
    REDACT_BIOMETRIC,
    REDACT_PHOTO,
    REDACT_CARD,
    REDACT_OTHER_ID,
    REDACT_UNKNOWN, /* strict profile: not known to be safe */
    REDACT_KINDS,
};

enum redact_profile {
    REDACT_STRICT,   /* keeps only what is known to be safe */
    REDACT_BALANCED, /* removes what is recognised */
};

/* Text that may hold a patient. Writable, because whoever holds it wipes it after use. */
struct raw_text {
    char *at;
    size_t len;
};

static inline void raw_text_wipe(struct raw_text *raw)
{
    if (raw->at)
        wipe(raw->at, raw->len);
    *raw = (struct raw_text){0};
}

struct clean_text;

/* The characters of a clean text; NULL gives the empty text. Valid as long as the clean text is. */
struct text clean_text_view(const struct clean_text *clean);

/* One place where something was removed: bytes [start, end) of the raw text. Never its value. */
struct redact_found {
    enum redact_kind kind;
    uint8_t rule; /* which rule found it: redactor_rule_word() */
    uint32_t start;
    uint32_t end;
    float score; /* 0..1: how sure the recogniser was of the kind */
};

struct redaction {
    const struct clean_text *clean;   /* in the arena */
    const struct redact_found *found; /* in the arena, ascending, disjoint; NULL for none */
    size_t found_count;
    uint32_t counts[REDACT_KINDS]; /* findings by kind */
};

/*
 * True in the test build that takes nothing out (meson -Dredaction=false). A program that handles
 * anybody's text then refuses to start, unless the environment says WARD_TEST_BUILD=1.
 */
bool redact_is_off(void);

struct redactor;

/* What a redactor is made of. Texts are read while it is made and not kept. */
struct redactor_options {
    enum redact_profile profile;
    bool structured;      /* numbers, codes and addresses of machines only: no names, no places */
    struct text patterns; /* the organisation's own (docs/formats/patterns.md); empty: none */
    struct text words;    /* words that strict keeps besides its own, one a line; empty: none */
};

/* Where patterns or words do not parse: line and column counted from 1, in static words. */
struct redactor_error {
    size_t line;
    size_t column;
    const char *field;    /* "template", "word" .. */
    const char *expected; /* what should stand there */
};

/* Makes a redactor. Outcome: REDACT_INVALID for patterns or words that do not parse, with
 * *ret_error filled when it is not NULL. */
RESULT redactor_new(struct redactor **ret_redactor, const struct redactor_options *options,
                    struct redactor_error *ret_error);
struct redactor *redactor_free(struct redactor *redactor);
DEFINE_CLEANUP(struct redactor *, redactor_free)

/* Redacts a text. The caller wipes raw afterwards. Outcomes: REDACT_LONG, REDACT_INVALID,
 * REDACT_CROWDED. */
RESULT redact(const struct redactor *redactor, struct raw_text raw, struct arena *arena,
              struct redaction *ret_redaction);

/* What a recogniser thought of a candidate, whether it was removed or not. */
struct redact_note {
    uint32_t start; /* of the raw text */
    uint32_t end;
    uint8_t rule;
    int8_t odds; /* points that speak for it */
    int8_t bar;  /* points that it needs: removed where odds >= bar */
};

/* redact(), and why: candidates in the order of their judgement, in the arena. */
RESULT redact_explain(const struct redactor *redactor, struct raw_text raw, struct arena *arena,
                      struct redaction *ret_redaction, const struct redact_note **ret_notes,
                      size_t *ret_count);

/*
 * A text of any length, piece by piece. Begin with an empty struct redact_pieces; each call redacts
 * the beginning of rest and says how many bytes of it that was; offsets are of rest. What spans a
 * cut is seen whole. The pieces depend on the text alone, not on how it arrived.
 */
#define REDACT_CARRY_MAX 32

struct redact_pieces {
    struct redact_found carry[REDACT_CARRY_MAX]; /* found already, behind the last cut */
    size_t carried;
    bool patient; /* the text speaks of one */
};

RESULT redact_piece(const struct redactor *redactor, struct redact_pieces *pieces,
                    struct raw_text rest, struct arena *arena, struct redaction *ret_redaction,
                    size_t *ret_used);

/*
 * Redacts the name of an application (an executable's base name or WM_CLASS) or of a site (a
 * registrable domain): lower-cased, kept only if it is short and made of name characters,
 * recognisers of balanced applied. Outcome: REDACT_INVALID when nothing of it can be kept.
 */
RESULT redact_application(const struct redactor *redactor, struct raw_text raw, struct arena *arena,
                          struct redaction *ret_redaction);
RESULT redact_domain(const struct redactor *redactor, struct raw_text raw, struct arena *arena,
                     struct redaction *ret_redaction);

/*
 * Clean text again, from bytes that an AEAD has just verified and that were clean_text when they
 * were sealed. Only store and spool may call this (tools/check-words).
 */
RESULT redact_restore(struct bytes verified, struct arena *arena,
                      const struct clean_text **ret_clean);

/* A copy of a clean text in another arena. */
RESULT redact_copy(const struct clean_text *clean, struct arena *arena,
                   const struct clean_text **ret_clean);

/* The word for a kind, as in `ward-redact --json` and the API: "mrn". */
const char *redact_kind_word(enum redact_kind kind);

/* The label for people: "medical record number". */
const char *redact_kind_label(enum redact_kind kind);

/* The word of a rule, as in `ward-redact --explain` and on the wire: "ssn.hyphens". NULL from
 * redact_rules_count() on. Numbers may change between versions, words keep their meaning. */
const char *redact_rule_word(unsigned rule);
unsigned redact_rules_count(void);

/* Rules from this number on are the patterns of the redactor that found it: "org.mrn-north". Their
 * words live as long as the redactor. redactor_rule_word() knows the others as well. */
#define REDACT_RULE_OWN 128u
const char *redactor_rule_word(const struct redactor *redactor, unsigned rule);

#define REDACT_HASH_LEN 32

/*
 * Which rules this build runs: a version for people, and the SHA-256 of all that decides what is
 * removed (recognisers, lexicon). Two builds with one hash remove the same.
 */
const char *redact_rules_version(void);
void redact_rules_hash(uint8_t ret_hash[REDACT_HASH_LEN]);
