#include "store/spans/job.h"

#include <stdlib.h>

#include "base/moment.h"

/* Above what any batch within wire/limits.h needs. */
#define JOB_BYTES_MAX ((size_t)64 << 20)

struct job *job_free(struct job *job)
{
    if (!job)
        return NULL;
    (void)arena_free(job->arena);
    free(job);
    return NULL;
}

/* ---- what is only copied ---- */

static RESULT copy_strings(struct job *job, const struct spans_batch *batch,
                           const struct dictionary_seed *seed)
{
    struct text *strings = arena_take_array(job->arena, batch->string_count, sizeof(*strings));
    uint64_t *hashes = arena_take_array(job->arena, batch->string_count, sizeof(*hashes));
    size_t total = 0;

    if (!strings || !hashes)
        return FAULT(ERR_MEMORY);
    for (size_t i = 1; i < batch->string_count; i++) {
        strings[i] = clean_text_view(batch->strings[i]);
        hashes[i] = dictionary_hash(seed, strings[i]);
        total += strings[i].len;
    }
    char *at = arena_take(job->arena, total);
    if (!at)
        return FAULT(ERR_MEMORY);
    for (size_t i = 1; i < batch->string_count; i++) {
        if (strings[i].len)
            memcpy(at, strings[i].at, strings[i].len);
        strings[i].at = at;
        at += strings[i].len;
    }
    job->strings = strings;
    job->hashes = hashes;
    job->size_bytes += total + batch->string_count * (sizeof(*strings) + sizeof(*hashes));
    return 0;
}

static RESULT copy_gaps(struct job *job, const struct spans_batch *batch)
{
    job->gap_count = batch->gap_count;
    job->gaps = arena_take_array(job->arena, job->gap_count, sizeof(*job->gaps));
    if (!job->gaps)
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; i < job->gap_count; i++) {
        const struct spans_gap *from = &batch->gaps[i];
        struct text text = clean_text_view(from->reason_text);

        job->gaps[i] = (struct job_gap){
            .account = from->account,
            .from_at = from->from_at,
            .to_at = from->to_at,
            .reason = from->reason,
            .spans = from->spans,
            .reason_text = arena_copy_text(job->arena, text),
        };
        if (!job->gaps[i].reason_text.at)
            return FAULT(ERR_MEMORY);
        job->size_bytes += sizeof(*job->gaps) + text.len;
    }
    return 0;
}

static int compare(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int count_order(const void *left, const void *right)
{
    const struct spans_count *a = left;
    const struct spans_count *b = right;
    int by_day = compare(a->day, b->day);

    return by_day ? by_day : compare(a->account.number, b->account.number);
}

static int drop_order(const void *left, const void *right)
{
    const struct spans_drop *a = left;
    const struct spans_drop *b = right;
    int by_day = compare(a->day, b->day);

    return by_day ? by_day : compare(a->account.number, b->account.number);
}

static RESULT copy_tallies(struct job *job, const struct spans_batch *batch)
{
    struct spans_count *counts =
        arena_take_array(job->arena, batch->count_count, sizeof(*batch->counts));
    struct spans_drop *drops =
        arena_take_array(job->arena, batch->drop_count, sizeof(*batch->drops));

    if (!counts || !drops)
        return FAULT(ERR_MEMORY);
    if (batch->count_count > 0) {
        memcpy(counts, batch->counts, batch->count_count * sizeof(*counts));
        qsort(counts, batch->count_count, sizeof(*counts), count_order);
    }
    if (batch->drop_count > 0) {
        memcpy(drops, batch->drops, batch->drop_count * sizeof(*drops));
        qsort(drops, batch->drop_count, sizeof(*drops), drop_order);
    }
    job->batch.counts = counts;
    job->batch.drops = drops;
    if (evidence_copy(&batch->evidence, job->arena, &job->batch.evidence))
        return FAULT(ERR_MEMORY);
    job->size_bytes += batch->count_count * sizeof(*counts) + batch->drop_count * sizeof(*drops);
    return 0;
}

/* ---- rows ---- */

/* By day, account, start, then as they came: the order in the batch is the order in memory. */
static int row_order(const void *left, const void *right)
{
    const struct spans_row *a = *(const struct spans_row *const *)left;
    const struct spans_row *b = *(const struct spans_row *const *)right;
    int order = compare(time_day(a->start_at), time_day(b->start_at));

    if (order == 0)
        order = compare(a->account.number, b->account.number);
    if (order == 0)
        order = compare(a->start_at, b->start_at);
    return order ? order : (a > b) - (a < b);
}

static bool same_part(const struct spans_row *a, const struct spans_row *b)
{
    return a->account.number == b->account.number && time_day(a->start_at) == time_day(b->start_at);
}

/* The end of the box that begins at begin. */
static size_t part_end(const struct spans_row *const *rows, size_t begin, size_t count)
{
    size_t end = begin + 1;

    while (end < count && end - begin < BOX_ROWS_MAX && same_part(rows[begin], rows[end]))
        end++;
    return end;
}

/* Rows in order, and the box's own list of strings as it grows. */
struct encoding {
    struct job *job;
    struct box_coder *coder;
    const struct spans_row **rows;
    struct box_row *boxed;
    uint32_t *places;  /* of each string of the batch in the box's list; 0: not in it yet */
    uint32_t *strings; /* the box's list */
    size_t string_count;
    struct buffer *columns;
};

static uint32_t place_of(struct encoding *encoding, uint32_t string)
{
    if (encoding->job->strings[string].len == 0)
        return 0;
    if (encoding->places[string] == 0) {
        encoding->strings[encoding->string_count++] = string;
        encoding->places[string] = (uint32_t)encoding->string_count;
    }
    return encoding->places[string];
}

static RESULT part_encode(struct encoding *encoding, const struct spans_row *const *rows,
                          size_t count, struct job_part *part)
{
    struct arena *arena = encoding->job->arena;
    int r;

    encoding->string_count = 0;
    for (size_t i = 0; i < count; i++) {
        encoding->boxed[i] = (struct box_row){
            .start_at = rows[i]->start_at,
            .duration_ms = rows[i]->duration_ms,
            .application = place_of(encoding, rows[i]->application),
            .domain = place_of(encoding, rows[i]->domain),
            .title = place_of(encoding, rows[i]->title),
            .flags = rows[i]->flags,
            .state = rows[i]->state,
        };
    }
    part->day = time_day(rows[0]->start_at);
    part->account = rows[0]->account;
    part->row_count = (uint32_t)count;
    part->string_count = encoding->string_count;
    buffer_clear(encoding->columns);
    r = box_columns(encoding->coder, part->day, encoding->boxed, count, part->string_count,
                    encoding->columns);
    if (r)
        return r;
    part->columns = arena_copy(arena, buffer_bytes(encoding->columns));
    uint32_t *strings = arena_take_array(arena, part->string_count, sizeof(*strings));
    if (!part->columns.at || !strings)
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; i < part->string_count; i++) {
        strings[i] = encoding->strings[i];
        encoding->places[strings[i]] = 0;
    }
    part->strings = strings;
    encoding->job->size_bytes += part->columns.len + part->string_count * sizeof(*strings);
    return 0;
}

static RESULT parts_encode(struct encoding *encoding, size_t count)
{
    struct job *job = encoding->job;
    const struct spans_row **rows = encoding->rows;
    size_t parts = 0;
    int r = 0;

    for (size_t begin = 0; begin < count; begin = part_end(rows, begin, count))
        parts++;
    job->parts = arena_take_array(job->arena, parts, sizeof(*job->parts));
    if (!job->parts)
        return FAULT(ERR_MEMORY);
    job->size_bytes += parts * sizeof(*job->parts);
    for (size_t begin = 0; r == 0 && begin < count;) {
        size_t end = part_end(rows, begin, count);

        r = part_encode(encoding, rows + begin, end - begin, &job->parts[job->part_count++]);
        begin = end;
    }
    return r;
}

static RESULT encode_rows(struct job *job, const struct spans_batch *batch, struct box_coder *coder)
{
    CLEANUP(arena_free) struct arena *scratch = NULL;
    CLEANUP(buffer_deinit) struct buffer columns = buffer_init(BOX_PLAIN_MAX);
    bool sorted = true;
    int r = arena_new(&scratch, JOB_BYTES_MAX);

    if (r)
        return r;
    struct encoding encoding = {
        .job = job,
        .coder = coder,
        .columns = &columns,
        .rows = arena_take_array(scratch, batch->row_count, sizeof(void *)),
        .boxed = arena_take_array(scratch, batch->row_count, sizeof(*encoding.boxed)),
        .places = arena_take_array(scratch, batch->string_count, sizeof(*encoding.places)),
        .strings = arena_take_array(scratch, batch->string_count, sizeof(*encoding.strings)),
    };
    if (!encoding.rows || !encoding.boxed || !encoding.places || !encoding.strings)
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; i < batch->row_count; i++) {
        encoding.rows[i] = &batch->rows[i];
        sorted = sorted && (i == 0 || row_order(&encoding.rows[i - 1], &encoding.rows[i]) < 0);
    }
    if (!sorted)
        qsort(encoding.rows, batch->row_count, sizeof(void *), row_order);
    return parts_encode(&encoding, batch->row_count);
}

RESULT job_new(struct job **ret_job, const struct spans_batch *batch, struct box_coder *coder,
               const struct dictionary_seed *seed, spans_done *done, void *context)
{
    CLEANUP(job_free) struct job *job = calloc(1, sizeof(*job));
    int r;

    if (!job)
        return FAULT(ERR_MEMORY);
    r = arena_new(&job->arena, JOB_BYTES_MAX);
    if (r)
        return r;
    job->done = done;
    job->context = context;
    job->size_bytes = sizeof(*job);
    job->batch = *batch;
    job->batch.strings = NULL;
    job->batch.rows = NULL;
    job->batch.gaps = NULL;
    r = copy_strings(job, batch, seed);
    if (r)
        return r;
    r = copy_gaps(job, batch);
    if (r)
        return r;
    r = copy_tallies(job, batch);
    if (r)
        return r;
    r = encode_rows(job, batch, coder);
    if (r)
        return r;
    *ret_job = TAKE(job);
    return 0;
}
