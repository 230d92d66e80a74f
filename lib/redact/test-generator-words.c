/* People, places, times and addresses. Names are frequent ones of the US census of 1990 and of
 * births, towns are large ones; streets have the suffixes of USPS Publication 28. */

#include <stdio.h>
#include <string.h>

#include "redact/test-generator.h"

/* ---- people ---- */

static const char *const given_names[] = {
    "James",   "Mary",      "Robert",    "Patricia", "Michael", "Jennifer", "Linda",   "David",
    "Barbara", "Elizabeth", "Susan",     "Jessica",  "Thomas",  "Karen",    "Nancy",   "Daniel",
    "Matthew", "Sandra",    "Ashley",    "Kimberly", "Donna",   "Steven",   "Sharon",  "Kevin",
    "Brian",   "Deborah",   "Stephanie", "Rebecca",  "Laura",   "Jason",    "Jeffrey", "Ryan",
    "Jacob",   "Cynthia",   "Kathleen",  "Angela",   "Brenda",  "Anna",     "Eric",    "Gregory",
};

static const char *const family_names[] = {
    "Smith",     "Johnson",  "Williams",   "Garcia",    "Miller",    "Rodriguez", "Martinez",
    "Hernandez", "Gonzalez", "Wilson",     "Anderson",  "Thompson",  "Ramirez",   "Robinson",
    "Nguyen",    "Flores",   "Mitchell",   "Campbell",  "Phillips",  "Gutierrez", "Patterson",
    "Sullivan",  "Kowalski", "Peterson",   "O'Brien",   "O'Connor",  "McDonald",  "McCarthy",
    "Sanchez",   "Edwards",  "Morales",    "Schneider", "Fernandez", "Jimenez",   "Alvarez",
    "Castillo",  "Murphy",   "Richardson", "Hoffman",   "Vasquez",
};

static const char *const accented_names[] = {
    "Mu\u00f1oz", "Garc\u00eda", "Jim\u00e9nez", "N\u00fa\u00f1ez", "M\u00fcller",
    "P\u00e9rez", "L\u00f3pez",  "G\u00f3mez",   "Fern\u00e1ndez",
};

static void make_person(struct generator *generator, char *value)
{
    const char *given = GENERATOR_PICK(generator, given_names);

    (void)snprintf(value, VALUE_MAX, "%s %s", given, GENERATOR_PICK(generator, family_names));
}

static const char *const person_forms[] = {
    "<*>", "Patient: <*>", "Mr. <*>", "Patient Name: <*>", "Mrs <*>", "Dr. <*>", "name: <*>", NULL};

static void make_person_initial(struct generator *generator, char *value)
{
    const char *given = GENERATOR_PICK(generator, given_names);
    const char *family = GENERATOR_PICK(generator, family_names);

    (void)snprintf(value, VALUE_MAX, "%s %c. %s", given, 'A' + (int)generator_below(generator, 26),
                   family);
}

static const char *const plain_forms[] = {"<*>", NULL};

static void capitals(char *value)
{
    for (; *value; value++)
        if (*value >= 'a' && *value <= 'z')
            *value = (char)(*value - 0x20);
}

static void make_last_first(struct generator *generator, char *value)
{
    const char *given = GENERATOR_PICK(generator, given_names);
    const char *family = GENERATOR_PICK(generator, family_names);

    (void)snprintf(value, VALUE_MAX, "%s,%s%s", family, generator_below(generator, 6) ? " " : "",
                   given);
}

/* As charts are titled. */
static void make_chart_name(struct generator *generator, char *value)
{
    const char *given = GENERATOR_PICK(generator, given_names);
    const char *family = GENERATOR_PICK(generator, family_names);

    (void)snprintf(value, VALUE_MAX, "%s, %s %c.", family, given,
                   'A' + (int)generator_below(generator, 26));
    capitals(value);
}

static const char *const last_first_forms[] = {"<*>", "Patient: <*>", "Chart - <*>", NULL};

static void make_title(struct generator *generator, char *value)
{
    (void)snprintf(value, VALUE_MAX, "%s", GENERATOR_PICK(generator, family_names));
}

static const char *const title_forms[] = {"Mr. <*>",  "Mrs. <*>", "Ms. <*>",      "Dr. <*>",
                                          "Miss <*>", "Mr <*>",   "patient: <*>", "last_name=<*>",
                                          "Dr <*>",   NULL};

static void make_accented(struct generator *generator, char *value)
{
    const char *given = GENERATOR_PICK(generator, given_names);

    (void)snprintf(value, VALUE_MAX, "%s, %s", GENERATOR_PICK(generator, accented_names), given);
}

/* ---- places ---- */

static const char *const street_names[] = {
    "Oak",    "Maple",    "Cedar",  "Washington", "Lincoln", "Jefferson", "Madison", "Franklin",
    "Walnut", "Chestnut", "Sunset", "Highland",   "Jackson", "Adams",     "Willow",  "Spruce",
};

static const char *const street_suffixes[] = {"Street", "St",   "Avenue",    "Ave", "Road",
                                              "Rd",     "Lane", "Boulevard", "Blvd"};

static const struct {
    const char *town;
    const char *state;
    const char *zip; /* its first three digits */
} towns[] = {
    {"Springfield", "IL", "627"}, {"Houston", "TX", "770"},   {"Phoenix", "AZ", "850"},
    {"Sacramento", "CA", "958"},  {"Cleveland", "OH", "441"}, {"Minneapolis", "MN", "554"},
    {"Tampa", "FL", "336"},       {"Baltimore", "MD", "212"}, {"Albuquerque", "NM", "871"},
    {"Tulsa", "OK", "741"},       {"Omaha", "NE", "681"},     {"Seattle", "WA", "981"},
};

static void make_street(struct generator *generator, char *value)
{
    unsigned number = 1 + generator_below(generator, 9999);
    const char *name = GENERATOR_PICK(generator, street_names);

    (void)snprintf(value, VALUE_MAX, "%u %s %s", number, name,
                   GENERATOR_PICK(generator, street_suffixes));
}

/* Suffixes that are words as well. */
static void make_street_weak(struct generator *generator, char *value)
{
    static const char *const suffixes[] = {"Drive", "Dr", "Court", "Ct", "Way", "Terrace", "Place"};
    unsigned number = 1 + generator_below(generator, 9999);
    const char *name = GENERATOR_PICK(generator, street_names);

    (void)snprintf(value, VALUE_MAX, "%u %s %s", number, name, GENERATOR_PICK(generator, suffixes));
}

static void make_address(struct generator *generator, char *value)
{
    unsigned n = generator_below(generator, sizeof(towns) / sizeof(towns[0]));

    if (generator_below(generator, 2))
        make_street(generator, value);
    else
        make_street_weak(generator, value);
    size_t len = strlen(value);
    (void)snprintf(value + len, VALUE_MAX - len, ", %s, %s %s%02u", towns[n].town, towns[n].state,
                   towns[n].zip, generator_below(generator, 100));
}

static void make_town(struct generator *generator, char *value)
{
    unsigned n = generator_below(generator, sizeof(towns) / sizeof(towns[0]));

    (void)snprintf(value, VALUE_MAX, "%s, %s %s%02u", towns[n].town, towns[n].state, towns[n].zip,
                   generator_below(generator, 100));
}

static void make_zip(struct generator *generator, char *value)
{
    value_fill(generator, generator_below(generator, 2) ? "ddddd" : "ddddd-dddd", value);
}

static const char *const zip_forms[] = {"ZIP <*>", "zip code: <*>", "zip=<*>", NULL};

static void make_point(struct generator *generator, char *value)
{
    value_fill(generator, "nd.ddddd, -1dd.ddddd", value);
}

/* ---- times ---- */

static const char *const months[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};

/* Writes a day by a form: Y y year, M m month with and without 0, B b its name, D d day, T a time
 * of day. */
static void day_write(struct generator *generator, const char *form, char *value)
{
    unsigned year = 1930 + generator_below(generator, 96);
    unsigned month = generator_below(generator, 12);
    unsigned day = 1 + generator_below(generator, 28);
    size_t len = 0;

    /* Of "14 may" without a year nobody knows whether it is a day. */
    if (month == 4 && !strpbrk(form, "Yy"))
        month = 5;
    for (; *form; form++) {
        char one[16] = {*form};

        switch (*form) {
        case 'Y':
            (void)snprintf(one, sizeof(one), "%04u", year);
            break;
        case 'y':
            (void)snprintf(one, sizeof(one), "%02u", year % 100);
            break;
        case 'M':
            (void)snprintf(one, sizeof(one), "%02u", month + 1);
            break;
        case 'm':
            (void)snprintf(one, sizeof(one), "%u", month + 1);
            break;
        case 'B':
            (void)snprintf(one, sizeof(one), "%s", months[month]);
            break;
        case 'b':
            (void)snprintf(one, sizeof(one), "%.3s", months[month]);
            break;
        case 'D':
            (void)snprintf(one, sizeof(one), "%02u", day);
            break;
        case 'd':
            (void)snprintf(one, sizeof(one), "%u", day);
            break;
        case 'T':
            (void)snprintf(one, sizeof(one), "T%02u:%02u:%02uZ", day % 24, year % 60, month);
            break;
        default:
            break;
        }
        len += (size_t)snprintf(value + len, VALUE_MAX - len, "%s", one);
    }
}

static void make_date(struct generator *generator, char *value)
{
    static const char *const forms[] = {"m/d/Y", "M/D/Y", "m-d-Y", "Y-M-D",  "Y/M/D",
                                        "D.M.Y", "YMD",   "m/d/y", "Y-M-DT", "D/M/Y"};

    day_write(generator, GENERATOR_PICK(generator, forms), value);
}

static void make_date_named(struct generator *generator, char *value)
{
    static const char *const forms[] = {"d B Y", "B d, Y",  "b d, Y",   "d b Y",
                                        "DbY",   "b d 'y",  "B dth, Y", "dth of B Y",
                                        "D-b-Y", "b. d, Y", "B d",      "d B"};

    day_write(generator, GENERATOR_PICK(generator, forms), value);
}

static const char *const date_forms[] = {"<*>", "DOB: <*>", "dob=<*>", "DOB <*>", "on <*>", NULL};

/* A day that no calendar has. */
static void spoil_date(struct generator *generator, char *value)
{
    static const char *const days[] = {"02/30/2021", "13/45/2009", "2021-13-01", "2021-02-30",
                                       "4/31/2020",  "0/12/1999",  "00/00/1960", "31-04-1980"};

    (void)snprintf(value, VALUE_MAX, "%s", GENERATOR_PICK(generator, days));
}

static void make_age(struct generator *generator, char *value)
{
    (void)snprintf(value, VALUE_MAX, "%u", 90 + generator_below(generator, 26));
}

static const char *const age_forms[] = {"<*> yo",  "<*>-year-old",  "aged <*>", "age: <*>",
                                        "<*> y/o", "<*> years old", "Age <*>",  NULL};

/* ---- addresses of machines and mail ---- */

static const char *const hosts[] = {"example.com", "mail.example.org", "clinic.example.net",
                                    "gmail.com",   "example.co.uk",    "health.example.edu"};

static void make_email(struct generator *generator, char *value)
{
    char given[16];
    char family[16];

    (void)snprintf(given, sizeof(given), "%s", GENERATOR_PICK(generator, given_names));
    (void)snprintf(family, sizeof(family), "%s", family_names[generator_below(generator, 24)]);
    given[0] = (char)(given[0] | 0x20);
    family[0] = (char)(family[0] | 0x20);
    unsigned number = generator_below(generator, 100);
    const char *host = GENERATOR_PICK(generator, hosts);
    switch (generator_below(generator, 4)) {
    case 0:
        (void)snprintf(value, VALUE_MAX, "%s.%s@%s", given, family, host);
        break;
    case 1:
        (void)snprintf(value, VALUE_MAX, "%c%s%u@%s", given[0], family, number, host);
        break;
    case 2:
        (void)snprintf(value, VALUE_MAX, "%s_%s+ward%u@%s", family, given, number, host);
        break;
    default:
        (void)snprintf(value, VALUE_MAX, "%s-%s@%s", given, family, host);
    }
}

static const char *const email_forms[] = {"<*>", "mailto:<*>", "e-mail: <*>", NULL};

static void quad_write(struct generator *generator, unsigned first, char *value)
{
    unsigned last[3];

    for (size_t i = 0; i < 3; i++)
        last[i] = generator_below(generator, 256);
    (void)snprintf(value, VALUE_MAX, "%u.%u.%u.%u", first, last[0], last[1], last[2]);
}

static void make_ipv4(struct generator *generator, char *value)
{
    quad_write(generator, 1 + generator_below(generator, 223), value);
}

static void spoil_ipv4(struct generator *generator, char *value)
{
    quad_write(generator, 256 + generator_below(generator, 700), value);
}

static const char *const ip_forms[] = {"<*>", "IP <*>", "IP: <*>", "host <*>", NULL};

static void make_ipv6(struct generator *generator, char *value)
{
    unsigned groups[8];

    for (size_t i = 0; i < 8; i++)
        groups[i] = generator_below(generator, 0x10000);
    switch (generator_below(generator, 4)) {
    case 0:
        (void)snprintf(value, VALUE_MAX, "%x:%x:%x:%x:%x:%x:%x:%x", groups[0], groups[1], groups[2],
                       groups[3], groups[4], groups[5], groups[6], groups[7]);
        break;
    case 1:
        (void)snprintf(value, VALUE_MAX, "2001:db8::%x:%x", groups[0], groups[1] | 0x1000);
        break;
    case 2:
        (void)snprintf(value, VALUE_MAX, "fe80::%x:%x:%x:%x", groups[0], groups[1], groups[2],
                       groups[3]);
        break;
    default:
        (void)snprintf(value, VALUE_MAX, "::ffff:%u.%u.%u.%u", groups[0] % 256, groups[1] % 256,
                       groups[2] % 256, groups[3] % 256);
    }
}

/* ---- the table ---- */

const struct maker word_makers[] = {
    {"person", REDACT_NAME, make_person, NULL, ONE_CASE | WORDS, person_forms},
    {"person with initial", REDACT_NAME, make_person_initial, NULL, WORDS, plain_forms},
    {"last, first", REDACT_NAME, make_last_first, NULL, ONE_CASE | WORDS, last_first_forms},
    {"chart", REDACT_NAME, make_chart_name, NULL, WORDS, last_first_forms},
    {"title", REDACT_NAME, make_title, NULL, ONE_CASE | WORDS, title_forms},
    {"accented", REDACT_NAME, make_accented, NULL, ONE_CASE | WORDS, plain_forms},
    {"street", REDACT_GEO, make_street, NULL, ONE_CASE | WORDS, plain_forms},
    {"street with a weak suffix", REDACT_GEO, make_street_weak, NULL, WORDS, plain_forms},
    {"address", REDACT_GEO, make_address, NULL, ONE_CASE | WORDS, plain_forms},
    {"town", REDACT_GEO, make_town, NULL, 0, plain_forms},
    {"zip", REDACT_GEO, make_zip, NULL, ONE_CASE, zip_forms},
    {"point", REDACT_GEO, make_point, NULL, 0, plain_forms},
    {"date", REDACT_DATE, make_date, spoil_date, 0, date_forms},
    {"date by name", REDACT_DATE, make_date_named, NULL, ONE_CASE, date_forms},
    {"age", REDACT_AGE, make_age, NULL, ONE_CASE, age_forms},
    {"e-mail", REDACT_EMAIL, make_email, NULL, ANY_CASE, email_forms},
    {"ipv4", REDACT_IP, make_ipv4, spoil_ipv4, NEAR_STAYS, ip_forms},
    {"ipv6", REDACT_IP, make_ipv6, NULL, ANY_CASE, ip_forms},
};

const size_t word_makers_count = sizeof(word_makers) / sizeof(word_makers[0]);
