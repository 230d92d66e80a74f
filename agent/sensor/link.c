#include "sensor/link.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/wipe.h"
#include "common/big-endian.h"
#include "common/vouch.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/local.h"
#include "wire/limits.h"
#include "wire/local.h"

enum { RETRY_MIN_MS = 1000, RETRY_MAX_MS = 30000, WRITE_MS = 2000 };

struct report {
    uint8_t *body;
    size_t len;
    uint64_t spans;
    int64_t from_at;
    int64_t to_at;
    uint8_t kind; /* LOCAL_REPORT or AGENT_LOST */
};

struct link {
    const char *path;
    const char *session;
    int fd; /* -1: away */
    struct frame_reader *reader;
    uint8_t chunk[4096];
    size_t chunk_at;
    size_t chunk_len;
    int64_t retry_at;
    int64_t retry_ms;
    struct report reports[LINK_BACKLOG_MAX]; /* ring: the oldest at first */
    size_t first;
    size_t count;
    size_t sent; /* how many of them this connection has taken */
    size_t bytes;
    uint64_t lost_spans; /* not told yet */
    int64_t lost_from_at;
    int64_t lost_to_at;
};

RESULT link_new(struct link **ret_link, const char *path, const char *session)
{
    struct link *link = calloc(1, sizeof(*link));

    if (!link)
        return FAULT(ERR_MEMORY);
    link->path = path;
    link->session = session;
    link->fd = -1;
    *ret_link = link;
    return 0;
}

static void link_close(struct link *link)
{
    if (link->fd >= 0)
        file_close(link->fd);
    link->fd = -1;
    link->reader = frame_reader_free(link->reader);
    link->chunk_at = link->chunk_len = 0;
    link->sent = 0;
}

static struct report *report_at(struct link *link, size_t i)
{
    return &link->reports[(link->first + i) % LINK_BACKLOG_MAX];
}

static void drop_first(struct link *link)
{
    struct report *report = report_at(link, 0);

    wipe(report->body, report->len);
    free(report->body);
    link->bytes -= report->len;
    *report = (struct report){0};
    link->first = (link->first + 1) % LINK_BACKLOG_MAX;
    link->count--;
    link->sent -= link->sent > 0;
}

struct link *link_free(struct link *link)
{
    if (!link)
        return NULL;
    link_close(link);
    while (link->count)
        drop_first(link);
    free(link);
    return NULL;
}

/* Sends whole frames only; a connection that does not take one is given up. */
static bool send_frame(struct link *link, uint8_t kind, struct bytes body)
{
    CLEANUP(buffer_deinit) struct buffer frame = buffer_init(WIRE_LOCAL_MAX + 16);

    frame_append(&frame, kind, body);
    if (link->fd < 0 || buffer_check(&frame) ||
        local_write(link->fd, buffer_bytes(&frame), WRITE_MS)) {
        link_close(link);
        return false;
    }
    return true;
}

static void send_waiting(struct link *link)
{
    while (link->fd >= 0 && link->sent < link->count) {
        const struct report *report = report_at(link, link->sent);

        if (!send_frame(link, report->kind, (struct bytes){.at = report->body, .len = report->len}))
            return;
        link->sent++;
    }
}

/* Nobody but root and ourselves may play the service. */
static bool service_is_trusted(int fd)
{
    struct local_peer peer;

    return local_peer(fd, &peer) == 0 && (peer.uid == 0 || peer.uid == getuid());
}

static bool link_connect(struct link *link)
{
    char hello[AGENT_SESSION_MAX + 64];
    int fd = -1;

    if (local_connect(link->path, &fd))
        return false;
    if (!service_is_trusted(fd) || fcntl(fd, F_SETFL, O_NONBLOCK) ||
        frame_reader_new(&link->reader, WIRE_POLICY_MAX)) {
        file_close(fd);
        return false;
    }
    link->fd = fd;
    (void)snprintf(hello, sizeof(hello), "%s\n%s", link->session, WARD_VERSION);
    return send_frame(link, LOCAL_HELLO, bytes_of_text(text_of(hello)));
}

bool link_step(struct link *link, int64_t boot_at)
{
    if (link->fd >= 0 || boot_at < link->retry_at)
        return false;
    if (link_connect(link)) {
        link->retry_ms = 0;
        send_waiting(link);
        return link->fd >= 0;
    }
    link->retry_ms = link->retry_ms ? link->retry_ms * 2 : RETRY_MIN_MS;
    if (link->retry_ms > RETRY_MAX_MS)
        link->retry_ms = RETRY_MAX_MS;
    link->retry_at = boot_at + link->retry_ms;
    return false;
}

int64_t link_wake_at(const struct link *link)
{
    return link->fd >= 0 ? INT64_MAX : link->retry_at;
}

bool link_up(const struct link *link)
{
    return link->fd >= 0;
}

struct pollfd link_poll(const struct link *link)
{
    return (struct pollfd){.fd = link->fd, .events = POLLIN};
}

size_t link_waiting(const struct link *link)
{
    return link->count;
}

/* The next whole frame of what was read, reading more only when there is none. */
static int next_frame(struct link *link, struct frame *ret_frame)
{
    for (;;) {
        int r = frame_reader_next(link->reader, ret_frame);

        if (r != FRAME_PARTIAL)
            return r;
        if (link->chunk_at == link->chunk_len) {
            link->chunk_at = link->chunk_len = 0;
            r = local_read(link->fd, link->chunk, sizeof(link->chunk), &link->chunk_len);
            if (r == LOCAL_AGAIN)
                return FRAME_PARTIAL;
            if (r)
                return FRAME_INVALID;
        }
        link->chunk_at += frame_reader_push(
            link->reader, (struct bytes){.at = link->chunk + link->chunk_at,
                                         .len = link->chunk_len - link->chunk_at});
    }
}

RESULT link_take(struct link *link, struct frame *ret_frame)
{
    while (link->fd >= 0) {
        int r = next_frame(link, ret_frame);

        if (r == FRAME_PARTIAL)
            return LINK_NOTHING;
        if (r)
            link_close(link);
        else if (ret_frame->kind != LOCAL_DONE)
            return 0;
        else if (link->sent > 0)
            drop_first(link);
    }
    return LINK_NOTHING;
}

static void note_lost(struct link *link, uint64_t spans, int64_t from_at, int64_t to_at)
{
    if (!link->lost_from_at || from_at < link->lost_from_at)
        link->lost_from_at = from_at;
    if (to_at > link->lost_to_at)
        link->lost_to_at = to_at;
    link->lost_spans += spans;
}

static int enqueue(struct link *link, uint8_t kind, struct bytes body, uint64_t spans,
                   int64_t from_at, int64_t to_at)
{
    while (link->count > 0 &&
           (link->count == LINK_BACKLOG_MAX || link->bytes + body.len > LINK_BACKLOG_BYTES)) {
        const struct report *oldest = report_at(link, 0);

        note_lost(link, oldest->spans, oldest->from_at, oldest->to_at);
        if (link->sent > 0) /* its answer would be taken for another's */
            link_close(link);
        drop_first(link);
    }
    uint8_t *copy = malloc(body.len ? body.len : 1);
    if (!copy) {
        note_lost(link, spans, from_at, to_at);
        return FAULT(ERR_MEMORY);
    }
    memcpy(copy, body.at, body.len);
    link->count++;
    link->bytes += body.len;
    *report_at(link, link->count - 1) = (struct report){.body = copy,
                                                        .len = body.len,
                                                        .spans = spans,
                                                        .from_at = from_at,
                                                        .to_at = to_at,
                                                        .kind = kind};
    return 0;
}

/* What was lost goes as a message of its own, which waits for its answer like the others. */
static void tell_lost(struct link *link)
{
    uint8_t body[AGENT_LOST_SIZE];

    if (!link->lost_from_at || link->count + 1 >= LINK_BACKLOG_MAX)
        return;
    big_endian_put(body, 8, (uint64_t)link->lost_from_at);
    big_endian_put(body + 8, 8, (uint64_t)link->lost_to_at);
    big_endian_put(body + 16, 8, link->lost_spans);
    log_event(LOG_WARN, "sensor.backlog.lost", LOG_U64("spans", link->lost_spans));
    int64_t from_at = link->lost_from_at;
    int64_t to_at = link->lost_to_at;
    uint64_t spans = link->lost_spans;
    link->lost_from_at = link->lost_to_at = 0;
    link->lost_spans = 0;
    if (enqueue(link, AGENT_LOST, (struct bytes){.at = body, .len = sizeof(body)}, spans, from_at,
                to_at))
        return;
}

RESULT link_report(struct link *link, struct bytes body, uint64_t spans, int64_t from_at,
                   int64_t to_at)
{
    int r = enqueue(link, LOCAL_REPORT, body, spans, from_at, to_at);

    if (link->fd >= 0)
        tell_lost(link);
    send_waiting(link);
    return r;
}

void link_forget(struct link *link, uint64_t spans, int64_t from_at, int64_t to_at)
{
    if (link->sent > 0) /* their answers would be taken for others' */
        link_close(link);
    while (link->count) {
        const struct report *oldest = report_at(link, 0);

        note_lost(link, oldest->spans, oldest->from_at, oldest->to_at);
        drop_first(link);
    }
    if (from_at)
        note_lost(link, spans, from_at, to_at);
    if (link->fd >= 0)
        tell_lost(link);
    send_waiting(link);
}

void link_tell(struct link *link, uint8_t kind, struct bytes body)
{
    if (link->fd >= 0)
        (void)send_frame(link, kind, body);
}

bool link_end(struct link *link, int timeout_ms)
{
    int64_t until = clock_boot_ms() + timeout_ms;
    struct frame frame;

    send_waiting(link);
    link_tell(link, AGENT_BYE, (struct bytes){0});
    while (link->fd >= 0 && link->count > 0) {
        struct pollfd ready = link_poll(link);
        int64_t left = until - clock_boot_ms();

        if (left <= 0 || poll(&ready, 1, (int)left) <= 0)
            break;
        while (link_take(link, &frame) == 0)
            ;
    }
    return link->count == 0;
}
