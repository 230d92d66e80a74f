/*
 * The first byte says which part of a ceremony the rest replaces; the part is signed by the right
 * key where a signature covers it. Property: nothing verifies unless made by the right key for the
 * right question, as OpenSSL and plain comparisons say; what registers is the credential that came,
 * and signs nothing by itself.
 */

#include <assert.h>
#include <stdlib.h>

#include "crypto/hash.h"
#include "crypto/test-soft-key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ORIGIN "https://ward.example"
#define PARTY "ward.example"

enum { ROOM = 1 << 20, UP = 1, UV = 4, AT = 0x40, HEADER = 37 };

static struct soft_key *key;
static struct webauthn_credential kept;
static struct webauthn_question question;
static struct hash party;
static char challenge[64];

static bool holds(struct bytes input, const char *needle)
{
    return memmem(input.at, input.len, needle, strlen(needle)) != NULL;
}

static void begin(void)
{
    CLEANUP(buffer_deinit) struct buffer client = buffer_init(ROOM);
    CLEANUP(buffer_deinit) struct buffer data = buffer_init(ROOM);
    CLEANUP(buffer_deinit) struct buffer attestation = buffer_init(ROOM);
    const char *at;

    if (key)
        return;
    key = soft_key_new(WEBAUTHN_ES256);
    question.party = (struct webauthn_party){.id = text_of(PARTY), .origin = text_of(ORIGIN)};
    soft_key_client("webauthn.create", question.challenge, ORIGIN, "", &client);
    soft_key_data(key, PARTY, UP | UV | AT, 1, &data);
    soft_key_attest(key, buffer_bytes(&data), (struct bytes){0}, &attestation);
    if (webauthn_register(&question, buffer_bytes(&client), buffer_bytes(&attestation), &kept) ||
        hash_bytes(bytes_of_text(text_of(PARTY)), &party))
        abort();
    at = memmem(client.at, client.len, "AAAA", 4);
    memcpy(challenge, at, strcspn(at, "\""));
}

static void judge(struct bytes client, struct bytes data, struct bytes signature)
{
    struct webauthn_assertion assertion = {client, data, signature};
    uint32_t counter = 0;
    int r = webauthn_assert(&question, &kept, &assertion, &counter);

    assert(r >= 0);
    if (r)
        return;
    assert(soft_key_verify(key, data, client, signature));
    assert(data.len >= HEADER && memcmp(data.at, party.at, sizeof party.at) == 0);
    assert(data.at[32] & UP && counter > kept.counter);
    assert(data.at[33] == counter >> 24 && data.at[36] == (counter & 0xff));
}

/* Escapes may spell any letter, so only what has none is compared. */
static void judge_client(struct bytes client)
{
    CLEANUP(buffer_deinit) struct buffer data = buffer_init(ROOM);
    CLEANUP(buffer_deinit) struct buffer signature = buffer_init(ROOM);
    struct webauthn_assertion assertion;
    uint32_t counter;

    soft_key_data(key, PARTY, UP, 2, &data);
    soft_key_sign(key, buffer_bytes(&data), client, &signature);
    assertion = (struct webauthn_assertion){client, buffer_bytes(&data), buffer_bytes(&signature)};
    if (webauthn_assert(&question, &kept, &assertion, &counter) == 0 && !holds(client, "\\"))
        assert(holds(client, "\"webauthn.get\"") && holds(client, challenge) &&
               holds(client, "\"" ORIGIN "\""));
    judge(client, buffer_bytes(&data), buffer_bytes(&signature));
}

static void judge_data(struct bytes data)
{
    CLEANUP(buffer_deinit) struct buffer client = buffer_init(ROOM);
    CLEANUP(buffer_deinit) struct buffer signature = buffer_init(ROOM);

    soft_key_client("webauthn.get", question.challenge, ORIGIN, "", &client);
    soft_key_sign(key, data, buffer_bytes(&client), &signature);
    judge(buffer_bytes(&client), data, buffer_bytes(&signature));
}

static void judge_signature(struct bytes signature)
{
    CLEANUP(buffer_deinit) struct buffer client = buffer_init(ROOM);
    CLEANUP(buffer_deinit) struct buffer data = buffer_init(ROOM);

    soft_key_client("webauthn.get", question.challenge, ORIGIN, "", &client);
    soft_key_data(key, PARTY, UP, 2, &data);
    judge(buffer_bytes(&client), buffer_bytes(&data), signature);
}

static void judge_attestation(struct bytes attestation)
{
    static const uint8_t nothing[64];
    CLEANUP(buffer_deinit) struct buffer client = buffer_init(ROOM);
    CLEANUP(buffer_deinit) struct buffer data = buffer_init(ROOM);
    struct webauthn_credential made;
    struct webauthn_assertion assertion;
    uint32_t counter;
    int r;

    soft_key_client("webauthn.create", question.challenge, ORIGIN, "", &client);
    r = webauthn_register(&question, buffer_bytes(&client), attestation, &made);
    assert(r >= 0);
    if (r)
        return;
    assert(made.id_len > 0 && made.id_len <= WEBAUTHN_ID_MAX);
    assert(memmem(attestation.at, attestation.len, made.id, made.id_len));
    assert(memmem(attestation.at, attestation.len, party.at, sizeof party.at));
    soft_key_client("webauthn.get", question.challenge, ORIGIN, "", &client);
    soft_key_data(key, PARTY, UP, UINT32_MAX, &data);
    assertion = (struct webauthn_assertion){
        buffer_bytes(&client), buffer_bytes(&data), {nothing, sizeof nothing}};
    r = webauthn_assert(&question, &made, &assertion, &counter);
    assert(r == WEBAUTHN_SIGNATURE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const parts[])(struct bytes) = {judge_client, judge_data, judge_signature,
                                                  judge_attestation};

    begin();
    if (size > 0 && size < ROOM / 16)
        parts[data[0] % 4]((struct bytes){data + 1, size - 1});
    return 0;
}
