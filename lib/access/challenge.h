#pragma once

/*
 * Challenges: what a passkey has to sign; each for one purpose of one session, once, for five
 * minutes
 *
 * A challenge says itself when it ends and whose it is, under a tag by a key that only this server
 * has: so whoever asks for many fills nothing. What was answered is kept until its time is over.
 */

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/hash.h"
#include "store/records/nouns.h"

#define CHALLENGE_SIZE 32
#define CHALLENGE_MS ((int64_t)5 * 60 * 1000)

enum challenge_purpose {
    CHALLENGE_ADD = 1,     /* a new passkey */
    CHALLENGE_PROVE = 2,   /* the second factor of a session */
    CHALLENGE_SIGN_IN = 3, /* a passkey alone */
};

struct challenge_use {
    struct bytes key;
    enum challenge_purpose purpose;
    struct hash session; /* its token's hash; zeros: nobody's yet */
};

enum {
    CHALLENGE_FOREIGN = 1, /* not this server's, or for another purpose or session */
    CHALLENGE_OVER,        /* its five minutes are over */
    CHALLENGE_USED,        /* it was answered before */
};

RESULT challenge_make(const struct challenge_use *use, int64_t now,
                      uint8_t ret_challenge[CHALLENGE_SIZE]);

/* Takes it as answered, in the transaction of what it is answered for. Outcomes: as above. */
RESULT challenge_take(struct records_tx *tx, const struct challenge_use *use,
                      const uint8_t challenge[CHALLENGE_SIZE], int64_t now);
