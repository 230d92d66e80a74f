#include "base/log.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tap.h"

/* What log_write() sends to standard error, read back. */
static size_t logged(enum log_level level, const struct log_field *fields, char *ret_text,
                     size_t size)
{
    FILE *file = tmpfile();
    int before = dup(STDERR_FILENO);

    CHECK(file && before >= 0);
    CHECK(dup2(fileno(file), STDERR_FILENO) == STDERR_FILENO);
    log_write(level, "test.event", fields);
    CHECK(dup2(before, STDERR_FILENO) == STDERR_FILENO);
    (void)close(before);
    rewind(file);
    size_t len = fread(ret_text, 1, size - 1, file);
    ret_text[len] = 0;
    (void)fclose(file);
    return len;
}

static void an_event_is_one_line_of_json(void)
{
    static const uint8_t id[] = {0xab, 0x01};
    const struct log_field fields[] = {LOG_U64("n", UINT64_MAX),
                                       LOG_I64("i", -3),
                                       LOG_WORD("why", "because"),
                                       LOG_ID("device", id, 2),
                                       {0}};
    char text[2048];
    size_t len = logged(LOG_WARN, fields, text, sizeof(text));

    CHECK(strstr(text, "\"event\":\"test.event\",\"n\":18446744073709551615,\"i\":-3,"
                       "\"why\":\"because\",\"device\":\"ab01\"}\n"));
    CHECK(strncmp(text, "{\"at\":\"", 7) == 0 && strchr(text, '\n') == text + len - 1);
}

static void a_field_that_is_too_long_is_left_out_and_the_line_still_ends(void)
{
    static const uint8_t id[600];
    char text[2048];

    for (size_t i = 380; i < 480; i++) {
        const struct log_field fields[] = {LOG_ID("kept", id, i), LOG_ID("long", id, 60), {0}};
        size_t len = logged(LOG_ERROR, fields, text, sizeof(text));

        CHECK(len > 2 && text[len - 2] == '}' && text[len - 1] == '\n');
        CHECK(len <= 1024 && (text[len - 3] == '"'));
        CHECK(!strstr(text, "\"\"}"));
    }
}

static void what_is_below_the_level_is_not_made(void)
{
    char text[64];

    CHECK(logged(LOG_DEBUG, &(struct log_field){0}, text, sizeof(text)) == 0);
}

int main(void)
{
    log_begin("test", LOG_INFO);
    RUN(an_event_is_one_line_of_json);
    RUN(a_field_that_is_too_long_is_left_out_and_the_line_still_ends);
    RUN(what_is_below_the_level_is_not_made);
    return tap_done();
}
