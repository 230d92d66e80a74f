#include "redact/redact-private.h"

static bool is_upper(uint8_t c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(uint8_t c)
{
    return is_letter(c) && !is_upper(c);
}

/* "McDonald" and "DeLuca" are one word, though a capital stands inside. */
static bool particle_before(const struct view *view, size_t start, size_t i)
{
    static const char particles[][5] = {"mc", "mac", "de", "la", "le", "di", "du", "van", "fitz"};

    for (size_t p = 0; p < sizeof(particles) / sizeof(particles[0]); p++)
        if (strlen(particles[p]) == i - start && view_is(view, start, particles[p]))
            return true;
    return false;
}

/* True when a word that began at start ends before i. */
static bool word_ends(const struct view *view, size_t start, size_t i)
{
    uint8_t c = view->at[i];

    view_step(view, 1);
    if (c == '\'')
        return !(i > start && is_letter(view->at[i + 1]) &&
                 (is_letter(view->at[i + 2]) || i == start + 1));
    if (!is_letter(c))
        return true;
    if (i == start)
        return false;
    if (is_upper(c) && is_lower(view->at[i - 1]))
        return !particle_before(view, start, i);
    return is_upper(c) && is_upper(view->at[i - 1]) && is_lower(view->at[i + 1]) &&
           view->at[i + 1] != VIEW_LETTER &&
           !(view->lower[i + 1] == 's' && !is_letter(view->at[i + 2]));
}

static bool all_upper(const struct view *view, size_t start, size_t end)
{
    for (size_t i = start; i < end; i++)
        if (!is_upper(view->at[i]) && view->at[i] != '\'')
            return false;
    return true;
}

/* Words that are looked up together: their places in the lexicon are fetched at once. */
#define GROUP ((size_t)16)

/* Counts of words by their shape, sixteen bits each. */
#define SHAPE_AT(shape) (16 * ((unsigned)(shape)-TOKEN_LOWER))
_Static_assert(SHAPE_AT(TOKEN_INITIAL) + 16 <= 64 && REDACT_TEXT_MAX < 1 << 16, "counts fit");

/* The tokens that are being put, and of the last of them the hashes. */
struct putting {
    size_t count;
    size_t end; /* of the last word */
    size_t looked_up;
    uint64_t shapes;
    size_t ordinary; /* capitals that are ordinary words */
    uint64_t hashes[GROUP];
};

static void look_up(struct view *view, struct putting *putting)
{
    struct token *token = &view->token[putting->looked_up];
    const struct token *end = &view->token[putting->count];
    const uint64_t *hash = putting->hashes;
    uint64_t sets = 0;
    unsigned asks = 0;

    for (; token < end; token++, hash++) {
        if (token->shape == TOKEN_NUMBER)
            continue;
        uint16_t class = lexicon_at(*hash);
        const struct word_class *row = &lexicon_classes[class];

        token->class = class;
        token->asks = row->asks;
        sets |= row->sets;
        asks |= row->asks;
        putting->ordinary += token->shape == TOKEN_UPPER && row->ordinary >= 2;
    }
    putting->looked_up = putting->count;
    view->sets |= sets;
    view->asks |= asks;
}

static inline void token_put(struct view *view, struct putting *putting, size_t start, size_t end,
                             enum token_shape shape, uint64_t hash)
{
    size_t count = putting->count++;

    view->token[count] =
        (struct token){.start = (uint16_t)start, .end = (uint16_t)end, .shape = (uint8_t)shape};
    putting->hashes[count % GROUP] = hash;
    view_step(view, end - start);
    if (count % GROUP == GROUP - 1)
        look_up(view, putting);
}

static inline void word_token(struct view *view, struct putting *putting, size_t start, size_t end,
                              enum token_shape shape, uint64_t hash)
{
    putting->shapes += UINT64_C(1) << SHAPE_AT(shape);
    token_put(view, putting, start, end, shape, hash);
}

/* "O'Brien" stands in the lexicon without its apostrophe. */
static uint64_t hash_of(const struct view *view, size_t start, size_t end)
{
    const uint8_t *word = view->lower + start;
    size_t len = end - start;
    uint8_t letters[WORD_MAX + 1] = {0};
    size_t count = 0;

    if (len < 3 || len > WORD_MAX || !memchr(word, '\'', len))
        return lexicon_hash(word, len);
    for (size_t i = 0; i < len; i++)
        if (word[i] != '\'')
            letters[count++] = word[i];
    return lexicon_hash(letters, count);
}

static enum token_shape shape_of(const struct view *view, size_t start, size_t end)
{
    size_t upper = scan_next(view->scan.upper, start, end);

    if (upper == end)
        return view->at[start] == VIEW_LETTER ? TOKEN_TITLE : TOKEN_LOWER;
    if (end - start == 1)
        return TOKEN_INITIAL;
    return all_upper(view, start, end) ? TOKEN_UPPER : TOKEN_TITLE;
}

/* Where the capitals of [start, end) stand as in "Word", "word" or "WORD": then it is one word. */
static bool one_word(const struct view *view, size_t start, size_t end)
{
    size_t upper = scan_next(view->scan.upper, start + 1, end);

    return upper == end || (upper == start + 1 && scan_has(view->scan.upper, start) &&
                            scan_next_clear(view->scan.upper, start + 1, end) == end);
}

/* Puts the first word of the letters [start, end), whose capitals may part it; returns its end. */
static size_t word_put(struct view *view, struct putting *putting, size_t start, size_t end)
{
    bool one = view->at[end] != '\'' && one_word(view, start, end);

    /* "PowerChart" is one word when the lexicon knows it as one. */
    if (!one && view->at[end] != '\'' && end - start <= WORD_MAX &&
        lexicon_find(view->lower + start, end - start)) {
        word_token(view, putting, start, end, TOKEN_TITLE,
                   lexicon_hash(view->lower + start, end - start));
        return end;
    }
    if (!one)
        for (end = start; !word_ends(view, start, end);)
            end++;
    word_token(view, putting, start, end, shape_of(view, start, end), hash_of(view, start, end));
    return end;
}

/* Puts the letters [start, end) word by word. Returns where the last one ends: an apostrophe may
 * join more to it. */
static size_t words_put(struct view *view, struct putting *putting, size_t start, size_t end)
{
    while (start < end)
        start = word_put(view, putting, start, end);
    return start;
}

/* Puts the letters [start, end), of which upper tells the capitals: mostly one word. Returns where
 * the last one ends. */
static inline size_t letters_put(struct view *view, struct putting *putting, size_t start,
                                 size_t end, uint64_t upper)
{
    size_t len = end - start;
    enum token_shape shape = TOKEN_LOWER;

    if (view->at[end] == '\'')
        return words_put(view, putting, start, end);
    if (upper) {
        if (upper == 1)
            shape = len == 1 ? TOKEN_INITIAL : TOKEN_TITLE;
        else if (upper & (upper + 1) || upper >> (len - 1) != 1)
            return words_put(view, putting, start, end);
        else
            shape = TOKEN_UPPER;
    } else if (view->at[start] == VIEW_LETTER) {
        shape = TOKEN_TITLE;
    }
    word_token(view, putting, start, end, shape, lexicon_hash(view->lower + start, len));
    return end;
}

/* What the capitals of a text are worth: nothing where whole sentences are in capitals, most where
 * most words have none. */
static void weigh_case(struct view *view, const struct putting *putting)
{
    size_t lower = (uint16_t)(putting->shapes >> SHAPE_AT(TOKEN_LOWER));
    size_t title = (uint16_t)(putting->shapes >> SHAPE_AT(TOKEN_TITLE));
    size_t upper = (uint16_t)(putting->shapes >> SHAPE_AT(TOKEN_UPPER));
    size_t initials = (uint16_t)(putting->shapes >> SHAPE_AT(TOKEN_INITIAL));

    view->mixed = lower + title > 0;
    view->small = title + upper + initials == 0;
    view->shouting = !view->mixed && putting->ordinary >= 3 && 2 * putting->ordinary >= upper;
    view->prose = lower >= 3 && lower > title;
}

/* Puts the runs of letters and of digits that start in a block. */
static inline void runs_put(struct view *view, struct putting *putting, size_t block,
                            uint64_t starts, uint64_t ends)
{
    uint64_t digits = view->scan.digit[block];
    uint64_t uppers = view->scan.upper[block];

    for (; starts; starts &= starts - 1, ends &= ends - 1) {
        size_t bit = (size_t)__builtin_ctzll(starts);
        size_t start = block * 64 + bit;
        bool digit = digits >> bit & 1;

        if (!ends) { /* it goes on in the next block */
            size_t end =
                scan_next_clear(digit ? view->scan.digit : view->scan.letter, start, view->len);

            if (digit)
                token_put(view, putting, start, end, TOKEN_NUMBER, 0);
            else if (end > putting->end)
                putting->end =
                    words_put(view, putting, start < putting->end ? putting->end : start, end);
            return;
        }
        size_t end = block * 64 + (size_t)__builtin_ctzll(ends);
        if (digit) {
            token_put(view, putting, start, end, TOKEN_NUMBER, 0);
        } else if (start >= putting->end) {
            uint64_t upper = uppers >> bit & ((UINT64_C(1) << (end - start)) - 1);

            putting->end = letters_put(view, putting, start, end, upper);
        } else if (end > putting->end) { /* an apostrophe joined some of it to the word before */
            putting->end = words_put(view, putting, putting->end, end);
        }
    }
}

void view_tokenise(struct view *view)
{
    struct putting putting;
    uint64_t letter = 0;
    uint64_t digit = 0;

    putting.count = 0;
    putting.end = 0;
    putting.looked_up = 0;
    putting.shapes = 0;
    putting.ordinary = 0;
    view->any_machine_made = false;
    view->sets = 0;
    view->asks = 0;
    for (size_t block = 0; block * 64 < view->len; block++) {
        uint64_t letters = view->scan.letter[block];
        uint64_t digits = view->scan.digit[block];
        uint64_t letters_before = letters << 1 | letter;
        uint64_t digits_before = digits << 1 | digit;
        uint64_t starts = (letters & ~letters_before) | (digits & ~digits_before);
        uint64_t ends = (~letters & letters_before) | (~digits & digits_before);

        if (letter | digit)
            ends &= ends - 1; /* of a run that an earlier block put */
        runs_put(view, &putting, block, starts, ends);
        letter = letters >> 63;
        digit = digits >> 63;
    }
    look_up(view, &putting);
    view->tokens = putting.count;
    view->token[putting.count] = (struct token){.start = UINT16_MAX, .end = UINT16_MAX};
    weigh_case(view, &putting);
}
