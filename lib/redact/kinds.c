#include <assert.h>

#include "redact/redact-private.h"

#define WORDS(word, label)                                                                         \
    {                                                                                              \
        word, label,                                                                               \
        {                                                                                          \
            "[" word "]", sizeof(word) + 1                                                         \
        }                                                                                          \
    }

static const struct {
    const char *word;
    const char *label;
    struct text placeholder;
} kinds[REDACT_KINDS] = {
    [REDACT_NAME] = WORDS("name", "name"),
    [REDACT_GEO] = WORDS("geo", "place smaller than a state"),
    [REDACT_DATE] = WORDS("date", "date"),
    [REDACT_AGE] = WORDS("age", "age over 89"),
    [REDACT_PHONE] = WORDS("phone", "telephone number"),
    [REDACT_FAX] = WORDS("fax", "fax number"),
    [REDACT_EMAIL] = WORDS("email", "e-mail address"),
    [REDACT_SSN] = WORDS("ssn", "social security number"),
    [REDACT_MRN] = WORDS("mrn", "medical record number"),
    [REDACT_HEALTH_PLAN] = WORDS("health_plan", "health plan number"),
    [REDACT_ACCOUNT] = WORDS("account", "account number"),
    [REDACT_LICENSE] = WORDS("license", "licence or certificate number"),
    [REDACT_VEHICLE] = WORDS("vehicle", "vehicle identifier"),
    [REDACT_DEVICE] = WORDS("device", "device identifier"),
    [REDACT_URL] = WORDS("url", "web address"),
    [REDACT_IP] = WORDS("ip", "IP address"),
    [REDACT_BIOMETRIC] = WORDS("biometric", "biometric identifier"),
    [REDACT_PHOTO] = WORDS("photo", "full-face photograph"),
    [REDACT_CARD] = WORDS("card", "payment card number"),
    [REDACT_OTHER_ID] = WORDS("other_id", "other identifying number"),
    [REDACT_UNKNOWN] = WORDS("unknown", "not known to be safe"),
};

const char *redact_kind_word(enum redact_kind kind)
{
    assert(kind < REDACT_KINDS);
    return kinds[kind].word;
}

const char *redact_kind_label(enum redact_kind kind)
{
    assert(kind < REDACT_KINDS);
    return kinds[kind].label;
}

struct text placeholder_of(enum redact_kind kind)
{
    assert(kind < REDACT_KINDS);
    return kinds[kind].placeholder;
}
