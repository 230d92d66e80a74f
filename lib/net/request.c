#include "server-private.h"

#include <gnutls/gnutls.h>
#include <stdlib.h>
#include <strings.h>

#include "base/hex.h"
#include "os/secret.h"

/* The first reason stays. */
static void refuse(struct http_request *request, enum refusal_kind kind)
{
    if (!request->refused)
        request->refusal = kind;
    request->refused = true;
}

static int request_init(struct http_request *request, struct connection *connection,
                        const char *uri)
{
    uint8_t random[(HTTP_CORRELATION_SIZE - 1) / 2];
    int r = secret_random(random, sizeof(random));

    if (r)
        return r;
    hex_print((struct bytes){.at = random, .len = sizeof(random)}, request->correlation);
    r = arena_new(&request->arena, HTTP_ARENA_MAX);
    if (r)
        return r;
    request->server = connection->server;
    request->local = connection->local;
    request->uid = connection->uid;
    request->tls = connection->tls != NULL;
    request->body = buffer_init(connection->server->config.body_max);
    memcpy(request->source, connection->source, sizeof(request->source));
    struct text raw = text_of(uri);
    request->uri_end = (uintptr_t)uri + raw.len + 1;
    if (raw.len > HTTP_URL_MAX) {
        refuse(request, REFUSED_ADDRESS_LONG);
        return 0;
    }
    r = target_parse(raw, request->arena, &request->target);
    if (r > 0)
        refuse(request, REFUSED_MALFORMED);
    return r < 0 ? r : 0;
}

RESULT request_new(struct http_request **ret_request, struct connection *connection,
                   const char *uri)
{
    struct http_request *request = calloc(1, sizeof(*request));

    if (!request)
        return FAULT(ERR_MEMORY);
    if (pthread_mutex_init(&request->lock, NULL)) {
        free(request);
        return FAULT(ERR_SYSTEM);
    }
    atomic_init(&request->references, 1);
    int r = request_init(request, connection, uri);
    if (r) {
        request_unref(request);
        return r;
    }
    *ret_request = request;
    return 0;
}

struct http_request *request_unref(struct http_request *request)
{
    if (!request || atomic_fetch_sub(&request->references, 1) > 1)
        return NULL;
    if (request->response)
        MHD_destroy_response(request->response);
    if (request->stream)
        http_stream_unref(request->stream);
    buffer_deinit(&request->body);
    arena_free(request->arena);
    pthread_mutex_destroy(&request->lock);
    free(request);
    return NULL;
}

/*
 * MHD reads more than RFC 9112 allows: a blank before a colon, lines that are continued, line ends
 * of one byte, and values up to a NUL. Whoever stands before us may read the same bytes otherwise,
 * so every byte of the head must be where a plain reading has it. MHD keeps names and values where
 * they came, ending them by a NUL in place of what stood there.
 */
struct head_walk {
    struct http_request *request;
    uintptr_t at; /* where the next line begins */
    bool failed;
};

/* Past the NUL of a line's text and its end; MHD may have cleared the line feed too, or not. */
static uintptr_t after_line(const char *text, size_t len)
{
    return text[len] == 0 && (text[len + 1] == 0 || text[len + 1] == '\n')
               ? (uintptr_t)text + len + 2
               : 0;
}

/* RFC 9110 §5.6.2 */
static bool is_token(const char *at, size_t len)
{
    static const char marks[] = "!#$%&'*+-.^_`|~";

    for (size_t i = 0; i < len; i++)
        if (!(at[i] >= 'a' && at[i] <= 'z') && !(at[i] >= 'A' && at[i] <= 'Z') &&
            !(at[i] >= '0' && at[i] <= '9') && (at[i] == 0 || !strchr(marks, at[i])))
            return false;
    return len > 0;
}

static bool is_value(const char *at, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (((unsigned char)at[i] < ' ' && at[i] != '\t') || at[i] == 0x7f)
            return false;
    return true;
}

/* Is "name: value" all that stands between the line before and the end of this one? */
static bool line_plain(const struct head_walk *walk, const char *name, size_t name_len,
                       const char *value, size_t value_len)
{
    if ((uintptr_t)name != walk->at || !is_token(name, name_len) || !is_value(value, value_len) ||
        (uintptr_t)value <= (uintptr_t)name + name_len)
        return false;
    for (const char *at = name + name_len + 1; at < value; at++)
        if (*at != ' ' && *at != '\t')
            return false;
    return true;
}

static enum MHD_Result take_header(void *context, enum MHD_ValueKind kind, const char *name,
                                   size_t name_len, const char *value, size_t value_len)
{
    struct head_walk *walk = context;
    struct http_request *request = walk->request;
    struct target_pair *pair = &request->headers[request->header_count];

    (void)kind;
    if (request->header_count == HTTP_HEADERS_MAX) {
        refuse(request, REFUSED_HEADERS_LARGE);
        return MHD_NO;
    }
    if (!value || !line_plain(walk, name, name_len, value, value_len)) {
        refuse(request, REFUSED_MALFORMED);
        return MHD_NO;
    }
    walk->at = after_line(value, value_len);
    pair->name = arena_copy_text(request->arena, (struct text){.at = name, .len = name_len});
    pair->value = arena_copy_text(request->arena, (struct text){.at = value, .len = value_len});
    walk->failed = !pair->name.at || !pair->value.at;
    if (walk->failed)
        return MHD_NO;
    request->header_count++;
    return MHD_YES;
}

/* The lines from behind the version to the head's end, and nothing else. */
static int take_headers(struct http_request *request, struct MHD_Connection *mhd,
                        const char *method, const char *version)
{
    struct head_walk walk = {.request = request, .at = after_line(version, strlen(version))};
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);

    if (!info)
        return FAULT(ERR_SYSTEM);
    uintptr_t end = (uintptr_t)method + info->header_size;
    /* MHD ends the address at a NUL in it, and would let the rest pass unseen. */
    if ((uintptr_t)version != request->uri_end) {
        refuse(request, REFUSED_MALFORMED);
        return 0;
    }
    (void)MHD_get_connection_values_n(mhd, MHD_HEADER_KIND, take_header, &walk);
    if (walk.failed)
        return FAULT(ERR_MEMORY);
    if (!request->refused && walk.at + 2 != end)
        refuse(request, REFUSED_MALFORMED);
    return 0;
}

static int take_certificate(struct http_request *request, const struct connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection->mhd, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    unsigned count = 0;

    if (!info)
        return FAULT(ERR_SYSTEM);
    const gnutls_datum_t *chain =
        gnutls_certificate_get_peers((gnutls_session_t)info->tls_session, &count);
    if (!chain || count == 0)
        return 0;
    request->certificate =
        arena_copy(request->arena, (struct bytes){.at = chain[0].data, .len = chain[0].size});
    return request->certificate.at ? 0 : FAULT(ERR_MEMORY);
}

RESULT request_take_head(struct http_request *request, struct connection *connection,
                         const char *method, const char *version)
{
    request->method = arena_copy_text(request->arena, text_of(method));
    request->headers =
        arena_take_array(request->arena, HTTP_HEADERS_MAX, sizeof(*request->headers));
    if (!request->method.at || !request->headers)
        return FAULT(ERR_MEMORY);
    int r = take_headers(request, connection->mhd, method, version);
    if (r)
        return r;
    return request->tls ? take_certificate(request, connection) : 0;
}

struct text http_method(const struct http_request *request)
{
    return request->method;
}

struct text http_path(const struct http_request *request)
{
    return request->target.path;
}

struct text http_header(const struct http_request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++)
        if (strcasecmp(request->headers[i].name.at, name) == 0)
            return request->headers[i].value;
    return (struct text){0};
}

struct text http_query(const struct http_request *request, const char *name)
{
    for (size_t i = 0; i < request->target.parameter_count; i++)
        if (text_equal(request->target.parameters[i].name, text_of(name)))
            return request->target.parameters[i].value;
    return (struct text){0};
}

struct text http_cookie(const struct http_request *request, const char *name)
{
    return target_cookie(http_header(request, "Cookie"), text_of(name));
}

struct bytes http_body(const struct http_request *request)
{
    return buffer_bytes(&request->body);
}

struct text http_source(const struct http_request *request)
{
    return text_of(request->source);
}

struct bytes http_client_certificate(const struct http_request *request)
{
    return request->certificate;
}

bool http_local_uid(const struct http_request *request, uid_t *ret_uid)
{
    if (request->local)
        *ret_uid = request->uid;
    return request->local;
}

struct text http_correlation(const struct http_request *request)
{
    return text_of(request->correlation);
}

struct arena *http_arena(struct http_request *request)
{
    return request->arena;
}
