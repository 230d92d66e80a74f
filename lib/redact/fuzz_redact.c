/*
 * Redaction of anything: found is ascending, disjoint and inside; clean is raw with placeholders
 * there; it is UTF-8; redacting it again changes nothing; and no social security number or e-mail
 * address by its shape is left. The first byte chooses the profile.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "redact/redact-private.h"

#define HOLDS(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            abort();                                                                               \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct redactor *redactors[2];

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool alnum(char c)
{
    return digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static bool is_ssn(const char *at, size_t left)
{
    static const char form[] = "ddd-dd-dddd";

    for (size_t i = 0; i < sizeof(form) - 1; i++)
        if (i >= left || (form[i] == 'd' ? !digit(at[i]) : at[i] != '-'))
            return false;
    return true;
}

static void check_shapes(struct text clean)
{
    for (size_t i = 0; i < clean.len; i++) {
        size_t left = clean.len - i;

        if ((i == 0 || !digit(clean.at[i - 1])) && is_ssn(clean.at + i, left))
            HOLDS(left > 11 && digit(clean.at[i + 11]));
        if (clean.at[i] == '@' && i > 0 && left > 1)
            HOLDS(!(alnum(clean.at[i - 1]) && (unsigned char)clean.at[i - 1] < 0x80 &&
                    alnum(clean.at[i + 1]) && (unsigned char)clean.at[i + 1] < 0x80));
    }
}

static void check_found(const struct redaction *redaction, struct raw_text raw)
{
    struct text clean = clean_text_view(redaction->clean);
    size_t from = 0;
    size_t at = 0;
    size_t counted = 0;

    for (size_t i = 0; i < redaction->found_count; i++) {
        const struct redact_found *found = &redaction->found[i];
        char placeholder[32];

        HOLDS(found->start >= from && found->start < found->end && found->end <= raw.len);
        HOLDS(found->score > 0 && found->score <= 1 && found->kind < REDACT_KINDS);
        HOLDS(memcmp(clean.at + at, raw.at + from, found->start - from) == 0);
        at += found->start - from;
        int len = snprintf(placeholder, sizeof(placeholder), "[%s]", redact_kind_word(found->kind));
        HOLDS(memcmp(clean.at + at, placeholder, (size_t)len) == 0);
        at += (size_t)len;
        from = found->end;
    }
    HOLDS(clean.len - at == raw.len - from);
    HOLDS(raw.len == from || memcmp(clean.at + at, raw.at + from, raw.len - from) == 0);
    for (size_t kind = 0; kind < REDACT_KINDS; kind++)
        counted += redaction->counts[kind];
    HOLDS(counted == redaction->found_count);
}

static void check(const struct redactor *redactor, struct raw_text raw, struct arena *arena)
{
    struct redaction first;
    struct redaction second;
    int r = redact(redactor, raw, arena, &first);

    HOLDS(r >= 0);
    if (r)
        return;
    check_found(&first, raw);
    struct text clean = clean_text_view(first.clean);
    HOLDS(utf8_valid(clean) && clean.len <= REDACT_TEXT_MAX);
    check_shapes(clean);
    struct raw_text again = {.at = (char *)(uintptr_t)clean.at, .len = clean.len};
    HOLDS(redact(redactor, again, arena, &second) == 0);
    HOLDS(second.found_count == 0 && text_equal(clean_text_view(second.clean), clean));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct redaction identity;

    if (!redactors[0])
        HOLDS(redactor_new(&redactors[0], &(struct redactor_options){.profile = REDACT_STRICT},
                           NULL) == 0 &&
              redactor_new(&redactors[1], &(struct redactor_options){.profile = REDACT_BALANCED},
                           NULL) == 0);
    if (size == 0)
        return 0;
    HOLDS(arena_new(&arena, 1 << 18) == 0);
    struct text text = {.at = (const char *)data + 1, .len = size - 1};
    struct text copy = arena_copy_text(arena, text);
    if (!copy.at)
        return 0;
    struct raw_text raw = {.at = (char *)(uintptr_t)copy.at, .len = copy.len};
    check(redactors[data[0] & 1], raw, arena);
    if (redact_application(redactors[0], raw, arena, &identity) == 0)
        HOLDS(utf8_valid(clean_text_view(identity.clean)));
    if (redact_domain(redactors[0], raw, arena, &identity) == 0)
        HOLDS(utf8_valid(clean_text_view(identity.clean)));
    return 0;
}
