#pragma once

/*
 * Inside the organisation's patterns
 *
 * A template or a regular expression is parsed to one form, a tree of parts; the form becomes an
 * automaton. Tests hold the automaton against a slow walk over the form.
 */

#include "redact/patterns.h"
#include "redact/redact-private.h"

/* ---- documents ---- */

/* The first line of *source, without its end, which is cut off; false when nothing is left. */
bool patterns_line_next(struct text *source, struct text *ret_line);

/* Fills *error for byte `at` of the line and returns REDACT_INVALID. The line's number is the
 * caller's to fill. */
int patterns_refuse(struct redactor_error *error, struct text line, size_t at, const char *field,
                    const char *expected);

/* The character at *at of a line, as a view shows it in lower case; 0 when it has no width, and
 * negative when a view shows it as no character of ASCII. *at moves behind it. */
int patterns_fold_next(struct text line, size_t *at);

/* ---- safe words ---- */

/* From this class on a name is a common one. */
#define NAME_COMMON 2

struct patterns_words;

/* ret_error must not be NULL. */
RESULT patterns_words_new(struct patterns_words **ret_words, struct text source,
                          struct redactor_error *ret_error);
struct patterns_words *patterns_words_free(struct patterns_words *words);
DEFINE_CLEANUP(struct patterns_words *, patterns_words_free)

bool patterns_words_have(const struct patterns_words *words, const uint8_t *lower, size_t len);

/* ---- lists ---- */

/* Entries over one block of characters; ascending, without repetition, once it is closed. */
struct patterns_list {
    char name[PATTERNS_NAME_MAX + 1];
    uint32_t *at; /* count + 1 offsets in text */
    size_t count;
    uint8_t *text;
    size_t len;
    size_t longest;
    uint32_t first[129]; /* by first character: its entries begin here */
};

struct patterns_lists {
    struct patterns_list at[PATTERNS_LISTS_MAX];
    size_t count;
    size_t entries; /* of all */
};

/* Adds bytes [at, end of line) as an entry to the newest list. */
RESULT patterns_list_add(struct patterns_lists *lists, struct text line, size_t at,
                         struct redactor_error *error);
/* Sorts the newest list; REDACT_INVALID when it is empty. */
RESULT patterns_list_close(struct patterns_lists *lists);
void patterns_lists_deinit(struct patterns_lists *lists);

/* The entries that begin with what was read so far. */
struct patterns_walk {
    size_t low;
    size_t high;
    size_t depth;
};

struct patterns_walk patterns_walk_begin(const struct patterns_list *list);
/* One character more; false when no entry goes on so. */
bool patterns_walk_step(const struct patterns_list *list, struct patterns_walk *walk, uint8_t c);
/* True when what was read is an entry. */
bool patterns_walk_whole(const struct patterns_list *list, const struct patterns_walk *walk);

/* ---- forms ---- */

enum part_kind {
    PART_SET = 1, /* one character of a set */
    PART_LIST,    /* an entry of a list */
    PART_ROW,     /* its parts, one after another */
    PART_CHOICE,  /* one of its parts */
};

#define PARTS_MAX 512
#define PARTS_DEPTH 8

struct pattern_part {
    uint8_t kind;
    uint8_t least; /* how often: 0 ≤ least ≤ most, 1 ≤ most ≤ 64 */
    uint8_t most;
    uint16_t list;
    uint16_t child; /* the first; 0 for none */
    uint16_t next;  /* the one behind it, or the other choice; 0 for none */
    uint64_t set[2];
};

/* Part 0 is none. */
struct pattern_form {
    struct pattern_part part[PARTS_MAX];
    size_t count;
    uint16_t root;
};

/* Parses bytes [at, end) of a line, the template of a pattern or "/regular expression/". */
RESULT pattern_form_parse(struct pattern_form *form, const struct patterns_lists *lists,
                          struct text line, size_t at, size_t end, struct redactor_error *error);

/* What the two languages share while they are read. */
struct pattern_reader {
    struct pattern_form *form;
    const struct patterns_lists *lists;
    struct redactor_error *error;
    struct text line;
    size_t at;
    size_t end;
    unsigned depth;
    unsigned unbounded; /* what "+" ends at; 0 when the user did not say so */
    bool ended;         /* behind "\b": nothing may follow */
    /* One element at the reader's place, and what says how often it stands there. */
    int (*atom)(struct pattern_reader *reader, uint16_t *ret_part);
    int (*times)(struct pattern_reader *reader, struct pattern_part *part);
};

int reader_refuse(const struct pattern_reader *reader, size_t at, const char *expected);
int reader_choice(struct pattern_reader *reader, uint16_t *ret_part);
int reader_part(struct pattern_reader *reader, enum part_kind kind, uint16_t *ret_part);
/* A part that is one character: the folded one at the reader's place, which moves behind it. */
int reader_literal(struct pattern_reader *reader, uint16_t *ret_part);
/* "(...)"; the reader stands behind the opening parenthesis. */
int reader_group(struct pattern_reader *reader, uint16_t *ret_part);
/* Digits at the reader's place: false when there are none, or more than 64. */
bool reader_count(struct pattern_reader *reader, unsigned *ret_count);
/* The character at the reader's place; 0 at the end. */
char reader_peek(const struct pattern_reader *reader, size_t ahead);

void set_add(uint64_t set[2], uint8_t first, uint8_t last);

int template_atom(struct pattern_reader *reader, uint16_t *ret_part);
int template_times(struct pattern_reader *reader, struct pattern_part *part);
int regex_atom(struct pattern_reader *reader, uint16_t *ret_part);
int regex_times(struct pattern_reader *reader, struct pattern_part *part);

/* ---- automata ---- */

/* patterns_match() of one pattern alone. */
size_t patterns_match_only(const struct patterns *patterns, size_t pattern, const uint8_t *lower,
                           size_t len, size_t start);

struct pattern {
    char word[sizeof("org.") + PATTERNS_NAME_MAX];
    enum redact_kind kind;
    uint8_t within;
    uint8_t context_count;
    uint8_t context_len[PATTERNS_CONTEXT_MAX];
    uint8_t context[PATTERNS_CONTEXT_BYTES_MAX]; /* the words, one behind another */
    uint64_t first;                              /* positions that may begin a match */
    uint64_t last;                               /* positions that may end it */
    uint64_t lists;                              /* positions that are an entry of a list */
    uint64_t follow[PATTERNS_POSITIONS_MAX];     /* by position: those that may come next */
    uint64_t match[128];                         /* by character: the positions that take it */
    uint16_t list_of[PATTERNS_POSITIONS_MAX];
};

/* Outcomes: REDACT_INVALID with *ret_expected when the form has too many positions, or matches
 * what is empty or too long. */
RESULT pattern_build(struct pattern *pattern, const struct pattern_form *form,
                     const struct patterns_lists *lists, const char **ret_expected);

struct patterns {
    struct pattern *at;
    size_t count;
    struct patterns_lists *lists;
    struct patterns_words *words;
    uint64_t by_first[256][PATTERNS_MAX / 64]; /* by byte: the patterns that may begin with it */
    uint8_t starts[256];
};
