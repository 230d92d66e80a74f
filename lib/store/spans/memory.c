/*
 * The memory engine: batches as they came, and questions answered by going through all of them
 *
 * Nothing is shared with the embedded engine but the rules of sequences, so that the contract suite
 * compares two ways of arriving at an answer. Slow on purpose: no index, no dictionary.
 */

#include <assert.h>
#include <stdlib.h>

#include "base/moment.h"
#include "store/spans/memory-private.h"

#define BATCH_BYTES_MAX ((size_t)64 << 20)

static struct kept_batch *kept_free(struct kept_batch *kept)
{
    (void)arena_free(kept->arena);
    free(kept);
    return NULL;
}
DEFINE_CLEANUP(struct kept_batch *, kept_free)

static void memory_free(struct spans *spans)
{
    struct memory *memory = memory_of(spans);

    while (memory->first) {
        struct kept_batch *kept = memory->first;

        memory->first = kept->next;
        (void)kept_free(kept);
    }
    while (memory->devices) {
        struct known_device *device = memory->devices;

        memory->devices = device->next;
        free(device);
    }
    (void)pthread_mutex_destroy(&memory->lock);
    free(memory);
}

/* ---- keeping a batch ---- */

static RESULT copy_strings(struct kept_batch *kept, const struct spans_batch *batch)
{
    const struct clean_text **strings =
        arena_take_array(kept->arena, batch->string_count, sizeof(void *));

    if (!strings)
        return FAULT(ERR_MEMORY);
    for (size_t i = 1; i < batch->string_count; i++) {
        if (clean_text_view(batch->strings[i]).len == 0)
            continue;
        int r = redact_copy(batch->strings[i], kept->arena, &strings[i]);
        if (r)
            return r;
    }
    kept->batch.strings = strings;
    return 0;
}

static void *copy_array(struct arena *arena, const void *at, size_t count, size_t size)
{
    void *copy = arena_take_array(arena, count, size);

    if (copy && count)
        memcpy(copy, at, count * size);
    return copy;
}

static RESULT copy_gaps(struct kept_batch *kept, const struct spans_batch *batch)
{
    struct spans_gap *gaps =
        copy_array(kept->arena, batch->gaps, batch->gap_count, sizeof(*batch->gaps));

    if (!gaps)
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; i < batch->gap_count; i++) {
        gaps[i].device = batch->device;
        if (clean_text_view(gaps[i].reason_text).len == 0) {
            gaps[i].reason_text = NULL;
            continue;
        }
        int r = redact_copy(gaps[i].reason_text, kept->arena, &gaps[i].reason_text);
        if (r)
            return r;
    }
    kept->batch.gaps = gaps;
    return 0;
}

static RESULT keep(const struct spans_batch *batch, struct kept_batch **ret_kept)
{
    CLEANUP(kept_free) struct kept_batch *kept = calloc(1, sizeof(*kept));
    int r;

    if (!kept)
        return FAULT(ERR_MEMORY);
    r = arena_new(&kept->arena, BATCH_BYTES_MAX);
    if (r)
        return r;
    kept->batch = *batch;
    kept->batch.rows = copy_array(kept->arena, batch->rows, batch->row_count, sizeof(*batch->rows));
    kept->batch.counts =
        copy_array(kept->arena, batch->counts, batch->count_count, sizeof(*batch->counts));
    kept->batch.drops =
        copy_array(kept->arena, batch->drops, batch->drop_count, sizeof(*batch->drops));
    if (!kept->batch.rows || !kept->batch.counts || !kept->batch.drops)
        return FAULT(ERR_MEMORY);
    r = copy_strings(kept, batch);
    if (r)
        return r;
    r = copy_gaps(kept, batch);
    if (r == 0)
        r = evidence_copy(&batch->evidence, kept->arena, &kept->batch.evidence);
    if (r)
        return r;
    *ret_kept = TAKE(kept);
    return 0;
}

static struct known_device *device_find(struct memory *memory, struct device_id id)
{
    struct known_device *device = memory->devices;

    while (device && !device_id_equal(device->id, id))
        device = device->next;
    return device;
}

static RESULT commit_locked(struct memory *memory, const struct spans_batch *batch)
{
    CLEANUP(kept_free) struct kept_batch *kept = NULL;
    struct known_device *device = device_find(memory, batch->device);
    struct spans_position next;
    uint64_t skipped;
    int r;

    r = spans_position_next(device ? &device->position : &(struct spans_position){0}, batch, &next,
                            &skipped);
    if (r)
        return r;
    r = keep(batch, &kept);
    if (r)
        return r;
    assert(kept);
    if (skipped > 0)
        kept->skipped =
            spans_position_gap(device ? &device->position : &(struct spans_position){0}, batch);
    if (!device) {
        device = calloc(1, sizeof(*device));
        if (!device)
            return FAULT(ERR_MEMORY);
        device->id = batch->device;
        device->next = memory->devices;
        memory->devices = device;
    }
    device->position = next;
    *memory->end = kept;
    memory->end = &kept->next;
    (void)TAKE(kept);
    return 0;
}

static int memory_commit(struct spans *spans, const struct spans_batch *batch, spans_done *done,
                         void *context)
{
    struct memory *memory = memory_of(spans);

    (void)pthread_mutex_lock(&memory->lock);
    int r = commit_locked(memory, batch);
    (void)pthread_mutex_unlock(&memory->lock);
    done(context, r);
    return 0;
}

static int memory_sequence(struct spans *spans, struct device_id id, uint32_t *ret_epoch,
                           uint64_t *ret_sequence, uint64_t *ret_missing)
{
    struct memory *memory = memory_of(spans);

    (void)pthread_mutex_lock(&memory->lock);
    const struct known_device *device = device_find(memory, id);
    *ret_epoch = device ? device->position.epoch : 0;
    *ret_sequence = device ? device->position.sequence : 0;
    *ret_missing = device ? device->position.missing : 0;
    (void)pthread_mutex_unlock(&memory->lock);
    return 0;
}

/* ---- questions: each goes through all batches twice, to count and to fill ---- */

/* Who has the account that day, if the scope holds them; NULL: not in it. */
static const struct spans_owner *owner_of(const struct spans_scope *scope,
                                          struct account_id account, int32_t day)
{
    for (size_t i = 0; i < scope->owner_count; i++) {
        const struct spans_owner *owner = &scope->owners[i];

        if (owner->account.number == account.number && owner->from_day <= day &&
            day < owner->until_day)
            return owner;
    }
    return NULL;
}

static bool day_in_scope(const struct spans_scope *scope, int32_t day)
{
    int64_t begin = day * MS_PER_DAY;

    return scope->from_at < scope->to_at && begin < scope->to_at &&
           begin + MS_PER_DAY > scope->from_at;
}

/* The part of a row inside the scope. */
static bool cut(const struct spans_scope *scope, const struct spans_row *row, int64_t *ret_from,
                int64_t *ret_to)
{
    int64_t from = row->start_at;
    int64_t to = row->start_at + row->duration_ms;

    if (scope->from_at >= scope->to_at || !owner_of(scope, row->account, time_day(row->start_at)) ||
        from >= scope->to_at || (to <= scope->from_at && !(from == to && from >= scope->from_at)))
        return false;
    *ret_from = from > scope->from_at ? from : scope->from_at;
    *ret_to = to < scope->to_at ? to : scope->to_at;
    return true;
}

static const struct clean_text *application_of(const struct spans_batch *batch, uint32_t string,
                                               const struct clean_text *unknown)
{
    return batch->strings[string] ? batch->strings[string] : unknown;
}

static RESULT copy_text(const struct clean_text *text, struct arena *arena,
                        const struct clean_text **ret_text)
{
    *ret_text = NULL;
    if (!text)
        return 0;
    int r = redact_copy(text, arena, ret_text);
    return r == ERR_MEMORY ? SPANS_LARGE : r;
}

static int by_account_then_start(const void *left, const void *right)
{
    const struct spans_answer *a = left;
    const struct spans_answer *b = right;

    if (a->account.number != b->account.number)
        return a->account.number < b->account.number ? -1 : 1;
    if (a->span.start_at != b->span.start_at)
        return a->span.start_at < b->span.start_at ? -1 : 1;
    return 0;
}

static RESULT answer_row(const struct spans_batch *batch, const struct spans_row *row,
                         struct spans_answer answer, const struct clean_text *unknown,
                         struct arena *arena, struct spans_answer *ret_answer)
{
    int r = copy_text(application_of(batch, row->application, unknown), arena,
                      &answer.span.application);
    if (r == 0)
        r = copy_text(batch->strings[row->domain], arena, &answer.span.domain);
    if (r == 0)
        r = copy_text(batch->strings[row->title], arena, &answer.span.title);
    if (r == 0)
        *ret_answer = answer;
    return r;
}

static RESULT timeline_locked(const struct memory *memory, const struct spans_scope *scope,
                              struct arena *arena, struct spans_answer **ret_answers,
                              size_t *ret_count)
{
    const struct clean_text *unknown;
    struct spans_answer *answers;
    size_t count = 0;
    int64_t from;
    int64_t to;
    int r = spans_unknown(arena, &unknown);

    if (r)
        return r;
    for (const struct kept_batch *kept = memory->first; kept; kept = kept->next) {
        for (size_t i = 0; i < kept->batch.row_count; i++)
            count += cut(scope, &kept->batch.rows[i], &from, &to);
    }
    answers = arena_take_array(arena, count, sizeof(*answers));
    if (!answers)
        return SPANS_LARGE;
    count = 0;
    for (const struct kept_batch *kept = memory->first; kept; kept = kept->next) {
        for (size_t i = 0; i < kept->batch.row_count; i++) {
            const struct spans_row *row = &kept->batch.rows[i];

            if (!cut(scope, row, &from, &to))
                continue;
            r = answer_row(
                &kept->batch, row,
                (struct spans_answer){
                    .account = row->account,
                    .person = owner_of(scope, row->account, time_day(row->start_at))->person,
                    .span = {.start_at = from,
                             .duration_ms = (uint32_t)(to - from),
                             .state = row->state,
                             .flags = row->flags},
                },
                unknown, arena, &answers[count++]);
            if (r)
                return r;
        }
    }
    qsort(answers, count, sizeof(*answers), by_account_then_start);
    *ret_answers = answers;
    *ret_count = count;
    return 0;
}

static int memory_timeline(struct spans *spans, const struct spans_scope *scope,
                           struct arena *arena, struct spans_answer **ret_answers,
                           size_t *ret_count)
{
    struct memory *memory = memory_of(spans);

    (void)pthread_mutex_lock(&memory->lock);
    int r = timeline_locked(memory, scope, arena, ret_answers, ret_count);
    (void)pthread_mutex_unlock(&memory->lock);
    return r;
}

static bool same_text(const struct clean_text *a, const struct clean_text *b)
{
    return !a == !b && text_equal(clean_text_view(a), clean_text_view(b));
}

/* The sum of an answer's account, application and site among the first *count, made when new. */
static struct spans_usage *usage_sum(struct spans_usage *usage, size_t *count,
                                     const struct spans_answer *answer)
{
    for (size_t i = 0; i < *count; i++) {
        if (usage[i].account.number == answer->account.number &&
            usage[i].person.number == answer->person.number &&
            same_text(usage[i].application, answer->span.application) &&
            same_text(usage[i].domain, answer->span.domain))
            return &usage[i];
    }
    usage[*count] = (struct spans_usage){
        .account = answer->account,
        .person = answer->person,
        .application = answer->span.application,
        .domain = answer->span.domain,
    };
    return &usage[(*count)++];
}

static int memory_usage(struct spans *spans, const struct spans_scope *scope, struct arena *arena,
                        struct spans_usage **ret_usage, size_t *ret_count)
{
    struct spans_answer *answers;
    size_t answer_count;
    size_t count = 0;
    int r = memory_timeline(spans, scope, arena, &answers, &answer_count);

    if (r)
        return r;
    struct spans_usage *usage = arena_take_array(arena, answer_count, sizeof(*usage));
    if (!usage)
        return SPANS_LARGE;
    for (size_t i = 0; i < answer_count; i++) {
        struct spans_usage *sum = usage_sum(usage, &count, &answers[i]);

        sum->ms[answers[i].span.state] += answers[i].span.duration_ms;
    }
    *ret_usage = usage;
    *ret_count = count;
    return 0;
}

static RESULT removed_add(const struct spans_batch *batch, const struct spans_count *count,
                          const struct clean_text *unknown, struct arena *arena,
                          struct spans_removed *removed, size_t *known)
{
    const struct clean_text *application = application_of(batch, count->application, unknown);
    const struct clean_text *domain = batch->strings[count->domain];
    int r;

    for (size_t i = 0; i < *known; i++) {
        if (removed[i].day == count->day && removed[i].kind == count->kind &&
            same_text(removed[i].application, application) &&
            same_text(removed[i].domain, domain)) {
            removed[i].count += count->count;
            return 0;
        }
    }
    struct spans_removed *made = &removed[*known];
    made->day = count->day;
    made->kind = count->kind;
    made->count = count->count;
    r = copy_text(application, arena, &made->application);
    if (r == 0)
        r = copy_text(domain, arena, &made->domain);
    if (r == 0)
        ++*known;
    return r;
}

static RESULT removed_locked(const struct memory *memory, const struct spans_scope *scope,
                             struct arena *arena, struct spans_removed **ret_removed,
                             size_t *ret_count)
{
    const struct clean_text *unknown;
    size_t most = 0;
    size_t count = 0;
    int r = spans_unknown(arena, &unknown);

    if (r)
        return r;
    for (const struct kept_batch *kept = memory->first; kept; kept = kept->next)
        most += kept->batch.count_count;
    struct spans_removed *removed = arena_take_array(arena, most, sizeof(*removed));
    if (!removed)
        return SPANS_LARGE;
    for (const struct kept_batch *kept = memory->first; kept; kept = kept->next) {
        for (size_t i = 0; i < kept->batch.count_count; i++) {
            const struct spans_count *row = &kept->batch.counts[i];

            if (!owner_of(scope, row->account, row->day) || !day_in_scope(scope, row->day))
                continue;
            r = removed_add(&kept->batch, row, unknown, arena, removed, &count);
            if (r)
                return r;
        }
    }
    *ret_removed = removed;
    *ret_count = count;
    return 0;
}

static int memory_removed(struct spans *spans, const struct spans_scope *scope, struct arena *arena,
                          struct spans_removed **ret_removed, size_t *ret_count)
{
    struct memory *memory = memory_of(spans);

    (void)pthread_mutex_lock(&memory->lock);
    int r = removed_locked(memory, scope, arena, ret_removed, ret_count);
    (void)pthread_mutex_unlock(&memory->lock);
    return r;
}

/* ---- flows: cells first, then for each cell who made it ---- */

static const struct clean_text *flow_name(const struct spans_batch *batch,
                                          const struct spans_count *count,
                                          const struct clean_text *unknown)
{
    return batch->strings[count->domain] ? batch->strings[count->domain]
                                         : application_of(batch, count->application, unknown);
}

static bool flow_site(const struct spans_batch *batch, const struct spans_count *count)
{
    return batch->strings[count->domain] != NULL;
}

static bool same_row(const struct spans_flow *flow, enum spans_bucket bucket,
                     const struct spans_batch *batch, const struct spans_count *count,
                     const struct clean_text *unknown)
{
    return flow->day == spans_bucket_day(bucket, count->day) &&
           flow->site == flow_site(batch, count) &&
           same_text(flow->name, flow_name(batch, count, unknown));
}

/* Visits every count in scope. */
struct flow_walk {
    const struct spans_scope *scope;
    const struct kept_batch *kept;
    size_t next;
};

static const struct spans_count *flow_next(struct flow_walk *walk)
{
    for (; walk->kept; walk->kept = walk->kept->next, walk->next = 0) {
        while (walk->next < walk->kept->batch.count_count) {
            const struct spans_count *count = &walk->kept->batch.counts[walk->next++];

            if (owner_of(walk->scope, count->account, count->day) &&
                day_in_scope(walk->scope, count->day))
                return count;
        }
    }
    return NULL;
}

static struct person_id person_of(const struct spans_scope *scope, const struct spans_count *count)
{
    return owner_of(scope, count->account, count->day)->person;
}

struct person_list {
    struct person_id *at;
    uint32_t count;
};

static void person_add(struct person_list *list, struct person_id person)
{
    for (uint32_t i = 0; i < list->count; i++) {
        if (list->at[i].number == person.number)
            return;
    }
    list->at[list->count++] = person;
}

static RESULT flows_cells(struct flow_walk walk, enum spans_bucket bucket,
                          const struct clean_text *unknown, struct arena *arena,
                          struct spans_flows *flows)
{
    const struct spans_count *count;
    int r;

    while ((count = flow_next(&walk))) {
        const struct spans_batch *batch = &walk.kept->batch;
        size_t at = 0;

        while (at < flows->count && (flows->at[at].kind != count->kind ||
                                     !same_row(&flows->at[at], bucket, batch, count, unknown)))
            at++;
        if (at == flows->count) {
            flows->at[flows->count++] =
                (struct spans_flow){.day = spans_bucket_day(bucket, count->day),
                                    .site = flow_site(batch, count),
                                    .kind = count->kind};
            r = copy_text(flow_name(batch, count, unknown), arena, &flows->at[at].name);
            if (r)
                return r;
        }
        flows->at[at].count += count->count;
    }
    return 0;
}

static void flow_people(struct flow_walk walk, enum spans_bucket bucket,
                        const struct clean_text *unknown, struct person_list lists[2],
                        struct spans_flow *flow)
{
    const struct spans_count *count;

    lists[0].count = lists[1].count = 0;
    while ((count = flow_next(&walk))) {
        if (!same_row(flow, bucket, &walk.kept->batch, count, unknown))
            continue;
        person_add(&lists[1], person_of(walk.scope, count));
        if (count->kind == flow->kind)
            person_add(&lists[0], person_of(walk.scope, count));
    }
    flow->people = lists[0].count;
    flow->row_people = lists[1].count;
}

static RESULT flows_locked(const struct memory *memory, const struct spans_scope *scope,
                           enum spans_bucket bucket, struct arena *arena,
                           struct spans_flows *ret_flows)
{
    const struct flow_walk walk = {.scope = scope, .kept = memory->first};
    const struct clean_text *unknown;
    struct flow_walk counting = walk;
    struct flow_walk everyone = walk;
    struct person_list lists[2] = {0};
    struct spans_flows flows = {0};
    const struct spans_count *count;
    size_t most = 0;
    int r = spans_unknown(arena, &unknown);

    if (r)
        return r;
    while (flow_next(&counting))
        most++;
    flows.at = arena_take_array(arena, most, sizeof(*flows.at));
    lists[0].at = arena_take_array(arena, most, sizeof(*lists[0].at));
    lists[1].at = arena_take_array(arena, most, sizeof(*lists[1].at));
    if (!flows.at || !lists[0].at || !lists[1].at)
        return SPANS_LARGE;
    r = flows_cells(walk, bucket, unknown, arena, &flows);
    if (r)
        return r;
    for (size_t i = 0; i < flows.count; i++)
        flow_people(walk, bucket, unknown, lists, &flows.at[i]);
    lists[0].count = 0;
    while ((count = flow_next(&everyone)))
        person_add(&lists[0], person_of(scope, count));
    flows.people = lists[0].count;
    *ret_flows = flows;
    return 0;
}

static int memory_flows(struct spans *spans, const struct spans_scope *scope,
                        enum spans_bucket bucket, struct arena *arena,
                        struct spans_flows *ret_flows)
{
    struct memory *memory = memory_of(spans);

    (void)pthread_mutex_lock(&memory->lock);
    int r = flows_locked(memory, scope, bucket, arena, ret_flows);
    (void)pthread_mutex_unlock(&memory->lock);
    return r;
}

/* Nothing is sealed here: texts are in memory as they came. */
static int memory_look(struct spans *spans, const struct needles *needles,
                       struct spans_found *ret_found)
{
    struct memory *memory = memory_of(spans);
    struct spans_found found = {0};

    (void)pthread_mutex_lock(&memory->lock);
    for (const struct kept_batch *kept = memory->first; kept; kept = kept->next) {
        for (size_t i = 1; i < kept->batch.string_count; i++)
            needles_look(needles, bytes_of_text(clean_text_view(kept->batch.strings[i])),
                         &found.sealed);
        for (size_t i = 0; i < kept->batch.gap_count; i++)
            needles_look(needles, bytes_of_text(clean_text_view(kept->batch.gaps[i].reason_text)),
                         &found.sealed);
    }
    (void)pthread_mutex_unlock(&memory->lock);
    *ret_found = found;
    return 0;
}

static void dropped_add(struct spans_dropped *dropped, size_t *count, const struct spans_drop *drop)
{
    for (size_t i = 0; i < *count; i++) {
        if (dropped[i].day == drop->day && dropped[i].reason == drop->reason) {
            dropped[i].count += drop->count;
            return;
        }
    }
    dropped[(*count)++] = (struct spans_dropped){
        .day = drop->day,
        .reason = drop->reason,
        .count = drop->count,
    };
}

static int memory_dropped(struct spans *spans, const struct spans_scope *scope, struct arena *arena,
                          struct spans_dropped **ret_dropped, size_t *ret_count)
{
    struct memory *memory = memory_of(spans);
    size_t most = 0;
    size_t count = 0;

    (void)pthread_mutex_lock(&memory->lock);
    for (const struct kept_batch *kept = memory->first; kept; kept = kept->next)
        most += kept->batch.drop_count;
    struct spans_dropped *dropped = arena_take_array(arena, most, sizeof(*dropped));
    for (const struct kept_batch *kept = memory->first; dropped && kept; kept = kept->next) {
        for (size_t i = 0; i < kept->batch.drop_count; i++) {
            const struct spans_drop *drop = &kept->batch.drops[i];

            if (owner_of(scope, drop->account, drop->day) && day_in_scope(scope, drop->day))
                dropped_add(dropped, &count, drop);
        }
    }
    (void)pthread_mutex_unlock(&memory->lock);
    if (!dropped)
        return SPANS_LARGE;
    *ret_dropped = dropped;
    *ret_count = count;
    return 0;
}

/* Puts a gap where it belongs among the first *count; a later one goes before its equals. */
static void gap_insert(struct spans_gap *gaps, size_t *count, const struct spans_gap *gap)
{
    size_t at = *count;

    while (at > 0 && gaps[at - 1].from_at <= gap->from_at) {
        gaps[at] = gaps[at - 1];
        at--;
    }
    gaps[at] = *gap;
    ++*count;
}

static RESULT gaps_locked(const struct memory *memory, struct device_id device, size_t limit,
                          struct arena *arena, struct spans_gap **ret_gaps, size_t *ret_count)
{
    size_t most = 0;
    size_t count = 0;

    for (const struct kept_batch *kept = memory->first; kept; kept = kept->next)
        most += kept->batch.gap_count + 1;
    struct spans_gap *gaps = arena_take_array(arena, most, sizeof(*gaps));
    if (!gaps)
        return SPANS_LARGE;
    for (const struct kept_batch *kept = memory->first; kept; kept = kept->next) {
        if (!device_id_equal(kept->batch.device, device))
            continue;
        if (kept->skipped.reason)
            gap_insert(gaps, &count, &kept->skipped);
        for (size_t i = 0; i < kept->batch.gap_count; i++)
            gap_insert(gaps, &count, &kept->batch.gaps[i]);
    }
    count = count < limit ? count : limit;
    for (size_t i = 0; i < count; i++) {
        int r = copy_text(gaps[i].reason_text, arena, &gaps[i].reason_text);
        if (r)
            return r;
    }
    *ret_gaps = gaps;
    *ret_count = count;
    return 0;
}

static int memory_gaps(struct spans *spans, struct device_id device, size_t limit,
                       struct arena *arena, struct spans_gap **ret_gaps, size_t *ret_count)
{
    struct memory *memory = memory_of(spans);

    (void)pthread_mutex_lock(&memory->lock);
    int r = gaps_locked(memory, device, limit, arena, ret_gaps, ret_count);
    (void)pthread_mutex_unlock(&memory->lock);
    return r;
}

static const struct spans_engine memory_engine = {
    .free = memory_free,
    .commit = memory_commit,
    .sequence = memory_sequence,
    .timeline = memory_timeline,
    .usage = memory_usage,
    .removed = memory_removed,
    .flows = memory_flows,
    .look = memory_look,
    .dropped = memory_dropped,
    .gaps = memory_gaps,
    .rules = memory_rules,
    .evidence = memory_evidence,
    .settle = memory_settle,
    .days = memory_days,
    .search = memory_search,
    .rewrite = memory_rewrite,
};

RESULT spans_open_memory(struct spans **ret_spans)
{
    struct memory *memory = calloc(1, sizeof(*memory));

    if (!memory)
        return FAULT(ERR_MEMORY);
    if (pthread_mutex_init(&memory->lock, NULL)) {
        free(memory);
        return FAULT(ERR_SYSTEM);
    }
    memory->spans.engine = &memory_engine;
    memory->end = &memory->first;
    *ret_spans = &memory->spans;
    return 0;
}
