#include <stdlib.h>
#include <string.h>

#include "os/clock.h"
#include "tap.h"
#include "test-net.h"

static void answer(void *context, struct http_request *request)
{
    static const char filling[8192];
    struct text path = http_path(request);

    (void)context;
    if (text_equal(path, text_of("/large")))
        http_reply(request, 200, "text/plain", (struct bytes){(const uint8_t *)filling, 8192});
    else if (text_equal(path, text_of("/there")))
        http_reply(request, 200, "text/plain", bytes_of_text(text_of("followed")));
    else if (text_equal(path, text_of("/away"))) {
        http_reply_header(request, "Location", text_of("/there"));
        http_reply(request, 302, NULL, (struct bytes){0});
    } else
        http_reply(request, 200, "text/plain", bytes_of_text(http_header(request, "Ward-Word")));
}

static int get(struct client *client, const char *path, struct client_response *ret_response)
{
    return client_request(client, "GET", path, NULL, 0, NULL, (struct bytes){0}, ret_response);
}

static struct client *client_of(const char *path, int total_ms)
{
    const struct client_config config = {
        .local_path = path, .connect_ms = 1000, .total_ms = total_ms, .response_max = 4096};
    struct client *client = NULL;

    CHECK(client_new(&client, &config) == 0);
    return client;
}

static void a_response_over_the_ceiling_is_large_and_the_next_is_whole(void)
{
    char path[64];
    struct http_listener listener = test_listener(path, answer, NULL);
    CLEANUP(http_server_free) struct http_server *server = NULL;
    CLEANUP(client_free) struct client *client = NULL;
    struct client_response response = {.status = 77};

    CHECK(http_server_new(&server, &listener) == 0);
    client = client_of(path, 5000);
    CHECK(get(client, "/large", &response) == CLIENT_LARGE && response.status == 77);
    CHECK(get(client, "/", &response) == 0 && response.status == 200 && response.body.len == 0);
}

static void nothing_is_followed_and_the_environment_is_not_heard(void)
{
    char path[64];
    struct http_listener listener = test_listener(path, answer, NULL);
    CLEANUP(http_server_free) struct http_server *server = NULL;
    CLEANUP(client_free) struct client *client = NULL;
    struct client_response response;

    CHECK(setenv("http_proxy", "http://127.0.0.1:1", 1) == 0);
    CHECK(setenv("ALL_PROXY", "http://127.0.0.1:1", 1) == 0);
    CHECK(http_server_new(&server, &listener) == 0);
    client = client_of(path, 5000);
    CHECK(get(client, "/away", &response) == 0 && response.status == 302);
    CHECK(text_equal(client_response_header(client, "location"), text_of("/there")));
    CHECK(!client_response_header(client, "Loc").at);
    CHECK(!client_response_header(client, "Absent").at);
    CHECK(unsetenv("http_proxy") == 0 && unsetenv("ALL_PROXY") == 0);
}

static void headers_are_sent_and_one_with_a_line_end_is_not(void)
{
    const struct client_header good = {"Ward-Word", text_of("hello")};
    const struct client_header bad = {"Ward-Word", text_of("hello\r\nHost: y")};
    char path[64];
    struct http_listener listener = test_listener(path, answer, NULL);
    CLEANUP(http_server_free) struct http_server *server = NULL;
    CLEANUP(client_free) struct client *client = NULL;
    struct client_response response;

    CHECK(http_server_new(&server, &listener) == 0);
    client = client_of(path, 5000);
    CHECK(client_request(client, "PUT", "/", &good, 1, "text/plain", bytes_of_text(text_of("body")),
                         &response) == 0);
    CHECK(text_equal(text_of_bytes(response.body), text_of("hello")));
    CHECK(client_request(client, "GET", "/", &bad, 1, NULL, (struct bytes){0}, &response) < 0);
    CHECK(get(client, "/", &response) == 0 && response.body.len == 0);
}

static void has_word(void *context, struct http_request *request)
{
    bool *there = context;

    *there = http_header(request, "Ward-Word").at != NULL;
    http_reply(request, 200, NULL, (struct bytes){0});
}

static void an_empty_header_is_sent_and_one_that_ends_early_is_not(void)
{
    static const struct text wrong[] = {{"a\rb", 3}, {"a\0b", 3}, {"a\x7f", 2}};
    const struct client_header empty = {"Ward-Word", {0}};
    char path[64];
    bool there = false;
    struct http_listener listener = test_listener(path, has_word, &there);
    CLEANUP(http_server_free) struct http_server *server = NULL;
    CLEANUP(client_free) struct client *client = NULL;
    struct client_response response;

    CHECK(http_server_new(&server, &listener) == 0);
    client = client_of(path, 5000);
    CHECK(client_request(client, "GET", "/", &empty, 1, NULL, (struct bytes){0}, &response) == 0);
    CHECK(response.status == 200 && there);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        const struct client_header header = {"Ward-Word", wrong[i]};

        CHECK(client_request(client, "GET", "/", &header, 1, NULL, (struct bytes){0}, &response) ==
              ERR_MEMORY);
    }
}

static void nobody_at_the_socket_is_unreachable_and_somebody_later_is_found(void)
{
    char path[64];
    struct http_listener listener = test_listener(path, answer, NULL);
    CLEANUP(client_free) struct client *client = NULL;
    struct client_response response;

    client = client_of(path, 1000);
    CHECK(get(client, "/", &response) == CLIENT_UNREACHABLE);
    for (int i = 0; i < 3; i++) {
        CLEANUP(http_server_free) struct http_server *server = NULL;
        CHECK(http_server_new(&server, &listener) == 0);
        CHECK(get(client, "/", &response) == 0); /* its kept connection has gone since */
        client_rest(client);
        CHECK(get(client, "/", &response) == 0);
    }
    CHECK(get(client, "/", &response) == CLIENT_UNREACHABLE);
}

static void mute(void *context, struct http_request *request)
{
    http_defer(request);
    *(struct http_request **)context = request;
}

static void a_server_that_does_not_answer_in_time_is_unreachable(void)
{
    struct http_request *held = NULL;
    char path[64];
    struct http_listener listener = test_listener(path, mute, &held);
    struct http_server *server = NULL;
    CLEANUP(client_free) struct client *client = NULL;
    struct client_response response;
    int64_t begin = clock_boot_ms();

    CHECK(http_server_new(&server, &listener) == 0);
    client = client_of(path, 300);
    CHECK(get(client, "/", &response) == CLIENT_UNREACHABLE);
    /* Waits are rounded to milliseconds. */
    CHECK(clock_boot_ms() - begin >= 290);
    server = http_server_free(server); /* so that held is seen to be written */
    CHECK(held);
    http_reply(held, 200, NULL, (struct bytes){0});
}

int main(void)
{
    RUN(a_response_over_the_ceiling_is_large_and_the_next_is_whole);
    RUN(nothing_is_followed_and_the_environment_is_not_heard);
    RUN(headers_are_sent_and_one_with_a_line_end_is_not);
    RUN(an_empty_header_is_sent_and_one_that_ends_early_is_not);
    RUN(nobody_at_the_socket_is_unreachable_and_somebody_later_is_found);
    RUN(a_server_that_does_not_answer_in_time_is_unreachable);
    return tap_done();
}
