#include "net/target.h"

#include <stdbool.h>

#include "base/utf8.h"

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Decodes raw into a new text; '+' is a space only in a query. */
static int decode(struct text raw, bool query, struct arena *arena, struct text *ret_text)
{
    char *at = arena_take(arena, raw.len + 1);
    size_t len = 0;

    if (!at)
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; i < raw.len; i++) {
        char c = raw.at[i];

        if (c == '%') {
            bool whole = raw.len - i > 2;
            int high = whole ? digit_of(raw.at[i + 1]) : -1;
            int low = whole ? digit_of(raw.at[i + 2]) : -1;

            if (high < 0 || low < 0)
                return TARGET_INVALID;
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && query) {
            c = ' ';
        }
        at[len++] = c;
    }
    *ret_text = (struct text){.at = at, .len = len};
    return utf8_valid(*ret_text) ? 0 : TARGET_INVALID;
}

static bool holds_control(struct text text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] < 0x20 || text.at[i] == 0x7f)
            return true;
    return false;
}

/* No empty segment but the last, and no "." or "..". */
static bool path_plain(struct text path)
{
    size_t start = 1;

    if (path.len == 0 || path.at[0] != '/' || holds_control(path))
        return false;
    for (size_t i = 1; i <= path.len; i++) {
        if (i < path.len && path.at[i] != '/')
            continue;
        struct text segment = {.at = path.at + start, .len = i - start};
        if ((segment.len == 0 && i < path.len) || text_equal(segment, text_of(".")) ||
            text_equal(segment, text_of("..")))
            return false;
        start = i + 1;
    }
    return true;
}

/* Cuts what stands before the separator off rest. */
static struct text cut(struct text *rest, char separator)
{
    const char *end = rest->len ? memchr(rest->at, separator, rest->len) : NULL;
    struct text piece = {.at = rest->at, .len = end ? (size_t)(end - rest->at) : rest->len};
    size_t taken = end ? piece.len + 1 : piece.len;

    rest->at += taken;
    rest->len -= taken;
    return piece;
}

RESULT target_parse_form(struct text raw, struct arena *arena, struct target *ret_target)
{
    ret_target->parameters =
        arena_take_array(arena, TARGET_PARAMETERS_MAX, sizeof(*ret_target->parameters));
    if (!ret_target->parameters)
        return FAULT(ERR_MEMORY);
    while (raw.len > 0) {
        struct text piece = cut(&raw, '&');

        if (piece.len == 0)
            continue;
        if (ret_target->parameter_count == TARGET_PARAMETERS_MAX)
            return TARGET_INVALID;
        struct target_pair *pair = &ret_target->parameters[ret_target->parameter_count++];
        struct text name = cut(&piece, '=');
        int r = decode(name, true, arena, &pair->name);
        if (!r)
            r = decode(piece, true, arena, &pair->value);
        if (r)
            return r;
        if (memchr(pair->value.at, 0, pair->value.len) || holds_control(pair->name))
            return TARGET_INVALID;
    }
    return 0;
}

RESULT target_parse(struct text raw, struct arena *arena, struct target *ret_target)
{
    struct target target = {0};

    for (size_t i = 0; i < raw.len; i++)
        if ((unsigned char)raw.at[i] <= ' ' || raw.at[i] == '#' || raw.at[i] == 0x7f)
            return TARGET_INVALID;
    bool query = raw.len > 0 && memchr(raw.at, '?', raw.len);
    struct text path = cut(&raw, '?');
    int r = decode(path, false, arena, &target.path);
    if (r)
        return r;
    if (!path_plain(target.path))
        return TARGET_INVALID;
    if (query) {
        r = target_parse_form(raw, arena, &target);
        if (r)
            return r;
    }
    *ret_target = target;
    return 0;
}

struct text target_cookie(struct text header, struct text name)
{
    while (header.len > 0) {
        struct text value = cut(&header, ';');

        while (value.len > 0 && (value.at[0] == ' ' || value.at[0] == '\t')) {
            value.at++;
            value.len--;
        }
        if (!memchr(value.at, '=', value.len))
            continue;
        struct text found = cut(&value, '=');
        if (text_equal(found, name))
            return value;
    }
    return (struct text){0};
}
