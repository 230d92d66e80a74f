#include <assert.h>

#include "redact/redact.h"

static const struct {
    const char *word;
    const char *label;
} kinds[REDACT_KINDS] = {
    [REDACT_NAME] = {"name", "name"},
    [REDACT_GEO] = {"geo", "place smaller than a state"},
    [REDACT_DATE] = {"date", "date"},
    [REDACT_AGE] = {"age", "age over 89"},
    [REDACT_PHONE] = {"phone", "telephone number"},
    [REDACT_FAX] = {"fax", "fax number"},
    [REDACT_EMAIL] = {"email", "e-mail address"},
    [REDACT_SSN] = {"ssn", "social security number"},
    [REDACT_MRN] = {"mrn", "medical record number"},
    [REDACT_HEALTH_PLAN] = {"health_plan", "health plan number"},
    [REDACT_ACCOUNT] = {"account", "account number"},
    [REDACT_LICENSE] = {"license", "licence or certificate number"},
    [REDACT_VEHICLE] = {"vehicle", "vehicle identifier"},
    [REDACT_DEVICE] = {"device", "device identifier"},
    [REDACT_URL] = {"url", "web address"},
    [REDACT_IP] = {"ip", "IP address"},
    [REDACT_BIOMETRIC] = {"biometric", "biometric identifier"},
    [REDACT_PHOTO] = {"photo", "full-face photograph"},
    [REDACT_CARD] = {"card", "payment card number"},
    [REDACT_OTHER_ID] = {"other_id", "other identifying number"},
    [REDACT_UNKNOWN] = {"unknown", "not known to be safe"},
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
