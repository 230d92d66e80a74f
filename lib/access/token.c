#include "access/token.h"

#include "base/wipe.h"
#include "os/secret.h"

RESULT access_token_new(char ret_token[ACCESS_TOKEN_SIZE], struct hash *ret_hash)
{
    uint8_t random[ACCESS_TOKEN_BYTES];
    char token[ACCESS_TOKEN_SIZE];
    int r = secret_random(random, sizeof random);

    if (r)
        return r;
    base64url_print((struct bytes){.at = random, .len = sizeof random}, token);
    r = hash_bytes((struct bytes){.at = random, .len = sizeof random}, ret_hash);
    wipe(random, sizeof random);
    if (!r)
        memcpy(ret_token, token, sizeof token);
    wipe(token, sizeof token);
    return r;
}

RESULT access_token_hash(struct text token, struct hash *ret_hash)
{
    uint8_t random[ACCESS_TOKEN_BYTES];
    int r;

    if (!token.at || base64url_parse(token, random, sizeof random))
        return ACCESS_TOKEN_INVALID;
    r = hash_bytes((struct bytes){.at = random, .len = sizeof random}, ret_hash);
    wipe(random, sizeof random);
    return r;
}

RESULT access_token_csrf(struct text token, char ret_csrf[ACCESS_TOKEN_SIZE])
{
    uint8_t random[ACCESS_TOKEN_BYTES];
    uint8_t csrf[ACCESS_TOKEN_BYTES];
    int r;

    if (!token.at || base64url_parse(token, random, sizeof random))
        return ACCESS_TOKEN_INVALID;
    r = hash_derive((struct bytes){.at = random, .len = sizeof random}, text_of("ward csrf v1"),
                    csrf, sizeof csrf);
    wipe(random, sizeof random);
    if (!r)
        base64url_print((struct bytes){.at = csrf, .len = sizeof csrf}, ret_csrf);
    return r;
}
