#pragma once

/*
 * Tokens: 32 random bytes as base64url, of which only the SHA-256 is kept
 *
 * Sessions, one-time links and deployment packages are known by one.
 */

#include "base/base64.h"
#include "base/bytes.h"
#include "base/result.h"
#include "crypto/hash.h"

#define ACCESS_TOKEN_BYTES 32
#define ACCESS_TOKEN_SIZE BASE64URL_SIZE(ACCESS_TOKEN_BYTES)

enum {
    ACCESS_TOKEN_INVALID = 1, /* not in the form of a token: nobody ever made it */
};

/* A new token with closing NUL, and its hash. */
RESULT access_token_new(char ret_token[ACCESS_TOKEN_SIZE], struct hash *ret_hash);

/* The hash by which it is known. Outcome: ACCESS_TOKEN_INVALID. */
RESULT access_token_hash(struct text token, struct hash *ret_hash);

/* The CSRF token that belongs to a session token: derived, so it can be shown again and needs no
 * room. Outcome: ACCESS_TOKEN_INVALID. */
RESULT access_token_csrf(struct text token, char ret_csrf[ACCESS_TOKEN_SIZE]);
