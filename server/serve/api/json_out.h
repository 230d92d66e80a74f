#pragma once

/*
 * JSON on its way out: members in the order they are written, into one buffer with a ceiling
 *
 * name is NULL inside arrays and for the outermost value. A failure stays in the buffer and is
 * checked once, when the answer is sent.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/bytes.h"

struct json_out {
    struct buffer buffer;
    bool comma; /* something stands before the next value */
};

struct json_out json_out_init(size_t max_bytes);
void json_out_deinit(struct json_out *out);

static inline void json_out_deinit_at(struct json_out *out)
{
    json_out_deinit(out);
}

void json_out_object(struct json_out *out, const char *name);
void json_out_object_end(struct json_out *out);
void json_out_array(struct json_out *out, const char *name);
void json_out_array_end(struct json_out *out);
void json_out_text(struct json_out *out, const char *name, struct text text);
void json_out_string(struct json_out *out, const char *name, const char *string);
/* null where text is empty. */
void json_out_text_or_null(struct json_out *out, const char *name, struct text text);
void json_out_integer(struct json_out *out, const char *name, int64_t value);
void json_out_boolean(struct json_out *out, const char *name, bool value);
void json_out_null(struct json_out *out, const char *name);
/* A value that is JSON already. */
void json_out_json(struct json_out *out, const char *name, struct text json);
/* RFC 3339, UTC. */
void json_out_moment(struct json_out *out, const char *name, int64_t at);
/* null where at is 0. */
void json_out_moment_or_null(struct json_out *out, const char *name, int64_t at);
void json_out_day(struct json_out *out, const char *name, int32_t day);
void json_out_hex(struct json_out *out, const char *name, struct bytes bytes);
void json_out_base64url(struct json_out *out, const char *name, struct bytes bytes);
