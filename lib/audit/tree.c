#include "audit/tree.h"

#include <assert.h>

static int node_hash(const struct hash *left, const struct hash *right, struct hash *ret_hash)
{
    static const uint8_t prefix = 1;
    const struct bytes pieces[] = {{&prefix, 1}, {left->at, HASH_SIZE}, {right->at, HASH_SIZE}};

    return hash_pieces(pieces, 3, ret_hash);
}

int tree_leaf_hash(struct bytes entry, struct hash *ret_hash)
{
    static const uint8_t prefix = 0;
    const struct bytes pieces[] = {{&prefix, 1}, entry};

    return hash_pieces(pieces, 2, ret_hash);
}

int tree_append(uint64_t size, const struct hash *leaf, tree_read *read, tree_write *write,
                void *store)
{
    struct hash hash = *leaf;
    uint64_t index = size;
    unsigned level = 0;
    int r = write(store, level, index, &hash);

    /* A right child completes its parent. */
    while (r == 0 && (index & 1)) {
        struct hash left;

        r = read(store, level, index - 1, &left);
        if (r)
            return r;
        r = node_hash(&left, &hash, &hash);
        if (r)
            return r;
        level++;
        index >>= 1;
        r = write(store, level, index, &hash);
    }
    return r;
}

uint64_t tree_position(unsigned level, uint64_t index)
{
    /* The leaf that completes it comes after that many, which have completed 2 * n - bits(n). */
    uint64_t last = ((index + 1) << level) - 1;

    return 2 * last - (uint64_t)__builtin_popcountll(last) + level;
}

/*
 * The hash of leaves [start, end), where start is a multiple of every power of two that is part of
 * the count: the complete subtrees from the largest on, folded together from the right.
 */
static int range_root(uint64_t start, uint64_t end, tree_read *read, void *store,
                      struct hash *ret_root)
{
    struct hash peaks[64];
    size_t count = 0;
    struct hash hash;
    int r;

    for (unsigned level = 64; level-- > 0;) {
        if (!((end - start) >> level & 1))
            continue;
        r = read(store, level, start >> level, &peaks[count++]);
        if (r)
            return r;
        /* The bit that was just taken is gone from end - start. */
        start += (uint64_t)1 << level;
    }
    assert(count > 0);
    hash = peaks[count - 1];
    while (count-- > 1) {
        r = node_hash(&peaks[count - 1], &hash, &hash);
        if (r)
            return r;
    }
    *ret_root = hash;
    return 0;
}

int tree_root(uint64_t size, tree_read *read, void *store, struct hash *ret_root)
{
    if (size == 0)
        return hash_bytes((struct bytes){0}, ret_root);
    return range_root(0, size, read, store, ret_root);
}

/* The largest power of two smaller than count, which is at least 2. */
static uint64_t split(uint64_t count)
{
    return (uint64_t)1 << (63 - __builtin_clzll(count - 1));
}

/* Proofs are found from the root down and written from the leaf up. */
static void reverse(struct tree_proof *proof)
{
    for (size_t i = 0; i < proof->count / 2; i++) {
        struct hash other = proof->at[proof->count - 1 - i];

        proof->at[proof->count - 1 - i] = proof->at[i];
        proof->at[i] = other;
    }
}

int tree_inclusion(uint64_t index, uint64_t size, tree_read *read, void *store,
                   struct tree_proof *ret_proof)
{
    struct tree_proof proof = {.count = 0};
    uint64_t start = 0;
    uint64_t end = size;
    int r;

    assert(index < size);
    while (end - start > 1) {
        uint64_t middle = start + split(end - start);
        bool left = index < middle;

        r = range_root(left ? middle : start, left ? end : middle, read, store,
                       &proof.at[proof.count++]);
        if (r)
            return r;
        if (left)
            end = middle;
        else
            start = middle;
    }
    reverse(&proof);
    *ret_proof = proof;
    return 0;
}

int tree_consistency(uint64_t old_size, uint64_t new_size, tree_read *read, void *store,
                     struct tree_proof *ret_proof)
{
    struct tree_proof proof = {.count = 0};
    uint64_t start = 0;
    uint64_t end = new_size;
    int r;

    assert(old_size <= new_size);
    while (old_size > 0 && old_size != end) {
        uint64_t middle = start + split(end - start);
        bool left = old_size <= middle;

        r = range_root(left ? middle : start, left ? end : middle, read, store,
                       &proof.at[proof.count++]);
        if (r)
            return r;
        if (left)
            end = middle;
        else
            start = middle;
    }
    /* The old tree's own root is known to whoever checks, unless the way went right. */
    if (old_size > 0 && start > 0) {
        r = range_root(start, end, read, store, &proof.at[proof.count++]);
        if (r)
            return r;
    }
    reverse(&proof);
    *ret_proof = proof;
    return 0;
}

static bool hash_equal(const struct hash *a, const struct hash *b)
{
    return memcmp(a->at, b->at, HASH_SIZE) == 0;
}

/* RFC 9162 §2.1.3.2. */
int tree_check_inclusion(const struct hash *leaf, uint64_t index, uint64_t size,
                         const struct tree_proof *proof, const struct hash *root)
{
    struct hash hash = *leaf;
    uint64_t last;
    int r;

    if (index >= size || proof->count > TREE_PROOF_MAX)
        return TREE_FORGED;
    last = size - 1;
    for (size_t i = 0; i < proof->count; i++) {
        if (last == 0)
            return TREE_FORGED;
        if ((index & 1) || index == last) {
            r = node_hash(&proof->at[i], &hash, &hash);
            while (!(index & 1) && index != 0) {
                index >>= 1;
                last >>= 1;
            }
        } else {
            r = node_hash(&hash, &proof->at[i], &hash);
        }
        if (r)
            return r;
        index >>= 1;
        last >>= 1;
    }
    return last == 0 && hash_equal(&hash, root) ? 0 : TREE_FORGED;
}

/* RFC 9162 §2.1.4.2, from step 4 on: both roots are built from the same path. */
static int climb(uint64_t old_last, uint64_t new_last, const struct hash *path, size_t count,
                 struct hash *ret_old, struct hash *ret_new)
{
    struct hash old_hash = path[0];
    struct hash new_hash = path[0];
    int r;

    while (old_last & 1) {
        old_last >>= 1;
        new_last >>= 1;
    }
    for (size_t i = 1; i < count; i++) {
        if (new_last == 0)
            return TREE_FORGED;
        if ((old_last & 1) || old_last == new_last) {
            r = node_hash(&path[i], &old_hash, &old_hash);
            if (r)
                return r;
            r = node_hash(&path[i], &new_hash, &new_hash);
            while (!(old_last & 1) && old_last != 0) {
                old_last >>= 1;
                new_last >>= 1;
            }
        } else {
            r = node_hash(&new_hash, &path[i], &new_hash);
        }
        if (r)
            return r;
        old_last >>= 1;
        new_last >>= 1;
    }
    if (new_last != 0)
        return TREE_FORGED;
    *ret_old = old_hash;
    *ret_new = new_hash;
    return 0;
}

static int check_from_nothing(const struct hash *old_root)
{
    struct hash empty;
    int r = hash_bytes((struct bytes){0}, &empty);

    if (r)
        return r;
    return hash_equal(&empty, old_root) ? 0 : TREE_FORGED;
}

int tree_check_consistency(uint64_t old_size, const struct hash *old_root, uint64_t new_size,
                           const struct hash *new_root, const struct tree_proof *proof)
{
    struct hash path[TREE_PROOF_MAX + 1];
    size_t count = 0;
    struct hash old_hash;
    struct hash new_hash;
    int r;

    if (old_size > new_size || proof->count > TREE_PROOF_MAX)
        return TREE_FORGED;
    if (old_size == new_size)
        return proof->count == 0 && hash_equal(old_root, new_root) ? 0 : TREE_FORGED;
    if (old_size == 0)
        return proof->count == 0 ? check_from_nothing(old_root) : TREE_FORGED;
    if (proof->count == 0)
        return TREE_FORGED;
    if ((old_size & (old_size - 1)) == 0)
        path[count++] = *old_root;
    for (size_t i = 0; i < proof->count; i++)
        path[count++] = proof->at[i];
    r = climb(old_size - 1, new_size - 1, path, count, &old_hash, &new_hash);
    if (r)
        return r;
    return hash_equal(&old_hash, old_root) && hash_equal(&new_hash, new_root) ? 0 : TREE_FORGED;
}
