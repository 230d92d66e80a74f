#include "crypto/webauthn.h"

#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>

#include "base/cleanup.h"
#include "crypto/crypto-private.h"
#include "crypto/hash.h"
#include "crypto/webauthn-private.h"

_Static_assert(COSE_ES256 == (int)WEBAUTHN_ES256 && COSE_EDDSA == (int)WEBAUTHN_EDDSA &&
                   COSE_RS256 == (int)WEBAUTHN_RS256,
               "both name algorithms as COSE does");

static void cred_free(fido_cred_t *cred)
{
    fido_cred_free(&cred);
}

static void assertion_free(fido_assert_t *assertion)
{
    fido_assert_free(&assertion);
}

DEFINE_CLEANUP(fido_cred_t *, cred_free)
DEFINE_CLEANUP(fido_assert_t *, assertion_free)

const char *webauthn_word(int outcome)
{
    static const char *const words[] = {
        [0] = "holds",
        [WEBAUTHN_MALFORMED] = "malformed",
        [WEBAUTHN_TYPE] = "type",
        [WEBAUTHN_CHALLENGE] = "challenge",
        [WEBAUTHN_ORIGIN] = "origin",
        [WEBAUTHN_CROSS] = "cross-origin",
        [WEBAUTHN_PARTY] = "party",
        [WEBAUTHN_ABSENT] = "user-absent",
        [WEBAUTHN_UNVERIFIED] = "user-unverified",
        [WEBAUTHN_KEY] = "key",
        [WEBAUTHN_ATTESTED] = "attestation",
        [WEBAUTHN_SIGNATURE] = "signature",
        [WEBAUTHN_COUNTER] = "counter",
        [WEBAUTHN_NAMELESS] = "nameless",
    };

    return outcome >= 0 && (size_t)outcome < sizeof words / sizeof words[0] ? words[outcome]
                                                                            : "fault";
}

/* ---- what both ceremonies judge ---- */

static int judge_authenticator(const struct webauthn_question *question,
                               const struct webauthn_authenticator *data)
{
    struct hash party;
    int r = hash_bytes(bytes_of_text(question->party.id), &party);

    if (r)
        return r;
    if (memcmp(data->party.at, party.at, sizeof party.at) != 0)
        return WEBAUTHN_PARTY;
    if (!(data->flags & WEBAUTHN_PRESENT_FLAG))
        return WEBAUTHN_ABSENT;
    if (question->verified && !(data->flags & WEBAUTHN_VERIFIED_FLAG))
        return WEBAUTHN_UNVERIFIED;
    return 0;
}

/* ---- keys ---- */

/* libfido2 has a type for each kind of key, and one call that takes any. */
struct public_key {
    es256_pk_t *es256;
    eddsa_pk_t *eddsa;
    rs256_pk_t *rs256;
    const void *any;
};

static void public_key_deinit_at(struct public_key *key)
{
    es256_pk_free(&key->es256);
    eddsa_pk_free(&key->eddsa);
    rs256_pk_free(&key->rs256);
}

/* Outcome: WEBAUTHN_KEY: not on the curve, or not of that kind. */
static int take_key(const struct webauthn_credential *credential, struct public_key *key)
{
    int r = FIDO_ERR_INVALID_ARGUMENT;

    if (credential->algorithm == WEBAUTHN_ES256) {
        key->any = key->es256 = es256_pk_new();
        if (key->any)
            r = es256_pk_from_ptr(key->es256, credential->key, credential->key_len);
    } else if (credential->algorithm == WEBAUTHN_EDDSA) {
        key->any = key->eddsa = eddsa_pk_new();
        if (key->any)
            r = eddsa_pk_from_ptr(key->eddsa, credential->key, credential->key_len);
    } else if (credential->algorithm == WEBAUTHN_RS256) {
        key->any = key->rs256 = rs256_pk_new();
        if (key->any)
            r = rs256_pk_from_ptr(key->rs256, credential->key, credential->key_len);
    } else {
        return WEBAUTHN_KEY;
    }
    if (!key->any)
        return FAULT(ERR_MEMORY);
    return r == FIDO_OK ? 0 : CRYPTO_OUTCOME(WEBAUTHN_KEY);
}

/* ---- a new credential ---- */

/* A fault of the library that is none of the input's. */
static int of_fido(int r, int outcome)
{
    if (r == FIDO_OK)
        return 0;
    return r == FIDO_ERR_INTERNAL ? CRYPTO_FAULT() : CRYPTO_OUTCOME(outcome);
}

/* "none" says nothing; "packed" without a certificate is signed by the new key. */
static int judge_statement(fido_cred_t *cred, enum webauthn_algorithm algorithm,
                           const struct webauthn_attestation *attestation)
{
    static const uint8_t empty[] = {0xa0};
    struct text format = text_of_bytes(attestation->format);
    struct bytes statement = attestation->statement;
    enum webauthn_algorithm signed_with;

    if (text_equal(format, text_of("none")))
        return statement.len == 1 && statement.at[0] == empty[0] ? 0 : WEBAUTHN_ATTESTED;
    /* libfido2 would judge by the key's algorithm, whatever the statement says. */
    if (!text_equal(format, text_of("packed")) ||
        webauthn_statement_algorithm(statement, &signed_with) || signed_with != algorithm)
        return WEBAUTHN_ATTESTED;
    if (fido_cred_set_fmt(cred, "packed") != FIDO_OK ||
        fido_cred_set_attstmt(cred, statement.at, statement.len) != FIDO_OK)
        return CRYPTO_OUTCOME(WEBAUTHN_ATTESTED);
    return of_fido(fido_cred_verify_self(cred), WEBAUTHN_ATTESTED);
}

static int fill(fido_cred_t *cred, const struct webauthn_question *question,
                enum webauthn_algorithm algorithm, const struct hash *client,
                struct bytes authenticator)
{
    /* The texts of a party are views; this one is short, as is_name() has seen to. */
    char party[256];

    if (question->party.id.len >= sizeof party)
        return FAULT(ERR_CORRUPT);
    memcpy(party, question->party.id.at, question->party.id.len);
    party[question->party.id.len] = '\0';
    if (fido_cred_set_type(cred, algorithm) != FIDO_OK ||
        fido_cred_set_rp(cred, party, NULL) != FIDO_OK ||
        fido_cred_set_clientdata_hash(cred, client->at, sizeof client->at) != FIDO_OK)
        return CRYPTO_FAULT();
    return of_fido(fido_cred_set_authdata_raw(cred, authenticator.at, authenticator.len),
                   WEBAUTHN_KEY);
}

static int take_credential(const fido_cred_t *cred, enum webauthn_algorithm algorithm,
                           const struct webauthn_authenticator *data,
                           struct webauthn_credential *ret_credential)
{
    CLEANUP(public_key_deinit) struct public_key key = {0};
    struct webauthn_credential credential = {.algorithm = algorithm,
                                             .counter = data->counter,
                                             .id_len = data->id.len,
                                             .key_len = fido_cred_pubkey_len(cred)};
    int r;

    if (!fido_cred_pubkey_ptr(cred) || credential.key_len > sizeof credential.key)
        return WEBAUTHN_KEY;
    memcpy(credential.id, data->id.at, data->id.len);
    memcpy(credential.key, fido_cred_pubkey_ptr(cred), credential.key_len);
    /* With "none" nothing has used it yet. */
    r = take_key(&credential, &key);
    if (r)
        return r;
    *ret_credential = credential;
    return 0;
}

static int judge_registration(const struct webauthn_question *question, struct bytes client,
                              const struct webauthn_attestation *attestation,
                              struct webauthn_credential *ret_credential)
{
    CLEANUP(cred_free) fido_cred_t *cred = fido_cred_new();
    struct webauthn_authenticator data;
    enum webauthn_algorithm algorithm;
    struct hash client_hash;
    int r = webauthn_authenticator_parse(attestation->authenticator, &data);

    if (!cred)
        return FAULT(ERR_MEMORY);
    if (!r)
        r = judge_authenticator(question, &data);
    if (!r)
        r = data.id.len ? webauthn_key_algorithm(data.key, &algorithm) : WEBAUTHN_MALFORMED;
    if (!r)
        r = hash_bytes(client, &client_hash);
    if (!r)
        r = fill(cred, question, algorithm, &client_hash, attestation->authenticator);
    if (!r)
        r = judge_statement(cred, algorithm, attestation);
    return r ? r : take_credential(cred, algorithm, &data, ret_credential);
}

RESULT webauthn_register(const struct webauthn_question *question, struct bytes client,
                         struct bytes attestation, struct webauthn_credential *ret_credential)
{
    struct webauthn_attestation parts;
    int r = webauthn_client_judge(question, "webauthn.create", client);

    if (!r && attestation.len > WEBAUTHN_ATTESTATION_MAX)
        r = WEBAUTHN_MALFORMED;
    if (!r)
        r = webauthn_attestation_parse(attestation, &parts);
    /* Bounded like that of an assertion, plus id and key. */
    return r ? r : judge_registration(question, client, &parts, ret_credential);
}

/* ---- an assertion ---- */

static int check_signature(const struct webauthn_question *question,
                           const struct webauthn_credential *credential,
                           const struct webauthn_assertion *given)
{
    CLEANUP(assertion_free) fido_assert_t *assertion = fido_assert_new();
    CLEANUP(public_key_deinit) struct public_key key = {0};
    struct hash client;
    char party[256];
    int r = take_key(credential, &key);

    if (r)
        return r < 0 ? r : FAULT(ERR_CORRUPT);
    r = hash_bytes(given->client, &client);
    if (r)
        return r;
    if (!assertion || question->party.id.len >= sizeof party)
        return FAULT(ERR_MEMORY);
    memcpy(party, question->party.id.at, question->party.id.len);
    party[question->party.id.len] = '\0';
    if (fido_assert_set_count(assertion, 1) != FIDO_OK ||
        fido_assert_set_rp(assertion, party) != FIDO_OK ||
        fido_assert_set_clientdata_hash(assertion, client.at, sizeof client.at) != FIDO_OK ||
        fido_assert_set_up(assertion, FIDO_OPT_TRUE) != FIDO_OK ||
        fido_assert_set_uv(assertion, question->verified ? FIDO_OPT_TRUE : FIDO_OPT_OMIT) !=
            FIDO_OK)
        return CRYPTO_FAULT();
    if (fido_assert_set_authdata_raw(assertion, 0, given->authenticator.at,
                                     given->authenticator.len) != FIDO_OK)
        return CRYPTO_OUTCOME(WEBAUTHN_MALFORMED);
    if (fido_assert_set_sig(assertion, 0, given->signature.at, given->signature.len) != FIDO_OK)
        return CRYPTO_OUTCOME(WEBAUTHN_SIGNATURE);
    return of_fido(fido_assert_verify(assertion, 0, credential->algorithm, key.any),
                   WEBAUTHN_SIGNATURE);
}

/* Authenticators without a counter say 0 always. */
static bool counter_grew(uint32_t before, uint32_t now)
{
    return now > before || (now == 0 && before == 0);
}

RESULT webauthn_assert(const struct webauthn_question *question,
                       const struct webauthn_credential *credential,
                       const struct webauthn_assertion *assertion, uint32_t *ret_counter)
{
    struct webauthn_authenticator data;
    int r = webauthn_client_judge(question, "webauthn.get", assertion->client);

    if (!r && (assertion->authenticator.len > WEBAUTHN_AUTHENTICATOR_MAX ||
               assertion->signature.len > WEBAUTHN_SIGNATURE_MAX))
        r = WEBAUTHN_MALFORMED;
    if (!r)
        r = webauthn_authenticator_parse(assertion->authenticator, &data);
    if (!r)
        r = judge_authenticator(question, &data);
    if (!r)
        r = check_signature(question, credential, assertion);
    if (r)
        return r;
    if (!counter_grew(credential->counter, data.counter))
        return WEBAUTHN_COUNTER;
    *ret_counter = data.counter;
    return 0;
}
