/*
 * The exact shape of a social security number, 3-2-4 with hyphens, wherever it stands: inside codes
 * that machines make, behind other groups of digits, before letters. Looser forms are among those
 * of digits.c.
 */

#include "redact/redact-private.h"

static const char shape[] = "ddd-dd-dddd";

enum { SHAPE_LEN = sizeof(shape) - 1 };

static bool has_shape(const struct view *view, size_t i)
{
    if (i > 0 && is_digit(view_at(view, i - 1)))
        return false;
    for (size_t at = 0; at < SHAPE_LEN; at++) {
        uint8_t c = view_at(view, i + at);

        if (shape[at] == 'd' ? !is_digit(c) : c != '-')
            return false;
    }
    return !is_digit(view_at(view, i + SHAPE_LEN));
}

void recognise_ssn(struct view *view)
{
    for (size_t i = 0; i + SHAPE_LEN <= view->len; i++) {
        view_step(view, 1);
        if (!is_digit(view_at(view, i)) || !has_shape(view, i))
            continue;
        /* No machine writes this shape by chance so often that a patient's may stay. */
        view_mark_machine_made(view, i, i + SHAPE_LEN, false);
        hits_add(view, i, i + SHAPE_LEN, ssn_kind(view, i), 0.97f);
        i += SHAPE_LEN - 1;
    }
}
