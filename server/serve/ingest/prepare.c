#include "server/serve/ingest/prepare.h"

#include "base/moment.h"
#include "base/utf8.h"

#define DAY_MAX_MS ((uint32_t)MS_PER_DAY)
#define ACCOUNT_NAME_MAX 128

/* What a text is used as: each use has its own judge, and its own place in the store's table. */
enum use { USE_APPLICATION, USE_DOMAIN, USE_TITLE, USES };

typedef int judge_function(const struct redactor *redactor, struct raw_text raw,
                           struct arena *arena, struct redaction *ret_redaction);

static judge_function *const judges[USES] = {
    [USE_APPLICATION] = redact_application, [USE_DOMAIN] = redact_domain, [USE_TITLE] = redact};

struct strings {
    struct prepare *prepare;
    int32_t day;           /* of the row whose texts are asked for */
    uint32_t *index[USES]; /* of the store's table; 0: not judged yet or nothing left */
    bool *judged[USES];
    const struct clean_text **table;
    size_t count;
    size_t room;
    uint32_t unknown; /* index of "unknown"; 0: not needed yet */
    uint64_t changed;
};

static int strings_init(struct strings *strings, struct prepare *prepare)
{
    struct arena *arena = prepare->arena;
    size_t count = prepare->batch->string_count;

    *strings = (struct strings){.prepare = prepare, .count = 1, .room = USES * count + 2};
    for (size_t use = 0; use < USES; use++) {
        strings->index[use] = arena_take_array(arena, count, sizeof(uint32_t));
        strings->judged[use] = arena_take_array(arena, count, sizeof(bool));
        if (!strings->index[use] || !strings->judged[use])
            return FAULT(ERR_MEMORY);
    }
    strings->table = arena_take_array(arena, strings->room, sizeof(void *));
    return strings->table ? 0 : FAULT(ERR_MEMORY);
}

static uint32_t keep(struct strings *strings, const struct clean_text *clean)
{
    strings->table[strings->count] = clean;
    return (uint32_t)strings->count++;
}

/* ---- what the device should have removed ---- */

static void missed_add(struct strings *strings, enum redact_kind kind, const char *rule)
{
    struct prepare *prepare = strings->prepare;

    for (size_t i = 0; i < prepare->missed_count; i++) {
        struct prepare_missed *known = &prepare->missed[i];

        if (known->day == strings->day && known->kind == kind && strcmp(known->rule, rule) == 0) {
            known->count++;
            return;
        }
    }
    /* More kinds, rules and days than that are counted as the last. */
    if (prepare->missed_count == PREPARE_MISSED_MAX) {
        prepare->missed[PREPARE_MISSED_MAX - 1].count++;
        return;
    }
    prepare->missed[prepare->missed_count++] =
        (struct prepare_missed){.day = strings->day, .kind = kind, .rule = rule, .count = 1};
}

/* A text that strict redaction changed: was it missed? Once for each rule that finds something. */
static int judge_missed(struct strings *strings, enum use use, struct raw_text raw,
                        bool *ret_missed)
{
    const struct prepare *prepare = strings->prepare;
    struct redaction redaction;
    int r = judges[use](prepare->balanced, raw, prepare->arena, &redaction);

    *ret_missed = r == 0 && redaction.found_count > 0;
    for (size_t i = 0; *ret_missed && i < redaction.found_count; i++) {
        const struct redact_found *found = &redaction.found[i];
        const char *rule = redactor_rule_word(prepare->balanced, found->rule);
        bool again = false;

        for (size_t j = 0; j < i && !again; j++)
            again =
                redaction.found[j].rule == found->rule && redaction.found[j].kind == found->kind;
        if (!again)
            missed_add(strings, found->kind, rule ? rule : "other");
    }
    return r < 0 ? r : 0;
}

/* The place of a text of the batch in the store's table; 0 where nothing of it may be kept. */
static int use_string(struct strings *strings, enum use use, uint32_t from, uint32_t *ret_index)
{
    const struct raw_text *raw = &strings->prepare->batch->strings[from];
    struct redaction redaction;
    struct text clean;
    int r;

    *ret_index = 0;
    if (from == 0)
        return 0;
    if (strings->judged[use][from]) {
        *ret_index = strings->index[use][from];
        return 0;
    }
    strings->judged[use][from] = true;
    r = judges[use](strings->prepare->redactor, *raw, strings->prepare->arena, &redaction);
    if (r < 0)
        return r;
    clean = r ? (struct text){0} : clean_text_view(redaction.clean);
    /* As if nothing of it could be kept. */
    if (denied_holds(strings->prepare->denied, clean))
        clean = (struct text){0};
    if (r || !text_equal(clean, (struct text){.at = raw->at, .len = raw->len})) {
        bool missed;

        strings->changed++;
        r = judge_missed(strings, use, *raw, &missed);
        if (r)
            return r;
        if (missed && use == USE_TITLE)
            clean = (struct text){0}; /* nothing is kept in its place */
    }
    if (clean.len)
        strings->index[use][from] = keep(strings, redaction.clean);
    *ret_index = strings->index[use][from];
    return 0;
}

static int unknown(struct strings *strings, uint32_t *ret_index)
{
    char word[] = "unknown";
    struct redaction redaction;
    int r;

    if (!strings->unknown) {
        r = redact_application(strings->prepare->redactor,
                               (struct raw_text){.at = word, .len = sizeof word - 1},
                               strings->prepare->arena, &redaction);
        if (r)
            return r < 0 ? r : FAULT(ERR_SYSTEM);
        strings->unknown = keep(strings, redaction.clean);
    }
    *ret_index = strings->unknown;
    return 0;
}

/* An application always has a name. */
static int use_application(struct strings *strings, uint32_t from, uint32_t *ret_index)
{
    int r = use_string(strings, USE_APPLICATION, from, ret_index);

    return r || *ret_index ? r : unknown(strings, ret_index);
}

static int64_t clamp(const struct prepare *prepare, int64_t at)
{
    int64_t earliest = prepare->now - prepare->retention_ms;
    int64_t latest = prepare->now + MS_PER_DAY;

    return at < earliest ? earliest : at > latest ? latest : at;
}

/* The row of a span but for its cutting; what is odd is kept and flagged. */
static int make_row(struct strings *strings, const struct batch_span *span,
                    struct spans_row *ret_row)
{
    const struct prepare *prepare = strings->prepare;
    struct spans_row row = {.account = prepare->accounts[span->account].account,
                            .start_at = clamp(prepare, span->start_at),
                            .duration_ms = span->duration_ms,
                            .flags = span->flags & (SPAN_FLAG_OVERLAP | SPAN_FLAG_CUT),
                            .state = span->state};
    int64_t skew = prepare->batch->sent_at - prepare->now;
    strings->day = time_day(row.start_at);
    int r = use_application(strings, span->application, &row.application);

    if (!r)
        r = use_string(strings, USE_DOMAIN, span->domain, &row.domain);
    if (!r)
        r = use_string(strings, USE_TITLE, span->title, &row.title);
    if (r)
        return r;
    if (row.start_at != span->start_at || skew > PREPARE_SKEW_MS || skew < -PREPARE_SKEW_MS)
        row.flags |= SPAN_FLAG_SKEWED;
    if (row.duration_ms > DAY_MAX_MS) {
        row.duration_ms = DAY_MAX_MS;
        row.flags |= SPAN_FLAG_ABSURD;
    }
    if (row.start_at < prepare->enrolled_at - MS_PER_DAY)
        row.flags |= SPAN_FLAG_ABSURD;
    *ret_row = row;
    return 0;
}

/* Cuts at midnight UTC: a row of at most a day becomes at most two. */
static size_t cut(struct spans_row *rows, struct spans_row row)
{
    int64_t midnight = ((int64_t)time_day(row.start_at) + 1) * MS_PER_DAY;
    size_t count = 0;

    if (row.start_at + row.duration_ms > midnight) {
        struct spans_row first = row;

        first.duration_ms = (uint32_t)(midnight - row.start_at);
        first.flags |= SPAN_FLAG_CUT;
        rows[count++] = first;
        row.start_at = midnight;
        row.duration_ms -= first.duration_ms;
    }
    rows[count++] = row;
    return count;
}

/* Flags rows that begin before the one before them of the same account has ended. */
static void flag_overlaps(const struct prepare *prepare, struct spans_row *rows, size_t count,
                          int64_t *ends)
{
    for (size_t i = 0; i < count; i++) {
        size_t account = 0;

        while (prepare->accounts[account].account.number != rows[i].account.number)
            account++;
        if (rows[i].start_at < ends[account])
            rows[i].flags |= SPAN_FLAG_OVERLAP;
        if (rows[i].start_at + rows[i].duration_ms > ends[account])
            ends[account] = rows[i].start_at + rows[i].duration_ms;
    }
}

static int make_rows(struct strings *strings, struct spans_batch *batch)
{
    const struct prepare *prepare = strings->prepare;
    const struct batch *from = prepare->batch;
    struct spans_row *rows = arena_take_array(prepare->arena, from->span_count * 2, sizeof *rows);
    int64_t *ends = arena_take_array(prepare->arena, from->account_count, sizeof *ends);
    size_t count = 0;

    if (!rows || !ends)
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; i < from->span_count; i++) {
        struct spans_row row;
        int r = make_row(strings, &from->spans[i], &row);

        if (r)
            return r;
        count += cut(rows + count, row);
    }
    flag_overlaps(prepare, rows, count, ends);
    batch->rows = rows;
    batch->row_count = count;
    return 0;
}

static int32_t clamp_day(const struct prepare *prepare, int32_t day)
{
    int32_t earliest = time_day(prepare->now - prepare->retention_ms);
    int32_t latest = time_day(prepare->now + MS_PER_DAY);

    return day < earliest ? earliest : day > latest ? latest : day;
}

static int make_counts(struct strings *strings, struct spans_batch *batch)
{
    const struct prepare *prepare = strings->prepare;
    const struct batch *from = prepare->batch;
    struct spans_count *counts =
        arena_take_array(prepare->arena, from->count_count, sizeof *counts);
    struct spans_drop *drops = arena_take_array(prepare->arena, from->drop_count, sizeof *drops);

    if (!counts || !drops)
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; i < from->count_count; i++) {
        const struct batch_count *count = &from->counts[i];
        int r;

        counts[i] = (struct spans_count){.account = prepare->accounts[count->account].account,
                                         .day = clamp_day(prepare, count->day),
                                         .kind = count->kind,
                                         .count = count->count};
        strings->day = counts[i].day;
        r = use_application(strings, count->application, &counts[i].application);
        if (!r)
            r = use_string(strings, USE_DOMAIN, count->domain, &counts[i].domain);
        if (r)
            return r;
    }
    for (size_t i = 0; i < from->drop_count; i++)
        drops[i] = (struct spans_drop){.account = prepare->accounts[from->drops[i].account].account,
                                       .day = clamp_day(prepare, from->drops[i].day),
                                       .reason = from->drops[i].reason,
                                       .count = from->drops[i].count};
    batch->counts = counts;
    batch->count_count = from->count_count;
    batch->drops = drops;
    batch->drop_count = from->drop_count;
    return 0;
}

static int make_gaps(struct strings *strings, struct spans_batch *batch)
{
    const struct prepare *prepare = strings->prepare;
    const struct batch *from = prepare->batch;
    struct spans_gap *gaps = arena_take_array(prepare->arena, from->gap_count, sizeof *gaps);

    if (!gaps)
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; i < from->gap_count; i++) {
        const struct batch_gap *gap = &from->gaps[i];
        uint32_t reason;
        strings->day = time_day(clamp(prepare, gap->from_at));
        int r = use_string(strings, USE_TITLE, gap->reason_text, &reason);

        if (r)
            return r;
        gaps[i] = (struct spans_gap){.device = from->device,
                                     .from_at = clamp(prepare, gap->from_at),
                                     .to_at = clamp(prepare, gap->to_at),
                                     .reason = gap->reason,
                                     .spans = gap->spans,
                                     .reason_text = reason ? strings->table[reason] : NULL};
        if (gap->account != UINT32_MAX)
            gaps[i].account = prepare->accounts[gap->account].account;
    }
    batch->gaps = gaps;
    batch->gap_count = from->gap_count;
    return 0;
}

/* Rules, and their counts, of days that can be; a device that invents days gets one of ours. */
static int make_evidence(const struct prepare *prepare, struct spans_batch *batch)
{
    const struct evidence *from = &prepare->batch->evidence;
    struct evidence_count *counts =
        arena_take_array(prepare->arena, from->count_count, sizeof *counts);
    struct evidence_judged *judged =
        arena_take_array(prepare->arena, from->judged_count, sizeof *judged);

    if (!counts || !judged)
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; i < from->count_count; i++) {
        counts[i] = from->counts[i];
        counts[i].day = clamp_day(prepare, from->counts[i].day);
    }
    for (size_t i = 0; i < from->judged_count; i++) {
        judged[i] = from->judged[i];
        judged[i].day = clamp_day(prepare, from->judged[i].day);
    }
    batch->evidence = *from;
    batch->evidence.counts = counts;
    batch->evidence.judged = judged;
    return 0;
}

RESULT prepare_batch(struct prepare *prepare, struct spans_batch *ret_batch, uint64_t *ret_changed)
{
    const struct batch *from = prepare->batch;
    struct spans_batch batch = {.device = from->device,
                                .epoch = from->epoch,
                                .sequence = from->sequence,
                                .received_at = prepare->now,
                                .offset_minutes = from->offset_minutes};
    struct strings strings;
    prepare->missed_count = 0;
    int r = strings_init(&strings, prepare);

    if (!r)
        r = make_rows(&strings, &batch);
    if (!r)
        r = make_counts(&strings, &batch);
    if (!r)
        r = make_gaps(&strings, &batch);
    if (!r)
        r = make_evidence(prepare, &batch);
    if (r)
        return r;
    batch.strings = strings.table;
    batch.string_count = strings.count;
    *ret_batch = batch;
    *ret_changed = strings.changed;
    return 0;
}

RESULT prepare_account_name(struct raw_text name, struct arena *arena, struct text *ret_name)
{
    struct text text = {.at = name.at, .len = name.len};
    struct text copy;

    if (name.len == 0 || name.len > ACCOUNT_NAME_MAX || !utf8_valid(text))
        return PREPARE_NAME;
    for (size_t i = 0; i < name.len; i++)
        if ((uint8_t)name.at[i] < 0x20 || name.at[i] == 0x7f)
            return PREPARE_NAME;
    copy = arena_copy_text(arena, text);
    if (!copy.at)
        return FAULT(ERR_MEMORY);
    *ret_name = copy;
    return 0;
}
