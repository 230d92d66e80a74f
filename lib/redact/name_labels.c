/* Names by what labels them: words, keys of queries, accounts and home directories. */

#include "redact/name_evidence.h"
#include "redact/value.h"

/* "last_name=Doe&": the value of a key that says name, whatever it looks like. */
static bool key_value(struct view *view, const struct token *label)
{
    size_t i = label->end;
    size_t start;

    if (view_at(view, i) == '"')
        i++;
    if (view_at(view, i) != '=' || !token_has(label, WORD(NAME_KEY)))
        return false;
    start = ++i;
    while (i - start < 2 * WINDOW && view_at(view, i) > ' ' && view->at[i] < 0x80 &&
           !strchr("&;#\"<>|", view->at[i]))
        i++;
    if (i > start)
        hits_put(view, start, i, REDACT_NAME, RULE_NAME_KEY, 0.9f);
    return true;
}

/* "user jdoe": what stands there is somebody's account, unless it is a word. */
static bool user_form(struct view *view, size_t t)
{
    const struct token *user = &view->token[t + 1];
    size_t gap = user->start - view->token[t].end;

    if (!token_has(&view->token[t], WORD(USER)) || gap == 0 || gap > 2 || !is_word(user) ||
        !is_unknown(user) || token_len(user) < 3)
        return false;
    hits_put(view, user->start, view_run_end(view, user->end), REDACT_NAME, RULE_NAME_ACCOUNT,
             0.6f);
    return true;
}

/* A word that may be part of a name after a strong label: capital, and not of the trade. */
static bool may_follow(const struct view *view, const struct token *token, bool colon)
{
    const struct word_class *class = class_of(token);

    if (token->shape == TOKEN_INITIAL)
        return true;
    /* "Dr Ng" */
    if (token->shape == TOKEN_TITLE && class->family > 1 && token_has(token - 1, WORD(TITLE)))
        return true;
    if (class->ordinary == 3 && class->given < 2 && class->family < 3)
        return false;
    if (is_capital(view, token))
        return colon || class->ordinary < 2 || class->given || class->family;
    return colon && name_odds(view, token) >= 2;
}

/* Only blanks and such between label t and the word behind it; *ret_colon: one says "is". */
static bool label_gap_fits(const struct view *view, size_t t, bool *ret_colon)
{
    size_t start = view->token[t].end;

    *ret_colon = false;
    for (size_t i = start; i < view->token[t + 1].start; i++) {
        uint8_t c = view_at(view, i);

        *ret_colon = *ret_colon || c == ':' || c == '=';
        if (i - start > 3 || c == 0 || c >= 0x80 || !is_one_of(c, " .:=_-#\"'"))
            return false;
    }
    return true;
}

/* Two strangers behind "with": "with Xyzzyq Foobar". */
static bool is_stranger(const struct view *view, size_t next)
{
    return view->clinical && next + 1 < view->tokens && is_capital(view, &view->token[next + 1]) &&
           gap_after(view, next) == GAP_BLANK && is_unknown(&view->token[next]) &&
           class_of(&view->token[next + 1])->ordinary == 0;
}

static size_t label_last(const struct view *view, size_t next, bool colon)
{
    size_t last = next;

    while (last - next < 3 && last + 1 < view->tokens && is_word(&view->token[last + 1]) &&
           gap_after(view, last) != GAP_OTHER && may_follow(view, &view->token[last + 1], colon))
        last++;
    return last;
}

/* "with Xyzzy", "by Xyzzy" may be anything. */
static bool is_preposition(const struct view *view, const struct token *token)
{
    return token_has(token, WORD(LOCATIVE) | WORD(DAY_WORD) | WORD(TOWN_LINK)) ||
           view_is_word(view, token->start, "with") || view_is_word(view, token->start, "for");
}

/* "swap Block and Shah": two of whom each might be a word, and not both. */
static void both_form(struct view *view, size_t t)
{
    if (t + 2 >= view->tokens || !view_is(view, view->token[t].end, " and ") ||
        view->token[t + 2].start != view->token[t].end + 5u)
        return;
    const struct token *one = &view->token[t];
    const struct token *other = &view->token[t + 2];
    const struct word_class *a = class_of(one);
    const struct word_class *b = class_of(other);

    if (one->shape != TOKEN_TITLE || other->shape != TOKEN_TITLE || a->ordinary == 3 ||
        b->ordinary == 3 || (a->sets | b->sets) & (WORD(BRAND) | WORD(EPONYM)) ||
        !(a->family || a->given) || !(b->family || b->given) || a->family + b->family < 4 ||
        a->ordinary + b->ordinary > 3)
        return;
    name_add(view, t, t, RULE_NAME_LABEL, 0.5f);
    name_add(view, t + 2, t + 2, RULE_NAME_LABEL, 0.5f);
}

void label_form(struct view *view, size_t t)
{
    size_t next = t + 1;
    bool colon;

    if (next >= view->tokens || key_value(view, &view->token[t]) || user_form(view, t))
        return;
    const struct token *token = &view->token[next];
    bool strong = token_has(&view->token[t], WORD(NAME_LABEL));
    if (!strong && !token_has(&view->token[t], WORD(NAME_HINT) | WORD(GREETING) | WORD(RELATION)))
        return;
    if (!label_gap_fits(view, t, &colon) || !is_word(token) ||
        !may_follow(view, token, strong && colon))
        return;
    if (strong) {
        size_t last = label_last(view, next, colon);

        name_add(view, next, last, RULE_NAME_LABEL, 0.9f);
        return;
    }
    /* "Hunt and Hess grade" */
    if (token_has(token, WORD(EPONYM)) && prior_of(view) < 2 &&
        token_has(&view->token[t], WORD(TOWN_LINK) | WORD(LOCATIVE)))
        return;
    bool stranger = is_stranger(view, next);
    if (!is_preposition(view, &view->token[t]))
        both_form(view, next);
    int bar = view->clinical ? 2 : is_preposition(view, &view->token[t]) ? 5 : 4;
    if (!stranger && (!is_capital(view, token) ||
                      !name_judge(view, next, next, RULE_NAME_LABEL, name_odds(view, token), bar) ||
                      is_eponym(view, next)))
        return;
    if (token->shape != TOKEN_INITIAL)
        name_add(view, next, next + stranger, RULE_NAME_LABEL, 0.6f);
}

/* "C:\Users\jdoe\", "/home/jdoe/": who logs in is somebody, unless it is a word. */
void home_form(struct view *view, size_t t)
{
    const struct token *token = &view->token[t];
    uint8_t before = token->start > 0 ? view_at(view, token->start - 1u) : 0;
    size_t i = token->end + 1u;
    size_t start = i;

    if ((before != '/' && before != '\\') || view_at(view, token->end) != before)
        return;
    while (i - start < WINDOW && view_at(view, i) && view->at[i] != before)
        i++;
    if (t + 1 >= view->tokens || i == start)
        return;
    const struct token *user = token + 1;
    bool word = user->start == start && user->end == i && class_of(user)->ordinary > 0;
    if (!word || name_odds(view, user) >= 3)
        hits_put(view, start, i, REDACT_NAME, RULE_NAME_ACCOUNT, 0.6f);
}
