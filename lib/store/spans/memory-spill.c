/* Spills in the memory engine: every row is asked, nothing is remembered. */

#include <stdlib.h>

#include "base/moment.h"
#include "store/spans/memory-private.h"

/* ---- days ---- */

static int by_day(const void *left, const void *right)
{
    int32_t a = *(const int32_t *)left;
    int32_t b = *(const int32_t *)right;

    return (a > b) - (a < b);
}

static void days_of(const struct kept_batch *kept, struct buffer *days)
{
    const struct spans_batch *batch = &kept->batch;
    int32_t day;

    for (size_t i = 0; i < batch->row_count; i++) {
        day = time_day(batch->rows[i].start_at);
        buffer_append(days, &day, sizeof(day));
    }
    for (size_t i = 0; i < batch->count_count; i++)
        buffer_append(days, &batch->counts[i].day, sizeof(day));
    for (size_t i = 0; i < batch->drop_count; i++)
        buffer_append(days, &batch->drops[i].day, sizeof(day));
    for (size_t i = 0; i < batch->gap_count; i++) {
        day = time_day(batch->gaps[i].from_at);
        if (batch->gaps[i].reason_text)
            buffer_append(days, &day, sizeof(day));
    }
}

static RESULT days_locked(const struct memory *memory, struct arena *arena, int32_t **ret_days,
                          size_t *ret_count)
{
    CLEANUP(buffer_deinit) struct buffer days = buffer_init((size_t)1 << 30);
    size_t count = 0;

    for (const struct kept_batch *kept = memory->first; kept; kept = kept->next)
        days_of(kept, &days);
    int r = buffer_check(&days);
    if (r)
        return r;
    int32_t *copy = arena_take(arena, days.len);
    if (!copy)
        return SPANS_LARGE;
    if (days.len) {
        memcpy(copy, days.at, days.len);
        qsort(copy, days.len / sizeof(*copy), sizeof(*copy), by_day);
    }
    for (size_t i = 0; i < days.len / sizeof(*copy); i++) {
        if (count == 0 || copy[count - 1] != copy[i])
            copy[count++] = copy[i];
    }
    *ret_days = copy;
    *ret_count = count;
    return 0;
}

int memory_days(struct spans *spans, struct arena *arena, int32_t **ret_days, size_t *ret_count)
{
    struct memory *memory = memory_of(spans);

    (void)pthread_mutex_lock(&memory->lock);
    int r = days_locked(memory, arena, ret_days, ret_count);
    (void)pthread_mutex_unlock(&memory->lock);
    return r;
}

int memory_settle(struct spans *spans)
{
    (void)spans;
    return 0;
}

/* ---- texts of a day ---- */

/* The different texts that must go, as they were met. */
struct condemned {
    spans_judge *judge;
    const void *context;
    const struct clean_text **texts;
    size_t count;
    size_t room;
    bool failed;
};

static bool known(const struct condemned *condemned, struct text text)
{
    for (size_t i = 0; i < condemned->count; i++) {
        if (text_equal(clean_text_view(condemned->texts[i]), text))
            return true;
    }
    return false;
}

static void meet(struct condemned *condemned, const struct clean_text *clean)
{
    struct text text = clean_text_view(clean);

    if (!clean || !condemned->judge(condemned->context, text) || known(condemned, text))
        return;
    if (condemned->count == condemned->room) {
        size_t room = condemned->room ? condemned->room * 2 : 16;
        const struct clean_text **grown = realloc(condemned->texts, room * sizeof(void *));

        condemned->failed = !grown;
        if (!grown)
            return;
        condemned->texts = grown;
        condemned->room = room;
    }
    condemned->texts[condemned->count++] = clean;
}

static void meet_batch(struct condemned *condemned, const struct spans_batch *batch, int32_t day)
{
    for (size_t i = 0; i < batch->row_count; i++) {
        const struct spans_row *row = &batch->rows[i];

        if (time_day(row->start_at) != day)
            continue;
        meet(condemned, batch->strings[row->application]);
        meet(condemned, batch->strings[row->domain]);
        meet(condemned, batch->strings[row->title]);
    }
    for (size_t i = 0; i < batch->count_count; i++) {
        if (batch->counts[i].day != day)
            continue;
        meet(condemned, batch->strings[batch->counts[i].application]);
        meet(condemned, batch->strings[batch->counts[i].domain]);
    }
}

static bool gap_goes(const struct spans_gap *gap, int32_t day, spans_judge *judge,
                     const void *context)
{
    return gap->reason_text && time_day(gap->from_at) == day &&
           judge(context, clean_text_view(gap->reason_text));
}

static RESULT search_locked(const struct memory *memory, int32_t day, spans_judge *judge,
                            const void *context, uint64_t *ret_texts)
{
    struct condemned condemned = {.judge = judge, .context = context};
    uint64_t gaps = 0;

    for (const struct kept_batch *kept = memory->first; kept; kept = kept->next) {
        meet_batch(&condemned, &kept->batch, day);
        for (size_t i = 0; i < kept->batch.gap_count; i++)
            gaps += gap_goes(&kept->batch.gaps[i], day, judge, context);
    }
    free(condemned.texts);
    if (condemned.failed)
        return FAULT(ERR_MEMORY);
    *ret_texts = condemned.count + gaps;
    return 0;
}

int memory_search(struct spans *spans, int32_t day, spans_judge *judge, const void *context,
                  uint64_t *ret_texts)
{
    struct memory *memory = memory_of(spans);

    (void)pthread_mutex_lock(&memory->lock);
    int r = search_locked(memory, day, judge, context, ret_texts);
    (void)pthread_mutex_unlock(&memory->lock);
    return r;
}

/* ---- rewriting ---- */

struct rewrite {
    int32_t day;
    spans_judge *judge;
    const void *context;
    const struct clean_text *instead;
};

/* Points to the last string of the batch, which is what stands instead. */
static void replace(const struct rewrite *rewrite, const struct spans_batch *batch,
                    uint32_t *string)
{
    const struct clean_text *clean = batch->strings[*string];

    if (clean && rewrite->judge(rewrite->context, clean_text_view(clean)))
        *string = (uint32_t)batch->string_count - 1;
}

/* A batch may be of several days that share its strings: a row gets another, none is changed. */
static RESULT rewrite_batch(const struct rewrite *rewrite, struct kept_batch *kept)
{
    struct spans_batch *batch = &kept->batch;
    struct spans_row *rows = (struct spans_row *)(uintptr_t)batch->rows;
    struct spans_count *counts = (struct spans_count *)(uintptr_t)batch->counts;
    struct spans_gap *gaps = (struct spans_gap *)(uintptr_t)batch->gaps;
    const struct clean_text *instead;
    const struct clean_text **strings =
        arena_take_array(kept->arena, batch->string_count + 1, sizeof(void *));
    int r = strings ? redact_copy(rewrite->instead, kept->arena, &instead) : FAULT(ERR_MEMORY);

    if (r)
        return r;
    memcpy(strings, batch->strings, batch->string_count * sizeof(void *));
    strings[batch->string_count++] = instead;
    batch->strings = strings;
    for (size_t i = 0; i < batch->row_count; i++) {
        if (time_day(rows[i].start_at) != rewrite->day)
            continue;
        replace(rewrite, batch, &rows[i].application);
        replace(rewrite, batch, &rows[i].domain);
        replace(rewrite, batch, &rows[i].title);
    }
    for (size_t i = 0; i < batch->count_count; i++) {
        if (counts[i].day != rewrite->day)
            continue;
        replace(rewrite, batch, &counts[i].application);
        replace(rewrite, batch, &counts[i].domain);
    }
    for (size_t i = 0; i < batch->gap_count; i++) {
        if (gap_goes(&gaps[i], rewrite->day, rewrite->judge, rewrite->context))
            gaps[i].reason_text = instead;
    }
    return 0;
}

int memory_rewrite(struct spans *spans, int32_t day, spans_judge *judge, const void *context,
                   const struct clean_text *instead, struct spans_rewritten *ret_rewritten)
{
    const struct rewrite rewrite = {
        .day = day, .judge = judge, .context = context, .instead = instead};
    struct memory *memory = memory_of(spans);
    struct spans_rewritten rewritten = {0};

    (void)pthread_mutex_lock(&memory->lock);
    int r = search_locked(memory, day, judge, context, &rewritten.texts);
    for (struct kept_batch *kept = memory->first; r == 0 && rewritten.texts && kept;
         kept = kept->next)
        r = rewrite_batch(&rewrite, kept);
    (void)pthread_mutex_unlock(&memory->lock);
    if (r)
        return r;
    *ret_rewritten = rewritten;
    return 0;
}
