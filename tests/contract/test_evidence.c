/* The contract of the span store about evidence of redaction, over every engine. */

#include <stdio.h>
#include <string.h>

#include "spans-support.h"
#include "store/spans/spans.h"
#include "tap.h"

#define NOW (TEST_AT + INT64_C(43200000)) /* noon */

static bool embedded; /* the engine that is tested */
static struct keyring *keyring;
static struct arena *arena;

static struct spans *open_empty(void)
{
    struct spans *spans = NULL;

    if (!embedded) {
        CHECK(spans_open_memory(&spans) == 0);
        return spans;
    }
    test_path_remove("spans.db");
    CHECK(spans_open_embedded(&spans, test_path("spans.db"), keyring) == 0);
    return spans;
}

static void rules_are_known_with_their_times_and_counts_add_up(void)
{
    CLEANUP(spans_free) struct spans *spans = open_empty();
    struct evidence_rules sets[] = {{.hash = {1}, .version = "1"}, {.hash = {2}, .version = "2"}};
    const struct evidence_count count = {TEST_DAY, 3, "mrn.label"};
    const struct evidence_judged judged = {TEST_DAY, 10};
    struct spans_rules *rules;
    struct evidence found;
    size_t known;

    /* Rules 1, then 2, then 1 again: since when says the latter. */
    for (uint64_t sequence = 1; sequence <= 4; sequence++) {
        struct spans_batch *batch = small_batch(arena, 1, sequence, 1, NOW, 5000);

        batch->received_at = TEST_AT + (int64_t)sequence * 1000;
        batch->evidence = (struct evidence){&sets[sequence == 2], 1, &count, 1, &judged, 1};
        CHECK(commit_and_wait(spans, batch) == 0);
    }
    CHECK(spans_rules(spans, device_of(1), arena, &rules, &known) == 0 && known == 2);
    CHECK(strcmp(rules[0].rules.version, "1") == 0 && !rules[0].sensor);
    CHECK(rules[0].first_at == TEST_AT + 1000 && rules[0].since_at == TEST_AT + 3000);
    CHECK(rules[0].last_at == TEST_AT + 4000 && rules[1].last_at == TEST_AT + 2000);
    CHECK(spans_evidence(spans, device_of(1), TEST_DAY, TEST_DAY, arena, &found) == 0);
    CHECK(found.count_count == 1 && found.counts[0].count == 12 && found.counts[0].day == TEST_DAY);
    CHECK(found.judged_count == 1 && found.judged[0].count == 40);
    CHECK(spans_evidence(spans, device_of(2), TEST_DAY, TEST_DAY, arena, &found) == 0);
    CHECK(found.count_count == 0 && found.judged_count == 0);
    CHECK(spans_rules(spans, device_of(2), arena, &rules, &known) == 0 && known == 0);
}

static void evidence_that_breaks_its_promises_is_refused(void)
{
    CLEANUP(spans_free) struct spans *spans = open_empty();
    struct spans_batch *batch = small_batch(arena, 1, 1, 1, NOW, 5000);
    struct evidence_rules rules = {.version = "Not a version"};
    struct evidence_count count = {TEST_DAY, 1, "two words"};
    struct evidence_judged judged = {-1, 1};

    batch->evidence = (struct evidence){.rules = &rules, .rules_count = 1};
    CHECK(commit_and_wait(spans, batch) == SPANS_INVALID);
    batch->evidence = (struct evidence){.counts = &count, .count_count = 1};
    CHECK(commit_and_wait(spans, batch) == SPANS_INVALID);
    batch->evidence = (struct evidence){.judged = &judged, .judged_count = 1};
    CHECK(commit_and_wait(spans, batch) == SPANS_INVALID);
    judged.day = TEST_DAY;
    CHECK(commit_and_wait(spans, batch) == 0);
}

static void rules_that_are_one_too_many_for_a_day_are_other(void)
{
    CLEANUP(spans_free) struct spans *spans = open_empty();
    static struct evidence_count counts[WIRE_RULE_COUNTS_MAX];
    struct spans_batch *batch = small_batch(arena, 1, 1, 1, NOW, 5000);
    struct evidence found;
    uint64_t total = 0;

    for (int i = 0; i < WIRE_RULE_COUNTS_MAX; i++) {
        counts[i] = (struct evidence_count){.day = TEST_DAY, .count = 2};
        (void)snprintf(counts[i].rule, sizeof(counts[i].rule), "invented.%d", i);
    }
    batch->evidence = (struct evidence){.counts = counts, .count_count = WIRE_RULE_COUNTS_MAX};
    CHECK(commit_and_wait(spans, batch) == 0);
    CHECK(spans_evidence(spans, device_of(1), TEST_DAY, TEST_DAY, arena, &found) == 0);
    CHECK(found.count_count <= 1001);
    for (size_t i = 0; i < found.count_count; i++)
        total += found.counts[i].count;
    CHECK(total == 2 * WIRE_RULE_COUNTS_MAX);
}

#define CONTRACT(test)                                                                             \
    do {                                                                                           \
        embedded = false;                                                                          \
        tap_run((test), "memory: " #test);                                                         \
        embedded = true;                                                                           \
        tap_run((test), "embedded: " #test);                                                       \
        arena_reset(arena);                                                                        \
    } while (0)

int main(void)
{
    keyring = test_keyring();
    CHECK(arena_new(&arena, (size_t)64 << 20) == 0);
    CONTRACT(rules_are_known_with_their_times_and_counts_add_up);
    CONTRACT(evidence_that_breaks_its_promises_is_refused);
    embedded = true; /* the memory engine has no ceiling of a day */
    RUN(rules_that_are_one_too_many_for_a_day_are_other);
    arena = arena_free(arena);
    keyring = keyring_free(keyring);
    test_paths_remove();
    return tap_done();
}
