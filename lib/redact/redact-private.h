#pragma once

/*
 * Inside redaction: the type wall, the view that recognisers read, and what they hand back
 *
 * A recogniser reads a struct view, never the raw text: one byte a character, normalised, with the
 * way back to raw offsets. It looks at bounded windows (WINDOW bytes either way) and never steps
 * back, so a text costs time linear in its length. view_at() counts the steps; a test asserts it.
 */

#include "base/bytes.h"
#include "redact/redact.h"

/* The wall: complete only in this folder. */
struct clean_text {
    size_t len;
    char at[];
};

#define WINDOW ((size_t)64)

/* View bytes from 0x80 on stand for what is no ASCII character. */
#define VIEW_PLACEHOLDER 0x80 /* + kind: a placeholder, "[mrn]", or what was already removed */
#define VIEW_SYMBOL 0xfe      /* any other character that is no letter */
#define VIEW_LETTER 0xff      /* a letter outside the alphabet that folds to ASCII */

/* What was found, kept ascending and disjoint while it grows; offsets are of the raw text. */
struct hits {
    struct redact_found at[REDACT_FOUND_MAX];
    size_t count;
    bool crowded;
    bool changed; /* something was added since it was cleared */
};

struct word_class {
    uint8_t given;    /* 0 no given name .. 3 a common one */
    uint8_t family;   /* the same for surnames */
    uint8_t ordinary; /* 0 no word known, 1 known, 2 common, 3 of the trade */
};

enum token_shape {
    TOKEN_NUMBER,
    TOKEN_LOWER,
    TOKEN_TITLE,
    TOKEN_UPPER, /* two letters and more */
    TOKEN_INITIAL,
};

/* A word (letters, inner apostrophes) or a run of digits. */
struct token {
    uint16_t start;
    uint16_t end;
    uint16_t label_end; /* where the label that begins here ends */
    uint8_t label;      /* 0 none, or one more than its row */
    uint8_t shape;
    struct word_class class;
};

/* Raw bytes on their way into a view: percent signs decoded, placeholders as one unit. */
struct units {
    uint16_t at[REDACT_TEXT_MAX + 1]; /* a byte, or 0x100 + kind of a placeholder */
    uint16_t from[REDACT_TEXT_MAX + 1];
    size_t len;
};

struct view {
    struct units units;
    uint8_t at[REDACT_TEXT_MAX + 1];    /* normalised, closed by a NUL */
    uint8_t lower[REDACT_TEXT_MAX + 1]; /* the same in lower case */
    uint16_t from[REDACT_TEXT_MAX + 1]; /* raw offset of each; from[len] is the raw length */
    size_t len;
    struct token token[REDACT_TEXT_MAX];
    size_t tokens;
    uint8_t signs;                             /* SIGN_*: what stands in it */
    uint8_t machine_made[REDACT_TEXT_MAX + 1]; /* random names of documents, sessions, commits */
    bool clinical; /* the text speaks of a patient: a label or an identifier stands in it */
    bool balanced;
    const struct redactor *redactor;
    struct hits *hits;
    uint64_t *steps;
    uint8_t rule; /* of the recogniser that runs */
};

/* One recogniser: a file or a table row. */
typedef void recogniser_run(struct view *view);

struct recogniser {
    const char *name;
    recogniser_run *run;
    uint8_t needs; /* SIGN_*: without any of these in the text it finds nothing; 0 for always */
};

enum { SIGN_DIGIT = 1, SIGN_AT = 2, SIGN_COLON = 4 };

/* What the digits of ddd-dd-dddd at start are: an SSN or ITIN by its rules, or somebody's number
 * all the same. */
enum redact_kind ssn_kind(const struct view *view, size_t start);

/* Removes view bytes [start, end). */
void hits_add(struct view *view, size_t start, size_t end, enum redact_kind kind, float score);
void hits_add_raw(struct hits *hits, struct redact_found found);
/* True when raw bytes behind view byte i are already found. */
bool hits_cover(const struct view *view, size_t i);

/*
 * Fills a view of raw, with placeholders where hits already are. decoding is how many times percent
 * signs are decoded first. False when that changes nothing against one decoding less.
 */
/* The view byte of a character; 0 for one without width. */
uint8_t fold_point(uint32_t point);
bool view_fill(struct view *view, struct raw_text raw, unsigned decoding);
void view_tokenise(struct view *view);
void view_wipe(struct view *view, size_t raw_len);

static inline uint8_t view_at(const struct view *view, size_t i)
{
    ++*view->steps;
    return i < view->len ? view->lower[i] : 0;
}

static inline bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static inline bool is_letter(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == VIEW_LETTER;
}

static inline bool is_alnum(uint8_t c)
{
    return is_digit(c) || is_letter(c);
}

static inline bool is_hex(uint8_t c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f');
}

static inline bool is_placeholder(uint8_t c)
{
    return c >= VIEW_PLACEHOLDER && c < VIEW_PLACEHOLDER + REDACT_KINDS;
}

/* True when view bytes [start, start + len of word) are word, in lower case. */
bool view_is(const struct view *view, size_t start, const char *word);
/* True when they are, and no letter or digit stands before or after. */
bool view_is_word(const struct view *view, size_t start, const char *word);
/* Start and end of the letters and digits around i, WINDOW away at most. */
size_t view_run_start(const struct view *view, size_t i);
size_t view_run_end(const struct view *view, size_t i);

struct word_class lexicon_find(const uint8_t *lower, size_t len);

recogniser_run recognise_labels, recognise_ssn, recognise_email, recognise_url, recognise_internet,
    recognise_dates, recognise_ages, recognise_digits, recognise_codes, recognise_places,
    recognise_names, recognise_patterns, recognise_unknown;

struct patterns;

#define LETTERS 26

struct redactor {
    enum redact_profile profile;
    uint8_t label_index[LETTERS + 1]; /* where the labels of each first letter begin */
    struct patterns *patterns;
};

/* redact() as it is, with the steps it took. */
RESULT redact_counted(const struct redactor *redactor, struct raw_text raw, struct arena *arena,
                      struct redaction *ret_redaction, uint64_t *ret_steps);

/* redact() in the balanced profile, whatever the redactor's own is. */
RESULT redact_balanced(const struct redactor *redactor, struct raw_text raw, struct arena *arena,
                       struct redaction *ret_redaction);

/* True when the last digit checks the others as on payment cards (ISO/IEC 7812-1). */
bool luhn_valid(const struct view *view, size_t start, size_t end);

/* True when the number at start is labelled as one of a ticket, a build, a commit. */
bool reference_before(const struct view *view, size_t start);

/* True when it is labelled as a code that is the same for everybody. */
bool public_code_before(const struct view *view, size_t start);

void labels_index(uint8_t index[LETTERS + 1]);

/* True when [start, end) is the label of an identifier: "mrn". */
bool is_label(const struct view *view, size_t start, size_t end);

/* True when "build ", "version ", "v" stands before i. */
bool version_before(const struct view *view, size_t i);

/* Finds the labels of all tokens, and whether the text speaks of patients: then bare numbers in it
 * are somebody's. */
void view_label(struct view *view);

/* A clean text of what hits leave of raw; ERR_MEMORY or REDACT_LONG. */
RESULT clean_make(struct raw_text raw, const struct hits *hits, struct arena *arena,
                  const struct clean_text **ret_clean);
