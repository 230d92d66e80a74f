/* Receipts of redaction: shown, given out as they were signed, asked for. */

#include "audit/receipt.h"
#include "base/hex.h"
#include "base/moment.h"
#include "crypto/x509.h"
#include "routes.h"
#include "server/serve/api/call.h"
#include "server/serve/serve.h"

#define RECEIPTS_STANDARD 14
#define RECEIPTS_ARENA_MAX ((size_t)64 * 1024 * 1024)

struct listing {
    struct arena *arena;
    struct device_id device;
    int32_t day;
    size_t limit;
    struct records_receipt *rows;
    size_t count;
};

static int list(struct records_tx *tx, void *context)
{
    struct listing *listing = context;
    struct records_device device;
    int r = records_device_get(tx, listing->device, listing->arena, &device);

    return r ? r
             : records_receipt_list(tx, listing->device, listing->day, listing->limit,
                                    listing->arena, &listing->rows, &listing->count);
}

static int read_rows(struct api_call *call, struct listing *listing)
{
    struct text day = api_text(call, "day");
    int r = hex_parse(api_text(call, "device"), listing->device.at, DEVICE_ID_SIZE);

    listing->day = -1;
    if (!r && day.at)
        r = time_day_parse(day, &listing->day);
    return r ? r : records_read(call->serve->records, list, listing);
}

static int absent(struct api_call *call)
{
    return api_problem(call, 404, "absent", "There is no such device or receipt",
                       "Reload the list. A device makes its first receipt with its first batch.");
}

static void write_counts(const char *name, const struct receipt_count *rows, size_t count,
                         struct json_out *out)
{
    json_out_array(out, name);
    for (size_t i = 0; i < count; i++) {
        json_out_object(out, NULL);
        json_out_string(out, "word", rows[i].word);
        json_out_integer(out, "count",
                         rows[i].count < INT64_MAX ? (int64_t)rows[i].count : INT64_MAX);
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

static void write_lists(const struct receipt *receipt, struct json_out *out)
{
    json_out_array(out, "rules");
    for (size_t i = 0; i < receipt->rules_count; i++) {
        json_out_object(out, NULL);
        json_out_string(out, "version", receipt->rules[i].version);
        json_out_hex(out, "hash", (struct bytes){receipt->rules[i].hash.at, HASH_SIZE});
        json_out_object_end(out);
    }
    json_out_array_end(out);
    write_counts("kinds", receipt->kinds, receipt->kind_count, out);
    write_counts("found", receipt->found, receipt->found_count, out);
    write_counts("dropped", receipt->dropped, receipt->dropped_count, out);
}

static int write_receipt(const struct records_receipt *row, struct arena *arena,
                         struct json_out *out)
{
    CLEANUP(buffer_deinit) struct buffer pem = buffer_init(16 * 1024);
    struct receipt receipt;
    int r = receipt_read(row->signed_text, arena, &receipt);

    if (!r)
        r = x509_pem(X509_CERTIFICATE, row->certificate, &pem);
    if (r)
        return r < 0 ? r : FAULT(ERR_CORRUPT);
    json_out_object(out, NULL);
    json_out_integer(out, "epoch", receipt.epoch);
    json_out_day(out, "day", receipt.day);
    json_out_integer(out, "revision", receipt.revision);
    json_out_boolean(out, "final", receipt.final);
    json_out_boolean(out, "whole", receipt.whole);
    json_out_moment(out, "made_at", receipt.made_at);
    json_out_moment(out, "received_at", row->received_at);
    json_out_string(out, "verdict", records_verdict_word(row->verdict));
    json_out_text_or_null(out, "difference", row->difference);
    json_out_integer(out, "first_batch", (int64_t)receipt.first_batch);
    json_out_integer(out, "last_batch", (int64_t)receipt.last_batch);
    json_out_integer(out, "through", (int64_t)receipt.through);
    json_out_integer(out, "judged", (int64_t)receipt.judged);
    json_out_integer(out, "canaries_run", (int64_t)receipt.canaries_run);
    json_out_integer(out, "canaries_passed", (int64_t)receipt.canaries_passed);
    write_lists(&receipt, out);
    json_out_text(out, "certificate", text_of_bytes(buffer_bytes(&pem)));
    json_out_object_end(out);
    return 0;
}

int api_list_receipts(struct api_call *call)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct listing listing = {.limit = (size_t)api_integer(call, "limit", RECEIPTS_STANDARD)};
    int r = arena_new(&arena, RECEIPTS_ARENA_MAX);

    listing.arena = arena;
    if (!r)
        r = read_rows(call, &listing);
    if (r)
        return r < 0 ? r : absent(call);
    json_out_object(&out, NULL);
    json_out_array(&out, "receipts");
    for (size_t i = 0; i < listing.count && !r; i++)
        r = write_receipt(&listing.rows[i], arena, &out);
    json_out_array_end(&out);
    json_out_object_end(&out);
    return r ? r : api_reply(call, 200, &out);
}

int api_get_receipt(struct api_call *call)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct listing listing = {.limit = 1};
    int r = arena_new(&arena, RECEIPTS_ARENA_MAX);

    listing.arena = arena;
    if (!r)
        r = read_rows(call, &listing);
    if (r < 0)
        return r;
    if (r || listing.count == 0)
        return absent(call);
    http_reply(call->request, 200, "text/plain; charset=utf-8",
               bytes_of_text(listing.rows[0].signed_text));
    return 0;
}

int api_ask_receipt(struct api_call *call)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct listing listing = {.limit = 1};
    int r = arena_new(&arena, RECEIPTS_ARENA_MAX);

    listing.arena = arena;
    if (!r)
        r = read_rows(call, &listing);
    if (r)
        return r < 0 ? r : absent(call);
    devices_want_receipt(call->serve->devices, listing.device, true);
    return api_reply_empty(call);
}
