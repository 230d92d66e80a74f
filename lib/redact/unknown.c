/*
 * Strict: what is left must be known to be safe. All else goes.
 *
 * Safe are words of the trade; ordinary words that name nobody; and ordinary words that are names
 * as well, where the case and the neighbours say that they are words: "price list", not "J. Price".
 * Numbers are where they are too short to be somebody's, a year, or counted in a unit.
 */

#include "redact/patterns.h"
#include "redact/redact-private.h"

enum safety {
    SAFE,
    DOUBTFUL, /* safe unless it stands beside a name, or what is not safe */
    UNSAFE,
};

static size_t token_len(const struct token *token)
{
    return (size_t)token->end - token->start;
}

/* Word is lower with an ending that English puts behind words: its class without. */
static const struct word_class *stem_class(const struct view *view, const struct token *token)
{
    static const char *const ends[] = {"s", "es", "ed", "ing", "ly", "er", "ers", "al"};
    size_t len = token_len(token);

    for (size_t n = 0; n < sizeof(ends) / sizeof(ends[0]); n++) {
        size_t end = strlen(ends[n]);

        if (len < end + 4 || len > WORD_MAX || !view_is(view, token->end - end, ends[n]))
            continue;
        const struct word_class *class =
            &lexicon_classes[lexicon_find(view->lower + token->start, len - end)];
        if (class->ordinary > 1 && class->given < 2 && class->family < 2)
            return class;
    }
    return &lexicon_classes[0];
}

/* Lower case is how words are written; a capital is how names are, and how titles are. */
static enum safety class_safety(const struct word_class *class, enum token_shape shape)
{
    bool lower = shape == TOKEN_LOWER;
    uint8_t name = class->given > class->family ? class->given : class->family;

    if (class->ordinary == 3)
        return !lower && name > 1 && !(class->sets & WORD(MONTH)) ? DOUBTFUL : SAFE;
    if (class->ordinary > 0 && name == 0)
        return SAFE;
    if (class->sets & (WORD(BRAND) | WORD(COUNTRY) | WORD(STATE_NAME) | WORD(STATE)) && name < 3)
        return DOUBTFUL;
    if (class->ordinary == 2)
        return name < (lower ? 3 : 2) ? DOUBTFUL : UNSAFE;
    return class->ordinary == 1 && name < 2 ? DOUBTFUL : UNSAFE;
}

/* "Parkinson disease", "Wells score", "Crohn's" */
static bool eponym_at(const struct view *view, size_t t)
{
    size_t next = t + 1;

    if (!token_has(&view->token[t], WORD(EPONYM)))
        return false;
    if (next < view->tokens && token_len(&view->token[next]) == 1 &&
        view_is(view, view->token[t].end, "'s"))
        next++;
    return next < view->tokens && view->token[next].start - view->token[t].end <= 3 &&
           token_has(&view->token[next], WORD(EPONYM_HEAD) | WORD(CLINICAL));
}

/* A word among words of the trade, on both sides: prose. */
static bool in_prose(const struct view *view, size_t t)
{
    if (t == 0 || t + 1 >= view->tokens)
        return false;
    const struct token *token = &view->token[t];
    const struct token *near[] = {token - 1, token + 1};

    for (size_t n = 0; n < 2; n++)
        if (near[n]->shape != TOKEN_LOWER || class_of(near[n])->ordinary < 3)
            return false;
    return token->start == token[-1].end + 1u && token[1].start == token->end + 1u &&
           view_at(view, token->start - 1u) == ' ' && view_at(view, token->end) == ' ';
}

/* The whole run of letters around a token, as one word: "OneDrive" is two tokens. */
static bool run_is_safe(const struct view *view, const struct token *token)
{
    size_t start = view_run_start(view, token->start);
    size_t end = view_run_end(view, token->end);

    if (start == token->start && end == token->end)
        return false;
    return (end - start <= WORD_MAX &&
            lexicon_classes[lexicon_find(view->lower + start, end - start)].ordinary == 3) ||
           patterns_word_is_safe(view->redactor->patterns, view->lower + start, end - start);
}

/* Letters and digits together: "6th", "27F", "system32" are known, codes are not. */
static bool mixed_is_safe(const struct view *view, size_t t)
{
    const struct token *token = &view->token[t];
    size_t start = view_run_start(view, token->start);
    size_t end = view_run_end(view, token->end);
    size_t digits = 0;
    size_t letters = 0;
    size_t first = t;

    while (first > 0 && view->token[first - 1].start >= start)
        first--;
    for (size_t n = first; n < view->tokens && view->token[n].end <= end; n++) {
        if (n > first + 1)
            return false;
        if (view->token[n].shape == TOKEN_NUMBER)
            digits += token_len(&view->token[n]);
        else if (token_len(&view->token[n]) < 3 || class_of(&view->token[n])->ordinary == 3)
            letters++;
    }
    return letters == 1 && (digits <= 2 || (digits <= 4 && first + 1 < view->tokens &&
                                            token_has(&view->token[first + 1], WORD(AMOUNT))));
}

static bool touches(const struct view *view, const struct token *token, bool digit)
{
    uint8_t before = token->start > 0 ? view_at(view, token->start - 1u) : 0;
    uint8_t behind = view_at(view, token->end);

    return digit ? is_digit(before) || is_digit(behind) : is_letter(before) || is_letter(behind);
}

/* What is no word here whatever it means: "Thanks, Allegra", "Min-jun", "M.A." */
static bool is_called(const struct view *view, size_t t)
{
    const struct token *token = &view->token[t];

    if (token->shape == TOKEN_INITIAL)
        return view_at(view, token->end) == '.';
    if (token->shape != TOKEN_TITLE || class_of(token)->given == 0)
        return false;
    if (t > 0 && token_has(token - 1, WORD(GREETING)) && token->start - token[-1].end <= 2)
        return true;
    return t + 1 < view->tokens && view_at(view, token->end) == '-' &&
           token[1].start == token->end + 1u && token_len(token + 1) < 6 &&
           (class_of(token + 1)->given > 0 || class_of(token + 1)->ordinary == 0);
}

/* "House 12, Road 5": of an address. */
#define ADDRESS_WORDS                                                                              \
    (WORD(STREET) | WORD(STREET_WEAK) | WORD(STREET_HEAD) | WORD(STREET_TAIL) | WORD(UNIT) |       \
     WORD(DIRECTION) | WORD(POST_BOX))

static enum safety word_safety(const struct view *view, size_t t)
{
    const struct token *token = &view->token[t];

    if (patterns_word_is_safe(view->redactor->patterns, view->lower + token->start,
                              token_len(token)))
        return SAFE;
    if (touches(view, token, true))
        return mixed_is_safe(view, t) ? DOUBTFUL : UNSAFE;
    /* "MP Ueda" */
    if (token_len(token) == 2 && token->shape == TOKEN_UPPER && !token_has(token, WORD(TITLE)))
        return class_of(token)->ordinary == 3 ? DOUBTFUL : UNSAFE;
    enum safety safety = class_safety(class_of(token), (enum token_shape)token->shape);
    if (is_called(view, t))
        return UNSAFE;
    if (safety == SAFE)
        return token->shape != TOKEN_LOWER && token_has(token, ADDRESS_WORDS) ? DOUBTFUL : SAFE;
    if (touches(view, token, false) && run_is_safe(view, token))
        return SAFE;
    if (eponym_at(view, t))
        return SAFE;
    if (token_len(token) == 1)
        return view->token[t].shape == TOKEN_LOWER || view_at(view, token->end) == ':' ? DOUBTFUL
                                                                                       : UNSAFE;
    if (safety == UNSAFE && class_of(token)->ordinary == 2 && token->shape == TOKEN_LOWER &&
        in_prose(view, t))
        return DOUBTFUL;
    if (safety == UNSAFE && class_of(token) == &lexicon_classes[0])
        return stem_class(view, token)->ordinary > 1 ? DOUBTFUL : UNSAFE;
    return safety;
}

/* Digits of the numbers that signs join to number t. */
static size_t digits_around(const struct view *view, size_t t)
{
    size_t digits = token_len(&view->token[t]);

    for (size_t n = t; n > 0 && n + 4 > t; n--) {
        const struct token *before = &view->token[n - 1];

        if (before->shape != TOKEN_NUMBER || view->token[n].start - before->end != 1 ||
            !strchr(" -./", view->at[before->end]))
            break;
        digits += token_len(before);
    }
    for (size_t n = t + 1; n < view->tokens && n < t + 4; n++) {
        const struct token *before = &view->token[n - 1];

        if (view->token[n].shape != TOKEN_NUMBER || view->token[n].start - before->end != 1 ||
            !strchr(" -./", view->at[before->end]))
            break;
        digits += token_len(&view->token[n]);
    }
    return digits;
}

static bool is_year(const struct view *view, const struct token *token)
{
    return token_len(token) == 4 &&
           (view_is(view, token->start, "19") || view_is(view, token->start, "20"));
}

/* 90 and more is an age that must go, unless it is part of a number or counted in a unit. */
static bool may_be_age(const struct view *view, size_t t)
{
    const struct token *token = &view->token[t];
    uint8_t before = token->start > 0 ? view_at(view, token->start - 1u) : 0;
    uint8_t behind = view_at(view, token->end);

    if (token_len(token) != 2 || view->at[token->start] != '9')
        return false;
    bool part = (before && strchr("./:-", before) && token->start > 1 &&
                 is_digit(view->at[token->start - 2])) ||
                (behind && strchr("./:-", behind) && is_digit(view_at(view, token->end + 1u)));
    bool counted = behind == '%' || (token[1].start - token->end <= 1 &&
                                     token_has(token + 1, WORD(AMOUNT) | WORD(MEASURE)));
    return !part && !counted;
}

static enum safety number_safety(const struct view *view, size_t t)
{
    const struct token *token = &view->token[t];
    size_t len = token_len(token);
    uint8_t before = token->start > 0 ? view_at(view, token->start - 1u) : 0;
    uint8_t behind = view_at(view, token->end);

    if (touches(view, token, false))
        return mixed_is_safe(view, t) ? DOUBTFUL : UNSAFE;
    if (len <= 2 && may_be_age(view, t))
        return UNSAFE;
    if (t > 0 && token->start - token[-1].end <= 2 && token[-1].shape != TOKEN_LOWER &&
        token_has(token - 1, ADDRESS_WORDS & ~WORD(DIRECTION)) && !view->clinical)
        return UNSAFE;
    if (len <= 2)
        return digits_around(view, t) < 5 ? DOUBTFUL : UNSAFE;
    if (digits_around(view, t) > len || before == '#')
        return UNSAFE;
    /* "Inbox (127)", "250 mg", "15 %" */
    if ((before == '(' && behind == ')' && len < 5) || (behind == '%' && len < 4))
        return SAFE;
    if (len < 5 && t + 1 < view->tokens && token[1].start == token->end + 1u && behind == ' ' &&
        token_has(token + 1, WORD(AMOUNT)))
        return SAFE;
    return is_year(view, token) ? DOUBTFUL : UNSAFE;
}

/* What word_safety() says of most words, at a look: in lower case, and no name there. */
static inline bool is_plain_word(const struct view *view, const struct token *token)
{
    const struct word_class *class = class_of(token);

    return token->shape == TOKEN_LOWER &&
           (class->ordinary == 3 ||
            (class->ordinary > 0 && class->given == 0 && class->family == 0)) &&
           !touches(view, token, true) && !hits_cover(view, token->start);
}

static enum safety safety_of(const struct view *view, size_t t)
{
    if (is_plain_word(view, &view->token[t]))
        return SAFE;
    if (hits_cover(view, view->token[t].start))
        return UNSAFE;
    return view->token[t].shape == TOKEN_NUMBER ? number_safety(view, t) : word_safety(view, t);
}

/* One sign or blank between, or two that join names: "Smith, grant". */
static bool close_to(const struct view *view, size_t end, size_t start)
{
    if (start - end > 2)
        return false;
    if (start - end == 1 && view->at[end] == ' ')
        return true;
    for (size_t i = end; i < start; i++)
        if (!view->at[i] || !strchr(" _-.,'^", view->at[i]))
            return false;
    return true;
}

static bool is_name_at(const struct view *view, size_t i)
{
    return i < view->len && (view->at[i] == VIEW_PLACEHOLDER + REDACT_NAME ||
                             view->at[i] == VIEW_PLACEHOLDER + REDACT_GEO);
}

/* A name or a place that was taken out stands right before or behind, or "and" between. */
static bool beside_name(const struct view *view, const struct token *token)
{
    size_t start = token->start;

    if (token->shape != TOKEN_LOWER &&
        ((view_is(view, token->end, " and ") && is_name_at(view, token->end + 5u)) ||
         (start > 5 && view_is(view, start - 5u, " and ") && is_name_at(view, start - 6u))))
        return true;
    for (size_t gap = 0; gap < 3; gap++)
        if ((start > gap && is_name_at(view, start - gap - 1) &&
             close_to(view, start - gap, start)) ||
            (is_name_at(view, token->end + gap) && close_to(view, token->end, token->end + gap)))
            return true;
    return false;
}

/* At most one sign or blank between: then two unknown words are one finding. */
static bool adjoin(const struct view *view, const struct token *a, const struct token *b)
{
    return b->start - a->end <= 1 && (b->start == a->end || !is_placeholder(view_at(view, a->end)));
}

/* A word of any kind that goes with the name before it: "William Spine", "Doe J", "Min-jun", and
 * the letters before a number that goes: "HIM-2212". */
static bool drawn_along(const struct view *view, size_t t, enum safety before, enum safety next)
{
    const struct token *token = &view->token[t];
    uint8_t sign = token->start > 0 ? view->at[token->start - 1] : 0;

    if (token->shape == TOKEN_NUMBER)
        return false;
    if (token->shape == TOKEN_UPPER && next == UNSAFE && token[1].shape == TOKEN_NUMBER &&
        token_len(token + 1) > 2 && view_is(view, token->end, "-") &&
        token[1].start == token->end + 1u)
        return true;
    bool name = token->start > 1 && is_name_at(view, token->start - 2u);
    bool joined = before == UNSAFE && token[-1].end + 1u == token->start;
    bool given = joined && token[-1].shape != TOKEN_NUMBER &&
                 (class_of(token - 1)->given > 1 || hits_cover(view, token[-1].start));
    if (sign == '-' && (given || name))
        return token_len(token) < 6;
    if (token_len(token) == 1 && sign == ' ' && (joined || name))
        return view_at(view, token->end) != ' ';
    /* "Marbach an der Donau" */
    if (sign == ' ' && next == UNSAFE && (before == UNSAFE || name) && token_len(token) < 4 &&
        token_has(token, WORD(PARTICLE) | WORD(TOWN_LINK)) &&
        !token_has(token, WORD(LOCATIVE) | WORD(DAY_WORD)))
        return true;
    if (sign != ' ' || token_has(token, WORD(LABEL) | WORD(PERSON_VERB)))
        return false;
    return token->shape == TOKEN_TITLE && (given || name);
}

/* What is known of the tokens, bit by bit. */
struct judgement {
    uint64_t unsafe[SCAN_BLOCKS + 1];
    uint64_t doubtful[SCAN_BLOCKS + 1];
    uint64_t goes[SCAN_BLOCKS + 1];
    bool found; /* placeholders may stand there */
};

/* "Swap Block and Xyzzyq": what a stranger is named in one breath with. */
static bool coordinated(const struct view *view, const uint64_t *unsafe, size_t t)
{
    const struct token *token = &view->token[t];

    if (token->shape != TOKEN_TITLE ||
        (class_of(token)->given == 0 && class_of(token)->family == 0))
        return false;
    if (t + 2 < view->tokens && view_is(view, token->end, " and ") &&
        token[2].start == token->end + 5u && token[2].shape == TOKEN_TITLE)
        return scan_has(unsafe, t + 2);
    return t > 1 && view_is(view, token[-2].end, " and ") && token[-2].end + 5u == token->start &&
           token[-2].shape == TOKEN_TITLE && scan_has(unsafe, t - 2);
}

/* True when a token that is not unsafe goes with what stands beside it. */
static bool goes_along(const struct view *view, const struct judgement *judgement, size_t t)
{
    const struct token *token = &view->token[t];
    bool before = t > 0 && scan_has(judgement->unsafe, t - 1);
    bool next = scan_has(judgement->unsafe, t + 1);

    if (scan_has(judgement->doubtful, t) &&
        ((before && close_to(view, token[-1].end, token->start)) ||
         (next && close_to(view, token->end, token[1].start)) ||
         (judgement->found && beside_name(view, token))))
        return true;
    bool near = before || next ||
                (judgement->found && token->start > 1 && is_name_at(view, token->start - 2u));
    return (near && drawn_along(view, t, before ? UNSAFE : SAFE, next ? UNSAFE : SAFE)) ||
           coordinated(view, judgement->unsafe, t);
}

/* Those of a block that are not unsafe and may go: where nothing was found, only what stands at
 * most two away from what is unsafe. */
static uint64_t may_go(const struct judgement *judgement, size_t block, size_t tokens)
{
    uint64_t none = tokens - block * 64 < 64 ? ~UINT64_C(0) << (tokens % 64) : 0;
    uint64_t unsafe = judgement->unsafe[block];
    uint64_t before = block > 0 ? judgement->unsafe[block - 1] : 0;
    uint64_t behind = judgement->unsafe[block + 1];

    if (judgement->found)
        return ~(unsafe | none);
    return ~(unsafe | none) & (unsafe << 1 | unsafe << 2 | unsafe >> 1 | unsafe >> 2 |
                               before >> 63 | before >> 62 | behind << 63 | behind << 62);
}

/* Marks the tokens that go. False when none does. */
static bool judge(const struct view *view, struct judgement *judgement)
{
    size_t blocks = view->tokens / 64 + 1;
    judgement->found = view->signs & SIGN_HIGH;
    bool any = judgement->found;

    for (size_t block = 0; block <= blocks; block++) {
        judgement->unsafe[block] = 0;
        judgement->doubtful[block] = 0;
    }
    for (size_t t = 0; t < view->tokens; t++) {
        enum safety safety = safety_of(view, t);

        judgement->unsafe[t / 64] |= (uint64_t)(safety == UNSAFE) << (t % 64);
        judgement->doubtful[t / 64] |= (uint64_t)(safety == DOUBTFUL) << (t % 64);
        any = any || safety == UNSAFE;
    }
    if (!any)
        return false;
    for (size_t block = 0; block < blocks; block++) {
        judgement->goes[block] = judgement->unsafe[block];
        for (uint64_t may = may_go(judgement, block, view->tokens); may; may &= may - 1) {
            size_t t = block * 64 + (size_t)__builtin_ctzll(may);

            if (goes_along(view, judgement, t))
                judgement->goes[block] |= may & -may;
        }
    }
    return true;
}

void recognise_unknown(struct view *view)
{
    struct judgement judgement;
    const uint64_t *goes = judgement.goes;

    if (!judge(view, &judgement))
        return;
    for (size_t t = 0; t < view->tokens; t++) {
        size_t first = t;

        if (!scan_has(goes, t) || hits_cover(view, view->token[t].start))
            continue;
        while (t + 1 < view->tokens && adjoin(view, &view->token[t], &view->token[t + 1]) &&
               scan_has(goes, t + 1) && !hits_cover(view, view->token[t + 1].start))
            t++;
        hits_put(view, view->token[first].start, view->token[t].end, REDACT_UNKNOWN,
                 view->token[first].shape == TOKEN_NUMBER ? RULE_UNKNOWN_NUMBER : RULE_UNKNOWN,
                 0.1f);
    }
}
