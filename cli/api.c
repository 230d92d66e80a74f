#include "api.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/wipe.h"
#include "command.h"
#include "net/client.h"
#include "os/file.h"
#include "print.h"

enum { CONNECT_MS = 3000, TOTAL_MS = 120000, ANSWER_MAX = 512 * 1024 * 1024 };

struct api {
    struct client *client;
    const char *socket_path;
};

RESULT api_new(struct api **ret_api, const char *socket_path)
{
    CLEANUP(api_free) struct api *api = calloc(1, sizeof(*api));
    struct client_config config = {
        .local_path = socket_path,
        .name = "localhost",
        .connect_ms = CONNECT_MS,
        .total_ms = TOTAL_MS,
        .response_max = ANSWER_MAX,
    };

    if (!api)
        return FAULT(ERR_MEMORY);
    api->socket_path = socket_path;
    int r = client_new(&api->client, &config);
    if (r)
        return r;
    *ret_api = TAKE(api);
    return 0;
}

struct api *api_free(struct api *api)
{
    if (api)
        client_free(api->client);
    free(api);
    return NULL;
}

static void unreachable(const struct api *api)
{
    (void)fprintf(stderr,
                  "ward: no server answers at %s\n"
                  "      Is wardd running, and is this its data directory? Name another with "
                  "--data DIR; the socket "
                  "is open to root\n      and to the account that wardd runs as.\n",
                  api->socket_path);
}

static void problem(const struct client_response *response)
{
    CLEANUP(json_free)
    json_t *answer = json_loadb((const char *)response->body.at, response->body.len, 0, NULL);
    const char *title = json_string_value(json_object_get(answer, "title"));
    const char *detail = json_string_value(json_object_get(answer, "detail"));
    size_t at;
    json_t *field;

    (void)fprintf(stderr, "ward: ");
    print_text(stderr, title ? title : "the server refused");
    (void)fprintf(stderr, " (%u)\n", response->status);
    if (detail && *detail) {
        (void)fprintf(stderr, "      ");
        print_text(stderr, detail);
        (void)fputc('\n', stderr);
    }
    json_array_foreach(json_object_get(answer, "errors"), at, field)
    {
        (void)fprintf(stderr, "      ");
        print_text(stderr, json_string_value(json_object_get(field, "pointer")));
        (void)fprintf(stderr, ": ");
        print_text(stderr, json_string_value(json_object_get(field, "detail")));
        (void)fputc('\n', stderr);
    }
}

static RESULT request(struct api *api, const char *method, const char *path, struct bytes body,
                      const char *if_match, struct client_response *ret_response)
{
    struct client_header header = {.name = "If-Match", .value = text_of(if_match)};
    struct client_response response;
    int r = client_request(api->client, method, path, &header, if_match ? 1 : 0,
                           body.at ? "application/json" : NULL, body, &response);

    if (r == CLIENT_UNREACHABLE || r == CLIENT_UNTRUSTED) {
        unreachable(api);
        return API_UNREACHABLE;
    }
    if (r == CLIENT_LARGE) {
        (void)fprintf(stderr, "ward: the answer is larger than %d MiB\n", ANSWER_MAX >> 20);
        return API_REFUSED;
    }
    if (r)
        return r;
    if (response.status >= 300) {
        problem(&response);
        return API_REFUSED;
    }
    *ret_response = response;
    return 0;
}

RESULT api_call(struct api *api, const char *method, const char *path, const json_t *body,
                const char *if_match, json_t **ret_answer)
{
    struct client_response response;
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;

    if (body && !text)
        return FAULT(ERR_MEMORY);
    int r = request(api, method, path, bytes_of_text(text_of(text)), if_match, &response);
    if (text)
        wipe(text, strlen(text));
    free(text);
    if (r)
        return r;
    json_t *answer = NULL;
    if (response.body.len > 0) {
        answer = json_loadb((const char *)response.body.at, response.body.len, 0, NULL);
        if (!answer) {
            (void)fprintf(stderr, "ward: the answer is not JSON: is this a Ward server?\n");
            return API_REFUSED;
        }
    }
    *ret_answer = answer;
    return 0;
}

RESULT api_fetch(struct api *api, const char *path, struct bytes *ret_bytes)
{
    struct client_response response;
    int r = request(api, "GET", path, (struct bytes){0}, NULL, &response);

    if (r)
        return r;
    *ret_bytes = response.body;
    return 0;
}

int api_save(struct api *api, const char *path, const char *file)
{
    struct bytes bytes;
    int r = api_fetch(api, path, &bytes);

    if (r)
        return api_exit(r);
    r = file_replace(file, bytes, 0600);
    if (r) {
        (void)fprintf(stderr, "ward: %s cannot be written\n", file);
        return EXIT_FOUND;
    }
    (void)printf("%s: %zu bytes\n", file, bytes.len);
    return EXIT_OK;
}

int api_exit(int result)
{
    if (result == 0)
        return EXIT_OK;
    if (result < 0)
        (void)fprintf(stderr, "ward: %s\n", fault_name(result));
    return result == API_UNREACHABLE ? EXIT_UNREACHABLE : EXIT_FOUND;
}
