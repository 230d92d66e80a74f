#include <stdlib.h>
#include <string.h>

#include "audit/receipt.h"
#include "base/moment.h"
#include "command.h"
#include "crypto/x509.h"
#include "os/file.h"
#include "print.h"

enum { PATH_SIZE = 256, ARENA_MAX = 1024 * 1024, CERTIFICATE_MAX = 64 * 1024 };

/* The device of that host name or id, or the only one there is; NULL, and why on standard error. */
static const char *device_named(const json_t *devices, const char *name)
{
    const char *found = NULL;
    size_t count = 0;
    size_t i;
    json_t *device;

    json_array_foreach(devices, i, device)
    {
        const char *id = json_string_value(json_object_get(device, "id"));
        const char *host = json_string_value(json_object_get(device, "host_name"));

        if (name && (!id || strcmp(id, name) != 0) && (!host || strcmp(host, name) != 0))
            continue;
        found = id;
        count++;
    }
    if (count == 1)
        return found;
    (void)fprintf(stderr, "ward: %s; give --device with a host name or id (ward device list)\n",
                  count ? "more than one device fits" : "no such device");
    return NULL;
}

static int write_file(const char *path, struct bytes content)
{
    int r = file_replace(path, content, 0644);

    if (r == 0)
        return EXIT_OK;
    (void)fprintf(stderr, "ward: %s cannot be written\n", path);
    return EXIT_FOUND;
}

/* The newest of the list as it was signed, and beside it the certificate to verify it with. */
static int save(struct api *api, const char *id, const json_t *receipts, const char *out)
{
    const json_t *newest = json_array_get(receipts, 0);
    const char *pem = json_string_value(json_object_get(newest, "certificate"));
    const char *day = json_string_value(json_object_get(newest, "day"));
    struct bytes content;
    char path[PATH_SIZE];

    if (!pem || !day) {
        (void)fputs("ward: there is no such receipt yet\n", stderr);
        return EXIT_FOUND;
    }
    (void)snprintf(path, sizeof(path), "/api/v1/devices/%s/receipts/%s", id, day);
    int r = api_fetch(api, path, &content);
    if (r)
        return api_exit(r);
    int code = write_file(out, content);
    if (code == EXIT_OK && snprintf(path, sizeof(path), "%s.pem", out) < (int)sizeof(path))
        code = write_file(path, bytes_of_text(text_of(pem)));
    if (code == EXIT_OK)
        (void)printf("%s: the receipt of %s, as the device signed it\n"
                     "%s.pem: its certificate\n"
                     "Anywhere:  ward receipts verify %s --certificate %s.pem\n",
                     out, day, out, out, out);
    return code;
}

static void show(const json_t *receipts)
{
    static const struct print_column columns[] = {
        {"DAY", "day"},
        {"FINAL", "final"},
        {"COMPARED", "verdict"},
        {"JUDGED", "judged"},
        {"TRIALS", "canaries_run"},
        {"CLEAN", "canaries_passed"},
        {"BATCHES TO", "through"},
        {"MADE", "made_at"},
        {"DIFFERENCE", "difference"},
    };

    print_table(receipts, columns, sizeof(columns) / sizeof(columns[0]));
}

int run_receipts(struct api *api, const struct command_line *line)
{
    CLEANUP(json_free) json_t *list = NULL;
    CLEANUP(json_free) json_t *answer = NULL;
    const char *day = line->values[1];
    char path[PATH_SIZE];
    int32_t number;

    if (day && time_day_parse(text_of(day), &number)) {
        (void)fprintf(stderr, "ward: --day takes a day like 2026-11-23, not %s\n", day);
        return EXIT_USAGE;
    }
    int r = api_call(api, "GET", "/api/v1/devices", NULL, NULL, &list);
    if (r)
        return api_exit(r);
    const char *id = device_named(json_object_get(list, "devices"), line->values[0]);
    if (!id)
        return EXIT_FOUND;
    (void)snprintf(path, sizeof(path), "/api/v1/devices/%s/receipts%s%s", id, day ? "?day=" : "",
                   day ? day : "");
    r = api_call(api, "GET", path, NULL, NULL, &answer);
    if (r)
        return api_exit(r);
    const json_t *receipts = json_object_get(answer, "receipts");
    if (line->values[2])
        return save(api, id, receipts, line->values[2]);
    if (line->json)
        print_json(answer);
    else
        show(receipts);
    return EXIT_OK;
}

/* ---- offline ---- */

static int read_certificate(const char *path, struct buffer *ret_der)
{
    CLEANUP(buffer_deinit) struct buffer pem = buffer_init(CERTIFICATE_MAX);

    if (file_read(path, &pem)) {
        (void)fprintf(stderr, "ward: %s cannot be read\n", path);
        return EXIT_FOUND;
    }
    if (x509_from_pem(X509_CERTIFICATE, buffer_bytes(&pem), ret_der)) {
        (void)fprintf(stderr, "ward: %s holds no certificate in PEM\n", path);
        return EXIT_FOUND;
    }
    return EXIT_OK;
}

static void show_verified(const struct receipt *receipt)
{
    char day[TIME_TEXT_SIZE];
    char made[TIME_TEXT_SIZE];

    time_day_print(receipt->day, day);
    time_print(receipt->made_at, made);
    (void)printf("The receipt holds: it is signed by that device's key.\n"
                 "%s of %s (UTC), made at %s%s\n"
                 "%llu texts judged; %llu of %llu trials clean; batches up to number %llu\n",
                 receipt->final ? "Final" : "Provisional", day, made,
                 receipt->whole ? "" : "; it does not cover the whole day",
                 (unsigned long long)receipt->judged, (unsigned long long)receipt->canaries_passed,
                 (unsigned long long)receipt->canaries_run, (unsigned long long)receipt->through);
    for (size_t i = 0; i < receipt->rules_count; i++)
        (void)printf("Rules     version %s\n", receipt->rules[i].version);
    for (size_t i = 0; i < receipt->kind_count; i++)
        (void)printf("Removed   %s: %llu\n", receipt->kinds[i].word,
                     (unsigned long long)receipt->kinds[i].count);
    for (size_t i = 0; i < receipt->dropped_count; i++)
        (void)printf("Dropped   %s: %llu\n", receipt->dropped[i].word,
                     (unsigned long long)receipt->dropped[i].count);
}

int run_receipts_verify(struct api *api, const struct command_line *line)
{
    CLEANUP(buffer_deinit) struct buffer text = buffer_init(RECEIPT_MAX + 1);
    CLEANUP(buffer_deinit) struct buffer certificate = buffer_init(CERTIFICATE_MAX);
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct receipt receipt;

    (void)api;
    if (file_read(line->words[0], &text)) {
        (void)fprintf(stderr, "ward: %s cannot be read\n", line->words[0]);
        return EXIT_FOUND;
    }
    int code = read_certificate(line->values[0], &certificate);
    if (code)
        return code;
    int r = arena_new(&arena, ARENA_MAX);
    if (r == 0)
        r = receipt_verify(text_of_bytes(buffer_bytes(&text)), buffer_bytes(&certificate), arena,
                           &receipt);
    if (r < 0)
        return api_exit(r);
    if (r) {
        (void)printf("%s\n", r == RECEIPT_FORGED
                                 ? "THE RECEIPT DOES NOT HOLD: it is not signed by the key of that "
                                   "certificate, or was changed."
                                 : "This is not a receipt, or it was changed.");
        return EXIT_FOUND;
    }
    show_verified(&receipt);
    return EXIT_OK;
}
