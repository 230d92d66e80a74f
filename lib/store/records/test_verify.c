/*
 * The audit log under an attacker who can change any byte of the database: what verification finds
 *
 * With an argument ("test_records_verify 300"), the log under test has that many entries.
 */

#include <stdio.h>
#include <stdlib.h>

#include "store/records/nouns.h"
#include "store/records/records-private.h"
#include "tap.h"

#define NONE UINT64_MAX

static const uint8_t seed_bytes[SIGN_SEED_SIZE] = "the seed of the checkpoint tests";
static const struct bytes seed = {seed_bytes, SIGN_SEED_SIZE};
static uint8_t public_key[SIGN_PUBLIC_SIZE];
static uint64_t entries = 40;

static struct sql *make_log(void)
{
    struct sql_options options = {.path = ":memory:"};
    struct sql *sql = NULL;

    CHECK(sql_open(&sql, &options) == 0);
    CHECK(records_migrate(sql) == 0);
    /* The attacker is not held up by triggers. */
    CHECK(sql_script(sql, "DROP TRIGGER audit_entry_kept; DROP TRIGGER audit_entry_stays;"
                          "DROP TRIGGER audit_node_kept; DROP TRIGGER audit_node_stays;") == 0);
    return sql;
}

static void append(struct sql *sql, uint64_t number)
{
    struct records_tx tx = {.sql = sql};
    char target[32];
    uint64_t index = NONE;
    struct audit_entry entry = {
        .at = 1790000000000 + (int64_t)number * 977,
        .actor = AUDIT_USER,
        .actor_id = text_of("17"),
        .action = text_of("person.view"),
        .source = text_of("192.0.2.7"),
    };

    (void)snprintf(target, sizeof(target), "person:%u", (unsigned)number);
    entry.target = text_of(target);
    CHECK(records_audit_append(&tx, &entry, &index) == 0 && index == number);
}

static void sign(struct sql *sql)
{
    CLEANUP(buffer_deinit) struct buffer note = buffer_init(CHECKPOINT_NOTE_MAX);
    struct records_tx tx = {.sql = sql};
    struct checkpoint checkpoint = {.origin = text_of("ward/test")};

    CHECK(records_audit_size(&tx, &checkpoint.size) == 0);
    CHECK(records_audit_root(&tx, checkpoint.size, &checkpoint.root) == 0);
    CHECK(checkpoint_sign(&checkpoint, seed, &note) == 0);
    CHECK(records_checkpoint_add(&tx, checkpoint.size, 1, buffer_bytes(&note)) == 0);
}

/* A log of count entries, with checkpoints at a third and at the end. */
static struct sql *fill_log(uint64_t count)
{
    struct sql *sql = make_log();

    CHECK(sql_begin(sql) == 0);
    for (uint64_t i = 0; i < count; i++) {
        append(sql, i);
        if (i + 1 == count / 3 || i + 1 == count)
            sign(sql);
    }
    CHECK(sql_commit(sql) == 0);
    return sql;
}

static int verify(struct sql *sql, struct records_audit_finding *ret_finding)
{
    struct records_tx tx = {.sql = sql};

    *ret_finding = (struct records_audit_finding){0};
    return records_audit_verify(&tx, public_key, ret_finding);
}

static void check_forged(struct sql *sql, uint64_t first_bad)
{
    struct records_audit_finding finding;

    CHECK(verify(sql, &finding) == TREE_FORGED);
    CHECK(finding.first_bad == first_bad);
}

static void check_holds(struct sql *sql, uint64_t size, uint64_t checkpoint_size)
{
    struct records_audit_finding finding;

    CHECK(verify(sql, &finding) == 0);
    CHECK(finding.size == size && finding.checkpoint_size == checkpoint_size);
    CHECK(finding.first_bad == NONE);
}

static void a_log_that_nobody_touched_holds_at_every_size(void)
{
    CLEANUP(sql_free) struct sql *sql = make_log();

    check_holds(sql, 0, 0);
    sign(sql);
    check_holds(sql, 0, 0);
    for (uint64_t i = 0; i < 70; i++) {
        append(sql, i);
        check_holds(sql, i + 1, i / 8 * 8);
        if (i % 8 == 7) {
            sign(sql);
            check_holds(sql, i + 1, i + 1);
        }
    }
}

/* ---- one bit ---- */

/* A value of a table, by its row: what is changed and put back. */
struct cell {
    const char *name;
    int (*read)(struct sql *sql, uint64_t row, uint8_t *ret_bytes, size_t *ret_len,
                uint64_t *ret_covers);
    void (*write)(struct sql *sql, uint64_t row, struct bytes value);
};

#define CELL_MAX 1024
#define NODES_OF_40 (40 + 20 + 10 + 5 + 2 + 1)

static int take_cell(struct sql_statement *statement, uint8_t *ret_bytes, size_t *ret_len)
{
    struct bytes value = sql_bytes(statement, 0);

    CHECK(value.len <= CELL_MAX);
    memcpy(ret_bytes, value.at, value.len);
    *ret_len = value.len;
    return 0;
}

static int read_entry(struct sql *sql, uint64_t row, uint8_t *ret_bytes, size_t *ret_len,
                      uint64_t *ret_covers)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r;

    CHECK(sql_prepare(sql, "SELECT entry FROM audit_entry WHERE idx = $1", &statement) == 0);
    sql_bind_i64(statement, 1, (int64_t)row);
    r = sql_next(statement);
    *ret_covers = row;
    return r ? r : take_cell(statement, ret_bytes, ret_len);
}

static void write_entry(struct sql *sql, uint64_t row, struct bytes value)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;

    CHECK(sql_prepare(sql, "UPDATE audit_entry SET entry = $2 WHERE idx = $1", &statement) == 0);
    sql_bind_i64(statement, 1, (int64_t)row);
    sql_bind_bytes(statement, 2, value);
    CHECK(sql_run(statement) == 0 && sql_changes(sql) == 1);
}

/* The first leaf below the node at that position. */
static uint64_t covered_by(uint64_t position)
{
    for (uint64_t last = 0;; last++) {
        for (unsigned level = 0; level == 0 || (last >> (level - 1) & 1); level++) {
            if (position-- == 0)
                return last + 1 - ((uint64_t)1 << level);
        }
    }
}

static int read_node(struct sql *sql, uint64_t row, uint8_t *ret_bytes, size_t *ret_len,
                     uint64_t *ret_covers)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r;

    CHECK(sql_prepare(sql, "SELECT hash FROM audit_node WHERE position = $1", &statement) == 0);
    sql_bind_i64(statement, 1, (int64_t)row);
    r = sql_next(statement);
    *ret_covers = covered_by(row);
    return r ? r : take_cell(statement, ret_bytes, ret_len);
}

static void write_node(struct sql *sql, uint64_t row, struct bytes value)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;

    CHECK(sql_prepare(sql, "UPDATE audit_node SET hash = $2 WHERE position = $1", &statement) == 0);
    sql_bind_i64(statement, 1, (int64_t)row);
    sql_bind_bytes(statement, 2, value);
    CHECK(sql_run(statement) == 0 && sql_changes(sql) == 1);
}

static int read_note(struct sql *sql, uint64_t row, uint8_t *ret_bytes, size_t *ret_len,
                     uint64_t *ret_covers)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r;

    CHECK(sql_prepare(sql, "SELECT note FROM audit_checkpoint ORDER BY size LIMIT 1 OFFSET $1",
                      &statement) == 0);
    sql_bind_i64(statement, 1, (int64_t)row);
    r = sql_next(statement);
    *ret_covers = NONE;
    return r ? r : take_cell(statement, ret_bytes, ret_len);
}

static void write_note(struct sql *sql, uint64_t row, struct bytes value)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;

    CHECK(sql_prepare(sql,
                      "UPDATE audit_checkpoint SET note = $2 WHERE size ="
                      " (SELECT size FROM audit_checkpoint ORDER BY size LIMIT 1 OFFSET $1)",
                      &statement) == 0);
    sql_bind_i64(statement, 1, (int64_t)row);
    sql_bind_bytes(statement, 2, value);
    CHECK(sql_run(statement) == 0 && sql_changes(sql) == 1);
}

/* Flips every bit of every row, in turn; returns how many. */
static uint64_t flip_all(const struct cell *cell, uint64_t count)
{
    CLEANUP(sql_free) struct sql *sql = fill_log(count);
    uint8_t value[CELL_MAX];
    uint64_t flips = 0;
    uint64_t covers;
    size_t len;

    CHECK(sql_begin(sql) == 0);
    for (uint64_t row = 0; cell->read(sql, row, value, &len, &covers) == 0; row++) {
        for (size_t bit = 0; bit < len * 8; bit++, flips++) {
            value[bit / 8] ^= (uint8_t)(1 << bit % 8);
            cell->write(sql, row, (struct bytes){value, len});
            check_forged(sql, covers);
            value[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        cell->write(sql, row, (struct bytes){value, len});
    }
    check_holds(sql, count, count);
    return flips;
}

static void every_flipped_bit_of_every_entry_is_found(void)
{
    uint64_t flips = flip_all(&(struct cell){"entry", read_entry, write_entry}, entries);

    (void)printf("# %llu flips\n", (unsigned long long)flips);
    CHECK(flips > entries * 8 * 100);
}

static void every_flipped_bit_of_every_node_is_found(void)
{
    CHECK(flip_all(&(struct cell){"node", read_node, write_node}, 40) == (size_t)NODES_OF_40 * 256);
}

static void every_flipped_bit_of_every_checkpoint_is_found(void)
{
    CHECK(flip_all(&(struct cell){"note", read_note, write_note}, 30) > (size_t)2 * 8 * 100);
}

/* ---- rows ---- */

static void run_with(struct sql *sql, struct sql_statement *statement, uint64_t first,
                     uint64_t second)
{
    sql_bind_i64(statement, 1, (int64_t)first);
    sql_bind_i64(statement, 2, (int64_t)second);
    CHECK(sql_run(statement) == 0 && sql_changes(sql) > 0);
}

/* Makes the change and undoes it again. */
#define TAMPER(sql, literal, first, second, first_bad)                                             \
    do {                                                                                           \
        CLEANUP(sql_end) struct sql_statement *tamper_ = NULL;                                     \
                                                                                                   \
        CHECK(sql_savepoint(sql) == 0);                                                            \
        CHECK(sql_prepare((sql), literal, &tamper_) == 0);                                         \
        run_with((sql), tamper_, (first), (second));                                               \
        check_forged((sql), (first_bad));                                                          \
        CHECK(sql_savepoint_undo(sql) == 0);                                                       \
    } while (0)

static void an_entry_that_was_dropped_is_found(void)
{
    CLEANUP(sql_free) struct sql *sql = fill_log(entries);

    CHECK(sql_begin(sql) == 0);
    for (uint64_t i = 0; i < entries; i++)
        TAMPER(sql, "DELETE FROM audit_entry WHERE idx = $1 AND $2 = $2", i, 0, i);
    check_holds(sql, entries, entries);
}

static void entries_that_were_swapped_are_found(void)
{
    CLEANUP(sql_free) struct sql *sql = fill_log(entries);

    CHECK(sql_begin(sql) == 0);
    for (uint64_t i = 0; i < entries; i += 3) {
        for (uint64_t j = i + 1; j < entries; j += 2)
            TAMPER(sql,
                   "UPDATE audit_entry SET entry = (SELECT other.entry FROM audit_entry AS other"
                   " WHERE other.idx = $1 + $2 - audit_entry.idx) WHERE idx IN ($1, $2)",
                   i, j, i);
    }
    check_holds(sql, entries, entries);
}

static void an_end_that_was_cut_off_is_found(void)
{
    CLEANUP(sql_free) struct sql *sql = fill_log(entries);

    CHECK(sql_begin(sql) == 0);
    /* Entries alone: their nodes are left over, and the checkpoint. */
    for (uint64_t i = 0; i < entries; i++)
        TAMPER(sql, "DELETE FROM audit_entry WHERE idx >= $1 AND $2 = $2", i, 0, i);
    /* Entries with every node that covers them: the checkpoint is left. */
    for (uint64_t i = 0; i < entries; i++) {
        CLEANUP(sql_end) struct sql_statement *nodes = NULL;

        CHECK(sql_savepoint(sql) == 0);
        CHECK(sql_prepare(sql, "DELETE FROM audit_node WHERE position >= $1 AND $2 = $2", &nodes) ==
              0);
        run_with(sql, nodes, tree_position(0, i), 0);
        {
            CLEANUP(sql_end) struct sql_statement *tail = NULL;

            CHECK(sql_prepare(sql, "DELETE FROM audit_entry WHERE idx >= $1 AND $2 = $2", &tail) ==
                  0);
            run_with(sql, tail, i, 0);
        }
        check_forged(sql, i);
        CHECK(sql_savepoint_undo(sql) == 0);
    }
    check_holds(sql, entries, entries);
}

static void an_entry_that_was_inserted_is_found(void)
{
    CLEANUP(sql_free) struct sql *sql = fill_log(entries);

    CHECK(sql_begin(sql) == 0);
    /* Before the first, after the last, and far away. */
    TAMPER(sql, "INSERT INTO audit_entry SELECT -1, entry FROM audit_entry WHERE idx = $1 + $2", 0,
           0, 0);
    TAMPER(sql, "INSERT INTO audit_entry SELECT $2, entry FROM audit_entry WHERE idx = $1", 0,
           entries, entries);
    TAMPER(sql, "INSERT INTO audit_entry SELECT $2, entry FROM audit_entry WHERE idx = $1", 0,
           entries + 5, entries);
    /* In the middle, with everything behind it moved along. */
    for (uint64_t i = 0; i < entries; i++) {
        CLEANUP(sql_end) struct sql_statement *move = NULL;
        CLEANUP(sql_end) struct sql_statement *put = NULL;

        CHECK(sql_savepoint(sql) == 0);
        CHECK(sql_script(sql, "UPDATE audit_entry SET idx = -1000 - idx") == 0);
        CHECK(sql_prepare(sql,
                          "UPDATE audit_entry SET idx = -1000 - idx + (-1000 - idx >= $1)"
                          " WHERE $2 = $2",
                          &move) == 0);
        run_with(sql, move, i, 0);
        CHECK(sql_prepare(sql,
                          "INSERT INTO audit_entry SELECT $1, entry FROM audit_entry"
                          " WHERE idx = $2",
                          &put) == 0);
        run_with(sql, put, i, i > 0 ? 0 : 2);
        check_forged(sql, i);
        CHECK(sql_savepoint_undo(sql) == 0);
    }
    check_holds(sql, entries, entries);
}

static void nodes_that_were_dropped_or_added_are_found(void)
{
    CLEANUP(sql_free) struct sql *sql = fill_log(40);

    CHECK(sql_begin(sql) == 0);
    for (uint64_t position = 0; position < NODES_OF_40; position++) {
        TAMPER(sql, "DELETE FROM audit_node WHERE position = $1 AND $2 = $2", position, 0,
               covered_by(position));
        TAMPER(sql, "UPDATE audit_node SET hash = zeroblob($2) WHERE position = $1", position, 31,
               covered_by(position));
    }
    TAMPER(sql, "INSERT INTO audit_node VALUES ($1, zeroblob($2))", NODES_OF_40, 32, 40);
    TAMPER(sql, "INSERT INTO audit_node VALUES ($1, zeroblob($2))", NODES_OF_40 + 9, 32, 40);
    TAMPER(sql, "INSERT INTO audit_node VALUES (-$1, zeroblob($2))", 1, 32, 0);
    check_holds(sql, 40, 40);
}

/* Whoever rebuilds the whole tree over a changed entry still cannot sign it. */
static void a_log_rebuilt_over_a_changed_entry_is_found_by_its_checkpoint(void)
{
    CLEANUP(sql_free) struct sql *sql = fill_log(40);
    CLEANUP(sql_free) struct sql *other = make_log();
    CLEANUP(sql_end) struct sql_statement *notes = NULL;

    for (uint64_t i = 0; i < 40; i++) {
        struct records_tx tx = {.sql = other};
        struct audit_entry entry = {.at = (int64_t)i, .action = text_of("login")};
        uint64_t index;

        CHECK(records_audit_append(&tx, &entry, &index) == 0);
    }
    check_holds(other, 40, 0);
    CHECK(sql_prepare(sql, "SELECT size, note FROM audit_checkpoint ORDER BY size DESC", &notes) ==
          0);
    CHECK(sql_next(notes) == 0);
    {
        struct records_tx tx = {.sql = other};

        CHECK(records_checkpoint_add(&tx, 40, 1, sql_bytes(notes, 1)) == 0);
    }
    check_forged(other, NONE);
}

static void a_checkpoint_in_another_place_or_of_another_key_is_found(void)
{
    CLEANUP(sql_free) struct sql *sql = fill_log(40);
    struct records_audit_finding finding;
    struct records_tx tx = {.sql = sql};
    uint8_t other_public[SIGN_PUBLIC_SIZE];

    CHECK(sql_begin(sql) == 0);
    TAMPER(sql, "UPDATE audit_checkpoint SET size = $2 WHERE size = $1", 13, 12, NONE);
    TAMPER(sql, "UPDATE audit_checkpoint SET size = $2 WHERE size = $1", 40, 41, 40);
    TAMPER(sql, "UPDATE audit_checkpoint SET note = zeroblob(0) WHERE size = $1 AND $2 = $2", 40, 0,
           NONE);
    memset(other_public, 7, sizeof(other_public));
    CHECK(records_audit_verify(&tx, other_public, &finding) == TREE_FORGED);
    CHECK(finding.first_bad == NONE);
}

static void a_signed_note_that_claims_another_size_is_found(void)
{
    CLEANUP(sql_free) struct sql *sql = fill_log(40);
    CLEANUP(buffer_deinit) struct buffer note = buffer_init(CHECKPOINT_NOTE_MAX);
    struct records_tx tx = {.sql = sql};
    struct checkpoint checkpoint = {.origin = text_of("ward/test"), .size = 41};

    CHECK(records_audit_root(&tx, 40, &checkpoint.root) == 0);
    CHECK(checkpoint_sign(&checkpoint, seed, &note) == 0);
    CHECK(records_checkpoint_add(&tx, 40, 1, buffer_bytes(&note)) == 0);
    check_forged(sql, NONE);
}

static void an_append_to_a_damaged_tree_is_refused(void)
{
    CLEANUP(sql_free) struct sql *sql = fill_log(41);
    struct records_tx tx = {.sql = sql};
    struct audit_entry entry = {.action = text_of("login")};
    uint64_t index;

    CHECK(sql_script(
              sql,
              "DELETE FROM audit_node WHERE position = (SELECT max(position) FROM audit_node)") ==
          0);
    CHECK(records_audit_append(&tx, &entry, &index) == ERR_CORRUPT);
}

int main(int argc, char **argv)
{
    if (argc == 2)
        entries = strtoull(argv[1], NULL, 10);
    CHECK(sign_public(seed, public_key) == 0);
    RUN(a_log_that_nobody_touched_holds_at_every_size);
    RUN(every_flipped_bit_of_every_entry_is_found);
    RUN(every_flipped_bit_of_every_node_is_found);
    RUN(every_flipped_bit_of_every_checkpoint_is_found);
    RUN(an_entry_that_was_dropped_is_found);
    RUN(entries_that_were_swapped_are_found);
    RUN(an_end_that_was_cut_off_is_found);
    RUN(an_entry_that_was_inserted_is_found);
    RUN(nodes_that_were_dropped_or_added_are_found);
    RUN(a_log_rebuilt_over_a_changed_entry_is_found_by_its_checkpoint);
    RUN(a_checkpoint_in_another_place_or_of_another_key_is_found);
    RUN(a_signed_note_that_claims_another_size_is_found);
    RUN(an_append_to_a_damaged_tree_is_refused);
    return tap_done();
}
