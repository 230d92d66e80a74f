#pragma once

/*
 * Rules: every way in which something is found has a name, which counts, receipts and --explain
 * carry. Words keep their meaning for good; order may change. At most 255 with the organisation's
 * own.
 */

#define REDACT_RULES(X)                                                                            \
    X(UNSETTLED, "unsettled") /* what did not come to rest was removed whole */                    \
    X(UNKNOWN, "unknown")     /* strict: not known to be safe */                                   \
    X(PATTERN, "pattern")     /* the organisation's own */                                         \
    X(CODE, "code")                                                                                \
    X(LABEL, "label")                                                                              \
    X(SSN, "ssn")                                                                                  \
    X(EMAIL, "email")                                                                              \
    X(URL, "url")                                                                                  \
    X(INTERNET, "internet")                                                                        \
    X(DATE, "date")                                                                                \
    X(AGE, "age")                                                                                  \
    X(NUMBER, "number")                                                                            \
    X(PLACE, "place")                                                                              \
    X(NAME_COMMA, "name.comma")     /* DOE, JOHN A */                                              \
    X(NAME_PAIR, "name.pair")       /* John Doe */                                                 \
    X(NAME_INITIAL, "name.initial") /* J. Doe */                                                   \
    X(NAME_SINGLE, "name.single")   /* one word alone */                                           \
    X(NAME_LABEL, "name.label")     /* patient: X */                                               \
    X(NAME_KEY, "name.key")         /* last_name=X */                                              \
    X(NAME_ACCOUNT, "name.account") /* user X, C:\Users\X */                                       \
    X(NAME_BESIDE, "name.beside")   /* beside a name */                                            \
    X(NAME_AGAIN, "name.again")     /* a word of a name, elsewhere in the text */

enum redact_rule {
#define X(name, word) RULE_##name,
    REDACT_RULES(X)
#undef X
        RULES_COUNT,
};
