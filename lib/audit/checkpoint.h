#pragma once

/*
 * Checkpoints: a size and a root, signed (C2SP tlog-checkpoint in a signed-note, Ed25519)
 *
 *     <origin>\n<size>\n<base64 root>\n\n— <name> <base64(key id 4 || signature 64)>\n
 *
 * Pure.
 */

#include "audit/tree.h"
#include "base/buffer.h"
#include "crypto/sign.h"

enum {
    CHECKPOINT_INVALID = 1, /* not a checkpoint */
    CHECKPOINT_FORGED,      /* not signed by that key */
};

#define CHECKPOINT_ORIGIN_MAX 128
#define CHECKPOINT_NOTE_MAX 1024

struct checkpoint {
    struct text origin; /* "ward/<instance id in hex>"; also the key's name. A view into the note
                           after parsing */
    uint64_t size;
    struct hash root;
};

/* Appends the note's text: what is signed. CHECKPOINT_INVALID when the origin cannot be a key's
 * name (printable, no blank, no plus sign, CHECKPOINT_ORIGIN_MAX bytes). */
RESULT checkpoint_body(const struct checkpoint *checkpoint, struct buffer *ret_body);

/* Appends the whole note. seed is 32 bytes. CHECKPOINT_INVALID as above. */
RESULT checkpoint_sign(const struct checkpoint *checkpoint, struct bytes seed,
                       struct buffer *ret_note);

/* Reads and checks a note. Outcomes: CHECKPOINT_INVALID, CHECKPOINT_FORGED. */
RESULT checkpoint_open(struct bytes note, const uint8_t public_key[SIGN_PUBLIC_SIZE],
                       struct checkpoint *ret_checkpoint);
