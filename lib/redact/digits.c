/*
 * Numbers by the shape of their groups: "3-2-4" is a social security number. A validator decides
 * which kind and how sure, never whether: a number of that shape that fails it still goes.
 */

#include "redact/redact-private.h"

#define GROUPS_MAX 12

struct cluster {
    size_t start[GROUPS_MAX];
    size_t end[GROUPS_MAX];
    uint8_t separator[GROUPS_MAX]; /* behind each group, 0 behind the last */
    size_t count;
};

static unsigned number_of(const struct view *view, size_t start, size_t end)
{
    unsigned value = 0;

    for (size_t i = start; i < end && i < start + 9; i++)
        value = value * 10 + (unsigned)(view_at(view, i) - '0');
    return value;
}

/* Groups of digits from i on with one separator between, or ") ". */
static void cluster_take(const struct view *view, size_t i, struct cluster *cluster)
{
    while (cluster->count < GROUPS_MAX && is_digit(view_at(view, i))) {
        size_t n = cluster->count++;

        cluster->start[n] = i;
        while (is_digit(view_at(view, i)))
            i++;
        cluster->end[n] = i;
        cluster->separator[n] = 0;
        uint8_t c = view_at(view, i);
        size_t step = c == ')' && view_at(view, i + 1) == ' ' ? 2 : 1;
        /* " (" between country and area, "- " where a title was typed by hand */
        if (c == ' ' && view_at(view, i + 1) == '(')
            step = 2;
        if (c == ' ' && view_at(view, i + 1) == '-' && view_at(view, i + 2) == ' ') {
            c = '-';
            step = 3;
        }
        if (c == 0 || !strchr(" -./()_", c) || !is_digit(view_at(view, i + step)))
            break;
        cluster->separator[n] = c;
        i += step;
    }
}

struct form {
    uint8_t groups[GROUPS_MAX];
    enum redact_kind kind;
    bool zero;  /* begins with 0: the trunk prefix of most countries */
    bool loose; /* blanks may separate; else only a sign */
    float score;
};

static const struct form forms[] = {
    {{4, 4, 4, 4, 3}, REDACT_CARD, false, true, 0.8f},
    {{4, 4, 4, 4}, REDACT_CARD, false, true, 0.8f},
    {{4, 6, 5}, REDACT_CARD, false, true, 0.8f},
    {{4, 6, 4}, REDACT_CARD, false, true, 0.8f},
    {{1, 3, 3, 4}, REDACT_PHONE, false, true, 0.95f},
    {{3, 3, 4}, REDACT_PHONE, false, true, 0.95f},
    {{3, 2, 4}, REDACT_SSN, false, true, 0.95f},
    {{2, 2, 2, 2, 2}, REDACT_PHONE, true, true, 0.85f},
    {{2, 4, 4}, REDACT_PHONE, true, true, 0.85f},
    {{3, 4, 4}, REDACT_PHONE, true, true, 0.85f},
    {{3, 4, 3}, REDACT_PHONE, true, true, 0.85f},
    {{4, 3, 3}, REDACT_PHONE, true, true, 0.85f},
    {{4, 3, 4}, REDACT_PHONE, true, true, 0.85f},
    {{4, 4, 4}, REDACT_OTHER_ID, false, true, 0.7f},
    {{5, 3, 3}, REDACT_PHONE, true, true, 0.85f},
    {{5, 6}, REDACT_PHONE, true, true, 0.85f},
    {{5, 5}, REDACT_PHONE, true, true, 0.7f},
    {{4, 6}, REDACT_PHONE, true, true, 0.85f},
    {{4, 7}, REDACT_PHONE, true, true, 0.85f},
    {{3, 7}, REDACT_PHONE, true, true, 0.85f},
    {{3, 8}, REDACT_PHONE, true, true, 0.85f},
    {{3, 3, 3}, REDACT_OTHER_ID, false, true, 0.7f},
    {{3, 3, 2, 2}, REDACT_OTHER_ID, false, true, 0.7f},
    {{2, 7}, REDACT_OTHER_ID, false, false, 0.7f},
    {{3, 4}, REDACT_PHONE, false, false, 0.6f},
    {{3, 6}, REDACT_OTHER_ID, false, false, 0.6f},
    {{5, 4}, REDACT_GEO, false, false, 0.8f},
};

static bool form_fits(const struct view *view, const struct form *form,
                      const struct cluster *cluster)
{
    size_t n = 0;

    for (; n < GROUPS_MAX && form->groups[n]; n++) {
        if (n >= cluster->count || cluster->end[n] - cluster->start[n] != form->groups[n])
            return false;
        bool last = n + 1 == GROUPS_MAX || form->groups[n + 1] == 0;
        if (!last && cluster->separator[n] == ' ' && !form->loose)
            return false;
    }
    return !form->zero || view->at[cluster->start[0]] == '0';
}

/* SSA's rule since 2011: no 000, 666 or 9xx area, no 00 group, no 0000 serial. */
static bool ssn_valid(unsigned area, unsigned group, unsigned serial)
{
    return area > 0 && area != 666 && area < 900 && group > 0 && serial > 0;
}

/* IRS: 9xx, group 50-65, 70-88, 90-92, 94-99. */
static bool itin_valid(unsigned area, unsigned group)
{
    return area >= 900 && ((group >= 50 && group <= 65) || (group >= 70 && group <= 88) ||
                           (group >= 90 && group != 93));
}

enum redact_kind ssn_kind(const struct view *view, size_t start)
{
    unsigned area = number_of(view, start, start + 3);
    unsigned group = number_of(view, start + 4, start + 6);
    unsigned serial = number_of(view, start + 7, start + 11);

    return ssn_valid(area, group, serial) || itin_valid(area, group) ? REDACT_SSN : REDACT_OTHER_ID;
}

bool luhn_valid(const struct view *view, size_t start, size_t end)
{
    unsigned sum = 0;
    bool twice = false;

    for (size_t i = end; i > start; i--) {
        uint8_t c = view_at(view, i - 1);

        if (!is_digit(c))
            continue;
        unsigned digit = (unsigned)(c - '0') * (twice ? 2 : 1);
        sum += digit > 9 ? digit - 9 : digit;
        twice = !twice;
    }
    return sum % 10 == 0;
}

static void form_add(struct view *view, const struct form *form, const struct cluster *cluster,
                     size_t end)
{
    enum redact_kind kind = form->kind;
    size_t start = cluster->start[0];
    float score = form->score;

    if (kind == REDACT_SSN) {
        unsigned area = number_of(view, cluster->start[0], cluster->end[0]);
        unsigned group = number_of(view, cluster->start[1], cluster->end[1]);
        unsigned serial = number_of(view, cluster->start[2], cluster->end[2]);

        if (!ssn_valid(area, group, serial) && !itin_valid(area, group))
            kind = REDACT_OTHER_ID;
        /* No machine writes this shape by chance so often that a patient's may stay. */
        view_mark_machine_made(view, start, start + end - start, false);
    }
    if (kind == REDACT_CARD && !luhn_valid(view, start, end)) {
        kind = REDACT_OTHER_ID;
        score = 0.6f;
    }
    if (kind == REDACT_PHONE) {
        if (start > 0 && view->at[start - 1] == '(')
            start--;
        if (start > 0 && view->at[start - 1] == '+')
            start--;
    }
    hits_add(view, start, end, kind, score);
}

static bool plus_before(const struct view *view, size_t i)
{
    return i > 0 && (view_at(view, i - 1) == '+' ||
                     (i > 1 && view->at[i - 1] == '(' && view->at[i - 2] == '+'));
}

/* "+44 20 7946 0958": what a plus begins, up to fifteen digits (E.164). */
static size_t international_at(struct view *view, const struct cluster *cluster)
{
    size_t digits = 0;
    size_t n = 0;

    if (!plus_before(view, cluster->start[0]))
        return 0;
    for (; n < cluster->count; n++) {
        digits += cluster->end[n] - cluster->start[n];
        if (digits > 15)
            break;
    }
    if (n == 0 || digits < 7)
        return 0;
    hits_add(view, cluster->start[0] - 1, cluster->end[n - 1], REDACT_PHONE, 0.9f);
    return cluster->end[n - 1];
}

/* An extension: " x123", " ext. 123". */
static size_t extension_end(const struct view *view, size_t end)
{
    static const char *const words[] = {" ext. ", " ext ", " ext.", " ext",
                                        "ext",    " x ",   " x",    "x"};

    for (size_t w = 0; w < sizeof(words) / sizeof(words[0]); w++) {
        size_t at = end + strlen(words[w]);

        if (view_is(view, end, words[w]) && is_digit(view_at(view, at)))
            return view_run_end(view, at);
    }
    return end;
}

/* Behind a letter only the forms that nothing else has: "x233-67-2090". */
static bool form_is_plain(const struct form *form)
{
    return form->kind == REDACT_SSN || (form->groups[0] == 3 && form->groups[1] == 3) ||
           form->groups[3] == 4;
}

static size_t shaped_at(struct view *view, const struct cluster *cluster, bool glued)
{
    size_t end = glued ? 0 : international_at(view, cluster);

    if (end)
        return end;
    for (size_t f = 0; f < sizeof(forms) / sizeof(forms[0]); f++) {
        size_t n = 0;

        if (!form_fits(view, &forms[f], cluster) || (glued && !form_is_plain(&forms[f])))
            continue;
        while (n < GROUPS_MAX && forms[f].groups[n])
            n++;
        end = cluster->end[n - 1];
        if (is_letter(view_at(view, end)) && forms[f].kind != REDACT_SSN &&
            extension_end(view, end) == end)
            continue;
        if (forms[f].kind == REDACT_PHONE)
            end = extension_end(view, end);
        form_add(view, &forms[f], cluster, end);
        return end;
    }
    return 0;
}

static bool bracketed(const struct view *view, size_t start, size_t end)
{
    uint8_t before = start > 0 ? view_at(view, start - 1) : 0;
    uint8_t behind = view_at(view, end);

    return before == '#' || (before == '(' && behind == ')') || (before == '[' && behind == ']');
}

/* Digits without any form: how many are somebody's number depends on who speaks. */
static void plain_add(struct view *view, size_t start, size_t end)
{
    size_t len = end - start;
    size_t least = 7;

    if (!view->balanced || (view->clinical && bracketed(view, start, end)))
        least = 5;
    else if (view->clinical)
        least = 6;

    /* Counts of cells are round, numbers of people are not. */
    bool round = view->balanced && len == 6 && number_of(view, start, end) % 1000 == 0;

    if (len < least || round ||
        (view->balanced && !view->clinical && len < 10 && reference_before(view, start)))
        return;
    if (len >= 13 && len <= 19 && luhn_valid(view, start, end))
        hits_add(view, start, end, REDACT_CARD, 0.9f);
    else
        hits_add(view, start, end, REDACT_OTHER_ID, 0.5f);
}

/* "2019-2020" */
static bool year_range(const struct view *view, const struct cluster *cluster, size_t groups)
{
    bool years = groups == 2;

    for (size_t n = 0; years && n < groups; n++) {
        unsigned value = number_of(view, cluster->start[n], cluster->end[n]);

        years = value >= 1900 && value <= 2100;
    }
    return years;
}

/* Groups joined by signs, or single spaced digits: nine digits and more in all are a number. */
static size_t joined_at(struct view *view, const struct cluster *cluster)
{
    size_t digits = 0;
    size_t n = 0;
    bool single = true;

    for (; n < cluster->count; n++) {
        size_t len = cluster->end[n] - cluster->start[n];

        if (n > 0 && cluster->separator[n - 1] == ' ' && !(single && len == 1))
            break;
        if (n > 0 && cluster->separator[n - 1] == '.' && view->balanced)
            break;
        single = single && len == 1;
        digits += len;
    }
    if (n < 2 || digits < 8 || year_range(view, cluster, n))
        return 0;
    hits_add(view, cluster->start[0], cluster->end[n - 1], REDACT_OTHER_ID, 0.5f);
    return cluster->end[n - 1];
}

static bool cluster_is_ssn(const struct cluster *cluster)
{
    return cluster->count >= 3 && cluster->end[0] - cluster->start[0] == 3 &&
           cluster->end[1] - cluster->start[1] == 2 && cluster->end[2] - cluster->start[2] == 4;
}

/* End of what was looked at from the digit at i on. */
static size_t number_at(struct view *view, size_t i)
{
    bool glued = i > 0 && is_letter(view_at(view, i - 1));
    struct cluster cluster = {.count = 0};

    cluster_take(view, i, &cluster);
    if (view->balanced && !cluster_is_ssn(&cluster) && public_code_before(view, i))
        return cluster.end[cluster.count - 1];
    size_t end = shaped_at(view, &cluster, glued);
    if (end || glued)
        return end ? end : cluster.end[0];
    end = joined_at(view, &cluster);
    if (end)
        return end;
    if (!is_letter(view_at(view, cluster.end[0])))
        plain_add(view, i, cluster.end[0]);
    return cluster.end[0];
}

void recognise_digits(struct view *view)
{
    for (size_t i = 0; i < view->len; i++)
        if (is_digit(view_at(view, i)))
            i = number_at(view, i) - 1;
}
