#pragma once

/* SHA-256 (FIPS 180-4), HMAC-SHA-256 (RFC 2104), HKDF-SHA-256 (RFC 5869). */

#include <stdbool.h>

#include "base/bytes.h"
#include "base/result.h"

#define HASH_SIZE 32

struct hash {
    uint8_t at[HASH_SIZE];
};

/* The hash of up to 4 pieces, one after the other. */
RESULT hash_pieces(const struct bytes *pieces, size_t count, struct hash *ret_hash);
RESULT hash_bytes(struct bytes bytes, struct hash *ret_hash);

RESULT hash_hmac(struct bytes key, const struct bytes *pieces, size_t count, struct hash *ret_tag);

/* ret_len (<= 64) bytes from key for the purpose that info names. */
RESULT hash_derive(struct bytes key, struct text info, uint8_t *ret_key, size_t ret_len);

/* HMAC-SHA-256 under a key of 16 bytes, for those that cannot use this module themselves
 * (redact/denied.h). False: it could not be made. */
bool hash_salted(const uint8_t salt[16], struct bytes bytes, uint8_t ret_hash[HASH_SIZE]);
