#include "server/serve/ingest/quarantine.h"

#include <inttypes.h>

#include "server/serve/alarm.h"
#include "server/serve/serve.h"

struct noting {
    struct api_call *call;
    const struct prepare *prepare;
    struct hash rules; /* zeros: the device did not say */
    bool same;
    bool audited; /* within the last quarter of an hour: counted, but not written down again */
    uint64_t count;
};

/* The rules that judged last on the device, and whether they are ours. */
static void judge_rules(struct noting *noting)
{
    const struct evidence *evidence = &noting->prepare->batch->evidence;
    const struct evidence_rules own = evidence_rules_own();

    if (evidence->rules_count == 0)
        return;
    memcpy(noting->rules.at, evidence->rules[0].hash, HASH_SIZE);
    noting->same = memcmp(own.hash, evidence->rules[0].hash, REDACT_HASH_LEN) == 0;
}

static int write(struct records_tx *tx, void *context)
{
    struct noting *noting = context;
    struct api_call *call = noting->call;
    int r = 0;

    for (size_t i = 0; r == 0 && i < noting->prepare->missed_count; i++) {
        const struct prepare_missed *missed = &noting->prepare->missed[i];
        const struct records_missed row = {.device = call->who.device.id,
                                           .day = missed->day,
                                           .kind = text_of(redact_kind_word(missed->kind)),
                                           .rule = text_of(missed->rule),
                                           .rules = noting->rules,
                                           .same = noting->same,
                                           .count = missed->count,
                                           .last_at = call->now};

        r = records_missed_add(tx, &row);
    }
    if (r || noting->audited)
        return r;
    struct api_entry entry = {
        .action = "redaction.missed",
        .outcome = AUDIT_FAILED,
        .detail = arena_print(call->arena, "{\"texts\":%" PRIu64 ",\"rules\":\"%s\"}",
                              noting->count, noting->same ? "same" : "other")};
    return api_audit(tx, call, &entry);
}

static int is_repeat(const struct noting *noting, bool *ret_repeat)
{
    const struct batch *batch = noting->prepare->batch;
    uint64_t sequence;
    uint64_t missing;
    uint32_t epoch;
    int r = spans_sequence(noting->call->serve->spans, batch->device, &epoch, &sequence, &missing);

    if (r)
        return r < 0 ? r : FAULT(ERR_CORRUPT);
    *ret_repeat = epoch == batch->epoch && batch->sequence <= sequence;
    return 0;
}

RESULT quarantine_note(struct api_call *call, const struct prepare *prepare)
{
    struct noting noting = {.call = call, .prepare = prepare};
    struct view_key key = {.subject = VIEW_MISSED_DEVICE};
    bool repeat;

    if (prepare->missed_count == 0)
        return 0;
    int r = is_repeat(&noting, &repeat);
    if (r || repeat)
        return r;
    judge_rules(&noting);
    for (size_t i = 0; i < prepare->missed_count; i++)
        noting.count += prepare->missed[i].count;
    key.viewer = noting.same;
    memcpy(&key.date, call->who.device.id.at, sizeof key.date);
    noting.audited = views_fresh(call->serve->views, &key, call->now);
    r = records_act(call->serve->records, write, &noting);
    if (r)
        return r < 0 ? r : FAULT(ERR_CORRUPT);
    if (!noting.audited) {
        views_written(call->serve->views, &key, call->now);
        alarm_raise(call->serve, noting.same ? ALARM_MISSED : ALARM_MISSED_OLD, call->who.device.id,
                    noting.count);
    }
    return 0;
}
