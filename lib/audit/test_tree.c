#include "audit/tree.h"

#include "base/hex.h"
#include "tap.h"

#define SIZES 200
#define LEVELS 9

/* The nodes of a tree in memory, and whether each was written: reading another is our bug. */
static struct hash nodes[LEVELS][SIZES + 1];
static bool written[LEVELS][SIZES + 1];
static struct hash leaves[SIZES + 1];
static uint64_t writes;

static int read_node(void *store, unsigned level, uint64_t index, struct hash *ret_hash)
{
    (void)store;
    CHECK(level < LEVELS && index <= SIZES && written[level][index]);
    *ret_hash = nodes[level][index];
    return 0;
}

static int write_node(void *store, unsigned level, uint64_t index, const struct hash *hash)
{
    (void)store;
    CHECK(level < LEVELS && index <= SIZES && !written[level][index]);
    CHECK(tree_position(level, index) == writes++);
    written[level][index] = true;
    nodes[level][index] = *hash;
    return 0;
}

static int fail_read(void *store, unsigned level, uint64_t index, struct hash *ret_hash)
{
    (void)store, (void)level, (void)index, (void)ret_hash;
    return ERR_SYSTEM;
}

static void build(size_t size, void (*leaf_of)(size_t index, struct hash *ret_hash))
{
    memset(written, 0, sizeof(written));
    writes = 0;
    for (size_t i = 0; i < size; i++) {
        leaf_of(i, &leaves[i]);
        CHECK(tree_append(i, &leaves[i], read_node, write_node, NULL) == 0);
    }
}

static void number_leaf(size_t index, struct hash *ret_hash)
{
    uint8_t bytes[] = {(uint8_t)index, (uint8_t)(index >> 8)};

    CHECK(tree_leaf_hash((struct bytes){bytes, 2}, ret_hash) == 0);
}

static bool equal(const struct hash *a, const struct hash *b)
{
    return memcmp(a->at, b->at, HASH_SIZE) == 0;
}

/* ---- RFC 6962 §2.1 as it is written there, slow and plain ---- */

static size_t largest_power_below(size_t n)
{
    size_t k = 1;

    while (k * 2 < n)
        k *= 2;
    return k;
}

static struct hash naive_root(size_t start, size_t n)
{
    struct hash out;
    struct hash left;
    struct hash right;
    size_t k;
    uint8_t one = 1;

    if (n == 0) {
        CHECK(hash_bytes((struct bytes){0}, &out) == 0);
        return out;
    }
    if (n == 1)
        return leaves[start];
    k = largest_power_below(n);
    left = naive_root(start, k);
    right = naive_root(start + k, n - k);
    CHECK(hash_pieces((struct bytes[]){{&one, 1}, {left.at, HASH_SIZE}, {right.at, HASH_SIZE}}, 3,
                      &out) == 0);
    return out;
}

static void naive_path(size_t m, size_t start, size_t n, struct tree_proof *proof)
{
    size_t k;

    if (n == 1)
        return;
    k = largest_power_below(n);
    if (m < k) {
        naive_path(m, start, k, proof);
        proof->at[proof->count++] = naive_root(start + k, n - k);
    } else {
        naive_path(m - k, start + k, n - k, proof);
        proof->at[proof->count++] = naive_root(start, k);
    }
}

static void naive_subproof(size_t m, size_t start, size_t n, bool whole, struct tree_proof *proof)
{
    size_t k;

    if (m == n) {
        if (!whole)
            proof->at[proof->count++] = naive_root(start, n);
        return;
    }
    k = largest_power_below(n);
    if (m <= k) {
        naive_subproof(m, start, k, whole, proof);
        proof->at[proof->count++] = naive_root(start + k, n - k);
    } else {
        naive_subproof(m - k, start + k, n - k, false, proof);
        proof->at[proof->count++] = naive_root(start, k);
    }
}

static bool same_proof(const struct tree_proof *a, const struct tree_proof *b)
{
    return a->count == b->count && memcmp(a->at, b->at, a->count * HASH_SIZE) == 0;
}

/* ---- published vectors: those of the Certificate Transparency project's own tests ---- */

static void published_leaf(size_t index, struct hash *ret_hash)
{
    static const char *const inputs[] = {
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    };
    uint8_t bytes[16];
    size_t len = strlen(inputs[index]) / 2;

    CHECK(hex_parse(text_of(inputs[index]), bytes, len) == 0);
    CHECK(tree_leaf_hash((struct bytes){bytes, len}, ret_hash) == 0);
}

static struct hash hash_of(const char *digits)
{
    struct hash hash = {{0}};

    CHECK(hex_parse(text_of(digits), hash.at, HASH_SIZE) == 0);
    return hash;
}

static void roots_are_the_published_ones(void)
{
    static const char *const roots[] = {
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    };

    build(8, published_leaf);
    for (size_t size = 0; size <= 8; size++) {
        struct hash expected = hash_of(roots[size]);
        struct hash root;

        CHECK(tree_root(size, read_node, NULL, &root) == 0);
        CHECK(equal(&root, &expected));
    }
}

static void check_published(const struct tree_proof *proof, const char *const *digits, size_t count)
{
    CHECK(proof->count == count);
    for (size_t i = 0; i < count; i++) {
        struct hash expected = hash_of(digits[i]);

        CHECK(equal(&proof->at[i], &expected));
    }
}

static void proofs_are_the_published_ones(void)
{
    static const char *const first_of_8[] = {
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    };
    static const char *const from_6_to_8[] = {
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    };
    struct tree_proof proof;

    build(8, published_leaf);
    CHECK(tree_inclusion(0, 8, read_node, NULL, &proof) == 0);
    check_published(&proof, first_of_8, 3);
    CHECK(tree_consistency(1, 8, read_node, NULL, &proof) == 0);
    check_published(&proof, first_of_8, 3);
    CHECK(tree_consistency(6, 8, read_node, NULL, &proof) == 0);
    check_published(&proof, from_6_to_8, 3);
}

/* ---- against the plain form, for every size ---- */

static void every_root_is_that_of_the_plain_form(void)
{
    build(SIZES, number_leaf);
    for (size_t size = 0; size <= SIZES; size++) {
        struct hash expected = naive_root(0, size);
        struct hash root;

        CHECK(tree_root(size, read_node, NULL, &root) == 0);
        CHECK(equal(&root, &expected));
    }
}

static void every_inclusion_proof_is_that_of_the_plain_form_and_holds(void)
{
    static struct tree_proof proof;
    static struct tree_proof expected;

    build(SIZES, number_leaf);
    for (size_t size = 1; size <= SIZES; size += size < 70 ? 1 : 13) {
        struct hash root = naive_root(0, size);

        for (size_t index = 0; index < size; index++) {
            expected.count = 0;
            naive_path(index, 0, size, &expected);
            CHECK(tree_inclusion(index, size, read_node, NULL, &proof) == 0);
            CHECK(same_proof(&proof, &expected));
            CHECK(tree_check_inclusion(&leaves[index], index, size, &proof, &root) == 0);
        }
    }
}

static void every_consistency_proof_is_that_of_the_plain_form_and_holds(void)
{
    static struct tree_proof proof;
    static struct tree_proof expected;
    static struct hash roots[SIZES + 1];

    build(SIZES, number_leaf);
    for (size_t size = 0; size <= SIZES; size++)
        roots[size] = naive_root(0, size);
    for (size_t size = 0; size <= SIZES; size += size < 70 ? 1 : 13) {
        for (size_t old = 0; old <= size; old++) {
            expected.count = 0;
            if (old > 0)
                naive_subproof(old, 0, size, true, &expected);
            CHECK(tree_consistency(old, size, read_node, NULL, &proof) == 0);
            CHECK(same_proof(&proof, &expected));
            CHECK(tree_check_consistency(old, &roots[old], size, &roots[size], &proof) == 0);
        }
    }
}

static void flip(struct hash *hash, unsigned bit)
{
    hash->at[bit / 8 % HASH_SIZE] ^= (uint8_t)(1 << bit % 8);
}

static void an_inclusion_proof_that_was_changed_is_forged(void)
{
    static struct tree_proof proof;

    build(SIZES, number_leaf);
    for (size_t size = 1; size <= 40; size++) {
        struct hash root = naive_root(0, size);

        for (size_t index = 0; index < size; index++) {
            struct hash leaf = leaves[index];

            CHECK(tree_inclusion(index, size, read_node, NULL, &proof) == 0);
            for (size_t other = 0; other <= size; other++)
                CHECK(other == index ||
                      tree_check_inclusion(&leaf, other, size, &proof, &root) == TREE_FORGED);
            for (size_t i = 0; i < proof.count; i++) {
                flip(&proof.at[i], (unsigned)(size * 7 + i));
                CHECK(tree_check_inclusion(&leaf, index, size, &proof, &root) == TREE_FORGED);
                flip(&proof.at[i], (unsigned)(size * 7 + i));
            }
            flip(&leaf, 5);
            CHECK(tree_check_inclusion(&leaf, index, size, &proof, &root) == TREE_FORGED);
            flip(&leaf, 5);
            proof.at[proof.count++] = root;
            CHECK(tree_check_inclusion(&leaf, index, size, &proof, &root) == TREE_FORGED);
            if (proof.count >= 2) {
                proof.count -= 2;
                CHECK(tree_check_inclusion(&leaf, index, size, &proof, &root) == TREE_FORGED);
            }
        }
    }
}

static void a_consistency_proof_that_was_changed_is_forged(void)
{
    static struct tree_proof proof;

    build(SIZES, number_leaf);
    for (size_t size = 1; size <= 40; size++) {
        struct hash new_root = naive_root(0, size);

        for (size_t old = 0; old <= size; old++) {
            struct hash old_root = naive_root(0, old);

            CHECK(tree_consistency(old, size, read_node, NULL, &proof) == 0);
            for (size_t i = 0; i < proof.count; i++) {
                flip(&proof.at[i], (unsigned)(size * 7 + i));
                CHECK(tree_check_consistency(old, &old_root, size, &new_root, &proof) ==
                      TREE_FORGED);
                flip(&proof.at[i], (unsigned)(size * 7 + i));
            }
            flip(&old_root, 9);
            CHECK(tree_check_consistency(old, &old_root, size, &new_root, &proof) == TREE_FORGED);
            flip(&old_root, 9);
            /* From nothing, everything follows: there the new root is not in question. */
            flip(&new_root, 9);
            CHECK(old == 0 ||
                  tree_check_consistency(old, &old_root, size, &new_root, &proof) == TREE_FORGED);
            flip(&new_root, 9);
            proof.at[proof.count++] = new_root;
            CHECK(tree_check_consistency(old, &old_root, size, &new_root, &proof) == TREE_FORGED);
            if (proof.count >= 2) {
                proof.count -= 2;
                CHECK(tree_check_consistency(old, &old_root, size, &new_root, &proof) ==
                      TREE_FORGED);
            }
        }
    }
}

static void a_position_is_the_order_of_writing(void)
{
    build(SIZES, number_leaf);
    CHECK(writes == 2 * SIZES - 3); /* 200 is 128 + 64 + 8: three trees, each with one node less */
}

static void sizes_that_cannot_be_are_forged(void)
{
    struct tree_proof proof = {.count = 0};
    struct hash root = {{0}};

    CHECK(tree_check_inclusion(&root, 0, 0, &proof, &root) == TREE_FORGED);
    CHECK(tree_check_inclusion(&root, UINT64_MAX, UINT64_MAX, &proof, &root) == TREE_FORGED);
    CHECK(tree_check_consistency(2, &root, 1, &root, &proof) == TREE_FORGED);
    CHECK(tree_check_consistency(1, &root, UINT64_MAX, &root, &proof) == TREE_FORGED);
    proof.count = TREE_PROOF_MAX + 1;
    CHECK(tree_check_inclusion(&root, 0, 1, &proof, &root) == TREE_FORGED);
    CHECK(tree_check_consistency(1, &root, 2, &root, &proof) == TREE_FORGED);
}

static void faults_of_the_store_pass_through(void)
{
    static struct tree_proof proof;
    struct hash hash = {{0}};

    memset(written, 0, sizeof(written));
    writes = tree_position(0, 1);
    CHECK(tree_root(3, fail_read, NULL, &hash) == ERR_SYSTEM);
    CHECK(tree_inclusion(0, 2, fail_read, NULL, &proof) == ERR_SYSTEM);
    CHECK(tree_consistency(1, 2, fail_read, NULL, &proof) == ERR_SYSTEM);
    CHECK(tree_append(1, &hash, fail_read, write_node, NULL) == ERR_SYSTEM);
}

int main(void)
{
    RUN(roots_are_the_published_ones);
    RUN(proofs_are_the_published_ones);
    RUN(every_root_is_that_of_the_plain_form);
    RUN(every_inclusion_proof_is_that_of_the_plain_form_and_holds);
    RUN(every_consistency_proof_is_that_of_the_plain_form_and_holds);
    RUN(an_inclusion_proof_that_was_changed_is_forged);
    RUN(a_consistency_proof_that_was_changed_is_forged);
    RUN(a_position_is_the_order_of_writing);
    RUN(sizes_that_cannot_be_are_forged);
    RUN(faults_of_the_store_pass_through);
    return tap_done();
}
