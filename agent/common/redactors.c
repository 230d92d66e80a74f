#include "common/redactors.h"

RESULT redactors_change(struct redactor **redactor, const struct policy *policy)
{
    struct redactor_options options = {
        .profile = policy->hipaa ? REDACT_STRICT : REDACT_BALANCED,
        .patterns = policy->patterns,
        .words = policy->words,
    };
    struct redactor *made = NULL;
    int r = redactor_new(&made, &options, NULL);
    bool refused = r == REDACT_INVALID;

    if (refused && *redactor)
        return REDACTORS_REFUSED;
    if (refused) {
        options.patterns = options.words = (struct text){0};
        r = redactor_new(&made, &options, NULL);
    }
    if (r)
        return r < 0 ? r : FAULT(ERR_SYSTEM);
    redactor_free(*redactor);
    *redactor = made;
    return refused ? REDACTORS_REFUSED : 0;
}
