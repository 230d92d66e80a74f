#include "command.h"
#include "print.h"

#include "base/buffer.h"
#include "os/file.h"

enum { PEM_MAX = 64 * 1024 };

static void tls_print(const json_t *answer)
{
    if (json_is_true(json_object_get(answer, "imported"))) {
        (void)printf("People see the imported certificate, valid until ");
        print_text(stdout, print_member(answer, "imported_to_at"));
        (void)printf(".\n  SHA-256 %s\n", print_member(answer, "imported_fingerprint"));
    } else {
        (void)printf(
            "People see a certificate of Ward's own CA, which browsers do not know: they warn.\n"
            "Import the organisation's with `ward tls import`, or trust this CA on the "
            "computers.\n");
    }
    (void)printf("Ward's own CA, pinned by agents:\n  SHA-256 %s\n",
                 print_member(answer, "own_fingerprint"));
}

int run_tls_show(struct api *api, const struct command_line *line)
{
    CLEANUP(json_free) json_t *answer = NULL;
    int r = api_call(api, "GET", "/api/v1/tls", NULL, NULL, &answer);

    if (r)
        return api_exit(r);
    if (line->json)
        print_json(answer);
    else
        tls_print(answer);
    return EXIT_OK;
}

static int pem_read(const char *path, struct buffer *buffer)
{
    int r = file_read(path, buffer);

    if (r == 0) {
        buffer_append(buffer, "", 1);
        return r;
    }
    (void)fprintf(stderr, "ward: %s: %s\n", path,
                  r == FILE_ABSENT   ? "no such file"
                  : r == FILE_DENIED ? "not permitted"
                  : r == FILE_LARGE  ? "larger than 64 KiB: is this a PEM file?"
                                     : "cannot be read");
    return r;
}

int run_tls_import(struct api *api, const struct command_line *line)
{
    CLEANUP(buffer_deinit) struct buffer chain = buffer_init(PEM_MAX);
    CLEANUP(buffer_deinit) struct buffer key = buffer_init(PEM_MAX);

    if (pem_read(line->values[0], &chain) || pem_read(line->values[1], &key))
        return EXIT_FOUND;
    CLEANUP(json_free)
    json_t *body =
        json_pack("{s:s, s:s}", "chain", (const char *)chain.at, "key", (const char *)key.at);
    CLEANUP(json_free) json_t *answer = NULL;
    if (!body) {
        (void)fprintf(stderr, "ward: the files are not PEM text\n");
        return EXIT_FOUND;
    }
    int r = api_call(api, "PUT", "/api/v1/tls", body, NULL, &answer);
    if (r)
        return api_exit(r);
    if (line->json)
        print_json(answer);
    else
        tls_print(answer);
    return EXIT_OK;
}
