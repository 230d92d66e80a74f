/*
 * Numbers by the shape of their groups: "3-3-4" is a telephone. A check decides which kind and how
 * sure, never whether: a number of such a shape that fails it still goes.
 */

#include "redact/digits.h"

#include "redact/labels.h"
#include "redact/value.h"

enum {
    ZERO = 1,      /* begins with 0, the trunk prefix of most countries (ITU-T E.164) */
    SIGNED = 2,    /* a sign stands between all groups, no blank */
    HYPHEN = 4,    /* and that sign is '-' or '_' */
    SPACED = 8,    /* only blanks do */
    GLUED = 16,    /* known even behind a letter: "x233.67.2090" */
    ALONE = 32,    /* no sign joins more to it */
    BRACKET = 128, /* the first group stands in brackets */
    CALL = 64,     /* where the text speaks of calling: else it may be any numbers in a row */
};

/* The lengths of groups as struct number has them. */
#define GROUPS_OF(a, b, c, d, e, f, g, ...)                                                        \
    ((uint64_t)(a) | (uint64_t)(b) << 4 | (uint64_t)(c) << 8 | (uint64_t)(d) << 12 |               \
     (uint64_t)(e) << 16 | (uint64_t)(f) << 20 | (uint64_t)(g) << 24)
#define GROUPS(...) GROUPS_OF(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)

struct form {
    uint64_t groups;
    uint8_t kind;
    uint8_t rule;
    uint8_t flags;
    float score;
};

/* Longer ones before those that they begin with. */
static const struct form forms[] = {
    /* ISO/IEC 7812-1: as cards are embossed */
    {GROUPS(4, 4, 4, 4, 3), REDACT_CARD, RULE_CARD, GLUED, 0.8f},
    {GROUPS(4, 4, 4, 4, 2), REDACT_CARD, RULE_CARD, GLUED, 0.8f},
    {GROUPS(4, 4, 4, 4, 1), REDACT_CARD, RULE_CARD, GLUED, 0.8f},
    {GROUPS(4, 4, 4, 4), REDACT_CARD, RULE_CARD, GLUED, 0.8f},
    {GROUPS(4, 4, 4, 3), REDACT_CARD, RULE_CARD, GLUED, 0.8f},
    {GROUPS(4, 4, 4, 2), REDACT_CARD, RULE_CARD, GLUED, 0.8f},
    {GROUPS(4, 4, 4, 1), REDACT_CARD, RULE_CARD, GLUED, 0.8f},
    {GROUPS(4, 6, 5), REDACT_CARD, RULE_CARD, GLUED, 0.8f},
    {GROUPS(4, 6, 4), REDACT_CARD, RULE_CARD, GLUED, 0.8f},
    /* NANPA, with and without the country's 1; other countries write so too */
    {GROUPS(3, 3, 3, 4), REDACT_PHONE, RULE_PHONE_US, GLUED, 0.8f}, /* 011, 001 */
    {GROUPS(1, 3, 3, 4), REDACT_PHONE, RULE_PHONE_US, GLUED, 0.95f},
    {GROUPS(3, 3, 4), REDACT_PHONE, RULE_PHONE_US, GLUED, 0.95f},
    {GROUPS(3, 7), REDACT_PHONE, RULE_PHONE_US, BRACKET, 0.95f},
    /* SSA; with hyphens it is ssn.c's */
    {GROUPS(3, 2, 4), REDACT_SSN, RULE_SSN_GROUPS, GLUED, 0.95f},
    /* national numbers of people: INSEE (NIR), BE register, CPF, AHV, Steuer-ID, RUT, Aadhaar */
    {GROUPS(1, 2, 2, 2, 3, 3, 2), REDACT_OTHER_ID, RULE_ID_GROUPS, 0, 0.8f},
    {GROUPS(1, 2, 2, 2, 3, 3), REDACT_OTHER_ID, RULE_ID_GROUPS, 0, 0.8f},
    {GROUPS(2, 2, 2, 3, 2), REDACT_OTHER_ID, RULE_ID_GROUPS, 0, 0.8f},
    {GROUPS(3, 3, 3, 2), REDACT_OTHER_ID, RULE_ID_GROUPS, 0, 0.8f},
    {GROUPS(3, 4, 4, 2), REDACT_OTHER_ID, RULE_ID_GROUPS, 0, 0.8f},
    {GROUPS(2, 3, 3, 3), REDACT_OTHER_ID, RULE_ID_GROUPS, 0, 0.7f},
    {GROUPS(2, 3, 3, 1), REDACT_OTHER_ID, RULE_ID_GROUPS, SIGNED, 0.7f},
    {GROUPS(4, 4, 4), REDACT_OTHER_ID, RULE_ID_GROUPS, 0, 0.7f},
    {GROUPS(9, 2), REDACT_OTHER_ID, RULE_ID_GROUPS, ALONE, 0.7f}, /* member and person */
    {GROUPS(3, 2, 2), REDACT_OTHER_ID, RULE_ID_GROUPS, HYPHEN | ALONE, 0.6f},
    /* GSMA TS.06: type allocation code, serial number, check digit */
    {GROUPS(2, 6, 6, 1), REDACT_DEVICE, RULE_IMEI, GLUED, 0.8f},
    {GROUPS(6, 2, 6, 1), REDACT_DEVICE, RULE_IMEI, GLUED, 0.8f},
    /* ISBT 128: donation identification number */
    {GROUPS(4, 2, 6), REDACT_OTHER_ID, RULE_DONATION, GLUED, 0.8f},
    /* national telephone numbers, ITU-T E.123 and each country's plan */
    {GROUPS(1, 3, 3, 2, 2), REDACT_PHONE, RULE_PHONE_GROUPS, 0, 0.85f},
    {GROUPS(3, 3, 2, 2), REDACT_PHONE, RULE_PHONE_GROUPS, 0, 0.8f},
    {GROUPS(2, 2, 2, 2, 2), REDACT_PHONE, RULE_PHONE_GROUPS, ZERO, 0.85f},
    {GROUPS(3, 2, 2, 2), REDACT_PHONE, RULE_PHONE_GROUPS, 0, 0.8f},
    {GROUPS(2, 3, 2, 2), REDACT_PHONE, RULE_PHONE_GROUPS, 0, 0.8f},
    {GROUPS(2, 5, 4), REDACT_PHONE, RULE_PHONE_GROUPS, 0, 0.85f},
    {GROUPS(2, 5, 5), REDACT_PHONE, RULE_PHONE_GROUPS, 0, 0.85f},
    {GROUPS(2, 4, 4), REDACT_PHONE, RULE_PHONE_GROUPS, 0, 0.85f},
    {GROUPS(3, 4, 4), REDACT_PHONE, RULE_PHONE_GROUPS, 0, 0.85f},
    {GROUPS(3, 4, 3), REDACT_PHONE, RULE_PHONE_GROUPS, ZERO, 0.85f},
    {GROUPS(4, 3, 3), REDACT_PHONE, RULE_PHONE_GROUPS, ZERO, 0.85f},
    {GROUPS(4, 3, 3), REDACT_OTHER_ID, RULE_ID_GROUPS, ALONE, 0.7f},
    {GROUPS(4, 3, 4), REDACT_PHONE, RULE_PHONE_GROUPS, ZERO, 0.85f},
    {GROUPS(5, 5), REDACT_PHONE, RULE_PHONE_GROUPS, ALONE, 0.7f},
    {GROUPS(2, 2, 2, 2), REDACT_PHONE, RULE_PHONE_GROUPS, CALL, 0.7f},
    {GROUPS(3, 2, 3), REDACT_PHONE, RULE_PHONE_GROUPS, CALL, 0.7f},
    {GROUPS(3, 3, 2), REDACT_PHONE, RULE_PHONE_GROUPS, CALL, 0.7f},
    {GROUPS(2, 3, 3), REDACT_PHONE, RULE_PHONE_GROUPS, CALL, 0.7f},
    {GROUPS(4, 4), REDACT_PHONE, RULE_PHONE_GROUPS, CALL, 0.7f},
    {GROUPS(4, 5), REDACT_PHONE, RULE_PHONE_GROUPS, CALL, 0.7f},
    {GROUPS(4, 6), REDACT_PHONE, RULE_PHONE_GROUPS, CALL, 0.7f},
    {GROUPS(3, 4), REDACT_PHONE, RULE_PHONE_LOCAL, HYPHEN | ALONE, 0.6f},
    /* SIN, TFN and others of nine; IRS: EIN; USPS: ZIP+4 */
    {GROUPS(3, 3, 3), REDACT_OTHER_ID, RULE_ID_GROUPS, ALONE, 0.7f},
    {GROUPS(2, 7), REDACT_OTHER_ID, RULE_ID_GROUPS, HYPHEN | ALONE, 0.7f},
    {GROUPS(3, 6), REDACT_OTHER_ID, RULE_ID_GROUPS, HYPHEN | ALONE, 0.6f},
    {GROUPS(5, 4), REDACT_GEO, RULE_ZIP_PLUS4, HYPHEN | ALONE, 0.8f},
};

static size_t groups_of(uint64_t groups)
{
    return (size_t)(67 - __builtin_clzll(groups)) / 4;
}

/* True when flags hold of the signs between the first so many groups, and behind them. */
static bool signs_fit(const struct number *number, size_t groups, unsigned flags)
{
    for (size_t g = 0; g + 1 < groups; g++) {
        uint8_t sign = number->separator[g];

        if ((flags & (SIGNED | HYPHEN) && sign == ' ') || (flags & SPACED && sign != ' ') ||
            (flags & HYPHEN && sign != '-' && sign != '_'))
            return false;
    }
    uint8_t behind = number->separator[groups - 1];
    return !(flags & ALONE && behind && behind != ' ');
}

void forms_index(uint64_t by_group[2][16])
{
    _Static_assert(sizeof(forms) / sizeof(forms[0]) <= 64, "a bit each");
    memset(by_group, 0, 2 * sizeof(by_group[0]));
    for (size_t f = 0; f < sizeof(forms) / sizeof(forms[0]); f++)
        for (unsigned g = 0; g < 2; g++)
            by_group[g][forms[f].groups >> (4 * g) & 15] |= UINT64_C(1) << f;
}

static const struct form *form_find(const struct view *view, const struct number *number,
                                    size_t *ret_groups)
{
    uint64_t some = view->redactor->forms[0][number->form & 15] &
                    view->redactor->forms[1][number->form >> 4 & 15];

    for (; some; some &= some - 1) {
        size_t f = (size_t)__builtin_ctzll(some);
        size_t groups = groups_of(forms[f].groups);
        uint64_t mask = (UINT64_C(1) << (4 * groups)) - 1;
        unsigned flags = forms[f].flags;

        if ((number->form & mask) != forms[f].groups || groups > number->groups ||
            (flags & ZERO && view->at[number->start[0]] != '0') ||
            (flags & CALL && !(view->sets & WORD(CALL))) ||
            (flags & BRACKET && number->separator[0] != ')') ||
            (number->glued && !(flags & GLUED)) || !signs_fit(number, groups, flags))
            continue;
        *ret_groups = groups;
        return &forms[f];
    }
    return NULL;
}

/* Behind a trunk prefix the plans differ much: 0 and one to four digits, then up to four groups,
 * nine to twelve digits in all. */
static size_t trunk_groups(const struct view *view, const struct number *number)
{
    size_t digits = 0;
    size_t g = 0;

    if (number->glued || view->at[number->start[0]] != '0')
        return 0;
    for (; g < number->groups && g < 5; g++) {
        size_t len = (size_t)number->end[g] - number->start[g];

        if (digits + len > 12 || len < 2 || len > 8 || (g == 0 && len > 5))
            break;
        digits += len;
        if (digits >= 9 && number->separator[g] == ' ')
            return g > 0 ? g + 1 : 0;
    }
    return digits >= 9 && g > 1 ? g : 0;
}

/* An extension: " x123", " ext. 123". */
static size_t extension_end(const struct view *view, size_t end)
{
    static const char *const words[] = {" ext. ", ", ext ", " ext ", " ext.", " ext",
                                        "ext",    " x ",    " x",    "x",     " #"};

    for (size_t w = 0; w < sizeof(words) / sizeof(words[0]); w++) {
        size_t at = end + strlen(words[w]);

        if (view_is(view, end, words[w]) && is_digit(view_at(view, at)))
            return view_run_end(view, at);
    }
    return end;
}

/* The bracket and the plus sign before a telephone number. */
static size_t phone_start(const struct view *view, size_t start)
{
    if (start > 0 && view->at[start - 1] == '(')
        start--;
    if (start > 0 && view->at[start - 1] == '+')
        start--;
    if (start > 0 && view_at(view, start) == '+' && view_at(view, start - 1) == '(')
        start--;
    return start;
}

static bool is_year(const struct view *view, const struct number *number, size_t g)
{
    size_t i = number->start[g];

    return number->end[g] - i == 4 && ((view->at[i] == '1' && view->at[i + 1] == '9') ||
                                       (view->at[i] == '2' && view->at[i + 1] == '0'));
}

/* ITU-T E.164: what a plus sign or an international prefix begins, up to fifteen digits. */
static size_t international_groups(const struct view *view, const struct number *number)
{
    size_t start = number->start[0];
    bool plus = (start > 0 && view->at[start - 1] == '+') ||
                (start > 1 && view->at[start - 1] == '(' && view->at[start - 2] == '+');
    bool prefix =
        !number->glued && number->groups > 1 && view->at[start] == '0' &&
        (view->at[start + 1] == '0' || (view->at[start + 1] == '1' && view->at[start + 2] == '1'));
    size_t digits = 0;
    size_t g = 0;

    if (!plus && !prefix)
        return 0;
    for (; g < number->groups; g++) {
        size_t len = (size_t)number->end[g] - number->start[g];

        if (digits + len > (plus ? 15u : 18u) ||
            (digits >= 11 && number->separator[g - 1] == ' ' && is_year(view, number, g)))
            break;
        digits += len;
    }
    return digits >= (plus ? 7u : 10u) ? g : 0;
}

size_t number_is_international(struct view *view, const struct number *number)
{
    size_t groups = international_groups(view, number);

    if (!groups)
        return 0;
    size_t end = extension_end(view, number->end[groups - 1]);
    hits_put(view, phone_start(view, number->start[0]), end, REDACT_PHONE, RULE_PHONE_INTL, 0.9f);
    return end;
}

/* Groups of the shape that begins number: of a form, or *ret_form NULL, of a telephone behind a
 * trunk prefix. That says more than a form that only a word of calling makes one. */
static size_t shape_groups(const struct view *view, const struct number *number,
                           const struct form **ret_form)
{
    size_t groups = 0;
    const struct form *form = form_find(view, number, &groups);
    size_t trunk = form && !(form->flags & CALL) ? 0 : trunk_groups(view, number);

    *ret_form = trunk > groups ? NULL : form;
    return trunk > groups ? trunk : groups;
}

size_t digits_shape(const struct view *view, const struct number *number, size_t *ret_start)
{
    const struct form *form;
    size_t groups = international_groups(view, number);

    if (!groups && number->groups > 1 && number->digits > 6)
        groups = shape_groups(view, number, &form);
    if (!groups)
        return 0;
    *ret_start = phone_start(view, number->start[0]);
    return extension_end(view, number->end[groups - 1]);
}

/* What ten digits in a telephone's groups are. */
static enum redact_kind phone_kind(const struct view *view, const struct number *number,
                                   const struct digits *digits, float *score)
{
    bool bracket = number->separator[1] == ')';

    if (number->separator[0] == ')')
        bracket = number->groups > 2;

    if (bracket || number->groups == 4 || digits_are_nanp(digits) ||
        view->at[number->start[0]] == '0')
        return REDACT_PHONE;
    *score = 0.6f;
    return digits_are_nhs(digits) && number->separator[0] == ' ' ? REDACT_MRN : REDACT_OTHER_ID;
}

static void form_add(struct view *view, const struct form *form, const struct number *number,
                     size_t end, size_t groups)
{
    enum redact_kind kind = form->kind;
    size_t start = number->start[0];
    struct digits digits = digits_take(view, start, number->end[groups - 1]);
    float score = form->score;

    if (kind == REDACT_SSN) {
        if (!digits_are_ssn(&digits))
            kind = REDACT_OTHER_ID;
        view_mark_machine_made(view, start, end, false);
    } else if ((kind == REDACT_CARD || kind == REDACT_DEVICE) && !digits_luhn(&digits)) {
        kind = REDACT_OTHER_ID;
        score = 0.6f;
    } else if (form->rule == RULE_PHONE_US) {
        kind = phone_kind(view, number, &digits, &score);
    }
    if (form->kind == REDACT_PHONE)
        start = phone_start(view, start);
    else if (form->rule == RULE_DONATION)
        start = number->run_start;
    hits_put(view, start, end, kind, (enum redact_rule)form->rule, score);
}

/* True when a form counts though a letter stands behind it: "4111 1111 1111 1111x" is a card, but
 * "100 200 5000mg" is no telephone. */
static bool stands_glued(const struct view *view, const struct number *number, size_t groups,
                         const struct form *form)
{
    const struct token *behind = &view->token[number->token + groups];

    return form->kind == REDACT_SSN || form->kind == REDACT_CARD || form->kind == REDACT_DEVICE ||
           signs_fit(number, groups, SIGNED) ||
           (form->rule == RULE_PHONE_US &&
            !token_has(behind, WORD(AMOUNT) | WORD(MEASURE) | WORD(ORDINAL)));
}

size_t number_is_shaped(struct view *view, const struct number *number)
{
    const struct form *form;
    size_t groups = shape_groups(view, number, &form);

    if (!groups)
        return 0;
    if (!form) {
        size_t end = extension_end(view, number->end[groups - 1]);
        hits_put(view, phone_start(view, number->start[0]), end, REDACT_PHONE, RULE_PHONE_TRUNK,
                 0.85f);
        return end;
    }
    size_t end = number->end[groups - 1];
    size_t extension = form->kind == REDACT_PHONE ? extension_end(view, end) : end;
    if (is_letter(view_at(view, end)) && extension == end &&
        !stands_glued(view, number, groups, form))
        return 0;
    form_add(view, form, number, extension, groups);
    return extension;
}

/* True when the groups of a number begin a form, the last of them may be cut. */
static bool begins_form(const struct number *number, const struct form *form)
{
    unsigned shift = 4 * (number->groups - 1u);
    uint64_t whole = (UINT64_C(1) << shift) - 1;

    return !((number->form ^ form->groups) & whole) &&
           (number->form >> shift & 15) <= (form->groups >> shift & 15);
}

/* "4111 1111 11": the end of the text cuts a number of a form that little else has. Two groups make
 * one from nine digits on; eight are what a receipt shows of a card. */
size_t number_is_cut(struct view *view, const struct number *number)
{
    size_t end = number->end[number->groups - 1];
    bool few = number->groups < 3 && (number->digits < 9 || is_year(view, number, 0));

    if (number->glued || few || !is_cut(view, end))
        return 0;
    for (size_t f = 0; f < sizeof(forms) / sizeof(forms[0]); f++) {
        uint8_t rule = forms[f].rule;
        bool own = rule == RULE_CARD || rule == RULE_PHONE_US || rule == RULE_SSN_GROUPS ||
                   rule == RULE_IMEI;

        if (!own || forms[f].flags & BRACKET || !begins_form(number, &forms[f]))
            continue;
        hits_put(view, number->start[0], end, REDACT_OTHER_ID, RULE_ID_GROUPS, 0.5f);
        return end;
    }
    return 0;
}

static unsigned number_of(const struct view *view, size_t start, size_t end)
{
    unsigned value = 0;

    for (size_t i = start; i < end && i < start + 9; i++)
        value = value * 10 + (unsigned)(view->at[i] - '0');
    return value;
}

/* "40.7127": up to three digits, a point, four and more: a part of a place on Earth. Its end. */
static size_t degrees_end(const struct view *view, size_t i)
{
    size_t start = i;

    while (i - start < 4 && is_digit(view_at(view, i)))
        i++;
    if (i == start || i - start > 3 || view_at(view, i) != '.')
        return 0;
    start = ++i;
    while (i - start < WINDOW && is_digit(view_at(view, i)))
        i++;
    return i - start >= 4 && !is_alnum(view_at(view, i)) ? i : 0;
}

/* Latitude and longitude (ISO 6709, decimal degrees): finer than a town. */
size_t number_is_point(struct view *view, const struct number *number)
{
    size_t start = number->start[0];
    size_t i = number->separator[0] == '.' && !number->glued ? degrees_end(view, start) : 0;

    if (!i || (view_at(view, i) != ',' && view_at(view, i) != ' ' && view_at(view, i) != ';'))
        return 0;
    i++;
    i += view_at(view, i) == ' ';
    i += view_at(view, i) == '-' || view_at(view, i) == '+';
    size_t end = degrees_end(view, i);
    if (!end)
        return 0;
    if (start > 0 && view->at[start - 1] == '-')
        start--;
    hits_put(view, start, end, REDACT_GEO, RULE_POINT, 0.9f);
    return end;
}

/* Counts of cells and people are round, numbers of people are not. */
static bool is_round(const struct view *view, size_t start, size_t end)
{
    size_t zeros = 0;

    while (end - zeros > start && view->at[end - zeros - 1] == '0')
        zeros++;
    return zeros >= 3 && end - start - zeros <= 3 && view->at[start] != '0';
}

/* "2019-2020", "1234-1241", "150000-450000" */
static bool is_range(const struct view *view, const struct number *number, size_t groups)
{
    size_t len = (size_t)number->end[0] - number->start[0];

    if (!view->balanced || groups != 2)
        return false;
    unsigned first = number_of(view, number->start[0], number->end[0]);
    unsigned second = number_of(view, number->start[1], number->end[1]);
    if (is_year(view, number, 0) && is_year(view, number, 1))
        return true;
    if (is_round(view, number->start[0], number->end[0]) &&
        is_round(view, number->start[1], number->end[1]))
        return true;
    return !view->clinical && len == 4 && second > first && second - first < 1000;
}

/* Groups that signs join, or single spaced digits. */
struct joint {
    size_t groups;
    size_t digits;
    uint8_t shortest;
    uint8_t longest;
    bool slashes; /* '/' stands between all */
    bool hyphens; /* '-' does */
};

static struct joint joint_of(const struct view *view, const struct number *number)
{
    struct joint joint = {.shortest = 15, .slashes = true, .hyphens = true};
    bool single = true;

    for (size_t n = 0; n < number->groups; n++) {
        uint8_t len = number->form >> (4 * n) & 15;
        uint8_t sign = n > 0 ? number->separator[n - 1] : 0;

        if ((sign == ' ' && !(single && len == 1)) || (sign == '.' && view->balanced))
            break;
        single = single && len == 1;
        joint.slashes = joint.slashes && (n == 0 || sign == '/');
        joint.hyphens = joint.hyphens && (n == 0 || sign == '-');
        joint.shortest = len < joint.shortest ? len : joint.shortest;
        joint.longest = len > joint.longest ? len : joint.longest;
        joint.digits += (size_t)number->end[n] - number->start[n];
        joint.groups++;
    }
    return joint;
}

/* Eight digits and more in all, or seven in three groups. "S59-15414" and the like are such too. */
size_t number_is_joined(struct view *view, const struct number *number)
{
    struct joint joint = joint_of(view, number);
    size_t prefix = number->start[0] - number->run_start;
    bool few = joint.hyphens && joint.digits >= 7 && joint.shortest > 1 &&
               (joint.groups > 2 || number->glued);
    /* "1024/2048" are two numbers. */
    bool ratio = view->balanced && joint.slashes && joint.longest <= 4 && !view->clinical;

    if (joint.groups < 2 || (joint.digits < 8 && !few) || ratio ||
        is_range(view, number, joint.groups) || (number->glued && !(few && prefix <= 3)))
        return 0;
    size_t end = number->end[joint.groups - 1];
    hits_put(view, number->run_start, end, REDACT_OTHER_ID, RULE_ID_JOINED, 0.5f);
    return end;
}

static bool is_capital(uint8_t c)
{
    return c >= 'A' && c <= 'Z';
}

/* HMRC, NIM39110: two letters, six digits, mostly in pairs, and a letter from A to D. */
size_t number_is_nino(struct view *view, const struct number *number)
{
    size_t start = number->start[0];
    size_t end = number->end[2];

    if ((number->form & 0xfff) != GROUPS(2, 2, 2) || number->separator[0] != number->separator[1])
        return 0;
    if (start > 0 && view->at[start - 1] == number->separator[0])
        start--;
    if (start < 2 || !is_capital(view->at[start - 1]) || !is_capital(view->at[start - 2]) ||
        (start > 2 && is_alnum(view->at[start - 3])))
        return 0;
    end += view->at[end] == number->separator[0];
    if (view->at[end] < 'A' || view->at[end] > 'D' || is_alnum(view->at[end + 1]))
        return 0;
    hits_put(view, start - 2, end + 1, REDACT_OTHER_ID, RULE_NINO, 0.9f);
    return end + 1;
}

/* "45-41-29": how charts are filed by terminal digits, and how British banks write sort codes. */
size_t number_is_filed(struct view *view, const struct number *number)
{
    if (number->glued || (number->form & 0xfff) != GROUPS(2, 2, 2) || number->separator[0] != '-' ||
        number->separator[1] != '-' || (number->separator[2] && number->separator[2] != ' '))
        return 0;
    hits_put(view, number->start[0], number->end[2], view->clinical ? REDACT_MRN : REDACT_OTHER_ID,
             RULE_FILED, 0.6f);
    return number->end[2];
}

/* Behind "(21)" and the like: letters, digits and signs, up to twenty. */
static size_t element_end(const struct view *view, size_t i)
{
    size_t start = i;

    while (i - start < 20 && (is_alnum(view_at(view, i)) || view_at(view, i) == '-' ||
                              view_at(view, i) == '.' || view_at(view, i) == '/'))
        i++;
    return i;
}

/* 21 CFR 801.40 and the GS1 General Specifications: "(01)" and fourteen digits, then more elements
 * such as expiry, lot and serial number. */
size_t number_is_udi(struct view *view, const struct number *number)
{
    size_t start = number->start[0];

    if ((number->form & 0xff) != GROUPS(2, 14) || number->separator[0] != ')' || start == 0 ||
        view->at[start - 1] != '(' || view->at[start] != '0' || view->at[start + 1] != '1')
        return 0;
    size_t end = number->end[1];
    for (size_t n = 0; n < 6 && view_at(view, end) == '('; n++) {
        size_t i = end + 1;

        while (i - end < 5 && is_digit(view_at(view, i)))
            i++;
        if (i - end < 3 || view_at(view, i) != ')')
            break;
        end = element_end(view, i + 1);
    }
    struct digits item = digits_take(view, number->start[1], number->end[1]);
    hits_put(view, start - 1, end, digits_are_gtin(&item) ? REDACT_DEVICE : REDACT_OTHER_ID,
             RULE_UDI, 0.95f);
    return end;
}

static bool bracketed(const struct view *view, size_t start, size_t end)
{
    uint8_t before = start > 0 ? view->at[start - 1] : 0;
    uint8_t behind = view->at[end];

    return before == '#' || (before == '(' && behind == ')') || (before == '[' && behind == ']');
}

/* "$1299000", "3.1415926", "1048576 bytes" */
static bool is_quantity(const struct view *view, const struct number *number)
{
    size_t start = number->start[0];
    size_t next = number->token + 1;
    bool fraction = start > 1 && view->at[start - 1] == '.' && is_digit(view->at[start - 2]);

    if (start > 0 && view->at[start - 1] == '$')
        return true;
    if (fraction && !view->clinical) {
        size_t whole = start - 1;

        while (whole > 0 && start - whole < 6 && is_digit(view->at[whole - 1]))
            whole--;
        if (start - 1 - whole <= 3 && !(whole > 0 && view->at[whole - 1] == '.'))
            return true;
    }
    return !view->clinical && next < view->tokens &&
           view->token[next].start - number->end[0] <= 1 &&
           (view->token[next].start == number->end[0] || view->at[number->end[0]] == ' ') &&
           token_has(&view->token[next], WORD(MEASURE));
}

/* Digits without any form: how many are somebody's number depends on who speaks. */
static bool is_long(const struct view *view, const struct number *number)
{
    size_t start = number->start[0];
    size_t end = number->end[0];
    size_t len = end - start;

    if (!view->balanced)
        return true;
    if (len < (view->clinical && bracketed(view, start, end) ? 5u : view->clinical ? 6u : 7u))
        return false;
    if (is_round(view, start, end) || is_quantity(view, number))
        return false;
    bool reference = number->label && number->label->says >= SAYS_REFERENCE;
    return view->clinical || len >= 10 || !reference;
}

/* What a bare run of digits may be, by who issues such. */
static void long_add(struct view *view, size_t start, size_t end)
{
    struct digits digits = digits_take(view, start, end);

    if (digits_are_card(&digits) && digits.len >= 13)
        hits_put(view, start, end, REDACT_CARD, RULE_CARD, 0.9f);
    else if (digits.len == 15 && digits_luhn(&digits))
        hits_put(view, start, end, REDACT_DEVICE, RULE_IMEI, 0.6f); /* 3GPP TS 23.003 */
    else if (digits_are_aba(&digits))
        hits_put(view, start, end, REDACT_ACCOUNT, RULE_ABA, 0.5f);
    else if (digits_are_npi(&digits) && digits.at[0] == 1)
        hits_put(view, start, end, REDACT_LICENSE, RULE_NPI, 0.5f);
    else if (digits_are_nanp(&digits))
        hits_put(view, start, end, REDACT_PHONE, RULE_PHONE_US, 0.5f);
    else
        hits_put(view, start, end, REDACT_OTHER_ID, RULE_ID_LONG, 0.5f);
}

size_t number_is_long(struct view *view, const struct number *number)
{
    size_t end = number->end[0];

    if (number->glued || end - number->start[0] < 5 || is_letter(view->at[end]) ||
        !is_long(view, number))
        return 0;
    long_add(view, number->start[0], end);
    return end;
}
