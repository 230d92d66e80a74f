/* Numbers and codes. Sources of the rules stand beside their checks, in digits_checks.c and
 * codes.c; of telephones each country's numbering plan, of licences AAMVA's list of formats. */

#include <stdio.h>
#include <string.h>

#include "redact/test-generator.h"
#include "tap.h"

static unsigned digit_of(char c)
{
    return (unsigned)(c - '0');
}

static unsigned luhn_sum(const char *value)
{
    unsigned sum = 0;
    unsigned place = 0;

    for (size_t i = strlen(value); i-- > 0; place++) {
        unsigned digit = digit_of(value[i]) << (place % 2);

        sum += digit > 9 ? digit - 9 : digit;
    }
    return sum;
}

/* Sets the last digit so that the sum of Luhn, and what stands before, ends in 0. */
static void luhn_close(char *value, unsigned before)
{
    char *last = value + strlen(value) - 1;

    *last = '0';
    *last = (char)('0' + (10 - (luhn_sum(value) + before) % 10) % 10);
}

/* Any check digit of the tables below finds one wrong digit at the end. */
static void spoil_last(struct generator *generator, char *value)
{
    char *last = value + strlen(value) - 1;

    *last = (char)('0' + (digit_of(*last) + 1 + generator_below(generator, 9)) % 10);
}

/* ---- people ---- */

static void make_ssn(struct generator *generator, char *value)
{
    unsigned area;

    do
        area = 1 + generator_below(generator, 899);
    while (area == 666);
    unsigned group = 1 + generator_below(generator, 99);
    (void)snprintf(value, VALUE_MAX, "%03u%02u%04u", area, group,
                   1 + generator_below(generator, 9999));
    if (strcmp(value, "078051120") == 0 || strcmp(value, "219099999") == 0)
        value[8] = '5';
}

static void spoil_ssn(struct generator *generator, char *value)
{
    static const char *const areas[] = {"000", "666"};

    switch (generator_below(generator, 3)) {
    case 0:
        memcpy(value, GENERATOR_PICK(generator, areas), 3);
        break;
    case 1:
        memcpy(value + 3, "00", 2);
        break;
    default:
        memcpy(value + 5, "0000", 4);
    }
}

static const char *const ssn_forms[] = {
    "<999-99-9999>",
    "<999 99 9999>",
    "<999.99.9999>",
    "SSN: <999-99-9999>",
    "SSN <999999999>",
    "ssn=<999999999>",
    "SS# <999 99 9999>",
    "social <999-99-9999>",
    "Social Security Number: <999-99-9999>",
    "<999999999>",
    NULL,
};

static void make_itin(struct generator *generator, char *value)
{
    static const char *const groups[] = {"50", "57", "65", "70", "79",
                                         "88", "90", "92", "94", "99"};

    value_fill(generator, "9dddddddd", value);
    memcpy(value + 3, GENERATOR_PICK(generator, groups), 2);
}

static void spoil_itin(struct generator *generator, char *value)
{
    static const char *const groups[] = {"00", "12", "33", "49", "66", "69", "89", "93"};

    memcpy(value + 3, GENERATOR_PICK(generator, groups), 2);
}

static const char *const itin_forms[] = {
    "<999-99-9999>", "<999 99 9999>", "ITIN: <999-99-9999>", "ITIN <999999999>", NULL,
};

static void make_mbi(struct generator *generator, char *value)
{
    static const char form[] = "cbeabeabbaa";
    static const char letters[] = "ACDEFGHJKMNPQRTUVWXY";

    for (size_t i = 0; i < 11; i++) {
        bool letter = form[i] == 'b' || (form[i] == 'e' && generator_below(generator, 2));

        value[i] = (char)(letter ? (unsigned)letters[generator_below(generator, 20)]
                                 : '0' + generator_below(generator, 10));
    }
    value[0] = (char)('1' + generator_below(generator, 9));
    value[11] = '\0';
}

static void spoil_mbi(struct generator *generator, char *value)
{
    value[generator_below(generator, 2) ? 1 : 4] = "SLOIBZ"[generator_below(generator, 6)];
}

static const char *const mbi_forms[] = {
    "<9999-999-9999>",          "<99999999999>",
    "MBI: <9999-999-9999>",     "MBI <99999999999>",
    "Medicare <9999-999-9999>", NULL,
};

static void make_nhs(struct generator *generator, char *value)
{
    unsigned check;

    do {
        unsigned sum = 0;

        value_fill(generator, "ndddddddd0", value);
        for (unsigned i = 0; i < 9; i++)
            sum += digit_of(value[i]) * (10 - i);
        check = (11 - sum % 11) % 11;
    } while (check == 10);
    value[9] = (char)('0' + check);
}

static const char *const nhs_forms[] = {
    "NHS No: <999 999 9999>",
    "NHS <9999999999>",
    "NHS number <999 999 9999>",
    "<999 999 9999>",
    NULL,
};

/* Hospitals number as they like: only the label says what it is. */
static void make_mrn(struct generator *generator, char *value)
{
    static const char *const shapes[] = {"dddddd",   "ddddddd",  "dddddddd",    "dddddddddd",
                                         "AAdddddd", "dd-dd-dd", "ddd-ddd-ddd", "ddddddd-d"};
    value_fill(generator, GENERATOR_PICK(generator, shapes), value);
}

static const char *const mrn_forms[] = {
    "MRN <*>",
    "MRN: <*>",
    "MRN# <*>",
    "mrn=<*>",
    "(MRN <*>)",
    "Med Rec No. <*>",
    "UHID: <*>",
    "Patient ID: <*>",
    "PatientID=<*>",
    "Chart # <*>",
    "MR# <*>",
    "EMPI <*>",
    "Medical Record Number: <*>",
    "patient_id=<*>",
    "MRN-<*>",
    NULL,
};

static void make_plan(struct generator *generator, char *value)
{
    static const char *const shapes[] = {"AAAddddddddd", "ddddddddd-dd", "Wdddddddd", "dddddddddd",
                                         "Xdd-dddddd"};

    value_fill(generator, GENERATOR_PICK(generator, shapes), value);
}

static const char *const plan_forms[] = {
    "Member ID: <*>",
    "Subscriber # <*>",
    "Policy No. <*>",
    "Medicaid ID <*>",
    "member_id=<*>",
    "Subscriber ID: <*>",
    NULL,
};

static void make_licence(struct generator *generator, char *value)
{
    static const char *const shapes[] = {"Addddddd",       "dddddddd",       "Addd-ddd-dd-ddd-d",
                                         "Addd-dddd-dddd", "ddddddddd",      "Addd-dddd-dddd-dd",
                                         "AAdddddd",       "Addddddddddddd", "Addddddddddddd"};

    value_fill(generator, GENERATOR_PICK(generator, shapes), value);
}

static const char *const licence_forms[] = {
    "DL <*>", "DL# <*>", "Driver's License: <*>", "driver license no <*>", "DLN: <*>", NULL,
};

static void make_passport(struct generator *generator, char *value)
{
    value_fill(generator, generator_below(generator, 2) ? "ddddddddd" : "Adddddddd", value);
}

static const char *const passport_forms[] = {"Passport No. <*>", "passport # <*>", "Passport: <*>",
                                             NULL};

/* 45 CFR 164.514(b)(2)(i)(P) and (Q), as files and records of them are numbered. */
static void make_image(struct generator *generator, char *value)
{
    value_fill(generator, generator_below(generator, 2) ? "dddddd" : "AAddddd", value);
}

static const char *const biometric_forms[] = {"fingerprint ID <*>", "voiceprint: <*>",
                                              "Retinal scan # <*>", NULL};
static const char *const photo_forms[] = {"patient photo <*>", "face photo: <*>", NULL};

static void make_plate(struct generator *generator, char *value)
{
    /* No letters that are the name of a number as well: "ICN 1234". */
    static const char *const shapes[] = {"YAA-dddd", "dYAAddd", "YAA dddd", "YA-ddddd",
                                         "dddYAA",   "YAAdddd", "dYA dddd"};

    value_fill(generator, GENERATOR_PICK(generator, shapes), value);
}

static const char *const plate_forms[] = {
    "plate <*>", "License plate: <*>", "plate # <*>", "license plate <*>", NULL,
};

/* ---- money ---- */

struct issuer {
    const char *head;
    uint8_t len;
};

static void make_card(struct generator *generator, char *value)
{
    static const struct issuer issuers[] = {
        {"4", 16},    {"4", 13},    {"4", 19},    {"51", 16},   {"55", 16},   {"2221", 16},
        {"2720", 16}, {"34", 15},   {"37", 15},   {"6011", 16}, {"65", 16},   {"644", 16},
        {"36", 14},   {"300", 14},  {"305", 14},  {"3528", 16}, {"3589", 16}, {"62", 16},
        {"62", 19},   {"5018", 12}, {"6304", 13}, {"6759", 16}, {"2200", 16}, {"9792", 16},
    };
    const struct issuer *issuer = &issuers[generator_below(generator, 24)];

    value_fill(generator, "ddddddddddddddddddd", value);
    value[issuer->len] = '\0';
    memcpy(value, issuer->head, strlen(issuer->head));
    if (value[0] == '9')
        value[4] = '0'; /* 979200 to 979289 */
    luhn_close(value, 0);
}

static const char *const card_forms[] = {
    "<9999 9999 9999 9999>",
    "<9999-9999-9999-9999>",
    "card <9999 9999 9999 9999>",
    "<9999 999999 99999>",
    "<9999-999999-99999>",
    "<9999 999999 9999>",
    "<9999 9999 9999 9>",
    "<9999 9999 9999 9999 999>",
    "<*>",
    "card number: <*>",
    "Visa <*>",
    "cc=<*>",
    NULL,
};

/* SWIFT's registry: the structure of what follows the check digits; n digits, a letters, c both. */
static const struct {
    const char *country;
    const char *structure;
} ibans[] = {
    {"DE", "18n"},     {"GB", "4a14n"},   {"FR", "10n11c2n"}, {"NL", "4a10n"}, {"BE", "12n"},
    {"CH", "5n12c"},   {"ES", "20n"},     {"IT", "1a10n12c"}, {"AT", "16n"},   {"PL", "24n"},
    {"SE", "20n"},     {"NO", "11n"},     {"DK", "14n"},      {"FI", "14n"},   {"IE", "4a14n"},
    {"PT", "21n"},     {"SA", "2n18c"},   {"AE", "19n"},      {"CY", "8n16c"}, {"HU", "24n"},
    {"CZ", "20n"},     {"GR", "7n16c"},   {"TR", "6n16c"},    {"LU", "3n13c"}, {"LT", "16n"},
    {"LV", "4a13c"},   {"EE", "16n"},     {"HR", "17n"},      {"RO", "4a16c"}, {"BG", "4a6n8c"},
    {"BR", "23n1a1c"}, {"MT", "4a5n18c"}, {"KW", "4a22c"},    {"LC", "4a24c"}, {"QA", "4a21c"},
};

static unsigned mod_97(const char *value)
{
    size_t len = strlen(value);
    unsigned rest = 0;

    for (size_t i = 0; i < len; i++) {
        char c = value[(i + 4) % len];

        rest = c <= '9' ? (rest * 10 + digit_of(c)) % 97
                        : (rest * 100 + (unsigned)(c - 'A') + 10) % 97;
    }
    return rest;
}

static void make_iban(struct generator *generator, char *value)
{
    size_t country = generator_below(generator, sizeof(ibans) / sizeof(ibans[0]));
    char pattern[40] = "";
    unsigned many = 0;
    size_t len = 0;

    for (const char *at = ibans[country].structure; *at; at++) {
        if (*at >= '0' && *at <= '9') {
            many = many * 10 + digit_of(*at);
            continue;
        }
        for (; many > 0; many--)
            pattern[len++] = (char)(*at == 'n' ? 'd' : *at == 'a' ? 'A' : 'X');
    }
    pattern[len - 1] = 'd';
    memcpy(value, ibans[country].country, 2);
    memcpy(value + 2, "00", 2);
    value_fill(generator, pattern, value + 4);
    unsigned check = 98 - mod_97(value);
    value[2] = (char)('0' + check / 10);
    value[3] = (char)('0' + check % 10);
}

static void spoil_iban(struct generator *generator, char *value)
{
    unsigned check = digit_of(value[2]) * 10 + digit_of(value[3]);

    check = (check + 1 + generator_below(generator, 90)) % 97 + 2;
    value[2] = (char)('0' + check / 10);
    value[3] = (char)('0' + check % 10);
    if (mod_97(value) == 1)
        value[3] = (char)('0' + (digit_of(value[3]) + 1) % 10);
}

static const char *const iban_forms[] = {"<*>", "<&>", "IBAN: <*>", "IBAN <&>", NULL};

static void make_aba(struct generator *generator, char *value)
{
    static const char *const districts[] = {"01", "06", "12", "21", "32", "61", "72", "80"};
    static const uint8_t weights[] = {3, 7, 1, 3, 7, 1, 3, 7};
    unsigned sum = 0;

    value_fill(generator, "ddddddddd", value);
    memcpy(value, GENERATOR_PICK(generator, districts), 2);
    for (size_t i = 0; i < 8; i++)
        sum += weights[i] * digit_of(value[i]);
    value[8] = (char)('0' + (10 - sum % 10) % 10);
}

static const char *const aba_forms[] = {
    "ABA <999999999>", "routing number: <999999999>", "<999999999>", "Routing # <999999999>", NULL,
};

static void make_account(struct generator *generator, char *value)
{
    static const char *const shapes[] = {"dddddd",       "dddddddd",    "dddddddddd",
                                         "dddddddddddd", "dd-dddddd-d", "ddd-dddddd"};

    value_fill(generator, GENERATOR_PICK(generator, shapes), value);
}

static const char *const account_forms[] = {
    "Account # <*>",         "Acct: <*>", "account number <*>", "acct_no=<*>",
    "Guarantor account <*>", NULL,
};

/* ---- those who treat, what is used on people ---- */

static void make_npi(struct generator *generator, char *value)
{
    value_fill(generator, generator_below(generator, 2) ? "1ddddddddd" : "2ddddddddd", value);
    luhn_close(value, 24);
}

static const char *const npi_forms[] = {"NPI <9999999999>", "NPI: <9999999999>", "NPI#<9999999999>",
                                        "<9999999999>", NULL};

static void make_dea(struct generator *generator, char *value)
{
    value_fill(generator, "AAddddddd", value);
    /* Not "BS", "FY", "PR": standards, years and what programmers request of each other. */
    value[0] = "AGMX"[generator_below(generator, 4)];
    if (generator_below(generator, 8) == 0)
        value[1] = '9';
    unsigned sum = digit_of(value[2]) + digit_of(value[4]) + digit_of(value[6]) +
                   2 * (digit_of(value[3]) + digit_of(value[5]) + digit_of(value[7]));
    value[8] = (char)('0' + sum % 10);
}

static const char *const dea_forms[] = {"DEA <*>", "DEA# <*>", "DEA: <*>", "<*>", NULL};

static unsigned vin_sum(const char *value)
{
    static const char values[] = "0123456789.ABCDEFGH..JKLMN.P.R..STUVWXYZ";
    static const uint8_t weights[] = {8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2};
    unsigned sum = 0;

    for (size_t i = 0; i < 17; i++)
        sum += (unsigned)(strchr(values, value[i]) - values) % 10 * weights[i];
    return sum % 11;
}

static void make_vin(struct generator *generator, char *value)
{
    static const char *const shapes[] = {"1XXXXXX00XXdddddd", "4XXXX0000XXdddddd",
                                         "5XXXXd000XXdddddd", "JXXXXXd00XXdddddd"};

    value_fill(generator, GENERATOR_PICK(generator, shapes), value);
    unsigned check = vin_sum(value);
    value[8] = (char)(check == 10 ? 'X' : '0' + check);
}

static void spoil_vin(struct generator *generator, char *value)
{
    unsigned check = (vin_sum(value) + 1 + generator_below(generator, 9)) % 11;

    value[8] = (char)(check == 10 ? 'X' : '0' + check);
}

static const char *const vin_forms[] = {"VIN <*>", "VIN: <*>", "<*>", "vin=<*>", NULL};

static void make_imei(struct generator *generator, char *value)
{
    static const char *const bodies[] = {"01", "35", "86", "98", "99"};

    value_fill(generator, "ddddddddddddddd", value);
    memcpy(value, GENERATOR_PICK(generator, bodies), 2);
    luhn_close(value, 0);
}

static const char *const imei_forms[] = {
    "IMEI <999999999999999>", "IMEI: <99-999999-999999-9>", "<99-999999-999999-9>",
    "<999999999999999>",      "<99 999999 999999 9>",       NULL,
};

static void make_serial(struct generator *generator, char *value)
{
    static const char *const shapes[] = {"KAddddddAd", "dddddddd", "KAA-dddddd", "AddAdddd",
                                         "KAAddddddA"};

    value_fill(generator, GENERATOR_PICK(generator, shapes), value);
}

static const char *const serial_forms[] = {
    "S/N <*>", "Serial No. <*>", "serial number: <*>", "SN: <*>", "pacemaker serial <*>", NULL,
};

/* GS1: its check digit has weights 3 and 1. */
static void make_udi(struct generator *generator, char *value)
{
    unsigned sum = 0;

    value_fill(generator, "00ddddddddddd0", value);
    for (size_t i = 0; i < 13; i++)
        sum += digit_of(value[i]) * (i % 2 ? 1 : 3);
    value[13] = (char)('0' + (10 - sum % 10) % 10);
    value_fill(generator, "250701280615AAdddXddddddd", value + 14);
}

static void spoil_udi(struct generator *generator, char *value)
{
    value[13] = (char)('0' + (digit_of(value[13]) + 1 + generator_below(generator, 9)) % 10);
}

static const char *const udi_forms[] = {
    "<(01)99999999999999(11)999999(17)999999(10)99999(21)99999999>",
    "UDI <(01)99999999999999(17)999999(11)999999(10)99999(21)99999999>",
    NULL,
};

static void make_mac(struct generator *generator, char *value)
{
    for (size_t i = 0; i < 12; i++)
        value[i] = "0123456789ABCDEF"[generator_below(generator, 16)];
    value[12] = '\0';
}

static const char *const mac_forms[] = {"<99:99:99:99:99:99>", "<99-99-99-99-99-99>",
                                        "MAC <9999.9999.9999>", "MAC address <999999999999>", NULL};

/* RFC 9562, version 4 */
static void make_uuid(struct generator *generator, char *value)
{
    for (size_t i = 0; i < 32; i++)
        value[i] = "0123456789abcdef"[generator_below(generator, 16)];
    value[12] = '4';
    value[16] = "89ab"[generator_below(generator, 4)];
    value[32] = '\0';
}

static const char *const uuid_forms[] = {"<99999999-9999-9999-9999-999999999999>",
                                         "{<99999999-9999-9999-9999-999999999999>}", NULL};

static const char *const uuid_patient_forms[] = {"patient <99999999-9999-9999-9999-999999999999>",
                                                 NULL};

/* ---- telephones ---- */

static void make_phone(struct generator *generator, char *value)
{
    do
        value_fill(generator, "nddndddddd", value);
    while (value[1] == '9' || (value[1] == '1' && value[2] == '1') ||
           (value[4] == '1' && value[5] == '1'));
    if (generator_below(generator, 6) == 0)
        value_fill(generator, "dddd", value + 10);
}

static const char *const phone_forms[] = {
    "<(999) 999-9999>",
    "<(999)999-9999>",
    "<999-999-9999>",
    "<999.999.9999>",
    "<999 999 9999>",
    "<+1 999 999 9999>",
    "<+1-999-999-9999>",
    "<+1 (999) 999-9999>",
    "<1-999-999-9999>",
    "<+19999999999>",
    "<9999999999>",
    "<001 999 999 9999>",
    "tel:<+1-999-999-9999>",
    "Fax: <(999) 999-9999>",
    "phone <9999999999>",
    "call <999-999-9999>",
    "<(999) 999-9999 x9999>",
    "<999-999-9999 ext. 9999>",
    NULL,
};

static void make_phone_abroad(struct generator *generator, char *value)
{
    static const char *const plans[] = {
        "+44 20 7ddd dddd",  "+44 7ddd dddddd",   "020 7ddd dddd",     "07ddd dddddd",
        "+33 1 dd dd dd dd", "06 dd dd dd dd",    "01.dd.dd.dd.dd",    "+49 30 dddddddd",
        "030 dddddddd",      "0171 ddddddd",      "+34 6dd dd dd dd",  "9dd ddd ddd",
        "+39 06 dddd dddd",  "+39 3dd ddd dddd",  "+31 6 dddddddd",    "06-dddddddd",
        "020 ddd dddd",      "+32 2 ddd dd dd",   "04dd dd dd dd",     "+41 44 ddd dd dd",
        "044 ddd dd dd",     "+43 1 ddddddd",     "+46 8 ddd ddd dd",  "08-ddd ddd dd",
        "+47 dd dd dd dd",   "+45 dd dd dd dd",   "+358 40 ddd dddd",  "+48 ddd ddd ddd",
        "+91 9dddd ddddd",   "9dddd ddddd",       "+61 2 dddd dddd",   "04dd ddd ddd",
        "+64 21 ddd dddd",   "+81 3 dddd dddd",   "03-dddd-dddd",      "090-dddd-dddd",
        "+82 10 dddd dddd",  "010-dddd-dddd",     "+86 13d dddd dddd", "13d dddd dddd",
        "+55 11 9dddd dddd", "+52 55 dddd dddd",  "+972 50 ddd dddd",  "050-ddd-dddd",
        "+27 82 ddd dddd",   "082 ddd dddd",      "+7 9dd ddd dd dd",  "+90 5dd ddd dd dd",
        "+353 1 ddd dddd",   "+380 dd ddd dd dd", "+966 5d ddd dddd",  "0044 20 7ddd dddd",
    };

    value_fill(generator, GENERATOR_PICK(generator, plans), value);
}

static const char *const abroad_forms[] = {"<*>", "tel <*>", "phone: <*>", NULL};

/* ---- the table ---- */

const struct maker number_makers[] = {
    {"ssn", REDACT_SSN, make_ssn, spoil_ssn, SIGNS | BESIDE | CUT, ssn_forms},
    {"itin", REDACT_SSN, make_itin, spoil_itin, SIGNS | BESIDE | CUT, itin_forms},
    {"mbi", REDACT_HEALTH_PLAN, make_mbi, spoil_mbi, ANY_CASE, mbi_forms},
    {"nhs", REDACT_MRN, make_nhs, spoil_last, SIGNS | BESIDE | CUT, nhs_forms},
    {"mrn", REDACT_MRN, make_mrn, NULL, ONE_CASE, mrn_forms},
    {"plan", REDACT_HEALTH_PLAN, make_plan, NULL, ONE_CASE, plan_forms},
    {"licence", REDACT_LICENSE, make_licence, NULL, ONE_CASE, licence_forms},
    {"passport", REDACT_OTHER_ID, make_passport, NULL, ONE_CASE, passport_forms},
    {"biometric", REDACT_BIOMETRIC, make_image, NULL, ONE_CASE, biometric_forms},
    {"photo", REDACT_PHOTO, make_image, NULL, ONE_CASE, photo_forms},
    {"plate", REDACT_VEHICLE, make_plate, NULL, 0, plate_forms},
    {"card", REDACT_CARD, make_card, spoil_last, SIGNS | BESIDE | CUT, card_forms},
    {"iban", REDACT_ACCOUNT, make_iban, spoil_iban, ANY_CASE, iban_forms},
    {"aba", REDACT_ACCOUNT, make_aba, spoil_last, CUT, aba_forms},
    {"account", REDACT_ACCOUNT, make_account, NULL, ONE_CASE | CUT, account_forms},
    {"npi", REDACT_LICENSE, make_npi, spoil_last, CUT, npi_forms},
    {"dea", REDACT_LICENSE, make_dea, spoil_last, ANY_CASE, dea_forms},
    {"vin", REDACT_VEHICLE, make_vin, spoil_vin, ANY_CASE, vin_forms},
    {"imei", REDACT_DEVICE, make_imei, spoil_last, SIGNS | CUT, imei_forms},
    {"serial", REDACT_DEVICE, make_serial, NULL, ONE_CASE, serial_forms},
    {"udi", REDACT_DEVICE, make_udi, spoil_udi, 0, udi_forms},
    {"mac", REDACT_DEVICE, make_mac, NULL, ANY_CASE, mac_forms},
    {"uuid", REDACT_OTHER_ID, make_uuid, NULL, ANY_CASE, uuid_forms},
    {"uuid of a patient", REDACT_OTHER_ID, make_uuid, NULL, ANY_CASE, uuid_patient_forms},
    {"phone", REDACT_PHONE, make_phone, NULL, SIGNS | BESIDE | CUT, phone_forms},
    {"phone abroad", REDACT_PHONE, make_phone_abroad, NULL, 0, abroad_forms},
};

const size_t number_makers_count = sizeof(number_makers) / sizeof(number_makers[0]);
