/*
 * Any string and any text: a rule condemns exactly the texts whose letters and digits hold the
 * string's, as a slow and obvious search over ASCII says; what is found lies inside the text.
 */

#include <stdlib.h>

#include "redact/denied.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool mix(const uint8_t salt[DENIED_SALT_SIZE], struct bytes bytes,
                uint8_t ret_hash[DENIED_HASH_SIZE])
{
    uint64_t state = 14695981039346656037u;

    for (size_t i = 0; i < DENIED_SALT_SIZE; i++)
        state = (state ^ salt[i]) * 1099511628211u;
    for (size_t i = 0; i < bytes.len; i++)
        state = (state ^ bytes.at[i]) * 1099511628211u;
    memset(ret_hash, 0, DENIED_HASH_SIZE);
    memcpy(ret_hash, &state, sizeof(state));
    return true;
}

/* ASCII without brackets: there is nothing to fold but case. */
static size_t plain(const uint8_t *data, size_t size, char *ret_text)
{
    for (size_t i = 0; i < size; i++) {
        char at = (char)(data[i] & 0x7f);

        ret_text[i] = at;
        if (at == '[')
            ret_text[i] = '.';
    }
    return size;
}

static size_t strip(const char *text, size_t len, char *ret_form)
{
    size_t count = 0;

    for (size_t i = 0; i < len; i++) {
        char at = text[i];

        if (at >= 'A' && at <= 'Z')
            at = (char)(at + 32);
        if ((at >= 'a' && at <= 'z') || (at >= '0' && at <= '9'))
            ret_form[count++] = at;
    }
    return count;
}

static bool slow_search(const char *form, size_t count, const char *wanted, size_t length)
{
    for (size_t i = 0; i + length <= count; i++)
        if (memcmp(form + i, wanted, length) == 0)
            return true;
    return false;
}

static bool inside(void *context, size_t rule, size_t start, size_t end)
{
    const struct text *text = context;

    if (rule != 0 || start >= end || end > text->len)
        abort();
    return true;
}

static void judge(const struct denied_rule *rule, struct text text)
{
    struct denied denied = {.rules = rule, .count = 1, .hash = mix};

    if (denied_find(&denied, text, inside, &text) != denied_holds(&denied, text))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char string[REDACT_TEXT_MAX];
    static char text[REDACT_TEXT_MAX];
    static char wanted[REDACT_TEXT_MAX];
    static char form[REDACT_TEXT_MAX];
    uint8_t salt[DENIED_SALT_SIZE] = {1};
    struct denied_rule rule;
    size_t split = size > 0 ? data[0] : 0;

    if (size < 2 || size > REDACT_TEXT_MAX || split >= size - 1)
        return 0;
    salt[1] = data[1];
    size_t string_len = plain(data + 1, split, string);
    size_t text_len = plain(data + 1 + split, size - 1 - split, text);
    size_t length = strip(string, string_len, wanted);
    size_t count = strip(text, text_len, form);
    int r = denied_make((struct raw_text){.at = string, .len = string_len}, salt, mix, &rule);
    bool fits = length >= DENIED_LENGTH_MIN && length <= DENIED_LENGTH_MAX;

    if ((r == 0) != fits)
        abort();
    if (r == 0) {
        struct denied denied = {.rules = &rule, .count = 1, .hash = mix};

        if (!denied_rule_holds(&rule) || rule.length != length ||
            denied_holds(&denied, (struct text){.at = text, .len = text_len}) !=
                slow_search(form, count, wanted, length))
            abort();
        judge(&rule, (struct text){.at = (const char *)data, .len = size});
    }
    /* Any bytes as a string: refused, or found in itself. */
    memcpy(string, data + 1, size - 1);
    r = denied_make((struct raw_text){.at = string, .len = size - 1}, salt, mix, &rule);
    if (r < 0)
        abort();
    if (r == 0) {
        struct denied denied = {.rules = &rule, .count = 1, .hash = mix};

        if (!denied_holds(&denied, (struct text){.at = (const char *)data + 1, .len = size - 1}))
            abort();
    }
    return 0;
}
