#pragma once

/*
 * RSA, for those who speak nothing else (SAML's identity providers): keys of 2,048 bits (made in
 * a fraction of a second, and what providers use themselves) as PKCS#8 DER, self-signed
 * certificates over them, signatures by PKCS#1 v1.5 over SHA-256 (RFC 8017)
 */

#include <stdint.h>

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/result.h"

enum {
    RSA_INVALID = 1, /* no certificate, or damaged */
    RSA_WEAK,        /* a key that is too short or too slow, or of a kind that we do not take */
};

/* A new key, appended to ret_key (which the caller wipes). */
RESULT rsa_key_new(struct buffer *ret_key);

/* A certificate by which peers know the key; they look at nothing else in it. */
RESULT rsa_certificate_new(struct bytes key, struct text name, int64_t from_at, int64_t to_at,
                           struct buffer *ret_certificate);

RESULT rsa_sign(struct bytes key, struct bytes message, struct buffer *ret_signature);

/* Is the key of a stranger's certificate one to believe: RSA of 2,048 to 8,192 bits, or ECDSA on
 * P-256, P-384 or P-521? Outcomes: RSA_INVALID, RSA_WEAK. */
RESULT rsa_check_stranger(struct bytes certificate);
