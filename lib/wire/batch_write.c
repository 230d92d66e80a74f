#include "wire/batch.h"

#include <assert.h>
#include <stdlib.h>

#include "ward.pb-c.h"
#include "wire/codec-private.h"

/*
 * Rows are kept as they come and turned to columns at the end. plain_max is how long the batch may
 * have become at most, in bytes: every row and text is counted at its longest when it is added.
 *
 * Invariants:
 *
 * (1) plain_max <= CODEC_PLAIN_OUT_MAX, so that any batch fits a request body.
 * (2) slots is a power of two and more than twice the strings; a slot holds a string's number or 0.
 * (3) string n is text[ends[n - 2], ends[n - 1]) with ends[-1] = 0.
 */
struct batch_writer {
    struct buffer spans; /* struct batch_span */
    struct buffer counts;
    struct buffer drops;
    struct buffer gaps;
    struct buffer text; /* of strings, one after the other */
    struct buffer ends; /* uint32_t: where each ends */
    uint32_t *slots;
    size_t slot_count;
    struct buffer account_text;
    struct buffer accounts; /* struct account */
    struct evidence_sum evidence;
    size_t plain_max;
};

struct account {
    uint32_t end;
    enum batch_account_kind kind;
};

/* The longest protobuf form of a row, by columns: a varint of 32 bits takes 5 bytes at most. */
enum {
    HEAD_MAX = 256, /* scalars, and the tag and length of every column */
    SPAN_MAX = 10 + 5 + 2 + 3 + 3 + 3 + 1,
    COUNT_MAX = 2 + 5 + 3 + 3 + 1 + 5,
    DROP_MAX = 2 + 5 + 1 + 5,
    GAP_MAX = 2 + 10 + 10 + 1 + 10 + 3,
    TEXT_MAX = 1 + 2,
    ACCOUNT_MAX = 1 + 2 + 1,
    RULES_MAX = 2 + 1 + EVIDENCE_WORD_MAX + 2 + 1 + REDACT_HASH_LEN,
    RULE_COUNT_MAX = 5 + 2 + 1 + EVIDENCE_WORD_MAX + 10,
    JUDGED_MAX = 5 + 10,
    SLOTS_FIRST = 256,
};

static size_t rows(const struct buffer *buffer, size_t size)
{
    return buffer->len / size;
}

#define ROWS(buffer, type) rows((buffer), sizeof(type))
#define ROW(buffer, type, n) (((type *)(void *)(buffer)->at)[n])

RESULT batch_writer_new(struct batch_writer **ret_writer)
{
    CLEANUP(batch_writer_free) struct batch_writer *writer = calloc(1, sizeof(*writer));

    if (!writer)
        return FAULT(ERR_MEMORY);
    writer->slots = calloc(SLOTS_FIRST, sizeof(*writer->slots));
    if (!writer->slots)
        /* cppcheck-suppress memleak */
        return FAULT(ERR_MEMORY); /* NOLINT(clang-analyzer-unix.Malloc): unaware of CLEANUP */
    writer->slot_count = SLOTS_FIRST;
    writer->plain_max = HEAD_MAX;
    writer->spans = buffer_init(WIRE_SPANS_MAX * sizeof(struct batch_span));
    writer->counts = buffer_init(WIRE_COUNTS_MAX * sizeof(struct batch_count));
    writer->drops = buffer_init(WIRE_EVENTS_MAX * sizeof(struct batch_drop));
    writer->gaps = buffer_init(WIRE_EVENTS_MAX * sizeof(struct batch_gap));
    writer->text = buffer_init(CODEC_PLAIN_OUT_MAX);
    writer->ends = buffer_init(WIRE_STRINGS_MAX * sizeof(uint32_t));
    writer->account_text = buffer_init(CODEC_PLAIN_OUT_MAX);
    writer->accounts = buffer_init(WIRE_ACCOUNTS_MAX * sizeof(struct account));
    writer->evidence = evidence_sum_init();
    *ret_writer = TAKE(writer);
    return 0;
}

struct batch_writer *batch_writer_free(struct batch_writer *writer)
{
    if (!writer)
        return NULL;
    buffer_deinit(&writer->spans);
    buffer_deinit(&writer->counts);
    buffer_deinit(&writer->drops);
    buffer_deinit(&writer->gaps);
    buffer_deinit(&writer->text);
    buffer_deinit(&writer->ends);
    buffer_deinit(&writer->account_text);
    buffer_deinit(&writer->accounts);
    evidence_sum_deinit(&writer->evidence);
    free(writer->slots);
    free(writer);
    return NULL;
}

static void writer_clear(struct batch_writer *writer)
{
    buffer_clear(&writer->spans);
    buffer_clear(&writer->counts);
    buffer_clear(&writer->drops);
    buffer_clear(&writer->gaps);
    buffer_clear(&writer->text);
    buffer_clear(&writer->ends);
    buffer_clear(&writer->account_text);
    buffer_clear(&writer->accounts);
    evidence_sum_clear(&writer->evidence);
    memset(writer->slots, 0, writer->slot_count * sizeof(*writer->slots));
    writer->plain_max = HEAD_MAX;
}

static void writer_check(const struct batch_writer *writer)
{
    assert(writer->plain_max <= CODEC_PLAIN_OUT_MAX);
    assert(writer->slot_count > 2 * ROWS(&writer->ends, uint32_t));
    assert((writer->slot_count & (writer->slot_count - 1)) == 0);
}

/* ---- strings ---- */

static struct text string_at(const struct batch_writer *writer, uint32_t number)
{
    uint32_t start = number > 1 ? ROW(&writer->ends, uint32_t, number - 2) : 0;
    uint32_t end = ROW(&writer->ends, uint32_t, number - 1);

    return (struct text){.at = (const char *)writer->text.at + start, .len = end - start};
}

/* FNV-1a. */
static size_t text_hash(struct text text)
{
    uint32_t hash = 2166136261u;

    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (uint8_t)text.at[i]) * 16777619u;
    return hash ^ hash >> 15;
}

/* The slot that holds the text, or the empty one where it belongs. */
static uint32_t *slot_find(const struct batch_writer *writer, struct text text)
{
    size_t mask = writer->slot_count - 1;
    size_t slot = text_hash(text) & mask;

    while (writer->slots[slot] && !text_equal(string_at(writer, writer->slots[slot]), text))
        slot = (slot + 1) & mask;
    return &writer->slots[slot];
}

/* Keeps invariant (2) for three strings more: as many as one row brings. */
static RESULT slots_grow(struct batch_writer *writer)
{
    uint32_t count = (uint32_t)ROWS(&writer->ends, uint32_t);

    if (writer->slot_count > 2 * ((size_t)count + 3))
        return 0;
    uint32_t *slots = calloc(writer->slot_count * 2, sizeof(*slots));
    if (!slots)
        return FAULT(ERR_MEMORY);
    free(writer->slots);
    writer->slots = slots;
    writer->slot_count *= 2;
    for (uint32_t number = 1; number <= count; number++)
        *slot_find(writer, string_at(writer, number)) = number;
    return 0;
}

static RESULT string_add(struct batch_writer *writer, const struct clean_text *clean,
                         uint32_t *ret_number)
{
    struct text text = clean_text_view(clean);

    *ret_number = 0;
    if (text.len == 0)
        return 0;
    uint32_t *slot = slot_find(writer, text);
    if (!*slot) {
        size_t start = writer->text.len;
        uint32_t end = (uint32_t)(start + text.len);

        buffer_append_text(&writer->text, text);
        if (!writer->text.failed)
            buffer_append(&writer->ends, &end, sizeof(end));
        if (writer->text.failed || writer->ends.failed) {
            writer->text.len = start;
            writer->text.failed = writer->ends.failed = false;
            return FAULT(ERR_MEMORY);
        }
        *slot = (uint32_t)ROWS(&writer->ends, uint32_t);
        writer->plain_max += TEXT_MAX + text.len;
    }
    *ret_number = *slot;
    return 0;
}

/* ---- rows ---- */

enum { ROW_TEXTS = 3 };

/* Numbers for the texts of a row that takes row_max bytes, or a refusal that adds nothing. */
static RESULT row_begin(struct batch_writer *writer, size_t row_max, uint32_t account,
                        const struct clean_text *const texts[ROW_TEXTS],
                        uint32_t ret_numbers[ROW_TEXTS])
{
    size_t need = row_max;

    writer_check(writer);
    assert(account == UINT32_MAX || account < ROWS(&writer->accounts, struct account));
    for (size_t i = 0; i < ROW_TEXTS; i++) {
        struct text text = clean_text_view(texts[i]);

        if (text.len > WIRE_STRING_BYTES_MAX || !codec_text_valid(text))
            return BATCH_INVALID;
        need += TEXT_MAX + text.len;
    }
    if (need > CODEC_PLAIN_OUT_MAX - writer->plain_max)
        return BATCH_LARGE;
    if (ROWS(&writer->ends, uint32_t) + ROW_TEXTS > WIRE_STRINGS_MAX)
        return BATCH_LARGE;
    int r = slots_grow(writer);
    for (size_t i = 0; i < ROW_TEXTS && !r; i++)
        r = string_add(writer, texts[i], &ret_numbers[i]);
    return r;
}

static RESULT row_end(struct batch_writer *writer, struct buffer *buffer, const void *row,
                      size_t size, size_t row_max)
{
    buffer_append(buffer, row, size);
    if (buffer->failed) {
        buffer->failed = false;
        return FAULT(ERR_MEMORY);
    }
    writer->plain_max += row_max;
    return 0;
}

static struct text account_name(const struct batch_writer *writer, size_t account)
{
    uint32_t start = account ? ROW(&writer->accounts, struct account, account - 1).end : 0;
    uint32_t end = ROW(&writer->accounts, struct account, account).end;

    return (struct text){.at = (const char *)writer->account_text.at + start, .len = end - start};
}

RESULT batch_writer_account(struct batch_writer *writer, struct text name,
                            enum batch_account_kind kind, uint32_t *ret_account)
{
    size_t count = ROWS(&writer->accounts, struct account);

    writer_check(writer);
    if (name.len == 0 || name.len > WIRE_STRING_BYTES_MAX || !codec_text_valid(name))
        return BATCH_INVALID;
    for (size_t i = 0; i < count; i++) {
        if (ROW(&writer->accounts, struct account, i).kind == kind &&
            text_equal(account_name(writer, i), name)) {
            *ret_account = (uint32_t)i;
            return 0;
        }
    }
    size_t need = ACCOUNT_MAX + name.len;
    if (count == WIRE_ACCOUNTS_MAX || need > CODEC_PLAIN_OUT_MAX - writer->plain_max)
        return BATCH_LARGE;
    size_t start = writer->account_text.len;
    struct account account = {.end = (uint32_t)(start + name.len), .kind = kind};
    buffer_append_text(&writer->account_text, name);
    if (writer->account_text.failed) {
        writer->account_text.failed = false;
        return FAULT(ERR_MEMORY);
    }
    int r = row_end(writer, &writer->accounts, &account, sizeof(account), need);
    if (r) {
        writer->account_text.len = start;
        return r;
    }
    *ret_account = (uint32_t)count;
    return 0;
}

RESULT batch_writer_span(struct batch_writer *writer, uint32_t account, const struct span *span)
{
    uint32_t texts[ROW_TEXTS];

    assert(account != UINT32_MAX && span->state < SPAN_STATES);
    if (!codec_at_valid(span->start_at) || span->flags > CODEC_FLAGS_MAX)
        return BATCH_INVALID;
    if (batch_writer_spans(writer) == WIRE_SPANS_MAX)
        return BATCH_LARGE;
    int r = row_begin(
        writer, SPAN_MAX, account,
        (const struct clean_text *const[ROW_TEXTS]){span->application, span->domain, span->title},
        texts);
    if (r)
        return r;
    struct batch_span row = {.start_at = span->start_at,
                             .duration_ms = span->duration_ms,
                             .account = account,
                             .application = texts[0],
                             .domain = texts[1],
                             .title = texts[2],
                             .flags = span->flags,
                             .state = span->state};
    return row_end(writer, &writer->spans, &row, sizeof(row), SPAN_MAX);
}

RESULT batch_writer_count(struct batch_writer *writer, uint32_t account, int32_t day,
                          const struct clean_text *application, const struct clean_text *domain,
                          enum redact_kind kind, uint32_t count)
{
    uint32_t texts[ROW_TEXTS];

    assert(account != UINT32_MAX && kind < REDACT_KINDS);
    if (!codec_day_valid(day))
        return BATCH_INVALID;
    if (ROWS(&writer->counts, struct batch_count) == WIRE_COUNTS_MAX)
        return BATCH_LARGE;
    int r = row_begin(writer, COUNT_MAX, account,
                      (const struct clean_text *const[ROW_TEXTS]){application, domain}, texts);
    if (r)
        return r;
    struct batch_count row = {.account = account,
                              .day = day,
                              .application = texts[0],
                              .domain = texts[1],
                              .kind = kind,
                              .count = count};
    return row_end(writer, &writer->counts, &row, sizeof(row), COUNT_MAX);
}

static bool events_full(const struct batch_writer *writer)
{
    return ROWS(&writer->drops, struct batch_drop) + ROWS(&writer->gaps, struct batch_gap) >=
           WIRE_EVENTS_MAX;
}

RESULT batch_writer_drop(struct batch_writer *writer, uint32_t account, int32_t day,
                         enum batch_drop_reason reason, uint32_t count)
{
    uint32_t texts[ROW_TEXTS];

    assert(account != UINT32_MAX && reason >= BATCH_DROP_LONG && reason < BATCH_DROP_REASONS);
    if (!codec_day_valid(day))
        return BATCH_INVALID;
    if (events_full(writer))
        return BATCH_LARGE;
    int r =
        row_begin(writer, DROP_MAX, account, (const struct clean_text *const[ROW_TEXTS]){0}, texts);
    if (r)
        return r;
    struct batch_drop row = {.account = account, .day = day, .reason = reason, .count = count};
    return row_end(writer, &writer->drops, &row, sizeof(row), DROP_MAX);
}

RESULT batch_writer_gap(struct batch_writer *writer, uint32_t account, int64_t from_at,
                        int64_t to_at, enum batch_gap_reason reason, uint64_t spans,
                        const struct clean_text *reason_text)
{
    uint32_t texts[ROW_TEXTS];

    assert(reason >= BATCH_GAP_SPOOL_FULL && reason < BATCH_GAP_REASONS);
    if (!codec_at_valid(from_at) || !codec_at_valid(to_at) || from_at > to_at)
        return BATCH_INVALID;
    if (events_full(writer))
        return BATCH_LARGE;
    int r = row_begin(writer, GAP_MAX, account,
                      (const struct clean_text *const[ROW_TEXTS]){reason_text}, texts);
    if (r)
        return r;
    struct batch_gap row = {.account = account,
                            .from_at = from_at,
                            .to_at = to_at,
                            .reason = reason,
                            .spans = spans,
                            .reason_text = texts[0]};
    return row_end(writer, &writer->gaps, &row, sizeof(row), GAP_MAX);
}

static size_t evidence_max(const struct evidence *evidence)
{
    return evidence->rules_count * RULES_MAX + evidence->count_count * RULE_COUNT_MAX +
           evidence->judged_count * JUDGED_MAX;
}

/* Whether all of it fits beside what is held, even if every row of it is a new one. */
static bool evidence_fits(const struct batch_writer *writer, const struct evidence *evidence)
{
    const struct evidence held = evidence_sum_view(&writer->evidence);
    size_t rules = held.rules_count;

    for (size_t i = 0; i < evidence->rules_count; i++) {
        size_t at = 0;

        while (at < held.rules_count && !evidence_rules_equal(&held.rules[at], &evidence->rules[i]))
            at++;
        rules += at == held.rules_count;
    }
    return evidence_max(evidence) <= CODEC_PLAIN_OUT_MAX - writer->plain_max &&
           rules <= WIRE_RULES_MAX &&
           held.count_count + evidence->count_count <= WIRE_RULE_COUNTS_MAX &&
           held.judged_count + evidence->judged_count <= WIRE_JUDGED_MAX;
}

RESULT batch_writer_evidence(struct batch_writer *writer, const struct evidence *evidence)
{
    struct evidence held = evidence_sum_view(&writer->evidence);
    size_t before = evidence_max(&held);
    int r = 0;

    writer_check(writer);
    if (!evidence_fits(writer, evidence))
        return BATCH_LARGE;
    for (size_t i = 0; i < evidence->rules_count && !r; i++)
        r = evidence_sum_rules(&writer->evidence, &evidence->rules[i]);
    for (size_t i = 0; i < evidence->count_count && !r; i++)
        r = evidence_sum_count(&writer->evidence, evidence->counts[i].day, evidence->counts[i].rule,
                               evidence->counts[i].count);
    for (size_t i = 0; i < evidence->judged_count && !r; i++)
        r = evidence_sum_judged(&writer->evidence, evidence->judged[i].day,
                                evidence->judged[i].count);
    held = evidence_sum_view(&writer->evidence);
    writer->plain_max += evidence_max(&held) - before;
    return r > 0 ? BATCH_LARGE : r;
}

struct evidence batch_writer_evidence_held(const struct batch_writer *writer)
{
    return evidence_sum_view(&writer->evidence);
}

size_t batch_writer_spans(const struct batch_writer *writer)
{
    return ROWS(&writer->spans, struct batch_span);
}

bool batch_writer_empty(const struct batch_writer *writer)
{
    return !writer->spans.len && !writer->counts.len && !writer->drops.len && !writer->gaps.len &&
           evidence_sum_empty(&writer->evidence);
}

/* ---- the whole ---- */

struct columns {
    struct arena *arena;
    bool failed;
};

/* One field of every row, side by side. */
static void *column(struct columns *columns, const struct buffer *rows_of, size_t row_size,
                    size_t offset, size_t size)
{
    size_t count = rows(rows_of, row_size);
    uint8_t *at = arena_take_array(columns->arena, count, size);

    columns->failed = columns->failed || !at;
    for (size_t i = 0; at && i < count; i++)
        memcpy(at + i * size, rows_of->at + i * row_size + offset, size);
    return at;
}

#define COLUMN(buffer, type, field)                                                                \
    column(columns, (buffer), sizeof(type), offsetof(type, field), sizeof(((type *)0)->field))

/* How many elements of a column are sent: none when all are zero. */
static size_t sent(const void *at, size_t count, size_t size)
{
    const uint8_t *bytes = at;

    for (size_t i = 0; at && i < count * size; i++) {
        if (bytes[i])
            return count;
    }
    return 0;
}

#define SENT(field, count) sent((field), (count), sizeof(*(field)))

static void pack_spans(const struct batch_writer *writer, struct columns *columns,
                       Ward__Batch *message)
{
    size_t count = batch_writer_spans(writer);
    int64_t end = 0;

    message->span_gaps = COLUMN(&writer->spans, struct batch_span, start_at);
    message->span_durations = COLUMN(&writer->spans, struct batch_span, duration_ms);
    message->span_accounts = COLUMN(&writer->spans, struct batch_span, account);
    message->span_applications = COLUMN(&writer->spans, struct batch_span, application);
    message->span_domains = COLUMN(&writer->spans, struct batch_span, domain);
    message->span_titles = COLUMN(&writer->spans, struct batch_span, title);
    message->span_marks = COLUMN(&writer->spans, struct batch_span, state);
    for (size_t i = 0; i < count && !columns->failed; i++) {
        const struct batch_span *row = &ROW(&writer->spans, struct batch_span, i);

        message->span_gaps[i] = row->start_at - end;
        message->span_marks[i] = (uint32_t)row->state | row->flags << CODEC_STATE_BITS;
        end = row->start_at + row->duration_ms;
    }
    message->n_span_durations = count;
    message->n_span_gaps = SENT(message->span_gaps, count);
    message->n_span_accounts = SENT(message->span_accounts, count);
    message->n_span_applications = SENT(message->span_applications, count);
    message->n_span_domains = SENT(message->span_domains, count);
    message->n_span_titles = SENT(message->span_titles, count);
    message->n_span_marks = SENT(message->span_marks, count);
}

static void pack_counts(const struct batch_writer *writer, struct columns *columns,
                        Ward__Batch *message)
{
    size_t count = ROWS(&writer->counts, struct batch_count);

    message->count_accounts = COLUMN(&writer->counts, struct batch_count, account);
    message->count_days = COLUMN(&writer->counts, struct batch_count, day);
    message->count_applications = COLUMN(&writer->counts, struct batch_count, application);
    message->count_domains = COLUMN(&writer->counts, struct batch_count, domain);
    message->count_kinds = COLUMN(&writer->counts, struct batch_count, kind);
    message->counts = COLUMN(&writer->counts, struct batch_count, count);
    message->n_counts = count;
    message->n_count_accounts = SENT(message->count_accounts, count);
    message->n_count_days = SENT(message->count_days, count);
    message->n_count_applications = SENT(message->count_applications, count);
    message->n_count_domains = SENT(message->count_domains, count);
    message->n_count_kinds = SENT(message->count_kinds, count);
}

static void pack_events(const struct batch_writer *writer, struct columns *columns,
                        Ward__Batch *message)
{
    size_t count = ROWS(&writer->drops, struct batch_drop);

    message->drop_accounts = COLUMN(&writer->drops, struct batch_drop, account);
    message->drop_days = COLUMN(&writer->drops, struct batch_drop, day);
    message->drop_reasons = COLUMN(&writer->drops, struct batch_drop, reason);
    message->drop_counts = COLUMN(&writer->drops, struct batch_drop, count);
    message->n_drop_reasons = count;
    message->n_drop_accounts = SENT(message->drop_accounts, count);
    message->n_drop_days = SENT(message->drop_days, count);
    message->n_drop_counts = SENT(message->drop_counts, count);

    count = ROWS(&writer->gaps, struct batch_gap);
    message->gap_accounts = COLUMN(&writer->gaps, struct batch_gap, account);
    for (size_t i = 0; i < count && message->gap_accounts; i++)
        message->gap_accounts[i]++; /* UINT32_MAX, the device, becomes 0 */
    message->gap_from = COLUMN(&writer->gaps, struct batch_gap, from_at);
    message->gap_to = COLUMN(&writer->gaps, struct batch_gap, to_at);
    message->gap_reasons = COLUMN(&writer->gaps, struct batch_gap, reason);
    message->gap_spans = COLUMN(&writer->gaps, struct batch_gap, spans);
    message->gap_texts = COLUMN(&writer->gaps, struct batch_gap, reason_text);
    message->n_gap_reasons = count;
    message->n_gap_accounts = SENT(message->gap_accounts, count);
    message->n_gap_from = SENT(message->gap_from, count);
    message->n_gap_to = SENT(message->gap_to, count);
    message->n_gap_spans = SENT(message->gap_spans, count);
    message->n_gap_texts = SENT(message->gap_texts, count);
}

static RESULT pack_evidence(const struct batch_writer *writer, struct arena *arena,
                            Ward__Batch *message)
{
    const struct evidence evidence = evidence_sum_view(&writer->evidence);
    struct codec_evidence columns;
    int r = codec_evidence_put(&evidence, arena, &columns);

    if (!r)
        CODEC_EVIDENCE_INTO(message, columns);
    return r;
}

static void pack_texts(const struct batch_writer *writer, struct columns *columns,
                       Ward__Batch *message)
{
    size_t strings = ROWS(&writer->ends, uint32_t);
    size_t count = ROWS(&writer->accounts, struct account);

    message->strings = arena_take_array(columns->arena, strings, sizeof(*message->strings));
    message->account_names =
        arena_take_array(columns->arena, count, sizeof(*message->account_names));
    message->account_kinds = COLUMN(&writer->accounts, struct account, kind);
    columns->failed = columns->failed || !message->strings || !message->account_names;
    if (columns->failed)
        return;
    for (size_t i = 0; i < strings; i++)
        message->strings[i] = codec_data(string_at(writer, (uint32_t)i + 1));
    for (size_t i = 0; i < count; i++)
        message->account_names[i] = codec_data(account_name(writer, i));
    message->n_strings = strings;
    message->n_account_names = count;
    message->n_account_kinds = SENT(message->account_kinds, count);
}

RESULT batch_writer_finish(struct batch_writer *writer, struct device_id device, uint32_t epoch,
                           uint64_t sequence, int64_t sent_at, int32_t offset_minutes,
                           struct buffer *ret_bytes)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    CLEANUP(buffer_deinit) struct buffer plain = buffer_init(CODEC_PLAIN_OUT_MAX);
    Ward__Batch message = WARD__BATCH__INIT;

    writer_check(writer);
    if (!codec_at_valid(sent_at) || !codec_offset_valid(offset_minutes))
        return BATCH_INVALID;
    int r = arena_new(&arena, 2 * CODEC_COLUMNS_MAX);
    if (r)
        return r;
    struct columns columns = {.arena = arena};
    pack_texts(writer, &columns, &message);
    pack_spans(writer, &columns, &message);
    pack_counts(writer, &columns, &message);
    pack_events(writer, &columns, &message);
    if (columns.failed)
        return FAULT(ERR_MEMORY);
    r = pack_evidence(writer, arena, &message);
    if (r)
        return r;
    message.format = BATCH_FORMAT;
    message.device = (ProtobufCBinaryData){.len = sizeof(device.at), .data = device.at};
    message.epoch = epoch;
    message.sequence = sequence;
    message.sent_at = sent_at;
    message.offset_minutes = offset_minutes;
    r = codec_pack(&message.base, &plain);
    if (!r)
        r = codec_compress(buffer_bytes(&plain), ret_bytes);
    if (!r)
        writer_clear(writer);
    return r;
}

void batch_writer_look(const struct batch_writer *writer, const struct needles *needles,
                       struct needles_sweep *sweep)
{
    uint64_t texts = ROWS(&writer->ends, uint32_t);

    needles_look(needles, buffer_bytes(&writer->text), sweep);
    needles_look(needles, buffer_bytes(&writer->account_text), sweep);
    /* The texts lie one after the other, and were looked at as one. */
    sweep->texts += texts;
}
