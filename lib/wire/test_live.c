#include <string.h>

#include "tap.h"
#include "wire/batch.h"

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

static const struct live_canaries canaries = {44, 43, LIVE_CANARIES_SENSOR};

static void encode(struct arena *arena, struct buffer *bytes)
{
    const struct live_span spans[] = {
        {.account_name = text_of("nurse"),
         .account_kind = BATCH_PERSON,
         .span = {.start_at = noon,
                  .duration_ms = 5,
                  .state = SPAN_LOCKED,
                  .application = clean(arena, "firefox")}},
        {.account_name = text_of("ward7"),
         .account_kind = BATCH_STATION,
         .span = {.start_at = -noon,
                  .application = clean(arena, "edge"),
                  .domain = clean(arena, "example.org"),
                  .title = clean(arena, "Home")}},
    };

    const struct live_head head = {.waiting = 77,
                                   .policy = 5,
                                   .sent_at = noon + 1,
                                   .offset_minutes = 60,
                                   .version = text_of("1.0"),
                                   .canaries = canaries};

    CHECK(live_encode(&head, spans, 2, bytes) == 0);
}

static void live_spans_arrive_as_they_were(void)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    CLEANUP(buffer_deinit) struct buffer bytes = buffer_init(WIRE_BODY_MAX);
    struct live live;

    CHECK(arena_new(&arena, MESSAGE_ARENA_MAX) == 0);
    encode(arena, &bytes);
    CHECK(live_decode(buffer_bytes(&bytes), arena, &live) == 0);
    CHECK(live.sent_at == noon + 1 && live.offset_minutes == 60 && live.waiting == 77);
    CHECK(live.policy == 5);
    CHECK(raw_is(live.version, "1.0") && live.span_count == 2);
    CHECK(live.canaries.run == 44 && live.canaries.passed == 43);
    CHECK(live.canaries.state == LIVE_CANARIES_SENSOR && live_canaries_stopped(&live.canaries));
    CHECK(raw_is(live.spans[0].account_name, "nurse") && live.spans[0].state == SPAN_LOCKED);
    CHECK(live.spans[0].start_at == noon && live.spans[0].duration_ms == 5);
    CHECK(raw_is(live.spans[0].application, "firefox") && live.spans[0].domain.len == 0);
    CHECK(live.spans[1].account_kind == BATCH_STATION && live.spans[1].start_at == -noon);
    CHECK(raw_is(live.spans[1].domain, "example.org") && raw_is(live.spans[1].title, "Home"));
}

static void a_device_without_sessions_says_so(void)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    CLEANUP(buffer_deinit) struct buffer bytes = buffer_init(WIRE_BODY_MAX);
    struct live live;

    CHECK(arena_new(&arena, MESSAGE_ARENA_MAX) == 0);
    CHECK(live_encode(&(struct live_head){0}, NULL, 0, &bytes) == 0);
    CHECK(live_decode(buffer_bytes(&bytes), arena, &live) == 0 && live.span_count == 0);
}

static void canaries_that_cannot_be_are_refused(void)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    CLEANUP(buffer_deinit) struct buffer bytes = buffer_init(WIRE_BODY_MAX);
    const struct live_canaries more = {1, 2, LIVE_CANARIES_CLEAN};
    const struct live_canaries strange = {1, 1, LIVE_CANARY_STATES};
    struct live live;

    CHECK(arena_new(&arena, MESSAGE_ARENA_MAX) == 0);
    CHECK(live_encode(&(struct live_head){.canaries = more}, NULL, 0, &bytes) == 0);
    CHECK(live_decode(buffer_bytes(&bytes), arena, &live) == BATCH_INVALID);
    buffer_clear(&bytes);
    CHECK(live_encode(&(struct live_head){.canaries = strange}, NULL, 0, &bytes) == 0);
    CHECK(live_decode(buffer_bytes(&bytes), arena, &live) == BATCH_INVALID);
}

static void a_live_message_cut_anywhere_is_refused_or_has_fewer_fields(void)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    CLEANUP(buffer_deinit) struct buffer bytes = buffer_init(WIRE_BODY_MAX);
    struct live live;
    int taken = 0;

    CHECK(arena_new(&arena, MESSAGE_ARENA_MAX) == 0);
    encode(arena, &bytes);
    for (size_t cut = 0; cut < bytes.len; cut++) {
        int r = live_decode((struct bytes){bytes.at, cut}, arena, &live);

        CHECK(r == 0 || r == BATCH_INVALID);
        taken += r == 0;
    }
    /* Cut between fields protobuf cannot know: before the columns, and after the last but one. */
    CHECK(taken < 16);
}

static void more_accounts_than_a_device_may_have_are_refused(void)
{
    static struct live_span spans[WIRE_ACCOUNTS_MAX + 1];
    CLEANUP(arena_free) struct arena *arena = NULL;
    CLEANUP(buffer_deinit) struct buffer bytes = buffer_init(WIRE_BODY_MAX);

    CHECK(arena_new(&arena, MESSAGE_ARENA_MAX) == 0);
    for (size_t i = 0; i <= WIRE_ACCOUNTS_MAX; i++)
        spans[i] = (struct live_span){.account_name = text_of("a"),
                                      .span = {.application = clean(arena, "b")}};
    CHECK(live_encode(&(struct live_head){0}, spans, WIRE_ACCOUNTS_MAX + 1, &bytes) == BATCH_LARGE);
    CHECK(bytes.len == 0);
    CHECK(live_encode(&(struct live_head){0}, spans, WIRE_ACCOUNTS_MAX, &bytes) == 0);
}

static void a_live_span_of_nobody_or_in_no_state_is_refused(void)
{
    /* durations = {1}; then account_names, then states = {4}. */
    static const uint8_t nobody[] = {11 << 3 | 2, 1, 1};
    static const uint8_t somebody[] = {11 << 3 | 2, 1, 1, 8 << 3 | 2, 1, 'a'};
    static const uint8_t stateless[] = {11 << 3 | 2, 1, 1, 8 << 3 | 2, 1, 'a', 12 << 3 | 2, 1, 4};
    static const uint8_t broken[] = {11 << 3 | 2, 1, 1, 8 << 3 | 2, 1, 0xff};
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct live live;

    CHECK(arena_new(&arena, MESSAGE_ARENA_MAX) == 0);
    CHECK(live_decode((struct bytes){nobody, sizeof(nobody)}, arena, &live) == BATCH_INVALID);
    CHECK(live_decode((struct bytes){somebody, sizeof(somebody)}, arena, &live) == 0);
    CHECK(live_decode((struct bytes){stateless, sizeof(stateless)}, arena, &live) == BATCH_INVALID);
    CHECK(live_decode((struct bytes){broken, sizeof(broken)}, arena, &live) == BATCH_INVALID);
}

int main(void)
{
    RUN(live_spans_arrive_as_they_were);
    RUN(a_device_without_sessions_says_so);
    RUN(canaries_that_cannot_be_are_refused);
    RUN(a_live_message_cut_anywhere_is_refused_or_has_fewer_fields);
    RUN(more_accounts_than_a_device_may_have_are_refused);
    RUN(a_live_span_of_nobody_or_in_no_state_is_refused);
    return tap_done();
}
