#pragma once

/* Ed25519 (RFC 8032): seeds are 32 bytes and secret, public keys 32, signatures 64. */

#include "base/bytes.h"
#include "base/result.h"

#define SIGN_SEED_SIZE 32
#define SIGN_PUBLIC_SIZE 32
#define SIGN_SIZE 64

enum {
    SIGN_FORGED = 1,
};

RESULT sign_public(struct bytes seed, uint8_t ret_public[SIGN_PUBLIC_SIZE]);
RESULT sign_make(struct bytes seed, struct bytes message, uint8_t ret_signature[SIGN_SIZE]);

/* Outcome: SIGN_FORGED. */
RESULT sign_check(struct bytes public, struct bytes message, struct bytes signature);
