#include "audit_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/checkpoint.h"
#include "audit/entry.h"
#include "audit/tree.h"
#include "base/arena.h"
#include "base/base64.h"
#include "command.h"
#include "os/file.h"

#define EXPORT_MAX ((size_t)8 << 30)

enum { LEVELS = 48, ARENA_MAX = 64 * 1024 };

/* The right edge of a growing tree: enough to append and to give the root, whatever the size. */
struct edge {
    struct hash last[LEVELS][2]; /* by level: the node at an even and at an odd index */
};

static int edge_read(void *store, unsigned level, uint64_t index, struct hash *ret_hash)
{
    const struct edge *edge = store;

    if (level >= LEVELS)
        return FAULT(ERR_CORRUPT);
    *ret_hash = edge->last[level][index & 1];
    return 0;
}

static int edge_write(void *store, unsigned level, uint64_t index, const struct hash *hash)
{
    struct edge *edge = store;

    if (level >= LEVELS)
        return FAULT(ERR_MEMORY);
    edge->last[level][index & 1] = *hash;
    return 0;
}

struct verdict {
    uint64_t size;
    uint64_t checkpoint_size;
    uint64_t first_bad;
    bool holds;
};

/* Is the line the canonical spelling of an entry? */
static RESULT line_check(struct text line, struct arena *arena, bool *ret_good)
{
    struct audit_entry entry;

    arena_reset(arena);
    int r = audit_entry_decode(bytes_of_text(line), arena, &entry);
    if (r < 0)
        return r;
    *ret_good = r == 0;
    return 0;
}

static struct text line_next(struct text *rest)
{
    const char *end = memchr(rest->at, '\n', rest->len);
    size_t len = end ? (size_t)(end - rest->at) : rest->len;
    struct text line = {.at = rest->at, .len = len};

    rest->at += end ? len + 1 : len;
    rest->len -= end ? len + 1 : len;
    return line;
}

/* Appends the entries of the export; the root after checkpoint_size of them goes to *ret_root. */
static RESULT entries_walk(struct text *rest, uint64_t checkpoint_size, struct verdict *verdict,
                           struct hash *ret_root)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct edge edge = {0};
    int r = arena_new(&arena, ARENA_MAX);

    if (r == 0)
        r = checkpoint_size == 0 ? tree_root(0, edge_read, &edge, ret_root) : 0;
    while (r == 0 && rest->len > 0) {
        struct text line = line_next(rest);
        struct hash leaf;
        bool good = false;

        r = line_check(line, arena, &good);
        if (r == 0 && !good && verdict->first_bad == UINT64_MAX)
            verdict->first_bad = verdict->size;
        if (r == 0)
            r = tree_leaf_hash(bytes_of_text(line), &leaf);
        if (r == 0)
            r = tree_append(verdict->size, &leaf, edge_read, edge_write, &edge);
        if (r == 0 && ++verdict->size == checkpoint_size)
            r = tree_root(checkpoint_size, edge_read, &edge, ret_root);
    }
    return r;
}

static int complain(const char *path, const char *what)
{
    (void)fprintf(stderr, "ward: %s: %s\n", path, what);
    return EXIT_FOUND;
}

/* Entries begin with '{', and the note's first line, an origin, does not: cuts the note off. */
static struct text note_split(struct text *all)
{
    struct text rest = *all;

    while (rest.len > 0 && rest.at[0] == '{')
        (void)line_next(&rest);
    all->len -= rest.len;
    return rest;
}

static RESULT export_verify(struct text all, const uint8_t public_key[SIGN_PUBLIC_SIZE],
                            struct verdict *verdict)
{
    struct checkpoint checkpoint = {0};
    struct hash root = {0};
    struct text note = note_split(&all);
    int r = checkpoint_open(bytes_of_text(note), public_key, &checkpoint);

    if (r < 0)
        return r;
    bool is_signed = r == 0;
    verdict->checkpoint_size = is_signed ? checkpoint.size : 0;
    r = entries_walk(&all, verdict->checkpoint_size, verdict, &root);
    if (r)
        return r;
    verdict->holds = is_signed && verdict->first_bad == UINT64_MAX &&
                     verdict->size >= checkpoint.size &&
                     memcmp(root.at, checkpoint.root.at, HASH_SIZE) == 0;
    return 0;
}

RESULT audit_file_verify(const char *path, const char *key, json_t **ret_answer)
{
    CLEANUP(buffer_deinit) struct buffer all = buffer_init(EXPORT_MAX);
    struct verdict verdict = {.first_bad = UINT64_MAX};
    uint8_t public_key[SIGN_PUBLIC_SIZE];

    if (!key || base64url_parse(text_of(key), public_key, sizeof(public_key)))
        return complain(path, "--key takes the log's public key, 43 characters of base64url");
    int r = file_read(path, &all);
    if (r > 0)
        return complain(path, r == FILE_ABSENT ? "no such file" : "cannot be read");
    if (r == 0)
        r = export_verify(text_of_bytes(buffer_bytes(&all)), public_key, &verdict);
    if (r)
        return r;
    json_t *first_bad =
        verdict.first_bad == UINT64_MAX ? json_null() : json_integer((json_int_t)verdict.first_bad);
    *ret_answer = json_pack("{s:I, s:I, s:o, s:b}", "size", (json_int_t)verdict.size,
                            "checkpoint_size", (json_int_t)verdict.checkpoint_size, "first_bad",
                            first_bad, "holds", (int)verdict.holds);
    return *ret_answer ? 0 : FAULT(ERR_MEMORY);
}
