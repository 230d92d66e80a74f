/* What changed of the organisation's own patterns, for the audit log. */

#include <stdio.h>

#include "audit/entry.h"
#include "crypto/hash.h"
#include "server/serve/api/patterns.h"

/* A pattern's row, or a list with what stands below it. */
struct piece {
    struct text name;
    struct text text;
    size_t entries;
    bool list;
};

static bool starts_list(struct text line)
{
    return line.len > 5 && memcmp(line.at, "list\t", 5) == 0;
}

static struct text name_of(struct text line)
{
    struct text name = line;
    size_t len = 0;

    if (starts_list(line)) {
        name.at += 5;
        name.len -= 5;
    }
    while (len < name.len && name.at[len] != '\t')
        len++;
    name.len = len;
    return name;
}

static struct text line_cut(struct text *rest)
{
    const char *end = memchr(rest->at, '\n', rest->len);
    struct text line = {rest->at, end ? (size_t)(end - rest->at) : rest->len};

    rest->at += line.len + (end != NULL);
    rest->len -= line.len + (end != NULL);
    if (line.len && line.at[line.len - 1] == '\r')
        line.len--;
    return line;
}

/* The next pattern or list of a document that compiles; comments are passed over. */
static bool piece_next(struct text *rest, struct piece *ret_piece)
{
    struct piece piece = {0};

    while (rest->len) {
        struct text line = line_cut(rest);

        if (line.len == 0 || line.at[0] == '#')
            continue;
        piece = (struct piece){.name = name_of(line), .text = line, .list = starts_list(line)};
        while (piece.list && rest->len &&
               (rest->at[0] == '\t' || rest->at[0] == '\n' || rest->at[0] == '#')) {
            line = line_cut(rest);
            piece.entries += line.len > 0 && line.at[0] == '\t';
            piece.text.len = (size_t)(line.at + line.len - piece.text.at);
        }
        *ret_piece = piece;
        return true;
    }
    return false;
}

static bool piece_find(struct text document, const struct piece *like, struct piece *ret_piece)
{
    while (piece_next(&document, ret_piece))
        if (ret_piece->list == like->list && text_equal(ret_piece->name, like->name))
            return true;
    return false;
}

/* {"entries":3,"sha256":"…"} or null. */
static struct text summary(struct arena *arena, struct text text, size_t entries)
{
    struct hash hash;
    char hex[2 * HASH_SIZE + 1];

    if (text.len == 0)
        return text_of("null");
    if (hash_bytes(bytes_of_text(text), &hash))
        return (struct text){0};
    for (size_t i = 0; i < HASH_SIZE; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", hash.at[i]);
    return arena_print(arena, "{\"entries\":%zu,\"sha256\":\"%s\"}", entries, hex);
}

/* A row as a JSON string. Patterns hold no control character but the tab. */
static struct text quoted(struct arena *arena, struct text text)
{
    char *at = arena_take(arena, 2 * text.len + 3);
    size_t len = 0;

    if (!at)
        return (struct text){0};
    if (text.len == 0)
        return text_of("null");
    at[len++] = '"';
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];

        if (c == '"' || c == '\\' || c == '\t')
            at[len++] = '\\';
        at[len++] = c;
        if (c == '\t')
            at[len - 1] = 't';
    }
    at[len++] = '"';
    at[len] = 0;
    return (struct text){at, len};
}

static struct text side(struct arena *arena, const struct piece *piece)
{
    if (piece->text.len == 0)
        return text_of("null");
    struct text whole = piece->list ? (struct text){0} : quoted(arena, piece->text);

    /* What an entry has no room for is told by its hash. */
    if (piece->list || whole.len > AUDIT_TEXT_MAX / 2 - 32)
        return summary(arena, piece->text, piece->entries);
    return whole;
}

static int tell(struct records_tx *tx, const struct api_call *call, const char *action,
                struct text target, struct text before, struct text after)
{
    struct api_entry entry = {.action = action, .target = target};

    entry.detail = arena_print(call->arena, "{\"before\":%.*s,\"after\":%.*s}", (int)before.len,
                               before.at, (int)after.len, after.at);
    return before.at && after.at && target.at && entry.detail.at ? api_audit(tx, call, &entry)
                                                                 : FAULT(ERR_MEMORY);
}

static int tell_piece(struct records_tx *tx, const struct api_call *call,
                      const struct piece *before, const struct piece *after)
{
    const struct piece *named = after->text.len ? after : before;
    struct text target = arena_print(call->arena, "%s:%.*s", named->list ? "list" : "pattern",
                                     (int)named->name.len, named->name.at);

    return tell(tx, call, "policy.patterns", target, side(call->arena, before),
                side(call->arena, after));
}

static size_t words_count(struct text words)
{
    size_t count = 0;

    while (words.len) {
        struct text line = line_cut(&words);

        count += line.len > 0 && line.at[0] != '#';
    }
    return count;
}

RESULT patterns_audit(struct records_tx *tx, const struct api_call *call,
                      const struct policy *before, const struct policy *after)
{
    struct text rest = after->patterns;
    struct piece piece;
    struct piece other;
    int r = 0;

    while (!r && piece_next(&rest, &piece)) {
        if (!piece_find(before->patterns, &piece, &other))
            other = (struct piece){0};
        if (!text_equal(piece.text, other.text))
            r = tell_piece(tx, call, &other, &piece);
    }
    rest = before->patterns;
    while (!r && piece_next(&rest, &piece))
        if (!piece_find(after->patterns, &piece, &other))
            r = tell_piece(tx, call, &piece, &(struct piece){0});
    if (!r && !text_equal(before->words, after->words))
        r = tell(tx, call, "policy.words", text_of("words"),
                 summary(call->arena, before->words, words_count(before->words)),
                 summary(call->arena, after->words, words_count(after->words)));
    return r;
}
