#include <stdlib.h>
#include <string.h>

#include "tap.h"
#include "ward.pb-c.h"
#include "wire/batch.h"
#include "wire/codec-private.h"
#include "wire/local.h"

static const int64_t noon = INT64_C(1763899200000);

static struct evidence_rules rules_of(uint8_t number)
{
    return (struct evidence_rules){.hash = {number, 0xee}, .version = "2026.11"};
}

static void words_are_short_and_plain(void)
{
    CHECK(evidence_word_valid(text_of("ssn.hyphens")));
    CHECK(evidence_word_valid(text_of("a")));
    CHECK(evidence_word_valid(text_of("0123456789abcdef0123456789abc._-")));
    CHECK(!evidence_word_valid(text_of("")));
    CHECK(!evidence_word_valid(text_of("0123456789abcdef0123456789abc._-x")));
    CHECK(!evidence_word_valid(text_of("Doe")));
    CHECK(!evidence_word_valid(text_of("john doe")));
    CHECK(!evidence_word_valid(text_of("caf\xc3\xa9")));
    CHECK(!evidence_word_valid((struct text){.at = "a\0b", .len = 3}));
}

static void every_rule_of_this_build_can_travel(void)
{
    const struct evidence_rules own = evidence_rules_own();

    CHECK(redact_rules_count() > 10 && redact_rules_count() <= 256);
    for (unsigned rule = 0; rule < redact_rules_count(); rule++)
        CHECK(evidence_word_valid(text_of(redact_rule_word(rule))));
    CHECK(redact_rule_word(redact_rules_count()) == NULL);
    CHECK(evidence_word_valid(text_of(own.version)));
}

static void what_is_added_twice_is_there_once(void)
{
    CLEANUP(evidence_sum_deinit) struct evidence_sum sum = evidence_sum_init();
    struct evidence_rules rules = rules_of(1);

    CHECK(evidence_sum_empty(&sum));
    CHECK(evidence_sum_rules(&sum, &rules) == 0 && evidence_sum_rules(&sum, &rules) == 0);
    CHECK(evidence_sum_empty(&sum));
    CHECK(evidence_sum_count(&sum, 5, "mrn", 2) == 0 && evidence_sum_count(&sum, 5, "mrn", 3) == 0);
    CHECK(evidence_sum_count(&sum, 6, "mrn", 1) == 0 && evidence_sum_count(&sum, 5, "ssn", 1) == 0);
    CHECK(evidence_sum_judged(&sum, 5, UINT64_MAX) == 0 && evidence_sum_judged(&sum, 5, 9) == 0);
    const struct evidence view = evidence_sum_view(&sum);
    CHECK(view.rules_count == 1 && view.count_count == 3 && view.judged_count == 1);
    CHECK(view.counts[0].count == 5 && view.judged[0].count == UINT64_MAX);
    CHECK(!evidence_sum_empty(&sum));
    evidence_sum_clear(&sum);
    CHECK(evidence_sum_empty(&sum) && evidence_sum_view(&sum).rules_count == 0);
}

static void sums_have_ceilings(void)
{
    CLEANUP(evidence_sum_deinit) struct evidence_sum sum = evidence_sum_init();

    for (uint8_t i = 0; i < WIRE_RULES_MAX; i++) {
        struct evidence_rules rules = rules_of(i);

        CHECK(evidence_sum_rules(&sum, &rules) == 0);
    }
    struct evidence_rules more = rules_of(99);
    CHECK(evidence_sum_rules(&sum, &more) == EVIDENCE_FULL);
    for (int32_t day = 0; day < WIRE_JUDGED_MAX; day++)
        CHECK(evidence_sum_judged(&sum, day, 1) == 0);
    CHECK(evidence_sum_judged(&sum, WIRE_JUDGED_MAX, 1) == EVIDENCE_FULL);
    CHECK(evidence_sum_judged(&sum, 0, 1) == 0);
}

/* A batch of one gap and what evidence is given. */
static int finish(struct batch_writer *writer, const struct evidence *evidence,
                  struct buffer *bytes)
{
    int r = batch_writer_gap(writer, UINT32_MAX, noon, noon, BATCH_GAP_SENSOR_LOST, 1, NULL);

    if (!r && evidence)
        r = batch_writer_evidence(writer, evidence);
    return r ? r : batch_writer_finish(writer, (struct device_id){.at = {7}}, 1, 1, noon, 0, bytes);
}

static void evidence_arrives_as_it_was(void)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    CLEANUP(batch_writer_free) struct batch_writer *writer = NULL;
    CLEANUP(buffer_deinit) struct buffer bytes = buffer_init(WIRE_BODY_MAX);
    CLEANUP(buffer_deinit) struct buffer body = buffer_init(WIRE_LOCAL_MAX);
    const struct evidence_rules rules[] = {rules_of(1), rules_of(2)};
    const struct evidence_count counts[] = {{-3, 4, "mrn.label"}, {9, UINT64_MAX, "ssn"}};
    const struct evidence_judged judged = {9, 1234567890123};
    struct evidence evidence = {rules, 2, counts, 2, &judged, 1};
    struct local_report report;
    struct batch b;

    CHECK(arena_new(&arena, BATCH_ARENA_MAX) == 0 && batch_writer_new(&writer) == 0);
    CHECK(finish(writer, &evidence, &bytes) == 0);
    CHECK(batch_decode(buffer_bytes(&bytes), arena, &b) == 0);
    CHECK(b.evidence.rules_count == 2 && evidence_rules_equal(&b.evidence.rules[1], &rules[1]));
    CHECK(b.evidence.count_count == 2 && b.evidence.judged_count == 1);
    CHECK(b.evidence.counts[0].day == -3 && b.evidence.counts[0].count == 4);
    CHECK(strcmp(b.evidence.counts[0].rule, "mrn.label") == 0);
    CHECK(b.evidence.counts[1].count == UINT64_MAX);
    CHECK(b.evidence.judged[0].day == 9 && b.evidence.judged[0].count == 1234567890123);
    CHECK(batch_writer_evidence_held(writer).rules_count == 0);
    /* A sensor has one rule set. */
    CHECK(local_report_encode(NULL, 0, NULL, 0, NULL, 0, &evidence, &body) == 0);
    CHECK(local_report_decode(buffer_bytes(&body), arena, &report) == BATCH_INVALID);
    buffer_clear(&body);
    evidence.rules_count = 1;
    CHECK(local_report_encode(NULL, 0, NULL, 0, NULL, 0, &evidence, &body) == 0);
    CHECK(local_report_decode(buffer_bytes(&body), arena, &report) == 0);
    CHECK(report.evidence.rules_count == 1 && report.evidence.count_count == 2);
}

static void a_batch_without_evidence_is_still_a_batch(void)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    CLEANUP(batch_writer_free) struct batch_writer *writer = NULL;
    CLEANUP(buffer_deinit) struct buffer bytes = buffer_init(WIRE_BODY_MAX);
    struct batch b;

    CHECK(arena_new(&arena, BATCH_ARENA_MAX) == 0 && batch_writer_new(&writer) == 0);
    CHECK(finish(writer, NULL, &bytes) == 0);
    CHECK(batch_decode(buffer_bytes(&bytes), arena, &b) == 0);
    CHECK(b.gap_count == 1 && b.evidence.rules_count == 0 && b.evidence.count_count == 0);
}

static void a_writer_that_is_full_of_evidence_says_so_and_keeps_what_it_has(void)
{
    static struct evidence_count counts[WIRE_RULE_COUNTS_MAX];
    CLEANUP(batch_writer_free) struct batch_writer *writer = NULL;
    CLEANUP(buffer_deinit) struct buffer bytes = buffer_init(WIRE_BODY_MAX);
    struct evidence evidence = {.counts = counts, .count_count = WIRE_RULE_COUNTS_MAX};

    for (int32_t i = 0; i < WIRE_RULE_COUNTS_MAX; i++)
        counts[i] = (struct evidence_count){i, 1, "0123456789abcdef0123456789abcdef"};
    CHECK(batch_writer_new(&writer) == 0);
    CHECK(batch_writer_evidence(writer, &evidence) == 0);
    evidence.count_count = 1;
    CHECK(batch_writer_evidence(writer, &evidence) == BATCH_LARGE);
    CHECK(batch_writer_evidence_held(writer).counts[0].count == 1);
    CHECK(finish(writer, NULL, &bytes) == 0);
}

/* ---- what a liar sends ---- */

static int decode(const Ward__Batch *message)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    CLEANUP(buffer_deinit) struct buffer plain = buffer_init(CODEC_PLAIN_OUT_MAX);
    CLEANUP(buffer_deinit) struct buffer frame = buffer_init(WIRE_BODY_MAX);
    struct batch b;

    CHECK(arena_new(&arena, BATCH_ARENA_MAX) == 0);
    CHECK(codec_pack(&message->base, &plain) == 0);
    CHECK(codec_compress(buffer_bytes(&plain), &frame) == 0);
    return batch_decode(buffer_bytes(&frame), arena, &b);
}

static void a_liar_about_rules_is_refused(void)
{
    static ProtobufCBinaryData many[WIRE_RULE_COUNTS_MAX + 1];
    static uint64_t numbers[WIRE_RULE_COUNTS_MAX + 1];
    uint8_t device[DEVICE_ID_SIZE] = {1};
    uint8_t hash[REDACT_HASH_LEN] = {2};
    ProtobufCBinaryData version = {.len = 1, .data = (uint8_t *)"1"};
    ProtobufCBinaryData hashed = {.len = sizeof(hash), .data = hash};
    int32_t days[] = {3, 4};
    Ward__Batch m = WARD__BATCH__INIT;

    m.format = BATCH_FORMAT;
    m.device = (ProtobufCBinaryData){.len = sizeof(device), .data = device};
    m.n_rules_versions = m.n_rules_hashes = 1;
    m.rules_versions = &version;
    m.rules_hashes = &hashed;
    CHECK(decode(&m) == 0);
    hashed.len--;
    CHECK(decode(&m) == BATCH_INVALID);
    hashed.len++;
    version.data = (uint8_t *)"V";
    CHECK(decode(&m) == BATCH_INVALID);
    version.data = (uint8_t *)"1";
    m.n_rules_versions = 0;
    CHECK(decode(&m) == BATCH_INVALID);
    m.n_rules_versions = 1;

    for (size_t i = 0; i <= WIRE_RULE_COUNTS_MAX; i++)
        many[i] = (ProtobufCBinaryData){.len = 3, .data = (uint8_t *)"mrn"};
    m.rule_words = many;
    m.rule_counts = numbers;
    m.n_rule_words = m.n_rule_counts = WIRE_RULE_COUNTS_MAX;
    CHECK(decode(&m) == 0);
    m.n_rule_words = m.n_rule_counts = WIRE_RULE_COUNTS_MAX + 1;
    CHECK(decode(&m) == BATCH_LARGE);
    m.n_rule_words = m.n_rule_counts = 2;
    m.rule_days = days;
    m.n_rule_days = 1;
    CHECK(decode(&m) == BATCH_INVALID);
    m.n_rule_days = 2;
    CHECK(decode(&m) == 0);
    days[1] = INT32_MAX;
    CHECK(decode(&m) == BATCH_INVALID);
    days[1] = 4;
    many[1].data = (uint8_t *)"Doe";
    CHECK(decode(&m) == BATCH_INVALID);
    many[1].data = (uint8_t *)"mrn";
    m.n_rule_words = 1;
    CHECK(decode(&m) == BATCH_INVALID);
    m.n_rule_words = 2;
    m.judged_counts = numbers;
    m.n_judged_counts = WIRE_JUDGED_MAX + 1;
    CHECK(decode(&m) == BATCH_LARGE);
    m.n_judged_counts = 2;
    m.judged_days = days;
    m.n_judged_days = 1;
    CHECK(decode(&m) == BATCH_INVALID);
    m.n_judged_days = 2;
    CHECK(decode(&m) == 0);
    days[0] = INT32_MIN;
    CHECK(decode(&m) == BATCH_INVALID);
}

int main(void)
{
    RUN(words_are_short_and_plain);
    RUN(every_rule_of_this_build_can_travel);
    RUN(what_is_added_twice_is_there_once);
    RUN(sums_have_ceilings);
    RUN(evidence_arrives_as_it_was);
    RUN(a_batch_without_evidence_is_still_a_batch);
    RUN(a_writer_that_is_full_of_evidence_says_so_and_keeps_what_it_has);
    RUN(a_liar_about_rules_is_refused);
    return tap_done();
}
