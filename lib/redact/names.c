/*
 * Names of people: one pass over the words
 *
 * Most words are no part of a name and end at a look at their class; the others are asked for each
 * form. Afterwards words of names that were found are looked for alone: "Jane Doe … Doe's labs".
 */

#include "redact/name_evidence.h"

#define MEMORY 8

/* Words that name somebody here, by their tokens. */
struct memory {
    uint16_t token[MEMORY];
    size_t count;
};

/* "[name] and Shah", "Block or [name]": who is named in one breath with somebody. */
static bool named_with(const struct view *view, size_t t)
{
    static const char *const links[] = {" and ", " or ", " & ", "/"};
    const struct token *token = &view->token[t];
    const struct word_class *class = class_of(token);
    const uint8_t name = VIEW_PLACEHOLDER + REDACT_NAME;

    if (token->shape != TOKEN_TITLE || class->ordinary == 3 ||
        (class->given < 2 && class->family < 2 && !is_strange(token)))
        return false;
    for (size_t n = 0; n < sizeof(links) / sizeof(links[0]); n++) {
        size_t len = strlen(links[n]);

        if ((view_is(view, token->end, links[n]) && view_at(view, token->end + len) == name) ||
            (token->start > len && view_is(view, token->start - len, links[n]) &&
             view_at(view, token->start - len - 1) == name))
            return true;
    }
    return false;
}

/* What an earlier round took out is a name: so is a capital word with a comma before it, or an
 * initial behind it. */
static void name_neighbours(struct view *view, size_t t)
{
    const struct token *token = &view->token[t];
    size_t i = token->end;
    const uint8_t name = VIEW_PLACEHOLDER + REDACT_NAME;

    if (is_capital(view, token) && class_of(token)->ordinary < 2 && view_at(view, i) == ',') {
        i += view_at(view, i + 1) == ' ' ? 2 : 1;
        if (view_at(view, i) == name)
            name_add(view, t, t, RULE_NAME_BESIDE, 0.6f);
    }
    if (named_with(view, t))
        name_add(view, t, t, RULE_NAME_BESIDE, 0.5f);
    i = token->start;
    if (i < 2 || !(view_at(view, i - 2) == name || view_at(view, i - 1) == name))
        return;
    uint8_t c = view_at(view, i - 1);
    if (c != ' ' && c != '-' && c != '_' && c != '.' && c != '^' && c != name)
        return;
    bool joined = c == '-' || c == '_' || c == '.' || c == '^';
    bool known = class_of(token)->family > 1 && class_of(token)->ordinary < 2;
    bool surname = c != name && token_len(token) > 1 &&
                   (is_capital(view, token) || joined || (known && prior_of(view)));
    if (is_initial(view, t) ||
        (surname && (is_strange(token) || known ||
                     (joined && (class_of(token)->ordinary == 0 ||
                                 (c == '-' && class_of(token)->family > 1))))))
        name_add(view, t, t, RULE_NAME_BESIDE, 0.5f);
}

/* A word that may be part of a name: a name by the lexicon, or one that it does not know. */
static bool may_name(const struct token *token)
{
    const struct word_class *class = class_of(token);

    return class->given || class->family || !class->ordinary;
}

/* True when nothing that begins with token t can be a name: an ordinary word before another. */
static bool is_ordinary_pair(const struct view *view, size_t t)
{
    const struct token *token = &view->token[t];

    return !may_name(token) && token->shape != TOKEN_INITIAL && !(token[1].asks & ASK_NAME) &&
           token[1].shape != TOKEN_INITIAL && !token_has(&token[1], WORD(PARTICLE));
}

/* True when no form is worth a call: neither this word nor the next may be part of a name, and what
 * was found beside it draws only other words along. */
static bool is_idle(const struct view *view, size_t t)
{
    const struct token *token = &view->token[t];

    return !((token->asks | token[1].asks) & ASK_NAME) && token_len(token) > 1 &&
           class_of(token)->ordinary > 1 && is_ordinary_pair(view, t);
}

/* Each form by what must stand behind the word for it. */
static size_t forms_at(struct view *view, size_t t)
{
    const struct token *token = &view->token[t];
    enum gap gap = gap_after(view, t);
    size_t last = t;

    if (token->shape == TOKEN_INITIAL)
        last = initials_form(view, t);
    else if (gap == GAP_COMMA)
        last = comma_form(view, t);
    else if (gap != GAP_OTHER)
        last = pair_form(view, t);
    if (last == t && (gap == GAP_BLANK || gap == GAP_SIGN) &&
        (token_len(token) == 1 || token_len(token + 1) == 1))
        last = initial_form(view, t);
    return last == t ? single_form(view, t) : last;
}

static void remember(const struct view *view, struct memory *memory, size_t first, size_t last)
{
    for (size_t t = first; t <= last && memory->count < MEMORY; t++) {
        const struct token *token = &view->token[t];

        if (token_len(token) >= 3 && class_of(token)->ordinary < 2 &&
            !token_has(token, WORD(PARTICLE)) && hits_cover(view, token->start))
            memory->token[memory->count++] = (uint16_t)t;
    }
}

static bool remembered(const struct view *view, const struct memory *memory,
                       const struct token *token)
{
    for (size_t n = 0; n < memory->count; n++) {
        const struct token *known = &view->token[memory->token[n]];

        if (token_len(known) == token_len(token) && known->start != token->start &&
            memcmp(view->lower + known->start, view->lower + token->start, token_len(token)) == 0)
            return true;
    }
    return false;
}

static void names_again(struct view *view, const struct memory *memory)
{
    for (size_t t = 0; memory->count && t < view->tokens; t++)
        if (is_word(&view->token[t]) && remembered(view, memory, &view->token[t]))
            name_add(view, t, t, RULE_NAME_AGAIN, 0.6f);
}

void recognise_names(struct view *view)
{
    const uint64_t labels = WORD(NAME_LABEL) | WORD(NAME_HINT) | WORD(GREETING) | WORD(RELATION) |
                            WORD(NAME_KEY) | WORD(USER);
    bool all = view->clinical || !view->plain;
    struct memory memory = {.count = 0};

    if (!all && !(view->asks & ASK_NAME))
        return;

    for (size_t t = 0; t < view->tokens; t++) {
        const struct token *token = &view->token[t];

        if (all ? is_idle(view, t) : !(token->asks & ASK_NAME) && !(token[1].asks & ASK_GIVEN))
            continue;
        if (!is_word(token) || view_machine_made(view, token->start))
            continue;
        if (token_has(token, labels))
            label_form(view, t);
        if (token_has(token, WORD(HOME_FOLDER)))
            home_form(view, t);
        if (!view->plain)
            name_neighbours(view, t);
        /* A word that is none comes into question only before a name: "WIDE, NICOLE". */
        bool may = may_name(token) || (is_capital(view, token) && token[1].asks & ASK_GIVEN);
        if (!may && (!view->clinical || is_ordinary_pair(view, t)))
            continue;
        size_t last = forms_at(view, t);
        if (hits_cover(view, token->start))
            remember(view, &memory, t, last);
        t = last;
    }
    names_again(view, &memory);
}
