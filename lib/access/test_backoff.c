/* The contract of backoff.h; time is given. */

#include <stdio.h>

#include "access/backoff.h"
#include "tap.h"

#define NOW ((int64_t)1800000000000)
#define HOUR ((int64_t)60 * 60 * 1000)

static struct backoff_try try_of(const char *name, const char *source)
{
    return (struct backoff_try){
        .what = BACKOFF_PASSWORD, .name = text_of(name), .source = text_of(source)};
}

/* Tries until one has to wait, at most so often; how many were let through. */
static unsigned fail_until(struct backoff *backoff, struct backoff_try attempt, unsigned most,
                           int64_t now)
{
    unsigned passed = 0;

    while (passed < most && backoff_begin(backoff, &attempt, now) == 0)
        passed++;
    return passed;
}

static void the_sixth_failure_waits_and_each_further_one_twice_as_long(void)
{
    CLEANUP(backoff_free) struct backoff *backoff = NULL;
    struct backoff_try attempt = try_of("anna", "192.0.2.1");
    int64_t now = NOW;
    int64_t wait = BACKOFF_FIRST_MS;

    CHECK(backoff_new(&backoff) == 0);
    CHECK(fail_until(backoff, attempt, 50, now) == BACKOFF_PAIR_TRIES);
    for (int i = 0; i < 30; i++) {
        CHECK(backoff_begin(backoff, &attempt, now) == wait);
        CHECK(backoff_begin(backoff, &attempt, now + wait - 1) == 1);
        now += wait;
        CHECK(backoff_begin(backoff, &attempt, now) == 0);
        wait = wait * 2 < BACKOFF_LONGEST_MS ? wait * 2 : BACKOFF_LONGEST_MS;
    }
    CHECK(backoff_begin(backoff, &attempt, now) == BACKOFF_LONGEST_MS);
}

static void a_try_that_has_to_wait_is_not_counted(void)
{
    CLEANUP(backoff_free) struct backoff *backoff = NULL;
    struct backoff_try attempt = try_of("anna", "192.0.2.1");

    CHECK(backoff_new(&backoff) == 0);
    CHECK(fail_until(backoff, attempt, 50, NOW) == BACKOFF_PAIR_TRIES);
    for (int i = 0; i < 1000; i++)
        CHECK(backoff_begin(backoff, &attempt, NOW) == BACKOFF_FIRST_MS);
}

static void an_hour_without_failures_forgets(void)
{
    CLEANUP(backoff_free) struct backoff *backoff = NULL;
    struct backoff_try attempt = try_of("anna", "192.0.2.1");

    CHECK(backoff_new(&backoff) == 0);
    CHECK(fail_until(backoff, attempt, 50, NOW) == BACKOFF_PAIR_TRIES);
    CHECK(fail_until(backoff, attempt, 50, NOW + HOUR + 1) == BACKOFF_PAIR_TRIES);
}

static void a_clock_that_is_set_back_adds_no_more_than_the_wait(void)
{
    CLEANUP(backoff_free) struct backoff *backoff = NULL;
    struct backoff_try attempt = try_of("anna", "192.0.2.1");

    CHECK(backoff_new(&backoff) == 0);
    CHECK(fail_until(backoff, attempt, 50, NOW) == BACKOFF_PAIR_TRIES);
    CHECK(backoff_begin(backoff, &attempt, NOW - 24 * HOUR) == BACKOFF_FIRST_MS);
}

static void whoever_guesses_at_a_name_does_not_keep_its_owner_out(void)
{
    CLEANUP(backoff_free) struct backoff *backoff = NULL;
    struct backoff_try owner = try_of("anna", "192.0.2.1");
    struct backoff_try other = try_of("berta", "198.51.100.9");

    CHECK(backoff_new(&backoff) == 0);
    CHECK(fail_until(backoff, try_of("anna", "198.51.100.9"), 50, NOW) == BACKOFF_PAIR_TRIES);
    CHECK(backoff_begin(backoff, &owner, NOW) == 0);
    CHECK(backoff_begin(backoff, &other, NOW) == 0);
}

static void a_name_guessed_from_everywhere_waits_everywhere(void)
{
    CLEANUP(backoff_free) struct backoff *backoff = NULL;
    struct backoff_try owner = try_of("anna", "192.0.2.1");
    unsigned passed = 0;

    CHECK(backoff_new(&backoff) == 0);
    for (int i = 0; i < 2 * BACKOFF_NAME_TRIES; i++) {
        char source[32];

        snprintf(source, sizeof source, "10.0.%d.%d", i / 200, i % 200);
        passed += fail_until(backoff, try_of("anna", source), 1, NOW);
    }
    CHECK(passed == BACKOFF_NAME_TRIES);
    CHECK(backoff_begin(backoff, &owner, NOW) > 0);
}

static void a_source_that_guesses_at_many_names_waits_for_all(void)
{
    CLEANUP(backoff_free) struct backoff *backoff = NULL;
    struct backoff_try link = {.what = BACKOFF_LINK, .source = text_of("192.0.2.1")};
    unsigned passed = 0;

    CHECK(backoff_new(&backoff) == 0);
    for (int i = 0; i < 2 * BACKOFF_SOURCE_TRIES; i++) {
        char name[32];

        snprintf(name, sizeof name, "name%d", i);
        passed += fail_until(backoff, try_of(name, "192.0.2.1"), 1, NOW);
    }
    CHECK(passed == BACKOFF_SOURCE_TRIES);
    CHECK(backoff_begin(backoff, &link, NOW) > 0);
    link.source = text_of("192.0.2.2");
    CHECK(backoff_begin(backoff, &link, NOW) == 0);
}

static void of_an_ipv6_address_the_first_64_bits_count(void)
{
    CLEANUP(backoff_free) struct backoff *backoff = NULL;
    struct backoff_try near = try_of("anna", "2001:db8:0:7:ffff::9");
    struct backoff_try zone = try_of("anna", "2001:db8:0:7::3%eth0");
    struct backoff_try far = try_of("anna", "2001:db8:0:8::1");
    struct backoff_try mapped = try_of("anna", "::ffff:192.0.2.1");
    struct backoff_try mapped_other = try_of("anna", "::ffff:192.0.2.2");

    CHECK(backoff_new(&backoff) == 0);
    CHECK(fail_until(backoff, try_of("anna", "2001:db8:0:7::1"), 50, NOW) == BACKOFF_PAIR_TRIES);
    CHECK(backoff_begin(backoff, &near, NOW) > 0);
    CHECK(backoff_begin(backoff, &zone, NOW) > 0);
    CHECK(backoff_begin(backoff, &far, NOW) == 0);
    CHECK(fail_until(backoff, mapped, 50, NOW) == BACKOFF_PAIR_TRIES);
    CHECK(backoff_begin(backoff, &mapped_other, NOW) == 0);
}

static void a_name_that_looks_like_a_source_is_not_one(void)
{
    CLEANUP(backoff_free) struct backoff *backoff = NULL;
    struct backoff_try named = try_of("ab", "c");
    struct backoff_try sourced = try_of("x", "anna");

    CHECK(backoff_new(&backoff) == 0);
    CHECK(fail_until(backoff, try_of("a", "bc"), 50, NOW) == BACKOFF_PAIR_TRIES);
    CHECK(backoff_begin(backoff, &named, NOW) == 0);
    for (int i = 0; i < BACKOFF_NAME_TRIES; i++) {
        char source[32];

        snprintf(source, sizeof source, "10.0.0.%d", i);
        CHECK(fail_until(backoff, try_of("anna", source), 1, NOW) == 1);
    }
    CHECK(backoff_begin(backoff, &sourced, NOW) == 0);
}

static void the_right_password_gives_no_new_guesses_at_the_code(void)
{
    CLEANUP(backoff_free) struct backoff *backoff = NULL;
    struct backoff_try password = try_of("anna", "192.0.2.1");
    struct backoff_try code = password;
    unsigned guesses = 0;

    code.what = BACKOFF_CODE;
    CHECK(backoff_new(&backoff) == 0);
    for (int i = 0; i < 20; i++) {
        CHECK(backoff_begin(backoff, &password, NOW) == 0);
        backoff_succeeded(backoff, &password);
        guesses += fail_until(backoff, code, 1, NOW);
    }
    CHECK(guesses == BACKOFF_PAIR_TRIES);
}

static void the_right_try_begins_anew_here_and_forgives_nobody_elsewhere(void)
{
    CLEANUP(backoff_free) struct backoff *backoff = NULL;
    struct backoff_try owner = try_of("anna", "192.0.2.1");
    struct backoff_try guesser = try_of("anna", "198.51.100.9");

    CHECK(backoff_new(&backoff) == 0);
    CHECK(fail_until(backoff, guesser, 50, NOW) == BACKOFF_PAIR_TRIES);
    for (int i = 0; i < BACKOFF_PAIR_TRIES - 1; i++)
        CHECK(backoff_begin(backoff, &owner, NOW) == 0);
    CHECK(backoff_begin(backoff, &owner, NOW) == 0);
    backoff_succeeded(backoff, &owner);
    CHECK(backoff_begin(backoff, &guesser, NOW) > 0);
    CHECK(fail_until(backoff, owner, 50, NOW) == BACKOFF_PAIR_TRIES);
}

static void what_was_not_judged_or_was_right_counts_for_nothing(void)
{
    CLEANUP(backoff_free) struct backoff *backoff = NULL;
    struct backoff_try attempt = try_of("anna", "192.0.2.1");

    CHECK(backoff_new(&backoff) == 0);
    for (int i = 0; i < 10 * BACKOFF_SOURCE_TRIES; i++) {
        CHECK(backoff_begin(backoff, &attempt, NOW) == 0);
        if (i % 2)
            backoff_take_back(backoff, &attempt);
        else
            backoff_succeeded(backoff, &attempt);
    }
    CHECK(fail_until(backoff, attempt, 50, NOW) == BACKOFF_PAIR_TRIES);
}

int main(void)
{
    RUN(the_sixth_failure_waits_and_each_further_one_twice_as_long);
    RUN(a_try_that_has_to_wait_is_not_counted);
    RUN(an_hour_without_failures_forgets);
    RUN(a_clock_that_is_set_back_adds_no_more_than_the_wait);
    RUN(whoever_guesses_at_a_name_does_not_keep_its_owner_out);
    RUN(a_name_guessed_from_everywhere_waits_everywhere);
    RUN(a_source_that_guesses_at_many_names_waits_for_all);
    RUN(of_an_ipv6_address_the_first_64_bits_count);
    RUN(a_name_that_looks_like_a_source_is_not_one);
    RUN(the_right_password_gives_no_new_guesses_at_the_code);
    RUN(the_right_try_begins_anew_here_and_forgives_nobody_elsewhere);
    RUN(what_was_not_judged_or_was_right_counts_for_nothing);
    return tap_done();
}
