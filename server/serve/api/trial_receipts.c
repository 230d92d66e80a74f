#include "server/serve/api/trial_receipts.h"

#include "audit/receipt.h"
#include "base/moment.h"

/* Counts of two days around midnight are in two receipts: then neither is said to cover them. */
static bool covers(const struct trial_state *state, const struct trial_seen *seen,
                   const struct receipt *receipt)
{
    return receipt->epoch == seen->epoch && receipt->through >= seen->sequence &&
           receipt->day == time_day(state->trial.started_at) &&
           receipt->day == time_day(seen->counted_at);
}

static int read_one(struct records_tx *tx, const struct trial_state *state,
                    const struct trial_seen *seen, struct arena *arena,
                    struct trial_receipt *ret_receipt)
{
    struct records_receipt *rows;
    struct receipt receipt;
    size_t count;
    int r = records_receipt_list(tx, seen->device, -1, 1, arena, &rows, &count);

    if (r || count == 0)
        return r;
    r = receipt_read(rows[0].signed_text, arena, &receipt);
    if (r)
        return r < 0 ? r : FAULT(ERR_CORRUPT);
    *ret_receipt = (struct trial_receipt){.there = true,
                                          .day = receipt.day,
                                          .revision = receipt.revision,
                                          .final = receipt.final,
                                          .made_at = receipt.made_at,
                                          .verdict = rows[0].verdict,
                                          .covers = covers(state, seen, &receipt)};
    return 0;
}

RESULT trial_receipts_read(struct records_tx *tx, const struct trial_state *state,
                           struct arena *arena, struct trial_receipt **ret_receipts)
{
    struct trial_receipt *receipts = arena_take_array(arena, state->seen_count, sizeof *receipts);
    int r = receipts ? 0 : FAULT(ERR_MEMORY);

    for (size_t i = 0; i < state->seen_count && !r; i++) {
        receipts[i] = (struct trial_receipt){0};
        r = read_one(tx, state, &state->seen[i], arena, &receipts[i]);
    }
    if (!r)
        *ret_receipts = receipts;
    return r;
}

void trial_receipt_write(const struct trial_receipt *receipt, struct json_out *out)
{
    if (!receipt->there) {
        json_out_null(out, "receipt");
        return;
    }
    json_out_object(out, "receipt");
    json_out_day(out, "day", receipt->day);
    json_out_integer(out, "revision", receipt->revision);
    json_out_boolean(out, "final", receipt->final);
    json_out_moment(out, "made_at", receipt->made_at);
    json_out_string(out, "verdict", records_verdict_word(receipt->verdict));
    json_out_boolean(out, "covers", receipt->covers);
    json_out_object_end(out);
}
