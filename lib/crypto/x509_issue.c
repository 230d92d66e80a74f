#include <limits.h>
#include <openssl/ec.h>

#include "base/hex.h"
#include "base/moment.h"
#include "base/utf8.h"
#include "crypto/x509-private.h"
#include "os/secret.h"

/*
 * What is issued: version 3, a random serial number, SHA-256 with ECDSA, and only the extensions
 * written here. Of a request nothing but the public key is taken.
 */

CRYPTO_CLEANUP(PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free)
CRYPTO_CLEANUP(BIGNUM, BN_free)
CRYPTO_CLEANUP(BASIC_CONSTRAINTS, BASIC_CONSTRAINTS_free)
CRYPTO_CLEANUP(ASN1_BIT_STRING, ASN1_BIT_STRING_free)
CRYPTO_CLEANUP(ASN1_OCTET_STRING, ASN1_OCTET_STRING_free)
CRYPTO_CLEANUP(EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free)
CRYPTO_CLEANUP(AUTHORITY_KEYID, AUTHORITY_KEYID_free)
CRYPTO_CLEANUP(GENERAL_NAMES, GENERAL_NAMES_free)

enum {
    SERIAL_SIZE = 16,
    KEY_ID_SIZE = 20,     /* RFC 7093 §2: the leftmost 160 bits of SHA-256 over the key */
    NAME_CHARACTERS = 64, /* RFC 5280 appendix A.1, ub-common-name */
    DNS_NAME_MAX = 253,
    DNS_LABEL_MAX = 63,
    KU_SIGNATURE = 0, /* bits of KeyUsage, RFC 5280 §4.2.1.3 */
    KU_CERTIFICATES = 5,
    KU_REVOCATIONS = 6,
};

RESULT x509_key_new(struct buffer *ret_key)
{
    CLEANUP(EVP_PKEY_free) EVP_PKEY *key = EVP_EC_gen("P-256");
    CLEANUP(PKCS8_PRIV_KEY_INFO_free) PKCS8_PRIV_KEY_INFO *info = NULL;
    uint8_t *der = NULL;

    info = key ? EVP_PKEY2PKCS8(key) : NULL;
    if (!info)
        return CRYPTO_FAULT();
    int len = i2d_PKCS8_PRIV_KEY_INFO(info, &der);
    return x509_append(ret_key, der, len);
}

RESULT x509_request_new(struct bytes key, struct buffer *ret_request)
{
    CLEANUP(EVP_PKEY_free) EVP_PKEY *own = x509_read_key(key);
    CLEANUP(X509_REQ_free) X509_REQ *request = X509_REQ_new();
    uint8_t *der = NULL;

    if (!own)
        return (ERR_clear_error(), FAULT(ERR_CORRUPT));
    if (!request || X509_REQ_set_version(request, X509_REQ_VERSION_1) != 1 ||
        X509_REQ_set_pubkey(request, own) != 1 || X509_REQ_sign(request, own, EVP_sha256()) <= 0)
        return CRYPTO_FAULT();
    int len = i2d_X509_REQ(request, &der);
    return x509_append(ret_request, der, len);
}

/* NULL unless it is exactly one request, over a P-256 key, signed by that key. */
static X509_REQ *request_read(struct bytes der)
{
    CLEANUP(X509_REQ_free) X509_REQ *request = NULL;
    const uint8_t *at = der.at;
    uint8_t *again = NULL;

    if (der.len == 0 || der.len > INT_MAX)
        return NULL;
    request = d2i_X509_REQ(NULL, &at, (long)der.len);
    if (!request || at != der.at + der.len)
        return NULL;
    int len = i2d_X509_REQ(request, &again);
    bool same = len >= 0 && (size_t)len == der.len && memcmp(again, der.at, der.len) == 0;
    OPENSSL_free(again);
    if (!same || !x509_key_is_p256(X509_REQ_get_X509_PUBKEY(request)) ||
        X509_REQ_get_signature_nid(request) != NID_ecdsa_with_SHA256)
        return NULL;
    EVP_PKEY *key = X509_REQ_get0_pubkey(request);
    return key && X509_REQ_verify(request, key) == 1 ? TAKE(request) : NULL;
}

static bool add_name(X509_NAME *subject, int nid, struct text text)
{
    return X509_NAME_add_entry_by_NID(subject, nid, V_ASN1_UTF8STRING, (const uint8_t *)text.at,
                                      (int)text.len, -1, 0) == 1;
}

static bool add_basic(X509 *certificate, bool ca)
{
    CLEANUP(BASIC_CONSTRAINTS_free) BASIC_CONSTRAINTS *basic = BASIC_CONSTRAINTS_new();

    if (!basic)
        return false;
    if (ca) {
        basic->ca = 0xff;
        basic->pathlen = ASN1_INTEGER_new(); /* 0: its certificates issue none */
        if (!basic->pathlen || ASN1_INTEGER_set(basic->pathlen, 0) != 1)
            return false;
    }
    return X509_add1_ext_i2d(certificate, NID_basic_constraints, basic, 1, X509V3_ADD_DEFAULT) == 1;
}

static bool add_usage(X509 *certificate, const int *bits, size_t count)
{
    CLEANUP(ASN1_BIT_STRING_free) ASN1_BIT_STRING *usage = ASN1_BIT_STRING_new();

    for (size_t i = 0; usage && i < count; i++)
        if (ASN1_BIT_STRING_set_bit(usage, bits[i], 1) != 1)
            return false;
    return usage &&
           X509_add1_ext_i2d(certificate, NID_key_usage, usage, 1, X509V3_ADD_DEFAULT) == 1;
}

static bool add_purpose(X509 *certificate, int purpose)
{
    CLEANUP(EXTENDED_KEY_USAGE_free) EXTENDED_KEY_USAGE *uses = EXTENDED_KEY_USAGE_new();

    return uses && sk_ASN1_OBJECT_push(uses, OBJ_nid2obj(purpose)) == 1 &&
           X509_add1_ext_i2d(certificate, NID_ext_key_usage, uses, 0, X509V3_ADD_DEFAULT) == 1;
}

/* Which key it is of, and which key signs it: so that a CA may change its key under one name. */
static bool add_key_ids(X509 *certificate, const X509 *ca)
{
    CLEANUP(ASN1_OCTET_STRING_free) ASN1_OCTET_STRING *own = ASN1_OCTET_STRING_new();
    CLEANUP(AUTHORITY_KEYID_free) AUTHORITY_KEYID *issuer = AUTHORITY_KEYID_new();
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;

    if (!own || !issuer || X509_pubkey_digest(certificate, EVP_sha256(), digest, &len) != 1 ||
        ASN1_OCTET_STRING_set(own, digest, KEY_ID_SIZE) != 1 ||
        X509_add1_ext_i2d(certificate, NID_subject_key_identifier, own, 0, X509V3_ADD_DEFAULT) != 1)
        return false;
    const ASN1_OCTET_STRING *id = ca ? X509_get0_subject_key_id((X509 *)ca) : own;
    issuer->keyid = id ? ASN1_OCTET_STRING_dup(id) : NULL;
    return issuer->keyid && X509_add1_ext_i2d(certificate, NID_authority_key_identifier, issuer, 0,
                                              X509V3_ADD_DEFAULT) == 1;
}

static int set_serial(X509 *certificate)
{
    CLEANUP(BN_free) BIGNUM *number = NULL;
    uint8_t serial[SERIAL_SIZE];

    int r = secret_random(serial, sizeof(serial));
    if (r)
        return r;
    number = BN_bin2bn(serial, sizeof(serial), NULL);
    return number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate))
               ? 0
               : CRYPTO_FAULT();
}

/* A certificate with all but subject, extensions and signature. */
static int begin(EVP_PKEY *key, int64_t from_at, int64_t to_at, X509 **ret_certificate)
{
    CLEANUP(X509_free) X509 *certificate = X509_new();

    if (!certificate || X509_set_version(certificate, X509_VERSION_3) != 1 ||
        X509_set_pubkey(certificate, key) != 1 ||
        !ASN1_TIME_set(X509_getm_notBefore(certificate), (time_t)(from_at / MS_PER_SECOND)) ||
        !ASN1_TIME_set(X509_getm_notAfter(certificate), (time_t)(to_at / MS_PER_SECOND)))
        return CRYPTO_FAULT();
    int r = set_serial(certificate);
    if (r)
        return r;
    *ret_certificate = TAKE(certificate);
    return 0;
}

static int finish(X509 *certificate, EVP_PKEY *ca_key, struct buffer *ret_certificate)
{
    uint8_t *der = NULL;

    if (X509_sign(certificate, ca_key, EVP_sha256()) <= 0)
        return CRYPTO_FAULT();
    int len = i2d_X509(certificate, &der);
    return x509_append(ret_certificate, der, len);
}

/* As many whole characters as a name in a certificate may have; empty unless it is fit for one. */
static struct text name_of(struct text name)
{
    struct text left = name;
    uint32_t point = 0;

    for (int i = 0; i < NAME_CHARACTERS && left.len > 0; i++) {
        size_t len = utf8_next(left, &point);
        if (len == 0 || point < ' ' || point == 0x7f)
            return (struct text){name.at, 0};
        left = (struct text){left.at + len, left.len - len};
    }
    return (struct text){name.at, name.len - left.len};
}

RESULT x509_ca_new(struct bytes key, struct text name, int64_t from_at, int64_t to_at,
                   struct buffer *ret_certificate)
{
    static const int usage[] = {KU_CERTIFICATES, KU_REVOCATIONS};
    CLEANUP(EVP_PKEY_free) EVP_PKEY *own = x509_read_key(key);
    CLEANUP(X509_free) X509 *certificate = NULL;
    struct text organisation = name_of(name);

    if (!own)
        return (ERR_clear_error(), FAULT(ERR_CORRUPT));
    if (organisation.len == 0)
        return X509_INVALID;
    int r = begin(own, from_at, to_at, &certificate);
    if (r)
        return r;
    X509_NAME *subject = X509_get_subject_name(certificate);
    if (!add_name(subject, NID_organizationName, organisation) ||
        !add_name(subject, NID_commonName, text_of("Ward CA")) ||
        X509_set_issuer_name(certificate, subject) != 1 || !add_basic(certificate, true) ||
        !add_usage(certificate, usage, 2) || !add_key_ids(certificate, NULL))
        return CRYPTO_FAULT();
    return finish(certificate, own, ret_certificate);
}

/* What both kinds of certificates have in common; names is NULL for a device. */
struct issue {
    struct bytes ca_key;
    struct bytes ca_certificate;
    struct bytes request;
    int64_t from_at;
    int64_t to_at;
    struct text common_name;
    int purpose;
    GENERAL_NAMES *names;
};

static int issue(const struct issue *wanted, struct buffer *ret_certificate)
{
    static const int usage[] = {KU_SIGNATURE};
    CLEANUP(X509_REQ_free) X509_REQ *request = request_read(wanted->request);
    CLEANUP(EVP_PKEY_free) EVP_PKEY *ca_key = NULL;
    CLEANUP(X509_free) X509 *ca = NULL;
    CLEANUP(X509_free) X509 *certificate = NULL;

    if (!request)
        return CRYPTO_OUTCOME(X509_INVALID);
    ca_key = x509_read_key(wanted->ca_key);
    ca = x509_read(wanted->ca_certificate);
    if (!ca_key || !ca || X509_check_private_key(ca, ca_key) != 1)
        return (ERR_clear_error(), FAULT(ERR_CORRUPT));
    int r = begin(X509_REQ_get0_pubkey(request), wanted->from_at, wanted->to_at, &certificate);
    if (r)
        return r;
    if (!add_name(X509_get_subject_name(certificate), NID_commonName, wanted->common_name) ||
        X509_set_issuer_name(certificate, X509_get_subject_name(ca)) != 1 ||
        !add_basic(certificate, false) || !add_usage(certificate, usage, 1) ||
        !add_purpose(certificate, wanted->purpose) || !add_key_ids(certificate, ca))
        return CRYPTO_FAULT();
    if (wanted->names && X509_add1_ext_i2d(certificate, NID_subject_alt_name, wanted->names, 0,
                                           X509V3_ADD_DEFAULT) != 1)
        return CRYPTO_FAULT();
    return finish(certificate, ca_key, ret_certificate);
}

RESULT x509_issue_device(struct bytes ca_key, struct bytes ca_certificate, struct bytes request,
                         struct device_id device, int64_t from_at, int64_t to_at,
                         struct buffer *ret_certificate)
{
    char name[sizeof(X509_DEVICE_PREFIX) + (size_t)2 * DEVICE_ID_SIZE] = X509_DEVICE_PREFIX;
    const struct issue wanted = {
        .ca_key = ca_key,
        .ca_certificate = ca_certificate,
        .request = request,
        .from_at = from_at,
        .to_at = to_at,
        .common_name = {name, sizeof(name) - 1},
        .purpose = NID_client_auth,
    };

    hex_print((struct bytes){device.at, sizeof(device.at)}, name + sizeof(X509_DEVICE_PREFIX) - 1);
    return issue(&wanted, ret_certificate);
}

/* Letters, digits and inner hyphens (RFC 1123 §2.1). */
static bool is_label(const char *at, size_t len, bool *ret_digits)
{
    bool digits = true;

    if (len == 0 || len > DNS_LABEL_MAX || at[0] == '-' || at[len - 1] == '-')
        return false;
    for (size_t i = 0; i < len; i++) {
        bool digit = at[i] >= '0' && at[i] <= '9';
        bool letter = (at[i] >= 'a' && at[i] <= 'z') || (at[i] >= 'A' && at[i] <= 'Z');

        if (!digit && !letter && at[i] != '-')
            return false;
        digits = digits && digit;
    }
    *ret_digits = digits;
    return true;
}

/* Labels of which the last is not a number: "10.0.0.300" is a mistyped address, not a name. */
static bool is_host_name(const char *name)
{
    bool digits = true;

    for (;;) {
        size_t len = strcspn(name, ".");

        if (!is_label(name, len, &digits))
            return false;
        if (name[len] == '\0')
            return !digits;
        name += len + 1;
    }
}

static int push_name(GENERAL_NAMES *names, const char *text)
{
    ASN1_STRING *value = a2i_IPADDRESS(text);
    int kind = GEN_IPADD;

    ERR_clear_error(); /* that it is no address is no error yet */
    if (!value && is_host_name(text)) {
        kind = GEN_DNS;
        value = ASN1_IA5STRING_new();
        if (value && ASN1_STRING_set(value, text, -1) != 1) {
            ASN1_STRING_free(value);
            value = NULL;
        }
        if (!value)
            return CRYPTO_FAULT();
    }
    if (!value)
        return CRYPTO_OUTCOME(X509_INVALID);
    GENERAL_NAME *name = GENERAL_NAME_new();
    if (!name) {
        ASN1_STRING_free(value);
        return CRYPTO_FAULT();
    }
    GENERAL_NAME_set0_value(name, kind, value);
    if (sk_GENERAL_NAME_push(names, name) > 0)
        return 0;
    GENERAL_NAME_free(name);
    return CRYPTO_FAULT();
}

static int names_of(struct text text, GENERAL_NAMES *names)
{
    char name[DNS_NAME_MAX + 1];
    size_t len = 0;

    if (text.len > 0 && memchr(text.at, '\0', text.len))
        return X509_INVALID;
    for (size_t i = 0; i <= text.len; i++) {
        char c = ',';

        if (i < text.len)
            c = text.at[i];
        if (c != ',') {
            if (c == ' ' && len == 0)
                continue; /* "a, b" */
            if (len == DNS_NAME_MAX)
                return X509_INVALID;
            name[len++] = c;
            continue;
        }
        name[len] = '\0';
        int r = push_name(names, name);
        if (r)
            return r;
        len = 0;
    }
    return 0;
}

RESULT x509_issue_server(struct bytes ca_key, struct bytes ca_certificate, struct bytes request,
                         struct text names, int64_t from_at, int64_t to_at,
                         struct buffer *ret_certificate)
{
    CLEANUP(GENERAL_NAMES_free) GENERAL_NAMES *alternatives = GENERAL_NAMES_new();
    const struct issue wanted = {
        .ca_key = ca_key,
        .ca_certificate = ca_certificate,
        .request = request,
        .from_at = from_at,
        .to_at = to_at,
        .common_name = text_of("Ward server"),
        .purpose = NID_server_auth,
        .names = alternatives,
    };

    if (!alternatives)
        return CRYPTO_FAULT();
    int r = names_of(names, alternatives);
    return r ? r : issue(&wanted, ret_certificate);
}
