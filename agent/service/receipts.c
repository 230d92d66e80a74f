#include "service/receipts.h"

#include <stdlib.h>
#include <string.h>

#include "base/moment.h"
#include "base/wipe.h"
#include "crypto/aead.h"
#include "crypto/hash.h"

enum { DAYS_MAX = 4, FILE_MAX = 512 * 1024, ARENA_BYTES = 1024 * 1024 };

#define FILE_NAME "receipts"
#define FILE_LABEL "ward-agent-receipts-v1"

struct day {
    bool used;
    bool changed;        /* since it was last sent */
    struct receipt head; /* without lists */
    uint64_t kinds[REDACT_KINDS];
    uint64_t dropped[BATCH_DROP_REASONS];
    struct evidence_sum sum;
};

struct receipts {
    const char *directory;
    const struct identity *identity;
    struct spool *spool;
    struct day days[DAYS_MAX];
    uint64_t through;  /* the last batch that was added */
    int32_t whole_day; /* days from this one on are known from their beginning */
    bool stored;       /* the file is as we are */
    bool asked;
    int64_t told_at; /* when one of today went last */
    struct day *under_way;
};

/* ---- days ---- */

/* The day's place, made when new in place of the oldest; NULL for one that is older than all. */
static struct day *day_of(struct receipts *receipts, int32_t number)
{
    struct day *oldest = &receipts->days[0];

    for (struct day *day = receipts->days; day < receipts->days + DAYS_MAX; day++) {
        if (day->used && day->head.day == number)
            return day;
        if (!day->used || (oldest->used && day->head.day < oldest->head.day))
            oldest = day;
    }
    if (oldest == receipts->under_way || (oldest->used && oldest->head.day > number))
        return NULL;
    evidence_sum_deinit(&oldest->sum);
    *oldest = (struct day){
        .used = true,
        .head = {.device = receipts->identity->device,
                 .epoch = receipts->identity->epoch,
                 .day = number,
                 .whole = number >= receipts->whole_day},
        .sum = evidence_sum_init(),
    };
    return oldest;
}

/* The day, because the batch of that number tells something of it. */
static struct day *touch(struct receipts *receipts, int32_t number, uint64_t sequence)
{
    struct day *day = day_of(receipts, number);

    if (!day)
        return NULL;
    if (day->head.first_batch == 0)
        day->head.first_batch = sequence;
    day->head.last_batch = sequence;
    day->changed = true;
    receipts->stored = false;
    return day;
}

static int add_evidence(struct receipts *receipts, const struct batch *batch)
{
    const struct evidence *evidence = &batch->evidence;
    int r = 0;

    for (size_t i = 0; i < evidence->count_count && r == 0; i++) {
        struct day *day = touch(receipts, evidence->counts[i].day, batch->sequence);

        if (day)
            r = evidence_sum_count(&day->sum, evidence->counts[i].day, evidence->counts[i].rule,
                                   evidence->counts[i].count);
    }
    for (size_t i = 0; i < evidence->judged_count && r == 0; i++) {
        struct day *day = touch(receipts, evidence->judged[i].day, batch->sequence);

        if (day)
            day->head.judged += evidence->judged[i].count;
        for (size_t j = 0; day && j < evidence->rules_count && r == 0; j++)
            r = evidence_sum_rules(&day->sum, &evidence->rules[j]);
    }
    return r < 0 ? r : 0;
}

static int add_batch(struct receipts *receipts, const struct batch *batch)
{
    for (size_t i = 0; i < batch->span_count; i++)
        (void)touch(receipts, time_day(batch->spans[i].start_at), batch->sequence);
    for (size_t i = 0; i < batch->count_count; i++) {
        struct day *day = touch(receipts, batch->counts[i].day, batch->sequence);

        if (day)
            day->kinds[batch->counts[i].kind] += batch->counts[i].count;
    }
    for (size_t i = 0; i < batch->drop_count; i++) {
        struct day *day = touch(receipts, batch->drops[i].day, batch->sequence);

        if (day)
            day->dropped[batch->drops[i].reason] += batch->drops[i].count;
    }
    receipts->through = batch->sequence;
    return add_evidence(receipts, batch);
}

RESULT receipts_batch(struct receipts *receipts, struct bytes bytes)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct batch batch;
    int r = arena_new(&arena, WIRE_PLAIN_MAX);

    if (r == 0)
        r = batch_decode(bytes, arena, &batch);
    if (r)
        return r < 0 ? r : FAULT(ERR_CORRUPT);
    return add_batch(receipts, &batch);
}

void receipts_canaries(struct receipts *receipts, const struct canary_verdict *verdict,
                       int64_t now_at)
{
    struct day *day = day_of(receipts, time_day(now_at));

    if (!day)
        return;
    day->head.canaries_run += verdict->run;
    day->head.canaries_passed += verdict->passed;
    day->changed = true;
    receipts->stored = false;
}

void receipts_lost(struct receipts *receipts, int64_t from_at, int64_t to_at)
{
    for (struct day *day = receipts->days; day < receipts->days + DAYS_MAX; day++) {
        if (!day->used || day->head.day < time_day(from_at) || day->head.day > time_day(to_at))
            continue;
        day->changed = day->changed || day->head.whole;
        day->head.whole = false;
        receipts->stored = false;
    }
}

/* ---- as a text ---- */

static const char *const drop_words[BATCH_DROP_REASONS] = {
    [BATCH_DROP_LONG] = "long",
    [BATCH_DROP_INVALID] = "invalid",
    [BATCH_DROP_CROWDED] = "crowded",
    [BATCH_DROP_FAULT] = "fault",
};

static void row_add(struct receipt_count *rows, size_t *count, const char *word, uint64_t number)
{
    struct receipt_count *row = &rows[*count];
    size_t len = strlen(word);

    if (number == 0 || *count == RECEIPT_ROWS_MAX || len > RECEIPT_WORD_MAX)
        return;
    memcpy(row->word, word, len + 1);
    row->count = number;
    ++*count;
}

static void rules_fill(const struct evidence *evidence, struct receipt *receipt)
{
    for (size_t i = 0; i < evidence->rules_count; i++) {
        struct receipt_rules *rules = &receipt->rules[receipt->rules_count++];

        memcpy(rules->version, evidence->rules[i].version, sizeof(rules->version));
        memcpy(rules->hash.at, evidence->rules[i].hash, HASH_SIZE);
    }
}

static RESULT receipt_of(const struct day *day, struct arena *arena, struct receipt *ret_receipt)
{
    const struct evidence evidence = evidence_sum_view(&day->sum);
    struct receipt receipt = day->head;

    receipt.rules = arena_take_array(arena, RECEIPT_RULES_MAX, sizeof(*receipt.rules));
    receipt.kinds = arena_take_array(arena, REDACT_KINDS, sizeof(*receipt.kinds));
    receipt.found = arena_take_array(arena, RECEIPT_ROWS_MAX, sizeof(*receipt.found));
    receipt.dropped = arena_take_array(arena, BATCH_DROP_REASONS, sizeof(*receipt.dropped));
    if (!receipt.rules || !receipt.kinds || !receipt.found || !receipt.dropped)
        return FAULT(ERR_MEMORY);
    rules_fill(&evidence, &receipt);
    for (int kind = 0; kind < REDACT_KINDS; kind++)
        row_add(receipt.kinds, &receipt.kind_count, redact_kind_word((enum redact_kind)kind),
                day->kinds[kind]);
    for (size_t i = 0; i < evidence.count_count; i++)
        row_add(receipt.found, &receipt.found_count, evidence.counts[i].rule,
                evidence.counts[i].count);
    for (int reason = BATCH_DROP_LONG; reason < BATCH_DROP_REASONS; reason++)
        row_add(receipt.dropped, &receipt.dropped_count, drop_words[reason], day->dropped[reason]);
    receipt_sort(&receipt);
    *ret_receipt = receipt;
    return 0;
}

/* ---- the file: receipts without signatures, an empty line behind each ---- */

static int file_key(const struct receipts *receipts, uint8_t ret_key[AEAD_KEY_SIZE])
{
    return hash_derive((struct bytes){.at = receipts->identity->spool_key, .len = 32},
                       text_of(FILE_LABEL), ret_key, AEAD_KEY_SIZE);
}

RESULT receipts_store(struct receipts *receipts)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    CLEANUP(buffer_deinit) struct buffer plain = buffer_init(FILE_MAX);
    CLEANUP(buffer_deinit) struct buffer box = buffer_init(FILE_MAX + 64);
    uint8_t key[AEAD_KEY_SIZE];

    if (receipts->stored)
        return 0;
    int r = arena_new(&arena, ARENA_BYTES);
    for (struct day *day = receipts->days; r == 0 && day < receipts->days + DAYS_MAX; day++) {
        struct receipt receipt;

        if (!day->used)
            continue;
        arena_reset(arena);
        day->head.through = receipts->through;
        r = receipt_of(day, arena, &receipt);
        if (r == 0)
            r = receipt_print(&receipt, &plain);
        buffer_append_string(&plain, "\n");
    }
    if (r == 0)
        r = buffer_check(&plain);
    if (r == 0)
        r = file_key(receipts, key);
    if (r == 0)
        r = aead_seal((struct bytes){.at = key, .len = sizeof(key)},
                      bytes_of_text(text_of(FILE_LABEL)), buffer_bytes(&plain), &box);
    wipe(key, sizeof(key));
    if (r == 0)
        r = identity_write_private(receipts->directory, FILE_NAME, buffer_bytes(&box));
    receipts->stored = r == 0;
    return r > 0 ? FAULT(ERR_SYSTEM) : r;
}

static void take_kinds(struct day *day, const struct receipt *receipt)
{
    for (size_t i = 0; i < receipt->kind_count; i++) {
        for (int kind = 0; kind < REDACT_KINDS; kind++) {
            if (strcmp(receipt->kinds[i].word, redact_kind_word((enum redact_kind)kind)) == 0)
                day->kinds[kind] = receipt->kinds[i].count;
        }
    }
    for (size_t i = 0; i < receipt->dropped_count; i++) {
        for (int reason = BATCH_DROP_LONG; reason < BATCH_DROP_REASONS; reason++) {
            if (strcmp(receipt->dropped[i].word, drop_words[reason]) == 0)
                day->dropped[reason] = receipt->dropped[i].count;
        }
    }
}

static RESULT take_kept(struct receipts *receipts, const struct receipt *receipt)
{
    struct day *day = day_of(receipts, receipt->day);
    int r = 0;

    if (!day || receipt->epoch != receipts->identity->epoch ||
        !device_id_equal(receipt->device, receipts->identity->device))
        return RECEIPTS_NONE;
    day->head = *receipt;
    day->head.rules = NULL;
    day->head.kinds = day->head.found = day->head.dropped = NULL;
    day->head.rules_count = day->head.kind_count = 0;
    day->head.found_count = day->head.dropped_count = 0;
    day->changed = true; /* it may not have been sent */
    take_kinds(day, receipt);
    for (size_t i = 0; i < receipt->rules_count && r == 0; i++) {
        struct evidence_rules rules = {0};

        memcpy(rules.version, receipt->rules[i].version, sizeof(rules.version));
        memcpy(rules.hash, receipt->rules[i].hash.at, REDACT_HASH_LEN);
        r = evidence_sum_rules(&day->sum, &rules);
    }
    for (size_t i = 0; i < receipt->found_count && r == 0; i++)
        r = evidence_sum_count(&day->sum, receipt->day, receipt->found[i].word,
                               receipt->found[i].count);
    if (receipt->through > receipts->through)
        receipts->through = receipt->through;
    return r < 0 ? r : 0;
}

/* Everything in the file, or RECEIPTS_NONE: it is not there, not ours, or of an enrolment before.
 */
static RESULT file_load(struct receipts *receipts)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    CLEANUP(buffer_deinit) struct buffer plain = buffer_init(FILE_MAX);
    CLEANUP(buffer_deinit) struct buffer box = buffer_init(FILE_MAX + 64);
    uint8_t key[AEAD_KEY_SIZE];
    int r = identity_read_private(receipts->directory, FILE_NAME, &box);

    if (r == 0)
        r = file_key(receipts, key);
    if (r == 0)
        r = aead_open((struct bytes){.at = key, .len = sizeof(key)},
                      bytes_of_text(text_of(FILE_LABEL)), buffer_bytes(&box), &plain);
    wipe(key, sizeof(key));
    if (r == 0)
        r = arena_new(&arena, ARENA_BYTES);
    for (struct text rest = text_of_bytes(buffer_bytes(&plain)); r == 0 && rest.len;) {
        const char *end = memmem(rest.at, rest.len, "\n\n", 2);
        size_t len = end ? (size_t)(end - rest.at) + 1 : rest.len;
        struct receipt receipt;

        arena_reset(arena);
        r = receipt_parse((struct text){.at = rest.at, .len = len}, arena, &receipt);
        if (r == 0)
            r = take_kept(receipts, &receipt);
        len += end ? 1 : 0;
        rest = (struct text){.at = rest.at + len, .len = rest.len - len};
    }
    return r > 0 ? RECEIPTS_NONE : r;
}

static void forget_all(struct receipts *receipts)
{
    for (struct day *day = receipts->days; day < receipts->days + DAYS_MAX; day++) {
        evidence_sum_deinit(&day->sum);
        *day = (struct day){0};
    }
    receipts->through = 0;
}

/* Batches that entered the spool after the file was written. */
static RESULT replay(struct receipts *receipts, int64_t now_at)
{
    for (uint64_t sequence = receipts->through + 1; sequence < spool_sequence(receipts->spool);
         sequence++) {
        CLEANUP(buffer_deinit) struct buffer bytes = buffer_init(WIRE_BODY_MAX);
        int r = spool_read(receipts->spool, sequence, &bytes);

        if (r == 0)
            r = receipts_batch(receipts, buffer_bytes(&bytes));
        if (r < 0 && r != ERR_CORRUPT)
            return r;
        if (r) { /* what it told is not known: of no day that may be in it we have the whole */
            receipts->whole_day = time_day(now_at) + 1;
            receipts_lost(receipts, 0, now_at);
        }
        receipts->through = sequence;
    }
    return 0;
}

/* ---- life ---- */

RESULT receipts_new(struct receipts **ret_receipts, const char *directory,
                    const struct identity *identity, struct spool *spool, int64_t now_at)
{
    CLEANUP(receipts_free) struct receipts *receipts = calloc(1, sizeof(*receipts));

    if (!receipts)
        return FAULT(ERR_MEMORY);
    receipts->directory = directory;
    receipts->identity = identity;
    receipts->spool = spool;
    int r = file_load(receipts);
    if (r == RECEIPTS_NONE) {
        /* A first enrolment whose first batch is still to come knows its first day whole. */
        bool first = identity->epoch == 1 && spool_sequence(spool) == 1;

        forget_all(receipts);
        receipts->whole_day = time_day(now_at) + !first;
        receipts->through = spool_sequence(spool) - 1;
        r = 0;
    }
    if (r == 0)
        r = replay(receipts, now_at);
    if (r)
        return r;
    *ret_receipts = TAKE(receipts);
    return 0;
}

struct receipts *receipts_free(struct receipts *receipts)
{
    if (!receipts)
        return NULL;
    forget_all(receipts);
    free(receipts);
    return NULL;
}

/* ---- telling ---- */

void receipts_ask(struct receipts *receipts)
{
    receipts->asked = true;
}

bool receipts_asked(const struct receipts *receipts)
{
    return receipts->asked;
}

static int64_t due_at(const struct receipts *receipts, const struct day *day, int64_t now_at)
{
    int32_t today = time_day(now_at);

    if (!day->used || day->head.day > today)
        return INT64_MAX;
    if (day->head.day == today && receipts->asked)
        return now_at;
    if (!day->changed)
        return INT64_MAX;
    if (day->head.day == today)
        return receipts->told_at + RECEIPTS_EVERY_MS;
    return ((int64_t)day->head.day + 1) * MS_PER_DAY + RECEIPTS_SETTLE_MS;
}

int64_t receipts_wake_at(const struct receipts *receipts, int64_t now_at)
{
    int64_t wake_at = INT64_MAX;

    for (const struct day *day = receipts->days; day < receipts->days + DAYS_MAX; day++) {
        int64_t at = due_at(receipts, day, now_at);

        wake_at = at < wake_at ? at : wake_at;
    }
    return wake_at;
}

RESULT receipts_next(struct receipts *receipts, int64_t now_at, struct buffer *ret_signed)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct day *next = NULL;
    struct receipt receipt;

    if (receipts->asked)
        (void)day_of(receipts, time_day(now_at));
    for (struct day *day = receipts->days; day < receipts->days + DAYS_MAX; day++) {
        if (due_at(receipts, day, now_at) <= now_at && (!next || day->head.day < next->head.day))
            next = day;
    }
    if (!next)
        return RECEIPTS_NONE;
    next->head.revision++;
    next->head.final = next->head.day < time_day(now_at);
    next->head.made_at = now_at;
    next->head.through = receipts->through;
    receipts->stored = false;
    int r = receipts_store(receipts);
    if (r == 0)
        r = arena_new(&arena, ARENA_BYTES);
    if (r == 0)
        r = receipt_of(next, arena, &receipt);
    if (r == 0)
        r = receipt_sign(&receipt, identity_bytes(receipts->identity, IDENTITY_KEY), ret_signed);
    if (r)
        return r > 0 ? FAULT(ERR_CRYPTO) : r;
    next->changed = false;
    receipts->under_way = next;
    return 0;
}

void receipts_done(struct receipts *receipts, int64_t now_at)
{
    if (receipts->under_way && receipts->under_way->head.day == time_day(now_at)) {
        receipts->told_at = now_at;
        receipts->asked = false;
    }
    receipts->under_way = NULL;
}

void receipts_failed(struct receipts *receipts)
{
    if (receipts->under_way)
        receipts->under_way->changed = true;
    receipts->under_way = NULL;
}
