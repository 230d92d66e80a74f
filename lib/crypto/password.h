#pragma once

/*
 * Passwords: argon2id (RFC 9106, libsodium) and what makes one unacceptable (NIST SP 800-63B-4
 * §3.1.1.2: length and blocklist, no composition rules)
 */

#include "base/bytes.h"
#include "base/result.h"

#define PASSWORD_HASH_SIZE 128
#define PASSWORD_MIN_CHARACTERS 15
#define PASSWORD_MAX_BYTES 256

enum {
    PASSWORD_WRONG = 1,
    PASSWORD_SHORT,   /* fewer than PASSWORD_MIN_CHARACTERS */
    PASSWORD_LONG,    /* more than PASSWORD_MAX_BYTES */
    PASSWORD_COMMON,  /* on the blocklist, or guessed in under 2^30 tries by zxcvbn */
    PASSWORD_INVALID, /* not UTF-8, or it holds a NUL */
};

/* The text to keep, with closing NUL: argon2id, 64 MiB, 3 passes. 150 ms. PASSWORD_LONG. Callers
 * bound how many run at once: each takes its 64 MiB. */
RESULT password_hash(struct text password, char ret_hash[PASSWORD_HASH_SIZE]);

/* Outcome: PASSWORD_WRONG. As slow for a hash that nobody has: give password_nobody() when there is
 * no such user. */
RESULT password_check(struct text password, const char *hash);

/* A well-formed hash of a random password, so that unknown names take as long as known ones. */
const char *password_nobody(void);

/*
 * Would it do for a user of that name? user_name may hold more words that others would try, apart
 * by spaces: the organisation's name. "ward" is always one. Outcomes: PASSWORD_SHORT,
 * PASSWORD_LONG, PASSWORD_COMMON, PASSWORD_INVALID.
 */
RESULT password_judge(struct text password, struct text user_name);
