#include "net/client.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/wipe.h"

enum {
    RESPONSE_HEAD_MAX = 16 * 1024,
    TRANSFER_BUFFER = 16 * 1024, /* curl's smallest for uploads; its default is 64 KiB */
};

struct client {
    char *origin; /* "https://name:port" or "http://local" */
    char *local_path;
    struct curl_slist *connect_to;
    struct buffer ca;
    struct buffer certificate;
    struct buffer key;
    long connect_ms;
    long total_ms;

    CURL *curl;         /* NULL while resting */
    struct buffer head; /* header lines of the last response, each closed by NUL */
    struct buffer body;
    bool large;
    char error[CURL_ERROR_SIZE];
};

/* ---- life ---- */

static int copy_text(struct buffer *buffer, struct text text)
{
    *buffer = buffer_init(text.len);
    buffer_append_text(buffer, text);
    return buffer_check(buffer);
}

/* "https://name:443"; an IPv6 address stands in brackets. */
static int print_place(char **ret_string, const char *scheme, const char *host, unsigned port)
{
    bool six = strchr(host, ':') != NULL;

    return asprintf(ret_string, "%s%s%s%s:%u", scheme, six ? "[" : "", host, six ? "]" : "", port) <
                   0
               ? FAULT(ERR_MEMORY)
               : 0;
}

static int set_origin(struct client *client, const struct client_config *config)
{
    const char *name = config->name ? config->name : config->address;

    if (config->local_path) {
        client->local_path = strdup(config->local_path);
        client->origin = strdup("http://local");
        return client->local_path && client->origin ? 0 : FAULT(ERR_MEMORY);
    }
    int r = print_place(&client->origin, "https://", name, config->port);
    if (r || !config->name)
        return r;
    /* Whatever name is asked for, this is where we go. */
    char *to = NULL;
    r = print_place(&to, "::", config->address, config->port);
    if (r)
        return r;
    client->connect_to = curl_slist_append(NULL, to);
    free(to);
    return client->connect_to ? 0 : FAULT(ERR_MEMORY);
}

RESULT client_new(struct client **ret_client, const struct client_config *config)
{
    CLEANUP(client_free) struct client *client = calloc(1, sizeof(*client));

    if (!client)
        return FAULT(ERR_MEMORY);
    client->connect_ms = config->connect_ms;
    client->total_ms = config->total_ms;
    client->body = buffer_init(config->response_max);
    client->head = buffer_init(RESPONSE_HEAD_MAX);
    int r = set_origin(client, config);
    if (!r)
        r = copy_text(&client->ca, config->ca);
    if (!r)
        r = copy_text(&client->certificate, config->certificate);
    if (!r)
        r = copy_text(&client->key, config->key);
    if (r)
        return r; /* NOLINT(clang-analyzer-unix.Malloc): it does not know CLEANUP */
    *ret_client = TAKE(client);
    return 0;
}

void client_rest(struct client *client)
{
    if (client->curl)
        curl_easy_cleanup(TAKE(client->curl));
    buffer_deinit(&client->head);
    buffer_deinit(&client->body);
}

struct client *client_free(struct client *client)
{
    if (!client)
        return NULL;
    client_rest(client);
    curl_slist_free_all(client->connect_to);
    buffer_deinit(&client->ca);
    buffer_deinit(&client->certificate);
    buffer_deinit(&client->key);
    free(client->local_path);
    free(client->origin);
    free(client);
    return NULL;
}

/* ---- what comes ---- */

static size_t take(struct client *client, struct buffer *buffer, const void *at, size_t len)
{
    buffer_append(buffer, at, len);
    client->large = client->large || buffer->failed;
    return buffer->failed ? CURL_WRITEFUNC_ERROR : len;
}

static size_t take_body(char *at, size_t size, size_t count, void *context)
{
    struct client *client = context;

    return take(client, &client->body, at, size * count);
}

static size_t take_head(char *at, size_t size, size_t count, void *context)
{
    struct client *client = context;
    size_t len = size * count;
    size_t kept = len;

    if (len >= 5 && memcmp(at, "HTTP/", 5) == 0)
        buffer_clear(&client->head); /* a 1xx came before */
    while (kept > 0 && (at[kept - 1] == '\r' || at[kept - 1] == '\n'))
        kept--;
    if (take(client, &client->head, at, kept) != kept || take(client, &client->head, "", 1) != 1)
        return CURL_WRITEFUNC_ERROR;
    return len;
}

struct text client_response_header(const struct client *client, const char *name)
{
    size_t name_len = strlen(name);
    size_t len;

    for (size_t i = 0; i < client->head.len; i += len + 1) {
        const char *line = (const char *)client->head.at + i;

        len = strlen(line);
        if (len <= name_len || line[name_len] != ':' || strncasecmp(line, name, name_len) != 0)
            continue;
        const char *value = line + name_len + 1;
        value += strspn(value, " \t");
        return text_of(value);
    }
    return (struct text){0};
}

/* ---- requests ---- */

static bool set_blob(CURL *curl, CURLoption option, const struct buffer *buffer)
{
    struct curl_blob blob = {.data = buffer->at, .len = buffer->len, .flags = CURL_BLOB_NOCOPY};

    return buffer->len == 0 || curl_easy_setopt(curl, option, &blob) == CURLE_OK;
}

#define SET(option, value) (good = good && curl_easy_setopt(curl, (option), (value)) == CURLE_OK)

static bool set_tls(struct client *client, CURL *curl)
{
    bool good = set_blob(curl, CURLOPT_CAINFO_BLOB, &client->ca) &&
                set_blob(curl, CURLOPT_SSLCERT_BLOB, &client->certificate) &&
                set_blob(curl, CURLOPT_SSLKEY_BLOB, &client->key);

    if (client->ca.len > 0)
        SET(CURLOPT_CAPATH, NULL); /* else the system's authorities are trusted beside ours */
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    return good;
}

static bool set_connection(struct client *client, CURL *curl)
{
    bool good = true;

    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_PROXY, "");
    SET(CURLOPT_NOPROXY, "*");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_PROTOCOLS_STR, client->local_path ? "http" : "https");
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_PATH_AS_IS, 1L);
    SET(CURLOPT_TCP_KEEPALIVE, 1L);
    SET(CURLOPT_BUFFERSIZE, (long)TRANSFER_BUFFER);
    SET(CURLOPT_UPLOAD_BUFFERSIZE, (long)TRANSFER_BUFFER);
    SET(CURLOPT_CONNECTTIMEOUT_MS, client->connect_ms);
    SET(CURLOPT_TIMEOUT_MS, client->total_ms);
    SET(CURLOPT_ERRORBUFFER, client->error);
    SET(CURLOPT_WRITEFUNCTION, take_body);
    SET(CURLOPT_WRITEDATA, client);
    SET(CURLOPT_HEADERFUNCTION, take_head);
    SET(CURLOPT_HEADERDATA, client);
    if (client->local_path)
        SET(CURLOPT_UNIX_SOCKET_PATH, client->local_path);
    if (client->connect_to)
        SET(CURLOPT_CONNECT_TO, client->connect_to);
    return good;
}

static int wake(struct client *client)
{
    if (client->curl)
        return 0;
    CURL *curl = curl_easy_init();
    if (!curl)
        return FAULT(ERR_MEMORY);
    if (!set_connection(client, curl) || !set_tls(client, curl)) {
        curl_easy_cleanup(curl);
        return FAULT(ERR_SYSTEM);
    }
    client->curl = curl;
    return 0;
}

static bool header_plain(struct text value)
{
    for (size_t i = 0; i < value.len; i++)
        if (((unsigned char)value.at[i] < ' ' && value.at[i] != '\t') || value.at[i] == 0x7f)
            return false;
    return true;
}

static bool add_line(struct curl_slist **lines, const char *name, struct text value)
{
    char *line = NULL;

    if (!header_plain(value))
        return false;
    /* To curl, "name:" takes a header away, and "name;" is one without a value. */
    int len = value.len ? asprintf(&line, "%s: %.*s", name, (int)value.len, value.at)
                        : asprintf(&line, "%s;", name);
    if (len < 0)
        return false;
    struct curl_slist *longer = curl_slist_append(*lines, line);
    wipe(line, strlen(line));
    free(line);
    if (longer)
        *lines = longer;
    return longer != NULL;
}

static bool add_lines(struct curl_slist **lines, const struct client_header *headers,
                      size_t header_count, const char *type)
{
    /* No waiting for 100 Continue, and no type that curl makes up. */
    struct curl_slist *first = curl_slist_append(NULL, "Expect:");
    *lines = first;
    bool good = first && (type ? add_line(lines, "Content-Type", text_of(type))
                               : curl_slist_append(*lines, "Content-Type:") != NULL);

    for (size_t i = 0; i < header_count && good; i++)
        good = add_line(lines, headers[i].name, headers[i].value);
    return good;
}

static bool set_request(struct client *client, const char *method, const char *path,
                        struct bytes body, const struct curl_slist *lines)
{
    CURL *curl = client->curl;
    char *url = NULL;
    bool good = true;
    bool head = strcmp(method, "HEAD") == 0;

    if (asprintf(&url, "%s%s", client->origin, path) < 0)
        return false;
    SET(CURLOPT_URL, url);
    free(url);
    if (body.len > 0 || strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0) {
        SET(CURLOPT_POST, 1L);
        SET(CURLOPT_POSTFIELDS, body.at ? (const char *)body.at : "");
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.len);
    } else {
        SET(CURLOPT_HTTPGET, 1L);
    }
    SET(CURLOPT_NOBODY, head ? 1L : 0L);
    SET(CURLOPT_CUSTOMREQUEST, method);
    SET(CURLOPT_HTTPHEADER, lines);
    return good;
}

/* After a TLS 1.3 handshake a server refuses our certificate by an alert that reading meets. */
static bool speaks_of_trust(const char *error)
{
    static const char *const words[] = {"certificate", "unknown ca", "verify failed",
                                        "handshake failure", "access denied"};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcasestr(error, words[i]))
            return true;
    return false;
}

static int outcome_of(const struct client *client, CURLcode code)
{
    switch ((int)code) {
    case CURLE_OK:
        return 0;
    case CURLE_OUT_OF_MEMORY:
        return FAULT(ERR_MEMORY);
    case CURLE_WRITE_ERROR:
        return client->large ? CLIENT_LARGE : FAULT(ERR_SYSTEM);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
        return CLIENT_UNTRUSTED;
    case CURLE_URL_MALFORMAT:
    case CURLE_FAILED_INIT:
        return FAULT(ERR_SYSTEM);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
        return speaks_of_trust(client->error) ? CLIENT_UNTRUSTED : CLIENT_UNREACHABLE;
    default:
        return CLIENT_UNREACHABLE;
    }
}

RESULT client_request(struct client *client, const char *method, const char *path,
                      const struct client_header *headers, size_t header_count, const char *type,
                      struct bytes body, struct client_response *ret_response)
{
    struct curl_slist *lines = NULL;
    long status = 0;

    int r = wake(client);
    if (r)
        return r;
    buffer_clear(&client->head);
    buffer_clear(&client->body);
    client->large = false;
    client->error[0] = 0;
    if (!add_lines(&lines, headers, header_count, type) ||
        !set_request(client, method, path, body, lines)) {
        curl_slist_free_all(lines);
        return FAULT(ERR_MEMORY);
    }
    r = outcome_of(client, curl_easy_perform(client->curl));
    curl_slist_free_all(lines);
    (void)curl_easy_setopt(client->curl, CURLOPT_HTTPHEADER, NULL);
    if (r)
        return r;
    if (curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK)
        return FAULT(ERR_SYSTEM);
    *ret_response =
        (struct client_response){.status = (unsigned)status, .body = buffer_bytes(&client->body)};
    return 0;
}
