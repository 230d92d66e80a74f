/*
 * Every test of a refusal begins with what is accepted and changes one thing, signing it again with
 * the right key: so it is the guard that refuses, not the signature.
 */

#include <stdlib.h>

#include "crypto/hash.h"
#include "crypto/test-soft-key.h"
#include "crypto/webauthn.h"
#include "tap.h"

#define ORIGIN "https://ward.example:8443"
#define PARTY "ward.example"

enum { UP = 0x01, UV = 0x04, BE = 0x08, BS = 0x10, AT = 0x40, ED = 0x80, ROOM = 1 << 16 };

static struct webauthn_question question(bool verified)
{
    struct webauthn_question question = {.party = {.id = text_of(PARTY), .origin = text_of(ORIGIN)},
                                         .verified = verified};

    memset(question.challenge, 7, sizeof question.challenge);
    return question;
}

/* What a browser and its authenticator give, and what of it is other than it should be. */
struct ceremony {
    enum webauthn_algorithm algorithm;
    struct soft_key *key;
    struct soft_key *signer; /* NULL: key */
    struct buffer client;
    struct buffer data;
    struct buffer signature;
    struct buffer attestation;
    struct webauthn_credential credential;
    const char *type;
    const char *origin;
    const char *more;
    const char *party;
    uint8_t challenge;
    uint8_t flags;
    uint32_t counter;
    bool verified;
    bool packed;
};

static struct ceremony begin(enum webauthn_algorithm algorithm)
{
    return (struct ceremony){.algorithm = algorithm,
                             .key = soft_key_new(algorithm),
                             .client = buffer_init(ROOM),
                             .data = buffer_init(ROOM),
                             .signature = buffer_init(ROOM),
                             .attestation = buffer_init(ROOM),
                             .origin = ORIGIN,
                             .more = ",\"crossOrigin\":false",
                             .party = PARTY,
                             .challenge = 7,
                             .flags = UP | UV,
                             .counter = 1};
}

static void ceremony_deinit_at(struct ceremony *at)
{
    soft_key_free(at->key);
    soft_key_free(at->signer);
    buffer_deinit(&at->client);
    buffer_deinit(&at->data);
    buffer_deinit(&at->signature);
    buffer_deinit(&at->attestation);
}

static void make_client(struct ceremony *at, const char *type)
{
    uint8_t challenge[WEBAUTHN_CHALLENGE_SIZE];

    memset(challenge, at->challenge, sizeof challenge);
    soft_key_client(at->type ? at->type : type, challenge, at->origin, at->more, &at->client);
}

static void sign(struct ceremony *at)
{
    soft_key_sign(at->signer ? at->signer : at->key, buffer_bytes(&at->data),
                  buffer_bytes(&at->client), &at->signature);
}

static int judge_attestation(struct ceremony *at)
{
    struct webauthn_question asked = question(at->verified);

    return webauthn_register(&asked, buffer_bytes(&at->client), buffer_bytes(&at->attestation),
                             &at->credential);
}

static int judge_assertion(struct ceremony *at, uint32_t *ret_counter)
{
    struct webauthn_question asked = question(at->verified);
    struct webauthn_assertion assertion = {.client = buffer_bytes(&at->client),
                                           .authenticator = buffer_bytes(&at->data),
                                           .signature = buffer_bytes(&at->signature)};

    return webauthn_assert(&asked, &at->credential, &assertion, ret_counter);
}

/* The parts of a registration as the ceremony says. */
static void make_registration(struct ceremony *at)
{
    make_client(at, "webauthn.create");
    soft_key_data(at->key, at->party, at->flags | AT, at->counter, &at->data);
    buffer_clear(&at->signature);
    if (at->packed)
        sign(at);
    soft_key_attest(at->key, buffer_bytes(&at->data), buffer_bytes(&at->signature),
                    &at->attestation);
}

static int do_register(struct ceremony *at)
{
    make_registration(at);
    return judge_attestation(at);
}

static int do_assert(struct ceremony *at, uint32_t *ret_counter)
{
    make_client(at, "webauthn.get");
    soft_key_data(at->key, at->party, at->flags, at->counter, &at->data);
    sign(at);
    return judge_assertion(at, ret_counter);
}

/* Registered, and ready to assert. */
static struct ceremony registered(enum webauthn_algorithm algorithm)
{
    struct ceremony at = begin(algorithm);

    CHECK(do_register(&at) == 0);
    at.counter = 2;
    return at;
}

/* ---- what is accepted ---- */

static const enum webauthn_algorithm algorithms[] = {WEBAUTHN_ES256, WEBAUTHN_EDDSA,
                                                     WEBAUTHN_RS256};

static void a_key_of_each_kind_registers_and_signs_in(void)
{
    for (unsigned i = 0; i < 6; i++) {
        CLEANUP(ceremony_deinit) struct ceremony at = begin(algorithms[i / 2]);
        uint32_t counter = 0;

        at.packed = i % 2;
        at.verified = true;
        CHECK(do_register(&at) == 0);
        CHECK(at.credential.algorithm == algorithms[i / 2] && at.credential.counter == 1);
        CHECK(at.credential.id_len == soft_key_id(at.key).len);
        CHECK(memcmp(at.credential.id, soft_key_id(at.key).at, at.credential.id_len) == 0);
        at.counter = 9;
        CHECK(do_assert(&at, &counter) == 0 && counter == 9);
    }
}

static void members_that_we_do_not_know_are_no_obstacle(void)
{
    CLEANUP(ceremony_deinit) struct ceremony at = begin(WEBAUTHN_ES256);
    uint32_t counter;

    at.more = ",\"crossOrigin\":false,\"other_keys_can_be_added_here\":\"do not compare\"";
    CHECK(do_register(&at) == 0);
    at.more = "";
    at.counter = 2;
    CHECK(do_assert(&at, &counter) == 0);
}

static void a_key_without_a_counter_says_0_always(void)
{
    CLEANUP(ceremony_deinit) struct ceremony at = begin(WEBAUTHN_ES256);
    uint32_t counter = 77;

    at.counter = 0;
    CHECK(do_register(&at) == 0);
    CHECK(do_assert(&at, &counter) == 0 && counter == 0);
}

static void verification_is_asked_for_only_where_required(void)
{
    CLEANUP(ceremony_deinit) struct ceremony at = registered(WEBAUTHN_ES256);
    uint32_t counter = 77;

    at.flags = UP;
    CHECK(do_assert(&at, &counter) == 0);
    at.verified = true;
    CHECK(do_assert(&at, &counter) == WEBAUTHN_UNVERIFIED);
    CHECK(do_register(&at) == WEBAUTHN_UNVERIFIED);
    at.flags = UV;
    CHECK(do_assert(&at, &counter) == WEBAUTHN_ABSENT);
    CHECK(do_register(&at) == WEBAUTHN_ABSENT);
}

/* ---- what the page says ---- */

/* Both ceremonies, of which each has to refuse. */
static int do_both(struct ceremony *at)
{
    uint32_t counter = 77;
    int r = do_register(at);
    int other = do_assert(at, &counter);

    CHECK(counter == 77);
    return r == other ? r : -100;
}

static void another_challenge_is_refused(void)
{
    CLEANUP(ceremony_deinit) struct ceremony at = registered(WEBAUTHN_ES256);

    at.challenge = 8;
    CHECK(do_both(&at) == WEBAUTHN_CHALLENGE);
}

static void one_ceremony_does_not_do_for_the_other(void)
{
    CLEANUP(ceremony_deinit) struct ceremony at = registered(WEBAUTHN_ES256);
    uint32_t counter;

    at.type = "webauthn.get";
    CHECK(do_register(&at) == WEBAUTHN_TYPE);
    at.type = "webauthn.create";
    CHECK(do_assert(&at, &counter) == WEBAUTHN_TYPE);
    at.type = "payment.get";
    CHECK(do_both(&at) == WEBAUTHN_TYPE);
}

static void another_origin_is_refused_whatever_it_resembles(void)
{
    static const char *const origins[] = {
        "https://ward.example",
        "https://ward.example:8444",
        "http://ward.example:8443",
        "https://evil.example",
        "https://ward.example:8443/",
        "https://WARD.example:8443",
        "https://ward.example:84430",
        "https://a.ward.example:8443",
        "null",
        "",
    };
    CLEANUP(ceremony_deinit) struct ceremony at = registered(WEBAUTHN_ES256);

    for (size_t i = 0; i < sizeof origins / sizeof origins[0]; i++) {
        at.origin = origins[i];
        CHECK(do_both(&at) == WEBAUTHN_ORIGIN);
    }
}

static void a_frame_of_another_site_is_refused(void)
{
    static const char *const more[] = {
        ",\"crossOrigin\":true",
        ",\"crossOrigin\":\"false\"",
        ",\"crossOrigin\":null",
        ",\"crossOrigin\":0",
        ",\"crossOrigin\":false,\"topOrigin\":\"https://evil.example\"",
    };
    CLEANUP(ceremony_deinit) struct ceremony at = registered(WEBAUTHN_ES256);

    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++) {
        at.more = more[i];
        CHECK(do_both(&at) == WEBAUTHN_CROSS);
    }
}

static void a_member_twice_is_refused(void)
{
    CLEANUP(ceremony_deinit) struct ceremony at = registered(WEBAUTHN_ES256);

    at.origin = "https://evil.example";
    at.more = ",\"origin\":\"" ORIGIN "\"";
    CHECK(do_both(&at) == WEBAUTHN_MALFORMED);
}

/* Client data in other words, registered with. */
static int register_client(struct ceremony *at, const void *text, size_t len)
{
    make_registration(at);
    buffer_clear(&at->client);
    buffer_append(&at->client, text, len);
    return judge_attestation(at);
}

static void what_is_no_json_object_is_refused(void)
{
    static const char *const texts[] = {
        "",
        "{",
        "[]",
        "\"webauthn.create\"",
        "null",
        "{}x",
        "\xef\xbb\xbf{}",
        "{\"type\":\"webauthn.create\xff\"}",
    };
    CLEANUP(ceremony_deinit) struct ceremony at = begin(WEBAUTHN_ES256);
    char deep[WEBAUTHN_CLIENT_MAX + 1];

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        CHECK(register_client(&at, texts[i], strlen(texts[i])) == WEBAUTHN_MALFORMED);
    memset(deep, '[', sizeof deep);
    CHECK(register_client(&at, deep, sizeof deep) == WEBAUTHN_MALFORMED);
    CHECK(register_client(&at, deep, sizeof deep - 1) == WEBAUTHN_MALFORMED);
    CHECK(register_client(&at, "{}", 2) == WEBAUTHN_TYPE);
    CHECK(register_client(&at, "{\"type\":[\"webauthn.create\"]}", 28) == WEBAUTHN_TYPE);
}

static void long_client_data_is_refused_though_all_else_is_right(void)
{
    CLEANUP(ceremony_deinit) struct ceremony at = registered(WEBAUTHN_ES256);
    char *more = calloc(1, WEBAUTHN_CLIENT_MAX + 1);

    CHECK(more != NULL);
    memset(more, ' ', WEBAUTHN_CLIENT_MAX);
    at.more = more;
    CHECK(do_both(&at) == WEBAUTHN_MALFORMED);
    memset(more + 64, 0, WEBAUTHN_CLIENT_MAX - 64);
    CHECK(do_register(&at) == 0);
    free(more);
}

/* ---- what the authenticator says ---- */

static void another_party_is_refused(void)
{
    CLEANUP(ceremony_deinit) struct ceremony at = registered(WEBAUTHN_ES256);

    at.party = "example";
    CHECK(do_both(&at) == WEBAUTHN_PARTY);
    at.party = ORIGIN;
    CHECK(do_both(&at) == WEBAUTHN_PARTY);
}

static void flags_that_contradict_each_other_are_refused(void)
{
    CLEANUP(ceremony_deinit) struct ceremony at = registered(WEBAUTHN_ES256);
    uint32_t counter;

    at.flags = UP | UV | BE | BS;
    CHECK(do_register(&at) == 0);
    at.counter = 3;
    CHECK(do_assert(&at, &counter) == 0);
    at.flags = UP | UV | BS;
    CHECK(do_both(&at) == WEBAUTHN_MALFORMED);
    /* Said to be there, and not there. */
    at.flags = UP | UV | ED;
    CHECK(do_both(&at) == WEBAUTHN_MALFORMED);
}

static void bytes_after_the_end_are_refused_though_signed(void)
{
    CLEANUP(ceremony_deinit) struct ceremony at = registered(WEBAUTHN_ES256);
    uint32_t counter;

    CHECK(do_assert(&at, &counter) == 0);
    buffer_append(&at.data, "\xa0", 1);
    sign(&at);
    CHECK(judge_assertion(&at, &counter) == WEBAUTHN_MALFORMED);
    make_registration(&at);
    buffer_append(&at.attestation, "\0", 1);
    CHECK(judge_attestation(&at) == WEBAUTHN_MALFORMED);
}

/* An assertion with extensions: the head of a map, then filling bytes of one letter. */
static int assert_with(struct ceremony *at, const char *head, size_t len, char letter, size_t more)
{
    uint32_t counter;

    make_client(at, "webauthn.get");
    soft_key_data(at->key, PARTY, UP | ED, 5, &at->data);
    buffer_append(&at->data, head, len);
    for (size_t i = 0; i < more; i++)
        buffer_append(&at->data, &letter, 1);
    sign(at);
    return judge_assertion(at, &counter);
}

static void extensions_are_passed_over(void)
{
    CLEANUP(ceremony_deinit) struct ceremony at = registered(WEBAUTHN_ES256);

    CHECK(assert_with(&at, "\xa1\x63uvm\x81\x83\x02\x04", 9, '\x02', 1) == 0);
    CHECK(assert_with(&at, "\xa1\x63prf", 5, '\xf5', 1) == 0);
    CHECK(assert_with(&at, "\xa1\x63prf\x98\x3c", 7, '\0', 60) == 0);
    CHECK(assert_with(&at, "\xa1\x63prf\x59\x03\xc0", 8, '\0', 0x3c0) == 0);
}

static void extensions_of_no_form_or_no_measure_are_refused_though_signed(void)
{
    CLEANUP(ceremony_deinit) struct ceremony at = registered(WEBAUTHN_ES256);

    CHECK(assert_with(&at, "\x63prf", 4, '\0', 0) == WEBAUTHN_MALFORMED);
    CHECK(assert_with(&at, "\xa1\x63prf\xfa", 6, '\0', 4) == WEBAUTHN_MALFORMED);
    CHECK(assert_with(&at, "\xa1\x63prf", 5, '\xf6', 1) == WEBAUTHN_MALFORMED);
    /* Too many items side by side, and one in the other. */
    CHECK(assert_with(&at, "\xa1\x63prf\x98\x3e", 7, '\0', 0x3e) == WEBAUTHN_MALFORMED);
    CHECK(assert_with(&at, "\xa1\x63prf", 5, '\x81', 70) == WEBAUTHN_MALFORMED);
    CHECK(assert_with(&at, "\xa1\x63prf\x59\x04\x00", 8, '\0', 0x400) == WEBAUTHN_MALFORMED);
}

static void a_counter_that_does_not_grow_is_refused(void)
{
    static const uint32_t before_and_now[][2] = {{5, 5}, {5, 4}, {5, 0}, {1, 1}, {UINT32_MAX, 0}};
    CLEANUP(ceremony_deinit) struct ceremony at = registered(WEBAUTHN_ES256);
    uint32_t counter = 77;

    for (size_t i = 0; i < sizeof before_and_now / sizeof before_and_now[0]; i++) {
        at.credential.counter = before_and_now[i][0];
        at.counter = before_and_now[i][1];
        CHECK(do_assert(&at, &counter) == WEBAUTHN_COUNTER && counter == 77);
    }
    at.credential.counter = UINT32_MAX - 1;
    at.counter = UINT32_MAX;
    CHECK(do_assert(&at, &counter) == 0 && counter == UINT32_MAX);
}

static void a_signature_by_another_key_is_refused(void)
{
    for (unsigned i = 0; i < 3; i++) {
        CLEANUP(ceremony_deinit) struct ceremony at = registered(algorithms[i]);
        uint32_t counter = 77;

        at.signer = soft_key_new(algorithms[i]);
        CHECK(do_assert(&at, &counter) == WEBAUTHN_SIGNATURE && counter == 77);
        at.packed = true;
        CHECK(do_register(&at) == WEBAUTHN_ATTESTED);
    }
}

static void every_byte_of_an_assertion_is_covered(void)
{
    CLEANUP(ceremony_deinit) struct ceremony at = registered(WEBAUTHN_ES256);
    struct buffer *const parts[] = {&at.client, &at.data, &at.signature};
    uint32_t counter;

    CHECK(do_assert(&at, &counter) == 0);
    for (unsigned part = 0; part < 3; part++) {
        for (size_t i = 0; i < parts[part]->len; i++) {
            parts[part]->at[i] ^= 0x10;
            CHECK(judge_assertion(&at, &counter) > 0);
            parts[part]->at[i] ^= 0x10;
        }
        size_t len = parts[part]->len;
        while (parts[part]->len-- > 0)
            CHECK(judge_assertion(&at, &counter) > 0);
        parts[part]->len = len;
    }
    CHECK(judge_assertion(&at, &counter) == 0);
}

/* ---- attestation ---- */

static void cut_anywhere_a_registration_is_refused(void)
{
    CLEANUP(ceremony_deinit) struct ceremony at = begin(WEBAUTHN_RS256);
    size_t len;

    at.packed = true;
    make_registration(&at);
    for (len = at.attestation.len; at.attestation.len-- > 0;)
        CHECK(judge_attestation(&at) == WEBAUTHN_MALFORMED);
    at.attestation.len = len;
    CHECK(judge_attestation(&at) == 0);
}

/* The attestation object with needle written over by other bytes of the same length. */
static int with_other(struct ceremony *at, const char *needle, const char *other, size_t len)
{
    uint8_t *found;

    make_registration(at);
    found = memmem(at->attestation.at, at->attestation.len, needle, len);
    CHECK(found != NULL);
    memcpy(found, other, len);
    return judge_attestation(at);
}

static int with_other_statement(struct ceremony *at, const char *statement, size_t len)
{
    CLEANUP(buffer_deinit) struct buffer made = buffer_init(ROOM);
    uint8_t *found;
    size_t before;

    make_registration(at);
    found = memmem(at->attestation.at, at->attestation.len, "attStmt\xa0", 8);
    CHECK(found != NULL);
    before = (size_t)(found - at->attestation.at) + 7;
    buffer_append(&made, at->attestation.at, before);
    buffer_append(&made, statement, len);
    buffer_append(&made, at->attestation.at + before + 1, at->attestation.len - before - 1);
    buffer_clear(&at->attestation);
    buffer_append(&at->attestation, made.at, made.len);
    return judge_attestation(at);
}

static void other_attestations_are_refused(void)
{
    CLEANUP(ceremony_deinit) struct ceremony at = begin(WEBAUTHN_ES256);

    CHECK(with_other(&at, "none", "tpmx", 4) == WEBAUTHN_ATTESTED);
    CHECK(with_other(&at, "attStmt\xa0", "attStmt\x80", 8) == WEBAUTHN_MALFORMED);
    CHECK(with_other(&at,
                     "\x63"
                     "fmt",
                     "\x63"
                     "fmx",
                     4) == WEBAUTHN_MALFORMED);
    CHECK(with_other_statement(&at, "\xa1\x61k\x01", 4) == WEBAUTHN_ATTESTED);
    at.packed = true;
    CHECK(with_other(&at, "packed", "fido-u", 6) == WEBAUTHN_ATTESTED);
    /* With a signature where "none" has to be silent; and of another algorithm than the key's. */
    CHECK(with_other(&at, "\x66packed", "\x66nonone", 7) == WEBAUTHN_ATTESTED);
    CHECK(with_other(&at, "alg\x26", "alg\x27", 4) == WEBAUTHN_ATTESTED);
    CHECK(with_other(&at, "\x63sig", "\x63x5c", 4) == WEBAUTHN_ATTESTED);
}

/* Three parts of which authenticator data is two. */
static void a_part_twice_is_refused(void)
{
    static const char *const firsts[] = {"\x63"
                                         "fmt\x64none",
                                         "\x67"
                                         "attStmt\xa0"};
    CLEANUP(ceremony_deinit) struct ceremony at = begin(WEBAUTHN_ES256);

    for (unsigned i = 0; i < 2; i++) {
        CLEANUP(buffer_deinit) struct buffer part = buffer_init(ROOM);
        uint8_t *found;

        make_registration(&at);
        found = memmem(at.attestation.at, at.attestation.len,
                       "\x68"
                       "authData",
                       9);
        CHECK(found != NULL);
        buffer_append(&part, found, at.attestation.len - (size_t)(found - at.attestation.at));
        buffer_clear(&at.attestation);
        buffer_append_string(&at.attestation, "\xa3");
        buffer_append_string(&at.attestation, firsts[i]);
        buffer_append(&at.attestation, part.at, part.len);
        buffer_append(&at.attestation, part.at, part.len);
        CHECK(judge_attestation(&at) == WEBAUTHN_MALFORMED);
    }
}

/* Registers with other authenticator data: its id of that length, extensions of that length. */
static int register_long(struct ceremony *at, size_t id, size_t more)
{
    CLEANUP(buffer_deinit) struct buffer data = buffer_init(ROOM);
    const uint8_t id_len[] = {(uint8_t)(id >> 8), (uint8_t)id};
    const uint8_t head[] = {0xa1, 0x61, 'x', 0x59, (uint8_t)(more >> 8), (uint8_t)more};
    const size_t key_at = 37 + 16 + 2 + 32;

    make_registration(at);
    buffer_append(&data, at->data.at, 37 + 16);
    buffer_append(&data, id_len, sizeof id_len);
    for (size_t i = 0; i < id; i++)
        buffer_append(&data, "i", 1);
    buffer_append(&data, at->data.at + key_at, at->data.len - key_at);
    if (more) {
        data.at[32] |= ED;
        buffer_append(&data, head, sizeof head);
        for (size_t i = 0; i < more; i++)
            buffer_append(&data, "m", 1);
    }
    soft_key_attest(at->key, buffer_bytes(&data), (struct bytes){0}, &at->attestation);
    return judge_attestation(at);
}

static void what_is_longer_than_any_authenticator_sends_is_refused(void)
{
    CLEANUP(ceremony_deinit) struct ceremony at = begin(WEBAUTHN_ES256);

    CHECK(register_long(&at, WEBAUTHN_ID_MAX, 0) == 0);
    CHECK(at.credential.id_len == WEBAUTHN_ID_MAX);
    CHECK(register_long(&at, WEBAUTHN_ID_MAX + 1, 0) == WEBAUTHN_MALFORMED);
    CHECK(register_long(&at, 32, 7000) == 0);
    CHECK(register_long(&at, 32, 8100) == WEBAUTHN_MALFORMED);
}

static void a_long_signature_is_refused_before_it_is_read(void)
{
    CLEANUP(ceremony_deinit) struct ceremony at = registered(WEBAUTHN_ES256);
    uint32_t counter;

    CHECK(do_assert(&at, &counter) == 0);
    while (at.signature.len < WEBAUTHN_SIGNATURE_MAX)
        buffer_append(&at.signature, "s", 1);
    CHECK(judge_assertion(&at, &counter) == WEBAUTHN_SIGNATURE);
    buffer_append(&at.signature, "s", 1);
    CHECK(judge_assertion(&at, &counter) == WEBAUTHN_MALFORMED);
}

static int register_bytes(struct ceremony *at, const char *input, size_t len)
{
    make_registration(at);
    buffer_clear(&at->attestation);
    buffer_append(&at->attestation, input, len);
    return judge_attestation(at);
}

static void cbor_that_lies_about_its_size_costs_nothing(void)
{
    static const struct {
        const char *at;
        size_t len;
    } inputs[] = {
        {"\xbf", 1},                                 /* without an end */
        {"\xbb\xff\xff\xff\xff\xff\xff\xff\xff", 9}, /* 2^64-1 pairs */
        {"\xa3\x63"
         "fmt\x7b\xff\xff\xff\xff\xff\xff\xff\xff",
         14}, /* text as long */
        {"\xa3\x67"
         "attStmt\xa1\x61k\x9b\x00\x00\x00\x01\x00\x00\x00\x00",
         21}, /* 2^32 items */
        {"\xa3\x67"
         "attStmt\xbf\xff",
         11}, /* a map without an end */
        {"\xa3\xc0\x63"
         "fmt\x64none",
         11}, /* a tag */
        {"\xa3\x63"
         "fmt\x64none\x63"
         "fmt\x64none\x63"
         "fmt\x64none",
         28},                                        /* one part thrice */
        {"\xfb\x00\x00\x00\x00\x00\x00\x00\x00", 9}, /* a float */
        {"\xff", 1},                                 /* an end of nothing */
    };
    CLEANUP(ceremony_deinit) struct ceremony at = begin(WEBAUTHN_ES256);
    char deep[WEBAUTHN_ATTESTATION_MAX + 1];

    for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++)
        CHECK(register_bytes(&at, inputs[i].at, inputs[i].len) == WEBAUTHN_MALFORMED);
    /* As many pairs as make the sum of their items 0 again; all else is right. */
    CHECK(with_other_statement(&at, "\xbb\x80\0\0\0\0\0\0\0", 9) == WEBAUTHN_MALFORMED);
    memset(deep, '\x81', sizeof deep);
    memcpy(deep,
           "\xa3\x67"
           "attStmt\xa1\x61k",
           12);
    CHECK(register_bytes(&at, deep, sizeof deep - 1) == WEBAUTHN_MALFORMED);
    CHECK(register_bytes(&at, deep, sizeof deep) == WEBAUTHN_MALFORMED);
}

/* ---- keys ---- */

/* Registers with the credential's key written anew. */
static int register_key(struct ceremony *at, const char *needle, const char *other, size_t len)
{
    uint8_t *found;

    make_registration(at);
    found = memmem(at->data.at, at->data.len, needle, len);
    CHECK(found != NULL);
    memcpy(found, other, len);
    soft_key_attest(at->key, buffer_bytes(&at->data), (struct bytes){0}, &at->attestation);
    return judge_attestation(at);
}

static void keys_of_other_kinds_are_refused(void)
{
    CLEANUP(ceremony_deinit) struct ceremony at = begin(WEBAUTHN_ES256);

    /* ES384, ES256K's place, and an algorithm that does not fit the type of key. */
    CHECK(register_key(&at, "\x03\x26\x20\x01", "\x03\x25\x20\x01", 4) == WEBAUTHN_KEY);
    CHECK(register_key(&at, "\x03\x26\x20\x01", "\x03\x27\x20\x01", 4) == WEBAUTHN_KEY);
    CHECK(register_key(&at, "\x03\x26\x20\x01", "\x03\x06\x20\x01", 4) == WEBAUTHN_KEY);
    CHECK(register_key(&at, "\x03\x26\x20\x01", "\x04\x26\x20\x01", 4) == WEBAUTHN_KEY);
    CHECK(register_key(&at, "\x03\x26\x20\x01", "\x03\x26\x20\x02", 4) == WEBAUTHN_KEY);
    /* A name twice: which would be it? */
    CHECK(register_key(&at, "\x03\x26\x20\x01", "\x01\x26\x20\x01", 4) == WEBAUTHN_KEY);
    CHECK(register_key(&at, "\x03\x26\x20\x01", "\x03\x26\x20\x01", 4) == 0);
}

static void a_point_that_is_not_on_the_curve_is_refused(void)
{
    CLEANUP(ceremony_deinit) struct ceremony at = begin(WEBAUTHN_ES256);

    make_registration(&at);
    at.data.at[at.data.len - 1] ^= 1;
    soft_key_attest(at.key, buffer_bytes(&at.data), (struct bytes){0}, &at.attestation);
    CHECK(judge_attestation(&at) == WEBAUTHN_KEY);
}

static void a_credential_without_an_id_or_a_key_is_refused(void)
{
    CLEANUP(ceremony_deinit) struct ceremony at = begin(WEBAUTHN_ES256);

    make_registration(&at);
    soft_key_data(at.key, PARTY, UP | UV, 1, &at.data);
    soft_key_attest(at.key, buffer_bytes(&at.data), (struct bytes){0}, &at.attestation);
    CHECK(judge_attestation(&at) == WEBAUTHN_MALFORMED);
    make_registration(&at);
    at.data.at[37 + 17] = 0;
    soft_key_attest(at.key, buffer_bytes(&at.data), (struct bytes){0}, &at.attestation);
    CHECK(judge_attestation(&at) == WEBAUTHN_MALFORMED);
}

static void a_kept_key_that_is_none_is_a_fault(void)
{
    CLEANUP(ceremony_deinit) struct ceremony at = registered(WEBAUTHN_ES256);
    uint32_t counter = 77;

    at.credential.key[0] ^= 1;
    CHECK(do_assert(&at, &counter) == ERR_CORRUPT && counter == 77);
}

int main(void)
{
    RUN(a_key_of_each_kind_registers_and_signs_in);
    RUN(members_that_we_do_not_know_are_no_obstacle);
    RUN(a_key_without_a_counter_says_0_always);
    RUN(verification_is_asked_for_only_where_required);
    RUN(another_challenge_is_refused);
    RUN(one_ceremony_does_not_do_for_the_other);
    RUN(another_origin_is_refused_whatever_it_resembles);
    RUN(a_frame_of_another_site_is_refused);
    RUN(a_member_twice_is_refused);
    RUN(what_is_no_json_object_is_refused);
    RUN(long_client_data_is_refused_though_all_else_is_right);
    RUN(another_party_is_refused);
    RUN(flags_that_contradict_each_other_are_refused);
    RUN(bytes_after_the_end_are_refused_though_signed);
    RUN(extensions_are_passed_over);
    RUN(extensions_of_no_form_or_no_measure_are_refused_though_signed);
    RUN(a_counter_that_does_not_grow_is_refused);
    RUN(a_signature_by_another_key_is_refused);
    RUN(every_byte_of_an_assertion_is_covered);
    RUN(cut_anywhere_a_registration_is_refused);
    RUN(other_attestations_are_refused);
    RUN(a_part_twice_is_refused);
    RUN(what_is_longer_than_any_authenticator_sends_is_refused);
    RUN(a_long_signature_is_refused_before_it_is_read);
    RUN(cbor_that_lies_about_its_size_costs_nothing);
    RUN(keys_of_other_kinds_are_refused);
    RUN(a_point_that_is_not_on_the_curve_is_refused);
    RUN(a_credential_without_an_id_or_a_key_is_refused);
    RUN(a_kept_key_that_is_none_is_a_fault);
    return tap_done();
}
