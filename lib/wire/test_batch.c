#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zstd.h>

#include "tap.h"
#include "ward.pb-c.h"
#include "wire/batch.h"

static const struct device_id device = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};
static const int64_t noon = INT64_C(1763899200000);

/* ---- failing allocations ---- */

static long allocations_left = -1;

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);

static bool refuse(void)
{
    if (allocations_left == 0)
        return true;
    if (allocations_left > 0)
        allocations_left--;
    return false;
}

void *__wrap_calloc(size_t count, size_t size)
{
    return refuse() ? NULL : __real_calloc(count, size);
}

void *__wrap_malloc(size_t size)
{
    return refuse() ? NULL : __real_malloc(size);
}

/* ---- what the tests are made of ---- */

static const struct clean_text *clean(struct arena *arena, const char *string)
{
    const struct clean_text *text = NULL;
    long left = allocations_left;

    allocations_left = -1;
    CHECK(redact_restore(bytes_of_text(text_of(string)), arena, &text) == 0);
    allocations_left = left;
    return text;
}

static bool raw_is(struct raw_text raw, const char *string)
{
    return text_equal((struct text){raw.at, raw.len}, text_of(string));
}

static struct span span_of(struct arena *arena, int64_t start_at, uint32_t duration_ms)
{
    return (struct span){.start_at = start_at,
                         .duration_ms = duration_ms,
                         .state = SPAN_PASSIVE,
                         .flags = SPAN_FLAG_CUT,
                         .application = clean(arena, "firefox"),
                         .domain = clean(arena, "example.org")};
}

/* One of everything. */
static int fill(struct batch_writer *writer, struct arena *arena)
{
    struct span span = span_of(arena, noon, 60000);
    uint32_t nurse;
    uint32_t station;
    int r = batch_writer_account(writer, text_of("nurse"), BATCH_PERSON, &nurse);

    if (!r)
        r = batch_writer_account(writer, text_of("ward7"), BATCH_STATION, &station);
    if (!r)
        r = batch_writer_span(writer, nurse, &span);
    span.start_at = noon - 5;
    span.title = clean(arena, "Größe \xe2\x82\xac");
    if (!r)
        r = batch_writer_span(writer, station, &span);
    if (!r)
        r = batch_writer_count(writer, nurse, 20415, span.application, NULL, REDACT_MRN, 3);
    if (!r)
        r = batch_writer_drop(writer, station, -1, BATCH_DROP_CROWDED, 2);
    if (!r)
        r = batch_writer_gap(writer, UINT32_MAX, noon, noon + 9, BATCH_GAP_SPOOL_AGED, UINT64_MAX,
                             NULL);
    if (!r)
        r = batch_writer_gap(writer, nurse, noon, noon, BATCH_GAP_PAUSED, 0, clean(arena, "lunch"));
    return r;
}

static int finish(struct batch_writer *writer, struct buffer *bytes)
{
    return batch_writer_finish(writer, device, 3, UINT64_MAX, noon + 100, -300, bytes);
}

static void a_batch_of_everything_arrives_as_it_was(void)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    CLEANUP(batch_writer_free) struct batch_writer *writer = NULL;
    CLEANUP(buffer_deinit) struct buffer bytes = buffer_init(WIRE_BODY_MAX);
    struct batch b;

    CHECK(arena_new(&arena, BATCH_ARENA_MAX) == 0);
    CHECK(batch_writer_new(&writer) == 0 && batch_writer_empty(writer));
    CHECK(fill(writer, arena) == 0 && !batch_writer_empty(writer));
    CHECK(batch_writer_spans(writer) == 2);
    CHECK(finish(writer, &bytes) == 0);
    CHECK(batch_writer_empty(writer));

    CHECK(batch_decode(buffer_bytes(&bytes), arena, &b) == 0);
    CHECK(device_id_equal(b.device, device) && b.epoch == 3 && b.sequence == UINT64_MAX);
    CHECK(b.sent_at == noon + 100 && b.offset_minutes == -300);
    CHECK(b.string_count == 5 && b.strings[0].len == 0);
    CHECK(b.account_count == 2 && raw_is(b.accounts[0].name, "nurse"));
    CHECK(b.accounts[0].kind == BATCH_PERSON && b.accounts[1].kind == BATCH_STATION);
    CHECK(b.span_count == 2);
    CHECK(b.spans[0].start_at == noon && b.spans[0].duration_ms == 60000);
    CHECK(b.spans[0].state == SPAN_PASSIVE && b.spans[0].flags == SPAN_FLAG_CUT);
    CHECK(b.spans[0].account == 0 && b.spans[0].title == 0);
    CHECK(raw_is(b.strings[b.spans[0].application], "firefox"));
    CHECK(raw_is(b.strings[b.spans[0].domain], "example.org"));
    CHECK(b.spans[1].start_at == noon - 5 && b.spans[1].account == 1);
    CHECK(raw_is(b.strings[b.spans[1].title], "Größe \xe2\x82\xac"));
    CHECK(b.count_count == 1 && b.counts[0].kind == REDACT_MRN && b.counts[0].count == 3);
    CHECK(b.counts[0].day == 20415 && b.counts[0].domain == 0);
    CHECK(b.drop_count == 1 && b.drops[0].day == -1 && b.drops[0].count == 2);
    CHECK(b.drops[0].account == 1 && b.drops[0].reason == BATCH_DROP_CROWDED);
    CHECK(b.gap_count == 2 && b.gaps[0].account == UINT32_MAX && b.gaps[0].spans == UINT64_MAX);
    CHECK(b.gaps[0].from_at == noon && b.gaps[0].to_at == noon + 9);
    CHECK(b.gaps[1].account == 0 && raw_is(b.strings[b.gaps[1].reason_text], "lunch"));
}

static void a_writer_that_finished_begins_anew(void)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    CLEANUP(batch_writer_free) struct batch_writer *writer = NULL;
    CLEANUP(buffer_deinit) struct buffer first = buffer_init(WIRE_BODY_MAX);
    CLEANUP(buffer_deinit) struct buffer second = buffer_init(WIRE_BODY_MAX);

    CHECK(arena_new(&arena, BATCH_ARENA_MAX) == 0 && batch_writer_new(&writer) == 0);
    CHECK(fill(writer, arena) == 0 && finish(writer, &first) == 0);
    CHECK(fill(writer, arena) == 0 && finish(writer, &second) == 0);
    CHECK(first.len == second.len && memcmp(first.at, second.at, first.len) == 0);
}

static void one_text_is_sent_once_and_one_account_has_one_number(void)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    CLEANUP(batch_writer_free) struct batch_writer *writer = NULL;
    CLEANUP(buffer_deinit) struct buffer bytes = buffer_init(WIRE_BODY_MAX);
    struct batch b;
    uint32_t account;
    uint32_t again;

    CHECK(arena_new(&arena, BATCH_ARENA_MAX) == 0 && batch_writer_new(&writer) == 0);
    CHECK(batch_writer_account(writer, text_of("a"), BATCH_PERSON, &account) == 0);
    CHECK(batch_writer_account(writer, text_of("a"), BATCH_PERSON, &again) == 0);
    CHECK(account == again);
    for (int i = 0; i < 1000; i++) {
        char title[16];
        struct span span = span_of(arena, noon + i, 1);

        (void)snprintf(title, sizeof(title), "t%d", i % 500);
        span.title = clean(arena, title);
        CHECK(batch_writer_span(writer, account, &span) == 0);
    }
    CHECK(finish(writer, &bytes) == 0 && batch_decode(buffer_bytes(&bytes), arena, &b) == 0);
    CHECK(b.string_count == 503 && b.account_count == 1 && b.span_count == 1000);
    for (size_t i = 0; i < 1000; i++) {
        char title[16];

        (void)snprintf(title, sizeof(title), "t%zu", i % 500);
        CHECK(raw_is(b.strings[b.spans[i].title], title));
    }
}

/* The longest repetitive batch compresses far over the ratio: it must still be taken. */
static void the_largest_batch_is_never_refused_by_our_own_ceilings(void)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    CLEANUP(batch_writer_free) struct batch_writer *writer = NULL;
    CLEANUP(buffer_deinit) struct buffer bytes = buffer_init(WIRE_BODY_MAX);
    struct batch b;
    uint32_t account;
    int r = 0;

    CHECK(arena_new(&arena, BATCH_ARENA_MAX) == 0 && batch_writer_new(&writer) == 0);
    CHECK(batch_writer_account(writer, text_of("a"), BATCH_PERSON, &account) == 0);
    struct span span = span_of(arena, noon, 1000000);
    for (int i = 0; r == 0; i++) {
        r = batch_writer_span(writer, account, &span);
        span.start_at += 1000000;
    }
    CHECK(r == BATCH_LARGE && batch_writer_spans(writer) == WIRE_SPANS_MAX);
    CHECK(finish(writer, &bytes) == 0);
    CHECK(batch_decode(buffer_bytes(&bytes), arena, &b) == 0);
    CHECK(b.span_count == WIRE_SPANS_MAX);
    CHECK(b.spans[WIRE_SPANS_MAX - 1].start_at == span.start_at - 2000000);
}

static void long_texts_fill_a_batch_before_it_outgrows_a_request(void)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    CLEANUP(batch_writer_free) struct batch_writer *writer = NULL;
    CLEANUP(buffer_deinit) struct buffer bytes = buffer_init(WIRE_BODY_MAX);
    struct batch b;
    char title[WIRE_STRING_BYTES_MAX + 1] = {0};
    uint32_t state = 1;
    uint32_t account;
    int r = 0;

    CHECK(arena_new(&arena, BATCH_ARENA_MAX) == 0 && batch_writer_new(&writer) == 0);
    CHECK(batch_writer_account(writer, text_of("a"), BATCH_PERSON, &account) == 0);
    while (r == 0) {
        struct span span = span_of(arena, noon, 1);

        for (size_t i = 0; i < WIRE_STRING_BYTES_MAX; i++) {
            state = state * 1664525 + 1013904223;
            title[i] = (char)(1 + (state >> 24) % 127);
        }
        span.title = clean(arena, title);
        r = batch_writer_span(writer, account, &span);
    }
    CHECK(r == BATCH_LARGE && batch_writer_spans(writer) > 200);
    CHECK(finish(writer, &bytes) == 0 && bytes.len <= WIRE_BODY_MAX);
    arena_reset(arena);
    CHECK(batch_decode(buffer_bytes(&bytes), arena, &b) == 0 && b.span_count > 200);
}

static void what_can_never_be_sent_is_told_apart_from_what_must_wait(void)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    CLEANUP(batch_writer_free) struct batch_writer *writer = NULL;
    const struct clean_text *nul = NULL;
    uint32_t account;

    CHECK(arena_new(&arena, BATCH_ARENA_MAX) == 0 && batch_writer_new(&writer) == 0);
    CHECK(batch_writer_account(writer, text_of(""), BATCH_PERSON, &account) == BATCH_INVALID);
    CHECK(batch_writer_account(writer, text_of("\xff"), BATCH_PERSON, &account) == BATCH_INVALID);
    CHECK(batch_writer_account(writer, text_of("a"), BATCH_PERSON, &account) == 0);
    struct span span = span_of(arena, INT64_MAX, 1);
    CHECK(batch_writer_span(writer, account, &span) == BATCH_INVALID);
    span = span_of(arena, noon, 1);
    if (redact_restore((struct bytes){(const uint8_t *)"a\0b", 3}, arena, &nul) == 0) {
        span.title = nul;
        CHECK(batch_writer_span(writer, account, &span) == BATCH_INVALID);
    }
    CHECK(batch_writer_gap(writer, account, 1, 0, BATCH_GAP_PAUSED, 0, NULL) == BATCH_INVALID);
    CHECK(batch_writer_count(writer, account, INT32_MAX, span.application, NULL, REDACT_MRN, 1) ==
          BATCH_INVALID);
    CHECK(batch_writer_empty(writer));
}

static void accounts_and_events_have_ceilings(void)
{
    CLEANUP(batch_writer_free) struct batch_writer *writer = NULL;
    uint32_t account = 0;

    CHECK(batch_writer_new(&writer) == 0);
    for (int i = 0; i <= WIRE_ACCOUNTS_MAX; i++) {
        char name[16];

        (void)snprintf(name, sizeof(name), "u%d", i);
        CHECK(batch_writer_account(writer, text_of(name), BATCH_PERSON, &account) ==
              (i < WIRE_ACCOUNTS_MAX ? 0 : BATCH_LARGE));
    }
    for (int i = 0; i <= WIRE_EVENTS_MAX; i++) {
        int r = i % 2 ? batch_writer_drop(writer, account, 0, BATCH_DROP_LONG, 1)
                      : batch_writer_gap(writer, account, 0, 0, BATCH_GAP_PAUSED, 0, NULL);

        CHECK(r == (i < WIRE_EVENTS_MAX ? 0 : BATCH_LARGE));
    }
}

/* ---- batches that lie ---- */

/* A message with two spans and one of every other row, for tests to break. */
struct forged {
    Ward__Batch message;
    ProtobufCBinaryData strings[2];
    ProtobufCBinaryData names[1];
    int64_t gaps[2];
    uint32_t u[20][2];
    int32_t days[2];
    int64_t moments[2];
    uint64_t lost[1];
};

static void forge(struct forged *f)
{
    *f = (struct forged){.message = WARD__BATCH__INIT,
                         .strings = {{7, (uint8_t *)"firefox"}, {5, (uint8_t *)"title"}},
                         .names = {{1, (uint8_t *)"a"}},
                         .gaps = {noon, 0}};
    Ward__Batch *m = &f->message;

    m->format = 1;
    m->device = (ProtobufCBinaryData){16, (uint8_t *)"0123456789abcdef"};
    m->n_strings = 2;
    m->strings = f->strings;
    m->n_account_names = 1;
    m->account_names = f->names;
    m->n_span_gaps = m->n_span_durations = m->n_span_applications = 2;
    m->n_span_accounts = m->n_span_domains = m->n_span_titles = m->n_span_marks = 2;
    m->span_gaps = f->gaps;
    m->span_durations = f->u[0];
    m->span_accounts = f->u[1];
    m->span_applications = f->u[2];
    m->span_domains = f->u[3];
    m->span_titles = f->u[4];
    m->span_marks = f->u[5];
    m->n_counts = m->n_count_kinds = m->n_count_days = m->n_count_accounts = 1;
    m->n_count_applications = m->n_count_domains = 1;
    m->counts = f->u[6];
    m->count_kinds = f->u[7];
    m->count_accounts = f->u[8];
    m->count_applications = f->u[9];
    m->count_domains = f->u[10];
    m->count_days = &f->days[0];
    m->n_drop_reasons = m->n_drop_accounts = m->n_drop_days = 1;
    m->drop_reasons = f->u[11];
    m->drop_accounts = f->u[12];
    m->drop_days = &f->days[1];
    f->u[11][0] = BATCH_DROP_FAULT;
    m->n_gap_reasons = m->n_gap_accounts = m->n_gap_texts = 1;
    m->n_gap_from = m->n_gap_to = m->n_gap_spans = 1;
    m->gap_reasons = f->u[13];
    m->gap_accounts = f->u[14];
    m->gap_texts = f->u[15];
    m->gap_from = &f->moments[0];
    m->gap_to = &f->moments[1];
    m->gap_spans = f->lost;
    f->u[13][0] = BATCH_GAP_PAUSED;
}

static int judge_plain(const uint8_t *plain, size_t len)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct batch b;
    size_t room = ZSTD_compressBound(len);
    uint8_t *frame = malloc(room);

    CHECK(frame && arena_new(&arena, BATCH_ARENA_MAX) == 0);
    size_t frame_len = ZSTD_compress(frame, room, plain, len, 1);
    CHECK(!ZSTD_isError(frame_len));
    int r = batch_decode((struct bytes){frame, frame_len}, arena, &b);
    free(frame);
    return r;
}

static int judge(const struct forged *f)
{
    size_t len = ward__batch__get_packed_size(&f->message);
    uint8_t *plain = malloc(len);

    CHECK(plain && ward__batch__pack(&f->message, plain) == len);
    int r = judge_plain(plain, len);
    free(plain);
    return r;
}

#define REFUSED(change)                                                                            \
    do {                                                                                           \
        struct forged f;                                                                           \
        forge(&f);                                                                                 \
        CHECK(judge(&f) == 0);                                                                     \
        change;                                                                                    \
        CHECK(judge(&f) == BATCH_INVALID);                                                         \
    } while (0)

static void columns_of_different_lengths_are_refused(void)
{
    REFUSED(f.message.n_span_gaps = 1);
    REFUSED(f.message.n_span_durations = 1);
    REFUSED(f.message.n_span_accounts = 1);
    REFUSED(f.message.n_span_applications = 1);
    REFUSED(f.message.n_span_domains = 1);
    REFUSED(f.message.n_span_titles = 1);
    REFUSED(f.message.n_span_marks = 1);
    REFUSED(f.message.n_counts = 0);
    REFUSED(f.message.n_count_kinds = 2);
    REFUSED(f.message.n_drop_reasons = 2);
    REFUSED(f.message.n_gap_reasons = 0);
    REFUSED(f.message.account_kinds = f.u[16]; f.message.n_account_kinds = 2);
}

static void a_column_that_is_absent_is_zero_in_every_row(void)
{
    struct forged f;

    forge(&f);
    f.message.n_span_gaps = f.message.n_span_accounts = f.message.n_span_applications = 0;
    f.message.n_span_domains = f.message.n_span_titles = f.message.n_span_marks = 0;
    f.message.n_count_kinds = f.message.n_count_days = f.message.n_count_accounts = 0;
    f.message.n_gap_accounts = f.message.n_gap_from = f.message.n_gap_to = 0;
    CHECK(judge(&f) == 0);
}

static void numbers_outside_their_table_are_refused(void)
{
    REFUSED(f.u[1][1] = 1);            /* account */
    REFUSED(f.u[2][1] = 3);            /* application */
    REFUSED(f.u[3][0] = 3);            /* domain */
    REFUSED(f.u[4][0] = UINT32_MAX);   /* title */
    REFUSED(f.u[5][0] = 64);           /* marks */
    REFUSED(f.u[7][0] = REDACT_KINDS); /* kind */
    REFUSED(f.u[8][0] = 1);            /* count's account */
    REFUSED(f.u[9][0] = 3);            /* count's application */
    REFUSED(f.u[10][0] = 3);           /* count's domain */
    REFUSED(f.u[11][0] = 0);           /* drop's reason */
    REFUSED(f.u[11][0] = BATCH_DROP_REASONS);
    REFUSED(f.u[12][0] = 1); /* drop's account */
    REFUSED(f.u[13][0] = 0); /* gap's reason */
    REFUSED(f.u[13][0] = BATCH_GAP_REASONS);
    REFUSED(f.u[14][0] = 2); /* gap's account */
    REFUSED(f.u[15][0] = 3); /* gap's text */
    REFUSED(f.message.account_kinds = f.u[16]; f.message.n_account_kinds = 1; f.u[16][0] = 2);
    REFUSED(f.message.n_account_names = 0);
}

static void moments_and_days_nobody_can_print_are_refused(void)
{
    REFUSED(f.gaps[0] = INT64_MAX);
    REFUSED(f.gaps[0] = INT64_MIN);
    REFUSED(f.gaps[1] = INT64_MAX);
    REFUSED(f.days[0] = INT32_MAX);
    REFUSED(f.days[1] = INT32_MIN);
    REFUSED(f.moments[0] = 1); /* a gap that ends before it begins */
    REFUSED(f.moments[1] = INT64_MAX);
    REFUSED(f.message.sent_at = INT64_MIN);
    REFUSED(f.message.offset_minutes = 24 * 60 + 1);
}

static void texts_that_are_not_utf8_or_hold_a_nul_are_refused(void)
{
    REFUSED(f.strings[0] = ((ProtobufCBinaryData){2, (uint8_t *)"\xc0\x80"}));
    REFUSED(f.strings[0] = ((ProtobufCBinaryData){3, (uint8_t *)"a\0b"}));
    REFUSED(f.strings[1] = ((ProtobufCBinaryData){3, (uint8_t *)"\xed\xa0\x80"}));
    REFUSED(f.strings[1].len = 0);
    REFUSED(f.names[0] = ((ProtobufCBinaryData){1, (uint8_t *)"\xff"}));
    REFUSED(f.names[0].len = 0);
}

static void a_batch_of_another_format_or_without_a_device_is_refused(void)
{
    REFUSED(f.message.format = 2);
    REFUSED(f.message.format = 0);
    REFUSED(f.message.device.len = 15);
    REFUSED(f.message.device.len = 0);
}

static void a_text_over_its_ceiling_is_refused(void)
{
    static uint8_t text[WIRE_STRING_BYTES_MAX + 1];
    struct forged f;

    memset(text, 'a', sizeof(text));
    forge(&f);
    f.strings[0] = (ProtobufCBinaryData){sizeof(text), text};
    CHECK(judge(&f) == BATCH_LARGE);
    f.strings[0].len--;
    CHECK(judge(&f) == 0);
}

static void more_rows_than_the_ceiling_are_refused(void)
{
    struct forged f;
    uint32_t *many = calloc(WIRE_SPANS_MAX + 1, sizeof(*many));

    CHECK(many);
    forge(&f);
    f.message.n_span_gaps = f.message.n_span_accounts = f.message.n_span_applications = 0;
    f.message.n_span_domains = f.message.n_span_titles = f.message.n_span_marks = 0;
    f.message.span_durations = many;
    for (uint32_t i = 0; i <= WIRE_SPANS_MAX; i++)
        many[i] = i * 2654435761u; /* so that it is not refused for its ratio */
    f.message.n_span_durations = WIRE_SPANS_MAX + 1;
    CHECK(judge(&f) == BATCH_LARGE);
    f.message.n_span_durations = WIRE_SPANS_MAX;
    CHECK(judge(&f) == 0);
    free(many);
}

/* ---- frames that lie ---- */

/* Four million empty strings in 8 MiB: each costs protobuf-c 16 bytes and more. */
static void a_bomb_of_empty_strings_stops_at_the_ceiling(void)
{
    size_t len = (size_t)6 * 1024 * 1024;
    uint8_t *plain = malloc(len);

    CHECK(plain);
    for (size_t i = 0; i < len; i += 2) {
        plain[i] = 8 << 3 | 2;
        plain[i + 1] = 0;
    }
    CHECK(judge_plain(plain, len) == BATCH_LARGE); /* for its ratio already */

    CLEANUP(buffer_deinit) struct buffer frame = buffer_init(WIRE_BODY_MAX + 64);
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct batch b;
    const uint8_t head[] = {0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0x0e, 0};
    size_t raw = (size_t)7 * 128 * 1024;

    buffer_append(&frame, head, sizeof(head));
    for (uint32_t i = 0; i < 7; i++) {
        uint32_t block = (uint32_t)128 * 1024 << 3 | (i == 6);

        buffer_append(&frame, &block, 3);
        buffer_append(&frame, plain, (size_t)128 * 1024);
    }
    CHECK(raw == 0x0e0000 && buffer_check(&frame) == 0);
    CHECK(arena_new(&arena, BATCH_ARENA_MAX) == 0);
    CHECK(batch_decode(buffer_bytes(&frame), arena, &b) == BATCH_LARGE);
    free(plain);
}

static void a_frame_that_does_not_say_its_size_is_refused(void)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct batch b;
    uint8_t frame[256];
    struct forged f;
    uint8_t plain[512];
    ZSTD_CCtx *context = ZSTD_createCCtx();

    forge(&f);
    size_t len = ward__batch__pack(&f.message, plain);
    CHECK(context && arena_new(&arena, BATCH_ARENA_MAX) == 0);
    (void)ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
    size_t size = ZSTD_compress2(context, frame, sizeof(frame), plain, len);
    CHECK(!ZSTD_isError(size));
    CHECK(batch_decode((struct bytes){frame, size}, arena, &b) == BATCH_INVALID);
    (void)ZSTD_freeCCtx(context);
}

/* A header that claims much, with nothing behind it. */
static void a_frame_is_judged_by_its_claims_before_anything_is_taken(void)
{
    static const uint8_t nine_mib[] = {0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0x90, 0, 1, 0, 0};
    static const uint8_t two_gib[] = {0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0x80, 1, 0, 0};
    static const uint8_t bomb[] = {0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0x40, 0, 1, 0, 0};
    static const uint8_t window[] = {0x28, 0xb5, 0x2f, 0xfd, 0x40, 14 << 3, 0, 0, 1, 0, 0};
    static const uint8_t skippable[] = {0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0};
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct batch b;

    CHECK(arena_new(&arena, 64) == 0);
    CHECK(batch_decode((struct bytes){nine_mib, sizeof(nine_mib)}, arena, &b) == BATCH_LARGE);
    CHECK(batch_decode((struct bytes){two_gib, sizeof(two_gib)}, arena, &b) == BATCH_LARGE);
    CHECK(batch_decode((struct bytes){bomb, sizeof(bomb)}, arena, &b) == BATCH_LARGE);
    CHECK(batch_decode((struct bytes){window, sizeof(window)}, arena, &b) == BATCH_LARGE);
    CHECK(batch_decode((struct bytes){skippable, sizeof(skippable)}, arena, &b) == BATCH_INVALID);
    CHECK(batch_decode((struct bytes){NULL, 0}, arena, &b) == BATCH_INVALID);
    CHECK(batch_decode((struct bytes){bomb, WIRE_BODY_MAX + 1}, arena, &b) == BATCH_LARGE);
}

static void a_batch_cut_anywhere_or_with_more_behind_it_is_refused(void)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    CLEANUP(batch_writer_free) struct batch_writer *writer = NULL;
    CLEANUP(buffer_deinit) struct buffer bytes = buffer_init(WIRE_BODY_MAX);
    struct batch b;

    CHECK(arena_new(&arena, BATCH_ARENA_MAX) == 0 && batch_writer_new(&writer) == 0);
    CHECK(fill(writer, arena) == 0 && finish(writer, &bytes) == 0);
    for (size_t cut = 0; cut < bytes.len; cut++)
        CHECK(batch_decode((struct bytes){bytes.at, cut}, arena, &b) == BATCH_INVALID);
    size_t whole = bytes.len;
    buffer_append(&bytes, "x", 1);
    CHECK(batch_decode(buffer_bytes(&bytes), arena, &b) == BATCH_INVALID);
    bytes.len = whole;
    CLEANUP(buffer_deinit) struct buffer twice = buffer_init(WIRE_BODY_MAX);
    buffer_append(&twice, bytes.at, whole);
    buffer_append(&twice, bytes.at, whole);
    CHECK(batch_decode(buffer_bytes(&twice), arena, &b) == BATCH_INVALID);
}

static void an_arena_too_small_is_a_fault_and_no_outcome(void)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    CLEANUP(arena_free) struct arena *small = NULL;
    CLEANUP(batch_writer_free) struct batch_writer *writer = NULL;
    CLEANUP(buffer_deinit) struct buffer bytes = buffer_init(WIRE_BODY_MAX);
    struct batch b;

    CHECK(arena_new(&arena, BATCH_ARENA_MAX) == 0 && batch_writer_new(&writer) == 0);
    CHECK(arena_new(&small, 64) == 0);
    CHECK(fill(writer, arena) == 0 && finish(writer, &bytes) == 0);
    CHECK(batch_decode(buffer_bytes(&bytes), small, &b) == ERR_MEMORY);
}

static void any_refused_allocation_is_a_fault_and_loses_nothing(void)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    int r = ERR_MEMORY;

    CHECK(arena_new(&arena, BATCH_ARENA_MAX) == 0);
    for (long n = 0; r; n++) {
        CLEANUP(batch_writer_free) struct batch_writer *writer = NULL;
        CLEANUP(buffer_deinit) struct buffer bytes = buffer_init(WIRE_BODY_MAX);
        CLEANUP(arena_free) struct arena *inside = NULL;
        struct batch b = {0};

        allocations_left = n;
        r = batch_writer_new(&writer);
        if (!r)
            r = fill(writer, arena);
        size_t spans = r ? 0 : batch_writer_spans(writer);
        if (!r)
            r = finish(writer, &bytes);
        if (spans && r)
            CHECK(batch_writer_spans(writer) == spans);
        if (!r)
            r = arena_new(&inside, BATCH_ARENA_MAX);
        if (!r)
            r = batch_decode(buffer_bytes(&bytes), inside, &b);
        allocations_left = -1;
        CHECK(r == 0 || r == ERR_MEMORY);
        CHECK(r || b.span_count == 2);
        CHECK(n < 500);
    }
}

static void a_needle_is_found_in_a_writer_and_in_the_plain_of_what_it_sends(void)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    CLEANUP(batch_writer_free) struct batch_writer *writer = NULL;
    CLEANUP(buffer_deinit) struct buffer batch = buffer_init(WIRE_BODY_MAX);
    struct needles there = {0};
    struct needles absent = {0};
    struct needles_sweep sweep = {0};
    uint32_t account;

    CHECK(arena_new(&arena, 1 << 20) == 0 && batch_writer_new(&writer) == 0);
    CHECK(needles_add(&there, text_of("quillfeather")) == 0);
    CHECK(needles_add(&there, text_of("PORTAL.example")) == 0);
    CHECK(needles_add(&absent, text_of("zyllowska")) == 0);
    CHECK(batch_writer_account(writer, text_of("quillfeather"), BATCH_PERSON, &account) == 0);
    CHECK(batch_writer_count(writer, account, 20000, clean(arena, "ehr"),
                             clean(arena, "portal.example"), REDACT_MRN, 1) == 0);
    batch_writer_look(writer, &absent, &sweep);
    CHECK(sweep.found == 0 && sweep.texts > 0 && sweep.bytes > 0);
    batch_writer_look(writer, &there, &sweep);
    CHECK(sweep.found == 2);
    CHECK(batch_writer_finish(writer, device, 1, 1, noon, 0, &batch) == 0);
    sweep = (struct needles_sweep){0};
    CHECK(batch_look(buffer_bytes(&batch), &absent, &sweep) == 0 && sweep.found == 0);
    CHECK(batch_look(buffer_bytes(&batch), &there, &sweep) == 0 && sweep.found == 2);
    CHECK(batch_look(bytes_of_text(text_of("no batch")), &there, &sweep) == BATCH_INVALID);
}

int main(void)
{
    RUN(a_batch_of_everything_arrives_as_it_was);
    RUN(a_writer_that_finished_begins_anew);
    RUN(one_text_is_sent_once_and_one_account_has_one_number);
    RUN(the_largest_batch_is_never_refused_by_our_own_ceilings);
    RUN(long_texts_fill_a_batch_before_it_outgrows_a_request);
    RUN(what_can_never_be_sent_is_told_apart_from_what_must_wait);
    RUN(accounts_and_events_have_ceilings);
    RUN(columns_of_different_lengths_are_refused);
    RUN(a_column_that_is_absent_is_zero_in_every_row);
    RUN(numbers_outside_their_table_are_refused);
    RUN(moments_and_days_nobody_can_print_are_refused);
    RUN(texts_that_are_not_utf8_or_hold_a_nul_are_refused);
    RUN(a_batch_of_another_format_or_without_a_device_is_refused);
    RUN(a_text_over_its_ceiling_is_refused);
    RUN(more_rows_than_the_ceiling_are_refused);
    RUN(a_bomb_of_empty_strings_stops_at_the_ceiling);
    RUN(a_frame_that_does_not_say_its_size_is_refused);
    RUN(a_frame_is_judged_by_its_claims_before_anything_is_taken);
    RUN(a_batch_cut_anywhere_or_with_more_behind_it_is_refused);
    RUN(an_arena_too_small_is_a_fault_and_no_outcome);
    RUN(a_needle_is_found_in_a_writer_and_in_the_plain_of_what_it_sends);
    RUN(any_refused_allocation_is_a_fault_and_loses_nothing);
    return tap_done();
}
