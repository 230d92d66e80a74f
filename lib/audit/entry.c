#include "audit/entry.h"

#include <assert.h>

#include "base/utf8.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */
#define ELLIPSIS "\xe2\x80\xa6"    /* U+2026 */

static const char *const actor_words[] = {"system", "user", "device", "operator"};
static const char *const outcome_words[] = {"ok", "denied", "failed"};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *audit_actor_word(enum audit_actor actor)
{
    assert((size_t)actor < COUNT(actor_words));
    return actor_words[actor];
}

const char *audit_outcome_word(enum audit_outcome outcome)
{
    assert((size_t)outcome < COUNT(outcome_words));
    return outcome_words[outcome];
}

/* ---- writing ---- */

/* The second character of a two-character escape, or 0. */
static char short_escape(uint8_t c)
{
    switch (c) {
    case '"':
    case '\\':
        return (char)c;
    case '\b':
        return 'b';
    case '\t':
        return 't';
    case '\n':
        return 'n';
    case '\f':
        return 'f';
    case '\r':
        return 'r';
    default:
        return 0;
    }
}

static void write_character(struct buffer *out, struct text character)
{
    uint8_t c = (uint8_t)character.at[0];
    char escape = short_escape(c);

    if (escape)
        buffer_append(out, (char[]){'\\', escape}, 2);
    else if (c < 0x20)
        buffer_print(out, "\\u%04x", c);
    else
        buffer_append_text(out, character);
}

/* The character at the start of text as it will be written, and how many bytes it stands for. */
static size_t next_character(struct text text, struct text *ret_character)
{
    uint32_t point;
    size_t len = utf8_next(text, &point);

    *ret_character = len ? (struct text){text.at, len} : text_of(REPLACEMENT);
    return len ? len : 1;
}

/* How long text is once what is not UTF-8 in it has been replaced; stops counting past the ceiling.
 */
static size_t whole_len(struct text text)
{
    size_t total = 0;

    for (size_t at = 0; at < text.len && total <= AUDIT_TEXT_MAX;) {
        struct text character;

        at += next_character((struct text){text.at + at, text.len - at}, &character);
        total += character.len;
    }
    return total;
}

static void write_text(struct buffer *out, const char *name, struct text text)
{
    bool cut = whole_len(text) > AUDIT_TEXT_MAX;
    size_t room = cut ? AUDIT_TEXT_MAX - strlen(ELLIPSIS) : AUDIT_TEXT_MAX;

    buffer_print(out, ",\"%s\":\"", name);
    for (size_t at = 0; at < text.len;) {
        struct text character;

        at += next_character((struct text){text.at + at, text.len - at}, &character);
        if (character.len > room)
            break;
        room -= character.len;
        write_character(out, character);
    }
    buffer_append_string(out, cut ? ELLIPSIS "\"" : "\"");
}

int audit_entry_encode(const struct audit_entry *entry, struct buffer *ret_bytes)
{
    buffer_print(ret_bytes, "{\"v\":1,\"at\":%lld", (long long)entry->at);
    write_text(ret_bytes, "actor", text_of(audit_actor_word(entry->actor)));
    write_text(ret_bytes, "actor_id", entry->actor_id);
    write_text(ret_bytes, "action", entry->action);
    write_text(ret_bytes, "target", entry->target);
    write_text(ret_bytes, "outcome", text_of(audit_outcome_word(entry->outcome)));
    write_text(ret_bytes, "source", entry->source);
    write_text(ret_bytes, "factors", entry->factors);
    write_text(ret_bytes, "purpose", entry->purpose);
    write_text(ret_bytes, "detail", entry->detail);
    write_text(ret_bytes, "request", entry->request);
    /* Absent where there is none, so that entries from before have the bytes that they had. */
    if (entry->emergency)
        buffer_print(ret_bytes, ",\"emergency\":%llu", (unsigned long long)entry->emergency);
    buffer_append_string(ret_bytes, "}");
    return buffer_check(ret_bytes);
}

/* ---- reading ---- */

struct reader {
    struct text rest;
    struct arena *arena;
};

static bool take(struct reader *reader, const char *expected)
{
    size_t len = strlen(expected);

    if (reader->rest.len < len || memcmp(reader->rest.at, expected, len) != 0)
        return false;
    reader->rest.at += len;
    reader->rest.len -= len;
    return true;
}

static int read_number(struct reader *reader, int64_t *ret_number)
{
    bool negative = take(reader, "-");
    uint64_t limit = (uint64_t)INT64_MAX + (negative ? 1 : 0);
    uint64_t value = 0;
    size_t len = 0;

    for (; len < reader->rest.len; len++) {
        char c = reader->rest.at[len];

        if (c < '0' || c > '9')
            break;
        if (value > (limit - (uint64_t)(c - '0')) / 10)
            return AUDIT_INVALID;
        value = value * 10 + (uint64_t)(c - '0');
    }
    if (len == 0 || (reader->rest.at[0] == '0' && (len > 1 || negative)))
        return AUDIT_INVALID;
    reader->rest.at += len;
    reader->rest.len -= len;
    *ret_number = negative ? (int64_t)(0 - value) : (int64_t)value;
    return 0;
}

/* Reads what follows a backslash; only the spelling that write_character() chooses is accepted. */
static int read_escape(struct reader *reader, char *ret_character)
{
    static const char short_names[] = "\"\\btnfr";
    static const char short_values[] = "\"\\\b\t\n\f\r";
    static const char digits[] = "0123456789abcdef";
    const char *found;

    if (reader->rest.len == 0 || reader->rest.at[0] == 0)
        return AUDIT_INVALID;
    found = strchr(short_names, reader->rest.at[0]);
    if (found) {
        *ret_character = short_values[found - short_names];
        reader->rest.at++;
        reader->rest.len--;
        return 0;
    }
    for (char c = 0; c < 0x20; c++) {
        char spelling[] = {'u', '0', '0', digits[c >> 4], digits[c & 15], 0};

        if (!short_escape((uint8_t)c) && take(reader, spelling)) {
            *ret_character = c;
            return 0;
        }
    }
    return AUDIT_INVALID;
}

/* Reads a string's characters up to its closing quote into ret_text. */
static int read_string(struct reader *reader, char ret_text[AUDIT_TEXT_MAX], size_t *ret_len)
{
    size_t len = 0;

    while (!take(reader, "\"")) {
        uint32_t point;
        size_t size = utf8_next(reader->rest, &point);
        char escaped;

        if (size == 0 || point < 0x20 || len + size > AUDIT_TEXT_MAX)
            return AUDIT_INVALID;
        if (take(reader, "\\")) {
            if (read_escape(reader, &escaped))
                return AUDIT_INVALID;
            ret_text[len++] = escaped;
            continue;
        }
        memcpy(ret_text + len, reader->rest.at, size);
        len += size;
        reader->rest.at += size;
        reader->rest.len -= size;
    }
    *ret_len = len;
    return 0;
}

static int read_text(struct reader *reader, const char *opening, struct text *ret_text)
{
    char text[AUDIT_TEXT_MAX];
    size_t len = 0;

    if (!take(reader, opening) || read_string(reader, text, &len))
        return AUDIT_INVALID;
    *ret_text = arena_copy_text(reader->arena, (struct text){text, len});
    return ret_text->at ? 0 : FAULT(ERR_MEMORY);
}

static int read_word(struct reader *reader, const char *opening, const char *const *words,
                     size_t count, size_t *ret_index)
{
    if (!take(reader, opening))
        return AUDIT_INVALID;
    for (size_t i = 0; i < count; i++) {
        if (take(reader, words[i])) {
            *ret_index = i;
            return take(reader, "\"") ? 0 : AUDIT_INVALID;
        }
    }
    return AUDIT_INVALID;
}

int audit_entry_decode(struct bytes bytes, struct arena *arena, struct audit_entry *ret_entry)
{
    struct reader reader = {.rest = text_of_bytes(bytes), .arena = arena};
    struct audit_entry entry = {0};
    const struct {
        const char *opening;
        struct text *text;
    } texts[] = {
        {",\"actor_id\":\"", &entry.actor_id}, {",\"action\":\"", &entry.action},
        {",\"target\":\"", &entry.target},     {",\"source\":\"", &entry.source},
        {",\"factors\":\"", &entry.factors},   {",\"purpose\":\"", &entry.purpose},
        {",\"detail\":\"", &entry.detail},     {",\"request\":\"", &entry.request},
    };
    size_t actor = 0;
    size_t outcome = 0;
    int64_t emergency = 0;
    int r;

    if (!take(&reader, "{\"v\":1,\"at\":") || read_number(&reader, &entry.at) ||
        read_word(&reader, ",\"actor\":\"", actor_words, COUNT(actor_words), &actor))
        return AUDIT_INVALID;
    for (size_t i = 0; i < COUNT(texts); i++) {
        /* The outcome stands between target and source. */
        if (texts[i].text == &entry.source &&
            read_word(&reader, ",\"outcome\":\"", outcome_words, COUNT(outcome_words), &outcome))
            return AUDIT_INVALID;
        r = read_text(&reader, texts[i].opening, texts[i].text);
        if (r)
            return r;
    }
    if (take(&reader, ",\"emergency\":") && (read_number(&reader, &emergency) || emergency <= 0))
        return AUDIT_INVALID;
    if (!take(&reader, "}") || reader.rest.len > 0)
        return AUDIT_INVALID;
    entry.emergency = (uint64_t)emergency;
    entry.actor = (enum audit_actor)actor;
    entry.outcome = (enum audit_outcome)outcome;
    *ret_entry = entry;
    return 0;
}
