/*
 * How many audited acts a second are durable, and how many entries a second are verified
 *
 *     bench_audit [seconds] [directory]
 *
 * Eight threads append, one act each, and are told when it is on disk; acts that wait share a
 * commit. Beside it, in the same run, on the same disk and the same library: what one would write
 * without Ward, a plain SQLite file with one INSERT and one COMMIT an entry, WAL and
 * synchronous=FULL, no tree, no encryption. The two take turns of a quarter of a second, because
 * how long a disk takes to sync changes from one second to the next and decides both figures:
 * compare them within a run only. The log that grew is then verified as a whole, with a checkpoint
 * at its end.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "os/clock.h"
#include "store/records/nouns.h"
#include "store/sql/sql.h"

#define THREADS 8
#define TURN_MS 250

static const uint8_t key_bytes[SQL_KEY_SIZE] = {1, 2, 3};
static const uint8_t seed_bytes[SIGN_SEED_SIZE] = {4, 5, 6};
static atomic_bool over;
static atomic_ulong appended;

static void must(int r, const char *what)
{
    if (r == 0)
        return;
    (void)fprintf(stderr, "bench_audit: %s: %d\n", what, r);
    exit(1);
}

static struct audit_entry entry_of(uint64_t number, char target[32])
{
    (void)snprintf(target, 32, "person:%llu", (unsigned long long)(number % 1000));
    return (struct audit_entry){
        .at = 1790000000000 + (int64_t)number,
        .actor = AUDIT_USER,
        .actor_id = text_of("17"),
        .action = text_of("person.view"),
        .target = text_of(target),
        .source = text_of("192.0.2.77"),
        .factors = text_of("password+totp"),
        .purpose = text_of("weekly review of the ward's computers"),
        .request = text_of("0123456789abcdef"),
    };
}

static int append(struct records_tx *tx, void *context)
{
    char target[32];
    uint64_t *index = context;
    struct audit_entry entry = entry_of(*index, target);

    return records_audit_append(tx, &entry, index);
}

static void *append_all(void *context)
{
    uint64_t index = 0;

    while (!atomic_load(&over)) {
        must(records_act(context, append, &index), "append");
        atomic_fetch_add(&appended, 1);
    }
    return NULL;
}

struct tally {
    uint64_t count;
    int64_t ms;
};

static double rate_of(const struct tally *tally)
{
    return (double)tally->count * 1000.0 / (double)(tally->ms + 1);
}

static void append_with_threads(struct records *records, struct tally *tally)
{
    const struct timespec turn = {.tv_nsec = TURN_MS * 1000000};
    pthread_t threads[THREADS];
    int64_t start = clock_boot_ms();

    atomic_store(&over, false);
    atomic_store(&appended, 0);
    for (int i = 0; i < THREADS; i++)
        must(pthread_create(&threads[i], NULL, append_all, records), "thread");
    (void)nanosleep(&turn, NULL);
    atomic_store(&over, true);
    for (int i = 0; i < THREADS; i++)
        must(pthread_join(threads[i], NULL), "join");
    tally->count += atomic_load(&appended);
    tally->ms += clock_boot_ms() - start;
}

static void append_plainly(struct sql *sql, struct tally *tally)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int64_t start = clock_boot_ms();

    must(sql_prepare(sql, "INSERT INTO entry (entry) VALUES ($1)", &statement), "prepare");
    for (; clock_boot_ms() - start < TURN_MS; tally->count++) {
        CLEANUP(buffer_deinit) struct buffer bytes = buffer_init(AUDIT_ENTRY_MAX);
        char target[32];
        struct audit_entry entry = entry_of(tally->count, target);

        must(audit_entry_encode(&entry, &bytes), "encode");
        sql_bind_bytes(statement, 1, buffer_bytes(&bytes));
        must(sql_begin(sql), "begin");
        must(sql_run(statement), "insert");
        must(sql_commit(sql), "commit");
    }
    tally->ms += clock_boot_ms() - start;
}

static void append_in_turns(struct records *records, const char *plain_path, int seconds,
                            struct tally *ret_ours, struct tally *ret_plain)
{
    CLEANUP(sql_free) struct sql *sql = NULL;
    struct sql_options options = {.path = plain_path};

    must(sql_open(&sql, &options), "open");
    must(sql_script(sql, "CREATE TABLE entry (idx INTEGER PRIMARY KEY, entry BLOB)"), "table");
    for (int turn = 0; turn < seconds * 1000 / TURN_MS; turn++) {
        append_with_threads(records, ret_ours);
        append_plainly(sql, ret_plain);
    }
}

static int append_thousand(struct records_tx *tx, void *context)
{
    int r = 0;

    for (int i = 0; r == 0 && i < 1000; i++)
        r = append(tx, context);
    return r;
}

static int sign(struct records_tx *tx, void *context)
{
    CLEANUP(buffer_deinit) struct buffer note = buffer_init(CHECKPOINT_NOTE_MAX);
    struct checkpoint checkpoint = {.origin = text_of("ward/bench")};

    (void)context;
    must(records_audit_size(tx, &checkpoint.size), "size");
    must(records_audit_root(tx, checkpoint.size, &checkpoint.root), "root");
    must(checkpoint_sign(&checkpoint, (struct bytes){seed_bytes, SIGN_SEED_SIZE}, &note), "sign");
    return records_checkpoint_add(tx, checkpoint.size, 1, buffer_bytes(&note));
}

static int verify(struct records_tx *tx, void *context)
{
    uint8_t public_key[SIGN_PUBLIC_SIZE];

    must(sign_public((struct bytes){seed_bytes, SIGN_SEED_SIZE}, public_key), "public key");
    return records_audit_verify(tx, public_key, context);
}

/* The best of three passes; the first also reads the file into the page cache. */
static double verify_all(struct records *records)
{
    struct records_audit_finding finding = {0};
    uint64_t index = 0;
    double best = 0;

    while (index < 199999)
        must(records_act(records, append_thousand, &index), "fill");
    must(records_act(records, sign, NULL), "checkpoint");
    for (int i = 0; i < 3; i++) {
        int64_t start = clock_boot_ms();
        double rate;

        must(records_read(records, verify, &finding), "verify");
        rate = (double)finding.size * 1000.0 / (double)(clock_boot_ms() - start + 1);
        best = rate > best ? rate : best;
    }
    if (finding.checkpoint_size != finding.size)
        must(1, "checkpoint");
    return best;
}

int main(int argc, char **argv)
{
    int seconds = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 3;
    char directory[256];
    char path[300];
    char plain_path[300];
    struct records *records = NULL;
    struct tally ours = {0};
    struct tally plain = {0};
    double verify_rate;

    (void)snprintf(directory, sizeof(directory), "%s/ward-bench-XXXXXX",
                   argc > 2 ? argv[2] : "/var/tmp");
    if (!mkdtemp(directory))
        must(1, "directory");
    (void)snprintf(path, sizeof(path), "%s/records.db", directory);
    (void)snprintf(plain_path, sizeof(plain_path), "%s/plain.db", directory);
    must(records_open(&records, path, (struct bytes){key_bytes, SQL_KEY_SIZE}), "open");
    append_in_turns(records, plain_path, seconds, &ours, &plain);
    verify_rate = verify_all(records);
    records = records_free(records);
    must(unlink(path) || unlink(plain_path) || rmdir(directory), "clean up");
    (void)printf("{\"name\":\"audit_appends_per_s\",\"value\":%.0f,\"unit\":\"appends/s\","
                 "\"peers\":[{\"name\":\"plain_sqlite_one_commit_each\",\"value\":%.0f}]}\n",
                 rate_of(&ours), rate_of(&plain));
    (void)printf("{\"name\":\"audit_verify_entries_per_s\",\"value\":%.0f,\"unit\":\"entries/s\","
                 "\"peers\":[]}\n",
                 verify_rate);
    return 0;
}
