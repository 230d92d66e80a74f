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

static enum token_shape shape_of(const struct view *view, size_t start, size_t end)
{
    size_t upper = scan_next(view->scan.upper, start, end);

    view_step(view, end - start);
    if (upper == end)
        return view->at[start] == VIEW_LETTER ? TOKEN_TITLE : TOKEN_LOWER;
    if (end - start == 1)
        return TOKEN_INITIAL;
    return all_upper(view, start, end) ? TOKEN_UPPER : TOKEN_TITLE;
}

static void token_put(struct view *view, size_t start, size_t end, enum token_shape shape)
{
    view->token[view->tokens++] =
        (struct token){.start = (uint16_t)start, .end = (uint16_t)end, .shape = (uint8_t)shape};
}

/* Where the capitals of [start, end) stand as in "Word", "word" or "WORD": then it is one word. */
static bool one_word(const struct view *view, size_t start, size_t end)
{
    size_t upper = scan_next(view->scan.upper, start + 1, end);

    return upper == end || (upper == start + 1 && scan_has(view->scan.upper, start) &&
                            scan_next_clear(view->scan.upper, start + 1, end) == end);
}

/* Puts the words of the letters from start on; returns where they end. */
static size_t words_put(struct view *view, size_t start)
{
    size_t end = scan_next_clear(view->scan.letter, start, view->len);

    if (view->at[end] != '\'' && one_word(view, start, end)) {
        token_put(view, start, end, shape_of(view, start, end));
        return end;
    }
    /* "PowerChart" is one word when the lexicon knows it as one. */
    if (view->at[end] != '\'' && end - start <= WORD_MAX &&
        lexicon_find(view->lower + start, end - start)) {
        token_put(view, start, end, TOKEN_TITLE);
        return end;
    }
    for (end = start; !word_ends(view, start, end);)
        end++;
    token_put(view, start, end, shape_of(view, start, end));
    return end;
}

/* What the capitals of a text are worth: nothing where whole sentences are in capitals, most where
 * most words have none. */
static void weigh_case(struct view *view)
{
    size_t lower = 0;
    size_t title = 0;
    size_t upper = 0;
    size_t ordinary = 0;

    for (size_t t = 0; t < view->tokens; t++) {
        const struct token *token = &view->token[t];

        lower += token->shape == TOKEN_LOWER;
        title += token->shape == TOKEN_TITLE;
        upper += token->shape == TOKEN_UPPER;
        ordinary += token->shape == TOKEN_UPPER && class_of(token)->ordinary >= 2;
    }
    view->mixed = lower + title > 0;
    view->shouting = !view->mixed && ordinary >= 3 && 2 * ordinary >= upper;
    view->prose = lower >= 3 && lower > title;
}

/* "O'Brien" stands in the lexicon without its apostrophe. */
static uint64_t class_hash(const struct view *view, const struct token *token)
{
    const uint8_t *word = view->lower + token->start;
    size_t len = (size_t)token->end - token->start;
    uint8_t letters[WORD_MAX + 1] = {0};
    size_t count = 0;

    if (len < 3 || len > WORD_MAX || !memchr(word, '\'', len))
        return lexicon_hash(word, len);
    for (size_t i = 0; i < len; i++)
        if (word[i] != '\'')
            letters[count++] = word[i];
    return lexicon_hash(letters, count);
}

/* Words that are looked up together. */
#define GROUP ((size_t)16)

static void classify(struct view *view)
{
    uint64_t hashes[GROUP];

    view->sets = 0;
    for (size_t first = 0; first < view->tokens; first += GROUP) {
        size_t end = first + GROUP < view->tokens ? first + GROUP : view->tokens;

        for (size_t t = first; t < end; t++)
            hashes[t - first] =
                view->token[t].shape == TOKEN_NUMBER ? 0 : class_hash(view, &view->token[t]);
        for (size_t t = first; t < end; t++) {
            view->token[t].class = lexicon_at(hashes[t - first]);
            view->sets |= class_of(&view->token[t])->sets;
        }
    }
}

void view_tokenise(struct view *view)
{
    size_t i = 0;

    view->tokens = 0;
    view->any_machine_made = false;
    while (i < view->len) {
        if (scan_has(view->scan.letter, i)) {
            i = words_put(view, i);
        } else if (scan_has(view->scan.digit, i)) {
            size_t end = scan_next_clear(view->scan.digit, i, view->len);

            token_put(view, i, end, TOKEN_NUMBER);
            i = end;
        } else {
            size_t letter = scan_next(view->scan.letter, i, view->len);

            i = scan_next(view->scan.digit, i, letter);
        }
    }
    classify(view);
    weigh_case(view);
}
