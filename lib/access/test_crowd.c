/*
 * The contract of crowd.h, over the memory engine: invented organisations, every answer that may be
 * asked for, and what they would say if a hidden cell were another one
 */

#include "access/crowd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/moment.h"
#include "tap.h"

#define MONDAY 20780 /* 2026-11-23 */
#define WEEKS 4
#define PEOPLE_MAX 40
#define NAMES 6
#define KINDS 4

static struct arena *arena;

static uint64_t chance_state;

static uint32_t chance_below(uint32_t limit)
{
    /* xorshift64*: Vigna, 2016 */
    chance_state ^= chance_state >> 12;
    chance_state ^= chance_state << 25;
    chance_state ^= chance_state >> 27;
    return (uint32_t)((chance_state * UINT64_C(0x2545f4914f6cdd1d)) >> 33) % limit;
}

/* ---- organisations ---- */

/* Counts of one kind on one day in one place by one account; account i is person i / 2's. */
struct deed {
    uint32_t account;
    int32_t day;
    uint32_t application;
    uint32_t domain;
    enum redact_kind kind;
    uint32_t count;
};

struct organisation {
    struct deed deeds[1000];
    size_t count;
};

static uint32_t person_of(const struct deed *deed)
{
    return 1 + deed->account / 2;
}

static void organisation_make(struct organisation *organisation, uint64_t seed)
{
    chance_state = seed * 7919 + 1;
    uint32_t accounts = 2 + chance_below(2 * PEOPLE_MAX - 2);

    organisation->count = 100 + chance_below(900);
    for (size_t i = 0; i < organisation->count; i++)
        organisation->deeds[i] = (struct deed){
            .account = chance_below(accounts),
            .day = MONDAY + (int32_t)chance_below(7 * WEEKS),
            /* Some are common, some are rare. */
            .application = 1 + chance_below(1 + chance_below(2)),
            .domain = chance_below(1 + chance_below(NAMES)),
            .kind = (enum redact_kind)chance_below(1 + chance_below(KINDS)),
            .count = 1 + chance_below(30),
        };
}

static void nothing(void *context, int result)
{
    (void)context;
    CHECK(result == 0);
}

static struct spans *store_of(const struct organisation *organisation)
{
    static const char *const words[] = {NULL,    "ehr",      "browser", "a.example",
                                        "b.org", "c.clinic", "d.test",  "e.net"};
    const struct clean_text *strings[8] = {0};
    struct spans *spans = NULL;

    CHECK(spans_open_memory(&spans) == 0);
    for (size_t i = 1; i < 8; i++)
        CHECK(redact_restore(bytes_of_text(text_of(words[i])), arena, &strings[i]) == 0);
    for (size_t i = 0; i < organisation->count; i++) {
        const struct deed *deed = &organisation->deeds[i];
        const struct spans_count count = {.account = {.number = 1 + deed->account},
                                          .day = deed->day,
                                          .application = deed->application,
                                          .domain = deed->domain ? 2 + deed->domain : 0,
                                          .kind = deed->kind,
                                          .count = deed->count};
        const struct spans_batch batch = {.device = {{1}},
                                          .epoch = 1,
                                          .sequence = i + 1,
                                          .received_at = 1,
                                          .strings = strings,
                                          .string_count = 8,
                                          .counts = &count,
                                          .count_count = 1};

        CHECK(spans_commit(spans, &batch, nothing, NULL) == 0);
    }
    return spans;
}

static void flows_of(struct spans *spans, const struct crowd_rule *rule, struct spans_flows *flows)
{
    static struct spans_owner owners[2 * PEOPLE_MAX];

    for (uint32_t i = 0; i < 2 * PEOPLE_MAX; i++)
        owners[i] = spans_owner_ever((struct account_id){1 + i}, (struct person_id){1 + i / 2});
    const struct spans_scope scope = {.owners = owners,
                                      .owner_count = 2 * PEOPLE_MAX,
                                      .from_at = rule->from_day * MS_PER_DAY,
                                      .to_at = (rule->to_day + 1) * MS_PER_DAY};
    CHECK(spans_flows(spans, &scope, rule->bucket, arena, flows) == 0);
}

/* An answer as text, so that two can be compared: everything that leaves is in it. */
static void answer_print(const struct crowd_answer *answer, struct buffer *out)
{
    for (size_t i = 0; i < answer->cell_count; i++) {
        const struct crowd_cell *cell = &answer->cells[i];

        buffer_print(out, "%d %.*s %d %d %d %llu %u\n", cell->day, (int)cell->name.len,
                     cell->name.at, cell->site, (int)cell->kind, cell->hidden,
                     (unsigned long long)cell->count, cell->people);
    }
    for (size_t i = 0; i < answer->untold_count; i++)
        buffer_print(out, "%d untold %u\n", answer->untold[i].day, answer->untold[i].names);
}

/* Every answer that whoever may not see identities can have, one after the other. */
static void everything_allowed(const struct organisation *organisation, struct buffer *out)
{
    CLEANUP(spans_free) struct spans *spans = store_of(organisation);
    static const uint32_t leasts[] = {1, 4, 5, 6, 9, 1000};
    struct crowd_answer answer;
    struct crowd_rule rule;
    struct spans_flows flows;

    buffer_clear(out);
    for (int32_t from = MONDAY - 3; from < MONDAY + 7 * WEEKS; from += 5)
        for (int32_t to = from; to < MONDAY + 7 * WEEKS + 3; to += 4)
            for (unsigned least = 0; least < sizeof leasts / sizeof *leasts; least++)
                for (unsigned bucket = 0; bucket <= SPANS_BUCKET_WEEK; bucket++) {
                    const struct crowd_ask ask = {.class =
                                                      access_class_find(text_of("configurator")),
                                                  .bucket = (enum spans_bucket)bucket,
                                                  .least = leasts[least],
                                                  .from_day = from,
                                                  .to_day = to,
                                                  .today = MONDAY + 7 * WEEKS - 2};

                    if (crowd_rule(&ask, &rule) == CROWD_DENIED)
                        continue;
                    flows_of(spans, &rule, &flows);
                    CHECK(crowd_publish(&rule, &flows, arena, &answer) == 0);
                    buffer_print(out, "from %d to %d by %u\n", from, to, leasts[least]);
                    answer_print(&answer, out);
                }
    CHECK(buffer_check(out) == 0);
    arena_reset(arena);
}

/* How many people made a week's cell. */
static uint32_t people_of(const struct organisation *organisation, const struct deed *cell)
{
    bool seen[PEOPLE_MAX + 1] = {false};
    uint32_t people = 0;

    for (size_t i = 0; i < organisation->count; i++) {
        const struct deed *deed = &organisation->deeds[i];

        if (deed->kind != cell->kind || deed->domain != cell->domain ||
            (!deed->domain && deed->application != cell->application) ||
            time_week(deed->day) != time_week(cell->day) || seen[person_of(deed)])
            continue;
        seen[person_of(deed)] = true;
        people++;
    }
    return people;
}

/* What nobody may learn may be anything: were it something else, every answer would be the same. So
 * no pair of answers, nor all of them together, tell anything about how much a few people did. */
static void no_answers_together_tell_a_hidden_count(void)
{
    static struct organisation organisation;
    static struct organisation other;
    CLEANUP(buffer_deinit) struct buffer before = buffer_init((size_t)64 << 20);
    CLEANUP(buffer_deinit) struct buffer after = buffer_init((size_t)64 << 20);
    size_t changed = 0;
    size_t shown = 0;

    for (uint64_t seed = 1; seed <= 16; seed++) {
        organisation_make(&organisation, seed);
        other = organisation;
        for (size_t i = 0; i < other.count; i++) {
            if (people_of(&organisation, &organisation.deeds[i]) >= CROWD_LEAST) {
                shown++;
                continue;
            }
            changed++;
            other.deeds[i].count = 1 + chance_below(100000);
            /* Nor on which day of the week it was. */
            other.deeds[i].day = time_week(other.deeds[i].day) + (int32_t)chance_below(7);
        }
        everything_allowed(&organisation, &before);
        everything_allowed(&other, &after);
        CHECK(before.len == after.len && memcmp(before.at, after.at, before.len) == 0);
    }
    /* The test is worth nothing where nothing was hidden, or nothing shown. */
    CHECK(changed > 300 && shown > 3000);
}

/* The other way round: what more people did is seen, so the answers are not empty. */
static void a_shown_count_is_seen_to_change(void)
{
    static struct organisation organisation;
    CLEANUP(buffer_deinit) struct buffer before = buffer_init((size_t)64 << 20);
    CLEANUP(buffer_deinit) struct buffer after = buffer_init((size_t)64 << 20);

    organisation_make(&organisation, 5);
    everything_allowed(&organisation, &before);
    for (size_t i = 0; i < organisation.count; i++)
        if (people_of(&organisation, &organisation.deeds[i]) >= CROWD_LEAST &&
            organisation.deeds[i].day < MONDAY + 7) {
            organisation.deeds[i].count += 1000;
            break;
        }
    everything_allowed(&organisation, &after);
    CHECK(before.len != after.len || memcmp(before.at, after.at, before.len) != 0);
}

static void weeks_do_not_depend_on_which_others_are_asked_for(void)
{
    static struct organisation organisation;
    struct crowd_rule rule = {.bucket = SPANS_BUCKET_WEEK, .least = CROWD_LEAST, .rounded = true};
    struct crowd_answer whole;
    struct crowd_answer part;
    struct spans_flows flows;
    size_t parts = 0;

    organisation_make(&organisation, 9);
    CLEANUP(spans_free) struct spans *spans = store_of(&organisation);
    rule.from_day = MONDAY;
    rule.to_day = MONDAY + 7 * WEEKS - 1;
    flows_of(spans, &rule, &flows);
    CHECK(crowd_publish(&rule, &flows, arena, &whole) == 0);
    for (int32_t week = MONDAY; week < MONDAY + 7 * WEEKS; week += 7) {
        rule.from_day = week;
        rule.to_day = week + 6;
        flows_of(spans, &rule, &flows);
        CHECK(crowd_publish(&rule, &flows, arena, &part) == 0);
        parts += part.cell_count;
        for (size_t i = 0; i < part.cell_count; i++) {
            size_t at = 0;

            while (at < whole.cell_count &&
                   (whole.cells[at].day != week || whole.cells[at].kind != part.cells[i].kind ||
                    !text_equal(whole.cells[at].name, part.cells[i].name)))
                at++;
            CHECK(at < whole.cell_count && whole.cells[at].count == part.cells[i].count);
        }
    }
    CHECK(parts == whole.cell_count && parts > 0);
    arena_reset(arena);
}

/* ---- rules ---- */

static struct crowd_ask ask_of(const char *class, enum spans_bucket bucket, uint32_t least)
{
    return (struct crowd_ask){.class = access_class_find(text_of(class)),
                              .bucket = bucket,
                              .least = least,
                              .from_day = MONDAY + 2,
                              .to_day = MONDAY + 16,
                              .today = MONDAY + 16};
}

static int rule_of(struct crowd_ask ask, struct crowd_rule *rule)
{
    return crowd_rule(&ask, rule);
}

static void whoever_may_not_see_identities_gets_whole_weeks_of_five_people(void)
{
    struct crowd_rule rule = {0};

    CHECK(rule_of(ask_of("configurator", SPANS_BUCKET_WEEK, 5), &rule) == 0);
    CHECK(rule.rounded && rule.least == 5);
    /* The third week goes on: it is not in it. */
    CHECK(rule.from_day == MONDAY && rule.to_day == MONDAY + 13);
    for (uint32_t least = 0; least < 5; least++)
        CHECK(rule_of(ask_of("configurator", SPANS_BUCKET_WEEK, least), &rule) == CROWD_DENIED);
    CHECK(rule_of(ask_of("configurator", SPANS_BUCKET_DAY, 5), &rule) == CROWD_DENIED);
    CHECK(rule_of(ask_of("configurator", SPANS_BUCKET_DAY, 500), &rule) == CROWD_DENIED);
}

static void on_a_monday_the_week_before_is_over(void)
{
    struct crowd_ask ask = ask_of("configurator", SPANS_BUCKET_WEEK, 5);
    struct crowd_rule rule = {0};

    ask.today = ask.to_day = MONDAY + 7;
    CHECK(crowd_rule(&ask, &rule) == 0 && rule.to_day == MONDAY + 6);
    ask.today = ask.to_day = MONDAY + 6;
    CHECK(crowd_rule(&ask, &rule) == 0 && rule.to_day == MONDAY - 1);
    CHECK(rule.from_day > rule.to_day);
}

static void whoever_sees_identities_may_ask_for_single_people_and_days(void)
{
    static const char *const classes[] = {"power_user", "privacy_officer", "admin"};
    struct crowd_rule rule = {0};

    for (size_t i = 0; i < 3; i++) {
        CHECK(rule_of(ask_of(classes[i], SPANS_BUCKET_DAY, 1), &rule) == 0);
        CHECK(!rule.rounded && rule.least == 1);
        CHECK(rule.from_day == MONDAY + 2 && rule.to_day == MONDAY + 16);
        CHECK(rule_of(ask_of(classes[i], SPANS_BUCKET_WEEK, 1), &rule) == 0);
        CHECK(rule.from_day == MONDAY && rule.to_day == MONDAY + 20);
        CHECK(rule_of(ask_of(classes[i], SPANS_BUCKET_WEEK, 0), &rule) == CROWD_DENIED);
    }
}

static void whoever_may_not_see_counts_is_denied_whatever_they_ask(void)
{
    struct crowd_rule rule = {0};

    for (uint32_t least = 0; least < 100; least++) {
        CHECK(rule_of(ask_of("viewer", SPANS_BUCKET_WEEK, least), &rule) == CROWD_DENIED);
        CHECK(rule_of(ask_of("nobody", SPANS_BUCKET_WEEK, least), &rule) == CROWD_DENIED);
    }
}

static void rounding_never_makes_something_nothing(void)
{
    const struct crowd_rule rule = {.bucket = SPANS_BUCKET_WEEK, .least = 5, .rounded = true};
    static const uint64_t counts[][2] = {{5, 5},   {6, 5},   {7, 5},   {8, 10}, {9, 10},
                                         {10, 10}, {12, 10}, {13, 15}, {1, 5}};
    const struct clean_text *name = NULL;
    struct crowd_answer answer;

    CHECK(redact_restore(bytes_of_text(text_of("ehr")), arena, &name) == 0);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        struct spans_flow flow = {
            .day = MONDAY, .name = name, .count = counts[i][0], .people = 5, .row_people = 5};
        const struct spans_flows flows = {.at = &flow, .count = 1, .people = 5};

        CHECK(crowd_publish(&rule, &flows, arena, &answer) == 0);
        CHECK(answer.cell_count == 1 && answer.cells[0].count == counts[i][1]);
        CHECK(answer.cells[0].people == 0 && !answer.cells[0].hidden);
    }
    arena_reset(arena);
}

static void a_window_leaves_whole_weeks_only(void)
{
    struct crowd_ask ask = ask_of("power_user", SPANS_BUCKET_WEEK, 5);
    struct crowd_rule all;
    struct crowd_rule rule;

    CHECK(rule_of(ask, &all) == 0);
    for (int32_t day = 0; day < 7; day++) {
        ask.window_day = all.from_day + 1 + day;
        CHECK(rule_of(ask, &rule) == 0 && rule.from_day == all.from_day + 7);
    }
    ask.window_day = all.from_day;
    CHECK(rule_of(ask, &rule) == 0 && rule.from_day == all.from_day);
    ask.window_day = all.to_day + 100;
    CHECK(rule_of(ask, &rule) == 0 && rule.from_day > rule.to_day);
}

int main(void)
{
    RUN(a_window_leaves_whole_weeks_only);
    CHECK(arena_new(&arena, (size_t)512 << 20) == 0);
    RUN(whoever_may_not_see_identities_gets_whole_weeks_of_five_people);
    RUN(on_a_monday_the_week_before_is_over);
    RUN(whoever_sees_identities_may_ask_for_single_people_and_days);
    RUN(whoever_may_not_see_counts_is_denied_whatever_they_ask);
    RUN(rounding_never_makes_something_nothing);
    RUN(weeks_do_not_depend_on_which_others_are_asked_for);
    RUN(a_shown_count_is_seen_to_change);
    RUN(no_answers_together_tell_a_hidden_count);
    arena = arena_free(arena);
    return tap_done();
}
