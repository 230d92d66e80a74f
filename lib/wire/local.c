#include "wire/local.h"

#include <assert.h>

#include "ward.pb-c.h"
#include "wire/codec-private.h"

/* A text of a row on its way out, into element i of a column. */
static bool put(ProtobufCBinaryData *column, size_t i, const struct clean_text *clean)
{
    struct text text = clean_text_view(clean);

    column[i] = codec_data(text);
    return text.len <= WIRE_STRING_BYTES_MAX && codec_text_valid(text);
}

static RESULT put_spans(Ward__Report *m, const struct span *spans, size_t count,
                        struct arena *arena)
{
    m->starts = arena_take_array(arena, count, sizeof(*m->starts));
    m->durations = arena_take_array(arena, count, sizeof(*m->durations));
    m->marks = arena_take_array(arena, count, sizeof(*m->marks));
    m->applications = arena_take_array(arena, count, sizeof(*m->applications));
    m->domains = arena_take_array(arena, count, sizeof(*m->domains));
    m->titles = arena_take_array(arena, count, sizeof(*m->titles));
    if (!m->starts || !m->durations || !m->marks || !m->applications || !m->domains || !m->titles)
        return FAULT(ERR_MEMORY);
    m->n_starts = m->n_durations = m->n_marks = count;
    m->n_applications = m->n_domains = m->n_titles = count;
    for (size_t i = 0; i < count; i++) {
        const struct span *span = &spans[i];

        assert(span->state < SPAN_STATES);
        m->starts[i] = span->start_at;
        m->durations[i] = span->duration_ms;
        m->marks[i] = (uint32_t)span->state | span->flags << CODEC_STATE_BITS;
        if (!codec_at_valid(span->start_at) || span->flags > CODEC_FLAGS_MAX ||
            !put(m->applications, i, span->application) || !put(m->domains, i, span->domain) ||
            !put(m->titles, i, span->title))
            return BATCH_INVALID;
    }
    return 0;
}

static RESULT put_counts(Ward__Report *m, const struct local_count *counts, size_t count,
                         struct arena *arena)
{
    m->count_days = arena_take_array(arena, count, sizeof(*m->count_days));
    m->count_applications = arena_take_array(arena, count, sizeof(*m->count_applications));
    m->count_domains = arena_take_array(arena, count, sizeof(*m->count_domains));
    m->count_kinds = arena_take_array(arena, count, sizeof(*m->count_kinds));
    m->counts = arena_take_array(arena, count, sizeof(*m->counts));
    if (!m->count_days || !m->count_applications || !m->count_domains || !m->count_kinds ||
        !m->counts)
        return FAULT(ERR_MEMORY);
    m->n_count_days = m->n_count_applications = m->n_count_domains = count;
    m->n_count_kinds = m->n_counts = count;
    for (size_t i = 0; i < count; i++) {
        assert(counts[i].kind < REDACT_KINDS);
        m->count_days[i] = counts[i].day;
        m->count_kinds[i] = counts[i].kind;
        m->counts[i] = counts[i].count;
        if (!codec_day_valid(counts[i].day) ||
            !put(m->count_applications, i, counts[i].application) ||
            !put(m->count_domains, i, counts[i].domain))
            return BATCH_INVALID;
    }
    return 0;
}

static RESULT put_drops(Ward__Report *m, const struct local_drop *drops, size_t count,
                        struct arena *arena)
{
    m->drop_days = arena_take_array(arena, count, sizeof(*m->drop_days));
    m->drop_reasons = arena_take_array(arena, count, sizeof(*m->drop_reasons));
    m->drop_counts = arena_take_array(arena, count, sizeof(*m->drop_counts));
    if (!m->drop_days || !m->drop_reasons || !m->drop_counts)
        return FAULT(ERR_MEMORY);
    m->n_drop_days = m->n_drop_reasons = m->n_drop_counts = count;
    for (size_t i = 0; i < count; i++) {
        assert(drops[i].reason >= BATCH_DROP_LONG && drops[i].reason < BATCH_DROP_REASONS);
        m->drop_days[i] = drops[i].day;
        m->drop_reasons[i] = drops[i].reason;
        m->drop_counts[i] = drops[i].count;
        if (!codec_day_valid(drops[i].day))
            return BATCH_INVALID;
    }
    return 0;
}

static RESULT put_evidence(Ward__Report *m, const struct evidence *evidence, struct arena *arena)
{
    struct codec_evidence columns;
    int r = codec_evidence_put(evidence, arena, &columns);

    if (!r)
        CODEC_EVIDENCE_INTO(m, columns);
    return r;
}

RESULT local_report_encode(const struct span *spans, size_t span_count,
                           const struct local_count *counts, size_t count_count,
                           const struct local_drop *drops, size_t drop_count,
                           const struct evidence *evidence, struct buffer *ret_body)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    Ward__Report message = WARD__REPORT__INIT;

    if (span_count > WIRE_REPORT_MAX || count_count > WIRE_REPORT_MAX ||
        drop_count > WIRE_REPORT_MAX)
        return BATCH_LARGE;
    int r = arena_new(&arena, CODEC_COLUMNS_MAX);
    if (!r)
        r = put_spans(&message, spans, span_count, arena);
    if (!r)
        r = put_counts(&message, counts, count_count, arena);
    if (!r)
        r = put_drops(&message, drops, drop_count, arena);
    if (!r && evidence)
        r = put_evidence(&message, evidence, arena);
    if (r)
        return r;
    if (ward__report__get_packed_size(&message) > WIRE_LOCAL_MAX)
        return BATCH_LARGE;
    return codec_pack(&message.base, ret_body);
}

RESULT local_current_encode(const struct span *span, struct buffer *ret_body)
{
    return local_report_encode(span, span ? 1 : 0, NULL, 0, NULL, 0, NULL, ret_body);
}

/* ---- in ---- */

static RESULT check_lengths(const Ward__Report *m)
{
    size_t spans = m->n_durations;
    size_t counts = m->n_counts;
    size_t drops = m->n_drop_reasons;

    if (!codec_column_fits(m->n_starts, spans) || !codec_column_fits(m->n_marks, spans) ||
        !codec_column_fits(m->n_applications, spans) || !codec_column_fits(m->n_domains, spans) ||
        !codec_column_fits(m->n_titles, spans) || !codec_column_fits(m->n_count_days, counts) ||
        !codec_column_fits(m->n_count_applications, counts) ||
        !codec_column_fits(m->n_count_domains, counts) ||
        !codec_column_fits(m->n_count_kinds, counts) || !codec_column_fits(m->n_drop_days, drops) ||
        !codec_column_fits(m->n_drop_counts, drops))
        return BATCH_INVALID;
    if (spans > WIRE_REPORT_MAX || counts > WIRE_REPORT_MAX || drops > WIRE_REPORT_MAX)
        return BATCH_LARGE;
    return 0;
}

static RESULT read_span(const Ward__Report *m, size_t i, struct arena *arena,
                        struct local_in_span *ret_span)
{
    uint32_t marks = m->n_marks ? m->marks[i] : 0;
    struct local_in_span span = {.start_at = m->n_starts ? m->starts[i] : 0,
                                 .duration_ms = m->durations[i],
                                 .state = (enum span_state)(marks & (SPAN_STATES - 1)),
                                 .flags = marks >> CODEC_STATE_BITS};

    if (!codec_at_valid(span.start_at) || !codec_marks_valid(marks))
        return BATCH_INVALID;
    int r = codec_text_at(m->applications, m->n_applications, i, WIRE_STRING_BYTES_MAX, arena,
                          &span.application);
    if (!r)
        r = codec_text_at(m->domains, m->n_domains, i, WIRE_STRING_BYTES_MAX, arena, &span.domain);
    if (!r)
        r = codec_text_at(m->titles, m->n_titles, i, WIRE_STRING_BYTES_MAX, arena, &span.title);
    if (!r)
        *ret_span = span;
    return r;
}

static RESULT read_count(const Ward__Report *m, size_t i, struct arena *arena,
                         struct local_in_count *ret_count)
{
    uint32_t kind = m->n_count_kinds ? m->count_kinds[i] : 0;
    struct local_in_count count = {.day = m->n_count_days ? m->count_days[i] : 0,
                                   .kind = (enum redact_kind)kind,
                                   .count = m->counts[i]};

    if (kind >= REDACT_KINDS || !codec_day_valid(count.day))
        return BATCH_INVALID;
    int r = codec_text_at(m->count_applications, m->n_count_applications, i, WIRE_STRING_BYTES_MAX,
                          arena, &count.application);
    if (!r)
        r = codec_text_at(m->count_domains, m->n_count_domains, i, WIRE_STRING_BYTES_MAX, arena,
                          &count.domain);
    if (!r)
        *ret_count = count;
    return r;
}

static RESULT read_drop(const Ward__Report *m, size_t i, struct local_drop *ret_drop)
{
    uint32_t reason = m->drop_reasons[i];
    struct local_drop drop = {.day = m->n_drop_days ? m->drop_days[i] : 0,
                              .reason = (enum batch_drop_reason)reason,
                              .count = m->n_drop_counts ? m->drop_counts[i] : 0};

    if (reason < BATCH_DROP_LONG || reason >= BATCH_DROP_REASONS || !codec_day_valid(drop.day))
        return BATCH_INVALID;
    *ret_drop = drop;
    return 0;
}

static RESULT read_evidence(const Ward__Report *m, struct arena *arena, struct local_report *report)
{
    struct codec_evidence columns = CODEC_EVIDENCE_OF(m);
    int r = codec_evidence_read(&columns, arena, &report->evidence);

    return !r && report->evidence.rules_count > 1 ? BATCH_INVALID : r;
}

static RESULT read_report(const Ward__Report *m, struct arena *arena,
                          struct local_report *ret_report)
{
    struct local_report report = {
        .span_count = m->n_durations, .count_count = m->n_counts, .drop_count = m->n_drop_reasons};
    int r = 0;

    report.spans = arena_take_array(arena, report.span_count, sizeof(*report.spans));
    report.counts = arena_take_array(arena, report.count_count, sizeof(*report.counts));
    report.drops = arena_take_array(arena, report.drop_count, sizeof(*report.drops));
    if (!report.spans || !report.counts || !report.drops)
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; i < report.span_count && !r; i++)
        r = read_span(m, i, arena, &report.spans[i]);
    for (size_t i = 0; i < report.count_count && !r; i++)
        r = read_count(m, i, arena, &report.counts[i]);
    for (size_t i = 0; i < report.drop_count && !r; i++)
        r = read_drop(m, i, &report.drops[i]);
    if (!r)
        r = read_evidence(m, arena, &report);
    if (!r)
        *ret_report = report;
    return r;
}

RESULT local_report_decode(struct bytes body, struct arena *arena, struct local_report *ret_report)
{
    CLEANUP(codec_scratch_deinit) struct codec_scratch scratch = {0};
    void *message;

    if (body.len > WIRE_LOCAL_MAX)
        return BATCH_LARGE;
    int r = codec_unpack(&scratch, &ward__report__descriptor, body, CODEC_COLUMNS_MAX, &message);
    if (!r)
        r = check_lengths(message);
    if (!r)
        r = read_report(message, arena, ret_report);
    return r;
}

/* ---- pauses ---- */

RESULT local_pause_encode(uint32_t minutes, struct text reason, struct buffer *ret_body)
{
    Ward__Pause message = WARD__PAUSE__INIT;

    if (reason.len > WIRE_STRING_BYTES_MAX)
        return BATCH_LARGE;
    if (!codec_text_valid(reason))
        return BATCH_INVALID;
    message.minutes = minutes;
    message.reason = codec_data(reason);
    return codec_pack(&message.base, ret_body);
}

RESULT local_pause_decode(struct bytes body, struct arena *arena, struct local_pause *ret_pause)
{
    CLEANUP(codec_scratch_deinit) struct codec_scratch scratch = {0};
    struct local_pause pause;
    void *at;

    if (body.len > WIRE_LOCAL_MAX)
        return BATCH_LARGE;
    int r = codec_unpack(&scratch, &ward__pause__descriptor, body, CODEC_COLUMNS_MAX, &at);
    if (r)
        return r;
    const Ward__Pause *message = at;
    r = codec_text(message->reason, WIRE_STRING_BYTES_MAX, arena, &pause.reason);
    if (r)
        return r;
    pause.minutes = message->minutes;
    *ret_pause = pause;
    return 0;
}
