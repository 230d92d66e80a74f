#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/clock.h"
#include "tap.h"
#include "test-net.h"

/* Both sides of TLS: who is let in, whom the client trusts, and whose certificate is shown. */

static struct test_identity ca, foreign_ca, own, other, other_ca;
static struct test_identity device, device_expired, device_early, device_foreign;
static const struct test_identity none;

static atomic_int handled;

static void show_certificate(void *context, struct http_request *request)
{
    (void)context;
    atomic_fetch_add(&handled, 1);
    http_reply(request, 200, "application/octet-stream", http_client_certificate(request));
}

static struct http_listener tls_listener(bool mutual)
{
    char path[64];
    struct http_listener listener = test_listener(path, show_certificate, NULL);

    listener.address = "127.0.0.1";
    listener.identity = test_http_identity(&own);
    if (mutual)
        listener.client_ca = test_certificate_pem(&ca);
    return listener;
}

/* One request on a connection of its own. */
static int ask(const struct http_server *server, const char *name,
               const struct test_identity *trusted, const struct test_identity *mine,
               struct buffer *body)
{
    struct client_config config = {
        .address = "127.0.0.1",
        .port = http_server_port(server),
        .name = name,
        .ca = test_certificate_pem(trusted),
        .connect_ms = 5000,
        .total_ms = 20000,
        .response_max = 1 << 16,
    };
    struct client_response response;
    CLEANUP(client_free) struct client *client = NULL;

    if (mine->key.len > 0) {
        config.certificate = test_certificate_pem(mine);
        config.key = test_key_pem(mine);
    }
    CHECK(client_new(&client, &config) == 0);
    int r = client_request(client, "GET", "/", NULL, 0, NULL, (struct bytes){0}, &response);
    if (r == 0) {
        CHECK(response.status == 200);
        CHECK(client_response_header(client, "Strict-Transport-Security").at);
        buffer_append(body, response.body.at, response.body.len);
    }
    return r;
}

static void a_server_of_another_authority_or_name_is_not_trusted(void)
{
    struct http_listener listener = tls_listener(false);
    CLEANUP(http_server_free) struct http_server *server = NULL;
    CLEANUP(buffer_deinit) struct buffer body = buffer_init(1 << 16);

    CHECK(http_server_new(&server, &listener) == 0);
    CHECK(ask(server, HTTP_AGENT_NAME, &ca, &none, &body) == 0);
    CHECK(ask(server, HTTP_AGENT_NAME, &foreign_ca, &none, &body) == CLIENT_UNTRUSTED);
    CHECK(ask(server, "other.example", &ca, &none, &body) == CLIENT_UNTRUSTED);
    CHECK(ask(server, NULL, &ca, &none, &body) == CLIENT_UNTRUSTED); /* 127.0.0.1 */
}

static void an_expired_server_is_not_trusted(void)
{
    struct test_identity expired;
    struct http_listener listener = tls_listener(false);
    CLEANUP(http_server_free) struct http_server *server = NULL;
    CLEANUP(buffer_deinit) struct buffer body = buffer_init(1 << 16);

    test_issue(&ca, HTTP_AGENT_NAME, -20, -10, &expired);
    listener.identity = test_http_identity(&expired);
    CHECK(http_server_new(&server, &listener) == 0);
    CHECK(ask(server, HTTP_AGENT_NAME, &ca, &none, &body) == CLIENT_UNTRUSTED);
    test_identity_deinit(&expired);
}

static void a_device_is_let_in_by_its_certificate_and_the_handler_sees_it(void)
{
    struct http_listener listener = tls_listener(true);
    CLEANUP(http_server_free) struct http_server *server = NULL;
    CLEANUP(buffer_deinit) struct buffer body = buffer_init(1 << 16);

    CHECK(http_server_new(&server, &listener) == 0);
    CHECK(ask(server, HTTP_AGENT_NAME, &ca, &device, &body) == 0);
    CHECK(body.len == device.certificate.len &&
          memcmp(body.at, device.certificate.at, body.len) == 0);
}

static void no_foreign_expired_early_or_servers_certificate_is_let_in(void)
{
    const struct test_identity *const wrong[] = {&none, &device_foreign, &device_expired,
                                                 &device_early, &own};
    struct http_listener listener = tls_listener(true);
    CLEANUP(http_server_free) struct http_server *server = NULL;
    CLEANUP(buffer_deinit) struct buffer body = buffer_init(1 << 16);

    CHECK(http_server_new(&server, &listener) == 0);
    for (size_t i = 0; i < 25; i++)
        CHECK(ask(server, HTTP_AGENT_NAME, &ca, wrong[i % 5], &body) == CLIENT_UNTRUSTED);
    CHECK(ask(server, HTTP_AGENT_NAME, &ca, &device, &body) == 0);
}

static int connect_plain(const struct http_server *server)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port = htons(http_server_port(server)),
                                        .sin_addr = {htonl(INADDR_LOOPBACK)}};

    CHECK(connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0);
    return fd;
}

/* A handshake and a request in one version of TLS by GnuTLS; true when an answer came. */
static bool answered_in(const struct http_server *server, const char *version,
                        const struct test_identity *mine)
{
    gnutls_certificate_credentials_t credentials;
    gnutls_session_t session;
    char priorities[64], answer[256] = "";
    static const char request[] = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    int fd = connect_plain(server);

    (void)snprintf(priorities, sizeof(priorities), "NORMAL:-VERS-ALL:+%s", version);
    CHECK(gnutls_certificate_allocate_credentials(&credentials) == 0);
    if (mine->key.len > 0) {
        struct http_identity pem = test_http_identity(mine);
        gnutls_datum_t chain = {(unsigned char *)(uintptr_t)pem.chain.at, (unsigned)pem.chain.len};
        gnutls_datum_t key = {(unsigned char *)(uintptr_t)pem.key.at, (unsigned)pem.key.len};
        CHECK(gnutls_certificate_set_x509_key_mem(credentials, &chain, &key, GNUTLS_X509_FMT_PEM) ==
              0);
    }
    CHECK(gnutls_init(&session, GNUTLS_CLIENT | GNUTLS_FORCE_CLIENT_CERT) == 0);
    CHECK(gnutls_priority_set_direct(session, priorities, NULL) == 0);
    CHECK(gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials) == 0);
    gnutls_transport_set_int(session, fd);
    bool held = gnutls_handshake(session) == 0 &&
                gnutls_record_send(session, request, strlen(request)) > 0 &&
                gnutls_record_recv(session, answer, sizeof(answer) - 1) > 0;
    gnutls_deinit(session);
    gnutls_certificate_free_credentials(credentials);
    (void)close(fd);
    return held && strncmp(answer, "HTTP/1.1 200", 12) == 0;
}

static void both_versions_of_tls_refuse_before_any_handler_and_older_ones_do_not_exist(void)
{
    static const char *const versions[] = {"VERS-TLS1.2", "VERS-TLS1.3"};
    const struct test_identity *const wrong[] = {&none, &device_foreign, &device_expired,
                                                 &device_early, &own};
    struct http_listener listener = tls_listener(true);
    CLEANUP(http_server_free) struct http_server *server = NULL;

    atomic_store(&handled, 0);
    CHECK(http_server_new(&server, &listener) == 0);
    for (size_t v = 0; v < 2; v++) {
        for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
            CHECK(!answered_in(server, versions[v], wrong[i]));
        CHECK(atomic_load(&handled) == (int)v);
        CHECK(answered_in(server, versions[v], &device));
    }
    CHECK(!answered_in(server, "VERS-TLS1.1", &device));
    CHECK(atomic_load(&handled) == 2);
}

static void the_name_asked_for_chooses_the_identity(void)
{
    struct http_listener listener = tls_listener(false);
    CLEANUP(http_server_free) struct http_server *server = NULL;
    CLEANUP(buffer_deinit) struct buffer body = buffer_init(1 << 16);

    listener.identity_other = test_http_identity(&other);
    CHECK(http_server_new(&server, &listener) == 0);
    CHECK(ask(server, HTTP_AGENT_NAME, &ca, &none, &body) == 0);
    CHECK(ask(server, "ward.hospital.example", &other_ca, &none, &body) == 0);
    CHECK(ask(server, NULL, &other_ca, &none, &body) == 0); /* an address: no name is sent */
    CHECK(ask(server, HTTP_AGENT_NAME, &other_ca, &none, &body) == CLIENT_UNTRUSTED);
    CHECK(ask(server, "ward.hospital.example", &ca, &none, &body) == CLIENT_UNTRUSTED);
}

static void a_new_identity_is_served_from_the_next_handshake_on(void)
{
    struct http_listener listener = tls_listener(true);
    const struct http_identity fresh = test_http_identity(&other);
    const struct http_identity mixed = {.chain = test_certificate_pem(&other),
                                        .key = test_key_pem(&own)};
    const struct http_identity broken = {.chain = text_of("not PEM"), .key = text_of("nor this")};
    CLEANUP(http_server_free) struct http_server *server = NULL;
    CLEANUP(buffer_deinit) struct buffer body = buffer_init(1 << 16);

    CHECK(http_server_new(&server, &listener) == 0);
    CHECK(ask(server, "ward.hospital.example", &other_ca, &device, &body) == CLIENT_UNTRUSTED);
    CHECK(http_server_set_identity(server, &mixed) == ERR_CRYPTO);
    CHECK(http_server_set_identity(server, &broken) == ERR_CRYPTO);
    CHECK(http_server_set_identity(server, &fresh) == 0);
    CHECK(ask(server, "ward.hospital.example", &other_ca, &device, &body) == 0);
    CHECK(ask(server, "ward.hospital.example", &other_ca, &none, &body) == CLIENT_UNTRUSTED);
    CHECK(ask(server, HTTP_AGENT_NAME, &ca, &device, &body) == 0);
    CHECK(http_server_set_identity(server, NULL) == 0);
    CHECK(ask(server, "ward.hospital.example", &other_ca, &device, &body) == CLIENT_UNTRUSTED);
    CHECK(ask(server, HTTP_AGENT_NAME, &ca, &device, &body) == 0);
}

static void a_listener_without_a_fitting_identity_does_not_open(void)
{
    struct http_listener listener = tls_listener(false);
    struct http_server *server = NULL;

    listener.identity.key = test_key_pem(&other);
    CHECK(http_server_new(&server, &listener) == ERR_CRYPTO);
    listener.identity = (struct http_identity){0};
    CHECK(http_server_new(&server, &listener) == ERR_CRYPTO);
    listener.identity = test_http_identity(&own);
    listener.client_ca = text_of("not PEM");
    CHECK(http_server_new(&server, &listener) == ERR_CRYPTO);
    CHECK(!server);
}

static void a_port_in_use_and_an_address_that_is_none_are_told_apart(void)
{
    struct http_listener listener = tls_listener(false);
    CLEANUP(http_server_free) struct http_server *server = NULL;
    struct http_server *second = NULL;

    CHECK(http_server_new(&server, &listener) == 0);
    listener.port = http_server_port(server);
    CHECK(http_server_new(&second, &listener) == HTTP_TAKEN);
    listener.port = 0;
    listener.address = "not-an-address";
    CHECK(http_server_new(&second, &listener) == HTTP_ADDRESS);
    listener.address = "192.0.2.1";
    CHECK(http_server_new(&second, &listener) == HTTP_ADDRESS);
}

static void a_handshake_that_never_ends_is_closed_while_others_are_served(void)
{
    /* The start of a record that says it holds a hello of 512 bytes. */
    static const char hello[] = "\x16\x03\x01\x02\x10\x01\x10\x01\xfc\x03\x03";
    struct http_listener listener = tls_listener(false);
    CLEANUP(http_server_free) struct http_server *server = NULL;
    CLEANUP(buffer_deinit) struct buffer body = buffer_init(1 << 16);

    listener.head_deadline_ms = 500;
    CHECK(http_server_new(&server, &listener) == 0);
    int64_t begin = clock_boot_ms();
    int fd = connect_plain(server);
    test_send(fd, hello);
    CHECK(ask(server, HTTP_AGENT_NAME, &ca, &none, &body) == 0);
    while (!test_read_until(fd, &body, NULL, 20) && clock_boot_ms() - begin < 10000)
        test_send(fd, "x");
    CHECK(clock_boot_ms() - begin >= 500 && clock_boot_ms() - begin < 5000);
    (void)close(fd);
}

static void an_address_holds_no_more_connections_than_it_may(void)
{
    struct http_listener listener = tls_listener(false);
    CLEANUP(http_server_free) struct http_server *server = NULL;
    CLEANUP(buffer_deinit) struct buffer body = buffer_init(1 << 16);
    int fds[3];

    listener.connections_per_address_max = 2;
    CHECK(http_server_new(&server, &listener) == 0);
    for (size_t i = 0; i < 3; i++)
        fds[i] = connect_plain(server);
    CHECK(test_read_until(fds[2], &body, NULL, 5000)); /* closed at once: deadlines are 10 s */
    CHECK(!test_read_until(fds[0], &body, NULL, 1) && !test_read_until(fds[1], &body, NULL, 1));
    for (size_t i = 0; i < 3; i++)
        (void)close(fds[i]);
}

static void nobody_there_is_unreachable_and_not_untrusted(void)
{
    struct http_listener listener = tls_listener(false);
    struct http_server *server = NULL;
    struct client_response response;
    CLEANUP(client_free) struct client *client = NULL;

    CHECK(http_server_new(&server, &listener) == 0);
    const struct client_config config = {.address = "127.0.0.1",
                                         .port = http_server_port(server),
                                         .ca = test_certificate_pem(&ca),
                                         .connect_ms = 1000,
                                         .total_ms = 1000,
                                         .response_max = 100};
    server = http_server_free(server);
    CHECK(client_new(&client, &config) == 0);
    CHECK(client_request(client, "GET", "/", NULL, 0, NULL, (struct bytes){0}, &response) ==
          CLIENT_UNREACHABLE);
}

static void make_identities(void)
{
    test_ca(&ca);
    test_ca(&foreign_ca);
    test_ca(&other_ca);
    test_issue(&ca, HTTP_AGENT_NAME, -1, 30, &own);
    test_issue(&other_ca, "ward.hospital.example,127.0.0.1", -1, 30, &other);
    test_issue(&ca, NULL, -1, 30, &device);
    test_issue(&ca, NULL, -20, -10, &device_expired);
    test_issue(&ca, NULL, 10, 20, &device_early);
    test_issue(&foreign_ca, NULL, -1, 30, &device_foreign);
}

static void free_identities(void)
{
    struct test_identity *const all[] = {&ca,           &foreign_ca,     &own,
                                         &other,        &device,         &device_expired,
                                         &device_early, &device_foreign, &other_ca};

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        test_identity_deinit(all[i]);
}

int main(void)
{
    make_identities();
    RUN(a_server_of_another_authority_or_name_is_not_trusted);
    RUN(an_expired_server_is_not_trusted);
    RUN(a_device_is_let_in_by_its_certificate_and_the_handler_sees_it);
    RUN(no_foreign_expired_early_or_servers_certificate_is_let_in);
    RUN(both_versions_of_tls_refuse_before_any_handler_and_older_ones_do_not_exist);
    RUN(the_name_asked_for_chooses_the_identity);
    RUN(a_new_identity_is_served_from_the_next_handshake_on);
    RUN(a_listener_without_a_fitting_identity_does_not_open);
    RUN(a_port_in_use_and_an_address_that_is_none_are_told_apart);
    RUN(a_handshake_that_never_ends_is_closed_while_others_are_served);
    RUN(an_address_holds_no_more_connections_than_it_may);
    RUN(nobody_there_is_unreachable_and_not_untrusted);
    free_identities();
    return tap_done();
}
