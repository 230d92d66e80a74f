#include <stdlib.h>
#include <string.h>

#include "common/canary.h"
#include "tap.h"

static int through(void *context, struct raw_text raw, struct arena *arena, struct text *ret_clean,
                   bool *ret_counted)
{
    struct redaction redaction;
    int r = redact(context, raw, arena, &redaction);

    if (r == 0) {
        *ret_clean = clean_text_view(redaction.clean);
        *ret_counted = redaction.found_count > 0;
    }
    return r;
}

static int untouched(void *context, struct raw_text raw, struct arena *arena,
                     struct text *ret_clean, bool *ret_counted)
{
    (void)context;
    *ret_clean = arena_copy_text(arena, (struct text){.at = raw.at, .len = raw.len});
    *ret_counted = true;
    return 0;
}

static int refused(void *context, struct raw_text raw, struct arena *arena, struct text *ret_clean,
                   bool *ret_counted)
{
    (void)context;
    (void)raw;
    (void)arena;
    (void)ret_clean;
    (void)ret_counted;
    return REDACT_INVALID;
}

static void all_canaries_come_out_clean_of_both_profiles(void)
{
    for (int profile = REDACT_STRICT; profile <= REDACT_BALANCED; profile++) {
        CLEANUP(redactor_free) struct redactor *redactor = NULL;
        struct canary_verdict verdict;

        const struct redactor_options options = {.profile = (enum redact_profile)profile};

        CHECK(redactor_new(&redactor, &options, NULL) == 0);
        for (size_t i = 0; i < canary_count; i++) {
            CHECK(canary_run(&canary_list[i], 1, through, redactor, &verdict) == 0);
            if (!canary_all_passed(&verdict))
                tap_fail(canary_list[i].text, __FILE__, __LINE__);
        }
        CHECK(canary_run(canary_list, canary_count, through, redactor, &verdict) == 0);
        CHECK(verdict.run == canary_count && canary_all_passed(&verdict));
        CHECK(verdict.failed == REDACT_KINDS);
    }
}

static void there_is_one_of_every_kind_and_each_shows_when_it_stays(void)
{
    struct canary_verdict verdict;

    for (int kind = 0; kind < REDACT_UNKNOWN; kind++) {
        size_t i = 0;

        while (i < canary_count && canary_list[i].kind != (enum redact_kind)kind)
            i++;
        CHECK(i < canary_count);
    }
    for (size_t i = 0; i < canary_count; i++) {
        CHECK(canary_run(&canary_list[i], 1, untouched, NULL, &verdict) == 0);
        CHECK(verdict.run == 1 && verdict.passed == 0 && verdict.failed == canary_list[i].kind);
        CHECK(canary_run(&canary_list[i], 1, refused, NULL, &verdict) == 0);
        CHECK(verdict.passed == 0);
    }
}

static void one_letter_or_digit_that_is_left_is_enough(void)
{
    const struct canary canary = {REDACT_MRN, "Results - MRN: {84412907} - Labs"};

    CHECK(canary_clean(&canary, text_of("Results - MRN: [mrn] - Labs")));
    CHECK(canary_clean(&canary, text_of("results [health_plan] LABS")));
    CHECK(!canary_clean(&canary, text_of("Results - MRN: [mrn]7 - Labs")));
    CHECK(!canary_clean(&canary, text_of("Results - MRN: 8[mrn] - Labs")));
    CHECK(!canary_clean(&canary, text_of("Results - MRN: [8441] - Labs")));
    CHECK(!canary_clean(&canary, text_of("Results - MRN: \xd9\xa7 - Labs")));
    CHECK(!canary_clean(&canary, text_of("Results - MRN: [mrn - Labs 0")));
}

static void they_are_due_at_the_start_and_every_hour(void)
{
    struct canary_watch watch = {0};
    const struct canary_verdict good = {.run = 3, .passed = 3, .failed = REDACT_KINDS};
    const struct canary_verdict bad = {.run = 3, .passed = 2, .failed = REDACT_SSN};

    CHECK(canary_due(&watch, 0) && !canary_lets_pass(&watch));
    canary_note(&watch, good, 1000);
    CHECK(!canary_due(&watch, 1000) && canary_lets_pass(&watch));
    CHECK(!canary_due(&watch, 1000 + CANARY_EVERY_MS - 1));
    CHECK(canary_due(&watch, 1000 + CANARY_EVERY_MS));
    canary_note(&watch, bad, 1000 + CANARY_EVERY_MS);
    CHECK(!canary_lets_pass(&watch));
}

static void nothing_is_waived_in_a_build_that_takes_things_out(void)
{
    CHECK(setenv("WARD_TEST_BUILD", "1", 1) == 0);
    CHECK(!redact_is_off() && !canary_waived());
    CHECK(unsetenv("WARD_TEST_BUILD") == 0);
}

static void a_verdict_arrives_as_it_was_and_a_liar_is_refused(void)
{
    const struct canary_verdict bad = {.run = 22, .passed = 21, .failed = REDACT_SSN};
    struct canary_verdict verdict;
    uint8_t body[CANARY_SIZE + 1] = {0};
    struct bytes bytes = {.at = body, .len = CANARY_SIZE};

    canary_print(&bad, body);
    CHECK(canary_parse(bytes, &verdict) == 0);
    CHECK(verdict.run == 22 && verdict.passed == 21 && verdict.failed == REDACT_SSN);
    for (size_t len = 0; len <= sizeof(body); len++)
        CHECK(len == CANARY_SIZE ||
              canary_parse((struct bytes){body, len}, &verdict) == CANARY_INVALID);
    body[8] = REDACT_KINDS; /* none failed, yet one did */
    CHECK(canary_parse(bytes, &verdict) == CANARY_INVALID);
    body[8] = REDACT_KINDS + 1;
    CHECK(canary_parse(bytes, &verdict) == CANARY_INVALID);
    body[7] = 23; /* more than ran */
    body[8] = REDACT_SSN;
    CHECK(canary_parse(bytes, &verdict) == CANARY_INVALID);
    memset(body, 0, sizeof(body)); /* none ran: that is no verdict */
    CHECK(canary_parse(bytes, &verdict) == CANARY_INVALID);
}

int main(void)
{
    RUN(all_canaries_come_out_clean_of_both_profiles);
    RUN(there_is_one_of_every_kind_and_each_shows_when_it_stays);
    RUN(one_letter_or_digit_that_is_left_is_enough);
    RUN(they_are_due_at_the_start_and_every_hour);
    RUN(nothing_is_waived_in_a_build_that_takes_things_out);
    RUN(a_verdict_arrives_as_it_was_and_a_liar_is_refused);
    return tap_done();
}
