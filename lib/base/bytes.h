#pragma once

/* Borrowed views: never freed through, and valid only as long as the owner says. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct bytes {
    const uint8_t *at;
    size_t len;
};

/* Text is UTF-8, without a closing NUL unless the owner promises one. */
struct text {
    const char *at;
    size_t len;
};

static inline struct text text_of(const char *string)
{
    return (struct text){.at = string, .len = string ? strlen(string) : 0};
}

static inline struct bytes bytes_of_text(struct text text)
{
    return (struct bytes){.at = (const uint8_t *)text.at, .len = text.len};
}

static inline struct text text_of_bytes(struct bytes bytes)
{
    return (struct text){.at = (const char *)bytes.at, .len = bytes.len};
}

static inline bool text_equal(struct text a, struct text b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

/* Compares in time that depends on len only: for secrets and tags. */
static inline bool bytes_equal_secret(const void *a, const void *b, size_t len)
{
    const volatile uint8_t *left = a;
    const volatile uint8_t *right = b;
    uint8_t difference = 0;

    for (size_t i = 0; i < len; i++)
        difference = (uint8_t)(difference | (left[i] ^ right[i]));
    return difference == 0;
}
