#pragma once

/* What the tests of net share: certificates, a listener's sane values, raw connections. */

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "net/client.h"
#include "net/server.h"

struct test_identity {
    struct buffer key;         /* DER */
    struct buffer certificate; /* DER */
    struct buffer key_pem;
    struct buffer certificate_pem;
};

void test_ca(struct test_identity *ret_ca);
/* names NULL: a device's certificate. Times are days from now. */
void test_issue(const struct test_identity *ca, const char *names, int from_days, int to_days,
                struct test_identity *ret_identity);
void test_identity_deinit(struct test_identity *identity);
struct http_identity test_http_identity(const struct test_identity *identity);
struct text test_certificate_pem(const struct test_identity *identity);
struct text test_key_pem(const struct test_identity *identity);

/* A listener on a fresh local socket; the path is the caller's to keep. */
struct http_listener test_listener(char path[64], void (*handle)(void *, struct http_request *),
                                   void *context);

/* A connection to the local socket. */
int test_connect(const char *path);
void test_send(int fd, const char *bytes);
/* Reads until the peer closes, or len bytes of found stand there; false when ms went by. */
bool test_read_until(int fd, struct buffer *buffer, const char *found, int ms);
/* Sends request on a new connection and reads until the peer closes. */
void test_exchange(const char *path, const char *request, struct buffer *buffer);
bool test_holds(const struct buffer *buffer, const char *text);

struct client *test_client(const char *path);
