#include "server-private.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "os/clock.h"

/*
 * Event streams (WHATWG HTML, "Server-sent events")
 *
 * Events wait in a buffer with a ceiling until MHD's thread takes them. While there are none the
 * connection is suspended; who adds the first resumes it. A reader that has not taken
 * HTTP_STREAM_MAX bytes is cut off rather than waited for.
 */

/* Referenced by the application, the request and MHD's response. */
struct http_stream {
    atomic_uint references;
    pthread_mutex_t lock;
    struct http_server *server; /* that counted it; NULL once MHD has let go */
    struct MHD_Connection *mhd; /* while attached */
    struct buffer buffer;       /* not yet taken by MHD */
    size_t taken;               /* of the buffer's start */
    int fd;
    bool waiting; /* suspended: there was nothing to send */
    bool closed;
    int64_t spoke_at;
};

void http_stream_unref(struct http_stream *stream)
{
    if (!stream || atomic_fetch_sub(&stream->references, 1) > 1)
        return;
    buffer_deinit(&stream->buffer);
    pthread_mutex_destroy(&stream->lock);
    free(stream);
}

/* MHD asks for more; from its thread. */
static ssize_t stream_read(void *context, uint64_t position, char *at, size_t size)
{
    struct http_stream *stream = context;
    ssize_t taken = 0;

    (void)position;
    pthread_mutex_lock(&stream->lock);
    size_t held = stream->buffer.len - stream->taken;
    if (held > 0) {
        size_t len = held < size ? held : size;

        memcpy(at, stream->buffer.at + stream->taken, len);
        stream->taken += len;
        if (stream->taken == stream->buffer.len) {
            buffer_clear(&stream->buffer);
            stream->taken = 0;
        }
        taken = (ssize_t)len;
    } else if (stream->closed) {
        taken = MHD_CONTENT_READER_END_OF_STREAM;
    } else {
        stream->waiting = true;
        MHD_suspend_connection(stream->mhd);
    }
    pthread_mutex_unlock(&stream->lock);
    return taken;
}

/* MHD has destroyed the response. */
static void stream_detach(void *context)
{
    struct http_stream *stream = context;

    pthread_mutex_lock(&stream->lock);
    if (stream->server)
        atomic_fetch_sub(&stream->server->streams, 1);
    stream->server = NULL;
    stream->mhd = NULL;
    stream->waiting = false;
    stream->closed = true;
    pthread_mutex_unlock(&stream->lock);
    http_stream_unref(stream);
}

/* Under stream->lock. */
static void wake(struct http_stream *stream)
{
    if (!stream->waiting)
        return;
    stream->waiting = false;
    MHD_resume_connection(stream->mhd);
}

/* Under stream->lock: the reader is too slow or gone. */
static void cut_off(struct http_stream *stream)
{
    stream->closed = true;
    if (stream->mhd)
        (void)shutdown(stream->fd, SHUT_RDWR);
    wake(stream);
}

/* Under stream->lock. */
static bool append(struct http_stream *stream, const char *event, struct text data)
{
    struct buffer *buffer = &stream->buffer;

    if (stream->taken > 0) {
        memmove(buffer->at, buffer->at + stream->taken, buffer->len - stream->taken);
        buffer->len -= stream->taken;
        stream->taken = 0;
    }
    if (event) {
        buffer_print(buffer, "event: %s\ndata: ", event);
        buffer_append_text(buffer, data);
        buffer_append_string(buffer, "\n\n");
    } else {
        buffer_append_string(buffer, ":\n\n");
    }
    return !buffer->failed;
}

static bool send_locked(struct http_stream *stream, const char *event, struct text data)
{
    if (stream->closed || !stream->mhd)
        return false;
    stream->spoke_at = clock_boot_ms();
    if (append(stream, event, data)) {
        wake(stream);
        return true;
    }
    cut_off(stream);
    return false;
}

bool http_stream_send(struct http_stream *stream, const char *event, struct text data)
{
    pthread_mutex_lock(&stream->lock);
    bool sent = send_locked(stream, event, data);
    pthread_mutex_unlock(&stream->lock);
    return sent;
}

void stream_keep_alive(struct http_stream *stream, int64_t now)
{
    pthread_mutex_lock(&stream->lock);
    if (now - stream->spoke_at >= HTTP_STREAM_ALIVE_MS)
        (void)send_locked(stream, NULL, (struct text){0});
    pthread_mutex_unlock(&stream->lock);
}

void http_stream_close(struct http_stream *stream)
{
    pthread_mutex_lock(&stream->lock);
    stream->closed = true;
    wake(stream);
    pthread_mutex_unlock(&stream->lock);
}

static struct http_stream *stream_new(void)
{
    struct http_stream *stream = calloc(1, sizeof(*stream));

    if (!stream)
        return NULL;
    if (pthread_mutex_init(&stream->lock, NULL)) {
        free(stream);
        return NULL;
    }
    atomic_init(&stream->references, 1);
    stream->buffer = buffer_init(HTTP_STREAM_MAX);
    stream->spoke_at = clock_boot_ms();
    return stream;
}

/* The reply that reads from stream, holding a reference; NULL when memory was refused. */
static struct MHD_Response *response_of(struct http_request *request, struct http_stream *stream)
{
    struct MHD_Response *response = MHD_create_response_from_callback(
        MHD_SIZE_UNKNOWN, HTTP_STREAM_BLOCK, stream_read, stream, stream_detach);

    if (!response)
        return NULL;
    atomic_fetch_add(&stream->references, 1);
    if (MHD_add_response_header(response, "Content-Type", "text/event-stream") != MHD_YES) {
        MHD_destroy_response(response);
        return NULL;
    }
    return reply_prepare(request, response, REPLY_NO_STORE);
}

/* Under request->lock: gives the connection to stream. ERR_BUSY. */
static int attach(struct http_request *request, struct http_stream *stream,
                  struct MHD_Response **response)
{
    struct http_server *server = request->server;
    struct MHD_Connection *mhd = request->suspended;

    if (mhd && atomic_fetch_add(&server->streams, 1) >= server->config.streams_max) {
        atomic_fetch_sub(&server->streams, 1);
        return ERR_BUSY;
    }
    request->answered = true;
    if (!mhd)
        return 0; /* the server has gone: so has the stream's peer */
    pthread_mutex_lock(&stream->lock);
    stream->server = server;
    stream->mhd = mhd;
    stream->fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    pthread_mutex_unlock(&stream->lock);
    atomic_fetch_add(&stream->references, 1);
    request->stream = stream;
    request->status = MHD_HTTP_OK;
    request->response = TAKE(*response);
    request->suspended = NULL;
    MHD_resume_connection(mhd);
    return 0;
}

RESULT http_stream_open(struct http_request *request, struct http_stream **ret_stream)
{
    struct http_stream *stream = stream_new();
    struct MHD_Response *response = stream ? response_of(request, stream) : NULL;

    if (!response) {
        http_stream_unref(stream);
        return FAULT(ERR_MEMORY);
    }
    pthread_mutex_lock(&request->lock);
    assert(!request->answered);
    int r = attach(request, stream, &response);
    pthread_mutex_unlock(&request->lock);
    if (response)
        MHD_destroy_response(response);
    if (r) {
        http_stream_unref(stream);
        return r;
    }
    *ret_stream = stream;
    request_unref(request);
    return 0;
}
