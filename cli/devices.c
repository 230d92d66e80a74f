#include "command.h"
#include "list.h"
#include "print.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "os/file.h"

enum { PATH_SIZE = 256, PACKAGE_MAX = 64 * 1024 };

static int package_write(const char *path, const json_t *answer, const struct command_line *line)
{
    CLEANUP(buffer_deinit) struct buffer content = buffer_init(PACKAGE_MAX);
    char *text = json_dumps(json_object_get(answer, "file"), JSON_INDENT(2));

    if (text)
        buffer_append_string(&content, text);
    buffer_append_string(&content, "\n");
    free(text);
    int r = file_replace(path, buffer_bytes(&content), 0600);
    if (r == FILE_DENIED || r < 0) {
        (void)fprintf(
            stderr, "ward: %s cannot be written; the package was made but is lost: make another\n",
            path);
        return EXIT_FOUND;
    }
    const json_t *package = json_object_get(answer, "package");
    if (line->json) {
        print_json(package);
        return EXIT_OK;
    }
    (void)printf("%s: good for %s computers until ", path, print_member(package, "uses"));
    print_text(stdout, print_member(package, "expires_at"));
    (void)printf("\nIt holds the instance key: carry it as a secret, and delete it when the "
                 "computers are enrolled.\n"
                 "On each:  ward-agent enrol --package FILE --state DIR\n");
    return EXIT_OK;
}

int run_enrol_package(struct api *api, const struct command_line *line)
{
    const char *out = line->values[0];
    char *end = NULL;
    long uses = strtol(line->values[2], &end, 10);

    if (*end || uses < 1 || uses > 10000) {
        (void)fprintf(stderr, "ward: --uses takes a number from 1 to 10000, not %s\n",
                      line->values[2]);
        return EXIT_USAGE;
    }
    CLEANUP(json_free)
    json_t *body = json_pack("{s:s, s:i, s:s}", "note", line->values[3], "uses", (int)uses,
                             "server", line->values[1]);
    CLEANUP(json_free) json_t *answer = NULL;
    int r = api_call(api, "POST", "/api/v1/packages", body, NULL, &answer);

    return r ? api_exit(r) : package_write(out, answer, line);
}

int run_device_list(struct api *api, const struct command_line *line)
{
    static const struct print_column columns[] = {
        {"DEVICE", "id"},       {"HOST", "host_name"},     {"VERSION", "version"},
        {"LIVE", "live"},       {"LAST SEEN", "seen_at"},  {"WAITING", "waiting"},
        {"MISSING", "missing"}, {"REVOKED", "revoked_at"},
    };

    return list_run(api, line, "/api/v1/devices", "devices", columns,
                    sizeof(columns) / sizeof(columns[0]));
}

int run_device_revoke(struct api *api, const struct command_line *line)
{
    const char *device = line->words[0];
    char path[PATH_SIZE];

    if (strlen(device) != 32 || strspn(device, "0123456789abcdef") != 32) {
        (void)fprintf(stderr, "ward: a device is named by its 32 hex digits (ward device list)\n");
        return EXIT_USAGE;
    }
    (void)snprintf(path, sizeof(path), "/api/v1/devices/%s/revoke", device);
    CLEANUP(json_free) json_t *body = json_pack("{s:s}", "reason", line->values[0]);
    CLEANUP(json_free) json_t *answer = NULL;
    int r = api_call(api, "POST", path, body, NULL, &answer);
    if (r)
        return api_exit(r);
    if (line->json)
        print_json(answer);
    else
        (void)printf("%s is refused from now on. What it sent stays.\n", device);
    return EXIT_OK;
}
