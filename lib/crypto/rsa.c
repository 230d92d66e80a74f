#include "crypto/rsa.h"

#include <limits.h>
#include <openssl/rsa.h>

#include "base/moment.h"
#include "base/wipe.h"
#include "crypto/x509-private.h"
#include "os/secret.h"

CRYPTO_CLEANUP(PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free)
CRYPTO_CLEANUP(EVP_MD_CTX, EVP_MD_CTX_free)
CRYPTO_CLEANUP(BIGNUM, BN_free)

enum { KEY_BITS = 2048, STRANGER_MIN = 2048, STRANGER_MAX = 8192, SERIAL_SIZE = 16 };

RESULT rsa_key_new(struct buffer *ret_key)
{
    CLEANUP(EVP_PKEY_free) EVP_PKEY *key = EVP_RSA_gen(KEY_BITS);
    CLEANUP(PKCS8_PRIV_KEY_INFO_free)
    PKCS8_PRIV_KEY_INFO *info = key ? EVP_PKEY2PKCS8(key) : NULL;
    uint8_t *der = NULL;

    if (!info)
        return CRYPTO_FAULT();
    int len = i2d_PKCS8_PRIV_KEY_INFO(info, &der);
    return x509_append(ret_key, der, len);
}

/* NULL unless der is exactly one PKCS#8 RSA key. */
static EVP_PKEY *read_key(struct bytes der)
{
    CLEANUP(PKCS8_PRIV_KEY_INFO_free) PKCS8_PRIV_KEY_INFO *info = NULL;
    CLEANUP(EVP_PKEY_free) EVP_PKEY *key = NULL;
    const uint8_t *at = der.at;

    if (der.len == 0 || der.len > INT_MAX)
        return NULL;
    info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, (long)der.len);
    key = info && at == der.at + der.len ? EVP_PKCS82PKEY(info) : NULL;
    return key && EVP_PKEY_is_a(key, "RSA") ? TAKE(key) : NULL;
}

static bool fill(X509 *certificate, EVP_PKEY *key, struct text name, const uint8_t *serial)
{
    CLEANUP(BN_free) BIGNUM *number = BN_bin2bn(serial, SERIAL_SIZE, NULL);
    X509_NAME *subject = X509_get_subject_name(certificate);

    return number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) &&
           X509_set_version(certificate, X509_VERSION_3) == 1 &&
           X509_set_pubkey(certificate, key) == 1 && name.len <= 64 &&
           X509_NAME_add_entry_by_NID(subject, NID_commonName, V_ASN1_UTF8STRING,
                                      (const uint8_t *)name.at, (int)name.len, -1, 0) == 1 &&
           X509_set_issuer_name(certificate, subject) == 1;
}

RESULT rsa_certificate_new(struct bytes key, struct text name, int64_t from_at, int64_t to_at,
                           struct buffer *ret_certificate)
{
    CLEANUP(EVP_PKEY_free) EVP_PKEY *own = read_key(key);
    CLEANUP(X509_free) X509 *certificate = X509_new();
    uint8_t serial[SERIAL_SIZE];
    uint8_t *der = NULL;
    int r;

    if (!own)
        return (ERR_clear_error(), FAULT(ERR_CORRUPT));
    r = secret_random(serial, sizeof serial);
    if (r)
        return r;
    serial[0] &= 0x7f;
    if (!certificate || !fill(certificate, own, name, serial) ||
        !ASN1_TIME_set(X509_getm_notBefore(certificate), (time_t)(from_at / MS_PER_SECOND)) ||
        !ASN1_TIME_set(X509_getm_notAfter(certificate), (time_t)(to_at / MS_PER_SECOND)) ||
        X509_sign(certificate, own, EVP_sha256()) <= 0)
        return CRYPTO_FAULT();
    int len = i2d_X509(certificate, &der);
    return x509_append(ret_certificate, der, len);
}

RESULT rsa_sign(struct bytes key, struct bytes message, struct buffer *ret_signature)
{
    CLEANUP(EVP_PKEY_free) EVP_PKEY *own = read_key(key);
    CLEANUP(EVP_MD_CTX_free) EVP_MD_CTX *context = EVP_MD_CTX_new();
    uint8_t signature[STRANGER_MAX / 8];
    size_t len = sizeof signature;

    if (!own)
        return (ERR_clear_error(), FAULT(ERR_CORRUPT));
    if (!context || EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, own) != 1 ||
        EVP_DigestSign(context, signature, &len, message.at, message.len) != 1)
        return CRYPTO_FAULT();
    buffer_append(ret_signature, signature, len);
    return buffer_check(ret_signature);
}

static bool is_strong(const EVP_PKEY *key)
{
    char group[32] = {0};

    if (EVP_PKEY_is_a(key, "RSA"))
        return EVP_PKEY_get_bits(key) >= STRANGER_MIN && EVP_PKEY_get_bits(key) <= STRANGER_MAX;
    return EVP_PKEY_is_a(key, "EC") &&
           EVP_PKEY_get_group_name(key, group, sizeof group, NULL) == 1 &&
           (strcmp(group, SN_X9_62_prime256v1) == 0 || strcmp(group, SN_secp384r1) == 0 ||
            strcmp(group, SN_secp521r1) == 0);
}

RESULT rsa_check_stranger(struct bytes certificate)
{
    CLEANUP(X509_free) X509 *read = x509_read(certificate);
    const EVP_PKEY *key = read ? X509_get0_pubkey(read) : NULL;

    if (!key)
        return CRYPTO_OUTCOME(RSA_INVALID);
    return is_strong(key) ? 0 : CRYPTO_OUTCOME(RSA_WEAK);
}
