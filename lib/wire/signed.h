#pragma once

/*
 * The signed policy: what the server's signer vouches for and sensors obey
 *
 *     protobuf SignedPolicy { bytes policy = 1; bytes signature = 2; }
 *
 * The signature (Ed25519) is over "ward-policy-v1\n" followed by the policy's bytes. Coding only:
 * signing and checking are with crypto/sign.h, in programs. Pure.
 */

#include "activity/policy.h"
#include "base/arena.h"
#include "base/buffer.h"
#include "wire/batch.h"

#define SIGNED_POLICY_PREFIX "ward-policy-v1\n"

/* Appends the policy's own bytes: what is signed after the prefix. BATCH_LARGE: over
 * POLICY_RULES_MAX, POLICY_STATIONS_MAX, WIRE_POLICY_MAX, or the ceilings of redact/patterns.h on
 * patterns and words. BATCH_INVALID: a text that is not UTF-8, holds a NUL or is too long. */
RESULT policy_encode(const struct policy *policy, struct buffer *ret_bytes);

/* Reads them; texts are in the arena. Outcomes: BATCH_INVALID, BATCH_LARGE. */
RESULT policy_decode(struct bytes bytes, struct arena *arena, struct policy *ret_policy);

#define SIGNED_SIGNATURE_SIZE 64

/* Appends the envelope. signature is SIGNED_SIGNATURE_SIZE bytes, policy at most
 * WIRE_POLICY_MAX. */
RESULT signed_encode(struct bytes policy, struct bytes signature, struct buffer *ret_envelope);

/* Views into the envelope's copy in the arena. Outcome: BATCH_INVALID. */
RESULT signed_decode(struct bytes envelope, struct arena *arena, struct bytes *ret_policy,
                     struct bytes *ret_signature);
