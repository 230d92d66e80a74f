#include "base/hex.h"
#include "crypto/sign.h"
#include "tap.h"

/* RFC 8032 §7.1, test 2. */
static const char seed_hex[] = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
static const char public_hex[] = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
static const char signature_hex[] =
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
static const uint8_t message_at[] = {0x72};
static const struct bytes message = {message_at, 1};

static struct bytes unhex(const char *text, uint8_t *at)
{
    CHECK(hex_parse(text_of(text), at, strlen(text) / 2) == 0);
    return (struct bytes){at, strlen(text) / 2};
}

static void keys_and_signatures_agree_with_rfc_8032(void)
{
    uint8_t seed_at[SIGN_SEED_SIZE];
    uint8_t public_at[SIGN_PUBLIC_SIZE];
    uint8_t wanted[SIGN_SIZE];
    uint8_t made[SIGN_SIZE];

    struct bytes seed = unhex(seed_hex, seed_at);
    struct bytes public = unhex(public_hex, public_at);
    (void)unhex(signature_hex, wanted);
    CHECK(sign_public(seed, made) == 0 && memcmp(made, public_at, SIGN_PUBLIC_SIZE) == 0);
    CHECK(sign_make(seed, message, made) == 0 && memcmp(made, wanted, SIGN_SIZE) == 0);
    CHECK(sign_check(public, message, (struct bytes){made, SIGN_SIZE}) == 0);
}

static void a_changed_message_key_or_signature_is_refused(void)
{
    uint8_t public_at[SIGN_PUBLIC_SIZE];
    uint8_t signature_at[SIGN_SIZE];
    struct bytes public = unhex(public_hex, public_at);
    struct bytes signature = unhex(signature_hex, signature_at);
    const uint8_t other[] = {0x73};

    CHECK(sign_check(public, (struct bytes){other, 1}, signature) == SIGN_FORGED);
    CHECK(sign_check(public, (struct bytes){NULL, 0}, signature) == SIGN_FORGED);
    for (size_t i = 0; i < (size_t)SIGN_SIZE * 8; i++) {
        signature_at[i / 8] ^= (uint8_t)(1 << i % 8);
        CHECK(sign_check(public, message, signature) == SIGN_FORGED);
        signature_at[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    for (size_t i = 0; i < (size_t)SIGN_PUBLIC_SIZE * 8; i++) {
        public_at[i / 8] ^= (uint8_t)(1 << i % 8);
        CHECK(sign_check(public, message, signature) == SIGN_FORGED);
        public_at[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    CHECK(sign_check(public, message, signature) == 0);
}

static void wrong_lengths_are_refused(void)
{
    uint8_t public_at[SIGN_PUBLIC_SIZE];
    uint8_t signature_at[SIGN_SIZE];
    struct bytes public = unhex(public_hex, public_at);
    struct bytes signature = unhex(signature_hex, signature_at);

    CHECK(sign_check(public, message, (struct bytes){signature_at, SIGN_SIZE - 1}) == SIGN_FORGED);
    CHECK(sign_check((struct bytes){public_at, 31}, message, signature) == SIGN_FORGED);
    CHECK(sign_check((struct bytes){NULL, 0}, message, signature) == SIGN_FORGED);
}

int main(void)
{
    RUN(keys_and_signatures_agree_with_rfc_8032);
    RUN(a_changed_message_key_or_signature_is_refused);
    RUN(wrong_lengths_are_refused);
    return tap_done();
}
