#include "patterns_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void patterns_file_deinit(struct patterns_file *file)
{
    for (size_t i = 0; i < file->count; i++)
        free(file->places[i].path);
    file->count = 0;
    buffer_deinit(&file->text);
}

static bool whole_read(struct buffer *buffer, const char *program, const char *path)
{
    char block[4096];
    size_t len;
    FILE *file = fopen(path, "rb");

    if (!file) {
        (void)fprintf(stderr, "%s: %s: %s\n", program, path, strerror(errno));
        return false;
    }
    while ((len = fread(block, 1, sizeof(block), file)) > 0)
        buffer_append(buffer, block, len);
    bool whole = !ferror(file) && buffer_check(buffer) == 0;
    (void)fclose(file);
    if (!whole)
        (void)fprintf(stderr, "%s: %s: cannot be read, or is too large\n", program, path);
    return whole;
}

static bool place_add(struct patterns_file *file, size_t line, size_t from, const char *path)
{
    char *copy = strdup(path);

    if (!copy || file->count == sizeof(file->places) / sizeof(file->places[0])) {
        free(copy);
        return false;
    }
    file->places[file->count++] = (struct patterns_place){line, from, copy};
    return true;
}

static bool line_next(struct text *rest, struct text *ret_line)
{
    const char *end = rest->len ? memchr(rest->at, '\n', rest->len) : NULL;
    size_t len = end ? (size_t)(end - rest->at) : rest->len;

    if (rest->len == 0)
        return false;
    *ret_line = (struct text){rest->at, len};
    rest->at += len + (end != NULL);
    rest->len -= len + (end != NULL);
    if (len && ret_line->at[len - 1] == '\r')
        ret_line->len--;
    return true;
}

/* "list<TAB>name<TAB>file": the file's name, or nothing. */
static struct text list_file(struct text line)
{
    static const char list[] = "list\t";
    size_t head = sizeof(list) - 1;

    if (line.len <= head || memcmp(line.at, list, head) != 0)
        return (struct text){0};
    const char *tab = memchr(line.at + head, '\t', line.len - head);
    if (!tab)
        return (struct text){0};
    struct text name = {tab + 1, (size_t)(line.at + line.len - tab - 1)};
    while (name.len && name.at[name.len - 1] == ' ')
        name.len--;
    return name;
}

/* Beside the document, unless it is named from the root. */
static char *path_beside(const char *document, struct text name)
{
    const char *slash = strrchr(document, '/');
    size_t head = slash && name.at[0] != '/' ? (size_t)(slash - document) + 1 : 0;
    char *path = malloc(head + name.len + 1);

    if (path) {
        memcpy(path, document, head);
        memcpy(path + head, name.at, name.len);
        path[head + name.len] = 0;
    }
    return path;
}

/* Entries of a list's file, each as a line that begins with a tab. */
static bool list_append(struct patterns_file *file, const char *program, const char *path,
                        size_t *line)
{
    CLEANUP(buffer_deinit) struct buffer bytes = buffer_init(file->text.max);
    struct text entry;

    if (!whole_read(&bytes, program, path) || !place_add(file, *line + 1, 1, path))
        return false;
    struct text rest = text_of_bytes(buffer_bytes(&bytes));
    while (line_next(&rest, &entry)) {
        if (entry.len)
            buffer_append_string(&file->text, "\t");
        buffer_append_text(&file->text, entry);
        buffer_append_string(&file->text, "\n");
        ++*line;
    }
    return true;
}

static bool line_append(struct patterns_file *file, const char *program, const char *document,
                        struct text line, size_t *at, size_t number)
{
    struct text name = list_file(line);

    if (name.len)
        line.len = (size_t)(name.at - line.at) - 1;
    buffer_append_text(&file->text, line);
    buffer_append_string(&file->text, "\n");
    ++*at;
    if (name.len == 0)
        return true;
    char *path = path_beside(document, name);
    bool well = path && list_append(file, program, path, at) &&
                place_add(file, *at + 1, number + 1, document);
    free(path);
    return well;
}

bool patterns_file_read(struct patterns_file *file, const char *program, const char *path,
                        size_t max_bytes)
{
    CLEANUP(buffer_deinit) struct buffer bytes = buffer_init(max_bytes);
    struct text line;
    size_t number = 0;
    size_t at = 0;

    file->text = buffer_init(max_bytes + 1); /* a line's end may be added to the last */
    if (!whole_read(&bytes, program, path) || !place_add(file, 1, 1, path))
        return false;
    struct text rest = text_of_bytes(buffer_bytes(&bytes));
    while (line_next(&rest, &line))
        if (!line_append(file, program, path, line, &at, ++number))
            return false;
    if (buffer_check(&file->text) == 0)
        return true;
    (void)fprintf(stderr, "%s: %s: with its lists it is too large\n", program, path);
    return false;
}

void patterns_file_tell(const struct patterns_file *file, const char *program,
                        const struct redactor_error *error)
{
    const struct patterns_place *place = &file->places[0];

    for (size_t i = 1; i < file->count && file->places[i].line <= error->line; i++)
        place = &file->places[i];
    (void)fprintf(stderr, "%s: %s:%zu:%zu: %s: expected %s\n", program, place->path,
                  place->from + error->line - place->line, error->column, error->field,
                  error->expected);
}
