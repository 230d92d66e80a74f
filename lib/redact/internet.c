/*
 * Addresses of machines: IPv4 (RFC 791), IPv6 in all forms of RFC 4291 and 5952, with zone (RFC
 * 4007) and prefix, and the EUI-48 and EUI-64 of network cards (IEEE 802).
 */

#include "redact/codes.h"
#include "redact/labels.h"

static bool edge_before(const struct view *view, size_t i)
{
    return i == 0 || !is_alnum(view_at(view, i - 1));
}

/* ":8080", "/24" */
static size_t port_end(const struct view *view, size_t end)
{
    uint8_t c = view_at(view, end);
    size_t most = c == ':' ? 5 : c == '/' ? 3 : 0;
    size_t len = most ? value_len(view, end + 1, most) : 0;

    return len >= 1 && len <= most && !is_alnum(view_at(view, end + 1 + len)) ? end + 1 + len : end;
}

static size_t ipv4_at(const struct view *view, size_t i, uint8_t separator)
{
    for (unsigned part = 0; part < 4; part++) {
        size_t len = value_len(view, i, 3);

        if (len < 1 || len > 3 || value_of(view, i, i + len) > 255)
            return 0;
        i += len;
        if (part < 3 && view_at(view, i++) != separator)
            return 0;
    }
    if (is_alnum(view_at(view, i)) ||
        (view_at(view, i) == separator && is_digit(view_at(view, i + 1))))
        return 0;
    return i;
}

/* A zone and a prefix behind an IPv6 address: "%eth0", "/64" */
static size_t zone_end(const struct view *view, size_t i)
{
    if (view_at(view, i) == '%' && is_alnum(view_at(view, i + 1)))
        i = view_run_end(view, i + 1);
    return view_at(view, i) == '/' ? port_end(view, i) : i;
}

/*
 * Groups of hexadecimal digits with colons: eight of them, or fewer around "::". At least one group
 * beside the "::"; a time like 12:34:56 has neither form, and "face::add" is of a program.
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
        size_t quad = view_at(view, i) == '.' && groups > 0 ? ipv4_at(view, group, '.') : 0;
        if (quad)
            return gaps == 1 || groups == 7 ? zone_end(view, quad) : 0;
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
    if (gaps == 1 && groups < 3 && scan_next(view->scan.digit, start, i) == i)
        return 0;
    if (!(groups == 8 && gaps == 0) && !(gaps == 1 && groups > 0 && groups < 8))
        return 0;
    return zone_end(view, view_at(view, i - 1) == ':' && view->lower[i - 2] != ':' ? i - 1 : i);
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
        if (i - group != width && groups > 0) {
            /* a word behind it: "4C-DD-6A-31-1A-5E-final", "EDEE.CD2B.1FC8.docx" */
            i = group - 1;
            groups--;
            break;
        }
        if (width != 2 && width != 4)
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
    if (width == 2 && is_one_of(separator, ":-") && (groups == 6 || groups == 8))
        return i;
    return width == 4 && separator == '.' && (groups == 3 || groups == 4) ? i : 0;
}

/* The sign on either side of a run that may be a group of a card's number, or 0. */
static uint8_t card_sign(const struct view *view, size_t start, size_t run_end)
{
    size_t len = run_end - start;
    uint8_t sign = len == 2 ? '-' : len == 4 ? '.' : 0;
    uint8_t before = start > 0 ? view->at[start - 1] : 0;

    return view->at[run_end] == sign || before == sign ? sign : 0;
}

/* End of a card's number with hyphens or dots, of which the run [*start, run_end) is the first
 * group with a digit; *start becomes its start. */
static size_t card_end(const struct view *view, size_t *ret_start, size_t run_end)
{
    size_t start = *ret_start;
    uint8_t separator = card_sign(view, start, run_end);

    if (start >= 2 && view_at(view, start - 1) == separator && is_hex(view_at(view, start - 2))) {
        /* groups of letters before: "ab-cd-12-..." */
        while (start >= 3 && view_at(view, start - 1) == separator && run_end - start < 18 &&
               is_hex(view_at(view, start - 2)) && is_hex(view_at(view, start - 3)))
            start = view_run_start(view, start - 1);
    }
    *ret_start = start;
    return mac_at(view, start);
}

bool card_begins(const struct view *view, size_t start, size_t run_end)
{
    return card_sign(view, start, run_end) == '-' && card_end(view, &start, run_end) > 0;
}

/* Those with colons come by their colons. Groups of digits alone could be anything:
 * "12-34-56-78-90-12". */
static size_t card_at(struct view *view, const struct number *number)
{
    size_t start = number->run_start;
    uint8_t separator = card_sign(view, start, number->run_end);
    size_t end = card_end(view, &start, number->run_end);

    if (!end || (scan_next(view->scan.letter, start, end) == end && !view->clinical &&
                 view->balanced && separator == '.'))
        return 0;
    hits_put(view, start, end, REDACT_DEVICE, RULE_MAC, 0.95f);
    return end;
}

/* "build 4.2.56.28" is a version, whatever its shape; so is what a letter is glued to. */
static size_t ipv4_is(struct view *view, const struct number *number)
{
    size_t start = number->start[0];
    uint8_t separator = number->separator[0];
    const struct token *before = &view->token[number->token] - 1;
    bool host =
        number->token > 0 && view_is_word(view, before->start, "ip") && start - before->end <= 1;

    if ((separator == '-' && !host) ||
        (number->label && number->label->kind < REDACT_OTHER_ID && view->balanced))
        return 0;
    if (start > 1 && view_at(view, start - 1) == separator && is_digit(view_at(view, start - 2)))
        return 0;
    if (number->run_start < start && !host && view->balanced)
        return 0;
    bool version = version_before(view, number->token);
    size_t end = view->balanced && version ? 0 : ipv4_at(view, start, separator);
    if (!end)
        return 0;
    end = port_end(view, end);
    hits_put(view, start, end, version ? REDACT_OTHER_ID : REDACT_IP, RULE_IPV4, 0.95f);
    return end;
}

size_t number_is_internet(struct view *view, const struct number *number)
{
    uint8_t card = card_sign(view, number->run_start, number->run_end);

    if (number->groups >= 4 && is_one_of(number->separator[0], ".-") &&
        number->end[0] - number->start[0] <= 3) {
        size_t end = ipv4_is(view, number);

        if (end)
            return end;
    }
    return card ? card_at(view, number) : 0;
}

/* Where the hexadecimal digits and colons around a colon end. */
static size_t stretch_end(const struct view *view, size_t i)
{
    while (is_hex(view_at(view, i)) || view_at(view, i) == ':')
        i++;
    return i;
}

/* The address whose first colon stands at colon. */
static size_t colons_at(struct view *view, size_t colon)
{
    size_t start = colon;

    while (start > 0 && colon - start < 5 && is_hex(view_at(view, start - 1)))
        start--;
    if (!edge_before(view, start) || (start == colon && view_at(view, colon + 1) != ':'))
        return 0;
    /* What stood there was no part of an address: "gggg::1". */
    if (start == colon && start > 0 && is_placeholder(view->at[start - 1]))
        return 0;
    size_t end = mac_at(view, start);
    if (end) {
        hits_put(view, start, end, REDACT_DEVICE, RULE_MAC, 0.95f);
        return end;
    }
    end = ipv6_at(view, start);
    if (end)
        hits_put(view, start, end, REDACT_IP, RULE_IPV6, 0.95f);
    return end;
}

/* Addresses with colons. */
void recognise_internet(struct view *view)
{
    size_t i = 0;

    while (i < view->len) {
        const uint8_t *at = memchr(view->at + i, ':', view->len - i);

        if (!at)
            return;
        i = (size_t)(at - view->at);
        uint8_t next = view->lower[i + 1];
        size_t end = is_hex(next) || next == ':' ? colons_at(view, i) : 0;
        i = end ? end : stretch_end(view, i + 1);
        view_step(view, 1);
    }
}
