/*
 * Names that machines make, for documents, sessions and commits: nobody's by themselves. Balanced
 * keeps them where no patient is spoken of.
 */

#include "redact/codes.h"

#define RANDOM_LEAST 20
#define RANDOM_CHANGES 8

/* Of what random words are made: letters, digits, '-' and '_' (base64url). */
enum { OTHER, NAME, DIGIT };

static uint8_t name_character(const struct view *view, size_t i)
{
    uint8_t c = view_at(view, i);

    return is_digit(c) ? DIGIT : is_letter(c) || c == '-' || c == '_' ? NAME : OTHER;
}

/* Start of the random word around start, or where it was seen to begin before: then a number before
 * this one was asked already. */
static bool word_start(const struct view *view, size_t *start)
{
    size_t i = *start;

    while (i > 0 && *start - i < 2 * WINDOW) {
        uint8_t kind = name_character(view, i - 1);

        if (kind == DIGIT)
            return false;
        if (kind == OTHER)
            break;
        i--;
    }
    *start = i;
    return true;
}

/* End of the random word at start, where kinds and cases change as often as chance makes them. */
static size_t random_end(const struct view *view, size_t start, size_t run_end)
{
    size_t end = start;
    size_t digits = 0;
    size_t changes = 0;

    for (; end - start < 2 * WINDOW; end++) {
        uint8_t kind = name_character(view, end);

        if (kind == OTHER)
            break;
        digits += kind == DIGIT;
    }
    if (end - start < RANDOM_LEAST || digits < 2)
        return 0;
    for (size_t i = start + 1; i < end; i++) {
        uint8_t c = view_at(view, i);

        if (!is_alnum(c) || !is_alnum(view->at[i - 1]))
            continue;
        changes += is_digit(c) != is_digit(view->at[i - 1]);
        changes += is_letter(c) && view->at[i] != c && view->at[i - 1] == view->lower[i - 1];
    }
    if (changes < RANDOM_CHANGES)
        return 0;
    return end > run_end ? end : run_end;
}

/* True when behind the first digit from start on, which stands before end, another one follows that
 * may be of the same random word. */
static bool digits_follow(const struct view *view, size_t start, size_t end)
{
    size_t most = start + 2 * WINDOW < view->len ? start + 2 * WINDOW : view->len;
    size_t first = scan_next(view->scan.digit, start, end);

    view_step(view, 1);
    return scan_next(view->scan.digit, first + 1, most) < most;
}

static bool is_hex_run(const struct view *view, size_t start, size_t end)
{
    view_step(view, end - start);
    for (size_t i = start; i < end; i++)
        if (!is_hex(view->lower[i]))
            return false;
    return true;
}

size_t machine_made_at(struct view *view, size_t start, size_t end)
{
    size_t len = end - start;
    size_t found = 0;

    if (!view->balanced || view->clinical)
        return 0;
    bool hash = len == 32 || len == 40 || len == 64;
    if ((hash || (len >= 7 && len <= 40 && reference_before(view, start))) &&
        is_hex_run(view, start, end))
        found = end;
    bool joined = is_one_of(view_at(view, end), "-_") ||
                  (start > 0 && is_one_of(view_at(view, start - 1), "-_"));
    if (!found && (len >= RANDOM_LEAST || joined) && digits_follow(view, start, end) &&
        word_start(view, &start))
        found = random_end(view, start, end);
    if (found)
        view_mark_machine_made(view, start, found, true);
    return found;
}
