/* A batch without denied texts is the same batch. */

#include <string.h>

#include "tap.h"
#include "wire/batch.h"

static const struct device_id device = {{1, 2, 3}};
static const int64_t noon = INT64_C(1763899200000);
static struct arena *arena;

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

static struct denied_rule rule;

static struct denied deny(const char *string)
{
    char copy[64];
    const uint8_t salt[DENIED_SALT_SIZE] = {4};

    memcpy(copy, string, strlen(string));
    CHECK(denied_make((struct raw_text){.at = copy, .len = strlen(string)}, salt, mix, &rule) == 0);
    return (struct denied){.rules = &rule, .count = 1, .hash = mix};
}

static const struct clean_text *clean(const char *string)
{
    const struct clean_text *text = NULL;

    CHECK(redact_restore(bytes_of_text(text_of(string)), arena, &text) == 0);
    return text;
}

static void write_batch(struct buffer *ret_bytes)
{
    CLEANUP(batch_writer_free) struct batch_writer *writer = NULL;
    struct span span = {.start_at = noon,
                        .duration_ms = 5000,
                        .state = SPAN_PASSIVE,
                        .application = clean("editor"),
                        .domain = clean("zyllowska.example"),
                        .title = clean("Zyllowska - notes")};
    uint32_t account;

    CHECK(batch_writer_new(&writer) == 0);
    CHECK(batch_writer_account(writer, text_of("robin"), BATCH_PERSON, &account) == 0);
    CHECK(batch_writer_span(writer, account, &span) == 0);
    span.start_at += 5000;
    span.title = clean("Today");
    CHECK(batch_writer_span(writer, account, &span) == 0);
    CHECK(batch_writer_count(writer, account, 20415, clean("editor"), clean("zyllowska.example"),
                             REDACT_MRN, 3) == 0);
    CHECK(batch_writer_gap(writer, account, noon, noon + 1, BATCH_GAP_PAUSED, 0,
                           clean("call for zyllowska")) == 0);
    CHECK(batch_writer_finish(writer, device, 3, 9, noon, 60, ret_bytes) == 0);
}

static bool is(const struct batch *batch, uint32_t string, const char *wanted)
{
    const struct raw_text *raw = &batch->strings[string];

    return text_equal((struct text){.at = raw->at, .len = raw->len}, text_of(wanted));
}

static void denied_texts_are_replaced_and_nothing_else(void)
{
    CLEANUP(buffer_deinit) struct buffer before = buffer_init(WIRE_BODY_MAX);
    CLEANUP(buffer_deinit) struct buffer after = buffer_init(WIRE_BODY_MAX);
    struct denied denied = deny("ZYLLOWSKA");
    size_t replaced = 0;
    struct batch batch;

    write_batch(&before);
    CHECK(batch_deny(buffer_bytes(&before), &denied, &after, &replaced) == 0);
    CHECK(replaced == 3);
    CHECK(batch_decode(buffer_bytes(&after), arena, &batch) == 0);
    CHECK(batch.sequence == 9 && batch.epoch == 3 && batch.sent_at == noon);
    CHECK(batch.span_count == 2 && batch.count_count == 1 && batch.gap_count == 1);
    CHECK(batch.spans[0].start_at == noon && batch.spans[1].start_at == noon + 5000);
    CHECK(is(&batch, batch.spans[0].application, "editor"));
    CHECK(is(&batch, batch.spans[0].domain, "[unknown]"));
    CHECK(is(&batch, batch.spans[0].title, "[unknown]"));
    CHECK(is(&batch, batch.spans[1].title, "Today"));
    CHECK(is(&batch, batch.counts[0].domain, "[unknown]") && batch.counts[0].count == 3);
    CHECK(is(&batch, batch.gaps[0].reason_text, "[unknown]"));
    /* Again there is nothing to do. */
    buffer_clear(&before);
    CHECK(batch_deny(buffer_bytes(&after), &denied, &before, &replaced) == 0);
    CHECK(replaced == 0 && before.len == 0);
}

static void a_batch_without_them_is_left_as_it_is(void)
{
    CLEANUP(buffer_deinit) struct buffer before = buffer_init(WIRE_BODY_MAX);
    CLEANUP(buffer_deinit) struct buffer after = buffer_init(WIRE_BODY_MAX);
    struct denied denied = deny("nobody else");
    size_t replaced = 7;

    write_batch(&before);
    CHECK(batch_deny(buffer_bytes(&before), &denied, &after, &replaced) == 0);
    CHECK(replaced == 0 && after.len == 0);
}

static void what_is_no_batch_is_refused(void)
{
    CLEANUP(buffer_deinit) struct buffer before = buffer_init(WIRE_BODY_MAX);
    CLEANUP(buffer_deinit) struct buffer after = buffer_init(WIRE_BODY_MAX);
    struct denied denied = deny("zyllowska");
    size_t replaced = 7;

    write_batch(&before);
    for (size_t cut = 0; cut < before.len; cut++)
        CHECK(batch_deny((struct bytes){before.at, cut}, &denied, &after, &replaced) ==
              BATCH_INVALID);
    CHECK(replaced == 7 && after.len == 0);
}

int main(void)
{
    CHECK(arena_new(&arena, BATCH_ARENA_MAX) == 0);
    RUN(denied_texts_are_replaced_and_nothing_else);
    RUN(a_batch_without_them_is_left_as_it_is);
    RUN(what_is_no_batch_is_refused);
    arena = arena_free(arena);
    return tap_done();
}
