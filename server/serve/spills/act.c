/*
 * What was confirmed, done to its end
 *
 *     rule in force ─▶ what waits is in the store ─▶ for each day that has the string:
 *         the day and its old key are noted ─▶ rewritten under a new key ─▶ noted as done
 *     ─▶ the policy has the rule ─▶ receipt, and its hash in the audit log
 *
 * Every step may be done twice. A day that was noted and has another key than the noted one was
 * rewritten before the program ended.
 */

#include "base/hex.h"
#include "base/log.h"
#include "base/moment.h"
#include "crypto/hash.h"
#include "os/clock.h"
#include "server/serve/api/json_out.h"
#include "server/serve/serve.h"
#include "server/serve/spills/judge.h"

#define ARENA_MAX ((size_t)8 << 20)
#define RECEIPT_MAX ((size_t)1 << 20)

struct act {
    struct serve *serve;
    struct arena *arena;
    struct records_spill row;
    struct denied_rule rule;
    struct denied denied;
    const struct clean_text *instead;
    struct records_spill_day *noted; /* of what was left */
    size_t noted_count;
    struct records_spill_day day; /* to be written */
};

static int read_all(struct records_tx *tx, void *context)
{
    struct act *act = context;
    int r = records_spill_get(tx, act->row.number, act->arena, &act->row);

    return r ? r
             : records_spill_day_list(tx, act->row.number, act->arena, &act->noted,
                                      &act->noted_count);
}

static int write_day(struct records_tx *tx, void *context)
{
    const struct act *act = context;

    return records_spill_day_set(tx, &act->day);
}

/* The id of the key that a day has now; false: the day is destroyed. */
static int key_of_day(struct act *act, int32_t day, uint8_t ret_id[KEYRING_KEY_ID_SIZE],
                      bool *ret_there)
{
    uint8_t key[KEYRING_KEY_SIZE];
    int r = keyring_day_key(act->serve->keyring, day, key);

    *ret_there = r == 0;
    if (!r)
        r = keyring_key_id(key, ret_id);
    wipe(key, sizeof key);
    return r < 0 ? r : 0;
}

static int rewrite(struct act *act, struct records_spill_day *day)
{
    struct spans_rewritten rewritten;
    uint8_t now[KEYRING_KEY_ID_SIZE];
    bool there;
    int r = spans_rewrite(act->serve->spans, day->day, spill_judge, &act->denied, act->instead,
                          &rewritten);

    if (!r)
        r = key_of_day(act, day->day, now, &there);
    if (r)
        return r;
    /* Neither now nor before: its texts went in another way, with the day for instance. */
    if (there && memcmp(now, day->old_key, sizeof now) == 0)
        day->texts = 0;
    else if (there)
        memcpy(day->new_key, now, sizeof now);
    day->done_at = clock_now_ms();
    act->day = *day;
    return records_act(act->serve->records, write_day, act);
}

/* Days that were noted, and whose end was not. */
static int finish_noted(struct act *act)
{
    int r = 0;

    for (size_t i = 0; !r && i < act->noted_count; i++)
        if (!act->noted[i].done_at)
            r = rewrite(act, &act->noted[i]);
    return r;
}

static int do_day(struct act *act, int32_t number, uint64_t *texts)
{
    struct records_spill_day day = {.spill = act->row.number, .day = number};
    bool there;
    int r = spans_search(act->serve->spans, number, spill_judge, &act->denied, &day.texts);

    if (r || !day.texts)
        return r;
    r = key_of_day(act, number, day.old_key, &there);
    if (r || !there)
        return r;
    act->day = day;
    r = records_act(act->serve->records, write_day, act);
    if (!r)
        r = rewrite(act, &day);
    *texts += day.texts;
    return r;
}

static int do_days(struct act *act)
{
    uint64_t texts = 0;
    int32_t *days;
    size_t count;
    int r = spans_days(act->serve->spans, act->arena, &days, &count);

    for (size_t i = 0; i < act->noted_count; i++)
        texts += act->noted[i].texts;
    for (size_t i = 0; !r && i < count; i++) {
        if (!spills_report(act->serve->spills, act->row.number, i, count, texts))
            return ERR_BUSY;
        r = do_day(act, days[i], &texts);
    }
    if (!r && !spills_report(act->serve->spills, act->row.number, count, count, texts))
        return ERR_BUSY;
    return r;
}

/* ---- receipt ---- */

static void write_days(const struct act *act, struct json_out *out)
{
    json_out_array(out, "days");
    for (size_t i = 0; i < act->noted_count; i++) {
        const struct records_spill_day *day = &act->noted[i];

        if (!day->texts)
            continue;
        json_out_object(out, NULL);
        json_out_day(out, "date", day->day);
        json_out_integer(out, "texts", (int64_t)day->texts);
        json_out_hex(out, "destroyed_key", (struct bytes){day->old_key, sizeof day->old_key});
        json_out_hex(out, "new_key", (struct bytes){day->new_key, sizeof day->new_key});
        json_out_moment(out, "rewritten_at", day->done_at);
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

static uint64_t texts_of(const struct act *act)
{
    uint64_t texts = 0;

    for (size_t i = 0; i < act->noted_count; i++)
        texts += act->noted[i].texts;
    return texts;
}

static uint64_t days_of(const struct act *act)
{
    uint64_t days = 0;

    for (size_t i = 0; i < act->noted_count; i++)
        days += act->noted[i].texts > 0;
    return days;
}

static void write_receipt(const struct act *act, size_t devices, struct json_out *out)
{
    json_out_object(out, NULL);
    json_out_string(out, "what", "ward spill receipt 1");
    json_out_integer(out, "spill", (int64_t)act->row.number);
    json_out_text(out, "by", act->row.begun_by);
    json_out_text(out, "purpose", act->row.purpose);
    json_out_moment(out, "confirmed_at", act->row.begun_at);
    json_out_moment(out, "done_at", act->row.done_at);
    json_out_integer(out, "incident", (int64_t)act->row.incident);
    json_out_integer(out, "texts", (int64_t)texts_of(act));
    write_days(act, out);
    json_out_integer(out, "policy", (int64_t)act->row.policy);
    json_out_integer(out, "devices_told", (int64_t)devices);
    json_out_object_end(out);
}

/* The audit entry that vouches for the receipt: its hash is a leaf's, which the signer signs. */
static int note_done(struct records_tx *tx, struct act *act)
{
    char hex[2 * HASH_SIZE + 1];
    struct hash hash;
    struct audit_entry entry = {.at = act->row.done_at,
                                .actor = AUDIT_SYSTEM,
                                .action = text_of("spill.done"),
                                .purpose = act->row.purpose};
    uint64_t index;
    int r = hash_bytes(bytes_of_text(act->row.receipt), &hash);

    if (r)
        return r;
    hex_print((struct bytes){hash.at, HASH_SIZE}, hex);
    entry.target = arena_print(act->arena, "spill:%llu", (unsigned long long)act->row.number);
    entry.detail =
        arena_print(act->arena, "{\"texts\":%llu,\"days\":%llu,\"receipt\":\"%s\"}",
                    (unsigned long long)texts_of(act), (unsigned long long)days_of(act), hex);
    if (!entry.target.at || !entry.detail.at)
        return FAULT(ERR_MEMORY);
    return records_audit_append(tx, &entry, &index);
}

static int write_done(struct records_tx *tx, void *context)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(RECEIPT_MAX);
    struct act *act = context;
    struct records_spill_device *devices;
    size_t count;
    int r = read_all(tx, act);

    if (r)
        return r;
    r = records_spill_device_list(tx, act->row.number, act->arena, &devices, &count);
    if (r)
        return r;
    act->row.done_at = clock_now_ms();
    write_receipt(act, count, &out);
    r = buffer_check(&out.buffer);
    if (r)
        return r;
    act->row.receipt = text_of_bytes(buffer_bytes(&out.buffer));
    r = records_spill_set(tx, &act->row);
    if (!r)
        r = note_done(tx, act);
    act->row.receipt = (struct text){0};
    return r;
}

RESULT spill_act(struct serve *serve, uint64_t number)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct act act = {.serve = serve, .row = {.number = number}};
    int r = arena_new(&arena, ARENA_MAX);

    if (r)
        return r;
    act.arena = arena;
    r = records_read(serve->records, read_all, &act);
    if (r || act.row.done_at)
        return r > 0 ? FAULT(ERR_CORRUPT) : r;
    r = denials_rule_unpack(act.row.rule, &act.rule);
    act.denied = (struct denied){.rules = &act.rule, .count = 1, .hash = hash_salted};
    if (!r)
        r = denials_load(serve->denials);
    if (r)
        return r;
    /* Agents get the rule with their next message. Without the signer it is tried again at the end.
     */
    if (spills_carry(serve, clock_now_ms()))
        log_event(LOG_WARN, "spill.untold", LOG_U64("spill", number));
    live_table_clear(serve->live);
    r = spans_settle(serve->spans);
    if (!r)
        r = denied_instead(arena, &act.instead);
    if (!r)
        r = finish_noted(&act);
    if (!r)
        r = do_days(&act);
    if (!r)
        r = spills_carry(serve, clock_now_ms());
    if (!r)
        r = records_act(serve->records, write_done, &act);
    if (r)
        return r > 0 ? FAULT(ERR_CORRUPT) : r;
    /* Signed now; if the signer is away, within a minute of its return. */
    if (serve_checkpoint(serve))
        log_event(LOG_WARN, "spill.unsigned", LOG_U64("spill", number));
    return 0;
}
