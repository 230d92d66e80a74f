#include "wire/signed.h"

#include "redact/patterns.h"
#include "ward.pb-c.h"
#include "wire/codec-private.h"

/* A text of a policy on its way out, into element i of a column. */
static bool put(ProtobufCBinaryData *column, size_t i, struct text text, size_t max_len)
{
    column[i] = codec_data(text);
    return text.len <= max_len && codec_text_valid(text);
}

static RESULT put_rules(Ward__Policy *m, const struct policy *policy, struct arena *arena)
{
    size_t count = policy->rule_count;
    size_t stations = policy->station_count;

    m->rule_applications = arena_take_array(arena, count, sizeof(*m->rule_applications));
    m->rule_domains = arena_take_array(arena, count, sizeof(*m->rule_domains));
    m->rule_captures = arena_take_array(arena, count, sizeof(*m->rule_captures));
    m->stations = arena_take_array(arena, stations, sizeof(*m->stations));
    if (!m->rule_applications || !m->rule_domains || !m->rule_captures || !m->stations)
        return FAULT(ERR_MEMORY);
    m->n_rule_applications = m->n_rule_domains = m->n_rule_captures = count;
    m->n_stations = stations;
    for (size_t i = 0; i < count; i++) {
        const struct policy_rule *rule = &policy->rules[i];

        m->rule_captures[i] = rule->capture;
        if (rule->capture >= POLICY_CAPTURES ||
            !put(m->rule_applications, i, rule->application, POLICY_PATTERN_MAX) ||
            !put(m->rule_domains, i, rule->domain, POLICY_PATTERN_MAX))
            return BATCH_INVALID;
    }
    for (size_t i = 0; i < stations; i++) {
        if (!put(m->stations, i, policy->stations[i], POLICY_STATION_MAX))
            return BATCH_INVALID;
    }
    return 0;
}

static RESULT put_denied(Ward__Policy *m, const struct policy *policy, struct arena *arena)
{
    size_t count = policy->denied_count;

    m->denied_lengths = arena_take_array(arena, count, sizeof(*m->denied_lengths));
    m->denied_salts = arena_take_array(arena, count, sizeof(*m->denied_salts));
    m->denied_hashes = arena_take_array(arena, count, sizeof(*m->denied_hashes));
    if (!m->denied_lengths || !m->denied_salts || !m->denied_hashes)
        return FAULT(ERR_MEMORY);
    m->n_denied_lengths = m->n_denied_salts = m->n_denied_hashes = count;
    for (size_t i = 0; i < count; i++) {
        const struct denied_rule *rule = &policy->denied[i];

        if (!denied_rule_holds(rule))
            return BATCH_INVALID;
        m->denied_lengths[i] = rule->length;
        m->denied_salts[i] = codec_data((struct text){(const char *)rule->salt, DENIED_SALT_SIZE});
        m->denied_hashes[i] = codec_data((struct text){(const char *)rule->hash, DENIED_HASH_SIZE});
    }
    return 0;
}

RESULT policy_encode(const struct policy *policy, struct buffer *ret_bytes)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    Ward__Policy message = WARD__POLICY__INIT;

    if (policy->rule_count > POLICY_RULES_MAX || policy->station_count > POLICY_STATIONS_MAX ||
        policy->denied_count > DENIED_RULES_MAX)
        return BATCH_LARGE;
    if (policy->patterns.len > PATTERNS_BYTES_MAX || policy->words.len > PATTERNS_WORDS_BYTES_MAX)
        return BATCH_LARGE;
    if (policy->capture >= POLICY_CAPTURES || !codec_text_valid(policy->patterns) ||
        !codec_text_valid(policy->words))
        return BATCH_INVALID;
    int r = arena_new(&arena, CODEC_COLUMNS_MAX);
    if (!r)
        r = put_rules(&message, policy, arena);
    if (!r)
        r = put_denied(&message, policy, arena);
    if (r)
        return r;
    message.version = policy->version;
    message.capture = policy->capture;
    message.passive_after_ms = policy->passive_after_ms;
    message.idle_after_ms = policy->idle_after_ms;
    message.incognito = policy->incognito;
    message.hipaa = policy->hipaa;
    message.pause_allowed = policy->pause_allowed;
    message.patterns = codec_data(policy->patterns);
    message.words = codec_data(policy->words);
    if (ward__policy__get_packed_size(&message) > WIRE_POLICY_MAX)
        return BATCH_LARGE;
    return codec_pack(&message.base, ret_bytes);
}

/* A policy's patterns and names are the organisation's own words: text, not raw_text. */
static RESULT read_text(const ProtobufCBinaryData *column, size_t len, size_t row, size_t max_len,
                        struct arena *arena, struct text *ret_text)
{
    struct raw_text raw;
    int r = codec_text_at(column, len, row, max_len, arena, &raw);

    if (r)
        return r;
    *ret_text = (struct text){.at = raw.at, .len = raw.len};
    return 0;
}

static RESULT read_rules(const Ward__Policy *m, struct arena *arena, struct policy *policy)
{
    int r = 0;

    for (size_t i = 0; i < policy->rule_count && !r; i++) {
        struct policy_rule *rule = &policy->rules[i];

        if (m->rule_captures[i] >= POLICY_CAPTURES)
            return BATCH_INVALID;
        rule->capture = (enum policy_capture)m->rule_captures[i];
        r = read_text(m->rule_applications, m->n_rule_applications, i, POLICY_PATTERN_MAX, arena,
                      &rule->application);
        if (!r)
            r = read_text(m->rule_domains, m->n_rule_domains, i, POLICY_PATTERN_MAX, arena,
                          &rule->domain);
    }
    for (size_t i = 0; i < policy->station_count && !r; i++)
        r = read_text(m->stations, m->n_stations, i, POLICY_STATION_MAX, arena,
                      &policy->stations[i]);
    return r;
}

static RESULT read_denied(const Ward__Policy *m, struct policy *policy)
{
    for (size_t i = 0; i < policy->denied_count; i++) {
        struct denied_rule *rule = &policy->denied[i];

        if (m->denied_lengths[i] > UINT8_MAX || m->denied_salts[i].len != DENIED_SALT_SIZE ||
            m->denied_hashes[i].len != DENIED_HASH_SIZE)
            return BATCH_INVALID;
        rule->length = (uint8_t)m->denied_lengths[i];
        memcpy(rule->salt, m->denied_salts[i].data, DENIED_SALT_SIZE);
        memcpy(rule->hash, m->denied_hashes[i].data, DENIED_HASH_SIZE);
        if (!denied_rule_holds(rule))
            return BATCH_INVALID;
    }
    return 0;
}

_Static_assert(WIRE_POLICY_MAX >= PATTERNS_BYTES_MAX + PATTERNS_WORDS_BYTES_MAX + 256 * 1024,
               "both documents and what else a policy holds");

/* A document of the organisation's, as it is written. */
static RESULT read_document(ProtobufCBinaryData data, size_t max_len, struct arena *arena,
                            struct text *ret_text)
{
    struct raw_text raw;
    int r = codec_text(data, max_len, arena, &raw);

    if (r)
        return r;
    *ret_text = (struct text){.at = raw.at, .len = raw.len};
    return 0;
}

static RESULT read_policy(const Ward__Policy *m, struct arena *arena, struct policy *ret_policy)
{
    if (!codec_column_fits(m->n_rule_applications, m->n_rule_captures) ||
        !codec_column_fits(m->n_rule_domains, m->n_rule_captures) ||
        m->capture >= POLICY_CAPTURES || m->n_denied_salts != m->n_denied_lengths ||
        m->n_denied_hashes != m->n_denied_lengths)
        return BATCH_INVALID;
    if (m->n_rule_captures > POLICY_RULES_MAX || m->n_stations > POLICY_STATIONS_MAX ||
        m->n_denied_lengths > DENIED_RULES_MAX)
        return BATCH_LARGE;
    struct policy policy = {.version = m->version,
                            .capture = (enum policy_capture)m->capture,
                            .passive_after_ms = m->passive_after_ms,
                            .idle_after_ms = m->idle_after_ms,
                            .incognito = m->incognito,
                            .hipaa = m->hipaa,
                            .pause_allowed = m->pause_allowed,
                            .rule_count = m->n_rule_captures,
                            .station_count = m->n_stations,
                            .denied_count = m->n_denied_lengths};
    policy.rules = arena_take_array(arena, policy.rule_count, sizeof(*policy.rules));
    policy.stations = arena_take_array(arena, policy.station_count, sizeof(*policy.stations));
    policy.denied = arena_take_array(arena, policy.denied_count, sizeof(*policy.denied));
    if (!policy.rules || !policy.stations || !policy.denied)
        return FAULT(ERR_MEMORY);
    int r = read_rules(m, arena, &policy);
    if (!r)
        r = read_denied(m, &policy);
    if (!r)
        r = read_document(m->patterns, PATTERNS_BYTES_MAX, arena, &policy.patterns);
    if (!r)
        r = read_document(m->words, PATTERNS_WORDS_BYTES_MAX, arena, &policy.words);
    if (!r)
        *ret_policy = policy;
    return r;
}

RESULT policy_decode(struct bytes bytes, struct arena *arena, struct policy *ret_policy)
{
    CLEANUP(codec_scratch_deinit) struct codec_scratch scratch = {0};
    void *message;

    if (bytes.len > WIRE_POLICY_MAX)
        return BATCH_LARGE;
    int r = codec_unpack(&scratch, &ward__policy__descriptor, bytes, CODEC_COLUMNS_MAX, &message);
    if (!r)
        r = read_policy(message, arena, ret_policy);
    return r;
}

RESULT signed_encode(struct bytes policy, struct bytes signature, struct buffer *ret_envelope)
{
    Ward__SignedPolicy message = WARD__SIGNED_POLICY__INIT;

    if (policy.len > WIRE_POLICY_MAX || signature.len != SIGNED_SIGNATURE_SIZE)
        return BATCH_INVALID;
    message.policy = codec_data(text_of_bytes(policy));
    message.signature = codec_data(text_of_bytes(signature));
    return codec_pack(&message.base, ret_envelope);
}

RESULT signed_decode(struct bytes envelope, struct arena *arena, struct bytes *ret_policy,
                     struct bytes *ret_signature)
{
    CLEANUP(codec_scratch_deinit) struct codec_scratch scratch = {0};
    void *at;

    if (envelope.len > WIRE_POLICY_MAX + (size_t)2 * SIGNED_SIGNATURE_SIZE)
        return BATCH_INVALID;
    int r =
        codec_unpack(&scratch, &ward__signed_policy__descriptor, envelope, CODEC_COLUMNS_MAX, &at);
    if (r)
        return r == BATCH_LARGE ? BATCH_INVALID : r;
    const Ward__SignedPolicy *m = at;
    if (m->policy.len > WIRE_POLICY_MAX || m->signature.len != SIGNED_SIGNATURE_SIZE)
        return BATCH_INVALID;
    struct bytes policy = arena_copy(arena, (struct bytes){m->policy.data, m->policy.len});
    struct bytes signature = arena_copy(arena, (struct bytes){m->signature.data, m->signature.len});
    if (!policy.at || !signature.at)
        return FAULT(ERR_MEMORY);
    *ret_policy = policy;
    *ret_signature = signature;
    return 0;
}
