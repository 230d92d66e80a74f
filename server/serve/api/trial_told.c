#include "trial_told.h"

#include <jansson.h>
#include <stdlib.h>

#include "audit/receipt.h"
#include "base/hex.h"
#include "base/moment.h"

#define SCRATCH_MAX ((size_t)2 * 1024 * 1024) /* one receipt, as text and read */

struct telling {
    bool accounts;
    struct arena *arena;
    struct arena *scratch;
    struct records_trial *trials;
    size_t count;
};

/* The batch in which a device had counted what it counted of a trial. */
struct counted {
    struct device_id device;
    int32_t day;
    uint32_t epoch;
    uint64_t batch;
    bool together;
};

static struct text text_in(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);

    return (struct text){json_string_value(value), json_string_length(value)};
}

static int counted_of(const json_t *device, const json_t *in, struct counted *ret_counted)
{
    struct counted counted = {.epoch = (uint32_t)json_integer_value(json_object_get(in, "epoch")),
                              .batch = (uint64_t)json_integer_value(json_object_get(in, "batch")),
                              .together = json_is_true(json_object_get(in, "together"))};

    if (hex_parse(text_in(device, "device"), counted.device.at, DEVICE_ID_SIZE) ||
        time_day_parse(text_in(in, "day"), &counted.day))
        return FAULT(ERR_CORRUPT);
    *ret_counted = counted;
    return 0;
}

/* It is of that day and its batches reach that far. What was counted around midnight is in two
 * receipts, neither of which holds it. */
static bool covers(const struct receipt *receipt, const struct counted *counted)
{
    return counted->together && receipt->day == counted->day && receipt->epoch == counted->epoch &&
           receipt->through >= counted->batch;
}

static json_t *receipt_told(const struct records_receipt *row, const struct receipt *receipt,
                            const struct counted *counted)
{
    char day[TIME_TEXT_SIZE];
    char made[TIME_TEXT_SIZE];

    time_day_print(receipt->day, day);
    time_print(receipt->made_at, made);
    return json_pack("{s:s, s:I, s:b, s:s, s:s, s:b}", "day", day, "revision",
                     (json_int_t)receipt->revision, "final", (int)receipt->final, "made_at", made,
                     "verdict", records_verdict_word(row->verdict), "covers",
                     (int)covers(receipt, counted));
}

/* Null: it had signed none. What does not say in which batch it counted is left as it is. */
static int tell_receipt(struct records_tx *tx, struct arena *scratch, json_t *device)
{
    const json_t *in = json_object_get(device, "counted_in");
    struct records_receipt row;
    struct receipt receipt;
    struct counted counted;
    json_t *told = json_null();
    int r = in ? counted_of(device, in, &counted) : 0;

    if (!in || r)
        return r;
    arena_reset(scratch);
    r = records_receipt_last(tx, counted.device, counted.epoch, counted.day, scratch, &row);
    if (r == 0) {
        r = receipt_read(row.signed_text, scratch, &receipt);
        if (r)
            return r < 0 ? r : FAULT(ERR_CORRUPT);
        told = receipt_told(&row, &receipt, &counted);
    }
    if (r < 0)
        return r;
    return json_object_set_new(device, "receipt", told) ? FAULT(ERR_MEMORY) : 0;
}

static int tell_devices(struct records_tx *tx, const struct telling *telling, json_t *result)
{
    size_t at;
    json_t *device;

    json_array_foreach(json_object_get(result, "devices"), at, device)
    {
        int r = tell_receipt(tx, telling->scratch, device);

        if (r)
            return r;
        if (!telling->accounts && json_object_set_new(device, "account", json_null()))
            return FAULT(ERR_MEMORY);
    }
    return 0;
}

static int tell_trial(struct records_tx *tx, const struct telling *telling,
                      struct records_trial *trial)
{
    json_t *result = json_loadb(trial->result.at, trial->result.len, 0, NULL);
    char *text = NULL;
    int r = result ? tell_devices(tx, telling, result) : FAULT(ERR_CORRUPT);

    if (!r) {
        text = json_dumps(result, JSON_COMPACT);
        trial->result = text ? arena_copy_text(telling->arena, text_of(text)) : (struct text){0};
        r = trial->result.at ? 0 : FAULT(ERR_MEMORY);
    }
    free(text);
    json_decref(result);
    return r;
}

static int tell_all(struct records_tx *tx, void *context)
{
    const struct telling *telling = context;
    int r = 0;

    for (size_t i = 0; !r && i < telling->count; i++)
        r = tell_trial(tx, telling, &telling->trials[i]);
    return r;
}

RESULT trial_told(struct records *records, bool accounts, struct arena *arena,
                  struct records_trial *trials, size_t count)
{
    CLEANUP(arena_free) struct arena *scratch = NULL;
    struct telling telling = {
        .accounts = accounts, .arena = arena, .trials = trials, .count = count};
    int r = arena_new(&scratch, SCRATCH_MAX);

    telling.scratch = scratch;
    return r ? r : records_read(records, tell_all, &telling);
}
