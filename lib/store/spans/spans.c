#include "store/spans/spans.h"

#include "base/moment.h"
#include "store/spans/box.h"
#include "store/spans/spans-private.h"
#include "wire/limits.h"

#define AT_MAX (INT64_C(253402300800) * MS_PER_SECOND) /* the year 10000 */
/* With the lengths before them they fit a row of strings: BOX_STRINGS_PLAIN_MAX. */
#define STRINGS_BYTES_MAX ((size_t)15 << 20)
#define DAY_MAX ((int32_t)(AT_MAX / MS_PER_DAY))

/* ---- what a batch promises ---- */

static bool rows_hold(const struct spans_batch *batch)
{
    for (size_t i = 0; i < batch->row_count; i++) {
        const struct spans_row *row = &batch->rows[i];
        struct box_row box = {
            .start_at = row->start_at,
            .duration_ms = row->duration_ms,
            .flags = row->flags,
            .state = row->state,
        };

        if (row->start_at < 0 || row->start_at >= AT_MAX || row->account.number == 0 ||
            row->application >= batch->string_count || row->domain >= batch->string_count ||
            row->title >= batch->string_count || !box_row_fits(time_day(row->start_at), &box))
            return false;
    }
    return true;
}

static bool tallies_hold(const struct spans_batch *batch)
{
    for (size_t i = 0; i < batch->count_count; i++) {
        const struct spans_count *count = &batch->counts[i];

        if (count->account.number == 0 || count->day < 0 || count->day >= DAY_MAX ||
            count->application >= batch->string_count || count->domain >= batch->string_count ||
            (unsigned)count->kind >= REDACT_KINDS)
            return false;
    }
    for (size_t i = 0; i < batch->drop_count; i++) {
        const struct spans_drop *drop = &batch->drops[i];

        if (drop->account.number == 0 || drop->day < 0 || drop->day >= DAY_MAX ||
            (unsigned)drop->reason == 0 || (unsigned)drop->reason >= BATCH_DROP_REASONS)
            return false;
    }
    return true;
}

static bool gaps_hold(const struct spans_batch *batch)
{
    for (size_t i = 0; i < batch->gap_count; i++) {
        const struct spans_gap *gap = &batch->gaps[i];

        if (gap->from_at < 0 || gap->from_at >= AT_MAX || gap->to_at < 0 || gap->to_at >= AT_MAX ||
            (unsigned)gap->reason == 0 || (unsigned)gap->reason >= BATCH_GAP_REASONS)
            return false;
    }
    return true;
}

static bool evidence_holds(const struct evidence *evidence)
{
    if (evidence->rules_count > WIRE_RULES_MAX || evidence->count_count > WIRE_RULE_COUNTS_MAX ||
        evidence->judged_count > WIRE_JUDGED_MAX)
        return false;
    for (size_t i = 0; i < evidence->rules_count; i++) {
        if (!evidence_word_valid(text_of(evidence->rules[i].version)))
            return false;
    }
    for (size_t i = 0; i < evidence->count_count; i++) {
        const struct evidence_count *count = &evidence->counts[i];

        if (count->day < 0 || count->day >= DAY_MAX || !evidence_word_valid(text_of(count->rule)))
            return false;
    }
    for (size_t i = 0; i < evidence->judged_count; i++) {
        if (evidence->judged[i].day < 0 || evidence->judged[i].day >= DAY_MAX)
            return false;
    }
    return true;
}

static bool batch_holds(const struct spans_batch *batch)
{
    if (batch->row_count > SPANS_ROWS_MAX || batch->count_count > WIRE_COUNTS_MAX ||
        batch->drop_count > WIRE_EVENTS_MAX || batch->gap_count > WIRE_EVENTS_MAX ||
        batch->string_count > SPANS_STRINGS_MAX || batch->string_count == 0 ||
        batch->sequence == 0 || batch->received_at < 0 || batch->received_at >= AT_MAX ||
        batch->offset_minutes > BOX_OFFSET_MINUTES_MAX ||
        batch->offset_minutes < -BOX_OFFSET_MINUTES_MAX)
        return false;
    size_t bytes = 0;
    for (size_t i = 1; i < batch->string_count; i++) {
        size_t len = clean_text_view(batch->strings[i]).len;

        bytes += len;
        if (len > WIRE_STRING_BYTES_MAX || bytes > STRINGS_BYTES_MAX)
            return false;
    }
    return rows_hold(batch) && tallies_hold(batch) && gaps_hold(batch) &&
           evidence_holds(&batch->evidence);
}

/* ---- positions ---- */

RESULT spans_position_next(const struct spans_position *position, const struct spans_batch *batch,
                           struct spans_position *ret_next, uint64_t *ret_skipped)
{
    uint64_t last = position->epoch == batch->epoch ? position->sequence : 0;

    if (batch->epoch < position->epoch)
        return SPANS_STALE;
    if (batch->sequence <= last)
        return SPANS_REPEATED;
    uint64_t skipped = batch->sequence - last - 1;
    *ret_next = (struct spans_position){
        .epoch = batch->epoch,
        .sequence = batch->sequence,
        .missing =
            position->missing > UINT64_MAX - skipped ? UINT64_MAX : position->missing + skipped,
        .received_at = batch->received_at,
    };
    *ret_skipped = skipped;
    return 0;
}

struct spans_gap spans_position_gap(const struct spans_position *position,
                                    const struct spans_batch *batch)
{
    int64_t from_at = position->received_at;

    /* Nothing is known of the time before a device's first batch, nor when the clock went back. */
    if (from_at == 0 || from_at > batch->received_at)
        from_at = batch->received_at;
    return (struct spans_gap){
        .device = batch->device,
        .from_at = from_at,
        .to_at = batch->received_at,
        .reason = BATCH_GAP_SPOOL_CORRUPT,
    };
}

RESULT spans_unknown(struct arena *arena, const struct clean_text **ret_clean)
{
    int r = redact_restore(bytes_of_text(text_of("unknown")), arena, ret_clean);

    return r == ERR_MEMORY ? SPANS_LARGE : r;
}

int32_t spans_bucket_day(enum spans_bucket bucket, int32_t day)
{
    return bucket == SPANS_BUCKET_WEEK ? time_week(day) : day;
}

/* ---- to the engine ---- */

struct spans *spans_free(struct spans *spans)
{
    if (spans)
        spans->engine->free(spans);
    return NULL;
}

RESULT spans_commit(struct spans *spans, const struct spans_batch *batch, spans_done *done,
                    void *context)
{
    if (!batch_holds(batch))
        return SPANS_INVALID;
    return spans->engine->commit(spans, batch, done, context);
}

RESULT spans_sequence(struct spans *spans, struct device_id device, uint32_t *ret_epoch,
                      uint64_t *ret_sequence, uint64_t *ret_missing)
{
    return spans->engine->sequence(spans, device, ret_epoch, ret_sequence, ret_missing);
}

RESULT spans_timeline(struct spans *spans, const struct spans_scope *scope, struct arena *arena,
                      struct spans_answer **ret_answers, size_t *ret_count)
{
    return spans->engine->timeline(spans, scope, arena, ret_answers, ret_count);
}

RESULT spans_usage(struct spans *spans, const struct spans_scope *scope, struct arena *arena,
                   struct spans_usage **ret_usage, size_t *ret_count)
{
    return spans->engine->usage(spans, scope, arena, ret_usage, ret_count);
}

RESULT spans_removed(struct spans *spans, const struct spans_scope *scope, struct arena *arena,
                     struct spans_removed **ret_removed, size_t *ret_count)
{
    return spans->engine->removed(spans, scope, arena, ret_removed, ret_count);
}

RESULT spans_flows(struct spans *spans, const struct spans_scope *scope, enum spans_bucket bucket,
                   struct arena *arena, struct spans_flows *ret_flows)
{
    return spans->engine->flows(spans, scope, bucket, arena, ret_flows);
}

RESULT spans_look(struct spans *spans, const struct needles *needles, struct spans_found *ret_found)
{
    return spans->engine->look(spans, needles, ret_found);
}

RESULT spans_dropped(struct spans *spans, const struct spans_scope *scope, struct arena *arena,
                     struct spans_dropped **ret_dropped, size_t *ret_count)
{
    return spans->engine->dropped(spans, scope, arena, ret_dropped, ret_count);
}

RESULT spans_gaps(struct spans *spans, struct device_id device, size_t limit, struct arena *arena,
                  struct spans_gap **ret_gaps, size_t *ret_count)
{
    return spans->engine->gaps(spans, device, limit, arena, ret_gaps, ret_count);
}

RESULT spans_rules(struct spans *spans, struct device_id device, struct arena *arena,
                   struct spans_rules **ret_rules, size_t *ret_count)
{
    return spans->engine->rules(spans, device, arena, ret_rules, ret_count);
}

RESULT spans_evidence(struct spans *spans, struct device_id device, int32_t from_day,
                      int32_t to_day, struct arena *arena, struct evidence *ret_evidence)
{
    return spans->engine->evidence(spans, device, from_day, to_day, arena, ret_evidence);
}

RESULT spans_settle(struct spans *spans)
{
    return spans->engine->settle(spans);
}

RESULT spans_days(struct spans *spans, struct arena *arena, int32_t **ret_days, size_t *ret_count)
{
    return spans->engine->days(spans, arena, ret_days, ret_count);
}

RESULT spans_search(struct spans *spans, int32_t day, spans_judge *judge, const void *context,
                    uint64_t *ret_texts)
{
    return spans->engine->search(spans, day, judge, context, ret_texts);
}

RESULT spans_rewrite(struct spans *spans, int32_t day, spans_judge *judge, const void *context,
                     const struct clean_text *instead, struct spans_rewritten *ret_rewritten)
{
    return spans->engine->rewrite(spans, day, judge, context, instead, ret_rewritten);
}
