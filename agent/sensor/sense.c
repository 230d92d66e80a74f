#include "sensor/sense.h"

#include <stdlib.h>
#include <string.h>

#include "base/moment.h"
#include "common/redactors.h"
#include "wire/local.h"

enum {
    COUNTS_MAX = 256, /* between two reports */
    SPANS_MAX = 64,   /* in one report */
    FRONT_BYTES = 128 * 1024,
    TOLD_BYTES = 256 * 1024,
    RULES_MAX = 256, /* rules are numbered in eight bits */
    DAYS_MAX = 4,    /* between two reports; later ones are told as of the last */
};

/* What was judged on a day, and what each rule found. */
struct day {
    int32_t day;
    uint64_t judged; /* 0: the place is free */
    uint32_t rules[RULES_MAX];
};

struct sense {
    uint8_t key[HASH_SIZE];
    const struct policy *policy;
    struct redactor *redactor;
    bool blind; /* the policy's patterns are not understood: no title is kept or counted */
    struct merger *merger;
    struct arena *front; /* texts of what is in front */
    struct arena *told;  /* texts of counts until the next report */
    struct hash seen;    /* of what is in front */
    struct hash counted; /* of the last text that was counted */
    bool seen_any;
    bool dropped; /* nothing may be kept of what is in front */
    const struct clean_text *application;
    const struct clean_text *domain;
    const struct clean_text *title;
    struct local_count counts[COUNTS_MAX];
    size_t count_count;
    struct local_drop drops[BATCH_DROP_REASONS];
    struct day days[DAYS_MAX];
    struct evidence_sum evidence; /* of days before, until the next report */
};

RESULT sense_new(struct sense **ret_sense, const uint8_t key[HASH_SIZE])
{
    CLEANUP(sense_free) struct sense *sense = calloc(1, sizeof(*sense));

    if (!sense)
        return FAULT(ERR_MEMORY);
    memcpy(sense->key, key, HASH_SIZE);
    sense->evidence = evidence_sum_init();
    int r = merger_new(&sense->merger);
    if (r == 0)
        r = arena_new(&sense->front, FRONT_BYTES);
    if (r == 0)
        r = arena_new(&sense->told, TOLD_BYTES);
    if (r)
        return r;
    *ret_sense = TAKE(sense);
    return 0;
}

struct sense *sense_free(struct sense *sense)
{
    if (!sense)
        return NULL;
    redactor_free(sense->redactor);
    merger_free(sense->merger);
    arena_free(sense->front);
    arena_free(sense->told);
    evidence_sum_deinit(&sense->evidence);
    wipe(sense, sizeof(*sense));
    free(sense);
    return NULL;
}

/* Numbers of rules become words, which hold when the redactor is another. */
static RESULT days_fold(struct sense *sense)
{
    int r = 0;

    for (const struct day *day = sense->days; day < sense->days + DAYS_MAX && day->judged; day++) {
        if (!r)
            r = evidence_sum_judged(&sense->evidence, day->day, day->judged);
        for (unsigned rule = 0; rule < RULES_MAX && !r; rule++) {
            const char *word = day->rules[rule] ? redactor_rule_word(sense->redactor, rule) : NULL;

            if (word && !evidence_word_valid(text_of(word)))
                word = "other";
            if (word)
                r = evidence_sum_count(&sense->evidence, day->day, word, day->rules[rule]);
        }
    }
    memset(sense->days, 0, sizeof(sense->days));
    return r > 0 ? FAULT(ERR_MEMORY) : r;
}

/* What is told of rules; that texts were judged is no reason to report, it waits for one. */
static RESULT evidence_gather(struct sense *sense, struct evidence *ret_evidence)
{
    const struct evidence_rules own = evidence_rules_own();
    int r = days_fold(sense);

    if (!r)
        r = evidence_sum_rules(&sense->evidence, &own);
    if (r)
        return r < 0 ? r : FAULT(ERR_MEMORY);
    *ret_evidence = evidence_sum_view(&sense->evidence);
    return 0;
}

RESULT sense_set_policy(struct sense *sense, const struct policy *policy)
{
    int r = sense->redactor ? days_fold(sense) : 0;

    if (r == 0)
        r = redactors_change(&sense->redactor, policy);
    if (r < 0)
        return r;
    sense->blind = r == REDACTORS_REFUSED;
    sense->policy = policy;
    sense->seen_any = false; /* what is in front is judged anew */
    merger_set_policy(sense->merger, policy);
    return sense->blind ? SENSE_BLIND : 0;
}

static void drop_note(struct sense *sense, int32_t day, int r)
{
    enum batch_drop_reason reason = r == REDACT_LONG      ? BATCH_DROP_LONG
                                    : r == REDACT_INVALID ? BATCH_DROP_INVALID
                                    : r == REDACT_CROWDED ? BATCH_DROP_CROWDED
                                                          : BATCH_DROP_FAULT;
    struct local_drop *drop = &sense->drops[reason];

    drop->day = day;
    drop->reason = reason;
    drop->count++;
}

static bool same_place(const struct clean_text *a, const struct clean_text *b)
{
    return text_equal(clean_text_view(a), clean_text_view(b));
}

/* One more of a kind in what is in front. When there is no room the number is lost, not the sense:
 * the drop says so. */
static void count_note(struct sense *sense, int32_t day, enum redact_kind kind)
{
    struct local_count count = {.day = day, .kind = kind, .count = 1};

    for (size_t i = 0; i < sense->count_count; i++) {
        struct local_count *known = &sense->counts[i];

        if (known->kind == kind && known->day == day &&
            same_place(known->application, sense->application) &&
            same_place(known->domain, sense->domain)) {
            known->count++;
            return;
        }
    }
    int r = sense->count_count < COUNTS_MAX ? 0 : ERR_FULL;
    if (r == 0)
        r = redact_copy(sense->application, sense->told, &count.application);
    if (r == 0 && sense->domain)
        r = redact_copy(sense->domain, sense->told, &count.domain);
    if (r)
        drop_note(sense, day, r);
    else
        sense->counts[sense->count_count++] = count;
}

static struct day *day_of(struct sense *sense, int32_t day)
{
    struct day *at = sense->days;

    while (at->judged && at->day != day && at < sense->days + DAYS_MAX - 1)
        at++;
    if (!at->judged)
        at->day = day;
    return at;
}

/* A text went through the redactor, whatever came of it. */
static void judged_note(struct sense *sense, int32_t day)
{
    day_of(sense, day)->judged++;
}

/* Once for each rule that found something in a text, as kinds are counted. */
static void rules_note(struct sense *sense, const struct redaction *redaction, int32_t day,
                       bool title_kept)
{
    uint32_t *rules = day_of(sense, day)->rules;
    bool noted[RULES_MAX] = {false};

    for (size_t i = 0; i < redaction->found_count; i++) {
        const struct redact_found *found = &redaction->found[i];

        if (noted[found->rule] || (found->kind == REDACT_UNKNOWN && !title_kept))
            continue;
        noted[found->rule] = true;
        rules[found->rule]++;
    }
}

static void count_all(struct sense *sense, const struct redaction *redaction, int32_t day,
                      bool title_kept)
{
    rules_note(sense, redaction, day, title_kept);
    for (int kind = 0; kind < REDACT_KINDS; kind++) {
        /* "not known to be safe" says something only of a text that was kept */
        if (redaction->counts[kind] > 0 && (kind != REDACT_UNKNOWN || title_kept))
            count_note(sense, day, (enum redact_kind)kind);
    }
}

typedef RESULT (*name_redactor)(const struct redactor *redactor, struct raw_text raw,
                                struct arena *arena, struct redaction *ret_redaction);

/* Texts with a string that the policy denies are as if nothing of them could be kept. */
static bool is_denied(const struct sense *sense, const struct clean_text *clean)
{
    const struct denied denied = {
        .rules = sense->policy->denied, .count = sense->policy->denied_count, .hash = hash_salted};

    return denied_holds(&denied, clean_text_view(clean));
}

/* Redacts a name; what cannot be kept is "unknown" or, with no fallback, NULL. */
static void take_name(struct sense *sense, name_redactor redact_name, struct raw_text raw,
                      const char *fallback, int32_t day, const struct clean_text **ret_clean)
{
    struct redaction redaction = {0};
    int r = raw.len ? redact_name(sense->redactor, raw, sense->front, &redaction) : 0;

    if (raw.len)
        judged_note(sense, day);
    if (r)
        drop_note(sense, day, r);
    bool denied = !r && raw.len && is_denied(sense, redaction.clean);
    if ((r || denied || raw.len == 0) && fallback) {
        char word[16] = {0};

        memcpy(word, fallback, strlen(fallback));
        raw = (struct raw_text){.at = word, .len = strlen(fallback)};
        redaction.clean = NULL;
        r = redact_name(sense->redactor, raw, sense->front, &redaction);
    } else if (denied) {
        redaction.clean = NULL;
    }
    *ret_clean = r ? NULL : redaction.clean;
}

/* Counts what the title holds, and keeps it where the policy says so. */
static void take_title(struct sense *sense, struct raw_text title, bool keep, int32_t day)
{
    struct redaction redaction;
    struct hash text;
    struct bytes piece = {.at = (const uint8_t *)title.at, .len = title.len};
    struct bytes key = {.at = sense->key, .len = HASH_SIZE};

    if (title.len == 0)
        return;
    if (sense->blind) {
        drop_note(sense, day, ERR_SYSTEM);
        return;
    }
    int r = hash_hmac(key, &piece, 1, &text);
    bool again = r == 0 && memcmp(text.at, sense->counted.at, HASH_SIZE) == 0;
    if (!again)
        judged_note(sense, day);
    if (r == 0)
        r = redact(sense->redactor, title, sense->front, &redaction);
    if (again && (r || !keep))
        return;
    if (r) {
        drop_note(sense, day, r);
    } else {
        if (!again)
            count_all(sense, &redaction, day, keep);
        if (keep && !is_denied(sense, redaction.clean))
            sense->title = redaction.clean;
    }
    sense->counted = text;
}

/* Something else is in front: the policy first, then redaction. */
static void take_front(struct sense *sense, const struct sight *sight, int32_t day)
{
    const struct policy *policy = sense->policy;
    bool private_window = sight->incognito && !policy->incognito;
    struct raw_text domain = private_window ? (struct raw_text){0} : sight->domain;
    enum policy_capture capture = policy_decide(
        policy, (struct text){.at = sight->application.at, .len = sight->application.len},
        (struct text){.at = sight->domain.at, .len = sight->domain.len});

    arena_reset(sense->front);
    sense->application = sense->domain = sense->title = NULL;
    sense->dropped = capture == POLICY_DROP && !sight->locked;
    if (sense->dropped)
        return;
    if (sight->locked) {
        struct raw_text none = {0};

        take_name(sense, redact_application, none, "lock-screen", day, &sense->application);
        return;
    }
    take_name(sense, redact_application, sight->application,
              sight->application.len ? "unknown" : "desktop", day, &sense->application);
    if (capture >= POLICY_DOMAIN)
        take_name(sense, redact_domain, domain, NULL, day, &sense->domain);
    if (!private_window && sense->application)
        take_title(sense, sight->title, capture == POLICY_TITLE, day);
}

static int sight_hash(const struct sense *sense, const struct sight *sight, struct hash *ret_hash)
{
    uint8_t head[16] = {sight->locked, sight->incognito, (uint8_t)(sight->application.len & 0xff),
                        (uint8_t)(sight->domain.len & 0xff)};
    struct bytes pieces[4] = {
        {.at = head, .len = sizeof(head)},
        {.at = (const uint8_t *)sight->application.at, .len = sight->application.len},
        {.at = (const uint8_t *)sight->domain.at, .len = sight->domain.len},
        {.at = (const uint8_t *)sight->title.at, .len = sight->title.len},
    };

    return hash_hmac((struct bytes){.at = sense->key, .len = HASH_SIZE}, pieces, 4, ret_hash);
}

RESULT sense_take(struct sense *sense, const struct sight *sight, int64_t at, int64_t boot_at)
{
    struct hash hash;
    int r = sight_hash(sense, sight, &hash);

    if (r)
        return r;
    if (!sense->seen_any || memcmp(hash.at, sense->seen.at, HASH_SIZE) != 0) {
        take_front(sense, sight, time_day(at));
        sense->seen = hash;
        sense->seen_any = true;
    }
    struct heartbeat heartbeat = {
        .at = at,
        .boot_at = boot_at,
        .since_input_ms = sight->since_input_ms,
        .locked = sight->locked,
        .media = sight->media,
        .application = sense->dropped ? NULL : sense->application,
        .domain = sense->domain,
        .title = sense->title,
    };
    return merger_beat(sense->merger, &heartbeat);
}

/* ---- canaries ---- */

/* Through sense_take(), as a window's title goes: what it keeps of it, and whether it counted. */
static int canary_through(void *context, struct raw_text raw, struct arena *arena,
                          struct text *ret_clean, bool *ret_counted)
{
    struct sense *trial = context;
    char application[] = "canary";
    const struct sight sight = {.application = {.at = application, .len = strlen(application)},
                                .title = raw};
    struct span span = {0};
    int r = sense_take(trial, &sight, 0, 0);

    if (r)
        return r;
    bool any = sense_current(trial, &span) && span.title;
    struct text clean = clean_text_view(span.title);
    *ret_clean = any ? arena_copy_text(arena, clean) : (struct text){0};
    *ret_counted = trial->count_count > 0;
    r = sense_forget(trial);
    return r ? r : any ? 0 : REDACT_INVALID;
}

RESULT sense_canaries(const struct sense *sense, const struct canary *list, size_t count,
                      struct canary_verdict *ret_verdict)
{
    CLEANUP(sense_free) struct sense *trial = NULL;
    struct policy policy = *sense->policy;
    int r = sense_new(&trial, sense->key);

    if (r)
        return r;
    /* The redactor in use, and a policy that keeps what it gives. */
    policy.capture = POLICY_TITLE;
    policy.rule_count = 0;
    trial->redactor = sense->redactor;
    trial->policy = &policy;
    merger_set_policy(trial->merger, &policy);
    r = canary_run(list, count, canary_through, trial, ret_verdict);
    trial->redactor = NULL; /* it is not the trial's */
    return r;
}

RESULT sense_forget(struct sense *sense)
{
    struct span span;
    int r = sense_end(sense);

    while (merger_next(sense->merger, &span))
        ;
    memset(sense->days, 0, sizeof(sense->days));
    memset(sense->drops, 0, sizeof(sense->drops));
    evidence_sum_clear(&sense->evidence);
    sense->count_count = 0;
    arena_reset(sense->told);
    arena_reset(sense->front);
    sense->application = sense->domain = sense->title = NULL;
    return r;
}

RESULT sense_end(struct sense *sense)
{
    sense->seen_any = false;
    sense->counted = (struct hash){0};
    return merger_end(sense->merger);
}

bool sense_current(const struct sense *sense, struct span *ret_span)
{
    return merger_current(sense->merger, ret_span);
}

RESULT sense_report(struct sense *sense, struct buffer *ret_body,
                    struct sense_reported *ret_reported)
{
    struct span spans[SPANS_MAX];
    struct local_drop drops[BATCH_DROP_REASONS];
    struct sense_reported reported = {0};
    struct evidence evidence;
    size_t drop_count = 0;
    int r = 0;

    while (reported.spans < SPANS_MAX && merger_next(sense->merger, &spans[reported.spans]))
        reported.spans++;
    for (int i = 0; i < BATCH_DROP_REASONS; i++) {
        if (sense->drops[i].count)
            drops[drop_count++] = sense->drops[i];
    }
    if (reported.spans) {
        const struct span *last = &spans[reported.spans - 1];

        reported.from_at = spans[0].start_at;
        reported.to_at = last->start_at + (int64_t)last->duration_ms;
    }
    reported.empty = !reported.spans && !drop_count && !sense->count_count;
    if (!reported.empty)
        r = evidence_gather(sense, &evidence);
    if (!reported.empty && !r) {
        r = local_report_encode(spans, reported.spans, sense->counts, sense->count_count, drops,
                                drop_count, &evidence, ret_body);
        evidence_sum_clear(&sense->evidence);
    }
    memset(sense->drops, 0, sizeof(sense->drops));
    sense->count_count = 0;
    arena_reset(sense->told);
    if (r)
        return r;
    *ret_reported = reported;
    return 0;
}
