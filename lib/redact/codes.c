/* Codes of letters and digits: their makers' check digits say which kind, never whether. */

#include "redact/redact-private.h"

struct run {
    size_t start;
    size_t end;
    size_t digits;
    size_t letters; /* at the front, before any digit */
    bool hex;
    bool mixed; /* letters of both cases */
};

static struct run run_at(const struct view *view, size_t i)
{
    struct run run = {.start = i, .hex = true};
    bool upper = false;
    bool lower = false;

    for (; is_alnum(view_at(view, i)); i++) {
        run.digits += is_digit(view->at[i]);
        run.letters += run.digits == 0;
        run.hex = run.hex && is_hex(view->lower[i]);
        upper = upper || view->at[i] != view->lower[i];
        lower = lower || (is_letter(view->at[i]) && view->at[i] == view->lower[i]);
    }
    run.end = i;
    run.mixed = upper && lower;
    return run;
}

/* 49 CFR 565: no I, O or Q; the ninth is a check digit in North America. */
static bool vin_shape(const struct view *view, const struct run *run, bool *ret_valid)
{
    static const char values[] = "0123456789.ABCDEFGH..JKLMN.P.R..STUVWXYZ";
    static const uint8_t weights[] = {8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2};
    unsigned sum = 0;

    if (run->end - run->start != 17 || run->digits < 3 || run->digits > 15)
        return false;
    for (size_t n = 0; n < 17; n++) {
        uint8_t c = view_at(view, run->start + n);
        const char *at = strchr(values, c >= 'a' && c <= 'z' ? c & ~0x20 : c);

        if (c == 'i' || c == 'o' || c == 'q' || c == VIEW_LETTER || !at)
            return false;
        sum += (unsigned)(at - values) % 10 * weights[n];
    }
    uint8_t check = view->lower[run->start + 8];
    *ret_valid = sum % 11 == 10 ? check == 'x' : check == '0' + sum % 11;
    return true;
}

/* CMS: C A AN N A AN N A A N N, with hyphens after the fourth and seventh or without. */
static size_t mbi_at(const struct view *view, size_t i)
{
    static const char form[] = "cbeabeabbaa"; /* c 1-9, a digit, b letter, e either */
    size_t start = i;

    if (i > 0 && is_alnum(view_at(view, i - 1)))
        return 0;
    for (size_t n = 0; n < sizeof(form) - 1; n++, i++) {
        if ((n == 4 || n == 7) && view_at(view, i) == '-')
            i++;
        uint8_t c = view_at(view, i);
        bool fits = form[n] == 'b'   ? is_letter(c)
                    : form[n] == 'e' ? is_alnum(c)
                    : form[n] == 'c' ? is_digit(c) && c != '0'
                                     : is_digit(c);

        if (!fits)
            return 0;
    }
    return is_alnum(view_at(view, i)) || i - start > 13 ? 0 : i;
}

/* ISO 13616: two letters, two check digits, up to thirty more in groups of four or solid. Without
 * its check digits any word would be one. */
static size_t iban_at(const struct view *view, size_t start)
{
    size_t i = start;
    size_t end = 0;
    size_t len = 0;
    unsigned rest = 0;
    unsigned head = 0;

    if (!is_letter(view_at(view, i)) || !is_letter(view_at(view, i + 1)) ||
        !is_digit(view_at(view, i + 2)) || !is_digit(view_at(view, i + 3)))
        return 0;
    for (; len < 34; len++, i++) {
        if (len % 4 == 0 && len > 0 && (view_at(view, i) == ' ' || view_at(view, i) == '-') &&
            is_alnum(view_at(view, i + 1)))
            i++;
        uint8_t c = view_at(view, i);
        if (!is_alnum(c) || c == VIEW_LETTER)
            break;
        unsigned value = is_digit(c) ? (unsigned)(c - '0') : (unsigned)(c - 'a') + 10;
        if (len < 4)
            head = head * (value > 9 ? 100 : 10) + value;
        else
            rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
        if (len >= 14 && (rest * 1000000 % 97 + head % 97) % 97 == 1 &&
            !is_alnum(view_at(view, i + 1)))
            end = i + 1;
    }
    return end;
}

/* 8-4-4-4-12 hexadecimal digits */
static size_t uuid_at(const struct view *view, size_t i)
{
    static const uint8_t groups[] = {8, 4, 4, 4, 12};

    for (size_t g = 0; g < sizeof(groups); g++) {
        for (size_t n = 0; n < groups[g]; n++)
            if (!is_hex(view_at(view, i++)))
                return 0;
        if (g + 1 < sizeof(groups) && view_at(view, i++) != '-')
            return 0;
    }
    return is_alnum(view_at(view, i)) ? 0 : i;
}

/* DEA: two letters, seven digits, the last of which is the sum's. NPI and others come by label. */
static bool dea_valid(const struct view *view, const struct run *run)
{
    unsigned digit[7];

    if (run->end - run->start != 9 || run->letters != 2 || run->digits != 7)
        return false;
    for (size_t n = 0; n < 7; n++)
        digit[n] = (unsigned)(view_at(view, run->start + 2 + n) - '0');
    return (digit[0] + digit[2] + digit[4] + 2 * (digit[1] + digit[3] + digit[5])) % 10 == digit[6];
}

/* End of the random word around a run: letters, digits, '-' and '_' (base64url). */
static size_t random_end(const struct view *view, const struct run *run)
{
    size_t i = run->start;
    size_t digits = 0;
    size_t changes = 0;

    for (; i - run->start < 2 * WINDOW; i++) {
        uint8_t c = view_at(view, i);

        if (!is_alnum(c) && c != '-' && c != '_')
            break;
        digits += is_digit(c);
        if (i == run->start || !is_alnum(c) || !is_alnum(view->at[i - 1]))
            continue;
        changes += is_digit(c) != is_digit(view->at[i - 1]);
        changes += is_letter(c) && view->at[i] != c && view->at[i - 1] == view->lower[i - 1];
    }
    if (i - run->start < 20 || digits < 2 || changes < 8)
        return 0;
    return i > run->end ? i : run->end;
}

/*
 * What machines make for documents, sessions and commits names nobody by itself: balanced keeps it
 * where no patient is spoken of.
 */
static size_t machine_made_end(const struct view *view, const struct run *run)
{
    if (!view->balanced || view->clinical)
        return 0;
    size_t len = run->end - run->start;
    if (run->hex && (len == 32 || len == 40 || len == 64))
        return run->end;
    if (run->hex && len >= 7 && len <= 40 && reference_before(view, run->start))
        return run->end;
    return random_end(view, run);
}

static size_t known_code(struct view *view, const struct run *run)
{
    size_t end = uuid_at(view, run->start);
    bool valid = false;

    if (end && view->balanced && !view->clinical) {
        view_mark_machine_made(view, run->start, end, true);
        return end;
    }
    if (end) {
        hits_add(view, run->start, end, REDACT_OTHER_ID, 0.9f);
        return end;
    }
    if ((end = mbi_at(view, run->start))) {
        hits_add(view, run->start, end, REDACT_HEALTH_PLAN, 0.9f);
        return end;
    }
    if ((end = iban_at(view, run->start))) {
        hits_add(view, run->start, end, REDACT_ACCOUNT, 0.95f);
        return end;
    }
    if (vin_shape(view, run, &valid)) {
        hits_add(view, run->start, run->end, REDACT_VEHICLE, valid ? 0.95f : 0.6f);
        return run->end;
    }
    if (dea_valid(view, run)) {
        hits_add(view, run->start, run->end, REDACT_LICENSE, 0.8f);
        return run->end;
    }
    return 0;
}

/* A prefix of ticket systems in front of digits: "INC1311202". */
static bool reference_prefix(const struct view *view, const struct run *run)
{
    return view->balanced && !view->clinical && run->letters > 1 &&
           run->letters + run->digits == run->end - run->start &&
           reference_before(view, run->start + run->letters);
}

static void code_add(struct view *view, const struct run *run)
{
    bool wary = !view->balanced || view->clinical;
    size_t len = run->end - run->start;

    if (run->digits < (wary ? 3u : 4u) || run->digits == len || len < (wary ? 5u : 6u) ||
        reference_prefix(view, run) || is_label(view, run->start, run->start + run->letters))
        return;
    hits_add(view, run->start, run->end, REDACT_OTHER_ID, 0.5f);
}

void recognise_codes(struct view *view)
{
    for (size_t i = 0; i < view->len;) {
        if (!is_alnum(view_at(view, i))) {
            i++;
            continue;
        }
        struct run run = run_at(view, i);
        bool plain = run.digits == 0 && !(run.hex && run.end - run.start == 8);
        size_t end = plain ? 0 : known_code(view, &run);

        if (!end && (end = machine_made_end(view, &run)))
            view_mark_machine_made(view, run.start, end, true);
        if (!end)
            code_add(view, &run);
        i = end ? end : run.end;
    }
}
