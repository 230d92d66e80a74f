/*
 * The exact shape of a social security number, 3-2-4 with hyphens, wherever it stands: inside codes
 * that machines make, behind other groups of digits, before letters. Looser forms are among those
 * of digits.c.
 */

#include "redact/digits.h"

static bool is_group(const struct view *view, const struct token *token, size_t len)
{
    return token->shape == TOKEN_NUMBER && (size_t)token->end - token->start == len &&
           (len == 4 || (view->at[token->end] == '-' && token[1].start == token->end + 1u));
}

/* Before all that may hide one: it takes nothing from other rules, for what stands around it may be
 * more of the same number. */
void find_ssns(struct view *view)
{
    for (size_t t = 0; t + 2 < view->tokens; t++) {
        const struct token *token = &view->token[t];

        if (!is_group(view, token, 3) || !is_group(view, token + 1, 2) ||
            !is_group(view, token + 2, 4))
            continue;
        struct digits digits = digits_take(view, token->start, token[2].end);
        bool valid = digits_are_ssn(&digits);

        hits_put(view, token->start, token[2].end, valid ? REDACT_SSN : REDACT_OTHER_ID,
                 RULE_SSN_HYPHENS, valid ? 0.96f : 0.9f);
    }
    view_step(view, view->tokens);
}
