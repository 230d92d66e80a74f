/*
 * Receipts on their way in: signed by the device, compared with what is stored, kept and written
 * down
 */

#include <inttypes.h>

#include "access/scope.h"
#include "audit/receipt.h"
#include "base/moment.h"
#include "routes.h"
#include "server/serve/alarm.h"
#include "server/serve/api/call.h"
#include "server/serve/serve.h"

#define COMPARE_ARENA_MAX ((size_t)32 * 1024 * 1024)
#define DIFFERENCE_MAX 900
#define DAYS_BACK_MAX 40

struct comparing {
    struct api_call *call;
    const struct receipt *receipt;
    struct arena *arena;
    struct spans_scope scope;
    struct buffer difference;
    struct records_receipt row;
};

/* ---- what the server has ---- */

static int make_scope(struct records_tx *tx, void *context)
{
    struct comparing *comparing = context;
    int64_t from_at = (int64_t)comparing->receipt->day * MS_PER_DAY;

    return scope_of_device(tx, comparing->receipt->device, from_at, from_at + MS_PER_DAY,
                           comparing->arena, &comparing->scope);
}

static uint64_t count_in(const struct receipt_count *rows, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].word, word) == 0)
            return rows[i].count;
    return 0;
}

static void differ(struct comparing *comparing, const char *list, const char *word, uint64_t told,
                   uint64_t stored)
{
    if (told == stored || comparing->difference.len > DIFFERENCE_MAX - 160)
        return;
    buffer_print(&comparing->difference, "%s%s%s%s: receipt %" PRIu64 ", stored %" PRIu64,
                 comparing->difference.len ? "; " : "", list, word[0] ? " " : "", word, told,
                 stored);
}

static int compare_kinds(struct comparing *comparing)
{
    const struct receipt *receipt = comparing->receipt;
    uint64_t stored[REDACT_KINDS] = {0};
    struct spans_removed *rows;
    size_t count;
    int r = spans_removed(comparing->call->serve->spans, &comparing->scope, comparing->arena, &rows,
                          &count);

    for (size_t i = 0; r == 0 && i < count; i++)
        stored[rows[i].kind] += rows[i].count;
    for (int kind = 0; r == 0 && kind < REDACT_KINDS; kind++) {
        const char *word = redact_kind_word((enum redact_kind)kind);

        differ(comparing, "kind", word, count_in(receipt->kinds, receipt->kind_count, word),
               stored[kind]);
    }
    return r;
}

static int compare_evidence(struct comparing *comparing)
{
    const struct receipt *receipt = comparing->receipt;
    struct evidence evidence;
    uint64_t rules = 0;
    int r = spans_evidence(comparing->call->serve->spans, receipt->device, receipt->day,
                           receipt->day, comparing->arena, &evidence);

    if (r)
        return r;
    differ(comparing, "judged", "", receipt->judged,
           evidence.judged_count ? evidence.judged[0].count : 0);
    for (size_t i = 0; i < evidence.count_count; i++) {
        uint64_t told = count_in(receipt->found, receipt->found_count, evidence.counts[i].rule);

        differ(comparing, "rule", evidence.counts[i].rule, told, evidence.counts[i].count);
        rules += told != 0;
    }
    for (size_t i = 0; rules < receipt->found_count && i < receipt->found_count; i++) {
        bool stored = false;

        for (size_t j = 0; j < evidence.count_count && !stored; j++)
            stored = strcmp(evidence.counts[j].rule, receipt->found[i].word) == 0;
        if (!stored)
            differ(comparing, "rule", receipt->found[i].word, receipt->found[i].count, 0);
    }
    return 0;
}

/* Is what the server has all that the receipt speaks of, and nothing more? */
static int comparable(struct comparing *comparing, bool *ret_comparable)
{
    const struct receipt *receipt = comparing->receipt;
    uint64_t sequence;
    uint64_t missing;
    uint32_t epoch;
    int r =
        spans_sequence(comparing->call->serve->spans, receipt->device, &epoch, &sequence, &missing);

    if (r)
        return r;
    *ret_comparable =
        receipt->whole && (receipt->through == 0 || epoch == receipt->epoch) &&
        (receipt->final ? sequence >= receipt->through : sequence == receipt->through);
    return 0;
}

static int compare(struct comparing *comparing)
{
    bool fits;
    int r = comparable(comparing, &fits);

    if (r)
        return r;
    comparing->row.verdict = RECORDS_RECEIPT_UNCOMPARED;
    if (!fits)
        return 0;
    r = records_read(comparing->call->serve->records, make_scope, comparing);
    if (!r)
        r = compare_kinds(comparing);
    if (!r)
        r = compare_evidence(comparing);
    if (r == SPANS_LARGE)
        return 0;
    if (r)
        return r < 0 ? r : FAULT(ERR_CORRUPT);
    r = buffer_check(&comparing->difference);
    if (r)
        return r;
    comparing->row.difference = text_of_bytes(buffer_bytes(&comparing->difference));
    comparing->row.verdict =
        comparing->row.difference.len ? RECORDS_RECEIPT_DIFFERS : RECORDS_RECEIPT_SAME;
    return 0;
}

/* ---- keeping ---- */

/* A provisional one is written down only when it differs: the day's last word counts. */
static int keep(struct records_tx *tx, void *context)
{
    struct comparing *comparing = context;
    const struct records_receipt *row = &comparing->row;
    struct api_call *call = comparing->call;
    char day[TIME_TEXT_SIZE];
    int r = records_receipt_put(tx, row);

    if (r)
        return r;
    if (!row->final && row->verdict != RECORDS_RECEIPT_DIFFERS)
        return 0;
    time_day_print(row->day, day);
    struct api_entry entry = {
        .action = "redaction.receipt",
        .outcome = row->verdict == RECORDS_RECEIPT_DIFFERS ? AUDIT_FAILED : AUDIT_OK,
        .detail = arena_print(
            call->arena, "{\"day\":\"%s\",\"revision\":%u,\"final\":%s,\"verdict\":\"%s\"}", day,
            row->revision, row->final ? "true" : "false", records_verdict_word(row->verdict))};
    return api_audit(tx, call, &entry);
}

static int refuse_receipt(struct api_call *call, const char *title)
{
    return api_problem(call, 422, "receipt", title,
                       "Update ward-agent; if it stays so, enrol the device again.");
}

static int take(struct comparing *comparing)
{
    struct api_call *call = comparing->call;
    const struct receipt *receipt = comparing->receipt;
    int r = compare(comparing);

    if (r)
        return r;
    r = records_act(call->serve->records, keep, comparing);
    if (r < 0)
        return r;
    devices_want_receipt(call->serve->devices, receipt->device, false);
    if (r == 0 && comparing->row.verdict == RECORDS_RECEIPT_DIFFERS)
        alarm_raise(call->serve, ALARM_RECEIPT, receipt->device, (uint64_t)receipt->day);
    events_devices(call->serve->events);
    return api_reply_empty(call);
}

int api_take_receipt(struct api_call *call)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct bytes certificate = http_client_certificate(call->request);
    struct text text = text_of_bytes(http_body(call->request));
    struct receipt receipt;
    int r = arena_new(&arena, COMPARE_ARENA_MAX);

    if (!r)
        r = receipt_verify(text, certificate, arena, &receipt);
    if (r)
        return r < 0 ? r
                     : refuse_receipt(call, r == RECEIPT_FORGED
                                                ? "The receipt is not signed by this device"
                                                : "This is not a receipt");
    int32_t today = time_day(call->now);
    if (!device_id_equal(receipt.device, call->who.device.id) ||
        receipt.epoch != call->who.device.epoch || receipt.day > today + 1 ||
        receipt.day < today - DAYS_BACK_MAX)
        return refuse_receipt(call, "The receipt is of another device or day");
    struct comparing comparing = {.call = call,
                                  .receipt = &receipt,
                                  .arena = arena,
                                  .difference = buffer_init(DIFFERENCE_MAX),
                                  .row = {.device = receipt.device,
                                          .epoch = receipt.epoch,
                                          .day = receipt.day,
                                          .revision = receipt.revision,
                                          .final = receipt.final,
                                          .received_at = call->now,
                                          .signed_text = text,
                                          .certificate = certificate}};
    r = take(&comparing);
    buffer_deinit(&comparing.difference);
    return r;
}
