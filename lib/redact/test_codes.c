/* Codes, addresses of machines, e-mail, web addresses: what goes, under which kind, and what stays.
 */

#include "redact/test_rows.h"

/* Numbers made by the authority's own rule, not anybody's. */
static void vehicle_numbers_of_49_cfr_565(void)
{
    static const struct row rows[] = {
        {"1HGCM82633A004352", "[vehicle]"},
        {"1hgcm82633a004352 towed", "[vehicle] towed"},
        {"car 1M8GDM9AXKP042788.", "car [vehicle]."},
        {"%31HGCM82633A004352", "[vehicle]"},
        /* the check digit is wrong: somebody's number all the same */
        {"1HGCM82643A004352", "[other_id]"},
        /* no I, O, Q in one, and not seventeen */
        {"1HGCM82633I004352", "[other_id]"},
        {"1HGCM82633A0043521", "[other_id]"},
    };

    ALL(balanced, rows);
}

static void beneficiary_numbers_of_cms(void)
{
    static const struct row rows[] = {
        {"1EG4-TE5-MK73", "[health_plan]"},
        {"1EG4TE5MK73", "[health_plan]"},
        {"1eg4 te5 mk73", "[health_plan]"},
        {"member 1EG4-TE5-MK72 active", "member [health_plan] active"},
        /* S, L, O, I, B and Z are never used */
        {"1SG4-TE5-MK73", "[other_id]"},
        {"0EG4TE5MK73", "[other_id]"},
        {"H1N1 and 2D3D", "H1N1 and 2D3D"},
    };

    ALL(balanced, rows);
}

static void registrations_of_the_dea(void)
{
    static const struct row rows[] = {
        {"AB1234563", "[license]"},  {"prescriber ab1234563", "prescriber [license]"},
        {"B91234563", "[license]"},  {"AB1234564", "[other_id]"},
        {"ZZ1234563", "[other_id]"},
    };

    ALL(balanced, rows);
}

static void account_numbers_of_banks(void)
{
    static const struct row rows[] = {
        {"GB82 WEST 1234 5698 7654 32", "[account]"},
        {"gb82west12345698765432", "[account]"},
        {"GB82-WEST-1234-5698-7654-32 paid", "[account] paid"},
        {"DE89370400440532013000", "[account]"},
        {"NO9386011117947", "[account]"},
        {"MT84MALT011000012345MTLCAST001S", "[account]"},
        /* a wrong check, and a length that the country has not */
        {"GB83 WEST 1234 5698 7654 32", "[other_id]"},
        {"DE8937040044053201300", "[other_id]"},
        {"IBAN: DE89370400440532013001", "IBAN: [other_id]"},
        {"FR745276154818LYWS5L1S5EX41", "[other_id]"},
        {"RO60 QRWX 8EYY 8R0X ZE5M MNL9", "[other_id]"},
        {"SWIFT: DEUTDEFF500", "SWIFT: [account]"},
        {"BIC code NEDSZAJJ", "BIC code [account]"},
        {"SWIFT LANGUAGE course", "SWIFT LANGUAGE course"},
        {"send to bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "send to [account]"},
        {"0x52908400098527886E0F7030069857D2E4169EE7", "[account]"},
        {"1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "[account]"},
    };

    ALL(balanced, rows);
}

static void numbers_of_devices(void)
{
    static const struct row rows[] = {
        {"352099001761481", "[device]"},
        {"35-209900-176148-1", "[device]"},
        {"(01)00844588003288(17)141120(10)7654321D(21)10987654d321", "[device]"},
        {"scan (01) 00844588003288 ok", "scan [device] ok"},
        {"+H123PARTNO1234567890120/$$420020216LOT123456789012345", "[device]"},
        {"MAC address 10ab4cdd1787", "MAC address [device]"},
        {"MAC address ecD7BB31FAEC", "MAC address [device]"},
    };

    ALL(balanced, rows);
}

static void licences_near_a_word_for_them(void)
{
    static const struct row rows[] = {
        {"license (CA) D1234567", "license (CA) [license]"},
        {"licence W426545302660", "licence [license]"},
        {"code D1234567", "code [other_id]"},
    };

    ALL(balanced, rows);
}

static void codes_of_nobody_known_go_where_they_are_long(void)
{
    static const struct row rows[] = {
        {"AB12-CD34-EF56", "[other_id]"},
        {"Z99X1234", "[other_id]"},
        {"JM02973-46 paired", "[other_id] paired"},
        {"allergies S11-7843", "allergies [other_id]"},
        {"allergies DW-P2J65F", "allergies [other_id]"},
        {"allergies, unit W9902 60 201712", "allergies, unit [other_id]"},
        {"allergies 6d4b2a0e-5b1c-4c1e-9d7a-3f2b1c0d9e8f", "allergies [other_id]"},
        {"allergies abcdefab-1234-4c1e-9d7a-3f2b1c0d9e8f", "allergies [other_id]"},
    };

    ALL(balanced, rows);
}

static void ordinary_codes_stay(void)
{
    static const char *const rows[] = {
        "INC1311202",
        "KB5005565",
        "H1N1",
        "COVID-19",
        "B12 and T2DM",
        "A1c",
        "Windows11",
        "MP3",
        "4K",
        "IPv6",
        "ISO9001 audit",
        "RFC2119",
        "E11.9 and S72.001A",
        "500mg",
        "10mg/5ml",
        "2x",
        "3D",
        "1000mg",
        "5000iu",
        "1920x1080",
        "Budget2024",
        "FY2024",
        "1080p",
        "SARS-CoV-2",
        "UPENDED-7900 [Task]",
        "commit 7cf9fec",
        "HTML5",
        "Office365",
        "b2b",
    };

    STAY(balanced, rows);
}

static void names_that_machines_make_stay_until_a_patient_is_spoken_of(void)
{
    static const struct row rows[] = {
        {"https://docs.google.com/document/d/VgUge5EqFZlPveNTYBXFPXoNO0-uk6scQb6LSw5dy8Xk/edit",
         "https://docs.google.com/document/d/VgUge5EqFZlPveNTYBXFPXoNO0-uk6scQb6LSw5dy8Xk/edit"},
        {"https://e.example.com/x?session=6062d383da350dc01e9a0300da0579d6",
         "https://e.example.com/x?session=6062d383da350dc01e9a0300da0579d6"},
        {"allergies 6062d383da350dc01e9a0300da0579d6", "allergies [other_id]"},
    };

    ALL(balanced, rows);
}

static void universal_identifiers(void)
{
    static const struct row rows[] = {
        {"id 2c517b32-39be-4b93-46a9-e6aa80738692", "id [other_id]"},
        {"{2C517B32-39BE-4B93-46A9-E6AA80738692}", "{[other_id]}"},
        {"https://e.example.com/x/2c517b32-39be-4b93-46a9-e6aa80738692/edit",
         "https://e.example.com/x/[other_id]/edit"},
        {"blue 2c517b-39be-4b93-46a9-e6aa", "blue 2c517b-39be-4b93-46a9-e6aa"},
    };
    static const struct row rows_strict[] = {
        {"colour #a1b2c3", "colour #[unknown]"},
        {"order #a1b2c34", "order #[other_id]"},
    };

    ALL(balanced, rows);
    ALL(strict, rows_strict);
}

static void addresses_of_machines(void)
{
    static const struct row rows[] = {
        {"RDP 192.168.4.9 up", "RDP [ip] up"},
        {"10.0.0.7:8080/24", "[ip]/24"},
        {"10.0.0.0/8 net", "[ip] net"},
        {"host ip-10-1-2-3", "host ip-[ip]"},
        {"fe80::1ff:fe23:4567:890a up", "[ip] up"},
        {"fe80::1%eth0 up", "[ip] up"},
        {"2001:db8:0:0:1:0:0:1/64", "[ip]"},
        {"[::1]:80", "[[ip]]:80"},
        {"::ffff:192.0.2.128", "[ip]"},
        {"64:ff9b::192.0.2.33", "[ip]"},
        {"dead:beef:cafe::", "[ip]"},
        {"It is fe80::1ff:fe23:4567:890a. Next", "It is [ip]. Next"},
        {"2001:db8:0:0:1:0:0:1.pdf", "[ip].pdf"},
        {"5A:E2:CF:E0:47:F7", "[device]"},
        {"aa:bb:cc:dd:ee:ff", "[device]"},
        {"5a-e2-cf-e0-47-f7", "[device]"},
        {"5ae2.cfe0.47f7 up", "[device] up"},
        {"00:1a:2b:ff:fe:3c:4d:5e", "[device]"},
        {"9B-6E-E1-FA-7D-B6-final.txt", "[device]-final.txt"},
        {"AC-DE-49-01-06-FA", "[device]"},
        {"EFDA.AEFF.F636", "[device]"},
        {"EDEE.CD2B.1FC8.docx", "[device].docx"},
        {"build 4.2.56.28 up", "build 4.2.56.28 up"},
        {"v4.2.56.28", "v4.2.56.28"},
        {"section 3.2.1.4", "section 3.2.1.4"},
        {"256.1.1.1 and 1.3.6.1.4.1", "256.1.1.1 and 1.3.6.1.4.1"},
        {"at 12:34:56 std::string face::add", "at 12:34:56 std::string face::add"},
        {"ratio 3:1:2 and 1:30", "ratio 3:1:2 and 1:30"},
    };

    ALL(balanced, rows);
}

static void addresses_of_mail(void)
{
    static const struct row rows[] = {
        {"to jsmith42@", "to [email]"},
        {"to jsmith42@\u2026", "to [email]\u2026"},
        {"jane.doe+x@mail.example.co.uk", "[email]"},
        {"<jane@example.org>,", "<[email]>,"},
        {"mailto:j@example.org?subject=hi", "mailto:[email]?subject=hi"},
        {"https://x.example.org/?to=jane%40example.org", "https://x.example.org/?to=[email]"},
        {"https://x.example.org/?to=jane%2540example.org", "https://x.example.org/?to=[email]"},
        {"\"jane doe\"@example.org", "[email]"},
        {"jane@[192.0.2.1] x", "[email] x"},
        {"j\u00f6rg@b\u00fccher.example", "[email]"},
        {"\uff4aane\uff20example.org", "[email]"},
        {"write jane (at) example (dot) com now", "write [email] now"},
        {"jane at example dot co dot uk", "[email]"},
        {"jane [at] example.com", "[email]"},
        {"look at the dot", "look at the dot"},
        {"meet @ noon", "meet @ noon"},
        {"react@18.2.0", "[other_id]"},
    };

    ALL(balanced, rows);
}

static void web_addresses(void)
{
    static const struct row rows[] = {
        {"https://bob:pw@example.org/x", "[url]"},
        {"https://token:abc9@h/x", "[url]"},
        {"https://e.example.org/chart/97662222/encounters/318917458",
         "https://e.example.org/chart/[mrn]/encounters/[other_id]"},
        {"https://example.org/patient?x=abc&tab=meds",
         "https://example.org/patient?x=[url]&tab=meds"},
        {"www.example.org/patient/88x#a9", "www.example.org/patient/[url]#[url]"},
        {"https://mychart.example.org/visit/a9", "https://mychart.example.org/visit/[url]"},
        {"https://example.org/u/wqzzy", "https://example.org/u/[url]"},
        {"see https://example.org/u/wqzzy, please", "see [url], please"},
        {"my page is example.com/~amina", "my page is [url]"},
        {"find me on linkedin.com/in/wqzzy.", "find me on [url]."},
        {"https://video.example.health/room/k6609624 does not open", "[url] does not open"},
        {"look at www.xyzzyq-photography.example.de", "look at [url]"},
        {"see https://www.example.org/immunization/schedule", "see [url]"},
        {"see http://www.example.org for more", "see [url] for more"},
        {"see www.example.org.", "see [url]."},
        {"open http://[2001:db8::1]/index now", "open [url] now"},
        {"call example.org/useful/recipes now", "call example.org/useful/recipes now"},
        {"open https://example.org/a%20b?q=1#top.", "open [url]."},
        {"https://www.example.org/immunization/schedule",
         "https://www.example.org/immunization/schedule"},
        {"https://www.example.org - Browser", "https://www.example.org - Browser"},
        {"https://example.org/green/tea?x=abc", "https://example.org/green/tea?x=abc"},
    };
    static const struct row rows_strict[] = {
        {"https://www.example.com/a/b?c=d", "https://www.example.com/a/b?c=[url]"},
        {"www.example.com/a/b?c=d", "www.example.com/a/b?c=[url]"},
        {"ftp://example.com/a", "ftp://example.com/a"},
    };

    ALL(balanced, rows);
    ALL(strict, rows_strict);
}

/* Each in every disguise: nothing that spells it may be left. */
/* As forms send what was typed into them (WHATWG URL, application/x-www-form-urlencoded). */
static void a_plus_sign_is_a_blank_where_it_joins(void)
{
    static const struct row rows[] = {
        {"https://x.example/find?q=233+67+2090", "https://x.example/find?q=[ssn]"},
        {"q=4111+1111+1111+1111&l=en", "q=[card]&l=en"},
        {"text=Mrs.+Smith", "text=Mrs.+[name]"},
        {"q=97+years+old", "q=[age]+years+old"},
        {"to=jo+tag@example.com", "to=[email]"},
        {"to=jo%2Btag%40example.com", "to=[email]"},
        {"2009-03-14T10:11:12.345+02:00 x", "[date] x"},
        {"call +1 212 555 0134", "call [phone]"},
    };
    static const char *const stay[] = {"Ctrl+Shift+T", "C++ and a+b", "2+2", "Notepad++"};

    ALL(balanced, rows);
    STAY(balanced, stay);
}

static void disguise_does_not_help(void)
{
    static const char *const rows[] = {
        "1EG4-TE5-MK73",   "GB82WEST12345698765432", "1HGCM82633A004352",   "jane.doe@example.org",
        "192.168.4.99",    "5a:e2:cf:e0:47:f7",      "fe80::1ff:fe23:4567", "AB1234563",
        "352099001761481",
    };

    bool good = true;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        good = disguise_fails(balanced, rows[i]) && good;
    CHECK(good);
}

static void long_texts_of_one_sign_are_redacted_too(void)
{
    static const char *const units[] = {"a.",    "1.",  "@",     "7",    "a@",      "::",     "1-",
                                        "a1",    "a1-", "GB82",  "://",  "f:",      "www.",   "1/",
                                        "\\\\a", "1 ",  "ab12-", "(01)", "at dot ", "ninety "};

    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
        fill(balanced, units[i]);
}

int main(void)
{
    rows_start();
    RUN(vehicle_numbers_of_49_cfr_565);
    RUN(beneficiary_numbers_of_cms);
    RUN(registrations_of_the_dea);
    RUN(account_numbers_of_banks);
    RUN(numbers_of_devices);
    RUN(licences_near_a_word_for_them);
    RUN(codes_of_nobody_known_go_where_they_are_long);
    RUN(ordinary_codes_stay);
    RUN(names_that_machines_make_stay_until_a_patient_is_spoken_of);
    RUN(universal_identifiers);
    RUN(addresses_of_machines);
    RUN(addresses_of_mail);
    RUN(web_addresses);
    RUN(a_plus_sign_is_a_blank_where_it_joins);
    RUN(disguise_does_not_help);
    RUN(long_texts_of_one_sign_are_redacted_too);
    rows_stop();
    return tap_done();
}
