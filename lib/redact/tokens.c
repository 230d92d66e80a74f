#include "redact/redact-private.h"

#define WORD_MAX ((size_t)24)

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

    ++*view->steps;
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

static enum token_shape shape_of(const struct view *view, size_t start, size_t end)
{
    size_t uppers = 0;

    for (size_t i = start; i < end; i++) {
        ++*view->steps;
        uppers += is_upper(view->at[i]);
    }
    if (uppers == 0)
        return view->at[start] == VIEW_LETTER ? TOKEN_TITLE : TOKEN_LOWER;
    if (end - start == 1)
        return TOKEN_INITIAL;
    return uppers == end - start - (memchr(view->at + start, '\'', end - start) != NULL)
               ? TOKEN_UPPER
               : TOKEN_TITLE;
}

static void token_put(struct view *view, size_t start, size_t end, bool number)
{
    struct token *token = &view->token[view->tokens++];

    *token = (struct token){.start = (uint16_t)start, .end = (uint16_t)end, .shape = TOKEN_NUMBER};
    if (number)
        return;
    token->shape = (uint8_t)shape_of(view, start, end);
    if (end - start >= 2 && end - start <= WORD_MAX)
        token->class = lexicon_find(view->lower + start, end - start);
    else if (view->lower[start] == 'a' || view->lower[start] == 'i')
        token->class.ordinary = end - start == 1 ? 3 : 0;
}

void view_tokenise(struct view *view)
{
    view->tokens = 0;
    for (size_t i = 0; i < view->len;) {
        size_t start = i;

        if (is_digit(view->at[i])) {
            while (is_digit(view->at[i]))
                i++;
            *view->steps += i - start;
            token_put(view, start, i, true);
        } else if (is_letter(view->at[i])) {
            while (!word_ends(view, start, i))
                i++;
            token_put(view, start, i, false);
        } else {
            i++;
        }
    }
}
