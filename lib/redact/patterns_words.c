/*
 * The words that an organisation calls safe: docs/formats/patterns.md
 *
 * An open hash table over one block of characters. Words are kept as a view shows them: folded, in
 * lower case.
 */

#include <stdlib.h>

#include "base/utf8.h"
#include "redact/patterns-private.h"

struct slot {
    uint32_t at; /* offset in text */
    uint8_t len; /* 0: free */
};

struct patterns_words {
    struct slot *slots;
    size_t mask;
    uint8_t *text;
    size_t len;
    size_t count;
};

static uint32_t hash(const uint8_t *lower, size_t len)
{
    uint32_t value = 0x811c9dc5;

    for (size_t i = 0; i < len; i++)
        value = (value ^ lower[i]) * 0x01000193;
    return value ^ value >> 15;
}

/* The slot that holds the word, or the free one where it belongs. */
static struct slot *slot_of(const struct patterns_words *words, const uint8_t *lower, size_t len)
{
    size_t i = hash(lower, len) & words->mask;

    while (words->slots[i].len && (words->slots[i].len != len ||
                                   memcmp(words->text + words->slots[i].at, lower, len) != 0))
        i = (i + 1) & words->mask;
    return &words->slots[i];
}

bool patterns_words_have(const struct patterns_words *words, const uint8_t *lower, size_t len)
{
    return words && len >= PATTERNS_WORD_LEAST && len <= PATTERNS_WORD_MAX &&
           slot_of(words, lower, len)->len != 0;
}

static int refuse(struct redactor_error *error, size_t column, const char *expected)
{
    error->column = column;
    error->field = "word";
    error->expected = expected;
    return REDACT_INVALID;
}

/* The word of a line, folded, in lower case. An exclamation mark behind it confirms that it is
 * meant although it is a name. */
static RESULT word_fold(struct text line, uint8_t *to, size_t *ret_len, bool *ret_confirmed,
                        struct redactor_error *error)
{
    size_t len = 0;

    *ret_confirmed = line.at[line.len - 1] == '!';
    line.len -= *ret_confirmed;
    for (size_t column = 1; line.len; column++) {
        uint32_t point;
        size_t used = utf8_next(line, &point);

        if (used == 0)
            return refuse(error, column, "UTF-8");
        uint8_t byte = fold_point(point);
        if (!is_letter(byte) || byte == VIEW_LETTER)
            return refuse(error, column, "letters a to z only, one word a line");
        if (len == PATTERNS_WORD_MAX)
            return refuse(error, column, "at most 32 letters");
        to[len++] = byte | 0x20;
        line.at += used;
        line.len -= used;
    }
    if (len < PATTERNS_WORD_LEAST)
        return refuse(error, len + 1, "at least 2 letters");
    *ret_len = len;
    return 0;
}

static RESULT words_add(struct patterns_words *words, struct text line,
                        struct redactor_error *error)
{
    uint8_t *to = words->text + words->len;
    bool confirmed;
    size_t len;
    int r = word_fold(line, to, &len, &confirmed, error);

    if (r)
        return r;
    const struct word_class *class = &lexicon_classes[lexicon_find(to, len)];
    if (!confirmed && (class->given >= NAME_COMMON || class->family >= NAME_COMMON))
        return refuse(error, 1,
                      "no common name: strict would keep everybody of that name; an exclamation "
                      "mark behind it says that you mean it");
    struct slot *slot = slot_of(words, to, len);
    if (slot->len)
        return 0;
    if (words->count == PATTERNS_WORDS_MAX)
        return refuse(error, 1, "at most 20,000 words");
    *slot = (struct slot){.at = (uint32_t)words->len, .len = (uint8_t)len};
    words->len += len;
    words->count++;
    return 0;
}

static size_t lines_of(struct text source)
{
    size_t lines = 1;

    for (size_t i = 0; i < source.len; i++)
        lines += source.at[i] == '\n';
    return lines;
}

RESULT patterns_words_new(struct patterns_words **ret_words, struct text source,
                          struct redactor_error *ret_error)
{
    CLEANUP(patterns_words_free) struct patterns_words *words = calloc(1, sizeof(*words));
    struct redactor_error error = {0};
    struct text line;
    size_t room = lines_of(source);
    size_t slots = 16;

    if (!words)
        return FAULT(ERR_MEMORY);
    if (source.len > PATTERNS_WORDS_BYTES_MAX) {
        error.line = 1;
        *ret_error = error;
        return refuse(ret_error, 1, "at most 192 KiB of words");
    }
    room = room < PATTERNS_WORDS_MAX ? room : PATTERNS_WORDS_MAX;
    while (slots < room * 2)
        slots *= 2;
    words->mask = slots - 1;
    words->slots = calloc(slots, sizeof(*words->slots));
    words->text = malloc(source.len + PATTERNS_WORD_MAX);
    if (!words->slots || !words->text)
        return FAULT(ERR_MEMORY);
    while (patterns_line_next(&source, &line)) {
        error.line++;
        if (line.len == 0 || line.at[0] == '#')
            continue;
        int r = words_add(words, line, &error);
        if (r == REDACT_INVALID)
            *ret_error = error;
        if (r)
            return r;
    }
    *ret_words = TAKE(words);
    return 0;
}

struct patterns_words *patterns_words_free(struct patterns_words *words)
{
    if (words) {
        free(words->slots);
        free(words->text);
        free(words);
    }
    return NULL;
}
