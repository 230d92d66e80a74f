#include "crypto/test-soft-key.h"

#include <assert.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdlib.h>

#include "base/base64.h"
#include "crypto/hash.h"

enum { ID_SIZE = 32 };

struct soft_key {
    enum webauthn_algorithm algorithm;
    EVP_PKEY *pkey;
    uint8_t id[ID_SIZE];
};

static EVP_PKEY *make(enum webauthn_algorithm algorithm)
{
    if (algorithm == WEBAUTHN_ES256)
        return EVP_EC_gen("P-256");
    if (algorithm == WEBAUTHN_EDDSA)
        return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    return EVP_RSA_gen(2048);
}

struct soft_key *soft_key_new(enum webauthn_algorithm algorithm)
{
    static uint8_t made;
    struct soft_key *key = calloc(1, sizeof *key);

    assert(key);
    key->algorithm = algorithm;
    key->pkey = make(algorithm);
    assert(key->pkey);
    memset(key->id, ++made, sizeof key->id);
    return key;
}

struct soft_key *soft_key_free(struct soft_key *key)
{
    if (key)
        EVP_PKEY_free(key->pkey);
    free(key);
    return NULL;
}

struct bytes soft_key_id(const struct soft_key *key)
{
    return (struct bytes){key->id, sizeof key->id};
}

void soft_key_client(const char *type, const uint8_t challenge[WEBAUTHN_CHALLENGE_SIZE],
                     const char *origin, const char *more, struct buffer *client)
{
    char text[BASE64URL_SIZE(WEBAUTHN_CHALLENGE_SIZE)];

    base64url_print((struct bytes){challenge, WEBAUTHN_CHALLENGE_SIZE}, text);
    buffer_clear(client);
    buffer_print(client, "{\"type\":\"%s\",\"challenge\":\"%s\",\"origin\":\"%s\"%s}", type, text,
                 origin, more);
}

/* ---- CBOR ---- */

static void add_byte(struct buffer *out, unsigned byte)
{
    uint8_t at = (uint8_t)byte;

    buffer_append(out, &at, 1);
}

/* A head in its shortest form: major type and number below 65,536. */
static void add_head(struct buffer *out, unsigned major, size_t number)
{
    if (number < 24) {
        add_byte(out, major << 5 | (unsigned)number);
    } else if (number < 256) {
        add_byte(out, major << 5 | 24);
        add_byte(out, (unsigned)number);
    } else {
        add_byte(out, major << 5 | 25);
        add_byte(out, (unsigned)(number >> 8));
        add_byte(out, (unsigned)number & 0xff);
    }
}

static void add_words(struct buffer *out, const char *words)
{
    add_head(out, 3, strlen(words));
    buffer_append_string(out, words);
}

static void add_bytes(struct buffer *out, struct bytes bytes)
{
    add_head(out, 2, bytes.len);
    buffer_append(out, bytes.at, bytes.len);
}

/* A small number of either sign. */
static void add_number(struct buffer *out, int number)
{
    add_head(out, number < 0 ? 1U : 0U, (size_t)(number < 0 ? -1 - number : number));
}

static void cose_es256(const struct soft_key *key, struct buffer *out)
{
    unsigned char *point = NULL;
    size_t len = EVP_PKEY_get1_encoded_public_key(key->pkey, &point);

    assert(len == 65);
    add_head(out, 5, 5);
    add_number(out, 1);
    add_number(out, 2);
    add_number(out, 3);
    add_number(out, WEBAUTHN_ES256);
    add_number(out, -1);
    add_number(out, 1);
    add_number(out, -2);
    add_bytes(out, (struct bytes){point + 1, 32});
    add_number(out, -3);
    add_bytes(out, (struct bytes){point + 33, 32});
    OPENSSL_free(point);
}

static void cose_eddsa(const struct soft_key *key, struct buffer *out)
{
    uint8_t point[32];
    size_t len = sizeof point;

    if (EVP_PKEY_get_raw_public_key(key->pkey, point, &len) != 1 || len != sizeof point)
        abort();
    add_head(out, 5, 4);
    add_number(out, 1);
    add_number(out, 1);
    add_number(out, 3);
    add_number(out, WEBAUTHN_EDDSA);
    add_number(out, -1);
    add_number(out, 6);
    add_number(out, -2);
    add_bytes(out, (struct bytes){point, len});
}

static void cose_rs256(const struct soft_key *key, struct buffer *out)
{
    static const uint8_t exponent[] = {1, 0, 1};
    uint8_t modulus[256];
    BIGNUM *n = NULL;

    if (EVP_PKEY_get_bn_param(key->pkey, OSSL_PKEY_PARAM_RSA_N, &n) != 1 ||
        BN_bn2binpad(n, modulus, sizeof modulus) != sizeof modulus)
        abort();
    BN_free(n);
    add_head(out, 5, 4);
    add_number(out, 1);
    add_number(out, 3);
    add_number(out, 3);
    add_number(out, WEBAUTHN_RS256);
    add_number(out, -1);
    add_bytes(out, (struct bytes){modulus, sizeof modulus});
    add_number(out, -2);
    add_bytes(out, (struct bytes){exponent, sizeof exponent});
}

void soft_key_cose(const struct soft_key *key, struct buffer *cose)
{
    if (key->algorithm == WEBAUTHN_ES256)
        cose_es256(key, cose);
    else if (key->algorithm == WEBAUTHN_EDDSA)
        cose_eddsa(key, cose);
    else
        cose_rs256(key, cose);
}

/* ---- what it gives ---- */

enum { CREDENTIAL_FLAG = 0x40 };

void soft_key_data(const struct soft_key *key, const char *party, uint8_t flags, uint32_t counter,
                   struct buffer *data)
{
    static const uint8_t model[16];
    struct hash hash;
    int r = hash_bytes(bytes_of_text(text_of(party)), &hash);

    assert(r == 0);
    buffer_clear(data);
    buffer_append(data, hash.at, sizeof hash.at);
    add_byte(data, flags);
    for (int shift = 24; shift >= 0; shift -= 8)
        add_byte(data, counter >> shift & 0xff);
    if (!(flags & CREDENTIAL_FLAG))
        return;
    buffer_append(data, model, sizeof model);
    add_byte(data, 0);
    add_byte(data, sizeof key->id);
    buffer_append(data, key->id, sizeof key->id);
    soft_key_cose(key, data);
}

static const EVP_MD *digest_of(const struct soft_key *key)
{
    return key->algorithm == WEBAUTHN_EDDSA ? NULL : EVP_sha256();
}

static void signed_part(struct bytes data, struct bytes client, struct buffer *part)
{
    struct hash hash;
    int r = hash_bytes(client, &hash);

    assert(r == 0);
    buffer_append(part, data.at, data.len);
    buffer_append(part, hash.at, sizeof hash.at);
}

void soft_key_sign(const struct soft_key *key, struct bytes data, struct bytes client,
                   struct buffer *signature)
{
    CLEANUP(buffer_deinit) struct buffer part = buffer_init(1 << 16);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    uint8_t at[512];
    size_t len = sizeof at;

    signed_part(data, client, &part);
    if (EVP_DigestSignInit(context, NULL, digest_of(key), NULL, key->pkey) != 1 ||
        EVP_DigestSign(context, at, &len, part.at, part.len) != 1)
        abort();
    EVP_MD_CTX_free(context);
    buffer_clear(signature);
    buffer_append(signature, at, len);
}

bool soft_key_verify(const struct soft_key *key, struct bytes data, struct bytes client,
                     struct bytes signature)
{
    CLEANUP(buffer_deinit) struct buffer part = buffer_init(1 << 16);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool right;

    signed_part(data, client, &part);
    right = EVP_DigestVerifyInit(context, NULL, digest_of(key), NULL, key->pkey) == 1 &&
            EVP_DigestVerify(context, signature.at, signature.len, part.at, part.len) == 1;
    EVP_MD_CTX_free(context);
    ERR_clear_error();
    return right;
}

void soft_key_attest(const struct soft_key *key, struct bytes data, struct bytes signature,
                     struct buffer *attestation)
{
    buffer_clear(attestation);
    add_head(attestation, 5, 3);
    add_words(attestation, "fmt");
    add_words(attestation, signature.len ? "packed" : "none");
    add_words(attestation, "attStmt");
    add_head(attestation, 5, signature.len ? 2 : 0);
    if (signature.len) {
        add_words(attestation, "alg");
        add_number(attestation, key->algorithm);
        add_words(attestation, "sig");
        add_bytes(attestation, signature);
    }
    add_words(attestation, "authData");
    add_bytes(attestation, data);
}
