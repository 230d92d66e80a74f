/*
 * Web addresses (RFC 3986), those of files, and paths of shares. Where the text is an address and
 * nothing else, it is an application's: what names nobody stays, and in strict its words must be
 * known. Within other text one person wrote it to another: it goes whole, in balanced unless it has
 * neither scheme nor "www." and nothing but known words that are no names.
 */

#include "redact/value.h"

/* A blank that percent signs stood for is part of an address. */
static bool blank_goes_on(const struct view *view, size_t i)
{
    return view->decoded && view->lower[i] == ' ' && view_raw(view, i + 1) - view_raw(view, i) >= 3;
}

/* Behind the characters of an address. */
static size_t url_end(const struct view *view, size_t start)
{
    static const bool ends[256] = {
        [0 ... ' '] = true, ['"'] = true, ['<'] = true, ['>'] = true, ['|'] = true, ['\''] = true};
    size_t end = start;

    while (end < view->len && (!ends[view->lower[end]] || blank_goes_on(view, end)))
        end++;
    view_step(view, end - start);
    return end;
}

static bool share_character(uint8_t c)
{
    return c && !is_one_of(c, "\"<>|*?");
}

static inline bool part_sign(uint8_t c)
{
    static const bool parts[256] = {['/'] = true, ['\\'] = true, ['?'] = true, ['&'] = true,
                                    ['='] = true, ['#'] = true,  [';'] = true};

    return parts[c];
}

/* "tab=meds": one ordinary word that is no name. */
static bool is_safe_word(const struct view *view, size_t start, size_t end)
{
    const struct word_class *class =
        &lexicon_classes[lexicon_find(view->lower + start, end - start)];

    return scan_next_clear(view->scan.letter, start, end) == end && class->ordinary > 0 &&
           class->given == 0 && class->family == 0 && class->place == 0;
}

/*
 * Where patients are spoken of, every segment with a digit and every value of a query goes; an
 * identifier that no label names is one all the same.
 */
static void parts_add(struct view *view, size_t start, size_t end)
{
    bool value = false;
    bool query = false;
    size_t part = start;

    for (size_t i = start; i <= end; i++) {
        uint8_t c = i < end ? view_at(view, i) : '/';

        if (!part_sign(c))
            continue;
        if (i > part &&
            ((value && !is_safe_word(view, part, i)) || scan_next(view->scan.digit, part, i) < i))
            hits_put(view, part, i, REDACT_URL, query ? RULE_URL_QUERY : RULE_URL_PATH, 0.3f);
        query = query || c == '?' || c == '#';
        value = c == '=';
        part = i + 1;
    }
}

/* Pages of one person: what stands behind "/in/", "/u/", "/~" names whom. */
static size_t person_start(const struct view *view, size_t i)
{
    static const char *const heads[] = {"in/",      "u/",        "user/",   "users/",
                                        "profile/", "profiles/", "people/", "~"};

    if (!is_one_of(view_at(view, i), "iup~"))
        return 0;
    for (size_t h = 0; h < sizeof(heads) / sizeof(heads[0]); h++)
        if (view_is(view, i, heads[h]))
            return i + strlen(heads[h]);
    return 0;
}

static void persons_add(struct view *view, size_t path, size_t end)
{
    for (size_t i = path; i < end; i++) {
        const uint8_t *slash = memchr(view->at + i, '/', end - i);

        if (!slash)
            return;
        i = (size_t)(slash - view->at);
        size_t start = person_start(view, i + 1);
        size_t stop = start;

        view_step(view, 1);
        while (start && stop < end && !part_sign(view_at(view, stop)))
            stop++;
        if (stop > start)
            hits_put(view, start, stop, REDACT_URL, RULE_URL_PERSON, 0.7f);
    }
}

/* Of the cues only portals begin so. */
static bool portal_begins(const struct view *view, size_t i)
{
    return view_is(view, i, "my") || view_is(view, i, "patient") || view_is(view, i, "follow") ||
           view_is(view, i, "healow");
}

/* A host of a patients' portal says that the rest of the address is one's. */
static bool is_portal(const struct view *view, size_t host, size_t path)
{
    if (!(view->sets & WORD(CUE)))
        return false;
    for (size_t t = 0; t < view->tokens && view->token[t].start < path; t++)
        if (view->token[t].start >= host && token_has(&view->token[t], WORD(CUE)) &&
            portal_begins(view, view->token[t].start))
            return true;
    return false;
}

static void path_add(struct view *view, size_t host, size_t path, size_t end)
{
    if (path + 1 >= end)
        return;
    if (!view->balanced || view->clinical || is_portal(view, host, path))
        parts_add(view, path + 1, end);
    persons_add(view, path, end);
}

/* Something else is said before or behind it; "https://… - Browser" is a title. */
static bool within_text(const struct view *view, size_t start, size_t end)
{
    if (start > 0)
        return true;
    if (view->decoded)
        return false;
    end += is_one_of(view_at(view, end), "\">'");
    return view_at(view, end) == ' ' && is_alnum(view_at(view, end + 1));
}

/* "https://www.cdc.gov/flu": known words, none of them a name, and no digit. */
static bool names_nobody(const struct view *view, size_t host, size_t end)
{
    for (size_t i = host; i < end;) {
        uint8_t c = view_at(view, i);

        if (is_digit(c) || c >= 0x80 || c == '~')
            return false;
        if (!is_letter(c)) {
            i++;
            continue;
        }
        size_t stop = scan_next_clear(view->scan.letter, i, end);
        const struct word_class *class = &lexicon_classes[lexicon_find(view->lower + i, stop - i)];
        view_step(view, stop - i);
        bool public = class->sets & (WORD(TLD) | WORD(EXTENSION) | WORD(CUE) | WORD(BRAND));
        if (!public && (class->given || class->family || !class->ordinary))
            return false;
        i = stop;
    }
    return true;
}

/* bare: without a scheme, and not "www." */
static size_t url_add(struct view *view, size_t host, bool bare)
{
    size_t end = url_end(view, host);
    size_t at = host;
    size_t path = host;
    size_t start = host;

    while (start > 0 && host - start < 11 &&
           (is_letter(view->at[start - 1]) || is_one_of(view->at[start - 1], ":/")))
        start--;
    while (end > host && is_one_of(view->lower[end - 1], ".,;:!?)"))
        end--;
    for (; path < end && !part_sign(view->at[path]); path++)
        if (view->at[path] == '@')
            at = path;
    /* Who logs in there is somebody, whatever the rest says. */
    if (at > host)
        hits_put(view, start, end, REDACT_URL, RULE_URL_USER, 0.995f);
    else if (within_text(view, start, end) &&
             !(bare && view->balanced && names_nobody(view, host, end)))
        hits_put(view, start, end, REDACT_URL, RULE_URL, 0.98f);
    path_add(view, host, path, end);
    return end;
}

/* Addresses with a scheme. */
static void schemes_add(struct view *view)
{
    size_t i = 0;

    while (i < view->len) {
        const uint8_t *at = memchr(view->at + i, ':', view->len - i);

        if (!at)
            return;
        i = (size_t)(at - view->at) + 1;
        view_step(view, 1);
        if (at[1] == '/' && at[2] == '/' && i > 1 && is_letter(view_at(view, i - 2)))
            i = url_add(view, i + 2, false);
    }
}

/* Where the host begins of which token is the last part, with a path behind; 0 for none. */
static size_t host_before(const struct view *view, const struct token *token)
{
    size_t start = token->start;

    if (start < 2 || view_at(view, token->end) != '/' || view->at[start - 1] != '.')
        return 0;
    while (start > 0 && token->start - start < WINDOW &&
           (is_alnum(view_at(view, start - 1)) || is_one_of(view->lower[start - 1], ".-_")))
        start--;
    return start > 0 && view->at[start - 1] == ' ' ? start : 0;
}

/* "www.example.org/...", and within other text "example.com/..." */
static void bare_add(struct view *view)
{
    size_t end = 0;

    for (size_t t = 0; t < view->tokens; t++) {
        const struct token *token = &view->token[t];
        size_t host;

        if (token->start < end || !token_has(token, WORD(CUE)))
            continue;
        if (view_is(view, token->start, "www.") &&
            !(token->start > 0 && view_at(view, token->start - 1u) == '/'))
            end = url_add(view, token->start, false);
        else if ((host = host_before(view, token)))
            end = url_add(view, host, true);
    }
}

/* "\\server\share\path": of use where its words are not kept for themselves. */
static void shares_add(struct view *view)
{
    size_t i = 0;

    while (i < view->len) {
        const uint8_t *at = memchr(view->at + i, '\\', view->len - i);

        if (!at)
            return;
        i = (size_t)(at - view->at) + 1;
        if (at[1] != '\\' || !is_alnum(at[2]))
            continue;
        size_t path = ++i;
        while (i < view->len && share_character(view_at(view, i)))
            i++;
        size_t host = path;
        while (path < i && view->at[path] != '\\')
            path++;
        path_add(view, host, path, i);
    }
}

void recognise_url(struct view *view)
{
    if (view->signs & SIGN_COLON)
        schemes_add(view);
    if (view->sets & WORD(CUE))
        bare_add(view);
    if (view->clinical || !view->balanced)
        shares_add(view);
}
