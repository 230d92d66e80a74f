/* The embedded engine's answers. */

#include <stdlib.h>

#include "base/moment.h"
#include "base/wipe.h"
#include "store/spans/question.h"
#include "store/spans/seal.h"
#include "store/spans/sums.h"

#define ROWS_BYTES_MAX ((size_t)128 << 20) /* of a timeline before it goes into its arena */

/* What decoding says is what the file says. */
static RESULT decoded(int r)
{
    return r > 0 ? FAULT(ERR_CORRUPT) : r;
}

/* The part of a row inside the scope; false when there is none. */
static bool cut(const struct question *question, const struct box_row *row, int64_t *ret_from,
                int64_t *ret_to)
{
    int64_t to = row->start_at + row->duration_ms;
    bool touches =
        row->duration_ms > 0 ? to > question->from_at : row->start_at >= question->from_at;

    if (!touches || row->start_at >= question->to_at)
        return false;
    *ret_from = row->start_at > question->from_at ? row->start_at : question->from_at;
    *ret_to = to < question->to_at ? to : question->to_at;
    return true;
}

/* ---- timeline ---- */

struct timeline_row {
    int64_t start_at;
    uint64_t order; /* as it was read: spans with one start stay as they came */
    uint32_t account;
    uint32_t person;
    uint32_t duration_ms;
    uint32_t application;
    uint32_t domain;
    uint32_t title;
    uint32_t flags;
    enum span_state state;
};

static int timeline_box(struct question *question, const struct spans_owner *owner,
                        struct bytes plain, void *context)
{
    struct buffer *rows = context;
    struct opener *opener = &question->reader->opener;
    struct box box;
    int64_t to;
    int r = decoded(box_decode(opener->coder, question->day, plain, opener->scratch, &box));

    for (size_t i = 0; r == 0 && i < box.count; i++) {
        struct timeline_row row = {
            .order = rows->len,
            .account = owner->account.number,
            .person = owner->person.number,
            .flags = box.rows[i].flags,
            .state = box.rows[i].state,
        };

        if (!cut(question, &box.rows[i], &row.start_at, &to))
            continue;
        row.duration_ms = (uint32_t)(to - row.start_at);
        r = question_number(question, box.rows[i].application, &row.application);
        if (r == 0)
            r = question_number(question, box.rows[i].domain, &row.domain);
        if (r == 0)
            r = question_number(question, box.rows[i].title, &row.title);
        buffer_append(rows, &row, sizeof(row));
    }
    if (r == 0 && rows->failed)
        r = SPANS_LARGE;
    return r;
}

static int timeline_order(const void *left, const void *right)
{
    const struct timeline_row *a = left;
    const struct timeline_row *b = right;

    if (a->account != b->account)
        return a->account < b->account ? -1 : 1;
    if (a->start_at != b->start_at)
        return a->start_at < b->start_at ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

/* The application's text, "unknown" for 0. */
static RESULT application_text(struct question *question, uint32_t number,
                               const struct clean_text **unknown,
                               const struct clean_text **ret_text)
{
    int r;

    if (number > 0)
        return question_text(question, number, ret_text);
    if (!*unknown) {
        r = spans_unknown(question->arena, unknown);
        if (r)
            return r;
    }
    *ret_text = *unknown;
    return 0;
}

static RESULT timeline_answer(struct question *question, const struct timeline_row *rows,
                              size_t count, struct spans_answer **ret_answers)
{
    struct spans_answer *answers = arena_take_array(question->arena, count, sizeof(*answers));
    const struct clean_text *unknown = NULL;
    int r = 0;

    if (!answers)
        return SPANS_LARGE;
    for (size_t i = 0; r == 0 && i < count; i++) {
        answers[i] = (struct spans_answer){
            .account = {.number = rows[i].account},
            .person = {.number = rows[i].person},
            .span = {.start_at = rows[i].start_at,
                     .duration_ms = rows[i].duration_ms,
                     .state = rows[i].state,
                     .flags = rows[i].flags},
        };
        r = application_text(question, rows[i].application, &unknown, &answers[i].span.application);
        if (r == 0)
            r = question_text(question, rows[i].domain, &answers[i].span.domain);
        if (r == 0)
            r = question_text(question, rows[i].title, &answers[i].span.title);
    }
    if (r == 0)
        *ret_answers = answers;
    return r;
}

int embedded_timeline(struct spans *spans, const struct spans_scope *scope, struct arena *arena,
                      struct spans_answer **ret_answers, size_t *ret_count)
{
    CLEANUP(question_end) struct question question = {0};
    CLEANUP(buffer_deinit) struct buffer rows = buffer_init(ROWS_BYTES_MAX);
    int r = question_begin(&question, embedded_of(spans), scope, arena);

    if (r == 0)
        r = question_boxes(&question, timeline_box, &rows);
    if (r)
        return r;
    size_t count = rows.len / sizeof(struct timeline_row);
    struct timeline_row *sorted = (struct timeline_row *)(void *)rows.at;
    if (count > 0)
        qsort(sorted, count, sizeof(*sorted), timeline_order);
    r = timeline_answer(&question, sorted, count, ret_answers);
    if (r == 0)
        *ret_count = count;
    return r;
}

/* ---- usage ---- */

static int usage_box(struct question *question, const struct spans_owner *owner, struct bytes plain,
                     void *context)
{
    struct sums *sums = context;
    struct opener *opener = &question->reader->opener;
    struct box box;
    int r = decoded(box_decode(opener->coder, question->day, plain, opener->scratch, &box));

    for (size_t i = 0; r == 0 && i < box.count; i++) {
        const struct box_row *row = &box.rows[i];
        uint32_t key[4] = {owner->account.number, 0, 0, owner->person.number};
        struct sums_group *group;
        int64_t from;
        int64_t to;

        if (!cut(question, row, &from, &to))
            continue;
        r = question_number(question, row->application, &key[1]);
        if (r == 0)
            r = question_number(question, row->domain, &key[2]);
        if (r == 0)
            r = sums_group(sums, key, &group);
        if (r == SUMS_FULL)
            return SPANS_LARGE;
        if (r == 0)
            group->sum[row->state] += to - from;
    }
    return r;
}

static RESULT usage_answer(struct question *question, const struct sums *sums,
                           struct spans_usage **ret_usage, size_t *ret_count)
{
    const struct clean_text *unknown = NULL;
    size_t count;
    const struct sums_group *groups = sums_groups(sums, &count);
    struct spans_usage *usage = arena_take_array(question->arena, count, sizeof(*usage));
    int r = 0;

    if (!usage)
        return SPANS_LARGE;
    for (size_t i = 0; r == 0 && i < count; i++) {
        usage[i].account.number = groups[i].key[0];
        usage[i].person.number = groups[i].key[3];
        r = application_text(question, groups[i].key[1], &unknown, &usage[i].application);
        if (r == 0)
            r = question_text(question, groups[i].key[2], &usage[i].domain);
        for (size_t state = 0; state < SPAN_STATES; state++)
            usage[i].ms[state] = groups[i].sum[state];
    }
    if (r)
        return r;
    *ret_usage = usage;
    *ret_count = count;
    return 0;
}

int embedded_usage(struct spans *spans, const struct spans_scope *scope, struct arena *arena,
                   struct spans_usage **ret_usage, size_t *ret_count)
{
    CLEANUP(question_end) struct question question = {0};
    CLEANUP(sums_free) struct sums *sums = NULL;
    int r = sums_new(&sums);

    if (r == 0)
        r = question_begin(&question, embedded_of(spans), scope, arena);
    if (r == 0)
        r = question_boxes(&question, usage_box, sums);
    return r ? r : usage_answer(&question, sums, ret_usage, ret_count);
}

/* ---- removed and dropped ---- */

static int removed_tally(struct question *question, const struct spans_owner *owner,
                         struct bytes plain, void *context)
{
    struct sums *sums = context;
    struct box_tally tally;
    int r = decoded(box_tally_decode(plain, question->reader->opener.scratch, &tally));

    (void)owner;
    for (size_t i = 0; r == 0 && i < tally.count_count; i++) {
        uint32_t key[4] = {(uint32_t)question->day, 0, 0, tally.counts[i].kind};
        struct sums_group *group;

        r = question_number(question, tally.counts[i].application, &key[1]);
        if (r == 0)
            r = question_number(question, tally.counts[i].domain, &key[2]);
        if (r == 0)
            r = sums_group(sums, key, &group);
        if (r == SUMS_FULL)
            return SPANS_LARGE;
        if (r == 0)
            group->sum[0] += tally.counts[i].count;
    }
    return r;
}

static RESULT removed_answer(struct question *question, const struct sums *sums,
                             struct spans_removed **ret_removed, size_t *ret_count)
{
    const struct clean_text *unknown = NULL;
    size_t count;
    const struct sums_group *groups = sums_groups(sums, &count);
    struct spans_removed *removed = arena_take_array(question->arena, count, sizeof(*removed));
    int r = 0;

    if (!removed)
        return SPANS_LARGE;
    for (size_t i = 0; r == 0 && i < count; i++) {
        removed[i].day = (int32_t)groups[i].key[0];
        removed[i].kind = (enum redact_kind)groups[i].key[3];
        removed[i].count = (uint64_t)groups[i].sum[0];
        r = application_text(question, groups[i].key[1], &unknown, &removed[i].application);
        if (r == 0)
            r = question_text(question, groups[i].key[2], &removed[i].domain);
    }
    if (r)
        return r;
    *ret_removed = removed;
    *ret_count = count;
    return 0;
}

int embedded_removed(struct spans *spans, const struct spans_scope *scope, struct arena *arena,
                     struct spans_removed **ret_removed, size_t *ret_count)
{
    CLEANUP(question_end) struct question question = {0};
    CLEANUP(sums_free) struct sums *sums = NULL;
    int r = sums_new(&sums);

    if (r == 0)
        r = question_begin(&question, embedded_of(spans), scope, arena);
    if (r == 0)
        r = question_tallies(&question, removed_tally, sums);
    return r ? r : removed_answer(&question, sums, ret_removed, ret_count);
}

static int dropped_tally(struct question *question, const struct spans_owner *owner,
                         struct bytes plain, void *context)
{
    struct sums *sums = context;
    struct box_tally tally;
    int r = decoded(box_tally_decode(plain, question->reader->opener.scratch, &tally));

    (void)owner;
    for (size_t i = 0; r == 0 && i < tally.drop_count; i++) {
        const uint32_t key[4] = {(uint32_t)question->day, tally.drops[i].reason};
        struct sums_group *group;

        r = sums_group(sums, key, &group);
        if (r == SUMS_FULL)
            return SPANS_LARGE;
        if (r == 0)
            group->sum[0] += tally.drops[i].count;
    }
    return r;
}

int embedded_dropped(struct spans *spans, const struct spans_scope *scope, struct arena *arena,
                     struct spans_dropped **ret_dropped, size_t *ret_count)
{
    CLEANUP(question_end) struct question question = {0};
    CLEANUP(sums_free) struct sums *sums = NULL;
    size_t count;
    int r = sums_new(&sums);

    if (r == 0)
        r = question_begin(&question, embedded_of(spans), scope, arena);
    if (r == 0)
        r = question_tallies(&question, dropped_tally, sums);
    if (r)
        return r;
    const struct sums_group *groups = sums_groups(sums, &count);
    struct spans_dropped *dropped = arena_take_array(arena, count, sizeof(*dropped));
    if (!dropped)
        return SPANS_LARGE;
    for (size_t i = 0; i < count; i++) {
        dropped[i].day = (int32_t)groups[i].key[0];
        dropped[i].reason = (enum batch_drop_reason)groups[i].key[1];
        dropped[i].count = (uint64_t)groups[i].sum[0];
    }
    *ret_dropped = dropped;
    *ret_count = count;
    return 0;
}

/* ---- devices ---- */

struct gap_list {
    struct embedded *store;
    struct opener *opener;
    struct device_id device;
    size_t limit;
    struct arena *arena;
};

/* The reason's text, NULL where there is none or its day is destroyed. */
static RESULT gap_text(const struct gap_list *list, uint64_t id, struct bytes blob,
                       struct spans_gap *gap)
{
    const struct seal seal = {
        .table = SEAL_GAP,
        .day = time_day(gap->from_at),
        .account = gap->account.number,
        .id = id,
        .count = (uint64_t)gap->reason,
        .device = gap->device,
    };
    uint8_t key[KEYRING_KEY_SIZE];
    int r;

    if (blob.len == 0)
        return 0;
    r = keyring_day_key(list->store->keyring, seal.day, key);
    if (r == KEYRING_DESTROYED)
        return 0;
    if (r)
        return decoded(r);
    buffer_clear(&list->opener->plain);
    r = seal_open(key, &seal, blob, &list->opener->plain);
    wipe(key, sizeof(key));
    if (r)
        return r;
    r = redact_restore(buffer_bytes(&list->opener->plain), list->arena, &gap->reason_text);
    return r == ERR_MEMORY ? SPANS_LARGE : decoded(r);
}

static RESULT gaps_count(const struct gap_list *list, size_t *ret_count)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r =
        sql_prepare(list->opener->sql, "SELECT count(*) FROM gap WHERE device = $1", &statement);

    if (r)
        return r;
    sql_bind_bytes(statement, 1, (struct bytes){.at = list->device.at, .len = DEVICE_ID_SIZE});
    r = sql_next(statement);
    if (r)
        return decoded(r);
    size_t count = (size_t)sql_i64(statement, 0);
    *ret_count = count < list->limit ? count : list->limit;
    return 0;
}

static RESULT gaps_read(const struct gap_list *list, struct spans_gap *gaps, size_t count)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(list->opener->sql,
                        "SELECT id, account, from_at, to_at, reason, spans, blob FROM gap"
                        " WHERE device = $1 ORDER BY from_at DESC, id DESC",
                        &statement);

    if (r)
        return r;
    sql_bind_bytes(statement, 1, (struct bytes){.at = list->device.at, .len = DEVICE_ID_SIZE});
    for (size_t i = 0; i < count; i++) {
        r = sql_next(statement);
        if (r)
            return decoded(r);
        gaps[i] = (struct spans_gap){
            .device = list->device,
            .account = {.number = (uint32_t)sql_i64(statement, 1)},
            .from_at = sql_i64(statement, 2),
            .to_at = sql_i64(statement, 3),
            .reason = (enum batch_gap_reason)sql_i64(statement, 4),
            .spans = (uint64_t)sql_i64(statement, 5),
        };
        r = gap_text(list, (uint64_t)sql_i64(statement, 0), sql_bytes(statement, 6), &gaps[i]);
        if (r)
            return r;
    }
    return 0;
}

int embedded_gaps(struct spans *spans, struct device_id device, size_t limit, struct arena *arena,
                  struct spans_gap **ret_gaps, size_t *ret_count)
{
    struct embedded *store = embedded_of(spans);
    struct spans_gap *gaps = NULL;
    struct reader *reader;
    size_t count = 0;
    int r = readers_take(store, &reader);

    if (r)
        return r;
    const struct gap_list list = {.store = store,
                                  .opener = &reader->opener,
                                  .device = device,
                                  .limit = limit,
                                  .arena = arena};
    r = gaps_count(&list, &count);
    if (r == 0) {
        gaps = arena_take_array(arena, count, sizeof(*gaps));
        r = gaps ? gaps_read(&list, gaps, count) : SPANS_LARGE;
    }
    readers_return(store, reader);
    if (r)
        return r;
    *ret_gaps = gaps;
    *ret_count = count;
    return 0;
}

static RESULT sequence_read(struct sql *sql, struct device_id device, uint32_t *ret_epoch,
                            uint64_t *ret_sequence, uint64_t *ret_missing)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(
        sql, "SELECT epoch, sequence, missing FROM device_sequence WHERE device = $1", &statement);

    if (r)
        return r;
    sql_bind_bytes(statement, 1, (struct bytes){.at = device.at, .len = DEVICE_ID_SIZE});
    r = sql_next(statement);
    if (r && r != SQL_DONE)
        return r;
    *ret_epoch = r ? 0 : (uint32_t)sql_i64(statement, 0);
    *ret_sequence = r ? 0 : (uint64_t)sql_i64(statement, 1);
    *ret_missing = r ? 0 : (uint64_t)sql_i64(statement, 2);
    return 0;
}

int embedded_sequence(struct spans *spans, struct device_id device, uint32_t *ret_epoch,
                      uint64_t *ret_sequence, uint64_t *ret_missing)
{
    struct reader *reader;
    int r = readers_take(embedded_of(spans), &reader);

    if (r)
        return r;
    r = sequence_read(reader->opener.sql, device, ret_epoch, ret_sequence, ret_missing);
    readers_return(embedded_of(spans), reader);
    return r;
}
