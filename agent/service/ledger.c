#include "service/ledger.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/moment.h"
#include "common/redactors.h"
#include "crypto/hash.h"
#include "os/process.h"

enum {
    RECALL_RECORDS = 16,
    REPORT_BYTES = 4 * 1024 * 1024,
    BATCH_SPANS = 2000, /* far below the ceilings of wire/limits.h, whatever one report adds */
    BATCH_ROWS = 400,
    REPORT_SPANS = 1000, /* a sensor sends 64 */
    REPORT_ROWS = 500,
    REASON_BYTES = 16 * 1024,
    REPORT_RULES = 500, /* rows of evidence; this build's rules are fewer than 256 */
    REPORT_DAYS = 16,
    BATCH_RULES = 1000, /* of evidence: so many and a report's fit a batch */
    BATCH_DAYS = 200,
};

struct ledger {
    struct redactor *redactor;
    bool blind; /* the policy's patterns are not understood: no text of people's is kept */
    const struct policy *policy;
    struct account *accounts[LEDGER_ACCOUNTS_MAX];
    size_t account_count;
    struct evidence_rules rules; /* of this build */
    struct batch_writer *writer;
    size_t rows; /* counts, drops and gaps in it */
};

RESULT ledger_new(struct ledger **ret_ledger)
{
    CLEANUP(ledger_free) struct ledger *ledger = calloc(1, sizeof(*ledger));

    if (!ledger)
        return FAULT(ERR_MEMORY);
    ledger->rules = evidence_rules_own();
    int r = batch_writer_new(&ledger->writer);
    if (r)
        return r;
    *ret_ledger = TAKE(ledger);
    return 0;
}

struct ledger *ledger_free(struct ledger *ledger)
{
    if (!ledger)
        return NULL;
    for (size_t i = 0; i < ledger->account_count; i++) {
        arena_free(ledger->accounts[i]->reason_arena);
        free(ledger->accounts[i]);
    }
    batch_writer_free(ledger->writer);
    redactor_free(ledger->redactor);
    free(ledger);
    return NULL;
}

static enum batch_account_kind kind_of(const struct ledger *ledger, const char *name)
{
    return ledger->policy && policy_is_station(ledger->policy, text_of(name)) ? BATCH_STATION
                                                                              : BATCH_PERSON;
}

RESULT ledger_set_policy(struct ledger *ledger, const struct policy *policy)
{
    int r = redactors_change(&ledger->redactor, policy);

    if (r < 0)
        return r;
    ledger->blind = r == REDACTORS_REFUSED;
    ledger->policy = policy;
    for (size_t i = 0; i < ledger->account_count; i++)
        ledger->accounts[i]->kind = kind_of(ledger, ledger->accounts[i]->name);
    return ledger->blind ? LEDGER_BLIND : 0;
}

struct account *ledger_at(struct ledger *ledger, size_t i)
{
    return i < ledger->account_count ? ledger->accounts[i] : NULL;
}

RESULT ledger_account(struct ledger *ledger, uid_t uid, struct account **ret_account)
{
    for (size_t i = 0; i < ledger->account_count; i++) {
        if (ledger->accounts[i]->uid == uid) {
            *ret_account = ledger->accounts[i];
            return 0;
        }
    }
    if (ledger->account_count == LEDGER_ACCOUNTS_MAX)
        return LEDGER_FULL;
    struct account *account = calloc(1, sizeof(*account));
    if (!account)
        return FAULT(ERR_MEMORY);
    int r = arena_new(&account->reason_arena, REASON_BYTES);
    if (r == 0)
        r = process_user_name(uid, account->name, sizeof(account->name));
    if (r < 0) {
        arena_free(account->reason_arena);
        free(account);
        return r;
    }
    if (r) /* a uid without a name is an account too */
        (void)snprintf(account->name, sizeof(account->name), "uid-%u", (unsigned)uid);
    account->uid = uid;
    account->kind = kind_of(ledger, account->name);
    ledger->accounts[ledger->account_count++] = account;
    *ret_account = account;
    return 0;
}

struct denied ledger_denied(const struct ledger *ledger)
{
    return (struct denied){
        .rules = ledger->policy->denied,
        .count = ledger->policy->denied_count,
        .hash = hash_salted,
    };
}

const struct clean_text *ledger_clean(const struct ledger *ledger, enum ledger_text what,
                                      struct raw_text raw, struct arena *arena)
{
    struct redaction redaction = {0};
    int r;

    if (raw.len == 0 || (ledger->blind && what == LEDGER_TITLE))
        return NULL;
    if (what == LEDGER_APPLICATION)
        r = redact_application(ledger->redactor, raw, arena, &redaction);
    else if (what == LEDGER_DOMAIN)
        r = redact_domain(ledger->redactor, raw, arena, &redaction);
    else
        r = redact(ledger->redactor, raw, arena, &redaction);
    if (r)
        return NULL;
    const struct denied denied = ledger_denied(ledger);
    return denied_holds(&denied, clean_text_view(redaction.clean)) ? NULL : redaction.clean;
}

static int canary_through(void *context, struct raw_text raw, struct arena *arena,
                          struct text *ret_clean, bool *ret_counted)
{
    const struct ledger *ledger = context;
    const struct clean_text *clean = ledger_clean(ledger, LEDGER_TITLE, raw, arena);

    if (!clean)
        return REDACT_INVALID;
    *ret_clean = clean_text_view(clean);
    *ret_counted = true; /* the sensor counts, we do not */
    return 0;
}

RESULT ledger_canaries(const struct ledger *ledger, const struct canary *list, size_t count,
                       struct canary_verdict *ret_verdict)
{
    return canary_run(list, count, canary_through, (void *)ledger, ret_verdict);
}

/* An application always has a name. */
static const struct clean_text *clean_application(const struct ledger *ledger, struct raw_text raw,
                                                  struct arena *arena)
{
    char word[] = "unknown";
    const struct clean_text *clean = ledger_clean(ledger, LEDGER_APPLICATION, raw, arena);

    if (clean)
        return clean;
    return ledger_clean(ledger, LEDGER_APPLICATION,
                        (struct raw_text){.at = word, .len = strlen(word)}, arena);
}

static void account_day(struct account *account, int32_t day)
{
    if (account->day == day)
        return;
    account->day = day;
    account->spans = account->dropped = 0;
    memset(account->removed, 0, sizeof(account->removed));
}

static int take_span(struct ledger *ledger, struct account *account, uint32_t number,
                     uint64_t session, const struct local_in_span *in, struct arena *arena)
{
    struct cover_interval pieces[COVER_PIECES_MAX];
    struct span span = {
        .state = in->state,
        .flags = in->flags,
        .application = clean_application(ledger, in->application, arena),
        .domain = ledger_clean(ledger, LEDGER_DOMAIN, in->domain, arena),
        .title = ledger_clean(ledger, LEDGER_TITLE, in->title, arena),
    };
    int r = span.application ? 0 : FAULT(ERR_MEMORY);
    if (account->paused && in->start_at >= account->paused_from_at)
        return 0; /* a sensor that did not stop */
    size_t count = cover_take(&account->cover, session, in->start_at,
                              in->start_at + (int64_t)in->duration_ms, in->state, pieces);

    for (size_t i = 0; r == 0 && i < count; i++) {
        span.start_at = pieces[i].start_at;
        span.duration_ms = (uint32_t)(pieces[i].end_at - pieces[i].start_at);
        r = batch_writer_span(ledger->writer, number, &span);
        account->spans++;
    }
    return r;
}

static int take_count(struct ledger *ledger, struct account *account, uint32_t number,
                      const struct local_in_count *in, struct arena *arena)
{
    const struct clean_text *application = clean_application(ledger, in->application, arena);

    if (!application)
        return FAULT(ERR_MEMORY);
    if (in->day == account->day)
        account->removed[in->kind] += in->count;
    ledger->rows++;
    return batch_writer_count(ledger->writer, number, in->day, application,
                              ledger_clean(ledger, LEDGER_DOMAIN, in->domain, arena), in->kind,
                              in->count);
}

/* Our own rules first: they judge last. Then the sensor's, which are others only while a sensor of
 * another version still runs, and what they found. */
static int take_evidence(struct ledger *ledger, const struct evidence *told)
{
    const struct evidence own = {.rules = &ledger->rules, .rules_count = 1};
    int r = batch_writer_evidence(ledger->writer, &own);

    if (r == 0 && told)
        r = batch_writer_evidence(ledger->writer, told);
    return r;
}

RESULT ledger_report(struct ledger *ledger, struct account *account, uint64_t session,
                     const struct local_report *report, int64_t now_at)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    uint32_t number = 0;

    if (report->span_count > REPORT_SPANS || report->count_count > REPORT_ROWS ||
        report->drop_count > REPORT_ROWS || report->evidence.count_count > REPORT_RULES ||
        report->evidence.judged_count > REPORT_DAYS)
        return LEDGER_FULL;
    int r = arena_new(&arena, REPORT_BYTES);
    if (r == 0)
        r = batch_writer_account(ledger->writer, text_of(account->name), account->kind, &number);
    if (r == 0)
        r = take_evidence(ledger, &report->evidence);
    account_day(account, time_day(now_at));
    for (size_t i = 0; r == 0 && i < report->span_count; i++)
        r = take_span(ledger, account, number, session, &report->spans[i], arena);
    for (size_t i = 0; r == 0 && i < report->count_count; i++)
        r = take_count(ledger, account, number, &report->counts[i], arena);
    for (size_t i = 0; r == 0 && i < report->drop_count; i++) {
        const struct local_drop *drop = &report->drops[i];

        account->dropped += drop->count;
        ledger->rows++;
        r = batch_writer_drop(ledger->writer, number, drop->day, drop->reason, drop->count);
    }
    return r > 0 ? LEDGER_FULL : r;
}

RESULT ledger_gap(struct ledger *ledger, const struct account *account, int64_t from_at,
                  int64_t to_at, enum batch_gap_reason reason, uint64_t spans,
                  const struct clean_text *reason_text)
{
    uint32_t number = UINT32_MAX;
    int r = 0;

    if (account)
        r = batch_writer_account(ledger->writer, text_of(account->name), account->kind, &number);
    if (r == 0)
        r = take_evidence(ledger, NULL);
    if (r == 0)
        r = batch_writer_gap(ledger->writer, number, from_at, to_at, reason, spans, reason_text);
    ledger->rows++;
    return r > 0 ? FAULT(ERR_MEMORY) : r;
}

bool ledger_empty(const struct ledger *ledger)
{
    return batch_writer_empty(ledger->writer);
}

bool ledger_crowded(const struct ledger *ledger)
{
    const struct evidence evidence = batch_writer_evidence_held(ledger->writer);

    return batch_writer_spans(ledger->writer) >= BATCH_SPANS || ledger->rows >= BATCH_ROWS ||
           evidence.rules_count == WIRE_RULES_MAX || evidence.count_count >= BATCH_RULES ||
           evidence.judged_count >= BATCH_DAYS;
}

RESULT ledger_forget(struct ledger *ledger)
{
    struct batch_writer *fresh = NULL;
    int r = batch_writer_new(&fresh);

    if (r)
        return r;
    batch_writer_free(ledger->writer);
    ledger->writer = fresh;
    ledger->rows = 0;
    for (size_t i = 0; i < ledger->account_count; i++)
        ledger->accounts[i]->cover = (struct cover){0};
    return 0;
}

RESULT ledger_flush(struct ledger *ledger, struct spool *spool, struct device_id device,
                    uint32_t epoch, int64_t now_at, int32_t offset_minutes)
{
    CLEANUP(buffer_deinit) struct buffer batch = buffer_init(WIRE_BODY_MAX);
    uint32_t spans = (uint32_t)batch_writer_spans(ledger->writer);
    int r = batch_writer_finish(ledger->writer, device, epoch, spool_sequence(spool), now_at,
                                offset_minutes, &batch);

    if (r == 0)
        r = spool_append(spool, buffer_bytes(&batch), spans, now_at);
    ledger->rows = 0;
    if (r == 0)
        return 0;
    int again = ledger_forget(ledger);
    if (again)
        return again;
    return r > 0 ? FAULT(ERR_SYSTEM) : r;
}

static void recall_batch(struct ledger *ledger, const struct batch *batch)
{
    struct cover_interval pieces[COVER_PIECES_MAX];

    for (size_t i = 0; i < batch->span_count; i++) {
        const struct batch_span *span = &batch->spans[i];
        const struct batch_account *account = &batch->accounts[span->account];

        for (size_t a = 0; a < ledger->account_count; a++) {
            if (text_equal(text_of(ledger->accounts[a]->name),
                           (struct text){.at = account->name.at, .len = account->name.len}))
                (void)cover_take(&ledger->accounts[a]->cover, 0, span->start_at,
                                 span->start_at + (int64_t)span->duration_ms, span->state, pieces);
        }
    }
}

/* The accounts named in a batch, as far as this computer has such users. */
static int recall_accounts(struct ledger *ledger, const struct batch *batch)
{
    for (size_t i = 0; i < batch->account_count; i++) {
        char name[64];
        struct account *account;
        const struct raw_text *raw = &batch->accounts[i].name;

        if (raw->len >= sizeof(name))
            continue;
        memcpy(name, raw->at, raw->len);
        name[raw->len] = 0;
        const struct passwd *user = getpwnam(name);
        if (!user)
            continue;
        int r = ledger_account(ledger, user->pw_uid, &account);
        if (r < 0)
            return r;
    }
    return 0;
}

RESULT ledger_recall(struct ledger *ledger, struct spool *spool)
{
    uint64_t next = spool_sequence(spool);
    uint64_t from = next > RECALL_RECORDS ? next - RECALL_RECORDS : 1;

    for (uint64_t sequence = from; sequence < next; sequence++) {
        CLEANUP(arena_free) struct arena *arena = NULL;
        CLEANUP(buffer_deinit) struct buffer bytes = buffer_init(WIRE_BODY_MAX);
        struct batch batch;
        int r = spool_read(spool, sequence, &bytes);

        if (r == SPOOL_ABSENT)
            continue;
        if (r == 0)
            r = arena_new(&arena, WIRE_PLAIN_MAX);
        if (r == 0)
            r = batch_decode(buffer_bytes(&bytes), arena, &batch);
        if (r < 0)
            return r;
        if (r)
            continue;
        r = recall_accounts(ledger, &batch);
        if (r)
            return r;
        recall_batch(ledger, &batch);
    }
    return 0;
}

void ledger_look(const struct ledger *ledger, const struct needles *needles,
                 struct needles_sweep *sweep)
{
    batch_writer_look(ledger->writer, needles, sweep);
    for (size_t i = 0; i < ledger->account_count; i++)
        needles_look(needles, bytes_of_text(clean_text_view(ledger->accounts[i]->reason)), sweep);
}
