#include "crypto/x509.h"

#include <limits.h>
#include <openssl/pem.h>
#include <time.h>

#include "base/hex.h"
#include "base/moment.h"
#include "base/wipe.h"
#include "crypto/x509-private.h"

CRYPTO_CLEANUP(PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free)
CRYPTO_CLEANUP(X509_STORE, X509_STORE_free)
CRYPTO_CLEANUP(X509_STORE_CTX, X509_STORE_CTX_free)
CRYPTO_CLEANUP(EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free)

enum { P256_POINT_SIZE = 65, P256_UNCOMPRESSED = 4, DEVICE_HEX_SIZE = 2 * DEVICE_ID_SIZE };

X509 *x509_read(struct bytes der)
{
    CLEANUP(X509_free) X509 *certificate = NULL;
    const uint8_t *at = der.at;
    uint8_t *again = NULL;

    if (der.len == 0 || der.len > INT_MAX)
        return NULL;
    certificate = d2i_X509(NULL, &at, (long)der.len);
    if (!certificate || at != der.at + der.len)
        return NULL;
    /* OpenSSL reads more than DER. Two spellings of one certificate would have two fingerprints. */
    int len = i2d_X509(certificate, &again);
    bool same = len >= 0 && (size_t)len == der.len && memcmp(again, der.at, der.len) == 0;
    OPENSSL_free(again);
    return same ? TAKE(certificate) : NULL;
}

EVP_PKEY *x509_read_key(struct bytes der)
{
    CLEANUP(PKCS8_PRIV_KEY_INFO_free) PKCS8_PRIV_KEY_INFO *info = NULL;
    CLEANUP(EVP_PKEY_free) EVP_PKEY *key = NULL;
    char group[32] = {0};
    const uint8_t *at = der.at;

    if (der.len == 0 || der.len > INT_MAX)
        return NULL;
    info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, (long)der.len);
    if (!info || at != der.at + der.len)
        return NULL;
    key = EVP_PKCS82PKEY(info);
    if (!key || EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) != 1)
        return NULL;
    return strcmp(group, SN_X9_62_prime256v1) == 0 ? TAKE(key) : NULL;
}

bool x509_key_is_p256(X509_PUBKEY *key)
{
    ASN1_OBJECT *algorithm = NULL;
    X509_ALGOR *parameters = NULL;
    const ASN1_OBJECT *curve = NULL;
    const uint8_t *point = NULL;
    int len = 0;
    int kind = 0;

    if (!key || X509_PUBKEY_get0_param(&algorithm, &point, &len, &parameters, key) != 1)
        return false;
    X509_ALGOR_get0(NULL, &kind, (const void **)&curve, parameters);
    return OBJ_obj2nid(algorithm) == NID_X9_62_id_ecPublicKey && kind == V_ASN1_OBJECT &&
           OBJ_obj2nid(curve) == NID_X9_62_prime256v1 && len == P256_POINT_SIZE &&
           point[0] == P256_UNCOMPRESSED;
}

RESULT x509_append(struct buffer *buffer, uint8_t *der, int len)
{
    if (len < 0)
        return CRYPTO_FAULT();
    buffer_append(buffer, der, (size_t)len);
    OPENSSL_clear_free(der, (size_t)len);
    return buffer_check(buffer);
}

/* The chain, the times and the purpose, as RFC 5280 has it. */
static int check_chain(X509 *ca, X509 *certificate, int64_t at)
{
    CLEANUP(X509_STORE_free) X509_STORE *store = X509_STORE_new();
    CLEANUP(X509_STORE_CTX_free) X509_STORE_CTX *check = X509_STORE_CTX_new();

    if (!store || !check || X509_STORE_add_cert(store, ca) != 1 ||
        X509_STORE_CTX_init(check, store, certificate, NULL) != 1 ||
        X509_STORE_CTX_set_purpose(check, X509_PURPOSE_SSL_CLIENT) != 1)
        return CRYPTO_FAULT();
    X509_STORE_CTX_set_flags(check, X509_V_FLAG_X509_STRICT);
    X509_STORE_CTX_set_time(check, 0, (time_t)(at / MS_PER_SECOND));
    if (X509_verify_cert(check) == 1)
        return 0;
    switch (X509_STORE_CTX_get_error(check)) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return CRYPTO_OUTCOME(X509_EXPIRED);
    case X509_V_ERR_OUT_OF_MEM:
        return CRYPTO_FAULT();
    default:
        return CRYPTO_OUTCOME(X509_FOREIGN);
    }
}

/*
 * Only for clients: a certificate good for anything else is none of ours. X509_check_ca() will not
 * do: to it, a CA that may not sign certificates is no CA.
 */
static bool is_for_clients_only(X509 *certificate)
{
    CLEANUP(EXTENDED_KEY_USAGE_free)
    EXTENDED_KEY_USAGE *uses = X509_get_ext_d2i(certificate, NID_ext_key_usage, NULL, NULL);

    return uses && sk_ASN1_OBJECT_num(uses) == 1 &&
           OBJ_obj2nid(sk_ASN1_OBJECT_value(uses, 0)) == NID_client_auth &&
           (X509_get_extension_flags(certificate) & EXFLAG_CA) == 0 &&
           X509_get_key_usage(certificate) == X509v3_KU_DIGITAL_SIGNATURE;
}

/* The subject is one CN, "device:" and the id in lower case: one id has one name. */
static bool device_of(X509 *certificate, struct device_id *ret_device)
{
    const size_t prefix = sizeof(X509_DEVICE_PREFIX) - 1;
    const X509_NAME *subject = X509_get_subject_name(certificate);
    char again[DEVICE_HEX_SIZE + 1];
    struct device_id device;

    if (X509_NAME_entry_count(subject) != 1)
        return false;
    const X509_NAME_ENTRY *entry = X509_NAME_get_entry(subject, 0);
    const ASN1_STRING *name = X509_NAME_ENTRY_get_data(entry);
    if (OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry)) != NID_commonName ||
        ASN1_STRING_type(name) != V_ASN1_UTF8STRING ||
        (size_t)ASN1_STRING_length(name) != prefix + DEVICE_HEX_SIZE)
        return false;
    struct text text = {(const char *)ASN1_STRING_get0_data(name), prefix};
    if (!text_equal(text, text_of(X509_DEVICE_PREFIX)))
        return false;
    struct text digits = {text.at + prefix, DEVICE_HEX_SIZE};
    if (hex_parse(digits, device.at, sizeof(device.at)))
        return false;
    hex_print((struct bytes){device.at, sizeof(device.at)}, again);
    if (!text_equal(digits, text_of(again)))
        return false;
    *ret_device = device;
    return true;
}

RESULT x509_check_device(struct bytes ca_certificate, struct bytes certificate, int64_t at,
                         struct device_id *ret_device)
{
    CLEANUP(X509_free) X509 *ca = NULL;
    CLEANUP(X509_free) X509 *device = x509_read(certificate);
    struct device_id id;

    if (!device)
        return CRYPTO_OUTCOME(X509_INVALID);
    ca = x509_read(ca_certificate);
    if (!ca)
        return (ERR_clear_error(), FAULT(ERR_CORRUPT));
    if (!x509_key_is_p256(X509_get_X509_PUBKEY(device)) ||
        X509_get_signature_nid(device) != NID_ecdsa_with_SHA256)
        return CRYPTO_OUTCOME(X509_FOREIGN);
    int r = check_chain(ca, device, at);
    if (r)
        return r;
    if (!is_for_clients_only(device) || !device_of(device, &id))
        return CRYPTO_OUTCOME(X509_FOREIGN);
    *ret_device = id;
    return 0;
}

static bool moment_of(const ASN1_TIME *time, int64_t *ret_at)
{
    struct tm tm = {0};

    if (!time || ASN1_TIME_to_tm(time, &tm) != 1)
        return false;
    *ret_at = (int64_t)timegm(&tm) * MS_PER_SECOND;
    return true;
}

RESULT x509_validity(struct bytes certificate, int64_t *ret_from_at, int64_t *ret_to_at)
{
    CLEANUP(X509_free) X509 *read = x509_read(certificate);
    int64_t from_at = 0;
    int64_t to_at = 0;

    if (!read || !moment_of(X509_get0_notBefore(read), &from_at) ||
        !moment_of(X509_get0_notAfter(read), &to_at))
        return CRYPTO_OUTCOME(X509_INVALID);
    *ret_from_at = from_at;
    *ret_to_at = to_at;
    return 0;
}

RESULT x509_fingerprint(struct bytes certificate, struct hash *ret_hash)
{
    return hash_bytes(certificate, ret_hash);
}

RESULT x509_pem(enum x509_kind kind, struct bytes der, struct buffer *ret_pem)
{
    CLEANUP(BIO_free_all) BIO *bio = BIO_new(BIO_s_mem());
    const char *name = kind == X509_CERTIFICATE ? PEM_STRING_X509 : PEM_STRING_PKCS8INF;
    char *text = NULL;

    if (der.len > INT_MAX)
        return FAULT(ERR_MEMORY);
    if (!bio || PEM_write_bio(bio, name, "", der.at, (long)der.len) <= 0)
        return CRYPTO_FAULT();
    long len = BIO_get_mem_data(bio, &text);
    buffer_append(ret_pem, text, (size_t)len);
    buffer_append(ret_pem, "", 1);
    int r = buffer_check(ret_pem);
    if (r)
        return r;
    ret_pem->len--; /* the closing NUL stays, uncounted */
    return 0;
}

/* Instead of OpenSSL's own, which asks on the terminal. */
static int no_passphrase(char *text, int size, int writing, void *unused)
{
    (void)text, (void)size, (void)writing, (void)unused;
    return -1;
}

static int key_from_pem(BIO *bio, struct buffer *ret_der)
{
    CLEANUP(PKCS8_PRIV_KEY_INFO_free) PKCS8_PRIV_KEY_INFO *info = NULL;
    CLEANUP(EVP_PKEY_free)
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
    uint8_t *der = NULL;

    if (!key)
        return CRYPTO_OUTCOME(X509_INVALID);
    info = EVP_PKEY2PKCS8(key);
    if (!info)
        return CRYPTO_FAULT();
    int len = i2d_PKCS8_PRIV_KEY_INFO(info, &der);
    return x509_append(ret_der, der, len);
}

RESULT x509_from_pem(enum x509_kind kind, struct bytes pem, struct buffer *ret_der)
{
    CLEANUP(BIO_free_all) BIO *bio = NULL;
    CLEANUP(X509_free) X509 *certificate = NULL;
    uint8_t *der = NULL;

    if (pem.len == 0 || pem.len > INT_MAX)
        return X509_INVALID;
    bio = BIO_new_mem_buf(pem.at, (int)pem.len);
    if (!bio)
        return CRYPTO_FAULT();
    if (kind == X509_KEY)
        return key_from_pem(bio, ret_der);
    certificate = PEM_read_bio_X509(bio, NULL, no_passphrase, NULL);
    if (!certificate)
        return CRYPTO_OUTCOME(X509_INVALID);
    int len = i2d_X509(certificate, &der);
    return x509_append(ret_der, der, len);
}

/* An organisation's own key may be RSA or on another curve, so any kind that OpenSSL reads will do.
 */
RESULT x509_match(struct bytes certificate, struct bytes key)
{
    const unsigned char *at = key.at;
    CLEANUP(X509_free) X509 *read = x509_read(certificate);
    CLEANUP(EVP_PKEY_free)
    EVP_PKEY *private = key.len <= LONG_MAX ? d2i_AutoPrivateKey(NULL, &at, (long)key.len) : NULL;

    if (read && private && at == key.at + key.len && X509_check_private_key(read, private) == 1)
        return 0;
    ERR_clear_error();
    return X509_INVALID;
}
