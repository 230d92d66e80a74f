#pragma once

/*
 * Inside redaction: the type wall, the view that recognisers read, and what they hand back
 *
 * A recogniser reads a struct view, never the raw text: one byte a character, normalised, cut into
 * tokens, with the way back to raw offsets. It starts from tokens and looks at bounded windows
 * (WINDOW bytes either way), so a text costs time linear in its length. Built with
 * WARD_COUNT_STEPS, view_at() and view_class() count, and a test asserts it.
 */

#include "base/bytes.h"
#include "redact/lexicon.h"
#include "redact/redact.h"
#include "redact/rules.h"
#include "redact/scan.h"

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
    bool changed;                    /* something was added since it was cleared */
    uint64_t cover[SCAN_BLOCKS + 1]; /* bit n: raw byte n is found; of use when there are any */
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
    uint16_t class; /* of lexicon_classes */
    uint8_t shape;
    uint8_t asks; /* ASK_*: those of its class; of numbers none */
};

/* Raw bytes on their way into a view: percent signs decoded, placeholders as one unit. */
struct units {
    uint16_t at[REDACT_TEXT_MAX + 1]; /* a byte, or 0x100 + kind of a placeholder */
    uint16_t from[REDACT_TEXT_MAX + 1];
    size_t len;
};

struct view {
    size_t len;
    size_t tokens;
    unsigned signs; /* SIGN_*: what stands in it */
    uint64_t sets;  /* WORD(): of all its words */
    unsigned asks;  /* ASK_*: of all its words */
    bool plain;     /* byte i is raw byte i */
    bool decoded;   /* of percent signs: blanks are parts of addresses */
    bool clinical;  /* the text speaks of a patient: a label or an identifier stands in it */
    bool patient;   /* what stood before this piece of a text speaks of one */
    bool balanced;
    bool prose;    /* mostly words in lower case: a sentence */
    bool mixed;    /* not all words are in capitals */
    bool shouting; /* all in capitals: they say nothing */
    bool small;    /* no capital anywhere: that there is none says nothing */
    bool any_machine_made;
    uint8_t rule; /* of the recogniser that runs */
    const struct redactor *redactor;
    struct hits *hits;
    uint64_t *steps;
    struct notes *notes; /* NULL but for explanations */
    struct scan scan;
    uint8_t at[REDACT_TEXT_MAX + 1 + SCAN_PAD];    /* normalised, closed by NULs */
    uint8_t lower[REDACT_TEXT_MAX + 1 + SCAN_PAD]; /* the same in lower case */
    uint16_t from[REDACT_TEXT_MAX + 1];            /* raw offset of each, unless plain */
    uint64_t machine_made[SCAN_BLOCKS + 1]; /* random names of documents, sessions, commits */
    union {
        struct units units;                      /* while it is filled */
        struct token token[REDACT_TEXT_MAX + 1]; /* from then on, closed by one that asks nothing */
    };
};

#define NOTES_MAX 128

/* For explanations. */
struct notes {
    struct redact_note at[NOTES_MAX];
    size_t count;
};

/* One recogniser: a file or a table row. */
typedef void recogniser_run(struct view *view);

struct recogniser {
    enum redact_rule rule; /* of what it adds by hits_add() */
    recogniser_run *run;
    unsigned needs; /* of find.c: without any of these in the text it finds nothing */
};

/* Removes view bytes [start, end). */
void hits_put(struct view *view, size_t start, size_t end, enum redact_kind kind,
              enum redact_rule rule, float score);
/* The same, by the rule of the recogniser that runs. */
void hits_add(struct view *view, size_t start, size_t end, enum redact_kind kind, float score);
void hits_add_raw(struct hits *hits, struct redact_found found);
/* Begins with what is in it already, found in a text of that length. */
void hits_begin(struct hits *hits, size_t len);
/* True when they are part of an identifier other than a name. */
bool hits_identify(const struct view *view, size_t i);

/* Fills a view of raw as it is, and returns its signs. Of use when view->plain is true then. */
unsigned view_load(struct view *view, struct raw_text raw);
/* The view byte of a character; 0 for one without width. */
uint8_t fold_point(uint32_t point);
/* The ASCII letter that a Greek or Cyrillic one looks like, or 0: it is meant inside a Latin word.
 */
uint8_t fold_look_alike(uint32_t point);
/* True when '+' between them stands for a blank, as forms send it: "q=233+67+2090". */
bool plus_is_blank(uint8_t before, uint8_t behind);
/*
 * Fills a view of raw, with placeholders where hits already are. decoding is how many times percent
 * signs are decoded first. False when that changes nothing against one decoding less.
 */
bool view_fill(struct view *view, struct raw_text raw, unsigned decoding);
/* view_fill() without decoding, of a raw text that was plain when it was loaded. */
void view_fill_plain(struct view *view, struct raw_text raw);
void view_tokenise(struct view *view);
void view_wipe(struct view *view, size_t raw_len);

static inline void view_step(const struct view *view, size_t steps)
{
#ifdef WARD_COUNT_STEPS
    if (view->steps)
        *view->steps += steps;
#else
    (void)view;
    (void)steps;
#endif
}

/* The byte at i in lower case; 0 outside. */
static inline uint8_t view_at(const struct view *view, size_t i)
{
    view_step(view, 1);
    return i < view->len ? view->lower[i] : 0;
}

/* Raw offset of view byte i <= len. */
static inline size_t view_raw(const struct view *view, size_t i)
{
    return view->plain ? i : view->from[i];
}

/* True when the raw bytes behind view byte i are already found. */
static inline bool hits_cover(const struct view *view, size_t i)
{
    view_step(view, 1);
    return view->hits->count > 0 && scan_has(view->hits->cover, view_raw(view, i));
}

static inline const struct word_class *class_of(const struct token *token)
{
    return &lexicon_classes[token->class];
}

/* True when the token is one of WORD(x) | WORD(y). */
static inline bool token_has(const struct token *token, uint64_t sets)
{
    return class_of(token)->sets & sets;
}

static inline bool view_machine_made(const struct view *view, size_t i)
{
    return view->any_machine_made && scan_has(view->machine_made, i);
}

static inline void view_note(struct view *view, size_t start, size_t end, enum redact_rule rule,
                             int odds, int bar)
{
    if (view->notes && view->notes->count < NOTES_MAX)
        view->notes->at[view->notes->count++] = (struct redact_note){
            .start = (uint32_t)view_raw(view, start),
            .end = (uint32_t)view_raw(view, end),
            .rule = (uint8_t)rule,
            .odds = (int8_t)odds,
            .bar = (int8_t)bar,
        };
}

void view_mark_machine_made(struct view *view, size_t start, size_t end, bool made);

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

/* An end of words, for tables of them. */
struct ending {
    char at[10];
    uint8_t len;
    uint8_t last;
};

#define ENDING(text)                                                                               \
    {                                                                                              \
        .at = (text), .len = sizeof(text) - 1, .last = (text)[sizeof(text) - 2]                    \
    }

/* True when the word ends with one of ends, and has so many letters before it. */
bool token_ends(const struct view *view, const struct token *token, const struct ending *ends,
                size_t count, size_t before);

/* True when view bytes [start, start + len of word) are word, in lower case; of the two the first
 * does not look at the first letter. */
bool view_goes_on(const struct view *view, size_t start, const char *word);
static inline bool view_is(const struct view *view, size_t start, const char *word)
{
    return view_at(view, start) == (uint8_t)word[0] && view_goes_on(view, start, word);
}
/* True when they are, and no letter or digit stands before or after. */
bool view_is_word(const struct view *view, size_t start, const char *word);
/* Start and end of the letters and digits around i, WINDOW away at most. */
size_t view_run_start(const struct view *view, size_t i);
size_t view_run_end(const struct view *view, size_t i);

recogniser_run recognise_numbers, recognise_accounts, recognise_email, recognise_url,
    recognise_internet, recognise_ages, recognise_places, recognise_names, recognise_patterns,
    recognise_unknown;

/*
 * Numbers: one pass over the runs of digits. Each is described once, then asked of one rule after
 * the other; a rule returns the view offset behind what it took (found, or known to be nobody's),
 * or 0.
 */
#define GROUPS_MAX 12

struct label;

struct number {
    size_t token;     /* of the first group */
    size_t run_start; /* letters and digits around the first group, WINDOW either way */
    size_t run_end;
    uint8_t groups; /* of digits, with one separator between, which may have blanks around */
    uint8_t separator[GROUPS_MAX]; /* behind each group, 0 behind the last */
    uint16_t start[GROUPS_MAX];
    uint16_t end[GROUPS_MAX];
    uint64_t form; /* the groups' lengths, four bits each, the first lowest; 15: fifteen and more */
    uint16_t digits;           /* of all groups */
    bool glued;                /* behind a letter */
    const struct label *label; /* that says what it is, or NULL */
    uint16_t value;            /* where what the label names begins */
    uint16_t label_end;        /* 0 when the label stands behind */
};

typedef size_t number_rule(struct view *view, const struct number *number);

number_rule number_is_code, number_is_other_code, number_is_internet, number_is_date, number_is_age;

struct patterns;

/* Labels by their first two letters; a blank comes before the letters. */
#define LABEL_PAIRS (26 * 27)

struct redactor {
    enum redact_profile profile;
    bool structured;
    uint16_t label_index[LABEL_PAIRS + 1]; /* where those of each pair begin */
    uint64_t forms[2][16];                 /* of digits.c, by the lengths of two groups */
    struct patterns *patterns;
};

/* All of a text is found: what is not settled goes whole. */
void hits_take_all(struct hits *hits, size_t len);

/* A view for hits_find(): hits empty, no notes, no steps. */
void view_init(struct view *view, const struct redactor *redactor, enum redact_profile profile,
               struct hits *hits);

/* Adds what is found in raw, at most REDACT_TEXT_MAX bytes, to view->hits; what is in them already
 * is gone. Outcomes: REDACT_INVALID, REDACT_CROWDED. */
RESULT hits_find(struct view *view, struct raw_text raw);

/* The outcome of hits in raw. */
RESULT redaction_make(struct raw_text raw, const struct hits *hits, struct arena *arena,
                      struct redaction *ret_redaction);

/* redact() as it is, with the steps it took. */
RESULT redact_counted(const struct redactor *redactor, struct raw_text raw, struct arena *arena,
                      struct redaction *ret_redaction, uint64_t *ret_steps);

/* redact() in the balanced profile, whatever the redactor's own is. */
RESULT redact_balanced(const struct redactor *redactor, struct raw_text raw, struct arena *arena,
                       struct redaction *ret_redaction);

/* True when the number at start is labelled as one of a ticket, a build, a commit. */
bool reference_before(const struct view *view, size_t start);

/* True when it is labelled as a code that is the same for everybody. */
bool public_code_before(const struct view *view, size_t start);

void labels_index(uint16_t index[LABEL_PAIRS + 1]);
void forms_index(uint64_t by_group[2][16]);

/* True when [start, end) is the label of an identifier: "mrn". */
bool is_label(const struct view *view, size_t start, size_t end);

/* True when "build ", "version ", "v" stands before token t. */
bool version_before(const struct view *view, size_t t);

/* True when view bytes [start, end) are a vehicle's number, one of the Drug Enforcement
 * Administration. */
bool vin_valid(const struct view *view, size_t start, size_t end);
bool dea_valid(const struct view *view, size_t start, size_t end);

/* Finds whether the text speaks of patients: then bare numbers in it are somebody's. */
void view_label(struct view *view);

/* "[mrn]" */
struct text placeholder_of(enum redact_kind kind);

/* A clean text of what hits leave of raw; ERR_MEMORY or REDACT_LONG. */
RESULT clean_make(struct raw_text raw, const struct hits *hits, struct arena *arena,
                  const struct clean_text **ret_clean);

/* Bytes of what hits leave of raw, and they themselves. */
size_t clean_len(struct raw_text raw, const struct hits *hits);
void clean_write(struct raw_text raw, const struct hits *hits, char *to);

/* Of the rest of a text this much is looked at for one piece; what is behind it does not matter,
 * but that there is something. */
#define PIECE_WINDOW ((size_t)2048)

/* redact_piece() into view->hits, which view_init() has made empty; what hits leave may be over
 * REDACT_TEXT_MAX. Outcome: REDACT_INVALID. */
RESULT piece_find(struct view *view, struct redact_pieces *pieces, struct raw_text rest,
                  size_t *ret_used);
