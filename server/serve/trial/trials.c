#include "server/serve/trial/trials.h"

#include <pthread.h>
#include <stdlib.h>

#include "os/secret.h"

struct heard {
    struct device_id device;
    uint32_t epoch;
    uint64_t sequence; /* the last that was taken */
};

/* Invariant: needles is NULL exactly when none is under way. */
struct trials {
    pthread_mutex_t lock;
    struct secret *needles;
    struct trial trial;
    struct trial_seen seen[TRIAL_DEVICES_MAX];
    size_t seen_count;
    struct trial_rule rules[TRIAL_RULES_MAX];
    size_t rule_count;
    struct heard heard[TRIAL_DEVICES_MAX];
    size_t heard_count;
};

RESULT trials_new(struct trials **ret_trials)
{
    struct trials *trials = calloc(1, sizeof *trials);

    if (!trials)
        return FAULT(ERR_MEMORY);
    pthread_mutex_init(&trials->lock, NULL);
    *ret_trials = trials;
    return 0;
}

static void forget(struct trials *trials)
{
    trials->needles = secret_free(trials->needles);
    trials->trial = (struct trial){0};
    trials->seen_count = trials->rule_count = trials->heard_count = 0;
}

struct trials *trials_free(struct trials *trials)
{
    if (!trials)
        return NULL;
    forget(trials);
    pthread_mutex_destroy(&trials->lock);
    free(trials);
    return NULL;
}

/* Under the lock. A clock that went back ends it too: nobody knows how long it has been. */
static bool under_way(struct trials *trials, uint64_t number, int64_t now)
{
    if (trials->needles &&
        (now - trials->trial.started_at >= TRIAL_MS || now < trials->trial.started_at))
        forget(trials);
    return trials->needles && (number == 0 || number == trials->trial.number);
}

RESULT trials_begin(struct trials *trials, const struct trial *trial, const struct needles *needles)
{
    struct bytes bytes = {.at = (const uint8_t *)needles, .len = sizeof *needles};
    struct secret *secret = NULL;
    int r = secret_new_copy(&secret, bytes);

    if (r)
        return r;
    pthread_mutex_lock(&trials->lock);
    if (under_way(trials, 0, trial->started_at) && trials->trial.owner != trial->owner)
        r = TRIALS_BUSY;
    if (!r) {
        forget(trials);
        trials->needles = secret;
        trials->trial = *trial;
        secret = NULL;
    }
    pthread_mutex_unlock(&trials->lock);
    secret_free(secret);
    return r;
}

/* ---- what is counted meanwhile ---- */

static bool heard_again(struct trials *trials, const struct spans_batch *batch)
{
    size_t i = 0;

    while (i < trials->heard_count && !device_id_equal(trials->heard[i].device, batch->device))
        i++;
    if (i == TRIAL_DEVICES_MAX)
        return true;
    struct heard *heard = &trials->heard[i];
    if (i < trials->heard_count && heard->epoch == batch->epoch &&
        batch->sequence <= heard->sequence)
        return true;
    trials->heard_count += i == trials->heard_count;
    *heard = (struct heard){batch->device, batch->epoch, batch->sequence};
    return false;
}

static struct trial_seen *seen_of(struct trials *trials, struct device_id device,
                                  struct account_id account)
{
    size_t i = 0;

    while (i < trials->seen_count && (trials->seen[i].account.number != account.number ||
                                      !device_id_equal(trials->seen[i].device, device)))
        i++;
    if (i == TRIAL_DEVICES_MAX)
        return NULL;
    if (i == trials->seen_count)
        trials->seen[trials->seen_count++] =
            (struct trial_seen){.device = device, .account = account};
    return &trials->seen[i];
}

static void note_rule(struct trials *trials, struct device_id device,
                      const struct evidence_count *count)
{
    size_t i = 0;

    while (i < trials->rule_count && (strcmp(trials->rules[i].rule, count->rule) != 0 ||
                                      !device_id_equal(trials->rules[i].device, device)))
        i++;
    if (i == TRIAL_RULES_MAX)
        return;
    if (i == trials->rule_count) {
        trials->rules[i] = (struct trial_rule){.device = device};
        memcpy(trials->rules[i].rule, count->rule, sizeof count->rule);
        trials->rule_count++;
    }
    trials->rules[i].count += count->count;
}

/* How many of the expected kinds it counted. */
static unsigned kinds_of(const struct trial *trial, const struct trial_seen *seen,
                         unsigned *ret_expected)
{
    unsigned there = 0;

    *ret_expected = 0;
    for (size_t kind = 0; kind < REDACT_KINDS; kind++) {
        *ret_expected += trial->expected[kind];
        there += trial->expected[kind] && seen->counts[kind] > 0;
    }
    return there;
}

/* With half of the expected kinds or more; every site counts a few meanwhile. */
static bool is_shown(const struct trial *trial, const struct trial_seen *seen, bool *ret_complete)
{
    unsigned expected;
    unsigned there = kinds_of(trial, seen, &expected);

    *ret_complete = there == expected;
    return there > 0 && there * 2 >= expected;
}

/* True when it is news, and it is shown. */
static bool note_kind(struct trials *trials, const struct spans_batch *batch,
                      const struct spans_count *count)
{
    struct trial_seen *seen = seen_of(trials, batch->device, count->account);
    bool complete;

    if (!seen || count->count == 0)
        return false;
    bool first = trials->trial.expected[count->kind] && seen->counts[count->kind] == 0;
    seen->counts[count->kind] += count->count;
    if (!first)
        return false;
    seen->together = seen->sequence == 0 ||
                     (seen->together && seen->epoch == batch->epoch && seen->day == count->day);
    seen->epoch = batch->epoch;
    seen->sequence = batch->sequence;
    seen->day = count->day;
    return is_shown(&trials->trial, seen, &complete);
}

bool trials_note(struct trials *trials, const struct spans_batch *batch, int64_t now)
{
    bool noted;
    bool shown = false;

    pthread_mutex_lock(&trials->lock);
    noted = under_way(trials, 0, now) && batch->count_count + batch->evidence.count_count > 0 &&
            !heard_again(trials, batch);
    for (size_t i = 0; noted && i < batch->count_count; i++)
        shown = note_kind(trials, batch, &batch->counts[i]) || shown;
    for (size_t i = 0; noted && i < batch->evidence.count_count; i++)
        note_rule(trials, batch->device, &batch->evidence.counts[i]);
    pthread_mutex_unlock(&trials->lock);
    return shown;
}

/* ---- answers ---- */

static int complete_first(const void *left, const void *right)
{
    const struct trial_seen *a = left;
    const struct trial_seen *b = right;

    if (a->complete != b->complete)
        return a->complete ? -1 : 1;
    return memcmp(a->device.at, b->device.at, DEVICE_ID_SIZE);
}

static void copy_seen(const struct trials *trials, struct trial_state *state)
{
    for (size_t i = 0; i < trials->seen_count; i++) {
        bool complete;

        if (!is_shown(&trials->trial, &trials->seen[i], &complete))
            continue;
        state->seen[state->seen_count] = trials->seen[i];
        state->seen[state->seen_count++].complete = complete;
    }
    qsort(state->seen, state->seen_count, sizeof *state->seen, complete_first);
    for (size_t i = 0; i < trials->rule_count; i++) {
        size_t at = 0;

        while (at < state->seen_count &&
               !device_id_equal(state->seen[at].device, trials->rules[i].device))
            at++;
        if (at < state->seen_count)
            state->rules[state->rule_count++] = trials->rules[i];
    }
}

RESULT trials_state(struct trials *trials, uint64_t number, int64_t now, struct arena *arena,
                    struct trial_state *ret_state)
{
    struct trial_state state = {
        .seen = arena_take_array(arena, TRIAL_DEVICES_MAX, sizeof *state.seen),
        .rules = arena_take_array(arena, TRIAL_RULES_MAX, sizeof *state.rules)};
    int r = state.seen && state.rules ? 0 : FAULT(ERR_MEMORY);

    if (r)
        return r;
    pthread_mutex_lock(&trials->lock);
    if (under_way(trials, number, now)) {
        state.trial = trials->trial;
        copy_seen(trials, &state);
    } else {
        r = TRIALS_ABSENT;
    }
    pthread_mutex_unlock(&trials->lock);
    if (r == 0)
        *ret_state = state;
    return r;
}

RESULT trials_needles(struct trials *trials, uint64_t number, int64_t now,
                      struct needles *ret_needles)
{
    int r = TRIALS_ABSENT;

    pthread_mutex_lock(&trials->lock);
    if (under_way(trials, number, now)) {
        memcpy(ret_needles, trials->needles->at, sizeof *ret_needles);
        r = 0;
    }
    pthread_mutex_unlock(&trials->lock);
    return r;
}

void trials_end(struct trials *trials, uint64_t number)
{
    pthread_mutex_lock(&trials->lock);
    if (trials->needles && trials->trial.number == number)
        forget(trials);
    pthread_mutex_unlock(&trials->lock);
}

void trials_expire(struct trials *trials, int64_t now)
{
    pthread_mutex_lock(&trials->lock);
    (void)under_way(trials, 0, now);
    pthread_mutex_unlock(&trials->lock);
}
