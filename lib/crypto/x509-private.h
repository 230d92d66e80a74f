#pragma once

/* What reading, issuing and checking certificates share. */

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/cleanup.h"
#include "crypto/crypto-private.h"
#include "crypto/x509.h"

CRYPTO_CLEANUP(X509, X509_free)
CRYPTO_CLEANUP(X509_REQ, X509_REQ_free)
CRYPTO_CLEANUP(EVP_PKEY, EVP_PKEY_free)
CRYPTO_CLEANUP(BIO, BIO_free_all)

#define X509_DEVICE_PREFIX "device:"

/* NULL unless der is exactly one certificate in the one encoding that DER allows. */
X509 *x509_read(struct bytes der);

/* NULL unless der is exactly one PKCS#8 key on P-256. */
EVP_PKEY *x509_read_key(struct bytes der);

/* Is it a named P-256 point, uncompressed? Other spellings of a key are not taken by all peers. */
bool x509_key_is_p256(X509_PUBKEY *key);

/* Appends what OpenSSL encoded; len < 0 is its failure. Frees and wipes der. */
RESULT x509_append(struct buffer *buffer, uint8_t *der, int len);
