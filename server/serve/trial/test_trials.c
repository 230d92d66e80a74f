/* The contract of trials.h. */

#include "server/serve/trial/trials.h"

#include <stdio.h>
#include <string.h>

#include "tap.h"

#define NOW ((int64_t)1800000000000)

static struct arena *arena;

static struct trials *trials_made(void)
{
    struct trials *trials = NULL;

    CHECK(trials_new(&trials) == 0);
    return trials;
}

static struct needles needles_of(const char *text)
{
    struct needles needles = {0};

    CHECK(needles_add(&needles, text_of(text)) == 0);
    return needles;
}

static struct trial trial_of(uint64_t number, uint64_t owner, int64_t at)
{
    struct trial trial = {.number = number, .owner = owner, .started_at = at};

    trial.expected[REDACT_NAME] = trial.expected[REDACT_MRN] = true;
    trial.expected[REDACT_SSN] = trial.expected[REDACT_DATE] = true;
    return trial;
}

static int begin(struct trials *trials, uint64_t number, uint64_t owner, int64_t at)
{
    struct trial trial = trial_of(number, owner, at);
    struct needles needles = needles_of("zyllowska");

    return trials_begin(trials, &trial, &needles);
}

static int32_t day = 20000;

/* A batch of a device that counted the first so many of four kinds. */
static bool note(struct trials *trials, uint8_t device, uint64_t sequence, uint32_t account,
                 size_t kinds, int64_t at)
{
    static const enum redact_kind all[] = {REDACT_NAME, REDACT_MRN, REDACT_SSN, REDACT_DATE};
    struct spans_count counts[4];
    struct evidence_count rule = {.count = 2, .rule = "mrn.labelled"};
    struct spans_batch batch = {.device = {{device}},
                                .epoch = 1,
                                .sequence = sequence,
                                .counts = counts,
                                .count_count = kinds,
                                .evidence = {.counts = &rule, .count_count = 1}};

    for (size_t i = 0; i < kinds; i++)
        counts[i] =
            (struct spans_count){.account = {account}, .day = day, .kind = all[i], .count = 1};
    return trials_note(trials, &batch, at);
}

static void what_is_counted_before_and_after_is_nothing(void)
{
    CLEANUP(trials_free) struct trials *trials = trials_made();
    struct trial_state state;

    CHECK(!note(trials, 1, 1, 7, 4, NOW));
    CHECK(trials_state(trials, 0, NOW, arena, &state) == TRIALS_ABSENT);
    CHECK(begin(trials, 1, 5, NOW) == 0);
    CHECK(trials_state(trials, 1, NOW, arena, &state) == 0 && state.seen_count == 0);
    CHECK(note(trials, 1, 2, 7, 4, NOW + 5));
    CHECK(trials_state(trials, 1, NOW + 6, arena, &state) == 0 && state.seen_count == 1);
    CHECK(state.seen[0].complete && state.seen[0].account.number == 7);
    CHECK(state.seen[0].counts[REDACT_MRN] == 1 && state.seen[0].counts[REDACT_IP] == 0);
    CHECK(state.seen[0].epoch == 1 && state.seen[0].sequence == 2);
    CHECK(state.seen[0].day == 20000);
    CHECK(state.rule_count == 1 && strcmp(state.rules[0].rule, "mrn.labelled") == 0);
    trials_end(trials, 1);
    (void)note(trials, 1, 3, 7, 4, NOW + 7);
    CHECK(trials_state(trials, 0, NOW + 8, arena, &state) == TRIALS_ABSENT);
}

static void a_batch_that_comes_again_counts_once(void)
{
    CLEANUP(trials_free) struct trials *trials = trials_made();
    struct trial_state state;

    CHECK(begin(trials, 1, 5, NOW) == 0);
    for (int i = 0; i < 3; i++)
        (void)note(trials, 1, 9, 7, 4, NOW + 5);
    CHECK(!note(trials, 1, 8, 7, 4, NOW + 5));
    CHECK(trials_state(trials, 1, NOW + 6, arena, &state) == 0);
    CHECK(state.seen[0].counts[REDACT_NAME] == 1 && state.rules[0].count == 2);
    (void)note(trials, 1, 10, 7, 4, NOW + 6);
    CHECK(trials_state(trials, 1, NOW + 6, arena, &state) == 0);
    CHECK(state.seen[0].counts[REDACT_NAME] == 2);
}

/* Else a receipt would never catch up with a computer that is worked on. */
static void what_is_counted_afterwards_is_no_news(void)
{
    CLEANUP(trials_free) struct trials *trials = trials_made();
    struct trial_state state;

    CHECK(begin(trials, 1, 5, NOW) == 0);
    CHECK(note(trials, 1, 4, 7, 3, NOW) && !note(trials, 1, 5, 7, 2, NOW));
    CHECK(trials_state(trials, 1, NOW, arena, &state) == 0);
    CHECK(!state.seen[0].complete && state.seen[0].sequence == 4);
    CHECK(note(trials, 1, 6, 7, 4, NOW) && !note(trials, 1, 7, 7, 4, NOW));
    CHECK(trials_state(trials, 1, NOW, arena, &state) == 0);
    CHECK(state.seen[0].complete && state.seen[0].sequence == 6);
    CHECK(state.seen[0].counts[REDACT_NAME] == 4);
    /* Another account of that computer counts for itself. */
    CHECK(!note(trials, 1, 8, 9, 1, NOW) && note(trials, 1, 9, 9, 4, NOW));
}

static void what_is_counted_on_two_days_is_not_together(void)
{
    CLEANUP(trials_free) struct trials *trials = trials_made();
    struct trial_state state;

    CHECK(begin(trials, 1, 5, NOW) == 0);
    CHECK(note(trials, 1, 4, 7, 2, NOW) && note(trials, 2, 4, 7, 4, NOW));
    day++;
    CHECK(note(trials, 1, 5, 7, 3, NOW) && note(trials, 1, 6, 7, 4, NOW));
    CHECK(trials_state(trials, 1, NOW, arena, &state) == 0 && state.seen_count == 2);
    CHECK(!state.seen[0].together && state.seen[0].day == 20001);
    CHECK(state.seen[1].together && state.seen[1].day == 20000);
    day = 20000;
}

static void only_who_counted_half_of_it_is_told_complete_ones_first(void)
{
    CLEANUP(trials_free) struct trials *trials = trials_made();
    struct trial_state state;

    CHECK(begin(trials, 1, 5, NOW) == 0);
    CHECK(!note(trials, 1, 1, 7, 1, NOW));
    CHECK(note(trials, 2, 1, 7, 2, NOW));
    CHECK(note(trials, 3, 1, 7, 4, NOW));
    CHECK(trials_state(trials, 1, NOW, arena, &state) == 0 && state.seen_count == 2);
    CHECK(state.seen[0].complete && state.seen[0].device.at[0] == 3);
    CHECK(!state.seen[1].complete && state.seen[1].device.at[0] == 2);
    CHECK(state.rule_count == 2);
}

static void the_text_is_gone_after_a_quarter_of_an_hour(void)
{
    CLEANUP(trials_free) struct trials *trials = trials_made();
    struct needles needles = {0};

    CHECK(begin(trials, 3, 5, NOW) == 0);
    CHECK(trials_needles(trials, 3, NOW + TRIAL_MS - 1, &needles) == 0 && needles.count == 1);
    CHECK(trials_needles(trials, 4, NOW, &needles) == TRIALS_ABSENT);
    CHECK(trials_needles(trials, 3, NOW + TRIAL_MS, &needles) == TRIALS_ABSENT);
    /* It does not come back with the clock. */
    CHECK(trials_needles(trials, 3, NOW, &needles) == TRIALS_ABSENT);
    CHECK(begin(trials, 4, 5, NOW) == 0);
    trials_expire(trials, NOW - 1);
    CHECK(trials_needles(trials, 4, NOW, &needles) == TRIALS_ABSENT);
}

static void one_is_under_way_and_its_owner_may_begin_again(void)
{
    CLEANUP(trials_free) struct trials *trials = trials_made();
    struct trial_state state;

    CHECK(begin(trials, 1, 5, NOW) == 0);
    (void)note(trials, 3, 1, 7, 4, NOW);
    CHECK(begin(trials, 2, 6, NOW + 1) == TRIALS_BUSY);
    CHECK(trials_state(trials, 1, NOW + 1, arena, &state) == 0 && state.seen_count == 1);
    CHECK(begin(trials, 2, 5, NOW + 2) == 0);
    CHECK(trials_state(trials, 2, NOW + 2, arena, &state) == 0 && state.seen_count == 0);
    /* A late end of the one before does not end it. */
    trials_end(trials, 1);
    CHECK(trials_state(trials, 2, NOW + 2, arena, &state) == 0);
    CHECK(begin(trials, 3, 6, NOW + 2 + TRIAL_MS) == 0);
}

static void more_devices_than_there_is_room_for_do_no_harm(void)
{
    CLEANUP(trials_free) struct trials *trials = trials_made();
    struct trial_state state;

    CHECK(begin(trials, 1, 5, NOW) == 0);
    for (unsigned device = 0; device < 200; device++)
        (void)note(trials, (uint8_t)device, 1, 7, 4, NOW);
    CHECK(trials_state(trials, 1, NOW, arena, &state) == 0);
    CHECK(state.seen_count == TRIAL_DEVICES_MAX && state.rule_count == TRIAL_RULES_MAX);
}

int main(void)
{
    CHECK(arena_new(&arena, 1 << 22) == 0);
    RUN(what_is_counted_before_and_after_is_nothing);
    RUN(a_batch_that_comes_again_counts_once);
    RUN(what_is_counted_afterwards_is_no_news);
    RUN(what_is_counted_on_two_days_is_not_together);
    RUN(only_who_counted_half_of_it_is_told_complete_ones_first);
    RUN(the_text_is_gone_after_a_quarter_of_an_hour);
    RUN(one_is_under_way_and_its_owner_may_begin_again);
    RUN(more_devices_than_there_is_room_for_do_no_harm);
    arena = arena_free(arena);
    return tap_done();
}
