#pragma once

/*
 * Recovery codes: ten, each in place of one code of the second factor, for whoever lost the device
 * that shows those
 *
 * 120 random bits each, so that a plain hash keeps them (SP 800-63B-4 §3.1.2 asks for 112). Written
 * in Crockford's base32, in groups of four; read in either case, with blanks and hyphens anywhere,
 * o for 0, i and l for 1. Pure but for the random numbers.
 */

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "crypto/hash.h"

#define RECOVERY_CODES 10
#define RECOVERY_BYTES 15
#define RECOVERY_SIZE 30 /* "xxxx-xxxx-xxxx-xxxx-xxxx-xxxx" and NUL */

enum {
    RECOVERY_INVALID = 1, /* not in the form of one */
};

/* A new code, and the hash by which that user's is known. */
RESULT recovery_new(struct user_id user, char ret_code[RECOVERY_SIZE], struct hash *ret_hash);

/* Outcome: RECOVERY_INVALID. */
RESULT recovery_hash(struct user_id user, struct text code, struct hash *ret_hash);

/* Which of them it is; count: none. Looks at all of them whichever it is. */
size_t recovery_find(const struct hash *hashes, size_t count, const struct hash *wanted);

/* As people are shown them. */
void recovery_print(const uint8_t bytes[RECOVERY_BYTES], char ret_code[RECOVERY_SIZE]);
/* Outcome: RECOVERY_INVALID. */
RESULT recovery_parse(struct text code, uint8_t ret_bytes[RECOVERY_BYTES]);
