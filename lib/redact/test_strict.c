/* What strict keeps is known to be safe: words by their grades, case and neighbours; short numbers.
 */

#include <stdio.h>
#include <string.h>

#include "redact/redact.h"
#include "tap.h"

#include "test_rows.h"

static void words_of_the_trade_and_words_that_name_nobody_stay(void)
{
    static const char *const rows[] = {
        "Chart Review - PowerChart",
        "Patient Lists - NextGen EHR",
        "lyme disease prophylaxis after tick bite",
        "Parkinson disease",
        "Wells score",
        "this is a good time",
        "Slack | general",
        "Made in Brazil",
        "C:\\Windows\\System32\\cmd.exe",
        "OneDrive sync",
        "readmission rates.xlsx",
    };

    STAY(strict, rows);
}

static void what_nobody_knows_goes(void)
{
    static const struct row rows[] = {
        {"Xyzzyq report", "[unknown] report"},
        {"\u65e5\u672c\u8a9e report", "[unknown] report"},
        {"Qq7zz note", "[unknown] note"},
        {"ward HIM-2212 note", "ward [unknown] note"},
    };

    ALL(strict, rows);
}

static void words_that_are_names_go_where_they_may_be_names(void)
{
    static const struct row rows[] = {
        {"smith report", "[unknown] report"},
        {"Thanks, Allegra", "Thanks, [name]"},
        {"Swap Block and Otambekova", "Swap [unknown] and [unknown]"},
        {"results for Min-jun", "results for [name]"},
        {"M.A. report", "[unknown]. report"},
        {"MP Xyzzyq passed", "[unknown] passed"},
    };

    ALL(strict, rows);
}

static void numbers_stay_where_they_are_short_a_year_or_counted(void)
{
    static const struct row rows[] = {
        {"Inbox (127) - Outlook", "Inbox (127) - Outlook"},
        {"budget 2019", "budget 2019"},
        {"250 mg daily", "250 mg daily"},
        {"10:08 AM Zoom Meeting", "10:08 AM Zoom Meeting"},
        {"6th grade", "6th grade"},
        {"room 351", "room [unknown]"},
        {"#2019", "#[unknown]"},
        {"bring 94 to room 12", "bring [unknown] to room 12"},
        {"95% of 98 pages", "95% of 98 pages"},
        {"budget 2019 12345", "budget [unknown] [other_id]"},
    };

    ALL(strict, rows);
}

static void addresses_keep_their_words_only_where_they_stand_alone(void)
{
    static const struct row rows[] = {
        {"https://www.example.com/useful/recipes", "https://www.example.com/useful/recipes"},
        {"https://www.example.com/useful/4870", "https://www.example.com/useful/[url]"},
        {"https://www.example.com/a?c=xyzzyq", "https://www.example.com/a?c=[url]"},
        {"see https://www.example.com/useful/recipes", "see [url]"},
    };

    ALL(strict, rows);
}

static void long_texts_of_anything_come_to_an_end(void)
{
    fill(strict, "Block and ");
    fill(strict, "a-b.c 1 ");
    fill(strict, "Smith, grant ");
    fill(strict, "MP-12 ");
}

int main(void)
{
    rows_start();
    RUN(words_of_the_trade_and_words_that_name_nobody_stay);
    RUN(what_nobody_knows_goes);
    RUN(words_that_are_names_go_where_they_may_be_names);
    RUN(numbers_stay_where_they_are_short_a_year_or_counted);
    RUN(addresses_keep_their_words_only_where_they_stand_alone);
    RUN(long_texts_of_anything_come_to_an_end);
    rows_stop();
    return tap_done();
}
