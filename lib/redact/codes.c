/*
 * Codes of letters and digits. Their makers' check digits say which kind, never whether: what has
 * the shape and fails the check is somebody's all the same (other_id).
 */

#include "redact/codes.h"
#include "redact/digits.h"
#include "redact/labels.h"

struct run {
    size_t start;
    size_t end;
    size_t digits;
    size_t letters; /* at the front, before any digit */
    bool hex;
    bool mixed; /* letters of both cases */
};

static bool wary(const struct view *view)
{
    return !view->balanced || view->clinical;
}

/* Where the letters and digits from i on end, however far. */
static size_t alnum_end(const struct view *view, size_t i)
{
    for (size_t start = view->len + 1; start != i;) {
        start = i;
        i = scan_next_clear(view->scan.letter, i, view->len);
        i = scan_next_clear(view->scan.digit, i, view->len);
    }
    return i;
}

static struct run run_of(const struct view *view, size_t start, size_t end)
{
    struct run run = {.start = start, .end = alnum_end(view, end), .hex = true};
    bool upper = false;
    bool lower = false;

    view_step(view, run.end - start);
    for (size_t i = start; i < run.end; i++) {
        bool digit = is_digit(view->at[i]);

        run.digits += digit;
        run.letters += run.digits == 0;
        run.hex = run.hex && is_hex(view->lower[i]);
        upper = upper || view->at[i] != view->lower[i];
        lower = lower || (!digit && view->at[i] == view->lower[i]);
    }
    run.mixed = upper && lower;
    return run;
}

static size_t code_put(struct view *view, size_t start, size_t end, enum redact_kind kind,
                       enum redact_rule rule, float score)
{
    hits_put(view, start, end, kind, rule, score);
    return end;
}

/* 49 CFR 565.15: seventeen, no I, O or Q; the ninth is a check digit on vehicles for North America.
 */
static bool vin_shape(const struct view *view, size_t start, size_t end, bool *ret_valid)
{
    static const char values[] = "0123456789.ABCDEFGH..JKLMN.P.R..STUVWXYZ";
    static const uint8_t weights[] = {8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2};
    unsigned sum = 0;

    if (end - start != 17)
        return false;
    for (size_t n = 0; n < 17; n++) {
        uint8_t c = view_at(view, start + n);
        const char *at = strchr(values, is_digit(c) ? c : c & ~0x20);

        if (!is_alnum(c) || c == VIEW_LETTER || is_one_of(c, "ioq") || !at)
            return false;
        sum += (unsigned)(at - values) % 10 * weights[n];
    }
    uint8_t check = view->lower[start + 8];
    *ret_valid = sum % 11 == 10 ? check == 'x' : check == '0' + sum % 11;
    return true;
}

bool vin_valid(const struct view *view, size_t start, size_t end)
{
    bool valid = false;

    return vin_shape(view, start, end, &valid) && valid;
}

static size_t vin_at(struct view *view, const struct run *run)
{
    bool valid;

    if (run->digits < 3 || run->digits > 15 || !vin_shape(view, run->start, run->end, &valid))
        return 0;
    if (valid)
        return code_put(view, run->start, run->end, REDACT_VEHICLE, RULE_VIN, 0.95f);
    return code_put(view, run->start, run->end, REDACT_OTHER_ID, RULE_CODE, 0.6f);
}

/* CMS, "Understanding the MBI": C A AN N A AN N A A N N without the letters S L O I B Z, shown in
 * groups of 4, 3 and 4. */
static size_t mbi_at(struct view *view, const struct run *run)
{
    static const char form[] = "cbeabeabbaa"; /* c 1-9, a digit, b letter, e either */
    size_t i = run->start;
    bool valid = true;
    uint8_t between = 0;

    for (size_t n = 0; n < sizeof(form) - 1; n++, i++) {
        uint8_t c = view_at(view, i);

        if ((n == 4 || n == 7) && is_one_of(c, "- ") && (n == 4 || c == between)) {
            between = c;
            c = view_at(view, ++i);
        } else if (n == 7 && between) {
            return 0;
        }
        bool fits = form[n] == 'b'   ? is_letter(c)
                    : form[n] == 'e' ? is_alnum(c)
                    : form[n] == 'c' ? is_digit(c) && c != '0'
                                     : is_digit(c);

        if (!fits)
            return 0;
        valid = valid && !is_one_of(c, "sloibz") && c != VIEW_LETTER;
    }
    if (is_alnum(view_at(view, i)) || (between == ' ' && !valid))
        return 0;
    return valid ? code_put(view, run->start, i, REDACT_HEALTH_PLAN, RULE_MBI, 0.9f)
                 : code_put(view, run->start, i, REDACT_OTHER_ID, RULE_CODE, 0.6f);
}

/* 8-4-4-4-12 hexadecimal digits (RFC 9562); its first groups may hold no digit, so i is found from
 * any of them. */
static size_t uuid_end(const struct view *view, size_t i)
{
    static const uint8_t groups[] = {8, 4, 4, 4, 12};

    for (size_t g = 0; g < sizeof(groups); g++) {
        for (size_t n = 0; n < groups[g]; n++)
            if (!is_hex(view_at(view, i++)))
                return 0;
        if (g + 1 < sizeof(groups) && !is_one_of(view_at(view, i++), "-_"))
            return 0;
    }
    return is_alnum(view_at(view, i)) ? 0 : i;
}

static size_t uuid_at(struct view *view, size_t start, size_t end)
{
    size_t len = end - start;

    while (len == 4 && start > 4 && is_one_of(view_at(view, start - 1), "-_")) {
        len = start - 1 - view_run_start(view, start - 1);
        start -= len + 1;
    }
    end = len == 8 ? uuid_end(view, start) : 0;
    if (end)
        hits_put(view, start, end, REDACT_OTHER_ID, RULE_UUID, 0.9f);
    return end;
}

/* DEA (21 CFR 1301.13, DEA Diversion's note on numbers): a registrant's letter, a letter or 9,
 * seven digits of which the last is the sum's. */
bool dea_valid(const struct view *view, size_t start, size_t end)
{
    unsigned digit[7];

    if (end - start != 9 || !is_one_of(view_at(view, start), "abcdefghjklmprstux") ||
        !(is_letter(view_at(view, start + 1)) || view->lower[start + 1] == '9'))
        return false;
    for (size_t n = 0; n < 7; n++) {
        if (!is_digit(view_at(view, start + 2 + n)))
            return false;
        digit[n] = (unsigned)(view->at[start + 2 + n] - '0');
    }
    return (digit[0] + digit[2] + digit[4] + 2 * (digit[1] + digit[3] + digit[5])) % 10 == digit[6];
}

/* Bech32 (BIP 173): the human part, "1", then this alphabet. Base58 (Bitcoin): no 0, O, I, l. */
static bool wallet_shape(const struct view *view, const struct run *run)
{
    size_t len = run->end - run->start;
    const uint8_t *at = view->at + run->start;

    if (len == 42 && view_is(view, run->start, "0x"))
        return scan_next_clear(view->scan.digit, run->start, run->end) < run->end &&
               run_of(view, run->start + 2, run->end).hex;
    if (len >= 40 && len <= 74 &&
        (view_is(view, run->start, "bc1") || view_is(view, run->start, "tb1"))) {
        for (size_t i = 3; i < len; i++)
            if (is_one_of(view->lower[run->start + i], "1bio") || at[i] == VIEW_LETTER)
                return false;
        return !run->mixed;
    }
    if (len < 26 || len > 35 || !is_one_of(at[0], "13") || !run->mixed)
        return false;
    for (size_t i = 0; i < len; i++)
        if (is_one_of(at[i], "0OIl") || at[i] == VIEW_LETTER)
            return false;
    return true;
}

/* HIBCC's bar code standard 2.6: "+", a labeller's letter and three more, the product, and behind a
 * slash its lot and dates. */
static size_t hibcc_at(struct view *view, const struct run *run)
{
    size_t end = run->end;

    if (run->start == 0 || view_at(view, run->start - 1) != '+' || run->end - run->start < 8 ||
        !is_letter(view_at(view, run->start)) || run->digits < 3 ||
        (run->start > 1 && is_alnum(view_at(view, run->start - 2))))
        return 0;
    while (end - run->start < 2 * WINDOW &&
           (is_alnum(view_at(view, end)) || is_one_of(view->lower[end], "/$+-.")))
        end++;
    while (is_one_of(view_at(view, end - 1), ".-"))
        end--;
    return code_put(view, run->start - 1, end, REDACT_DEVICE, RULE_UDI, 0.85f);
}

/* 3GPP TS 23.003: type 8, serial 6, a check digit; shown as 2-6-6-1. The type begins with the body
 * that gave it (GSMA TS.06), which no card of fifteen digits does. */
static size_t imei_at(struct view *view, size_t start, size_t end)
{
    static const uint8_t bodies[] = {1, 35, 86, 98, 99};
    unsigned body = value_of(view, start, start + 2);
    struct digits digits = digits_take(view, start, end);

    if (!memchr(bodies, (int)body, sizeof(bodies)) || !digits_luhn(&digits))
        return 0;
    return code_put(view, start, end, REDACT_DEVICE, RULE_IMEI, 0.95f);
}

/* AAMVA's forms of states' licences: letters, then digits. Only near a word that speaks of one. */
static size_t licence_at(struct view *view, const struct run *run, size_t t)
{
    static const struct {
        uint8_t letters;
        uint8_t digits;
    } forms[] = {{1, 6},  {1, 7},  {1, 8},  {1, 9}, {1, 11},
                 {1, 12}, {1, 13}, {1, 14}, {2, 6}, {2, 7}};

    if (!(view->sets & WORD(LICENCE)))
        return 0;
    for (size_t f = 0; f < sizeof(forms) / sizeof(forms[0]); f++) {
        if (run->letters != forms[f].letters || run->digits != forms[f].digits ||
            run->end - run->start != run->letters + run->digits)
            continue;
        for (size_t n = 1; n <= 6 && n <= t; n++)
            if (token_has(&view->token[t - n], WORD(LICENCE)))
                return code_put(view, run->start, run->end, REDACT_LICENSE, RULE_LICENCE, 0.85f);
    }
    return 0;
}

/* A short part in capitals before the hyphen in front of a code: "DW-P2J65F". */
static size_t code_start(const struct view *view, size_t start)
{
    if (start < 2 || view_at(view, start - 1) != '-')
        return start;
    size_t before = view_run_start(view, start - 1);
    for (size_t i = before; i + 1 < start; i++)
        if (!scan_has(view->scan.upper, i) && !is_digit(view->at[i]))
            return start;
    return start - 1 - before <= 4 && before < start - 1 ? before : start;
}

/* ISBT 128's donation number as people read it: "W9902 60 201712". */
static size_t donation_at(struct view *view, const struct run *run)
{
    size_t end = run->end;

    if (run->letters != 1 || run->digits != 4 || end - run->start != 5 ||
        view_at(view, end) != ' ' || value_len(view, end + 1, 2) != 2 ||
        view_at(view, end + 3) != ' ' || value_len(view, end + 4, 6) != 6)
        return 0;
    return code_put(view, run->start, end + 10, REDACT_OTHER_ID, RULE_CODE, 0.8f);
}

/* "MAC address 10ab4cdd1787" */
static size_t solid_mac_at(struct view *view, const struct run *run, size_t t)
{
    while (t > 0 && view->token[t].start > run->start)
        t--;
    for (size_t n = 1; run->hex && n <= 3 && n <= t; n++)
        if (view_is_word(view, view->token[t - n].start, "mac"))
            return code_put(view, run->start, run->end, REDACT_DEVICE, RULE_MAC, 0.9f);
    return 0;
}

/* A social security number with hyphens begins at i. */
static bool ssn_at(const struct view *view, size_t i)
{
    return value_len(view, i, 3) == 3 && view_at(view, i + 3) == '-' &&
           value_len(view, i + 4, 2) == 2 && view_at(view, i + 6) == '-' &&
           value_len(view, i + 7, 4) == 4;
}

/* Where the parts that hyphens join to the run end, as long as each has a digit. */
static size_t parts_end(const struct view *view, const struct run *run, size_t *digits,
                        size_t *mixed)
{
    size_t end = run->end;

    while (end - run->start < WINDOW && view_at(view, end) == '-' &&
           is_alnum(view_at(view, end + 1))) {
        if (ssn_at(view, end + 1))
            return run->end; /* a code of its own */
        struct run next = run_of(view, end + 1, end + 1);

        if (next.digits == 0)
            break;
        *digits += next.digits;
        *mixed += next.digits < next.end - next.start;
        end = next.end;
    }
    return end;
}

/* Parts of letters and digits joined by hyphens: "AB12-CD34-EF56", and where patients are spoken of
 * "S11-7843". */
static size_t joined_at(struct view *view, const struct run *run)
{
    size_t digits = run->digits;
    size_t mixed = 1;

    if (view_at(view, run->end) != '-' || !is_alnum(view_at(view, run->end + 1)))
        return 0;
    size_t end = parts_end(view, run, &digits, &mixed);
    bool code = wary(view) ? digits >= 5 && end - run->start >= 7
                           : mixed > 1 && digits >= 4 && end - run->start >= 12;
    if (!code)
        return 0;
    return code_put(view, code_start(view, run->start), end, REDACT_OTHER_ID, RULE_CODE_JOINED,
                    0.5f);
}

/* An ordinary word and a year ("Budget2024"), an amount ("1000mg", "1920x1080"), a public document
 * ("ISO9001"): the same for everybody. */
static bool ordinary_code(const struct view *view, const struct run *run,
                          const struct number *number)
{
    const struct token *first = &view->token[number->token];
    size_t len = number->end[0] - number->start[0];

    if (run->letters + run->digits == run->end - run->start && run->letters > 1) {
        const struct token *word = first - 1;
        unsigned year = value_of(view, number->start[0], number->end[0]);

        if (word->start != run->start)
            return false;
        return token_has(word, WORD(STANDARD)) ||
               (len == 4 && year >= 1950 && year < 2100 && !view->clinical);
    }
    if (run->letters || len > 5 || number->token + 1 >= view->tokens ||
        !token_has(first + 1, WORD(AMOUNT)))
        return false;
    if (first[1].end == run->end)
        return true;
    return view->lower[first[1].start] == 'x' && number->token + 2 < view->tokens &&
           first[2].end == run->end && first[2].end - first[2].start <= 5;
}

/* A prefix of ticket systems in front of digits: "INC1311202". */
static bool reference_prefix(const struct view *view, const struct run *run)
{
    return !wary(view) && run->letters > 1 && run->letters + run->digits == run->end - run->start &&
           reference_before(view, run->start + run->letters);
}

/* What no other form explains. Dates have letters too. */
static size_t other_at(struct view *view, const struct run *run, const struct number *number)
{
    size_t len = run->end - run->start;

    /* "#a1b2c3": more often a colour; strict takes it as unknown. */
    bool colour = !view->balanced && !view->clinical && run->hex && len == 6 && run->start > 0 &&
                  view->at[run->start - 1] == '#';

    if (colour || run->digits < (wary(view) ? 3u : 4u) || len < (wary(view) ? 5u : 6u) ||
        reference_prefix(view, run) || is_label(view, run->start, run->start + run->letters) ||
        (view->balanced && ordinary_code(view, run, number)))
        return 0;
    size_t end = run->start == number->start[0] ? number_is_date(view, number) : 0;
    if (end)
        return end;
    size_t start = wary(view) ? code_start(view, run->start) : run->start;
    size_t digits = run->digits;
    size_t mixed = 0;
    end = parts_end(view, run, &digits, &mixed);
    return code_put(view, start, end, REDACT_OTHER_ID, RULE_CODE, 0.5f);
}

/* A label names what this is: somebody's. */
static bool labelled(const struct number *number)
{
    return number->label && number->label->kind < REDACT_KINDS &&
           number->label->says < SAYS_REFERENCE;
}

static size_t mixed_is_code(struct view *view, const struct number *number)
{
    bool hyphen = is_one_of(view->at[number->run_end], "-_") ||
                  (number->run_start > 0 && is_one_of(view->at[number->run_start - 1], "-_"));

    if (number->run_end - number->run_start < 4 && !hyphen)
        return 0;
    struct run run = run_of(view, number->run_start, number->run_end);
    size_t len = run.end - run.start;
    size_t end = 0;

    if (view_at(view, run.end) == '-' || (run.start > 0 && view_at(view, run.start - 1) == '-'))
        end = uuid_at(view, run.start, run.end);
    if (!end && (len == 11 || len == 4) && run.letters == 0)
        end = mbi_at(view, &run);
    if (!end && run.letters == 2 && len >= 4)
        end = iban_at(view, run.start, number->label && number->label->check == CHECK_IBAN);
    if (!end && len == 17)
        end = vin_at(view, &run);
    if (!end && len == 9 && dea_valid(view, run.start, run.end))
        end = code_put(view, run.start, run.end, REDACT_LICENSE, RULE_DEA, 0.8f);
    if (!end && len == 5)
        end = donation_at(view, &run);
    if (!end && len == 12)
        end = solid_mac_at(view, &run, number->token);
    if (!end && len >= 26 && wallet_shape(view, &run))
        end = code_put(view, run.start, run.end, REDACT_ACCOUNT, RULE_WALLET, 0.8f);
    if (!end && len >= 8)
        end = hibcc_at(view, &run);
    if (!end && !labelled(number) && !card_begins(view, run.start, run.end))
        end = machine_made_at(view, run.start, run.end);
    return end;
}

static size_t digits_are_code(struct view *view, const struct number *number)
{
    size_t start = number->start[0];
    size_t end = number->end[0];
    uint8_t before = start > 0 ? view->at[start - 1] : 0;
    uint8_t behind = view->at[end];

    if ((number->form & 0xffff) == 0x1662 && number->groups >= 4)
        return imei_at(view, start, number->end[3]);
    if (end - start == 15)
        return imei_at(view, start, end);
    if (behind != '-' && behind != '_' && before != '-' && before != '_')
        return 0;
    size_t found = uuid_at(view, start, end);
    return found || labelled(number) || card_begins(view, start, end)
               ? found
               : machine_made_at(view, start, end);
}

/* A later number of a run was looked at with the first. */
static bool is_first(const struct view *view, const struct number *number)
{
    return number->run_start == number->start[0] ||
           scan_next(view->scan.digit, number->run_start, number->start[0]) == number->start[0];
}

size_t number_is_code(struct view *view, const struct number *number)
{
    if (number->run_start == number->start[0] && number->run_end == number->end[0])
        return digits_are_code(view, number);
    return is_first(view, number) ? mixed_is_code(view, number) : 0;
}

size_t number_is_other_code(struct view *view, const struct number *number)
{
    bool mixed = number->run_start < number->start[0] || number->run_end > number->end[0];

    if (!mixed || !is_first(view, number) ||
        (number->run_end - number->run_start < 5 && view->at[number->run_end] != '-'))
        return 0;
    struct run run = run_of(view, number->run_start, number->run_end);
    size_t end = run.end - run.start < 7 ? 0 : licence_at(view, &run, number->token);
    if (!end)
        end = joined_at(view, &run);
    return end ? end : other_at(view, &run, number);
}
