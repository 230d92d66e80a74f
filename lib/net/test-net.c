#include "test-net.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/moment.h"
#include "crypto/x509.h"
#include "os/clock.h"
#include "os/local.h"
#include "tap.h"

static void init(struct test_identity *identity)
{
    *identity = (struct test_identity){
        .key = buffer_init(8192),
        .certificate = buffer_init(8192),
        .key_pem = buffer_init(8192),
        .certificate_pem = buffer_init(8192),
    };
    CHECK(x509_key_new(&identity->key) == 0);
    CHECK(x509_pem(X509_KEY, buffer_bytes(&identity->key), &identity->key_pem) == 0);
}

void test_ca(struct test_identity *ret_ca)
{
    int64_t now = clock_now_ms();

    init(ret_ca);
    CHECK(x509_ca_new(buffer_bytes(&ret_ca->key), text_of("Test Hospital"), now - MS_PER_DAY,
                      now + 3650 * MS_PER_DAY, &ret_ca->certificate) == 0);
    CHECK(x509_pem(X509_CERTIFICATE, buffer_bytes(&ret_ca->certificate),
                   &ret_ca->certificate_pem) == 0);
}

void test_issue(const struct test_identity *ca, const char *names, int from_days, int to_days,
                struct test_identity *ret_identity)
{
    CLEANUP(buffer_deinit) struct buffer request = buffer_init(8192);
    const struct device_id device = {.at = {1, 2, 3}};
    int64_t from_at = clock_now_ms() + from_days * MS_PER_DAY;
    int64_t to_at = clock_now_ms() + to_days * MS_PER_DAY;
    struct bytes ca_key = buffer_bytes(&ca->key);
    struct bytes ca_certificate = buffer_bytes(&ca->certificate);
    int r;

    init(ret_identity);
    CHECK(x509_request_new(buffer_bytes(&ret_identity->key), &request) == 0);
    if (names)
        r = x509_issue_server(ca_key, ca_certificate, buffer_bytes(&request), text_of(names),
                              from_at, to_at, &ret_identity->certificate);
    else
        r = x509_issue_device(ca_key, ca_certificate, buffer_bytes(&request), device, from_at,
                              to_at, &ret_identity->certificate);
    CHECK(r == 0);
    CHECK(x509_pem(X509_CERTIFICATE, buffer_bytes(&ret_identity->certificate),
                   &ret_identity->certificate_pem) == 0);
}

void test_identity_deinit(struct test_identity *identity)
{
    buffer_deinit(&identity->key);
    buffer_deinit(&identity->certificate);
    buffer_deinit(&identity->key_pem);
    buffer_deinit(&identity->certificate_pem);
}

struct text test_certificate_pem(const struct test_identity *identity)
{
    return text_of((const char *)identity->certificate_pem.at);
}

struct text test_key_pem(const struct test_identity *identity)
{
    return text_of((const char *)identity->key_pem.at);
}

struct http_identity test_http_identity(const struct test_identity *identity)
{
    return (struct http_identity){.chain = test_certificate_pem(identity),
                                  .key = test_key_pem(identity)};
}

struct http_listener test_listener(char path[64], void (*handle)(void *, struct http_request *),
                                   void *context)
{
    static int number;

    (void)snprintf(path, 64, "/tmp/ward-net-%d-%d", getpid(), number++);
    return (struct http_listener){
        .name = "test",
        .address = path,
        .body_max = (size_t)64 * 1024,
        .head_deadline_ms = 10000,
        .body_deadline_ms = 10000,
        .idle_ms = 10000,
        .connections_max = 400,
        .connections_per_address_max = 400,
        .threads = 2,
        .workers = 2,
        .queue_max = 200,
        .streams_max = 4,
        .handle = handle,
        .context = context,
    };
}

int test_connect(const char *path)
{
    int fd = -1;

    CHECK(local_connect(path, &fd) == 0);
    return fd;
}

void test_send(int fd, const char *bytes)
{
    (void)send(fd, bytes, strlen(bytes), MSG_NOSIGNAL);
}

bool test_holds(const struct buffer *buffer, const char *text)
{
    return buffer->len > 0 && memmem(buffer->at, buffer->len, text, strlen(text)) != NULL;
}

bool test_read_until(int fd, struct buffer *buffer, const char *found, int ms)
{
    int64_t until = clock_boot_ms() + ms;
    char at[4096];

    while (!found || !test_holds(buffer, found)) {
        struct pollfd poller = {.fd = fd, .events = POLLIN};
        int64_t left = until - clock_boot_ms();

        if (left <= 0 || poll(&poller, 1, (int)left) == 0)
            return false;
        ssize_t len = recv(fd, at, sizeof(at), 0);
        if (len <= 0)
            return !found;
        buffer_append(buffer, at, (size_t)len);
    }
    return true;
}

void test_exchange(const char *path, const char *request, struct buffer *buffer)
{
    int fd = test_connect(path);

    buffer_clear(buffer);
    test_send(fd, request);
    (void)shutdown(fd, SHUT_WR);
    CHECK(test_read_until(fd, buffer, NULL, 20000));
    (void)close(fd);
}

struct client *test_client(const char *path)
{
    const struct client_config config = {
        .local_path = path, .connect_ms = 5000, .total_ms = 20000, .response_max = 1 << 20};
    struct client *client = NULL;

    CHECK(client_new(&client, &config) == 0);
    return client;
}
