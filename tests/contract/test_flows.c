/*
 * The contract of the span store, over every engine: whose counts are one cell's, and where needles
 * are found
 */

#include "store/spans/spans.h"

#include <stdlib.h>

#include "spans-support.h"
#include "tap.h"

#define ARENA_MAX ((size_t)64 << 20)
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

/* Accounts from 1; two of them are each person's. */
static struct spans_scope scope_of(size_t accounts, int64_t from_at, int64_t to_at)
{
    static struct spans_owner owners[16];

    for (uint32_t i = 0; i < 16; i++)
        owners[i] = spans_owner_ever((struct account_id){i + 1}, (struct person_id){1 + i / 2});
    return (struct spans_scope){
        .owners = owners, .owner_count = accounts, .from_at = from_at, .to_at = to_at};
}

static void a_needle_is_found_where_it_is_and_nowhere_else(void)
{
    CLEANUP(spans_free) struct spans *spans = open_empty();
    struct spans_batch *batch = small_batch(arena, 1, 1, 1, NOW, 1000);
    struct spans_gap gap = {.from_at = NOW, .to_at = NOW + 1, .reason = BATCH_GAP_PAUSED};
    struct needles there = {0};
    struct needles absent = {0};
    struct spans_found found;
    struct spans_answer *answers;
    size_t count;

    gap.reason_text = clean_of(arena, "Quarterly inventory");
    batch->gaps = &gap;
    batch->gap_count = 1;
    CHECK(commit_and_wait(spans, batch) == 0);
    CHECK(needles_add(&absent, text_of("zyllowska")) == 0);
    CHECK(spans_look(spans, &absent, &found) == 0);
    CHECK(found.sealed.found == 0 && found.file.found == 0 && found.memory.found == 0);
    CHECK(found.sealed.texts > 0 && found.sealed.bytes > 0);
    CHECK(needles_add(&there, text_of("PORTAL.example")) == 0);
    CHECK(needles_add(&there, text_of("inventory")) == 0);
    CHECK(spans_look(spans, &there, &found) == 0);
    CHECK(found.sealed.found == 2);
    /* Sealed means that the file as it is has nothing of it. */
    CHECK(found.file.found == 0 && found.memory.found == 0);
    if (!embedded)
        return;
    CHECK(found.file.texts > 0);
    /* Texts that were asked for are held. */
    struct spans_scope scope = scope_of(16, 0, INT64_MAX);
    CHECK(spans_timeline(spans, &scope, arena, &answers, &count) == 0);
    CHECK(spans_look(spans, &there, &found) == 0);
    CHECK(found.memory.found == 1 && found.memory.texts > 0);
}

/* One count of one kind; domain 2 is a site, 0 none. */
static void commit_count(struct spans *spans, uint64_t sequence, uint32_t account, int32_t day,
                         uint32_t domain, enum redact_kind kind, uint32_t count)
{
    struct spans_batch *batch = small_batch(arena, 1, sequence, account, NOW, 1000);
    const struct spans_count counts[1] = {{.account = {.number = account},
                                           .day = day,
                                           .application = 1,
                                           .domain = domain,
                                           .kind = kind,
                                           .count = count}};

    batch->counts = counts;
    batch->count_count = 1;
    CHECK(commit_and_wait(spans, batch) == 0);
}

static void a_person_with_two_accounts_is_one_in_a_flow(void)
{
    CLEANUP(spans_free) struct spans *spans = open_empty();
    struct spans_scope scope = scope_of(16, TEST_AT, TEST_AT + INT64_C(14) * 86400000);
    struct spans_flows flows;

    /* Accounts 1 and 2 are one person's, 3 is another's; TEST_DAY is a Monday. */
    commit_count(spans, 1, 1, TEST_DAY, 2, REDACT_MRN, 4);
    commit_count(spans, 2, 2, TEST_DAY + 6, 2, REDACT_MRN, 5);
    commit_count(spans, 3, 3, TEST_DAY + 3, 2, REDACT_NAME, 1);
    CHECK(spans_flows(spans, &scope, SPANS_BUCKET_WEEK, arena, &flows) == 0);
    CHECK(flows.count == 2 && flows.people == 2);
    for (size_t i = 0; i < flows.count; i++) {
        CHECK(flows.at[i].day == TEST_DAY && flows.at[i].people == 1);
        CHECK(flows.at[i].row_people == 2 && flows.at[i].site);
        CHECK(clean_is(flows.at[i].name, "portal.example"));
        CHECK(flows.at[i].count == (flows.at[i].kind == REDACT_MRN ? 9 : 1));
    }
    CHECK(spans_flows(spans, &scope, SPANS_BUCKET_DAY, arena, &flows) == 0);
    CHECK(flows.count == 3 && flows.people == 2);
}

static void a_flow_without_site_is_its_applications(void)
{
    CLEANUP(spans_free) struct spans *spans = open_empty();
    struct spans_scope scope = scope_of(2, TEST_AT, TEST_AT + 86400000);
    struct spans_flows flows;

    commit_count(spans, 1, 1, TEST_DAY, 0, REDACT_MRN, 4);
    commit_count(spans, 2, 7, TEST_DAY, 0, REDACT_MRN, 4);
    commit_count(spans, 3, 1, TEST_DAY + 1, 0, REDACT_MRN, 4);
    CHECK(spans_flows(spans, &scope, SPANS_BUCKET_DAY, arena, &flows) == 0);
    CHECK(flows.count == 1 && flows.people == 1 && flows.at[0].count == 4);
    CHECK(!flows.at[0].site && clean_is(flows.at[0].name, "ehr"));
    scope.owner_count = 0;
    CHECK(spans_flows(spans, &scope, SPANS_BUCKET_DAY, arena, &flows) == 0);
    CHECK(flows.count == 0 && flows.people == 0);
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
    CONTRACT(a_person_with_two_accounts_is_one_in_a_flow);
    CONTRACT(a_flow_without_site_is_its_applications);
    CONTRACT(a_needle_is_found_where_it_is_and_nowhere_else);
    arena = arena_free(arena);
    keyring = keyring_free(keyring);
    test_paths_remove();
    return tap_done();
}
