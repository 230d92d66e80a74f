/* Names of applications and sites: identities that the default policy keeps. */

#include "redact/redact-private.h"

#define APPLICATION_MAX ((size_t)64)
#define DOMAIN_MAX ((size_t)253)
#define LABEL_MAX ((size_t)63)

static bool name_character(char c, bool domain)
{
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-')
        return true;
    return !domain && (c == '_' || c == '+' || c == ' ');
}

/* Lower-cased into to; false when something else than name characters stands there. */
static bool name_fold(struct raw_text raw, bool domain, char *to)
{
    for (size_t i = 0; i < raw.len; i++) {
        to[i] = raw.at[i];
        if (to[i] >= 'A' && to[i] <= 'Z')
            to[i] = (char)(unsigned char)(to[i] | 0x20);
        if (!name_character(to[i], domain))
            return false;
    }
    return raw.len > 0;
}

static bool domain_is_whole(const char *at, size_t len)
{
    size_t label = 0;
    size_t dots = 0;

    for (size_t i = 0; i < len; i++) {
        label = at[i] == '.' ? 0 : label + 1;
        dots += at[i] == '.';
        if (label > LABEL_MAX || (at[i] == '.' && (i == 0 || at[i - 1] == '.' || i + 1 == len)))
            return false;
        if (at[i] == '-' && label == 1)
            return false;
    }
    return dots > 0 && len > 0 && at[len - 1] != '-';
}

/* True when letters or digits are left beside placeholders. */
static bool something_left(const struct redaction *redaction, size_t len)
{
    size_t removed = 0;

    for (size_t i = 0; i < redaction->found_count; i++)
        removed += redaction->found[i].end - redaction->found[i].start;
    return removed < len;
}

static RESULT redact_identity(const struct redactor *redactor, char *folded, size_t len,
                              struct arena *arena, struct redaction *ret_redaction)
{
    struct redaction redaction;
    int r =
        redact_balanced(redactor, (struct raw_text){.at = folded, .len = len}, arena, &redaction);

    if (r > 0)
        return REDACT_INVALID;
    if (r)
        return r;
    if (!something_left(&redaction, len))
        return REDACT_INVALID;
    *ret_redaction = redaction;
    return 0;
}

RESULT redact_application(const struct redactor *redactor, struct raw_text raw, struct arena *arena,
                          struct redaction *ret_redaction)
{
    char folded[APPLICATION_MAX];

    if (raw.len > sizeof(folded) || !name_fold(raw, false, folded))
        return REDACT_INVALID;
    int r = redact_identity(redactor, folded, raw.len, arena, ret_redaction);
    wipe(folded, sizeof(folded));
    return r;
}

RESULT redact_domain(const struct redactor *redactor, struct raw_text raw, struct arena *arena,
                     struct redaction *ret_redaction)
{
    char folded[DOMAIN_MAX];

    if (raw.len > sizeof(folded) || !name_fold(raw, true, folded) ||
        !domain_is_whole(folded, raw.len))
        return REDACT_INVALID;
    int r = redact_identity(redactor, folded, raw.len, arena, ret_redaction);
    wipe(folded, sizeof(folded));
    return r;
}
