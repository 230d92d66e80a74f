/*
 * What templates and regular expressions have in common: rows, choices, groups
 *
 *     choice = row { "|" row }
 *     row    = element { element }
 *     element = atom [ times ]
 */

#include "redact/patterns-private.h"

void set_add(uint64_t set[2], uint8_t first, uint8_t last)
{
    for (unsigned c = first; c <= last; c++)
        set[c / 64] |= (uint64_t)1 << c % 64;
}

int reader_refuse(const struct pattern_reader *reader, size_t at, const char *expected)
{
    return patterns_refuse(reader->error, (struct text){reader->line.at, reader->end}, at,
                           "template", expected);
}

char reader_peek(const struct pattern_reader *reader, size_t ahead)
{
    if (reader->at + ahead >= reader->end)
        return 0;
    return reader->line.at[reader->at + ahead];
}

bool reader_count(struct pattern_reader *reader, unsigned *ret_count)
{
    unsigned count = 0;
    size_t start = reader->at;

    while (is_digit((uint8_t)reader_peek(reader, 0)) && reader->at - start < 3)
        count = count * 10 + (unsigned)(reader->line.at[reader->at++] - '0');
    *ret_count = count;
    return reader->at > start && count <= PATTERNS_POSITIONS_MAX;
}

int reader_part(struct pattern_reader *reader, enum part_kind kind, uint16_t *ret_part)
{
    struct pattern_form *form = reader->form;

    if (form->count == PARTS_MAX)
        return reader_refuse(reader, reader->at, "a simpler pattern, or two of them");
    form->part[form->count] = (struct pattern_part){.kind = (uint8_t)kind, .least = 1, .most = 1};
    *ret_part = (uint16_t)form->count++;
    return 0;
}

int reader_literal(struct pattern_reader *reader, uint16_t *ret_part)
{
    size_t start = reader->at;
    int c = 0;
    int r = reader_part(reader, PART_SET, ret_part);

    if (r)
        return r;
    while (c == 0 && reader->at < reader->end)
        c = patterns_fold_next((struct text){reader->line.at, reader->end}, &reader->at);
    if (c <= 0)
        return reader_refuse(reader, start, "letters, digits and signs of the Latin alphabet");
    set_add(reader->form->part[*ret_part].set, (uint8_t)c, (uint8_t)c);
    return 0;
}

int reader_group(struct pattern_reader *reader, uint16_t *ret_part)
{
    size_t start = reader->at;

    if (reader->depth == PARTS_DEPTH)
        return reader_refuse(reader, start, "at most 8 groups inside each other");
    reader->depth++;
    int r = reader_choice(reader, ret_part);
    reader->depth--;
    if (r)
        return r;
    if (reader_peek(reader, 0) != ')')
        return reader_refuse(reader, reader->at, "a closing parenthesis");
    reader->at++;
    return 0;
}

static bool row_ends(const struct pattern_reader *reader)
{
    char c = reader_peek(reader, 0);

    return reader->at >= reader->end || c == '|' || (c == ')' && reader->depth > 0);
}

static int read_row(struct pattern_reader *reader, uint16_t *ret_part)
{
    uint16_t last = 0;
    uint16_t whole = 0;
    int r = reader_part(reader, PART_ROW, &whole);

    while (r == 0 && !row_ends(reader)) {
        uint16_t part = 0;

        r = reader->atom(reader, &part);
        if (r)
            return r;
        if (part == 0) /* a word's boundary, which is no character */
            continue;
        r = reader->times(reader, &reader->form->part[part]);
        if (last)
            reader->form->part[last].next = part;
        else
            reader->form->part[whole].child = part;
        last = part;
    }
    if (r == 0 && last == 0)
        r = reader_refuse(reader, reader->at,
                          "something to find; a question mark makes it optional");
    *ret_part = whole;
    return r;
}

int reader_choice(struct pattern_reader *reader, uint16_t *ret_part)
{
    uint16_t last = 0;
    uint16_t whole = 0;
    int r = reader_part(reader, PART_CHOICE, &whole);

    while (r == 0) {
        uint16_t row = 0;

        r = read_row(reader, &row);
        if (r)
            return r;
        if (last)
            reader->form->part[last].next = row;
        else
            reader->form->part[whole].child = row;
        last = row;
        if (reader_peek(reader, 0) != '|')
            break;
        reader->at++;
    }
    *ret_part = whole;
    return r;
}

/* "/.../" or "/.../16": the number is what unbounded repeats end at. */
static int regex_ends(struct pattern_reader *reader)
{
    size_t slash = reader->end;
    size_t end = reader->end;

    while (slash > reader->at + 1 && reader->line.at[slash - 1] != '/')
        slash--;
    if (slash <= reader->at + 1)
        return reader_refuse(reader, end, "a slash at the end of the regular expression");
    reader->at = slash;
    if (slash < end &&
        (!reader_count(reader, &reader->unbounded) || reader->at < end || reader->unbounded == 0))
        return reader_refuse(reader, slash, "nothing, or 1 to 64: what + and * end at");
    reader->end = slash - 1;
    return 0;
}

RESULT pattern_form_parse(struct pattern_form *form, const struct patterns_lists *lists,
                          struct text line, size_t at, size_t end, struct redactor_error *error)
{
    struct pattern_reader reader = {.form = form,
                                    .lists = lists,
                                    .error = error,
                                    .line = line,
                                    .at = at,
                                    .end = end,
                                    .atom = template_atom,
                                    .times = template_times};
    int r = 0;

    form->count = 1;
    form->root = 0;
    if (end - at > PATTERNS_TEMPLATE_MAX)
        return reader_refuse(&reader, at, "at most 256 bytes");
    if (end > at && line.at[at] == '/') {
        r = regex_ends(&reader);
        reader.at = at + 1;
        reader.atom = regex_atom;
        reader.times = regex_times;
    }
    if (r == 0)
        r = reader_choice(&reader, &form->root);
    if (r == 0 && reader.at < reader.end)
        r = reader_refuse(&reader, reader.at, "nothing more: no group is open");
    return r;
}
