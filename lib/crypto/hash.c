#include "crypto/hash.h"

#include <assert.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <pthread.h>

#include "base/cleanup.h"
#include "base/wipe.h"
#include "crypto/crypto-private.h"

enum { PIECES_MAX = 4, DERIVED_MAX = 64 };

CRYPTO_CLEANUP(EVP_MD_CTX, EVP_MD_CTX_free)
CRYPTO_CLEANUP(EVP_MAC_CTX, EVP_MAC_CTX_free)
CRYPTO_CLEANUP(EVP_KDF_CTX, EVP_KDF_CTX_free)

/*
 * Looked up by name once, since that costs more than hashing a short text; never freed. The MAC is
 * kept as a context that knows its hash but no key, and is copied for each use.
 */
static EVP_MD *sha256;
static EVP_MAC_CTX *hmac_blank;
static EVP_KDF *hkdf;
static pthread_once_t fetch_once = PTHREAD_ONCE_INIT;
static char sha256_name[] = "SHA256"; /* OSSL_PARAM takes no const */

static void fetch(void)
{
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, sha256_name, 0),
        OSSL_PARAM_construct_end(),
    };
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *blank = mac ? EVP_MAC_CTX_new(mac) : NULL;

    EVP_MAC_free(mac);
    if (blank && EVP_MAC_CTX_set_params(blank, params) == 1) {
        hmac_blank = blank;
        blank = NULL;
    }
    EVP_MAC_CTX_free(blank);
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    hkdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
}

static bool ready(void)
{
    return pthread_once(&fetch_once, fetch) == 0 && sha256 && hmac_blank && hkdf;
}

RESULT hash_pieces(const struct bytes *pieces, size_t count, struct hash *ret_hash)
{
    CLEANUP(EVP_MD_CTX_free) EVP_MD_CTX *state = NULL;
    struct hash hash;

    assert(count <= PIECES_MAX);
    if (!ready())
        return CRYPTO_FAULT();
    state = EVP_MD_CTX_new();
    if (!state || EVP_DigestInit_ex2(state, sha256, NULL) != 1)
        return CRYPTO_FAULT();
    for (size_t i = 0; i < count; i++)
        if (EVP_DigestUpdate(state, pieces[i].at, pieces[i].len) != 1)
            return CRYPTO_FAULT();
    if (EVP_DigestFinal_ex(state, hash.at, NULL) != 1)
        return CRYPTO_FAULT();
    *ret_hash = hash;
    return 0;
}

RESULT hash_bytes(struct bytes bytes, struct hash *ret_hash)
{
    return hash_pieces(&bytes, 1, ret_hash);
}

RESULT hash_hmac(struct bytes key, const struct bytes *pieces, size_t count, struct hash *ret_tag)
{
    static const uint8_t empty[1];
    CLEANUP(EVP_MAC_CTX_free) EVP_MAC_CTX *state = NULL;
    struct hash tag;
    size_t len = 0;

    assert(count <= PIECES_MAX);
    if (!ready())
        return CRYPTO_FAULT();
    state = EVP_MAC_CTX_dup(hmac_blank);
    /* A key at NULL would mean "the key from before". */
    if (!state || EVP_MAC_init(state, key.at ? key.at : empty, key.len, NULL) != 1)
        return CRYPTO_FAULT();
    for (size_t i = 0; i < count; i++)
        if (EVP_MAC_update(state, pieces[i].at, pieces[i].len) != 1)
            return CRYPTO_FAULT();
    if (EVP_MAC_final(state, tag.at, &len, sizeof(tag.at)) != 1 || len != HASH_SIZE)
        return CRYPTO_FAULT();
    *ret_tag = tag;
    return 0;
}

/* OSSL_PARAM takes no const, though it only reads. */
static OSSL_PARAM octets(const char *name, const void *at, size_t len)
{
    union {
        const void *given;
        void *wanted;
    } view = {.given = at};

    return OSSL_PARAM_construct_octet_string(name, view.wanted, len);
}

RESULT hash_derive(struct bytes key, struct text info, uint8_t *ret_key, size_t ret_len)
{
    CLEANUP(EVP_KDF_CTX_free) EVP_KDF_CTX *state = NULL;
    uint8_t derived[DERIVED_MAX];
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, sha256_name, 0),
        octets(OSSL_KDF_PARAM_KEY, key.at, key.len),
        octets(OSSL_KDF_PARAM_INFO, info.at, info.len),
        OSSL_PARAM_construct_end(),
    };

    assert(ret_len > 0 && ret_len <= DERIVED_MAX && key.len > 0);
    if (!ready())
        return CRYPTO_FAULT();
    state = EVP_KDF_CTX_new(hkdf);
    if (!state || EVP_KDF_derive(state, derived, ret_len, params) != 1) {
        wipe(derived, sizeof(derived));
        return CRYPTO_FAULT();
    }
    memcpy(ret_key, derived, ret_len);
    wipe(derived, sizeof(derived));
    return 0;
}

bool hash_salted(const uint8_t salt[16], struct bytes bytes, uint8_t ret_hash[HASH_SIZE])
{
    struct hash tag;

    if (hash_hmac((struct bytes){.at = salt, .len = 16}, &bytes, 1, &tag))
        return false;
    memcpy(ret_hash, tag.at, HASH_SIZE);
    return true;
}
