#include "server-private.h"

/* Text as a JSON string (RFC 8259 §7). */
static void print_string(struct buffer *buffer, struct text text)
{
    buffer_append(buffer, "\"", 1);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];

        if (c < 0x20 || c == 0x7f)
            buffer_print(buffer, "\\u%04x", c);
        else if (c == '"' || c == '\\')
            buffer_print(buffer, "\\%c", c);
        else
            buffer_append(buffer, &text.at[i], 1);
    }
    buffer_append(buffer, "\"", 1);
}

static void print_member(struct buffer *buffer, const char *name, const char *value)
{
    buffer_print(buffer, "\"%s\":", name);
    print_string(buffer, text_of(value));
    buffer_append(buffer, ",", 1);
}

void problem_print(struct buffer *buffer, unsigned status, const char *word, const char *title,
                   const char *detail, struct text request, const struct http_problem_field *fields,
                   size_t field_count)
{
    buffer_print(buffer, "{\"type\":\"/problems/%s\",", word);
    print_member(buffer, "title", title);
    buffer_print(buffer, "\"status\":%u,", status);
    print_member(buffer, "detail", detail);
    for (size_t i = 0; i < field_count; i++) {
        buffer_append_string(buffer, i == 0 ? "\"errors\":[{" : ",{");
        buffer_append_string(buffer, "\"pointer\":");
        print_string(buffer, text_of(fields[i].pointer));
        buffer_append_string(buffer, ",\"detail\":");
        print_string(buffer, text_of(fields[i].detail));
        buffer_append_string(buffer, i + 1 == field_count ? "}]," : "}");
    }
    buffer_append_string(buffer, "\"request\":");
    print_string(buffer, request);
    buffer_append(buffer, "}", 1);
}
