/*
 * Web addresses. Strict leaves scheme and host (whose words must then be known); balanced leaves
 * what names nobody: paths of words, and queries of words.
 */

#include "redact/redact-private.h"

static bool url_character(uint8_t c)
{
    return c > ' ' && c != '"' && c != '<' && c != '>' && c != '|' && c != '\'';
}

/* Start of the host behind "scheme://", or 0. */
static size_t host_start(const struct view *view, size_t i)
{
    if (view_at(view, i) == ':' && view_at(view, i + 1) == '/' && view_at(view, i + 2) == '/' &&
        i > 0 && is_letter(view_at(view, i - 1)))
        return i + 3;
    return 0;
}

static bool part_sign(uint8_t c)
{
    return c == '/' || c == '?' || c == '&' || c == '=' || c == '#' || c == ';';
}

/*
 * Where patients are spoken of, every segment with a digit and every value of a query goes; an
 * identifier that no label names is one all the same.
 */
static void parts_add(struct view *view, size_t start, size_t end)
{
    bool digit = false;
    bool value = false;
    size_t part = start;

    for (size_t i = start; i <= end; i++) {
        uint8_t c = i < end ? view_at(view, i) : '/';

        digit = digit || is_digit(c);
        if (!part_sign(c))
            continue;
        if (i > part && (digit || value))
            hits_add(view, part, i, REDACT_URL, 0.3f);
        value = c == '=';
        digit = false;
        part = i + 1;
    }
}

static size_t url_add(struct view *view, size_t host)
{
    size_t end = host;
    size_t at = host;
    size_t path;

    while (url_character(view_at(view, end)))
        end++;
    for (path = host; path < end && !part_sign(view_at(view, path)); path++)
        if (view->at[path] == '@')
            at = path;
    if (at > host)
        hits_add(view, host, at, REDACT_URL, 0.9f);
    if (path + 1 >= end)
        return end;
    if (!view->balanced)
        hits_add(view, path + 1, end, REDACT_URL, 0.9f);
    else if (view->clinical)
        parts_add(view, path + 1, end);
    return end;
}

void recognise_url(struct view *view)
{
    for (size_t i = 0; i < view->len; i++) {
        size_t host = host_start(view, i);

        if (host)
            i = url_add(view, host);
    }
}
