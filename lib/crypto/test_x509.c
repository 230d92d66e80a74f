#include <gnutls/x509.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "base/moment.h"
#include "crypto/x509-private.h"
#include "tap.h"

enum { ROOM = 1 << 16 };

static const int64_t now_at = 1764000000000; /* 2025-11-24 */
static const struct device_id device = {{0xab, 0xcd, 1, 2, 3}};

/* Made once: a CA, another of the same name, and one request. */
static struct buffer ca_key = {.max = ROOM};
static struct buffer ca = {.max = ROOM};
static struct buffer other_key = {.max = ROOM};
static struct buffer other_ca = {.max = ROOM};
static struct buffer key = {.max = ROOM};
static struct buffer request = {.max = ROOM};

static void make_all(void)
{
    const int64_t until = now_at + 3650 * MS_PER_DAY;

    CHECK(x509_key_new(&ca_key) == 0 && x509_key_new(&other_key) == 0 && x509_key_new(&key) == 0);
    CHECK(x509_ca_new(buffer_bytes(&ca_key), text_of("Kliniek Ødegård"), now_at, until, &ca) == 0);
    CHECK(x509_ca_new(buffer_bytes(&other_key), text_of("Kliniek Ødegård"), now_at, until,
                      &other_ca) == 0);
    CHECK(x509_request_new(buffer_bytes(&key), &request) == 0);
}

static struct buffer issued(void)
{
    struct buffer made = buffer_init(ROOM);

    CHECK(x509_issue_device(buffer_bytes(&ca_key), buffer_bytes(&ca), buffer_bytes(&request),
                            device, now_at, now_at + 30 * MS_PER_DAY, &made) == 0);
    return made;
}

static struct buffer issued_to_server(const char *names)
{
    struct buffer made = buffer_init(ROOM);

    CHECK(x509_issue_server(buffer_bytes(&ca_key), buffer_bytes(&ca), buffer_bytes(&request),
                            text_of(names), now_at, now_at + 30 * MS_PER_DAY, &made) == 0);
    return made;
}

static int check(const struct buffer *by, const struct buffer *certificate, int64_t at)
{
    const struct device_id untouched = {{9}};
    struct device_id found = untouched;
    int r = x509_check_device(buffer_bytes(by), buffer_bytes(certificate), at, &found);

    CHECK(ERR_peek_error() == 0);
    CHECK(device_id_equal(found, r ? untouched : device));
    return r;
}

static void a_device_certificate_is_known_by_its_ca(void)
{
    CLEANUP(buffer_deinit) struct buffer made = issued();
    CLEANUP(buffer_deinit) struct buffer again = issued();

    CHECK(check(&ca, &made, now_at) == 0);
    CHECK(check(&ca, &made, now_at + 29 * MS_PER_DAY) == 0);
    CHECK(made.len != again.len || memcmp(made.at, again.at, made.len) != 0); /* serial numbers */
}

static void it_holds_only_between_its_moments(void)
{
    CLEANUP(buffer_deinit) struct buffer made = issued();
    int64_t from_at = 0;
    int64_t to_at = 0;

    CHECK(x509_validity(buffer_bytes(&made), &from_at, &to_at) == 0);
    CHECK(from_at == now_at && to_at == now_at + 30 * MS_PER_DAY);
    CHECK(check(&ca, &made, from_at - 1000) == X509_EXPIRED);
    CHECK(check(&ca, &made, to_at + 1000) == X509_EXPIRED);
    CHECK(check(&ca, &made, now_at + 4000 * MS_PER_DAY) == X509_EXPIRED);
}

static void moments_after_2050_survive_the_other_time_format(void)
{
    CLEANUP(buffer_deinit) struct buffer made = buffer_init(ROOM);
    const int64_t late_at = 3155760000000; /* 2070: GeneralizedTime, RFC 5280 §4.1.2.5 */
    int64_t from_at = 0;
    int64_t to_at = 0;

    CHECK(x509_ca_new(buffer_bytes(&ca_key), text_of("x"), now_at, late_at, &made) == 0);
    CHECK(x509_validity(buffer_bytes(&made), &from_at, &to_at) == 0 && to_at == late_at);
}

static void a_ca_of_the_same_name_does_not_count(void)
{
    CLEANUP(buffer_deinit) struct buffer made = issued();

    CHECK(check(&other_ca, &made, now_at) == X509_FOREIGN);
}

static void servers_and_cas_are_no_devices(void)
{
    CLEANUP(buffer_deinit) struct buffer server = issued_to_server("ward.example.org");

    CHECK(check(&ca, &server, now_at) == X509_FOREIGN);
    CHECK(check(&ca, &ca, now_at) == X509_FOREIGN);
}

/* How a certificate differs from what is issued; NULL leaves the extension out. */
struct variant {
    const char *name;
    const char *second; /* one more CN */
    const char *purposes;
    const char *usage;
    const char *basic;
    int wanted;
    const char *curve; /* of its key, NULL for P-256 */
};

static void put_extension(X509 *certificate, int nid, const char *value)
{
    X509_EXTENSION_free(X509_delete_ext(certificate, X509_get_ext_by_NID(certificate, nid, -1)));
    if (!value)
        return;
    X509_EXTENSION *extension = X509V3_EXT_nconf_nid(NULL, NULL, nid, value);
    CHECK(extension && X509_add_ext(certificate, extension, -1) == 1);
    X509_EXTENSION_free(extension);
}

static void put_names(X509 *certificate, const char *const names[2])
{
    X509_NAME *subject = X509_NAME_new();

    CHECK(subject);
    for (int i = 0; i < 2 && names[i]; i++)
        CHECK(X509_NAME_add_entry_by_NID(subject, NID_commonName, V_ASN1_UTF8STRING,
                                         (const uint8_t *)names[i], -1, -1, 0) == 1);
    CHECK(X509_set_subject_name(certificate, subject) == 1);
    X509_NAME_free(subject);
}

/* The variant, signed by the CA's own key. */
static struct buffer signed_by_ca(const struct variant *variant)
{
    CLEANUP(EVP_PKEY_free) EVP_PKEY *signer = x509_read_key(buffer_bytes(&ca_key));
    CLEANUP(buffer_deinit) struct buffer like = issued();
    CLEANUP(X509_free) X509 *made = x509_read(buffer_bytes(&like));
    CLEANUP(X509_free) X509 *copy = X509_dup(made);
    struct buffer der = buffer_init(ROOM);
    uint8_t *at = NULL;

    CHECK(signer && copy);
    put_names(copy, (const char *const[]){variant->name, variant->second});
    put_extension(copy, NID_ext_key_usage, variant->purposes);
    put_extension(copy, NID_key_usage, variant->usage);
    put_extension(copy, NID_basic_constraints, variant->basic);
    if (variant->curve) {
        CLEANUP(EVP_PKEY_free) EVP_PKEY *other = EVP_EC_gen(variant->curve);

        CHECK(other && X509_set_pubkey(copy, other) == 1);
    }
    CHECK(X509_sign(copy, signer, EVP_sha256()) > 0);
    int len = i2d_X509(copy, &at);
    CHECK(x509_append(&der, at, len) == 0);
    return der;
}

#define GOOD_NAME "device:abcd0102030000000000000000000000"
#define CLIENT "clientAuth"
#define SIGNS "critical,digitalSignature"
#define LEAF "critical,CA:FALSE"

static void even_the_ca_cannot_make_a_device_of_another_name_or_use(void)
{
    static const struct variant variants[] = {
        {GOOD_NAME, NULL, CLIENT, SIGNS, LEAF, 0, NULL},
        {GOOD_NAME, NULL, CLIENT, SIGNS, LEAF, X509_FOREIGN, "P-384"},
        {GOOD_NAME, NULL, "clientAuth,serverAuth", SIGNS, LEAF, X509_FOREIGN, NULL},
        {GOOD_NAME, NULL, "serverAuth", SIGNS, LEAF, X509_FOREIGN, NULL},
        {GOOD_NAME, NULL, "anyExtendedKeyUsage", SIGNS, LEAF, X509_FOREIGN, NULL},
        {GOOD_NAME, NULL, NULL, SIGNS, LEAF, X509_FOREIGN, NULL},
        {GOOD_NAME, NULL, CLIENT, NULL, LEAF, X509_FOREIGN, NULL},
        {GOOD_NAME, NULL, CLIENT, "critical,digitalSignature,keyAgreement", LEAF, X509_FOREIGN,
         NULL},
        {GOOD_NAME, NULL, CLIENT, "critical,keyAgreement", LEAF, X509_FOREIGN, NULL},
        {GOOD_NAME, NULL, CLIENT, SIGNS, "critical,CA:TRUE", X509_FOREIGN, NULL},
        {GOOD_NAME, NULL, CLIENT, "critical,digitalSignature,keyCertSign", "critical,CA:TRUE",
         X509_FOREIGN, NULL},
        {GOOD_NAME, GOOD_NAME, CLIENT, SIGNS, LEAF, X509_FOREIGN, NULL},
        {"device:ABCD0102030000000000000000000000", NULL, CLIENT, SIGNS, LEAF, X509_FOREIGN, NULL},
        {"device:abcd010203000000000000000000000", NULL, CLIENT, SIGNS, LEAF, X509_FOREIGN, NULL},
        {"device:abcd01020300000000000000000000000", NULL, CLIENT, SIGNS, LEAF, X509_FOREIGN, NULL},
        {"device:abcd010203000000000000000000000x", NULL, CLIENT, SIGNS, LEAF, X509_FOREIGN, NULL},
        {"person:abcd0102030000000000000000000000", NULL, CLIENT, SIGNS, LEAF, X509_FOREIGN, NULL},
        {"root", NULL, CLIENT, SIGNS, LEAF, X509_FOREIGN, NULL},
    };

    for (size_t i = 0; i < sizeof(variants) / sizeof(variants[0]); i++) {
        CLEANUP(buffer_deinit) struct buffer made = signed_by_ca(&variants[i]);

        CHECK(check(&ca, &made, now_at) == variants[i].wanted);
    }
}

static void a_second_spelling_of_a_certificate_or_request_is_refused(void)
{
    CLEANUP(buffer_deinit) struct buffer made = issued();
    const struct buffer *const ders[] = {&made, &request};

    for (size_t i = 0; i < 2; i++) {
        CLEANUP(buffer_deinit) struct buffer longer = buffer_init(ROOM);
        CLEANUP(buffer_deinit) struct buffer out = buffer_init(ROOM);
        const uint8_t *at = ders[i]->at;
        /* BER lets a length begin with a zero. */
        const uint8_t head[] = {at[0], (uint8_t)(at[1] + 1), 0};

        CHECK(at[1] > 0x80);
        buffer_append(&longer, head, sizeof(head));
        buffer_append(&longer, at + 2, ders[i]->len - 2);
        CHECK(buffer_check(&longer) == 0);
        CHECK(check(&ca, &longer, now_at) == X509_INVALID);
        CHECK(x509_issue_device(buffer_bytes(&ca_key), buffer_bytes(&ca), buffer_bytes(&longer),
                                device, now_at, now_at, &out) == X509_INVALID);
    }
}

static void a_bit_flipped_anywhere_is_refused(void)
{
    CLEANUP(buffer_deinit) struct buffer made = issued();

    for (size_t i = 0; i < made.len; i++) {
        made.at[i] ^= (uint8_t)(1 << i % 8);
        CHECK(check(&ca, &made, now_at) > 0);
        made.at[i] ^= (uint8_t)(1 << i % 8);
    }
    CHECK(check(&ca, &made, now_at) == 0);
}

static void what_is_cut_or_trailed_is_invalid(void)
{
    CLEANUP(buffer_deinit) struct buffer made = issued();
    CLEANUP(buffer_deinit) struct buffer out = buffer_init(ROOM);
    struct device_id found;

    for (size_t len = 0; len < made.len; len++)
        CHECK(x509_check_device(buffer_bytes(&ca), (struct bytes){made.at, len}, now_at, &found) ==
              X509_INVALID);
    buffer_append(&made, "", 1);
    CHECK(check(&ca, &made, now_at) == X509_INVALID);
    for (size_t len = 0; len < request.len; len++)
        CHECK(x509_issue_device(buffer_bytes(&ca_key), buffer_bytes(&ca),
                                (struct bytes){request.at, len}, device, now_at, now_at,
                                &out) == X509_INVALID);
    CHECK(out.len == 0);
}

static void a_request_changed_anywhere_is_refused(void)
{
    CLEANUP(buffer_deinit) struct buffer out = buffer_init(ROOM);

    for (size_t i = 0; i < request.len; i++) {
        request.at[i] ^= (uint8_t)(1 << i % 8);
        CHECK(x509_issue_device(buffer_bytes(&ca_key), buffer_bytes(&ca), buffer_bytes(&request),
                                device, now_at, now_at, &out) == X509_INVALID);
        request.at[i] ^= (uint8_t)(1 << i % 8);
    }
    CHECK(out.len == 0);
}

static void a_request_for_another_kind_of_key_is_refused(void)
{
    CLEANUP(buffer_deinit) struct buffer out = buffer_init(ROOM);
    EVP_PKEY *keys[] = {EVP_RSA_gen(2048), EVP_EC_gen("P-384"), EVP_EC_gen("secp256k1")};

    for (size_t i = 0; i < 3; i++) {
        CLEANUP(X509_REQ_free) X509_REQ *made = X509_REQ_new();
        CLEANUP(buffer_deinit) struct buffer der = buffer_init(ROOM);
        uint8_t *at = NULL;

        CHECK(made && X509_REQ_set_pubkey(made, keys[i]) == 1);
        CHECK(X509_REQ_sign(made, keys[i], EVP_sha256()) > 0);
        int len = i2d_X509_REQ(made, &at);
        CHECK(x509_append(&der, at, len) == 0);
        CHECK(x509_issue_device(buffer_bytes(&ca_key), buffer_bytes(&ca), buffer_bytes(&der),
                                device, now_at, now_at, &out) == X509_INVALID);
        EVP_PKEY_free(keys[i]);
    }
}

static void a_request_cannot_ask_to_be_a_ca(void)
{
    CLEANUP(EVP_PKEY_free) EVP_PKEY *own = x509_read_key(buffer_bytes(&key));
    CLEANUP(X509_REQ_free) X509_REQ *greedy = X509_REQ_new();
    CLEANUP(buffer_deinit) struct buffer der = buffer_init(ROOM);
    CLEANUP(buffer_deinit) struct buffer out = buffer_init(ROOM);
    STACK_OF(X509_EXTENSION) *wishes = sk_X509_EXTENSION_new_null();
    uint8_t *at = NULL;

    CHECK(sk_X509_EXTENSION_push(
              wishes, X509V3_EXT_nconf_nid(NULL, NULL, NID_basic_constraints, "CA:TRUE")) == 1);
    CHECK(X509_REQ_add_extensions(greedy, wishes) == 1);
    sk_X509_EXTENSION_pop_free(wishes, X509_EXTENSION_free);
    CHECK(X509_REQ_set_pubkey(greedy, own) == 1 && X509_REQ_sign(greedy, own, EVP_sha256()) > 0);
    int len = i2d_X509_REQ(greedy, &at);
    CHECK(x509_append(&der, at, len) == 0);
    CHECK(x509_issue_device(buffer_bytes(&ca_key), buffer_bytes(&ca), buffer_bytes(&der), device,
                            now_at, now_at + MS_PER_DAY, &out) == 0);
    CLEANUP(X509_free) X509 *made = x509_read(buffer_bytes(&out));
    CHECK(made && X509_check_ca(made) == 0 && X509_get_ext_count(made) == 5);
}

static void a_ca_key_that_does_not_match_is_corrupt(void)
{
    CLEANUP(buffer_deinit) struct buffer out = buffer_init(ROOM);

    CHECK(x509_issue_device(buffer_bytes(&other_key), buffer_bytes(&ca), buffer_bytes(&request),
                            device, now_at, now_at, &out) == ERR_CORRUPT);
    CHECK(x509_request_new((struct bytes){NULL, 0}, &out) == ERR_CORRUPT && out.len == 0);
}

static void the_ca_may_issue_but_its_certificates_may_not(void)
{
    CLEANUP(X509_free) X509 *read = x509_read(buffer_bytes(&ca));

    CHECK(read && X509_check_ca(read) == 1 && X509_get_pathlen(read) == 0);
    CHECK(X509_get_key_usage(read) == (X509v3_KU_KEY_CERT_SIGN | X509v3_KU_CRL_SIGN));
    CHECK(X509_get_extension_flags(read) & EXFLAG_BCONS_CRITICAL);
}

static void a_server_certificate_carries_names_and_addresses(void)
{
    CLEANUP(buffer_deinit)
    struct buffer made = issued_to_server("ward.example.org, 127.0.0.1,::1,wards-2");
    CLEANUP(X509_free) X509 *read = x509_read(buffer_bytes(&made));

    CHECK(X509_check_host(read, "ward.example.org", 0, 0, NULL) == 1);
    CHECK(X509_check_host(read, "wards-2", 0, 0, NULL) == 1);
    CHECK(X509_check_host(read, "example.org", 0, 0, NULL) == 0);
    CHECK(X509_check_ip_asc(read, "127.0.0.1", 0) == 1 && X509_check_ip_asc(read, "::1", 0) == 1);
    CHECK(X509_check_ip_asc(read, "127.0.0.2", 0) == 0);
}

static void names_that_are_none_are_refused(void)
{
    static const char *const names[] = {
        "",     ",",   "a,", "a,,b",       "*.example.org", "a b",  "-a",    "a-",
        "a..b", ".a",  "a.", "10.0.0.300", "1.2",           "a\nb", "DNS:a", "ward.ex\xc3\xa4",
        "a_b",  "::g",
    };
    CLEANUP(buffer_deinit) struct buffer out = buffer_init(ROOM);
    char label[70];

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        CHECK(x509_issue_server(buffer_bytes(&ca_key), buffer_bytes(&ca), buffer_bytes(&request),
                                text_of(names[i]), now_at, now_at, &out) == X509_INVALID);
    CHECK(x509_issue_server(buffer_bytes(&ca_key), buffer_bytes(&ca), buffer_bytes(&request),
                            (struct text){"a\0b", 3}, now_at, now_at, &out) == X509_INVALID);
    memset(label, 'a', sizeof(label));
    CHECK(x509_issue_server(buffer_bytes(&ca_key), buffer_bytes(&ca), buffer_bytes(&request),
                            (struct text){label, 64}, now_at, now_at, &out) == X509_INVALID);
    CHECK(x509_issue_server(buffer_bytes(&ca_key), buffer_bytes(&ca), buffer_bytes(&request),
                            (struct text){label, 63}, now_at, now_at, &out) == 0);
}

static void a_long_name_is_cut_between_characters_and_a_bad_one_refused(void)
{
    CLEANUP(buffer_deinit) struct buffer made = buffer_init(ROOM);
    char name[200];

    for (size_t i = 0; i < 100; i++)
        memcpy(name + 2 * i, "\xc3\xa9", 2);
    CHECK(x509_ca_new(buffer_bytes(&ca_key), (struct text){name, 200}, now_at, now_at, &made) == 0);
    CHECK(x509_ca_new(buffer_bytes(&ca_key), text_of(""), now_at, now_at, &made) == X509_INVALID);
    CHECK(x509_ca_new(buffer_bytes(&ca_key), text_of("\xc3"), now_at, now_at, &made) ==
          X509_INVALID);
    CHECK(x509_ca_new(buffer_bytes(&ca_key), text_of("a\nb"), now_at, now_at, &made) ==
          X509_INVALID);
}

static gnutls_x509_crt_t gnutls_of(const struct buffer *der)
{
    gnutls_datum_t datum = {der->at, (unsigned)der->len};
    gnutls_x509_crt_t read = NULL;

    CHECK(gnutls_x509_crt_init(&read) == 0);
    CHECK(gnutls_x509_crt_import(read, &datum, GNUTLS_X509_FMT_DER) == 0);
    return read;
}

static unsigned gnutls_judges(const struct buffer *by, const struct buffer *der,
                              const char *purpose, const char *host)
{
    gnutls_x509_trust_list_t trusted = NULL;
    gnutls_x509_crt_t leaf = gnutls_of(der);
    gnutls_x509_crt_t root = gnutls_of(by);
    unsigned status = 0;
    gnutls_typed_vdata_st wanted[] = {
        {.type = GNUTLS_DT_KEY_PURPOSE_OID, .data = (unsigned char *)(uintptr_t)purpose},
        {.type = GNUTLS_DT_DNS_HOSTNAME, .data = (unsigned char *)(uintptr_t)host},
    };

    CHECK(gnutls_x509_trust_list_init(&trusted, 0) == 0);
    CHECK(gnutls_x509_trust_list_add_cas(trusted, &root, 1, 0) == 1);
    CHECK(gnutls_x509_trust_list_verify_crt2(trusted, &leaf, 1, wanted, host ? 2 : 1,
                                             GNUTLS_VERIFY_DISABLE_TIME_CHECKS, &status,
                                             NULL) == 0);
    gnutls_x509_crt_deinit(leaf);
    gnutls_x509_trust_list_deinit(trusted, 1);
    return status;
}

static void gnutls_agrees(void)
{
    CLEANUP(buffer_deinit) struct buffer made = issued();
    CLEANUP(buffer_deinit) struct buffer server = issued_to_server("ward.example.org,127.0.0.1");

    CHECK(gnutls_judges(&ca, &made, GNUTLS_KP_TLS_WWW_CLIENT, NULL) == 0);
    CHECK(gnutls_judges(&ca, &server, GNUTLS_KP_TLS_WWW_SERVER, "ward.example.org") == 0);
    CHECK(gnutls_judges(&ca, &server, GNUTLS_KP_TLS_WWW_SERVER, "127.0.0.1") == 0);
    CHECK(gnutls_judges(&ca, &server, GNUTLS_KP_TLS_WWW_SERVER, "example.org") != 0);
    CHECK(gnutls_judges(&ca, &made, GNUTLS_KP_TLS_WWW_SERVER, NULL) != 0);
    CHECK(gnutls_judges(&ca, &server, GNUTLS_KP_TLS_WWW_CLIENT, NULL) != 0);
    CHECK(gnutls_judges(&other_ca, &made, GNUTLS_KP_TLS_WWW_CLIENT, NULL) != 0);
}

static void pem_goes_there_and_back(void)
{
    CLEANUP(buffer_deinit) struct buffer pem = buffer_init(ROOM);
    CLEANUP(buffer_deinit) struct buffer der = buffer_init(ROOM);

    CHECK(x509_pem(X509_CERTIFICATE, buffer_bytes(&ca), &pem) == 0);
    CHECK(pem.at[pem.len] == '\0' && strlen((const char *)pem.at) == pem.len);
    CHECK(x509_pem(X509_KEY, buffer_bytes(&key), &pem) == 0);
    CHECK(x509_from_pem(X509_CERTIFICATE, buffer_bytes(&pem), &der) == 0);
    CHECK(der.len == ca.len && memcmp(der.at, ca.at, ca.len) == 0);
    buffer_clear(&der);
    CHECK(x509_from_pem(X509_KEY, buffer_bytes(&pem), &der) == 0);
    CHECK(der.len == key.len && memcmp(der.at, key.at, key.len) == 0);
}

static void pem_that_is_none_or_encrypted_is_invalid(void)
{
    CLEANUP(EVP_PKEY_free) EVP_PKEY *own = x509_read_key(buffer_bytes(&key));
    CLEANUP(BIO_free_all) BIO *bio = BIO_new(BIO_s_mem());
    CLEANUP(buffer_deinit) struct buffer der = buffer_init(ROOM);
    char *at = NULL;

    CHECK(PEM_write_bio_PKCS8PrivateKey(bio, own, EVP_aes_256_cbc(), "secret", 6, NULL, NULL));
    long len = BIO_get_mem_data(bio, &at);
    struct bytes pem = {(const uint8_t *)at, (size_t)len};
    CHECK(x509_from_pem(X509_KEY, pem, &der) == X509_INVALID);
    CHECK(x509_from_pem(X509_CERTIFICATE, pem, &der) == X509_INVALID);
    CHECK(x509_from_pem(X509_CERTIFICATE, (struct bytes){NULL, 0}, &der) == X509_INVALID);
    CHECK(der.len == 0 && ERR_peek_error() == 0);
}

static void a_fingerprint_is_the_hash_of_the_der(void)
{
    struct hash a;
    struct hash b;

    CHECK(x509_fingerprint(buffer_bytes(&ca), &a) == 0 && hash_bytes(buffer_bytes(&ca), &b) == 0);
    CHECK(memcmp(a.at, b.at, HASH_SIZE) == 0);
}

static void a_key_belongs_to_its_own_certificate_only(void)
{
    const struct bytes own = buffer_bytes(&ca_key);
    const struct bytes cut = {own.at, own.len - 1};

    CHECK(x509_match(buffer_bytes(&ca), own) == 0);
    CHECK(x509_match(buffer_bytes(&ca), buffer_bytes(&other_key)) == X509_INVALID);
    CHECK(x509_match(buffer_bytes(&other_ca), own) == X509_INVALID);
    CHECK(x509_match(buffer_bytes(&ca), cut) == X509_INVALID);
    CHECK(x509_match(own, buffer_bytes(&ca)) == X509_INVALID);
    CHECK(ERR_peek_error() == 0);
}

int main(void)
{
    make_all();
    RUN(a_device_certificate_is_known_by_its_ca);
    RUN(it_holds_only_between_its_moments);
    RUN(moments_after_2050_survive_the_other_time_format);
    RUN(a_ca_of_the_same_name_does_not_count);
    RUN(servers_and_cas_are_no_devices);
    RUN(even_the_ca_cannot_make_a_device_of_another_name_or_use);
    RUN(a_second_spelling_of_a_certificate_or_request_is_refused);
    RUN(a_bit_flipped_anywhere_is_refused);
    RUN(what_is_cut_or_trailed_is_invalid);
    RUN(a_request_changed_anywhere_is_refused);
    RUN(a_request_for_another_kind_of_key_is_refused);
    RUN(a_request_cannot_ask_to_be_a_ca);
    RUN(a_ca_key_that_does_not_match_is_corrupt);
    RUN(the_ca_may_issue_but_its_certificates_may_not);
    RUN(a_server_certificate_carries_names_and_addresses);
    RUN(names_that_are_none_are_refused);
    RUN(a_long_name_is_cut_between_characters_and_a_bad_one_refused);
    RUN(gnutls_agrees);
    RUN(pem_goes_there_and_back);
    RUN(pem_that_is_none_or_encrypted_is_invalid);
    RUN(a_fingerprint_is_the_hash_of_the_der);
    RUN(a_key_belongs_to_its_own_certificate_only);
    buffer_deinit(&ca_key);
    buffer_deinit(&ca);
    buffer_deinit(&other_key);
    buffer_deinit(&other_ca);
    buffer_deinit(&key);
    buffer_deinit(&request);
    return tap_done();
}
