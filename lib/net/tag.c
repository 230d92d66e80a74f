#include "net/tag.h"

#include <inttypes.h>

#include "base/buffer.h"
#include "base/hex.h"

enum { TAGGED_MAX = 16 * 1024 };

/* Lines hold no line ends, so no two requests print the same. */
static bool is_line(struct text text)
{
    return text.len == 0 || !memchr(text.at, '\n', text.len);
}

static bool request_plain(const struct tag_request *request)
{
    return is_line(request->method) && is_line(request->path) && is_line(request->device);
}

RESULT tag_make(struct bytes instance_key, const struct tag_request *request, struct hash *ret_tag)
{
    CLEANUP(buffer_deinit) struct buffer tagged = buffer_init(TAGGED_MAX);
    char body[2 * HASH_SIZE + 1];
    struct hash digest;

    if (!request_plain(request))
        return FAULT(ERR_CRYPTO);
    int r = hash_bytes(request->body, &digest);
    if (r)
        return r;
    hex_print((struct bytes){.at = digest.at, .len = HASH_SIZE}, body);
    buffer_append_string(&tagged, "ward-request-v1\n");
    buffer_append_text(&tagged, request->method);
    buffer_append_string(&tagged, "\n");
    buffer_append_text(&tagged, request->path);
    buffer_append_string(&tagged, "\n");
    buffer_append_text(&tagged, request->device);
    buffer_print(&tagged, "\n%" PRIu32 "\n%" PRIu64 "\n%s", request->epoch, request->sequence,
                 body);
    r = buffer_check(&tagged);
    if (r)
        return r;
    const struct bytes piece = buffer_bytes(&tagged);
    return hash_hmac(instance_key, &piece, 1, ret_tag);
}

RESULT tag_check(struct bytes instance_key, const struct tag_request *request, struct text tag)
{
    struct hash made, given;

    if (!request_plain(request))
        return TAG_FORGED;
    int r = hex_parse(tag, given.at, sizeof(given.at));
    if (r)
        return r > 0 ? TAG_FORGED : r;
    r = tag_make(instance_key, request, &made);
    if (r)
        return r;
    return bytes_equal_secret(made.at, given.at, sizeof(made.at)) ? 0 : TAG_FORGED;
}
