/* Addresses of machines: IPv4, IPv6, MAC. */

#include "redact/redact-private.h"

/* A number of up to three digits at i: its value, or 1000; *i moves behind it. */
static unsigned octet_at(const struct view *view, size_t *i)
{
    unsigned value = 0;
    size_t start = *i;

    while (is_digit(view_at(view, *i)) && *i - start < 4)
        value = value * 10 + (unsigned)(view->at[(*i)++] - '0');
    return *i > start && *i - start < 4 ? value : 1000;
}

static bool edge_before(const struct view *view, size_t i)
{
    return i == 0 || !is_alnum(view_at(view, i - 1));
}

/* "build 4.2.56.28" is a version, whatever its shape. */
bool version_before(const struct view *view, size_t i)
{
    static const char *const words[] = {"build ", "version ", "ver ", "release ", "v", "v."};

    for (size_t w = 0; w < sizeof(words) / sizeof(words[0]); w++) {
        size_t len = strlen(words[w]);

        if (i >= len && view_is(view, i - len, words[w]) && edge_before(view, i - len))
            return true;
    }
    return false;
}

static size_t ipv4_at(const struct view *view, size_t i)
{
    unsigned part;

    for (part = 0; part < 4; part++) {
        if (octet_at(view, &i) > 255)
            return 0;
        if (part < 3 && view_at(view, i++) != '.')
            return 0;
    }
    if (is_alnum(view_at(view, i)) || (view_at(view, i) == '.' && is_digit(view_at(view, i + 1))))
        return 0;
    return i;
}

/*
 * Groups of hexadecimal digits with colons: eight of them, or fewer around "::". At least one group
 * beside the "::"; a time like 12:34:56 has neither form.
 */
static size_t ipv6_at(const struct view *view, size_t start)
{
    size_t groups = 0;
    size_t gaps = 0;
    size_t i = start;

    while (i - start < WINDOW) {
        size_t group = i;

        while (is_hex(view_at(view, i)) && i - group < 5)
            i++;
        if (i - group > 4)
            return 0;
        groups += i > group;
        if (view_at(view, i) == '.' && groups > 1) {
            size_t end = ipv4_at(view, group);

            return end && gaps == 1 ? end : 0;
        }
        if (view_at(view, i) != ':')
            break;
        if (view_at(view, i + 1) == ':') {
            gaps++;
            i++;
        } else if (i == group) {
            return 0;
        }
        i++;
    }
    if (is_alnum(view_at(view, i)))
        return 0;
    return (groups == 8 && gaps == 0) || (gaps == 1 && groups > 0 && groups < 8) ? i : 0;
}

/* "5a:e2:cf:e0:47:f7", "5a-e2-..", "5ae2.cfe0.47f7" */
static size_t mac_at(const struct view *view, size_t start)
{
    size_t i = start;
    size_t width = 0;
    size_t groups = 0;
    uint8_t separator = 0;

    for (groups = 0; groups < 8; groups++) {
        size_t group = i;

        while (is_hex(view_at(view, i)) && i - group < 5)
            i++;
        if (groups == 0)
            width = i - group;
        if (i - group != width || (width != 2 && width != 4))
            return 0;
        uint8_t c = view_at(view, i);
        if (groups == 0)
            separator = c;
        if (c != separator || !is_hex(view_at(view, i + 1)))
            break;
        i++;
    }
    groups++;
    if (is_alnum(view_at(view, i)))
        return 0;
    if (width == 2 && (separator == ':' || separator == '-') && (groups == 6 || groups == 8))
        return i;
    return width == 4 && separator == '.' && groups == 3 ? i : 0;
}

static size_t machine_at(struct view *view, size_t i)
{
    size_t end = mac_at(view, i);

    if (end) {
        hits_add(view, i, end, REDACT_DEVICE, 0.95f);
        return end;
    }
    end = is_digit(view->at[i]) ? ipv4_at(view, i) : 0;
    if (end && view->balanced && version_before(view, i))
        return end;
    if (!end)
        end = ipv6_at(view, i);
    if (end) {
        hits_add(view, i, end, REDACT_IP, 0.95f);
        return end;
    }
    return 0;
}

void recognise_internet(struct view *view)
{
    for (size_t i = 0; i < view->len; i++) {
        uint8_t c = view_at(view, i);

        if (!edge_before(view, i) || !(is_hex(c) || (c == ':' && view_at(view, i + 1) == ':')))
            continue;
        size_t end = machine_at(view, i);
        if (end)
            i = end - 1;
    }
}
