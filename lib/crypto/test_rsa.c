#include <limits.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/moment.h"
#include "crypto/rsa.h"
#include "crypto/x509.h"
#include "tap.h"

#define NOW (20000 * MS_PER_DAY)

static struct buffer key;
static struct buffer certificate;

static void a_key_makes_a_certificate_of_its_own(void)
{
    int64_t from = 0;
    int64_t to = 0;

    CHECK(rsa_key_new(&key) == 0);
    CHECK(rsa_certificate_new(buffer_bytes(&key), text_of("Ward"), NOW, NOW + MS_PER_DAY,
                              &certificate) == 0);
    CHECK(x509_match(buffer_bytes(&certificate), buffer_bytes(&key)) == 0);
    CHECK(x509_validity(buffer_bytes(&certificate), &from, &to) == 0);
    CHECK(from == NOW && to == NOW + MS_PER_DAY);
    CHECK(rsa_check_stranger(buffer_bytes(&certificate)) == 0);
}

static bool holds(struct bytes message, struct bytes signature)
{
    const uint8_t *at = certificate.at;
    X509 *read = d2i_X509(NULL, &at, (long)certificate.len);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good =
        EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, X509_get0_pubkey(read)) == 1 &&
        EVP_DigestVerify(context, signature.at, signature.len, message.at, message.len) == 1;

    EVP_MD_CTX_free(context);
    X509_free(read);
    return good;
}

static void a_signature_holds_for_its_message_only(void)
{
    CLEANUP(buffer_deinit) struct buffer signature = buffer_init(2048);
    struct bytes message = bytes_of_text(text_of("SAMLRequest=abc"));

    CHECK(rsa_sign(buffer_bytes(&key), message, &signature) == 0);
    CHECK(signature.len == 256);
    CHECK(holds(message, buffer_bytes(&signature)));
    CHECK(!holds(bytes_of_text(text_of("SAMLRequest=abd")), buffer_bytes(&signature)));
    signature.at[7] ^= 1;
    CHECK(!holds(message, buffer_bytes(&signature)));
}

static void what_is_no_rsa_key_is_no_key(void)
{
    CLEANUP(buffer_deinit) struct buffer other = buffer_init(4096);
    CLEANUP(buffer_deinit) struct buffer out = buffer_init(4096);

    CHECK(x509_key_new(&other) == 0);
    CHECK(rsa_sign(buffer_bytes(&other), (struct bytes){0}, &out) == ERR_CORRUPT);
    CHECK(rsa_certificate_new(buffer_bytes(&other), text_of("Ward"), NOW, NOW, &out) ==
          ERR_CORRUPT);
    CHECK(out.len == 0);
}

static void make(EVP_PKEY *own, struct buffer *ret_der)
{
    X509 *made = X509_new();
    uint8_t *der = NULL;
    int len;

    CHECK(own && X509_set_pubkey(made, own) == 1);
    CHECK(X509_gmtime_adj(X509_getm_notBefore(made), 0) &&
          X509_gmtime_adj(X509_getm_notAfter(made), 1));
    CHECK(X509_sign(made, own, EVP_sha256()) > 0);
    len = i2d_X509(made, &der);
    buffer_append(ret_der, der, (size_t)len);
    OPENSSL_free(der);
    X509_free(made);
    EVP_PKEY_free(own);
}

static int judge(EVP_PKEY *own)
{
    CLEANUP(buffer_deinit) struct buffer der = buffer_init(8192);

    make(own, &der);
    return rsa_check_stranger(buffer_bytes(&der));
}

static void weak_and_odd_keys_of_strangers_are_not_believed(void)
{
    CHECK(judge(EVP_RSA_gen(2048)) == 0);
    CHECK(judge(EVP_EC_gen("P-384")) == 0);
    CHECK(judge(EVP_RSA_gen(1024)) == RSA_WEAK);
    CHECK(judge(EVP_EC_gen("secp256k1")) == RSA_WEAK);
    CHECK(rsa_check_stranger((struct bytes){0}) == RSA_INVALID);
    CHECK(rsa_check_stranger((struct bytes){.at = certificate.at, .len = certificate.len - 1}) ==
          RSA_INVALID);
}

int main(void)
{
    key = buffer_init(8192);
    certificate = buffer_init(8192);
    RUN(a_key_makes_a_certificate_of_its_own);
    RUN(a_signature_holds_for_its_message_only);
    RUN(what_is_no_rsa_key_is_no_key);
    RUN(weak_and_odd_keys_of_strangers_are_not_believed);
    buffer_deinit(&key);
    buffer_deinit(&certificate);
    return tap_done();
}
