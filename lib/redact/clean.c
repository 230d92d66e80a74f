#include "base/utf8.h"
#include "redact/redact-private.h"

struct text clean_text_view(const struct clean_text *clean)
{
    return clean ? (struct text){.at = clean->at, .len = clean->len} : (struct text){.at = ""};
}

static struct clean_text *clean_new(struct arena *arena, size_t len)
{
    struct clean_text *clean = arena_take(arena, sizeof(*clean) + len + 1);

    if (clean)
        clean->len = len;
    return clean;
}

RESULT redact_restore(struct bytes verified, struct arena *arena,
                      const struct clean_text **ret_clean)
{
    if (verified.len > REDACT_TEXT_MAX)
        return REDACT_LONG;
    if (!utf8_valid(text_of_bytes(verified)))
        return REDACT_INVALID;
    struct clean_text *clean = clean_new(arena, verified.len);
    if (!clean)
        return FAULT(ERR_MEMORY);
    if (verified.len)
        memcpy(clean->at, verified.at, verified.len);
    *ret_clean = clean;
    return 0;
}

RESULT redact_copy(const struct clean_text *clean, struct arena *arena,
                   const struct clean_text **ret_clean)
{
    struct text from = clean_text_view(clean);
    struct clean_text *copy = clean_new(arena, from.len);

    if (!copy)
        return FAULT(ERR_MEMORY);
    if (from.len)
        memcpy(copy->at, from.at, from.len);
    *ret_clean = copy;
    return 0;
}

size_t clean_len(struct raw_text raw, const struct hits *hits)
{
    size_t len = raw.len;

    for (size_t i = 0; i < hits->count; i++) {
        const struct redact_found *found = &hits->at[i];

        len -= found->end - found->start;
        len += placeholder_of(found->kind).len;
    }
    return len;
}

void clean_write(struct raw_text raw, const struct hits *hits, char *to)
{
    size_t from = 0;

    for (size_t i = 0; i < hits->count; i++) {
        const struct redact_found *found = &hits->at[i];
        struct text placeholder = placeholder_of(found->kind);

        memcpy(to, raw.at + from, found->start - from);
        to += found->start - from;
        memcpy(to, placeholder.at, placeholder.len);
        to += placeholder.len;
        from = found->end;
    }
    if (raw.len > from)
        memcpy(to, raw.at + from, raw.len - from);
}

RESULT clean_make(struct raw_text raw, const struct hits *hits, struct arena *arena,
                  const struct clean_text **ret_clean)
{
    size_t len = clean_len(raw, hits);

    /* What grew over the ceiling could not be redacted again where it arrives. */
    if (len > REDACT_TEXT_MAX)
        return REDACT_LONG;
    struct clean_text *clean = clean_new(arena, len);
    if (!clean)
        return FAULT(ERR_MEMORY);
    if (hits->count)
        clean_write(raw, hits, clean->at);
    else if (raw.len)
        memcpy(clean->at, raw.at, raw.len);
    *ret_clean = clean;
    return 0;
}
