#include "wire/evidence.h"

#include <assert.h>
#include <string.h>

#include "wire/limits.h"

bool evidence_word_valid(struct text word)
{
    if (word.len == 0 || word.len > EVIDENCE_WORD_MAX)
        return false;
    for (size_t i = 0; i < word.len; i++) {
        char at = word.at[i];

        if (!((at >= 'a' && at <= 'z') || (at >= '0' && at <= '9') || at == '.' || at == '_' ||
              at == '-'))
            return false;
    }
    return true;
}

struct evidence_rules evidence_rules_own(void)
{
    struct evidence_rules rules = {0};
    struct text version = text_of(redact_rules_version());

    assert(evidence_word_valid(version));
    memcpy(rules.version, version.at, version.len);
    redact_rules_hash(rules.hash);
    return rules;
}

static const void *copy(struct arena *arena, const void *at, size_t count, size_t size)
{
    void *copied = arena_take_array(arena, count, size);

    if (copied && count)
        memcpy(copied, at, count * size);
    return copied;
}

RESULT evidence_copy(const struct evidence *evidence, struct arena *arena,
                     struct evidence *ret_copy)
{
    struct evidence copied = *evidence;

    copied.rules = copy(arena, evidence->rules, evidence->rules_count, sizeof(*copied.rules));
    copied.counts = copy(arena, evidence->counts, evidence->count_count, sizeof(*copied.counts));
    copied.judged = copy(arena, evidence->judged, evidence->judged_count, sizeof(*copied.judged));
    if (!copied.rules || !copied.counts || !copied.judged)
        return FAULT(ERR_MEMORY);
    *ret_copy = copied;
    return 0;
}

bool evidence_rules_equal(const struct evidence_rules *a, const struct evidence_rules *b)
{
    return memcmp(a->hash, b->hash, REDACT_HASH_LEN) == 0 && strcmp(a->version, b->version) == 0;
}

/* ---- sums ---- */

struct evidence_sum evidence_sum_init(void)
{
    return (struct evidence_sum){
        .rules = buffer_init(WIRE_RULES_MAX * sizeof(struct evidence_rules)),
        .counts = buffer_init(WIRE_RULE_COUNTS_MAX * sizeof(struct evidence_count)),
        .judged = buffer_init(WIRE_JUDGED_MAX * sizeof(struct evidence_judged)),
    };
}

void evidence_sum_deinit(struct evidence_sum *sum)
{
    buffer_deinit(&sum->rules);
    buffer_deinit(&sum->counts);
    buffer_deinit(&sum->judged);
}

void evidence_sum_clear(struct evidence_sum *sum)
{
    buffer_clear(&sum->rules);
    buffer_clear(&sum->counts);
    buffer_clear(&sum->judged);
}

bool evidence_sum_empty(const struct evidence_sum *sum)
{
    return sum->counts.len == 0 && sum->judged.len == 0;
}

static RESULT row_add(struct buffer *rows, const void *row, size_t size)
{
    if (rows->len + size > rows->max)
        return EVIDENCE_FULL;
    buffer_append(rows, row, size);
    if (!rows->failed)
        return 0;
    rows->failed = false;
    return FAULT(ERR_MEMORY);
}

static void count_add(uint64_t *sum, uint64_t count)
{
    *sum = *sum > UINT64_MAX - count ? UINT64_MAX : *sum + count;
}

RESULT evidence_sum_rules(struct evidence_sum *sum, const struct evidence_rules *rules)
{
    const struct evidence view = evidence_sum_view(sum);

    for (size_t i = 0; i < view.rules_count; i++) {
        if (evidence_rules_equal(&view.rules[i], rules))
            return 0;
    }
    return row_add(&sum->rules, rules, sizeof(*rules));
}

RESULT evidence_sum_count(struct evidence_sum *sum, int32_t day, const char *rule, uint64_t count)
{
    struct evidence_count *counts = (void *)sum->counts.at;
    struct evidence_count row = {.day = day, .count = count};
    struct text word = text_of(rule);

    assert(evidence_word_valid(word));
    for (size_t i = 0; i < sum->counts.len / sizeof(*counts); i++) {
        if (counts[i].day == day && strcmp(counts[i].rule, rule) == 0) {
            count_add(&counts[i].count, count);
            return 0;
        }
    }
    memcpy(row.rule, word.at, word.len);
    return row_add(&sum->counts, &row, sizeof(row));
}

RESULT evidence_sum_judged(struct evidence_sum *sum, int32_t day, uint64_t count)
{
    struct evidence_judged *judged = (void *)sum->judged.at;

    for (size_t i = 0; i < sum->judged.len / sizeof(*judged); i++) {
        if (judged[i].day == day) {
            count_add(&judged[i].count, count);
            return 0;
        }
    }
    return row_add(&sum->judged, &(struct evidence_judged){.day = day, .count = count},
                   sizeof(*judged));
}

struct evidence evidence_sum_view(const struct evidence_sum *sum)
{
    return (struct evidence){
        .rules = (const void *)sum->rules.at,
        .rules_count = sum->rules.len / sizeof(struct evidence_rules),
        .counts = (const void *)sum->counts.at,
        .count_count = sum->counts.len / sizeof(struct evidence_count),
        .judged = (const void *)sum->judged.at,
        .judged_count = sum->judged.len / sizeof(struct evidence_judged),
    };
}
