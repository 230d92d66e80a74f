#include "base/utf8.h"
#include "redact/redact-private.h"

#define UNIT_PLACEHOLDER 0x100

/* Length of a placeholder at raw[i], or 0. */
static size_t placeholder_at(struct raw_text raw, size_t i, enum redact_kind *ret_kind)
{
    for (unsigned kind = 0; raw.at[i] == '[' && kind < REDACT_KINDS; kind++) {
        struct text placeholder = placeholder_of((enum redact_kind)kind);

        if (raw.len - i >= placeholder.len &&
            memcmp(raw.at + i, placeholder.at, placeholder.len) == 0) {
            *ret_kind = (enum redact_kind)kind;
            return placeholder.len;
        }
    }
    return 0;
}

static void units_fill(struct units *units, struct raw_text raw, const struct hits *hits)
{
    size_t next = 0;
    size_t count = 0;

    for (size_t i = 0; i < raw.len; count++) {
        enum redact_kind kind;
        size_t len;

        units->from[count] = (uint16_t)i;
        if (next < hits->count && hits->at[next].start == i) {
            units->at[count] = (uint16_t)(UNIT_PLACEHOLDER + hits->at[next].kind);
            i = hits->at[next++].end;
        } else if ((len = placeholder_at(raw, i, &kind))) {
            units->at[count] = (uint16_t)(UNIT_PLACEHOLDER + kind);
            i += len;
        } else {
            units->at[count] = (uint8_t)raw.at[i++];
        }
    }
    units->from[count] = (uint16_t)raw.len;
    units->len = count;
}

static int hex_value(uint16_t unit)
{
    if (unit >= '0' && unit <= '9')
        return unit - '0';
    if ((unit | 0x20) >= 'a' && (unit | 0x20) <= 'f' && unit < 0x80)
        return (unit | 0x20) - 'a' + 10;
    return -1;
}

bool plus_is_blank(uint8_t before, uint8_t behind)
{
    return is_alnum(behind) && (is_alnum(before) || before == '.' || before == ',');
}

static bool unit_is(const struct units *units, size_t i, const char *ascii)
{
    for (; *ascii; ascii++, i++)
        if (i >= units->len || units->at[i] != (uint8_t)*ascii)
            return false;
    return true;
}

/* True when the '+' at i stands in the local part of an e-mail address: "jane+tag@". */
static bool plus_is_local(const struct units *units, size_t i)
{
    size_t most = i + WINDOW < units->len ? i + WINDOW : units->len;

    while (i < most && units->at[i] < 0x80 &&
           (is_alnum((uint8_t)units->at[i]) || memchr("+._-", units->at[i], 4)))
        i++;
    return unit_is(units, i, "@") || unit_is(units, i, "%40") || unit_is(units, i, "%2540");
}

/* True when a time of day ends before i, "10:11:12.345" or "T101112": then '+' begins its zone. */
static bool time_ends(const struct units *units, size_t i)
{
    size_t least = i > 12 ? i - 12 : 1;
    size_t start = i;

    while (start > least && units->at[start - 1] < 0x80 &&
           (is_digit((uint8_t)units->at[start - 1]) || units->at[start - 1] == '.'))
        start--;
    return start > 0 && ((i - start >= 2 && units->at[start - 1] == ':') ||
                         (i - start >= 4 && (units->at[start - 1] | 0x20) == 't'));
}

/* One decoding of percent signs and of '+' for a blank; true when there was a percent sign, or the
 * first time a '+' between two characters. */
static bool units_decode(struct units *units, bool first)
{
    size_t to = 0;
    bool any = false;

    for (size_t i = 0; i < units->len; to++) {
        int high = -1;
        int low = -1;

        if (units->at[i] == '%' && i + 2 < units->len) {
            high = hex_value(units->at[i + 1]);
            low = hex_value(units->at[i + 2]);
        }
        units->from[to] = units->from[i];
        if (high >= 0 && low >= 0) {
            units->at[to] = (uint16_t)(high << 4 | low);
            any = true;
            i += 3;
        } else {
            bool plus = units->at[i] == '+' && !plus_is_local(units, i) && !time_ends(units, to);

            any = any ||
                  (first && plus && to > 0 && i + 1 < units->len &&
                   units->at[to - 1] < UNIT_PLACEHOLDER && units->at[i + 1] < UNIT_PLACEHOLDER &&
                   plus_is_blank((uint8_t)units->at[to - 1], (uint8_t)units->at[i + 1]));
            units->at[to] = plus ? ' ' : units->at[i];
            i++;
        }
    }
    units->from[to] = units->from[units->len];
    units->len = to;
    return any;
}

/* The character of units at i: its length in units, never 0. */
static size_t units_next(const struct units *units, size_t i, uint32_t *ret_point)
{
    char bytes[4];
    size_t len = 0;

    while (len < sizeof(bytes) && i + len < units->len && units->at[i + len] < UNIT_PLACEHOLDER) {
        bytes[len] = (char)units->at[i + len];
        len++;
    }
    size_t used = utf8_next((struct text){.at = bytes, .len = len}, ret_point);
    if (used)
        return used;
    *ret_point = 0xfffd;
    return 1;
}

static void view_put(struct view *view, uint8_t byte, uint16_t from)
{
    view->at[view->len] = byte;
    view->from[view->len] = from;
    view->len++;
}

static bool ascii_letter(uint16_t unit)
{
    return (unit | 0x20) >= 'a' && (unit | 0x20) <= 'z';
}

/* A Greek or Cyrillic letter beside a Latin one is what it looks like: "J\u043ehn". */
static uint8_t fold_in_word(const struct view *view, size_t next, uint32_t point)
{
    bool latin = (view->len > 0 && ascii_letter(view->at[view->len - 1])) ||
                 (next < view->units.len && ascii_letter(view->units.at[next]));
    uint8_t byte = latin ? fold_look_alike(point) : 0;

    return byte ? byte : fold_point(point);
}

static void view_fold(struct view *view, size_t raw_len)
{
    const struct units *units = &view->units;

    view->len = 0;
    for (size_t i = 0; i < units->len;) {
        uint16_t from = units->from[i];
        uint32_t point;

        if (units->at[i] >= UNIT_PLACEHOLDER) {
            view_put(view, (uint8_t)(VIEW_PLACEHOLDER + units->at[i] - UNIT_PLACEHOLDER), from);
            i++;
            continue;
        }
        if (units->at[i] < 0x80) {
            view_put(view, fold_point(units->at[i]), from);
            i++;
            continue;
        }
        i += units_next(units, i, &point);
        uint8_t byte = fold_in_word(view, i, point);
        if (byte)
            view_put(view, byte, from);
    }
    view->from[view->len] = (uint16_t)raw_len;
}

static void view_scan(struct view *view)
{
    memset(view->at + view->len, 0, SCAN_PAD);
    view->signs = scan_fast(view->at, view->len, view->lower, &view->scan);
    view_step(view, view->len);
}

unsigned view_load(struct view *view, struct raw_text raw)
{
    if (raw.len)
        memcpy(view->at, raw.at, raw.len);
    view->len = raw.len;
    view_scan(view);
    view->plain = !(view->signs & (SIGN_HIGH | SIGN_BRACKET | SIGN_CONTROL));
    return view->signs;
}

bool view_fill(struct view *view, struct raw_text raw, unsigned decoding)
{
    view->plain = false;
    units_fill(&view->units, raw, view->hits);
    for (unsigned i = 0; i < decoding; i++)
        if (!units_decode(&view->units, i == 0))
            return false;
    view_fold(view, raw.len);
    view_scan(view);
    return true;
}

static void view_copy(struct view *view, struct raw_text raw, size_t start, size_t end)
{
    size_t len = end - start;
    uint16_t *from = view->from + view->len;

    memcpy(view->at + view->len, raw.at + start, len);
    for (size_t i = 0; i < len; i++)
        from[i] = (uint16_t)(start + i);
    view->len += len;
}

void view_fill_plain(struct view *view, struct raw_text raw)
{
    const struct hits *hits = view->hits;
    size_t start = 0;

    view->plain = false;
    view->len = 0;
    for (size_t h = 0; h < hits->count; h++) {
        view_copy(view, raw, start, hits->at[h].start);
        view_put(view, (uint8_t)(VIEW_PLACEHOLDER + hits->at[h].kind), (uint16_t)hits->at[h].start);
        start = hits->at[h].end;
    }
    view_copy(view, raw, start, raw.len);
    view->from[view->len] = (uint16_t)raw.len;
    view_scan(view);
}

void view_mark_machine_made(struct view *view, size_t start, size_t end, bool made)
{
    if (!view->any_machine_made)
        memset(view->machine_made, 0, (view->len / 64 + 1) * sizeof(view->machine_made[0]));
    view->any_machine_made = true;
    view_step(view, end - start);
    for (size_t i = start; i < end; i++) {
        uint64_t bit = UINT64_C(1) << (i % 64);

        view->machine_made[i / 64] =
            made ? view->machine_made[i / 64] | bit : view->machine_made[i / 64] & ~bit;
    }
}

/* No longer than the raw text is what any of them held; it goes in blocks, which is faster. */
void view_wipe(struct view *view, size_t raw_len)
{
    for (size_t i = 0; i < raw_len; i += SCAN_PAD) {
        wipe(view->at + i, SCAN_PAD);
        wipe(view->lower + i, SCAN_PAD);
    }
    if (!view->plain)
        wipe(&view->units, sizeof(view->units.at[0]) * raw_len);
}

bool view_goes_on(const struct view *view, size_t start, const char *word)
{
    for (size_t i = 1; word[i]; i++)
        if (view_at(view, start + i) != (uint8_t)word[i])
            return false;
    return true;
}

bool token_ends(const struct view *view, const struct token *token, const struct ending *ends,
                size_t count, size_t before)
{
    size_t len = (size_t)token->end - token->start;

    view_step(view, len);
    for (size_t n = 0; n < count; n++)
        if (len >= ends[n].len + before && view->lower[token->end - 1] == ends[n].last &&
            memcmp(view->lower + token->end - ends[n].len, ends[n].at, ends[n].len) == 0)
            return true;
    return false;
}

bool view_is_word(const struct view *view, size_t start, const char *word)
{
    return view_is(view, start, word) && (start == 0 || !is_alnum(view_at(view, start - 1))) &&
           !is_alnum(view_at(view, start + strlen(word)));
}

size_t view_run_start(const struct view *view, size_t i)
{
    size_t least = i > WINDOW ? i - WINDOW : 0;

    while (i > least && is_alnum(view_at(view, i - 1)))
        i--;
    return i;
}

size_t view_run_end(const struct view *view, size_t i)
{
    size_t most = i + WINDOW;

    while (i < most && is_alnum(view_at(view, i)))
        i++;
    return i;
}
