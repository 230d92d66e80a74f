#include <stdlib.h>
#include <string.h>

#include "tap.h"
#include "wire/frame.h"

static const uint8_t hello[] = {0, 0, 0, 6, 7, 'h', 'e', 'l', 'l', 'o'};

static int callocs_left = -1;

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);

void *__wrap_calloc(size_t count, size_t size)
{
    if (callocs_left == 0)
        return NULL;
    if (callocs_left > 0)
        callocs_left--;
    return __real_calloc(count, size);
}

static void a_frame_arrives_whole_wherever_it_is_cut(void)
{
    for (size_t cut = 0; cut <= sizeof(hello); cut++) {
        CLEANUP(frame_reader_free) struct frame_reader *reader = NULL;
        struct frame frame;

        CHECK(frame_reader_new(&reader, 5) == 0);
        CHECK(frame_reader_push(reader, (struct bytes){hello, cut}) == cut);
        if (cut < sizeof(hello))
            CHECK(frame_reader_next(reader, &frame) == FRAME_PARTIAL);

        size_t rest = sizeof(hello) - cut;
        CHECK(frame_reader_push(reader, (struct bytes){hello + cut, rest}) == rest);
        CHECK(frame_reader_next(reader, &frame) == 0);
        CHECK(frame.kind == 7 && frame.body.len == 5);
        CHECK(memcmp(frame.body.at, "hello", 5) == 0);
        CHECK(frame_reader_next(reader, &frame) == FRAME_PARTIAL);
    }
}

static void a_peer_that_lies_about_length_is_refused_at_once(void)
{
    CLEANUP(frame_reader_free) struct frame_reader *reader = NULL;
    struct frame frame;

    CHECK(frame_reader_new(&reader, 4) == 0);
    CHECK(frame_reader_push(reader, (struct bytes){hello, 4}) == 4);
    CHECK(frame_reader_next(reader, &frame) == FRAME_INVALID);
    CHECK(frame_reader_next(reader, &frame) == FRAME_INVALID);
}

static void a_frame_without_a_kind_is_refused(void)
{
    static const uint8_t nothing[] = {0, 0, 0, 0, 7};
    CLEANUP(frame_reader_free) struct frame_reader *reader = NULL;
    struct frame frame;

    CHECK(frame_reader_new(&reader, 5) == 0);
    CHECK(frame_reader_push(reader, (struct bytes){nothing, sizeof(nothing)}) == sizeof(nothing));
    CHECK(frame_reader_next(reader, &frame) == FRAME_INVALID);
}

static void a_reader_never_holds_more_than_one_largest_frame(void)
{
    CLEANUP(frame_reader_free) struct frame_reader *reader = NULL;

    CHECK(frame_reader_new(&reader, 5) == 0);
    CHECK(frame_reader_push(reader, (struct bytes){hello, sizeof(hello)}) == sizeof(hello));
    CHECK(frame_reader_push(reader, (struct bytes){hello, sizeof(hello)}) == 0);
}

static void what_is_appended_is_what_is_read(void)
{
    CLEANUP(buffer_deinit) struct buffer buffer = buffer_init(1024);
    CLEANUP(frame_reader_free) struct frame_reader *reader = NULL;
    struct frame frame;

    frame_append(&buffer, 7, (struct bytes){(const uint8_t *)"hello", 5});
    frame_append(&buffer, 255, (struct bytes){0});
    CHECK(buffer_check(&buffer) == 0);
    CHECK(buffer.len == sizeof(hello) + 5 && memcmp(buffer.at, hello, sizeof(hello)) == 0);

    CHECK(frame_reader_new(&reader, 512) == 0);
    CHECK(frame_reader_push(reader, buffer_bytes(&buffer)) == buffer.len);
    CHECK(frame_reader_next(reader, &frame) == 0 && frame.kind == 7);
    CHECK(frame_reader_next(reader, &frame) == 0 && frame.kind == 255 && frame.body.len == 0);
    CHECK(frame_reader_next(reader, &frame) == FRAME_PARTIAL);
}

static void a_frame_longer_than_its_buffer_allows_marks_the_buffer(void)
{
    CLEANUP(buffer_deinit) struct buffer buffer = buffer_init(9);

    frame_append(&buffer, 7, (struct bytes){(const uint8_t *)"hello", 5});
    CHECK(buffer_check(&buffer) == ERR_MEMORY);
}

static void a_refused_allocation_is_a_fault_and_sets_nothing(void)
{
    struct frame_reader *reader = NULL;

    callocs_left = 0;
    int r = frame_reader_new(&reader, 5);
    callocs_left = -1;

    CHECK(r == ERR_MEMORY);
    CHECK(reader == NULL);
}

int main(void)
{
    RUN(a_frame_arrives_whole_wherever_it_is_cut);
    RUN(a_peer_that_lies_about_length_is_refused_at_once);
    RUN(a_frame_without_a_kind_is_refused);
    RUN(a_reader_never_holds_more_than_one_largest_frame);
    RUN(what_is_appended_is_what_is_read);
    RUN(a_frame_longer_than_its_buffer_allows_marks_the_buffer);
    RUN(a_refused_allocation_is_a_fault_and_sets_nothing);
    return tap_done();
}
