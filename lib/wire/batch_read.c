#include "wire/batch.h"

#include "ward.pb-c.h"
#include "wire/codec-private.h"

/* A column that is whole or absent: absent ones are read as zero without a question in the loop. */
struct column {
    const uint32_t *at;
    size_t step;
};

static struct column column_of(const uint32_t *at, size_t len)
{
    static const uint32_t zero;

    return len ? (struct column){.at = at, .step = 1} : (struct column){.at = &zero};
}

static uint32_t column_at(struct column column, size_t row)
{
    return column.at[row * column.step];
}

static RESULT read_head(const Ward__Batch *message, struct batch *batch)
{
    if (message->format != BATCH_FORMAT || message->device.len != DEVICE_ID_SIZE)
        return BATCH_INVALID;
    if (!codec_at_valid(message->sent_at) || !codec_offset_valid(message->offset_minutes))
        return BATCH_INVALID;
    memcpy(batch->device.at, message->device.data, DEVICE_ID_SIZE);
    batch->epoch = message->epoch;
    batch->sequence = message->sequence;
    batch->sent_at = message->sent_at;
    batch->offset_minutes = message->offset_minutes;
    return 0;
}

static bool lengths_fit(const Ward__Batch *m)
{
    size_t spans = m->n_span_durations;
    size_t counts = m->n_counts;
    size_t drops = m->n_drop_reasons;
    size_t gaps = m->n_gap_reasons;

    return codec_column_fits(m->n_account_kinds, m->n_account_names) &&
           codec_column_fits(m->n_span_gaps, spans) &&
           codec_column_fits(m->n_span_accounts, spans) &&
           codec_column_fits(m->n_span_applications, spans) &&
           codec_column_fits(m->n_span_domains, spans) &&
           codec_column_fits(m->n_span_titles, spans) &&
           codec_column_fits(m->n_span_marks, spans) &&
           codec_column_fits(m->n_count_accounts, counts) &&
           codec_column_fits(m->n_count_days, counts) &&
           codec_column_fits(m->n_count_applications, counts) &&
           codec_column_fits(m->n_count_domains, counts) &&
           codec_column_fits(m->n_count_kinds, counts) &&
           codec_column_fits(m->n_drop_accounts, drops) &&
           codec_column_fits(m->n_drop_days, drops) && codec_column_fits(m->n_drop_counts, drops) &&
           codec_column_fits(m->n_gap_accounts, gaps) && codec_column_fits(m->n_gap_from, gaps) &&
           codec_column_fits(m->n_gap_to, gaps) && codec_column_fits(m->n_gap_spans, gaps) &&
           codec_column_fits(m->n_gap_texts, gaps);
}

static bool counts_over(const Ward__Batch *m)
{
    return m->n_strings > WIRE_STRINGS_MAX || m->n_account_names > WIRE_ACCOUNTS_MAX ||
           m->n_span_durations > WIRE_SPANS_MAX || m->n_counts > WIRE_COUNTS_MAX ||
           m->n_drop_reasons > WIRE_EVENTS_MAX ||
           m->n_gap_reasons > WIRE_EVENTS_MAX - m->n_drop_reasons;
}

/* All in one piece of the arena. */
static RESULT read_strings(const Ward__Batch *m, struct arena *arena, struct batch *batch)
{
    size_t all = 0;

    for (size_t i = 0; i < m->n_strings; i++) {
        if (m->strings[i].len == 0)
            return BATCH_INVALID;
        if (m->strings[i].len > WIRE_STRING_BYTES_MAX)
            return BATCH_LARGE;
        all += m->strings[i].len;
    }
    char *at = arena_take(arena, all);
    batch->string_count = m->n_strings + 1;
    batch->strings = arena_take_array(arena, batch->string_count, sizeof(*batch->strings));
    if (!at || !batch->strings)
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; i < m->n_strings; i++) {
        struct raw_text raw = {.at = at, .len = m->strings[i].len};

        memcpy(at, m->strings[i].data, raw.len);
        if (!codec_text_valid((struct text){.at = raw.at, .len = raw.len}))
            return BATCH_INVALID;
        batch->strings[i + 1] = raw;
        at += raw.len;
    }
    return 0;
}

static RESULT read_accounts(const Ward__Batch *m, struct arena *arena, struct batch *batch)
{
    struct column kinds = column_of(m->account_kinds, m->n_account_kinds);

    batch->account_count = m->n_account_names;
    batch->accounts = arena_take_array(arena, batch->account_count, sizeof(*batch->accounts));
    if (!batch->accounts)
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; i < batch->account_count; i++) {
        uint32_t kind = column_at(kinds, i);

        if (m->account_names[i].len == 0 || kind > BATCH_STATION)
            return BATCH_INVALID;
        batch->accounts[i].kind = (enum batch_account_kind)kind;
        int r =
            codec_text(m->account_names[i], WIRE_STRING_BYTES_MAX, arena, &batch->accounts[i].name);
        if (r)
            return r;
    }
    return 0;
}

/* The hot loop: one pass over the columns. */
static RESULT read_spans(const Ward__Batch *m, struct arena *arena, struct batch *batch)
{
    static const int64_t no_gap;
    size_t step = m->n_span_gaps ? 1 : 0;
    const int64_t *gaps = m->n_span_gaps ? m->span_gaps : &no_gap;
    struct column accounts = column_of(m->span_accounts, m->n_span_accounts);
    struct column applications = column_of(m->span_applications, m->n_span_applications);
    struct column domains = column_of(m->span_domains, m->n_span_domains);
    struct column titles = column_of(m->span_titles, m->n_span_titles);
    struct column marks = column_of(m->span_marks, m->n_span_marks);
    int64_t end = 0;

    batch->span_count = m->n_span_durations;
    batch->spans = arena_take_array(arena, batch->span_count, sizeof(*batch->spans));
    if (!batch->spans)
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; i < batch->span_count; i++) {
        struct batch_span *span = &batch->spans[i];
        uint32_t mark = column_at(marks, i);

        bool wrong = __builtin_add_overflow(end, gaps[i * step], &span->start_at);
        span->duration_ms = m->span_durations[i];
        span->account = column_at(accounts, i);
        span->application = column_at(applications, i);
        span->domain = column_at(domains, i);
        span->title = column_at(titles, i);
        span->flags = mark >> CODEC_STATE_BITS;
        span->state = (enum span_state)(mark & (SPAN_STATES - 1));
        if (wrong || !codec_at_valid(span->start_at) || !codec_marks_valid(mark) ||
            span->account >= batch->account_count || span->application >= batch->string_count ||
            span->domain >= batch->string_count || span->title >= batch->string_count)
            return BATCH_INVALID;
        end = span->start_at + span->duration_ms; /* far from overflow: start_at is valid */
    }
    return 0;
}

static RESULT read_counts(const Ward__Batch *m, struct arena *arena, struct batch *batch)
{
    struct column accounts = column_of(m->count_accounts, m->n_count_accounts);
    struct column applications = column_of(m->count_applications, m->n_count_applications);
    struct column domains = column_of(m->count_domains, m->n_count_domains);
    struct column kinds = column_of(m->count_kinds, m->n_count_kinds);

    batch->count_count = m->n_counts;
    batch->counts = arena_take_array(arena, batch->count_count, sizeof(*batch->counts));
    if (!batch->counts)
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; i < batch->count_count; i++) {
        struct batch_count *count = &batch->counts[i];
        uint32_t kind = column_at(kinds, i);

        *count = (struct batch_count){
            .account = column_at(accounts, i),
            .day = m->n_count_days ? m->count_days[i] : 0,
            .application = column_at(applications, i),
            .domain = column_at(domains, i),
            .kind = (enum redact_kind)kind,
            .count = m->counts[i],
        };
        if (kind >= REDACT_KINDS || !codec_day_valid(count->day) ||
            count->account >= batch->account_count || count->application >= batch->string_count ||
            count->domain >= batch->string_count)
            return BATCH_INVALID;
    }
    return 0;
}

static RESULT read_drops(const Ward__Batch *m, struct arena *arena, struct batch *batch)
{
    struct column accounts = column_of(m->drop_accounts, m->n_drop_accounts);
    struct column counts = column_of(m->drop_counts, m->n_drop_counts);

    batch->drop_count = m->n_drop_reasons;
    batch->drops = arena_take_array(arena, batch->drop_count, sizeof(*batch->drops));
    if (!batch->drops)
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; i < batch->drop_count; i++) {
        struct batch_drop *drop = &batch->drops[i];
        uint32_t reason = m->drop_reasons[i];

        *drop = (struct batch_drop){
            .account = column_at(accounts, i),
            .day = m->n_drop_days ? m->drop_days[i] : 0,
            .reason = (enum batch_drop_reason)reason,
            .count = column_at(counts, i),
        };
        if (reason < BATCH_DROP_LONG || reason >= BATCH_DROP_REASONS ||
            !codec_day_valid(drop->day) || drop->account >= batch->account_count)
            return BATCH_INVALID;
    }
    return 0;
}

static RESULT read_gaps(const Ward__Batch *m, struct arena *arena, struct batch *batch)
{
    struct column accounts = column_of(m->gap_accounts, m->n_gap_accounts);
    struct column texts = column_of(m->gap_texts, m->n_gap_texts);

    batch->gap_count = m->n_gap_reasons;
    batch->gaps = arena_take_array(arena, batch->gap_count, sizeof(*batch->gaps));
    if (!batch->gaps)
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; i < batch->gap_count; i++) {
        struct batch_gap *gap = &batch->gaps[i];
        uint32_t reason = m->gap_reasons[i];
        uint32_t account = column_at(accounts, i); /* 0: the device */

        *gap = (struct batch_gap){
            .account = account - 1,
            .from_at = m->n_gap_from ? m->gap_from[i] : 0,
            .to_at = m->n_gap_to ? m->gap_to[i] : 0,
            .reason = (enum batch_gap_reason)reason,
            .spans = m->n_gap_spans ? m->gap_spans[i] : 0,
            .reason_text = column_at(texts, i),
        };
        if (reason < BATCH_GAP_SPOOL_FULL || reason >= BATCH_GAP_REASONS ||
            account > batch->account_count || gap->reason_text >= batch->string_count ||
            !codec_at_valid(gap->from_at) || !codec_at_valid(gap->to_at) ||
            gap->from_at > gap->to_at)
            return BATCH_INVALID;
    }
    return 0;
}

static RESULT read_evidence(const Ward__Batch *m, struct arena *arena, struct batch *batch)
{
    struct codec_evidence columns = CODEC_EVIDENCE_OF(m);

    return codec_evidence_read(&columns, arena, &batch->evidence);
}

RESULT batch_decode(struct bytes bytes, struct arena *arena, struct batch *ret_batch)
{
    CLEANUP(codec_scratch_deinit) struct codec_scratch scratch = {0};
    CLEANUP(arena_free) struct arena *plain_arena = NULL;
    struct batch batch = {0};
    struct bytes plain = {0};
    void *message;

    int r = arena_new(&plain_arena, WIRE_PLAIN_MAX);
    if (!r)
        r = codec_expand(bytes, plain_arena, &plain);
    if (!r)
        r = codec_unpack(&scratch, &ward__batch__descriptor, plain,
                         WIRE_PLAIN_MAX + CODEC_COLUMNS_MAX, &message);
    if (r)
        return r;
    if (!lengths_fit(message))
        return BATCH_INVALID;
    if (counts_over(message))
        return BATCH_LARGE;
    r = read_head(message, &batch);
    if (!r)
        r = read_strings(message, arena, &batch);
    if (!r)
        r = read_accounts(message, arena, &batch);
    if (!r)
        r = read_spans(message, arena, &batch);
    if (!r)
        r = read_counts(message, arena, &batch);
    if (!r)
        r = read_drops(message, arena, &batch);
    if (!r)
        r = read_gaps(message, arena, &batch);
    if (!r)
        r = read_evidence(message, arena, &batch);
    if (!r)
        *ret_batch = batch;
    return r;
}

RESULT batch_look(struct bytes bytes, const struct needles *needles, struct needles_sweep *sweep)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct bytes plain;
    int r = arena_new(&arena, WIRE_PLAIN_MAX + 4096);

    if (r == 0)
        r = codec_expand(bytes, arena, &plain);
    if (r == 0)
        needles_look(needles, plain, sweep);
    return r;
}
