#include "net/server.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/clock.h"
#include "tap.h"
#include "test-net.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

/* ---- handlers ---- */

static void echo(void *context, struct http_request *request)
{
    struct arena *arena = http_arena(request);
    struct text path = http_path(request);
    struct text method = http_method(request);
    struct text query = http_query(request, "q");
    struct text cookie = http_cookie(request, "crumb");
    struct text source = http_source(request);
    uid_t uid = 0;

    if (context)
        atomic_fetch_add((atomic_int *)context, 1);
    bool local = http_local_uid(request, &uid);
    struct text answer =
        arena_print(arena, "%.*s %.*s q=%.*s cookie=%.*s body=%zu source=%.*s uid=%d %u",
                    (int)method.len, method.at, (int)path.len, path.at, (int)query.len,
                    query.at ? query.at : "", (int)cookie.len, cookie.at ? cookie.at : "",
                    http_body(request).len, (int)source.len, source.at, local, (unsigned)uid);
    http_reply(request, 200, "text/plain", bytes_of_text(answer));
}

static void silent(void *context, struct http_request *request)
{
    (void)context;
    (void)request;
}

/* ---- tests ---- */

static void start(struct http_server **ret_server, const struct http_listener *listener)
{
    CHECK(http_server_new(ret_server, listener) == 0);
}

static void a_request_reaches_its_handler_with_path_query_cookie_and_body(void)
{
    char path[64];
    struct http_listener listener = test_listener(path, echo, NULL);
    CLEANUP(http_server_free) struct http_server *server = NULL;
    CLEANUP(client_free) struct client *client = NULL;
    const struct client_header headers[] = {{"Cookie", text_of("a=b; crumb=c=d")}};
    struct client_response response;

    start(&server, &listener);
    client = test_client(path);
    for (int i = 0; i < 3; i++) {
        CHECK(client_request(client, "POST", "/a%20b/%C3%A9?x=1&q=%2B+y", headers, 1, "text/plain",
                             bytes_of_text(text_of("hello")), &response) == 0);
        CHECK(response.status == 200);
        char expected[160];
        (void)snprintf(expected, sizeof(expected),
                       "POST /a b/é q=+ y cookie=c=d body=5 source=local:%u uid=1 %u", getuid(),
                       getuid());
        CHECK(text_equal(text_of_bytes(response.body), text_of(expected)));
        CHECK(client_response_header(client, "ward-request").len == 16);
    }
    client_rest(client);
    CHECK(client_request(client, "GET", "/", NULL, 0, NULL, (struct bytes){0}, &response) == 0);
    CHECK(client_request(client, "HEAD", "/", NULL, 0, NULL, (struct bytes){0}, &response) == 0);
    CHECK(response.status == 200 && response.body.len == 0);
    CHECK(client_request(client, "DELETE", "/", NULL, 0, NULL, (struct bytes){0}, &response) == 0);
    CHECK(memcmp(response.body.at, "DELETE /", 8) == 0);
}

static void every_reply_carries_the_security_headers(void)
{
    static const char *const names[] = {"Content-Security-Policy",
                                        "X-Content-Type-Options",
                                        "Referrer-Policy",
                                        "Cross-Origin-Opener-Policy",
                                        "Cross-Origin-Resource-Policy",
                                        "Permissions-Policy",
                                        "Cache-Control",
                                        "Ward-Request"};
    static const char *const requests[] = {GET("/"), GET("/../x")};
    char path[64];
    struct http_listener listener = test_listener(path, echo, NULL);
    CLEANUP(http_server_free) struct http_server *server = NULL;
    CLEANUP(buffer_deinit) struct buffer answer = buffer_init(1 << 16);

    start(&server, &listener);
    for (size_t i = 0; i < 2; i++) {
        test_exchange(path, requests[i], &answer);
        for (size_t j = 0; j < sizeof(names) / sizeof(names[0]); j++)
            CHECK(test_holds(&answer, names[j]));
        CHECK(test_holds(&answer, "no-store"));
        CHECK(!test_holds(&answer, "Strict-Transport-Security")); /* no TLS here */
    }
}

static void a_request_that_can_be_read_in_two_ways_is_refused_before_any_handler(void)
{
    static const struct {
        const char *request;
        const char *status;
    } rows[] = {
        {GET("/../etc"), "400"},
        {GET("/a/./b"), "400"},
        {GET("/a/%2e%2e/b"), "400"},
        {GET("/a/.."), "400"},
        {GET("//a"), "400"},
        {GET("/a%2f/b"), "400"},
        {GET("/a%00b"), "400"},
        {GET("/a%0ab"), "400"},
        {GET("/a%"), "400"},
        {GET("/a%4"), "400"},
        {GET("/a%zz"), "400"},
        {GET("/%ff"), "400"},
        {GET("http://x/"), "400"},
        {GET("*"), "400"},
        {GET("/?q=%00"), "400"},
        {GET("/?q=%f"), "400"},
        {"GET / HTTP/1.1\r\n\r\n", "400"},
        {"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", "400"},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nabc", "400"},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na", "400"},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
         "1\r\na\r\n0\r\n\r\n",
         "400"},
        {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "400"},
        {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", "400"},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\na", "400"},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\na", "400"},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x1\r\n\r\na", "400"},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length : 1\r\n\r\na", "400"},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length\t: 1\r\n\r\na", "400"},
        {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n", "400"},
        {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", "400"},
        {"GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n Content-Length: 1\r\n\r\na", "400"},
        {"GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n\tc\r\n\r\n", "400"},
        {"GET / HTTP/1.1\r\nHost: x\r\nA: b\rContent-Length: 1\r\n\r\na", "400"},
        {"GET / HTTP/1.1\r\nHost: x\r\nA: b\nContent-Length: 1\r\n\r\na", "400"},
        {"GET / HTTP/1.1\nHost: x\r\n\r\n", "400"},
        {"GET / HTTP/1.1\r\nHost: x\r\n\n", "400"},
        {"GET / HTTP/1.1\nHost: x\n\n", "400"},
        {"GET / HTTP/1.1\r\nHost: x\r\n: b\r\n\r\n", "400"},
        {"GET / HTTP/1.1\r\nHost: x\r\nA(: b\r\n\r\n", "400"},
        {"GET / HTTP/1.1\r\nHost: x\r\nA: \vb\r\n\r\n", "400"},
    };
    char path[64];
    atomic_int handled = 0;
    struct http_listener listener = test_listener(path, echo, &handled);
    CLEANUP(http_server_free) struct http_server *server = NULL;
    CLEANUP(buffer_deinit) struct buffer answer = buffer_init(1 << 16);

    start(&server, &listener);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        test_exchange(path, rows[i].request, &answer);
        bool refused = answer.len > 12 && memcmp(answer.at + 9, rows[i].status, 3) == 0;
        if (!refused)
            (void)printf("# %s -> %.*s\n", rows[i].request, (int)answer.len,
                         (const char *)answer.at);
        CHECK(refused);
    }
    CHECK(handled == 0);
}

#define WITH_NUL(literal)                                                                          \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }

static void a_raw_nul_never_reaches_a_handler(void)
{
    static const struct text rows[] = {
        WITH_NUL("GET /a\0/../b HTTP/1.1\r\nHost: x\r\n\r\n"),
        WITH_NUL("GET / HTTP/1.1\r\nHost: x\0y\r\n\r\n"),
        WITH_NUL("GET / HTTP/1.1\r\nA: b\0\0\r\nHost: x\r\n\r\n"),
        WITH_NUL("GET / HTTP/1.1\r\nHost: x\0\0\0\0\0\r\n\r\n"),
        WITH_NUL("GET / HTTP/1.1\r\nHost: x\0\0A: b\r\n\r\n"),
        WITH_NUL("GET / HTTP/1.1\r\nHost: x\r\nA\0: b\r\n\r\n"),
        WITH_NUL("GET / HTTP/1.1\r\nHost: x\r\nA:\0b\r\n\r\n"),
        WITH_NUL("GET / HTTP/1.1\0\r\nHost: x\r\n\r\n"),
        WITH_NUL("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\0"
                 "0\r\n\r\na"),
        WITH_NUL("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\0, gzip\r\n\r\n"
                 "0\r\n\r\n"),
    };
    char path[64];
    atomic_int handled = 0;
    struct http_listener listener = test_listener(path, echo, &handled);
    CLEANUP(http_server_free) struct http_server *server = NULL;

    start(&server, &listener);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CLEANUP(buffer_deinit) struct buffer answer = buffer_init(1 << 16);
        int fd = test_connect(path);

        (void)send(fd, rows[i].at, rows[i].len, MSG_NOSIGNAL);
        (void)shutdown(fd, SHUT_WR);
        CHECK(test_read_until(fd, &answer, NULL, 20000));
        if (handled)
            (void)printf("# row %zu: %.*s\n", i, (int)answer.len, (const char *)answer.at);
        CHECK(handled == 0);
        (void)close(fd);
    }
}

/* What is checked byte by byte is still there when a head comes in pieces and fills the memory. */
static void a_head_that_comes_in_pieces_or_behind_another_is_read_whole(void)
{
    char path[64];
    atomic_int handled = 0;
    struct http_listener listener = test_listener(path, echo, &handled);
    CLEANUP(http_server_free) struct http_server *server = NULL;
    CLEANUP(buffer_deinit) struct buffer answer = buffer_init(1 << 17);
    CLEANUP(buffer_deinit) struct buffer request = buffer_init(1 << 17);

    start(&server, &listener);
    buffer_append_string(&request,
                         "\r\nGET /a HTTP/1.1\r\nHost: x\r\nEmpty:\r\nNext:\t \r\n\r\n"
                         "POST /b HTTP/1.1\r\nHost:x\r\nTransfer-Encoding: chunked\r\n\r\n"
                         "3\r\nabc\r\n0\r\nAfter: x\r\n\r\n"
                         "GET /c HTTP/1.1\r\nHost: \tx\r\n");
    for (int i = 0; i < 60; i++)
        buffer_print(&request, "h%d: %0250d\r\n", i, i);
    buffer_append_string(&request, "Connection: close\r\n\r\n");
    int fd = test_connect(path);
    for (size_t i = 0; i < request.len; i++)
        CHECK(send(fd, request.at + i, 1, MSG_NOSIGNAL) == 1);
    CHECK(test_read_until(fd, &answer, NULL, 20000));
    CHECK(handled == 3);
    (void)close(fd);
}

static void an_address_or_a_head_over_its_ceiling_is_refused(void)
{
    char path[64];
    atomic_int handled = 0;
    struct http_listener listener = test_listener(path, echo, &handled);
    CLEANUP(http_server_free) struct http_server *server = NULL;
    CLEANUP(buffer_deinit) struct buffer answer = buffer_init(1 << 16);
    CLEANUP(buffer_deinit) struct buffer request = buffer_init(1 << 17);

    start(&server, &listener);
    buffer_print(&request, "GET /%02048d HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 0);
    test_exchange(path, (const char *)request.at, &answer);
    CHECK(test_holds(&answer, "HTTP/1.1 414") && test_holds(&answer, "/problems/address-long"));

    buffer_clear(&request);
    buffer_append_string(&request, "GET / HTTP/1.1\r\nHost: x\r\n");
    for (int i = 0; i < 64; i++)
        buffer_print(&request, "h%d: 1\r\n", i);
    buffer_append(&request, "\r\n", 3);
    test_exchange(path, (const char *)request.at, &answer);
    CHECK(test_holds(&answer, "HTTP/1.1 431") && test_holds(&answer, "/problems/headers-large"));

    buffer_clear(&request);
    buffer_print(&request, "GET / HTTP/1.1\r\nHost: x\r\nlong: %060000d\r\n\r\n", 0);
    test_exchange(path, (const char *)request.at, &answer);
    CHECK(test_holds(&answer, "HTTP/1.1 431"));
    CHECK(handled == 0);
}

static void a_body_over_its_ceiling_is_refused_however_it_is_declared(void)
{
    char path[64];
    atomic_int handled = 0;
    struct http_listener listener = test_listener(path, echo, &handled);
    CLEANUP(http_server_free) struct http_server *server = NULL;
    CLEANUP(buffer_deinit) struct buffer answer = buffer_init(1 << 16);
    CLEANUP(buffer_deinit) struct buffer request = buffer_init(1 << 20);

    listener.body_max = 1000;
    start(&server, &listener);
    test_exchange(path, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\nstarts",
                  &answer);
    CHECK(test_holds(&answer, "HTTP/1.1 413") && test_holds(&answer, "/problems/body-large"));
    buffer_print(&request,
                 "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1001\r\n\r\n"
                 "%01001d",
                 0);
    test_exchange(path, (const char *)request.at, &answer);
    CHECK(test_holds(&answer, "HTTP/1.1 413"));
    buffer_clear(&request);
    buffer_append_string(&request,
                         "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 100; i++)
        buffer_print(&request, "10\r\n%016d\r\n", 0);
    buffer_append(&request, "0\r\n\r\n", 6);
    test_exchange(path, (const char *)request.at, &answer);
    CHECK(test_holds(&answer, "HTTP/1.1 413"));
    CHECK(handled == 0);
    buffer_clear(&request);
    buffer_print(&request,
                 "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1000\r\n\r\n"
                 "%01000d",
                 0);
    test_exchange(path, (const char *)request.at, &answer);
    CHECK(test_holds(&answer, "body=1000") && handled == 1);
}

/* Sends a byte at a time until the server hangs up; the milliseconds that took. */
static int64_t drip(const char *path, const char *first)
{
    int64_t begin = clock_boot_ms();
    int fd = test_connect(path);
    CLEANUP(buffer_deinit) struct buffer answer = buffer_init(1 << 16);

    test_send(fd, first);
    while (!test_read_until(fd, &answer, NULL, 20) && clock_boot_ms() - begin < 10000)
        test_send(fd, "x");
    (void)close(fd);
    return clock_boot_ms() - begin;
}

static void who_sends_a_byte_at_a_time_is_closed_at_the_absolute_deadline(void)
{
    static const char *const firsts[] = {
        "", "GET /", "GET / HTTP/1.1\r\nHost: x\r\nslow: ",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n"};
    char path[64];
    struct http_listener listener = test_listener(path, echo, NULL);
    CLEANUP(http_server_free) struct http_server *server = NULL;
    CLEANUP(buffer_deinit) struct buffer answer = buffer_init(1 << 16);

    listener.head_deadline_ms = 400;
    listener.body_deadline_ms = 400;
    start(&server, &listener);
    for (size_t i = 0; i < sizeof(firsts) / sizeof(firsts[0]); i++) {
        int64_t took = drip(path, firsts[i]);
        CHECK(took >= 400 && took < 8000);
        test_exchange(path, GET("/"), &answer);
        CHECK(test_holds(&answer, "HTTP/1.1 200"));
    }
}

static void a_kept_connection_without_a_request_is_closed_when_idle(void)
{
    char path[64];
    struct http_listener listener = test_listener(path, echo, NULL);
    CLEANUP(http_server_free) struct http_server *server = NULL;
    CLEANUP(buffer_deinit) struct buffer answer = buffer_init(1 << 16);

    listener.idle_ms = 300;
    start(&server, &listener);
    int fd = test_connect(path);
    int64_t begin = clock_boot_ms();
    test_send(fd, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(test_read_until(fd, &answer, NULL, 5000));
    CHECK(test_holds(&answer, "HTTP/1.1 200") && clock_boot_ms() - begin >= 300);
    (void)close(fd);
}

static void a_handler_that_does_not_answer_is_answered_for(void)
{
    char path[64];
    struct http_listener listener = test_listener(path, silent, NULL);
    CLEANUP(http_server_free) struct http_server *server = NULL;
    CLEANUP(buffer_deinit) struct buffer answer = buffer_init(1 << 16);

    start(&server, &listener);
    test_exchange(path, GET("/"), &answer);
    CHECK(test_holds(&answer, "HTTP/1.1 500") && test_holds(&answer, "/problems/fault"));
}

static void *ask_ten_times(void *context)
{
    CLEANUP(client_free) struct client *client = test_client(context);
    struct client_response response;

    for (int i = 0; i < 10; i++) {
        CHECK(client_request(client, "GET", "/", NULL, 0, NULL, (struct bytes){0}, &response) == 0);
        CHECK(response.status == 200);
    }
    return NULL;
}

static void a_hundred_clients_are_served_side_by_side(void)
{
    char path[64];
    atomic_int handled = 0;
    struct http_listener listener = test_listener(path, echo, &handled);
    CLEANUP(http_server_free) struct http_server *server = NULL;
    pthread_t threads[100];

    start(&server, &listener);
    for (int i = 0; i < 100; i++)
        CHECK(pthread_create(&threads[i], NULL, ask_ten_times, path) == 0);
    for (int i = 0; i < 100; i++)
        pthread_join(threads[i], NULL);
    CHECK(handled == 1000);
}

static void the_socket_is_its_owners_and_groups_and_goes_with_the_server(void)
{
    char path[64];
    struct http_listener listener = test_listener(path, echo, NULL);
    struct http_server *server = NULL, *second = NULL;
    struct stat is;

    start(&server, &listener);
    CHECK(stat(path, &is) == 0 && (is.st_mode & 0777) == 0660);
    CHECK(http_server_new(&second, &listener) == HTTP_TAKEN);
    CHECK(stat(path, &is) == 0);
    server = http_server_free(server);
    CHECK(stat(path, &is) != 0);
}

int main(void)
{
    RUN(a_request_reaches_its_handler_with_path_query_cookie_and_body);
    RUN(every_reply_carries_the_security_headers);
    RUN(a_request_that_can_be_read_in_two_ways_is_refused_before_any_handler);
    RUN(a_raw_nul_never_reaches_a_handler);
    RUN(a_head_that_comes_in_pieces_or_behind_another_is_read_whole);
    RUN(an_address_or_a_head_over_its_ceiling_is_refused);
    RUN(a_body_over_its_ceiling_is_refused_however_it_is_declared);
    RUN(who_sends_a_byte_at_a_time_is_closed_at_the_absolute_deadline);
    RUN(a_kept_connection_without_a_request_is_closed_when_idle);
    RUN(a_handler_that_does_not_answer_is_answered_for);
    RUN(a_hundred_clients_are_served_side_by_side);
    RUN(the_socket_is_its_owners_and_groups_and_goes_with_the_server);
    return tap_done();
}
