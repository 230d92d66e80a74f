#pragma once

/*
 * Boxes: AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce
 *
 *     nonce 12 | ciphertext | tag 16
 *
 * One key seals at most 2^32 boxes (SP 800-38D §8.3); callers have a key per day, file or purpose.
 * The context is authenticated, not encrypted: it names what the box is, so that none can be moved.
 */

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/result.h"

#define AEAD_KEY_SIZE 32
#define AEAD_OVERHEAD 28

enum {
    AEAD_FORGED = 1, /* wrong key, wrong context, or changed bytes */
};

/* Appends the box of plain to ret_box. key is AEAD_KEY_SIZE bytes. */
RESULT aead_seal(struct bytes key, struct bytes context, struct bytes plain,
                 struct buffer *ret_box);

/* Appends the plain bytes to ret_plain; on AEAD_FORGED it holds what it held before. */
RESULT aead_open(struct bytes key, struct bytes context, struct bytes box,
                 struct buffer *ret_plain);
