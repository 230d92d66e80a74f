#include "server-private.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/wipe.h"

/* A reply's body: wiped when MHD has sent it. */
struct content {
    size_t len;
    uint8_t at[];
};

static void content_free(void *context)
{
    struct content *content = context;

    wipe(content->at, content->len);
    free(content);
}

static struct MHD_Response *response_of(struct bytes body)
{
    struct content *content = malloc(sizeof(*content) + body.len);

    if (!content)
        return NULL;
    content->len = body.len;
    if (body.len > 0)
        memcpy(content->at, body.at, body.len);
    struct MHD_Response *response = MHD_create_response_from_buffer_with_free_callback_cls(
        body.len, content->at, content_free, content);
    if (!response)
        content_free(content);
    return response;
}

static struct MHD_Response *response_empty(void)
{
    return MHD_create_response_from_buffer(0, (void *)(uintptr_t) "", MHD_RESPMEM_PERSISTENT);
}

static bool add_header(struct MHD_Response *response, const char *name, const char *value)
{
    return MHD_add_response_header(response, name, value) == MHD_YES;
}

static struct MHD_Response *prepare(const struct http_request *request,
                                    struct MHD_Response *response, enum reply_cache cache,
                                    const struct http_reply_line *lines)
{
    if (!response)
        return NULL;
    bool good = headers_add_security(response, request->tls, cache) &&
                add_header(response, "Ward-Request", request->correlation);

    for (const struct http_reply_line *line = lines; line && good; line = line->next)
        good = add_header(response, line->name, line->value);
    if (good)
        return response;
    MHD_destroy_response(response);
    return NULL;
}

struct MHD_Response *reply_prepare(struct http_request *request, struct MHD_Response *response,
                                   enum reply_cache cache)
{
    if (response && request->lines_failed) {
        MHD_destroy_response(response);
        response = NULL;
    }
    return prepare(request, response, cache, request->lines);
}

void reply_send(struct http_request *request, unsigned status, struct MHD_Response *response,
                int64_t size)
{
    if (!response) {
        /* Whatever was wrong, the peer is not left waiting. */
        request->lines = NULL;
        request->lines_failed = false;
        response = reply_prepare(request, response_empty(), REPLY_NO_STORE);
        status = MHD_HTTP_INTERNAL_SERVER_ERROR;
        size = 0;
    }
    pthread_mutex_lock(&request->lock);
    assert(!request->answered);
    request->answered = true;
    struct MHD_Connection *mhd = TAKE(request->suspended);
    if (mhd) {
        request->response = TAKE(response);
        request->status = status;
        request->size = size;
        MHD_resume_connection(mhd);
    }
    pthread_mutex_unlock(&request->lock);
    if (response)
        MHD_destroy_response(response);
    request_unref(request);
}

static const struct refusal {
    unsigned status;
    const char *word;
    const char *title;
    const char *detail;
} refusals[] = {
    [REFUSED_ADDRESS_LONG] = {MHD_HTTP_URI_TOO_LONG, "address-long", "The address is too long",
                              "Shorten it: 2048 bytes are the limit."},
    [REFUSED_HEADERS_LARGE] = {MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE, "headers-large",
                               "There are too many header fields", "Send 64 at most."},
    [REFUSED_MALFORMED] = {MHD_HTTP_BAD_REQUEST, "request-malformed", "The request is malformed",
                           "Send a request that can be read in one way only."},
    [REFUSED_BODY_LARGE] = {MHD_HTTP_CONTENT_TOO_LARGE, "body-large", "The body is too large",
                            "Send less at once."},
    [REFUSED_BUSY] = {MHD_HTTP_SERVICE_UNAVAILABLE, "busy", "Too much at once",
                      "Try again in a few seconds."},
    [REFUSED_STOPPING] = {MHD_HTTP_SERVICE_UNAVAILABLE, "stopping", "The server is stopping",
                          "Try again in a few seconds."},
};

enum MHD_Result reply_refuse(struct http_request *request, struct MHD_Connection *mhd,
                             enum refusal_kind kind)
{
    const struct refusal *refusal = &refusals[kind];
    struct MHD_Response *response = reply_problem_response(
        request, refusal->status, refusal->word, refusal->title, refusal->detail, NULL, 0);

    /* Without the lines: whoever still owes the answer may be adding to them at this moment. */
    response = prepare(request, response, REPLY_NO_STORE, NULL);
    if (!response)
        return MHD_NO;
    /* What follows on this connection may be anything. */
    bool good = add_header(response, "Connection", "close") &&
                (refusal->status != MHD_HTTP_SERVICE_UNAVAILABLE ||
                 add_header(response, "Retry-After", "2"));
    enum MHD_Result result = good ? MHD_queue_response(mhd, refusal->status, response) : MHD_NO;
    MHD_destroy_response(response);
    return result;
}

static bool header_plain(struct text text)
{
    for (size_t i = 0; i < text.len; i++)
        if (((unsigned char)text.at[i] < 0x20 && text.at[i] != '\t') || text.at[i] == 0x7f)
            return false;
    return true;
}

void http_reply_header(struct http_request *request, const char *name, struct text value)
{
    struct http_reply_line *line = arena_take(request->arena, sizeof(*line));
    struct text name_copy = arena_copy_text(request->arena, text_of(name));
    struct text value_copy = arena_copy_text(request->arena, value);

    if (!line || !name_copy.at || !value_copy.at || !header_plain(name_copy) ||
        !header_plain(value_copy)) {
        request->lines_failed = true;
        return;
    }
    *line = (struct http_reply_line){
        .next = request->lines, .name = name_copy.at, .value = value_copy.at};
    request->lines = line;
}

void http_reply(struct http_request *request, unsigned status, const char *type, struct bytes body)
{
    struct MHD_Response *response = type ? response_of(body) : response_empty();

    if (response && type && !add_header(response, "Content-Type", type)) {
        MHD_destroy_response(response);
        response = NULL;
    }
    response = reply_prepare(request, response, REPLY_NO_STORE);
    reply_send(request, status, response, type ? (int64_t)body.len : 0);
}

/* FNV-1a: an ETag tells versions of our own files apart, nobody attacks it. */
static uint64_t content_number(struct bytes body)
{
    uint64_t number = 0xcbf29ce484222325;

    for (size_t i = 0; i < body.len; i++)
        number = (number ^ body.at[i]) * 0x100000001b3;
    return number;
}

void http_reply_static(struct http_request *request, const char *type, const char *encoding,
                       struct bytes body, bool immutable)
{
    char tag[32];
    struct text known = http_header(request, "If-None-Match");

    (void)snprintf(tag, sizeof(tag), "\"%016" PRIx64 "%s\"", content_number(body),
                   encoding ? "-z" : "");
    bool same = known.at && text_equal(known, text_of(tag));
    struct MHD_Response *response =
        same ? response_empty()
             : MHD_create_response_from_buffer(body.len, (void *)(uintptr_t)body.at,
                                               MHD_RESPMEM_PERSISTENT);
    bool good = response && add_header(response, "ETag", tag) &&
                add_header(response, "Vary", "Accept-Encoding") &&
                (same || add_header(response, "Content-Type", type)) &&
                (same || !encoding || add_header(response, "Content-Encoding", encoding));
    if (response && !good) {
        MHD_destroy_response(response);
        response = NULL;
    }
    response = reply_prepare(request, response, immutable ? REPLY_IMMUTABLE : REPLY_REVALIDATE);
    reply_send(request, same ? MHD_HTTP_NOT_MODIFIED : MHD_HTTP_OK, response, (int64_t)body.len);
}

void http_defer(struct http_request *request)
{
    pthread_mutex_lock(&request->lock);
    request->deferred = true;
    pthread_mutex_unlock(&request->lock);
}

struct MHD_Response *reply_problem_response(struct http_request *request, unsigned status,
                                            const char *word, const char *title, const char *detail,
                                            const struct http_problem_field *fields,
                                            size_t field_count)
{
    CLEANUP(buffer_deinit) struct buffer body = buffer_init(HTTP_STREAM_MAX);

    problem_print(&body, status, word, title, detail, http_correlation(request), fields,
                  field_count);
    if (buffer_check(&body))
        return NULL;
    struct MHD_Response *response = response_of(buffer_bytes(&body));
    if (response && !add_header(response, "Content-Type", "application/problem+json")) {
        MHD_destroy_response(response);
        return NULL;
    }
    return response;
}

void http_reply_problem(struct http_request *request, unsigned status, const char *word,
                        const char *title, const char *detail,
                        const struct http_problem_field *fields, size_t field_count)
{
    struct MHD_Response *response =
        reply_problem_response(request, status, word, title, detail, fields, field_count);

    response = reply_prepare(request, response, REPLY_NO_STORE);
    reply_send(request, status, response, HTTP_STREAM_MAX);
}
