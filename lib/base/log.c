#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/moment.h"

enum { LINE_SIZE = 1024, LINES_PER_SECOND = 200 };

static const char line_end[] = "}\n";

static const char *program_name = "ward";
static enum log_level level_max = LOG_INFO;
static atomic_llong second_now;
static atomic_uint lines_this_second;
static atomic_uint lines_dropped;

void log_begin(const char *program, enum log_level max_level)
{
    program_name = program;
    level_max = max_level;
}

static bool log_allowed(long long second)
{
    if (atomic_exchange(&second_now, second) != second)
        atomic_store(&lines_this_second, 0);
    if (atomic_fetch_add(&lines_this_second, 1) < LINES_PER_SECOND)
        return true;
    atomic_fetch_add(&lines_dropped, 1);
    return false;
}

struct line {
    char at[LINE_SIZE];
    size_t len;
    bool cut; /* something did not fit, or would not leave room for the line's end */
};

__attribute__((format(printf, 2, 3))) static void line_add(struct line *line, const char *format,
                                                           ...)
{
    size_t room = sizeof(line->at) - (sizeof(line_end) - 1) - line->len;
    va_list list;

    va_start(list, format);
    int more = vsnprintf(line->at + line->len, room, format, list);
    va_end(list);
    if (more < 0 || (size_t)more >= room)
        line->cut = true;
    else
        line->len += (size_t)more;
}

static void value_add(struct line *line, const struct log_field *field)
{
    switch (field->kind) {
    case LOG_KIND_U64:
        line_add(line, "%llu", (unsigned long long)field->number);
        break;
    case LOG_KIND_I64:
        line_add(line, "%lld", (long long)field->number);
        break;
    case LOG_KIND_WORD:
        line_add(line, "\"%s\"", field->word);
        break;
    case LOG_KIND_ID:
        line_add(line, "\"");
        for (size_t i = 0; i < field->id_len; i++)
            line_add(line, "%02x", field->id[i]);
        line_add(line, "\"");
        break;
    case LOG_KIND_NONE:
        break;
    }
}

/* All of the field or nothing of it: a line is JSON whatever is in it. */
static void field_add(struct line *line, const struct log_field *field)
{
    size_t before = line->len;

    line->cut = false;
    line_add(line, ",\"%s\":", field->name);
    value_add(line, field);
    if (line->cut)
        line->len = before;
}

void log_write(enum log_level level, const char *name, const struct log_field *fields)
{
    static const char *const levels[] = {"error", "warn", "info", "debug"};
    struct line line = {.len = 0};
    char at[TIME_TEXT_SIZE];
    struct timespec now;

    if (level > level_max)
        return;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    if (!log_allowed(now.tv_sec))
        return;
    time_print((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000, at);
    line_add(&line, "{\"at\":\"%s\",\"level\":\"%s\",\"from\":\"%s\",\"event\":\"%s\"", at,
             levels[level], program_name, name);
    unsigned dropped = atomic_exchange(&lines_dropped, 0);
    if (dropped > 0)
        line_add(&line, ",\"dropped_before\":%u", dropped);
    for (; fields->kind != LOG_KIND_NONE; fields++)
        field_add(&line, fields);
    memcpy(line.at + line.len, line_end, sizeof(line_end) - 1);
    line.len += sizeof(line_end) - 1;
    /* One write a line: lines of several processes and threads do not mix. */
    (void)!write(STDERR_FILENO, line.at, line.len);
}
