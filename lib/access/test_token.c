/* The contract of token.h. */

#include "access/token.h"
#include "tap.h"

static bool same(struct hash a, struct hash b)
{
    return memcmp(a.at, b.at, HASH_SIZE) == 0;
}

static void a_token_is_known_by_its_hash(void)
{
    char token[ACCESS_TOKEN_SIZE];
    struct hash made;
    struct hash found;

    CHECK(access_token_new(token, &made) == 0);
    CHECK(strlen(token) == ACCESS_TOKEN_SIZE - 1);
    CHECK(access_token_hash(text_of(token), &found) == 0 && same(made, found));
}

static void no_two_tokens_are_alike(void)
{
    enum { COUNT = 200 };
    char tokens[COUNT][ACCESS_TOKEN_SIZE];
    struct hash hashes[COUNT];

    for (int i = 0; i < COUNT; i++) {
        CHECK(access_token_new(tokens[i], &hashes[i]) == 0);
        for (int other = 0; other < i; other++)
            CHECK(strcmp(tokens[i], tokens[other]) != 0 && !same(hashes[i], hashes[other]));
    }
}

static void what_nobody_made_is_refused_and_sets_nothing(void)
{
    char token[ACCESS_TOKEN_SIZE];
    char longer[ACCESS_TOKEN_SIZE + 1];
    char csrf[ACCESS_TOKEN_SIZE] = "kept";
    struct hash hash = {{7}};
    struct hash kept = {{7}};

    CHECK(access_token_new(token, &hash) == 0);
    hash = kept;
    for (size_t len = 0; len < ACCESS_TOKEN_SIZE - 1; len++)
        CHECK(access_token_hash((struct text){token, len}, &hash) == ACCESS_TOKEN_INVALID);
    memcpy(longer, token, sizeof token);
    memcpy(longer + sizeof token - 1, "A", 2);
    CHECK(access_token_hash(text_of(longer), &hash) == ACCESS_TOKEN_INVALID);
    CHECK(access_token_hash((struct text){0}, &hash) == ACCESS_TOKEN_INVALID);
    CHECK(access_token_csrf((struct text){0}, csrf) == ACCESS_TOKEN_INVALID);
    for (size_t i = 0; i < ACCESS_TOKEN_SIZE - 1; i++) {
        char bad[ACCESS_TOKEN_SIZE];

        memcpy(bad, token, sizeof bad);
        bad[i] = '+';
        CHECK(access_token_hash(text_of(bad), &hash) == ACCESS_TOKEN_INVALID);
        CHECK(access_token_csrf(text_of(bad), csrf) == ACCESS_TOKEN_INVALID);
    }
    CHECK(same(hash, kept) && strcmp(csrf, "kept") == 0);
}

static void another_spelling_of_the_same_bytes_is_refused(void)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char token[ACCESS_TOKEN_SIZE];
    struct hash hash;
    unsigned accepted = 0;

    CHECK(access_token_new(token, &hash) == 0);
    for (size_t i = 0; i < 64; i++) {
        token[ACCESS_TOKEN_SIZE - 2] = alphabet[i];
        accepted += access_token_hash(text_of(token), &hash) == 0;
    }
    /* 256 bits in 43 letters: two bits of the last have to be zero. */
    CHECK(accepted == 16);
}

static void the_csrf_token_is_always_the_same_and_tells_nothing_of_the_token(void)
{
    char token[ACCESS_TOKEN_SIZE];
    char other[ACCESS_TOKEN_SIZE];
    char csrf[ACCESS_TOKEN_SIZE];
    char again[ACCESS_TOKEN_SIZE];
    struct hash hash;
    struct hash csrf_hash;

    CHECK(access_token_new(token, &hash) == 0 && access_token_new(other, &csrf_hash) == 0);
    CHECK(access_token_csrf(text_of(token), csrf) == 0);
    CHECK(access_token_csrf(text_of(token), again) == 0 && strcmp(csrf, again) == 0);
    CHECK(access_token_csrf(text_of(other), again) == 0 && strcmp(csrf, again) != 0);
    CHECK(strcmp(csrf, token) != 0);
    CHECK(access_token_hash(text_of(csrf), &csrf_hash) == 0 && !same(csrf_hash, hash));
}

int main(void)
{
    RUN(a_token_is_known_by_its_hash);
    RUN(no_two_tokens_are_alike);
    RUN(what_nobody_made_is_refused_and_sets_nothing);
    RUN(another_spelling_of_the_same_bytes_is_refused);
    RUN(the_csrf_token_is_always_the_same_and_tells_nothing_of_the_token);
    return tap_done();
}
