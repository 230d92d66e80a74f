/*
 * Numbers: one pass over the runs of digits. Each is described once, with the groups that follow
 * it, and asked of one rule after the other until one takes it. How many digits and groups it has
 * dismisses a count, a year, a time of day without a call.
 */

#include "redact/digits.h"
#include "redact/labels.h"

/* The sign between two groups: blanks on either side of at most one sign, ")-" or ")."; 0 when
 * something else stands there. */
static uint8_t gap_sign(const struct view *view, size_t i, size_t end)
{
    static const bool signs[128] = {[' '] = true, ['-'] = true, ['.'] = true, ['/'] = true,
                                    ['('] = true, [')'] = true, ['_'] = true};
    size_t start = i;
    size_t last = end;

    if (end - i == 1)
        return view->at[i] < 128 && signs[view->at[i]] ? view->at[i] : 0;
    if (end - i > 5)
        return 0;
    while (i < end && i - start < 2 && view->at[i] == ' ')
        i++;
    while (end > i && last - end < 2 && view->at[end - 1] == ' ')
        end--;
    if (i == end)
        return last - start <= 2 ? ' ' : 0;
    uint8_t sign = view->at[i];
    if (end - i == 2 && sign == ')')
        return view->at[i + 1] == '-' || view->at[i + 1] == '.' || view->at[i + 1] == '/' ? ')' : 0;
    /* What ends a sentence or a file's name joins nothing. */
    if (end - i != 1 || sign >= 128 || !signs[sign] || sign == '.' || sign == '_')
        return 0;
    return sign == '(' ? ' ' : sign;
}

/* From so many digits on a number may be whole, and what begins the next word is none of it:
 * "4111 1111 1111 1111 2nd". */
#define WHOLE 13

/* Adds the groups that follow the last one. */
static void groups_add(const struct view *view, struct number *number)
{
    size_t n = number->groups - 1u;
    const struct token *token = &view->token[number->token + n];

    for (; n + 1 < GROUPS_MAX && token[1].shape == TOKEN_NUMBER; n++, token++) {
        size_t len = (size_t)token[1].end - token[1].start;
        uint8_t sign = gap_sign(view, token->end, token[1].start);

        if (!sign || (sign == ' ' && number->digits >= WHOLE && is_letter(view->at[token[1].end])))
            break;
        number->separator[n] = sign;
        number->start[n + 1] = token[1].start;
        number->end[n + 1] = token[1].end;
        number->form |= (uint64_t)(len < 15 ? len : 15) << (4 * (n + 1));
        number->digits = (uint16_t)(number->digits + len);
        view_step(view, len);
    }
    number->separator[n] = 0;
    number->groups = (uint8_t)(n + 1);
}

/* The number that begins with token t; number may hold the one before it, of which it is the rest.
 */
static void number_fill(const struct view *view, size_t t, struct number *number)
{
    const struct token *token = &view->token[t];
    size_t start = token->start;
    size_t end = token->end;
    size_t len = end - start;

    if (number->groups > 1 && number->start[1] == start) {
        number->groups--;
        number->digits = (uint16_t)(number->digits - (number->end[0] - number->start[0]));
        number->form >>= 4;
        memmove(number->start, number->start + 1, sizeof(number->start) - sizeof(number->start[0]));
        memmove(number->end, number->end + 1, sizeof(number->end) - sizeof(number->end[0]));
        memmove(number->separator, number->separator + 1, sizeof(number->separator) - 1);
    } else {
        number->groups = 1;
        number->digits = (uint16_t)len;
        number->form = len < 15 ? len : 15;
        number->start[0] = token->start;
        number->end[0] = token->end;
    }
    number->token = t;
    number->glued = start > 0 && is_letter(view->at[start - 1]);
    number->run_start = number->glued ? view_run_start(view, start) : start;
    number->run_end = is_letter(view->at[end]) ? view_run_end(view, end) : end;
    number->label = NULL;
    groups_add(view, number);
}

/* Where what a rule took ends; else 0. Codes with checks of their own first; what a label says
 * before what a shape may be. */
static size_t number_judge(struct view *view, const struct number *number)
{
    size_t digits = number->digits;
    size_t groups = number->groups;
    bool many = digits >= 7 && groups > 1;
    size_t end = number_is_code(view, number);

    end = end ? end : number_is_internet(view, number);
    end = end ? end : number_is_date(view, number);
    end = end || digits < 2 ? end : number_is_age(view, number);
    end = end || digits < 16 || groups < 2 ? end : number_is_udi(view, number);
    end = end || digits < 6 || groups < 3 ? end : number_is_nino(view, number);
    end = end || !number->label ? end : number_is_labelled(view, number);
    end = end ? end : number_is_other_code(view, number);
    end = end || digits < 5 || groups < 2 ? end : number_is_point(view, number);
    end = end || digits < 7 ? end : number_is_international(view, number);
    end = end || !many ? end : number_is_shaped(view, number);
    end = end || !many ? end : number_is_joined(view, number);
    end = end || digits < 6 || groups < 3 ? end : number_is_filed(view, number);
    end = end || !many ? end : number_is_cut(view, number);
    return end || digits < 5 ? end : number_is_long(view, number);
}

void recognise_numbers(struct view *view)
{
    static const struct number none;
    struct number number = none;

    find_ssns(view);
    for (size_t t = 0; t < view->tokens;) {
        if (view->token[t].shape != TOKEN_NUMBER) {
            t++;
            continue;
        }
        number_fill(view, t, &number);
        if (view->sets & WORD(LABEL))
            label_read(view, &number);
        size_t end = number_judge(view, &number);
        /* What machines made stays, whoever took it; a patient's number may stand in it, but not
         * in one run of letters and digits. */
        if (end > number.run_end && view_machine_made(view, number.start[0]))
            end = 0;
        do
            t++;
        while (t < view->tokens && view->token[t].start < end);
    }
}
