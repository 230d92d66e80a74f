#pragma once

/*
 * The Merkle tree of the audit log: RFC 6962 §2.1 (RFC 9162 §2.1)
 *
 *     leaf hash  SHA-256(0x00 || entry)         node hash  SHA-256(0x01 || left || right)
 *
 * Nodes of complete subtrees never change: node (level, index) covers leaves [index << level,
 * (index + 1) << level). Whoever keeps them (records.db) gives them through a reader; nothing else
 * is needed for roots and proofs. Pure.
 */

#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/result.h"
#include "crypto/hash.h"

enum {
    TREE_FORGED = 1, /* a proof does not prove it */
};

/* Reads a complete node's hash; called for nodes that exist at the size asked about. Faults pass
 * through. */
typedef int tree_read(void *store, unsigned level, uint64_t index, struct hash *ret_hash);
/* Keeps a complete node's hash. */
typedef int tree_write(void *store, unsigned level, uint64_t index, const struct hash *hash);

RESULT tree_leaf_hash(struct bytes entry, struct hash *ret_hash);

/* Appends leaf number size (the tree's size before): writes the leaf and every node it completes.
 */
RESULT tree_append(uint64_t size, const struct hash *leaf, tree_read *read, tree_write *write,
                   void *store);

/* The root of the first size leaves; of none it is SHA-256 of nothing. */
RESULT tree_root(uint64_t size, tree_read *read, void *store, struct hash *ret_root);

/*
 * The place of a node among all nodes in the order in which tree_append() writes them: each leaf,
 * then what it completes. Kept in this order, a log only ever grows at its end.
 */
uint64_t tree_position(unsigned level, uint64_t index);

#define TREE_PROOF_MAX 130

struct tree_proof {
    struct hash at[TREE_PROOF_MAX];
    size_t count;
};

/* index < size. RFC 6962 §2.1.1. */
RESULT tree_inclusion(uint64_t index, uint64_t size, tree_read *read, void *store,
                      struct tree_proof *ret_proof);
/* old_size <= new_size. RFC 6962 §2.1.2. */
RESULT tree_consistency(uint64_t old_size, uint64_t new_size, tree_read *read, void *store,
                        struct tree_proof *ret_proof);

/* Outcome: TREE_FORGED. */
RESULT tree_check_inclusion(const struct hash *leaf, uint64_t index, uint64_t size,
                            const struct tree_proof *proof, const struct hash *root);
RESULT tree_check_consistency(uint64_t old_size, const struct hash *old_root, uint64_t new_size,
                              const struct hash *new_root, const struct tree_proof *proof);
