/*
 * The exact shape of a social security number, 3-2-4 with hyphens, wherever it stands: inside codes
 * that machines make, behind other groups of digits, before letters. Looser forms are among those
 * of digits.c.
 */

#include "redact/digits.h"

#define SSN_FORM UINT64_C(0x423) /* lengths of three groups, the first lowest */

static bool has_shape(const struct number *number, size_t g)
{
    return (number->form >> (4 * g) & 0xfff) == SSN_FORM && number->separator[g] == '-' &&
           number->separator[g + 1] == '-' && number->start[g + 1] - number->end[g] == 1 &&
           number->start[g + 2] - number->end[g + 1] == 1;
}

/* Takes nothing, for what stands around it may be more of the same number. */
size_t number_is_ssn(struct view *view, const struct number *number)
{
    for (size_t g = 0; g + 3 <= number->groups; g++) {
        if (!has_shape(number, g))
            continue;
        size_t start = number->start[g];
        size_t end = number->end[g + 2];
        struct digits digits = digits_take(view, start, end);
        bool valid = digits_are_ssn(&digits);

        /* No machine writes this shape by chance so often that a patient's may stay. */
        view_mark_machine_made(view, start, end, false);
        hits_put(view, start, end, valid ? REDACT_SSN : REDACT_OTHER_ID, RULE_SSN_HYPHENS,
                 valid ? 0.96f : 0.9f);
    }
    return 0;
}
