/* The contract of every engine for spills: texts that must go are found, and replaced on their day.
 */

#include <string.h>

#include "spans-support.h"
#include "store/spans/spans.h"
#include "tap.h"

#define ARENA_MAX ((size_t)256 << 20)
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

/* Everybody, from the beginning of time. */
static struct spans_scope everything(void)
{
    static struct spans_owner owners[4];

    for (uint32_t i = 0; i < 4; i++)
        owners[i] = spans_owner_ever((struct account_id){i + 1}, (struct person_id){i + 1});
    return (struct spans_scope){
        .owners = owners, .owner_count = 4, .from_at = 0, .to_at = INT64_MAX};
}

static void a_spilled_text_is_found_and_replaced_wherever_its_day_has_it(void)
{
    CLEANUP(spans_free) struct spans *spans = open_empty();
    struct spans_scope scope = everything();
    struct spans_batch *batch = small_batch(arena, 1, 1, 1, NOW, 5000);
    struct spans_gap gap = {.from_at = NOW,
                            .to_at = NOW + 1,
                            .reason = BATCH_GAP_PAUSED,
                            .reason_text = clean_of(arena, "portal again")};
    struct spans_count counted = {
        .account = {.number = 1}, .day = TEST_DAY, .application = 1, .domain = 2, .count = 4};
    struct spans_rewritten rewritten;
    struct spans_answer *answers;
    struct spans_removed *removed;
    struct spans_gap *gaps;
    int32_t *days;
    uint64_t texts;
    size_t count;

    batch->gaps = &gap;
    batch->gap_count = 1;
    batch->counts = &counted;
    batch->count_count = 1;
    CHECK(commit_and_wait(spans, batch) == 0);
    CHECK(commit_and_wait(spans, small_batch(arena, 1, 2, 2, NOW, 70)) == 0);
    CHECK(spans_settle(spans) == 0);
    CHECK(spans_days(spans, arena, &days, &count) == 0 && count == 1 && days[0] == TEST_DAY);
    CHECK(spans_search(spans, TEST_DAY, holds_word, "portal", &texts) == 0 && texts == 2);
    CHECK(spans_search(spans, TEST_DAY + 1, holds_word, "portal", &texts) == 0 && texts == 0);
    CHECK(spans_rewrite(spans, TEST_DAY, holds_word, "portal", clean_of(arena, "[unknown]"),
                        &rewritten) == 0);
    CHECK(rewritten.texts == 2);
    CHECK(spans_search(spans, TEST_DAY, holds_word, "portal", &texts) == 0 && texts == 0);
    CHECK(spans_timeline(spans, &scope, arena, &answers, &count) == 0 && count == 2);
    for (size_t i = 0; i < count; i++) {
        CHECK(clean_is(answers[i].span.application, "ehr"));
        CHECK(clean_is(answers[i].span.domain, "[unknown]"));
        CHECK(!answers[i].span.title);
    }
    CHECK(spans_removed(spans, &scope, arena, &removed, &count) == 0 && count == 1);
    CHECK(removed->count == 4 && clean_is(removed->application, "ehr"));
    CHECK(clean_is(removed->domain, "[unknown]"));
    CHECK(spans_gaps(spans, device_of(1), 9, arena, &gaps, &count) == 0 && count == 1);
    CHECK(clean_is(gaps->reason_text, "[unknown]"));
}

static void other_days_of_a_batch_keep_what_they_have(void)
{
    CLEANUP(spans_free) struct spans *spans = open_empty();
    struct spans_scope scope = everything();
    struct spans_batch *batch = small_batch(arena, 1, 1, 1, NOW, 5000);
    struct spans_row rows[2] = {batch->rows[0], batch->rows[0]};
    struct spans_rewritten rewritten;
    struct spans_answer *answers;
    uint64_t texts;
    int32_t *days;
    size_t count;

    rows[1].start_at += 86400000;
    batch->rows = rows;
    batch->row_count = 2;
    CHECK(commit_and_wait(spans, batch) == 0);
    CHECK(spans_days(spans, arena, &days, &count) == 0 && count == 2);
    CHECK(spans_rewrite(spans, TEST_DAY + 1, holds_word, "ehr", clean_of(arena, "[unknown]"),
                        &rewritten) == 0);
    CHECK(rewritten.texts == 1);
    CHECK(spans_search(spans, TEST_DAY, holds_word, "ehr", &texts) == 0 && texts == 1);
    CHECK(spans_timeline(spans, &scope, arena, &answers, &count) == 0 && count == 2);
    CHECK(clean_is(answers[0].span.application, "ehr"));
    CHECK(clean_is(answers[1].span.application, "[unknown]"));
    /* What comes for that day afterwards is numbered from where it ends now. */
    CHECK(commit_and_wait(spans, small_batch(arena, 1, 2, 1, NOW + 86400000 + 60000, 9)) == 0);
    CHECK(spans_timeline(spans, &scope, arena, &answers, &count) == 0 && count == 3);
    CHECK(clean_is(answers[1].span.application, "[unknown]"));
    CHECK(clean_is(answers[2].span.application, "ehr"));
}

static void a_day_without_the_text_is_left_as_it_is(void)
{
    CLEANUP(spans_free) struct spans *spans = open_empty();
    static const struct spans_rewritten nothing;
    struct spans_rewritten rewritten = {.texts = 7};

    CHECK(commit_and_wait(spans, small_batch(arena, 1, 1, 1, NOW, 5000)) == 0);
    CHECK(spans_rewrite(spans, TEST_DAY, holds_word, "absent", clean_of(arena, "[unknown]"),
                        &rewritten) == 0);
    CHECK(memcmp(&rewritten, &nothing, sizeof(nothing)) == 0);
    CHECK(spans_rewrite(spans, TEST_DAY + 400, holds_word, "ehr", clean_of(arena, "[unknown]"),
                        &rewritten) == 0);
    CHECK(rewritten.texts == 0);
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
    CHECK(arena_new(&arena, ARENA_MAX) == 0);
    CONTRACT(a_spilled_text_is_found_and_replaced_wherever_its_day_has_it);
    CONTRACT(other_days_of_a_batch_keep_what_they_have);
    CONTRACT(a_day_without_the_text_is_left_as_it_is);
    arena = arena_free(arena);
    keyring = keyring_free(keyring);
    test_paths_remove();
    return tap_done();
}
