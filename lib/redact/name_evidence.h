#pragma once

/*
 * Evidence for names: what a word brings by itself, by its shape and by its neighbours
 *
 * Odds are points; a candidate is a name when its points reach a bar, which context lowers. Case is
 * a hint only: records are in capitals and file names in lower case.
 */

#include "redact/redact-private.h"

/* What stands between two tokens. */
enum gap {
    GAP_NONE,  /* nothing: "JohnDoe" */
    GAP_BLANK, /* a blank, or the dot of an initial and a blank */
    GAP_SIGN,  /* '_', '.', '-' or '^': file names, addresses, double names, HL7 */
    GAP_COMMA,
    GAP_OTHER,
};

enum gap gap_after(const struct view *view, size_t t);

static inline bool is_word(const struct token *token)
{
    return token->shape != TOKEN_NUMBER;
}

/* Written with a capital where that means something. */
static inline bool is_capital(const struct view *view, const struct token *token)
{
    return (token->shape == TOKEN_TITLE || token->shape == TOKEN_UPPER) &&
           !(view->shouting && class_of(token)->ordinary);
}

static inline bool is_blank(uint8_t c)
{
    return c == ' ' || c == '+';
}

static inline size_t token_len(const struct token *token)
{
    return (size_t)token->end - token->start;
}

/* No word that anybody knows. */
static inline bool is_unknown(const struct token *token)
{
    const struct word_class *class = class_of(token);

    return class->given == 0 && class->family == 0 && class->ordinary == 0 && class->place == 0 &&
           !(class->sets & ~WORD(TOWN_HEAD));
}

/* An unknown word, or one that lists only as a rare name. */
static inline bool is_strange(const struct token *token)
{
    const struct word_class *class = class_of(token);

    return class->given < 2 && class->family < 2 && class->ordinary == 0 && class->place < 2 &&
           !(class->sets & ~(WORD(TOWN) | WORD(TOWN_HEAD)));
}

/* A name and nothing else, or a word that nobody knows. */
static inline bool is_pure(const struct token *token)
{
    const struct word_class *class = class_of(token);

    return class->ordinary == 0 && !(class->sets & (WORD(BRAND) | WORD(CLINICAL)));
}

/* How much a text speaks of people: 0 nothing says so, 1 of medicine, 2 of a patient. */
static inline int prior_of(const struct view *view)
{
    return view->clinical ? 2 : (view->sets & WORD(CLINICAL)) ? 1 : 0;
}

/* What the letters of a strange word say: -1 no name, 0 nothing, 1 a name, 2 hardly anything else;
 * 0 for other words. */
int likeness(const struct view *view, const struct token *token);

int given_odds(const struct token *token);
/* A word that nobody knows is a surname as likely as not. */
int family_odds(const struct view *view, const struct token *token);
int name_odds(const struct view *view, const struct token *token);

/* How far what stands before token first and behind token last lowers the bar. */
int context_before(const struct view *view, size_t first);
int context_behind(const struct view *view, size_t last);

/* A letter that stands for a name: no "I" or "A" of a sentence. */
bool is_initial(const struct view *view, size_t t);

/* "Parkinson disease", "Cushing's sign": a name that names no patient. */
bool is_eponym(const struct view *view, size_t t);

/* "Petri dish", "Ryder Cup": a name that names a thing, where nothing speaks of people. */
bool is_thing(const struct view *view, size_t t);

/* The name of a company, a product or a clinic: "Johnson & Johnson", "Baxter Inc". */
bool is_company(const struct view *view, size_t first, size_t last);

/* True when what was found stands one sign, or one blank, before or behind tokens [first, last]. */
bool beside_identifier(const struct view *view, size_t first, size_t last, bool blanks);

/* Double surnames, middle names, initials and suffixes behind a name that ends with token last. */
size_t extend_forward(const struct view *view, size_t last, bool given_follow);
/* Particles and the first half of a double surname before token first. */
size_t extend_back(const struct view *view, size_t first);

void name_add(struct view *view, size_t first, size_t last, enum redact_rule rule, float score);

/* Notes the judgement of a candidate for --explain; returns odds >= bar. */
bool name_judge(struct view *view, size_t first, size_t last, enum redact_rule rule, int odds,
                int bar);

/* Forms that begin with token t: the last token of the name, or t when there is none. */
size_t comma_form(struct view *view, size_t t);
size_t pair_form(struct view *view, size_t t);
size_t initial_form(struct view *view, size_t t);
size_t single_form(struct view *view, size_t t);
size_t initials_form(struct view *view, size_t t);

/* What labels say: "patient: X", "last_name=X", "user X", "C:\Users\X\". */
void label_form(struct view *view, size_t t);
void home_form(struct view *view, size_t t);
