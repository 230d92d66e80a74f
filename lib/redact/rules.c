#include "redact/rules.h"

#include <string.h>

#include "redact/patterns.h"
#include "redact/redact-private.h"

_Static_assert(RULES_COUNT <= REDACT_RULE_OWN, "an organisation's rules follow the built-in ones");

const char *redact_rule_word(unsigned rule)
{
    static const char *const words[RULES_COUNT] = {
#define X(name, word) [RULE_##name] = word,
        REDACT_RULES(X)
#undef X
    };

    return rule < RULES_COUNT ? words[rule] : NULL;
}

unsigned redact_rules_count(void)
{
    return RULES_COUNT;
}

const char *redact_rules_version(void)
{
    return "1";
}

void redact_rules_hash(uint8_t ret_hash[REDACT_HASH_LEN])
{
    static const uint8_t hash[REDACT_HASH_LEN] = {
#include "rules-hash.inc"
    };

    memcpy(ret_hash, hash, sizeof(hash));
}

const char *redactor_rule_word(const struct redactor *redactor, unsigned rule)
{
    return rule < REDACT_RULE_OWN ? redact_rule_word(rule)
                                  : patterns_rule_word(redactor->patterns, rule - REDACT_RULE_OWN);
}
