#include "wire/evidence.h"

#include <string.h>

#include "wire/batch.h"
#include "wire/codec-private.h"
#include "wire/limits.h"

static RESULT columns_take(struct codec_evidence *columns, const struct evidence *evidence,
                           struct arena *arena)
{
    columns->versions = arena_take_array(arena, evidence->rules_count, sizeof(*columns->versions));
    columns->hashes = arena_take_array(arena, evidence->rules_count, sizeof(*columns->hashes));
    columns->days = arena_take_array(arena, evidence->count_count, sizeof(*columns->days));
    columns->words = arena_take_array(arena, evidence->count_count, sizeof(*columns->words));
    columns->counts = arena_take_array(arena, evidence->count_count, sizeof(*columns->counts));
    columns->judged_days =
        arena_take_array(arena, evidence->judged_count, sizeof(*columns->judged_days));
    columns->judged = arena_take_array(arena, evidence->judged_count, sizeof(*columns->judged));
    if (!columns->versions || !columns->hashes || !columns->days || !columns->words ||
        !columns->counts || !columns->judged_days || !columns->judged)
        return FAULT(ERR_MEMORY);
    columns->n_versions = columns->n_hashes = evidence->rules_count;
    columns->n_days = columns->n_words = columns->n_counts = evidence->count_count;
    columns->n_judged_days = columns->n_judged = evidence->judged_count;
    return 0;
}

static ProtobufCBinaryData data_of(const void *at, size_t len)
{
    return codec_data((struct text){.at = at, .len = len});
}

RESULT codec_evidence_put(const struct evidence *evidence, struct arena *arena,
                          struct codec_evidence *ret_columns)
{
    struct codec_evidence columns = {0};

    if (evidence->rules_count > WIRE_RULES_MAX || evidence->count_count > WIRE_RULE_COUNTS_MAX ||
        evidence->judged_count > WIRE_JUDGED_MAX)
        return BATCH_LARGE;
    int r = columns_take(&columns, evidence, arena);
    if (r)
        return r;
    for (size_t i = 0; i < evidence->rules_count; i++) {
        const struct evidence_rules *rules = &evidence->rules[i];

        columns.versions[i] = data_of(rules->version, strlen(rules->version));
        columns.hashes[i] = data_of(rules->hash, sizeof(rules->hash));
    }
    for (size_t i = 0; i < evidence->count_count; i++) {
        const struct evidence_count *count = &evidence->counts[i];

        if (!codec_day_valid(count->day) || !evidence_word_valid(text_of(count->rule)))
            return BATCH_INVALID;
        columns.days[i] = count->day;
        columns.words[i] = data_of(count->rule, strlen(count->rule));
        columns.counts[i] = count->count;
    }
    for (size_t i = 0; i < evidence->judged_count; i++) {
        if (!codec_day_valid(evidence->judged[i].day))
            return BATCH_INVALID;
        columns.judged_days[i] = evidence->judged[i].day;
        columns.judged[i] = evidence->judged[i].count;
    }
    *ret_columns = columns;
    return 0;
}

/* A word of a column into its NUL-closed place. */
static bool word_read(ProtobufCBinaryData data, char ret_word[EVIDENCE_WORD_MAX + 1])
{
    struct text word = {.at = (const char *)data.data, .len = data.len};

    if (!evidence_word_valid(word))
        return false;
    memcpy(ret_word, word.at, word.len);
    ret_word[word.len] = 0;
    return true;
}

static RESULT rules_read(const struct codec_evidence *columns, struct arena *arena,
                         struct evidence *evidence)
{
    size_t count = columns->n_hashes;
    struct evidence_rules *rules = arena_take_array(arena, count, sizeof(*rules));

    if (!rules)
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; i < count; i++) {
        if (columns->hashes[i].len != REDACT_HASH_LEN ||
            !word_read(columns->versions[i], rules[i].version))
            return BATCH_INVALID;
        memcpy(rules[i].hash, columns->hashes[i].data, REDACT_HASH_LEN);
    }
    evidence->rules = rules;
    evidence->rules_count = count;
    return 0;
}

static RESULT counts_read(const struct codec_evidence *columns, struct arena *arena,
                          struct evidence *evidence)
{
    size_t count = columns->n_counts;
    struct evidence_count *counts = arena_take_array(arena, count, sizeof(*counts));

    if (!counts)
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; i < count; i++) {
        counts[i].day = columns->n_days ? columns->days[i] : 0;
        counts[i].count = columns->counts[i];
        if (!codec_day_valid(counts[i].day) || !word_read(columns->words[i], counts[i].rule))
            return BATCH_INVALID;
    }
    evidence->counts = counts;
    evidence->count_count = count;
    return 0;
}

static RESULT judged_read(const struct codec_evidence *columns, struct arena *arena,
                          struct evidence *evidence)
{
    size_t count = columns->n_judged;
    struct evidence_judged *judged = arena_take_array(arena, count, sizeof(*judged));

    if (!judged)
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; i < count; i++) {
        judged[i].day = columns->n_judged_days ? columns->judged_days[i] : 0;
        judged[i].count = columns->judged[i];
        if (!codec_day_valid(judged[i].day))
            return BATCH_INVALID;
    }
    evidence->judged = judged;
    evidence->judged_count = count;
    return 0;
}

RESULT codec_evidence_read(const struct codec_evidence *columns, struct arena *arena,
                           struct evidence *ret_evidence)
{
    struct evidence evidence = {0};

    if (columns->n_versions != columns->n_hashes || columns->n_words != columns->n_counts ||
        !codec_column_fits(columns->n_days, columns->n_counts) ||
        !codec_column_fits(columns->n_judged_days, columns->n_judged))
        return BATCH_INVALID;
    if (columns->n_hashes > WIRE_RULES_MAX || columns->n_counts > WIRE_RULE_COUNTS_MAX ||
        columns->n_judged > WIRE_JUDGED_MAX)
        return BATCH_LARGE;
    int r = rules_read(columns, arena, &evidence);
    if (!r)
        r = counts_read(columns, arena, &evidence);
    if (!r)
        r = judged_read(columns, arena, &evidence);
    if (!r)
        *ret_evidence = evidence;
    return r;
}
