/*
 * Names of people: additive evidence
 *
 * A word brings odds of its own (how common a given name or surname it is, against how ordinary a
 * word), its shape and its neighbours bring the rest, and a text that speaks of a patient lowers
 * the bar. Case is a hint only: records are in capitals and file names in lower case.
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

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '+';
}

static bool is_word(const struct token *token)
{
    return token->shape != TOKEN_NUMBER;
}

static bool is_capital(const struct token *token)
{
    return token->shape == TOKEN_TITLE || token->shape == TOKEN_UPPER;
}

static enum gap gap_after(const struct view *view, size_t t)
{
    if (t + 1 >= view->tokens)
        return GAP_OTHER;
    size_t start = view->token[t].end;
    size_t len = view->token[t + 1].start - start;
    uint8_t first = view_at(view, start);
    uint8_t second = view_at(view, start + 1);

    if (len == 0)
        return GAP_NONE;
    if (first == '.' && len > 1 && view->token[t].end - view->token[t].start <= 3) {
        first = second;
        len--;
    }
    if (len == 1)
        return is_blank(first)                  ? GAP_BLANK
               : first && strchr("_.-^", first) ? GAP_SIGN
               : first == ','                   ? GAP_COMMA
                                                : GAP_OTHER;
    if (len == 2 && first == ',' && is_blank(second))
        return GAP_COMMA;
    return len == 2 && is_blank(first) && is_blank(second) ? GAP_BLANK : GAP_OTHER;
}

static int penalty(struct word_class class)
{
    static const int8_t by_ordinary[] = {0, 1, 2, 4};

    return by_ordinary[class.ordinary];
}

static bool is_unknown(struct word_class class)
{
    return class.given == 0 && class.family == 0 && class.ordinary == 0;
}

static int given_odds(const struct token *token)
{
    return 2 * class_of(token)->given - penalty(*class_of(token));
}

/* A word that nobody knows is a surname as likely as not. */
static int family_odds(const struct token *token)
{
    if (is_unknown(*class_of(token)) && token->end - token->start > 1)
        return 2;
    return 2 * class_of(token)->family - penalty(*class_of(token));
}

static int name_odds(const struct token *token)
{
    int given = given_odds(token);
    int family = is_unknown(*class_of(token)) ? 0 : family_odds(token);

    return given > family ? given : family;
}

static bool token_is(const struct view *view, const struct token *token, const char *word)
{
    view_step(view, 1);
    if (view->lower[token->start] != (uint8_t)word[0])
        return false;
    size_t len = strlen(word);
    view_step(view, len);
    return (size_t)(token->end - token->start) == len &&
           memcmp(view->lower + token->start, word, len) == 0;
}

static bool token_in(const struct view *view, const struct token *token, const char *const *words,
                     size_t count)
{
    for (size_t w = 0; w < count; w++)
        if (token_is(view, token, words[w]))
            return true;
    return false;
}

#define IN(view, token, words) token_in((view), (token), (words), sizeof(words) / sizeof(*(words)))

static bool is_suffix(const struct view *view, const struct token *token)
{
    static const char *const words[] = {"jr", "sr", "ii", "iii", "iv"};

    return IN(view, token, words);
}

static bool is_particle(const struct view *view, const struct token *token)
{
    static const char *const words[] = {"de", "la",  "del", "van", "von", "der", "den", "di",
                                        "da", "dos", "el",  "al",  "bin", "ben", "st",  "san",
                                        "le", "du",  "mc",  "mac", "o",   "y",   "los", "las"};

    return IN(view, token, words);
}

/* "Parkinson disease", "Cushing's sign": a name that names no patient. */
static bool is_eponym(const struct view *view, size_t t)
{
    static const char *const words[] = {
        "disease",   "syndrome",    "sign",       "score",          "scale",   "criteria",
        "test",      "lymphoma",    "palsy",      "reflex",         "study",   "index",
        "disorder",  "anemia",      "phenomenon", "tumor",          "sarcoma", "fracture",
        "catheter",  "maneuver",    "esophagus",  "stain",          "crisis",  "dementia",
        "protocol",  "guidelines",  "node",       "classification", "chorea",  "thyroiditis",
        "procedure", "contracture",
    };
    size_t next = t + 1;

    if (next < view->tokens && token_is(view, &view->token[next], "s"))
        next++;
    return next < view->tokens && view->token[next].start - view->token[t].end <= 3 &&
           IN(view, &view->token[next], words);
}

/* The dot of an initial or of an abbreviation belongs to it. */
static size_t end_of(const struct view *view, size_t t)
{
    const struct token *token = &view->token[t];

    return token->shape == TOKEN_INITIAL && view_at(view, token->end) == '.' ? token->end + 1u
                                                                             : token->end;
}

/* Double surnames, middle names, initials and suffixes behind a name that ends with token last. */
static size_t extend_forward(const struct view *view, size_t last, bool given_follow)
{
    for (size_t n = 0; n < 3 && last + 1 < view->tokens; n++) {
        const struct token *next = &view->token[last + 1];
        enum gap gap = gap_after(view, last);

        if (!is_word(next) || gap == GAP_OTHER || gap == GAP_NONE)
            break;
        bool same = next->shape == view->token[last].shape || is_capital(next);
        bool more = next->shape == TOKEN_INITIAL || is_suffix(view, next) ||
                    (gap != GAP_COMMA && same && next->shape != TOKEN_LOWER &&
                     (given_follow ? name_odds(next) >= 2 : family_odds(next) >= 3));
        if (!more || (gap == GAP_COMMA && !is_suffix(view, next)))
            break;
        last++;
    }
    return last;
}

/* Particles and the first half of a double surname before token first. */
static size_t extend_back(const struct view *view, size_t first)
{
    for (size_t n = 0; n < 3 && first > 0; n++) {
        const struct token *before = &view->token[first - 1];
        enum gap gap = gap_after(view, first - 1);

        if (!is_word(before) || (gap != GAP_BLANK && gap != GAP_SIGN))
            break;
        bool half = gap == GAP_SIGN && is_capital(before) && family_odds(before) >= 2;
        if (!is_particle(view, before) && !half)
            break;
        first--;
    }
    return first;
}

static void name_add(struct view *view, size_t first, size_t last, float score)
{
    hits_add(view, view->token[first].start, end_of(view, last), REDACT_NAME, score);
}

/* "DOE, JOHN A", "de la Cruz, Ana": returns the last token, or t. */
static size_t comma_form(struct view *view, size_t t)
{
    const struct token *family = &view->token[t];
    const struct token *given = family + 1;

    if (gap_after(view, t) != GAP_COMMA || !is_word(given))
        return t;
    bool capital = is_capital(family) && (is_capital(given) || given->shape == TOKEN_INITIAL);
    int odds = family_odds(family) + given_odds(given) + (capital ? 2 : -2);
    if (is_unknown(*class_of(given)) && capital)
        odds += 2;
    if (given->shape == TOKEN_INITIAL && view_at(view, given->end) != '.')
        odds -= 2;
    if (odds < (view->clinical ? 3 : 5))
        return t;
    size_t last = extend_forward(view, t + 1, true);
    name_add(view, extend_back(view, t), last, 0.9f);
    return last;
}

/* "John Doe", "JOHN Q. PUBLIC", "doe_john" */
static int pair_bar(const struct view *view, const struct token *a, const struct token *b,
                    enum gap gap)
{
    bool capital = is_capital(a) && is_capital(b);
    int bar = capital ? 5 : 8;

    if (gap == GAP_NONE)
        return capital ? 7 : 99;
    if (gap == GAP_SIGN && !capital)
        bar = view->clinical ? 6 : 7;
    if (a->shape != b->shape && capital)
        bar++;
    return view->clinical ? bar - 2 : bar;
}

/* True when what was found, or a number, stands one sign before or behind tokens [first, last]. */
static bool beside_identifier(const struct view *view, size_t first, size_t last, const char *signs)
{
    size_t start = view->token[first].start;
    size_t end = view->token[last].end;

    if (start > 1 && hits_cover(view, start - 2) && strchr(signs, view_at(view, start - 1)) &&
        view->at[start - 1])
        return true;
    uint8_t c = view_at(view, end);
    return c && strchr(signs, c) && end + 1 < view->len &&
           (hits_cover(view, end + 1) || is_placeholder(view_at(view, end + 1)));
}

/* Behind a given name that is no word, a capital word is its surname: "Nicole Wide". */
static bool surname_by_place(const struct view *view, const struct token *a, const struct token *b,
                             enum gap gap)
{
    return gap == GAP_BLANK && a->shape == b->shape && is_capital(a) && class_of(b)->ordinary < 3 &&
           given_odds(a) >= (view->clinical || !view->balanced ? 4 : 6);
}

static size_t pair_form(struct view *view, size_t t)
{
    const struct token *a = &view->token[t];
    enum gap gap = gap_after(view, t);
    size_t n = t + 1;

    if (n < view->tokens && view->token[n].shape == TOKEN_INITIAL && gap != GAP_OTHER &&
        (gap_after(view, n) == GAP_BLANK || gap_after(view, n) == GAP_SIGN))
        n++;
    if (n >= view->tokens || gap == GAP_OTHER || gap == GAP_COMMA || !is_word(&view->token[n]))
        return t;
    const struct token *b = &view->token[n];
    if (b->shape == TOKEN_INITIAL || a->shape == TOKEN_INITIAL)
        return t;
    int odds = given_odds(a) + family_odds(b);
    int turned = family_odds(a) + given_odds(b);
    /* Surname first is rarer, except where file names are made by machines. */
    if (gap != GAP_SIGN)
        turned -= 2;
    bool known = odds >= turned ? class_of(a)->given > 0 : class_of(b)->given > 0;
    if (!known && is_capital(a) && is_unknown(*class_of(a)) && class_of(b)->family > 1 &&
        class_of(b)->ordinary == 0 && gap == GAP_BLANK) {
        known = true;
        odds += 2;
    }
    int bar = pair_bar(view, a, b, gap);
    if (gap == GAP_SIGN && beside_identifier(view, t, n, "_-. +"))
        bar = 2;
    if (n > t + 1 || surname_by_place(view, a, b, gap))
        bar -= n > t + 1 ? 1 : 4;
    if (!known || (odds > turned ? odds : turned) < bar || is_eponym(view, n))
        return t;
    size_t last = extend_forward(view, n, false);
    name_add(view, t, last, 0.8f);
    return last;
}

/* "Kenneth M.", "J. Smith", "Smith J" */
static size_t initial_form(struct view *view, size_t t)
{
    const struct token *a = &view->token[t];
    const struct token *b = a + 1;
    enum gap gap = gap_after(view, t);

    if (t + 1 >= view->tokens || (gap != GAP_BLANK && gap != GAP_SIGN))
        return t;
    bool behind = is_capital(a) && b->shape == TOKEN_INITIAL;
    bool before = a->shape == TOKEN_INITIAL && is_capital(b) && view_at(view, a->end) == '.';
    if (!behind && !before)
        return t;
    int odds = name_odds(behind ? a : b);
    bool dot = view_at(view, behind ? b->end : a->end) == '.';
    if (odds < (view->clinical || dot ? 2 : 4) || is_eponym(view, t))
        return t;
    if (before && a->start > 0 && view_at(view, a->start - 1u) == '.')
        return t;
    name_add(view, t, t + 1, 0.7f);
    return t + 1;
}

/* One word alone: a common name that is no word, or any where an identifier stands beside it. */
static size_t single_form(struct view *view, size_t t)
{
    const struct token *token = &view->token[t];
    bool capital = is_capital(token);
    bool beside = beside_identifier(view, t, t, "_-. +");
    int bar = capital ? 4 : 99;

    if (view->clinical)
        bar = capital ? 3 : 6;
    if (capital && view->clinical && is_unknown(*class_of(token)) &&
        beside_identifier(view, t, t, "_-.+"))
        bar = 0;
    else if (beside && view->clinical)
        bar = capital ? 1 : 4;
    if (token->end - token->start < 3 || name_odds(token) < bar || is_eponym(view, t))
        return t;
    if (class_of(token)->ordinary > 1 && !beside)
        return t;
    /* "Johnson & Johnson" */
    if (class_of(token)->given < 2 &&
        (view_is(view, token->end, " & ") ||
         (token->start > 2 && view_is(view, token->start - 3u, " & "))))
        return t;
    if (class_of(token)->given < 2 && class_of(token)->family < 3 && !view->clinical && !beside)
        return t;
    name_add(view, extend_back(view, t), t, 0.5f);
    return t;
}

/* What an earlier round took out is a name: so is a capital word with a comma before it, or an
 * initial behind it. */
static void name_neighbours(struct view *view, size_t t)
{
    const struct token *token = &view->token[t];
    size_t i = token->end;
    const uint8_t name = VIEW_PLACEHOLDER + REDACT_NAME;

    if (is_capital(token) && class_of(token)->ordinary < 2 && view_at(view, i) == ',') {
        i += view_at(view, i + 1) == ' ' ? 2 : 1;
        if (view_at(view, i) == name)
            name_add(view, t, t, 0.6f);
    }
    i = token->start;
    if (i < 2 || !(view_at(view, i - 2) == name || view_at(view, i - 1) == name))
        return;
    uint8_t c = view_at(view, i - 1);
    if (c != ' ' && c != '-' && c != '_' && c != name)
        return;
    bool surname = is_capital(token) && c != name && is_unknown(*class_of(token));
    if (token->shape == TOKEN_INITIAL || surname)
        name_add(view, t, t, 0.5f);
}

/* Words behind which a name stands; strong ones need no evidence from the name itself. */
static bool name_label(const struct view *view, const struct token *token, bool *ret_strong)
{
    static const char *const strong[] = {
        "patient",   "pt",  "name",    "mr",         "mrs",       "ms",
        "miss",      "dr",  "surname", "lastname",   "firstname", "fullname",
        "guarantor", "nok", "mister",  "subscriber", "prof"};
    static const char *const weak[] = {
        "for",      "re",     "with",   "from",    "to",     "by",     "dear",     "attn",
        "about",    "member", "client", "hi",      "and",    "wife",   "husband",  "son",
        "daughter", "mother", "father", "brother", "sister", "spouse", "resident", "hello"};

    *ret_strong = IN(view, token, strong);
    return *ret_strong || IN(view, token, weak);
}

/* "last_name=Doe&": the value of a key that says name, whatever it looks like. */
static bool key_value(struct view *view, const struct token *label)
{
    static const char *const keys[] = {"name",     "lastname", "firstname", "surname", "family",
                                       "given",    "fname",    "lname",     "patient", "fullname",
                                       "username", "user",     "login"};
    size_t i = label->end;
    size_t start;

    if (view_at(view, i) == '"')
        i++;
    if (view_at(view, i) != '=' || !IN(view, label, keys))
        return false;
    start = ++i;
    while (i - start < 2 * WINDOW && view_at(view, i) > ' ' && !strchr("&;#\"<>|", view->at[i]))
        i++;
    if (i > start)
        hits_add(view, start, i, REDACT_NAME, 0.9f);
    return true;
}

/* "user jdoe": what stands there is somebody's account, unless it is a word. */
static bool user_form(struct view *view, size_t t)
{
    static const char *const words[] = {"user", "username", "login", "logon"};
    const struct token *user = &view->token[t + 1];
    size_t gap = user->start - view->token[t].end;

    if (!IN(view, &view->token[t], words) || gap == 0 || gap > 2 || !is_word(user) ||
        !is_unknown(*class_of(user)) || user->end - user->start < 3)
        return false;
    hits_add(view, user->start, view_run_end(view, user->end), REDACT_NAME, 0.6f);
    return true;
}

/* A word that may be part of a name after a strong label: capital, and not of the trade. */
static bool may_follow(const struct token *token, bool colon)
{
    if (token->shape == TOKEN_INITIAL)
        return true;
    if (class_of(token)->ordinary == 3 && class_of(token)->given < 2 && class_of(token)->family < 3)
        return false;
    if (is_capital(token))
        return colon || class_of(token)->ordinary < 2 || class_of(token)->given ||
               class_of(token)->family;
    return colon && name_odds(token) >= 2;
}

static void label_form(struct view *view, size_t t)
{
    bool strong;
    bool colon = false;

    if (t + 1 >= view->tokens)
        return;
    if (key_value(view, &view->token[t]) || user_form(view, t))
        return;
    if (!name_label(view, &view->token[t], &strong))
        return;
    size_t next = t + 1;
    for (size_t i = view->token[t].end; i < view->token[next].start; i++) {
        uint8_t c = view_at(view, i);

        colon = colon || c == ':' || c == '=';
        if (i - view->token[t].end > 3 || c == 0 || !strchr(" .:=_-#\"'", c))
            return;
    }
    if (!is_word(&view->token[next]) || !may_follow(&view->token[next], strong && colon))
        return;
    bool stranger = view->clinical && next + 1 < view->tokens &&
                    is_capital(&view->token[next + 1]) && gap_after(view, next) == GAP_BLANK &&
                    is_unknown(*class_of(&view->token[next])) &&
                    class_of(&view->token[next + 1])->ordinary == 0;
    if (!strong && !stranger &&
        (!is_capital(&view->token[next]) ||
         name_odds(&view->token[next]) < (view->clinical ? 2 : 4)))
        return;
    size_t last = next;
    if (stranger && !strong)
        last++;
    while (strong && last - next < 3 && last + 1 < view->tokens &&
           is_word(&view->token[last + 1]) && gap_after(view, last) != GAP_OTHER &&
           may_follow(&view->token[last + 1], colon))
        last++;
    if (view->token[last].shape == TOKEN_INITIAL && last == next && !strong)
        return;
    name_add(view, next, last, strong ? 0.9f : 0.6f);
}

/* "C:\Users\jdoe\", "/home/jdoe/": who logs in is somebody, unless it is a word. */
static void home_form(struct view *view, size_t t)
{
    const struct token *token = &view->token[t];
    uint8_t before = token->start > 0 ? view_at(view, token->start - 1u) : 0;
    size_t i = token->end + 1u;
    size_t start = i;

    if ((!token_is(view, token, "users") && !token_is(view, token, "home")) ||
        (before != '/' && before != '\\') || view_at(view, token->end) != before)
        return;
    while (i - start < WINDOW && view_at(view, i) && view->at[i] != before)
        i++;
    if (t + 1 >= view->tokens || i == start)
        return;
    const struct token *user = token + 1;
    bool word = user->start == start && user->end == i && class_of(user)->ordinary > 0;
    if (!word || name_odds(user) >= 3)
        hits_add(view, start, i, REDACT_NAME, 0.6f);
}

void recognise_names(struct view *view)
{
    for (size_t t = 0; t < view->tokens; t++) {
        size_t last = t;

        if (!is_word(&view->token[t]) || view_machine_made(view, view->token[t].start))
            continue;
        label_form(view, t);
        home_form(view, t);
        name_neighbours(view, t);
        if (view->token[t].shape != TOKEN_INITIAL) {
            last = comma_form(view, t);
            if (last == t)
                last = pair_form(view, t);
        }
        if (last == t)
            last = initial_form(view, t);
        if (last == t)
            last = single_form(view, t);
        t = last;
    }
}
