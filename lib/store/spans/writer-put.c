/* What a batch puts into the tables: strings, boxes, tallies, gaps, and its device's position. */

#include "base/moment.h"
#include "base/wipe.h"
#include "store/spans/seal.h"
#include "store/spans/writer-private.h"

/* ---- positions ---- */

static RESULT position_get(struct writer *writer, struct device_id device,
                           struct spans_position *ret_position)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r;

    r = sql_prepare(writer->opener.sql,
                    "SELECT epoch, sequence, missing, received_at FROM device_sequence"
                    " WHERE device = $1",
                    &statement);
    if (r)
        return r;
    sql_bind_bytes(statement, 1, (struct bytes){.at = device.at, .len = DEVICE_ID_SIZE});
    r = sql_next(statement);
    if (r == SQL_DONE) {
        *ret_position = (struct spans_position){0};
        return 0;
    }
    if (r)
        return r;
    *ret_position = (struct spans_position){
        .epoch = (uint32_t)sql_i64(statement, 0),
        .sequence = (uint64_t)sql_i64(statement, 1),
        .missing = (uint64_t)sql_i64(statement, 2),
        .received_at = sql_i64(statement, 3),
    };
    return 0;
}

static RESULT position_put(struct writer *writer, struct device_id device,
                           const struct spans_position *position)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r;

    r = sql_prepare(writer->opener.sql,
                    "INSERT INTO device_sequence (device, epoch, sequence, missing, received_at)"
                    " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (device) DO UPDATE SET"
                    " epoch = excluded.epoch, sequence = excluded.sequence,"
                    " missing = excluded.missing, received_at = excluded.received_at",
                    &statement);
    if (r)
        return r;
    sql_bind_bytes(statement, 1, (struct bytes){.at = device.at, .len = DEVICE_ID_SIZE});
    sql_bind_i64(statement, 2, position->epoch);
    sql_bind_i64(statement, 3, (int64_t)position->sequence);
    sql_bind_i64(statement, 4, (int64_t)position->missing);
    sql_bind_i64(statement, 5, position->received_at);
    r = sql_run(statement);
    return r > 0 ? FAULT(ERR_CORRUPT) : r;
}

/* ---- keys ---- */

/* The key of a day. A day within the next 35 has one already; an older one may get it now. Outcome:
 * KEYRING_DESTROYED. */
RESULT writer_day_key(struct writer *writer, int32_t day, uint8_t ret_key[KEYRING_KEY_SIZE])
{
    struct keyring *keyring = writer->store->keyring;
    int r = keyring_day_key(keyring, day, ret_key);

    if (r != KEYRING_ABSENT)
        return r;
    r = keyring_ensure(keyring, day, day);
    if (r)
        return r;
    r = keyring_day_key(keyring, day, ret_key);
    return r == KEYRING_ABSENT ? FAULT(ERR_SYSTEM) : r;
}

/* Once a day: makes keys ahead, so that they are escrowed before they are used. */
static RESULT keys_ahead(struct writer *writer, int64_t received_at)
{
    int32_t today = time_day(received_at);

    if (today == writer->keyed_day)
        return 0;
    int r = keyring_ensure(writer->store->keyring, today, today + KEYRING_DAYS_AHEAD);
    if (r == 0)
        writer->keyed_day = today;
    return r;
}

/* ---- gaps ---- */

static RESULT gap_text_seal(struct writer *writer, struct device_id device,
                            const struct job_gap *gap, struct buffer *box)
{
    const struct seal seal = {
        .table = SEAL_GAP,
        .day = time_day(gap->from_at),
        .account = gap->account.number,
        .id = writer->next_gap,
        .count = (uint64_t)gap->reason,
        .device = device,
    };
    uint8_t key[KEYRING_KEY_SIZE];

    if (gap->reason_text.len == 0)
        return 0;
    int r = writer_day_key(writer, seal.day, key);
    if (r == KEYRING_DESTROYED)
        return 0;
    if (r == 0)
        r = seal_close(key, &seal, bytes_of_text(gap->reason_text), box);
    wipe(key, sizeof(key));
    return r;
}

static RESULT gap_put(struct writer *writer, struct device_id device, const struct job_gap *gap)
{
    CLEANUP(buffer_deinit) struct buffer box = buffer_init(BOX_PLAIN_MAX);
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r;

    r = gap_text_seal(writer, device, gap, &box);
    if (r)
        return r;
    r = sql_prepare(writer->opener.sql,
                    "INSERT INTO gap (id, device, account, from_at, to_at, reason, spans, blob)"
                    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                    &statement);
    if (r)
        return r;
    sql_bind_i64(statement, 1, (int64_t)writer->next_gap++);
    sql_bind_bytes(statement, 2, (struct bytes){.at = device.at, .len = DEVICE_ID_SIZE});
    sql_bind_i64(statement, 3, gap->account.number);
    sql_bind_i64(statement, 4, gap->from_at);
    sql_bind_i64(statement, 5, gap->to_at);
    sql_bind_i64(statement, 6, gap->reason);
    sql_bind_i64(statement, 7, (int64_t)gap->spans);
    if (box.len > 0)
        sql_bind_bytes(statement, 8, buffer_bytes(&box));
    r = sql_run(statement);
    return r > 0 ? FAULT(ERR_CORRUPT) : r;
}

/* ---- a day of a batch ---- */

/* The parts, counts and drops of one day: [from, to) of each list. */
struct day_slice {
    int32_t day;
    size_t part_from, part_to;
    size_t count_from, count_to;
    size_t drop_from, drop_to;
};

/* What is needed while a day of a batch is put. */
struct putting {
    struct writer *writer;
    const struct job *job;
    struct day_slice slice;
    uint8_t key[KEYRING_KEY_SIZE];
    struct dictionary *dictionary;
    uint32_t *numbers; /* of each string of the batch on this day; 0: not asked for yet, or full */
    uint32_t known;    /* strings of the day before this batch */
    bool full;         /* the day's dictionary took no more */
    struct buffer *plain;
    struct buffer *box;
};

/* The day's number of a string; 0 for none, or when the dictionary takes no more. */
static RESULT number_of(struct putting *putting, uint32_t string)
{
    const struct job *job = putting->job;

    if (job->strings[string].len == 0 || putting->numbers[string])
        return 0;
    int r = dictionary_intern(putting->dictionary, job->strings[string], job->hashes[string],
                              &putting->numbers[string]);
    if (r == DICTIONARY_FULL)
        putting->full = true;
    return r > 0 ? 0 : r;
}

static RESULT intern_day(struct putting *putting)
{
    const struct job *job = putting->job;
    const struct day_slice *slice = &putting->slice;
    int r = 0;

    for (size_t i = slice->part_from; i < slice->part_to; i++) {
        for (size_t place = 0; r == 0 && place < job->parts[i].string_count; place++)
            r = number_of(putting, job->parts[i].strings[place]);
    }
    for (size_t i = slice->count_from; r == 0 && i < slice->count_to; i++) {
        r = number_of(putting, job->batch.counts[i].application);
        if (r == 0)
            r = number_of(putting, job->batch.counts[i].domain);
    }
    return r;
}

static RESULT strings_put(struct putting *putting)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct opener *opener = &putting->writer->opener;
    uint32_t count = dictionary_count(putting->dictionary) - putting->known;
    const struct seal seal = {
        .table = SEAL_STRING,
        .day = putting->slice.day,
        .id = putting->known + 1,
        .count = count,
    };
    int r;

    if (count == 0)
        return 0;
    struct text *texts = arena_take_array(opener->scratch, count, sizeof(*texts));
    if (!texts)
        return FAULT(ERR_MEMORY);
    for (uint32_t i = 0; i < count; i++)
        texts[i] = dictionary_text(putting->dictionary, putting->known + 1 + i);
    buffer_clear(&opener->plain);
    buffer_clear(putting->box);
    r = box_strings_encode(opener->coder, texts, count, &opener->plain);
    if (r)
        return r;
    r = seal_close(putting->key, &seal, buffer_bytes(&opener->plain), putting->box);
    if (r)
        return r;
    r = sql_prepare(opener->sql,
                    "INSERT INTO string (day, first, count, blob) VALUES ($1, $2, $3, $4)",
                    &statement);
    if (r)
        return r;
    sql_bind_i64(statement, 1, seal.day);
    sql_bind_i64(statement, 2, (int64_t)seal.id);
    sql_bind_i64(statement, 3, count);
    sql_bind_bytes(statement, 4, buffer_bytes(putting->box));
    r = sql_run(statement);
    return r > 0 ? FAULT(ERR_CORRUPT) : r;
}

static RESULT part_put(struct putting *putting, const struct job_part *part)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct writer *writer = putting->writer;
    const struct seal seal = {
        .table = SEAL_BOX,
        .day = part->day,
        .account = part->account.number,
        .id = writer->next_box,
        .count = part->row_count,
    };
    uint32_t *numbers =
        arena_take_array(writer->opener.scratch, part->string_count, sizeof(*numbers));
    int r;

    if (!numbers)
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; i < part->string_count; i++)
        numbers[i] = putting->numbers[part->strings[i]];
    buffer_clear(putting->plain);
    buffer_clear(putting->box);
    box_head(part->row_count, putting->job->batch.offset_minutes, numbers, part->string_count,
             putting->plain);
    buffer_append(putting->plain, part->columns.at, part->columns.len);
    r = buffer_check(putting->plain);
    if (r)
        return r;
    r = seal_close(putting->key, &seal, buffer_bytes(putting->plain), putting->box);
    if (r)
        return r;
    r = sql_prepare(writer->opener.sql,
                    "INSERT INTO box (id, day, account, spans, blob) VALUES ($1, $2, $3, $4, $5)",
                    &statement);
    if (r)
        return r;
    sql_bind_i64(statement, 1, (int64_t)writer->next_box++);
    sql_bind_i64(statement, 2, part->day);
    sql_bind_i64(statement, 3, part->account.number);
    sql_bind_i64(statement, 4, part->row_count);
    sql_bind_bytes(statement, 5, buffer_bytes(putting->box));
    r = sql_run(statement);
    return r > 0 ? FAULT(ERR_CORRUPT) : r;
}

/* ---- tallies ---- */

static RESULT tally_put(struct putting *putting, uint32_t account, const struct box_tally *tally)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct writer *writer = putting->writer;
    const struct seal seal = {
        .table = SEAL_TALLY,
        .day = putting->slice.day,
        .account = account,
        .id = writer->next_tally,
    };
    int r;

    buffer_clear(putting->plain);
    buffer_clear(putting->box);
    box_tally_encode(tally, putting->plain);
    r = buffer_check(putting->plain);
    if (r)
        return r;
    r = seal_close(putting->key, &seal, buffer_bytes(putting->plain), putting->box);
    if (r)
        return r;
    r = sql_prepare(writer->opener.sql,
                    "INSERT INTO tally (id, day, account, blob) VALUES ($1, $2, $3, $4)",
                    &statement);
    if (r)
        return r;
    sql_bind_i64(statement, 1, (int64_t)writer->next_tally++);
    sql_bind_i64(statement, 2, seal.day);
    sql_bind_i64(statement, 3, account);
    sql_bind_bytes(statement, 4, buffer_bytes(putting->box));
    r = sql_run(statement);
    return r > 0 ? FAULT(ERR_CORRUPT) : r;
}

/* The tally of the account that comes next in the slice, which is shortened by it. */
static RESULT next_tally(struct putting *putting, struct day_slice *slice)
{
    const struct spans_batch *batch = &putting->job->batch;
    struct arena *scratch = putting->writer->opener.scratch;
    struct box_tally tally = {
        .counts =
            arena_take_array(scratch, slice->count_to - slice->count_from, sizeof(*tally.counts)),
        .drops = arena_take_array(scratch, slice->drop_to - slice->drop_from, sizeof(*tally.drops)),
    };
    uint32_t account = UINT32_MAX;

    if (!tally.counts || !tally.drops)
        return FAULT(ERR_MEMORY);
    if (slice->count_from < slice->count_to)
        account = batch->counts[slice->count_from].account.number;
    if (slice->drop_from < slice->drop_to &&
        batch->drops[slice->drop_from].account.number < account)
        account = batch->drops[slice->drop_from].account.number;
    for (; slice->count_from < slice->count_to; slice->count_from++) {
        const struct spans_count *count = &batch->counts[slice->count_from];

        if (count->account.number != account)
            break;
        tally.counts[tally.count_count++] = (struct box_count){
            .application = putting->numbers[count->application],
            .domain = putting->numbers[count->domain],
            .kind = (uint32_t)count->kind,
            .count = count->count,
        };
    }
    for (; slice->drop_from < slice->drop_to; slice->drop_from++) {
        const struct spans_drop *drop = &batch->drops[slice->drop_from];

        if (drop->account.number != account)
            break;
        tally.drops[tally.drop_count++] =
            (struct box_drop){.reason = (uint32_t)drop->reason, .count = drop->count};
    }
    return tally_put(putting, account, &tally);
}

/* Says, for each account, how many different texts were not kept because the day's dictionary is
 * full. */
static RESULT unkept_put(struct putting *putting)
{
    const struct job *job = putting->job;
    int r = 0;

    for (size_t i = putting->slice.part_from; r == 0 && i < putting->slice.part_to; i++) {
        const struct job_part *part = &job->parts[i];
        struct box_drop drop = {.reason = BATCH_DROP_FAULT};
        const struct box_tally tally = {.drops = &drop, .drop_count = 1};

        for (size_t place = 0; place < part->string_count; place++)
            drop.count += putting->numbers[part->strings[place]] == 0;
        if (drop.count > 0)
            r = tally_put(putting, part->account.number, &tally);
    }
    return r;
}

static RESULT day_put(struct putting *putting)
{
    struct day_slice tallies = putting->slice;
    int r;

    r = intern_day(putting);
    if (r == 0)
        r = strings_put(putting);
    for (size_t i = putting->slice.part_from; r == 0 && i < putting->slice.part_to; i++)
        r = part_put(putting, &putting->job->parts[i]);
    while (r == 0 && (tallies.count_from < tallies.count_to || tallies.drop_from < tallies.drop_to))
        r = next_tally(putting, &tallies);
    if (r == 0 && putting->full)
        r = unkept_put(putting);
    return r;
}

static RESULT day_put_open(struct putting *putting)
{
    struct writer *writer = putting->writer;
    int r;

    r = dictionary_days_get(writer->days, putting->slice.day, &putting->dictionary);
    if (r)
        return r;
    if (dictionary_count(putting->dictionary) == 0) {
        r = opener_catch_up(&writer->opener, &writer->store->seed, putting->key, putting->slice.day,
                            putting->dictionary);
        if (r)
            return r;
    }
    putting->known = dictionary_count(putting->dictionary);
    arena_reset(writer->opener.scratch);
    putting->numbers = arena_take_array(writer->opener.scratch, putting->job->batch.string_count,
                                        sizeof(*putting->numbers));
    if (!putting->numbers)
        return FAULT(ERR_MEMORY);
    return day_put(putting);
}

/* Rows of a day that is destroyed come too late: a gap for each account says how many. */
static RESULT late_put(struct writer *writer, const struct job *job, const struct day_slice *slice)
{
    int r = 0;

    dictionary_days_forget(writer->days, slice->day);
    for (size_t i = slice->part_from; r == 0 && i < slice->part_to; i++) {
        const struct job_gap gap = {
            .account = job->parts[i].account,
            .from_at = slice->day * MS_PER_DAY,
            .to_at = (slice->day + 1) * MS_PER_DAY,
            .reason = BATCH_GAP_SPOOL_AGED,
            .spans = job->parts[i].row_count,
        };

        r = gap_put(writer, job->batch.device, &gap);
    }
    return r;
}

/* The slice of the earliest day after the slice before; false when there is none. */
static bool next_slice(const struct job *job, struct day_slice *slice)
{
    const struct spans_batch *batch = &job->batch;
    int32_t day = INT32_MAX;

    slice->part_from = slice->part_to;
    slice->count_from = slice->count_to;
    slice->drop_from = slice->drop_to;
    if (slice->part_from < job->part_count)
        day = job->parts[slice->part_from].day;
    if (slice->count_from < batch->count_count && batch->counts[slice->count_from].day < day)
        day = batch->counts[slice->count_from].day;
    if (slice->drop_from < batch->drop_count && batch->drops[slice->drop_from].day < day)
        day = batch->drops[slice->drop_from].day;
    slice->day = day;
    while (slice->part_to < job->part_count && job->parts[slice->part_to].day == day)
        slice->part_to++;
    while (slice->count_to < batch->count_count && batch->counts[slice->count_to].day == day)
        slice->count_to++;
    while (slice->drop_to < batch->drop_count && batch->drops[slice->drop_to].day == day)
        slice->drop_to++;
    return day != INT32_MAX;
}

static RESULT days_put(struct writer *writer, const struct job *job)
{
    CLEANUP(buffer_deinit) struct buffer plain = buffer_init(BOX_PLAIN_MAX);
    CLEANUP(buffer_deinit) struct buffer box = buffer_init(2 * BOX_STRINGS_PLAIN_MAX);
    struct putting putting = {.writer = writer, .job = job, .plain = &plain, .box = &box};
    int r = 0;

    while (r == 0 && next_slice(job, &putting.slice)) {
        putting.full = false;
        r = writer_day_key(writer, putting.slice.day, putting.key);
        if (r == 0)
            r = day_put_open(&putting);
        else if (r == KEYRING_DESTROYED)
            r = late_put(writer, job, &putting.slice);
    }
    wipe(putting.key, sizeof(putting.key));
    return r;
}

/* ---- a batch ---- */

RESULT writer_put(struct writer *writer, struct job *job)
{
    struct spans_position position;
    struct spans_position next;
    uint64_t skipped;
    int r;

    r = position_get(writer, job->batch.device, &position);
    if (r)
        return r;
    r = spans_position_next(&position, &job->batch, &next, &skipped);
    if (r)
        return r;
    r = keys_ahead(writer, job->batch.received_at);
    if (r)
        return r;
    r = days_put(writer, job);
    if (r == 0)
        r = evidence_put(writer, job);
    if (r)
        return r;
    if (skipped > 0) {
        struct spans_gap gap = spans_position_gap(&position, &job->batch);

        r = gap_put(
            writer, job->batch.device,
            &(struct job_gap){.from_at = gap.from_at, .to_at = gap.to_at, .reason = gap.reason});
        if (r)
            return r;
    }
    for (size_t i = 0; i < job->gap_count; i++) {
        r = gap_put(writer, job->batch.device, &job->gaps[i]);
        if (r)
            return r;
    }
    return position_put(writer, job->batch.device, &next);
}
