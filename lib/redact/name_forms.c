/* Forms of names: "DOE, JOHN A", "John Doe", "J. Smith", one word alone. */

#include "redact/name_evidence.h"
#include "redact/value.h"

/* A word of the same shape stands before token t and begins what is said: "LONE WOLF, ORVILLE". */
static bool segment_before(const struct view *view, size_t t)
{
    if (t == 0)
        return false;
    const struct token *before = &view->token[t - 1];
    return before->shape == view->token[t].shape && is_capital(view, before) &&
           class_of(before)->ordinary < 3 && gap_after(view, t - 1) == GAP_BLANK &&
           !token_has(before, WORD(LABEL) | WORD(SPEAKS) | WORD(BRAND) | WORD(CLINICAL)) &&
           (t == 1 || gap_after(view, t - 2) == GAP_OTHER);
}

/* "DOE, JOHN A", "de la Cruz, Ana" */
size_t comma_form(struct view *view, size_t t)
{
    const struct token *family = &view->token[t];
    const struct token *given = family + 1;

    if (gap_after(view, t) != GAP_COMMA || !is_word(given) ||
        (given->shape == TOKEN_LOWER && (token_len(given) == 1 || class_of(given)->ordinary == 3)))
        return t;
    bool capital =
        is_capital(view, family) && (is_capital(view, given) || given->shape == TOKEN_INITIAL);
    bool pure = is_pure(family) && is_pure(given);
    int odds = family_odds(view, family) + given_odds(given) + (capital ? 2 : pure ? 0 : -2);
    if (is_strange(given))
        odds += (capital ? 2 : prior_of(view) ? 1 : 0) + likeness(view, given);
    if (given->shape == TOKEN_INITIAL && view_at(view, given->end) != '.')
        odds -= 2;
    if (!name_judge(view, t, t + 1, RULE_NAME_COMMA, odds, view->clinical ? 3 : 5))
        return t;
    size_t last = extend_forward(view, t + 1, true);
    size_t first = extend_back(view, t);
    if (first == t && segment_before(view, t))
        first--;
    name_add(view, first, last, RULE_NAME_COMMA, 0.9f);
    return last;
}

static int pair_bar(const struct view *view, const struct token *a, const struct token *b,
                    enum gap gap)
{
    /* "Ji-woo" */
    bool halves = gap == GAP_SIGN && view_at(view, a->end) == '-' && a->shape == TOKEN_TITLE &&
                  b->shape == TOKEN_LOWER;
    bool hyphen = halves && is_pure(a) && class_of(b)->ordinary < 2;
    bool capital = is_capital(view, a) && (is_capital(view, b) || hyphen);
    int bar = capital ? 5 : is_pure(a) && is_pure(b) ? 7 - view->small : 8;

    /* "Min-jun": both halves are names, whatever else they are */
    if (halves && class_of(a)->given > 1 && class_of(b)->given > 1 && token_len(a) < 6 &&
        token_len(b) < 6)
        return -4;
    if (gap == GAP_NONE)
        return capital ? 7 : 99;
    if (gap == GAP_SIGN && !capital)
        bar = view->clinical ? 6 : 7;
    if (a->shape != b->shape && capital && !hyphen)
        bar++;
    /* Two words that anybody may write are two words, unless capitals say that they are not. */
    if (!capital && gap == GAP_BLANK && class_of(a)->ordinary > 1 && class_of(b)->ordinary > 1)
        bar += 2;
    return bar - prior_of(view) - (prior_of(view) > 0);
}

/* Behind a given name that is no word, a capital word is its surname: "Nicole Wide". */
static bool surname_by_place(const struct view *view, const struct token *a, const struct token *b,
                             enum gap gap)
{
    return gap == GAP_BLANK && a->shape == b->shape && is_capital(view, a) &&
           class_of(b)->ordinary < 3 &&
           given_odds(a) >= (view->clinical || !view->balanced ? 4 : 6);
}

/* The second word of a pair behind token t, over an initial or particles between; 0: none. */
static size_t pair_second(const struct view *view, size_t t, enum gap *ret_gap)
{
    size_t n = t + 1;

    *ret_gap = gap_after(view, t);
    if (*ret_gap == GAP_OTHER || *ret_gap == GAP_COMMA || n >= view->tokens)
        return 0;
    if (view->token[n].shape == TOKEN_INITIAL && !token_has(&view->token[n], WORD(PARTICLE))) {
        enum gap behind = gap_after(view, n);

        if (behind != GAP_BLANK && behind != GAP_SIGN)
            return 0;
        n++;
    }
    for (size_t p = 0;
         p < 3 && n + 1 < view->tokens && token_has(&view->token[n], WORD(PARTICLE)) &&
         gap_after(view, n) == GAP_BLANK && (is_capital(view, &view->token[n + 1]) || p + 1 < 3);
         p++)
        n++;
    if (n >= view->tokens || !is_word(&view->token[n]) || view->token[n].shape == TOKEN_INITIAL)
        return 0;
    return n;
}

/* "Allen key", "John fell": a capital word and one in lower case that anybody may write. */
static bool is_word_behind(const struct view *view, const struct token *a, const struct token *b,
                           enum gap gap)
{
    return gap == GAP_BLANK && a->shape == TOKEN_TITLE && b->shape == TOKEN_LOWER &&
           class_of(b)->ordinary > 1 && view->mixed;
}

static int pair_odds(const struct view *view, const struct token *a, const struct token *b,
                     enum gap gap, bool *ret_known)
{
    /* Of a pair without a given name only strangers may be known. */
    *ret_known = class_of(a)->given > 0 || class_of(b)->given > 0;
    if (!*ret_known && (gap != GAP_BLANK || class_of(b)->ordinary > 0))
        return 0;
    int odds = given_odds(a) + family_odds(view, b);
    int turned = family_odds(view, a) + given_odds(b);

    /* Surname first is rarer, except where file names are made by machines. */
    if (gap != GAP_SIGN)
        turned -= 2;
    *ret_known = odds >= turned ? class_of(a)->given > 0 : class_of(b)->given > 0;
    if (*ret_known || gap != GAP_BLANK || class_of(b)->ordinary > 0)
        return odds > turned ? odds : turned;
    /* In lower case only a text that speaks of people has strangers. */
    if (!is_capital(view, a)) {
        int like = likeness(view, a);

        *ret_known = prior_of(view) && is_strange(a) &&
                     (class_of(b)->family > 0 || (like > 0 && likeness(view, b) > 0));
        return 1 + family_odds(view, b) + like;
    }
    /* A stranger before a surname is its given name; two strangers need more than their shape. */
    if (is_strange(a) && class_of(b)->family > 1) {
        *ret_known = true;
        return (odds > turned ? odds : turned) + 2;
    }
    /* Two names and nothing else, both rare as given names: "Wanjiru Kamau", "Garcia Lopez". */
    if (class_of(a)->family > 1 && is_pure(a) && (is_strange(b) || class_of(b)->family > 1) &&
        a->shape == TOKEN_TITLE && b->shape == TOKEN_TITLE && class_of(a)->place < 2 &&
        class_of(b)->place < 2 && !token_has(a, WORD(EPONYM)) && !token_has(b, WORD(EPONYM))) {
        *ret_known = true;
        return family_odds(view, a) + family_odds(view, b) - 2;
    }
    if (is_strange(a) && is_strange(b) && a->shape == b->shape && token_len(a) > 2 &&
        token_len(b) > 2) {
        *ret_known = true;
        return 1 + family_odds(view, b) + likeness(view, a);
    }
    return odds > turned ? odds : turned;
}

/* "Calvin Klein", "Harley-Davidson": two names that are one product's, unless a patient is spoken
 * of; "San Francisco", unless medicine is. */
static bool is_product(const struct view *view, size_t t)
{
    uint8_t word[2 * WORD_MAX] = {0};
    size_t first = token_len(&view->token[t]);
    size_t second = token_len(&view->token[t + 1]);

    if (prior_of(view) > 1 || first + second > WORD_MAX)
        return false;
    memcpy(word, view->lower + view->token[t].start, first);
    memcpy(word + first, view->lower + view->token[t + 1].start, second);
    view_step(view, first + second);
    const struct word_class *class = &lexicon_classes[lexicon_find(word, first + second)];
    return class->sets & WORD(BRAND) || (class->place > 1 && prior_of(view) == 0);
}

/* "RN ANA MARIA HARO": a given name that is a test as well, behind a title. */
static size_t given_before(const struct view *view, size_t t)
{
    if (t < 2 || gap_after(view, t - 1) != GAP_BLANK)
        return t;
    const struct token *before = &view->token[t - 1];
    bool called = before->shape == before[1].shape && class_of(before)->given > 0 &&
                  token_has(before - 1, WORD(CREDENTIAL) | WORD(TITLE));
    return called ? t - 1 : t;
}

size_t pair_form(struct view *view, size_t t)
{
    const struct token *a = &view->token[t];
    enum gap gap;
    size_t n = a->shape == TOKEN_INITIAL ? 0 : pair_second(view, t, &gap);
    bool known;

    if (!n)
        return t;
    const struct token *b = &view->token[n];
    if (is_word_behind(view, a, b, gap))
        return t;
    int odds = pair_odds(view, a, b, gap, &known);
    if (!known)
        return t;
    int bar = pair_bar(view, a, b, gap);
    if (gap == GAP_SIGN && beside_identifier(view, t, n, true))
        bar = 2;
    if (surname_by_place(view, a, b, gap))
        bar -= 4;
    else if (n > t + 1)
        bar -= 1;
    int context = context_before(view, t) + context_behind(view, n);
    bar -= context > 3 ? 3 : context;
    /* "in Sankt Xyzzyq" is a place. */
    if (t > 0 && token_has(&view->token[t - 1], WORD(LOCATIVE)) && is_unknown(a) && context < 2)
        bar += 3;
    if (token_has(a, WORD(EPONYM)) && token_has(b, WORD(EPONYM)) && gap == GAP_SIGN && context < 2)
        return t;
    if (!name_judge(view, t, n, RULE_NAME_PAIR, odds, bar) || is_eponym(view, n) ||
        (is_company(view, t, n) && context < 2))
        return t;
    if (n == t + 1 && context < 2 && is_product(view, t))
        return n;
    /* "Lake Victoria" is one too, "Stanley Cup", "San Francisco". */
    if (n == t + 1 && context < 2 && is_thing(view, t) && class_of(b)->family < 3)
        return n;
    size_t last = extend_forward(view, n, false);
    /* "Garcia Lopez, Maria" */
    if (gap_after(view, last) == GAP_COMMA && class_of(a)->given < 2 &&
        view->token[last + 1].shape == a->shape && class_of(&view->token[last + 1])->given > 0 &&
        class_of(&view->token[last + 1])->ordinary < 2)
        last = extend_forward(view, last + 1, true);
    name_add(view, given_before(view, t), last, RULE_NAME_PAIR, 0.8f);
    /* "eview Garcia, Carol": some word before a name that is turned round. */
    if (class_of(a)->given == 0 || a->shape != b->shape)
        (void)comma_form(view, n);
    return last;
}

/* "Kenneth M.", "J. Smith", "Smith J" */
size_t initial_form(struct view *view, size_t t)
{
    const struct token *a = &view->token[t];
    const struct token *b = a + 1;
    enum gap gap = gap_after(view, t);

    if (t + 1 >= view->tokens || (gap != GAP_BLANK && gap != GAP_SIGN))
        return t;
    bool dotted = token_len(a) == 1 && view_at(view, a->end) == '.';
    bool behind = is_capital(view, a) && is_initial(view, t + 1);
    bool before = dotted && (is_capital(view, b) || (view->clinical && a->shape == TOKEN_LOWER));
    if (!behind && !before)
        return t;
    bool dot = view_at(view, behind ? b->end : a->end) == '.';
    int bar = (view->clinical || dot ? 2 : 4) - (context_before(view, t) > 1 ? 2 : 0);
    int odds =
        behind && likeness(view, a) < 2 ? name_odds(view, a) : family_odds(view, behind ? a : b);
    if (!name_judge(view, t, t + 1, RULE_NAME_INITIAL, odds, bar) || is_eponym(view, t))
        return t;
    if (before && a->start > 0 && view_at(view, a->start - 1u) == '.')
        return t;
    name_add(view, t, t + 1, RULE_NAME_INITIAL, 0.7f);
    return t + 1;
}

static int single_bar(const struct view *view, size_t t, bool beside, int context)
{
    static const int8_t capitals[] = {4, 3, 2};
    static const int8_t lowers[] = {99, 6, 3};
    static const int8_t smalls[] = {99, 4, 3}; /* where nothing has capitals */
    const struct token *token = &view->token[t];
    bool capital = is_capital(view, token);
    int prior = prior_of(view);

    if (capital && view->clinical && is_unknown(token) && beside_identifier(view, t, t, false))
        return 0;
    if (beside && view->clinical)
        return capital ? 1 : 4;
    int bar = capital ? capitals[prior] : view->small ? smalls[prior] : lowers[prior];
    if (context >= 3)
        return capital ? 0 : 2;
    if (token_has(token, WORD(EPONYM)))
        bar += 3;
    if (token_has(token, WORD(BRAND)) && prior < 2)
        bar += 2;
    if (class_of(token)->place > 1 && class_of(token)->given < 3)
        bar += class_of(token)->place;
    return bar - context;
}

/* "Thanks, Will", "Hello April,": who is greeted has a given name, whatever it means. */
static bool greeted(const struct view *view, size_t t)
{
    const struct token *token = &view->token[t];
    uint8_t behind = view_at(view, token->end);

    return t > 0 && token_has(token - 1, WORD(GREETING)) && token->shape == TOKEN_TITLE &&
           class_of(token)->given > 1 && token->start - token[-1].end <= 2 &&
           (behind == 0 || is_one_of(behind, ",.!?"));
}

/* What one word alone brings: a stranger too, where people are spoken of, and in a sentence. */
static int single_odds(const struct view *view, size_t t, int context)
{
    const struct token *token = &view->token[t];
    int odds = name_odds(view, token);

    if (greeted(view, t) && odds < 3)
        return 3;
    if (!is_strange(token))
        return odds;
    int base = family_odds(view, token);
    if (t > 0 && view->prose && token->shape == TOKEN_TITLE && token_len(token) > 3)
        base = 3 + likeness(view, token);
    else if (view->clinical || context > 2)
        base = 2 + (likeness(view, token) > 0 ? likeness(view, token) : 0);
    return base > odds ? base : odds;
}

/* "I am German": no name, unless "my name is". */
static bool is_of_country(const struct view *view, size_t t)
{
    return t > 1 && token_has(&view->token[t - 1], WORD(INTRO)) &&
           !view_is_word(view, view->token[t - 2].start, "name");
}

/* A word that says something else: an abbreviation among words, the start of a product's name. */
static bool single_is_other(const struct view *view, size_t t, int context)
{
    const struct token *token = &view->token[t];
    const struct word_class *class = class_of(token);

    if (is_eponym(view, t) || (class->ordinary == 3 && !greeted(view, t)) ||
        class->sets & (WORD(LABEL) | WORD(SPEAKS) | WORD(FILLER) | WORD(GREETING) | WORD(UNSAFE)))
        return true;
    if (class->sets & (WORD(EPONYM) | WORD(COUNTRY) | WORD(STATE_NAME)) && prior_of(view) < 2 &&
        context < 2)
        return true;
    if (class->sets & WORD(COUNTRY) &&
        (is_of_country(view, t) || (class->given < 2 && context < 3)))
        return true;
    /* Half a word: "MiniMed". */
    uint8_t before = token->start > 0 ? view_at(view, token->start - 1u) : 0;
    if (is_letter(view_at(view, token->end)) || is_letter(before) ||
        (is_strange(token) && (is_digit(view_at(view, token->end)) || is_digit(before))))
        return true;
    bool weak = class->given < 2 && class->family < 2;
    if (token->shape == TOKEN_UPPER && view->mixed && context < 2 &&
        (token_len(token) < 4 ? class->family < 3 : token_len(token) < 6 && weak))
        return true;
    const struct token *next = token + 1;
    if (!is_strange(token) || context > 1 || t + 1 >= view->tokens ||
        gap_after(view, t) != GAP_BLANK)
        return false;
    if (token_has(next, WORD(BRAND) | WORD(COMPANY)))
        return true;
    return class_of(next)->ordinary == 3 &&
           !(next->shape == TOKEN_LOWER &&
             (likeness(view, token) > 0 || token_has(next, WORD(PERSON_VERB))));
}

/* "chart opened by wbanks": an initial and a surname, joined. */
static bool account_form(struct view *view, size_t t)
{
    const struct token *token = &view->token[t];
    size_t len = token_len(token) - 1;

    if (token->shape != TOKEN_LOWER || len < 4 || !is_unknown(token) || !context_before(view, t))
        return false;
    const struct word_class *rest =
        &lexicon_classes[lexicon_find(view->lower + token->start + 1, len)];
    if (rest->family < 2 || rest->ordinary > 1 + (rest->family > 2))
        return false;
    name_add(view, t, t, RULE_NAME_ACCOUNT, 0.5f);
    return true;
}

/* "J.K.", "J.R.T." in a text that speaks of a patient. */
size_t initials_form(struct view *view, size_t t)
{
    const struct token *a = &view->token[t];
    const struct token *b = a + 1;
    size_t last = t;

    if (!view->clinical || a->shape != TOKEN_INITIAL || view_at(view, a->end) != '.')
        return t;
    while (last + 1 < view->tokens && last - t < 3 &&
           view->token[last + 1].shape == TOKEN_INITIAL &&
           view->token[last + 1].start == view->token[last].end + 1u &&
           view_at(view, view->token[last + 1].end) == '.')
        last++;
    const struct token *next = &view->token[last + 1];
    if (last == t || (last + 1 < view->tokens &&
                      (next->start < view->token[last].end + 2u || token_has(next, WORD(FILLER)))))
        return t;
    if (view_at(view, a->start) == 'u' && view_at(view, b->start) == 's')
        return t;
    name_add(view, t, last, RULE_NAME_INITIALS, 0.5f);
    return last;
}

/* "call Marsh", where people are spoken of: a capital in a sentence says that it is no word. */
static bool in_person(const struct view *view, size_t t, int context)
{
    return context > 0 && prior_of(view) && view->prose && t > 0 &&
           view->token[t].shape == TOKEN_TITLE && class_of(&view->token[t])->ordinary == 2;
}

static bool is_foreign(const struct view *view, size_t t)
{
    const struct token *token = &view->token[t];

    return view->at[token->start] == VIEW_LETTER && view->at[token->end - 1] == VIEW_LETTER;
}

/* Words of another alphabet in a sentence of this one, or where people are spoken of: mostly it is
 * somebody's name that is written as it is at home. */
static size_t foreign_form(struct view *view, size_t t)
{
    size_t last = t;

    while (last - t < 3 && last + 1 < view->tokens && gap_after(view, last) == GAP_BLANK &&
           is_foreign(view, last + 1))
        last++;
    if (!view->prose && !prior_of(view) && !context_before(view, t) && !context_behind(view, last))
        return t;
    name_add(view, t, last, RULE_NAME_SINGLE, 0.5f);
    return last;
}

/* "XU - BNP 2.7": whose results they are. */
static bool heads_results(const struct view *view)
{
    const struct token *token = &view->token[0];
    const struct word_class *class = class_of(token);

    return view->tokens > 2 && token[0].end + 3u == token[1].start && !is_word(&token[2]) &&
           view_is(view, token->end, " - ") && is_capital(view, token) && class->ordinary < 2 &&
           (class->family > 1 || class->given > 1) && !(class->sets & WORD(EPONYM)) &&
           token_has(&token[1], WORD(CLINICAL));
}

/* One word alone: a common name that is no word, or any where an identifier stands beside it. */
size_t single_form(struct view *view, size_t t)
{
    const struct token *token = &view->token[t];
    const struct word_class *class = class_of(token);
    if (is_foreign(view, t))
        return foreign_form(view, t);
    if (t == 0 && heads_results(view))
        name_add(view, 0, 0, RULE_NAME_SINGLE, 0.5f);
    if (token_len(token) < 3)
        return t;
    if (account_form(view, t))
        return t;
    bool beside = beside_identifier(view, t, t, true);
    int context = context_before(view, t) + context_behind(view, t);
    bool weak = class->given < 2 && class->family < 3 && prior_of(view) == 0 && !beside;

    if (class->ordinary > 1 && !beside && context < 2 && !in_person(view, t, context))
        return t;
    /* What is judged all the same is for explanations. */
    if (weak && context == 0 && !view->notes)
        return t;
    int bar = single_bar(view, t, beside, context);
    if (single_is_other(view, t, context) ||
        !name_judge(view, t, t, RULE_NAME_SINGLE, single_odds(view, t, context), bar))
        return t;
    if (context < 2 && (is_company(view, t, t) || is_thing(view, t)))
        return t;
    if (context < 2 && t + 1 < view->tokens && gap_after(view, t) == GAP_BLANK &&
        is_product(view, t))
        return t + 1;
    if (weak && context + (context > 0 ? likeness(view, token) : 0) < 2)
        return t;
    name_add(view, extend_back(view, t), t, RULE_NAME_SINGLE, 0.5f);
    return t;
}
