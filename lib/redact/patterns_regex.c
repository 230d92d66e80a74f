/*
 * Ordinary regular expressions, as far as they take linear time: docs/formats/patterns.md
 *
 * Literals, classes, groups, choices, ?, {m}, {m,n}, \d \w \s, \b at either end. Unbounded repeats
 * are taken when the user says what they end at. All else is refused, with what to write instead.
 */

#include "redact/patterns-private.h"

#define SAY_LOOK                                                                                   \
    "no look-around, no names: a pattern begins and ends at a boundary, and the "                  \
    "context column asks what stands before"
#define SAY_BACK "no back-reference: write out what may stand there"
#define SAY_UNBOUNDED                                                                              \
    "a bounded repeat such as {1,16}; or a number behind the last slash says what all of them "    \
    "end at"
#define SAY_ANCHOR "nothing: a pattern begins and ends at a boundary by itself"
#define SAY_ANY "the characters that may stand there: \\w, \\d or [...]"
#define SAY_LAZY "one repeat: the longest match is always taken"
#define SAY_ESCAPE "\\d, \\w, \\s, \\b at either end, or a sign behind the backslash"

/* \d \w \s into the set; false for anything else. */
static bool escape_set(char c, uint64_t set[2])
{
    if (c == 'd' || c == 'w')
        set_add(set, '0', '9');
    if (c == 'w') {
        set_add(set, 'a', 'z');
        set_add(set, '_', '_');
    }
    if (c == 's')
        set_add(set, ' ', ' ');
    return c == 'd' || c == 'w' || c == 's';
}

/* One of "[...]": a character, or the set of an escape; then *ret_c is 0. */
static int class_one(struct pattern_reader *reader, uint64_t set[2], uint8_t *ret_c)
{
    size_t start = reader->at;
    bool quoted = reader_peek(reader, 0) == '\\';

    reader->at += quoted;
    if (quoted && escape_set(reader_peek(reader, 0), set)) {
        reader->at++;
        *ret_c = 0;
        return 0;
    }
    if (quoted && is_alnum((uint8_t)reader_peek(reader, 0)))
        return reader_refuse(reader, start, SAY_ESCAPE);
    if (!quoted && reader_peek(reader, 0) == '[')
        return reader_refuse(reader, start, "a backslash before it: no class of classes");
    int c = reader->at < reader->end
                ? patterns_fold_next((struct text){reader->line.at, reader->end}, &reader->at)
                : 0;
    if (c <= 0)
        return reader_refuse(reader, start, "a character, or ] where the class ends");
    *ret_c = (uint8_t)c;
    return 0;
}

static int class_range(struct pattern_reader *reader, uint64_t set[2])
{
    size_t start = reader->at;
    uint8_t first = 0;
    uint8_t last = 0;
    int r = class_one(reader, set, &first);

    if (r || first == 0)
        return r;
    last = first;
    if (reader_peek(reader, 0) == '-' && reader_peek(reader, 1) != ']' && reader_peek(reader, 1)) {
        reader->at++;
        r = class_one(reader, set, &last);
    }
    if (r)
        return r;
    if (last < first)
        return reader_refuse(reader, start, "a range from less to more");
    set_add(set, first, last);
    return 0;
}

static int read_class(struct pattern_reader *reader, uint16_t *ret_part)
{
    bool negated = reader_peek(reader, 0) == '^';
    int r = reader_part(reader, PART_SET, ret_part);

    if (r)
        return r;
    uint64_t *set = reader->form->part[*ret_part].set;
    reader->at += negated;
    do
        r = class_range(reader, set);
    while (r == 0 && reader_peek(reader, 0) != ']');
    if (r)
        return r;
    reader->at++;
    if (negated) {
        uint64_t printable[2] = {0};

        /* Views hold no capitals. */
        set_add(printable, ' ', '@');
        set_add(printable, '[', '~');
        set[0] = ~set[0] & printable[0];
        set[1] = ~set[1] & printable[1];
    }
    return set[0] || set[1] ? 0 : reader_refuse(reader, reader->at - 1, "a class of something");
}

/* Behind "\b": fine where the pattern begins or ends, for there a boundary is asked anyway. */
static int read_boundary(struct pattern_reader *reader, size_t start, uint16_t *ret_part)
{
    bool begins = reader->form->count == 3; /* the choice and the row */

    reader->at++;
    if (reader->depth > 0 || (!begins && reader->at < reader->end))
        return reader_refuse(reader, start,
                             "\\b only where the pattern begins or ends; between, the sign itself");
    *ret_part = 0;
    return 0;
}

static int read_escape(struct pattern_reader *reader, size_t start, uint16_t *ret_part)
{
    char c = reader_peek(reader, 0);
    uint64_t set[2] = {0};

    if (c == 'b')
        return read_boundary(reader, start, ret_part);
    if (is_digit((uint8_t)c) || c == 'k')
        return reader_refuse(reader, start, SAY_BACK);
    if (escape_set(c, set)) {
        int r = reader_part(reader, PART_SET, ret_part);

        if (r == 0)
            memcpy(reader->form->part[*ret_part].set, set, sizeof(set));
        reader->at++;
        return r;
    }
    if (is_alnum((uint8_t)c) || !c)
        return reader_refuse(reader, start, SAY_ESCAPE);
    return reader_literal(reader, ret_part);
}

int regex_atom(struct pattern_reader *reader, uint16_t *ret_part)
{
    size_t start = reader->at;
    char c = reader_peek(reader, 0);

    if (c == '^' || c == '$')
        return reader_refuse(reader, start, SAY_ANCHOR);
    if (c == '.')
        return reader_refuse(reader, start, SAY_ANY);
    if (c && strchr("?*+{", c))
        return reader_refuse(reader, start, "what is to be repeated, before it");
    if (c && strchr(")]}", c))
        return reader_refuse(reader, start, "a backslash before it, to mean the sign itself");
    if (!c || !strchr("\\([", c))
        return reader_literal(reader, ret_part);
    reader->at++;
    if (c == '[')
        return read_class(reader, ret_part);
    if (c == '\\')
        return read_escape(reader, start, ret_part);
    if (reader_peek(reader, 0) == '?') {
        if (reader_peek(reader, 1) != ':')
            return reader_refuse(reader, start, SAY_LOOK);
        reader->at += 2;
    }
    return reader_group(reader, ret_part);
}

static int take_unbounded(struct pattern_reader *reader, struct pattern_part *part, unsigned least)
{
    if (reader->unbounded == 0)
        return reader_refuse(reader, reader->at, SAY_UNBOUNDED);
    if (reader->unbounded < least)
        return reader_refuse(reader, reader->at, "no more than what unbounded repeats end at");
    part->least = (uint8_t)least;
    part->most = (uint8_t)reader->unbounded;
    return 0;
}

/* "{m}", "{m,n}" or "{m,}", behind the brace. */
static int read_braces(struct pattern_reader *reader, struct pattern_part *part)
{
    size_t start = reader->at;
    unsigned least;
    unsigned most;
    int r = 0;

    if (!reader_count(reader, &least))
        return reader_refuse(reader, start, "a number from 0 to 64");
    most = least;
    if (reader_peek(reader, 0) == ',' && reader_peek(reader, 1) == '}') {
        r = take_unbounded(reader, part, least);
        if (r)
            return r;
        most = part->most;
        reader->at++;
    } else if (reader_peek(reader, 0) == ',') {
        reader->at++;
        if (!reader_count(reader, &most))
            return reader_refuse(reader, reader->at, "a number from 1 to 64");
    }
    if (reader_peek(reader, 0) != '}')
        return reader_refuse(reader, reader->at, "a closing brace");
    if (most < least || most == 0)
        return reader_refuse(reader, start, "from less to more, at least 1");
    part->least = (uint8_t)least;
    part->most = (uint8_t)most;
    reader->at++;
    return 0;
}

int regex_times(struct pattern_reader *reader, struct pattern_part *part)
{
    char c = reader_peek(reader, 0);
    int r = 0;

    if (!c || !strchr("?*+{", c))
        return 0;
    if (c == '*' || c == '+')
        r = take_unbounded(reader, part, c == '+');
    if (c == '?')
        part->least = 0;
    if (r)
        return r;
    reader->at++;
    if (c == '{')
        r = read_braces(reader, part);
    c = reader_peek(reader, 0);
    if (r == 0 && c && strchr("?*+{", c))
        r = reader_refuse(reader, reader->at, SAY_LAZY);
    return r;
}
