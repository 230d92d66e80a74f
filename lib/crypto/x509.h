#pragma once

/*
 * Certificates: one private CA, its device and server certificates, and requests for them (RFC
 * 5280, RFC 2986)
 *
 * Keys are ECDSA P-256. Keys and certificates travel as DER; x509_pem() turns them to PEM for
 * libraries that want it. A device's certificate carries its id as CN ("device:<32 hex>") and only
 * the clientAuth use; a server's carries its names as subjectAltName and only serverAuth: neither
 * can be used as the other.
 */

#include <stdint.h>

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "crypto/hash.h"

enum {
    X509_INVALID =
        1,        /* not DER of the kind that the function names, or its own signature is wrong */
    X509_FOREIGN, /* not issued by this CA, or not for this use */
    X509_EXPIRED, /* not valid at that moment */
};

/* A new P-256 key, as PKCS#8 DER appended to ret_key (which the caller wipes). */
RESULT x509_key_new(struct buffer *ret_key);

/*
 * A self-signed CA certificate over key, for years, named after the organisation (its first 64
 * characters). X509_INVALID: the name is empty, not UTF-8, or holds control characters.
 *
 * Here and below, a key or CA certificate of ours that does not parse or does not match is
 * ERR_CORRUPT.
 */
RESULT x509_ca_new(struct bytes key, struct text name, int64_t from_at, int64_t to_at,
                   struct buffer *ret_certificate);

/* A certificate request signed by key: what it asks to be is decided by the issuer, not by it. */
RESULT x509_request_new(struct bytes key, struct buffer *ret_request);

/* Issues a device certificate for the request's key. X509_INVALID. */
RESULT x509_issue_device(struct bytes ca_key, struct bytes ca_certificate, struct bytes request,
                         struct device_id device, int64_t from_at, int64_t to_at,
                         struct buffer *ret_certificate);

/* Issues a server certificate for the request's key; names are DNS names or IP addresses,
 * comma-separated. X509_INVALID. */
RESULT x509_issue_server(struct bytes ca_key, struct bytes ca_certificate, struct bytes request,
                         struct text names, int64_t from_at, int64_t to_at,
                         struct buffer *ret_certificate);

/* Checks that certificate is a device's of this CA, valid at that moment. X509_INVALID,
 * X509_FOREIGN, X509_EXPIRED. */
RESULT x509_check_device(struct bytes ca_certificate, struct bytes certificate, int64_t at,
                         struct device_id *ret_device);

/* The moments between which it is valid. X509_INVALID. */
RESULT x509_validity(struct bytes certificate, int64_t *ret_from_at, int64_t *ret_to_at);

/* SHA-256 over the DER: what packages pin and people compare. */
RESULT x509_fingerprint(struct bytes certificate, struct hash *ret_hash);

enum x509_kind { X509_CERTIFICATE, X509_KEY };

/* PEM of a DER certificate or key, appended with a closing NUL that len does not count. */
RESULT x509_pem(enum x509_kind kind, struct bytes der, struct buffer *ret_pem);

/* The first certificate or key of a PEM file, as DER. Encrypted keys are X509_INVALID. */
RESULT x509_from_pem(enum x509_kind kind, struct bytes pem, struct buffer *ret_der);

/* Signs a message with a key: ECDSA over SHA-256, DER, appended. */
RESULT x509_sign(struct bytes key, struct bytes message, struct buffer *ret_signature);

/* Checks a signature with the key of a certificate, whatever else that one says. X509_INVALID: it
 * does not hold, or it is no certificate of ours. */
RESULT x509_verify(struct bytes certificate, struct bytes message, struct bytes signature);

/* Does key belong to certificate? X509_INVALID when not. */
RESULT x509_match(struct bytes certificate, struct bytes key);
