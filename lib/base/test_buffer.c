#include "base/buffer.h"
#include "tap.h"

static void appends_add_up(void)
{
    CLEANUP(buffer_deinit) struct buffer buffer = buffer_init(1000);

    buffer_append_string(&buffer, "one");
    buffer_print(&buffer, " %d", 2);
    buffer_append_text(&buffer, text_of(" three"));
    CHECK(buffer_check(&buffer) == 0);
    CHECK(text_equal(text_of_bytes(buffer_bytes(&buffer)), text_of("one 2 three")));
}

static void the_ceiling_is_met_once_and_stays(void)
{
    CLEANUP(buffer_deinit) struct buffer buffer = buffer_init(300);

    for (int i = 0; i < 300; i++)
        buffer_append(&buffer, "x", 1);
    CHECK(!buffer.failed && buffer.len == 300);
    buffer_append(&buffer, "x", 1);
    CHECK(buffer.failed && buffer.len == 300);
    CHECK(buffer_check(&buffer) == ERR_MEMORY);
    buffer_append(&buffer, "", 0);
    CHECK(buffer.failed);
    buffer_clear(&buffer);
    buffer_append(&buffer, "again", 5);
    CHECK(!buffer.failed && buffer.len == 5);
}

static void a_huge_append_does_not_wrap(void)
{
    CLEANUP(buffer_deinit) struct buffer buffer = buffer_init(SIZE_MAX);

    buffer_append(&buffer, "abc", 3);
    buffer_append(&buffer, "abc", SIZE_MAX - 1);
    CHECK(buffer.failed && buffer.len == 3);
}

int main(void)
{
    RUN(appends_add_up);
    RUN(the_ceiling_is_met_once_and_stays);
    RUN(a_huge_append_does_not_wrap);
    return tap_done();
}
