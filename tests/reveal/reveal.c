/*
 * reveal: prints the plain inside of everything that Ward seals, for the leak search of the
 * end-to-end test
 *
 *     reveal records DATA    records.db                            needs DATA/root.key
 *     reveal spans DATA      spans.db, boxes opened                needs DATA/root.key
 *     reveal keyring DATA    the key of each day with spans        needs DATA/root.key
 *     reveal spool STATE     every batch that waits in an agent's spool
 *
 * It is built with the tests and installed nowhere. Keys come from the files beside the data, as
 * whoever stole all of it would have them.
 */

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "base/hex.h"
#include "crypto/hash.h"
#include "os/clock.h"
#include "os/file.h"
#include "service/identity.h"
#include "service/spool.h"
#include "store/keyring/keyring.h"
#include "store/spans/box.h"
#include "store/spans/seal.h"
#include "wire/limits.h"

enum { PATH_SIZE = 1024, PLAIN_MAX = 64 << 20 };

static void check(int result, const char *what)
{
    if (result == 0)
        return;
    (void)fprintf(stderr, "reveal: %s: %d\n", what, result);
    exit(1);
}

static void print_bytes(struct bytes bytes)
{
    (void)fwrite(bytes.at, 1, bytes.len, stdout);
    (void)putchar('\n');
}

static void derive(const char *data, const char *label, uint8_t ret_key[32])
{
    CLEANUP(buffer_deinit) struct buffer file = buffer_init(256);
    uint8_t root[32];
    char path[PATH_SIZE];

    check(file_path(path, sizeof(path), data, "root.key"), "root.key");
    check(file_read(path, &file), "root.key");
    check(hex_parse((struct text){(const char *)file.at, 64}, root, 32), "root.key");
    check(hash_derive((struct bytes){root, 32}, text_of(label), ret_key, 32), "derive");
}

static struct bytes column(sqlite3_stmt *statement, int at)
{
    const uint8_t *bytes = sqlite3_column_blob(statement, at);

    return (struct bytes){.at = bytes, .len = (size_t)sqlite3_column_bytes(statement, at)};
}

/* Every column of every row of every table. */
static void print_tables(sqlite3 *db)
{
    sqlite3_stmt *tables = NULL;
    char sql[256];

    check(sqlite3_prepare_v2(db, "SELECT name FROM sqlite_master WHERE type = 'table'", -1, &tables,
                             NULL),
          "tables (is the key right?)");
    while (sqlite3_step(tables) == SQLITE_ROW) {
        sqlite3_stmt *rows = NULL;

        (void)snprintf(sql, sizeof(sql), "SELECT * FROM \"%s\"", sqlite3_column_text(tables, 0));
        check(sqlite3_prepare_v2(db, sql, -1, &rows, NULL), "rows");
        (void)printf("-- table %s\n", sqlite3_column_text(tables, 0));
        while (sqlite3_step(rows) == SQLITE_ROW)
            for (int i = 0; i < sqlite3_column_count(rows); i++)
                print_bytes(column(rows, i));
        sqlite3_finalize(rows);
    }
    sqlite3_finalize(tables);
}

static void reveal_records(const char *data)
{
    uint8_t key[32];
    char hex[65];
    char pragma[160];
    char path[PATH_SIZE];
    sqlite3 *db = NULL;

    derive(data, "ward records key v1", key);
    hex_print((struct bytes){key, 32}, hex);
    check(file_path(path, sizeof(path), data, "records.db"), "records.db");
    check(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), path);
    (void)snprintf(pragma, sizeof(pragma),
                   "PRAGMA key = \"x'%s'\"; PRAGMA cipher_page_size = 16384;", hex);
    check(sqlite3_exec(db, pragma, NULL, NULL, NULL), "key");
    print_tables(db);
    sqlite3_close(db);
}

static void print_box(struct keyring *keyring, const struct seal *seal, struct bytes blob)
{
    CLEANUP(buffer_deinit) struct buffer plain = buffer_init(PLAIN_MAX);
    uint8_t key[KEYRING_KEY_SIZE];

    check(keyring_day_key(keyring, seal->day, key), "day key");
    (void)printf("-- day %d\n", seal->day);
    check(seal_open(key, seal, blob, &plain), "seal");
    print_bytes(buffer_bytes(&plain));
    if (seal->table != SEAL_STRING)
        return;
    CLEANUP(box_coder_free) struct box_coder *coder = NULL;
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct text *texts = NULL;
    check(box_coder_new(&coder), "coder");
    check(arena_new(&arena, PLAIN_MAX), "arena");
    check(box_strings_decode(coder, buffer_bytes(&plain), seal->count, arena, &texts), "strings");
    for (uint64_t i = 0; i < seal->count; i++)
        print_bytes(bytes_of_text(texts[i]));
}

static void print_boxes(sqlite3 *db, struct keyring *keyring, enum seal_table table,
                        const char *sql)
{
    sqlite3_stmt *rows = NULL;

    check(sqlite3_prepare_v2(db, sql, -1, &rows, NULL), sql);
    while (sqlite3_step(rows) == SQLITE_ROW) {
        struct seal seal = {
            .table = table,
            .day = (int32_t)sqlite3_column_int64(rows, 0),
            .account = (uint32_t)sqlite3_column_int64(rows, 1),
            .id = (uint64_t)sqlite3_column_int64(rows, 2),
            .count = (uint64_t)sqlite3_column_int64(rows, 3),
        };
        struct bytes device = column(rows, 5);

        if (device.len == sizeof(seal.device))
            memcpy(seal.device.at, device.at, device.len);
        print_box(keyring, &seal, column(rows, 4));
    }
    sqlite3_finalize(rows);
}

static sqlite3 *open_spans(const char *data, struct keyring **ret_keyring)
{
    uint8_t key[32];
    char path[PATH_SIZE];
    sqlite3 *db = NULL;

    derive(data, "ward keyring key v1", key);
    check(file_path(path, sizeof(path), data, "keyring"), "keyring");
    check(keyring_open(ret_keyring, path, (struct bytes){key, 32}), "keyring");
    check(file_path(path, sizeof(path), data, "spans.db"), "spans.db");
    check(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), path);
    return db;
}

static void reveal_spans(const char *data)
{
    CLEANUP(keyring_free) struct keyring *keyring = NULL;
    sqlite3 *db = open_spans(data, &keyring);

    print_tables(db);
    print_boxes(db, keyring, SEAL_BOX, "SELECT day, account, id, spans, blob, NULL FROM box");
    print_boxes(db, keyring, SEAL_TALLY, "SELECT day, account, id, 0, blob, NULL FROM tally");
    print_boxes(db, keyring, SEAL_STRING, "SELECT day, 0, first, count, blob, NULL FROM string");
    print_boxes(db, keyring, SEAL_GAP,
                "SELECT from_at / 86400000, account, id, reason, blob, device FROM gap"
                " WHERE blob IS NOT NULL");
    print_boxes(db, keyring, SEAL_EVIDENCE, "SELECT day, 0, 0, 0, blob, device FROM evidence");
    sqlite3_close(db);
}

static void reveal_keyring(const char *data)
{
    CLEANUP(keyring_free) struct keyring *keyring = NULL;
    sqlite3 *db = open_spans(data, &keyring);
    sqlite3_stmt *days = NULL;

    check(sqlite3_prepare_v2(db, "SELECT DISTINCT day FROM box ORDER BY day", -1, &days, NULL),
          "days");
    while (sqlite3_step(days) == SQLITE_ROW) {
        int32_t day = (int32_t)sqlite3_column_int64(days, 0);
        uint8_t key[KEYRING_KEY_SIZE];
        char hex[2 * KEYRING_KEY_SIZE + 1];

        check(keyring_day_key(keyring, day, key), "day key");
        hex_print((struct bytes){key, sizeof(key)}, hex);
        (void)printf("day %d key %s\n", day, hex);
    }
    sqlite3_finalize(days);
    sqlite3_close(db);
}

static void reveal_spool(const char *state)
{
    CLEANUP(identity_deinit) struct identity identity;
    CLEANUP(spool_free) struct spool *spool = NULL;
    CLEANUP(buffer_deinit) struct buffer batch = buffer_init(WIRE_BODY_MAX);
    char path[PATH_SIZE];

    identity_init(&identity);
    check(identity_load(state, &identity), "identity");
    check(file_path(path, sizeof(path), state, "spool"), "spool");
    struct spool_config config = {.directory = path,
                                  .key = {identity.spool_key, 32},
                                  .device = identity.device,
                                  .epoch = identity.epoch};
    check(spool_open(&spool, &config, clock_now_ms()), "spool");
    uint8_t *plain = malloc(WIRE_PLAIN_MAX);
    check(plain ? 0 : ERR_MEMORY, "memory");
    for (uint64_t sequence = 0; sequence < spool_sequence(spool); sequence++) {
        buffer_clear(&batch);
        if (spool_read(spool, sequence, &batch))
            continue;
        size_t len = ZSTD_decompress(plain, WIRE_PLAIN_MAX, batch.at, batch.len);
        check(ZSTD_isError(len) ? ERR_CORRUPT : 0, "zstd");
        (void)printf("-- batch %llu\n", (unsigned long long)sequence);
        print_bytes((struct bytes){plain, len});
    }
    free(plain);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*reveal)(const char *directory);
    } places[] = {{"records", reveal_records},
                  {"spans", reveal_spans},
                  {"keyring", reveal_keyring},
                  {"spool", reveal_spool}};

    for (size_t i = 0; argc == 3 && i < sizeof(places) / sizeof(*places); i++)
        if (strcmp(argv[1], places[i].name) == 0) {
            places[i].reveal(argv[2]);
            return 0;
        }
    (void)fputs("usage: reveal records|spans|keyring DATA, or reveal spool STATE\n", stderr);
    return 2;
}
