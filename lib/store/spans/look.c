/*
 * Looking for needles in all that the embedded engine holds: the file as it is, everything sealed
 * in it, opened, and the dictionaries in memory
 *
 * No scope: nothing of anybody is answered, only how often a needle is there. Days whose key is
 * destroyed cannot be opened by anybody, and are not looked through.
 */

#include "base/wipe.h"
#include "store/spans/question.h"
#include "store/spans/seal.h"

struct search {
    struct embedded *store;
    struct opener *opener;
    const struct needles *needles;
    struct spans_found found;
};

static RESULT look_at_strings(struct search *search, uint64_t count)
{
    struct opener *opener = search->opener;
    struct text *texts;

    if (count > DICTIONARY_DAY_TEXTS_MAX)
        return FAULT(ERR_CORRUPT);
    arena_reset(opener->strings);
    int r = box_strings_decode(opener->coder, buffer_bytes(&opener->plain), (size_t)count,
                               opener->strings, &texts);
    for (uint64_t i = 0; r == 0 && i < count; i++)
        needles_look(search->needles, bytes_of_text(texts[i]), &search->found.sealed);
    return r > 0 ? FAULT(ERR_CORRUPT) : r;
}

/* Opens one box and looks through its plain inside. */
static RESULT look_inside(struct search *search, const struct seal *seal, struct bytes blob)
{
    struct opener *opener = search->opener;
    uint8_t key[KEYRING_KEY_SIZE];
    int r = keyring_day_key(search->store->keyring, seal->day, key);

    if (r == KEYRING_DESTROYED)
        return 0;
    if (r)
        return r > 0 ? FAULT(ERR_CORRUPT) : r;
    buffer_clear(&opener->plain);
    r = seal_open(key, seal, blob, &opener->plain);
    wipe(key, sizeof(key));
    if (r)
        return r;
    if (seal->table == SEAL_STRING)
        return look_at_strings(search, seal->count);
    needles_look(search->needles, buffer_bytes(&opener->plain), &search->found.sealed);
    return 0;
}

/* Rows are: day, account, id, count, blob, device. */
static RESULT look_at_rows(struct search *search, enum seal_table table, struct sql_statement *rows)
{
    int r;

    while ((r = sql_next(rows)) == 0) {
        struct bytes device = sql_bytes(rows, 5);
        struct seal seal = {
            .table = table,
            .day = (int32_t)sql_i64(rows, 0),
            .account = (uint32_t)sql_i64(rows, 1),
            .id = (uint64_t)sql_i64(rows, 2),
            .count = (uint64_t)sql_i64(rows, 3),
        };

        if (device.len == DEVICE_ID_SIZE)
            memcpy(seal.device.at, device.at, DEVICE_ID_SIZE);
        r = look_inside(search, &seal, sql_bytes(rows, 4));
        if (r)
            return r;
    }
    return r == SQL_DONE ? 0 : r;
}

static RESULT look_at_table(struct search *search, enum seal_table table)
{
    CLEANUP(sql_end) struct sql_statement *rows = NULL;
    struct sql *sql = search->opener->sql;
    int r;

    switch (table) {
    case SEAL_BOX:
        r = sql_prepare(sql, "SELECT day, account, id, spans, blob, NULL FROM box", &rows);
        break;
    case SEAL_TALLY:
        r = sql_prepare(sql, "SELECT day, account, id, 0, blob, NULL FROM tally", &rows);
        break;
    case SEAL_STRING:
        r = sql_prepare(sql, "SELECT day, 0, first, count, blob, NULL FROM string", &rows);
        break;
    case SEAL_GAP:
        r = sql_prepare(sql,
                        "SELECT from_at / 86400000, account, id, reason, blob, device FROM gap"
                        " WHERE length(blob) > 0",
                        &rows);
        break;
    case SEAL_EVIDENCE:
    default:
        r = sql_prepare(sql, "SELECT day, 0, 0, 0, blob, device FROM evidence", &rows);
        break;
    }
    return r ? r : look_at_rows(search, table, rows);
}

static int look_at_value(void *context, struct text table, struct bytes value)
{
    struct search *search = context;

    (void)table;
    needles_look(search->needles, value, &search->found.file);
    return 0;
}

RESULT embedded_look(struct spans *spans, const struct needles *needles,
                     struct spans_found *ret_found)
{
    struct embedded *store = embedded_of(spans);
    struct search search = {.store = store, .needles = needles};
    struct reader *reader;
    int r = readers_take(store, &reader);

    if (r)
        return r;
    search.opener = &reader->opener;
    for (enum seal_table table = SEAL_BOX; r == 0 && table <= SEAL_EVIDENCE; table++)
        r = look_at_table(&search, table);
    if (r == 0)
        r = sql_visit_values(reader->opener.sql, look_at_value, &search);
    readers_return(store, reader);
    if (r)
        return r > 0 ? FAULT(ERR_CORRUPT) : r;
    (void)pthread_mutex_lock(&store->readers.days_lock);
    dictionary_days_look(store->readers.days, needles, &search.found.memory);
    (void)pthread_mutex_unlock(&store->readers.days_lock);
    *ret_found = search.found;
    return 0;
}
