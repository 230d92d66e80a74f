#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/hex.h"
#include "bench_ingest.h"
#include "crypto/x509.h"
#include "net/client.h"
#include "net/server.h"
#include "net/tag.h"
#include "os/process.h"

#define PEM_MAX ((size_t)16384)
#define LINE_SIZE 1024

static int program_path(char *path, size_t size)
{
    char *slash;
    int r = process_own_path(path, size);

    if (r)
        return r;
    for (int up = 0; up < 3; up++) {
        slash = strrchr(path, '/');
        if (slash)
            *slash = '\0';
    }
    if (strlen(path) + sizeof "/server/wardd" > size)
        return FAULT(ERR_MEMORY);
    memcpy(path + strlen(path), "/server/wardd", sizeof "/server/wardd");
    return 0;
}

RESULT bench_server_start(struct bench_server *server)
{
    char path[1024];
    char line[LINE_SIZE];
    int out[2];
    FILE *stream;
    int r = program_path(path, sizeof path);

    snprintf(server->data, sizeof server->data, "/tmp/ward-bench-ingest-XXXXXX");
    if (r || !mkdtemp(server->data) || pipe(out) < 0)
        return r ? r : FAULT(ERR_SYSTEM);
    snprintf(server->socket, sizeof server->socket, "%s/ward.sock", server->data);
    server->pid = fork();
    if (server->pid == 0) {
        dup2(out[1], STDOUT_FILENO);
        execl(path, "wardd", "--data", server->data, "--listen", "127.0.0.1:0", "--agents",
              "127.0.0.1:0", (char *)NULL);
        _exit(127);
    }
    close(out[1]);
    stream = fdopen(out[0], "r");
    if (!stream || !fgets(line, sizeof line, stream)) {
        fprintf(stderr, "bench_ingest: %s did not start\n", path);
        return FAULT(ERR_SYSTEM);
    }
    /* The stream stays open: a server that prints must not meet a closed pipe. */
    return 0;
}

void bench_server_stop(struct bench_server *server)
{
    char command[400];

    if (server->pid <= 0)
        return;
    kill(server->pid, SIGTERM);
    waitpid(server->pid, NULL, 0);
    snprintf(command, sizeof command, "%s", server->data);
    if (fork() == 0) {
        execlp("rm", "rm", "-rf", "--", command, (char *)NULL);
        _exit(127);
    }
    wait(NULL);
}

/* One JSON request; the caller owns the answer. */
static int ask(struct client *client, const char *path, const char *body,
               const struct client_header *headers, size_t count, json_t **ret_answer)
{
    struct client_response response;
    json_error_t error;
    int r = client_request(client, "POST", path, headers, count, "application/json",
                           bytes_of_text(text_of(body)), &response);

    if (r)
        return r < 0 ? r : FAULT(ERR_SYSTEM);
    if (response.status != 201) {
        fprintf(stderr, "%s: %u %.*s\n", path, response.status, (int)response.body.len,
                (const char *)response.body.at);
        return FAULT(ERR_SYSTEM);
    }
    *ret_answer = json_loadb((const char *)response.body.at, response.body.len, 0, &error);
    return *ret_answer ? 0 : FAULT(ERR_CORRUPT);
}

static int make_package(const struct bench_server *server, size_t uses, json_t **ret_file)
{
    CLEANUP(client_free) struct client *client = NULL;
    struct client_config config = {
        .local_path = server->socket, .connect_ms = 5000, .total_ms = 10000, .response_max = 65536};
    char body[128];
    json_t *answer;
    int r = client_new(&client, &config);

    snprintf(body, sizeof body, "{\"note\":\"bench\",\"uses\":%zu,\"server\":\"127.0.0.1\"}", uses);
    if (!r)
        r = ask(client, "/api/v1/packages", body, NULL, 0, &answer);
    if (r)
        return r;
    *ret_file = json_incref(json_object_get(answer, "file"));
    json_decref(answer);
    return 0;
}

static int take_answer(struct bench_device *device, const json_t *answer)
{
    const char *certificate = json_string_value(json_object_get(answer, "certificate"));
    uint8_t der[4096];
    size_t len = strlen(certificate);
    size_t size = len / 4 * 3 + (len % 4 ? len % 4 - 1 : 0);
    int r;

    device->epoch = (uint32_t)json_integer_value(json_object_get(answer, "epoch"));
    snprintf(device->id_text, sizeof device->id_text, "%s",
             json_string_value(json_object_get(answer, "device")));
    r = hex_parse(text_of(device->id_text), device->id.at, DEVICE_ID_SIZE);
    if (!r)
        r = size <= sizeof der ? base64url_parse(text_of(certificate), der, size) : ERR_MEMORY;
    if (!r)
        r = x509_pem(X509_CERTIFICATE, (struct bytes){der, size}, &device->certificate);
    return r;
}

static int make_request(struct bench_device *device, const char *token, char *body, size_t size)
{
    CLEANUP(buffer_deinit) struct buffer key = buffer_init(PEM_MAX);
    CLEANUP(buffer_deinit) struct buffer request = buffer_init(PEM_MAX);
    char text[2048];
    int r = x509_key_new(&key);

    if (!r)
        r = x509_request_new(buffer_bytes(&key), &request);
    if (!r)
        r = x509_pem(X509_KEY, buffer_bytes(&key), &device->key);
    if (r)
        return r;
    if (BASE64URL_SIZE(request.len) > sizeof text)
        return FAULT(ERR_MEMORY);
    base64url_print(buffer_bytes(&request), text);
    snprintf(body, size,
             "{\"token\":\"%s\",\"request\":\"%s\",\"host_name\":\"bench\",\"version\":\"0.1.0\"}",
             token, text);
    return 0;
}

static int enrol(struct bench_device *device, const json_t *file, struct client *client)
{
    struct tag_request tagged = {.method = text_of("POST"), .path = text_of("/api/v1/enrol")};
    char body[4096];
    char tag[2 * HASH_SIZE + 1];
    struct client_header header = {.name = "Ward-Tag"};
    struct hash hash;
    json_t *answer;
    int r;

    device->certificate = buffer_init(PEM_MAX);
    device->key = buffer_init(PEM_MAX);
    device->ca = buffer_init(PEM_MAX);
    buffer_append_string(&device->ca, json_string_value(json_object_get(file, "ca")));
    device->agents_port = (uint16_t)json_integer_value(json_object_get(file, "agent_port"));
    r = base64url_parse(text_of(json_string_value(json_object_get(file, "instance_key"))),
                        device->instance_key, sizeof device->instance_key);
    if (!r)
        r = make_request(device, json_string_value(json_object_get(file, "token")), body,
                         sizeof body);
    if (r)
        return r;
    tagged.body = bytes_of_text(text_of(body));
    r = tag_make((struct bytes){device->instance_key, sizeof device->instance_key}, &tagged, &hash);
    if (r)
        return r;
    hex_print((struct bytes){hash.at, HASH_SIZE}, tag);
    header.value = text_of(tag);
    r = ask(client, "/api/v1/enrol", body, &header, 1, &answer);
    if (r)
        return r;
    r = take_answer(device, answer);
    json_decref(answer);
    return r;
}

RESULT bench_enrol(const struct bench_server *server, struct bench_device *devices, size_t count)
{
    CLEANUP(client_free) struct client *client = NULL;
    struct client_config config = {.address = "127.0.0.1",
                                   .name = HTTP_AGENT_NAME,
                                   .connect_ms = 5000,
                                   .total_ms = 10000,
                                   .response_max = 65536};
    json_t *file;
    int r = make_package(server, count, &file);

    if (r)
        return r;
    config.ca = text_of(json_string_value(json_object_get(file, "ca")));
    config.port = (uint16_t)json_integer_value(json_object_get(file, "enrol_port"));
    r = client_new(&client, &config);
    for (size_t i = 0; i < count && !r; i++)
        r = enrol(&devices[i], file, client);
    json_decref(file);
    return r;
}

RESULT bench_check(const struct bench_server *server, size_t spans)
{
    CLEANUP(client_free) struct client *client = NULL;
    struct client_config config = {
        .local_path = server->socket, .connect_ms = 5000, .total_ms = 10000, .response_max = 65536};
    struct client_response response;
    json_error_t error;
    json_t *status;
    json_int_t taken;
    int r = client_new(&client, &config);

    if (!r)
        r = client_request(client, "GET", "/api/v1/status", NULL, 0, NULL, (struct bytes){0},
                           &response);
    if (r)
        return r < 0 ? r : FAULT(ERR_SYSTEM);
    status = json_loadb((const char *)response.body.at, response.body.len, 0, &error);
    taken = json_integer_value(json_object_get(json_object_get(status, "spans"), "spans"));
    json_decref(status);
    /* Those that cross midnight are two. */
    if ((size_t)taken < spans || (size_t)taken > spans + spans / 100) {
        fprintf(stderr, "bench_ingest: %lld spans were taken of %zu\n", (long long)taken, spans);
        return FAULT(ERR_CORRUPT);
    }
    return 0;
}
