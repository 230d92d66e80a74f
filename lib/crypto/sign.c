#include "crypto/sign.h"

#include <assert.h>
#include <openssl/evp.h>

#include "base/cleanup.h"
#include "crypto/crypto-private.h"

CRYPTO_CLEANUP(EVP_PKEY, EVP_PKEY_free)
CRYPTO_CLEANUP(EVP_MD_CTX, EVP_MD_CTX_free)

static EVP_PKEY *key_of_seed(struct bytes seed)
{
    assert(seed.len == SIGN_SEED_SIZE);
    return EVP_PKEY_new_raw_private_key_ex(NULL, "ED25519", NULL, seed.at, seed.len);
}

RESULT sign_public(struct bytes seed, uint8_t ret_public[SIGN_PUBLIC_SIZE])
{
    CLEANUP(EVP_PKEY_free) EVP_PKEY *key = key_of_seed(seed);
    uint8_t public[SIGN_PUBLIC_SIZE];
    size_t len = sizeof(public);

    if (!key || EVP_PKEY_get_raw_public_key(key, public, &len) != 1 || len != sizeof(public))
        return CRYPTO_FAULT();
    memcpy(ret_public, public, sizeof(public));
    return 0;
}

RESULT sign_make(struct bytes seed, struct bytes message, uint8_t ret_signature[SIGN_SIZE])
{
    CLEANUP(EVP_PKEY_free) EVP_PKEY *key = key_of_seed(seed);
    CLEANUP(EVP_MD_CTX_free) EVP_MD_CTX *state = EVP_MD_CTX_new();
    uint8_t signature[SIGN_SIZE];
    size_t len = sizeof(signature);

    if (!key || !state || EVP_DigestSignInit_ex(state, NULL, NULL, NULL, NULL, key, NULL) != 1)
        return CRYPTO_FAULT();
    if (EVP_DigestSign(state, signature, &len, message.at, message.len) != 1 ||
        len != sizeof(signature))
        return CRYPTO_FAULT();
    memcpy(ret_signature, signature, sizeof(signature));
    return 0;
}

RESULT sign_check(struct bytes public, struct bytes message, struct bytes signature)
{
    CLEANUP(EVP_PKEY_free) EVP_PKEY *key = NULL;
    CLEANUP(EVP_MD_CTX_free) EVP_MD_CTX *state = NULL;

    if (public.len != SIGN_PUBLIC_SIZE || signature.len != SIGN_SIZE)
        return SIGN_FORGED;
    key = EVP_PKEY_new_raw_public_key_ex(NULL, "ED25519", NULL, public.at, public.len);
    state = EVP_MD_CTX_new();
    if (!key || !state || EVP_DigestVerifyInit_ex(state, NULL, NULL, NULL, NULL, key, NULL) != 1)
        return CRYPTO_FAULT();
    if (EVP_DigestVerify(state, signature.at, signature.len, message.at, message.len) != 1)
        return CRYPTO_OUTCOME(SIGN_FORGED);
    return 0;
}
