#include "redact/filter.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/arena.h"

#define ARENA_MAX ((size_t)64 << 10)
#define BLOCK ((size_t)256 << 10)

struct filter {
    struct print *print;
    struct arena *arena;
};

/* What cannot be redacted is removed whole; of plain output nothing is left then. */
static void put_refused(struct print *print, size_t base, size_t len)
{
    struct redact_found all = {.kind = REDACT_UNKNOWN, .rule = 0, .end = (uint32_t)len, .score = 1};

    print_piece(print, base, text_of(""), &all, len > 0);
}

/* A line in pieces. When one of them cannot be redacted, the rest of the line goes. */
static RESULT put_pieces(struct filter *filter, struct raw_text raw)
{
    struct redact_pieces pieces = {.carried = 0};
    size_t base = 0;

    while (base < raw.len) {
        struct raw_text rest = {.at = raw.at + base, .len = raw.len - base};
        struct redaction redaction;
        size_t used;
        int r =
            redact_piece(filter->print->redactor, &pieces, rest, filter->arena, &redaction, &used);

        if (r < 0)
            return r;
        if (r) {
            put_refused(filter->print, base, rest.len);
            return 0;
        }
        print_piece(filter->print, base, clean_text_view(redaction.clean), redaction.found,
                    redaction.found_count);
        arena_reset(filter->arena);
        base += used;
    }
    return 0;
}

static RESULT put_text(struct filter *filter, struct raw_text raw)
{
    struct redaction redaction;
    int r = redact(filter->print->redactor, raw, filter->arena, &redaction);

    if (r < 0)
        return r;
    if (r == REDACT_LONG || r == REDACT_CROWDED)
        return put_pieces(filter, raw);
    if (r)
        put_refused(filter->print, 0, raw.len);
    else
        print_piece(filter->print, 0, clean_text_view(redaction.clean), redaction.found,
                    redaction.found_count);
    return 0;
}

static RESULT explain(struct filter *filter, struct raw_text raw)
{
    struct redaction redaction;
    const struct redact_note *notes;
    size_t count;
    int r = redact_explain(filter->print->redactor, raw, filter->arena, &redaction, &notes, &count);

    if (r == 0)
        print_notes(filter->print, raw, redaction.found, redaction.found_count, notes, count);
    else if (r > 0)
        buffer_append_string(&filter->print->out,
                             "  went    whole: too long or crowded to explain, or not UTF-8\n");
    return r < 0 ? r : 0;
}

static RESULT put_line(struct filter *filter, struct raw_text raw)
{
    bool carriage = raw.len && raw.at[raw.len - 1] == '\r';
    int r;

    raw.len -= carriage;
    print_begin(filter->print);
    r = put_text(filter, raw);
    if (carriage && filter->print->form == PRINT_CLEAN)
        buffer_append_string(&filter->print->out, "\r");
    print_end(filter->print);
    if (r == 0 && filter->print->form == PRINT_EXPLANATION)
        r = explain(filter, raw);
    arena_reset(filter->arena);
    return r;
}

static RESULT flush(struct filter *filter)
{
    struct buffer *out = &filter->print->out;
    int r = buffer_check(out);

    if (r == 0)
        r = buffer_check(&filter->print->found);
    if (r)
        return r;
    if (out->len && fwrite(out->at, 1, out->len, stdout) != out->len)
        return FAULT(ERR_SYSTEM);
    buffer_clear(out);
    return 0;
}

/* Answers the whole lines of block; *ret_used bytes were theirs. */
static RESULT put_lines(struct filter *filter, char *at, size_t len, size_t *ret_used)
{
    size_t used = 0;
    int r = 0;

    while (r == 0 && used < len) {
        char *end = memchr(at + used, '\n', len - used);

        if (!end)
            break;
        r = put_line(filter, (struct raw_text){.at = at + used, .len = (size_t)(end - at) - used});
        used = (size_t)(end - at) + 1;
        if (r == 0 && filter->print->out.len > BLOCK)
            r = flush(filter);
    }
    *ret_used = used;
    return r;
}

/* Behind what is there; 0: the end. */
static RESULT fill(int input, struct buffer *block, size_t *ret_len)
{
    char more[65536];
    ssize_t len;

    do
        len = read(input, more, sizeof(more));
    while (len < 0 && errno == EINTR);
    if (len < 0)
        return FAULT(ERR_SYSTEM);
    buffer_append(block, more, (size_t)len);
    wipe(more, (size_t)len);
    *ret_len = (size_t)len;
    return buffer_check(block);
}

static RESULT run(struct filter *filter, int input, struct buffer *block)
{
    size_t len = 1;

    while (len) {
        size_t used = 0;
        size_t seen = block->len;
        int r = fill(input, block, &len);

        if (r)
            return r;
        if (!memchr(block->at + seen, '\n', block->len - seen))
            continue;
        r = put_lines(filter, (char *)block->at, block->len, &used);
        if (r)
            return r;
        memmove(block->at, block->at + used, block->len - used);
        block->len -= used;
    }
    if (block->len == 0)
        return 0;
    return put_line(filter, (struct raw_text){.at = (char *)block->at, .len = block->len});
}

RESULT filter_run(struct print *print, int input)
{
    CLEANUP(buffer_deinit) struct buffer block = buffer_init(FILTER_LINE_MAX);
    CLEANUP(arena_free) struct arena *arena = NULL;
    int r = arena_new(&arena, ARENA_MAX);

    if (r)
        return r;
    struct filter filter = {.print = print, .arena = arena};
    r = run(&filter, input, &block);
    if (r == 0)
        r = flush(&filter);
    if (r == 0 && fflush(stdout))
        r = FAULT(ERR_SYSTEM);
    return r;
}
