/*
 * The document of an organisation's patterns: docs/formats/patterns.md
 *
 *     list <TAB> facility
 *     <TAB> north
 *     mrn-north <TAB> mrn <TAB> {facility}-{8 digits} <TAB> record mrn <TAB> 3
 */

#include <stdlib.h>

#include "base/utf8.h"
#include "redact/patterns-private.h"

#define WITHIN_USUAL 3

enum { NAME, KIND, TEMPLATE, CONTEXT, WITHIN, FIELDS };

/* A line in the hands of the parser. */
struct row {
    struct text line;
    size_t start[FIELDS];
    size_t end[FIELDS];
    size_t count;
};

struct document {
    struct patterns *patterns;
    struct pattern_form *form;
    struct redactor_error *error;
    size_t listing; /* the line of the list that is open; 0 for none */
};

bool patterns_line_next(struct text *source, struct text *ret_line)
{
    if (source->len == 0)
        return false;
    const char *end = memchr(source->at, '\n', source->len);
    struct text line = {.at = source->at, .len = end ? (size_t)(end - source->at) : source->len};

    source->at += line.len + (end != NULL);
    source->len -= line.len + (end != NULL);
    if (line.len && line.at[line.len - 1] == '\r')
        line.len--;
    *ret_line = line;
    return true;
}

int patterns_refuse(struct redactor_error *error, struct text line, size_t at, const char *field,
                    const char *expected)
{
    error->column = 1;
    for (size_t i = 0; i < at && i < line.len; i++)
        error->column += ((uint8_t)line.at[i] & 0xc0) != 0x80;
    error->field = field;
    error->expected = expected;
    return REDACT_INVALID;
}

int patterns_fold_next(struct text line, size_t *at)
{
    uint32_t point = 0;
    size_t used = utf8_next((struct text){line.at + *at, line.len - *at}, &point);

    *at += used ? used : 1;
    if (used == 0 || point < ' ' || point == 0x7f)
        return -1;
    uint8_t byte = fold_point(point);
    if (byte >= 0x80)
        return -1;
    return byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte;
}

static struct text field(const struct row *row, size_t i)
{
    return i < row->count ? (struct text){row->line.at + row->start[i], row->end[i] - row->start[i]}
                          : (struct text){0};
}

/* Cuts at tabs; blanks around a field are none of it. False when there are too many. */
static bool row_cut(struct row *row, struct text line)
{
    size_t at = 0;

    *row = (struct row){.line = line};
    while (row->count < FIELDS) {
        const char *tab = memchr(line.at + at, '\t', line.len - at);
        size_t end = tab ? (size_t)(tab - line.at) : line.len;
        size_t start = at;

        at = end + 1;
        while (start < end && line.at[start] == ' ')
            start++;
        while (start < end && line.at[end - 1] == ' ')
            end--;
        row->start[row->count] = start;
        row->end[row->count++] = end;
        if (!tab)
            return true;
    }
    return false;
}

static bool is_name(struct text name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];

        if (!(c >= 'a' && c <= 'z') && (i == 0 || (!is_digit((uint8_t)c) && c != '-')))
            return false;
    }
    return name.len > 0 && name.len <= PATTERNS_NAME_MAX;
}

static bool kind_of(struct text word, enum redact_kind *ret_kind)
{
    for (unsigned kind = 0; kind < REDACT_UNKNOWN; kind++)
        if (text_equal(word, text_of(redact_kind_word((enum redact_kind)kind)))) {
            *ret_kind = (enum redact_kind)kind;
            return true;
        }
    return false;
}

/* ---- lists ---- */

static int list_begin(struct document *document, const struct row *row)
{
    struct patterns_lists *lists = document->patterns->lists;
    struct text name = field(row, 1);

    if (row->count > 2 && row->end[2] > row->start[2])
        return patterns_refuse(document->error, row->line, row->start[2], "list",
                               "nothing behind a list's name: ward and ward-redact read lists "
                               "from files");
    if (!name.at || !is_name(name))
        return patterns_refuse(document->error, row->line, row->start[1], "list",
                               "a name: up to 24 of a-z, 0-9 and -, a letter first");
    for (size_t i = 0; i < lists->count; i++)
        if (text_equal(name, text_of(lists->at[i].name)))
            return patterns_refuse(document->error, row->line, row->start[1], "list",
                                   "a name that no other list has");
    if (lists->count == PATTERNS_LISTS_MAX)
        return patterns_refuse(document->error, row->line, 0, "list", "at most 32 lists");
    struct patterns_list *list = &lists->at[lists->count++];
    memcpy(list->name, name.at, name.len);
    document->listing = document->error->line;
    return 0;
}

static int list_end(struct document *document)
{
    if (!document->listing)
        return 0;
    int r = patterns_list_close(document->patterns->lists);
    if (r == REDACT_INVALID) {
        document->error->line = document->listing;
        return patterns_refuse(document->error, (struct text){0}, 0, "list",
                               "entries below a list, each on a line that begins with a tab");
    }
    document->listing = 0;
    return r;
}

/* ---- patterns ---- */

/* Adds the word in bytes [at, end) of the line. */
static int context_add(struct document *document, struct pattern *pattern, const struct row *row,
                       size_t at, size_t end, size_t *used)
{
    struct text line = {row->line.at, end};
    size_t start = at;
    size_t len = 0;

    if (pattern->context_count == PATTERNS_CONTEXT_MAX)
        return patterns_refuse(document->error, row->line, at, "context", "at most 16 words");
    while (at < end) {
        size_t before = at;
        int c = patterns_fold_next(line, &at);

        if (c == 0)
            continue;
        if (c < 0 || !is_alnum((uint8_t)c))
            return patterns_refuse(document->error, row->line, before, "context",
                                   "words of letters and digits, blanks or commas between");
        if (*used + len == sizeof(pattern->context))
            return patterns_refuse(document->error, row->line, start, "context",
                                   "at most 255 letters");
        pattern->context[*used + len++] = (uint8_t)c;
    }
    pattern->context_len[pattern->context_count++] = (uint8_t)len;
    *used += len;
    return 0;
}

static int context_read(struct document *document, struct pattern *pattern, const struct row *row)
{
    struct text within = field(row, WITHIN);
    size_t end = row->count > CONTEXT ? row->end[CONTEXT] : 0;
    size_t used = 0;

    for (size_t at = row->count > CONTEXT ? row->start[CONTEXT] : 0; at < end;) {
        size_t word = at;

        while (word < end && row->line.at[word] != ' ' && row->line.at[word] != ',')
            word++;
        int r = word > at ? context_add(document, pattern, row, at, word, &used) : 0;
        if (r)
            return r;
        at = word + 1;
    }
    pattern->within = WITHIN_USUAL;
    if (within.len == 0)
        return 0;
    if (within.len != 1 || within.at[0] < '1' || within.at[0] > '0' + PATTERNS_WITHIN_MAX ||
        pattern->context_count == 0)
        return patterns_refuse(document->error, row->line, row->start[WITHIN], "within",
                               "1 to 8: how many words before, when there are context words");
    pattern->within = (uint8_t)(within.at[0] - '0');
    return 0;
}

/* Lines as they were before patterns had names: "mrn<TAB>NC\-\d{6}". */
static bool is_old_row(const struct row *row)
{
    enum redact_kind kind;

    return row->count == 2 && kind_of(field(row, NAME), &kind) && !kind_of(field(row, KIND), &kind);
}

static int row_check(struct document *document, const struct row *row, struct pattern *pattern)
{
    const struct patterns *patterns = document->patterns;
    struct text name = field(row, NAME);

    if (is_old_row(row))
        return patterns_refuse(document->error, row->line, 0, "name",
                               "name, kind and template, with tabs between; a pattern of the old "
                               "form goes between slashes: mrn-1<TAB>mrn<TAB>/NC-\\d{6,8}/");
    if (!is_name(name) || text_equal(name, text_of("list")))
        return patterns_refuse(document->error, row->line, row->start[NAME], "name",
                               "a name: up to 24 of a-z, 0-9 and -, a letter first");
    for (size_t i = 0; i < patterns->count; i++)
        if (text_equal(name, text_of(patterns->at[i].word + strlen("org."))))
            return patterns_refuse(document->error, row->line, row->start[NAME], "name",
                                   "a name that no other pattern has");
    if (!kind_of(field(row, KIND), &pattern->kind))
        return patterns_refuse(document->error, row->line,
                               row->count > KIND ? row->start[KIND] : row->line.len, "kind",
                               "a kind of identifier: mrn, account, other_id ..");
    if (field(row, TEMPLATE).len == 0)
        return patterns_refuse(document->error, row->line,
                               row->count > TEMPLATE ? row->start[TEMPLATE] : row->line.len,
                               "template", "a template such as MRN-####### or {8 digits}");
    memcpy(pattern->word, "org.", strlen("org."));
    memcpy(pattern->word + strlen("org."), name.at, name.len);
    return 0;
}

static int pattern_add(struct document *document, const struct row *row)
{
    struct patterns *patterns = document->patterns;
    const char *expected = NULL;
    struct pattern *pattern;

    if (patterns->count == PATTERNS_MAX)
        return patterns_refuse(document->error, row->line, 0, "name", "at most 128 patterns");
    pattern = realloc(patterns->at, (patterns->count + 1) * sizeof(*pattern));
    if (!pattern)
        return FAULT(ERR_MEMORY);
    patterns->at = pattern;
    pattern += patterns->count;
    memset(pattern, 0, sizeof(*pattern));
    int r = row_check(document, row, pattern);
    if (r == 0)
        r = context_read(document, pattern, row);
    if (r == 0)
        r = pattern_form_parse(document->form, patterns->lists, row->line, row->start[TEMPLATE],
                               row->end[TEMPLATE], document->error);
    if (r)
        return r;
    r = pattern_build(pattern, document->form, patterns->lists, &expected);
    if (r == REDACT_INVALID)
        return patterns_refuse(document->error, row->line, row->start[TEMPLATE], "template",
                               expected);
    patterns->count++;
    return r;
}

/* ---- documents ---- */

static int line_read(struct document *document, struct text line)
{
    struct row row;

    if (line.len == 0 || line.at[0] == '#')
        return 0;
    if (line.at[0] == '\t') {
        if (!document->listing)
            return patterns_refuse(document->error, line, 0, "entry",
                                   "a list above the entry: list<TAB>NAME");
        return patterns_list_add(document->patterns->lists, line, 1, document->error);
    }
    int r = list_end(document);
    if (r)
        return r;
    if (!row_cut(&row, line))
        return patterns_refuse(document->error, line, row.end[FIELDS - 1], "within",
                               "at most five fields");
    return text_equal(field(&row, NAME), text_of("list")) && row.count > 1
               ? list_begin(document, &row)
               : pattern_add(document, &row);
}

static int document_read(struct document *document, struct text source)
{
    struct text line;
    int r = 0;

    if (source.len > PATTERNS_BYTES_MAX) {
        document->error->line = 1;
        return patterns_refuse(document->error, source, 0, "document", "at most 1 MiB");
    }
    while (r == 0 && patterns_line_next(&source, &line)) {
        document->error->line++;
        r = line_read(document, line);
    }
    return r ? r : list_end(document);
}

static void mark_start(struct patterns *patterns, size_t i, size_t byte)
{
    patterns->by_first[byte][i / 64] |= (uint64_t)1 << i % 64;
    patterns->starts[byte] = 1;
}

/* Which patterns each byte may begin. */
static void index_starts(struct patterns *patterns)
{
    for (size_t i = 0; i < patterns->count; i++) {
        const struct pattern *pattern = &patterns->at[i];

        for (size_t c = 0; c < 128; c++)
            if (pattern->match[c] & pattern->first)
                mark_start(patterns, i, c);
        for (uint64_t some = pattern->first & pattern->lists; some; some &= some - 1) {
            const struct patterns_list *list =
                &patterns->lists->at[pattern->list_of[__builtin_ctzll(some)]];

            for (size_t c = 0; c < 128; c++)
                if (list->first[c] < list->first[c + 1])
                    mark_start(patterns, i, c);
        }
    }
}

static int patterns_read(struct patterns *patterns, struct text source,
                         struct redactor_error *error)
{
    struct document document = {.patterns = patterns, .error = error};

    if (source.len == 0)
        return 0;
    document.form = malloc(sizeof(*document.form));
    if (!document.form)
        return FAULT(ERR_MEMORY);
    int r = document_read(&document, source);
    free(document.form);
    if (r == 0)
        index_starts(patterns);
    return r;
}

RESULT patterns_new(struct patterns **ret_patterns, struct text source, struct text words,
                    struct redactor_error *ret_error)
{
    CLEANUP(patterns_free) struct patterns *patterns = calloc(1, sizeof(*patterns));
    struct redactor_error error = {0};

    if (!patterns)
        return FAULT(ERR_MEMORY);
    patterns->lists = calloc(1, sizeof(*patterns->lists));
    if (!patterns->lists)
        return FAULT(ERR_MEMORY);
    int r = patterns_read(patterns, source, &error);
    if (r == 0 && words.len > 0) {
        error.line = 0;
        r = patterns_words_new(&patterns->words, words, &error);
    }
    if (r == REDACT_INVALID && ret_error)
        *ret_error = error;
    if (r)
        return r;
    *ret_patterns = TAKE(patterns);
    return 0;
}

struct patterns *patterns_free(struct patterns *patterns)
{
    if (patterns) {
        if (patterns->lists)
            patterns_lists_deinit(patterns->lists);
        patterns_words_free(patterns->words);
        free(patterns->lists);
        free(patterns->at);
        free(patterns);
    }
    return NULL;
}

size_t patterns_count(const struct patterns *patterns)
{
    return patterns->count;
}

const char *patterns_rule_word(const struct patterns *patterns, size_t pattern)
{
    return pattern < patterns->count ? patterns->at[pattern].word : NULL;
}

enum redact_kind patterns_kind(const struct patterns *patterns, size_t pattern)
{
    return patterns->at[pattern].kind;
}

const uint8_t *patterns_starts(const struct patterns *patterns)
{
    return patterns->count ? patterns->starts : NULL;
}

bool patterns_word_is_safe(const struct patterns *patterns, const uint8_t *lower, size_t len)
{
    return patterns->words && patterns_words_have(patterns->words, lower, len);
}
