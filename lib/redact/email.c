#include "redact/redact-private.h"

static bool local_character(uint8_t c)
{
    return is_alnum(c) || (c && strchr("._%+-'", c)) || is_placeholder(c);
}

static bool domain_character(uint8_t c)
{
    return is_alnum(c) || c == '.' || c == '-' || is_placeholder(c);
}

/* Parts cannot hold '@', so no byte is looked at twice: long ones need no bound. */
void recognise_email(struct view *view)
{
    for (size_t i = 0; i < view->len; i++) {
        size_t start = i;
        size_t end = i + 1;

        if (view_at(view, i) != '@')
            continue;
        while (start > 0 && local_character(view_at(view, start - 1)))
            start--;
        while (domain_character(view_at(view, end)))
            end++;
        while (end > i + 1 && view->at[end - 1] == '.')
            end--;
        if (start == i || end == i + 1)
            continue;
        hits_add(view, start, end, REDACT_EMAIL, memchr(view->at + i, '.', end - i) ? 0.99f : 0.7f);
        i = end - 1;
    }
}
