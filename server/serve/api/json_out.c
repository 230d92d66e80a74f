#include "server/serve/api/json_out.h"

#include <inttypes.h>

#include "base/base64.h"
#include "base/moment.h"

struct json_out json_out_init(size_t max_bytes)
{
    return (struct json_out){.buffer = buffer_init(max_bytes)};
}

void json_out_deinit(struct json_out *out)
{
    buffer_deinit(&out->buffer);
}

static void escaped(struct buffer *buffer, struct text text)
{
    size_t from = 0;

    buffer_append(buffer, "\"", 1);
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = (uint8_t)text.at[i];

        if (byte >= 0x20 && byte != '"' && byte != '\\')
            continue;
        buffer_append(buffer, text.at + from, i - from);
        if (byte == '"' || byte == '\\')
            buffer_print(buffer, "\\%c", byte);
        else
            buffer_print(buffer, "\\u%04x", byte);
        from = i + 1;
    }
    if (from < text.len)
        buffer_append(buffer, text.at + from, text.len - from);
    buffer_append(buffer, "\"", 1);
}

static void begin(struct json_out *out, const char *name)
{
    if (out->comma)
        buffer_append(&out->buffer, ",", 1);
    if (name)
        buffer_print(&out->buffer, "\"%s\":", name);
    out->comma = true;
}

void json_out_object(struct json_out *out, const char *name)
{
    begin(out, name);
    buffer_append(&out->buffer, "{", 1);
    out->comma = false;
}

void json_out_object_end(struct json_out *out)
{
    buffer_append(&out->buffer, "}", 1);
    out->comma = true;
}

void json_out_array(struct json_out *out, const char *name)
{
    begin(out, name);
    buffer_append(&out->buffer, "[", 1);
    out->comma = false;
}

void json_out_array_end(struct json_out *out)
{
    buffer_append(&out->buffer, "]", 1);
    out->comma = true;
}

void json_out_json(struct json_out *out, const char *name, struct text json)
{
    begin(out, name);
    buffer_append_text(&out->buffer, json);
}

void json_out_text(struct json_out *out, const char *name, struct text text)
{
    begin(out, name);
    escaped(&out->buffer, text);
}

void json_out_string(struct json_out *out, const char *name, const char *string)
{
    json_out_text(out, name, text_of(string));
}

void json_out_text_or_null(struct json_out *out, const char *name, struct text text)
{
    if (text.len)
        json_out_text(out, name, text);
    else
        json_out_null(out, name);
}

void json_out_integer(struct json_out *out, const char *name, int64_t value)
{
    begin(out, name);
    buffer_print(&out->buffer, "%" PRId64, value);
}

void json_out_boolean(struct json_out *out, const char *name, bool value)
{
    begin(out, name);
    buffer_append_string(&out->buffer, value ? "true" : "false");
}

void json_out_null(struct json_out *out, const char *name)
{
    begin(out, name);
    buffer_append_string(&out->buffer, "null");
}

void json_out_moment(struct json_out *out, const char *name, int64_t at)
{
    char text[TIME_TEXT_SIZE];

    time_print(at, text);
    json_out_string(out, name, text);
}

void json_out_moment_or_null(struct json_out *out, const char *name, int64_t at)
{
    if (at)
        json_out_moment(out, name, at);
    else
        json_out_null(out, name);
}

void json_out_day(struct json_out *out, const char *name, int32_t day)
{
    char text[TIME_TEXT_SIZE];

    time_day_print(day, text);
    json_out_string(out, name, text);
}

void json_out_hex(struct json_out *out, const char *name, struct bytes bytes)
{
    static const char digits[] = "0123456789abcdef";

    begin(out, name);
    buffer_append(&out->buffer, "\"", 1);
    for (size_t i = 0; i < bytes.len; i++) {
        const char pair[2] = {digits[bytes.at[i] >> 4], digits[bytes.at[i] & 15]};

        buffer_append(&out->buffer, pair, sizeof pair);
    }
    buffer_append(&out->buffer, "\"", 1);
}

void json_out_base64url(struct json_out *out, const char *name, struct bytes bytes)
{
    begin(out, name);
    buffer_append(&out->buffer, "\"", 1);
    /* In pieces of whole groups of three bytes, so that no piece but the last needs padding. */
    for (size_t i = 0; i < bytes.len; i += 48) {
        struct bytes piece = {bytes.at + i, bytes.len - i < 48 ? bytes.len - i : 48};
        char text[BASE64URL_SIZE(48)];

        base64url_print(piece, text);
        buffer_append_string(&out->buffer, text);
    }
    buffer_append(&out->buffer, "\"", 1);
}
