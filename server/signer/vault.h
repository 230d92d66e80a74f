#pragma once

/*
 * The vault: the signer's keys, and the last (size, root) that it signed, in DIR/signer
 *
 *     keys    CA key, CA certificate, audit seed, policy seed: made once
 *     last    u64 size, root 32: replaced before a checkpoint leaves
 *     saml    RSA key that signs SAML requests, and its certificate: made when first asked for
 *
 * All are boxes (crypto/aead.h) under the signer key. A vault that was used and has lost a file
 * is refused: new keys would orphan every device, and a lost `last` would let the log be rewound.
 */

#include <stdbool.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/result.h"
#include "crypto/hash.h"

enum {
    VAULT_KEY = 1, /* not opened by this key */
    VAULT_LOST,    /* a file of a vault that was used is missing */
    VAULT_DENIED,  /* the directory may not be read or written */
};

struct vault;

/* Opens DIR/signer; makes keys at first start (established false). Outcomes: VAULT_KEY, VAULT_LOST,
 * VAULT_DENIED. */
RESULT vault_open(struct vault **ret_vault, const char *directory, struct bytes key,
                  bool established, int64_t now);
struct vault *vault_free(struct vault *vault);
DEFINE_CLEANUP(struct vault *, vault_free)

struct bytes vault_ca_key(const struct vault *vault);
struct bytes vault_ca_certificate(const struct vault *vault);
struct bytes vault_audit_seed(const struct vault *vault);
struct bytes vault_policy_seed(const struct vault *vault);

/* The key and certificate for SAML requests. Outcome: VAULT_DENIED. */
RESULT vault_saml(struct vault *vault, int64_t now, struct bytes *ret_key,
                  struct bytes *ret_certificate);

uint64_t vault_last_size(const struct vault *vault);
const struct hash *vault_last_root(const struct vault *vault);

/* Remembers what is about to be signed; durable when it returns. */
RESULT vault_set_last(struct vault *vault, uint64_t size, const struct hash *root);
