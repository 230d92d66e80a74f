#include <string.h>

#include "tap.h"
#include "wire/signed.h"

/* Not policy_default(): what is tested is every field, each with a value of its own. */
static struct policy_rule rules[] = {
    {.application = {"epic*", 5}, .capture = POLICY_APPLICATION},
    {.domain = {"example.org", 11}, .capture = POLICY_TITLE},
};
static struct text stations[] = {{"ward7", 5}};
static const struct policy whole = {.version = UINT64_MAX,
                                    .capture = POLICY_DOMAIN,
                                    .passive_after_ms = 120000,
                                    .idle_after_ms = 600000,
                                    .incognito = true,
                                    .hipaa = true,
                                    .pause_allowed = true,
                                    .rules = rules,
                                    .rule_count = 2,
                                    .stations = stations,
                                    .station_count = 1};

static void a_policy_arrives_as_it_was(void)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    CLEANUP(buffer_deinit) struct buffer bytes = buffer_init(WIRE_POLICY_MAX);
    struct policy policy;

    CHECK(arena_new(&arena, MESSAGE_ARENA_MAX) == 0);
    CHECK(policy_encode(&whole, &bytes) == 0);
    CHECK(policy_decode(buffer_bytes(&bytes), arena, &policy) == 0);
    CHECK(policy.version == UINT64_MAX && policy.capture == POLICY_DOMAIN);
    CHECK(policy.passive_after_ms == 120000 && policy.idle_after_ms == 600000);
    CHECK(policy.incognito && policy.hipaa && policy.pause_allowed);
    CHECK(policy.rule_count == 2 && policy.station_count == 1);
    CHECK(text_equal(policy.rules[0].application, text_of("epic*")));
    CHECK(policy.rules[0].domain.len == 0 && policy.rules[0].capture == POLICY_APPLICATION);
    CHECK(text_equal(policy.rules[1].domain, text_of("example.org")));
    CHECK(policy.rules[1].capture == POLICY_TITLE);
    CHECK(text_equal(policy.stations[0], text_of("ward7")));
}

static void a_policy_that_no_sensor_could_obey_is_refused(void)
{
    static const uint8_t capture[] = {2 << 3, POLICY_CAPTURES};
    static const uint8_t rule[] = {10 << 3 | 2, 1, POLICY_CAPTURES};
    static const uint8_t lengths[] = {10 << 3 | 2, 2, 1, 1, 8 << 3 | 2, 1, 'a'};
    static const uint8_t broken[] = {10 << 3 | 2, 1, 1, 8 << 3 | 2, 1, 0xff};
    static const uint8_t good[] = {10 << 3 | 2, 1, 1, 8 << 3 | 2, 1, 'a'};
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct policy policy;

    CHECK(arena_new(&arena, MESSAGE_ARENA_MAX) == 0);
    CHECK(policy_decode((struct bytes){good, sizeof(good)}, arena, &policy) == 0);
    CHECK(policy_decode((struct bytes){capture, sizeof(capture)}, arena, &policy) == BATCH_INVALID);
    CHECK(policy_decode((struct bytes){rule, sizeof(rule)}, arena, &policy) == BATCH_INVALID);
    CHECK(policy_decode((struct bytes){lengths, sizeof(lengths)}, arena, &policy) == BATCH_INVALID);
    CHECK(policy_decode((struct bytes){broken, sizeof(broken)}, arena, &policy) == BATCH_INVALID);
}

static void a_policy_over_its_ceilings_is_not_made(void)
{
    static struct policy_rule many[POLICY_RULES_MAX + 1];
    static char pattern[POLICY_PATTERN_MAX + 1];
    CLEANUP(buffer_deinit) struct buffer bytes = buffer_init(WIRE_POLICY_MAX);
    struct policy policy = whole;

    memset(pattern, 'a', sizeof(pattern));
    policy.rules = many;
    policy.rule_count = POLICY_RULES_MAX + 1;
    CHECK(policy_encode(&policy, &bytes) == BATCH_LARGE);
    policy.rule_count = POLICY_RULES_MAX;
    CHECK(policy_encode(&policy, &bytes) == 0);
    many[7].application = (struct text){pattern, sizeof(pattern)};
    CHECK(policy_encode(&policy, &bytes) == BATCH_INVALID);
    many[7].application = (struct text){"a\0b", 3};
    CHECK(policy_encode(&policy, &bytes) == BATCH_INVALID);
    for (size_t i = 0; i < POLICY_RULES_MAX; i++)
        many[i].application = many[i].domain = (struct text){pattern, POLICY_PATTERN_MAX};
    CHECK(policy_encode(&policy, &bytes) == BATCH_LARGE);
}

static void an_envelope_gives_back_what_was_put_in(void)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    CLEANUP(buffer_deinit) struct buffer envelope = buffer_init(WIRE_POLICY_MAX);
    const struct bytes inside = {(const uint8_t *)"abc", 3};
    uint8_t signature[SIGNED_SIGNATURE_SIZE];
    struct bytes policy;
    struct bytes sign;

    memset(signature, 7, sizeof(signature));
    CHECK(arena_new(&arena, MESSAGE_ARENA_MAX) == 0);
    CHECK(signed_encode(inside, (struct bytes){signature, 63}, &envelope) == BATCH_INVALID);
    CHECK(signed_encode(inside, (struct bytes){signature, 64}, &envelope) == 0);
    CHECK(signed_decode(buffer_bytes(&envelope), arena, &policy, &sign) == 0);
    CHECK(policy.len == 3 && memcmp(policy.at, "abc", 3) == 0);
    CHECK(sign.len == 64 && memcmp(sign.at, signature, 64) == 0);
    for (size_t cut = 0; cut < envelope.len; cut++)
        CHECK(signed_decode((struct bytes){envelope.at, cut}, arena, &policy, &sign) ==
              BATCH_INVALID);
}

int main(void)
{
    RUN(a_policy_arrives_as_it_was);
    RUN(a_policy_that_no_sensor_could_obey_is_refused);
    RUN(a_policy_over_its_ceilings_is_not_made);
    RUN(an_envelope_gives_back_what_was_put_in);
    return tap_done();
}
