/* Signatures by the keys of certificates: ECDSA P-256 over SHA-256, DER (RFC 3279). */

#include "crypto/x509-private.h"

CRYPTO_CLEANUP(EVP_MD_CTX, EVP_MD_CTX_free)

enum { SIGNATURE_MAX = 80 };

RESULT x509_sign(struct bytes key, struct bytes message, struct buffer *ret_signature)
{
    CLEANUP(EVP_PKEY_free) EVP_PKEY *private = x509_read_key(key);
    CLEANUP(EVP_MD_CTX_free) EVP_MD_CTX *context = EVP_MD_CTX_new();
    uint8_t signature[SIGNATURE_MAX];
    size_t len = sizeof(signature);

    if (!private)
        return FAULT(ERR_CORRUPT);
    if (!context || EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, private) != 1 ||
        EVP_DigestSign(context, signature, &len, message.at, message.len) != 1)
        return CRYPTO_FAULT();
    buffer_append(ret_signature, signature, len);
    return buffer_check(ret_signature);
}

RESULT x509_verify(struct bytes certificate, struct bytes message, struct bytes signature)
{
    CLEANUP(X509_free) X509 *read = x509_read(certificate);
    CLEANUP(EVP_MD_CTX_free) EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY *public = read ? X509_get0_pubkey(read) : NULL;

    if (!context)
        return CRYPTO_FAULT();
    if (!public || !x509_key_is_p256(X509_get_X509_PUBKEY(read)) ||
        EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, public) != 1 ||
        EVP_DigestVerify(context, signature.at, signature.len, message.at, message.len) != 1) {
        return CRYPTO_OUTCOME(X509_INVALID);
    }
    return 0;
}
