#include "ward.pb-c.h"
#include "wire/batch.h"
#include "wire/codec-private.h"

static bool text_fits(struct text text)
{
    return text.len <= WIRE_STRING_BYTES_MAX && codec_text_valid(text);
}

/* A row of the message from a span. */
static RESULT live_row(Ward__Live *message, size_t i, const struct live_span *live)
{
    const struct span *span = &live->span;
    struct text application = clean_text_view(span->application);
    struct text domain = clean_text_view(span->domain);
    struct text title = clean_text_view(span->title);

    if (live->account_name.len == 0 || !text_fits(live->account_name) || !text_fits(application) ||
        !text_fits(domain) || !text_fits(title) || !codec_at_valid(span->start_at))
        return BATCH_INVALID;
    message->account_names[i] = codec_data(live->account_name);
    message->account_kinds[i] = live->account_kind;
    message->starts[i] = span->start_at;
    message->durations[i] = span->duration_ms;
    message->states[i] = span->state;
    message->applications[i] = codec_data(application);
    message->domains[i] = codec_data(domain);
    message->titles[i] = codec_data(title);
    return 0;
}

static RESULT live_columns(Ward__Live *message, size_t count, struct arena *arena)
{
    message->account_names = arena_take_array(arena, count, sizeof(*message->account_names));
    message->account_kinds = arena_take_array(arena, count, sizeof(*message->account_kinds));
    message->starts = arena_take_array(arena, count, sizeof(*message->starts));
    message->durations = arena_take_array(arena, count, sizeof(*message->durations));
    message->states = arena_take_array(arena, count, sizeof(*message->states));
    message->applications = arena_take_array(arena, count, sizeof(*message->applications));
    message->domains = arena_take_array(arena, count, sizeof(*message->domains));
    message->titles = arena_take_array(arena, count, sizeof(*message->titles));
    if (!message->account_names || !message->account_kinds || !message->starts ||
        !message->durations || !message->states || !message->applications || !message->domains ||
        !message->titles)
        return FAULT(ERR_MEMORY);
    message->n_account_names = message->n_account_kinds = message->n_starts = count;
    message->n_durations = message->n_states = message->n_applications = count;
    message->n_domains = message->n_titles = count;
    return 0;
}

RESULT live_encode(const struct live_head *head, const struct live_span *spans, size_t count,
                   struct buffer *ret_bytes)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    Ward__Live message = WARD__LIVE__INIT;

    if (count > WIRE_ACCOUNTS_MAX)
        return BATCH_LARGE;
    if (!text_fits(head->version) || !codec_at_valid(head->sent_at) ||
        !codec_offset_valid(head->offset_minutes))
        return BATCH_INVALID;
    int r = arena_new(&arena, CODEC_COLUMNS_MAX);
    if (!r)
        r = live_columns(&message, count, arena);
    for (size_t i = 0; i < count && !r; i++)
        r = live_row(&message, i, &spans[i]);
    if (r)
        return r;
    message.sent_at = head->sent_at;
    message.offset_minutes = head->offset_minutes;
    message.waiting = head->waiting;
    message.policy = head->policy;
    message.version = codec_data(head->version);
    message.canaries_run = head->canaries.run;
    message.canaries_passed = head->canaries.passed;
    message.canary_state = head->canaries.state;
    if (ward__live__get_packed_size(&message) > WIRE_BODY_MAX)
        return BATCH_LARGE;
    return codec_pack(&message.base, ret_bytes);
}

static RESULT live_read_row(const Ward__Live *m, size_t i, struct arena *arena,
                            struct live_in_span *ret_span)
{
    uint32_t kind = m->n_account_kinds ? m->account_kinds[i] : BATCH_PERSON;
    uint32_t state = m->n_states ? m->states[i] : SPAN_ACTIVE;
    struct live_in_span span = {.account_kind = (enum batch_account_kind)kind,
                                .start_at = m->n_starts ? m->starts[i] : 0,
                                .duration_ms = m->durations[i],
                                .state = (enum span_state)state};

    if (kind > BATCH_STATION || state >= SPAN_STATES || !codec_at_valid(span.start_at))
        return BATCH_INVALID;
    int r = codec_text_at(m->account_names, m->n_account_names, i, WIRE_STRING_BYTES_MAX, arena,
                          &span.account_name);
    if (!r)
        r = codec_text_at(m->applications, m->n_applications, i, WIRE_STRING_BYTES_MAX, arena,
                          &span.application);
    if (!r)
        r = codec_text_at(m->domains, m->n_domains, i, WIRE_STRING_BYTES_MAX, arena, &span.domain);
    if (!r)
        r = codec_text_at(m->titles, m->n_titles, i, WIRE_STRING_BYTES_MAX, arena, &span.title);
    if (!r && span.account_name.len == 0)
        return BATCH_INVALID;
    if (!r)
        *ret_span = span;
    return r;
}

static RESULT live_check(const Ward__Live *m)
{
    size_t rows = m->n_durations;

    if (!codec_column_fits(m->n_account_names, rows) ||
        !codec_column_fits(m->n_account_kinds, rows) || !codec_column_fits(m->n_starts, rows) ||
        !codec_column_fits(m->n_states, rows) || !codec_column_fits(m->n_applications, rows) ||
        !codec_column_fits(m->n_domains, rows) || !codec_column_fits(m->n_titles, rows))
        return BATCH_INVALID;
    if (!codec_at_valid(m->sent_at) || !codec_offset_valid(m->offset_minutes) ||
        m->canary_state >= LIVE_CANARY_STATES || m->canaries_passed > m->canaries_run)
        return BATCH_INVALID;
    return rows > WIRE_ACCOUNTS_MAX ? BATCH_LARGE : 0;
}

RESULT live_decode(struct bytes bytes, struct arena *arena, struct live *ret_live)
{
    CLEANUP(codec_scratch_deinit) struct codec_scratch scratch = {0};
    void *at;

    if (bytes.len > WIRE_BODY_MAX)
        return BATCH_LARGE;
    int r = codec_unpack(&scratch, &ward__live__descriptor, bytes, CODEC_COLUMNS_MAX, &at);
    if (r)
        return r;
    const Ward__Live *m = at;
    r = live_check(m);
    if (r)
        return r;
    struct live live = {.sent_at = m->sent_at,
                        .offset_minutes = m->offset_minutes,
                        .waiting = m->waiting,
                        .canaries = {.run = m->canaries_run,
                                     .passed = m->canaries_passed,
                                     .state = (enum live_canary_state)m->canary_state},
                        .policy = m->policy,
                        .span_count = m->n_durations};
    live.spans = arena_take_array(arena, live.span_count, sizeof(*live.spans));
    if (!live.spans)
        return FAULT(ERR_MEMORY);
    r = codec_text(m->version, WIRE_STRING_BYTES_MAX, arena, &live.version);
    for (size_t i = 0; i < live.span_count && !r; i++)
        r = live_read_row(m, i, arena, &live.spans[i]);
    if (!r)
        *ret_live = live;
    return r;
}

const char *live_canaries_word(enum live_canary_state state)
{
    static const char *const words[LIVE_CANARY_STATES] = {
        [LIVE_CANARIES_UNKNOWN] = "unknown", [LIVE_CANARIES_CLEAN] = "clean",
        [LIVE_CANARIES_SENSOR] = "sensor",   [LIVE_CANARIES_SERVICE] = "service",
        [LIVE_CANARIES_WAIVED] = "waived",
    };

    return words[state];
}
