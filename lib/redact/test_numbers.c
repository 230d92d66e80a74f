/*
 * Numbers, recogniser by recogniser: what is removed and as what, what comes near and stays (or is
 * not called what it fails to be), and that no way of writing lets an identifier through. Numbers
 * are of test ranges or made up.
 */

#include <stdio.h>
#include <string.h>

#include "redact/redact.h"
#include "tap.h"

static struct redactor *balanced;
static struct redactor *strict;

struct row {
    const char *raw;
    const char *clean;
};

static struct text clean_of(const struct redactor *redactor, const char *string,
                            struct arena *arena)
{
    static char raw[1024];
    struct redaction redaction;

    (void)snprintf(raw, sizeof(raw), "%s", string);
    if (redact(redactor, (struct raw_text){.at = raw, .len = strlen(raw)}, arena, &redaction))
        return text_of("(refused)");
    return clean_text_view(redaction.clean);
}

static bool becomes(const struct redactor *redactor, const char *raw, const char *clean)
{
    CLEANUP(arena_free) struct arena *arena = NULL;

    CHECK(arena_new(&arena, 65536) == 0);
    struct text view = clean_of(redactor, raw, arena);
    if (text_equal(view, text_of(clean)))
        return true;
    printf("# %s\n#   gave   %.*s\n#   wanted %s\n", raw, (int)view.len, view.at, clean);
    return false;
}

static void all_become(const struct row *rows, size_t count)
{
    bool all = true;

    for (size_t i = 0; i < count; i++)
        all = becomes(balanced, rows[i].raw, rows[i].clean) && all;
    CHECK(all);
}

static void all_stay(const char *const *texts, size_t count)
{
    bool all = true;

    for (size_t i = 0; i < count; i++)
        all = becomes(balanced, texts[i], texts[i]) && all;
    CHECK(all);
}

#define ALL(rows) all_become(rows, sizeof(rows) / sizeof(rows[0]))
#define STAY(texts) all_stay(texts, sizeof(texts) / sizeof(texts[0]))

/* SSA POMS RM 10201.035; Social Security Number Randomization, 2011. */
static void social_security_numbers_go_whatever_their_area(void)
{
    static const struct row rows[] = {
        {"233-67-2090", "[ssn]"},
        {"233 67 2090", "[ssn]"},
        {"233.67.2090", "[ssn]"},
        {"SSN: 233672090", "SSN: [ssn]"},
        {"Soc. Sec. # 233672090", "Soc. Sec. # [ssn]"},
        {"last 4 of SSN 2090", "last 4 of SSN [ssn]"},
        {"x 7-233-67-2090-1 y", "x [ssn] y"},
        {"a1f-233-67-2090", "a1f-[ssn]"},
        /* what looks random does not hide one, nor does a label in it */
        {"ICD 1-1-1-1-1-1-1-1-1-1-233-67-2090", "ICD 1-1-[ssn]"},
        {"034-06-3457lU2tp0D6a34kU3rp0Da", "[ssn][other_id]"},
        {"x0-3-ssn6lU-1-236-40-3457lU2tp0Dah", "x0-3-ssn6lU-1-[ssn]lU2tp0Dah"},
        /* not issued, and somebody's all the same */
        {"000-12-3456", "[other_id]"},
        {"clU21cmping1jj41b2c000-12-3456lU21c.c", "[other_id][other_id]lU21c.c"},
        {"666-12-3456", "[other_id]"},
        {"123-00-4567", "[other_id]"},
        {"123-45-0000", "[other_id]"},
        {"078-05-1120", "[other_id]"},
        {"219-09-9999", "[other_id]"},
        {"SSN 666-12-3456", "SSN [other_id]"},
    };
    static const char *const near[] = {
        "12-34-5",
        "room 233-67",
        "1.23.4567",
        "v233.67.209",
    };

    ALL(rows);
    STAY(near);
}

/* IRS Publication 4757: 9xx, then 50-65, 70-88, 90-92, 94-99. */
static void taxpayer_numbers_are_known_by_their_groups(void)
{
    static const struct row rows[] = {
        {"912-50-1234", "[ssn]"},
        {"912-65-1234", "[ssn]"},
        {"999-88-1234", "[ssn]"},
        {"900-94-1234", "[ssn]"},
        {"912-49-1234", "[other_id]"},
        {"912-66-1234", "[other_id]"},
        {"912-89-1234", "[other_id]"},
        {"912-93-1234", "[other_id]"},
        {"EIN 12-3456789", "EIN [other_id]"},
    };

    ALL(rows);
}

/* NANPA, ATIS-0300051. */
static void telephones_of_north_america_go(void)
{
    static const struct row rows[] = {
        {"(212) 555-0123", "[phone]"},
        {"(212)555-0123", "[phone]"},
        {"(212)-555-0123", "[phone]"},
        {"(212)5550123", "[phone]"},
        {"212-555-0123", "[phone]"},
        {"212.555.0123", "[phone]"},
        {"212 555 0123", "[phone]"},
        {"212/555-0123", "[phone]"},
        {"1-212-555-0123", "[phone]"},
        {"1 (212) 555-0123", "[phone]"},
        {"2125550123", "[phone]"},
        {"12125550123", "[phone]"},
        {"212-555-0123 x45", "[phone]"},
        {"212-555-0123 ext. 4567", "[phone]"},
        {"call 555-0123 now", "call [phone] now"},
        {"pager 4471", "pager [phone]"},
        {"fax: 212-555-0123", "fax: [fax]"},
        {"Facsimile (212) 555-0123", "Facsimile [fax]"},
        /* no area code begins with 1 or is 911 */
        {"112-555-0123", "[other_id]"},
        {"911-555-0123", "[other_id]"},
        {"212-111-0123", "[other_id]"},
    };
    static const char *const near[] = {"555-01", "212-555", "at 5:55-6:30", "ratio 212:555"};

    ALL(rows);
    STAY(near);
}

/* ITU-T E.164 and E.123, and the national plans. */
static void telephones_of_the_world_go(void)
{
    static const struct row rows[] = {
        {"+44 20 7946 0958", "[phone]"},
        {"+442079460958", "[phone]"},
        {"+44 (0)20 7946 0958", "[phone]"},
        {"(+44) 20 7946 0958", "[phone]"},
        {"+49 30 901820", "[phone]"},
        {"+33 1 99 00 12 34", "[phone]"},
        {"+91 98765 43210", "[phone]"},
        {"+55 (11) 91234-5678", "[phone]"},
        {"+1-212-555-0123", "[phone]"},
        {"0044 20 7946 0958", "[phone]"},
        {"011 44 20 7946 0958", "[phone]"},
        {"020 7946 0958", "[phone]"},
        {"07700 900123", "[phone]"},
        {"01 99 00 12 34", "[phone]"},
        {"030/901820", "[phone]"},
        {"0171 1234567", "[phone]"},
        {"0412 345 678", "[phone]"},
        {"(02) 9374 4000", "[phone]"},
        {"138 1234 5678", "[phone]"},
        {"98765 43210", "[phone]"},
        {"(11) 91234-5678", "[phone]"},
        {"8 (495) 123-45-67", "[phone]"},
        {"612 34 56 78", "[phone]"},
        /* only where a telephone is spoken of */
        {"please call 12 34 56 78", "please call [phone]"},
        {"tel. 6123 4567", "tel. [phone]"},
    };
    static const char *const near[] = {
        "lotto 12 34 56 78", "0.12345", "+5 points", "+15 %", "6123 4567", "from 0900 to 1700",
    };

    ALL(rows);
    STAY(near);
}

/* ISO/IEC 7812-1 and the issuers' ranges. */
static void cards_are_known_by_issuer_and_check_digit(void)
{
    static const struct row rows[] = {
        {"4111 1111 1111 1111", "[card]"},
        {"4111-1111-1111-1111", "[card]"},
        {"4111111111111111", "[card]"},
        {"5555555555554444", "[card]"},
        {"2223003122003222", "[card]"},
        {"3782 822463 10005", "[card]"},
        {"378282246310005", "[card]"},
        {"6011 1111 1111 1117", "[card]"},
        {"3530111333300000", "[card]"},
        {"30569309025904", "[card]"},
        {"3056 930902 5904", "[card]"},
        {"4222222222222", "[card]"},
        {"6759 6498 2643 8453", "[card]"},
        {"Visa ending in 1111", "Visa ending in [card]"},
        {"4111 1111 1111 1111x", "[card]x"},
        {"5500-0000-0000-0004b", "[card]b"},
        /* cut by the end of the text, down to what a receipt shows */
        {"to 4111 1111 1111...", "to [other_id]..."},
        {"to 4111 1111 11\u2026", "to [other_id]\u2026"},
        {"to 4111 1111 1", "to [other_id]"},
        {"to 4111 1111", "to 4111 1111"},
        {"to 4111 1111 1 then", "to 4111 1111 1 then"},
        /* the last digit is wrong, or nobody issues such */
        {"4111 1111 1111 1112", "[other_id]"},
        {"4111111111111112", "[other_id]"},
        {"card 4111111111111112", "card [other_id]"},
        {"9999999999999995", "[other_id]"},
    };

    ALL(rows);
}

/* ABA, CMS, 3GPP TS 23.003, GS1, NHS Data Dictionary. */
static void numbers_with_a_check_digit_are_called_so_only_when_it_is_right(void)
{
    static const struct row rows[] = {
        {"routing 021000021", "routing [account]"},
        {"ABA# 021000022", "ABA# [other_id]"},
        {"021000021", "[account]"},
        {"021000022", "[other_id]"},
        {"NPI 1234567893", "NPI [license]"},
        {"NPI: 1234567894", "NPI: [other_id]"},
        {"IMEI 490154203237518", "IMEI [device]"},
        {"IMEI 490154203237519", "IMEI [other_id]"},
        {"49-015420-323751-8", "[device]"},
        {"490154203237518", "[device]"},
        {"NHS no 943 476 5919", "NHS no [mrn]"},
        {"NHS no 943 476 5918", "NHS no [other_id]"},
        {"(01)00884838012349(17)290101(10)AB12(21)77123", "[device]"},
        {"(01)00884838012345(17)290101(21)77123", "[other_id]"},
        {"UDI (01)00884838012349(21)7-71.23", "UDI [device]"},
    };

    ALL(rows);
}

/* The authorities of each country; see the forms of digits.c. */
static void national_numbers_of_people_go(void)
{
    static const struct row rows[] = {
        {"social insurance 046 454 286", "social insurance [other_id]"},
        {"046-454-286", "[other_id]"},
        {"Aadhaar 2345 6789 0123", "Aadhaar [other_id]"},
        {"2345 6789 0123", "[other_id]"},
        {"CPF 123.456.789-09", "CPF [other_id]"},
        {"123.456.789-09", "[other_id]"},
        {"756.1234.5678.97", "[other_id]"},
        {"85.07.30-033.28", "[other_id]"},
        {"1 85 05 78 006 084 36", "[other_id]"},
        {"12 345 678 901", "[other_id]"},
        {"811228-9874", "[other_id]"},
        {"NI no. QQ 12 34 56 C", "NI no. [other_id]"},
        {"QQ 12 34 56 C", "[other_id]"},
        {"Medicare 2123 45670 1", "Medicare [health_plan]"},
        {"passport 123456789", "passport [other_id]"},
        {"W1234 17 123456", "[other_id]"},
    };
    static const char *const near[] = {"QQ 12 34 56 Z", "12 345", "12 34 56"};

    ALL(rows);
    STAY(near);
}

static void a_label_says_what_a_number_is(void)
{
    static const struct row rows[] = {
        {"MRN 1234", "MRN [mrn]"},
        {"MRN#1234", "MRN#[mrn]"},
        {"MR# 123456", "MR# [mrn]"},
        {"MR123456", "[mrn]"},
        {"mrn123456.pdf", "mrn[mrn].pdf"},
        {"PatientID=77123", "PatientID=[mrn]"},
        {"patientid=77123", "patientid=[mrn]"},
        {"call 08-260 873 48 x", "call [phone] x"},
        {"phone: 93802 9227", "phone: [phone]"},
        {"patient_id: 77123", "patient_id: [mrn]"},
        {"Med Rec No. 12-34-56", "Med Rec No. [mrn]"},
        {"Medical Record Number (MRN): E1234567", "Medical Record Number (MRN): [mrn]"},
        {"EMPI 1002003", "EMPI [mrn]"},
        {"UHID:445566", "UHID:[mrn]"},
        {"Hospital No 445566", "Hospital No [mrn]"},
        {"77123 (MRN)", "[mrn] (MRN)"},
        {"MRN is 146 208 492", "MRN is [mrn]"},
        {"FIN: 445566778", "FIN: [other_id]"},
        {"CSN 1234567", "CSN [other_id]"},
        {"HAR 600123", "HAR [account]"},
        {"Acct no. 852-76", "Acct no. [account]"},
        {"Guarantor: 4455", "Guarantor: [account]"},
        {"Claim # 2024-00123", "Claim # [other_id]"},
        {"Member ID: XQJ-8823-001", "Member ID: [health_plan]"},
        {"member ID W2201 88301 denied", "member ID [health_plan] denied"},
        {"Certificate no. 882-19-AA expired", "Certificate no. [license] expired"},
        {"Device serial 88213-QX for", "Device serial [device] for"},
        {"MRN 4471902-ICU", "MRN [mrn]-ICU"},
        {"Subscriber no W387080762", "Subscriber no [health_plan]"},
        {"Policy number is AB 123456", "Policy number is [health_plan]"},
        {"Group # 70123", "Group # [health_plan]"},
        {"Medicaid 12345678A", "Medicaid [health_plan]"},
        {"PHN 9876 543 210", "PHN [health_plan]"},
        {"DL D1234567", "DL [license]"},
        {"driver's licence A123-4567-8901", "driver's licence [license]"},
        {"D.L. No. O 283 766 528 091", "D.L. No. [license]"},
        {"license plate 7ABC123", "license plate [vehicle]"},
        {"plate ABC 1234", "plate [vehicle]"},
        {"plate Q71-VIS", "plate [vehicle]"},
        {"plate AB12 CDE", "plate [vehicle]"},
        {"plate 1AB 2345", "plate [vehicle]"},
        {"pacemaker SN 48213-B", "pacemaker SN [device]"},
        {"serial number 8842-AX-19920", "serial number [device]"},
        {"Lot: 77120", "Lot: [device]"},
        {"badge 4471", "badge [other_id]"},
        {"employee id 4471", "employee id [other_id]"},
        {"specimen 2024-8812", "specimen [other_id]"},
        {"accession A-2024-009912", "accession [other_id]"},
        {"Rx# 7654321", "Rx# [other_id]"},
        {"prior auth 77120", "prior auth [other_id]"},
        {"fingerprint_00231.png", "fingerprint_[biometric].png"},
        {"iris scan 231.bmp", "iris scan [biometric].bmp"},
        {"headshot_0231.jpg", "headshot_[photo].jpg"},
        {"PIN 4471", "PIN [other_id]"},
        {"ZIP 02139", "ZIP [geo]"},
        {"02139 zip", "[geo] zip"},
        {"DOB 03/04/1961", "DOB [date]"},
        {"acct 852763244 due 03/04/2021", "acct [account] due [date]"},
    };
    /* A label is a whole word, next to its value; a year is no value. */
    static const char *const near[] = {
        "smrny 12345",      "recharted 12345",    "Chart 2024 - Excel", "Policy 2023 review",
        "Account overview", "Client 22.3.1000.5", "member of 12345",    "the account has 12345",
    };

    ALL(rows);
    STAY(near);
}

static void codes_that_are_the_same_for_everybody_stay(void)
{
    static const char *const near[] = {
        "ICD-10 E11.9",   "ICD10: I25.10",
        "CPT 99213",      "NDC 0002-3227-30",
        "LOINC 2345-7",   "SNOMED 44054006",
        "RxCUI 1049221",  "NCT01234567",
        "PMID: 12345678", "doi:10.1001/jama.2023.12345",
        "DRG 470",        "HCPCS G0438",
    };

    STAY(near);
}

static void quantities_stay(void)
{
    static const char *const near[] = {
        "BP 120/80, pulse 72",
        "pt BP 120/80, HR 72",
        "K 4.2 mmol/l, Na 138",
        "500 mg, 0.5 ml, 2x20",
        "GCS 15/15, pain 7/10",
        "$1,299.00 and $12999999",
        "12.5% of 99.95%",
        "build 4.2.56.28",
        "version 10.0.19045.3803",
        "v4.2",
        "Budget 2019",
        "2019-2020",
        "2019/2020",
        "at 10:08:33",
        "Inbox (127)",
        "Inbox (99999)",
        "page 127/1024",
        "pages 1234-1241",
        "ratio 1024/2048",
        "10-20 and 24/7",
        "3.14159265358",
        "1048576 bytes",
        "7340032 rows",
        "150000-450000",
        "plt 250000",
        "5000000 cells",
        "1,234,567",
        "port 8080",
    };

    STAY(near);
}

static void bare_numbers_are_somebodys_where_a_patient_is_spoken_of(void)
{
    static const struct row rows[] = {
        {"ref 1234567", "ref [other_id]"},
        {"123456 open", "123456 open"},
        {"patient seen 123456", "patient seen [other_id]"},
        {"patient seen (12345)", "patient seen ([other_id])"},
        {"patient seen 12345", "patient seen 12345"},
        {"Order #34703", "Order #34703"},
        {"patient, order #34703", "patient, order #[other_id]"},
        {"ticket 1234567", "ticket 1234567"},
        {"build 1234567", "build 1234567"},
        {"45-41-29", "[other_id]"},
        {"pt chart 45-41-29", "pt chart [mrn]"},
        {"40.712776, -74.005974", "[geo]"},
        {"40.7, 74.0", "40.7, 74.0"},
    };

    ALL(rows);
}

/* Every way in which people and programs write the same digits. */
struct writing {
    const char *name;
    const char *gap;  /* for each gap of the plain form */
    const char *zero; /* the digit 0 in UTF-8, up from which the others are */
};

static void write_as(char *to, size_t room, const char *plain, const struct writing *writing)
{
    size_t len = 0;

    for (; *plain && len + 8 < room; plain++) {
        if (*plain == '-') {
            len += (size_t)snprintf(to + len, room - len, "%s", writing->gap);
            continue;
        }
        size_t bytes = strlen(writing->zero);
        memcpy(to + len, writing->zero, bytes);
        to[len + bytes - 1] = (char)(to[len + bytes - 1] + (*plain - '0'));
        len += bytes;
    }
    to[len] = 0;
}

static void no_writing_lets_an_identifier_through(void)
{
    static const char *const plain[] = {"233-67-2090", "912-71-1234", "212-555-0123",
                                        "4111-1111-1111-1111"};
    static const struct writing writings[] = {
        {"hyphens", "-", "0"},
        {"blanks", " ", "0"},
        {"two blanks", "  ", "0"},
        {"dots", ".", "0"},
        {"slashes", "/", "0"},
        {"underlines", "_", "0"},
        {"spaced hyphens", " - ", "0"},
        {"blank and hyphen", " -", "0"},
        {"hyphen and blank", "- ", "0"},
        {"no-break blanks", "\u00a0", "0"},
        {"thin blanks", "\u2009", "0"},
        {"en dashes", "\u2013", "0"},
        {"spaced en dashes", " \u2013 ", "0"},
        {"non-breaking hyphens", "\u2011", "0"},
        {"minus signs", "\u2212", "0"},
        {"full-width hyphens", "\uff0d", "0"},
        {"hyphens and nothing wide", "-\u200b", "0"},
        {"full-width digits", "-", "\uff10"},
        {"full-width digits and signs", "\uff0d", "\uff10"},
        {"arabic digits", "-", "\u0660"},
        {"escaped blanks", "%20", "0"},
        {"escaped hyphens", "%2D", "0"},
        {"twice escaped", "%252D", "0"},
    };
    static const char *const around[][2] = {{"", ""},
                                            {"(", ")"},
                                            {"x ", ", y"},
                                            {"scan_", ".pdf"},
                                            {"https://e.example.org/q?a=", "&b=1"}};
    bool all = true;

    for (size_t p = 0; p < sizeof(plain) / sizeof(plain[0]); p++)
        for (size_t w = 0; w < sizeof(writings) / sizeof(writings[0]); w++)
            for (size_t a = 0; a < sizeof(around) / sizeof(around[0]); a++) {
                CLEANUP(arena_free) struct arena *arena = NULL;
                char number[256];
                char raw[512];

                write_as(number, sizeof(number), plain[p], &writings[w]);
                (void)snprintf(raw, sizeof(raw), "%s%s%s", around[a][0], number, around[a][1]);
                CHECK(arena_new(&arena, 65536) == 0);
                struct text clean = clean_of(balanced, raw, arena);
                number[4] = '\0';
                bool gone = !strstr(clean.at, number);
                if (!gone)
                    printf("# %s, %s: %.*s\n", raw, writings[w].name, (int)clean.len, clean.at);
                all = all && gone;
            }
    CHECK(all);
}

static void strict_leaves_no_number_of_three_digits(void)
{
    CHECK(becomes(strict, "order 12 of 345", "order 12 of [unknown]"));
    CHECK(becomes(strict, "order 34703", "order [other_id]"));
    CHECK(becomes(strict, "ICD 12345", "ICD [other_id]"));
}

int main(void)
{
    CHECK(redactor_new(&balanced, &(struct redactor_options){.profile = REDACT_BALANCED}, NULL) ==
          0);
    CHECK(redactor_new(&strict, &(struct redactor_options){.profile = REDACT_STRICT}, NULL) == 0);
    RUN(social_security_numbers_go_whatever_their_area);
    RUN(taxpayer_numbers_are_known_by_their_groups);
    RUN(telephones_of_north_america_go);
    RUN(telephones_of_the_world_go);
    RUN(cards_are_known_by_issuer_and_check_digit);
    RUN(numbers_with_a_check_digit_are_called_so_only_when_it_is_right);
    RUN(national_numbers_of_people_go);
    RUN(a_label_says_what_a_number_is);
    RUN(codes_that_are_the_same_for_everybody_stay);
    RUN(quantities_stay);
    RUN(bare_numbers_are_somebodys_where_a_patient_is_spoken_of);
    RUN(no_writing_lets_an_identifier_through);
    RUN(strict_leaves_no_number_of_three_digits);
    redactor_free(balanced);
    redactor_free(strict);
    return tap_done();
}
