#include "base/hex.h"
#include "crypto/hash.h"
#include "tap.h"

static bool is(const uint8_t *at, size_t len, const char *hex)
{
    char text[200];

    hex_print((struct bytes){at, len}, text);
    return strcmp(text, hex) == 0;
}

static struct bytes bytes_of(const char *string)
{
    return bytes_of_text(text_of(string));
}

static void sha256_agrees_with_fips_180(void)
{
    const struct bytes pieces[] = {bytes_of("a"), {NULL, 0}, bytes_of("bc")};
    struct hash hash;

    CHECK(hash_bytes(bytes_of("abc"), &hash) == 0);
    CHECK(
        is(hash.at, HASH_SIZE, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    CHECK(hash_pieces(pieces, 3, &hash) == 0);
    CHECK(
        is(hash.at, HASH_SIZE, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    CHECK(hash_bytes((struct bytes){NULL, 0}, &hash) == 0);
    CHECK(
        is(hash.at, HASH_SIZE, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
}

static void hmac_agrees_with_rfc_4231(void)
{
    const struct bytes pieces[] = {bytes_of("what do ya want "), bytes_of("for nothing?")};
    struct hash tag;
    uint8_t long_key[131];

    CHECK(hash_hmac(bytes_of("Jefe"), pieces, 2, &tag) == 0);
    CHECK(
        is(tag.at, HASH_SIZE, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
    memset(long_key, 0xaa, sizeof(long_key));
    const struct bytes larger = bytes_of("Test Using Larger Than Block-Size Key - Hash Key First");
    CHECK(hash_hmac((struct bytes){long_key, sizeof(long_key)}, &larger, 1, &tag) == 0);
    CHECK(
        is(tag.at, HASH_SIZE, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"));
}

static void a_key_never_carries_over_to_the_next_tag(void)
{
    const struct bytes text = bytes_of("text");
    struct hash a;
    struct hash b;
    struct hash none;

    CHECK(hash_hmac((struct bytes){NULL, 0}, &text, 1, &none) == 0);
    CHECK(hash_hmac(bytes_of("key a"), &text, 1, &a) == 0);
    CHECK(hash_hmac(bytes_of("key b"), &text, 1, &b) == 0);
    CHECK(memcmp(a.at, b.at, HASH_SIZE) != 0);
    CHECK(hash_hmac((struct bytes){NULL, 0}, &text, 1, &b) == 0);
    CHECK(memcmp(none.at, b.at, HASH_SIZE) == 0);
}

static void derivation_agrees_with_rfc_5869_and_separates_purposes(void)
{
    uint8_t key[22];
    uint8_t out[42];
    uint8_t a[64];
    uint8_t b[64];
    struct bytes input = {key, sizeof(key)};

    memset(key, 0x0b, sizeof(key));
    CHECK(hash_derive(input, text_of(""), out, sizeof(out)) == 0);
    CHECK(
        is(out, sizeof(out),
           "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"));
    CHECK(hash_derive(input, text_of("records"), a, sizeof(a)) == 0);
    CHECK(hash_derive(input, text_of("keyring"), b, sizeof(b)) == 0);
    CHECK(memcmp(a, b, 32) != 0 && memcmp(a + 32, b + 32, 32) != 0);
}

int main(void)
{
    RUN(sha256_agrees_with_fips_180);
    RUN(hmac_agrees_with_rfc_4231);
    RUN(a_key_never_carries_over_to_the_next_tag);
    RUN(derivation_agrees_with_rfc_5869_and_separates_purposes);
    return tap_done();
}
