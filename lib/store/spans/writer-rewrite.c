/*
 * A day sealed anew, without the texts that must go
 *
 *     second key in the keyring ─▶ one transaction: strings, boxes, tallies, gaps, and whose key
 *     they have ─▶ commit ─▶ the second key is the only one ─▶ the log beside the file is emptied
 *
 * Whatever ends the program in between, the file says which of the two keys it is sealed with, and
 * the other one is destroyed when it is opened again.
 */

#include <stdlib.h>

#include "base/moment.h"
#include "base/wipe.h"
#include "store/spans/seal.h"
#include "store/spans/writer-private.h"

enum {
    IDS_BYTES_MAX = 1 << 30,
    ROW_BYTES_MAX = 4 << 20, /* of texts in a row */
};

struct rewrite {
    struct writer *writer;
    struct rewriting *asked;
    uint8_t old_key[KEYRING_KEY_SIZE];
    uint8_t new_key[KEYRING_KEY_SIZE];
    struct dictionary *texts; /* that stay, numbered anew */
    uint32_t *map;            /* the new number of every old one */
    uint32_t map_count;
    struct buffer plain;
    struct buffer box;
};

static void rewrite_end(struct rewrite *rewrite)
{
    rewrite->texts = dictionary_free(rewrite->texts);
    free(rewrite->map);
    rewrite->map = NULL;
    buffer_deinit(&rewrite->plain);
    buffer_deinit(&rewrite->box);
    wipe(rewrite->old_key, sizeof(rewrite->old_key));
    wipe(rewrite->new_key, sizeof(rewrite->new_key));
}

static void rewrite_end_at(struct rewrite *rewrite)
{
    rewrite_end(rewrite);
}

/* ---- which key a day is sealed with ---- */

static RESULT key_mark(struct rewrite *rewrite)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(rewrite->writer->opener.sql,
                        "INSERT INTO meta (word, value) VALUES ('rekeyed', $1)"
                        " ON CONFLICT (word) DO UPDATE SET value = excluded.value",
                        &statement);

    if (r)
        return r;
    sql_bind_bytes(
        statement, 1,
        (struct bytes){.at = rewrite->asked->result.new_key, .len = KEYRING_KEY_ID_SIZE});
    r = sql_run(statement);
    return r > 0 ? FAULT(ERR_CORRUPT) : r;
}

static RESULT key_marked(struct writer *writer, const uint8_t key_id[KEYRING_KEY_ID_SIZE],
                         bool *ret_marked)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(writer->opener.sql, "SELECT value FROM meta WHERE word = 'rekeyed'",
                        &statement);

    if (r)
        return r;
    r = sql_next(statement);
    if (r < 0)
        return r;
    struct bytes value = r ? (struct bytes){0} : sql_bytes(statement, 0);
    *ret_marked =
        value.len == KEYRING_KEY_ID_SIZE && memcmp(value.at, key_id, KEYRING_KEY_ID_SIZE) == 0;
    return 0;
}

RESULT writer_settle_key(struct writer *writer)
{
    struct keyring *keyring = writer->store->keyring;
    uint8_t key_id[KEYRING_KEY_ID_SIZE];
    int32_t day;
    bool marked;

    if (!keyring_replacing(keyring, &day, key_id))
        return 0;
    int r = key_marked(writer, key_id, &marked);
    if (r)
        return r;
    return marked ? keyring_replace_end(keyring, day) : keyring_replace_cancel(keyring, day);
}

/* ---- strings ---- */

static RESULT text_map(struct rewrite *rewrite, struct text text, uint32_t *ret_number)
{
    const struct dictionary_seed *seed = &rewrite->writer->store->seed;
    bool goes = rewrite->asked->judge(rewrite->asked->context, text);
    struct text stays = goes ? rewrite->asked->instead : text;
    int r = dictionary_intern(rewrite->texts, stays, dictionary_hash(seed, stays), ret_number);

    /* A full dictionary has no room for what is longer: it is not kept then. */
    if (r == DICTIONARY_FULL && goes)
        *ret_number = 0;
    else if (r)
        return r > 0 ? FAULT(ERR_CORRUPT) : r;
    rewrite->asked->result.texts += goes;
    return 0;
}

static RESULT row_map(struct rewrite *rewrite, const struct text *texts, uint64_t first,
                      uint64_t count)
{
    int r = 0;

    if (first != (uint64_t)rewrite->map_count + 1)
        return FAULT(ERR_CORRUPT);
    uint32_t *map = realloc(rewrite->map, (rewrite->map_count + count) * sizeof(*map));
    if (!map)
        return FAULT(ERR_MEMORY);
    rewrite->map = map;
    for (uint64_t i = 0; r == 0 && i < count; i++)
        r = text_map(rewrite, texts[i], &map[rewrite->map_count++]);
    return r;
}

static RESULT strings_map(struct rewrite *rewrite)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct opener *opener = &rewrite->writer->opener;
    struct text *texts;
    int r = dictionary_new(&rewrite->texts, DICTIONARY_DAY_TEXTS_MAX, DICTIONARY_DAY_BYTES_MAX);

    if (r == 0)
        r = sql_prepare(opener->sql,
                        "SELECT first, count, blob FROM string WHERE day = $1 ORDER BY first",
                        &statement);
    if (r)
        return r;
    sql_bind_i64(statement, 1, rewrite->asked->day);
    while ((r = sql_next(statement)) == 0) {
        uint64_t first = (uint64_t)sql_i64(statement, 0);
        uint64_t count = (uint64_t)sql_i64(statement, 1);

        r = opener_strings(opener, rewrite->old_key, rewrite->asked->day, first, count,
                           sql_bytes(statement, 2), &texts);
        if (r == 0 && count > 0)
            r = row_map(rewrite, texts, first, count);
        if (r)
            return r;
    }
    return r == SQL_DONE ? 0 : r;
}

static RESULT strings_remove(struct rewrite *rewrite)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r =
        sql_prepare(rewrite->writer->opener.sql, "DELETE FROM string WHERE day = $1", &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, rewrite->asked->day);
    r = sql_run(statement);
    return r > 0 ? FAULT(ERR_CORRUPT) : r;
}

/* Seals what is in plain into box. */
static RESULT seal_new(struct rewrite *rewrite, const struct seal *seal)
{
    int r = buffer_check(&rewrite->plain);

    buffer_clear(&rewrite->box);
    if (r == 0)
        r = seal_close(rewrite->new_key, seal, buffer_bytes(&rewrite->plain), &rewrite->box);
    rewrite->asked->result.rows++;
    return r;
}

static RESULT row_put(struct rewrite *rewrite, uint32_t first, const struct text *texts,
                      size_t count)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct opener *opener = &rewrite->writer->opener;
    const struct seal seal = {
        .table = SEAL_STRING, .day = rewrite->asked->day, .id = first, .count = count};
    int r;

    buffer_clear(&rewrite->plain);
    r = box_strings_encode(opener->coder, texts, count, &rewrite->plain);
    if (r == 0)
        r = seal_new(rewrite, &seal);
    if (r == 0)
        r = sql_prepare(opener->sql,
                        "INSERT INTO string (day, first, count, blob) VALUES ($1, $2, $3, $4)",
                        &statement);
    if (r)
        return r;
    sql_bind_i64(statement, 1, seal.day);
    sql_bind_i64(statement, 2, (int64_t)seal.id);
    sql_bind_i64(statement, 3, (int64_t)seal.count);
    sql_bind_bytes(statement, 4, buffer_bytes(&rewrite->box));
    r = sql_run(statement);
    return r > 0 ? FAULT(ERR_CORRUPT) : r;
}

static RESULT strings_put(struct rewrite *rewrite)
{
    struct arena *scratch = rewrite->writer->opener.scratch;
    uint32_t total = dictionary_count(rewrite->texts);
    uint32_t number = 1;
    int r = strings_remove(rewrite);

    arena_reset(scratch);
    struct text *texts = arena_take_array(scratch, total, sizeof(*texts));
    if (!texts)
        return FAULT(ERR_MEMORY);
    while (r == 0 && number <= total) {
        uint32_t first = number;
        size_t bytes = 0;

        while (number <= total && bytes < ROW_BYTES_MAX) {
            texts[number - first] = dictionary_text(rewrite->texts, number);
            bytes += texts[number - first].len;
            number++;
        }
        r = row_put(rewrite, first, texts, number - first);
    }
    return r;
}

/* ---- rows that hold numbers, and gaps ---- */

/* The ids that statement gives, as int64_t. */
static RESULT ids_read(struct sql_statement *statement, struct buffer *ids)
{
    int r;

    while ((r = sql_next(statement)) == 0) {
        int64_t id = sql_i64(statement, 0);

        buffer_append(ids, &id, sizeof(id));
    }
    return r == SQL_DONE ? buffer_check(ids) : r;
}

static RESULT blob_update(struct rewrite *rewrite, enum seal_table table, uint64_t id)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct sql *sql = rewrite->writer->opener.sql;
    int r;

    if (table == SEAL_BOX)
        r = sql_prepare(sql, "UPDATE box SET blob = $2 WHERE id = $1", &statement);
    else if (table == SEAL_TALLY)
        r = sql_prepare(sql, "UPDATE tally SET blob = $2 WHERE id = $1", &statement);
    else
        r = sql_prepare(sql, "UPDATE gap SET blob = $2 WHERE id = $1", &statement);
    if (r)
        return r;
    sql_bind_i64(statement, 1, (int64_t)id);
    sql_bind_bytes(statement, 2, buffer_bytes(&rewrite->box));
    r = sql_run(statement);
    return r > 0 ? FAULT(ERR_CORRUPT) : r;
}

static RESULT box_change(struct rewrite *rewrite, struct bytes plain)
{
    return box_renumber(plain, rewrite->map, rewrite->map_count, rewrite->writer->opener.scratch,
                        &rewrite->plain);
}

static RESULT number_change(const struct rewrite *rewrite, uint32_t *number)
{
    if (*number > rewrite->map_count)
        return BOX_INVALID;
    if (*number > 0)
        *number = rewrite->map[*number - 1];
    return 0;
}

static RESULT tally_change(struct rewrite *rewrite, struct bytes plain)
{
    struct box_tally tally;
    int r = box_tally_decode(plain, rewrite->writer->opener.scratch, &tally);

    for (size_t i = 0; r == 0 && i < tally.count_count; i++) {
        r = number_change(rewrite, &tally.counts[i].application);
        if (r == 0)
            r = number_change(rewrite, &tally.counts[i].domain);
    }
    if (r == 0)
        box_tally_encode(&tally, &rewrite->plain);
    return r;
}

static RESULT gap_change(struct rewrite *rewrite, struct bytes plain)
{
    bool goes = rewrite->asked->judge(rewrite->asked->context, text_of_bytes(plain));

    rewrite->asked->result.texts += goes;
    if (goes)
        plain = bytes_of_text(rewrite->asked->instead);
    buffer_append(&rewrite->plain, plain.at, plain.len);
    return 0;
}

/* What a row says in clear, and its blob: valid until the statement ends. */
static RESULT row_read(struct sql_statement *statement, struct seal *seal, struct bytes *ret_blob)
{
    int r = sql_next(statement);

    if (r)
        return r > 0 ? FAULT(ERR_CORRUPT) : r;
    struct bytes device = sql_bytes(statement, 2);
    seal->account = (uint32_t)sql_i64(statement, 0);
    seal->count = (uint64_t)sql_i64(statement, 1);
    if (device.len == DEVICE_ID_SIZE)
        memcpy(seal->device.at, device.at, DEVICE_ID_SIZE);
    *ret_blob = sql_bytes(statement, 3);
    return 0;
}

static RESULT row_prepare(struct rewrite *rewrite, enum seal_table table,
                          struct sql_statement **ret_statement)
{
    struct sql *sql = rewrite->writer->opener.sql;

    if (table == SEAL_BOX)
        return sql_prepare(sql, "SELECT account, spans, NULL, blob FROM box WHERE id = $1",
                           ret_statement);
    if (table == SEAL_TALLY)
        return sql_prepare(sql, "SELECT account, 0, NULL, blob FROM tally WHERE id = $1",
                           ret_statement);
    return sql_prepare(sql, "SELECT account, reason, device, blob FROM gap WHERE id = $1",
                       ret_statement);
}

static RESULT row_change(struct rewrite *rewrite, struct seal *seal)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct opener *opener = &rewrite->writer->opener;
    struct bytes blob;
    int r = row_prepare(rewrite, seal->table, &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, (int64_t)seal->id);
    r = row_read(statement, seal, &blob);
    if (r)
        return r;
    arena_reset(opener->scratch);
    buffer_clear(&opener->plain);
    buffer_clear(&rewrite->plain);
    r = seal_open(rewrite->old_key, seal, blob, &opener->plain);
    if (r)
        return r;
    if (seal->table == SEAL_BOX)
        r = box_change(rewrite, buffer_bytes(&opener->plain));
    else if (seal->table == SEAL_TALLY)
        r = tally_change(rewrite, buffer_bytes(&opener->plain));
    else
        r = gap_change(rewrite, buffer_bytes(&opener->plain));
    if (r)
        return r > 0 ? FAULT(ERR_CORRUPT) : r;
    return seal_new(rewrite, seal);
}

static RESULT ids_prepare(struct rewrite *rewrite, enum seal_table table,
                          struct sql_statement **ret_statement)
{
    struct sql *sql = rewrite->writer->opener.sql;

    if (table == SEAL_BOX)
        return sql_prepare(sql, "SELECT id FROM box WHERE day = $1", ret_statement);
    if (table == SEAL_TALLY)
        return sql_prepare(sql, "SELECT id FROM tally WHERE day = $1", ret_statement);
    return sql_prepare(sql,
                       "SELECT id FROM gap WHERE from_at >= $1 * 86400000"
                       " AND from_at < ($1 + 1) * 86400000 AND blob IS NOT NULL",
                       ret_statement);
}

static RESULT table_change(struct rewrite *rewrite, enum seal_table table)
{
    CLEANUP(buffer_deinit) struct buffer ids = buffer_init(IDS_BYTES_MAX);
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = ids_prepare(rewrite, table, &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, rewrite->asked->day);
    r = ids_read(statement, &ids);
    for (size_t at = 0; r == 0 && at < ids.len; at += sizeof(int64_t)) {
        struct seal seal = {.table = table, .day = rewrite->asked->day};
        int64_t id;

        memcpy(&id, ids.at + at, sizeof(id));
        seal.id = (uint64_t)id;
        r = row_change(rewrite, &seal);
        if (r == 0)
            r = blob_update(rewrite, table, seal.id);
    }
    return r;
}

/* ---- evidence: rows of a device and a day, which hold no text ---- */

static RESULT evidence_read(struct rewrite *rewrite, const struct seal *seal)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(rewrite->writer->opener.sql,
                        "SELECT blob FROM evidence WHERE device = $1 AND day = $2", &statement);

    if (r)
        return r;
    sql_bind_bytes(statement, 1, (struct bytes){seal->device.at, DEVICE_ID_SIZE});
    sql_bind_i64(statement, 2, seal->day);
    r = sql_next(statement);
    if (r)
        return r > 0 ? FAULT(ERR_CORRUPT) : r;
    buffer_clear(&rewrite->plain);
    return seal_open(rewrite->old_key, seal, sql_bytes(statement, 0), &rewrite->plain);
}

static RESULT evidence_update(struct rewrite *rewrite, const struct seal *seal)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(rewrite->writer->opener.sql,
                        "UPDATE evidence SET blob = $3 WHERE device = $1 AND day = $2", &statement);

    if (r)
        return r;
    sql_bind_bytes(statement, 1, (struct bytes){seal->device.at, DEVICE_ID_SIZE});
    sql_bind_i64(statement, 2, seal->day);
    sql_bind_bytes(statement, 3, buffer_bytes(&rewrite->box));
    r = sql_run(statement);
    return r > 0 ? FAULT(ERR_CORRUPT) : r;
}

/* The devices that statement gives, one behind the other. */
static RESULT devices_read(struct sql_statement *statement, struct buffer *devices)
{
    int r;

    while ((r = sql_next(statement)) == 0) {
        struct bytes device = sql_bytes(statement, 0);

        if (device.len != DEVICE_ID_SIZE)
            return FAULT(ERR_CORRUPT);
        buffer_append(devices, device.at, device.len);
    }
    return r == SQL_DONE ? buffer_check(devices) : r;
}

static RESULT evidence_change(struct rewrite *rewrite)
{
    CLEANUP(buffer_deinit) struct buffer devices = buffer_init(IDS_BYTES_MAX);
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(rewrite->writer->opener.sql, "SELECT device FROM evidence WHERE day = $1",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, rewrite->asked->day);
    r = devices_read(statement, &devices);
    for (size_t at = 0; r == 0 && at < devices.len; at += DEVICE_ID_SIZE) {
        struct seal seal = {.table = SEAL_EVIDENCE, .day = rewrite->asked->day};

        memcpy(seal.device.at, devices.at + at, DEVICE_ID_SIZE);
        r = evidence_read(rewrite, &seal);
        if (r == 0)
            r = seal_new(rewrite, &seal);
        if (r == 0)
            r = evidence_update(rewrite, &seal);
    }
    return r;
}

/* ---- the day ---- */

static RESULT day_change(struct rewrite *rewrite)
{
    int r = strings_map(rewrite);

    if (r == 0)
        r = strings_put(rewrite);
    if (r == 0)
        r = table_change(rewrite, SEAL_BOX);
    if (r == 0)
        r = table_change(rewrite, SEAL_TALLY);
    if (r == 0)
        r = table_change(rewrite, SEAL_GAP);
    if (r == 0)
        r = evidence_change(rewrite);
    return r ? r : key_mark(rewrite);
}

/* Nobody has a snapshot from before when this returns; dictionaries of before are forgotten. */
static RESULT day_commit(struct rewrite *rewrite, bool *ret_committed)
{
    struct writer *writer = rewrite->writer;
    struct readers *readers = &writer->store->readers;
    int32_t day = rewrite->asked->day;

    (void)pthread_rwlock_wrlock(&readers->snapshots);
    int r = sql_commit(writer->opener.sql);
    *ret_committed = r == 0;
    if (r == 0) {
        r = keyring_replace_end(writer->store->keyring, day);
        dictionary_days_forget(writer->days, day);
        (void)pthread_mutex_lock(&readers->days_lock);
        dictionary_days_forget(readers->days, day);
        (void)pthread_mutex_unlock(&readers->days_lock);
        /* Old boxes in the log are sealed under a key that is gone: another program that still
         * reads them (a backup) may keep it from being emptied now. */
        int emptied = sql_checkpoint(writer->opener.sql);
        if (r == 0 && emptied != ERR_BUSY)
            r = emptied;
    }
    (void)pthread_rwlock_unlock(&readers->snapshots);
    return r;
}

static RESULT transaction(struct rewrite *rewrite)
{
    struct writer *writer = rewrite->writer;
    bool committed = false;
    int r = sql_begin(writer->opener.sql);

    if (r == 0)
        r = day_change(rewrite);
    if (r == 0)
        r = day_commit(rewrite, &committed);
    if (r == 0 || committed)
        return r;
    dictionary_days_forget_all(writer->days);
    int undone = sql_rollback(writer->opener.sql);
    if (undone || !writer_disk_holds(r))
        writer->failed = writer_disk_holds(r) ? ERR_SYSTEM : r;
    /* Which key the file has is certain only when it is opened again, unless it was rolled back. */
    else if (keyring_replace_cancel(writer->store->keyring, rewrite->asked->day))
        return r; /* the keyring keeps both, and the next rewrite settles it */
    return r;
}

/* Whether there is anything to do, with the key that the day has now. */
static RESULT day_search(struct rewrite *rewrite, uint64_t *ret_texts)
{
    struct writer *writer = rewrite->writer;
    int r = writer_settle_key(writer);

    *ret_texts = 0;
    if (r == 0)
        r = keyring_day_key(writer->store->keyring, rewrite->asked->day, rewrite->old_key);
    if (r)
        return r > 0 ? 0 : r;
    return opener_search(&writer->opener, rewrite->old_key, rewrite->asked->day,
                         rewrite->asked->judge, rewrite->asked->context, ret_texts);
}

int writer_rewrite(struct writer *writer, void *rewriting)
{
    __attribute__((cleanup(rewrite_end_at))) struct rewrite rewrite = {
        .writer = writer,
        .asked = rewriting,
        .plain = buffer_init(BOX_STRINGS_PLAIN_MAX + BOX_PLAIN_MAX),
        .box = buffer_init(2 * BOX_STRINGS_PLAIN_MAX),
    };
    struct spans_rewritten *result = &rewrite.asked->result;
    uint64_t texts;
    int r = day_search(&rewrite, &texts);

    if (r || texts == 0)
        return r;
    r = keyring_replace_begin(writer->store->keyring, rewrite.asked->day, rewrite.new_key);
    if (r == 0)
        r = keyring_key_id(rewrite.old_key, result->old_key);
    if (r == 0)
        r = keyring_key_id(rewrite.new_key, result->new_key);
    if (r)
        return r > 0 ? FAULT(ERR_SYSTEM) : r;
    return transaction(&rewrite);
}
