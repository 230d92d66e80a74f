#include "redact/name_evidence.h"

#include "redact/value.h"

/* What one sign between two words means, plus one; 0 for GAP_OTHER. */
static const uint8_t gaps[256] = {
    [' '] = GAP_BLANK + 1, ['+'] = GAP_BLANK + 1, ['_'] = GAP_SIGN + 1,  ['.'] = GAP_SIGN + 1,
    ['-'] = GAP_SIGN + 1,  ['^'] = GAP_SIGN + 1,  [','] = GAP_COMMA + 1,
};

enum gap gap_after(const struct view *view, size_t t)
{
    if (t + 1 >= view->tokens)
        return GAP_OTHER;
    size_t start = view->token[t].end;
    size_t len = view->token[t + 1].start - start;
    uint8_t first = view_at(view, start);

    if (len == 0)
        return GAP_NONE;
    if (len > 3)
        return GAP_OTHER;
    uint8_t second = view_at(view, start + 1);
    if (first == '.' && len > 1 && token_len(&view->token[t]) <= 3) {
        first = second;
        len--;
    }
    if (len == 1)
        return gaps[first] ? (enum gap)(gaps[first] - 1) : GAP_OTHER;
    if (len == 2 && first == ',' && is_blank(second))
        return GAP_COMMA;
    return len == 2 && is_blank(first) && is_blank(second) ? GAP_BLANK : GAP_OTHER;
}

static int penalty(const struct word_class *class)
{
    static const int8_t by_ordinary[] = {0, 1, 2, 4};

    return by_ordinary[class->ordinary] + (class->sets & (WORD(BRAND) | WORD(CLINICAL)) ? 2 : 0);
}

int given_odds(const struct token *token)
{
    const struct word_class *class = class_of(token);

    return 2 * class->given - penalty(class);
}

/* Ends of surnames by which their languages are known: Slavic, Nordic, Greek, Armenian, Persian,
 * Turkish, German, Georgian. */
static bool surname_ending(const struct view *view, const struct token *token)
{
    static const struct ending ends[] = {
        ENDING("ov"),     ENDING("ova"),     ENDING("ev"),     ENDING("eva"),   ENDING("sky"),
        ENDING("ski"),    ENDING("ska"),     ENDING("cki"),    ENDING("vich"),  ENDING("vic"),
        ENDING("enko"),   ENDING("chuk"),    ENDING("czyk"),   ENDING("yan"),   ENDING("idis"),
        ENDING("akis"),   ENDING("opoulos"), ENDING("poulou"), ENDING("sson"),  ENDING("sen"),
        ENDING("dottir"), ENDING("nen"),     ENDING("berg"),   ENDING("stein"), ENDING("mann"),
        ENDING("oglu"),   ENDING("zadeh"),   ENDING("nejad"),  ENDING("pour"),  ENDING("shvili"),
        ENDING("dze"),    ENDING("escu"),    ENDING("quist"),  ENDING("gren"),  ENDING("baum"),
        ENDING("wicz"),
    };

    return token_ends(view, token, ends, sizeof(ends) / sizeof(ends[0]), 3);
}

int likeness(const struct view *view, const struct token *token)
{
    if (!is_strange(token) || token_len(token) < 3)
        return 0;
    bool listed = class_of(token)->given || class_of(token)->family;
    int odds = lexicon_likeness(view->lower + token->start, token_len(token));
    view_step(view, token_len(token));
    if (odds >= LOOKS_MUCH_SO)
        return 2;
    return odds >= LOOKS_SO || listed ? 1 : odds <= LOOKS_OTHERWISE ? -1 : 0;
}

int family_odds(const struct view *view, const struct token *token)
{
    const struct word_class *class = class_of(token);
    int known = 2 * class->family - penalty(class);

    if (!is_strange(token) || token_len(token) < 2)
        return known;
    int odds = (is_capital(view, token) ? 2 : 1) + likeness(view, token);
    if (odds < 4 && surname_ending(view, token))
        return 4;
    return odds > known ? odds : known;
}

int name_odds(const struct view *view, const struct token *token)
{
    int given = given_odds(token);
    int family = is_strange(token) ? 2 * class_of(token)->family + likeness(view, token)
                                   : family_odds(view, token);

    return given > family ? given : family;
}

/* The token before t when only blanks, quotes and such stand between. */
static const struct token *neighbour_before(const struct view *view, size_t t)
{
    const struct token *before = &view->token[t - 1];
    for (size_t i = before->end; i < view->token[t].start; i++) {
        uint8_t c = view_at(view, i);

        if (i - before->end > 3 || !is_one_of(c, " .:=\"'(,#-"))
            return NULL;
    }
    return before;
}

#define BEFORE                                                                                     \
    (WORD(INTRO) | WORD(GREETING) | WORD(TITLE) | WORD(NAME_LABEL) | WORD(RELATION) |              \
     WORD(NAME_HINT))

int context_before(const struct view *view, size_t first)
{
    if (!(view->sets & BEFORE) || first == 0 || !token_has(&view->token[first - 1], BEFORE))
        return 0;
    const struct token *before = neighbour_before(view, first);

    if (!before)
        return 0;
    uint64_t sets = class_of(before)->sets;
    if (sets & WORD(INTRO) && first > 1 && token_has(&view->token[first - 2], WORD(SUBJECT)))
        return 4;
    if (sets & WORD(GREETING) &&
        (is_pure(&view->token[first]) ||
         (class_of(&view->token[first])->given > 1 && view->token[first].shape == TOKEN_TITLE)))
        return 3;
    return sets & (WORD(TITLE) | WORD(NAME_LABEL))    ? 3
           : sets & (WORD(GREETING) | WORD(RELATION)) ? 2
           : sets & WORD(NAME_HINT)                   ? 1
                                                      : 0;
}

/* At most four signs and blanks between. */
static bool only_signs(const struct view *view, size_t start, size_t end)
{
    for (size_t i = start; i < end; i++)
        if (i - start > 3 || view_at(view, i) >= 0x80)
            return false;
    return true;
}

/* "(76F", "45 yo", "67M" */
static bool age_and_sex(const struct view *view, size_t t)
{
    const struct token *number = &view->token[t];

    if (number->shape != TOKEN_NUMBER || token_len(number) > 3 || t + 1 >= view->tokens)
        return false;
    const struct token *unit = number + 1;
    uint8_t c = view_at(view, unit->start);
    bool joined = unit->start - number->end <= 1;
    return joined && ((token_len(unit) == 1 && (c == 'f' || c == 'm' || c == 'y')) ||
                      (token_len(unit) == 2 && c == 'y' && view_at(view, unit->start + 1u) == 'o'));
}

#define BEHIND (WORD(CREDENTIAL) | WORD(SPEAKS) | WORD(PERSON_VERB))

int context_behind(const struct view *view, size_t last)
{
    size_t end = view->token[last].end;
    size_t next = last + 1;
    bool possessive = view_at(view, end) == '\'' && view_at(view, end + 1) == 's';

    if (!possessive && !(view->sets & BEHIND) && !(view->signs & SIGN_DIGIT))
        return 0;
    next += possessive;
    if (next >= view->tokens || !only_signs(view, end, view->token[next].start))
        return possessive;
    const struct token *behind = &view->token[next];
    uint64_t sets = class_of(behind)->sets;
    if (sets & WORD(CREDENTIAL) && behind->shape != TOKEN_LOWER)
        return 3;
    if (age_and_sex(view, next))
        return 3;
    if (sets & WORD(AGE_WORD) && next + 1 < view->tokens && !is_word(behind + 1))
        return 3;
    return possessive + (sets & WORD(SPEAKS) ? 2 : sets & WORD(PERSON_VERB) ? 1 : 0);
}

bool is_eponym(const struct view *view, size_t t)
{
    size_t next = t + 1;

    /* "Stevens-Johnson syndrome" */
    /* and "Ramsay Hunt syndrome" */
    while (next < view->tokens && view->token[next].start - view->token[next - 1].end == 1 &&
           (view_at(view, view->token[next - 1].end) == '-' ||
            (token_has(&view->token[next], WORD(EPONYM)) &&
             view_at(view, view->token[next - 1].end) == ' ')) &&
           is_capital(view, &view->token[next]) && next - t < 3)
        next++;
    if (next < view->tokens && token_len(&view->token[next]) == 1 &&
        view_at(view, view->token[next].start) == 's')
        next++;
    size_t end = view->token[next - 1].end;
    if (view_at(view, end) == '\'')
        end++;
    return next < view->tokens && view->token[next].start == end + 1 &&
           token_has(&view->token[next], WORD(EPONYM_HEAD));
}

bool is_thing(const struct view *view, size_t t)
{
    if (!(view->sets & WORD(THING_HEAD)) || prior_of(view) > 0 || t + 1 >= view->tokens)
        return false;
    size_t next = t + 1;
    if (token_len(&view->token[next]) == 1 && next + 1 < view->tokens &&
        view_is(view, view->token[t].end, "'s "))
        next++;
    return token_has(&view->token[next], WORD(THING_HEAD)) &&
           view->token[next].start == view->token[next - 1].end + 1u &&
           view_at(view, view->token[next - 1].end) == ' ';
}

bool is_company(const struct view *view, size_t first, size_t last)
{
    size_t start = view->token[first].start;
    size_t end = view->token[last].end;

    if (last + 1 < view->tokens && view->token[last + 1].start - end <= 2) {
        const struct token *next = &view->token[last + 1];

        if (token_has(next, WORD(COMPANY)))
            return true;
        /* "Mayo Clinic": a place to work or to be treated, unless a patient is spoken of. */
        if (token_has(next, WORD(FACILITY) | WORD(INSTITUTION)) && next->shape != TOKEN_LOWER &&
            prior_of(view) < 2)
            return true;
    }
    return view_is(view, end, " & ") || (start > 2 && view_is(view, start - 3, " & "));
}

static bool joins(uint8_t c, bool blanks)
{
    return is_one_of(c, "_-.+") || (blanks && c == ' ');
}

bool beside_identifier(const struct view *view, size_t first, size_t last, bool blanks)
{
    if (view->hits->count == 0 && view->plain)
        return false;
    size_t start = view->token[first].start;
    size_t end = view->token[last].end;

    return (start > 1 && joins(view_at(view, start - 1), blanks) &&
            hits_identify(view, start - 2)) ||
           (end + 1 < view->len && joins(view_at(view, end), blanks) &&
            hits_identify(view, end + 1));
}

size_t extend_forward(const struct view *view, size_t last, bool given_follow)
{
    for (size_t n = 0; n < 3 && last + 1 < view->tokens; n++) {
        const struct token *next = &view->token[last + 1];
        enum gap gap = gap_after(view, last);

        if (!is_word(next) || gap == GAP_OTHER || gap == GAP_NONE)
            break;
        bool suffix = token_has(next, WORD(SUFFIX));
        bool same = next->shape == view->token[last].shape || is_capital(view, next);
        /* "Seo-yeon" */
        bool half = gap == GAP_SIGN && view_at(view, view->token[last].end) == '-' &&
                    class_of(next)->ordinary < 2;
        /* "WELLS^JOY^U" */
        bool part = token_len(next) == 1 && view_at(view, view->token[last].end) == '^';
        bool more = is_initial(view, last + 1) || suffix || half || part ||
                    (gap != GAP_COMMA && same && next->shape != TOKEN_LOWER &&
                     (given_follow ? name_odds(view, next) >= 2 : family_odds(view, next) >= 3));
        if (!more || (gap == GAP_COMMA && !suffix))
            break;
        last++;
    }
    return last;
}

size_t extend_back(const struct view *view, size_t first)
{
    for (size_t n = 0; n < 3 && first > 0; n++) {
        const struct token *before = &view->token[first - 1];
        enum gap gap = gap_after(view, first - 1);

        if (!is_word(before) || (gap != GAP_BLANK && gap != GAP_SIGN))
            break;
        bool half = gap == GAP_SIGN && is_capital(view, before) && family_odds(view, before) >= 2;
        /* "YX Abramowitz" */
        bool initials = before->shape == TOKEN_UPPER && token_len(before) == 2 &&
                        is_unknown(before) && view->token[first].shape == TOKEN_TITLE;
        bool given = gap == GAP_BLANK && before->shape == view->token[first].shape &&
                     is_capital(view, before) && class_of(before)->given && is_pure(before);
        if (!token_has(before, WORD(PARTICLE)) && !half && !initials && !given)
            break;
        first--;
    }
    return first;
}

/* What is said ends here: the end, or a sign behind a blank. */
static bool ends_segment(const struct view *view, size_t end)
{
    uint8_t c = view_at(view, end);

    if (c == ' ')
        c = view_at(view, end + 1);
    return c == 0 || c == '|' || c == '-' || c == ',' || c == '[' || c == '(' || c == '"' ||
           is_placeholder(c);
}

bool is_initial(const struct view *view, size_t t)
{
    const struct token *token = &view->token[t];

    if (token->shape == TOKEN_LOWER && token_len(token) == 1)
        return view_at(view, token->end) == '.' || ends_segment(view, token->end);
    if (token->shape != TOKEN_INITIAL)
        return false;
    /* "I" and "A" are words unless a dot, a comma or the end says otherwise. */
    uint8_t c = view_at(view, token->start);
    uint8_t behind = view_at(view, token->end);
    if ((c != 'i' && c != 'a') || behind != ' ' || ends_segment(view, token->end))
        return true;
    return t + 1 >= view->tokens || view->token[t + 1].shape != TOKEN_LOWER;
}

/* The dot of an initial or of an abbreviation belongs to it. */
static size_t end_of(const struct view *view, size_t t)
{
    const struct token *token = &view->token[t];
    const struct token *half = token + 1;

    /* "Park Ji-sung": the second half of a given name, whatever else it is */
    if (t + 1 < view->tokens && token->shape == TOKEN_TITLE && half->shape == TOKEN_LOWER &&
        half->start == token->end + 1u && view_at(view, token->end) == '-' &&
        token_len(token) < 6 && token_len(half) < 6 && class_of(token)->given > 0 &&
        (class_of(half)->given > 0 || class_of(half)->ordinary == 0))
        return half->end;

    return token->shape == TOKEN_INITIAL && view_at(view, token->end) == '.' ? token->end + 1u
                                                                             : token->end;
}

void name_add(struct view *view, size_t first, size_t last, enum redact_rule rule, float score)
{
    /* What was found as something else stays that: "370 01 České Budějovice". */
    if (first < last && hits_cover(view, view->token[first].start) &&
        hits_cover(view, view->token[last].start))
        return;
    hits_put(view, view->token[first].start, end_of(view, last), REDACT_NAME, rule, score);
}

bool name_judge(struct view *view, size_t first, size_t last, enum redact_rule rule, int odds,
                int bar)
{
    view_note(view, view->token[first].start, view->token[last].end, rule, odds, bar);
    return odds >= bar;
}
