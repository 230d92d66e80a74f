/* Dates and ages: what goes and what stays. */

#include "redact/test_rows.h"

static void numeric_dates_in_every_order(void)
{
    static const struct row rows[] = {
        {"seen 03/14/2009.", "seen [date]."},
        {"seen 3/14/09", "seen [date]"},
        {"14.3.2009", "[date]"},
        {"14.03.09", "[date]"},
        {"2009-03-14", "[date]"},
        {"2009/3/14", "[date]"},
        {"99-12-31", "[date]"},
        {"x V 03/11/1966", "x V [date]"},
        {"to 21.11.95", "to [date]"},
        {"14-03-2009", "[date]"},
        {"14. 3. 2009", "[date]"},
        {"03 / 14 / 2009", "[date]"},
        {"3/14/'09", "[date]"},
        {"2021_04_05 backup", "[date] backup"},
        {"2009:03:14 10:11:12", "[date]"},
        {"2021-W14-3", "[date]"},
        {"2021W14", "[date]"},
        {"allergies 03 14 2009", "allergies [date]"},
        {"01/02/2020 to 03/04/2020", "[date] to [date]"},
        {"due 03/2021", "due [date]"},
        {"2021-03 report", "[date] report"},
        {"https://n.example.com/2021/03/14/tea", "https://n.example.com/[date]/tea"},
    };

    ALL(balanced, rows);
}

static void times_go_with_their_dates(void)
{
    static const struct row rows[] = {
        {"seen 2009-03-14T10:11:12Z.", "seen [date]."},
        {"2009-03-14T10:11:12.345+02:00 x", "[date] x"},
        {"20090314T101112Z", "[date]"},
        {"3/14/2009 9:30 PM call", "[date] call"},
        {"3/14/2009 9pm call", "[date] call"},
        {"March 14, 2009 at", "[date] at"},
        {"10:08 AM Zoom Meeting", "10:08 AM Zoom Meeting"},
    };

    ALL(balanced, rows);
}

static void dates_without_signs(void)
{
    static const struct row rows[] = {
        {"scan_19840731.pdf", "scan_[date].pdf"},
        {"scan_20240315_103000.jpg", "scan_[date].jpg"},
        {"20240315103001", "[date]"},
        {"07311984", "[date]"},
        {"31071984", "[date]"},
        {"labs_010260.pdf", "labs_[date].pdf"},
        {"labs_310160_x", "labs_[date]_x"},
        {"report_202403.xlsx", "report_[date].xlsx"},
        {"code 010260", "code 010260"},
    };

    ALL(balanced, rows);
}

static void months_by_name(void)
{
    static const struct row rows[] = {
        {"seen March 14th, 2009", "seen [date]"},
        {"seen 14 Mar 2009", "seen [date]"},
        {"seen 05JAN1988", "seen [date]"},
        {"seen the 3rd of May 2021", "seen the [date]"},
        {"March 2021", "[date]"},
        {"Mar '09", "[date]"},
        {"Mar-09", "[date]"},
        {"2009 March 14", "[date]"},
        {"2009-Mar-14", "[date]"},
        {"May 3-5, 2021", "[date]"},
        {"May 3\u20135, 2021", "[date]"},
        {"May 3 to 5, 2021", "[date]"},
        {"3-5 May 2021", "[date]"},
        {"Monday, March 3, 2021", "[date]"},
        {"JANUARY 5", "[date]"},
        {"December 3: labs", "[date]: labs"},
        {"15 February.pdf", "[date].pdf"},
        {"7 march and on 9 may", "[date] and on [date]"},
        {"3. M\u00e4rz 2021", "[date]"},
        {"14 de marzo de 2009", "[date]"},
        {"le 14 f\u00e9vrier 2009", "le [date]"},
        {"14 mar\u00e7o 2009", "[date]"},
        {"14 maggio 2009", "[date]"},
        {"14 maart 2009", "[date]"},
        {"14 pa\u017adziernika 2009", "[date]"},
        {"consulta 12 fev 2020", "consulta [date]"},
    };
    static const char *const stay[] = {
        "May we march",
        "March",
        "Q1 2024",
        "2019",
        "fiscal 2019-2020",
        "FY2021",
        "top 3 may change",
        "in May",
        "FEV1 43% predicted",
        "MAR - Allscripts",
        "2011-12",
    };

    ALL(balanced, rows);
    STAY(balanced, stay);
}

static void days_without_a_year(void)
{
    static const struct row rows[] = {
        {"patient seen on 3/14", "patient seen on [date]"},
        {"surgery 5/27 at noon", "surgery [date] at noon"},
        {"Tue 3/14 standup", "[date] standup"},
        {"patient away 3/14-3/18", "patient away [date]"},
        {"patient pain 7/10", "patient pain 7/10"},
        {"patient strength 5/5", "patient strength 5/5"},
    };
    static const char *const stay[] = {
        "24/7", "BP 120/80", "1/2 tablet", "10/10", "3/4 cup", "on 2/3 of pages", "page 3/14",
    };
    static const struct row rows_strict[] = {
        {"page 3/14", "page [unknown]"},
        {"on 3/14", "on [date]"},
    };

    ALL(balanced, rows);
    STAY(balanced, stay);
    ALL(strict, rows_strict);
}

static void what_only_looks_like_a_date_is_none(void)
{
    static const struct row rows[] = {
        {"02/30/2021", "[other_id]"}, {"2021-13-01", "[other_id]"}, {"29/02/2021", "[other_id]"},
        {"29/02/2020", "[date]"},     {"00/12/1980", "[other_id]"},
    };
    static const char *const stay[] = {
        "build 4.2.2019", "v1.2.10",   "release 2024.03.1", "Viewer 2018.01.6",
        "1.5.10",         "1.2.3.4.5", "section 3.1.2",     "ratio 1:2:3",
        "ext 12",         "E11.9",     "x.y.2.3.4",
    };

    ALL(balanced, rows);
    STAY(balanced, stay);
}

static void ages_over_89(void)
{
    static const struct row rows[] = {
        {"92yo F", "[age]yo F"},
        {"92 y/o", "[age] y/o"},
        {"92 y.o. man", "[age] y.o. man"},
        {"a 101 year old", "a [age] year old"},
        {"101-year-old", "[age]-year-old"},
        {"age: 90", "age: [age]"},
        {"Age=101", "Age=[age]"},
        {"aged ninety-two", "aged [age]"},
        {"one hundred and three years old", "[age] years old"},
        {"patient 92F", "patient [age]F"},
        {"allergies, 92-95 years", "allergies, [age] years"},
        {"in her 90s", "in her [age]s"},
        {"his 95th birthday", "his [age]th birthday"},
        {"a nonagenarian", "a [age]"},
        {"in her mid-90s", "in her mid-[age]s"},
        {"in his late nineties", "in his late [age]"},
        {"her 91st birthday", "her [age]st birthday"},
        {"94/F with chest pain", "[age]/F with chest pain"},
        {"(94F) with chest pain", "([age]F) with chest pain"},
        {"95 female presents", "[age] female presents"},
        {"Age/Sex: F/92", "Age/Sex: F/[age]"},
        {"F, 91, fell", "F, [age], fell"},
        {"she's 91 and drives", "she's [age] and drives"},
        {"I'm 92, may I", "I'm [age], may I"},
        {"the patient is ninety-five.", "the patient is [age]."},
        {"my dad, 93, takes", "my dad, [age], takes"},
        {"my mother (92) takes", "my mother ([age]) takes"},
        {"at the age of 93", "at the age of [age]"},
        {"he died at 97.", "he died at [age]."},
        {"lived to be 101", "lived to be [age]"},
        {"ages 91 and 94", "ages [age] and [age]"},
        {"91 & 94 yo", "[age] & [age] yo"},
        {"93-j\u00e4hrige", "[age]-j\u00e4hrige"},
    };
    static const char *const stay[] = {
        "89yo F",           "age: 89",          "95 percent",
        "Windows 95",       "90 days",          "the 100 years war",
        "90+ yo",           "age 90 or older",  "ninety percent",
        "126 yo",           "room 92F",         "top 100",
        "temp 99 F today",  "SpO2 is 95 on RA", "he's 98.6 now",
        "she is 95% sure",  "she is 92 kg",     "the mid-90s",
        "94 male patients", "version is 95.",   "Smith Hall (92), room 4",
    };

    ALL(balanced, rows);
    STAY(balanced, stay);
}

static void disguise_does_not_help(void)
{
    static const char *const rows[] = {"03/14/2009",          "2009-03-14",    "14.3.2009",
                                       "14-Mar-2009",         "March_14,2009", "20090314",
                                       "2009-03-14T10:11:12Z"};

    bool good = true;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        good = disguise_fails(balanced, rows[i]) && good;
    CHECK(good);
}

static void long_texts_of_one_sign_are_redacted_too(void)
{
    static const char *const units[] = {"1/", "1-",    "1.",    "may ",     "may 1 ",   "1 may ",
                                        "90", "3/14 ", "2009-", "20090314", "on 3/14-", "1 - "};

    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
        fill(balanced, units[i]);
}

int main(void)
{
    rows_start();
    RUN(numeric_dates_in_every_order);
    RUN(times_go_with_their_dates);
    RUN(dates_without_signs);
    RUN(months_by_name);
    RUN(days_without_a_year);
    RUN(what_only_looks_like_a_date_is_none);
    RUN(ages_over_89);
    RUN(disguise_does_not_help);
    RUN(long_texts_of_one_sign_are_redacted_too);
    rows_stop();
    return tap_done();
}
