/* What the embedded engine alone promises of evidence: old files, ceilings, destroyed days. */

#include <string.h>

#include "spans-support.h"
#include "store/sql/sql.h"
#include "tap.h"

#define NOW (TEST_AT + INT64_C(43200000)) /* noon */

static struct arena *arena;

struct fixture {
    struct keyring *keyring;
    struct spans *spans;
};

static struct fixture begin(void)
{
    static const uint8_t key[KEYRING_KEY_SIZE] = {4, 2};
    struct fixture fixture = {0};

    test_path_remove("spans.db");
    test_path_remove("keyring");
    CHECK(keyring_open(&fixture.keyring, test_path("keyring"),
                       (struct bytes){.at = key, .len = sizeof(key)}) == 0);
    CHECK(spans_open_embedded(&fixture.spans, test_path("spans.db"), fixture.keyring) == 0);
    return fixture;
}

static void end(struct fixture *fixture)
{
    fixture->spans = spans_free(fixture->spans);
    fixture->keyring = keyring_free(fixture->keyring);
    arena_reset(arena);
}

static struct spans_scope everything(void)
{
    static struct spans_owner owners[2];

    for (uint32_t i = 0; i < 2; i++)
        owners[i] = spans_owner_ever((struct account_id){i + 1}, (struct person_id){i + 1});
    return (struct spans_scope){
        .owners = owners, .owner_count = 2, .from_at = 0, .to_at = INT64_MAX};
}

static struct sql *open_sql(void)
{
    const struct sql_options options = {.path = test_path("spans.db")};
    struct sql *sql = NULL;

    CHECK(sql_open(&sql, &options) == 0);
    return sql;
}

/* As version 1 left it: without the tables of evidence. */
static void a_file_of_version_1_is_brought_up_to_date_and_keeps_what_it_has(void)
{
    struct fixture fixture = begin();
    struct spans_scope scope = everything();
    struct spans_batch *batch = small_batch(arena, 1, 90, 1, NOW, 5000);
    struct evidence_rules rules = {.version = "1"};
    struct spans_rules *known;
    struct spans_answer *answers;
    size_t before;
    size_t after;
    size_t count;

    CHECK(commit_and_wait(fixture.spans, small_batch(arena, 1, 1, 1, NOW, 1000)) == 0);
    fixture.spans = spans_free(fixture.spans);
    struct sql *sql = open_sql();
    CHECK(sql_script(sql, "DROP TABLE device_rules; DROP TABLE evidence;"
                          "PRAGMA user_version = 1") == 0);
    (void)sql_free(sql);
    CHECK(spans_open_embedded(&fixture.spans, test_path("spans.db"), fixture.keyring) == 0);
    CHECK(spans_timeline(fixture.spans, &scope, arena, &answers, &before) == 0 && before > 0);
    batch->evidence.rules = &rules;
    batch->evidence.rules_count = 1;
    CHECK(commit_and_wait(fixture.spans, batch) == 0);
    CHECK(spans_timeline(fixture.spans, &scope, arena, &answers, &after) == 0);
    CHECK(after == before + 1);
    CHECK(spans_rules(fixture.spans, device_of(1), arena, &known, &count) == 0 && count == 1);
    end(&fixture);
}

static void a_device_cannot_fill_the_file_with_rule_sets(void)
{
    struct fixture fixture = begin();
    struct spans_rules *known;
    size_t count;

    for (uint32_t i = 1; i <= SPANS_RULES_MAX + 20; i++) {
        struct spans_batch *batch = small_batch(arena, 1, i, 1, NOW, 1);
        struct evidence_rules rules = {.version = "1", .hash = {(uint8_t)i, 7}};

        batch->received_at = NOW + i;
        batch->evidence.rules = &rules;
        batch->evidence.rules_count = 1;
        CHECK(commit_and_wait(fixture.spans, batch) == 0);
    }
    CHECK(spans_rules(fixture.spans, device_of(1), arena, &known, &count) == 0);
    CHECK(count == SPANS_RULES_MAX && known[0].rules.hash[0] == SPANS_RULES_MAX + 20);
    end(&fixture);
    struct sql *sql = open_sql();
    struct sql_statement *statement = NULL;
    CHECK(sql_prepare(sql, "SELECT count(*) FROM device_rules", &statement) == 0);
    CHECK(sql_next(statement) == 0 && sql_i64(statement, 0) == SPANS_RULES_MAX);
    (void)sql_end(statement);
    (void)sql_free(sql);
}

static void evidence_of_a_destroyed_day_is_gone_and_more_of_it_comes_too_late(void)
{
    struct fixture fixture = begin();
    struct spans_batch *batch = small_batch(arena, 1, 1, 1, NOW, 1);
    const struct evidence_count count = {TEST_DAY - 2, 3, "mrn"};
    struct evidence evidence;

    batch->evidence.counts = &count;
    batch->evidence.count_count = 1;
    CHECK(commit_and_wait(fixture.spans, batch) == 0);
    CHECK(spans_evidence(fixture.spans, device_of(1), 0, TEST_DAY, arena, &evidence) == 0);
    CHECK(evidence.count_count == 1 && evidence.counts[0].count == 3);
    uint32_t destroyed;
    CHECK(keyring_destroy_before(fixture.keyring, TEST_DAY - 1, &destroyed) == 0);
    CHECK(spans_evidence(fixture.spans, device_of(1), 0, TEST_DAY, arena, &evidence) == 0);
    CHECK(evidence.count_count == 0 && evidence.judged_count == 0);
    batch->sequence = 2;
    CHECK(commit_and_wait(fixture.spans, batch) == 0);
    CHECK(spans_evidence(fixture.spans, device_of(1), 0, TEST_DAY, arena, &evidence) == 0);
    CHECK(evidence.count_count == 0);
    end(&fixture);
}

int main(void)
{
    CHECK(arena_new(&arena, (size_t)16 << 20) == 0);
    RUN(a_file_of_version_1_is_brought_up_to_date_and_keeps_what_it_has);
    RUN(a_device_cannot_fill_the_file_with_rule_sets);
    RUN(evidence_of_a_destroyed_day_is_gone_and_more_of_it_comes_too_late);
    arena = arena_free(arena);
    test_paths_remove();
    return tap_done();
}
