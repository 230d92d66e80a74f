#include "server/serve/policies.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/log.h"
#include "redact/redact.h"
#include "wire/limits.h"
#include "wire/signed.h"

#define ENVELOPE_MAX ((size_t)WIRE_POLICY_MAX + 256)
#define ARENA_MAX ((size_t)8 * 1024 * 1024)

struct policy_redactor {
    struct redactor *redactor;
    unsigned users; /* under the lock; the policy in force is one */
};

struct policies {
    pthread_mutex_t lock;
    uint64_t version;
    struct buffer envelope;
    struct policy_redactor *redactor;
};

struct newest {
    struct arena *arena;
    struct records_policy policy;
};

static int read_newest(struct records_tx *tx, void *context)
{
    struct newest *newest = context;

    return records_policy_newest(tx, newest->arena, &newest->policy);
}

static int add_first(struct records_tx *tx, void *context)
{
    return records_policy_add(tx, context);
}

static void redactor_drop(struct policy_redactor *redactor)
{
    if (redactor && --redactor->users == 0) {
        redactor_free(redactor->redactor);
        free(redactor);
    }
}

/* Patterns are checked before a policy is signed. Should this build not understand those of the
 * one in force, as after a downgrade, the built-in rules judge alone, and the log says so. */
static int redactor_build(const struct policy *policy, struct redactor **ret_redactor)
{
    struct redactor_options options = {
        .profile = REDACT_STRICT, .patterns = policy->patterns, .words = policy->words};
    int r = redactor_new(ret_redactor, &options, NULL);

    if (r != REDACT_INVALID)
        return r;
    log_event(LOG_ERROR, "policy.patterns.refused", LOG_U64("version", policy->version));
    options.patterns = options.words = (struct text){0};
    r = redactor_new(ret_redactor, &options, NULL);
    return r > 0 ? FAULT(ERR_SYSTEM) : r;
}

static int redactor_of(struct bytes envelope, struct policy_redactor **ret_redactor)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct policy policy;
    struct bytes bytes = {0};
    struct bytes signature;
    int r = arena_new(&arena, ARENA_MAX);

    if (!r)
        r = signed_decode(envelope, arena, &bytes, &signature);
    if (!r)
        r = policy_decode(bytes, arena, &policy);
    if (r)
        return r < 0 ? r : FAULT(ERR_CORRUPT);
    struct policy_redactor *made = calloc(1, sizeof *made);
    if (!made)
        return FAULT(ERR_MEMORY);
    made->users = 1;
    r = redactor_build(&policy, &made->redactor);
    if (r) {
        free(made);
        return r;
    }
    *ret_redactor = made;
    return 0;
}

RESULT policies_sign(struct signer_client *signer, const struct policy *policy,
                     struct buffer *ret_envelope)
{
    CLEANUP(buffer_deinit) struct buffer bytes = buffer_init(WIRE_POLICY_MAX);
    struct signer_message message = {.kind = SIGNER_SIGN_POLICY};
    int r = policy_encode(policy, &bytes);

    if (r)
        return r;
    message.policy = buffer_bytes(&bytes);
    return signer_client_ask(signer, &message, ret_envelope);
}

static int make_first(struct policies *policies, struct records *records,
                      struct signer_client *signer, int64_t now)
{
    CLEANUP(buffer_deinit) struct buffer envelope = buffer_init(ENVELOPE_MAX);
    struct policy policy = policy_default();
    struct records_policy row = {.version = 1, .created_at = now, .created_by = text_of("Ward")};
    int r;

    policy.version = 1;
    r = policies_sign(signer, &policy, &envelope);
    if (r)
        return r < 0 ? r : FAULT(ERR_SYSTEM);
    row.envelope = buffer_bytes(&envelope);
    r = records_act(records, add_first, &row);
    return r ? r : policies_hold(policies, 1, row.envelope);
}

RESULT policies_new(struct policies **ret_policies, struct records *records,
                    struct signer_client *signer, int64_t now)
{
    CLEANUP(policies_free) struct policies *policies = calloc(1, sizeof *policies);
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct newest newest = {0};
    int r;

    if (!policies)
        return FAULT(ERR_MEMORY);
    pthread_mutex_init(&policies->lock, NULL);
    policies->envelope = buffer_init(ENVELOPE_MAX);
    r = arena_new(&arena, ARENA_MAX);
    if (r)
        return r;
    newest.arena = arena;
    r = records_read(records, read_newest, &newest);
    if (r == RECORDS_ABSENT)
        r = make_first(policies, records, signer, now);
    else if (!r)
        r = policies_hold(policies, newest.policy.version, newest.policy.envelope);
    if (r)
        return r;
    *ret_policies = TAKE(policies);
    return 0;
}

struct policies *policies_free(struct policies *policies)
{
    if (!policies)
        return NULL;
    pthread_mutex_destroy(&policies->lock);
    redactor_drop(policies->redactor);
    buffer_deinit(&policies->envelope);
    free(policies);
    return NULL;
}

uint64_t policies_version(struct policies *policies)
{
    uint64_t version;

    pthread_mutex_lock(&policies->lock);
    version = policies->version;
    pthread_mutex_unlock(&policies->lock);
    return version;
}

RESULT policies_envelope(struct policies *policies, struct arena *arena, struct bytes *ret_envelope)
{
    struct bytes copy;

    pthread_mutex_lock(&policies->lock);
    copy = arena_copy(arena, buffer_bytes(&policies->envelope));
    pthread_mutex_unlock(&policies->lock);
    if (!copy.at)
        return FAULT(ERR_MEMORY);
    *ret_envelope = copy;
    return 0;
}

RESULT policies_hold(struct policies *policies, uint64_t version, struct bytes envelope)
{
    struct policy_redactor *redactor = NULL;
    int r = redactor_of(envelope, &redactor);

    if (r)
        return r;
    pthread_mutex_lock(&policies->lock);
    /* Two changes may become durable in one order and arrive here in the other. */
    if (version > policies->version) {
        struct policy_redactor *old = policies->redactor;

        buffer_clear(&policies->envelope);
        buffer_append(&policies->envelope, envelope.at, envelope.len);
        policies->version = version;
        policies->redactor = redactor;
        redactor = old;
    }
    redactor_drop(redactor);
    r = buffer_check(&policies->envelope);
    pthread_mutex_unlock(&policies->lock);
    return r;
}

struct policy_redactor *policies_redactor_take(struct policies *policies)
{
    struct policy_redactor *taken;

    pthread_mutex_lock(&policies->lock);
    taken = policies->redactor;
    taken->users++;
    pthread_mutex_unlock(&policies->lock);
    return taken;
}

const struct redactor *policy_redactor_of(const struct policy_redactor *taken)
{
    return taken->redactor;
}

void policies_redactor_give(struct policies *policies, struct policy_redactor *taken)
{
    pthread_mutex_lock(&policies->lock);
    redactor_drop(taken);
    pthread_mutex_unlock(&policies->lock);
}
