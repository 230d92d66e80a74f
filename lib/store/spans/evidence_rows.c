/* Rules in spans.db: which a device runs, and what they found on each day. */

#include <stdlib.h>
#include <string.h>

#include "base/wipe.h"
#include "store/spans/evidence_box.h"
#include "store/spans/seal.h"
#include "store/spans/writer-private.h"

static struct bytes device_bytes(const struct device_id *device)
{
    return (struct bytes){.at = device->at, .len = DEVICE_ID_SIZE};
}

/* ---- rule sets, in: they say something of programs and nothing of people, so they are in clear */

static RESULT rules_put(struct writer *writer, const struct spans_batch *batch,
                        const struct evidence_rules *rules, bool sensor)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(
        writer->opener.sql,
        "INSERT INTO device_rules (device, sensor, hash, version, first_at, since_at, last_at)"
        " VALUES ($1, $2, $3, $4, $5, $5, $5)"
        " ON CONFLICT (device, sensor, hash) DO UPDATE SET version = excluded.version,"
        " since_at = CASE WHEN last_at = (SELECT max(o.last_at) FROM device_rules o"
        " WHERE o.device = excluded.device AND o.sensor = excluded.sensor)"
        " THEN since_at ELSE excluded.last_at END,"
        " last_at = max(last_at, excluded.last_at)",
        &statement);

    if (r)
        return r;
    sql_bind_bytes(statement, 1, device_bytes(&batch->device));
    sql_bind_i64(statement, 2, sensor);
    sql_bind_bytes(statement, 3, (struct bytes){.at = rules->hash, .len = REDACT_HASH_LEN});
    sql_bind_text(statement, 4, text_of(rules->version));
    sql_bind_i64(statement, 5, batch->received_at);
    r = sql_run(statement);
    return r > 0 ? FAULT(ERR_CORRUPT) : r;
}

/* No device fills the file with rule sets that it invents. */
static RESULT rules_trim(struct writer *writer, const struct device_id *device)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(writer->opener.sql,
                        "DELETE FROM device_rules WHERE device = $1 AND (sensor, hash) NOT IN"
                        " (SELECT sensor, hash FROM device_rules WHERE device = $1"
                        " ORDER BY last_at DESC, sensor, hash LIMIT $2)",
                        &statement);

    if (r)
        return r;
    sql_bind_bytes(statement, 1, device_bytes(device));
    sql_bind_i64(statement, 2, SPANS_RULES_MAX);
    r = sql_run(statement);
    return r > 0 ? FAULT(ERR_CORRUPT) : r;
}

static RESULT rules_number(struct writer *writer, const struct device_id *device,
                           int64_t *ret_number)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(writer->opener.sql, "SELECT count(*) FROM device_rules WHERE device = $1",
                        &statement);

    if (r)
        return r;
    sql_bind_bytes(statement, 1, device_bytes(device));
    r = sql_next(statement);
    if (r)
        return r > 0 ? FAULT(ERR_CORRUPT) : r;
    *ret_number = sql_i64(statement, 0);
    return 0;
}

static RESULT rules_put_all(struct writer *writer, const struct spans_batch *batch)
{
    int64_t number = 0;
    int r = 0;

    for (size_t i = 0; r == 0 && i < batch->evidence.rules_count; i++)
        r = rules_put(writer, batch, &batch->evidence.rules[i], i > 0);
    if (r == 0 && batch->evidence.rules_count > 0)
        r = rules_number(writer, &batch->device, &number);
    return r == 0 && number > SPANS_RULES_MAX ? rules_trim(writer, &batch->device) : r;
}

/* ---- counts, in: one sealed row a device and day, which grows ---- */

static struct seal seal_of(const struct device_id *device, int32_t day)
{
    return (struct seal){.table = SEAL_EVIDENCE, .day = day, .device = *device};
}

static RESULT row_open(struct opener *opener, const uint8_t key[KEYRING_KEY_SIZE],
                       const struct device_id *device, int32_t day, struct bytes blob,
                       struct evidence_sum *sum)
{
    const struct seal seal = seal_of(device, day);

    buffer_clear(&opener->plain);
    int r = seal_open(key, &seal, blob, &opener->plain);
    if (r == 0)
        r = evidence_box_decode(buffer_bytes(&opener->plain), day, sum);
    return r > 0 ? FAULT(ERR_CORRUPT) : r;
}

static RESULT row_get(struct writer *writer, const uint8_t key[KEYRING_KEY_SIZE],
                      const struct device_id *device, int32_t day, struct evidence_sum *sum)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(writer->opener.sql,
                        "SELECT blob FROM evidence WHERE device = $1 AND day = $2", &statement);

    if (r)
        return r;
    sql_bind_bytes(statement, 1, device_bytes(device));
    sql_bind_i64(statement, 2, day);
    r = sql_next(statement);
    if (r)
        return r == SQL_DONE ? 0 : r;
    return row_open(&writer->opener, key, device, day, sql_bytes(statement, 0), sum);
}

static RESULT row_put(struct writer *writer, const uint8_t key[KEYRING_KEY_SIZE],
                      const struct device_id *device, int32_t day, const struct evidence_sum *sum)
{
    CLEANUP(buffer_deinit) struct buffer box = buffer_init(BOX_PLAIN_MAX);
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    const struct seal seal = seal_of(device, day);

    buffer_clear(&writer->opener.plain);
    evidence_box_encode(sum, day, &writer->opener.plain);
    int r = buffer_check(&writer->opener.plain);
    if (r == 0)
        r = seal_close(key, &seal, buffer_bytes(&writer->opener.plain), &box);
    if (r == 0)
        r = sql_prepare(writer->opener.sql,
                        "INSERT INTO evidence (device, day, blob) VALUES ($1, $2, $3)"
                        " ON CONFLICT (device, day) DO UPDATE SET blob = excluded.blob",
                        &statement);
    if (r)
        return r;
    sql_bind_bytes(statement, 1, device_bytes(device));
    sql_bind_i64(statement, 2, day);
    sql_bind_bytes(statement, 3, buffer_bytes(&box));
    r = sql_run(statement);
    return r > 0 ? FAULT(ERR_CORRUPT) : r;
}

/* What comes for a day that is destroyed comes too late. */
static RESULT day_add(struct writer *writer, const struct spans_batch *batch, int32_t day)
{
    CLEANUP(evidence_sum_deinit) struct evidence_sum sum = evidence_sum_init();
    uint8_t key[KEYRING_KEY_SIZE];
    int r = writer_day_key(writer, day, key);

    if (r == KEYRING_DESTROYED)
        return 0;
    if (r == 0)
        r = row_get(writer, key, &batch->device, day, &sum);
    if (r == 0)
        r = evidence_box_add(&sum, &batch->evidence, day);
    if (r == 0)
        r = row_put(writer, key, &batch->device, day, &sum);
    wipe(key, sizeof(key));
    return r > 0 ? FAULT(ERR_CORRUPT) : r;
}

/* The earliest day of the evidence after that one; false: none. */
static bool next_day(const struct evidence *evidence, int64_t *day)
{
    int64_t next = INT64_MAX;

    for (size_t i = 0; i < evidence->count_count; i++) {
        if (evidence->counts[i].day > *day && evidence->counts[i].day < next)
            next = evidence->counts[i].day;
    }
    for (size_t i = 0; i < evidence->judged_count; i++) {
        if (evidence->judged[i].day > *day && evidence->judged[i].day < next)
            next = evidence->judged[i].day;
    }
    *day = next;
    return next != INT64_MAX;
}

RESULT evidence_put(struct writer *writer, const struct job *job)
{
    int64_t day = INT64_MIN;
    int r = rules_put_all(writer, &job->batch);

    while (r == 0 && next_day(&job->batch.evidence, &day))
        r = day_add(writer, &job->batch, (int32_t)day);
    return r;
}

/* ---- out ---- */

static RESULT rules_read(struct sql *sql, struct device_id device, struct spans_rules *rules,
                         size_t *ret_count)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    size_t count = 0;
    int r = sql_prepare(sql,
                        "SELECT sensor, hash, version, first_at, since_at, last_at"
                        " FROM device_rules WHERE device = $1"
                        " ORDER BY last_at DESC, sensor, hash LIMIT $2",
                        &statement);

    if (r)
        return r;
    sql_bind_bytes(statement, 1, device_bytes(&device));
    sql_bind_i64(statement, 2, SPANS_RULES_MAX);
    while ((r = sql_next(statement)) == 0) {
        struct spans_rules *row = &rules[count++];
        struct bytes hash = sql_bytes(statement, 1);
        struct text version = sql_text(statement, 2);

        if (hash.len != REDACT_HASH_LEN || !evidence_word_valid(version))
            return FAULT(ERR_CORRUPT);
        *row = (struct spans_rules){.sensor = sql_i64(statement, 0) != 0,
                                    .first_at = sql_i64(statement, 3),
                                    .since_at = sql_i64(statement, 4),
                                    .last_at = sql_i64(statement, 5)};
        memcpy(row->rules.hash, hash.at, REDACT_HASH_LEN);
        memcpy(row->rules.version, version.at, version.len);
    }
    if (r != SQL_DONE)
        return r;
    *ret_count = count;
    return 0;
}

int embedded_rules(struct spans *spans, struct device_id device, struct arena *arena,
                   struct spans_rules **ret_rules, size_t *ret_count)
{
    struct embedded *store = embedded_of(spans);
    struct spans_rules *rules = arena_take_array(arena, SPANS_RULES_MAX, sizeof(*rules));
    struct reader *reader;

    if (!rules)
        return SPANS_LARGE;
    int r = readers_take(store, &reader);
    if (r)
        return r;
    r = rules_read(reader->opener.sql, device, rules, ret_count);
    readers_return(store, reader);
    if (r)
        return r;
    *ret_rules = rules;
    return 0;
}

struct answer {
    struct embedded *store;
    struct opener *opener;
    struct device_id device;
    struct arena *arena;
    struct evidence_judged *judged;
    size_t judged_count;
    struct evidence_count *counts;
    size_t count_count;
    size_t count_room;
};

static int by_rule(const void *left, const void *right)
{
    const struct evidence_count *a = left;
    const struct evidence_count *b = right;

    return strcmp(a->rule, b->rule);
}

static RESULT counts_room(struct answer *answer, size_t more)
{
    if (answer->count_count + more <= answer->count_room)
        return 0;
    size_t room = (answer->count_count + more) * 2;
    struct evidence_count *counts = arena_take_array(answer->arena, room, sizeof(*counts));
    if (!counts)
        return SPANS_LARGE;
    if (answer->count_count)
        memcpy(counts, answer->counts, answer->count_count * sizeof(*counts));
    answer->counts = counts;
    answer->count_room = room;
    return 0;
}

static RESULT answer_day(struct answer *answer, int32_t day, struct bytes blob)
{
    CLEANUP(evidence_sum_deinit) struct evidence_sum sum = evidence_sum_init();
    uint8_t key[KEYRING_KEY_SIZE];
    int r = keyring_day_key(answer->store->keyring, day, key);

    if (r == KEYRING_DESTROYED)
        return 0;
    if (r)
        return r > 0 ? FAULT(ERR_CORRUPT) : r;
    r = row_open(answer->opener, key, &answer->device, day, blob, &sum);
    wipe(key, sizeof(key));
    if (r)
        return r;
    const struct evidence evidence = evidence_sum_view(&sum);
    r = counts_room(answer, evidence.count_count);
    if (r)
        return r;
    answer->judged[answer->judged_count++] = (struct evidence_judged){
        .day = day, .count = evidence.judged_count ? evidence.judged[0].count : 0};
    struct evidence_count *at = answer->counts + answer->count_count;
    if (evidence.count_count) {
        memcpy(at, evidence.counts, evidence.count_count * sizeof(*at));
        qsort(at, evidence.count_count, sizeof(*at), by_rule);
    }
    answer->count_count += evidence.count_count;
    return 0;
}

static RESULT days_number(struct sql *sql, struct device_id device, int32_t from_day,
                          int32_t to_day, size_t *ret_number)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(sql,
                        "SELECT count(*) FROM evidence WHERE device = $1 AND day BETWEEN $2 AND $3",
                        &statement);

    if (r)
        return r;
    sql_bind_bytes(statement, 1, device_bytes(&device));
    sql_bind_i64(statement, 2, from_day);
    sql_bind_i64(statement, 3, to_day);
    r = sql_next(statement);
    if (r)
        return r > 0 ? FAULT(ERR_CORRUPT) : r;
    *ret_number = (size_t)sql_i64(statement, 0);
    return 0;
}

static RESULT days_read(struct answer *answer, int32_t from_day, int32_t to_day)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    size_t number = 0;
    int r = days_number(answer->opener->sql, answer->device, from_day, to_day, &number);

    if (r)
        return r;
    answer->judged = arena_take_array(answer->arena, number, sizeof(*answer->judged));
    if (!answer->judged)
        return SPANS_LARGE;
    r = sql_prepare(answer->opener->sql,
                    "SELECT day, blob FROM evidence WHERE device = $1 AND day BETWEEN $2 AND $3"
                    " ORDER BY day",
                    &statement);
    if (r)
        return r;
    sql_bind_bytes(statement, 1, device_bytes(&answer->device));
    sql_bind_i64(statement, 2, from_day);
    sql_bind_i64(statement, 3, to_day);
    while ((r = sql_next(statement)) == 0) {
        r = answer_day(answer, (int32_t)sql_i64(statement, 0), sql_bytes(statement, 1));
        if (r)
            return r;
    }
    return r == SQL_DONE ? 0 : r;
}

int embedded_evidence(struct spans *spans, struct device_id device, int32_t from_day,
                      int32_t to_day, struct arena *arena, struct evidence *ret_evidence)
{
    struct answer answer = {.store = embedded_of(spans), .device = device, .arena = arena};
    struct reader *reader;
    int r = readers_take(answer.store, &reader);

    if (r)
        return r;
    answer.opener = &reader->opener;
    r = days_read(&answer, from_day, to_day);
    readers_return(answer.store, reader);
    if (r)
        return r;
    *ret_evidence = (struct evidence){.counts = answer.counts,
                                      .count_count = answer.count_count,
                                      .judged = answer.judged,
                                      .judged_count = answer.judged_count};
    return 0;
}
