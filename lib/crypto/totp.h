#pragma once

/* TOTP (RFC 6238): SHA-1, 6 digits, 30 s, as authenticator applications have it. Uses liboath. */

#include "base/bytes.h"
#include "base/result.h"

#define TOTP_SEED_SIZE 20

enum {
    TOTP_WRONG = 1,
    TOTP_USED, /* right, but of a step already used: one code works once */
};

/*
 * Checks a code at a moment, one step either way. last_step is the step last accepted for this seed
 * (0: none); *ret_step is the step that matched and is to be kept in the same transaction. Constant
 * time in the code. Outcomes: TOTP_WRONG, TOTP_USED. A seed of another size is ERR_CORRUPT.
 */
RESULT totp_check(struct bytes seed, struct text code, int64_t at, int64_t last_step,
                  int64_t *ret_step);

/* The code at a moment: 6 digits and NUL. For tests and `ward-totp`-like tools of administrators.
 */
RESULT totp_code(struct bytes seed, int64_t at, char ret_code[7]);

/* RFC 4648 base32 of the seed, as typed into authenticators: 32 letters and NUL. */
void totp_seed_print(const uint8_t seed[TOTP_SEED_SIZE], char ret_text[33]);
