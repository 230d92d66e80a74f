/*
 * Templates: docs/formats/patterns.md
 *
 *     #  @  *            a digit, a letter, either
 *     [A-F0-9]           one of these
 *     {8 digits}         {3-5 letters} {2 letters or digits} {4 hex digits}
 *     {facility}         an entry of that list
 *     (a|b)              choices
 *     ?  {6}  {6-8}      behind any of these: optional, as often as that
 *     "as it is"  \#     literally
 */

#include "redact/patterns-private.h"

#define SAY_SIGN "a backslash before it, or quotes around it, to mean the sign itself"
#define SAY_REGEX                                                                                  \
    "a sign behind the backslash; a regular expression stands between slashes: /\\d{8}/"
#define SAY_MANY "digits, letters, letters or digits, or hex digits"
#define SAY_LIST "the name of a list that stands above, or a count: {8 digits}"

struct many {
    const char *words;
    const char *ranges;
};

/* "digits" and the like behind a count, up to the closing brace. */
static bool many_of(struct text word, uint64_t set[2])
{
    static const struct many kinds[] = {
        {"digits", "09"},
        {"digit", "09"},
        {"letters", "az"},
        {"letter", "az"},
        {"hex digits", "09af"},
        {"hex digit", "09af"},
        {"hex", "09af"},
        {"letters or digits", "az09"},
        {"letter or digit", "az09"},
    };

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (!text_equal(word, text_of(kinds[i].words)))
            continue;
        for (const char *range = kinds[i].ranges; *range; range += 2)
            set_add(set, (uint8_t)range[0], (uint8_t)range[1]);
        return true;
    }
    return false;
}

/* "6" or "6-8" or "6,8". */
static int read_range(struct pattern_reader *reader, struct pattern_part *part)
{
    size_t start = reader->at;
    unsigned least;
    unsigned most;

    if (!reader_count(reader, &least))
        return reader_refuse(reader, start, "a number from 0 to 64");
    most = least;
    if (reader_peek(reader, 0) == '-' || reader_peek(reader, 0) == ',') {
        reader->at++;
        if (!reader_count(reader, &most))
            return reader_refuse(reader, reader->at, "a number from 1 to 64");
    }
    if (most < least || most == 0)
        return reader_refuse(reader, start, "from less to more, at least 1");
    part->least = (uint8_t)least;
    part->most = (uint8_t)most;
    return 0;
}

static size_t brace_end(const struct pattern_reader *reader)
{
    size_t at = reader->at;

    while (at < reader->end && reader->line.at[at] != '}')
        at++;
    return at;
}

/* "{8 digits}" behind the brace. */
static int read_many(struct pattern_reader *reader, uint16_t *ret_part)
{
    int r = reader_part(reader, PART_SET, ret_part);

    if (r == 0)
        r = read_range(reader, &reader->form->part[*ret_part]);
    if (r)
        return r;
    while (reader_peek(reader, 0) == ' ')
        reader->at++;
    size_t end = brace_end(reader);
    struct text word = {reader->line.at + reader->at, end - reader->at};
    if (!many_of(word, reader->form->part[*ret_part].set))
        return reader_refuse(reader, reader->at, SAY_MANY);
    if (end == reader->end)
        return reader_refuse(reader, end, "a closing brace");
    reader->at = end + 1;
    return 0;
}

/* "{facility}" behind the brace. */
static int read_list(struct pattern_reader *reader, uint16_t *ret_part)
{
    size_t end = brace_end(reader);
    struct text name = {reader->line.at + reader->at, end - reader->at};
    int r = reader_part(reader, PART_LIST, ret_part);

    if (r)
        return r;
    for (size_t i = 0; i < reader->lists->count && end < reader->end; i++)
        if (text_equal(name, text_of(reader->lists->at[i].name))) {
            reader->form->part[*ret_part].list = (uint16_t)i;
            reader->at = end + 1;
            return 0;
        }
    return reader_refuse(reader, reader->at, SAY_LIST);
}

/* One of "[...]", folded. */
static int class_character(struct pattern_reader *reader, uint8_t *ret_c)
{
    size_t start = reader->at;
    bool quoted = reader_peek(reader, 0) == '\\';

    reader->at += quoted;
    int c = reader->at < reader->end
                ? patterns_fold_next((struct text){reader->line.at, reader->end}, &reader->at)
                : 0;
    if (c <= 0 || (quoted && is_alnum((uint8_t)c)))
        return reader_refuse(reader, start, "a character or a range such as A-F");
    *ret_c = (uint8_t)c;
    return 0;
}

static int read_class(struct pattern_reader *reader, uint16_t *ret_part)
{
    size_t start = reader->at;
    int r = reader_part(reader, PART_SET, ret_part);

    if (r == 0 && reader_peek(reader, 0) == '^')
        r = reader_refuse(reader, start,
                          "the characters that may stand there, not those that may not");
    while (r == 0 && reader_peek(reader, 0) != ']') {
        uint8_t first = 0;
        uint8_t last = 0;
        size_t at = reader->at;

        r = class_character(reader, &first);
        if (r)
            return r;
        last = first;
        if (reader_peek(reader, 0) == '-' && reader_peek(reader, 1) != ']') {
            reader->at++;
            r = class_character(reader, &last);
        }
        if (r == 0 && last < first)
            r = reader_refuse(reader, at, "a range from less to more");
        if (r == 0)
            set_add(reader->form->part[*ret_part].set, first, last);
    }
    if (r)
        return r;
    if (reader->at++ == start)
        return reader_refuse(reader, start, "a character or a range such as A-F");
    return 0;
}

/* "as it is", behind the quote: a row of its characters. */
static int read_quoted(struct pattern_reader *reader, uint16_t *ret_part)
{
    uint16_t last = 0;
    int r = reader_part(reader, PART_ROW, ret_part);

    while (r == 0 && reader->at < reader->end && reader_peek(reader, 0) != '"') {
        uint16_t part = 0;

        r = reader_literal(reader, &part);
        if (r)
            return r;
        if (last)
            reader->form->part[last].next = part;
        else
            reader->form->part[*ret_part].child = part;
        last = part;
    }
    if (r == 0 && (reader->at >= reader->end || last == 0))
        r = reader_refuse(reader, reader->at, "characters and a closing quote");
    reader->at++;
    return r;
}

static int read_set(struct pattern_reader *reader, char sign, uint16_t *ret_part)
{
    int r = reader_part(reader, PART_SET, ret_part);

    if (r == 0 && sign != '@')
        set_add(reader->form->part[*ret_part].set, '0', '9');
    if (r == 0 && sign != '#')
        set_add(reader->form->part[*ret_part].set, 'a', 'z');
    reader->at++;
    return r;
}

int template_atom(struct pattern_reader *reader, uint16_t *ret_part)
{
    char c = reader_peek(reader, 0);

    if (c == '#' || c == '@' || c == '*')
        return read_set(reader, c, ret_part);
    if (c && strchr("?+^$)]}", c))
        return reader_refuse(reader, reader->at, SAY_SIGN);
    if (!c || !strchr("\\\"({[", c))
        return reader_literal(reader, ret_part);
    reader->at++;
    if (c == '"')
        return read_quoted(reader, ret_part);
    if (c == '(')
        return reader_group(reader, ret_part);
    if (c == '[')
        return read_class(reader, ret_part);
    if (c == '{')
        return is_digit((uint8_t)reader_peek(reader, 0)) ? read_many(reader, ret_part)
                                                         : read_list(reader, ret_part);
    if (is_alnum((uint8_t)reader_peek(reader, 0)))
        return reader_refuse(reader, reader->at, SAY_REGEX);
    return reader_literal(reader, ret_part);
}

/* "{6}" and "{6-8}" belong to what stands before; "{6 digits}" is an element of its own. */
static bool brace_is_times(const struct pattern_reader *reader)
{
    size_t at = reader->at + 1;

    while (at < reader->end && (is_digit((uint8_t)reader->line.at[at]) ||
                                reader->line.at[at] == '-' || reader->line.at[at] == ','))
        at++;
    return at > reader->at + 1 && at < reader->end && reader->line.at[at] == '}';
}

int template_times(struct pattern_reader *reader, struct pattern_part *part)
{
    bool braced = reader_peek(reader, 0) == '{' && brace_is_times(reader);
    bool optional = reader_peek(reader, 0) == '?';
    int r;

    if (!braced && !optional)
        return 0;
    if (part->least != 1 || part->most != 1)
        return reader_refuse(reader, reader->at,
                             "one count, or parentheses around what is counted");
    reader->at++;
    if (optional) {
        part->least = 0;
    } else {
        r = read_range(reader, part);
        if (r)
            return r;
        reader->at++;
    }
    if (reader_peek(reader, 0) == '?' || (reader_peek(reader, 0) == '{' && brace_is_times(reader)))
        return reader_refuse(reader, reader->at,
                             "one count, or parentheses around what is counted");
    return 0;
}
