/* What opens boxes, and the strings of a day. */

#include "store/spans/embedded-private.h"
#include "store/spans/seal.h"

RESULT opener_begin(struct opener *opener, const char *path, bool read_only)
{
    const struct sql_options options = {.path = path, .read_only = read_only};
    int r;

    opener->plain = buffer_init(BOX_STRINGS_PLAIN_MAX + BOX_PLAIN_MAX);
    opener->strings_plain = buffer_init(BOX_STRINGS_PLAIN_MAX + BOX_PLAIN_MAX);
    r = box_coder_new(&opener->coder);
    if (r)
        return r;
    r = arena_new(&opener->scratch, SCRATCH_BYTES_MAX);
    if (r)
        return r;
    r = arena_new(&opener->strings, SCRATCH_BYTES_MAX);
    if (r)
        return r;
    r = sql_open(&opener->sql, &options);
    return r == SQL_KEY ? SPANS_KEY : r;
}

void opener_end(struct opener *opener)
{
    opener->sql = sql_free(opener->sql);
    opener->coder = box_coder_free(opener->coder);
    opener->scratch = arena_free(opener->scratch);
    opener->strings = arena_free(opener->strings);
    buffer_deinit(&opener->plain);
    buffer_deinit(&opener->strings_plain);
}

RESULT opener_strings(struct opener *opener, const uint8_t key[KEYRING_KEY_SIZE], int32_t day,
                      uint64_t first, uint64_t count, struct bytes blob, struct text **ret_texts)
{
    const struct seal seal = {.table = SEAL_STRING, .day = day, .id = first, .count = count};
    int r;

    if (count > DICTIONARY_DAY_TEXTS_MAX)
        return FAULT(ERR_CORRUPT);
    arena_reset(opener->strings);
    buffer_clear(&opener->strings_plain);
    r = seal_open(key, &seal, blob, &opener->strings_plain);
    if (r)
        return r;
    r = box_strings_decode(opener->coder, buffer_bytes(&opener->strings_plain), count,
                           opener->strings, ret_texts);
    return r > 0 ? FAULT(ERR_CORRUPT) : r;
}

/* Adds one row's strings, whose numbers begin where the dictionary ends. */
static RESULT strings_add(struct opener *opener, const struct dictionary_seed *seed,
                          const uint8_t key[KEYRING_KEY_SIZE], const struct seal *seal,
                          struct bytes blob, struct dictionary *dictionary)
{
    struct text *texts;
    int r;

    if (seal->id != (uint64_t)dictionary_count(dictionary) + 1)
        return FAULT(ERR_CORRUPT);
    r = opener_strings(opener, key, seal->day, seal->id, seal->count, blob, &texts);
    if (r)
        return r;
    for (size_t i = 0; i < seal->count; i++) {
        uint32_t number;

        r = dictionary_intern(dictionary, texts[i], dictionary_hash(seed, texts[i]), &number);
        if (r)
            return r > 0 ? FAULT(ERR_CORRUPT) : r;
        if (number != seal->id + i)
            return FAULT(ERR_CORRUPT);
    }
    return 0;
}

RESULT opener_catch_up(struct opener *opener, const struct dictionary_seed *seed,
                       const uint8_t key[KEYRING_KEY_SIZE], int32_t day,
                       struct dictionary *dictionary)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r;

    r = sql_prepare(opener->sql,
                    "SELECT first, count, blob FROM string WHERE day = $1 AND first > $2"
                    " ORDER BY first",
                    &statement);
    if (r)
        return r;
    sql_bind_i64(statement, 1, day);
    sql_bind_i64(statement, 2, dictionary_count(dictionary));
    while ((r = sql_next(statement)) == 0) {
        const struct seal seal = {
            .table = SEAL_STRING,
            .day = day,
            .id = (uint64_t)sql_i64(statement, 0),
            .count = (uint64_t)sql_i64(statement, 1),
        };

        r = strings_add(opener, seed, key, &seal, sql_bytes(statement, 2), dictionary);
        if (r)
            return r;
    }
    return r == SQL_DONE ? 0 : r;
}
