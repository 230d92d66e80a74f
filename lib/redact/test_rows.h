#pragma once

/*
 * Tables of texts and what redaction leaves of them, for the tests of recognisers
 */

#include <stdio.h>
#include <string.h>

#include "redact/redact.h"
#include "tap.h"

struct row {
    const char *raw;
    const char *clean;
};

static struct redactor *balanced;
static struct redactor *strict;

static inline void rows_start(void)
{
    CHECK(redactor_new(&balanced, &(struct redactor_options){.profile = REDACT_BALANCED}, NULL) ==
          0);
    CHECK(redactor_new(&strict, &(struct redactor_options){.profile = REDACT_STRICT}, NULL) == 0);
}

static inline void rows_stop(void)
{
    redactor_free(balanced);
    redactor_free(strict);
}

/* What redactor leaves of raw, in ret_clean; the redaction's own result. */
static inline int clean_of(const struct redactor *redactor, const char *raw, char *ret_clean,
                           size_t size)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct redaction redaction;
    char copy[REDACT_TEXT_MAX + 1];

    CHECK(arena_new(&arena, 65536) == 0);
    (void)snprintf(copy, sizeof(copy), "%s", raw);
    int r = redact(redactor, (struct raw_text){.at = copy, .len = strlen(copy)}, arena, &redaction);
    struct text text = r ? text_of("(refused)") : clean_text_view(redaction.clean);
    (void)snprintf(ret_clean, size, "%.*s", (int)text.len, text.at);
    return r;
}

static inline bool holds(const struct redactor *redactor, const char *raw, const char *wanted)
{
    char clean[1024];

    if (clean_of(redactor, raw, clean, sizeof(clean)) == 0 && strcmp(clean, wanted) == 0)
        return true;
    printf("# %s\n#   gave   %s\n#   wanted %s\n", raw, clean, wanted);
    return false;
}

static inline bool all_hold(const struct redactor *redactor, const struct row *rows, size_t count)
{
    bool good = true;

    for (size_t i = 0; i < count; i++)
        good = holds(redactor, rows[i].raw, rows[i].clean) && good;
    return good;
}

static inline bool all_stay(const struct redactor *redactor, const char *const *rows, size_t count)
{
    bool good = true;

    for (size_t i = 0; i < count; i++)
        good = holds(redactor, rows[i], rows[i]) && good;
    return good;
}

#define ALL(redactor, rows) CHECK(all_hold(redactor, rows, sizeof(rows) / sizeof((rows)[0])))
#define STAY(redactor, rows) CHECK(all_stay(redactor, rows, sizeof(rows) / sizeof((rows)[0])))

/* One of the ways to write a character: as it is, percent-encoded once or twice, full-width. */
static inline size_t write_as(unsigned way, char c, char *to, size_t size)
{
    int len = way == 0   ? snprintf(to, size, "%c", c)
              : way == 1 ? snprintf(to, size, "%%%02X", (unsigned)(unsigned char)c)
              : way == 2 ? snprintf(to, size, "%%25%02x", (unsigned)(unsigned char)c)
                         : snprintf(to, size, "\xef%c%c", c < '`' ? '\xbc' : '\xbd',
                                    c < '`' ? c + 0x60 : c + 0x20);

    return (size_t)len;
}

static inline char cased(char c, unsigned way)
{
    if (way == 1 && c >= 'a' && c <= 'z')
        return (char)(c - 0x20);
    if (way == 2 && c >= 'A' && c <= 'Z')
        return (char)(c + 0x20);
    return c;
}

/* Writes raw in every case and encoding, amid words: of its letters and digits none may be left. */
static inline bool disguise_fails(const struct redactor *redactor, const char *raw)
{
    bool good = true;

    for (unsigned way = 0; way < 12; way++) {
        char text[512] = "note ";
        char clean[1024];
        size_t len = strlen(text);

        for (size_t i = 0; raw[i]; i++)
            len += write_as(way / 3, cased(raw[i], way % 3), text + len, sizeof(text) - len);
        (void)snprintf(text + len, sizeof(text) - len, " done");
        int r = clean_of(redactor, text, clean, sizeof(clean));
        bool gone = r == 0 && strncmp(clean, "note [", 6) == 0 && strchr(clean, ']') &&
                    strcmp(strchr(clean, ']'), "] done") == 0;
        if (!gone)
            printf("# %s gave %s\n", text, clean);
        good = good && gone;
    }
    return good;
}

/* A text as long as may be that repeats unit: it is redacted, or refused because it is crowded. */
static inline void fill(const struct redactor *redactor, const char *unit)
{
    char text[REDACT_TEXT_MAX + 1];
    char clean[64];
    size_t len = strlen(unit);

    for (size_t i = 0; i < REDACT_TEXT_MAX; i++)
        text[i] = unit[i % len];
    text[REDACT_TEXT_MAX] = '\0';
    int r = clean_of(redactor, text, clean, sizeof(clean));
    CHECK(r == 0 || r == REDACT_CROWDED || r == REDACT_LONG);
}
