#include "print.h"

#include <string.h>

#include "base/bytes.h"
#include "base/utf8.h"

enum { CELL_SIZE = 256, COLUMNS_MAX = 12 };

/* C0, C1, and the marks that turn text around (Unicode TR 36 §2.3, CVE-2021-42574). */
static bool is_harmless(uint32_t point)
{
    if (point < 0x20 || (point >= 0x7f && point < 0xa0))
        return false;
    if (point == 0x061c || (point >= 0x200b && point <= 0x200f))
        return false;
    return !(point >= 0x202a && point <= 0x202e) && !(point >= 0x2060 && point <= 0x206f) &&
           point != 0xfeff;
}

/* Prints at most width characters and returns how many those were. */
static size_t print_cell(FILE *file, const char *string, size_t width)
{
    struct text text = text_of(string);
    size_t count = 0;

    while (text.len > 0 && count < width) {
        uint32_t point = 0;
        size_t len = utf8_next(text, &point);

        if (len > 0 && is_harmless(point))
            (void)fwrite(text.at, 1, len, file);
        else
            (void)fputc('?', file);
        len = len ? len : 1;
        text.at += len;
        text.len -= len;
        count++;
    }
    return count;
}

void print_text(FILE *file, const char *text)
{
    (void)print_cell(file, text ? text : "-", SIZE_MAX);
}

static size_t characters(const char *string)
{
    size_t count = 0;

    for (; *string; string++)
        count += (*string & 0xc0) != 0x80;
    return count;
}

const char *print_member(const json_t *object, const char *member)
{
    static char cell[CELL_SIZE];
    const json_t *value = json_object_get(object, member);

    if (json_is_string(value)) {
        (void)snprintf(cell, sizeof(cell), "%s", json_string_value(value));
        size_t len = strlen(cell);
        if (len == 24 && cell[10] == 'T' && cell[23] == 'Z') {
            cell[10] = ' ';
            memcpy(cell + 19, "Z", 2);
        }
    } else if (json_is_integer(value)) {
        (void)snprintf(cell, sizeof(cell), "%lld", (long long)json_integer_value(value));
    } else if (json_is_boolean(value)) {
        (void)snprintf(cell, sizeof(cell), "%s", json_is_true(value) ? "yes" : "no");
    } else {
        (void)snprintf(cell, sizeof(cell), "-");
    }
    return cell;
}

void print_table(const json_t *rows, const struct print_column *columns, size_t column_count)
{
    size_t width[COLUMNS_MAX] = {0};
    size_t at;
    const json_t *row;

    if (json_array_size(rows) == 0) {
        (void)printf("(none)\n");
        return;
    }
    for (size_t c = 0; c < column_count; c++)
        width[c] = strlen(columns[c].title);
    json_array_foreach(rows, at, row) for (size_t c = 0; c < column_count; c++)
    {
        size_t count = characters(print_member(row, columns[c].member));
        width[c] = count > width[c] ? count : width[c];
    }
    for (size_t c = 0; c < column_count; c++)
        (void)printf("%-*s%s", c + 1 < column_count ? (int)width[c] : 0, columns[c].title,
                     c + 1 < column_count ? "  " : "\n");
    json_array_foreach(rows, at, row) for (size_t c = 0; c < column_count; c++)
    {
        size_t count = print_cell(stdout, print_member(row, columns[c].member), width[c]);
        if (c + 1 < column_count)
            (void)printf("%*s", (int)(width[c] - count) + 2, "");
        else
            (void)putchar('\n');
    }
}

void print_json(const json_t *answer)
{
    (void)json_dumpf(answer, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII);
    (void)putchar('\n');
}
