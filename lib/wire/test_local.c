#include <string.h>

#include "tap.h"
#include "wire/local.h"

static const int64_t noon = INT64_C(1763899200000);

static const struct clean_text *clean(struct arena *arena, const char *string)
{
    const struct clean_text *text = NULL;

    CHECK(redact_restore(bytes_of_text(text_of(string)), arena, &text) == 0);
    return text;
}

static bool raw_is(struct raw_text raw, const char *string)
{
    return text_equal((struct text){raw.at, raw.len}, text_of(string));
}

static void a_report_arrives_as_it_was(void)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    CLEANUP(buffer_deinit) struct buffer body = buffer_init(WIRE_LOCAL_MAX);
    struct local_report report;

    CHECK(arena_new(&arena, MESSAGE_ARENA_MAX) == 0);
    const struct span spans[] = {
        {.start_at = noon, .duration_ms = 7, .application = clean(arena, "a")},
        {.start_at = noon + 7,
         .duration_ms = UINT32_MAX,
         .state = SPAN_LOCKED,
         .flags = 15,
         .application = clean(arena, "b"),
         .domain = clean(arena, "example.org"),
         .title = clean(arena, "Home")},
    };
    const struct local_count count = {
        .day = -3, .application = spans[0].application, .kind = REDACT_UNKNOWN, .count = 9};
    const struct local_drop drop = {.day = 4, .reason = BATCH_DROP_INVALID, .count = 1};
    CHECK(local_report_encode(spans, 2, &count, 1, &drop, 1, NULL, &body) == 0);
    CHECK(local_report_decode(buffer_bytes(&body), arena, &report) == 0);
    CHECK(report.span_count == 2 && report.count_count == 1 && report.drop_count == 1);
    CHECK(report.spans[0].start_at == noon && report.spans[0].duration_ms == 7);
    CHECK(raw_is(report.spans[0].application, "a") && report.spans[0].title.len == 0);
    CHECK(report.spans[1].state == SPAN_LOCKED && report.spans[1].flags == 15);
    CHECK(report.spans[1].duration_ms == UINT32_MAX && raw_is(report.spans[1].title, "Home"));
    CHECK(raw_is(report.spans[1].domain, "example.org"));
    CHECK(report.counts[0].day == -3 && report.counts[0].kind == REDACT_UNKNOWN);
    CHECK(report.counts[0].count == 9 && raw_is(report.counts[0].application, "a"));
    CHECK(report.drops[0].day == 4 && report.drops[0].reason == BATCH_DROP_INVALID);
}

static void the_open_span_is_one_or_none(void)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    CLEANUP(buffer_deinit) struct buffer body = buffer_init(WIRE_LOCAL_MAX);
    struct local_report report;

    CHECK(arena_new(&arena, MESSAGE_ARENA_MAX) == 0);
    CHECK(local_current_encode(NULL, &body) == 0 && body.len == 0);
    CHECK(local_report_decode(buffer_bytes(&body), arena, &report) == 0);
    CHECK(report.span_count == 0);
    struct span span = {.start_at = noon, .application = clean(arena, "a")};
    CHECK(local_current_encode(&span, &body) == 0);
    CHECK(local_report_decode(buffer_bytes(&body), arena, &report) == 0);
    CHECK(report.span_count == 1 && raw_is(report.spans[0].application, "a"));
}

static void a_report_over_its_ceilings_is_to_be_sent_in_two(void)
{
    static struct span spans[WIRE_REPORT_MAX + 1];
    static char title[REDACT_TEXT_MAX + 1];
    CLEANUP(arena_free) struct arena *arena = NULL;
    CLEANUP(buffer_deinit) struct buffer body = buffer_init(WIRE_LOCAL_MAX);
    struct local_report report;

    CHECK(arena_new(&arena, MESSAGE_ARENA_MAX) == 0);
    for (size_t i = 0; i <= WIRE_REPORT_MAX; i++)
        spans[i] = (struct span){.start_at = noon, .application = clean(arena, "a")};
    CHECK(local_report_encode(spans, WIRE_REPORT_MAX + 1, NULL, 0, NULL, 0, NULL, &body) ==
          BATCH_LARGE);
    CHECK(local_report_encode(spans, WIRE_REPORT_MAX, NULL, 0, NULL, 0, NULL, &body) == 0);
    CHECK(local_report_decode(buffer_bytes(&body), arena, &report) == 0);
    CHECK(report.span_count == WIRE_REPORT_MAX);

    memset(title, 'a', REDACT_TEXT_MAX);
    for (size_t i = 0; i < 70; i++)
        spans[i].title = clean(arena, title);
    buffer_clear(&body);
    CHECK(local_report_encode(spans, 70, NULL, 0, NULL, 0, NULL, &body) == BATCH_LARGE &&
          !body.len);
    CHECK(local_report_encode(spans, 60, NULL, 0, NULL, 0, NULL, &body) == 0);
    CHECK(local_report_decode((struct bytes){body.at, WIRE_LOCAL_MAX + 1}, arena, &report) ==
          BATCH_LARGE);
}

static int judge(const uint8_t *body, size_t len)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct local_report report;

    CHECK(arena_new(&arena, MESSAGE_ARENA_MAX) == 0);
    return local_report_decode((struct bytes){body, len}, arena, &report);
}

#define JUDGE(...) judge((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))
#define FIELD(number) ((number) << 3 | 2)

static void a_sensor_that_lies_is_refused(void)
{
    CHECK(JUDGE(FIELD(2), 1, 1) == 0);
    CHECK(JUDGE(FIELD(2), 1, 1, FIELD(1), 2, 1, 1) == BATCH_INVALID); /* two starts */
    CHECK(JUDGE(FIELD(2), 1, 1, FIELD(3), 1, 63) == 0);
    CHECK(JUDGE(FIELD(2), 1, 1, FIELD(3), 1, 64) == BATCH_INVALID);     /* marks */
    CHECK(JUDGE(FIELD(2), 1, 1, FIELD(4), 1, 0xff) == BATCH_INVALID);   /* not UTF-8 */
    CHECK(JUDGE(FIELD(2), 1, 1, FIELD(6), 2, 'a', 0) == BATCH_INVALID); /* a NUL */
    CHECK(JUDGE(FIELD(4), 1, 'a') == BATCH_INVALID);                    /* no durations */
    CHECK(JUDGE(FIELD(12), 1, 1, FIELD(11), 1, REDACT_KINDS) == BATCH_INVALID);
    CHECK(JUDGE(FIELD(12), 1, 1, FIELD(11), 1, REDACT_KINDS - 1) == 0);
    CHECK(JUDGE(FIELD(15), 1, 0) == BATCH_INVALID);
    CHECK(JUDGE(FIELD(15), 1, BATCH_DROP_REASONS) == BATCH_INVALID);
    CHECK(JUDGE(FIELD(15), 1, BATCH_DROP_FAULT) == 0);
    CHECK(JUDGE(FIELD(2), 200, 1) == BATCH_INVALID); /* cut */
    CHECK(JUDGE(0xff) == BATCH_INVALID);
}

static void a_bomb_of_empty_texts_stops_at_the_ceiling(void)
{
    static uint8_t bomb[WIRE_LOCAL_MAX];

    for (size_t i = 0; i < sizeof(bomb); i += 2)
        bomb[i] = FIELD(4);
    CHECK(judge(bomb, sizeof(bomb)) == BATCH_LARGE);
}

static void a_pause_arrives_with_its_reason(void)
{
    static char reason[WIRE_STRING_BYTES_MAX + 1];
    CLEANUP(arena_free) struct arena *arena = NULL;
    CLEANUP(buffer_deinit) struct buffer body = buffer_init(WIRE_LOCAL_MAX);
    struct local_pause pause;

    CHECK(arena_new(&arena, MESSAGE_ARENA_MAX) == 0);
    CHECK(local_pause_encode(15, text_of("lunch"), &body) == 0);
    CHECK(local_pause_decode(buffer_bytes(&body), arena, &pause) == 0);
    CHECK(pause.minutes == 15 && raw_is(pause.reason, "lunch"));
    CHECK(local_pause_encode(15, text_of("\xff"), &body) == BATCH_INVALID);
    CHECK(local_pause_encode(15, (struct text){reason, sizeof(reason)}, &body) == BATCH_LARGE);
    CHECK(local_pause_decode((struct bytes){(const uint8_t *)"\x12\x01\xff", 3}, arena, &pause) ==
          BATCH_INVALID);
}

int main(void)
{
    RUN(a_report_arrives_as_it_was);
    RUN(the_open_span_is_one_or_none);
    RUN(a_report_over_its_ceilings_is_to_be_sent_in_two);
    RUN(a_sensor_that_lies_is_refused);
    RUN(a_bomb_of_empty_texts_stops_at_the_ceiling);
    RUN(a_pause_arrives_with_its_reason);
    return tap_done();
}
