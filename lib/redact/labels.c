/*
 * Labels of numbers: "MRN: 4456604", "12345 (MRN)". From a number back over signs and small words
 * to a label; what it says is worth more than any shape.
 */

#include "redact/labels.h"

#include "redact/digits.h"

#define LABEL_FAR ((size_t)24) /* from a label to its value */
#define LABEL_TOKENS 6

static const enum redact_rule rules[REDACT_KINDS] = {
    [REDACT_NAME] = RULE_LABEL,
    [REDACT_GEO] = RULE_LABEL_GEO,
    [REDACT_DATE] = RULE_LABEL_DATE,
    [REDACT_PHONE] = RULE_LABEL_PHONE,
    [REDACT_FAX] = RULE_LABEL_FAX,
    [REDACT_SSN] = RULE_LABEL_SSN,
    [REDACT_MRN] = RULE_LABEL_MRN,
    [REDACT_HEALTH_PLAN] = RULE_LABEL_PLAN,
    [REDACT_ACCOUNT] = RULE_LABEL_ACCOUNT,
    [REDACT_LICENSE] = RULE_LABEL_LICENSE,
    [REDACT_VEHICLE] = RULE_LABEL_VEHICLE,
    [REDACT_DEVICE] = RULE_LABEL_DEVICE,
    [REDACT_BIOMETRIC] = RULE_LABEL_BIOMETRIC,
    [REDACT_PHOTO] = RULE_LABEL_PHOTO,
    [REDACT_CARD] = RULE_LABEL_CARD,
    [REDACT_OTHER_ID] = RULE_LABEL,
};

/* A word, and not one inside a code: "3acc9". */
static bool may_label(const struct view *view, size_t t)
{
    const struct token *token = &view->token[t];

    return token->shape != TOKEN_NUMBER &&
           !(token->start > 0 && is_digit(view->at[token->start - 1u]));
}

/* Signs between a label and its value: "MRN #", "id=". */
static bool gap_fills(const struct view *view, size_t i, size_t end)
{
    static const bool signs[128] = {
        [' '] = true, [':'] = true, ['#'] = true, ['='] = true, ['.'] = true,  ['-'] = true,
        ['_'] = true, ['|'] = true, ['/'] = true, ['('] = true, ['['] = true,  ['"'] = true,
        [')'] = true, [']'] = true, [','] = true, ['?'] = true, ['\''] = true, ['&'] = true,
        ['+'] = true, ['*'] = true, ['>'] = true,
    };

    if (end - i > 6)
        return false;
    for (; i < end; i++)
        if (view->at[i] >= 128 ? view->at[i] != VIEW_SYMBOL : !signs[view->at[i]])
            return false;
    return true;
}

/* Takes the label that begins with token t and goes on to reach at least, for a value at i. */
static void label_take(const struct view *view, size_t t, size_t reach, size_t i,
                       struct number *number)
{
    size_t end = 0;
    const struct label *label =
        may_label(view, t) ? label_at(view, view->token[t].start, &end) : NULL;

    if (!label || end < reach || end > i)
        return;
    number->label = label;
    number->label_end = (uint16_t)end;
    number->value = (uint16_t)i;
}

/*
 * Looks back from a value at i, before which token t ends, for the label that reaches furthest
 * back: over fillers, then over what only a label of several words goes on over.
 */
static void look_back(const struct view *view, size_t t, size_t i, struct number *number)
{
    size_t least = t > LABEL_TOKENS ? t - LABEL_TOKENS : 0;
    size_t next = i;
    size_t reach;

    do {
        if (t == least)
            return;
        const struct token *token = &view->token[--t];
        if (i - token->end > LABEL_FAR || !gap_fills(view, token->end, next))
            return;
        reach = token->end;
        if (token_has(token, WORD(LABEL)))
            label_take(view, t, 0, i, number);
        next = token->start;
    } while (token_has(&view->token[t], WORD(FILLER)));
    if (!(view->sets & WORD(LABEL_HEAD)))
        return;
    while (t > least)
        if (token_has(&view->token[--t], WORD(LABEL_HEAD)))
            label_take(view, t, reach, i, number);
}

/* The start of the token that the run of letters and digits around token t begins with. */
static size_t run_token(const struct view *view, size_t t, size_t start)
{
    const struct token *token = &view->token[t];

    for (; t > 0 && token->start > start; t--)
        token--;
    return t;
}

/* Where letters joined to a value by a sign begin: "A-2024-009912", "XQJ/8823"; or i. */
static size_t prefix_start(const struct view *view, size_t i)
{
    if (i < 2 || (view->at[i - 1] != '-' && view->at[i - 1] != '/') || !is_alnum(view->at[i - 2]))
        return i;
    size_t start = view_run_start(view, i - 1);
    return i - 1 - start <= 6 ? start : i;
}

/* Where a series of up to three capitals begins: "plate ABC 1234"; or i. */
static size_t series_start(const struct view *view, size_t t, size_t i)
{
    if (t == 0)
        return i;
    const struct token *token = &view->token[t - 1];
    bool capitals = token->shape == TOKEN_UPPER || token->shape == TOKEN_INITIAL;

    return capitals && token->end - token->start <= 3 && token->end + 1u == i &&
                   view->at[token->end] == ' ' && !token_has(token, WORD(LABEL) | WORD(FILLER)) &&
                   (token->start == 0 || !is_digit(view->at[token->start - 1u]))
               ? token->start
               : i;
}

/* "12345 (MRN)", "02139 zip" */
static void look_behind(const struct view *view, struct number *number)
{
    size_t last = number->groups - 1u;
    size_t i = last ? number->end[last] : number->run_end;
    size_t t = number->token + last + 1;
    size_t end = 0;

    i += view->at[i] == ' ';
    bool bracket = view->at[i] == '(' || view->at[i] == '[';
    i += bracket;
    while (t < view->tokens && view->token[t].start < i)
        t++;
    if (t == view->tokens || view->token[t].start != i || !token_has(&view->token[t], WORD(LABEL)))
        return;
    const struct label *label = label_at(view, i, &end);
    if (!label || label->kind >= REDACT_KINDS ||
        (bracket ? view->at[end] != ')' && view->at[end] != ']' : label->kind != REDACT_GEO))
        return;
    number->label = label;
    number->label_end = 0;
    number->value = (uint16_t)number->run_start;
}

/* True when a sign or a word between them says that the label has a value. */
static bool is_announced(const struct view *view, const struct number *number)
{
    for (size_t i = number->label_end; i < number->value; i++)
        if (view->at[i] == ':' || view->at[i] == '#' || view->at[i] == '=' ||
            is_letter(view->at[i]))
            return true;
    return false;
}

/* Looks back from the series before a value. "pt BP 120" has none. */
static void look_before_series(const struct view *view, size_t t, size_t start,
                               struct number *number)
{
    size_t series = series_start(view, t, start);

    if (series == start)
        return;
    look_back(view, run_token(view, t, series), series, number);
    if (number->label && number->label->kind != REDACT_VEHICLE &&
        number->label->kind != REDACT_LICENSE &&
        (number->label->kind == REDACT_MRN || !is_announced(view, number)))
        number->label = NULL;
}

void label_read(const struct view *view, struct number *number)
{
    size_t start = number->start[0];
    size_t t = number->token;

    look_back(view, t, start, number);
    for (size_t n = 0; n < 2; n++) {
        size_t before = n == 0 ? number->run_start : prefix_start(view, start);

        if (before < start) {
            start = before;
            t = run_token(view, t, start);
            look_back(view, t, start, number);
        }
    }
    if (!number->label)
        look_before_series(view, t, start, number);
    if (!number->label)
        look_behind(view, number);
}

/* True when a word of capitals begins at i, no longer than that. */
static bool capitals_at(const struct view *view, size_t i, size_t most)
{
    size_t end = scan_next_clear(view->scan.upper, i, view->len);

    return end > i && end - i <= most && !is_alnum(view_at(view, end));
}

/* How many capitals may close a value of that kind: "48213-B", "882-19-AA", "Q71-VIS". */
static size_t capitals_behind(enum redact_kind kind)
{
    bool three = kind == REDACT_VEHICLE || kind == REDACT_LICENSE || kind == REDACT_DEVICE ||
                 kind == REDACT_HEALTH_PLAN;

    return three ? 3 : kind == REDACT_MRN ? 1 : 2;
}

/* True when behind the sign at i a part with a digit follows, a short one inside or a few capitals
 * at the end: "8842-AX-19". */
static bool value_goes_on(const struct view *view, size_t i, enum redact_kind kind)
{
    size_t end = view_run_end(view, i + 1);

    for (size_t n = i + 1; n < end; n++)
        if (is_digit(view_at(view, n)))
            return true;
    if (view_at(view, i) != '-')
        return false;
    return capitals_at(view, i + 1, capitals_behind(kind)) ||
           (end > i + 1 && end - i <= 4 && view_at(view, end) == '-' &&
            is_digit(view_at(view, end + 1)));
}

/*
 * Where the group that follows the one that ends at i begins, or 0. People part by blanks what is
 * too long to read; a long group stands alone, "12345 2024", unless the label knows better.
 */
static size_t next_group(const struct number *number, size_t i)
{
    bool grouped = number->label->kind == REDACT_PHONE || number->label->kind == REDACT_FAX ||
                   number->label->kind == REDACT_HEALTH_PLAN;
    size_t longest = number->label->enough || grouped ? 6 : 4;
    size_t shortest = number->label->kind == REDACT_HEALTH_PLAN && !number->label->enough ? 3 : 1;

    for (size_t g = 0; g + 1 < number->groups; g++) {
        size_t next = number->form >> (4 * g + 4) & 15;

        if (number->end[g] == i)
            return (number->form >> (4 * g) & 15) <= longest && next <= longest && next >= shortest
                       ? number->start[g + 1]
                       : 0;
    }
    return 0;
}

/* How many digits a value has before blanks in it end it: "mrn 12 34 56". */
static size_t enough_of(const struct label *label)
{
    switch (label->kind) {
    case REDACT_MRN:
        return label->enough ? label->enough : 6;
    case REDACT_PHONE:
    case REDACT_FAX:
    case REDACT_CARD:
    case REDACT_ACCOUNT:
    case REDACT_LICENSE:
        return 15;
    case REDACT_VEHICLE:
        return 5;
    case REDACT_HEALTH_PLAN:
        return label->enough ? label->enough : 9;
    default:
        return label->enough;
    }
}

/* True when the letters of a plate's series end at i, and a blank parts them from its digits:
 * "1AB 2345". */
static bool series_ends(const struct view *view, const struct number *number, size_t i)
{
    size_t start = number->value;

    return number->label->kind == REDACT_VEHICLE && i > start && i - start <= 4 &&
           is_letter(view->at[i - 1]) && is_digit(view_at(view, i + 1));
}

/* End of the value: letters and digits with single signs between, and over blanks while there are
 * fewer digits than enough; 0 when it has too few. */
static size_t value_end(const struct view *view, const struct number *number)
{
    size_t start = number->value;
    size_t enough = enough_of(number->label);
    size_t end = start;
    size_t count = 0;

    /* What stands before its first digits is part of it. */
    for (size_t i = number->start[0]; i - start < WINDOW;) {
        uint8_t c = view_at(view, i);
        size_t next;

        if (is_alnum(c)) {
            count += is_digit(c);
            end = ++i;
        } else if (((c == '-' || c == '.' || c == '/') &&
                    value_goes_on(view, i, number->label->kind)) ||
                   (c == ' ' && series_ends(view, number, i))) {
            /* A word without digits behind a sign belongs to what follows: "12345-chart". */
            i++;
        } else if (count && count < enough && (next = next_group(number, i))) {
            i = next;
        } else {
            break;
        }
    }
    if (number->label->kind == REDACT_VEHICLE && view_at(view, end) == ' ' &&
        capitals_at(view, end + 1, 3))
        end = scan_next_clear(view->scan.upper, end + 1, view->len); /* "AB12 CDE" */
    /* Letters make up for digits: "SN O2-51BMGK". */
    size_t least = number->label->digits;
    return count >= least || (count > 1 && end - start >= least + 4) ? end : 0;
}

/* "chart 2024": a year, unless a sign or the kind says that it is a value. */
static bool value_is_year(const struct view *view, const struct number *number, size_t end)
{
    size_t i = number->value;

    if (!view->balanced || number->label->digits < 3 || number->label->kind == REDACT_SSN ||
        number->label->kind == REDACT_CARD || end - i != 4 || !number->label_end ||
        number->start[0] != i || number->end[0] != end ||
        !((view->at[i] == '1' && view->at[i + 1] == '9') ||
          (view->at[i] == '2' && view->at[i + 1] == '0')))
        return false;
    return !is_announced(view, number);
}

/* "Client 22.3.1000.5": a version, where a word may be a label or not. */
static bool value_is_version(const struct view *view, const struct number *number)
{
    return view->balanced && number->label->kind == REDACT_OTHER_ID && number->groups > 2 &&
           number->separator[0] == '.' && number->separator[1] == '.' &&
           !is_announced(view, number);
}

/* "3/14/2009", "2009-03-14": more of a date than of what a label says. */
static bool has_date_form(const struct number *number)
{
    if (number->groups < 3 || number->separator[0] != number->separator[1] ||
        number->separator[0] == ' ')
        return false;
    uint64_t first = number->form & 15;
    uint64_t second = number->form >> 4 & 15;
    uint64_t third = number->form >> 8 & 15;

    return second <= 2 &&
           ((first <= 2 && (third == 2 || third == 4)) || (first == 4 && third <= 2));
}

static bool value_is_right(const struct view *view, const struct label *label, size_t start,
                           size_t end)
{
    struct digits taken = digits_take(view, start, end);
    const struct digits *digits = &taken;

    switch (label->check) {
    case CHECK_NPI:
        return digits_are_npi(digits);
    case CHECK_ABA:
        return digits_are_aba(digits);
    case CHECK_IMEI:
        return digits->len != 15 || digits_luhn(digits);
    case CHECK_NHS:
        return digits_are_nhs(digits);
    case CHECK_VIN:
        return vin_valid(view, start, end);
    case CHECK_DEA:
        return dea_valid(view, start, end);
    case CHECK_IBAN:
        return false; /* iban_at() knows those that are right */
    default:
        return label->kind == REDACT_SSN    ? digits->len != 9 || digits_are_ssn(digits)
               : label->kind == REDACT_CARD ? digits->len < 12 || digits_luhn(digits)
                                            : true;
    }
}

static float label_score(const struct label *label, const struct number *number)
{
    bool exact = label->digits < 5 || label->kind == REDACT_FAX || label->kind == REDACT_PHONE;

    if (label->kind != REDACT_DATE && has_date_form(number))
        return 0.85f;
    /* A label says more than a shape, unless it is a short word that means many things. */
    return exact ? 0.97f : 0.8f;
}

/* "MR259028": letters that are as much of the number as of its label. */
static size_t value_start(const struct view *view, const struct number *number)
{
    size_t start = number->value;

    if (number->label_end == start && start - number->run_start == 2 &&
        scan_has(view->scan.upper, start - 1))
        return number->run_start;
    return start;
}

static size_t label_apply(struct view *view, const struct number *number)
{
    const struct label *label = number->label;
    size_t start = value_start(view, number);
    size_t end = value_end(view, number);
    size_t shape_start = start;
    size_t shape = 0;

    if (number->value == number->start[0] && label->kind != REDACT_DATE &&
        label->kind != REDACT_GEO)
        shape = digits_shape(view, number, &shape_start);
    /* "id 233 67 2090": the shape says more than such a label. */
    if (shape && label->kind == REDACT_OTHER_ID && !label->enough)
        return 0;
    if (shape && shape >= end) {
        end = shape;
        start = label->kind == REDACT_PHONE || label->kind == REDACT_FAX ? shape_start : start;
    }
    if (!end ||
        (number->value == number->label_end && label->kind == REDACT_DATE && end - start < 6) ||
        value_is_year(view, number, end) || value_is_version(view, number))
        return 0;
    /* What fails the check of its authority is somebody's number all the same. */
    enum redact_kind kind =
        value_is_right(view, label, start, end) ? (enum redact_kind)label->kind : REDACT_OTHER_ID;
    hits_put(view, start, end, kind, rules[label->kind], label_score(label, number));
    return end;
}

/* Where the groups that no blank parts end. */
static size_t solid_end(const struct number *number)
{
    size_t g = 0;

    while (g + 1 < number->groups && number->separator[g] != ' ')
        g++;
    return number->end[g];
}

size_t number_is_labelled(struct view *view, const struct number *number)
{
    bool reference = number->label->says == SAYS_REFERENCE && view->balanced && !view->clinical;

    if (number->label->kind < REDACT_KINDS && !reference)
        return label_apply(view, number);
    /* More groups than fit may hide the first part of a patient's number. */
    if (number->label->says == SAYS_PUBLIC && view->balanced)
        return number->groups < GROUPS_MAX ? solid_end(number) : number->end[0];
    return 0;
}

/* What was found is a patient's more often than not. */
static bool kind_speaks(enum redact_kind kind)
{
    return kind != REDACT_UNKNOWN && kind != REDACT_IP && kind != REDACT_EMAIL;
}

/* True when something was found, or a placeholder stands there, that speaks of a patient. */
static bool found_speaks(const struct view *view)
{
    for (size_t i = 0; i < view->hits->count; i++)
        if (kind_speaks(view->hits->at[i].kind))
            return true;
    for (size_t i = 0; view->signs & SIGN_HIGH && i < view->len; i++)
        if (is_placeholder(view->at[i]) &&
            kind_speaks((enum redact_kind)(view->at[i] - VIEW_PLACEHOLDER)))
            return true;
    return false;
}

void view_label(struct view *view)
{
    size_t end;

    view->clinical = found_speaks(view);
    if (!(view->asks & ASK_SPEAKS))
        return;
    for (size_t t = 0; t < view->tokens && !view->clinical; t++) {
        const struct token *token = &view->token[t];

        if (!(token->asks & ASK_SPEAKS) || !may_label(view, t))
            continue;
        const struct label *label =
            token_has(token, WORD(SPEAKS)) ? NULL : label_at(view, token->start, &end);
        view->clinical = label ? label->says == SAYS_PATIENT : token_has(token, WORD(SPEAKS));
    }
}

/* The label right before start, or NULL. */
static const struct label *label_before(const struct view *view, size_t start)
{
    size_t i = start;
    size_t end = 0;

    if (!(view->sets & WORD(LABEL)))
        return NULL;
    while (i > 0 && start - i < 4 && !is_alnum(view_at(view, i - 1)) &&
           !is_placeholder(view->at[i - 1]))
        i--;
    size_t word = view_run_start(view, i);
    if (word == i)
        return NULL;
    const struct label *label = label_at(view, word, &end);
    return label && end == i ? label : NULL;
}

bool reference_before(const struct view *view, size_t start)
{
    const struct label *label = label_before(view, start);

    return label && (label->says == SAYS_PUBLIC || label->says == SAYS_REFERENCE);
}

bool public_code_before(const struct view *view, size_t start)
{
    const struct label *label = label_before(view, start);

    return label && label->says == SAYS_PUBLIC;
}

bool is_label(const struct view *view, size_t start, size_t end)
{
    size_t label = 0;
    const struct label *found = view->sets & WORD(LABEL) ? label_at(view, start, &label) : NULL;

    return found && found->kind < REDACT_KINDS && found->says < SAYS_REFERENCE && label == end;
}
