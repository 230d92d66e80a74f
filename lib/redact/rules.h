#pragma once

/*
 * Rules: every way in which something is found has a name, which counts, receipts and --explain
 * carry. Words keep their meaning for good; order may change. At most 255 with the organisation's
 * own.
 */

#define REDACT_RULES(X)                                                                            \
    X(UNSETTLED, "unsettled")           /* what did not come to rest was removed whole */          \
    X(UNKNOWN, "unknown")               /* strict: not known to be safe */                         \
    X(UNKNOWN_NUMBER, "unknown.number") /* the same, of a number */                                \
    X(PATTERN, "pattern")               /* the organisation's own */                               \
    X(CODE, "code")                                                                                \
    X(EMAIL, "email")                                                                              \
    X(URL, "url")                                                                                  \
    X(AGE, "age")                                                                                  \
    X(PLACE, "place")                                                                              \
    X(NAME_COMMA, "name.comma")         /* DOE, JOHN A */                                          \
    X(NAME_PAIR, "name.pair")           /* John Doe */                                             \
    X(NAME_INITIAL, "name.initial")     /* J. Doe */                                               \
    X(NAME_INITIALS, "name.initials")   /* J.K. */                                                 \
    X(NAME_SINGLE, "name.single")       /* one word alone */                                       \
    X(NAME_LABEL, "name.label")         /* patient: X */                                           \
    X(NAME_KEY, "name.key")             /* last_name=X */                                          \
    X(NAME_ACCOUNT, "name.account")     /* user X, C:\Users\X */                                   \
    X(NAME_BESIDE, "name.beside")       /* beside a name */                                        \
    X(NAME_AGAIN, "name.again")         /* a word of a name, elsewhere in the text */              \
    X(GEO_STREET, "geo.street")         /* 12 Main St */                                           \
    X(GEO_BOX, "geo.box")               /* PO Box 12 */                                            \
    X(GEO_TOWN_STATE, "geo.town-state") /* Midland, TX 79701 */                                    \
    X(GEO_POSTCODE, "geo.postcode")     /* 10115 Berlin */                                         \
    X(GEO_TOWN, "geo.town")             /* lives in Oakland */                                     \
    X(GEO_COUNTY, "geo.county")         /* Fresno County */                                        \
    X(GEO_FACILITY, "geo.facility")     /* Mercy General Hospital */                               \
    X(LABEL, "id.label")                                                                           \
    X(LABEL_MRN, "mrn.label")                                                                      \
    X(LABEL_PLAN, "health_plan.label")                                                             \
    X(LABEL_ACCOUNT, "account.label")                                                              \
    X(LABEL_LICENSE, "license.label")                                                              \
    X(LABEL_VEHICLE, "vehicle.label")                                                              \
    X(LABEL_DEVICE, "device.label")                                                                \
    X(LABEL_BIOMETRIC, "biometric.label")                                                          \
    X(LABEL_PHOTO, "photo.label")                                                                  \
    X(LABEL_CARD, "card.label")                                                                    \
    X(LABEL_SSN, "ssn.label")                                                                      \
    X(LABEL_PHONE, "phone.label")                                                                  \
    X(LABEL_FAX, "fax.label")                                                                      \
    X(LABEL_DATE, "date.label")                                                                    \
    X(LABEL_GEO, "geo.label")                                                                      \
    X(SSN_HYPHENS, "ssn.hyphens") /* 233-67-2090 */                                                \
    X(SSN_GROUPS, "ssn.groups")   /* 233 67 2090 */                                                \
    X(PHONE_US, "phone.us")                                                                        \
    X(PHONE_INTL, "phone.intl")     /* +, 00, 011 */                                               \
    X(PHONE_TRUNK, "phone.trunk")   /* 0171 1234567 */                                             \
    X(PHONE_GROUPS, "phone.groups") /* as countries write theirs */                                \
    X(PHONE_LOCAL, "phone.local")   /* 555-1234 */                                                 \
    X(CARD, "card.luhn")                                                                           \
    X(ABA, "account.aba")                                                                          \
    X(NPI, "license.npi")                                                                          \
    X(IMEI, "device.imei")                                                                         \
    X(UDI, "device.udi")                                                                           \
    X(DONATION, "id.donation")                                                                     \
    X(NINO, "id.nino")                                                                             \
    X(FILED, "mrn.filed")     /* 45-41-29 */                                                       \
    X(ID_GROUPS, "id.groups") /* 123 456 789 */                                                    \
    X(ID_JOINED, "id.joined") /* 20-44-1234 */                                                     \
    X(ID_LONG, "id.long")     /* a long run of digits */                                           \
    X(ZIP_PLUS4, "geo.zip4")                                                                       \
    X(POINT, "geo.point") /* latitude, longitude */                                                \
    X(DATE_NUMERIC, "date.numeric")                                                                \
    X(DATE_COMPACT, "date.compact")                                                                \
    X(DATE_MONTH, "date.month")           /* with a month's name */                                \
    X(DATE_MONTH_YEAR, "date.month_year") /* 03/2021 */                                            \
    X(DATE_SHORT, "date.short")           /* no year */                                            \
    X(DATE_WEEK, "date.week")                                                                      \
    X(AGE_WORDS, "age.words")                                                                      \
    X(VIN, "vin")                                                                                  \
    X(MBI, "mbi")                                                                                  \
    X(DEA, "dea")                                                                                  \
    X(LICENCE, "licence") /* a driver's */                                                         \
    X(IBAN, "iban")                                                                                \
    X(BIC, "bic")                                                                                  \
    X(WALLET, "wallet") /* of a cryptocurrency */                                                  \
    X(UUID, "uuid")                                                                                \
    X(CODE_JOINED, "code.joined")                                                                  \
    X(IPV4, "ip.v4")                                                                               \
    X(IPV6, "ip.v6")                                                                               \
    X(MAC, "mac")                                                                                  \
    X(EMAIL_SPELT, "email.spelt")                                                                  \
    X(URL_USER, "url.user")                                                                        \
    X(URL_QUERY, "url.query")                                                                      \
    X(URL_PATH, "url.path")                                                                        \
    X(URL_PERSON, "url.person")

enum redact_rule {
#define X(name, word) RULE_##name,
    REDACT_RULES(X)
#undef X
        RULES_COUNT,
};
