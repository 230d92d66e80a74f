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

struct head_walk {
    struct http_request *request;
    bool failed;
};

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
    pair->name = arena_copy_text(request->arena, (struct text){.at = name, .len = name_len});
    pair->value =
        arena_copy_text(request->arena, (struct text){.at = value ? value : "", .len = value_len});
    walk->failed = !pair->name.at || !pair->value.at;
    if (walk->failed)
        return MHD_NO;
    request->header_count++;
    return MHD_YES;
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
                         const char *method)
{
    struct head_walk walk = {.request = request};

    request->method = arena_copy_text(request->arena, text_of(method));
    request->headers =
        arena_take_array(request->arena, HTTP_HEADERS_MAX, sizeof(*request->headers));
    if (!request->method.at || !request->headers)
        return FAULT(ERR_MEMORY);
    (void)MHD_get_connection_values_n(connection->mhd, MHD_HEADER_KIND, take_header, &walk);
    if (walk.failed)
        return FAULT(ERR_MEMORY);
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
