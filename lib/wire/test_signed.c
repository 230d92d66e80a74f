#include <string.h>

#include "redact/patterns.h"
#include "tap.h"
#include "wire/signed.h"

/* Not policy_default(): what is tested is every field, each with a value of its own. */
static struct policy_rule rules[] = {
    {.application = {"epic*", 5}, .capture = POLICY_APPLICATION},
    {.domain = {"example.org", 11}, .capture = POLICY_TITLE},
};
static struct text stations[] = {{"ward7", 5}};
static struct denied_rule denied[] = {{.length = 4, .salt = {1}, .hash = {2}},
                                      {.length = 64, .salt = {3}, .hash = {4}}};
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
                                    .station_count = 1,
                                    .denied = denied,
                                    .denied_count = 2,
                                    .patterns = {"p\tmrn\t#\n", 8},
                                    .words = {"zorbium", 7}};

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
    CHECK(policy.denied_count == 2);
    CHECK(memcmp(policy.denied, denied, sizeof(denied)) == 0);
    CHECK(text_equal(policy.patterns, text_of("p\tmrn\t#\n")));
    CHECK(text_equal(policy.words, text_of("zorbium")));
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

/* One denied string: length, salt of so many bytes, hash of so many. */
static int decode_denied(uint8_t length, uint8_t salt_len, uint8_t hash_len, uint8_t mark)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    CLEANUP(buffer_deinit) struct buffer bytes = buffer_init(4096);
    static const uint8_t zeros[64];
    const uint8_t lengths[] = {0xa2, 1, 1, length};
    const uint8_t salt[] = {0xaa, 1, salt_len};
    const uint8_t hash[] = {0xb2, 1, hash_len};
    struct policy policy;

    CHECK(arena_new(&arena, MESSAGE_ARENA_MAX) == 0);
    buffer_append(&bytes, lengths, sizeof(lengths));
    buffer_append(&bytes, salt, sizeof(salt));
    buffer_append(&bytes, zeros, salt_len);
    if (hash_len) {
        buffer_append(&bytes, hash, sizeof(hash));
        buffer_append(&bytes, &mark, 1);
        buffer_append(&bytes, &mark, 1);
        buffer_append(&bytes, zeros, hash_len - 2U);
    }
    return policy_decode(buffer_bytes(&bytes), arena, &policy);
}

static void denied_strings_that_nobody_makes_are_refused(void)
{
    CHECK(decode_denied(4, 16, 32, 1) == 0);
    CHECK(decode_denied(3, 16, 32, 1) == BATCH_INVALID);
    CHECK(decode_denied(65, 16, 32, 1) == BATCH_INVALID);
    CHECK(decode_denied(4, 15, 32, 1) == BATCH_INVALID);
    CHECK(decode_denied(4, 16, 33, 1) == BATCH_INVALID);
    CHECK(decode_denied(4, 16, 0, 1) == BATCH_INVALID); /* a column that is absent */
    CHECK(decode_denied(4, 16, 32, 0xff) == BATCH_INVALID);
}

static void a_policy_over_its_ceilings_is_not_made(void)
{
    static struct policy_rule many[POLICY_RULES_MAX + 1];
    static char pattern[POLICY_PATTERN_MAX + 1];
    static struct text accounts[POLICY_STATIONS_MAX];
    static char document[PATTERNS_BYTES_MAX];
    CLEANUP(buffer_deinit) struct buffer bytes = buffer_init(WIRE_POLICY_MAX);
    struct policy policy = whole;

    memset(pattern, 'a', sizeof(pattern));
    memset(document, 'a', sizeof(document));
    static struct denied_rule more[DENIED_RULES_MAX + 1];
    policy.denied = more;
    policy.denied_count = DENIED_RULES_MAX + 1;
    CHECK(policy_encode(&policy, &bytes) == BATCH_LARGE);
    policy.denied_count = 1; /* of length 0 */
    CHECK(policy_encode(&policy, &bytes) == BATCH_INVALID);
    policy.denied_count = 0;
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
    for (size_t i = 0; i < POLICY_STATIONS_MAX; i++)
        accounts[i] = (struct text){document, POLICY_STATION_MAX};
    policy.stations = accounts;
    policy.station_count = POLICY_STATIONS_MAX;
    policy.patterns = (struct text){document, PATTERNS_BYTES_MAX};
    buffer_clear(&bytes);
    CHECK(policy_encode(&policy, &bytes) == 0);
    policy.words = (struct text){document, PATTERNS_WORDS_BYTES_MAX};
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

static void documents_have_ceilings_on_both_sides(void)
{
    static char many[PATTERNS_BYTES_MAX + 1];
    CLEANUP(arena_free) struct arena *arena = NULL;
    CLEANUP(buffer_deinit) struct buffer bytes = buffer_init(WIRE_POLICY_MAX);
    struct policy policy = whole;
    struct policy read;

    memset(many, 'a', sizeof(many));
    CHECK(arena_new(&arena, MESSAGE_ARENA_MAX) == 0);
    policy.patterns = (struct text){many, PATTERNS_BYTES_MAX};
    policy.words = (struct text){many, PATTERNS_WORDS_BYTES_MAX};
    CHECK(policy_encode(&policy, &bytes) == 0);
    CHECK(policy_decode(buffer_bytes(&bytes), arena, &read) == 0);
    CHECK(text_equal(read.patterns, policy.patterns) && text_equal(read.words, policy.words));
    policy.words.len++;
    CHECK(policy_encode(&policy, &bytes) == BATCH_LARGE);
    policy.words.len = 0;
    policy.patterns.len++;
    CHECK(policy_encode(&policy, &bytes) == BATCH_LARGE);
    policy.patterns = (struct text){"a\xff", 2};
    CHECK(policy_encode(&policy, &bytes) == BATCH_INVALID);
    /* Field 14 of 192 KiB and one byte. */
    static uint8_t large[4 + PATTERNS_WORDS_BYTES_MAX + 1] = {14 << 3 | 2, 0x81, 0x80, 0x0c};
    memset(large + 4, 'a', sizeof(large) - 4);
    CHECK(policy_decode((struct bytes){large, sizeof(large)}, arena, &read) == BATCH_LARGE);
    large[5] = 0xff;
    large[1] = 0x80;
    CHECK(policy_decode((struct bytes){large, sizeof(large) - 1}, arena, &read) == BATCH_INVALID);
}

int main(void)
{
    RUN(a_policy_arrives_as_it_was);
    RUN(documents_have_ceilings_on_both_sides);
    RUN(a_policy_that_no_sensor_could_obey_is_refused);
    RUN(denied_strings_that_nobody_makes_are_refused);
    RUN(a_policy_over_its_ceilings_is_not_made);
    RUN(an_envelope_gives_back_what_was_put_in);
    return tap_done();
}
