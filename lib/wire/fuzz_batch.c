#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "wire/batch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * Property: what decodes keeps every promise of batch.h, and re-encoded it decodes to the same.
 * The first byte chooses: even, a batch; odd, a batch whose zstd frame is made here, so that the
 * fuzzer reaches the protobuf behind it.
 */
static void require(bool held)
{
    if (!held)
        abort();
}

static bool raw_equal(struct raw_text a, struct raw_text b)
{
    return text_equal((struct text){a.at, a.len}, (struct text){b.at, b.len});
}

static void check_texts(const struct batch *b)
{
    require(b->string_count >= 1 && b->string_count <= WIRE_STRINGS_MAX + 1);
    require(b->account_count <= WIRE_ACCOUNTS_MAX);
    require(b->strings[0].len == 0);
    for (size_t i = 1; i < b->string_count; i++) {
        struct text text = {b->strings[i].at, b->strings[i].len};

        require(text.len > 0 && text.len <= WIRE_STRING_BYTES_MAX);
        require(utf8_valid(text) && !memchr(text.at, 0, text.len));
    }
}

static void check_rows(const struct batch *b)
{
    require(b->span_count <= WIRE_SPANS_MAX && b->count_count <= WIRE_COUNTS_MAX);
    require(b->drop_count + b->gap_count <= WIRE_EVENTS_MAX);
    for (size_t i = 0; i < b->span_count; i++) {
        const struct batch_span *span = &b->spans[i];

        require(span->account < b->account_count && span->state < SPAN_STATES);
        require(span->application < b->string_count && span->domain < b->string_count);
        require(span->title < b->string_count && span->flags < 16);
    }
    for (size_t i = 0; i < b->count_count; i++) {
        require(b->counts[i].account < b->account_count && b->counts[i].kind < REDACT_KINDS);
        require(b->counts[i].application < b->string_count);
        require(b->counts[i].domain < b->string_count);
    }
    for (size_t i = 0; i < b->drop_count; i++)
        require(b->drops[i].account < b->account_count && b->drops[i].reason >= BATCH_DROP_LONG &&
                b->drops[i].reason < BATCH_DROP_REASONS);
    for (size_t i = 0; i < b->gap_count; i++) {
        const struct batch_gap *gap = &b->gaps[i];

        require(gap->account == UINT32_MAX || gap->account < b->account_count);
        require(gap->reason_text < b->string_count && gap->from_at <= gap->to_at);
        require(gap->reason >= BATCH_GAP_SPOOL_FULL && gap->reason < BATCH_GAP_REASONS);
    }
}

/* Texts as redaction would give them back: here they are made clean by word, not by deed. */
static const struct clean_text **clean_all(const struct batch *b, struct arena *arena)
{
    const struct clean_text **clean =
        arena_take_array(arena, b->string_count, sizeof(const struct clean_text *));

    for (size_t i = 1; clean && i < b->string_count; i++) {
        struct bytes bytes = {(const uint8_t *)b->strings[i].at, b->strings[i].len};

        if (redact_restore(bytes, arena, &clean[i]))
            return NULL;
    }
    return clean;
}

/* Accounts of one name and kind become one: such batches are not compared. */
static int write_accounts(struct batch_writer *writer, const struct batch *b)
{
    for (uint32_t i = 0; i < b->account_count; i++) {
        struct text name = {b->accounts[i].name.at, b->accounts[i].name.len};
        uint32_t account;
        int r = batch_writer_account(writer, name, b->accounts[i].kind, &account);

        if (r || account != i)
            return r ? r : BATCH_INVALID;
    }
    return 0;
}

static int write_rows(struct batch_writer *writer, const struct batch *b,
                      const struct clean_text **clean)
{
    int r = write_accounts(writer, b);

    for (size_t i = 0; i < b->span_count && !r; i++) {
        const struct batch_span *in = &b->spans[i];
        struct span span = {.start_at = in->start_at,
                            .duration_ms = in->duration_ms,
                            .state = in->state,
                            .flags = in->flags,
                            .application = clean[in->application],
                            .domain = clean[in->domain],
                            .title = clean[in->title]};

        r = batch_writer_span(writer, in->account, &span);
    }
    for (size_t i = 0; i < b->count_count && !r; i++)
        r = batch_writer_count(writer, b->counts[i].account, b->counts[i].day,
                               clean[b->counts[i].application], clean[b->counts[i].domain],
                               b->counts[i].kind, b->counts[i].count);
    for (size_t i = 0; i < b->drop_count && !r; i++)
        r = batch_writer_drop(writer, b->drops[i].account, b->drops[i].day, b->drops[i].reason,
                              b->drops[i].count);
    for (size_t i = 0; i < b->gap_count && !r; i++)
        r = batch_writer_gap(writer, b->gaps[i].account, b->gaps[i].from_at, b->gaps[i].to_at,
                             b->gaps[i].reason, b->gaps[i].spans, clean[b->gaps[i].reason_text]);
    if (!r)
        r = batch_writer_evidence(writer, &b->evidence);
    return r;
}

static void check_evidence(const struct evidence *evidence)
{
    require(evidence->rules_count <= WIRE_RULES_MAX && evidence->judged_count <= WIRE_JUDGED_MAX);
    require(evidence->count_count <= WIRE_RULE_COUNTS_MAX);
    for (size_t i = 0; i < evidence->rules_count; i++)
        require(evidence_word_valid(text_of(evidence->rules[i].version)));
    for (size_t i = 0; i < evidence->count_count; i++)
        require(evidence_word_valid(text_of(evidence->counts[i].rule)));
}

/* A writer adds up: what came out is the sum of what went in. */
static void compare_evidence(const struct evidence *a, const struct evidence *b)
{
    CLEANUP(evidence_sum_deinit) struct evidence_sum sum = evidence_sum_init();
    int r = 0;

    for (size_t i = 0; i < a->rules_count && !r; i++)
        r = evidence_sum_rules(&sum, &a->rules[i]);
    for (size_t i = 0; i < a->count_count && !r; i++)
        r = evidence_sum_count(&sum, a->counts[i].day, a->counts[i].rule, a->counts[i].count);
    for (size_t i = 0; i < a->judged_count && !r; i++)
        r = evidence_sum_judged(&sum, a->judged[i].day, a->judged[i].count);
    require(r == 0);
    const struct evidence view = evidence_sum_view(&sum);
    require(view.rules_count == b->rules_count && view.count_count == b->count_count &&
            view.judged_count == b->judged_count);
    for (size_t i = 0; i < b->rules_count; i++)
        require(evidence_rules_equal(&view.rules[i], &b->rules[i]));
    for (size_t i = 0; i < b->count_count; i++)
        require(view.counts[i].day == b->counts[i].day &&
                view.counts[i].count == b->counts[i].count &&
                strcmp(view.counts[i].rule, b->counts[i].rule) == 0);
    for (size_t i = 0; i < b->judged_count; i++)
        require(view.judged[i].day == b->judged[i].day &&
                view.judged[i].count == b->judged[i].count);
}

static void compare(const struct batch *a, const struct batch *b)
{
    require(device_id_equal(a->device, b->device) && a->epoch == b->epoch);
    require(a->sequence == b->sequence && a->sent_at == b->sent_at);
    require(a->offset_minutes == b->offset_minutes && a->span_count == b->span_count);
    require(a->count_count == b->count_count && a->drop_count == b->drop_count);
    require(a->gap_count == b->gap_count && a->account_count == b->account_count);
    for (size_t i = 0; i < a->span_count; i++) {
        const struct batch_span *x = &a->spans[i];
        const struct batch_span *y = &b->spans[i];

        require(x->start_at == y->start_at && x->duration_ms == y->duration_ms);
        require(x->account == y->account && x->state == y->state && x->flags == y->flags);
        require(raw_equal(a->strings[x->application], b->strings[y->application]));
        require(raw_equal(a->strings[x->domain], b->strings[y->domain]));
        require(raw_equal(a->strings[x->title], b->strings[y->title]));
    }
    for (size_t i = 0; i < a->count_count; i++)
        require(a->counts[i].day == b->counts[i].day && a->counts[i].count == b->counts[i].count &&
                a->counts[i].kind == b->counts[i].kind);
    if (a->drop_count)
        require(memcmp(a->drops, b->drops, a->drop_count * sizeof(*a->drops)) == 0);
    for (size_t i = 0; i < a->gap_count; i++)
        require(a->gaps[i].account == b->gaps[i].account && a->gaps[i].spans == b->gaps[i].spans &&
                a->gaps[i].from_at == b->gaps[i].from_at && a->gaps[i].to_at == b->gaps[i].to_at);
}

static void check_again(const struct batch *batch, struct arena *arena)
{
    CLEANUP(batch_writer_free) struct batch_writer *writer = NULL;
    CLEANUP(buffer_deinit) struct buffer bytes = buffer_init(WIRE_BODY_MAX);
    const struct clean_text **clean = clean_all(batch, arena);
    struct batch again;

    if (!clean || batch_writer_new(&writer) || write_rows(writer, batch, clean))
        return;
    require(batch_writer_finish(writer, batch->device, batch->epoch, batch->sequence,
                                batch->sent_at, batch->offset_minutes, &bytes) == 0);
    require(batch_decode(buffer_bytes(&bytes), arena, &again) == 0);
    compare(batch, &again);
    compare_evidence(&batch->evidence, &again.evidence);
}

static bool mix(const uint8_t salt[DENIED_SALT_SIZE], struct bytes bytes,
                uint8_t ret_hash[DENIED_HASH_SIZE])
{
    uint64_t state = 14695981039346656037u ^ salt[0];

    for (size_t i = 0; i < bytes.len; i++)
        state = (state ^ bytes.at[i]) * 1099511628211u;
    memset(ret_hash, 0, DENIED_HASH_SIZE);
    memcpy(ret_hash, &state, sizeof(state));
    return true;
}

/* The last text denied: the same batch, with what stands instead wherever it was. */
static void check_denied(struct bytes frame, const struct batch *batch, struct arena *arena)
{
    CLEANUP(buffer_deinit) struct buffer bytes = buffer_init(WIRE_BODY_MAX);
    const uint8_t salt[DENIED_SALT_SIZE] = {1};
    struct denied_rule rule;
    const struct denied denied = {.rules = &rule, .count = 1, .hash = mix};
    const struct raw_text *last = &batch->strings[batch->string_count - 1];
    size_t replaced = 0;
    struct batch again;

    if (batch->string_count < 2 || denied_make(*last, salt, mix, &rule))
        return;
    int r = batch_deny(frame, &denied, &bytes, &replaced);
    /* It grew over the ceiling of a body, or has a field that nobody writes. */
    if (r == ERR_MEMORY || r == BATCH_INVALID)
        return;
    require(r == 0 && replaced > 0);
    require(batch_decode(buffer_bytes(&bytes), arena, &again) == 0);
    require(again.string_count == batch->string_count && again.sequence == batch->sequence);
    require(again.span_count == batch->span_count && again.count_count == batch->count_count);
    for (size_t i = 1; i < again.string_count; i++) {
        struct text text = {again.strings[i].at, again.strings[i].len};

        require(!denied_holds(&denied, text));
        require(raw_equal(again.strings[i], batch->strings[i]) ||
                text_equal(text, text_of("[unknown]")));
    }
}

/* One raw block (RFC 8878) around plain. */
static void wrap(const uint8_t *plain, size_t len, struct buffer *frame)
{
    const uint8_t head[] = {
        0x28, 0xb5, 0x2f, 0xfd, 0xa0, (uint8_t)len, (uint8_t)(len >> 8), (uint8_t)(len >> 16), 0};
    uint32_t block = (uint32_t)len << 3 | 1;

    buffer_append(frame, head, sizeof(head));
    buffer_append(frame, &block, 3);
    buffer_append(frame, plain, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    CLEANUP(buffer_deinit) struct buffer frame = buffer_init((size_t)256 * 1024);
    struct batch batch;
    struct live live;

    if (size == 0 || size > (size_t)128 * 1024)
        return 0;
    require(arena_new(&arena, 3 * BATCH_ARENA_MAX) == 0);
    if (data[0] % 2)
        wrap(data + 1, size - 1, &frame);
    else
        buffer_append(&frame, data + 1, size - 1);
    if (batch_decode(buffer_bytes(&frame), arena, &batch) == 0) {
        check_texts(&batch);
        check_rows(&batch);
        check_evidence(&batch.evidence);
        check_again(&batch, arena);
        check_denied(buffer_bytes(&frame), &batch, arena);
    }
    if (live_decode((struct bytes){data + 1, size - 1}, arena, &live) == 0) {
        require(live.span_count <= WIRE_ACCOUNTS_MAX);
        for (size_t i = 0; i < live.span_count; i++)
            require(live.spans[i].state < SPAN_STATES && live.spans[i].account_name.len > 0 &&
                    live.spans[i].account_kind <= BATCH_STATION);
    }
    return 0;
}
