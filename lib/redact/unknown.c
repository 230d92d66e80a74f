/*
 * Strict: what is left must be known to be safe. Words of the trade are; ordinary words are, unless
 * they are names as well; numbers of one or two digits are. All else goes.
 */

#include "redact/patterns.h"
#include "redact/redact-private.h"

static bool run_has(const struct view *view, const struct token *token, bool digits)
{
    bool before = token->start > 0 && (digits ? is_digit(view_at(view, token->start - 1u))
                                              : is_letter(view_at(view, token->start - 1u)));
    bool behind =
        digits ? is_digit(view_at(view, token->end)) : is_letter(view_at(view, token->end));

    return before || behind;
}

static bool word_is_safe(struct word_class class)
{
    return class.ordinary == 3 || (class.ordinary > 0 && class.given == 0 && class.family == 0);
}

static bool token_is_safe(const struct view *view, const struct token *token)
{
    size_t start = token->start;
    size_t end = token->end;

    if (token->shape == TOKEN_NUMBER)
        return end - start <= 2 && !run_has(view, token, false);
    if (run_has(view, token, true))
        return false;
    if (word_is_safe(*class_of(token)) ||
        patterns_word_is_safe(view->redactor->patterns, view->lower + start, end - start))
        return true;
    /* "OneDrive" is two tokens and one word. */
    if (!run_has(view, token, false))
        return false;
    start = view_run_start(view, start);
    end = view_run_end(view, end);
    return (end - start <= WORD_MAX &&
            lexicon_classes[lexicon_find(view->lower + start, end - start)].ordinary == 3) ||
           patterns_word_is_safe(view->redactor->patterns, view->lower + start, end - start);
}

/* At most one sign or blank between: then two unknown words are one finding. */
static bool adjoin(const struct view *view, const struct token *a, const struct token *b)
{
    return b->start - a->end <= 1 && (b->start == a->end || !is_placeholder(view_at(view, a->end)));
}

void recognise_unknown(struct view *view)
{
    for (size_t t = 0; t < view->tokens; t++) {
        size_t first = t;

        if (hits_cover(view, view->token[t].start) || token_is_safe(view, &view->token[t]))
            continue;
        while (t + 1 < view->tokens && adjoin(view, &view->token[t], &view->token[t + 1]) &&
               !hits_cover(view, view->token[t + 1].start) &&
               !token_is_safe(view, &view->token[t + 1]))
            t++;
        hits_add(view, view->token[first].start, view->token[t].end, REDACT_UNKNOWN, 0.1f);
    }
}
