/*
 * E-mail addresses: RFC 5321 with the characters that people's addresses have, quoted local parts,
 * address literals, international ones (RFC 6531), and those spelt out: "jane (at) example dot
 * com".
 */

#include "redact/value.h"

static bool local_character(uint8_t c)
{
    return is_alnum(c) || is_one_of(c, "._%+-'&!~") || is_placeholder(c);
}

static bool domain_character(uint8_t c)
{
    return is_alnum(c) || c == '.' || c == '-' || c == '_' || is_placeholder(c);
}

/* Start of a quoted local part whose closing quote stands before at. */
static size_t quoted_start(const struct view *view, size_t at)
{
    size_t i = at - 1;

    while (i > 0 && at - i < WINDOW && view_at(view, i - 1) != '"')
        i--;
    return i > 0 && at - i < WINDOW ? i - 1 : at;
}

/* "[192.0.2.1]" */
static size_t literal_end(const struct view *view, size_t i)
{
    size_t end = i + 1;

    while (end - i < WINDOW && (is_hex(view_at(view, end)) || is_one_of(view->lower[end], ".:ipv")))
        end++;
    return end > i + 1 && view_at(view, end) == ']' ? end + 1 : i;
}

/* Parts cannot hold '@', so no byte is looked at twice: long ones need no bound. */
static size_t address_at(struct view *view, size_t at)
{
    size_t start = at;
    size_t end = at + 1;

    while (start > 0 && local_character(view_at(view, start - 1)))
        start--;
    /* signs that only surround it */
    while (start < at && is_one_of(view->lower[start], "&!'~"))
        start++;
    if (start == at && at > 1 && view_at(view, at - 1) == '"')
        start = quoted_start(view, at);
    if (view_at(view, end) == '[')
        end = literal_end(view, end);
    else
        while (domain_character(view_at(view, end)))
            end++;
    while (end > at + 1 && is_one_of(view->at[end - 1], "._-"))
        end--;
    if (start == at || (end == at + 1 && !is_cut(view, end)))
        return at + 1;
    /* no domain ends in digits (RFC 3696): "react@18.2.0" is something else, and goes */
    if (is_digit(view->at[end - 1]) && scan_next(view->scan.letter, at, end) == end)
        hits_put(view, start, end, REDACT_OTHER_ID, RULE_EMAIL, 0.5f);
    else
        hits_put(view, start, end, REDACT_EMAIL, RULE_EMAIL,
                 memchr(view->at + at, '.', end - at) ? 0.99f : 0.7f);
    return end;
}

static bool is_dot(const struct view *view, const struct token *token)
{
    return view_is(view, token->start, "dot") || view_is(view, token->start, "punkt") ||
           view_is(view, token->start, "punto");
}

/* True when token t is the word in brackets, or a word alone between blanks. */
static bool spelt(const struct view *view, size_t t, bool at, bool *ret_bracket)
{
    const struct token *token = &view->token[t];

    if (!token_has(token, WORD(CUE)) ||
        !(at ? view_is(view, token->start, "at") : is_dot(view, token)) || token->start == 0)
        return false;
    *ret_bracket = is_one_of(view_at(view, token->start - 1u), "([{<") &&
                   is_one_of(view_at(view, token->end), ")]}>");
    return *ret_bracket ||
           (view_at(view, token->start - 1u) == ' ' && view_at(view, token->end) == ' ');
}

/* Behind the word at i: over a bracket and blanks. */
static size_t over(const struct view *view, size_t i)
{
    while (is_one_of(view_at(view, i), " )]}>"))
        i++;
    return i;
}

/* The end of "example dot com", "example (dot) co (dot) uk", "example.com"; 0 without any dot. */
static size_t spelt_domain(const struct view *view, size_t t, bool bracket)
{
    size_t i = over(view, view->token[t].end);
    size_t dots = 0;
    bool dot;

    if (!is_alnum(view_at(view, i)))
        return 0;
    for (; t + 1 < view->tokens && dots < 4; t++) {
        const struct token *next = &view->token[t + 1];

        if (next->start < i)
            continue;
        if (next->start > i && spelt(view, t + 1, false, &dot) && next->start - i <= 2 &&
            is_alnum(view_at(view, over(view, next->end)))) {
            i = over(view, next->end);
            dots++;
            continue;
        }
        if (next->start != i)
            break;
        i = next->end;
        while (is_one_of(view_at(view, i), ".-") && is_alnum(view_at(view, i + 1))) {
            dots += bracket && view->at[i] == '.';
            i++;
        }
    }
    return dots ? i : 0;
}

static void spelt_add(struct view *view, size_t t)
{
    bool bracket;

    if (!spelt(view, t, true, &bracket))
        return;
    size_t end = spelt_domain(view, t, bracket);
    size_t start = view->token[t].start - 1u;
    while (start > 0 && view->token[t].start - start < 4 && view_at(view, start - 1) == ' ')
        start--;
    size_t local = start;
    while (local > 0 && start - local < WINDOW && local_character(view_at(view, local - 1)))
        local--;
    if (end && local < start)
        hits_put(view, local, end, REDACT_EMAIL, RULE_EMAIL_SPELT, 0.8f);
}

void recognise_email(struct view *view)
{
    size_t i = 0;

    while (view->signs & SIGN_AT && i < view->len) {
        const uint8_t *at = memchr(view->at + i, '@', view->len - i);

        if (!at)
            break;
        i = address_at(view, (size_t)(at - view->at));
    }
    if (!(view->asks & ASK_CUE))
        return;
    for (size_t t = 1; t < view->tokens; t++)
        if (view->token[t].asks & ASK_CUE)
            spelt_add(view, t);
}
