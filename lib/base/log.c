#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/moment.h"

enum { LINE_SIZE = 1024, LINES_PER_SECOND = 200 };

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

__attribute__((format(printf, 3, 4))) static size_t line_add(char *line, size_t len,
                                                             const char *format, ...)
{
    va_list list;

    va_start(list, format);
    int more = vsnprintf(line + len, LINE_SIZE - len, format, list);
    va_end(list);
    return more < 0 || (size_t)more >= LINE_SIZE - len ? len : len + (size_t)more;
}

static size_t field_add(char *line, size_t len, const struct log_field *field)
{
    size_t before = len;

    len = line_add(line, len, ",\"%s\":", field->name);
    switch (field->kind) {
    case LOG_KIND_U64:
        return line_add(line, len, "%llu", (unsigned long long)field->number);
    case LOG_KIND_I64:
        return line_add(line, len, "%lld", (long long)field->number);
    case LOG_KIND_WORD:
        return line_add(line, len, "\"%s\"", field->word);
    case LOG_KIND_ID:
        len = line_add(line, len, "\"");
        for (size_t i = 0; i < field->id_len; i++)
            len = line_add(line, len, "%02x", field->id[i]);
        return line_add(line, len, "\"");
    case LOG_KIND_NONE:
        break;
    }
    return before;
}

void log_write(enum log_level level, const char *name, const struct log_field *fields)
{
    static const char *const levels[] = {"error", "warn", "info", "debug"};
    char line[LINE_SIZE];
    char at[TIME_TEXT_SIZE];
    struct timespec now;
    size_t len = 0;

    if (level > level_max)
        return;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    if (!log_allowed(now.tv_sec))
        return;
    time_print((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000, at);
    len = line_add(line, len, "{\"at\":\"%s\",\"level\":\"%s\",\"from\":\"%s\",\"event\":\"%s\"",
                   at, levels[level], program_name, name);
    unsigned dropped = atomic_exchange(&lines_dropped, 0);
    if (dropped > 0)
        len = line_add(line, len, ",\"dropped_before\":%u", dropped);
    for (; fields->kind != LOG_KIND_NONE; fields++)
        len = field_add(line, len, fields);
    len = line_add(line, len, "}\n");
    /* One write a line: lines of several processes and threads do not mix. */
    (void)!write(STDERR_FILENO, line, len);
}
