/*
 * Verification of the audit log, in one pass and little memory
 *
 * Entries are read in order; each level of the tree is a second row of readers that moves along
 * with them: when a node is complete, its level's next stored row must be that node. What is left
 * over anywhere at the end was inserted, or what it belonged to was cut off. Checkpoints are a
 * third reader: each must be signed, and its root must be the one that the entries had at its size.
 */

#include "store/records/nouns.h"
#include "store/records/records-private.h"

#define LEVELS 64
#define NO_ENTRY UINT64_MAX

struct verifier {
    struct records_tx *tx;
    const uint8_t *public_key;
    struct sql_statement *nodes;
    struct hash peaks[LEVELS]; /* peaks[l] is a complete subtree's, where size has bit l */
    uint64_t size;             /* entries that hold, so far */
    uint64_t checkpoint_size;
    struct sql_statement *checkpoints;
    uint64_t next_checkpoint;
    bool more_checkpoints;
    uint64_t first_bad;
};

static void end_verifier(struct verifier *verifier)
{
    (void)sql_end(verifier->nodes);
    (void)sql_end(verifier->checkpoints);
}

static void end_verifier_at(struct verifier *verifier)
{
    end_verifier(verifier);
}

static int bad(struct verifier *verifier, uint64_t index)
{
    verifier->first_bad = index;
    return TREE_FORGED;
}

/* What cannot be read any more does not hold. */
static int judge(struct verifier *verifier, int r, uint64_t index)
{
    return r == ERR_CORRUPT ? bad(verifier, index) : r;
}

/* ---- nodes ---- */

/* The node that was computed must be the next one stored. */
static int check_node(struct verifier *verifier, unsigned level, uint64_t index,
                      const struct hash *hash)
{
    struct sql_statement *row = verifier->nodes;
    struct bytes stored;
    int r = sql_next(row);

    if (r == SQL_DONE)
        return bad(verifier, index << level);
    if (r)
        return judge(verifier, r, index << level);
    stored = sql_bytes(row, 1);
    if ((uint64_t)sql_i64(row, 0) != tree_position(level, index) || stored.len != HASH_SIZE ||
        memcmp(stored.at, hash->at, HASH_SIZE) != 0)
        return bad(verifier, index << level);
    return 0;
}

/* The peaks of size leaves, handed to tree/ as a reader: they are all that a root needs. */
static int read_peak(void *store, unsigned level, uint64_t index, struct hash *ret_hash)
{
    struct verifier *verifier = store;

    (void)index;
    *ret_hash = verifier->peaks[level];
    return 0;
}

/* A left sibling of the newest leaf's way up is always a peak. */
static int keep_node(void *store, unsigned level, uint64_t index, const struct hash *hash)
{
    struct verifier *verifier = store;
    int r = check_node(verifier, level, index, hash);

    if (r)
        return r;
    if (!(index & 1))
        verifier->peaks[level] = *hash;
    return 0;
}

/* Nothing is stored that no entry accounts for. */
static int check_no_more_nodes(struct verifier *verifier)
{
    int r = sql_next(verifier->nodes);

    if (r == SQL_DONE)
        return 0;
    return r ? judge(verifier, r, verifier->size) : bad(verifier, verifier->size);
}

/* ---- checkpoints ---- */

static int next_checkpoint(struct verifier *verifier)
{
    int r = sql_next(verifier->checkpoints);

    verifier->more_checkpoints = r == 0;
    if (r == SQL_DONE)
        return 0;
    if (r)
        return judge(verifier, r, NO_ENTRY);
    verifier->next_checkpoint = (uint64_t)sql_i64(verifier->checkpoints, 0);
    return 0;
}

/* The checkpoint whose size is that of the entries read. */
static int check_checkpoint(struct verifier *verifier)
{
    struct checkpoint checkpoint;
    struct hash root;
    int r = checkpoint_open(sql_bytes(verifier->checkpoints, 1), verifier->public_key, &checkpoint);

    if (r)
        return r > 0 ? bad(verifier, NO_ENTRY) : r;
    r = tree_root(verifier->size, read_peak, verifier, &root);
    if (r)
        return r;
    if (checkpoint.size != verifier->size || memcmp(checkpoint.root.at, root.at, HASH_SIZE) != 0)
        return bad(verifier, NO_ENTRY);
    verifier->checkpoint_size = checkpoint.size;
    return next_checkpoint(verifier);
}

/* ---- the pass ---- */

static int check_entry(struct verifier *verifier, struct sql_statement *row)
{
    struct hash leaf;
    int r;

    if ((uint64_t)sql_i64(row, 0) != verifier->size)
        return bad(verifier, verifier->size);
    r = tree_leaf_hash(sql_bytes(row, 1), &leaf);
    if (r == 0)
        r = tree_append(verifier->size, &leaf, read_peak, keep_node, verifier);
    if (r)
        return r;
    verifier->size++;
    return 0;
}

/* Reads every entry, and every checkpoint when its size is reached. */
static int check_entries(struct verifier *verifier)
{
    CLEANUP(sql_end) struct sql_statement *entries = NULL;
    int r =
        sql_prepare(verifier->tx->sql, "SELECT idx, entry FROM audit_entry ORDER BY idx", &entries);

    while (r == 0) {
        if (verifier->more_checkpoints && verifier->next_checkpoint == verifier->size)
            r = check_checkpoint(verifier);
        if (r)
            return r;
        r = sql_next(entries);
        if (r == SQL_DONE)
            return 0;
        r = r ? judge(verifier, r, verifier->size) : check_entry(verifier, entries);
    }
    return r;
}

static int check_all(struct verifier *verifier)
{
    int r = sql_prepare(verifier->tx->sql, "SELECT size, note FROM audit_checkpoint ORDER BY size",
                        &verifier->checkpoints);

    if (r == 0)
        r = sql_prepare(verifier->tx->sql,
                        "SELECT position, hash FROM audit_node ORDER BY position",
                        &verifier->nodes);
    if (r == 0)
        r = next_checkpoint(verifier);
    if (r == 0)
        r = check_entries(verifier);
    if (r)
        return r;
    /* A checkpoint of more entries than there are: the newest were cut off. */
    if (verifier->more_checkpoints)
        return bad(verifier, verifier->size);
    return check_no_more_nodes(verifier);
}

int records_audit_verify(struct records_tx *tx, const uint8_t public_key[SIGN_PUBLIC_SIZE],
                         struct records_audit_finding *ret_finding)
{
    CLEANUP(end_verifier)
    struct verifier verifier = {
        .tx = tx,
        .public_key = public_key,
        .first_bad = NO_ENTRY,
    };
    int r = check_all(&verifier);

    if (r != 0 && r != TREE_FORGED)
        return r;
    *ret_finding = (struct records_audit_finding){
        .size = verifier.size,
        .checkpoint_size = verifier.checkpoint_size,
        .first_bad = verifier.first_bad,
    };
    return r;
}

int records_check_pages(struct records_tx *tx)
{
    CLEANUP(sql_end) struct sql_statement *check = NULL;
    int r = sql_prepare(tx->sql, "PRAGMA cipher_integrity_check", &check);

    if (r == 0)
        r = sql_next(check);
    /* A row is a page that is wrong. */
    return r == SQL_DONE ? 0 : r ? r : FAULT(ERR_CORRUPT);
}
