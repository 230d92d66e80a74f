#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/clock.h"
#include "tap.h"
#include "test-net.h"

/* Answers that come later: deferred replies, event streams, and what the server's end does to
 * them. */

#define OPEN "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
#define OPEN_LAST "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

/* What a handler hands over to the test. */
struct desk {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct http_request *requests[16];
    struct http_stream *streams[16];
    size_t count;
    size_t busy;
    bool blocked; /* handlers wait while it is set */
};

#define DESK ((struct desk){.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER})

static void await_count(struct desk *desk, const size_t *count, size_t wanted)
{
    struct timespec until;

    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 20;
    pthread_mutex_lock(&desk->lock);
    while (*count < wanted)
        CHECK(pthread_cond_timedwait(&desk->changed, &desk->lock, &until) == 0);
    pthread_mutex_unlock(&desk->lock);
}

static void defer(void *context, struct http_request *request)
{
    struct desk *desk = context;

    http_defer(request);
    pthread_mutex_lock(&desk->lock);
    desk->requests[desk->count++] = request;
    pthread_cond_broadcast(&desk->changed);
    pthread_mutex_unlock(&desk->lock);
}

static void open_stream(void *context, struct http_request *request)
{
    struct desk *desk = context;
    struct http_stream *stream = NULL;
    int r = http_stream_open(request, &stream);

    if (r == ERR_BUSY)
        http_reply_problem(request, 503, "busy", "Service Unavailable", "Try again.", NULL, 0);
    pthread_mutex_lock(&desk->lock);
    if (r == 0)
        desk->streams[desk->count++] = stream;
    else
        desk->busy++;
    pthread_cond_broadcast(&desk->changed);
    pthread_mutex_unlock(&desk->lock);
}

static void wait_at_desk(void *context, struct http_request *request)
{
    struct desk *desk = context;

    pthread_mutex_lock(&desk->lock);
    desk->count++;
    pthread_cond_broadcast(&desk->changed);
    while (desk->blocked)
        pthread_cond_wait(&desk->changed, &desk->lock);
    pthread_mutex_unlock(&desk->lock);
    http_reply(request, 200, NULL, (struct bytes){0});
}

static void *answer_all(void *context)
{
    struct desk *desk = context;

    for (size_t i = 0; i < desk->count; i++) {
        struct text path = http_path(desk->requests[i]);
        http_reply_header(desk->requests[i], "Ward-Test", text_of("later"));
        http_reply(desk->requests[i], 201, "text/plain", bytes_of_text(path));
    }
    return NULL;
}

static void deferred_requests_are_answered_from_another_thread_and_hold_no_worker(void)
{
    char path[64];
    struct desk desk = DESK;
    struct http_listener listener = test_listener(path, defer, &desk);
    CLEANUP(http_server_free) struct http_server *server = NULL;
    int fds[8];
    pthread_t thread;

    listener.workers = 1;
    CHECK(http_server_new(&server, &listener) == 0);
    for (size_t i = 0; i < 8; i++) {
        fds[i] = test_connect(path);
        test_send(fds[i], OPEN_LAST);
    }
    await_count(&desk, &desk.count, 8);
    CHECK(pthread_create(&thread, NULL, answer_all, &desk) == 0);
    for (size_t i = 0; i < 8; i++) {
        CLEANUP(buffer_deinit) struct buffer answer = buffer_init(1 << 16);
        CHECK(test_read_until(fds[i], &answer, NULL, 20000));
        CHECK(test_holds(&answer, "HTTP/1.1 201") && test_holds(&answer, "Ward-Test: later"));
        (void)close(fds[i]);
    }
    pthread_join(thread, NULL);
}

static void a_full_queue_answers_503_with_retry_after(void)
{
    char path[64];
    struct desk desk = DESK;
    struct http_listener listener = test_listener(path, wait_at_desk, &desk);
    CLEANUP(http_server_free) struct http_server *server = NULL;
    CLEANUP(buffer_deinit) struct buffer answer = buffer_init(1 << 16);
    int fds[4];

    desk.blocked = true;
    listener.workers = 1;
    listener.queue_max = 2;
    CHECK(http_server_new(&server, &listener) == 0);
    fds[0] = test_connect(path);
    test_send(fds[0], OPEN_LAST);
    await_count(&desk, &desk.count, 1);
    for (size_t i = 1; i < 4; i++) {
        fds[i] = test_connect(path);
        test_send(fds[i], OPEN_LAST);
    }
    /* One is with the worker, two wait, and one of the three is refused. */
    struct pollfd pollers[3] = {{.fd = fds[1], .events = POLLIN},
                                {.fd = fds[2], .events = POLLIN},
                                {.fd = fds[3], .events = POLLIN}};
    CHECK(poll(pollers, 3, 20000) == 1);
    for (size_t i = 0; i < 3; i++)
        if (pollers[i].revents)
            CHECK(test_read_until(pollers[i].fd, &answer, NULL, 20000));
    CHECK(test_holds(&answer, "HTTP/1.1 503") && test_holds(&answer, "Retry-After: 2"));
    CHECK(test_holds(&answer, "/problems/busy"));
    pthread_mutex_lock(&desk.lock);
    desk.blocked = false;
    pthread_cond_broadcast(&desk.changed);
    pthread_mutex_unlock(&desk.lock);
    for (size_t i = 0; i < 4; i++) {
        CHECK(test_read_until(fds[i], &answer, NULL, 20000));
        (void)close(fds[i]);
    }
    CHECK(desk.count == 3);
}

static void a_reply_header_with_a_line_end_is_not_sent(void)
{
    char path[64];
    struct desk desk = DESK;
    struct http_listener listener = test_listener(path, defer, &desk);
    CLEANUP(http_server_free) struct http_server *server = NULL;
    CLEANUP(buffer_deinit) struct buffer answer = buffer_init(1 << 16);

    CHECK(http_server_new(&server, &listener) == 0);
    int fd = test_connect(path);
    test_send(fd, OPEN_LAST);
    await_count(&desk, &desk.count, 1);
    http_reply_header(desk.requests[0], "Location", text_of("/a\r\nSet-Cookie: b=c"));
    http_reply(desk.requests[0], 302, NULL, (struct bytes){0});
    CHECK(test_read_until(fd, &answer, NULL, 20000));
    CHECK(test_holds(&answer, "HTTP/1.1 500") && !test_holds(&answer, "Set-Cookie"));
    (void)close(fd);
}

static void files_of_ours_carry_a_tag_and_are_not_sent_twice(void)
{
    char path[64], request[256];
    struct desk desk = DESK;
    struct http_listener listener = test_listener(path, defer, &desk);
    CLEANUP(http_server_free) struct http_server *server = NULL;
    CLEANUP(buffer_deinit) struct buffer answer = buffer_init(1 << 16);
    const struct bytes file = bytes_of_text(text_of("body { }"));

    CHECK(http_server_new(&server, &listener) == 0);
    int fd = test_connect(path);
    test_send(fd, OPEN_LAST);
    await_count(&desk, &desk.count, 1);
    http_reply_static(desk.requests[0], "text/css", NULL, file, true);
    CHECK(test_read_until(fd, &answer, NULL, 20000));
    (void)close(fd);
    CHECK(test_holds(&answer, "body { }") && test_holds(&answer, "immutable"));
    buffer_append(&answer, "", 1);
    const char *tag = strstr((const char *)answer.at, "ETag: ");
    CHECK(tag);
    (void)snprintf(request, sizeof(request),
                   "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nIf-None-Match: %.18s\r\n\r\n",
                   tag + 6);
    fd = test_connect(path);
    test_send(fd, request);
    await_count(&desk, &desk.count, 2);
    http_reply_static(desk.requests[1], "text/css", NULL, file, false);
    buffer_clear(&answer);
    CHECK(test_read_until(fd, &answer, NULL, 20000));
    CHECK(test_holds(&answer, "HTTP/1.1 304") && !test_holds(&answer, "body { }"));
    (void)close(fd);
}

static void problems_name_their_request_and_the_fields_at_fault(void)
{
    char path[64];
    struct desk desk = DESK;
    struct http_listener listener = test_listener(path, defer, &desk);
    CLEANUP(http_server_free) struct http_server *server = NULL;
    CLEANUP(buffer_deinit) struct buffer answer = buffer_init(1 << 16);
    const struct http_problem_field fields[] = {{"/name", "say \"who\""}, {"/from", "a date"}};
    char expected[64];

    CHECK(http_server_new(&server, &listener) == 0);
    int fd = test_connect(path);
    test_send(fd, OPEN_LAST);
    await_count(&desk, &desk.count, 1);
    struct text id = http_correlation(desk.requests[0]);
    (void)snprintf(expected, sizeof(expected), "\"request\":\"%.*s\"}", (int)id.len, id.at);
    http_reply_problem(desk.requests[0], 422, "invalid", "Invalid", "Mend the fields.", fields, 2);
    CHECK(test_read_until(fd, &answer, NULL, 20000));
    CHECK(test_holds(&answer, "application/problem+json") && test_holds(&answer, expected));
    CHECK(test_holds(&answer,
                     "{\"type\":\"/problems/invalid\",\"title\":\"Invalid\",\"status\":422,"
                     "\"detail\":\"Mend the fields.\",\"errors\":[{\"pointer\":\"/name\","
                     "\"detail\":\"say \\\"who\\\"\"},{\"pointer\":\"/from\",\"detail\":"
                     "\"a date\"}],"));
    (void)close(fd);
}

static void streams_receive_events_and_end_when_closed(void)
{
    char path[64];
    struct desk desk = DESK;
    struct http_listener listener = test_listener(path, open_stream, &desk);
    CLEANUP(http_server_free) struct http_server *server = NULL;
    CLEANUP(buffer_deinit) struct buffer answer = buffer_init(1 << 20);

    CHECK(http_server_new(&server, &listener) == 0);
    int fd = test_connect(path);
    test_send(fd, OPEN_LAST);
    await_count(&desk, &desk.count, 1);
    CHECK(test_read_until(fd, &answer, "text/event-stream", 20000));
    for (int i = 0; i < 200; i++) {
        char data[32], expected[64];
        (void)snprintf(data, sizeof(data), "{\"n\":%d}", i);
        (void)snprintf(expected, sizeof(expected), "event: tick\ndata: {\"n\":%d}\n\n", i);
        CHECK(http_stream_send(desk.streams[0], "tick", text_of(data)));
        CHECK(test_read_until(fd, &answer, expected, 20000));
    }
    http_stream_close(desk.streams[0]);
    CHECK(!http_stream_send(desk.streams[0], "tick", text_of("{}")));
    CHECK(test_read_until(fd, &answer, NULL, 20000));
    http_stream_unref(desk.streams[0]);
    (void)close(fd);
}

static void a_reader_that_stalls_is_cut_and_the_others_go_on(void)
{
    char path[64], data[4001];
    struct desk desk = DESK;
    struct http_listener listener = test_listener(path, open_stream, &desk);
    CLEANUP(http_server_free) struct http_server *server = NULL;
    CLEANUP(buffer_deinit) struct buffer answer = buffer_init(16 << 20);
    int fds[2], sent = 0;

    CHECK(http_server_new(&server, &listener) == 0);
    for (size_t i = 0; i < 2; i++) {
        fds[i] = test_connect(path);
        test_send(fds[i], OPEN);
        await_count(&desk, &desk.count, i + 1);
    }
    memset(data, 'x', 4000);
    data[4000] = 0;
    /* The kernel holds some hundred KiB for a reader, we hold HTTP_STREAM_MAX. */
    while (http_stream_send(desk.streams[0], "tick", text_of(data)) && sent < 2000)
        sent++;
    CHECK(sent > 10 && sent < 2000);
    CHECK(test_read_until(fds[0], &answer, NULL, 20000));
    buffer_clear(&answer);
    CHECK(http_stream_send(desk.streams[1], "tick", text_of("{\"alive\":true}")));
    CHECK(test_read_until(fds[1], &answer, "alive", 20000));
    for (size_t i = 0; i < 2; i++) {
        http_stream_close(desk.streams[i]);
        http_stream_unref(desk.streams[i]);
        (void)close(fds[i]);
    }
}

static void streams_over_the_ceiling_are_busy_and_a_closed_one_makes_room(void)
{
    char path[64];
    struct desk desk = DESK;
    struct http_listener listener = test_listener(path, open_stream, &desk);
    CLEANUP(http_server_free) struct http_server *server = NULL;
    CLEANUP(buffer_deinit) struct buffer answer = buffer_init(1 << 16);
    int fds[2];

    listener.streams_max = 1;
    CHECK(http_server_new(&server, &listener) == 0);
    fds[0] = test_connect(path);
    test_send(fds[0], OPEN_LAST);
    await_count(&desk, &desk.count, 1);
    test_exchange(path, OPEN_LAST, &answer);
    CHECK(test_holds(&answer, "HTTP/1.1 503"));
    await_count(&desk, &desk.busy, 1);
    http_stream_close(desk.streams[0]);
    buffer_clear(&answer);
    CHECK(test_read_until(fds[0], &answer, NULL, 20000));
    (void)close(fds[0]);
    fds[1] = test_connect(path);
    test_send(fds[1], OPEN_LAST);
    await_count(&desk, &desk.count, 2);
    for (size_t i = 0; i < 2; i++) {
        http_stream_close(desk.streams[i]);
        http_stream_unref(desk.streams[i]);
    }
    (void)close(fds[1]);
}

static void
a_server_freed_with_deferred_requests_answers_them_503_and_a_late_reply_is_harmless(void)
{
    char path[64];
    struct desk desk = DESK;
    struct http_listener listener = test_listener(path, defer, &desk);
    struct http_server *server = NULL;
    CLEANUP(buffer_deinit) struct buffer answer = buffer_init(1 << 16);
    int64_t begin;
    int fds[4];

    CHECK(http_server_new(&server, &listener) == 0);
    for (size_t i = 0; i < 4; i++) {
        fds[i] = test_connect(path);
        test_send(fds[i], i < 3 ? OPEN_LAST : "GET / HTTP/1.1\r\nHo"); /* one in its head */
    }
    await_count(&desk, &desk.count, 3);
    begin = clock_boot_ms();
    server = http_server_free(server);
    CHECK(clock_boot_ms() - begin < 10000);
    for (size_t i = 0; i < 4; i++) {
        buffer_clear(&answer);
        CHECK(test_read_until(fds[i], &answer, NULL, 20000));
        CHECK(i == 3 || test_holds(&answer, "HTTP/1.1 503"));
        (void)close(fds[i]);
    }
    CHECK(http_path(desk.requests[0]).len == 1);
    http_reply(desk.requests[0], 200, "text/plain", bytes_of_text(text_of("late")));
    http_reply_problem(desk.requests[1], 409, "late", "Late", "Too late.", NULL, 0);
    struct http_stream *stream = NULL;
    CHECK(http_stream_open(desk.requests[2], &stream) == 0);
    CHECK(!http_stream_send(stream, "tick", text_of("{}")));
    http_stream_unref(stream);
}

static void *free_server(void *context)
{
    return http_server_free(context);
}

static void a_server_freed_waits_for_its_handler_and_refuses_those_in_the_queue(void)
{
    char path[64];
    struct desk desk = DESK;
    struct http_listener listener = test_listener(path, wait_at_desk, &desk);
    struct http_server *server = NULL;
    pthread_t ender;
    int fds[4];

    desk.blocked = true;
    listener.workers = 1;
    listener.queue_max = 3;
    CHECK(http_server_new(&server, &listener) == 0);
    for (size_t i = 0; i < 4; i++) {
        fds[i] = test_connect(path);
        test_send(fds[i], OPEN_LAST);
        if (i == 0)
            await_count(&desk, &desk.count, 1);
    }
    CLEANUP(buffer_deinit) struct buffer answer = buffer_init(1 << 16);
    CHECK(pthread_create(&ender, NULL, free_server, server) == 0);
    pthread_mutex_lock(&desk.lock);
    desk.blocked = false;
    pthread_cond_broadcast(&desk.changed);
    pthread_mutex_unlock(&desk.lock);
    pthread_join(ender, NULL);
    for (size_t i = 0; i < 4; i++) {
        buffer_clear(&answer);
        CHECK(test_read_until(fds[i], &answer, NULL, 20000));
        CHECK(i > 0 || test_holds(&answer, "HTTP/1.1 200"));
        /* One that the server had not read yet is closed without a word. */
        CHECK(i == 0 || answer.len == 0 || test_holds(&answer, "HTTP/1.1 "));
        (void)close(fds[i]);
    }
}

static void a_server_freed_with_streams_ends_them(void)
{
    char path[64];
    struct desk desk = DESK;
    struct http_listener listener = test_listener(path, open_stream, &desk);
    struct http_server *server = NULL;
    CLEANUP(buffer_deinit) struct buffer answer = buffer_init(1 << 16);

    CHECK(http_server_new(&server, &listener) == 0);
    int fd = test_connect(path);
    test_send(fd, OPEN);
    await_count(&desk, &desk.count, 1);
    CHECK(http_stream_send(desk.streams[0], "tick", text_of("{}")));
    server = http_server_free(server);
    CHECK(test_read_until(fd, &answer, NULL, 20000));
    CHECK(!http_stream_send(desk.streams[0], "tick", text_of("{}")));
    http_stream_close(desk.streams[0]);
    http_stream_unref(desk.streams[0]);
    (void)close(fd);
}

/* What a handler had prepared belongs to its own answer: a cookie of a sign-in, say. */
static void what_was_prepared_for_a_reply_does_not_go_with_the_server_s_own(void)
{
    char path[64];
    struct desk desk = DESK;
    struct http_listener listener = test_listener(path, defer, &desk);
    struct http_server *server = NULL;
    CLEANUP(buffer_deinit) struct buffer answer = buffer_init(1 << 16);

    CHECK(http_server_new(&server, &listener) == 0);
    int fd = test_connect(path);
    test_send(fd, OPEN);
    await_count(&desk, &desk.count, 1);
    http_reply_header(desk.requests[0], "Set-Cookie", text_of("session=secret"));
    server = http_server_free(server);
    CHECK(test_read_until(fd, &answer, NULL, 20000));
    CHECK(test_holds(&answer, "HTTP/1.1 503") && !test_holds(&answer, "session=secret"));
    http_reply(desk.requests[0], 200, NULL, (struct bytes){0});
    (void)close(fd);
}

static size_t open_descriptors(void)
{
    size_t count = 0;

    for (int fd = 0; fd < 1024; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

/* Both at once, many times: whoever comes first, each request is answered once. */
static void replies_race_the_end_of_the_server_and_no_descriptor_is_left(void)
{
    size_t before = open_descriptors();

    for (int round = 0; round < 20; round++) {
        char path[64];
        struct desk desk = DESK;
        struct http_listener listener = test_listener(path, defer, &desk);
        struct http_server *server = NULL;
        pthread_t ender, replier;
        int fds[8];

        CHECK(http_server_new(&server, &listener) == 0);
        for (size_t i = 0; i < 8; i++) {
            fds[i] = test_connect(path);
            test_send(fds[i], OPEN_LAST);
        }
        await_count(&desk, &desk.count, 8);
        CHECK(pthread_create(&replier, NULL, answer_all, &desk) == 0);
        CHECK(pthread_create(&ender, NULL, free_server, server) == 0);
        pthread_join(replier, NULL);
        pthread_join(ender, NULL);
        for (size_t i = 0; i < 8; i++) {
            CLEANUP(buffer_deinit) struct buffer answer = buffer_init(1 << 16);
            CHECK(test_read_until(fds[i], &answer, NULL, 20000));
            CHECK(test_holds(&answer, "HTTP/1.1 503") || test_holds(&answer, "HTTP/1.1 201"));
            (void)close(fds[i]);
        }
    }
    CHECK(open_descriptors() == before);
}

int main(void)
{
    RUN(deferred_requests_are_answered_from_another_thread_and_hold_no_worker);
    RUN(a_full_queue_answers_503_with_retry_after);
    RUN(a_reply_header_with_a_line_end_is_not_sent);
    RUN(files_of_ours_carry_a_tag_and_are_not_sent_twice);
    RUN(problems_name_their_request_and_the_fields_at_fault);
    RUN(streams_receive_events_and_end_when_closed);
    RUN(a_reader_that_stalls_is_cut_and_the_others_go_on);
    RUN(streams_over_the_ceiling_are_busy_and_a_closed_one_makes_room);
    RUN(a_server_freed_with_deferred_requests_answers_them_503_and_a_late_reply_is_harmless);
    RUN(a_server_freed_waits_for_its_handler_and_refuses_those_in_the_queue);
    RUN(a_server_freed_with_streams_ends_them);
    RUN(what_was_prepared_for_a_reply_does_not_go_with_the_server_s_own);
    RUN(replies_race_the_end_of_the_server_and_no_descriptor_is_left);
    return tap_done();
}
